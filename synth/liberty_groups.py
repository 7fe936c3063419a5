"""Reads the groups of a Liberty file, one inside the other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["Group", "parse_groups", "parse_header"]

_TOKEN = re.compile(
    r"/\*.*?\*/"
    r"|(?P<word>[\w$]+)\s*\((?P<inside>[^()]*)\)\s*(?P<open>\{)?"
    r'|(?P<name>\w+)\s*:\s*(?:"(?P<text>[^"]*)"|(?P<value>[^;\n}]+))'
    r"|(?P<close>\})",
    re.DOTALL,
)


class Group(NamedTuple):
    """One group.

    Attributes
    ----------
    kind : str
        Such as ``pin``; an empty text for what is around all groups.
    arguments : list of str
        What stands in its parentheses.
    attributes : dict of str to list of str
        Values by name, without quotes: one, or as many as stand in parentheses.
    groups : list of Group
        Groups inside.
    """

    kind: str
    arguments: list[str]
    attributes: dict[str, list[str]]
    groups: list[Group]

    def of(self, kind: str) -> Iterator[Group]:
        """Groups of one kind inside."""
        return (group for group in self.groups if group.kind == kind)

    def text(self, name: str) -> str:
        """Value of an attribute; an empty text if it is not there."""
        return " ".join(self.attributes.get(name, [])).strip()

    def numbers(self, name: str) -> list[float]:
        """Numbers of an attribute; none if it is not there."""
        return [float(number) for number in re.findall(r"[-+.\w]+", self.text(name))]


def parse_groups(text: str) -> Group:
    """Groups of a part of a Liberty file, in one group that is around them."""
    around = [Group("", [], {}, [])]
    for token in _TOKEN.finditer(text):
        if token["close"] and len(around) > 1:
            around.pop()
        elif token["name"]:
            value = token["text"] if token["text"] is not None else token["value"]
            around[-1].attributes[token["name"]] = [value.strip()]
        elif token["word"]:
            inside = [part.strip(' \t\n\r\\"') for part in token["inside"].split(",")]
            if token["open"]:
                group = Group(token["word"], inside, {}, [])
                around[-1].groups.append(group)
                around.append(group)
            else:
                around[-1].attributes[token["word"]] = inside
    return around[0]


def parse_header(text: str) -> Group:
    """The library's group, with what a Liberty file says before its first cell."""
    start = re.search(r"^\s*cell\s*\(", text, re.MULTILINE)
    head = parse_groups(text[: start.start() if start else None])
    return next(head.of("library"), head)
