"""Ports of a component under cocotb, with the shapes that the RTL was built from."""

import random

from amaranth.lib import wiring

from tests.support.streams import Stream, from_bits, to_bits


class Ports:
    """All ports by name, plain; inputs start at zero.

    The names are those in Verilog: ``ports["i__valid"]`` is the `valid` of a stream `i`. A port of
    a layout is one dictionary.
    """

    def __init__(self, dut, component):
        self._dut = dut
        self._shapes = {}
        for path, member, _ in component.signature.flatten(component):
            name = "__".join(map(str, path))
            self._shapes[name] = member.shape
            if member.flow == wiring.In and hasattr(dut, name):
                dut[name].value = 0

    def __getitem__(self, name):
        return from_bits(self._shapes[name], int(self._dut[name].value))

    def __setitem__(self, name, value):
        self._dut[name].value = to_bits(self._shapes[name], value)

    def defined(self, name):
        """The port where undefined bits, which must not matter, count as zeros."""
        return from_bits(self._shapes[name], int(self._dut[name].value.resolve("zeros")))

    def scramble(self, name):
        """Drive noise, where the value must not matter."""
        self._dut[name].value = random.getrandbits(len(self._dut[name]))

    def stream(self, name):
        """One of the streams."""
        always_ready = not hasattr(self._dut, f"{name}__ready")
        return Stream(self._dut, name, self._shapes[f"{name}__payload"], always_ready=always_ready)


def flags(numbers):
    """A vector in which the bits of `numbers` are set."""
    return sum(1 << number for number in set(numbers))


def flagged(vector):
    """The inverse of :func:`flags`: the set of bits that are set."""
    return {number for number, bit in enumerate(reversed(f"{vector:b}")) if bit == "1"}
