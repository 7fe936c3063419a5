"""Registers: what a host reads and writes over AXI4-Lite."""

from amaranth.hdl import Cat, Const, Module, Mux, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from grus.hw.config import CraneConfig
from grus.hw.control.register_map import (
    ADDRESS_BITS,
    IDENTITY,
    VERSION,
    configuration,
    register_map,
)
from grus.hw.core.counters import counter_names
from grus.hw.dma.axi import AxiLite, Response
from grus.hw.dma.config import AxiConfig

__all__ = ["Registers"]

_CAUSE_BITS = 8


class Registers(wiring.Component):
    """Answer a host, and keep what it has written.

    A write is taken when its address and its data are there, one per cycle, and acts and is
    answered in the next cycle. A read is answered 2 cycles after its address was taken; the next
    address is taken after that. A stalled answer stops only its own direction. The paths from the
    valid signals of a write, and from `s_axi.bready`, to its ready signals are combinational.

    An address without a register, a write to one that can only be read, and a write of a `run`
    register during a run are answered with SLVERR and have no effect; reading an address without
    a register gives zero. Strobes are obeyed. The lowest two bits of an address are ignored.

    See :func:`grus.hw.control.register_map.register_map` for the registers.

    Parameters
    ----------
    config : :class:`CraneConfig`
        The design.
    axi : :class:`AxiConfig`
        Its way to memory.

    Members
    -------
    s_axi : :py:`In(AxiLite(ADDRESS_BITS))`
        The host.
    start, soft_reset, clear_counters : :py:`Out(1)`
        Set for one cycle when the host asks for it; no `start` comes while `busy` is set.
    busy : :py:`In(1)`
        A run, or a reset, is under way; from the cycle after `start` or `soft_reset` on.
    done : :py:`In(1)`
        In this cycle a run comes to its end.
    failed : :py:`In(1)`
        In this cycle a run stops for `error_cause`; only the first one counts until the next
        start or soft reset.
    error_cause, error_descriptor, error_address : :py:`In(...)`
        Why, at which descriptor, at which address: read with `failed`.
    descriptors_address, descriptor_count : :py:`Out(address_bits)`, :py:`Out(32)`
        What to run.
    output_first, output_end : :py:`Out(address_bits)`
        Bounds of the output buffer.
    counter_address, counter : :py:`Out(...)`, :py:`In(counter_bits)`
        Counter to read, and its value one cycle later.
    irq : :py:`Out(1)`
        Set while an event is pending that is enabled.
    """

    def __init__(self, config: CraneConfig, axi: AxiConfig):
        self._config, self._axi = config, axi
        super().__init__(
            {
                "s_axi": In(AxiLite(ADDRESS_BITS)),
                "start": Out(1),
                "soft_reset": Out(1),
                "clear_counters": Out(1),
                "busy": In(1),
                "done": In(1),
                "failed": In(1),
                "error_cause": In(_CAUSE_BITS),
                "error_descriptor": In(32),
                "error_address": In(axi.address_bits),
                "descriptors_address": Out(axi.address_bits),
                "descriptor_count": Out(32),
                "output_first": Out(axi.address_bits),
                "output_end": Out(axi.address_bits),
                "counter_address": Out(range(len(counter_names(config)))),
                "counter": In(config.counter_bits),
                "irq": Out(1),
            }
        )

    @property
    def config(self) -> CraneConfig:
        """Parameters of the design."""
        return self._config

    @property
    def axi(self) -> AxiConfig:
        """Parameters of its way to memory."""
        return self._axi

    def elaborate(self, platform):
        """What each register reads as, and what writing it does."""
        m = Module()
        status = Signal(2)  # done, error
        enabled = Signal(2)
        pending = Signal(2)
        m.d.comb += self.irq.eq((pending & enabled).any())
        writes = self._take_writes(m)

        for name, target in self._stored(enabled).items():
            with m.If(writes[name]):
                m.d.sync += target.eq(self._merged(target))
        ones = Signal(32)
        m.d.comb += ones.eq(self._merged(Const(0, 32)))
        begin = Signal()
        reset = Signal()
        m.d.comb += [
            begin.eq(writes["control"] & ones[0] & ~self.busy & ~self.start),
            reset.eq(writes["control"] & ones[1]),
        ]
        m.d.sync += [
            self.start.eq(begin),
            self.soft_reset.eq(reset),
            self.clear_counters.eq(writes["control"] & ones[2]),
            pending.eq(
                (pending & ~Mux(writes["interrupt"], ones[:2], 0) & ~reset.replicate(2))
                | Cat(self.done, self.failed)
            ),
        ]
        contents = {**self._stored(enabled), **self._keep_errors(m, status, begin | reset)}
        contents |= {"status": Cat(self.busy, status), "interrupt": pending}
        self._answer_reads(m, contents)
        return m

    def _stored(self, enabled) -> dict:
        """Registers that keep what is written, with the wires that keep it."""
        halves = {
            "descriptors": self.descriptors_address,
            "output_first": self.output_first,
            "output_end": self.output_end,
        }
        return {
            "interrupt_enable": enabled,
            "descriptor_count": self.descriptor_count,
            "counter_select": self.counter_address,
            **{f"{name}_low": address[:32] for name, address in halves.items()},
            **{f"{name}_high": address[32:] for name, address in halves.items()},
        }

    def _merged(self, old):
        """The word on the W channel, but `old` where no strobe is set."""
        strobe, word = self.s_axi.wstrb, self.s_axi.wdata
        return Cat(Mux(strobe[bit // 8], word[bit], old[bit]) for bit in range(len(old)))

    def _take_writes(self, m: Module) -> dict[str, Signal]:
        """Answer writes; returns for each register whether it is written in this cycle."""
        s_axi = self.s_axi
        take = Signal()
        refused = Signal()
        locked = Signal()  # a start of the cycle before counts, too
        writes = {}
        m.d.comb += [
            take.eq(s_axi.awvalid & s_axi.wvalid & (~s_axi.bvalid | s_axi.bready)),
            s_axi.awready.eq(take),
            s_axi.wready.eq(take),
            locked.eq(self.busy | self.start),
            refused.eq(1),
        ]
        with m.Switch(s_axi.awaddr[2:]):
            for register in register_map(self.config, self.axi):
                if register.access == "read":
                    continue
                writes[register.name] = Signal(name=f"write_{register.name}")
                free = ~locked if register.access == "run" else Const(1)
                with m.Case(register.offset >> 2):
                    m.d.comb += [refused.eq(~free), writes[register.name].eq(take & free)]
        with m.If(take):
            m.d.sync += s_axi.bvalid.eq(1)
            m.d.sync += s_axi.bresp.eq(Mux(refused, Response.SLVERR, Response.OKAY))
        with m.Elif(s_axi.bready):
            m.d.sync += s_axi.bvalid.eq(0)
        return writes

    def _keep_errors(self, m: Module, status: Signal, forget) -> dict:
        """What the last run ended with; returns the registers that tell it."""
        cause = Signal(_CAUSE_BITS)
        descriptor = Signal(32)
        address = Signal(64)
        with m.If(forget):
            m.d.sync += [status.eq(0), cause.eq(0), descriptor.eq(0), address.eq(0)]
        with m.Else():
            m.d.sync += status.eq(status | Cat(self.done, self.failed))
            with m.If(self.failed & ~status[1]):
                m.d.sync += [
                    cause.eq(self.error_cause),
                    descriptor.eq(self.error_descriptor),
                    address.eq(self.error_address),
                ]
        return {
            "error_cause": cause,
            "error_descriptor": descriptor,
            "error_address_low": address[:32],
            "error_address_high": address[32:],
        }

    def _answer_reads(self, m: Module, contents: dict):
        """Answer reads, one at a time."""
        s_axi = self.s_axi
        upper = Signal(32, reset_less=True)
        address = Signal(ADDRESS_BITS - 2, reset_less=True)
        value = Signal(32, reset_less=True)
        response = Signal(Response, reset_less=True)
        reading = Signal()
        contents = {
            **contents,
            "identity": Const(IDENTITY, 32),
            "version": Const(VERSION, 32),
            "control": Const(0, 32),
            "counters": Const(len(counter_names(self.config)), 32),
            "counter_low": self.counter[:32],
            "counter_high": upper,
            **configuration(self.config, self.axi),
        }
        m.d.comb += [
            s_axi.arready.eq(~reading & ~s_axi.rvalid),
            s_axi.rdata.eq(value),
            s_axi.rresp.eq(response),
        ]
        with m.If(s_axi.arvalid & s_axi.arready):
            m.d.sync += [reading.eq(1), address.eq(s_axi.araddr[2:])]
        with m.If(reading):
            m.d.sync += [reading.eq(0), s_axi.rvalid.eq(1)]
            m.d.sync += [value.eq(0), response.eq(Response.SLVERR)]
            with m.Switch(address):
                for register in register_map(self.config, self.axi):
                    with m.Case(register.offset >> 2):
                        m.d.sync += value.eq(contents[register.name])
                        m.d.sync += response.eq(Response.OKAY)
                        if register.name == "counter_low":
                            m.d.sync += upper.eq(self.counter[32:])
        with m.Elif(s_axi.rready):
            m.d.sync += s_axi.rvalid.eq(0)
