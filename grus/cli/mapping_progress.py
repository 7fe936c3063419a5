"""A bar for the modules of a design that are mapped."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from grus.cli.output import progress
from grus.synth.mapping import Progress

__all__ = ["mapping_progress"]


@contextmanager
def mapping_progress(design: str) -> Iterator[Progress]:
    """Show a bar; what is given takes the progress of a mapping."""
    with progress() as bar:
        task = bar.add_task(f"Generating {design}", total=None)

        def show(done: int, total: int, name: str) -> None:
            description = f"Mapped {name}" if name else f"Mapping {design}"
            bar.update(task, completed=done, total=total, description=description)

        yield show
