"""Breaks in reports of power."""

from tests.mutations.mutation import Mutation

__all__ = ["MUTATIONS"]

_TEST = "tests/synth/test_power.py"
_REGISTERS = f"{_TEST}::test_registers_take_what_their_bits_and_their_clock_do"
_BETWEEN = f"{_TEST}::test_changes_between_registers_are_worked_out"

MUTATIONS = [
    Mutation(
        name="clocks rise and never fall",
        file="synth/circuit.py",
        old="rates.known[clock] = 0.5, 2.0, True",
        new="rates.known[clock] = 0.5, 1.5, True",
        test=_REGISTERS,
    ),
    Mutation(
        name="only rising changes take energy",
        file="synth/circuit.py",
        old="(arc.rise.at(*at) + arc.fall.at(*at)) / 2",
        new="arc.rise.at(*at)",
        test=_REGISTERS,
    ),
    Mutation(
        name="what a register is shown has nothing to do with what it holds",
        file="synth/rates.py",
        old="return (others * pair.reshape(shape)).reshape(len(held), -1)",
        new="return chances",
        test=_REGISTERS,
    ),
    Mutation(
        name="a change charges a net to the full square of the voltage",
        file="synth/circuit.py",
        old="self._library.voltage**2 / 2",
        new="self._library.voltage**2",
        test=_REGISTERS,
    ),
    Mutation(
        name="registers that are not known stand still",
        file="synth/circuit.py",
        old="if pass_registers(self._registers, rates) < _SETTLED:",
        new="if True:",
        test=f"{_TEST}::test_registers_without_a_name_follow_their_inputs",
    ),
    Mutation(
        name="a gate changes whenever its output is 1",
        file="synth/rates.py",
        old="busy * 2 * (one - stays)",
        new="busy * 2 * one",
        test=_BETWEEN,
    ),
    Mutation(
        name="words change in every cycle",
        file="synth/recording.py",
        old="word = min(1.0, 2 * toggles[bits].max())",
        new="word = 1.0",
        test=f"{_TEST}::test_bits_of_words_change_in_the_cycles_of_their_words",
    ),
    Mutation(
        name="gates change as often as in a busy cycle",
        file="synth/rates.py",
        old="busy * 2 * (one - stays)",
        new="2 * (one - stays)",
        test="tests/synth/test_circuit.py"
        "::test_gates_change_about_as_often_as_in_a_simulation[0.7-0.85-1.15]",
    ),
    Mutation(
        name="gates leak the same in all states",
        file="synth/circuit.py",
        old="rest = np.clip(1 - sum(chances), 0.0, 1.0)",
        new="rest = np.clip(1 - 0 * sum(chances), 0.0, 1.0)",
        test=_BETWEEN,
    ),
    Mutation(
        name="what was recorded is compared with itself",
        file="synth/circuit.py",
        old="known=seen.known & ~driven",
        new="known=seen.known",
        test=f"{_TEST}::test_what_is_worked_out_is_compared_with_what_was_recorded",
    ),
    Mutation(
        name="an instance has the changes of all",
        file="synth/recording.py",
        old="changes / times / recording.cycles",
        new="changes / recording.cycles",
        test=f"{_TEST}::test_instances_are_seen_as_their_mean",
    ),
    Mutation(
        name="modules are not multiplied",
        file="synth/power.py",
        old="plus(module.power, module.instances)",
        new="plus(module.power, 1)",
        test=f"{_TEST}::test_instances_take_as_many_times_the_power_of_one[3]",
    ),
    Mutation(
        name="each bit that is written is a write",
        file="synth/power.py",
        old='rates.high[part.pins["WR_EN"]].sum()) / memory.word_bits',
        new='rates.high[part.pins["WR_EN"]].sum())',
        test=f"{_TEST}::test_macros_take_energy_for_accesses",
    ),
    Mutation(
        name="a MAC takes the energy of one cycle",
        file="synth/power_report.py",
        old="self.clock_mhz * self.cycles / self.macs",
        new="self.clock_mhz / self.macs",
        test=f"{_TEST}::test_a_mac_takes_the_energy_of_all_cycles",
    ),
    Mutation(
        name="a library without power has none",
        file="synth/power_cells.py",
        old='if not re.search(rf"\\b{need}\\b", library.text):',
        new="if False:",
        test=f"{_TEST}::test_what_has_no_power_is_refused",
    ),
    Mutation(
        name="tables are over slope first",
        file="synth/power_tables.py",
        old="slope_first = variables[0] not in _LOADS",
        new="slope_first = True",
        test="tests/synth/test_power_tables.py"
        "::test_values_between_those_of_a_table_are_in_proportion",
    ),
    Mutation(
        name="connections are forgotten",
        file="synth/mapping.py",
        old="    if result.netlist:",
        new="    if False:",
        test="tests/synth/test_mapping.py"
        "::test_connections_are_remembered_with_cells_that_have_delays",
    ),
    Mutation(
        name="a wrong result has power",
        file="grus/cli/cost_power.py",
        old="if not run.passed:",
        new="if False:",
        test="tests/cli/test_cost_power.py::test_a_result_that_is_not_exact_has_no_power",
    ),
    Mutation(
        name="all names are counted",
        file="sim/simulators.py",
        old="if toggles and _LEFT_OUT.fullmatch(line)",
        new="if False",
        test="tests/sim/test_activity.py::test_names_that_say_nothing_more_are_not_counted",
    ),
]
