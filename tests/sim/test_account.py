"""The account of a run, and what it notices."""

import pytest

from grus.hw.core.counters import LOSSES, counter_names
from grus.hw.presets import TINY
from grus.sim.account import account_of, contradictions


@pytest.fixture
def counters():
    """Three PEs: busy 6 of 10 cycles, 2 of them waiting for memory."""
    values = dict.fromkeys(counter_names(TINY), 0)
    values |= {"cycles": 10, "steals": 4}
    for pe in range(TINY.pes):
        spent = {"busy": 6, "memory": 2, "imbalance": 1, "conflict": 1}
        values |= {f"{name}_{pe}": cycles for name, cycles in spent.items()}
        values |= {f"macs_{pe}": 15, f"idle_slots_{pe}": 3}
    return values


def test_shares_add_up(counters):
    account = account_of(counters, TINY)
    assert sum(account.shares.values()) == pytest.approx(1)
    assert account.overall == pytest.approx(45 / 90)
    assert account.utilisation == pytest.approx(45 / 72)
    assert set(account.shares) == {"multiplying", "fragmentation", *LOSSES}


def test_sound_counters_have_no_contradictions(counters):
    assert contradictions(counters, TINY, 45) == []


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("imbalance_1", "busy and losses of PE 1 must add up to 10, not 11"),
        ("idle_slots_2", "macs and idle slots of PE 2 must add up to 3 times its 6 busy cycles"),
        ("macs_0", "effectual MACs must be 45, not 46"),
    ],
)
def test_contradictions_are_named(counters, name, message):
    counters[name] += 1
    assert any(text.startswith(message) for text in contradictions(counters, TINY, 45))
