"""Breaks in the accelerator around the core."""

from tests.mutations.mutation import Mutation

__all__ = ["MUTATIONS"]

_TESTS = "tests/hw/accelerator/test_accelerator.py"

MUTATIONS = [
    Mutation(
        name="a layer does not wait for the results of the one before",
        file="compiler/memory/records.py",
        old='records[0]["barrier"] = 1',
        new='records[0]["barrier"] = 0',
        test=f"{_TESTS}::test_layers_follow_each_other_without_the_host",
    ),
    Mutation(
        name="the controller believes any descriptor",
        file="hw/control/descriptor.py",
        old="return ~empty.any() & (record.magic == MAGIC)",
        new="return ~empty.any() & (record.magic == record.magic)",
        test=f"{_TESTS}::test_a_bad_descriptor_is_named",
    ),
    Mutation(
        name="a soft reset does not reach the machine",
        file="hw/emit.py",
        old="reset = reset | component.local_reset",
        new="reset = reset",
        test=f"{_TESTS}::test_a_bad_descriptor_is_named",
    ),
]
