"""Breaks in Cambricon-X: its RTL, its cycle model, and what stands beside Crane."""

from tests.mutations.mutation import Mutation

__all__ = ["MUTATIONS"]

_CORE = "tests/hw/cambricon_x/test_core.py"
_RANDOM = f"{_CORE}::test_random_layers_are_exact[0.0-0.0]"
_CONFIG = "tests/hw/cambricon_x/test_config.py"
_MODEL = "tests/sim/cycle/test_model.py::test_counts_what_the_rtl_counts[cambricon-x]"
_CLOCKED = "tests/sim/cycle/test_clocked_cambricon_x.py"
_COMPARISON = "tests/benchmarks/test_area_comparison.py"

_BREAKS = [
    (
        "the walker's next column follows without a gap",
        "hw/cambricon_x/kernel_walker.py",
        "following.eq(column_address + self.round.items)",
        "following.eq(self.address + 1)",
        _RANDOM,
    ),
    (
        "the walker forgets the column's offset",
        "hw/cambricon_x/kernel_walker.py",
        "self.offset.eq(self.offset + self.round.column_step)",
        "self.offset.eq(self.round.column_step)",
        _RANDOM,
    ),
    (
        "a new round moves the rows that still arrive",
        "hw/cambricon_x/kernel_walker.py",
        "with m.If(begun):",
        "with m.If(self.start):",
        _RANDOM,
    ),
    (
        "the window's half is chosen a cycle early",
        "hw/cambricon_x/array.py",
        "controller.half.eq(trail[-1][1])",
        "controller.half.eq(trail[0][1])",
        _RANDOM,
    ),
    (
        "a window is given back before its last look-up",
        "hw/cambricon_x/array.py",
        "(self.patches_needed, self.round.patch_half, _FETCH_CYCLES)",
        "(self.patches_needed, ~self.round.patch_half, _FETCH_CYCLES)",
        _RANDOM,
    ),
    (
        "sums are drained before the last of them is there",
        "hw/cambricon_x/array.py",
        "to_result = _FETCH_CYCLES + RESULT_CYCLES + self.config.tree_levels",
        "to_result = _FETCH_CYCLES + 1",
        _RANDOM,
    ),
    (
        "an element without a kernel works on old rows",
        "hw/cambricon_x/array.py",
        "(self.rounds.p.items != 1) | ~self.fewer[pe]",
        "self.rounds.p.items != 0",
        _RANDOM,
    ),
    (
        "bubbles are told a cycle early",
        "hw/cambricon_x/array.py",
        "cycles = _FETCH_CYCLES + 1",
        "cycles = _FETCH_CYCLES",
        _MODEL,
    ),
    (
        "an input of zero counts as effectual",
        "hw/cambricon_x/indexing_module.py",
        "self.o.valid & weight & operands.broadcast[lane].any()",
        "self.o.valid & weight",
        f"{_CORE}::test_an_input_of_zero_takes_its_multiplier",
    ),
    (
        "an indexing module skips rows whose first input is zero",
        "hw/cambricon_x/indexing_module.py",
        "m.d.sync += self.worked.eq(self.o.valid)",
        "m.d.sync += self.worked.eq(self.o.valid & operands.broadcast[0].any())",
        f"{_CORE}::test_an_input_of_zero_takes_its_multiplier",
    ),
    (
        "a synapse buffer shows the other half",
        "hw/cambricon_x/synapse_buffer.py",
        "half_address(self.half, self.row)",
        "half_address(~self.half, self.row)",
        _RANDOM,
    ),
    (
        "a kernel's sum goes on through the next kernel",
        "hw/cambricon_x/element.py",
        "rows.last.eq(synapses.ends)",
        "rows.last.eq(0)",
        _RANDOM,
    ),
    (
        "lanes without a weight choose an input, too",
        "hw/cambricon_x/indexing_module.py",
        "picker.read.count.eq(lane + 1)",
        "picker.count.eq(config.multipliers)",
        f"{_CORE}::test_lanes_behind_the_last_weight_choose_nothing",
    ),
    (
        "the register of a beat's place has no bits",
        "hw/core/resident_loader.py",
        "Signal(ceil_log2(beats_per_row))",
        "Signal(range(beats_per_row))",
        _RANDOM,
    ),
    (
        "rows of a Cambricon-X may be longer than its multipliers are many",
        "hw/cambricon_x/config.py",
        "self.lookahead == self.multipliers",
        "self.lookahead >= self.multipliers",
        f"{_CONFIG}::test_rejects_what_does_not_fit",
    ),
    (
        "a changed Cambricon-X is a Crane",
        "hw/config.py",
        "return type(self)(**",
        "return CraneConfig(**",
        f"{_CONFIG}::test_a_changed_design_stays_what_it_is",
    ),
    (
        "RTL is kept without the kind of machine",
        "synth/emission.py",
        "[kind, parameters, ",
        "[parameters, ",
        "tests/synth/test_emission.py::test_kinds_of_machines_are_told_apart",
    ),
    (
        "the model gives a window back too early",
        "sim/cycle/array/dense_rounds.py",
        "_GATHER_CYCLES = 2",
        "_GATHER_CYCLES = 0",
        _MODEL,
    ),
    (
        "the model reads a kernel's rows in one column only",
        "sim/cycle/array/dense_rounds.py",
        "rows = (behind - before) * this.columns",
        "rows = behind - before",
        _MODEL,
    ),
    (
        "zeros that are multiplied count as fragmentation, too",
        "sim/cycle/clocked_cambricon_x.py",
        'fragmentation = counted.losses["fragmentation"] - zeros',
        "fragmentation, zeros = zeros, 0",
        f"{_CLOCKED}::test_multiplies_what_the_reconstruction_does",
    ),
    (
        "each element pays for a window of its own",
        "sim/cycle/clocked_cambricon_x.py",
        "event._replace(times=event.times // self.config.pes)",
        "event",
        f"{_CLOCKED}::test_pays_for_each_weight_and_one_window",
    ),
    (
        "the RTL of Cambricon-X is never asked for",
        "grus/study/machines.py",
        "not (clocked and found in PRESETS)",
        "True",
        "tests/study/test_machines.py"
        "::test_cambricon_x_is_reconstructed_unless_its_rtl_is_asked_for",
    ),
    (
        "a variant of a module balances no load",
        "benchmarks/area_comparison.py",
        r're.sub(r"_\d+$", "", module)',
        "module",
        f"{_COMPARISON}::test_parts_are_shares_of_the_total",
    ),
    (
        "Cambricon-X is as large as Crane",
        "benchmarks/area_comparison.py",
        "area = rival if figures else crane",
        "area = crane",
        f"{_COMPARISON}::test_crane_stands_against_its_rival",
    ),
]

MUTATIONS = [
    Mutation(name=name, file=file, old=old, new=new, test=test)
    for name, file, old, new, test in _BREAKS
]
