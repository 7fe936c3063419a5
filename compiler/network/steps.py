"""A network as steps: layers for the core, and what the host does between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grus.compiler.layer import Layer, Pool
from grus.compiler.network.network import IntegerNetwork, Node
from grus.golden.formats import signed_range
from grus.golden.quantisation import quantise_limits
from grus.golden.window import Window

__all__ = ["HostStep", "LayerStep", "on_host", "steps_of"]


_NOT_FOR_THE_CORE = "no part of a layer of the core"


@dataclass(frozen=True, kw_only=True)
class LayerStep:
    """A layer for the core.

    Parameters
    ----------
    layer : Layer
        The layer.
    source, target : str
        Tensor that it reads and tensor that it makes.
    nodes : list of dict
        Nodes of the network that it covers.
    """

    layer: Layer
    source: str
    target: str
    nodes: list[Node]


@dataclass(frozen=True, kw_only=True)
class HostStep:
    """A node that the core does not do.

    Parameters
    ----------
    node : dict
        The node.
    reason : str
        Why it is the host's.
    """

    node: Node
    reason: str

    @property
    def target(self) -> str:
        """Tensor that it makes."""
        return self.node["out"]


def steps_of(network: IntegerNetwork, *, pool: bool = True) -> list[LayerStep | HostStep]:
    """Join each convolution or matrix product with the ReLU and the pooling behind it.

    A node is joined if nothing else reads what it reads. A product of a flattened map is a
    convolution whose kernel is as large as the map.

    Parameters
    ----------
    network : IntegerNetwork
        The network.
    pool : bool
        Whether pooling may be joined.

    Returns
    -------
    list
        Steps in an order in which they can run.
    """
    steps: list[LayerStep | HostStep] = []
    joined: set[str] = set()
    flattened = {node["out"]: node["in"][0] for node in network.network.nodes if _flattens(node)}
    for node in network.network.nodes:
        if node["name"] in joined:
            continue
        if node["op"] not in ("conv", "gemm"):
            if not _flattens(node) or not _only_for_products(network, node):
                steps.append(HostStep(node=node, reason=_NOT_FOR_THE_CORE))
            continue
        nodes = [node, *_followers(network, node, pool=pool)]
        joined |= {follower["name"] for follower in nodes}
        source = node["in"][0]
        if node["op"] == "gemm":
            source = flattened.get(source, source)
        layer = _layer(network, nodes, source)
        steps.append(LayerStep(layer=layer, source=source, target=nodes[-1]["out"], nodes=nodes))
    return steps


def on_host(network: IntegerNetwork, step: LayerStep, reason: str) -> list[HostStep]:
    """The nodes of a layer, one by one, with the Flatten before it that the core has no need of."""
    product = step.nodes[0]
    before = [
        node
        for node in network.network.nodes
        if _flattens(node) and node["out"] in product["in"] and product["op"] == "gemm"
    ]
    return [HostStep(node=node, reason=reason) for node in (*before, *step.nodes)]


def _flattens(node: Node) -> bool:
    return node["op"] == "flatten"


def _only_for_products(network: IntegerNetwork, node: Node) -> bool:
    consumers = network.network.consumers(node["out"])
    unread = node["out"] not in network.network.outputs
    return unread and all(consumer["op"] == "gemm" for consumer in consumers)


def _followers(network: IntegerNetwork, node: Node, *, pool: bool) -> list[Node]:
    """ReLU, then pooling, as far as they are the only readers."""
    followers: list[Node] = []
    for kinds in (("relu", "relu6", "clip"), ("maxpool", "avgpool", "gap") if pool else ()):
        tensor = (followers or [node])[-1]["out"]
        consumers = network.network.consumers(tensor)
        if len(consumers) != 1 or tensor in network.network.outputs:
            break
        if consumers[0]["op"] in kinds and _for_the_core(network, consumers[0]):
            followers.append(consumers[0])
    return followers


def _for_the_core(network: IntegerNetwork, node: Node) -> bool:
    if node["op"] == "clip":
        low, high = _limits(network, node)
        # Lanes without a channel are zero before they are clipped, and must stay so.
        return low in (0, signed_range(network.bits)[0]) and high >= 0
    return not node.get("count_pad")


def _limits(network: IntegerNetwork, node: Node) -> tuple[int, int]:
    """What passes a ReLU or Clip."""
    lowest, highest = signed_range(network.bits)
    fraction = network.act_frac[node["out"]]
    if node["op"] == "relu":
        return 0, highest
    if node["op"] == "relu6":
        return 0, int(min(np.floor(6 * 2.0**fraction), highest))
    if node["op"] == "clip":
        return quantise_limits(node["low"], node["high"], fraction, network.bits)
    return lowest, highest


def _layer(network: IntegerNetwork, nodes: list[Node], source: str) -> Layer:
    node, name = nodes[0], nodes[0]["name"]
    weights = network.parameters[f"{name}.weight"]
    shape = network.network.shapes[source]
    window = Window()
    if node["op"] == "conv":
        window = Window(
            stride=tuple(node["stride"]),
            padding=tuple(node["pad"]),
            dilation=tuple(node["dilation"]),
            groups=node["group"],
        )
    else:
        weights = weights.reshape(len(weights), *_as_map(shape))
    low, high = _limits(network, nodes[min(1, len(nodes) - 1)])
    fractions = network.act_frac
    return Layer(
        name=name,
        weights=weights,
        bias=network.parameters.get(f"{name}.bias"),
        window=window,
        shift=fractions[node["in"][0]] + network.weight_frac[name] - fractions[node["out"]],
        relu=low == 0,
        ceiling=high if high < signed_range(network.bits)[1] else None,
        pool=_pool(network, nodes[-1]),
    )


def _as_map(shape: tuple[int, ...]) -> tuple[int, int, int]:
    channels, rows, columns = (*shape, 1, 1)[:3]
    return channels, rows, columns


def _pool(network: IntegerNetwork, node: Node) -> Pool | None:
    if node["op"] == "gap":
        rows, columns = network.network.shapes[node["in"][0]][1:]
        return Pool(kind="average", kernel=(rows, columns), stride=(rows, columns))
    if node["op"] not in ("maxpool", "avgpool"):
        return None
    return Pool(
        kind="max" if node["op"] == "maxpool" else "average",
        kernel=tuple(node["kernel"]),
        stride=tuple(node["stride"]),
        padding=tuple(node["pad"]),
        ceil_mode=bool(node["ceil"]),
    )
