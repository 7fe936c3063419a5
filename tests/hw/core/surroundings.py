"""What surrounds the round sequencer in a core."""

import random
from collections import deque

from tests.hw.memory.fills import Fills


class Surroundings:
    """What a core does around its sequencer, each thing with the chance `speed` in a cycle."""

    def __init__(self, speed):
        self.speed = speed
        self.resident, self.broadcast = Fills(), Fills()
        self.rounds = deque()  # offered and not finished
        self.waiting = 0  # the youngest of them have not begun
        self.chunks = deque()  # offered and not drained
        self.output_half = 0
        self.full_outputs = set()

    def happens(self):
        return random.random() < self.speed

    def go_on(self):
        """Load, compute and drain."""
        for fills in (self.resident, self.broadcast):
            if self.happens():
                fills.fill()
        if len(self.rounds) > self.waiting and self.happens():
            self.rounds.popleft()
        if self.waiting and self.happens():
            self.waiting -= 1
        if self.chunks and self.happens():
            self.full_outputs.remove(self.chunks.popleft()["half"])

    def take(self, round_, chunk):
        self.rounds.append(round_)
        self.waiting += 1
        if chunk:
            self.chunks.append(chunk)
            self.full_outputs.add(self.output_half)
            self.output_half = 1 - self.output_half

    def needed(self, half):
        return {round_[half] for round_ in self.rounds}
