import pytest

from grus.hw.pe.row_fetcher import RowFetcher
from tests.hw.pe.configs import CONFIGS
from tests.support.runner import run_testbench


@pytest.mark.rtl
@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.name)
def test_reads_every_row_in_order(config, tmp_path):
    run_testbench(
        RowFetcher(config),
        "tests.hw.pe.row_fetcher_tb",
        parameters=config.to_dict(),
        folder=tmp_path,
    )
