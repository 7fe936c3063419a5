"""A resident RAM that answers the requests of one processing element."""

import random

from cocotb.triggers import RisingEdge

from grus.hw.layouts import RowLayout, RowRequestLayout
from tests.support.streams import Stream, to_bits


class ResidentRam:
    """Rows by bank, half and number; refuses at random, and drives noise between answers."""

    def __init__(self, dut, config, *, chance_of_refusal=0.0):
        self.requests = Stream(dut, "requests", RowRequestLayout(config))
        self.port, self.shape = dut.row, RowLayout(config)
        self.chance_of_refusal = chance_of_refusal
        self.rows = {}
        self.cycle = 0
        self.grants = []  # (cycle, bank, half, row)

    async def run(self):
        """Go on until cancelled."""
        while True:
            grants = random.random() >= self.chance_of_refusal
            self.requests.ready.value = int(grants)
            await RisingEdge(self.requests.clk)
            self.port.value = random.getrandbits(len(self.port))
            if grants and self.requests.valid.value == 1:
                self._answer(self.requests.now())
            self.cycle += 1

    def _answer(self, request):
        place = request["bank"], request["half"], request["row"]
        self.grants.append((self.cycle, *place))
        self.port.value = to_bits(self.shape, self.rows[place])
