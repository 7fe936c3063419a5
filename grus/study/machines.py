"""Finds any machine by its name: Crane's designs, and its rivals."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np

from grus.hw.cambricon_x.config import CambriconXConfig
from grus.hw.config import CraneConfig
from grus.hw.presets import PRESETS, load_config
from grus.sim.rivals.bandwidth_bound import BandwidthBound
from grus.sim.rivals.cambricon_s import CambriconS
from grus.sim.rivals.cambricon_x import CambriconX
from grus.sim.rivals.dcnn import Dcnn
from grus.sim.rivals.dense import Dense
from grus.sim.rivals.ideal import Ideal
from grus.sim.rivals.machine import LayerCount, Machine
from grus.sim.rivals.scnn import Scnn
from grus.sim.workloads.sparse_layer import SparseLayer

__all__ = [
    "DESIGNS",
    "RIVALS",
    "NamedMachine",
    "WithoutActivationSkipping",
    "crane_config_of",
    "data_bits_of",
    "machine_of",
    "multipliers_of",
    "parameters_of",
]

RIVALS: Mapping[str, type] = {
    kind().name: kind for kind in (Ideal, Dense, Dcnn, CambriconX, CambriconS, Scnn)
}

# Every name that a design may have. A rival that there is RTL of stands for its reconstruction.
DESIGNS = tuple(dict.fromkeys([*RIVALS, *PRESETS]))


class NamedMachine(Machine, Protocol):
    """A machine that has a name, as all of them do."""

    @property
    def name(self) -> str:
        """What reports call it."""
        ...


@dataclass(frozen=True, kw_only=True)
class WithoutActivationSkipping:
    """A machine that takes every activation for one that is not zero.

    Parameters
    ----------
    machine : NamedMachine
        The machine; its cycles are those of the layer with all inputs set.

    Notes
    -----
    Source: the ablation of baselines, section 9.4. Products with a zero activation become the loss
    ``ineffectual``, so that utilisation stays that of true effectual pairs.
    """

    machine: NamedMachine

    @property
    def name(self) -> str:
        """What reports call it."""
        return self.machine.name

    def count(self, layer: SparseLayer) -> LayerCount:
        """Cycles, losses and events of one layer."""
        full = replace(layer, inputs=np.ones_like(layer.inputs))
        counted = self.machine.count(full)
        wasted = counted.effectual_macs - layer.effectual_macs
        losses = {**counted.losses, "ineffectual": counted.losses.get("ineffectual", 0) + wasted}
        return replace(
            counted, effectual_macs=layer.effectual_macs, losses=losses, origin=layer.origin
        )


def machine_of(design: str, settings: Mapping[str, Any] | None = None) -> NamedMachine:
    """Find a machine by name or file, and change some of its parameters.

    Parameters
    ----------
    design : str
        Name of a rival or of a Crane design, or path of a TOML file of parameters, whose key `base`
        may name either. Behind a colon parameters may follow, as in
        ``crane-is:lookahead=32,steal=false``.
    settings : mapping, optional
        Parameters that replace those of the design. Crane's are those of
        :class:`grus.hw.config.CraneConfig` and `steal`; every machine has `skip_activations`. A
        rival that there is RTL of has `rtl`: its parameters and cycles are those of the RTL then,
        not of the reconstruction.

    Returns
    -------
    NamedMachine
        The machine; its name is that of the design with all changes behind it.

    Raises
    ------
    TypeError, ValueError
        If there is no such machine or parameter, or a value is out of range.
    """
    base, colon, text = design.partition(":")
    changes = {**(_assignments(design, text) if colon else {}), **(settings or {})}
    name = _name(base, changes)
    skips = _flag(changes, "skip_activations")
    found = _base(base)
    clocked = _flag(changes, "rtl", default=False)
    if found in RIVALS and not (clocked and found in PRESETS):
        changes = {**_file_settings(base), **changes} if base not in RIVALS else changes
        machine = _rival(found, {"name": name, **changes})
    else:
        steals = _flag(changes, "steal")
        try:
            config = load_config(base, {"name": name, **changes} if changes or colon else {})
        except ValueError as error:
            if not str(error).startswith("design must be one of"):
                raise
            known = ", ".join(DESIGNS)
            raise ValueError(f"design must be one of {known} or a TOML file, not {base}") from error
        if not skips and config.name != name:
            config = config.with_overrides(name=name)
        machine = _crane(config, steals)
    return machine if skips else WithoutActivationSkipping(machine=machine)


def crane_config_of(machine: NamedMachine) -> CraneConfig | None:
    """The design of a Crane with nothing around it; nothing for all others."""
    config = getattr(machine, "config", None)
    return None if isinstance(config, CambriconXConfig) else config


def parameters_of(machine: NamedMachine) -> dict[str, Any]:
    """All parameters of a machine but its name, as plain values.

    Their kinds are those of the dataclass; `machine` names it.
    """
    if isinstance(machine, WithoutActivationSkipping):
        return {**parameters_of(machine.machine), "skip_activations": False}
    if isinstance(machine, BandwidthBound):
        bound = {"bandwidth": machine.bandwidth, "bus_bits": machine.bus_bits}
        return {**parameters_of(machine.machine), **bound}
    values: dict[str, Any] = {"machine": type(machine).__name__}
    for field in fields(cast(Any, machine)):
        value = getattr(machine, field.name)
        values |= value.to_dict() if field.name == "config" else {field.name: value}
    values.pop("name", None)
    return values


def data_bits_of(machine: NamedMachine) -> int:
    """Width of an operand [bits]."""
    return int(parameters_of(machine)["data_bits"])


def multipliers_of(machine: NamedMachine) -> int:
    """Multipliers of the whole machine."""
    found = parameters_of(machine)
    pes = found.get("pes", found.get("pe_rows", 1) * found.get("pe_columns", 1))
    if "activations_wide" in found:
        return int(pes * found["activations_wide"] * found["weights_wide"])
    return int(pes * found.get("multipliers_per_pe", found.get("multipliers", 1)))


def _crane(config: CraneConfig, steal: bool) -> NamedMachine:
    # Looked up when it is needed: the rivals do without Crane's compiled kernels.
    if isinstance(config, CambriconXConfig):
        from grus.sim.cycle.clocked_cambricon_x import ClockedCambriconX

        return cast(NamedMachine, ClockedCambriconX(config=config))
    from grus.sim.cycle.crane import Crane

    return cast(NamedMachine, Crane(config=config, steal=steal))


def _rival(kind: str, settings: dict[str, Any]) -> NamedMachine:
    known = [field.name for field in fields(RIVALS[kind])]
    for parameter in settings:
        if parameter not in known:
            raise ValueError(
                f"parameter of {kind} must be one of {', '.join([*known, 'skip_activations'])}, "
                f"not {parameter}"
            )
    return cast(NamedMachine, RIVALS[kind](**settings))


def _base(design: str) -> str:
    """The rival or preset that a design starts from, if it is known."""
    if design in DESIGNS:
        return design
    return str(_read(design).get("base", ""))


def _file_settings(design: str) -> dict[str, Any]:
    settings = _read(design)
    settings.pop("base", None)
    return settings


def _read(design: str) -> dict[str, Any]:
    """What a TOML file says; nothing if it is none, which :func:`load_config` explains."""
    try:
        return tomllib.loads(Path(design).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return {}


def _flag(settings: dict[str, Any], name: str, default: bool = True) -> bool:
    """Take a parameter out that has a default value."""
    value = settings.pop(name, default)
    if not isinstance(value, bool):
        raise TypeError(f"{name} must be true or false, not {value!r}")
    return value


def _assignments(design: str, text: str) -> dict[str, Any]:
    settings = {}
    for assignment in text.split(","):
        parameter, equals, value = assignment.partition("=")
        if not equals:
            raise ValueError(
                f"what follows the colon of a design must be PARAMETER=VALUE,..., not {design}"
            )
        settings[parameter.strip()] = _value(value.strip())
    return settings


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _name(base: str, changes: Mapping[str, Any]) -> str:
    stem = base if base in DESIGNS else Path(base).stem
    settings = [
        f"{key}={_shown(value)}"
        for key, value in changes.items()
        if key not in ("name", "steal")  # Crane's name says itself that nobody steals
    ]
    return str(changes.get("name", stem if not settings else f"{stem}:{','.join(settings)}"))


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
