"""Run-length decoder: encoded segments become words of the broadcast RAM."""

from amaranth.hdl import Array, Const, Module, Mux, Signal, Value, signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from grus.hw.config import CraneConfig
from grus.hw.layouts import BeatLayout
from grus.hw.logic.prefix import prefix_sums
from grus.hw.stream.stage import add_stage

__all__ = ["DecodedLayout", "RunLengthDecoder", "SegmentLayout"]


class SegmentLayout(data.StructLayout):
    """Where a segment goes.

    Members
    -------
    start : :py:`range(broadcast_positions + 1)`
        Its first position in the broadcast RAM.
    stop : :py:`range(broadcast_positions + 1)`
        The position behind its last one.
    """

    def __init__(self, config: CraneConfig):
        super().__init__(
            {
                "start": range(config.broadcast_positions + 1),
                "stop": range(config.broadcast_positions + 1),
            }
        )


class DecodedLayout(data.StructLayout):
    """Neighbouring positions of one word.

    Members
    -------
    word : :py:`range(broadcast_words)`
        The word.
    enables : :py:`unsigned(broadcast_lanes)`
        Lanes that are decoded now.
    values : :py:`ArrayLayout(signed(data_bits), broadcast_lanes)`
        Their values.
    """

    def __init__(self, config: CraneConfig):
        lanes = config.broadcast_lanes
        super().__init__(
            {
                "word": range(config.broadcast_words),
                "enables": lanes,
                "values": data.ArrayLayout(signed(config.data_bits), lanes),
            }
        )


class RunLengthDecoder(wiring.Component):
    """Decode segments into neighbouring positions, zeros included.

    Throughput is one beat per cycle as long as its positions lie in one word, and one more cycle
    for each further word; latency is 1 cycle. A stalled output holds its lanes. A segment ends
    with its last beat whatever that says, so a malformed stream never blocks; positions behind
    the segment's end are dropped. The path from ``o.ready`` to ``i.ready`` and ``segments.ready``
    is combinational.

    Source: Crane, section 4.5 and Figure 11.

    Parameters
    ----------
    config : :class:`CraneConfig`
        Widths, lanes, pairs of a beat.

    Members
    -------
    segments : :py:`In(stream.Signature(SegmentLayout(config)))`
        Where each segment goes.
    i : :py:`In(stream.Signature(BeatLayout(config, stream_pairs)))`
        Encoded segments.
    o : :py:`Out(stream.Signature(DecodedLayout(config)))`
        Decoded positions, in order, each exactly once.
    malformed : :py:`Out(1)`
        Pairs reached beyond a segment's end, or were not as many as its counter says; stays set
        until reset.
    """

    def __init__(self, config: CraneConfig):
        self._config = config
        super().__init__(
            {
                "segments": In(stream.Signature(SegmentLayout(config))),
                "i": In(stream.Signature(BeatLayout(config, config.stream_pairs))),
                "o": Out(stream.Signature(DecodedLayout(config))),
                "malformed": Out(1),
            }
        )

    @property
    def config(self) -> CraneConfig:
        """Parameters of this decoder."""
        return self._config

    def elaborate(self, platform):
        """What lies between the last position written and the end of the beat, word by word."""
        m = Module()
        config, beat, segment = self.config, self.i.p, self.segments.p
        # Wide enough for the worst beat that begins at the end of the RAM: nothing wraps.
        furthest = config.broadcast_positions + config.stream_pairs * (config.largest_run + 1)
        position = range(furthest + 1)
        begun = Signal()  # this beat or one before it has brought positions of the segment
        base_stored = Signal(position, reset_less=True)
        next_stored = Signal(position, reset_less=True)
        base = Signal(position)  # where the beat begins
        first = Signal(position)  # first position still to be written
        m.d.comb += [
            base.eq(Mux(begun, base_stored, segment.start)),
            first.eq(Mux(begun, next_stored, segment.start)),
        ]

        steps = [beat.pairs[lane].zeros + 1 for lane in range(config.stream_pairs)]
        sums = prefix_sums(m, steps, name="steps_up_to", bits=len(base))
        before = Signal(position)
        end = Signal(position)  # behind the beat's last pair
        m.d.comb += before.eq(base - 1)
        places = [(before + steps_up_to)[: len(base)] for steps_up_to in sums]
        # The sum is chosen, not the place, which comes later.
        m.d.comb += end.eq(base + Array([Const(0), *sums])[beat.used])
        too_far = Signal()
        limit = Signal(position)
        m.d.comb += [
            too_far.eq(end > segment.stop),
            limit.eq(Mux(too_far | beat.last, segment.stop, end)),
        ]

        word_end = Signal(position)
        complete = Signal()  # all of the beat is written in this cycle
        m.d.comb += [
            word_end.eq(((first >> config.lane_bits) + 1) << config.lane_bits),
            # As limit <= word_end, which would come later.
            complete.eq((segment.stop <= word_end) | (~beat.last & (end <= word_end))),
        ]
        transfer = self._write(m, first, limit, places)
        m.d.comb += [
            self.i.ready.eq(transfer & complete),
            self.segments.ready.eq(transfer & complete & beat.last),
        ]
        with m.If(transfer):
            m.d.sync += [
                begun.eq(~(complete & beat.last)),
                # No further than the segment's end, or a long malformed one would wrap around.
                base_stored.eq(Mux(complete, limit, base)),
                next_stored.eq(Mux(complete, limit, word_end)),
            ]
        self._check(m, transfer & complete, too_far)
        return m

    def _write(self, m: Module, first: Signal, limit: Signal, places: list[Value]):
        """Lanes of one word from `first` up to `limit`; returns whether they are taken."""
        config, beat = self.config, self.i.p
        decoded = stream.Signature(DecodedLayout(config)).create()
        word = Signal(len(first) - config.lane_bits)
        m.d.comb += [
            word.eq(first >> config.lane_bits),
            decoded.valid.eq(self.i.valid & self.segments.valid),
            decoded.p.word.eq(word),
        ]
        lanes_of = []
        for lane, place in enumerate(places):
            marks = Signal(config.broadcast_lanes, name=f"lanes_of_{lane}")
            here = (lane < beat.used) & (place[config.lane_bits :] == word)
            with m.If(here):
                m.d.comb += marks.eq(1 << place[: config.lane_bits])
            lanes_of.append(marks)
        for lane in range(config.broadcast_lanes):
            position = (word << config.lane_bits) + lane
            value = 0
            for pair, marks in enumerate(lanes_of):
                value = value | Mux(marks[lane], beat.pairs[pair].value.as_unsigned(), 0)
            m.d.comb += [
                decoded.p.enables[lane].eq((position >= first) & (position < limit)),
                decoded.p.values[lane].eq(value),
            ]
        add_stage(m, i=decoded, o=self.o, payload=decoded.p)
        transfer = Signal()
        m.d.comb += transfer.eq(decoded.valid & decoded.ready)
        return transfer

    def _check(self, m: Module, beat_done, too_far):
        """Count the segment's pairs and compare with its counter."""
        beat = self.i.p
        pairs = Signal(self.config.count_bits + 1)
        total = Signal.like(pairs)
        m.d.comb += total.eq(pairs + beat.used)
        with m.If(beat_done):
            m.d.sync += pairs.eq(Mux(beat.last, 0, total))
            with m.If(too_far | (beat.last & (total != beat.count))):
                m.d.sync += self.malformed.eq(1)
