"""Output RAM: partial sums, one bank per processing element, added to across a crossbar."""

from amaranth.hdl import Array, Module, Mux, Signal, signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.memory import Memory
from amaranth.lib.wiring import In, Out

from grus.hw.config import CraneConfig
from grus.hw.layouts import ResultLayout
from grus.hw.memory.owner_first_arbiter import OwnerFirstArbiter

__all__ = ["DrainLayout", "OutputBank", "OutputRam"]


class DrainLayout(data.StructLayout):
    """One word to be drained from all banks at once.

    Members
    -------
    half : :py:`unsigned(1)`
        Half of the ping-pong pair.
    address : :py:`range(output_words)`
        Word in that half.
    """

    def __init__(self, config: CraneConfig):
        super().__init__({"half": 1, "address": range(config.output_words)})


class OutputBank(wiring.Component):
    """Two halves of partial sums.

    A sum is added to its word every cycle: read in one cycle, written back in the next, with the
    newest value passed on if the same word follows at once. A drained word stands at the output
    in the next cycle and is zero from then on, so that adding needs no first time. A half must
    not be added to and drained in the same cycle.

    Parameters
    ----------
    config : :class:`CraneConfig`
        Words, widths.

    Members
    -------
    i : :py:`In(stream.Signature(ResultLayout(config), always_ready=True))`
        Sums to add.
    drains : :py:`In(stream.Signature(DrainLayout(config), always_ready=True))`
        Words to drain.
    drained : :py:`Out(signed(accumulator_bits))`
        Word drained in the cycle before; held until its half is drained or added to again.
    """

    def __init__(self, config: CraneConfig):
        self._config = config
        super().__init__(
            {
                "i": In(stream.Signature(ResultLayout(config), always_ready=True)),
                "drains": In(stream.Signature(DrainLayout(config), always_ready=True)),
                "drained": Out(signed(config.accumulator_bits)),
            }
        )

    @property
    def config(self) -> CraneConfig:
        """Parameters of this bank."""
        return self._config

    def elaborate(self, platform):
        """Each half is read for whoever uses it, and written in the cycle after."""
        m = Module()
        adding = Signal()
        draining = Signal()
        tag, drain = self.i.p.tag, self.drains.p
        result = Signal(ResultLayout(self.config), reset_less=True)
        drained = Signal(DrainLayout(self.config), reset_less=True)
        m.d.sync += [adding.eq(self.i.valid), draining.eq(self.drains.valid)]
        m.d.sync += result.eq(self.i.p)
        with m.If(self.drains.valid):
            m.d.sync += drained.eq(drain)

        words = []
        for half in range(2):
            memory = Memory(
                shape=signed(self.config.accumulator_bits),
                depth=self.config.output_words,
                init=[],
            )
            m.submodules[f"half_{half}"] = memory
            write = memory.write_port()
            read = memory.read_port(transparent_for=(write,))
            drain_here = Signal(name=f"drain_{half}")
            add_here = Signal(name=f"add_{half}")
            m.d.comb += [
                drain_here.eq(self.drains.valid & (drain.half == half)),
                add_here.eq(self.i.valid & (tag.half == half)),
                read.en.eq(drain_here | add_here),
                read.addr.eq(Mux(add_here, tag.address, drain.address)),
            ]
            with m.If(adding & (result.tag.half == half)):
                m.d.comb += [
                    write.en.eq(1),
                    write.addr.eq(result.tag.address),
                    write.data.eq(read.data + result.sum),
                ]
            with m.Elif(draining & (drained.half == half)):
                m.d.comb += [write.en.eq(1), write.addr.eq(drained.address), write.data.eq(0)]
            words.append(read.data)
        m.d.comb += self.drained.eq(Mux(drained.half, words[1], words[0]))
        return m


class OutputRam(wiring.Component):
    """All banks, behind a crossbar with owner-first arbitration.

    Every bank takes one sum per cycle. The owner's result is always taken, a thief's waits. One
    half can be drained, all banks at the same address, while results go to the other.

    Source: Crane, section 4.3 ("the design of Output RAM is similar").

    Parameters
    ----------
    config : :class:`CraneConfig`
        Banks, words, widths.

    Members
    -------
    results : :py:`In(stream.Signature(ResultLayout(config))).array(group_pes)`
        Results of the processing elements; ready means taken.
    drains : :py:`In(stream.Signature(DrainLayout(config), always_ready=True))`
        Words to drain.
    drained : :py:`Out(ArrayLayout(signed(accumulator_bits), group_pes))`
        Words drained in the cycle before.
    """

    def __init__(self, config: CraneConfig):
        self._config = config
        sums = data.ArrayLayout(signed(config.accumulator_bits), config.group_pes)
        super().__init__(
            {
                "results": In(stream.Signature(ResultLayout(config))).array(config.group_pes),
                "drains": In(stream.Signature(DrainLayout(config), always_ready=True)),
                "drained": Out(sums),
            }
        )

    @property
    def config(self) -> CraneConfig:
        """Parameters of this RAM."""
        return self._config

    def elaborate(self, platform):
        """Arbiter, crossbar, banks."""
        m = Module()
        banks = self.config.group_pes
        m.submodules.arbiter = arbiter = OwnerFirstArbiter(banks)
        offers = Array(result.p for result in self.results)
        for index in range(banks):
            result = self.results[index]
            m.submodules[f"bank_{index}"] = bank = OutputBank(self.config)
            m.d.comb += [
                arbiter.valid[index].eq(result.valid),
                arbiter.banks[index].eq(result.p.tag.bank),
                result.ready.eq(arbiter.granted[index]),
                bank.i.valid.eq(arbiter.taken[index]),
                bank.i.payload.eq(offers[arbiter.winners[index]]),
                bank.drains.valid.eq(self.drains.valid),
                bank.drains.payload.eq(self.drains.payload),
                self.drained[index].eq(bank.drained),
            ]
        return m
