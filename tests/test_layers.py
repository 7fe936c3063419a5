"""Imports go in the allowed directions only."""

import ast
from pathlib import Path

import pytest

from tests.support.sources import ROOT, sources

ROOMS = ("compiler", "golden", "grus", "hw", "sim", "synth")
# What each room may import from the others, by prefix.
MAY_IMPORT = {
    "golden": ("grus.golden",),
    "hw": ("grus.golden.formats", "grus.hw"),
    "compiler": ("grus.bits", "grus.compiled", "grus.compiler", "grus.golden", "grus.hw.config"),
    "sim": (
        *(
            "grus.bits",
            "grus.cache",
            "grus.compiled",
            "grus.compiler",
            "grus.files",
            "grus.golden",
            "grus.hw",
            "grus.sim",
        ),
        "grus.tools",
    ),
    "synth": ("grus.cache", "grus.golden", "grus.hw", "grus.page", "grus.synth", "grus.tools"),
}
# The same for the rooms of the cycle model: its two players of the array know nothing of each
# other, so each is a check on the other.
CYCLE_ROOMS = {
    "rounds": (),
    "array": ("rounds",),
    "steps": ("rounds",),
    "core": ("rounds", "array", "steps"),
    "tables": ("rounds", "array", "core"),
    "dma": ("rounds", "core", "tables"),
}
WITHOUT_AMARANTH = ("golden", "compiler")


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: relative import"
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_every_room_is_known():
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages == {*ROOMS, "benchmarks", "examples", "tests"}


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_imports_only_downwards(room):
    for path in sorted((ROOT / room).rglob("*.py")):
        for name in imported(path):
            if name.split(".")[0] in {*ROOMS, "tests", "benchmarks", "examples"}:
                assert name.startswith(MAY_IMPORT[room]), f"{path.relative_to(ROOT)}: {name}"


def test_every_room_of_the_cycle_model_is_known():
    cycle = ROOT / "sim" / "cycle"
    found = {path.parent.relative_to(cycle).as_posix() for path in cycle.rglob("*/__init__.py")}
    assert found == {*CYCLE_ROOMS}


@pytest.mark.parametrize("room", CYCLE_ROOMS)
def test_rooms_of_the_cycle_model_import_only_downwards(room):
    allowed = tuple(f"grus.sim.cycle.{other}." for other in (room, *CYCLE_ROOMS[room]))
    for path in sorted((ROOT / "sim" / "cycle" / room).rglob("*.py")):
        for name in imported(path):
            if f"{name}.".startswith("grus.sim."):
                assert f"{name}.".startswith(allowed), f"{path.relative_to(ROOT)}: {name}"


@pytest.mark.parametrize("room", WITHOUT_AMARANTH)
def test_needs_no_amaranth(room):
    for path in sorted((ROOT / room).rglob("*.py")):
        foreign = [name for name in imported(path) if name.startswith(("amaranth", "cocotb"))]
        assert not foreign, f"{path.relative_to(ROOT)}: {foreign}"


def test_nothing_depends_on_the_shared_folder():
    for path in sources():
        if path != Path(__file__):
            assert "../shared" not in path.read_text(encoding="utf-8"), path
