"""Applies deliberate faults to a copy of the RTL, one at a time, and sees each caught.

``python -m tests.mutations`` tries all, ``python -m tests.mutations NAME...`` some of them. Exit
code 1 if a fault goes unnoticed.
"""

import importlib
import os
import pkgutil
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import track

from tests.mutations.mutation import Mutation

ROOT = Path(__file__).parent.parent.parent
LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "build", "*.egg-info")
# Every module of this folder that lists faults.
_ROOMS = [
    importlib.import_module(f"tests.mutations.{module.name}")
    for module in pkgutil.iter_modules([str(Path(__file__).parent)])
    if not module.name.startswith(("_", "test_"))
]
MUTATIONS = [fault for room in _ROOMS for fault in getattr(room, "MUTATIONS", ())]


def main(names: list[str]) -> int:
    """Try the faults named, or all; return the exit code."""
    console = Console(highlight=False)
    chosen = [mutation for mutation in MUTATIONS if not names or mutation.name in names]
    unknown = set(names) - {mutation.name for mutation in chosen}
    if unknown:
        known = ", ".join(mutation.name for mutation in MUTATIONS)
        console.print(f"mutation must be one of {known}, not {unknown.pop()}")
        return 2
    unnoticed = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = copy_of_the_tree(Path(folder))
        with console.status("running the tests on the sound tree"):
            require_sound(chosen, copy)
        for mutation in track(chosen, "deliberate faults", console=console, transient=True):
            caught = is_caught(mutation, copy)
            unnoticed += not caught
            verdict = "caught by" if caught else "[red]NOT caught by[/]"
            console.print(f"{escape(mutation.name)}: {verdict} {escape(mutation.test)}")
    console.print(f"{len(chosen) - unnoticed} of {len(chosen)} faults are caught")
    return int(unnoticed > 0)


def copy_of_the_tree(folder: Path) -> Path:
    """Nothing that others run from is ever broken."""
    return shutil.copytree(ROOT, folder / "tree", ignore=LEFT_OUT)


def require_sound(mutations: list[Mutation], tree: Path) -> None:
    """Raise RuntimeError if a test fails anyway: it would seem to catch every fault."""
    tests = sorted({mutation.test for mutation in mutations})
    if run_tests(tests, tree):
        raise RuntimeError("the tests must pass before anything is broken: run them alone")


def is_caught(mutation: Mutation, tree: Path) -> bool:
    """Whether the test that passes on the sound RTL fails on the broken one."""
    path = tree / mutation.file
    sound = path.read_text(encoding="utf-8")
    if sound.count(mutation.old) != 1:
        raise ValueError(f"{mutation.name}: old text must occur once in {mutation.file}")
    path.write_text(sound.replace(mutation.old, mutation.new), encoding="utf-8")
    try:
        return run_tests([mutation.test], tree) == 1
    finally:
        path.write_text(sound, encoding="utf-8")


def run_tests(tests: list[str], tree: Path) -> int:
    """Exit code of pytest: 1 says that a test ran and failed."""
    arguments = ["-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    result = subprocess.run(
        [sys.executable, *arguments],
        cwd=tree,
        capture_output=True,
        check=False,
        # Byte code is told apart by seconds and size: that of a fault could outlive it.
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    return result.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
