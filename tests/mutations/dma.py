"""Breaks in the engines that read and write memory, and in the registers."""

from tests.mutations.mutation import Mutation

__all__ = ["MUTATIONS"]

_READ = "tests/hw/dma/test_read_engine.py::test_reads_memory[narrow]"
_WRITE = "tests/hw/dma/test_write_engine.py::test_writes_memory[narrow]"

MUTATIONS = [
    Mutation(
        name="a read burst leaves its page",
        file="hw/dma/read_engine.py",
        old="page_rest.eq(config.page_words - word)",
        new="page_rest.eq(config.page_words)",
        test=_READ,
    ),
    Mutation(
        name="words are asked for without room for them",
        file="hw/dma/read_engine.py",
        old=" & (free >= words))",
        new=")",
        test=_READ,
    ),
    Mutation(
        name="a word that memory refused is handed on",
        file="hw/dma/read_engine.py",
        old="axi.rvalid & ~axi.rresp[1] & ~stopped)",
        new="axi.rvalid & ~stopped)",
        test=_READ,
    ),
    Mutation(
        name="clearing the read engine does not wait for the memory",
        file="hw/dma/read_engine.py",
        old="with m.Elif(draining & ~bursts.o.valid & buffer.empty):",
        new="with m.Elif(draining):",
        test=_READ,
    ),
    Mutation(
        name="words leave before their burst is complete",
        file="hw/dma/burst_buffer.py",
        old="(kept != 0) & (~self",
        new="(held != 0) & (~self",
        test="tests/hw/dma/test_burst_buffer.py::test_matches_a_list[5-33]",
    ),
    Mutation(
        name="words are written below the output buffer",
        file="hw/dma/write_engine.py",
        old="(self._address(place) >= self.first_address) & ",
        new="",
        test=_WRITE,
    ),
    Mutation(
        name="a lower bound inside a word lets the whole word through",
        file="hw/dma/write_engine.py",
        old="(self._address(place) >= self.first_address)",
        new="(place >= self.first_address[config.offset_bits :])",
        test=_WRITE,
    ),
    Mutation(
        name="the last word inside the bounds waits for one that never enters",
        file="hw/dma/write_engine.py",
        old="                | last_inside\n",
        new="",
        test=_WRITE,
    ),
    Mutation(
        name="the write engine is idle before memory has acknowledged",
        file="hw/dma/write_engine.py",
        old=" & ~unanswered.o.valid)",
        new=")",
        test=_WRITE,
    ),
    Mutation(
        name="a word that comes with clear is put into a burst",
        file="hw/dma/write_engine.py",
        old="stopped = failed | draining | self.clear",
        new="stopped = failed | draining",
        test=_WRITE,
    ),
    Mutation(
        name="the bounds of the output buffer move during a run",
        file="hw/control/registers.py",
        old="~locked if register.access",
        new="Const(1) if register.access",
        test="tests/hw/control/test_registers.py::test_answer_a_host[small]",
    ),
    Mutation(
        name="the halves of a counter are of different times",
        file="hw/control/registers.py",
        old='"counter_high": upper,',
        new='"counter_high": self.counter[32:],',
        test="tests/hw/control/test_registers.py::test_answer_a_host[small]",
    ),
]
