"""Maps each distinct module once, on all cores, and remembers it by content."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Protocol

from grus.cache import cache_folder, fingerprint
from grus.synth.delay import Path as DelayPath
from grus.synth.flow import MappedModule
from grus.synth.memories import Memory
from grus.synth.rtlil import Module

__all__ = ["Mapper", "Progress", "map_modules"]

_NETLIST = ".netlist"
# Modules done, modules to do, and the module that was done last ("" at the start).
Progress = Callable[[int, int, str], None]


class Mapper(Protocol):
    """How modules are mapped, whatever to."""

    @property
    def description(self) -> str:
        """Everything but the module that a result depends on."""

    def map(self, module: Module, modules: Mapping[str, Module]) -> MappedModule:
        """Map one module of a design; its children stay as they are."""


def map_modules(
    modules: Mapping[str, Module], flow: Mapper, *, progress: Progress | None = None
) -> dict[str, MappedModule]:
    """Map each module by itself; hierarchy stays.

    Results are kept in the cache folder by content, so only what has changed is mapped again.

    Parameters
    ----------
    modules : mapping of str to Module
        All modules of a design.
    flow : Mapper
        Cells, and what to look for.
    progress : callable, optional
        Called at the start and after each module that is not remembered.

    Returns
    -------
    dict of str to MappedModule
        In the order of `modules`.

    Raises
    ------
    MissingToolError
        If Yosys is not installed.
    RuntimeError
        If Yosys rejects a module, or leaves cells that are not in the library.
    """
    folder = cache_folder() / "area"
    description = flow.description
    files = {
        name: folder / f"{_content(module, modules, description)}.json"
        for name, module in modules.items()
    }
    mapped = {name: _load(file) for name, file in files.items() if file.is_file()}
    # The longest texts take longest: last, one of them would keep a single core busy.
    missing = sorted(set(modules) - set(mapped), key=lambda name: (-len(modules[name].text), name))
    tell = progress or (lambda done, total, name: None)
    if missing:
        tell(0, len(missing), "")
        with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
            jobs = {pool.submit(flow.map, modules[name], modules): name for name in missing}
            try:
                for done, job in enumerate(as_completed(jobs), start=1):
                    name = jobs[job]
                    mapped[name] = job.result()
                    _store(files[name], mapped[name])
                    tell(done, len(missing), name)
            except BaseException:  # whoever asked does not want the rest any more
                pool.shutdown(cancel_futures=True)
                raise
    return {name: mapped[name] for name in modules}


def _content(module: Module, modules: Mapping[str, Module], flow: str) -> str:
    stubs = [modules[child].stub for child in module.children]
    return fingerprint(flow, *stubs, module.text)


def _store(file: Path, result: MappedModule) -> None:
    """Another process may write the same file, so it gets its name when it is whole."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(f".{os.getpid()}")
    if result.netlist:  # before the file that tells that all is there
        unfinished.write_bytes(result.netlist)
        unfinished.replace(file.with_suffix(_NETLIST))
    unfinished.write_text(json.dumps(result[:-1]), encoding="utf-8")
    unfinished.replace(file)


def _load(file: Path) -> MappedModule:
    cells, children, memories, path = json.loads(file.read_text(encoding="utf-8"))
    netlist = file.with_suffix(_NETLIST)
    return MappedModule(
        cells,
        children,
        tuple(Memory(*memory) for memory in memories),
        path and DelayPath(*path),
        netlist.read_bytes() if netlist.is_file() else b"",
    )
