"""Row walker: a region of a map becomes rows with addresses."""

from amaranth.hdl import Module, Mux, Signal, signed
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from grus.hw.dma.region import CounterRunLayout, MapRowLayout, RegionLayout
from grus.hw.dma.region_products import RegionProducts
from grus.hw.dma.slot_format import MAP_BITS, SlotFormat

__all__ = ["RowWalker"]


class RowWalker(wiring.Component):
    """Walk over the rows of all parts of a region.

    Throughput is one row per cycle; each part begins with what :class:`RegionProducts` takes. Both
    outputs advance together, so neither is offered before the other one is ready for it: they must
    lead to buffers, which are ready whether anything is offered or not. A row that is offered
    together with its counters is held by both.

    Parameters
    ----------
    slots : :class:`SlotFormat`
        Machine and bus.

    Members
    -------
    regions : :py:`In(stream.Signature(RegionLayout(slots)))`
        Regions; each is taken with its last row.
    rows : :py:`Out(stream.Signature(MapRowLayout(slots)))`
        Rows of each part, parts in order, also rows outside the map.
    counters : :py:`Out(stream.Signature(CounterRunLayout(slots)))`
        Counters of each encoded row that has pixels inside the map.
    """

    def __init__(self, slots: SlotFormat):
        self._slots = slots
        super().__init__(
            {
                "regions": In(stream.Signature(RegionLayout(slots))),
                "rows": Out(stream.Signature(MapRowLayout(slots))),
                "counters": Out(stream.Signature(CounterRunLayout(slots))),
            }
        )

    @property
    def slots(self) -> SlotFormat:
        """Machine and bus."""
        return self._slots

    def elaborate(self, platform):
        """Products for a part first, then its rows by addition."""
        m = Module()
        region, address_bits = self.regions.p, self.slots.axi.address_bits
        part = Signal(MAP_BITS, reset_less=True)
        base = Signal(address_bits, reset_less=True)  # of the part
        count_base = Signal(address_bits, reset_less=True)
        last_part = Signal()
        part_done = Signal()
        m.submodules.products = products = RegionProducts(self.slots)
        m.d.comb += [
            last_part.eq(part == region.parts - 1),
            products.region.eq(region),
            products.length.eq(Mux(last_part, region.last_length, region.length)),
            self.regions.ready.eq(part_done & last_part),
        ]
        with m.FSM() as fsm:
            with m.State("REGION"):
                m.d.sync += [part.eq(0), base.eq(region.base), count_base.eq(region.count_base)]
                with m.If(self.regions.valid):
                    m.next = "PART"
            with m.State("PART"):
                m.d.comb += products.begin.eq(1)
                m.next = "PRODUCTS"
            with m.State("PRODUCTS"), m.If(products.done):
                m.next = "ROWS"
            with m.State("ROWS"):
                with m.If(part_done):
                    m.d.sync += [
                        part.eq(part + 1),
                        base.eq(base + region.part_stride),
                        count_base.eq(count_base + region.count_part_stride),
                    ]
                    m.next = "PART"
                with m.If(part_done & last_part):
                    m.next = "REGION"
            walking = fsm.ongoing("ROWS")
        m.d.comb += part_done.eq(self._walk(m, products, walking, base, count_base))
        return m

    def _walk(self, m: Module, products, walking, base, count_base) -> Signal:
        """Offer one row after the other; returns whether a part's last one leaves."""
        region, address_bits = self.regions.p, self.slots.axi.address_bits
        row = Signal(MAP_BITS, reset_less=True)
        map_row = Signal(signed(MAP_BITS + 2), reset_less=True)
        start = Signal(address_bits, reset_less=True)
        count_start = Signal(address_bits, reset_less=True)
        inside = Signal()
        counted = Signal()
        step = Signal()
        part_done = Signal()
        m.d.comb += [
            inside.eq((map_row >= 0) & (map_row < region.map_rows) & (products.inside != 0)),
            counted.eq(inside & ~region.dense),
            self.rows.valid.eq(walking & (~counted | self.counters.ready)),
            self.counters.valid.eq(walking & counted & self.rows.ready),
            step.eq(self.rows.valid & self.rows.ready),
            part_done.eq(step & (row == region.rows - 1)),
        ]
        with m.If(~walking):
            m.d.sync += [
                row.eq(0),
                map_row.eq(region.first_row),
                start.eq(base + products.row_offset + products.offset),
                count_start.eq(count_base + products.count_row_offset + products.count_offset),
            ]
        with m.Elif(step):
            m.d.sync += [row.eq(row + 1), map_row.eq(map_row + 1)]
            with m.If(map_row >= 0):  # until then it is the map's first row that is waited for
                m.d.sync += [
                    start.eq(start + region.row_stride),
                    count_start.eq(count_start + region.count_row_stride),
                ]
        self._describe(m, products, inside, start, count_start)
        return part_done

    def _describe(self, m: Module, products, inside, start, count_start) -> None:
        region, row, run = self.regions.p, self.rows.p, self.counters.p
        whole = region.dense & (region.parts == 1)
        m.d.comb += [
            row.dense.eq(region.dense),
            row.whole.eq(whole),
            row.address.eq(start),
            row.pixel_stride.eq(region.pixel_stride),
            row.columns.eq(Mux(whole, 1, region.columns)),
            row.before.eq(Mux(inside, products.before, region.columns)),
            run.address.eq(count_start),
            run.counters.eq(products.inside),
            run.length.eq(products.length),
            row.inside.eq(Mux(inside, products.inside, 0)),
            row.length.eq(products.length),
        ]
        with m.If(inside & region.dense):
            m.d.comb += row.values.eq(products.values)
        with m.If(inside & whole):
            m.d.comb += row.zeros.eq(products.zeros)
