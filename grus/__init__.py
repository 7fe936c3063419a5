"""Grus generates, verifies, simulates and costs accelerators for sparse convolutional networks.

``grus.compile`` and ``grus.run`` do what the commands of the same names do; the rooms are
``grus.golden``, ``grus.hw``, and so on.
"""

from pathlib import Path as _Path
from typing import TYPE_CHECKING
from typing import Any as _Any

if TYPE_CHECKING:
    from grus.api.compiling import compile
    from grus.api.running import run

__all__ = ["compile", "run"]

_root = _Path(__file__).resolve().parent.parent
if (_root / "hw" / "__init__.py").is_file():  # a checkout: the other rooms stand beside this one
    __path__.append(str(_root))


def __getattr__(name: str) -> _Any:
    """Import the API when it is asked for: ``import grus`` alone takes no time."""
    if name == "compile":
        from grus.api.compiling import compile

        return compile
    if name == "run":
        from grus.api.running import run

        return run
    raise AttributeError(f"module 'grus' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
