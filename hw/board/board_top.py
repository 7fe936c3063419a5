"""What goes onto an FPGA board that Amaranth knows: its pins, clock and reset."""

from amaranth.hdl import (
    ClockDomain,
    ClockSignal,
    Elaboratable,
    Instance,
    Module,
    ResetSignal,
    Signal,
)
from amaranth.lib import io
from amaranth.lib.cdc import ResetSynchronizer

from grus.hw.board.pll import PllDividers, find_dividers

__all__ = ["SYSTEM_FILE", "BoardTop"]

SYSTEM_FILE = "system.il"


class BoardTop(Elaboratable):
    """A system on a board: its line is the board's UART, its interrupt lights the first LED.

    The first button resets it.

    Parameters
    ----------
    name, rtlil : str
        The system's top module, with the ports of
        :class:`grus.hw.board.board_system.BoardSystem`, and all that is in it, as
        :func:`grus.hw.emit.to_rtlil` writes it.
    clock_hz : int
        Its clock [Hz]. A loop makes it where the board's own clock is another.

    Raises
    ------
    ValueError
        When it is elaborated, if no loop makes that clock.
    """

    def __init__(self, name: str, rtlil: str, clock_hz: int):
        self._name, self._rtlil, self._clock_hz = name, rtlil, clock_hz

    def elaborate(self, platform):
        """Buffers of the pins, and the system as an instance of what its own file holds."""
        m = Module()
        self._make_clock(m, platform)
        platform.add_file(SYSTEM_FILE, self._rtlil)
        uart = platform.request("uart", 0, dir={"rx": "-", "tx": "-", "rts": "-", "dtr": "-"})
        m.submodules.receive = receive = io.Buffer("i", uart.rx)
        m.submodules.transmit = transmit = io.Buffer("o", uart.tx)
        m.submodules.light = light = io.Buffer("o", platform.request("led", 0, dir="-"))
        m.submodules.system = Instance(
            self._name,
            ("i", "clk", ClockSignal()),
            ("i", "rst", ResetSignal()),
            ("i", "receive", receive.i),
            ("o", "transmit", transmit.o),
            ("o", "irq", light.o),
        )
        return m

    def _make_clock(self, m: Module, platform) -> None:
        board_hz = round(platform.default_clk_frequency)
        pin = platform.request(platform.default_clk, 0, dir="-")
        button = platform.request("button", 0, dir="-")
        m.submodules.clock = clock = io.Buffer("i", pin)
        m.submodules.button = pressed = io.Buffer("i", button)
        m.domains.sync = ClockDomain("sync")
        if self._clock_hz == board_hz:
            m.d.comb += ClockSignal().eq(clock.i)
            restart = pressed.i
        else:
            locked = Signal()
            dividers = find_dividers(board_hz, self._clock_hz)
            m.submodules.loop = _loop(dividers, clock.i, ClockSignal(), locked)
            restart = pressed.i | ~locked
        m.submodules.reset = ResetSynchronizer(restart)


def _loop(dividers: PllDividers, reference: Signal, made, locked: Signal) -> Instance:
    """The phase-locked loop; its output is what it compares with the reference."""
    return Instance(
        "EHXPLLL",
        ("p", "CLKI_DIV", dividers.reference),
        ("p", "CLKFB_DIV", dividers.feedback),
        ("p", "CLKOP_DIV", dividers.output),
        ("p", "CLKOP_ENABLE", "ENABLED"),
        ("p", "CLKOP_CPHASE", dividers.output - 1),
        ("p", "CLKOP_FPHASE", 0),
        ("p", "FEEDBK_PATH", "CLKOP"),
        ("i", "CLKI", reference),
        ("i", "CLKFB", made),
        ("o", "CLKOP", made),
        ("o", "LOCK", locked),
        *(("i", name, 0) for name in ("RST", "STDBY", "PLLWAKESYNC", "ENCLKOP")),
        *(("i", name, 0) for name in ("PHASESEL0", "PHASESEL1", "PHASEDIR")),
        *(("i", name, 1) for name in ("PHASESTEP", "PHASELOADREG")),
        # Of the loop's filter: what works for all dividers above.
        *(("a", name, value) for name, value in _FILTER.items()),
    )


_FILTER = {
    "ICP_CURRENT": "12",
    "LPF_RESISTOR": "8",
    "MFG_ENABLE_FILTEROPAMP": "1",
    "MFG_GMCREF_SEL": "2",
}
