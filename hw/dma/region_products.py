"""Region products: what of a region's geometry is not found by going from row to row."""

from amaranth.hdl import Module, Mux, Signal, signed
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from grus.hw.dma.region import RegionLayout
from grus.hw.dma.slot_format import MAP_BITS, SlotFormat
from grus.hw.logic.serial_multiplier import SerialMultiplier

__all__ = ["RegionProducts"]


class RegionProducts(wiring.Component):
    """Find where a region's first row and column inside the map are.

    The results stand 2 cycles after `begin`, and one more for each bit of the region's first row
    and column and of the number of its columns inside the map, whichever has the most; `done` says
    so. They stay until `begin`. No combinational path leads from an input to an output.

    Parameters
    ----------
    slots : :class:`SlotFormat`
        Machine and bus.

    Members
    -------
    region : :py:`In(RegionLayout(slots))`
        The region; must stand from the cycle before `begin` on.
    length : :py:`In(count_bits)`
        Channels of the part.
    begin : :py:`In(1)`
        Begin with a part.
    done : :py:`Out(1)`
        The results stand; not valid in the cycle of `begin`.
    before, inside : :py:`Out(MAP_BITS)`
        Columns to the left of the map, and inside it.
    zeros, values : :py:`Out(count_bits)`
        Channels of all of these.
    row_offset, count_row_offset : :py:`Out(axi.address_bits)`
        Distances of the region's first row inside the map, and of its counters, from the part's
        first [bytes].
    offset, count_offset : :py:`Out(axi.address_bits)`, :py:`Out(MAP_BITS)`
        Distances of its first column inside the map, and of that one's counter, from the row's
        first [bytes].
    """

    def __init__(self, slots: SlotFormat):
        self._slots = slots
        address, count = slots.axi.address_bits, slots.config.count_bits
        super().__init__(
            {
                "region": In(RegionLayout(slots)),
                "length": In(count),
                "begin": In(1),
                "done": Out(1),
                "before": Out(MAP_BITS),
                "inside": Out(MAP_BITS),
                "zeros": Out(count),
                "values": Out(count),
                "row_offset": Out(address),
                "count_row_offset": Out(address),
                "offset": Out(address),
                "count_offset": Out(MAP_BITS),
            }
        )

    @property
    def slots(self) -> SlotFormat:
        """Machine and bus."""
        return self._slots

    def elaborate(self, platform):
        """Columns on both sides of the map's edges, and four products."""
        m = Module()
        region, config = self.region, self.slots.config
        address_bits = self.slots.axi.address_bits
        self._cut_columns(m)
        first_row = Signal(MAP_BITS)
        distance = Signal(MAP_BITS)  # of the region's first column from the map's
        columns = Signal(address_bits)
        step = Signal(address_bits)
        m.d.comb += [
            first_row.eq(Mux(region.first_row < 0, 0, region.first_row)),
            distance.eq(self.before | self.count_offset),  # one of them is 0
            step.eq(Mux(region.dense, self.length, region.pixel_stride)),
            self.done.eq(1),
        ]
        for name, factor, multiplicand, product in (
            ("rows", first_row, region.row_stride, self.row_offset),
            ("count_rows", first_row, region.count_row_stride, self.count_row_offset),
            ("columns", distance, step, columns),
            ("values", self.inside, self.length, self.values),
        ):
            multiplier = SerialMultiplier(MAP_BITS, len(product))
            m.submodules[f"multiplier_of_{name}"] = multiplier
            m.d.comb += [
                multiplier.start.eq(self.begin),
                multiplier.factor.eq(factor),
                multiplier.multiplicand.eq(multiplicand),
                product.eq(multiplier.product),
            ]
            with m.If(~multiplier.done):
                m.d.comb += self.done.eq(0)
        with m.If(self.before != 0):
            m.d.comb += self.zeros.eq(columns[: config.count_bits])
        with m.Elif(region.dense):
            m.d.comb += self.offset.eq(columns << self.slots.value_offset_bits)
        with m.Else():
            m.d.comb += self.offset.eq(columns)
        return m

    def _cut_columns(self, m: Module) -> None:
        """A register, because all follows from here."""
        region = self.region
        start = Signal(MAP_BITS)
        end = Signal(signed(MAP_BITS + 2))
        stop = Signal(signed(MAP_BITS + 2))
        inside = Signal(signed(MAP_BITS + 3))
        negative = region.first_column < 0
        m.d.comb += [
            start.eq(Mux(negative, 0, region.first_column)),
            end.eq(region.first_column + region.columns),
            stop.eq(Mux(end < region.map_columns, end, region.map_columns)),
            inside.eq(stop - start),
        ]
        m.d.sync += [
            self.before.eq(Mux(negative, -region.first_column, 0)),
            self.count_offset.eq(start),
            self.inside.eq(Mux(inside < 0, 0, inside)),
        ]
