"""An accelerator that knows the results: what drives one is tested without RTL."""

import numpy as np

from grus.compiler.accelerator import Launch
from grus.compiler.memory.maps import pack_map
from grus.hw.core.counters import counter_names
from grus.sim.host import Counts
from grus.sim.network_run import NetworkRun


class Oracle:
    """Writes the golden model's maps wherever layers would have written them."""

    def __init__(self, program, slots, expected):
        self.memory = np.zeros(NetworkRun.memory_bytes(program, slots), dtype=np.uint8)
        self.counts = Counts(0, 0, 0, 0, 0)
        self.said = []
        self._program, self._expected = program, expected
        self._names = counter_names(slots.config)
        first_record = program.image.size
        record_bytes = (len(self.memory) - first_record) // len(program.records)
        self._launches = {
            (first_record + step.first * record_bytes, step.descriptors): [step]
            for step in program.steps
            if isinstance(step, Launch)
        }
        everything = [step for step in program.steps if isinstance(step, Launch)]
        self._launches[first_record, len(program.records)] = everything

    def allow_writes(self, first, end):
        self.said.append(("allow_writes", first, end))

    def write(self, register, value):
        self.said.append((register, value))

    def counters(self):
        return list(range(len(self._names)))

    def run(self, address, count, *, watch=None):
        launches = self._launches[address, count]
        self.said.append(("run", *(launch.step.layer.name for launch in launches)))
        for launch in launches:
            self._write_result(launch.step.target)
        before = self.counts
        self.counts = Counts(
            before.cycles + 50, before.read_bytes + 7, before.written_bytes + 3, 1, 1
        )
        if watch is not None:
            watch(25)
        return 50

    def _write_result(self, target):
        stored = self._program.maps[target]
        shape = stored.plan.channels, stored.plan.rows, stored.plan.columns
        content = pack_map(self._expected[target].reshape(shape), stored.plan, self._program.widths)
        self.memory[stored.address :][: len(content)] = np.frombuffer(content, dtype=np.uint8)
