"""Outputs beside the float network's."""

from pathlib import Path

import numpy as np

import grus

DIGITS = Path(__file__).parents[2] / "examples" / "digits"


def test_says_where_the_first_answers_differ(monkeypatch):
    def other(network, pixels):
        return {"scores": np.linspace(-8, 1, 10, dtype=np.float32)}

    monkeypatch.setattr("grus.api.comparison.run_float", other)
    result = grus.run(DIGITS / "digits.onnx", DIGITS / "inputs.npy", engine="golden")
    found = result.comparisons["scores"]
    assert not found.same_answer
    assert found.float_top == [9, 8, 7, 6, 5]
    assert found.largest_value == 8
    assert found.scores == sorted(result.values["scores"], reverse=True)[:5]
    assert found.largest_error == max(abs(result.values["scores"] - np.linspace(-8, 1, 10)))
    assert "float has another first" in "\n".join(result.summary())
