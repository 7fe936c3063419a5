"""All readers behind one read engine, as a machine has them."""

from amaranth.hdl import Module, signed
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out, connect, flipped

from grus.hw.dma.axi import AxiRead
from grus.hw.dma.bias_reader import BiasCommandLayout, BiasReader
from grus.hw.dma.read_arbiter import ReadArbiter
from grus.hw.dma.read_engine import ReadEngine
from grus.hw.dma.region import RegionLayout
from grus.hw.dma.resident_reader import ResidentCommandLayout, ResidentReader
from grus.hw.dma.tensor_reader import TensorReader
from grus.hw.layouts import BeatLayout


class ReadSide(wiring.Component):
    def __init__(self, slots):
        self._slots = slots
        config = slots.config
        beat = BeatLayout(config, config.stream_pairs)
        super().__init__(
            {
                "regions": In(stream.Signature(RegionLayout(slots))),
                "residents": In(stream.Signature(ResidentCommandLayout(slots))),
                "bias_blocks": In(stream.Signature(BiasCommandLayout(slots))),
                "broadcast": Out(stream.Signature(beat)),
                "resident": Out(stream.Signature(beat)),
                "biases": Out(stream.Signature(signed(config.accumulator_bits))),
                "axi": Out(AxiRead(slots.axi)),
                "malformed": Out(2),
            }
        )

    def elaborate(self, platform):
        m = Module()
        slots, axi = self._slots, self._slots.axi
        m.submodules.tensor = tensor = TensorReader(slots)
        m.submodules.resident_reader = resident = ResidentReader(slots)
        m.submodules.bias = bias = BiasReader(slots)
        m.submodules.engine = engine = ReadEngine(axi)
        words = axi.read_buffer_words
        m.submodules.arbiter = arbiter = ReadArbiter(axi, (words, words, 8, 8))
        for client, (requests, answers) in enumerate(
            (
                (tensor.pixel_requests, tensor.pixel_words),
                (resident.requests, resident.words),
                (tensor.count_requests, tensor.count_words),
                (bias.requests, bias.words),
            )
        ):
            connect(m, requests, arbiter.requests[client])
            connect(m, arbiter.words[client], answers)
        connect(m, arbiter.engine_requests, engine.requests)
        connect(m, engine.o, arbiter.engine_words)
        connect(m, engine.axi, flipped(self.axi))
        for ours, theirs in (
            (self.regions, tensor.regions),
            (self.residents, resident.commands),
            (self.bias_blocks, bias.commands),
        ):
            connect(m, flipped(ours), theirs)
        for theirs, ours in (
            (tensor.o, self.broadcast),
            (resident.o, self.resident),
            (bias.o, self.biases),
        ):
            connect(m, theirs, flipped(ours))
        m.d.comb += self.malformed.eq(tensor.malformed | (resident.malformed << 1))
        return m
