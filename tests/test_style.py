"""The code is clean by the project's own tools."""

import os
import shutil
import subprocess
import sys

import pytest

from tests.support.sources import ROOT, sources

TYPED = (
    *("grus.api", "grus.cli", "grus.compiler", "grus.files", "grus.golden", "grus.hw.config"),
    *("grus.charts", "grus.page", "grus.sim", "grus.study", "grus.synth"),
)
ROOMS = ("compiler", "golden", "hw", "sim", "synth")
LONGEST_FILE = 300


def run(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


@pytest.mark.parametrize("arguments", [("check",), ("format", "--check")])
def test_ruff(arguments):
    result = run("ruff", *arguments, ".")
    assert result.returncode == 0, result.stdout + result.stderr


def test_mypy(tmp_path):
    # For mypy the rooms must stand where their names say: inside grus.
    package = tmp_path / "grus"
    shutil.copytree(ROOT / "grus", package)
    for room in ROOMS:
        (package / room).symlink_to(ROOT / room)
    packages = [option for name in TYPED for option in ("-p", name)]
    settings = ROOT / "pyproject.toml"
    result = run("mypy", "--config-file", str(settings), *packages, MYPYPATH=str(tmp_path))
    assert result.returncode == 0, result.stdout + result.stderr


def test_files_are_short():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in sources()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }
    assert long == {}
