"""Breaks in the cycle model; its agreement with the RTL finds them."""

from tests.mutations.mutation import Mutation

__all__ = ["MUTATIONS"]

_MODEL = "tests/sim/cycle/test_model.py::"
RTL = _MODEL + "test_counts_what_the_rtl_counts[tiny]"
STEPS = _MODEL + "test_step_by_step_is_the_same[small]"
_TRACE = "tests/sim/cycle/test_trace.py::"

# Name, module, what it says, what it says once broken, what must notice.
_BREAKS = [
    (
        "a row arrives early",
        "element",
        "max(granted + 2, matched)",
        "max(granted + 1, matched)",
        RTL,
    ),
    ("the matcher does not wait", "element", "max(left + 1, joined)", "left + 1", STEPS),
    (
        "an empty work-item takes no cycle",
        "element",
        "if pending or not matches:",
        "if pending:",
        STEPS,
    ),
    ("row registers without end", "own_items", "max(granted, left_3) + 1", "granted + 1", STEPS),
    ("the last work-item is stolen", "thefts", "highest - ends[slowest] > 1", "highest > 1", STEPS),
    ("ties go to the first", "thefts", "counter[pe] >= highest:", "counter[pe] > highest:", STEPS),
    ("thieves write at once", "results", "if (busy >> bank) & np.uint64(1):", "if False:", STEPS),
    ("kernels are replaced in use", "front", "max(begin, finished) + 2", "begin + 2", RTL),
    ("deep queues", "front", "front.entered[queue] - DEPTH", "front.entered[queue] - 4", RTL),
    ("fillers are free", "kernels", "(position - behind) // run + 1", "1", RTL),
    ("windows are added", "output", "visits *= count_windows", "visits += count_windows", RTL),
    ("sums are drained early", "drains", "max(this[2], last) + 1", "this[2] + 1", RTL),
    ("patches are replaced in use", "machine", "patch_gathered(engine, half), ", "LONG_AGO, ", RTL),
    (
        "work-items never end in a trace",
        "step_fetch",
        "stepped.log[stepped.logged[pe], 6] = cycle",
        "pass",
        _TRACE + "test_rounds_and_tiles_hold_their_work_items",
    ),
    (
        "stolen work-items are traced as the thief's own",
        "step_fetch",
        "pe, bank, kernel, column\n",
        "pe, pe, kernel, column\n",
        _TRACE + "test_all_work_items_are_there_and_steals_are_those_that_are_counted",
    ),
    (
        "a trace names outputs of the block",
        "trace",
        "first = block.outputs.start - ",
        "first = -",
        _TRACE + "test_all_work_items_are_there_and_steals_are_those_that_are_counted",
    ),
    ("all idle time has one reason", "timeline", "min(cycles, end - begin + 1)", "cycles", RTL),
]

MUTATIONS = [
    Mutation(f"cycle model: {name}", f"sim/cycle/{module}.py", sound, broken, test)
    for name, module, sound, broken, test in _BREAKS
]
