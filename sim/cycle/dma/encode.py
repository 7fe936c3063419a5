"""The run-length encoder and the slot unpacker, which several parts have."""

from __future__ import annotations

from grus.compiled import borrowing
from grus.sim.cycle.dma.queues import front, is_waiting, pop

__all__ = ["BEAT", "BEAT_LAST", "BEAT_PAIRS", "ENCODER_FIELDS", "encode_beat", "unpack_slots"]

# An encoder: zeros since the last pair, fillers owed, the beat that it offers: whether there is
# one, its pairs, whether it is its segment's last.
RUN, OWED, BEAT, BEAT_PAIRS, BEAT_LAST, ENCODER_FIELDS = range(6)


@borrowing
def encode_beat(acc, state, first, queue, lanes, ready):
    """An encoder for one cycle.

    Parameters
    ----------
    acc : Accelerator
        The machine.
    state : ndarray of int64
        Registers.
    first : int
        Where the encoder's own begin in them.
    queue : int
        Vectors in front of it: the lanes that are not zero, how many lanes count, whether it ends
        its segment, zeros behind it, whether zeros become pairs.
    lanes : int
        All lanes.
    ready : bool
        The beat register can take a beat.
    """
    if not is_waiting(acc.queues, queue):
        if ready:
            state[first + BEAT] = 0
        return
    marks = front(acc.queues, acc.entries, queue, 0)
    if front(acc.queues, acc.entries, queue, 4):
        marks = -1
    run, owed = state[first + RUN], state[first + OWED]
    paying = marks != 0 and owed != 0
    pairs = unpaid = 0
    if paying:
        pairs = min(owed, lanes)
    else:
        pairs, unpaid, run = _count_pairs(
            marks, front(acc.queues, acc.entries, queue, 1), run, (1 << acc.bus.run_bits) - 1
        )
    ends = front(acc.queues, acc.entries, queue, 2) and not paying
    offers = pairs != 0 or ends
    if offers and not ready:
        return
    if ready:
        state[first + BEAT], state[first + BEAT_PAIRS] = offers, pairs
        state[first + BEAT_LAST] = ends
    if paying:
        state[first + OWED] -= pairs
        return
    gap = front(acc.queues, acc.entries, queue, 3)
    pop(acc.queues, queue)
    if ends:
        run = owed = unpaid = 0
    run += gap
    state[first + OWED] = owed + unpaid + (run >> acc.bus.run_bits)
    state[first + RUN] = run & ((1 << acc.bus.run_bits) - 1)


@borrowing
def _count_pairs(marks, used, run, largest):
    """Pairs of a vector behind `run` zeros; fillers that no value follows, zeros at its end."""
    pairs = fillers = 0
    for lane in range(used):
        if (marks >> lane) & 1:
            pairs += 1 + fillers
            run = fillers = 0
        else:
            fillers += run == largest
            run = (run + 1) & largest
    return pairs, fillers, run


@borrowing
def unpack_slots(held, take, lanes, discard, enters, slots):
    """Slots held in an unpacker after a cycle, and whether its word has entered.

    Parameters
    ----------
    held, take : int
        Slots held, and those taken in this cycle.
    lanes : int
        Slots that can be taken at a time.
    discard : bool
        Forget what is held.
    enters : bool
        A word is offered.
    slots : int
        How many of its slots count.
    """
    stay = 0 if discard else held - take
    if enters and stay < lanes:
        return stay + slots, True
    return stay, False
