"""One register stage between two streams."""

from amaranth.hdl import Module, Signal

__all__ = ["add_stage"]


def add_stage(m: Module, *, i, o, payload) -> Signal:
    """Register `payload`, which `m` computes from ``i.payload``, on its way from `i` to `o`.

    Throughput is one transfer per cycle, latency 1 cycle. A stalled output holds its payload. The
    path from ``o.ready`` to ``i.ready`` is combinational, one gate; ``stored`` is not reset.

    Returns
    -------
    Signal
        As ``i.ready``, for registers that move with the payload (D-050).
    """
    stored = Signal.like(o.payload, name="stored", reset_less=True)
    empty = Signal(init=1)
    moves = Signal()
    m.d.comb += [
        moves.eq(~o.valid | o.ready),
        i.ready.eq(empty | o.ready),
        o.payload.eq(stored),
    ]
    with m.If(moves):
        m.d.sync += [o.valid.eq(i.valid), empty.eq(~i.valid), stored.eq(payload)]
    return moves
