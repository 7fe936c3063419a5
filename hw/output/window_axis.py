"""Which pooling windows cover a row, or a column."""

from amaranth.hdl import Module, Mux, Signal, signed
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from grus.hw.config import CraneConfig
from grus.hw.core.tile import EdgeLayout

__all__ = ["WindowAxis"]


class WindowAxis(wiring.Component):
    """Walk along one axis of a map, and at each coordinate over the windows that cover it.

    Windows are visited from the one that begins last to the one that began first. No division:
    the position in the last window is carried from coordinate to coordinate. All outputs come
    from registers and parameters.

    Parameters
    ----------
    config : :class:`CraneConfig`
        Sizes.

    Members
    -------
    edge : :py:`In(EdgeLayout(config))`
        The window that begins last at coordinate 0.
    kernel, stride : :py:`In(range(pool_window + 1))`
        Size and distance of windows.
    windows : :py:`In(range(pool_words + 1))`
        Windows there are.
    place_step, place_limit : :py:`In(range(pool_words + 1))`
        Distance of neighbouring windows in the pooling memory, which wraps at the limit.
    restart : :py:`In(1)`
        Go to coordinate 0.
    advance : :py:`In(1)`
        Go to the next coordinate, and there to the window that begins last.
    visit : :py:`In(1)`
        Go to the window that begins before the one visited.
    revisit : :py:`In(1)`
        Go back to the window that begins last.
    coordinate : :py:`Out(range(broadcast_positions + 1))`
        The coordinate.
    offset : :py:`Out(range(2 * pool_window + 1))`
        Its distance from the beginning of the window visited.
    there : :py:`Out(1)`
        The window visited exists, and covers the coordinate.
    more : :py:`Out(1)`
        A window that begins before the one visited covers the coordinate, too.
    place : :py:`Out(range(pool_words + 1))`
        Place of the window visited in the pooling memory.
    """

    def __init__(self, config: CraneConfig):
        self._config = config
        size, words = range(config.pool_window + 1), range(config.pool_words + 1)
        super().__init__(
            {
                "edge": In(EdgeLayout(config)),
                "kernel": In(size),
                "stride": In(size),
                "windows": In(words),
                "place_step": In(words),
                "place_limit": In(words),
                "restart": In(1),
                "advance": In(1),
                "visit": In(1),
                "revisit": In(1),
                "coordinate": Out(range(config.broadcast_positions + 1)),
                "offset": Out(range(2 * config.pool_window + 1)),
                "there": Out(1),
                "more": Out(1),
                "place": Out(words),
            }
        )

    @property
    def config(self) -> CraneConfig:
        """Parameters of this axis."""
        return self._config

    def elaborate(self, platform):
        """The window that begins last, and the window visited."""
        m = Module()
        window = Signal(range(self.config.pool_words + 1))
        phase = Signal(range(self.config.pool_window + 1))
        last_place = Signal.like(self.place)
        visited = Signal(signed(len(window) + 1))
        m.d.comb += [
            self.there.eq((visited >= 0) & (visited < self.windows) & (self.offset < self.kernel)),
            # As offset + stride < kernel, which would come later.
            self.more.eq((self.offset + self.stride - self.kernel)[-1]),
        ]

        with m.If(self.restart):
            m.d.sync += self.coordinate.eq(0)
            m.d.sync += [window.eq(self.edge.window), phase.eq(self.edge.phase)]
            m.d.sync += [last_place.eq(self.edge.place), self.place.eq(self.edge.place)]
            m.d.sync += [visited.eq(self.edge.window), self.offset.eq(self.edge.phase)]
        with m.Elif(self.advance):
            begins = phase + 1 == self.stride
            place = self._next_place(m, last_place)
            m.d.sync += self.coordinate.eq(self.coordinate + 1)
            m.d.sync += [
                window.eq(window + begins),
                phase.eq(Mux(begins, 0, phase + 1)),
                visited.eq(window + begins),
                self.offset.eq(Mux(begins, 0, phase + 1)),
                last_place.eq(Mux(begins, place, last_place)),
                self.place.eq(Mux(begins, place, last_place)),
            ]
        with m.Elif(self.revisit):
            m.d.sync += [visited.eq(window), self.offset.eq(phase), self.place.eq(last_place)]
        with m.Elif(self.visit):
            wraps = self.place < self.place_step
            m.d.sync += [
                visited.eq(visited - 1),
                self.offset.eq(self.offset + self.stride),
                self.place.eq(self.place + Mux(wraps, self.place_limit, 0) - self.place_step),
            ]
        return m

    def _next_place(self, m: Module, place):
        following = Signal(len(place) + 1)
        m.d.comb += following.eq(place + self.place_step)
        return Mux(following >= self.place_limit, following - self.place_limit, following)
