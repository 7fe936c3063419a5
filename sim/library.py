"""The functions of a compiled accelerator, as ``harness/accelerator.cpp`` has them."""

from __future__ import annotations

import ctypes
from pathlib import Path

__all__ = ["load_library"]


def load_library(path: Path) -> ctypes.CDLL:
    """Load a library, with the types of its functions."""
    library = ctypes.CDLL(str(path))
    machine, u64, u32 = ctypes.c_void_p, ctypes.c_uint64, ctypes.c_uint32
    signatures = {
        "new": (machine, [u64, u64, u64, ctypes.c_char_p]),
        "finish": (None, [machine]),
        "delete": (None, [machine]),
        "memory": (ctypes.POINTER(ctypes.c_uint8), [machine]),
        "allow_writes": (None, [machine, u64, u64]),
        "fail_at": (None, [machine, u64]),
        "stall": (None, [machine, ctypes.c_int, ctypes.c_double]),
        "begin": (None, [machine]),
        "write_register": (ctypes.c_int, [machine, u32, u32, u64]),
        "read_register": (ctypes.c_int, [machine, u32, ctypes.POINTER(u32), u64]),
        "run": (ctypes.c_int, [machine, u64]),
        "counts": (None, [machine, ctypes.POINTER(u64)]),
        "violations": (ctypes.c_uint, [machine]),
    }
    for name, (result, arguments) in signatures.items():
        function = getattr(library, f"grus_{name}")
        function.restype, function.argtypes = result, arguments
    return library
