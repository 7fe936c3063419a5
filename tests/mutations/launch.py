"""Breaks in the cycle model of the whole accelerator; its agreement with the RTL finds them."""

from tests.mutations.mutation import Mutation

__all__ = ["MUTATIONS"]

_TEST = "tests/sim/cycle/test_launch.py::test_a_launch_takes_the_cycles_of_the_rtl[narrow]"

# Name, module, what it says, what it says once broken.
_BREAKS = [
    ("reads are granted backwards", "dma_read", "client > read[LAST", "client < read[LAST"),
    ("kernels are overwritten in use", "dma_core", "max(cycle, core[FINISHED]) + 2", "cycle + 2"),
    ("every launch is cold", "dma_state", "    if warm:", "    if False:"),
    ("words of a beat are written at once", "dma_segments", "- begin // lanes + 1)", "* 0)"),
    ("counters of kernels are free", "dma_resident", "used + counted", "used"),
    ("two counters wait", "dma_write", "not last or not state[COUNTS] or count_leaves", "True"),
    ("rows of a map need no products", "dma_rows", "while largest >> state[PRODUCTS]:", "if 0:"),
    ("windows leave at once", "dma_pooling", "done = not state[TO_READ] and free", "done = True"),
]

MUTATIONS = [
    Mutation(f"launches: {name}", f"sim/cycle/{module}.py", sound, broken, _TEST)
    for name, module, sound, broken in _BREAKS
]
