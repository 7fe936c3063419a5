"""Files are whole or not there."""

from pathlib import Path

import pytest

from grus.files import whole_file, write_bytes


def test_a_file_appears_when_it_is_complete(tmp_path):
    target = tmp_path / "folder" / "x.npz"
    with whole_file(target) as unfinished:
        unfinished.write_bytes(b"half")
        assert not target.exists()
        assert unfinished.suffix == target.suffix
    assert target.read_bytes() == b"half"
    assert list(target.parent.iterdir()) == [target]


def test_what_breaks_off_leaves_the_old_file(tmp_path):
    target = tmp_path / "x"
    write_bytes(target, b"old")

    def break_off():
        with whole_file(target) as unfinished:
            unfinished.write_bytes(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        break_off()
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_file_is_replaced_at_once(tmp_path, monkeypatch):
    target = tmp_path / "deep" / "file"
    write_bytes(target, b"old")
    assert target.read_bytes() == b"old"

    def fail(path, content):
        path.touch()
        raise OSError("no space")

    monkeypatch.setattr(Path, "write_bytes", fail)
    with pytest.raises(OSError, match="no space"):
        write_bytes(target, b"new")
    assert target.read_bytes() == b"old"
    assert list(target.parent.iterdir()) == [target]
