"""The run-length encoder and the slot unpacker, which several parts have."""

from __future__ import annotations

from grus.compiled import borrowing

__all__ = ["BEAT", "BEAT_LAST", "BEAT_PAIRS", "ENCODER_FIELDS", "encode_beat", "unpack_slots"]

# An encoder: zeros since the last pair, fillers owed, the beat that it offers: whether there is
# one, its pairs, whether it is its segment's last.
RUN, OWED, BEAT, BEAT_PAIRS, BEAT_LAST, ENCODER_FIELDS = range(6)


@borrowing
def encode_beat(acc, state, first, marks, used, lanes, last, gap, dense, ready):
    """Offer a vector to an encoder; returns whether it is taken.

    Parameters
    ----------
    acc : Accelerator
        The machine.
    state : ndarray of int64
        Registers.
    first : int
        Where the encoder's own begin in them.
    marks : int
        Lanes that are not zero.
    used, lanes : int
        Lanes that count, and all of them.
    last, gap : int
        It ends its segment; zeros behind it.
    dense : bool
        Zeros become pairs.
    ready : bool
        The beat register can take a beat.
    """
    largest = (1 << acc.bus.run_bits) - 1
    run, owed = state[first + RUN], state[first + OWED]
    if dense:
        marks = -1
    paying = marks != 0 and owed != 0
    pairs, unpaid, fillers = 0, 0, 0
    if paying:
        pairs = min(owed, lanes)
    else:
        for lane in range(used):
            if (marks >> lane) & 1:
                pairs += 1 + fillers
                run = fillers = 0
            else:
                fillers += run == largest
                run = (run + 1) & largest
        unpaid = fillers
    ends = last and not paying
    offers = pairs != 0 or ends
    if offers and not ready:
        return False
    if ready:
        state[first + BEAT], state[first + BEAT_PAIRS] = offers, pairs
        state[first + BEAT_LAST] = ends
    if paying:
        state[first + OWED] -= pairs
        return False
    if ends:
        state[first + RUN], state[first + OWED] = gap & largest, gap >> acc.bus.run_bits
    else:
        run += gap
        state[first + OWED] = owed + unpaid + (run >> acc.bus.run_bits)
        state[first + RUN] = run & largest
    return True


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
