"""What is expensive to make is made once, whole or not at all."""

import pytest

from grus.cache import cache_folder, find_or_make, fingerprint


def write(text):
    return lambda folder: (folder / "content").write_text(text)


def test_what_is_finished_is_not_made_again(tmp_path):
    folder = tmp_path / "deep" / "name"
    assert find_or_make(folder, write("first")) == folder
    find_or_make(folder, write("second"))
    assert (folder / "content").read_text() == "first"
    assert list(folder.parent.iterdir()) == [folder]


def test_nothing_is_left_of_what_cannot_be_made(tmp_path):
    def fail(folder):
        write("half")(folder)
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError, match="no more"):
        find_or_make(tmp_path / "name", fail)
    assert list(tmp_path.iterdir()) == []


def test_what_another_process_made_meanwhile_is_taken(tmp_path):
    def be_late(folder):
        find_or_make(tmp_path / "name" / "inner", write("theirs"))
        write("ours")(folder)

    find_or_make(tmp_path / "name", be_late)
    assert (tmp_path / "name" / "inner" / "content").read_text() == "theirs"
    assert [path.name for path in tmp_path.iterdir()] == ["name"]


def test_nobody_sees_it_unfinished(tmp_path):
    seen = []
    find_or_make(tmp_path / "name", lambda folder: seen.append((tmp_path / "name").exists()))
    assert seen == [False]


def test_fingerprints_tell_content_apart():
    assert fingerprint("a", "b") == fingerprint("a", "b")
    assert len({fingerprint(*texts) for texts in (["a"], ["b"], ["a", "b"], ["b", "a"])}) == 4


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"GRUS_CACHE": "/a"}, "/a"),
        ({"GRUS_CACHE": "", "XDG_CACHE_HOME": "/b"}, "/b/grus"),
        ({"HOME": "/c"}, "/c/.cache/grus"),
    ],
)
def test_the_cache_is_where_the_user_wants_it(variables, expected, monkeypatch):
    for name in ("GRUS_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert str(cache_folder()) == expected
