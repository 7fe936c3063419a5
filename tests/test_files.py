"""Files are written whole or not at all."""

from pathlib import Path

import pytest

from grus.files import write_bytes


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
