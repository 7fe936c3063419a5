"""Breaks in what is around the accelerator on a board."""

from tests.mutations.mutation import Mutation

__all__ = ["MUTATIONS"]

_REFUSES = "tests/hw/board/test_board_system.py::test_host_on_a_line[refuses_what_is_not_there]"

_RECEIVER = "tests/hw/board/test_uart.py::test_receiver[25]"
_TRANSMITTER = "tests/hw/board/test_uart.py::test_transmitter[25]"
_TOP = "tests/hw/board/test_board_top.py"
_BITSTREAM = "tests/synth/test_bitstream.py"
_LINE = "tests/sim/test_serial_line.py"

MUTATIONS = [
    Mutation(
        name="a frame without its stop bit is a byte",
        file="hw/board/uart_receiver.py",
        old="with m.Elif(level):",
        new="with m.Else():",
        test=_RECEIVER,
    ),
    Mutation(
        name="a receiver does not wait for the stop bit",
        file="hw/board/uart_receiver.py",
        old="_FRAME_BITS = 10",
        new="_FRAME_BITS = 9",
        test=_RECEIVER,
    ),
    Mutation(
        name="a break is many start bits",
        file="hw/board/uart_receiver.py",
        old="with m.If(before & ~level):",
        new="with m.If(~level):",
        test=_RECEIVER,
    ),
    Mutation(
        name="a spike is a start bit",
        file="hw/board/uart_receiver.py",
        old="(bits_left == _FRAME_BITS) & level",
        new="(bits_left == 0) & level",
        test=_RECEIVER,
    ),
    Mutation(
        name="a receiver looks at the ends of bits",
        file="hw/board/uart_receiver.py",
        old="self._bit_cycles // 2 - 1",
        new="self._bit_cycles - 2",
        test=_RECEIVER,
    ),
    Mutation(
        name="a byte is offered for ever",
        file="hw/board/uart_receiver.py",
        old="self.o.valid.eq(0)",
        new="self.o.valid.eq(1)",
        test=_RECEIVER,
    ),
    Mutation(
        name="a transmitter sends no stop bit",
        file="hw/board/uart_transmitter.py",
        old="bits_left.eq(10)",
        new="bits_left.eq(9)",
        test=_TRANSMITTER,
    ),
    Mutation(
        name="a line rests low after a byte",
        file="hw/board/uart_transmitter.py",
        old="Cat(frame[1:], Const(1, 1))",
        new="Cat(frame[1:], Const(0, 1))",
        test=_TRANSMITTER,
    ),
    Mutation(
        name="a board listens to the pin that it speaks on",
        file="hw/board/board_top.py",
        old='io.Buffer("i", uart.rx)',
        new='io.Buffer("i", uart.tx)',
        test=f"{_TOP}::test_pins_and_clock_of_the_ulx3s",
    ),
    Mutation(
        name="a loop divides by one less",
        file="hw/board/board_top.py",
        old='"CLKFB_DIV", dividers.feedback)',
        new='"CLKFB_DIV", dividers.feedback - 1)',
        test=f"{_TOP}::test_another_clock_comes_of_a_loop",
    ),
    Mutation(
        name="a loop makes any clock",
        file="hw/board/pll.py",
        old="to_hz <= slowest <= output * to_hz",
        new="slowest <= output * to_hz",
        test=f"{_TOP}::test_a_clock_that_no_loop_makes_is_an_error[500]",
    ),
    Mutation(
        name="a design that is too large is placed",
        file="synth/bitstream.py",
        old="        require_fit(name, taken, board)\n",
        new="",
        test=f"{_BITSTREAM}::test_a_design_that_is_too_large_is_never_placed",
    ),
    Mutation(
        name="a clock that is not reached is no error",
        file="synth/bitstream.py",
        old="routed.achieved_hz < clock_hz",
        new="routed.achieved_hz < 0",
        test=f"{_BITSTREAM}::test_a_clock_that_is_not_reached_is_an_error",
    ),
    Mutation(
        name="the fastest clock counts",
        file="synth/nextpnr.py",
        old='min(clock["achieved"]',
        new='max(clock["achieved"]',
        test=f"{_BITSTREAM}::test_a_report_tells_the_slowest_clock_and_what_is_taken",
    ),
    Mutation(
        name="any board is taken for the design's",
        file="sim/board_host.py",
        old="if found != value:",
        new="if found is None:",
        test=f"{_LINE}::test_another_machine_is_refused",
    ),
    Mutation(
        name="a board's memory is taken on trust",
        file="sim/board_host.py",
        old="self.read_memory(memory_bytes - 1, 1)",
        new="self.read_memory(0, 1)",
        test=f"{_LINE}::test_too_little_memory_is_refused",
    ),
    Mutation(
        name="a port stays open",
        file="sim/serial_line.py",
        old="self._port.close()",
        new="pass",
        test=f"{_LINE}::test_a_port_is_closed_after_use",
    ),
    Mutation(
        name="what an earlier host has asked is an answer",
        file="sim/serial_line.py",
        old="    while line.read(1):",
        new="    while False:",
        test=f"{_LINE}::test_what_an_earlier_host_has_asked_is_forgotten",
    ),
    Mutation(
        name="a failure of nextpnr is overlooked",
        file="synth/nextpnr.py",
        old="log=log)\n    if failure is not None:",
        new="log=log)\n    if False:",
        test=f"{_BITSTREAM}::test_a_failure_of_nextpnr_is_one_sentence",
    ),
    Mutation(
        name="tables are mapped for the least delay",
        file="synth/fpga_flow.py",
        old='"scratchpad -set abc9.D 20000\\nsynth_ecp5"',
        new='"synth_ecp5"',
        test="tests/synth/test_fpga.py::test_tables_are_few_where_the_clock_is_slow",
    ),
    Mutation(
        name="memory beyond its end is written",
        file="hw/board/host_bridge.py",
        old="address + number > self.config.memory_bytes",
        new="address > self.config.memory_bytes",
        test=_REFUSES,
    ),
    Mutation(
        name="a host's byte goes to the first lane",
        file="hw/board/block_memory.py",
        old="write.en.eq(1 << lane)",
        new="write.en.eq(1)",
        test=_REFUSES,
    ),
]
