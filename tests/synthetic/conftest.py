"""The synthetic registers, written once for all tests, and a reading of them that owes nothing to the package."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from udsat_geo.synthetic import DEFAULT_SEED
from udsat_geo.synthetic import write as synthetic

OTHER_SEED = 61


@pytest.fixture(scope="session")
def registers(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int, int], Path]:
    root = tmp_path_factory.mktemp("synthetic")

    def folder(year: int, seed: int = DEFAULT_SEED) -> Path:
        place = root / str(seed) / str(year)
        if not place.exists():
            synthetic.write_registers(year, place, seed)
        return place

    return folder


@pytest.fixture(scope="session")
def tables(
    registers: Callable[[int, int], Path],
) -> Callable[[int, int], tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]]:
    """Residents, dwellings with their cell and number of residents, and addresses of a year."""
    kept: dict[tuple[int, int], tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]] = {}

    def read(year: int, seed: int = DEFAULT_SEED) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
        if (year, seed) not in kept:
            folder = registers(year, seed)
            residents = pd.read_parquet(folder / "residents.parquet")
            dwellings = pd.read_parquet(folder / "dwellings.parquet")
            addresses = pd.read_parquet(folder / "addresses.parquet")
            dwellings = dwellings.merge(addresses, on="address_id", validate="many_to_one")
            dwellings["row"] = (dwellings.northing // 100).astype(int)
            dwellings["col"] = (dwellings.easting // 100).astype(int)
            count = residents.groupby("dwelling_id").size()
            dwellings["residents"] = dwellings.dwelling_id.map(count).fillna(0).astype(int)
            kept[year, seed] = residents, dwellings, addresses
        return kept[year, seed]

    return read
