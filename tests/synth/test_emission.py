import pytest

from grus.hw.config import CraneConfig
from grus.hw.core.crane_core import CraneCore
from grus.hw.dma.config import AxiConfig
from grus.hw.emit import to_rtlil
from grus.hw.presets import CAMBRICON_X_TINY, TINY
from grus.synth import emission
from grus.synth.emission import emit_design
from grus.synth.rtlil import split_modules


@pytest.fixture
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GRUS_CACHE", str(tmp_path))
    return tmp_path


@pytest.fixture
def conversions(own_cache, monkeypatch):
    """Names of the tops that have been generated."""
    names = []
    for maker, name in (("core_of", "CraneCore"), ("CraneAccelerator", "CraneAccelerator")):
        monkeypatch.setattr(emission, maker, lambda parameters, name=name: name)

    def convert(name):
        names.append(name)
        return f"module \\{name}_{len(names)}\nend\n"

    monkeypatch.setattr(emission, "to_rtlil", convert)
    return names


def test_a_design_is_what_the_rtl_says(own_cache):
    text = emit_design(TINY)
    assert text == to_rtlil(CraneCore(TINY))
    assert emit_design(TINY) == text


def test_tops_and_parameters_are_told_apart(conversions):
    first = emit_design(TINY)
    assert emit_design(TINY) == first
    assert conversions == ["CraneCore"]
    emit_design(TINY, "accelerator")
    emit_design(TINY.with_overrides(pool_words=12))
    emit_design(TINY, "accelerator", AxiConfig(data_bits=64))
    assert conversions == ["CraneCore", "CraneAccelerator", "CraneCore", "CraneAccelerator"]


def test_kinds_of_machines_are_told_apart(conversions):
    emit_design(CAMBRICON_X_TINY)
    emit_design(CraneConfig(**CAMBRICON_X_TINY.to_dict()))
    assert len(conversions) == 2


def test_other_sources_are_another_design(conversions, monkeypatch):
    emit_design(TINY)
    monkeypatch.setattr(emission, "_sources", lambda: ["changed"])
    emit_design(TINY)
    assert len(conversions) == 2


def test_the_sources_are_those_of_the_rtl():
    text = "\n".join(emission._sources())
    assert "class CraneAccelerator(" in text
    assert "Integer formats: ranges" in text


def test_the_accelerator_has_dma_and_core(own_cache):
    names = set(split_modules(emit_design(TINY, "accelerator")))
    assert {"CraneAccelerator", "CraneCore", "ReadEngine", "Registers"} <= names
