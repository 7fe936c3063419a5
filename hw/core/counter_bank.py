"""Counter bank: where every cycle of every processing element went."""

from amaranth.hdl import Array, Module, Signal, Value
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from grus.hw.config import CraneConfig
from grus.hw.core.counters import MACHINE_COUNTERS, counter_names
from grus.hw.layouts import Activity

__all__ = ["CounterBank"]


class CounterBank(wiring.Component):
    """Count, while the core works.

    Each cycle of each processing element is counted in exactly one activity, so that they add up
    to `cycles`; each multiplier of a busy element in `macs` or in `idle_slots`, which is the
    fragmentation. A counter has an event, and is cleared, one cycle later (D-050); one that is read
    stands at `value` in the next cycle.

    Source: architecture brief, section 2 (utilisation and its losses).

    Parameters
    ----------
    config : :class:`CraneConfig`
        Processing elements, width of a counter.

    Members
    -------
    count : :py:`In(1)`
        Count in this cycle.
    clear : :py:`In(1)`
        Set all counters to zero.
    round, tile : :py:`In(1)`
        A round, a tile begins in this cycle.
    steals : :py:`In(range(groups + 1))`
        Work-items that move in this cycle.
    activities : :py:`In(ArrayLayout(Activity, pes))`
        What each processing element does.
    macs : :py:`In(ArrayLayout(range(multipliers + 1), pes))`
        Effectual pairs that each of them multiplies.
    address : :py:`In(range(...))`
        Counter to read, numbered as in :func:`counter_names`.
    value : :py:`Out(counter_bits)`
        Counter read.
    """

    def __init__(self, config: CraneConfig):
        self._config = config
        pes = config.pes
        counters = len(counter_names(config))
        super().__init__(
            {
                "count": In(1),
                "clear": In(1),
                "round": In(1),
                "tile": In(1),
                "steals": In(range(config.groups + 1)),
                "activities": In(data.ArrayLayout(Activity, pes)),
                "macs": In(data.ArrayLayout(range(config.multipliers + 1), pes)),
                "address": In(range(counters)),
                "value": Out(config.counter_bits),
            }
        )

    @property
    def config(self) -> CraneConfig:
        """Parameters of this bank."""
        return self._config

    def elaborate(self, platform):
        """One adder per counter, behind a register: what is counted comes late in its cycle."""
        m = Module()
        counters = []
        clear = Signal()
        count = Signal()
        m.d.sync += [clear.eq(self.clear), count.eq(self.count)]

        def add(name: str, amount):
            amount = Value.cast(amount)
            late = Signal(amount.shape(), name=f"{name}_late", reset_less=True)
            counter = Signal(self.config.counter_bits, name=name)
            m.d.sync += late.eq(amount)
            with m.If(clear):
                m.d.sync += counter.eq(0)
            with m.Elif(count):
                m.d.sync += counter.eq(counter + late)
            counters.append(counter)

        machine = {"cycles": 1, "rounds": self.round, "steals": self.steals, "tiles": self.tile}
        for name in MACHINE_COUNTERS:
            add(name, machine[name])
        for pe in range(self.config.pes):
            activity = Signal(Activity, name=f"activity_{pe}")
            m.d.comb += activity.eq(self.activities[pe])
            for kind in Activity:
                add(f"{kind.name.lower()}_{pe}", activity == kind)
            idle_slots = Signal(range(self.config.multipliers + 1), name=f"idle_{pe}")
            with m.If(activity == Activity.BUSY):
                m.d.comb += idle_slots.eq(self.config.multipliers - self.macs[pe])
            add(f"macs_{pe}", self.macs[pe])
            add(f"idle_slots_{pe}", idle_slots)
        m.d.sync += self.value.eq(Array(counters)[self.address])
        return m
