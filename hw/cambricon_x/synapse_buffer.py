"""Synapse buffer: the weights of one processing element."""

from amaranth.hdl import Module
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from grus.hw.config import CraneConfig
from grus.hw.layouts import RowLayout
from grus.hw.memory.ping_pong_memory import half_address, ping_pong_memory
from grus.hw.memory.resident_ram import RowWriteLayout

__all__ = ["SynapseBuffer"]


class SynapseBuffer(wiring.Component):
    """Two halves of rows, each with a mark at the end of a kernel.

    A row that is read stands at the output in the next cycle. A row can be written in every cycle,
    into the half that is not being read.

    Parameters
    ----------
    config : :class:`CraneConfig`
        Rows.

    Members
    -------
    writes : :py:`In(stream.Signature(RowWriteLayout(config), always_ready=True))`
        Rows of this element.
    fetch, half, row : :py:`In(1)`, :py:`In(1)`, :py:`In(range(resident_rows))`
        Read this row of this half.
    o, ends : :py:`Out(RowLayout(config))`, :py:`Out(1)`
        The row read, and whether it ends a kernel.
    last_rows : :py:`Out(ArrayLayout(range(resident_rows), 2))`
        Last row written in each half.
    """

    def __init__(self, config: CraneConfig):
        self._config = config
        rows = range(config.resident_rows)
        super().__init__(
            {
                "writes": In(stream.Signature(RowWriteLayout(config), always_ready=True)),
                "fetch": In(1),
                "half": In(1),
                "row": In(rows),
                "o": Out(RowLayout(config)),
                "ends": Out(1),
                "last_rows": Out(data.ArrayLayout(rows, 2)),
            }
        )

    @property
    def config(self) -> CraneConfig:
        """Parameters of this buffer."""
        return self._config

    def elaborate(self, platform):
        """A memory, and where each of its halves ends."""
        m = Module()
        write = self.writes.p
        stored = data.StructLayout({"row": RowLayout(self.config), "ends": 1})
        m.submodules.rows = rows = ping_pong_memory(shape=stored, words=self.config.resident_rows)
        writing, reading = rows.write_port(), rows.read_port()
        m.d.comb += [
            writing.en.eq(self.writes.valid),
            writing.addr.eq(half_address(write.half, write.index)),
            writing.data.row.eq(write.row),
            writing.data.ends.eq(write.ends),
            reading.en.eq(self.fetch),
            reading.addr.eq(half_address(self.half, self.row)),
            self.o.eq(reading.data.row),
            self.ends.eq(reading.data.ends),
        ]
        with m.If(writing.en):
            m.d.sync += self.last_rows[write.half].eq(write.index)
        return m
