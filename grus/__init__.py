"""Grus generates, verifies, simulates and costs accelerators for sparse convolutional networks."""

from pathlib import Path as _Path

_root = _Path(__file__).resolve().parent.parent
if (_root / "hw" / "__init__.py").is_file():  # a checkout: the other rooms stand beside this one
    __path__.append(str(_root))
