import pytest

from grus.hw.dma.config import AxiConfig
from tests.hw.dma.configs import NARROW, ODD, SINGLE, WIDE


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"data_bits": 32}, ValueError, r"^data_bits must be in 64\.\.512, not 32$"),
        ({"data_bits": 96}, ValueError, r"^data_bits must be a power of two, not 96$"),
        ({"address_bits": 65}, ValueError, r"^address_bits must be in 32\.\.64, not 65$"),
        ({"burst_words": 257}, ValueError, r"^burst_words must be in 1\.\.256, not 257$"),
        ({"burst_words": 4.0}, TypeError, r"^burst_words must be an integer, not 4\.0$"),
        ({"outstanding_bursts": 0}, ValueError, r"^outstanding_bursts must be in 1\.\.16, not 0$"),
        (
            {"outstanding_bursts": True},
            TypeError,
            r"^outstanding_bursts must be an int.*, not True",
        ),
    ],
)
def test_rejects_what_is_out_of_range(parameters, error, message):
    with pytest.raises(error, match=message):
        AxiConfig(**parameters)


def test_derived_numbers():
    assert (WIDE.word_bytes, WIDE.offset_bits, WIDE.page_words) == (64, 6, 64)
    assert (WIDE.longest_burst, NARROW.longest_burst) == (64, 16)
    assert [config.read_buffer_words for config in (NARROW, ODD, SINGLE)] == [64, 10, 16]
    assert (NARROW.write_buffer_words, NARROW.place_bits) == (32, 29)
    assert AxiConfig(**ODD.to_dict()) == ODD
