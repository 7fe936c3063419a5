"""AXI4 and AXI4-Lite under their standard signal names."""

from amaranth.hdl import Module, Signal
from amaranth.lib import enum, wiring
from amaranth.lib.wiring import In, Out

from grus.hw.dma.config import AxiConfig

__all__ = [
    "AxiError",
    "AxiLite",
    "AxiRead",
    "AxiWrite",
    "Response",
    "connect_flat",
    "drive_attributes",
    "flat_members",
]


class Response(enum.IntEnum, shape=2):
    """What a subordinate answers. Bit 1 tells the errors."""

    OKAY = 0
    EXOKAY = 1
    SLVERR = 2
    DECERR = 3


class AxiError(enum.Enum, shape=2):
    """Why an engine stopped; an error response keeps its code."""

    NONE = 0
    OUTSIDE = 1
    SLVERR = 2
    DECERR = 3


class AxiRead(wiring.Signature):
    """AR and R channels of AXI4, as their manager sees them.

    Identifiers have one bit, which is always 0: bursts of one identifier are answered in order,
    which is what the engines need, and some tools insist on the signals.

    Parameters
    ----------
    config : :class:`AxiConfig`
        Widths.
    """

    def __init__(self, config: AxiConfig):
        super().__init__(
            {
                **_burst_members("ar", config),
                "rid": In(1),
                "rdata": In(config.data_bits),
                "rresp": In(2),
                "rlast": In(1),
                "rvalid": In(1),
                "rready": Out(1),
            }
        )


class AxiWrite(wiring.Signature):
    """AW, W and B channels of AXI4, as their manager sees them; identifiers as in the reads.

    Parameters
    ----------
    config : :class:`AxiConfig`
        Widths.
    """

    def __init__(self, config: AxiConfig):
        super().__init__(
            {
                **_burst_members("aw", config),
                "wdata": Out(config.data_bits),
                "wstrb": Out(config.word_bytes),
                "wlast": Out(1),
                "wvalid": Out(1),
                "wready": In(1),
                "bid": In(1),
                "bresp": In(2),
                "bvalid": In(1),
                "bready": Out(1),
            }
        )


class AxiLite(wiring.Signature):
    """All channels of AXI4-Lite with 32 bits of data, as their manager sees them.

    Parameters
    ----------
    address_bits : int
        Width of an address [bits].
    """

    def __init__(self, address_bits: int):
        super().__init__(
            {
                "awaddr": Out(address_bits),
                "awprot": Out(3),
                "awvalid": Out(1),
                "awready": In(1),
                "wdata": Out(32),
                "wstrb": Out(4),
                "wvalid": Out(1),
                "wready": In(1),
                "bresp": In(2),
                "bvalid": In(1),
                "bready": Out(1),
                "araddr": Out(address_bits),
                "arprot": Out(3),
                "arvalid": Out(1),
                "arready": In(1),
                "rdata": In(32),
                "rresp": In(2),
                "rvalid": In(1),
                "rready": Out(1),
            }
        )


def _burst_members(channel: str, config: AxiConfig) -> dict[str, wiring.Member]:
    return {
        f"{channel}id": Out(1),
        f"{channel}addr": Out(config.address_bits),
        f"{channel}len": Out(8),
        f"{channel}size": Out(3),
        f"{channel}burst": Out(2),
        f"{channel}cache": Out(4),
        f"{channel}prot": Out(3),
        f"{channel}valid": Out(1),
        f"{channel}ready": In(1),
    }


def drive_attributes(m: Module, axi, channel: str, config: AxiConfig) -> None:
    """Drive what is the same in all bursts: whole words at rising addresses, plain memory."""
    m.d.comb += [
        getattr(axi, f"{channel}size").eq(config.offset_bits),
        getattr(axi, f"{channel}burst").eq(0b01),  # INCR
        getattr(axi, f"{channel}cache").eq(0b0011),  # normal memory, not cached, may be buffered
    ]


def flat_members(prefix: str, member: wiring.Member) -> dict[str, wiring.Member]:
    """Members of a top level, by flat names.

    Emission joins a member's path by two underscores; tools look for `m_axi_araddr`.

    Parameters
    ----------
    prefix : str
        First part of the names, such as ``m_axi``.
    member : Member
        `Out` of a signature for a manager, `In` of it for a subordinate.

    Returns
    -------
    dict of str to Member
        What the signature of the top level takes.
    """
    return {f"{prefix}_{name}": inner for name, inner in member.signature.members.items()}


def connect_flat(m: Module, component: wiring.Component, prefix: str, interface) -> None:
    """Connect an inner interface to the flat members of a top level.

    Parameters
    ----------
    m : Module
        Module of the top level.
    component : Component
        The top level.
    prefix : str
        As in :func:`flat_members`.
    interface : interface object
        Interface of a part inside, of the same direction as the flat members.
    """
    for name, member in interface.signature.members.items():
        outer: Signal = getattr(component, f"{prefix}_{name}")
        inner: Signal = getattr(interface, name)
        m.d.comb += outer.eq(inner) if member.flow == Out else inner.eq(outer)
