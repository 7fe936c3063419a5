"""The project's own Python files."""

from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
FOLDERS = ("benchmarks", "compiler", "examples", "golden", "grus", "hw", "sim", "synth", "tests")


def sources():
    """All of them, in order; environments and builds beside them are not ours."""
    return [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
