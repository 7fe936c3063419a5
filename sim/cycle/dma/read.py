"""Reads: memory, the read engine, the arbiter, and the ports of its clients."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from grus.compiled import borrowing
from grus.sim.cycle.dma.queues import BURSTS, GRANTS, entries_of, front, has_room, pop, push
from grus.sim.cycle.dma.state import CLIENTS, DESCRIPTORS, PIXELS, RATE, RESIDENT, Bus

__all__ = [
    "MOVED",
    "ask",
    "begin_reads",
    "end_reads",
    "new_ports",
    "new_reader",
    "port_ready",
    "take_word",
    "word_waits",
]

# The engine: a burst on the AR channel; the request at hand; room; words that are one and two
# cycles old, each 1, or 2 if it is its burst's last. The arbiter: its request, its last client.
(
    OFFERED,
    OFFERED_WORDS,
    ACTIVE,
    WORDS,
    FREE,
    YOUNG,
    OLD,
    REQUESTED,
    REQUESTED_WORDS,
    LAST_CLIENT,
    FIRST_BURST,
    NEXT_BURST,
    MOVED,
    CREDIT,
    READ_FIELDS,
) = range(15)
# A port: the rest of the request at hand; room; words held, and the one that is offered. In this
# cycle: it takes a request, and which; words of the piece that is granted; its word is taken; a
# word comes.
(
    PORT_ACTIVE,
    PLACE,
    REST,
    PORT_FREE,
    HELD,
    OUT,
    OUT_LAST,
    HEAD,
    PORT_DEPTH,
    READY,
    ASKED,
    ASKED_PLACE,
    ASKED_WORDS,
    ISSUED,
    TAKEN,
    COMES,
    PORT_FIELDS,
) = range(17)


def new_reader(bus: Bus) -> NDArray[np.int64]:
    """An engine and an arbiter at rest."""
    read = np.zeros(READ_FIELDS, np.int64)
    read[FREE], read[LAST_CLIENT], read[CREDIT] = bus.read_buffer, CLIENTS, RATE
    return read


def new_ports(bus: Bus) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Empty ports, and rings for their words and for those of the write engine."""
    ports = np.zeros((CLIENTS, PORT_FIELDS), np.int64)
    ports[:, PORT_DEPTH] = max(2, 2 * bus.longest)
    ports[[RESIDENT, PIXELS], PORT_DEPTH] = bus.read_buffer
    ports[DESCRIPTORS, PORT_DEPTH] = max(2, bus.record_words)
    ports[:, PORT_FREE] = ports[:, PORT_DEPTH]
    most = max(int(ports[:, PORT_DEPTH].max()), bus.write_buffer)
    return ports, np.zeros((CLIENTS + 1, most + 1), np.int64)


@borrowing
def port_ready(ports, client):
    """A client's request is taken if it is offered."""
    return ports[client, READY] != 0


@borrowing
def ask(ports, client, place, words):
    """A client's request is taken: so many words from a place, counted in words."""
    port = ports[client]
    port[ASKED], port[ASKED_PLACE], port[ASKED_WORDS] = 1, place, words


@borrowing
def word_waits(ports, client):
    """A word is offered to a client."""
    return ports[client, OUT] != 0


@borrowing
def take_word(ports, client):
    """A client takes its word; returns whether it is its request's last."""
    ports[client, TAKEN] = 1
    return ports[client, OUT_LAST] != 0


@borrowing
def begin_reads(acc, cycle):
    """Play memory, engine and arbiter; say which clients' requests would be taken."""
    read, bus = acc.read, acc.bus
    comes = _receive(acc, cycle)
    issue = (
        read[ACTIVE] != 0
        and entries_of(acc.queues, BURSTS) != bus.outstanding
        and read[FREE] >= read[WORDS]
    )
    ready = not read[ACTIVE] or issue
    read[FREE] += read[OLD] != 0
    _deliver(acc)
    read[OLD], read[YOUNG] = read[YOUNG], comes
    read[OFFERED] = issue
    if issue:
        read[OFFERED_WORDS] = read[WORDS]
        read[FREE] -= read[WORDS]
        push(acc.queues, acc.entries, BURSTS, (read[WORDS],))
    free = (not read[REQUESTED] or ready) and has_room(acc.queues, GRANTS)
    if ready:
        read[ACTIVE], read[WORDS] = read[REQUESTED], read[REQUESTED_WORDS]
        read[REQUESTED] = 0
    _grant(acc, free)


@borrowing
def _receive(acc, cycle):
    """Memory takes a burst and gives a word; returns 1 for a word, 2 for a burst's last, or 0."""
    read, bursts, size = acc.read, acc.bursts[0], acc.bursts.shape[1]
    comes = 0
    read[CREDIT] = min(read[CREDIT] + acc.bus.rate, RATE)
    if read[FIRST_BURST] != read[NEXT_BURST] and read[CREDIT] >= RATE:
        burst = bursts[read[FIRST_BURST] % size]
        if burst[0] <= cycle:
            read[CREDIT] -= RATE
            read[MOVED] += 1
            burst[1] -= 1
            comes = 1
            if burst[1] == 0:
                comes = 2
                read[FIRST_BURST] += 1
                pop(acc.queues, BURSTS)
    if read[OFFERED]:
        burst = bursts[read[NEXT_BURST] % size]
        burst[0], burst[1] = cycle + acc.bus.latency, read[OFFERED_WORDS]
        read[NEXT_BURST] += 1
    return comes


@borrowing
def _deliver(acc):
    """The word that is two cycles old goes to the client whose burst it is of."""
    word = acc.read[OLD]
    if word:
        last = word == 2
        client = front(acc.queues, acc.entries, GRANTS, 0)
        acc.ports[client, COMES] = 2 if last and front(acc.queues, acc.entries, GRANTS, 1) else 1
        if last:
            pop(acc.queues, GRANTS)


@borrowing
def _grant(acc, free):
    """The first client behind the last one that can have a piece gets it."""
    read, chosen = acc.read, -1
    for client in range(CLIENTS):
        port = acc.ports[client]
        words = _piece(acc, client)
        port[READY] = not port[PORT_ACTIVE]
        if port[PORT_ACTIVE] and port[PORT_FREE] >= words:
            early = client > read[LAST_CLIENT]
            if chosen < 0 or (early and chosen <= read[LAST_CLIENT]):
                chosen = client
    if free and chosen >= 0:
        port = acc.ports[chosen]
        words = _piece(acc, chosen)
        ends = words == port[REST]
        port[ISSUED], port[READY] = words, ends
        read[REQUESTED], read[REQUESTED_WORDS], read[LAST_CLIENT] = 1, words, chosen
        push(acc.queues, acc.entries, GRANTS, (chosen, 1 if ends else 0))


@borrowing
def _piece(acc, client):
    """Words of the next piece: a burst inside its page."""
    port, bus = acc.ports[client], acc.bus
    limit = min(bus.longest, port[PORT_DEPTH], bus.page - port[PLACE] % bus.page)
    return min(limit, port[REST])


@borrowing
def end_reads(acc):
    """Ports move on by what happened in this cycle."""
    for client in range(CLIENTS):
        port, ring = acc.ports[client], acc.rings[client]
        fetch = port[HELD] > 0 and (not port[OUT] or port[TAKEN])
        if port[COMES]:
            ring[(port[HEAD] + port[HELD]) % len(ring)] = port[COMES] == 2
            port[HELD] += 1
        if fetch:
            port[OUT], port[OUT_LAST] = 1, ring[port[HEAD] % len(ring)]
            port[HEAD] += 1
            port[HELD] -= 1
        elif port[TAKEN]:
            port[OUT] = 0
        port[PORT_FREE] += port[TAKEN] - port[ISSUED]
        if port[READY]:
            port[PORT_ACTIVE] = port[ASKED] and port[ASKED_WORDS] != 0
            port[PLACE], port[REST] = port[ASKED_PLACE], port[ASKED_WORDS]
        elif port[ISSUED]:
            port[PLACE] += port[ISSUED]
            port[REST] -= port[ISSUED]
        port[ASKED] = port[ISSUED] = port[TAKEN] = port[COMES] = 0
