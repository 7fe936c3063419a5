"""No owner is blocked by a thief; crossbars deliver each word once, to the right place."""

import pytest

from grus.hw.memory.crossbar import Crossbar
from grus.hw.memory.output_ram import OutputRam
from grus.hw.memory.owner_first_arbiter import OwnerFirstArbiter
from grus.hw.memory.resident_ram import ResidentRam
from tests.formal.arbiter_spec import CrossbarSpec, OwnerFirstArbiterSpec
from tests.formal.broken import Break, plant
from tests.formal.four import FOUR
from tests.formal.output_ram_spec import OutputRamSpec
from tests.formal.prove import claims, prove, reach, refute
from tests.formal.resident_ram_spec import ResidentRamSpec

pytestmark = pytest.mark.formal
PORTS = FOUR.group_pes
SPECIFICATIONS = {
    "arbiter": lambda: OwnerFirstArbiterSpec(OwnerFirstArbiter(PORTS), PORTS),
    "crossbar": lambda: CrossbarSpec(Crossbar(3, PORTS), PORTS),
    "resident_ram": lambda: ResidentRamSpec(ResidentRam(FOUR)),
    **{f"output_ram_{n}": lambda n=n: OutputRamSpec(OutputRam(FOUR), n) for n in range(PORTS)},
}
ARBITER, CROSSBAR = "memory.owner_first_arbiter", "memory.crossbar"
RESIDENT, OUTPUT = "memory.resident_ram", "memory.output_ram"
OWNER, ONE = "an_owner_is_never_blocked_by_a_thief", "a_bank_serves_one_a_cycle"
ROW, SUM = "a_granted_row_is_delivered", "each_sum_is_added_once_to_its_word"
THIEF_FIRST = (ARBITER, "(*reversed(thieves), bank)", "(bank, *reversed(thieves))")
BREAKS = [
    ("arbiter", Break(OWNER, *THIEF_FIRST)),
    (
        "arbiter",
        Break("a_winner_has_asked_for_the_bank", ARBITER, "self.valid[port] & (self", "(self"),
    ),
    (
        "arbiter",
        Break("granted_means_winning_one_bank", ARBITER, "[bank].eq(1 << port)", "[bank].eq(asks)"),
    ),
    ("arbiter", Break("no_bank_idles_while_asked_for", ARBITER, "asks.any()", "asks[bank]")),
    ("arbiter", Break("the_lowest_thief_wins", ARBITER, "*reversed(thieves)", "*thieves")),
    (
        "crossbar",
        Break("each_word_goes_to_the_right_place", CROSSBAR, "self.i[source]", "self.i[output]"),
    ),
    ("resident_ram", Break(OWNER, *THIEF_FIRST)),
    ("resident_ram", Break(ONE, RESIDENT, "ready.eq(arbiter.granted[bank])", "ready.eq(1)")),
    (
        "resident_ram",
        Break(
            "a_bank_serves_somebody",
            RESIDENT,
            "valid[bank].eq(request.valid)",
            "valid[bank].eq(request.valid & (request.p.bank == bank))",
        ),
    ),
    (
        "resident_ram",
        Break(ROW, RESIDENT, "m.d.sync += crossbar.select", "m.d.comb += crossbar.select"),
    ),
    ("resident_ram", Break(ROW, RESIDENT, "addresses[arbiter.winners[bank]]", "addresses[bank]")),
    (
        "resident_ram",
        Break(
            ROW,
            RESIDENT,
            "half_address(request.half, request.row)",
            "half_address(write.half, request.row)",
        ),
    ),
    ("resident_ram", Break(ROW, CROSSBAR, "self.i[source]", "self.i[output]")),
    (
        "resident_ram",
        Break(
            "fills_tell_what_was_written",
            RESIDENT,
            "fill.ends.bit_select(write.index, 1).eq(write.ends)",
            "fill.ends.eq(write.ends << write.index)",
        ),
    ),
    ("output_ram_2", Break(OWNER, *THIEF_FIRST)),
    ("output_ram_2", Break(ONE, OUTPUT, "ready.eq(arbiter.granted[index])", "ready.eq(1)")),
    ("output_ram_2", Break(SUM, OUTPUT, "transparent_for=(write,)", "transparent_for=()")),
    ("output_ram_2", Break(SUM, OUTPUT, "offers[arbiter.winners[index]]", "offers[index]")),
    (
        "output_ram_2",
        Break(SUM, OUTPUT, "valid.eq(arbiter.taken[index])", "valid.eq(result.valid)"),
    ),
    ("output_ram_2", Break(SUM, OUTPUT, "write.data.eq(0)", "write.data.eq(1)")),
]


@pytest.mark.parametrize("name", SPECIFICATIONS)
def test_is_proven(name, tmp_path):
    verdict = prove(SPECIFICATIONS[name](), tmp_path)
    assert verdict.holds, verdict.report


@pytest.mark.parametrize("name", SPECIFICATIONS)
def test_is_about_something(name, tmp_path):
    assert -1 not in reach(SPECIFICATIONS[name](), tmp_path, within=6).values()


@pytest.mark.parametrize(
    ("name", "change"), BREAKS, ids=[f"{name}-{change.claim}" for name, change in BREAKS]
)
def test_broken_variant_is_refuted(name, change, monkeypatch, tmp_path):
    plant(monkeypatch, change)
    verdict = refute(SPECIFICATIONS[name](), tmp_path, claim=change.claim, within=6)
    assert verdict.failed == (change.claim,)


@pytest.mark.parametrize("name", ["arbiter", "crossbar", "resident_ram", "output_ram_2"])
def test_every_claim_is_refuted(name):
    broken = {change.claim for broken, change in BREAKS if broken == name}
    assert broken == set(claims(SPECIFICATIONS[name]()))
