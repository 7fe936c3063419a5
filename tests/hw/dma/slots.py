"""Machines and buses on which the readers of operands are tested."""

import random

from grus.compiler.memory.slots import SlotWidths
from grus.hw.config import CraneConfig
from grus.hw.dma.config import AxiConfig
from grus.hw.dma.slot_format import SlotFormat
from grus.hw.presets import SMALL, TINY

# The last one has fewer slots in a word than pairs in a beat.
CASES = {
    f"{config.name}-{config.stream_pairs}-{bus}": SlotFormat(
        config=config, axi=AxiConfig(data_bits=bus)
    )
    for config, bus in (
        (TINY, 64),
        (TINY, 128),
        (SMALL, 64),
        (SMALL, 128),
        (SMALL.with_overrides(stream_pairs=8), 64),
    )
}


def to_parameters(slots):
    """A format, for a testbench."""
    return {"config": slots.config.to_dict(), "axi": slots.axi.to_dict()}


def from_parameters(parameters):
    """The inverse of :func:`to_parameters`."""
    return SlotFormat(
        config=CraneConfig(**parameters["config"]), axi=AxiConfig(**parameters["axi"])
    )


def widths_of(slots):
    """The same, as the compiler's packer knows it."""
    config = slots.config
    return SlotWidths(config.data_bits, config.index_bits, slots.axi.word_bytes)


def noise(byte_count):
    """Bytes that must not matter."""
    return random.randbytes(byte_count)


def segments_in(beats, *, lanes=None):
    """Segments of beats: a list of pairs each; checks the counters, and full beats if `lanes`."""
    segments, pairs = [], []
    for beat in beats:
        pairs += [(pair["value"], pair["zeros"]) for pair in beat["pairs"][: beat["used"]]]
        if beat["last"]:
            assert beat["count"] == len(pairs)
            segments.append(pairs)
            pairs = []
        else:
            assert beat["used"] == lanes if lanes else beat["used"] > 0
    assert not pairs
    return segments


def golden_segments(segments):
    """Encoded segments as lists of pairs, too."""
    pairs = list(zip(segments.values.tolist(), segments.zeros.tolist(), strict=True))
    found, start = [], 0
    for count in segments.counters.tolist():
        found.append(pairs[start : start + count])
        start += count
    return found
