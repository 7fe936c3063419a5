"""Breaks in the cycle model; its agreement with the RTL finds them."""

from tests.mutations.mutation import Mutation

__all__ = ["MUTATIONS"]

_MODEL = "tests/sim/cycle/test_model.py::"
RTL = _MODEL + "test_counts_what_the_rtl_counts[tiny]"
STEPS = _MODEL + "test_step_by_step_is_the_same[small]"
WIDE = _MODEL + "test_step_by_step_is_the_same[wide]"
_TRACE = "tests/sim/cycle/test_trace.py::"

# Name, module, what it says, what it says once broken, what must notice.
_BREAKS = [
    ("the joiner takes too much", "array/pipeline", "(leaves & ~twice)", "leaves", STEPS),
    ("a match ends all", "array/pipeline", "leaves & ended & ~beyond", "leaves & ended", STEPS),
    (
        "rows come one at a time",
        "array/pipeline",
        "marks[HIGH] & (marks[LOW]",
        "marks[HIGH] | (marks[LOW]",
        STEPS,
    ),
    (
        "thieves read at once",
        "array/pipeline",
        "        if busy & bank:",
        "        if False:",
        STEPS,
    ),
    (
        "ties go to the first",
        "array/stealing",
        "if counter >= highest:",
        "if counter > highest:",
        STEPS,
    ),
    ("what ends is gone", "array/stealing", "np.int64((finished & mark) != 0)", "0", STEPS),
    ("thieves write at once", "array/outlet", "if not busy & bank:", "if True:", WIDE),
    (
        "bubbles are late",
        "array/idleness",
        "cause = cycle - FETCH_CYCLES",
        "cause = cycle - 3",
        STEPS,
    ),
    (
        "the first reason counts",
        "array/idleness",
        "max(first, timeline[0, index - 1] + 1)",
        "first",
        STEPS,
    ),
    ("pairs of neighbours", "array/hits", "counts[index] | last", "counts[0] | last", STEPS),
    ("kernels are replaced in use", "core/front", "max(begin, finished) + 2", "begin + 2", RTL),
    ("deep queues", "core/front", "front.entered[queue] - DEPTH", "front.entered[queue] - 4", RTL),
    ("fillers are free", "tables/kernels", "distance // run + 1", "1", RTL),
    ("windows are added", "core/output", "visits *= count_windows", "visits += count_windows", RTL),
    ("sums are drained early", "core/drains", "max(this[2], last) + 1", "this[2] + 1", RTL),
    (
        "patches are replaced in use",
        "core/machine",
        "patch_gathered(engine, half), ",
        "LONG_AGO, ",
        RTL,
    ),
    (
        "work-items never end in a trace",
        "steps/fetch",
        "stepped.log[stepped.logged[pe], 6] = cycle",
        "pass",
        _TRACE + "test_rounds_and_tiles_hold_their_work_items",
    ),
    (
        "stolen work-items are traced as the thief's own",
        "steps/fetch",
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
    (
        "all idle time has one reason",
        "rounds/timeline",
        "min(cycles, end - begin + 1)",
        "cycles",
        STEPS,
    ),
]

MUTATIONS = [
    Mutation(f"cycle model: {name}", f"sim/cycle/{module}.py", sound, broken, test)
    for name, module, sound, broken, test in _BREAKS
]
