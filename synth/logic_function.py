"""Evaluates the functions that Liberty files give for output pins."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

__all__ = ["truth_table"]

_TOKEN = re.compile(r"\w+|[()!'&*|+^]")


def truth_table(function: str, settings: Iterable[Mapping[str, int]]) -> tuple[int, ...]:
    """Values of a function.

    Parameters
    ----------
    function : str
        Names, 0, 1, ``!`` or a ``'`` behind for not, ``&``, ``*`` or nothing for and, ``^`` for
        xor, ``|`` or ``+`` for or, and parentheses.
    settings : iterable of mapping of str to int
        Values of all names, for each value that is asked for.

    Returns
    -------
    tuple of int
        A value for each setting; empty if the text is no such function.

    Notes
    -----
    Source: Liberty User Guide, the attribute `function` of a pin.
    """
    try:
        return tuple(_Reader(function, values).value() for values in settings)
    except (KeyError, IndexError):
        return ()


class _Reader:
    """Reads one function from left to right."""

    def __init__(self, function: str, values: Mapping[str, int]) -> None:
        self._tokens = _TOKEN.findall(function)
        self._values = {**values, "0": 0, "1": 1}

    def value(self) -> int:
        result = self._either()
        if self._tokens:
            raise KeyError(self._tokens[0])
        return result

    def _next_is(self, tokens: str) -> bool:
        return bool(self._tokens) and self._tokens[0] in tuple(tokens)

    def _either(self) -> int:
        result = self._differ()
        while self._next_is("|+"):
            self._tokens.pop(0)
            result |= self._differ()
        return result

    def _differ(self) -> int:
        result = self._both()
        while self._next_is("^"):
            self._tokens.pop(0)
            result ^= self._both()
        return result

    def _both(self) -> int:
        result = self._one()
        while self._tokens and not self._next_is("|+^)"):
            if self._next_is("&*"):
                self._tokens.pop(0)
            result &= self._one()
        return result

    def _one(self) -> int:
        token = self._tokens.pop(0)
        if token == "!":
            return 1 - self._one()
        if token == "(":
            result = self._either()
            if self._tokens.pop(0) != ")":
                raise KeyError(token)
        else:
            result = self._values[token]
        while self._next_is("'"):
            self._tokens.pop(0)
            result = 1 - result
        return result
