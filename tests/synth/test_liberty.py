from itertools import product
from pathlib import Path

import pytest

import grus.synth
from grus.synth.liberty import parse_liberty, read_liberty
from grus.synth.logic_function import truth_table

CELLS = (Path(grus.synth.__path__[0]) / "cells.lib").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ("A'", [1, 1, 0, 0]),
        ("!(A*B)", [1, 1, 1, 0]),
        ("(A B)'", [1, 1, 1, 0]),
        ("(!A) | (!B)", [1, 1, 1, 0]),
        ("A' + B'", [1, 1, 1, 0]),
        ("A ^ B & A", [0, 0, 1, 0]),
        ("!A & B | A", [0, 1, 1, 1]),
        ("(A ^ B)''", [0, 1, 1, 0]),
        ("A + 1", [1, 1, 1, 1]),
        ("A + C", []),
        ("(A", []),
        ("A)", []),
    ],
)
def test_functions_have_the_values_of_the_liberty_guide(function, expected):
    settings = [{"A": a, "B": b} for a, b in product((0, 1), repeat=2)]
    assert list(truth_table(function, settings)) == expected


def test_our_own_cells_are_read():
    library = parse_liberty(CELLS, "cells.lib")
    assert library.name == "grus_cells"
    assert library.nand2_area == 1.0
    assert library.cells["AOI22"].area == 2.0
    assert [cell.name for cell in library.cells.values() if cell.is_flip_flop] == ["DFF"]
    assert library.cells["DFF"].is_plain_flip_flop


@pytest.mark.parametrize(
    "change",
    [
        ('next_state : "D"', 'next_state : "D * E"'),
        ('next_state : "D"', 'clear : "R"; next_state : "D"'),
        ('clocked_on : "C"', 'clocked_on : "!C"'),
    ],
)
def test_a_flip_flop_with_more_is_not_plain(change):
    library = CELLS.replace("cell (DFF)", "cell (MORE)").replace(*change)
    ours = CELLS[CELLS.index("  cell (DFF)") :]
    both = library.rstrip().removesuffix("}") + ours
    cells = parse_liberty(both, "both").cells
    assert cells["MORE"].is_flip_flop
    assert not cells["MORE"].is_plain_flip_flop


def test_the_smallest_nand2_counts():
    small = CELLS.replace("cell (NAND2)", "cell (LARGE)").replace("area : 1.0", "area : 3.0")
    body = CELLS[CELLS.index("  cell (NAND2)") : CELLS.index("  cell (NAND3)")]
    text = small.rstrip().removesuffix("}") + body.replace("area : 1.0", "area : 2.5") + "}\n"
    assert parse_liberty(text, "test").nand2_area == 2.5


def test_the_smallest_buffer_drives():
    library = parse_liberty(CELLS, "cells.lib")
    assert library.driver == "BUF"
    inverters_only = library._replace(cells={c: library.cells[c] for c in ("INV", "NAND2")})
    assert inverters_only.driver == "INV"
    small = library.cells["BUF"]._replace(name="SMALL", area=0.5)
    assert library._replace(cells={**library.cells, "SMALL": small}).driver == "SMALL"


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ("", "liberty must hold a library, and X does not"),
        ("module x; endmodule", "liberty must hold a library, and X does not"),
        (
            CELLS[: CELLS.index("  cell (INV)")],
            "liberty must be whole, and X ends before the library is closed",
        ),
        (
            CELLS[: CELLS.index("cell (NOR3)") + 60],
            "liberty must be whole, and X ends inside cell NOR3",
        ),
        (CELLS.rstrip()[:-1], "liberty must be whole, and X ends before the library is closed"),
        (CELLS.replace('"(A*B)\'"', '"A*B"'), "liberty must have a NAND2 with an area, and X has"),
        (CELLS.replace('"A\'"', '"A"'), "liberty must have an inverter with an area, and X has"),
        (CELLS.replace("    ff (", "    gg ("), "liberty must have a D flip-flop without reset"),
        (CELLS.replace("area :", "size :"), "liberty must have an inverter with an area, and X"),
    ],
)
def test_a_library_of_no_use_is_one_sentence(broken, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        parse_liberty(broken, "X")


def test_a_library_that_is_not_there_is_one_sentence(tmp_path):
    with pytest.raises(ValueError, match=r"^liberty must be a Liberty file, not .*: No such file"):
        read_liberty(tmp_path / "none.lib")
    with pytest.raises(ValueError, match=r"^liberty must be a Liberty file, not .*: Is a dir"):
        read_liberty(tmp_path)
