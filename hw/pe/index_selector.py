"""Index selector: finds the effectual pairs of a work-item and hands them out T at a time."""

from amaranth.hdl import Module
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out, connect, flipped

from grus.hw.config import CraneConfig
from grus.hw.encoding.pair_locator import PairLocator, TaggedRowLayout
from grus.hw.layouts import MatchLayout
from grus.hw.pe.matcher import Matcher
from grus.hw.pe.pair_joiner import PairJoiner

__all__ = ["IndexSelector"]


class IndexSelector(wiring.Component):
    """Find effectual pairs.

    A row's zero counts become positions (:class:`PairLocator`), the positions are looked up in
    the non-zero marks of the patch (:class:`Matcher`), and the pairs that match are joined with
    those left over from the rows before (:class:`PairJoiner`).

    Throughput is one row per cycle or `multipliers` pairs per cycle, whichever takes longer.
    Latency is 3 cycles. A stalled output holds its match; rows move up behind it until all
    stages are full. The path from ``o.ready`` to ``i.ready`` is combinational.

    Source: Crane, section 4.2 and Figure 8; lookahead and joining: project decision D-006.

    Parameters
    ----------
    config : :class:`CraneConfig`
        Lookahead, multipliers, size of a patch.

    Members
    -------
    i : :py:`In(stream.Signature(TaggedRowLayout(config)))`
        Rows, those of one work-item in a run.
    nonzero : :py:`In(ArrayLayout(patch_positions, 2))`
        Marks of the two patches; those of a round must not change while its rows are here.
    o : :py:`Out(stream.Signature(MatchLayout(config)))`
        Effectual pairs.
    starving : :py:`Out(1)`
        The joiner could take a row in this cycle, and there is none.
    """

    def __init__(self, config: CraneConfig):
        self._config = config
        super().__init__(
            {
                "i": In(stream.Signature(TaggedRowLayout(config))),
                "nonzero": In(data.ArrayLayout(config.patch_positions, 2)),
                "o": Out(stream.Signature(MatchLayout(config))),
                "starving": Out(1),
            }
        )

    @property
    def config(self) -> CraneConfig:
        """Parameters of this selector."""
        return self._config

    def elaborate(self, platform):
        """Three components in a row."""
        m = Module()
        m.submodules.locator = locator = PairLocator(self.config)
        m.submodules.matcher = matcher = Matcher(self.config)
        m.submodules.joiner = joiner = PairJoiner(self.config)
        connect(m, flipped(self.i), locator.i)
        connect(m, locator.o, matcher.i)
        connect(m, matcher.o, joiner.i)
        connect(m, joiner.o, flipped(self.o))
        m.d.comb += [
            matcher.nonzero.eq(self.nonzero),
            self.starving.eq(joiner.i.ready & ~joiner.i.valid),
        ]
        return m
