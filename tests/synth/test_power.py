import pytest
from amaranth.hdl import Cat, Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from grus.hw.emit import to_rtlil
from grus.synth.blocks import OTHER, SRAMS
from grus.synth.flow import asic_flow
from grus.synth.instances import places_of
from grus.synth.memories import Memory
from grus.synth.power import report_power
from grus.synth.power_report import Power
from grus.synth.recording import Recording
from grus.synth.rtlil import split_modules
from grus.synth.sram import read_sram_table
from tests.synth.parts import Box, Gates, Store
from tests.synth.powered_library import (
    BUSY_CLOCK_FJ,
    FLIP_FLOP_FJ,
    FLIP_FLOP_NW,
    INV_FJ,
    INV_NW,
    LOAD_FJ,
    NAND2_FJ,
    NAND2_NW,
    NAND2_ONES_NW,
    QUIET_CLOCK_FJ,
    powered_library,
)
from tests.synth.timed_library import timed_library

FLOW = asic_flow(powered_library())
BITS, CYCLES, MHZ = 4, 100, 200.0
NOTHING = (0, 0.0)


class Chain(wiring.Component):
    """Registers one behind the other, without a reset."""

    def __init__(self, bits=BITS):
        self._bits = bits
        super().__init__({"i": In(1), "o": Out(1)})

    def elaborate(self, platform):
        m = Module()
        bits = Signal(self._bits, reset_less=True)
        m.d.sync += bits.eq(Cat(self.i, bits))
        m.d.comb += self.o.eq(bits[-1])
        return m


class Both(wiring.Component):
    """A function of two bits, and a register that keeps it."""

    def __init__(self):
        super().__init__({"a": In(1), "b": In(1), "o": Out(1), "kept": Out(1)})

    def elaborate(self, platform):
        m = Module()
        kept = Signal(reset_less=True)
        m.d.comb += [self.o.eq(~(self.a & self.b)), self.kept.eq(kept)]
        m.d.sync += kept.eq(self.o)
        return m


def power_of(component, nets, *, flow=FLOW, mhz=MHZ, cycles=CYCLES, macs=0):
    recording = Recording(nets, cycles, macs)
    return report_power(to_rtlil(component), flow, recording, clock_mhz=mhz)


def shifting(changes, place="", bits=BITS):
    bit = (changes, 0.5)
    return {place: {"i": bit, "o": bit, **{f"bits[{at}]": bit for at in range(bits)}}}


def milliwatt(femtojoule):
    return femtojoule * 1e-15 * MHZ * 1e6 * 1e3


@pytest.mark.parametrize("changes", [0, 10, 20, 100])
def test_registers_take_what_their_bits_and_their_clock_do(changes):
    rate = changes / CYCLES
    power = power_of(Chain(), shifting(changes)).power
    clock = QUIET_CLOCK_FJ * (1 - rate) + BUSY_CLOCK_FJ * rate + 2 * LOAD_FJ
    assert power.clock == pytest.approx(BITS * milliwatt(clock))
    assert power.internal == pytest.approx(BITS * milliwatt(rate * FLIP_FLOP_FJ))
    assert power.switching == pytest.approx(BITS * milliwatt(rate * LOAD_FJ))
    assert power.leakage == pytest.approx(BITS * FLIP_FLOP_NW * 1e-6)
    assert power.sram == 0
    assert power.total == pytest.approx(sum(power))


def test_registers_without_a_name_follow_their_inputs():
    seen = power_of(Chain(), shifting(30))
    followed = power_of(Chain(), {"": {"i": (30, 0.5)}})
    assert followed.power == pytest.approx(seen.power)
    assert (seen.nets_seen, seen.switching_seen) == (1, 1)
    assert followed.nets_seen == followed.switching_seen == pytest.approx(1 / BITS)


def test_changes_between_registers_are_worked_out():
    # A NAND2 and an inverter; each input is 1 half of the time, and two times in a row a quarter.
    power = power_of(Gates(1, lambda a, b, c: a & b), {"": {"a": (50, 0.5), "b": (50, 0.5)}})
    rate = 2 * (0.25 - 0.25 * 0.25)
    assert power.power.internal == pytest.approx(milliwatt(rate * (NAND2_FJ + INV_FJ)))
    assert power.power.switching == pytest.approx(milliwatt((0.5 + 0.5 + rate) * LOAD_FJ))
    leakage = INV_NW + 0.25 * NAND2_ONES_NW + 0.75 * NAND2_NW
    assert power.power.leakage == pytest.approx(leakage * 1e-6)
    assert power.nets_seen == pytest.approx(2 / 3)
    assert power.worked_out_ratio is None


def test_bits_of_words_change_in_the_cycles_of_their_words():
    # Two words that change every second cycle, and then at random: as above, half as often.
    word = {f"{name}[{bit}]": (25, 0.5) for name in "ab" for bit in range(2)}
    report = power_of(Gates(2, lambda a, b, c: a & b), {"": word})
    rate = 0.5 * 2 * (0.25 - 0.25 * 0.25)
    assert report.power.internal == pytest.approx(2 * milliwatt(rate * (NAND2_FJ + INV_FJ)))


def test_what_is_worked_out_is_compared_with_what_was_recorded():
    rate = 2 * (0.25 - 0.25 * 0.25)
    inputs = {"a": (50, 0.5), "b": (50, 0.5)}
    report = power_of(Both(), {"": {**inputs, "o": (20, 0.75), "kept": (20, 0.75)}})
    assert report.worked_out_ratio == pytest.approx(rate / 0.2)
    assert report.power.switching == pytest.approx(milliwatt((0.5 + 0.5 + 0.2) * LOAD_FJ))


@pytest.mark.parametrize("count", [1, 3])
def test_instances_take_as_many_times_the_power_of_one(count):
    one = power_of(Chain(), shifting(20)).power
    nets = {}
    for part in range(count):
        nets |= shifting(20, f"part_{part}")
    report = power_of(Box(*(Chain() for _ in range(count))), nets)
    assert report.power == pytest.approx(Power().plus(one, count))
    (module,) = (module for module in report.modules if module.name == "Chain")
    assert (module.block, module.instances) == (OTHER, count)
    assert module.power == pytest.approx(one)


def test_instances_are_seen_as_their_mean():
    nets = {**shifting(0, "part_0"), **shifting(40, "part_1")}
    both = power_of(Box(Chain(), Chain()), nets)
    assert both.power == pytest.approx(Power().plus(power_of(Chain(), shifting(20)).power, 2))
    places = places_of(split_modules(to_rtlil(Box(Chain(), Chain()))))
    assert {block: sorted(found) for block, found in places["Chain"].items()} == {
        OTHER: ["part_0", "part_1"]
    }


def test_macros_take_energy_for_accesses():
    nets = {"": {"read_enable": (10, 0.25), "write_enable": (10, 0.5)}}
    report = power_of(Store(64, 32), nets)
    cost = read_sram_table().cost(Memory("store", 64, 32, 1, 1))
    (sram,) = report.srams
    assert (sram.reads, sram.writes, sram.count) == (0.25, 0.5, 1)
    picojoule = 0.25 * cost.read_pj + 0.5 * cost.write_pj
    assert sram.power_mw == pytest.approx(milliwatt(picojoule * 1e3))
    assert report.power.sram == report.block(SRAMS).sram == sram.power_mw


def test_a_mac_takes_the_energy_of_all_cycles():
    report = power_of(Chain(), shifting(20), macs=50)
    assert report.pj_per_mac == pytest.approx(report.power.total / MHZ * 1e3 * CYCLES / 50)
    twice = power_of(Chain(), shifting(20), mhz=2 * MHZ).power
    assert twice.total - twice.leakage == pytest.approx(
        2 * (report.power.total - report.power.leakage)
    )
    assert power_of(Chain(), shifting(20)).pj_per_mac is None
    plain = report.to_dict()
    assert plain["power_mw"]["total"] == report.power.total
    assert plain["blocks"][0]["power_mw"]["clock"] == report.blocks[0].power.clock


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"flow": asic_flow(timed_library())},
            "liberty must have internal_power to report power, ",
        ),
        ({"mhz": 0.0}, "clock_mhz must be above 0, not 0"),
        ({"cycles": 0}, "cycles must be at least 1, not 0"),
    ],
)
def test_what_has_no_power_is_refused(options, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        power_of(Chain(), {}, **options)
