"""Map walker: where in memory the segments of a tile's results go."""

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from grus.hw.dma.slot_format import MAP_BITS, SlotFormat
from grus.hw.dma.write_command import PlaceLayout, WriteCommandLayout
from grus.hw.logic.serial_multiplier import SerialMultiplier
from grus.hw.stream.stage import add_stage

__all__ = ["MapWalker"]


class MapWalker(wiring.Component):
    """Walk over the segments of a tile's results: row by row, pixel by pixel, part by part.

    Throughput is one segment per cycle. The first one is offered ``n + 5`` cycles after its
    command, n the sum of the bit lengths of `first_column`, `first_part` and `first_row`, because
    products are made bit by bit. A command is taken with its last segment, before that leaves; one
    without rows, columns or parts at once. A stalled output stops the walk. The path from
    ``o.ready`` to ``i.ready`` is combinational.

    Parameters
    ----------
    slots : :class:`SlotFormat`
        Machine and bus.

    Members
    -------
    i : :py:`In(stream.Signature(WriteCommandLayout(slots)))`
        Commands.
    o : :py:`Out(stream.Signature(PlaceLayout(slots)))`
        The segments of each.
    """

    def __init__(self, slots: SlotFormat):
        self._slots = slots
        super().__init__(
            {
                "i": In(stream.Signature(WriteCommandLayout(slots))),
                "o": Out(stream.Signature(PlaceLayout(slots))),
            }
        )

    @property
    def slots(self) -> SlotFormat:
        """Machine and bus."""
        return self._slots

    def elaborate(self, platform):
        """First the place of the block's first pixel, by products; then one step after another."""
        m = Module()
        command = self.i.p
        place = stream.Signature(PlaceLayout(self.slots)).create()
        exists = Signal()
        found = Signal()
        over = Signal()  # this segment is the command's last
        advance = Signal()
        m.d.comb += [
            exists.eq(command.rows.any() & command.columns.any() & command.parts.any()),
            advance.eq(place.valid & place.ready),
            self.i.ready.eq(Mux(exists, advance & over, 1)),
        ]
        steps = self._steps(m)
        origin, first = self._find_origin(m, self.i.valid & exists, steps, found)
        self._walk(m, place, found, advance, over, steps, origin, first)
        with m.If(found):
            m.d.sync += place.valid.eq(1)
        with m.Elif(advance & over):
            m.d.sync += place.valid.eq(0)
        add_stage(m, i=place, o=self.o, payload=place.p)
        return m

    def _pair(self, name: str) -> list[Signal]:
        """Registers of two addresses."""
        names = (name, f"{name}_2")
        return [Signal(self.slots.axi.address_bits, name=name, reset_less=True) for name in names]

    def _steps(self, m: Module) -> list[Signal]:
        """Distance of pixels in memory, in all parts but the last and in that."""
        command = self.i.p
        steps = []
        for name, length in (("step", command.length), ("last_part_step", command.last_length)):
            step = Signal(self.slots.axi.address_bits, name=name)
            values = length << self.slots.value_offset_bits
            m.d.comb += step.eq(Mux(command.dense, values, command.pixel_stride))
            steps.append(step)
        return steps

    def _find_origin(self, m: Module, start, steps, found):
        """Where the first row begins, data and counters; and from there its first pixel.

        The latter once for the last part of a pixel and once for all others.
        """
        command, address_bits = self.i.p, self.slots.axi.address_bits
        m.submodules.multiplier = data = SerialMultiplier(MAP_BITS, address_bits)
        m.submodules.count_multiplier = count = SerialMultiplier(MAP_BITS, address_bits)
        products = data.product, count.product
        part, first = self._pair("first_part_row"), self._pair("first")

        def begin(factor, strides) -> None:
            for multiplier, stride in zip((data, count), strides, strict=True):
                m.d.comb += [multiplier.start.eq(1), multiplier.factor.eq(factor)]
                m.d.comb += multiplier.multiplicand.eq(stride)

        with m.FSM():
            with m.State("IDLE"), m.If(start):
                begin(command.first_column, steps)
                m.next = "COLUMN"
            with m.State("COLUMN"), m.If(data.done):
                m.d.sync += _set(first, products)
                begin(command.first_part, (command.part_stride, command.count_part_stride))
                m.next = "PART"
            with m.State("PART"), m.If(data.done):
                m.d.sync += _set(part, _moved((command.base, command.count_base), products))
                begin(command.first_row, (command.row_stride, command.count_row_stride))
                m.next = "ROW"
            with m.State("ROW"), m.If(data.done):
                m.d.comb += found.eq(1)
                m.next = "WALK"
            with m.State("WALK"), m.If(self.i.ready):
                m.next = "IDLE"
        return _moved(part, products), first

    def _walk(self, m: Module, place, found, advance, over, steps, origin, first) -> None:
        command = self.i.p
        row, part, offset = self._pair("row"), self._pair("part_row"), self._pair("offset")
        column = Signal(MAP_BITS, reset_less=True)
        parts, columns, rows = (
            Signal(MAP_BITS, name=f"{name}_left", reset_less=True)
            for name in ("parts", "columns", "rows")
        )

        def enter_row(begin) -> list:
            counts = [parts.eq(command.parts), columns.eq(command.columns)]
            pixel = [column.eq(command.first_column), *_set(offset, first)]
            return [*counts, *pixel, *_set(row, begin), *_set(part, begin)]

        with m.If(found):
            m.d.sync += [rows.eq(command.rows), *enter_row(origin)]
        with m.Elif(advance & (parts != 1)):
            strides = command.part_stride, command.count_part_stride
            m.d.sync += [parts.eq(parts - 1), *_set(part, _moved(part, strides))]
        with m.Elif(advance & (columns != 1)):
            m.d.sync += [parts.eq(command.parts), columns.eq(columns - 1), *_set(part, row)]
            m.d.sync += [column.eq(column + 1), *_set(offset, _moved(offset, steps))]
        with m.Elif(advance):
            strides = command.row_stride, command.count_row_stride
            m.d.sync += [rows.eq(rows - 1), *enter_row(_moved(row, strides))]

        in_last_part = parts == 1
        m.d.comb += [
            over.eq(in_last_part & (columns == 1) & (rows == 1)),
            place.p.address.eq(part[0] + Mux(in_last_part, offset[1], offset[0])),
            place.p.count_address.eq(part[1] + column),
            place.p.length.eq(Mux(in_last_part, command.last_length, command.length)),
            place.p.dense.eq(command.dense),
            place.p.joins.eq(command.dense & (command.parts == 1) & (columns != 1)),
        ]


def _set(registers, values) -> list:
    return [register.eq(value) for register, value in zip(registers, values, strict=True)]


def _moved(places, distances) -> list:
    return [place + distance for place, distance in zip(places, distances, strict=True)]
