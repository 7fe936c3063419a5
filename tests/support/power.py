"""A stand-in for the simulator that counts toggles: it takes minutes to build for a core."""

from pathlib import Path

from grus.cli import cost_power
from grus.sim.account import Account
from grus.sim.layer_run import LayerRun
from grus.sim.simulators import TOGGLES, Build

__all__ = ["CYCLES", "LAYER", "MACS", "POWER", "play_nothing"]

_DIGITS = Path(__file__).parent.parent.parent / "examples" / "digits"
POWER = ["--power", _DIGITS / "digits.onnx", "--input", _DIGITS / "inputs.npy"]
LAYER = ["--layer", "conv4"]
CYCLES, MACS = 1000, 500
_SAIF = """(SAIFILE
(DURATION 1000)
(INSTANCE top
 (NET
  (rst (T0 990) (T1 10) (TZ 0) (TX 0) (TB 0) (TC 2))
 )
)
)
"""


def play_nothing(monkeypatch, *, exact=True):
    """Let ``grus cost --power`` believe that a layer was played."""

    def play_layer(prepared, config, design, *, folder, waves):
        assert waves
        (folder / TOGGLES).write_text(_SAIF)
        account = Account(CYCLES, MACS, 0, 0.5, 0.5, {})
        return LayerRun(prepared.layer.name, (), (), 1, exact, [], account)

    def build_core(config, *, simulator, toggles):
        assert (simulator, toggles) == ("verilator", True)
        return Build(simulator, Path(), "CraneCore")

    monkeypatch.setattr(cost_power, "play_layer", play_layer)
    monkeypatch.setattr(cost_power, "build_core", build_core)
