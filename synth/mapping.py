"""Maps each distinct module once, and remembers it by content."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from grus.cache import cache_folder
from grus.synth.flow import MappedModule, Memory, describe_flow, map_each
from grus.synth.rtlil import Module

__all__ = ["Progress", "map_modules"]

# Modules done, modules to do, and the module at hand ("" at the end).
Progress = Callable[[int, int, str], None]


def map_modules(
    modules: Mapping[str, Module], *, progress: Progress | None = None
) -> dict[str, MappedModule]:
    """Map each module by itself; hierarchy stays.

    Results are kept in the cache folder by content, so only what has changed is mapped again.

    Parameters
    ----------
    modules : mapping of str to Module
        All modules of a design.
    progress : callable, optional
        Called before each module that is not remembered, and once at the end.

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
    flow = describe_flow()
    folder = cache_folder() / "area"
    files = {
        name: folder / f"{_fingerprint(module, modules, flow)}.json"
        for name, module in modules.items()
    }
    mapped = {name: _load(file) for name, file in files.items() if file.is_file()}
    missing = [name for name in modules if name not in mapped]
    tell = progress or (lambda done, total, name: None)
    if missing:
        tell(0, len(missing), missing[0])
        for done, (name, result) in enumerate(map_each(missing, modules), start=1):
            _store(files[name], result)
            mapped[name] = result
            tell(done, len(missing), missing[done] if done < len(missing) else "")
    return {name: mapped[name] for name in modules}


def _fingerprint(module: Module, modules: Mapping[str, Module], flow: str) -> str:
    stubs = [modules[child].stub for child in module.children]
    return hashlib.sha256("\n".join([flow, *stubs, module.text]).encode()).hexdigest()[:32]


def _store(file: Path, result: MappedModule) -> None:
    """Another process may write the same file, so it gets its name when it is whole."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(f".{os.getpid()}")
    unfinished.write_text(json.dumps(result), encoding="utf-8")
    unfinished.replace(file)


def _load(file: Path) -> MappedModule:
    cells, children, memories = json.loads(file.read_text(encoding="utf-8"))
    return MappedModule(cells, children, tuple(Memory(*memory) for memory in memories))
