"""Writes: the write engine, and memory."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from grus.compiled import borrowing
from grus.sim.cycle.dma.queues import (
    UNANSWERED,
    WRITE_BURSTS,
    entries_of,
    front,
    has_room,
    is_waiting,
    pop,
    push,
)
from grus.sim.cycle.dma.state import RATE

__all__ = ["WRITTEN", "engine_ready", "move_writes", "new_sender", "writes_idle"]

# Words of the burst at hand; whether its run goes on, and where. The buffer: words held, those that
# may leave, the one that is offered. Bursts whose words are not all sent; answers to come.
(
    GATHERED,
    BEGUN,
    FOLLOWING,
    HELD,
    KEPT,
    OUT,
    OUT_LAST,
    HEAD,
    ANNOUNCED,
    FIRST_ANSWER,
    NEXT_ANSWER,
    CREDIT,
    WRITTEN,
    SEND_FIELDS,
) = range(14)


def new_sender() -> NDArray[np.int64]:
    """An engine at rest."""
    send = np.zeros(SEND_FIELDS, np.int64)
    send[CREDIT] = RATE
    return send


@borrowing
def writes_idle(acc):
    """All that was taken is written and acknowledged."""
    return not (
        acc.send[GATHERED]
        or is_waiting(acc.queues, WRITE_BURSTS)
        or is_waiting(acc.queues, UNANSWERED)
    )


@borrowing
def engine_ready(acc):
    """A word is taken if it is offered."""
    return acc.send[HELD] != acc.bus.write_buffer and has_room(acc.queues, WRITE_BURSTS)


@borrowing
def move_writes(acc, cycle, offered, address, last):
    """Engine and memory for one cycle; a word is taken if it is offered and the engine ready."""
    send = acc.send
    answers, ring = acc.bursts[1], acc.rings[-1]
    if send[FIRST_ANSWER] != send[NEXT_ANSWER]:
        if answers[send[FIRST_ANSWER] % len(answers), 0] <= cycle:
            send[FIRST_ANSWER] += 1
            pop(acc.queues, UNANSWERED)
    issue = (
        is_waiting(acc.queues, WRITE_BURSTS)
        and entries_of(acc.queues, UNANSWERED) != acc.bus.outstanding
    )
    if issue:
        pop(acc.queues, WRITE_BURSTS)
        push(
            acc.queues, acc.entries, UNANSWERED, (front(acc.queues, acc.entries, WRITE_BURSTS, 0),)
        )
    send[CREDIT] = min(send[CREDIT] + acc.bus.rate, RATE)
    sent = send[OUT] and send[ANNOUNCED] and send[CREDIT] >= RATE
    if sent:
        send[CREDIT] -= RATE
        send[WRITTEN] += 1
        if send[OUT_LAST]:
            answers[send[NEXT_ANSWER] % len(answers), 0] = cycle + acc.bus.latency
            send[NEXT_ANSWER] += 1
    send[ANNOUNCED] += issue - (1 if sent and send[OUT_LAST] else 0)
    enters = offered and engine_ready(acc)
    fetch = send[KEPT] > 0 and (not send[OUT] or sent)
    if enters:
        ends = _gather(acc, address, last)
        ring[(send[HEAD] + send[HELD]) % len(ring)] = ends
        send[HELD] += 1
        if ends:
            send[KEPT] = send[HELD]
    if fetch:
        send[OUT], send[OUT_LAST] = 1, ring[send[HEAD] % len(ring)]
        send[HEAD] += 1
        send[HELD] -= 1
        send[KEPT] -= 1
    elif sent:
        send[OUT] = 0


@borrowing
def _gather(acc, address, last):
    """A word enters the burst at hand; returns whether it ends it."""
    send, bus = acc.send, acc.bus
    place = send[FOLLOWING] if send[BEGUN] else address // bus.word_bytes
    ends = (
        last
        or place + 1 == bus.end
        or send[GATHERED] == bus.longest - 1
        or place % bus.page == bus.page - 1
    )
    if ends:
        push(acc.queues, acc.entries, WRITE_BURSTS, (send[GATHERED] + 1,))
    send[GATHERED] = 0 if ends else send[GATHERED] + 1
    send[BEGUN], send[FOLLOWING] = not last, place + 1
    return ends
