"""What the owner-first arbiter and the crossbar promise."""

from functools import reduce
from operator import add

from amaranth.hdl import Array, Module

from tests.formal.specification import Specification, all_of, claim, implies, reachable

__all__ = ["CrossbarSpec", "OwnerFirstArbiterSpec"]


class OwnerFirstArbiterSpec(Specification):
    """Grants are right in every cycle, whoever asks for whatever."""

    def __init__(self, component, ports):
        super().__init__(component)
        self.ports = range(ports)

    def specify(self, m: Module, component):
        ports = self.ports
        winners = [component.winners[bank] for bank in ports]
        asks = [
            [component.valid[port] & (component.banks[port] == bank) for port in ports]
            for bank in ports
        ]
        wins = [
            [component.taken[bank] & (winners[bank] == port) for port in ports] for bank in ports
        ]
        banks_won = [reduce(add, (wins[bank][port] for bank in ports)) for port in ports]
        lowest = [
            implies(asks[bank][port] & ~asks[bank][bank], winners[bank] <= port)
            for bank in ports
            for port in ports
        ]
        claim(
            m,
            "an_owner_is_never_blocked_by_a_thief",
            all_of(implies(asks[n][n], component.granted[n]) for n in ports),
        )
        claim(
            m,
            "a_winner_has_asked_for_the_bank",
            all_of(implies(wins[b][p], asks[b][p]) for b in ports for p in ports),
        )
        claim(
            m,
            "granted_means_winning_one_bank",
            all_of(component.granted[port] == banks_won[port] for port in ports),
        )
        claim(
            m,
            "no_bank_idles_while_asked_for",
            all_of(component.taken[bank] == reduce(add, asks[bank]).bool() for bank in ports),
        )
        claim(m, "the_lowest_thief_wins", all_of(lowest))
        reachable(m, "all_want_one_bank", all_of(asks[2]))


class CrossbarSpec(Specification):
    """Every output shows the input that it selects, in every cycle."""

    def __init__(self, component, ports):
        super().__init__(component)
        self.ports = range(ports)

    def specify(self, m, component):
        inputs = Array(component.i[port] for port in self.ports)
        selected = [component.o[n] == inputs[component.select[n]] for n in self.ports]
        claim(m, "each_word_goes_to_the_right_place", all_of(selected))
        crossed = [component.select[n] == self.ports[-1 - n] for n in self.ports]
        reachable(m, "all_cross", all_of(crossed))
