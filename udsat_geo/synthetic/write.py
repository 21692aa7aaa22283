"""Registers of the synthetic city as Parquet files, in the columns every other register has."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from udsat_geo.kernels.arrays import Flags, Ints
from udsat_geo.policy.published import status_2021
from udsat_geo.registers.schema import EDUCATION, LABOUR_STATUS, ORIGIN, TENURE
from udsat_geo.synthetic import DEFAULT_SEED, check_year
from udsat_geo.synthetic.chance import stream
from udsat_geo.synthetic.homes import Homes, lacking, tenure_by_year
from udsat_geo.synthetic.land import write_ground, write_places
from udsat_geo.synthetic.people import NO_INCOME, People
from udsat_geo.synthetic.planting import DESIGNATION_YEARS, PlantedAreas, build_areas, planted, quarters
from udsat_geo.synthetic.simulation import Simulation

_FIRST_PERSON, _PERSONS = 1_000_000_000, 2_600_000
_FIRST_DWELLING, _DWELLINGS = 100_000_000, 700_000
_FIRST_ADDRESS, _ADDRESSES = 40_000_000, 200_000


@lru_cache(maxsize=1)
def simulation(seed: int) -> Simulation:
    """The simulation of a seed; the last one asked for is kept, so that its years are made once."""
    return Simulation(seed)


@lru_cache(maxsize=1)
def _keys(seed: int) -> tuple[Ints, Ints, Ints]:
    """Keys of people, dwellings and addresses, drawn at random so that they say nothing of place or time."""
    rng = stream(seed, 91)
    return (
        rng.permutation(_PERSONS) + _FIRST_PERSON,
        rng.permutation(_DWELLINGS) + _FIRST_DWELLING,
        rng.permutation(_ADDRESSES) + _FIRST_ADDRESS,
    )


def _column(values: NDArray[Any], kind: pa.DataType, known: Flags | None = None) -> pa.Array:
    """A column over an array's own memory, empty where not `known`.

    Built from buffers, since the library's own conversion loads pandas wherever that is installed.
    """
    data = np.packbits(values, bitorder="little") if kind == pa.bool_() else np.ascontiguousarray(values)
    validity = None if known is None else pa.py_buffer(np.packbits(known, bitorder="little"))
    return pa.Array.from_buffers(kind, len(values), [validity, pa.py_buffer(data)])


def _coded(codes: NDArray[np.integer[Any]], values: Sequence[str]) -> pa.DictionaryArray:
    """Text by code; negative codes are empty."""
    ends = np.cumsum([0] + [len(value) for value in values]).astype(np.int32)
    text = pa.py_buffer("".join(values).encode("ascii"))
    words = pa.StringArray.from_buffers(len(values), pa.py_buffer(ends), text)
    return pa.DictionaryArray.from_arrays(_column(codes.astype(np.int8), pa.int8(), codes >= 0), words)


def _write(table: pa.Table, path: Path) -> None:
    pq.write_table(table, path, compression="zstd", compression_level=1, row_group_size=1_000_000)


def _residents(people: People, seed: int) -> pa.Table:
    persons, dwellings, _ignored = _keys(seed)
    key = persons[people.person]
    order = np.argsort(key)
    home = people.dwelling[order]
    income = people.income[order]
    return pa.table(
        {
            "person_id": _column(key[order], pa.int64()),
            "dwelling_id": _column(dwellings[home], pa.int64(), home >= 0),
            "age": _column(people.age[order].astype(np.int16), pa.int16()),
            "labour_status": _coded(people.labour[order], LABOUR_STATUS),
            "education": _coded(people.education[order], EDUCATION),
            "disposable_income": _column(income, pa.int32(), income != NO_INCOME),
            "origin": _coded(people.origin[order], ORIGIN),
        }
    )


def _dwellings(homes: Homes, year: int, seed: int) -> pa.Table:
    _ignored, dwellings, addresses = _keys(seed)
    stands = np.flatnonzero(homes.standing(year))
    key = dwellings[stands]
    order = stands[np.argsort(key)]
    no_bath_or_toilet = lacking(homes, "bath", year, seed)
    # of the dwellings lacking something most lack the bath alone; which it is lasts with the dwelling
    kind = dwellings[: len(homes.block)] % 20
    toilet = ~(no_bath_or_toilet & (kind < 6))
    bath = ~(no_bath_or_toilet & (kind >= 1))
    heated = ~lacking(homes, "heating", year, seed)
    return pa.table(
        {
            "dwelling_id": _column(dwellings[order], pa.int64()),
            "address_id": _column(addresses[homes.address[order]], pa.int64()),
            "area_m2": _column(homes.area_m2[order].astype(np.int32), pa.int32()),
            "tenure": _coded(tenure_by_year(homes, year, seed)[order], TENURE),
            "toilet": _column(toilet[order], pa.bool_()),
            "bath": _column(bath[order], pa.bool_()),
            "district_heating": _column(heated[order], pa.bool_()),
        }
    )


def _addresses(homes: Homes, year: int, seed: int) -> pa.Table:
    _ignored, _ignored, addresses = _keys(seed)
    present = np.zeros(len(homes.address_block), dtype=bool)
    present[homes.address[homes.standing(year)]] = True
    rows = np.flatnonzero(present)
    rows = rows[np.argsort(addresses[rows])]
    return pa.table(
        {
            "address_id": _column(addresses[rows], pa.int64()),
            "easting": _column(homes.easting[rows], pa.float64()),
            "northing": _column(homes.northing[rows], pa.float64()),
        }
    )


STATEMENT = """These registers are invented. The people, dwellings and addresses in them do not exist; only sums over
the planted areas and over the rest of the city were made to match figures published by the City of
Copenhagen, and places to match the city roughly. Nothing here says anything of any real person or home."""
"""What the registers say of themselves."""


def _description(year: int, seed: int) -> str:
    lines = [
        'source = "synthetic"',
        f"year = {year}",
        f"seed = {seed}",
        f'statement = """\n{STATEMENT}"""',
        "",
        "[vintage]",
    ]
    for name, criterion in status_2021()["criteria"].items():
        lines.append(f"{name} = {criterion['vintage_of_status_2021'] if year == 2021 else year}")
    return "\n".join(lines) + "\n"


def tables_of_year(year: int, seed: int = DEFAULT_SEED) -> dict[str, Any]:
    """The Arrow tables of a year: residents, dwellings and addresses.

    Raises
    ------
    InputError
        When the city has no such year.
    """
    check_year(year)
    made = simulation(seed)
    return {
        "residents": _residents(made.finished(year), seed),
        "dwellings": _dwellings(made.homes, year, seed),
        "addresses": _addresses(made.homes, year, seed),
    }


def write_registers(year: int, folder: Path, seed: int = DEFAULT_SEED) -> None:
    """Write a year's synthetic registers.

    Parameters
    ----------
    year : int
        One of ``YEARS``.
    folder : Path
        Made when missing; ``residents.parquet``, ``dwellings.parquet``, ``addresses.parquet``, ``registers.toml``,
        ``places.geojson`` and ``ground.geojson`` are written into it.
    seed : int
        The same seed gives the same bytes.

    Raises
    ------
    InputError
        When the city has no such year.
    """
    tables = tables_of_year(year, seed)
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        _write(table, folder / f"{name}.parquet")
    write_places(folder / "places.geojson", quarters())
    write_ground(folder / "ground.geojson")
    (folder / "registers.toml").write_text(_description(year, seed), encoding="utf-8", newline="\n")


def planted_areas(year: int, seed: int = DEFAULT_SEED) -> PlantedAreas:
    """The truth behind the synthetic city: the blocks of its planted areas.

    Parameters
    ----------
    year : int
        One of ``YEARS``. Areas are those designated in 2017, 2021 and 2025; 2018 and 2019 have those of 2017.
    seed : int

    Raises
    ------
    InputError
        When the city has no such year.
    """
    check_year(year)
    return planted(build_areas(seed), max(y for y in DESIGNATION_YEARS if y <= year))
