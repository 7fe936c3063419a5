"""Stands in for Crane's cycle model where only what surrounds it is tested."""

import sys
from dataclasses import dataclass
from types import ModuleType

from grus.hw.config import CraneConfig
from grus.sim.rivals.machine import Event, LayerCount


@dataclass(frozen=True)
class Crane:
    config: CraneConfig
    steal: bool = True

    @property
    def name(self):
        return self.config.name if self.steal else f"{self.config.name}, no stealing"

    def count(self, layer):
        if layer.terms > self.config.max_terms:
            raise ValueError(f"terms must be at most {self.config.max_terms}, not {layer.terms}")
        multipliers = self.config.pes * self.config.multipliers
        cycles = -(-layer.effectual_macs // multipliers) * (2 if self.steal else 3)
        return LayerCount(
            machine=self.name,
            layer=layer.name,
            origin=layer.origin,
            cycles=cycles,
            multipliers=multipliers,
            effectual_macs=layer.effectual_macs,
            losses={"imbalance": multipliers * cycles - layer.effectual_macs},
            events=[Event("multipliers", "mac", layer.effectual_macs, self.config.data_bits)],
        )


def put_in(monkeypatch):
    module = ModuleType("grus.sim.cycle.crane")
    module.Crane = Crane
    monkeypatch.setitem(sys.modules, module.__name__, module)
