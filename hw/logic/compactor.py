"""Network that moves the marked lanes of a vector together."""

from amaranth.hdl import Cat, Module, Mux, Signal
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

__all__ = ["Compactor"]


class Compactor(wiring.Component):
    """Shift each valid lane down by its own distance.

    Purely combinational, one level of multiplexers for each bit of a distance, the lowest bit
    first. No two lanes meet on the way if the distance never grows by more than the number of
    invalid lanes passed, which holds when lane n is shifted by the invalid lanes before it plus a
    constant: after level k the lanes stand at ``n - (distance mod 2^(k+1))``, still in order.

    Parameters
    ----------
    shape : shape-like
        Contents of a lane.
    lanes : int
        Lanes in and out.

    Members
    -------
    valid : :py:`In(lanes)`
        Lanes that hold something.
    distance : :py:`In(ArrayLayout(range(lanes), lanes))`
        Shift of each valid lane towards lane 0; at most its own number.
    i : :py:`In(ArrayLayout(shape, lanes))`
        Lanes before the shift.
    o : :py:`Out(ArrayLayout(shape, lanes))`
        Lanes after it; those that nothing was shifted to mean nothing.
    """

    def __init__(self, shape, lanes: int):
        self._shape, self._lanes = shape, lanes
        super().__init__(
            {
                "valid": In(lanes),
                "distance": In(data.ArrayLayout(range(lanes), lanes)),
                "i": In(data.ArrayLayout(shape, lanes)),
                "o": Out(data.ArrayLayout(shape, lanes)),
            }
        )

    def elaborate(self, platform):
        """A lane travels as one word: contents below, the distance still to go above."""
        m = Module()
        lanes = self._lanes
        levels = (lanes - 1).bit_length()
        contents_bits = len(self.i.as_value()) // lanes
        words = [
            Cat(self.i.as_value().word_select(lane, contents_bits), self.distance[lane])
            for lane in range(lanes)
        ]
        valid = list(self.valid)
        for level in range(levels):
            step = 1 << level
            moves = [valid[lane] & words[lane][contents_bits + level] for lane in range(lanes)]
            next_words, next_valid = [], []
            for lane in range(lanes):
                word = Signal(len(words[lane]), name=f"word_{level}_{lane}")
                mark = Signal(name=f"valid_{level}_{lane}")
                if lane + step < lanes:
                    arrives = moves[lane + step]
                    m.d.comb += word.eq(Mux(arrives, words[lane + step], words[lane]))
                    m.d.comb += mark.eq(arrives | (valid[lane] & ~moves[lane]))
                else:
                    m.d.comb += word.eq(words[lane])
                    m.d.comb += mark.eq(valid[lane] & ~moves[lane])
                next_words.append(word)
                next_valid.append(mark)
            words, valid = next_words, next_valid
        m.d.comb += self.o.as_value().eq(Cat(word[:contents_bits] for word in words))
        return m
