"""Requantiser: bias, rounding shift, saturation, ReLU."""

from amaranth.hdl import Const, Module, Mux, Signal, signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out

from grus.hw.config import CraneConfig
from grus.hw.core.tile import OutputLayout
from grus.hw.output.vector import SumsLayout, ValuesLayout
from grus.hw.stream.stage import add_stage

__all__ = ["BiasWriteLayout", "Requantiser"]


class BiasWriteLayout(data.StructLayout):
    """One bias on its way into the requantiser.

    Members
    -------
    half : :py:`unsigned(1)`
        Half of the ping-pong bias memory.
    group : :py:`range(resident_rows)`
        Lane group.
    lane : :py:`range(pes)`
        Lane.
    bias : :py:`signed(accumulator_bits)`
        Bias at the scale of the accumulator.
    """

    def __init__(self, config: CraneConfig):
        super().__init__(
            {
                "half": 1,
                "group": range(config.resident_rows),
                "lane": range(config.pes),
                "bias": signed(config.accumulator_bits),
            }
        )


class Requantiser(wiring.Component):
    """Turn accumulators into values: add the bias, shift with rounding half up, saturate, clip.

    Throughput is one vector per cycle, latency 3 cycles. A stalled output holds its vector. The
    path from ``o.ready`` to ``i.ready`` is combinational.

    Source: architecture brief, section 3; project decision D-002.

    Parameters
    ----------
    config : :class:`CraneConfig`
        Lanes, widths.

    Members
    -------
    writes : :py:`In(stream.Signature(BiasWriteLayout(config), always_ready=True))`
        Biases to store.
    bias_half : :py:`In(1)`
        Half of the bias memory to use.
    output : :py:`In(OutputLayout(config))`
        Shift, ReLU, ceiling; must not change while vectors are under way.
    last_pe : :py:`In(range(pes))`
        Last lane of a position's last group that has a channel.
    i : :py:`In(stream.Signature(SumsLayout(config)))`
        Accumulators.
    o : :py:`Out(stream.Signature(ValuesLayout(config)))`
        Values.
    busy : :py:`Out(1)`
        A vector is under way.
    """

    def __init__(self, config: CraneConfig):
        self._config = config
        super().__init__(
            {
                "writes": In(stream.Signature(BiasWriteLayout(config), always_ready=True)),
                "bias_half": In(1),
                "output": In(OutputLayout(config)),
                "last_pe": In(range(config.pes)),
                "i": In(stream.Signature(SumsLayout(config))),
                "o": Out(stream.Signature(ValuesLayout(config))),
                "busy": Out(1),
            }
        )

    @property
    def config(self) -> CraneConfig:
        """Parameters of this requantiser."""
        return self._config

    def elaborate(self, platform):
        """Stages: fetch biases, add, shift and clip."""
        m = Module()
        # One bit more than an accumulator, for the rounding term.
        wide = signed(self.config.accumulator_bits + 1)
        vector = data.StructLayout(
            {"values": data.ArrayLayout(wide, self.config.pes), "last_group": 1}
        )
        fetched = stream.Signature(SumsLayout(self.config)).create()
        added = stream.Signature(vector).create()
        biases = self._fetch_biases(m)
        add_stage(m, i=self.i, o=fetched, payload=self.i.p)
        add_stage(m, i=fetched, o=added, payload=self._add(m, vector, fetched.p, biases))
        shifted = self._shift(m, vector, added.p)
        add_stage(m, i=added, o=self.o, payload=self._clip(m, shifted))
        m.d.comb += self.busy.eq(fetched.valid | added.valid | self.o.valid)
        return m

    def _add(self, m: Module, vector: data.StructLayout, fetched, biases):
        """Bias and rounding term; a lane without a channel becomes zero."""
        config = self.config
        rounding = Signal(config.accumulator_bits)
        m.d.comb += rounding.eq((Const(1) << self.output.shift) >> 1)
        total = Signal(vector)
        there = Signal(config.pes)  # lanes that have a channel
        last_lanes = (Const(2) << self.last_pe) - 1
        m.d.comb += there.eq(Mux(fetched.last_group, last_lanes, -1))
        for lane in range(config.pes):
            value = fetched.sums[lane] + biases[lane] + rounding
            m.d.comb += total.values[lane].eq(Mux(there[lane], value, 0))
        m.d.comb += total.last_group.eq(fetched.last_group)
        return total

    def _fetch_biases(self, m: Module):
        """The biases of a vector stand beside it in the first stage, and wait as it does."""
        config, write = self.config, self.writes.p
        shape = data.ArrayLayout(signed(config.accumulator_bits), config.pes)
        m.submodules.biases = memory = Memory(shape=shape, depth=2 * config.resident_rows, init=[])
        writing = memory.write_port(granularity=1)
        reading = memory.read_port()
        with m.If(self.writes.valid):
            m.d.comb += writing.en.eq(1 << write.lane)
        m.d.comb += [
            writing.addr.eq(write.group + Mux(write.half, config.resident_rows, 0)),
            reading.en.eq(self.i.ready),
            reading.addr.eq(self.i.p.group + Mux(self.bias_half, config.resident_rows, 0)),
        ]
        for lane in range(config.pes):
            m.d.comb += writing.data[lane].eq(write.bias)
        return reading.data

    def _shift(self, m: Module, vector: data.StructLayout, added):
        result = Signal(vector)
        for lane in range(self.config.pes):
            m.d.comb += result.values[lane].eq(added.values[lane] >> self.output.shift)
        m.d.comb += result.last_group.eq(added.last_group)
        return result

    def _clip(self, m: Module, shifted):
        """Saturate from below by the format or by ReLU, from above by the ceiling."""
        bits = self.config.data_bits
        lowest = Signal(signed(bits))
        m.d.comb += lowest.eq(Mux(self.output.relu, 0, -(1 << (bits - 1))))
        result = Signal(ValuesLayout(self.config))
        for lane in range(self.config.pes):
            value = shifted.values[lane]
            with m.If(value < lowest):
                m.d.comb += result.values[lane].eq(lowest)
            with m.Elif(value > self.output.ceiling):
                m.d.comb += result.values[lane].eq(self.output.ceiling)
            with m.Else():
                m.d.comb += result.values[lane].eq(value)
        m.d.comb += result.last_group.eq(shifted.last_group)
        return result
