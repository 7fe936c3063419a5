"""Cuts the RTLIL of a design into its modules."""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["Module", "split_modules"]

_MODULE = re.compile(
    r"^(?:attribute [^\n]*\n)*module \\(?P<name>\S+)\n.*?^end$\n?", re.MULTILINE | re.DOTALL
)
_CELL = re.compile(r"^ *cell \\(\S+) \\?(\S+)$", re.MULTILINE)
_OUTPUT = re.compile(r"^ *wire [^\n]*\boutput \d+ +\\(\S+)$", re.MULTILINE)
_PORT = re.compile(r"^ *wire [^\n]*\b(?:input|output|inout) \d+[^\n]*\n", re.MULTILINE)


class Module(NamedTuple):
    """One module of a design.

    Attributes
    ----------
    name : str
        Its name.
    text : str
        RTLIL of the module alone.
    children : tuple of str
        Distinct modules that it instantiates, sorted.
    """

    name: str
    text: str
    children: tuple[str, ...]

    @property
    def stub(self) -> str:
        """The same ports around nothing, for whoever instantiates it."""
        ports = "".join(_PORT.findall(self.text))
        return f"attribute \\blackbox 1\nmodule \\{self.name}\n{ports}end\n"

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of its outputs."""
        return tuple(_OUTPUT.findall(self.text))

    @property
    def instances(self) -> tuple[tuple[str, str], ...]:
        """Module and name of each child."""
        return tuple(_CELL.findall(self.text))

    @property
    def class_name(self) -> str:
        """Name without the number that tells variants of one class apart."""
        return re.sub(r"_\d+$", "", self.name)


def split_modules(rtlil: str) -> dict[str, Module]:
    """Find the modules of a design, as :func:`grus.hw.emit.to_rtlil` writes it.

    Parameters
    ----------
    rtlil : str
        The design, children before parents.

    Returns
    -------
    dict of str to Module
        Modules by name, in the order of the text; the last one is the top.

    Raises
    ------
    ValueError
        If there is no module, or a module is used that does not stand before its user.
    """
    modules: dict[str, Module] = {}
    for match in _MODULE.finditer(rtlil):
        name, text = match["name"], match[0]
        children = tuple(sorted({child for child, _ in _CELL.findall(text)}))
        for child in children:
            if child not in modules:
                raise ValueError(f"module {name} must come after {child}, which it instantiates")
        modules[name] = Module(name, text, children)
    if not modules:
        raise ValueError("rtlil must hold at least one module, not none")
    return modules
