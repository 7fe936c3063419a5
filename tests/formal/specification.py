"""What a specification is made of: a component, what it is given, and what it must do."""

from functools import reduce
from operator import and_

from amaranth.hdl import (
    Assert,
    Assume,
    ClockDomain,
    Cover,
    Elaboratable,
    Module,
    Signal,
    Value,
)
from amaranth.lib.wiring import In

__all__ = ["Specification", "all_of", "claim", "given", "implies", "previous", "reachable"]


class Specification(Elaboratable):
    """Statements about one component, for a prover.

    Inputs of the component that the specification does not drive may take any value in any cycle.
    There is no reset: the first cycle starts from the initial values, which are those of a reset.

    Parameters
    ----------
    component : Component
        What is specified.
    """

    def __init__(self, component):
        self.component = component
        self._domain = ClockDomain("sync", reset_less=True)

    def specify(self, m: Module, component):
        """Add claims about `component`, and what it is given, to `m`."""
        raise NotImplementedError

    def instance(self):
        """What is instantiated: the component, or its insides laid open."""
        return self.component

    def elaborate(self, platform):
        m = Module()
        m.domains += self._domain
        m.submodules.component = self.instance()
        self.specify(m, self.component)
        return m

    def inputs(self):
        """Signals of the component's inputs, and the clock."""
        members = self.component.signature.flatten(self.component)
        values = [Value.cast(value) for _, member, value in members if member.flow == In]
        return [self._domain.clk, *(value for value in values if isinstance(value, Signal))]


def claim(m: Module, name: str, condition) -> None:
    """`condition` holds in every cycle; a counterexample is reported under `name`."""
    holds = Signal(name=f"{name}_holds")
    m.d.comb += [holds.eq(condition), Assert(holds, name)]


def given(m: Module, condition) -> None:
    """Only cycles in which `condition` holds are looked at, and what follows on them."""
    m.d.comb += Assume(condition)


def reachable(m: Module, name: str, condition) -> None:
    """There is a cycle in which `condition` holds, so that the claims are not about nothing."""
    m.d.comb += Cover(condition, name)


def implies(cause, effect):
    """`effect`, wherever there is `cause`."""
    return ~Value.cast(cause).bool() | Value.cast(effect).bool()


def all_of(conditions):
    """Every one of `conditions`."""
    return reduce(and_, (Value.cast(condition).bool() for condition in conditions))


def previous(m: Module, value, name: str, *, init: int = 0) -> Signal:
    """What `value` was one cycle ago; `init` in the first cycle."""
    value = Value.cast(value)
    register = Signal(value.shape(), name=name, init=init)
    m.d.sync += register.eq(value)
    return register
