"""A town of two years, designated through the interface."""

from __future__ import annotations

import matplotlib
import pytest

import udsat_geo as ug
from api_town import Town
from two_years import write_town

matplotlib.use("Agg")


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    folder = tmp_path_factory.mktemp("town")
    write_town(folder)
    return Town(folder)


@pytest.fixture(scope="session")
def earlier(town: Town) -> ug.Result:
    return town.designate(2017)


@pytest.fixture(scope="session")
def made(town: Town) -> ug.Result:
    return town.designate(2021)
