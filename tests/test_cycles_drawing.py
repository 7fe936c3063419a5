"""The drawing of where cycles go."""

import json

import pytest
from click.testing import CliRunner

from tests.support.sources import ROOT

pytest.importorskip("matplotlib", reason="matplotlib is not installed: pip install grus[report]")


def test_the_drawing_in_the_documents_is_of_the_recorded_run(tmp_path):
    from benchmarks.cycles_drawing import main

    results = ROOT / "benchmarks" / "results" / "squeezenet_crane-is.json"
    target = tmp_path / "drawing.svg"
    answer = CliRunner().invoke(main, [str(results), str(target), "--title", "SqueezeNet"])
    assert answer.exit_code == 0, answer.output
    layers = [step for step in json.loads(results.read_text())["steps"] if step["account"]]
    cycles = f"{sum(layer['cycles'] for layer in layers):,} cycles"
    for drawing in (target, ROOT / "docs" / "images" / "squeezenet_cycles.svg"):
        text = drawing.read_text()
        assert cycles in text
        assert "conv_final" in text
