"""Breaks in what is said of FPGAs."""

from tests.mutations.mutation import Mutation

__all__ = ["MUTATIONS"]

_TESTS = "tests/synth/test_fpga.py"

MUTATIONS = [
    Mutation(
        name="a carry takes one table",
        file="synth/fpga_flow.py",
        old='"CCU2C": Resources(luts=2)',
        new='"CCU2C": Resources(luts=1)',
        test=f"{_TESTS}::test_a_carry_of_ecp5_takes_two_tables",
    ),
    Mutation(
        name="iCE40 makes no DSPs",
        file="synth/fpga_flow.py",
        old="synth_ice40 -dsp -device u",
        new="synth_ice40 -device u",
        test=f"{_TESTS}::test_products_are_dsps[ice40]",
    ),
    Mutation(
        name="flip-flops with a reset are not counted",
        file="synth/fpga_flow.py",
        old='for reset in ("", "R", "S", "SR", "SS")',
        new='for reset in ("",)',
        test=f"{_TESTS}::test_gates_and_registers_are_counted[ice40]",
    ),
    Mutation(
        name="instances count once",
        file="synth/fpga.py",
        old="plus(taken, instances)",
        new="plus(taken)",
        test=f"{_TESTS}::test_n_parts_take_n_times_what_one_takes",
    ),
    Mutation(
        name="families share what is remembered",
        file="synth/fpga_flow.py",
        old='{yosys_version()}\\n{self.family.command}"',
        new='{yosys_version()}"',
        test=f"{_TESTS}::test_what_is_known_is_not_mapped_again",
    ),
]
