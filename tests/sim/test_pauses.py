"""Pauses: the random numbers are SplitMix64's, the chances are kept."""

import numpy as np
import pytest

from grus.sim import pauses
from grus.sim.pauses import Pauses


def test_the_numbers_are_those_of_splitmix64():
    """First outputs for the seed 1234567, as implementations of it list them."""
    step = 0x9E3779B97F4A7C15
    states = [(1234567 + step * (index + 1)) % 2**64 for index in range(3)]
    numbers = pauses._mix(np.array(states, dtype=np.uint64)).tolist()
    assert numbers == [6457827717110365317, 3203168211198807973, 9817491932198370423]


@pytest.mark.parametrize("chance", [0.0, 0.1, 0.5, 0.9, 1.0])
def test_the_chance_is_kept(chance):
    cycles = 20_000
    found = sum(Pauses(chance, 7, 2).at(cycle) for cycle in range(cycles)) / cycles
    assert found == pytest.approx(chance, abs=0.02 if 0 < chance < 1 else 0)


def test_channels_and_seeds_differ_and_cycles_may_be_asked_in_any_order():
    kinds = [Pauses(0.5, seed, channel) for seed in (1, 2) for channel in range(5)]
    patterns = [tuple(kind.at(cycle) for cycle in range(64)) for kind in kinds]
    assert len(set(patterns)) == len(kinds)
    assert kinds[0].at(100_000) == Pauses(0.5, 1, 0).at(100_000)
    assert tuple(kinds[0].at(cycle) for cycle in range(64)) == patterns[0]


@pytest.mark.parametrize("chance", [-0.1, 1.1])
def test_a_chance_is_one(chance):
    with pytest.raises(ValueError, match=rf"chance must be in 0\.\.1, not {chance}"):
        Pauses(chance, 1, 0)
