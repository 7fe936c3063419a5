"""The demo, as a user sees it."""

import json

import pytest
from click.testing import CliRunner

from grus.cli import main


@pytest.mark.rtl
def test_the_demo_recognises_a_digit(tmp_path):
    target = tmp_path / "demo.json"
    result = CliRunner().invoke(main, ["demo", "--digit", "7", "--json", str(target)])
    assert result.exit_code == 0, result.output
    assert "The network says 7. 6 of 6 layers are bit-exact." in result.output
    results = json.loads(target.read_text())
    assert all(layer["exact"] and not layer["faults"] for layer in results["layers"])
    area = results["area"]
    logic = {block["name"]: block["area_ge"] for block in area["blocks"]}
    macros = logic.pop("SRAMs")  # beside the logic since macros have an area, too
    assert sum(logic.values()) == pytest.approx(area["area_ge"])
    assert macros == pytest.approx(area["sram_ge"])
