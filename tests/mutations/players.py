"""Breaks in what plays the accelerator: memories, hosts, and their agreement."""

from tests.mutations.mutation import Mutation

__all__ = ["MUTATIONS"]

_AGREE = "tests/sim/test_agreement.py::test_they_agree_on_every_memory"
_PLAYER = "tests/sim/test_accelerator_player.py"
_TIMED, _CONTENTS = "sim/timed_memory.py", "sim/contents.py"

MUTATIONS = [
    Mutation(
        name="the memory under cocotb reads a cycle late",
        file=_TIMED,
        old="due = self._cycle + self._latency\n",
        new="due = self._cycle + self._latency + 1\n",
        test=f"{_AGREE}[at once]",
    ),
    Mutation(
        name="the memory under cocotb answers writes a cycle early",
        file=_TIMED,
        old="self._answers.append((self._cycle + self._latency, response))",
        new="self._answers.append((self._cycle + self._latency - 1, response))",
        test=f"{_AGREE}[late]",
    ),
    Mutation(
        name="pauses go on from one run to the next",
        file=_TIMED,
        old="        self._cycle = 0\n\n    def drive",
        new="        pass\n\n    def drive",
        test=f"{_AGREE}[reluctant]",
    ),
    Mutation(
        name="all channels pause at once",
        file="sim/pauses.py",
        old="seed * 8 + channel",
        new="seed * 8",
        test=f"{_AGREE}[slow to write]",
    ),
    Mutation(
        name="the host does not wait until the output RAM is clear",
        file="sim/host.py",
        old="self._idle(self._clearing_cycles)",
        new="self._idle(1)",
        test="tests/sim/test_agreement.py::test_they_agree_on_real_layers",
    ),
    Mutation(
        name="a run under cocotb counts from the answer to its start",
        file="sim/accelerator_bench.py",
        old="self._armed and taken.value == 1",
        new="self._armed and self._dut.s_axi_bvalid.value == 1",
        test=f"{_AGREE}[at once]",
    ),
    Mutation(
        name="memory under cocotb does not tell errors of reading",
        file=_CONTENTS,
        old="return word, not self.fails(address)",
        new="return word, True",
        test=f"{_PLAYER}::test_an_error_stops_the_run_and_is_named[read]",
    ),
    Mutation(
        name="memory under cocotb does not tell errors of writing",
        file=_CONTENTS,
        old="        return not self.fails(address)\n",
        new="        return True\n",
        test=f"{_PLAYER}::test_an_error_stops_the_run_and_is_named[write]",
    ),
    Mutation(
        name="a descriptor that waits for results counts as begun",
        file="hw/control/processing_controller.py",
        old="self.number.eq(gone + self.bad)",
        new="self.number.eq(gone + (step == _Step.DISPATCH))",
        test=f"{_PLAYER}::test_an_error_stops_the_run_and_is_named[write]",
    ),
    Mutation(
        name="memory under cocotb lets anything be written",
        file=_CONTENTS,
        old="address < self.writable.start or end",
        new="end",
        test="tests/sim/test_contents.py::test_nothing_outside_is_written",
    ),
    Mutation(
        name="whoever waits for a run is told nothing",
        file="sim/host.py",
        old="            if watch is not None:\n",
        new="            if not watch:\n",
        test=f"{_PLAYER}::test_whoever_waits_is_told_the_cycles",
    ),
    Mutation(
        name="waveforms of Icarus go with the folder they were made in",
        file="sim/accelerator_player.py",
        old="if waves is not None and recorded.exists():",
        new="if waves is not None and not recorded.exists():",
        test=f"{_PLAYER}::test_an_accelerator_on_icarus_says_what_it_is",
    ),
]
