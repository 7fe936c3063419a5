"""A memory behind AXI4 under cocotb that answers in the same cycles as the compiled one.

docs/memory.md, "When memory answers", is the rule that both follow.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any, NamedTuple

from grus.sim.contents import Contents
from grus.sim.host import CHANNELS, Violation
from grus.sim.pauses import Pauses

__all__ = ["TimedMemory"]

_OKAY, _SLVERR = 0, 2


class _Reading(NamedTuple):
    """A word to be read: where, the first cycle in which it may be offered, whether it is last."""

    address: int
    due: int
    last: bool


class TimedMemory:
    """Memory at the ports ``m_axi_*``; whoever owns the clock calls it around each edge.

    Parameters
    ----------
    dut : handle
        The accelerator.
    contents : Contents
        The bytes.
    word_bytes : int
        Bytes in a word of the bus.
    latency : int
        Cycles from an address to its first word, or from the last word to the answer; at least 1.
    stalls : mapping of str to float
        Chance that a channel pauses in a cycle.
    seed : int
        Seed of the pauses.
    """

    def __init__(
        self,
        dut: Any,
        contents: Contents,
        word_bytes: int,
        *,
        latency: int,
        stalls: Mapping[str, float],
        seed: int,
    ):
        self._contents, self._step, self._latency = contents, word_bytes, latency
        self._pauses = {
            name: Pauses(stalls.get(name, 0.0), seed, index) for index, name in enumerate(CHANNELS)
        }
        self._port = {
            name: getattr(dut, f"m_axi_{name}")
            for channel in CHANNELS
            for name in (f"{channel}valid", f"{channel}ready", *_FIELDS[channel])
        }
        self._cycle = 0  # of the run
        self._readings: deque[_Reading] = deque()
        self._targets: deque[tuple[int, bool]] = deque()  # address of a word, whether it is last
        self._words: deque[tuple[int, int, bool]] = deque()  # data, strobes, whether it is last
        self._answers: deque[tuple[int, int]] = deque()  # first cycle, response
        self._refused = False  # a word of the burst at hand
        self._stands = dict.fromkeys(CHANNELS, False)  # our side of each handshake
        for channel in ("r", "b"):
            self._set(f"{channel}valid", 0)
            self._set(f"{channel}id", 0)
        self.drive()

    def begin(self) -> None:
        """A run has started in this cycle: it is number 0."""
        self._cycle = 0

    def drive(self) -> None:
        """Offer and accept what this cycle allows; called behind its first clock edge."""
        for channel in ("ar", "aw", "w"):
            self._stand(channel, f"{channel}ready", not self._pauses[channel].at(self._cycle))
        if not self._stands["r"]:
            self._offer_word()
        if not self._stands["b"]:
            self._offer_answer()

    def after_edge(self) -> None:
        """Note what was taken in the cycle that has ended, and begin the next."""
        if self._taken("ar", "arvalid"):
            self._take_reads()
        if self._taken("aw", "awvalid"):
            self._take_targets()
        if self._taken("w", "wvalid"):
            data, strobes = self._get("wdata"), self._get("wstrb")
            self._words.append((data, strobes, bool(self._get("wlast"))))
        self._write()
        for channel in ("r", "b"):
            if self._taken(channel, f"{channel}ready"):
                self._stand(channel, f"{channel}valid", False)
        self._cycle += 1

    def _taken(self, channel: str, partner: str) -> bool:
        return self._stands[channel] and self._port[partner].value == 1

    def _stand(self, channel: str, port: str, stands: bool) -> None:
        if self._stands[channel] != stands:
            self._set(port, int(stands))
            self._stands[channel] = stands

    def _set(self, port: str, value: int) -> None:
        self._port[port].value = value

    def _get(self, port: str) -> int:
        return int(self._port[port].value)

    def _burst(self, channel: str) -> list[tuple[int, bool]]:
        """Address of each word, and whether it is the last."""
        address, words = self._get(f"{channel}addr"), self._get(f"{channel}len") + 1
        self._contents.take_burst(address, words)
        return [(address + index * self._step, index == words - 1) for index in range(words)]

    def _take_reads(self) -> None:
        self._contents.read_bursts += 1
        due = self._cycle + self._latency
        self._readings.extend(_Reading(at, due, last) for at, last in self._burst("ar"))

    def _take_targets(self) -> None:
        self._contents.write_bursts += 1
        self._targets.extend(self._burst("aw"))

    def _offer_word(self) -> None:
        if not self._readings or self._readings[0].due > self._cycle:
            return
        if self._pauses["r"].at(self._cycle):
            return
        reading = self._readings.popleft()
        word, sound = self._contents.read(reading.address)
        self._set("rdata", int.from_bytes(word, "little"))
        self._set("rresp", _OKAY if sound else _SLVERR)
        self._set("rlast", int(reading.last))
        self._stand("r", "rvalid", True)

    def _write(self) -> None:
        """Write what has both an address and a word."""
        while self._targets and self._words:
            address, last = self._targets.popleft()
            data, strobes, said_last = self._words.popleft()
            if said_last != last:
                self._contents.violations |= Violation.WLAST_WRONG
            self._refused |= self._contents.fails(address)
            content = data.to_bytes(self._step, "little")
            for first, end in _runs(strobes):
                self._contents.write(address + first, content[first:end])
            if last:
                response = _SLVERR if self._refused else _OKAY
                self._answers.append((self._cycle + self._latency, response))
                self._refused = False

    def _offer_answer(self) -> None:
        if not self._answers or self._answers[0][0] > self._cycle:
            return
        if self._pauses["b"].at(self._cycle):
            return
        _, response = self._answers.popleft()
        self._set("bresp", response)
        self._stand("b", "bvalid", True)


_FIELDS = {
    "ar": ("araddr", "arlen"),
    "r": ("rid", "rdata", "rresp", "rlast"),
    "aw": ("awaddr", "awlen"),
    "w": ("wdata", "wstrb", "wlast"),
    "b": ("bid", "bresp"),
}


def _runs(strobes: int) -> list[tuple[int, int]]:
    """First byte, and the byte behind the last, of each run of ones."""
    runs, place = [], 0
    while strobes:
        zeros = (strobes & -strobes).bit_length() - 1
        strobes >>= zeros
        ones = (~strobes & (strobes + 1)).bit_length() - 1
        runs.append((place + zeros, place + zeros + ones))
        place, strobes = place + zeros + ones, strobes >> ones
    return runs
