"""The paper's figures: which designs on which layers, what is measured, what is claimed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from grus.sim.workloads.benchmarks import NETWORKS, title_of
from grus.sim.workloads.structured import Pruning
from grus.study.workload import Workload

__all__ = ["FIGURES", "Figure"]

Workloads = Callable[[str, str, int], Mapping[str, Workload]]
Designs = Callable[[str], Mapping[str, tuple[str, dict[str, Any]]]]


class Figure(NamedTuple):
    """A figure.

    Attributes
    ----------
    title : str
        What it shows.
    claim : str
        What the paper says of it.
    lines : mapping of str to float
        Claims that are numbers of the measure.
    networks : tuple of str
        Those that are drawn unless others are asked for.
    designs : callable
        From the name of the Crane design to bases and settings, by label.
    workloads : callable
        From network, masks and seed to workloads, by the group of bars they belong to. A group that
        several networks share is their mean.
    over : str
        Label of the design that speed-up is measured against; empty to measure utilisation.
    """

    title: str
    claim: str
    lines: Mapping[str, float]
    networks: tuple[str, ...]
    designs: Designs
    workloads: Workloads
    over: str = ""


def _published(network: str, masks: str, seed: int) -> dict[str, Workload]:
    return {title_of(network): Workload(network=network, masks=masks, seed=seed)}


def _pruned(network: str, masks: str, seed: int) -> dict[str, Workload]:
    """Blocks as Cambricon-S has them, at a density of .2; half the kernels or outputs go."""
    ways = {"kernels": Pruning(density=0.2, kernels=0.5), "run-time": Pruning(dropped=0.5)}
    return {
        f"{title_of(network)}, {name}": Workload(
            network=network, masks=masks, seed=seed, pruning=pruning
        )
        for name, pruning in ways.items()
    }


def _uniform(network: str, masks: str, seed: int) -> dict[str, Workload]:
    return {
        f"{percent} %": Workload(network=network, masks=masks, seed=seed, sparsity=percent / 100)
        for percent in range(10, 100, 10)
    }


def _varied(settings: Mapping[str, dict[str, Any]]) -> Designs:
    return lambda crane: {label: (crane, changes) for label, changes in settings.items()}


FIGURES = {
    "13a": Figure(
        title="Figure 13(a): utilisation against Ideal",
        claim="Cambricon-X reaches 46.7 % of Ideal, Crane-IS is 1.67 times as fast, both in the "
        "mean of five networks (hence about 78 %).",
        lines={"paper: Cambricon-X": 0.467, "paper: Crane-IS": 0.467 * 1.67},
        networks=NETWORKS,
        designs=lambda crane: {
            "Cambricon-X": ("cambricon-x", {}),
            "Crane-IS, no stealing": (crane, {"steal": False}),
            "Crane-IS": (crane, {}),
        },
        workloads=_published,
    ),
    "13c": Figure(
        title="Figure 13(c): utilisation against Ideal, pruned in structures",
        claim="Cambricon-S reaches 34.35 to 50.54 % of Ideal, Crane-IS 79.29 to 92.74 %; VGG-16 "
        "and ResNet-50, kernels pruned or outputs left out at run time.",
        lines={
            "paper: Cambricon-S, lowest": 0.3435,
            "paper: Cambricon-S, highest": 0.5054,
            "paper: Crane-IS, lowest": 0.7929,
            "paper: Crane-IS, highest": 0.9274,
        },
        networks=("vgg16", "resnet50"),
        designs=lambda crane: {"Cambricon-S": ("cambricon-s", {}), "Crane-IS": (crane, {})},
        workloads=_pruned,
    ),
    "15": Figure(
        title="Figure 15: number of PEs, 256 multipliers in all",
        claim="4 PEs are bad, 16 and 32 flatten while area grows fast: 16 are chosen.",
        lines={},
        networks=NETWORKS,
        designs=_varied(
            {
                f"{pes} PEs": {
                    "pes": pes,
                    "group_pes": pes,
                    "multipliers": 256 // pes,
                    "lookahead": 1024 // pes,
                }
                for pes in (4, 8, 16, 32)
            }
        ),
        workloads=_published,
        over="4 PEs",
    ),
    "16": Figure(
        title="Figure 16: granularity, patches of 3 x 3 x G positions",
        claim="Granularity 64 is best for input sharing; 256 may lose. (G = 32 has 320 positions "
        "here, the next multiple of the 64 lanes.)",
        lines={},
        networks=NETWORKS,
        designs=_varied(
            {
                f"G = {kernels}": {"patch_positions": -(-9 * kernels // 64) * 64}
                for kernels in (32, 64, 128, 256)
            }
        ),
        workloads=_published,
        over="G = 32",
    ),
    "17": Figure(
        title="Figure 17: PEs of a group that steal from each other, 16 in all",
        claim="Performance and area rise with the group: 16 are chosen.",
        lines={},
        networks=NETWORKS,
        designs=_varied({f"groups of {pes}": {"group_pes": pes} for pes in (2, 4, 8, 16)}),
        workloads=_published,
        over="groups of 2",
    ),
    "18a": Figure(
        title="Figure 18(a): the same sparsity of all weights and inputs",
        claim="Small gains at 10 to 30 % of zeros, which grow from there.",
        lines={},
        networks=("alexnet", "vgg16"),
        designs=lambda crane: {
            "dense": ("dense", {}),
            "Cambricon-X": ("cambricon-x", {}),
            "Crane-IS": (crane, {}),
        },
        workloads=_uniform,
        over="dense",
    ),
    "ablation": Figure(
        title="Ablation: activation skipping and stealing",
        claim="The paper has no ablation; it names both as the source of 1.67 over Cambricon-X.",
        lines={},
        networks=NETWORKS,
        designs=lambda crane: {
            f"{skip}, {steal}": (
                crane,
                {"skip_activations": skip == "skipping", "steal": steal == "stealing"},
            )
            for skip in ("no skipping", "skipping")
            for steal in ("no stealing", "stealing")
        },
        workloads=_published,
        over="no skipping, no stealing",
    ),
}
