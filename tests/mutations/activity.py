"""Breaks in counts of toggles."""

from tests.mutations.mutation import Mutation

__all__ = ["MUTATIONS"]

_TEST = "tests/sim/test_activity.py"

MUTATIONS = [
    Mutation(
        name="parts of a design are one place",
        file="sim/activity.py",
        old='return ".".join(list(filter(None, scopes))[1:])',
        new='return ""',
        test=f"{_TEST}::test_parts_have_places_of_their_own",
    ),
    Mutation(
        name="a recording may end anywhere",
        file="sim/activity.py",
        old="if not duration or scopes:",
        new="if False:",
        test=f"{_TEST}::test_a_recording_that_is_cut_short_is_refused",
    ),
    Mutation(
        name="time at 0 is time at 1",
        file="sim/activity.py",
        old='int(found["high"]) / duration',
        new='int(found["low"]) / duration',
        test=f"{_TEST}::test_parts_have_places_of_their_own",
    ),
    Mutation(
        name="time is counted and not toggles",
        file="sim/activity.py",
        old='Net(int(found["toggles"])',
        new='Net(int(found["high"])',
        test=f"{_TEST}::test_each_bit_of_a_counter_toggles_half_as_often_as_the_one_before",
    ),
]
