"""Breaks in the cycle model of the whole accelerator; its agreement with the RTL finds them."""

from tests.mutations.mutation import Mutation

__all__ = ["MUTATIONS"]

_TEST = "tests/sim/cycle/test_launch.py::test_a_launch_takes_the_cycles_of_the_rtl[narrow]"

# Name, module, what it says, what it says once broken.
_BREAKS = [
    ("reads are granted backwards", "read", "client > read[LAST", "client < read[LAST"),
    ("kernels are overwritten in use", "core", "max(cycle, core[FINISHED]) + 2", "cycle + 2"),
    ("every launch is cold", "state", "    if warm:", "    if False:"),
    ("words of a beat are written at once", "segments", "- begin // lanes + 1)", "* 0)"),
    ("counters of kernels are free", "resident", "used + counted", "used"),
    ("two counters wait", "write", "not last or not state[COUNTS] or count_leaves", "True"),
    ("rows of a map need no products", "rows", "while largest >> state[PRODUCTS]:", "if 0:"),
    ("padding takes slots", "segments", "return 0 if padded else used", "return used"),
    ("windows leave at once", "pooling", "done = not state[TO_READ] and free", "done = True"),
]

MUTATIONS = [
    Mutation(f"launches: {name}", f"sim/cycle/dma/{module}.py", sound, broken, _TEST)
    for name, module, sound, broken in _BREAKS
]
