"""Sweeps hold every combination; what is misspelt is named before anything is counted."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from grus.study import exploration, points
from grus.study.exploration import explore
from grus.study.points import keep_result, kept_result
from grus.study.results import add_best, pareto_chart, read_areas, rows_of, table_text
from grus.study.sweep import Sweep, designs_of, read_sweep
from grus.study.workload import Workload
from grus.tools import MissingToolError
from tests.sim import crane_stand_in
from tests.support.direct import count_directly

DIGITS = Path(__file__).parents[2] / "examples" / "digits"
REAL = Workload(network=str(DIGITS / "digits.onnx"), image=str(DIGITS / "inputs.npy"))
SWEEP = """
networks = ["alexnet", {network = "vgg16", pruning = {kernels = 0.3}}]
masks = ["even", "uneven"]
seeds = [0, 5]
[[designs]]
base = "crane-is"
steal = [true, false]
lookahead = [32, 64]
[[designs]]
base = "ideal"
"""


@pytest.fixture(autouse=True)
def crane(monkeypatch):
    crane_stand_in.put_in(monkeypatch)


@pytest.fixture
def direct(monkeypatch):
    count_directly(monkeypatch)


def written(tmp_path, text):
    path = tmp_path / "sweep.toml"
    path.write_text(text)
    return path


def small():
    designs = [*designs_of("ideal", {"multipliers": [64, 128]}), *designs_of("dense", {})]
    return Sweep(designs=designs, workloads=[REAL])


def test_all_combinations_are_points(tmp_path):
    sweep = read_sweep(written(tmp_path, SWEEP))
    assert [design.machine.name for design in sweep.designs] == [
        "crane-is:lookahead=32",
        "crane-is:lookahead=64",
        "crane-is:lookahead=32, no stealing",
        "crane-is:lookahead=64, no stealing",
        "ideal",
    ]
    assert sweep.designs[2].settings == {"steal": False, "lookahead": 32}
    told = {(w.network, w.masks, w.seed) for w in sweep.workloads}
    assert len(told) == len(sweep.workloads) == 8
    assert {w.pruning and w.pruning.kernels for w in sweep.workloads} == {None, 0.3}
    assert len(sweep.points) == 40


def test_paths_begin_at_the_file(tmp_path):
    (tmp_path / "lean.toml").write_text('base = "crane-is-tiny"\npool_words = 12\n')
    (tmp_path / "net.onnx").write_bytes(b"")
    entry = '{network = "net.onnx", image = "x.npy"}'
    text = f'networks = [{entry}]\nmasks = ["even", "uneven"]\n[[designs]]\nbase = "lean.toml"\n'
    sweep = read_sweep(written(tmp_path, text))
    assert sweep.designs[0].machine.config.pool_words == 12
    assert [w.image for w in sweep.workloads] == [str(tmp_path / "x.npy")]  # drawn for no masks


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("lookahead", "lookahed", "parameter must be one of name, .*, not lookahed"),
        ("32, 64", "32, 63", "lookahead must be a multiple of stream_pairs=8, not 63"),
        ('"alexnet"', '"alexnett"', "network must be one of alexnet, .*, not .*alexnett"),
        ("seeds", "seed", "key of .* must be one of networks, masks, seeds, designs, not seed"),
        ("kernels", "kernel", "key of a pruning of .* must be one of density, .*, not kernel"),
        ("pruning", "prune", "key of a network of .* must be one of network, .*, not prune"),
        ('"ideal"', '"idle"', "design must be one of ideal, .*, not idle"),
        ('base = "ideal"', "pes = 3", "each of the designs of .* must be a table with a base"),
        ("[0, 5]", "[0, -5]", "seed must be an integer from 0 on, not -5"),
        ("[32, 64]", "[32, 32]", "designs of a sweep must be different, and .*=32 is twice"),
        ("[true, false]", "[]", "^$"),
        ("[[designs]]", "[[design]]", "key of .* must be one of .*, not design"),
        ("networks = [", "networks = [[", "sweep must be a TOML file, and .* is not"),
        (
            '["alexnet", {network = "vgg16", pruning = {kernels = 0.3}}]',
            "[]",
            "networks of a sweep",
        ),
    ],
)
def test_what_is_wrong_is_named(old, new, message, tmp_path):
    path = written(tmp_path, SWEEP.replace(old, new))
    if message == "^$":  # an empty list has no combination; the other design remains
        assert [design.base for design in read_sweep(path).designs] == ["ideal"]
        return
    with pytest.raises((ValueError, TypeError), match=message):
        read_sweep(path)


def test_every_point_is_counted_and_kept(tmp_path, direct):
    told = []
    outcomes = explore(small(), tmp_path, report=lambda *now: told.append(now[:2]))
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert [outcome.point for outcome in outcomes] == small().points
    for outcome in outcomes:
        machine = outcome.point.design.machine
        cycles = sum(machine.count(layer).cycles for layer in REAL.layers())
        assert outcome.result["total"]["cycles"] == cycles
    assert len(list((tmp_path / "points").iterdir())) == 3


def test_what_is_kept_is_not_counted_again(tmp_path, direct, monkeypatch):
    first = explore(small(), tmp_path)
    monkeypatch.setattr(exploration, "count_point", None)
    monkeypatch.setattr(exploration, "_client", None)
    assert explore(small(), tmp_path) == [
        outcome._replace(result=json.loads(json.dumps(outcome.result))) for outcome in first
    ]


def test_an_interrupted_sweep_goes_on(tmp_path, direct):
    def stop(done, total, name):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        explore(small(), tmp_path, report=stop)
    assert len(list((tmp_path / "points").iterdir())) == 2
    told = []
    assert len(explore(small(), tmp_path, report=lambda *now: told.append(now[0]))) == 3
    assert told == [2, 3]


def test_a_kept_point_holds_only_while_nothing_has_changed(tmp_path, monkeypatch):
    point = small().points[0]
    keep_result(tmp_path, point, {"total": {}})
    assert kept_result(tmp_path, point) == {"total": {}}
    other = replace(point, workload=replace(REAL, products=True))
    assert kept_result(tmp_path, other) is None
    (path,) = (tmp_path / "points").iterdir()
    sound = path.read_text()
    path.write_text(sound[:-20])
    assert kept_result(tmp_path, point) is None
    path.write_text(sound)
    monkeypatch.setattr(points, "_models", lambda: "newer")
    assert kept_result(tmp_path, point) is None


def test_a_design_that_does_not_fit_is_recorded_with_its_reason(tmp_path, direct):
    designs = [*designs_of("crane-is", {"max_terms": [50, 32768]})]
    rows = rows_of(explore(Sweep(designs=designs, workloads=[REAL]), tmp_path))
    add_best(rows)
    assert rows[0]["unfit"].startswith("crane-is:max_terms=50 must fit every layer, and does not")
    assert (rows[0]["cycles"], rows[0]["best"]) == (None, False)
    assert (rows[1]["unfit"], rows[1]["best"]) == ("", True)


def test_a_missing_dask_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingToolError, match=r"dask.distributed must be installed to explore"):
        explore(small(), tmp_path)
    assert not list(tmp_path.iterdir())


def row(design, multipliers, cycles, **others):
    place = {"network": "n", "masks": "", "seed": 0}
    found = {"design": design, "multipliers": multipliers, "cycles": cycles, "area_nand2": None}
    return {**place, **found, **others}


def best_of(rows):
    add_best(rows)
    return {entry["design"] for entry in rows if entry["best"]}


def test_the_best_are_beaten_by_none():
    rows = [row("a", 4, 100), row("b", 8, 60), row("c", 8, 70), row("d", 16, 60), row("e", 2, 300)]
    assert best_of(rows) == {"a", "b", "e"}
    assert best_of([*rows, row("f", 1, None)]) == {"a", "b", "e"}


def test_seeds_are_averaged_and_networks_kept_apart():
    rows = [row("a", 4, 10), row("a", 4, 30, seed=1), row("b", 4, 19), row("b", 4, 19, seed=1)]
    assert best_of(rows) == {"b"}
    assert best_of([row("a", 4, 10), row("b", 4, 19, network="m")]) == {"a", "b"}


def test_areas_take_the_place_of_multipliers(tmp_path):
    designs = list(designs_of("crane-is-tiny", {"steal": [True, False]}))
    config = designs[0].machine.config.to_dict()
    path = tmp_path / "areas.json"
    path.write_text(json.dumps({"designs": [{"design": config, "total_ge": 5.5}]}))
    outcomes = [
        exploration.Outcome(point, {"unfit": "x"})
        for point in Sweep(designs=designs, workloads=[REAL]).points
    ]
    assert [entry["area_nand2"] for entry in rows_of(outcomes, read_areas(path))] == [5.5, 5.5]
    rows = [row("a", 4, 9, area_nand2=7.0), row("b", 8, 9, area_nand2=6.0), row("c", 1, 1)]
    assert best_of(rows) == {"b"}
    assert "area [NAND2]" in pareto_chart(rows)
    with pytest.raises(ValueError, match=r"areas must be what .* writes, and .* is not"):
        read_areas(DIGITS / "README.md")


def test_a_table_has_a_column_for_whatever_a_row_has():
    text = table_text([{"a": 1, "b": "x,y"}, {"a": 2, "c": None}])
    assert text == 'a,b,c\n1,"x,y",\n2,,\n'
