"""What travels inside the output unit: one value for each processing element."""

from amaranth.hdl import signed
from amaranth.lib import data

from grus.hw.config import CraneConfig

__all__ = ["SumsLayout", "ValuesLayout"]


class SumsLayout(data.StructLayout):
    """One word of the output RAM, all banks.

    Members
    -------
    sums : :py:`ArrayLayout(signed(accumulator_bits), pes)`
        Accumulators of neighbouring output channels at one position.
    group : :py:`range(resident_rows)`
        Number of the lane group: lane n belongs to output channel ``group * pes + n``.
    last_group : :py:`unsigned(1)`
        Ends the position.
    """

    def __init__(self, config: CraneConfig):
        super().__init__(
            {
                "sums": data.ArrayLayout(signed(config.accumulator_bits), config.pes),
                "group": range(config.resident_rows),
                "last_group": 1,
            }
        )


class ValuesLayout(data.StructLayout):
    """Finished values of neighbouring output channels at one position, in the order of channels.

    Members
    -------
    values : :py:`ArrayLayout(signed(data_bits), pes)`
        Values; zero in lanes that have no channel.
    last_group : :py:`unsigned(1)`
        Ends the position.
    """

    def __init__(self, config: CraneConfig):
        super().__init__(
            {
                "values": data.ArrayLayout(signed(config.data_bits), config.pes),
                "last_group": 1,
            }
        )
