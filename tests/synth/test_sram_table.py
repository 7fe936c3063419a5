import pytest

from grus.synth.memories import Memory
from grus.synth.sram import DEFAULT_TABLE, read_sram_table

TEXT = DEFAULT_TABLE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "bits", "ports", "um2"),
    [  # what OpenRAM makes of them
        (128, 32, (1, 0), 13322),
        (512, 32, (1, 0), 26684),
        (128, 32, (1, 1), 19766),
        (512, 32, (1, 1), 54326),
    ],
)
def test_areas_are_those_of_openram(words, bits, ports, um2):
    table = read_sram_table()
    area = table.cost(Memory("m", words, bits, *ports)).area_ge * table.nand2_um2
    assert area == pytest.approx(um2, rel=0.002)


@pytest.mark.parametrize(("kilobytes", "picojoule"), [(8, 10), (32, 20), (1024, 100)])
def test_energies_are_those_of_horowitz(kilobytes, picojoule):
    cost = read_sram_table().cost(Memory("m", kilobytes * 128, 64, 1, 0))
    assert cost.read_pj == pytest.approx(picojoule, rel=0.15)


def test_a_wide_word_is_several_macros_side_by_side():
    table = read_sram_table()
    narrow, wide = (table.cost(Memory("m", 32, bits, 1, 1)) for bits in (128, 1280))
    assert wide.area_ge == pytest.approx(10 * narrow.area_ge)
    assert wide.read_pj == pytest.approx(10 * narrow.read_pj)
    odd = table.cost(Memory("m", 32, 129, 1, 1))
    assert odd.area_ge > narrow.area_ge + 8250 / table.nand2_um2


def test_a_table_of_ones_own(tmp_path):
    own = tmp_path / "own.toml"
    own.write_text(TEXT.replace("um2_per_bit = 2.81", "um2_per_bit = 5").replace("FreePDK45", "X"))
    table = read_sram_table(own)
    assert table.name == "X"
    more = table.cost(Memory("m", 64, 32, 1, 1)).area_ge
    assert more - read_sram_table().cost(Memory("m", 64, 32, 1, 1)).area_ge == pytest.approx(
        64 * 32 * (5 - 2.81) / 0.798
    )


def test_too_many_ports_are_one_sentence():
    with pytest.raises(
        ValueError, match=r"^memory m must have 1, 2 ports to be in .*, not 3: add an \[\[area\]\]"
    ):
        read_sram_table().cost(Memory("m", 64, 32, 2, 1))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("nand2_um2 = 0.798", "", "nand2_um2 of sram .* must be a number above 0, not nothing"),
        ("= 0.798", "= -1", "nand2_um2 of sram .* must be a number above 0, not -1"),
        ("= 0.798", "= true", "nand2_um2 of sram .* must be a number above 0, not True"),
        ("= 0.798", "= inf", "nand2_um2 of sram .* must be a number above 0, not inf"),
        ("= 128\n", "= 1.5\n", "max_word_bits of sram .* must be a whole number, not 1.5"),
        ("ports = 2", "ports = 'two'", "ports of sram .* must be a number above 0, not two"),
        ("[[area]]", "[[other]]", r"sram .* must have an \[\[area\]\] for each number of ports"),
        ("[energy]", "[other]", "read_pj_per_bit of sram .* must be a number above 0, not nothing"),
        ("nand2_um2 = ", "nand2_um2 ", "sram .* must be a TOML file, and is not: "),
    ],
)
def test_a_table_of_no_use_is_one_sentence(tmp_path, old, new, message):
    assert old in TEXT
    broken = tmp_path / "broken.toml"
    broken.write_text(TEXT.replace(old, new))
    with pytest.raises(ValueError, match=f"^{message}"):
        read_sram_table(broken)


def test_a_table_that_is_not_there_is_one_sentence(tmp_path):
    with pytest.raises(ValueError, match=r"^sram must be a TOML file, not .*: No such file"):
        read_sram_table(tmp_path / "none.toml")
