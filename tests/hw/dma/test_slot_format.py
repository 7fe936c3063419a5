import pytest

from grus.hw.dma.config import AxiConfig
from grus.hw.dma.slot_format import SlotFormat
from grus.hw.presets import CRANE_IS, TINY


def test_counts_slots():
    slots = SlotFormat(config=CRANE_IS, axi=AxiConfig(data_bits=128))
    assert (slots.encoded_slots, slots.dense_slots, slots.dense_slot_bits) == (6, 8, 3)
    assert slots.value_offset_bits == 1
    assert SlotFormat(config=TINY, axi=AxiConfig()).value_offset_bits == 0


def test_rejects_values_that_do_not_fill_bytes():
    with pytest.raises(ValueError, match=r"^data_bits must be a multiple of 8, .*, not 12$"):
        SlotFormat(config=CRANE_IS.with_overrides(data_bits=12), axi=AxiConfig())


def test_rejects_counters_that_do_not_fit_a_slot():
    config = TINY.with_overrides(broadcast_ram_bytes=4096, patch_positions=4096)
    with pytest.raises(ValueError, match=r"^index_bits must be at least 5, .*, not 2$"):
        SlotFormat(config=config, axi=AxiConfig())
