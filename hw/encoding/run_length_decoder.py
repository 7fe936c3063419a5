"""Run-length decoder: encoded segments become words of the broadcast RAM."""

from amaranth.hdl import Array, Const, Module, Mux, Signal, Value, signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from grus.hw.config import CraneConfig
from grus.hw.layouts import BeatLayout
from grus.hw.logic.prefix import prefix_sums
from grus.hw.logic.select import one_of
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

        # What follows counts from the first position of the word: fewer bits than from the RAM's.
        lanes, most_ahead = config.broadcast_lanes, config.stream_pairs * (config.largest_run + 1)
        ahead = signed((most_ahead + lanes).bit_length() + 1)
        word_start = Signal(position)
        begins = Signal(signed(len(base) + 1))
        base_ahead, end_ahead = Signal(ahead), Signal(ahead)  # behind the beat's last pair
        before = Signal(ahead)
        stop_ahead = Signal(range(config.broadcast_positions + 1))
        steps = [beat.pairs[lane].zeros + 1 for lane in range(config.stream_pairs)]
        sums = prefix_sums(m, steps, name="steps_up_to", bits=most_ahead.bit_length())
        # The sum is chosen, not the place, which comes later.
        steps_in_all = Array([Const(0), *sums])[beat.used]
        places = [(before + steps_up_to)[: len(before)] for steps_up_to in sums]
        end = Signal(position)
        m.d.comb += [
            word_start.eq(first >> config.lane_bits << config.lane_bits),
            begins.eq(base - word_start),
            # A last beat may lie far behind: there are zeros up to the segment's end.
            base_ahead.eq(Mux(begins < -most_ahead, -most_ahead, begins)),
            before.eq(base_ahead - 1),
            end_ahead.eq(base_ahead + steps_in_all),
            stop_ahead.eq(segment.stop - word_start),
            end.eq(base + steps_in_all),
        ]
        too_far, stops, complete = Signal(), Signal(), Signal()  # all of the beat is written now
        limit, limit_ahead = Signal(position), Signal(signed(len(stop_ahead) + 1))
        m.d.comb += [
            too_far.eq(end_ahead > stop_ahead),
            limit.eq(Mux(too_far | beat.last, segment.stop, end)),
            limit_ahead.eq(Mux(too_far | beat.last, stop_ahead, end_ahead)),
            stops.eq(stop_ahead <= lanes),
            # As limit_ahead <= lanes, which would come later.
            complete.eq(stops | (~beat.last & (end_ahead <= lanes))),
        ]
        transfer = self._write(m, first, limit_ahead, places)
        m.d.comb += [
            self.i.ready.eq(transfer & complete),
            self.segments.ready.eq(transfer & beat.last & stops),
        ]
        with m.If(transfer):
            m.d.sync += [
                begun.eq(~(complete & beat.last)),
                # No further than the segment's end, or a long malformed one would wrap around.
                base_stored.eq(Mux(complete, limit, base)),
                next_stored.eq(Mux(complete, limit, word_start + lanes)),
            ]
        self._check(m, transfer & complete, too_far)
        return m

    def _write(self, m: Module, first: Signal, limit: Signal, places: list[Value]):
        """Lanes of the word of `first`, up to `limit` in it; returns whether they are taken."""
        config, beat = self.config, self.i.p
        decoded = stream.Signature(DecodedLayout(config)).create()
        m.d.comb += [
            decoded.valid.eq(self.i.valid & self.segments.valid),
            decoded.p.word.eq(first >> config.lane_bits),
        ]
        lanes_of = []
        for pair, place in enumerate(places):
            marks = Signal(config.broadcast_lanes, name=f"lanes_of_{pair}")
            with m.If((pair < beat.used) & ~place[config.lane_bits :].any()):
                m.d.comb += marks.eq(1 << place[: config.lane_bits])
            lanes_of.append(marks)
        values = [beat.pairs[pair].value.as_unsigned() for pair in range(config.stream_pairs)]
        begins = first[: config.lane_bits]
        for lane in range(config.broadcast_lanes):
            # Lint takes offence at a comparison that always holds.
            begun = begins <= lane if lane < config.broadcast_lanes - 1 else Const(1)
            marks_of_lane = [marks[lane] for marks in lanes_of]
            m.d.comb += [
                decoded.p.enables[lane].eq(begun & (lane < limit)),
                decoded.p.values[lane].eq(one_of(marks_of_lane, values)),
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
