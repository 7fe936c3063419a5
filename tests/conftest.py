"""Icarus is used where it is installed; its absence is said once, at the top."""

import pytest

from grus.sim.simulators import is_available
from grus.tools import MissingToolError


def pytest_report_header():
    if not is_available("icarus"):
        return "Icarus is not installed: its tests are skipped; install the package iverilog"
    return None


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call():
    try:
        return (yield)
    except MissingToolError as error:
        if is_available("icarus"):
            raise
        pytest.skip(str(error))
