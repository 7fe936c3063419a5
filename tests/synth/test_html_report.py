import re
from xml.etree import ElementTree

import pytest

from grus.synth.area import report_area
from grus.synth.flow import asic_flow
from grus.synth.html_report import html_report
from grus.synth.paths import multiplier_path
from grus.synth.treemap import Tile, treemap
from tests.synth.parts import Box, Gates, Store
from tests.synth.timed_library import timed_library

FLOW = asic_flow(timed_library())


@pytest.fixture(scope="module")
def page():
    reports = {
        "one <&>": report_area(Box(Gates(4, lambda a, b, c: a & b), Store(64, 32)), FLOW),
        "two": report_area(Gates(8, lambda a, b, c: a & b), FLOW),
    }
    return html_report(reports, multiplier_path(FLOW)), reports


def test_a_page_needs_no_other_file(page):
    text, _ = page
    root = ElementTree.fromstring(text.partition("\n")[2].replace('<meta charset="utf-8">', ""))
    assert {element.tag.rpartition("}")[2] for element in root.iter()} <= set(
        "html head title style body h1 h2 p table thead tbody tr th td svg g rect text".split()
    )
    assert not re.search(r"\b(?:src|href)=", text)
    assert "one &lt;&amp;&gt;" in text


def test_a_page_has_the_figures(page):
    text, reports = page
    for report in reports.values():
        assert f"<td>{report.total_ge * 2.0:,.0f}</td>" in text
    assert "Store store" in text
    assert text.count("<svg") == 2


def rectangles(drawing):
    root = ElementTree.fromstring(drawing)
    found = {}
    for group in root.iter("{http://www.w3.org/2000/svg}g"):
        box = group.find("{http://www.w3.org/2000/svg}rect").attrib
        name = group.find("{http://www.w3.org/2000/svg}title").text
        found[name] = tuple(float(box[key]) for key in ("x", "y", "width", "height"))
    return found


def test_rectangles_are_as_large_as_what_they_stand_for():
    parts = (Tile("a", 30.0), Tile("b", 10.0))
    boxes = rectangles(
        treemap([Tile("p", 40.0, parts, "#123"), Tile("q", 55.0, (), "#456"), Tile("r", 5.0)])
    )
    areas = {name: box[2] * box[3] for name, box in boxes.items()}
    assert set(areas) == {"p: a", "p: b", "q: q", "r: r"}
    assert sum(areas.values()) == pytest.approx(1100 * 560, rel=0.01)
    for name, share in {"p: a": 0.3, "p: b": 0.1, "q: q": 0.55, "r: r": 0.05}.items():
        assert areas[name] / (1100 * 560) == pytest.approx(share, rel=0.02)
    corners = list(boxes.values())
    for n, (x, y, width, height) in enumerate(corners):
        for x2, y2, width2, height2 in corners[n + 1 :]:
            apart = x + width <= x2 + 0.2 or x2 + width2 <= x + 0.2
            assert apart or y + height <= y2 + 0.2 or y2 + height2 <= y + 0.2


def test_what_has_no_size_has_no_rectangle():
    assert rectangles(treemap([Tile("a", 1.0), Tile("b", 0.0)])).keys() == {"a: a"}
    assert rectangles(treemap([])) == {}
