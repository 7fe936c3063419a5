"""How often the nets of a design toggle, from a file that Verilator writes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

__all__ = ["Activity", "Net", "read_saif"]

_LINE = re.compile(
    r"\s*(?:\((?P<instance>INSTANCE) (?P<name>\S+)"
    r"|\((?P<bit>\S+) \(T0 (?P<low>\d+)\) \(T1 (?P<high>\d+)\).*\(TC (?P<toggles>\d+)\)\)"
    r"|\(DURATION (?P<duration>\d+)\)"
    r"|(?P<nets>\(NET)\s*$"
    r"|(?P<close>\)))"
)


class Net(NamedTuple):
    """One bit of a net.

    Attributes
    ----------
    toggles : int
        Changes of its value.
    high : float
        Part of the time that it was 1, 0 to 1.
    """

    toggles: int
    high: float


class Activity(NamedTuple):
    """What the nets of a design did.

    Attributes
    ----------
    duration : int
        Length of the recording, in the simulator's units of time.
    nets : dict of str to dict of str to Net
        Bits by name, such as ``count[3]``, of each instance: names from the top's child downwards,
        joined by dots; the top itself is an empty text.
    """

    duration: int
    nets: dict[str, dict[str, Net]]


def read_saif(path: Path) -> Activity:
    """Read a file of toggles (Switching Activity Interchange Format, IEEE 1801).

    Raises
    ------
    ValueError
        If the file is cut short, or has no duration.
    """
    duration = 0
    nets: dict[str, dict[str, Net]] = {}
    scopes: list[str] = []  # an empty text for what is no instance
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            found = _LINE.match(line)
            if found is None:
                continue
            if found["instance"]:
                scopes.append(found["name"])
                nets.setdefault(_place(scopes), {})
            elif found["nets"]:
                scopes.append("")
            elif found["duration"]:
                duration = int(found["duration"])
            elif found["bit"]:
                bit = found["bit"].replace("\\", "")
                net = Net(int(found["toggles"]), int(found["high"]) / duration)
                nets[_place(scopes)][bit] = net
            elif scopes:
                scopes.pop()
    if not duration or scopes:
        raise ValueError(f"toggles must be whole, and {path} is cut short: record them again")
    return Activity(duration, nets)


def _place(scopes: list[str]) -> str:
    """Without the top's name. Its ports stand in a scope of their own, and in the top again."""
    return ".".join(list(filter(None, scopes))[1:])
