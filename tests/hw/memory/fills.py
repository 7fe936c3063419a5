"""The fills of a ping-pong memory."""

from tests.support.ports import flags


class Fills:
    """Every fill that there was, by its number; fill n lies in half n modulo 2."""

    def __init__(self):
        self.filled = 0
        self.used = 0
        self.held = set()  # fills that stand in a half
        self.left = set()  # fills that were used and are still held

    def full(self):
        return flags(number % 2 for number in self.held)

    def fill(self):
        if self.filled - 2 not in self.held:
            self.held.add(self.filled)
            self.filled += 1

    def available(self):
        """A half is full that was not used yet."""
        return self.used < self.filled

    def half(self):
        """The half in use."""
        return (self.used - 1) % 2

    def freed(self, needed):
        return {number for number in self.left if number % 2 not in needed}

    def free(self, numbers):
        self.left -= numbers
        self.held -= numbers

    def advance(self):
        if self.used:
            self.left.add(self.used - 1)
        self.used += 1
