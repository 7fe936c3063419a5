"""Memory behind the requests and words of a reader under cocotb, without a bus between them."""

import random
from collections import deque

import cocotb
from cocotb.triggers import RisingEdge

from tests.support.streams import to_bits


class RequestedMemory:
    """Answers requests by words, in order, each `latency` cycles after its request at least.

    Attributes
    ----------
    requests : list of pair of int
        Byte address and words of what was asked for.
    busy : list of int
        Cycles in which a word was taken.
    """

    def __init__(self, requests, words, axi, *, latency=1, stall=0.0):
        self.ar, self.r, self.axi = requests, words, axi
        self.latency, self.stall = latency, stall
        self.bytes = bytearray(random.randbytes(1 << 20))
        self.requests, self.busy = [], []
        self.cycle = 0
        self.ar.ready.value = 0
        self.r.valid.value = 0

    def write(self, address, content):
        assert address + len(content) <= len(self.bytes), "beyond the memory"
        self.bytes[address : address + len(content)] = content

    def start(self):
        cocotb.start_soon(self.run())

    async def run(self):
        """Go on until cancelled; offers are held, and requests must be."""
        due = deque()  # (cycle, payload)
        held = None
        offered = False
        while True:
            accepts = random.random() >= self.stall
            self.ar.ready.value = int(accepts)
            if not offered:
                offered = bool(due) and due[0][0] <= self.cycle and random.random() >= self.stall
                self.r.valid.value = int(offered)
                bits = due[0][1] if offered else random.getrandbits(len(self.r.payload))
                self.r.payload.value = bits
            await RisingEdge(self.ar.clk)
            request = self.ar.now() if self.ar.valid.value == 1 else None
            assert held is None or request == held, f"{held} withdrawn or changed"
            held = None if accepts else request
            if request and accepts:
                due.extend(self.answer(request))
            if offered and self.r.ready.value == 1:
                offered = False
                due.popleft()
                self.busy.append(self.cycle)
            self.cycle += 1

    def answer(self, request):
        """Words of a request with the cycles in which they come at the earliest."""
        step = self.axi.word_bytes
        first = request["address"] // step * step
        self.requests.append((first, request["words"]))
        assert first + request["words"] * step <= len(self.bytes), "beyond the memory"
        for index in range(request["words"]):
            at = first + index * step
            word = int.from_bytes(self.bytes[at : at + step], "little")
            last = int(index == request["words"] - 1)
            yield self.cycle + self.latency, to_bits(self.r.shape, {"data": word, "last": last})
