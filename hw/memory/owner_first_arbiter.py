"""Port arbiter of banks that each have an owner: the owner wins, thieves wait."""

from amaranth.hdl import Module, Signal
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

__all__ = ["OwnerFirstArbiter"]


class OwnerFirstArbiter(wiring.Component):
    """Grant each bank to one of its requesters.

    Requester n owns bank n. Its request for that bank is always granted; among thieves the lowest
    number wins. Purely combinational.

    Source: Crane, section 4.4: "giving higher priority to the slowest PE".

    Parameters
    ----------
    ports : int
        Requesters, and banks.

    Members
    -------
    valid : :py:`In(ports)`
        Requesters that ask.
    banks : :py:`In(ArrayLayout(range(ports), ports))`
        Bank each of them asks for.
    granted : :py:`Out(ports)`
        Requesters that get it.
    taken : :py:`Out(ports)`
        Banks that are granted to somebody.
    winners : :py:`Out(ArrayLayout(range(ports), ports))`
        Who gets each bank.
    """

    def __init__(self, ports: int):
        self._ports = ports
        indices = data.ArrayLayout(range(ports), ports)
        super().__init__(
            {
                "valid": In(ports),
                "banks": In(indices),
                "granted": Out(ports),
                "taken": Out(ports),
                "winners": Out(indices),
            }
        )

    def elaborate(self, platform):
        """For each bank, the owner's request and then all others by number."""
        m = Module()
        grants = [Signal(self._ports, name=f"grants_{bank}") for bank in range(self._ports)]
        for bank in range(self._ports):
            thieves = [port for port in range(self._ports) if port != bank]
            asks = Signal(self._ports, name=f"asks_{bank}")
            for port in range(self._ports):
                m.d.comb += asks[port].eq(self.valid[port] & (self.banks[port] == bank))
            m.d.comb += self.taken[bank].eq(asks.any())
            # Later assignments win, so the owner stands last and the lowest thief before it.
            for port in (*reversed(thieves), bank):
                with m.If(asks[port]):
                    m.d.comb += [
                        self.winners[bank].eq(port),
                        grants[bank].eq(1 << port),
                    ]
        for port in range(self._ports):
            granted = 0
            for bank in range(self._ports):
                granted = granted | grants[bank][port]
            m.d.comb += self.granted[port].eq(granted)
        return m
