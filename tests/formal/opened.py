"""A component laid open, so that an invariant can speak of the registers inside."""

from amaranth.hdl import Const, Elaboratable, Fragment, Module, Shape, Signal

__all__ = ["Opened"]


class Opened(Elaboratable):
    """The elaborated `component`, whose inner signals and memories are found by path.

    A path names the submodules and then the signal or memory, joined by dots.
    """

    def __init__(self, component):
        self._top = Fragment.get(component, platform=None)

    def elaborate(self, platform):
        return self._top

    def signal(self, path: str, *, bits: int = 0) -> Signal:
        """The one signal of that name, and of so many bits, that is assigned in its module."""
        *modules, name = path.split(".")
        assigned = {
            id(signal): signal
            for statements in self._inside(modules).statements.values()
            for signal in statements._lhs_signals()
            if signal.name == name and len(signal) == (bits or len(signal))
        }
        if len(assigned) != 1:
            raise ValueError(f"{path} must name one signal, not {len(assigned)}")
        return next(iter(assigned.values()))

    def answer(self, path: str) -> Signal:
        """What the first read port of a memory shows."""
        port = self._inside(path.split("."))._read_ports[0]
        return port._data

    def word(self, m: Module, path: str, address, name: str) -> Signal:
        """What a memory holds at `address` in this cycle."""
        memory = self._inside(path.split("."))
        word = Signal(Shape.cast(memory._data.shape), name=name)
        where = Signal(range(memory._data.depth), name=f"{name}_address")
        m.d.comb += where.eq(address)
        memory.read_port(domain="comb", addr=where, data=word, en=Const(1, 1), transparent_for=())
        return word

    def _inside(self, modules):
        fragment = self._top
        for module in modules:
            fragment = fragment.find_subfragment(module)
        return fragment
