"""Breaks in what is around the accelerator on a board."""

from tests.mutations.mutation import Mutation

__all__ = ["MUTATIONS"]

_REFUSES = "tests/hw/board/test_board_system.py::test_host_on_a_line[refuses_what_is_not_there]"

MUTATIONS = [
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
