"""Memory behind an AXI4 master under cocotb: any latency, any stalls, errors, and all checks.

Every rule that AXI4 lays upon a master is checked in every cycle. cocotbext-axi's `AxiRam` is the
second opinion; it knows no latency.
"""

import random
from collections import deque
from hashlib import blake2b
from typing import NamedTuple

from cocotb.triggers import RisingEdge

OKAY, SLVERR, DECERR = 0, 2, 3
PAGE_BYTES = 4096


class Burst(NamedTuple):
    """A burst that was asked for: byte address, words, and the cycle in which it was taken."""

    address: int
    words: int
    cycle: int


def contents(address, word_bytes):
    """What a memory holds that nobody has written: noise that depends on the address."""
    key = address.to_bytes(8, "little")
    return int.from_bytes(blake2b(key, digest_size=word_bytes).digest(), "little")


class Channel:
    """Handshake and payload of one channel, as one side sees it."""

    def __init__(self, dut, bus, name, fields):
        self.valid = dut[f"{bus}__{name}valid"]
        self.ready = dut[f"{bus}__{name}ready"]
        self.fields = {field: dut[f"{bus}__{name}{field}"] for field in fields}
        self.held = None

    def offered(self):
        """The payload offered by the master; it must be held until it is taken."""
        offer = None
        if int(self.valid.value):
            offer = {field: int(signal.value) for field, signal in self.fields.items()}
        assert self.held is None or offer == self.held, f"withdrawn or changed: {self.held}"
        taken = offer is not None and int(self.ready.value)
        self.held = None if taken else offer
        return offer if taken else None

    def drive(self, **values):
        """Offer a payload, or noise without one."""
        self.valid.value = int(bool(values))
        for field, signal in self.fields.items():
            signal.value = values.get(field, random.getrandbits(len(signal)))


BURST_FIELDS = ("id", "addr", "len", "size", "burst", "cache", "prot")


class _Memory:
    """What reads and writes share.

    Attributes
    ----------
    latency : pair of int
        Fewest and most cycles from the end of a burst's way to the first answer.
    stall : float
        Chance that a channel pauses in a cycle.
    errors : dict of int to int
        Response by byte address of a word, where it is not OKAY.
    bursts : list of Burst
        What was asked for so far.
    """

    def __init__(self, dut, config, *, latency=(1, 1), stall=0.0, errors=None):
        self.clk, self.rst, self.config = dut.clk, dut.rst, config
        self.latency, self.stall, self.errors = latency, stall, errors or {}
        self.bursts = []
        self.waiting = deque()  # (cycle of the first answer, burst)
        self.cycle = 0

    def pauses(self):
        return random.random() < self.stall

    def answer_cycle(self):
        return self.cycle + random.randint(*self.latency)

    def accept(self, offer):
        """Check a burst against the rules, and note it."""
        config = self.config
        words, address = offer["len"] + 1, offer["addr"]
        assert 1 << offer["size"] == config.word_bytes
        assert offer["burst"] == 1, "not INCR"
        assert offer["id"] == 0
        assert address % config.word_bytes == 0
        assert words <= config.burst_words
        assert address % PAGE_BYTES + words * config.word_bytes <= PAGE_BYTES, "leaves its page"
        burst = Burst(address, words, self.cycle)
        self.bursts.append(burst)
        return burst

    def word_addresses(self, burst):
        step = self.config.word_bytes
        return [burst.address + step * index for index in range(burst.words)]


class ReadMemory(_Memory):
    """Answers AR by R, in order; the master must always take what it has asked for."""

    def __init__(self, dut, config, bus="axi", **settings):
        super().__init__(dut, config, **settings)
        self.ar = Channel(dut, bus, "ar", BURST_FIELDS)
        self.r = Channel(dut, bus, "r", ("id", "data", "resp", "last"))
        self.words = {}  # contents by byte address, where they are not noise
        self.sent = 0
        self.ar.ready.value = 0
        self.r.drive()

    @property
    def asked(self):
        """Words asked for so far."""
        return sum(burst.words for burst in self.bursts)

    def expected(self, address, words):
        """Contents from `address` on."""
        step = self.config.word_bytes
        return [self.read(address + step * index) for index in range(words)]

    def read(self, address):
        return self.words.get(address, contents(address, self.config.word_bytes))

    async def run(self):
        """Go on until cancelled."""
        answers = deque()  # (word address, last) of the burst at hand
        due = 0
        while True:
            self.ar.ready.value = int(not self.pauses())
            if not answers and self.waiting:
                due, burst = self.waiting.popleft()
                last = burst.words - 1
                answers.extend(
                    (address, int(index == last))
                    for index, address in enumerate(self.word_addresses(burst))
                )
            offers = bool(answers) and self.cycle >= due and not self.pauses()
            if offers:
                address, last = answers.popleft()
                response = self.errors.get(address, OKAY)
                self.r.drive(id=0, data=self.read(address), resp=response, last=last)
            else:
                self.r.drive()
            await RisingEdge(self.clk)
            if int(self.rst.value):
                assert not int(self.ar.valid.value)
                continue
            assert not offers or int(self.r.ready.value), "a word that was asked for is refused"
            self.sent += offers
            if offer := self.ar.offered():
                self.waiting.append((self.answer_cycle(), self.accept(offer)))
            outstanding = len(self.waiting) + bool(answers)
            assert outstanding <= self.config.outstanding_bursts
            self.cycle += 1


class WriteMemory(_Memory):
    """Takes AW and W, answers by B; nothing outside the bounds may ever come."""

    def __init__(self, dut, config, bus="axi", *, bounds=(0, 1 << 64), **settings):
        super().__init__(dut, config, **settings)
        self.aw = Channel(dut, bus, "aw", BURST_FIELDS)
        self.w = Channel(dut, bus, "w", ("data", "strb", "last"))
        self.b = Channel(dut, bus, "b", ("id", "resp"))
        self.bounds = bounds
        self.words = []  # (byte address, data, strobe) in the order of writing
        self.cycles = []  # when they came
        self.incoming = deque()  # (data, strobe, last) of words without an address yet
        self.addressed = deque()  # [burst, words to come]
        for channel in (self.aw, self.w):
            channel.ready.value = 0
        self.b.drive()

    async def run(self):
        """Go on until cancelled."""
        answer = None
        while True:
            self.aw.ready.value = int(not self.pauses())
            self.w.ready.value = int(not self.pauses())
            if answer is None and self.waiting and self.cycle >= self.waiting[0][0]:
                answer = None if self.pauses() else self.waiting.popleft()[1]
            if answer is None:
                self.b.drive()
            else:
                self.b.drive(id=0, resp=answer)
            await RisingEdge(self.clk)
            if int(self.rst.value):
                assert not int(self.aw.valid.value)
                assert not int(self.w.valid.value)
                continue
            if answer is not None and int(self.b.ready.value):
                answer = None
            self._take()
            outstanding = len(self.waiting) + len(self.addressed) + (answer is not None)
            assert outstanding <= self.config.outstanding_bursts
            self.cycle += 1

    def _take(self):
        """Join words with the bursts that they belong to."""
        if offer := self.aw.offered():
            burst = self.accept(offer)
            low, high = self.bounds
            assert low <= burst.address
            assert burst.address + burst.words * self.config.word_bytes <= high, "out of bounds"
            self.addressed.append([burst, self.word_addresses(burst)])
        if word := self.w.offered():
            self.incoming.append(word)
        while self.incoming and self.addressed:
            burst, addresses = self.addressed[0]
            word, address = self.incoming.popleft(), addresses.pop(0)
            self.words.append((address, word["data"], word["strb"]))
            self.cycles.append(self.cycle)
            assert word["last"] == int(not addresses), "wlast at the wrong word"
            if not addresses:
                responses = [self.errors.get(place, OKAY) for place in self.word_addresses(burst)]
                self.waiting.append((self.answer_cycle(), max(responses)))
                self.addressed.popleft()


def split(config, address, words):
    """The bursts that a run must become: each as long as page and longest burst allow."""
    bursts = []
    while words:
        room = (PAGE_BYTES - address % PAGE_BYTES) // config.word_bytes
        length = min(words, room, config.burst_words)
        bursts.append((address, length))
        address, words = address + length * config.word_bytes, words - length
    return bursts
