"""Run-length encoder: vectors of values become encoded segments."""

from typing import NamedTuple

from amaranth.hdl import Const, Module, Mux, Signal, Value, signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out, connect, flipped

from grus.hw.config import CraneConfig
from grus.hw.layouts import BeatLayout, PairLayout
from grus.hw.logic.compactor import Compactor
from grus.hw.logic.prefix import prefix_sums, prefixes
from grus.hw.stream.fifo import StreamFifo
from grus.hw.stream.stage import add_stage

__all__ = ["RunLengthEncoder", "VectorLayout"]


class VectorLayout(data.StructLayout):
    """Neighbouring values of one segment.

    Members
    -------
    values : :py:`ArrayLayout(signed(data_bits), lanes)`
        Values, the first channel in lane 0.
    last : :py:`unsigned(1)`
        Ends the segment; lanes beyond its length are zero.
    dense : :py:`unsigned(1)`
        Zeros become pairs, too; the same in all vectors of a segment.
    used : :py:`range(lanes + 1)`
        If dense: lanes that the segment has; all, but for its last vector. In spread segments any
        number, the other lanes zero.
    gap : :py:`unsigned(count_bits)`
        Only in spread segments: zeros behind these values; with `last`, before the next segment.
    """

    def __init__(self, config: CraneConfig, lanes: int, *, spread: bool = False):
        fields = {
            "values": data.ArrayLayout(signed(config.data_bits), lanes),
            "last": 1,
            "dense": 1,
            "used": range(lanes + 1),
        }
        super().__init__(fields | ({"gap": config.count_bits} if spread else {}))


class _Zeros(NamedTuple):
    """Zeros at the end of some lanes, and whether none of them has a pair."""

    count: Value
    only: Value


class RunLengthEncoder(wiring.Component):
    """Encode segments, by their runs of zeros or densely: then every value is a pair.

    A filler pair stands only before a value, so the encoder owes fillers for a long run until a
    value follows; a dense segment owes none. Throughput is one vector per cycle, and one more
    cycle when owed fillers are paid (for each `lanes` of them); latency is 2 cycles. A vector
    without pairs yields no beat, unless it ends its segment. A stalled output holds its beat, and
    up to two vectors with pairs. The gaps of spread segments take no cycle of their own. No
    combinational path leads from one port to another.

    Source: Crane, section 4.5 and Figure 11; fillers: project decision D-001; vectors that wait:
    D-068.

    Parameters
    ----------
    config : :class:`CraneConfig`
        Widths.
    lanes : int
        Values of a vector, and pairs of a beat.
    spread : bool
        Values of a segment may lie apart, with gaps of zeros between vectors.

    Members
    -------
    i : :py:`In(stream.Signature(VectorLayout(config, lanes, spread=spread)))`
        Values.
    o : :py:`Out(stream.Signature(BeatLayout(config, lanes)))`
        Encoded segments, each with its counter on the last beat.
    busy : :py:`Out(1)`
        A vector or a beat is here.
    """

    def __init__(self, config: CraneConfig, lanes: int, *, spread: bool = False):
        self._config, self._lanes, self._spread = config, lanes, spread
        super().__init__(
            {
                "i": In(stream.Signature(VectorLayout(config, lanes, spread=spread))),
                "o": Out(stream.Signature(BeatLayout(config, lanes))),
                "busy": Out(1),
            }
        )

    @property
    def config(self) -> CraneConfig:
        """Parameters of this encoder."""
        return self._config

    def elaborate(self, platform):
        """Pairs of the vector, behind the fillers owed for the vectors before it."""
        m = Module()
        m.submodules.waiting = waiting = StreamFifo(self.i.payload.shape(), depth=2)
        connect(m, flipped(self.i), waiting.i)
        vector = waiting.o
        run = Signal(self.config.index_bits)  # zeros since the last value or filler
        owed = Signal(self.config.count_bits)  # fillers to pay when a value follows
        count = Signal(self.config.count_bits)  # pairs of the segment so far
        paired = Signal(self._lanes)  # lanes whose value becomes a pair
        for lane in range(self._lanes):
            dense = vector.p.dense & (lane < vector.p.used)
            m.d.comb += paired[lane].eq(vector.p.values[lane].any() | dense)
        zeros, fillers, zeros_after = self._runs(m, vector.p, run, paired)
        gap = vector.p.gap if self._spread else Const(0, 1)
        index_bits = self.config.index_bits

        paying = Signal()
        m.d.comb += paying.eq(paired.any() & (owed != 0))
        beat = stream.Signature(BeatLayout(self.config, self._lanes)).create()
        used = self._pairs(m, vector.p, beat, paying, owed, paired, zeros, fillers)
        ends = Signal()
        taken = Signal()
        m.d.comb += [
            ends.eq(vector.p.last & ~paying),
            beat.p.used.eq(used),
            beat.p.last.eq(ends),
            beat.p.count.eq(count + used),
            # Fillers stand before values only: without a value there is no pair, owed or not.
            beat.valid.eq(vector.valid & (paired.any() | vector.p.last)),
            self.busy.eq(vector.valid | self.o.valid),
            taken.eq(vector.valid & (beat.ready | ~beat.valid)),
            vector.ready.eq(taken & ~paying),
        ]
        with m.If(taken):
            with m.If(ends):
                m.d.sync += [run.eq(gap), owed.eq(gap >> index_bits), count.eq(0)]
            with m.Else():
                m.d.sync += count.eq(count + used)
                with m.If(paying):
                    m.d.sync += owed.eq(owed - used)
                with m.Else():
                    following = zeros_after + gap
                    m.d.sync += [run.eq(following), owed.eq(owed + (following >> index_bits))]
        add_stage(m, i=beat, o=self.o, payload=beat.p)
        return m

    def _runs(self, m: Module, vector, run: Signal, paired: Signal):
        """For each lane zeros before it, and whether a filler stands there; zeros after them all.

        Zeros before a lane are counted modulo the largest count plus one, because a filler ends a
        full run; those after all lanes are not.
        """
        index_bits = self.config.index_bits
        there = [lane < vector.used if self._spread else Const(1, 1) for lane in range(self._lanes)]

        def join(before: _Zeros, after: _Zeros, place: str) -> _Zeros:
            width = max(len(before.count), len(after.count)) + 1
            count = Signal(width, name=f"zeros_up_to_{place}")
            m.d.comb += count.eq(after.count + Mux(after.only, before.count, 0))
            return _Zeros(count, before.only & after.only)

        each = [_Zeros(there[lane] & ~paired[lane], ~paired[lane]) for lane in range(self._lanes)]
        up_to = [zeros.count + Mux(zeros.only, run, 0) for zeros in prefixes(each, join)]
        zeros = []
        fillers = Signal(self._lanes)
        for lane in range(self._lanes):
            count = Signal(index_bits, name=f"zeros_{lane}")
            m.d.comb += count.eq(up_to[lane - 1] if lane else run)
            zeros.append(count)
            full = ~paired[lane] & count.all() & there[lane]
            m.d.comb += fillers[lane].eq(full & paired[lane + 1 :].any())
        return zeros, fillers, up_to[-1]

    def _pairs(self, m: Module, vector, beat, paying, owed, paired, zeros, fillers):
        """The beat's pairs, moved together; returns how many they are."""
        lanes = self._lanes
        m.submodules.compactor = compactor = Compactor(PairLayout(self.config), lanes)
        stands = Signal(lanes)
        m.d.comb += stands.eq(paired | fillers)
        missing = prefix_sums(
            m,
            [~stands[lane] for lane in range(lanes)],
            name="missing_up_to",
            bits=lanes.bit_length(),
        )
        m.d.comb += compactor.valid.eq(stands)
        for lane in range(lanes):
            m.d.comb += [
                compactor.i[lane].value.eq(vector.values[lane]),
                compactor.i[lane].zeros.eq(zeros[lane]),
            ]
            if lane:
                m.d.comb += compactor.distance[lane].eq(missing[lane - 1])
        used = Signal(range(lanes + 1))
        with m.If(paying):
            m.d.comb += used.eq(Mux(owed > lanes, lanes, owed))
            for lane in range(lanes):
                m.d.comb += beat.p.pairs[lane].zeros.eq(self.config.largest_run)
        with m.Else():
            m.d.comb += [used.eq(lanes - missing[-1]), beat.p.pairs.eq(compactor.o)]
        return used
