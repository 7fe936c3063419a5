"""Every public function of the golden model names its source and has an example that runs."""

import doctest
import importlib
import inspect
import pkgutil

import pytest

import grus.golden

MODULES = [module.name for module in pkgutil.iter_modules(grus.golden.__path__)]


def load(name):
    return importlib.import_module(f"grus.golden.{name}")


def public(module):
    return {name: getattr(module, name) for name in module.__all__ if name != name.upper()}


def test_all_modules_are_found():
    assert {"convolution", "encoding", "formats", "network", "pooling"} <= set(MODULES)


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings(name):
    results = doctest.testmod(load(name))
    assert results.attempted > 0
    assert results.failed == 0


@pytest.mark.parametrize("name", MODULES)
def test_functions_name_their_source(name):
    for label, thing in public(load(name)).items():
        if inspect.isfunction(thing):
            assert "Notes\n    -----\n    Source: " in thing.__doc__, label
            assert "Examples\n    --------\n    >>>" in thing.__doc__, label


@pytest.mark.parametrize("name", MODULES)
def test_names_exist_once(name):
    module = load(name)
    assert all(hasattr(module, label) for label in module.__all__)
    assert len(set(module.__all__)) == len(module.__all__)
