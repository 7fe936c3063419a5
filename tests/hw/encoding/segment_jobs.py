"""Encoded segments for the tests of the run-length decoder, well formed and not."""

import random
from typing import NamedTuple

import numpy as np

from grus.golden.encoding import Segment, decode_segment, encode_segment, positions
from grus.hw.config import CraneConfig
from grus.hw.layouts import BeatLayout
from tests.support.runner import parameters
from tests.support.transfers import random_payload

CONFIG = CraneConfig(**parameters())
LANES, PAIRS, END = CONFIG.broadcast_lanes, CONFIG.stream_pairs, CONFIG.broadcast_positions
LOWEST, HIGHEST = -(2 ** (CONFIG.data_bits - 1)), 2 ** (CONFIG.data_bits - 1) - 1
BEAT = BeatLayout(CONFIG, PAIRS)


class Job(NamedTuple):
    """One segment: where it goes, and its beats."""

    start: int
    stop: int
    beats: list

    def pairs(self):
        return [pair for beat in self.beats for pair in beat["pairs"][: beat["used"]]]

    def encoded(self):
        values, zeros = ([pair[name] for pair in self.pairs()] for name in ("value", "zeros"))
        return Segment(np.array(values, np.int64), np.array(zeros, np.int64))

    def dense(self):
        """What the decoder must write: pairs behind the end are dropped."""
        encoded = self.encoded()
        inside = positions(encoded) < self.stop - self.start
        kept = Segment(encoded.values[inside], encoded.zeros[inside])
        return decode_segment(kept, self.stop - self.start, index_bits=CONFIG.index_bits)

    def is_malformed(self):
        encoded = self.encoded()
        beyond = positions(encoded) >= self.stop - self.start
        return bool(beyond.any()) or encoded.count != self.beats[-1]["count"]

    def cycles(self):
        """One for each beat, and one more for each further word that its positions lie in."""
        first, base, total = self.start, self.start, 0
        for beat in self.beats:
            base += sum(pair["zeros"] + 1 for pair in beat["pairs"][: beat["used"]])
            stop = self.stop if beat["last"] else base
            total += max(1, -(-stop // LANES) - first // LANES)
            first = stop
        return total


def beats_of(segment, *, empty_end=False, sizes=None):
    """Beats of a segment; `empty_end` ends it in a beat of its own, without pairs."""
    pairs = [
        {"value": value, "zeros": zeros}
        for value, zeros in zip(segment.values.tolist(), segment.zeros.tolist(), strict=True)
    ]
    beats = []
    while pairs:
        used = PAIRS if sizes is None else min(sizes(), len(pairs))
        beats.append(beat_of(pairs[:used]))
        pairs = pairs[used:]
    if empty_end or not beats:
        beats.append(beat_of([]))
    return [*beats[:-1], beats[-1] | {"last": 1, "count": segment.count}]


def beat_of(pairs):
    """A beat that is not the last; what does not count is noise."""
    noise = random_payload(BEAT)
    return noise | {
        "pairs": pairs + noise["pairs"][len(pairs) :],
        "used": len(pairs),
        "last": 0,
    }


def random_dense(positions, density):
    values = [random.randint(LOWEST, HIGHEST) for _ in range(positions)]
    return np.array([value if random.random() < density else 0 for value in values], np.int64)


def job(dense, start, **beats):
    encoded = encode_segment(dense, index_bits=CONFIG.index_bits)
    return Job(start, start + len(dense), beats_of(encoded, **beats))


def random_job():
    start = random.randint(0, END)
    dense = random_dense(
        random.randint(0, min(END - start, 5 * LANES)), random.choice((0, 0.03, 0.3, 0.7, 1))
    )
    return job(
        dense,
        start,
        empty_end=random.random() < 0.2,
        sizes=lambda: random.randint(0 if random.random() < 0.2 else 1, PAIRS),
    )


def spoilt_job():
    """A segment whose pairs, counter or length were changed at random."""
    start, stop, beats = random_job()
    kind = random.choice(("count", "stop", "zeros", "cut", "noise"))
    if kind == "count":
        beats[-1] = beats[-1] | {"count": random_payload(BEAT)["count"]}
    elif kind == "stop":
        stop = random.randint(start, stop)
    elif kind == "zeros":
        beats = [beat | {"pairs": random_payload(BEAT)["pairs"]} for beat in beats]
    elif kind == "cut":
        beats = beats[random.randrange(len(beats)) :]
    else:
        noise = [beat_of(random_payload(BEAT)["pairs"]) for _ in range(random.randint(1, 200))]
        beats = [*noise, *beats]
    return Job(start, stop, beats)
