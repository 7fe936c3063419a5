"""Broadcaster: sends the patch of one round after the other to all processing elements."""

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from grus.hw.config import CraneConfig
from grus.hw.layouts import BroadcastLayout
from grus.hw.memory.broadcast_ram import BroadcastReadLayout

__all__ = ["Broadcaster", "PatchLayout"]


class PatchLayout(data.StructLayout):
    """Where a patch lies in the broadcast RAM, and where it goes.

    Members
    -------
    source_half, patch_half : :py:`unsigned(1)`
        Halves of the broadcast RAM and of the broadcast buffers.
    source : :py:`range(broadcast_positions)`
        First position of the first kernel row.
    rows : :py:`range(patch_positions + 1)`
        Kernel rows.
    run : :py:`range(patch_positions + 1)`
        Neighbouring positions of each.
    source_step : :py:`range(broadcast_positions)`
        Distance of kernel rows in the broadcast RAM.
    patch_step : :py:`range(patch_positions)`
        Their distance in the patch.
    """

    def __init__(self, config: CraneConfig):
        super().__init__(
            {
                "source_half": 1,
                "patch_half": 1,
                "source": range(config.broadcast_positions),
                "rows": range(config.patch_positions + 1),
                "run": range(config.patch_positions + 1),
                "source_step": range(config.broadcast_positions),
                "patch_step": range(config.patch_positions),
            }
        )


class Broadcaster(wiring.Component):
    """Read the kernel rows of a patch, shift them into place, and send them word by word.

    Throughput is one word per cycle, also from one patch to the next: a kernel row takes as many
    cycles as it touches words of the patch. A word leaves 2 cycles after it is read, and can be
    looked up in the cycle after that; a patch is taken with its last read.

    Source: architecture brief, section 4 (Input RAM, broadcast).

    Parameters
    ----------
    config : :class:`CraneConfig`
        Lanes, size of a patch.

    Members
    -------
    patches : :py:`In(stream.Signature(PatchLayout(config)))`
        Patches to send.
    reads : :py:`Out(stream.Signature(BroadcastReadLayout(config), always_ready=True))`
        Reads of the broadcast RAM; `values` brings the answer one cycle later.
    values : :py:`In(ArrayLayout(signed(data_bits), broadcast_lanes))`
        Positions read.
    o : :py:`Out(stream.Signature(BroadcastLayout(config), always_ready=True))`
        Words.
    """

    def __init__(self, config: CraneConfig):
        self._config = config
        values = BroadcastLayout(config)["values"].shape
        super().__init__(
            {
                "patches": In(stream.Signature(PatchLayout(config))),
                "reads": Out(stream.Signature(BroadcastReadLayout(config), always_ready=True)),
                "values": In(values),
                "o": Out(stream.Signature(BroadcastLayout(config), always_ready=True)),
            }
        )

    @property
    def config(self) -> CraneConfig:
        """Parameters of this broadcaster."""
        return self._config

    def elaborate(self, platform):
        """Walk over the words of each kernel row; the lanes to write follow the answer."""
        m = Module()
        config, patch = self.config, self.patches.p
        position = range(config.patch_positions + config.broadcast_lanes)
        row = Signal(range(config.patch_positions + 1))
        source = Signal(range(config.broadcast_positions))  # of this kernel row, from the first
        place = Signal(position)  # of this kernel row in the patch
        begun = Signal()  # some words of this kernel row are sent
        word_stored = Signal(range(config.patch_words + 1))
        word = Signal.like(word_stored)
        m.d.comb += word.eq(Mux(begun, word_stored, place >> config.lane_bits))

        stop = Signal(position)  # behind the kernel row
        word_start = Signal(position)
        row_done = Signal()
        m.d.comb += [
            stop.eq(place + patch.run),
            word_start.eq(word << config.lane_bits),
            row_done.eq(stop <= word_start + config.broadcast_lanes),
            self.reads.valid.eq(self.patches.valid),
            self.reads.p.half.eq(patch.source_half),
            # The word's lane 0 may lie before the run: then the read wraps, and the lane is off.
            self.reads.p.position.eq(patch.source + source + word_start - place),
            self.patches.ready.eq(row_done & (row == patch.rows - 1)),
        ]
        with m.If(self.patches.valid):
            m.d.sync += [word_stored.eq(word + 1), begun.eq(~row_done)]
            with m.If(self.patches.ready):
                m.d.sync += [row.eq(0), source.eq(0), place.eq(0)]
            with m.Elif(row_done):
                m.d.sync += [
                    row.eq(row + 1),
                    source.eq(source + patch.source_step),
                    place.eq(place + patch.patch_step),
                ]
        self._send(m, word, word_start, place, stop)
        return m

    def _send(self, m: Module, word, word_start, place, stop):
        """The word's place waits one cycle for the values; then both wait for the PEs' edge."""
        config = self.config
        target = data.StructLayout(
            {"half": 1, "word": range(config.patch_words), "enables": config.broadcast_lanes}
        )
        expected = Signal(target, reset_less=True)
        on_its_way = Signal()
        m.d.sync += [
            on_its_way.eq(self.patches.valid),
            expected.half.eq(self.patches.p.patch_half),
            expected.word.eq(word),
        ]
        for lane in range(config.broadcast_lanes):
            index = word_start + lane
            m.d.sync += expected.enables[lane].eq((index >= place) & (index < stop))

        sent = Signal(BroadcastLayout(config), reset_less=True)
        m.d.sync += [
            self.o.valid.eq(on_its_way),
            sent.half.eq(expected.half),
            sent.word.eq(expected.word),
            sent.enables.eq(expected.enables),
            sent.values.eq(self.values),
        ]
        for lane in range(config.broadcast_lanes):
            m.d.sync += sent.nonzero[lane].eq(self.values[lane].any())
        m.d.comb += self.o.payload.eq(sent)
