"""All that goes onto a board, without its pins and clock."""

from amaranth.hdl import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out, connect

from grus.hw.accelerator.crane_accelerator import CraneAccelerator
from grus.hw.board.block_memory import BlockMemory
from grus.hw.board.config import BoardConfig
from grus.hw.board.host_bridge import HostBridge
from grus.hw.board.uart_receiver import UartReceiver
from grus.hw.board.uart_transmitter import UartTransmitter
from grus.hw.dma.slot_format import SlotFormat

__all__ = ["BoardSystem"]


class BoardSystem(wiring.Component):
    """The accelerator with a memory on the chip, and a host on a serial line.

    Parameters
    ----------
    slots : :class:`SlotFormat`
        Machine and bus.
    config : :class:`BoardConfig`
        Memory and line; its bus is that of `slots`.

    Members
    -------
    receive, transmit : :py:`In(1)`, :py:`Out(1)`
        The line, high at rest.
    irq : :py:`Out(1)`
        The accelerator's interrupt.
    """

    def __init__(self, slots: SlotFormat, config: BoardConfig):
        if config.axi != slots.axi:
            raise ValueError(f"config.axi must be that of slots, not {config.axi}")
        self._slots, self._config = slots, config
        super().__init__({"receive": In(1, init=1), "transmit": Out(1, init=1), "irq": Out(1)})

    def elaborate(self, platform):
        """Connect them."""
        m = Module()
        m.submodules.receiver = receiver = UartReceiver(self._config.bit_cycles)
        m.submodules.transmitter = transmitter = UartTransmitter(self._config.bit_cycles)
        m.submodules.bridge = bridge = HostBridge(self._config)
        m.submodules.memory = memory = BlockMemory(self._config)
        m.submodules.accelerator = accelerator = CraneAccelerator(self._slots)
        connect(m, receiver.o, bridge.i)
        connect(m, bridge.o, transmitter.i)
        connect(m, bridge.accesses, memory.accesses)
        connect(m, memory.bytes, bridge.bytes)
        _join(m, accelerator, "m_axi", memory.reads)
        _join(m, accelerator, "m_axi", memory.writes)
        _join(m, accelerator, "s_axi", bridge.registers)
        m.d.comb += [
            receiver.line.eq(self.receive),
            self.transmit.eq(transmitter.line),
            self.irq.eq(accelerator.irq),
        ]
        return m


def _join(m: Module, component, prefix: str, interface) -> None:
    """Connect flat members to an interface of another part."""
    for name, member in interface.signature.members.items():
        flat: Signal = getattr(component, f"{prefix}_{name}")
        other: Signal = getattr(interface, name)
        m.d.comb += other.eq(flat) if member.flow == In else flat.eq(other)
