"""Charts are as high as what they stand for, and are well-formed."""

from xml.etree import ElementTree

import pytest

from grus.charts import Bar, Point, bar_chart, point_chart, stack_charts

SVG = "{http://www.w3.org/2000/svg}"


def shapes(drawing, kind):
    found = {}
    for element in ElementTree.fromstring(drawing).iter(f"{SVG}{kind}"):
        title = element.find(f"{SVG}title")
        if title is not None:
            found[title.text] = element.attrib
    return found


def test_bars_are_as_high_as_their_sizes_and_stand_on_each_other():
    drawing = bar_chart(
        "<&>", {"one": [Bar("a", {"x": 1.0, "y": 3.0})], "two": [Bar("b", {"x": 2.0})]}, unit="mm"
    )
    bars = shapes(drawing, "rect")
    assert set(bars) == {"one, a, x: 1 mm", "one, a, y: 3 mm", "two, b, x: 2 mm"}
    low, high, other = (bars[name] for name in bars)
    assert float(high["height"]) == pytest.approx(3 * float(low["height"]), abs=0.05)
    assert float(other["height"]) == pytest.approx(2 * float(low["height"]), abs=0.05)
    assert float(high["y"]) + float(high["height"]) == pytest.approx(float(low["y"]), abs=0.02)
    assert low["fill"] == other["fill"] != high["fill"]
    assert float(other["x"]) > float(low["x"])


def test_lines_stand_at_their_heights():
    drawing = bar_chart("t", {"g": [Bar("a", {"a": 2.0})]}, lines={"claim": 1.0})
    (bar,) = shapes(drawing, "rect").values()
    (line,) = (
        element
        for element in ElementTree.fromstring(drawing).iter(f"{SVG}line")
        if element.get("stroke-dasharray")
    )
    top, height = float(bar["y"]), float(bar["height"])
    assert float(line.get("y1")) == pytest.approx(top + height / 2, abs=0.1)
    assert ">claim<" in drawing


def test_nothing_can_be_drawn():
    ElementTree.fromstring(bar_chart("t", {}))
    ElementTree.fromstring(bar_chart("t", {"g": [Bar("a", {"a": 0.0})]}))
    ElementTree.fromstring(point_chart("t", [], x_title="x", y_title="y"))


def test_points_lie_where_they_are_and_the_best_are_joined():
    points = [Point("p", 1, 10, True), Point("q", 2, 5, True), Point("r", 2, 10)]
    drawing = point_chart("t", points, x_title="x", y_title="y")
    p, q, r = shapes(drawing, "circle").values()
    assert p["cy"] == r["cy"]
    assert q["cx"] == r["cx"]
    assert float(p["cx"]) < float(q["cx"])
    assert float(p["cy"]) < float(q["cy"])  # SVG counts downwards
    (front,) = ElementTree.fromstring(drawing).iter(f"{SVG}polyline")
    assert front.get("points") == f"{p['cx']},{p['cy']} {q['cx']},{q['cy']}"


def test_charts_can_be_stacked():
    one = bar_chart("one", {"g": [Bar("a", {"a": 1.0})]})
    two = bar_chart("two", {"g": [Bar("a", {"a": 1.0})]})
    root = ElementTree.fromstring(stack_charts([one, two]))
    heights = [float(ElementTree.fromstring(chart).get("height")) for chart in (one, two)]
    assert float(root.get("height")) == sum(heights) + 24
    assert len(list(root.iter(f"{SVG}g"))) == 2
