"""Resident RAM: the Weight RAM of the input-sharing machine, one bank per processing element."""

from amaranth.hdl import Array, Module, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from grus.hw.config import CraneConfig
from grus.hw.layouts import RowLayout, RowRequestLayout
from grus.hw.memory.crossbar import Crossbar
from grus.hw.memory.owner_first_arbiter import OwnerFirstArbiter
from grus.hw.memory.ping_pong_memory import half_address, ping_pong_memory

__all__ = ["BankFillLayout", "ResidentRam", "RowWriteLayout"]


class RowWriteLayout(data.StructLayout):
    """One row on its way into the resident RAM.

    Members
    -------
    bank : :py:`range(group_pes)`
        Bank.
    half : :py:`unsigned(1)`
        Half of the ping-pong pair.
    index : :py:`range(resident_rows)`
        Where it goes; the rows of a bank come in order from 0.
    ends : :py:`unsigned(1)`
        Ends a work-item.
    row : :class:`RowLayout`
        The row.
    """

    def __init__(self, config: CraneConfig):
        super().__init__(
            {
                "bank": range(config.group_pes),
                "half": 1,
                "index": range(config.resident_rows),
                "ends": 1,
                "row": RowLayout(config),
            }
        )


class BankFillLayout(data.StructLayout):
    """What one half of one bank holds.

    Members
    -------
    ends : :py:`unsigned(resident_rows)`
        Rows that end a work-item.
    last_row : :py:`range(resident_rows)`
        Last row written.
    """

    def __init__(self, config: CraneConfig):
        super().__init__({"ends": config.resident_rows, "last_row": range(config.resident_rows)})


class ResidentRam(wiring.Component):
    """Banked, ping-pong memory of resident rows, behind a crossbar.

    Every bank answers one request per cycle; the owner's is always granted, a thief's waits. A
    granted row stands at the requester's output in the next cycle, and only then. A row can be
    written in every cycle, into the half that is not being read.

    Source: Crane, section 4.3 and Figure 9 (Weight RAM).

    Parameters
    ----------
    config : :class:`CraneConfig`
        Banks, rows.

    Members
    -------
    writes : :py:`In(stream.Signature(RowWriteLayout(config), always_ready=True))`
        Rows to write.
    requests : :py:`In(stream.Signature(RowRequestLayout(config))).array(group_pes)`
        Reads; ready means granted.
    rows : :py:`Out(RowLayout(config)).array(group_pes)`
        Rows read, for each requester.
    fills : :py:`Out(ArrayLayout(ArrayLayout(BankFillLayout(config), group_pes), 2))`
        What each half of each bank holds.
    """

    def __init__(self, config: CraneConfig):
        self._config = config
        fill = data.ArrayLayout(BankFillLayout(config), config.group_pes)
        super().__init__(
            {
                "writes": In(stream.Signature(RowWriteLayout(config), always_ready=True)),
                "requests": In(stream.Signature(RowRequestLayout(config))).array(config.group_pes),
                "rows": Out(RowLayout(config)).array(config.group_pes),
                "fills": Out(data.ArrayLayout(fill, 2)),
            }
        )

    @property
    def config(self) -> CraneConfig:
        """Parameters of this RAM."""
        return self._config

    def elaborate(self, platform):
        """Arbiter, banks, crossbar."""
        m = Module()
        banks = self.config.group_pes
        m.submodules.arbiter = arbiter = OwnerFirstArbiter(banks)
        m.submodules.crossbar = crossbar = Crossbar(RowLayout(self.config), banks)
        addresses = Array(request.p for request in self.requests)
        for bank in range(banks):
            request = self.requests[bank]
            m.d.comb += [
                arbiter.valid[bank].eq(request.valid),
                arbiter.banks[bank].eq(request.p.bank),
                request.ready.eq(arbiter.granted[bank]),
                self.rows[bank].eq(crossbar.o[bank]),
            ]
            m.d.sync += crossbar.select[bank].eq(request.p.bank)
            winner = Signal(RowRequestLayout(self.config), name=f"winner_{bank}")
            m.d.comb += winner.eq(addresses[arbiter.winners[bank]])
            m.d.comb += crossbar.i[bank].eq(self._bank(m, bank, winner, arbiter.taken[bank]))
        return m

    def _bank(self, m: Module, bank: int, request, taken):
        """The rows of both halves, and what is known of each half."""
        write = self.writes.p
        memory = ping_pong_memory(shape=RowLayout(self.config), words=self.config.resident_rows)
        m.submodules[f"bank_{bank}"] = memory
        writing, reading = memory.write_port(), memory.read_port()
        m.d.comb += [
            writing.en.eq(self.writes.valid & (write.bank == bank)),
            writing.addr.eq(half_address(write.half, write.index)),
            writing.data.eq(write.row),
            reading.en.eq(taken),
            reading.addr.eq(half_address(request.half, request.row)),
        ]
        for half in range(2):
            fill = Signal(BankFillLayout(self.config), name=f"fill_{bank}_{half}")
            with m.If(writing.en & (write.half == half)):
                m.d.sync += [
                    fill.ends.bit_select(write.index, 1).eq(write.ends),
                    fill.last_row.eq(write.index),
                ]
            m.d.comb += self.fills[half][bank].eq(fill)
        return reading.data
