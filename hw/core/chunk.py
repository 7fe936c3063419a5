"""What the output unit must know of a drained half of the output RAM."""

from amaranth.lib import data

from grus.hw.config import CraneConfig

__all__ = ["ChunkLayout"]


class ChunkLayout(data.StructLayout):
    """Finished sums of some rounds of one tile.

    Members
    -------
    half : :py:`unsigned(1)`
        Half of the output RAM.
    words : :py:`range(output_words + 1)`
        Words of each bank.
    last : :py:`unsigned(1)`
        Ends the tile.
    """

    def __init__(self, config: CraneConfig):
        super().__init__({"half": 1, "words": range(config.output_words + 1), "last": 1})
