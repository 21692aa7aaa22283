"""Small random registers, as Arrow tables, and the sums that pandas makes of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

LABOUR = ["employed", "unemployed", "in_education", "temporarily_outside", "early_retirement", None]
EDUCATION = ["none", "basic", "upper_secondary", "vocational", "in_education", None]
ORIGIN = ["danish", "western", "non_western", None]


@dataclass(frozen=True)
class Registers:
    """The three tables."""

    residents: pa.Table
    dwellings: pa.Table
    addresses: pa.Table

    def shuffled(self, seed: int) -> Registers:
        """The same rows in another order."""
        rng = np.random.default_rng(seed)
        tables = (self.residents, self.dwellings, self.addresses)
        return Registers(*(table.take(rng.permutation(table.num_rows)) for table in tables))

    def write(self, folder: Path) -> None:
        """Write Parquet files."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("residents", "dwellings", "addresses"):
            pq.write_table(getattr(self, name), folder / f"{name}.parquet")


def make_registers(seed: int, n_addresses: int = 30, n_residents: int = 150, span: int = 600) -> Registers:
    """Registers of a town of `span` metres at the corner of four kilometre cells.

    A tenth of the keys are empty, some addresses have no position, and people of the west are worse off, so that
    there are areas.
    """
    rng = np.random.default_rng(seed)
    n_dwellings = 2 * n_addresses

    def keys(prefix: str, count: int, of: int) -> list[str | None]:
        drawn = rng.integers(0, of, count)
        return [None if rng.random() < 0.1 else f"{prefix}{number}" for number in drawn]

    def some(values: list[Any], chance: float = 0.1) -> list[Any]:
        return [None if rng.random() < chance else value for value in values]

    easting = 720_000 - span / 2 + rng.integers(0, 4 * span, n_addresses) / 4
    northing = 6_176_000 - span / 2 + rng.integers(0, 4 * span, n_addresses) / 4
    address_of_dwelling = keys("A", n_dwellings, n_addresses)
    dwelling_of_resident = keys("D", n_residents, n_dwellings)
    west = {f"A{i}" for i in np.flatnonzero(easting < 720_000)}
    poor = [
        rng.random() < (0.8 if key and address_of_dwelling[int(key[1:])] in west else 0.2)
        for key in dwelling_of_resident
    ]
    residents = {
        "dwelling_id": pa.array(dwelling_of_resident, pa.string()),
        "age": pa.array(some(rng.integers(0, 95, n_residents).tolist()), pa.int64()),
        "labour_status": [LABOUR[rng.integers(3, 6) if p else rng.integers(0, 6)] for p in poor],
        "education": [EDUCATION[rng.integers(0, 2) if p else rng.integers(0, 6)] for p in poor],
        "disposable_income": pa.array(
            some([float(rng.integers(10, 20 if p else 50)) * 10_000.25 for p in poor]), pa.float64()
        ),
        "origin": [ORIGIN[rng.integers(2, 4) if p else rng.integers(0, 4)] for p in poor],
    }
    dwellings = {
        "dwelling_id": [f"D{i}" for i in range(n_dwellings)],
        "address_id": pa.array(address_of_dwelling, pa.string()),
        "area_m2": pa.array(some((rng.integers(500, 20_000, n_dwellings) / 100).tolist()), pa.float64()),
    }
    addresses = {
        "address_id": [f"A{i}" for i in range(n_addresses)],
        "easting": pa.array(some(easting.tolist()), pa.float64()),
        "northing": pa.array(some(northing.tolist(), 0.05), pa.float64()),
    }
    return Registers(pa.table(residents), pa.table(dwellings), pa.table(addresses))


@st.composite
def registers(draw: DrawFn) -> Registers:
    """Registers of towns of several sizes, sparse and crowded."""
    n_addresses, span = draw(st.sampled_from([(1, 100), (10, 1000), (40, 300), (40, 800)]))
    return make_registers(draw(st.integers(0, 2**32)), n_addresses, draw(st.integers(1, 300)), span)


def totals_by_pandas(made: Registers) -> tuple[int, dict[str, tuple[float, float]]]:
    """Residents with a place, and both sums of each criterion of `kbh-2017` over the rows that have one."""
    residents, dwellings, addresses = (table.to_pandas() for table in (made.residents, made.dwellings, made.addresses))
    located = addresses.loc[addresses["easting"].notna() & addresses["northing"].notna(), "address_id"]
    homes = dwellings[dwellings["address_id"].isin(located)].copy()
    people = residents[residents["dwelling_id"].isin(homes["dwelling_id"])]
    limit = 0.75 * residents.loc[residents["age"] >= 18, "disposable_income"].median()
    working = people[people["age"].between(16, 66) & people["labour_status"].notna()]
    earning = people[(people["age"] >= 18) & people["disposable_income"].notna()]
    schooled = people[people["age"].between(16, 64) & people["education"].notna()]
    known = people[people["origin"].notna()]
    homes["living"] = homes["dwelling_id"].map(residents["dwelling_id"].value_counts()).fillna(0)
    homes = homes[homes["living"].between(1, 15) & homes["area_m2"].between(10, 1000)]
    outside = working["labour_status"].isin(["early_retirement", "permanently_outside"])
    return len(people), {
        "dwelling_area": (homes["area_m2"].sum(), homes["living"].sum()),
        "outside_labour_market": (outside.sum(), len(working)),
        "low_income": ((earning["disposable_income"] <= limit).sum(), len(earning)),
        "non_western_origin": ((known["origin"] == "non_western").sum(), len(known)),
        "no_education": (schooled["education"].isin(["none", "basic"]).sum(), len(schooled)),
    }


def placed_dwellings(made: Registers) -> int:
    """How many dwellings have an address with a position."""
    addresses: pd.DataFrame = made.addresses.to_pandas()
    located = addresses.loc[addresses["easting"].notna() & addresses["northing"].notna(), "address_id"]
    return int(made.dwellings.to_pandas()["address_id"].isin(located).sum())
