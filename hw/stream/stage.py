"""One register stage between two streams."""

from amaranth.hdl import Module, Signal

__all__ = ["add_stage"]


def add_stage(m: Module, *, i, o, payload) -> None:
    """Register `payload`, which `m` computes from ``i.payload``, on its way from `i` to `o`.

    Throughput is one transfer per cycle, latency 1 cycle. A stalled output holds its payload. The
    path from ``o.ready`` to ``i.ready`` is combinational; only ``o.valid`` is reset.
    """
    stored = Signal.like(o.payload, name="stored", reset_less=True)
    m.d.comb += [i.ready.eq(~o.valid | o.ready), o.payload.eq(stored)]
    with m.If(i.ready):
        m.d.sync += [o.valid.eq(i.valid), stored.eq(payload)]
