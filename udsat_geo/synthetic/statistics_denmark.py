"""Registers of the synthetic city in the layout in which Statistics Denmark delivers registers: the profile ``dst``.

Several years go into one folder: every register is a folder of Parquet parts, one for each year of its data. What the
registers say is what those of `udsat_geo.synthetic.write` say; codes are those that the profile reads back, apart from
`education`, whose ``none`` and ``basic`` are one level there.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from udsat_geo.synthetic import DEFAULT_SEED
from udsat_geo.synthetic.land import write_places
from udsat_geo.synthetic.planting import quarters
from udsat_geo.synthetic.write import STATEMENT, tables_of_year

_SOCIO13 = {
    "employed": 132,
    "unemployed": 210,
    "in_education": 310,
    "temporarily_outside": 220,
    "early_retirement": 321,
    "permanently_outside": 322,
}
_COUNTRY = {"danish": 5100, "western": 5120, "non_western": 5172}
_KIND = {"danish": 1, "western": 2, "non_western": 3}
_EDUCATION = {
    "none": "1021",
    "basic": "1109",
    "upper_secondary": "1199",
    "vocational": "4112",
    "short_tertiary": "5082",
    "medium_tertiary": "5189",
    "long_tertiary": "6526",
    "in_education": "1109",
}
"""Our level -> a four-digit code of an education; only that of an electrician (4112) is meant to be a real one."""
_LEVEL = {"1021": 10, "1109": 10, "1199": 20, "4112": 30, "5082": 40, "5189": 50, "6526": 70}
"""Those codes -> main area of DISCED-15."""
VINTAGES = {"bef": -1, "akm": -2, "udda": -1, "ind": -2}
"""Register -> the year of its data, reckoned from that of the designation: as in the profile."""
_OF_ANOTHER_QUARTER = 1_000
"""Persons who stand in BEF at the end of September as well."""


def write_registers_of_dst(year: int, folder: Path, seed: int = DEFAULT_SEED) -> None:
    """Write a year's synthetic registers as BEF, AKM, UDDA, IND, BOL, positions, and a table of DISCED-15.

    Parameters
    ----------
    year : int
        One of `udsat_geo.synthetic.YEARS`.
    folder : Path
        Made when missing; years that lie in it already stay.
    seed : int

    Raises
    ------
    InputError
        When the city has no such year.
    """
    tables = tables_of_year(year, seed)
    residents = tables["residents"]
    person = _text(residents["person_id"])
    of_people = {
        "akm": {"socio13": _coded(residents["labour_status"], _SOCIO13)},
        "udda": {"hfaudd": _coded(residents["education"], _EDUCATION)},
        "ind": {"dispon_13": residents["disposable_income"]},
    }
    count_year = year + VINTAGES["bef"]
    _write(_bef(residents, person, count_year), folder, "bef", count_year)
    for name, columns in of_people.items():
        table = pa.table({"PNR": person, **{column.upper(): values for column, values in columns.items()}})
        known = pc.is_valid(table.column(1))
        _write(table.filter(known), folder, name, year + VINTAGES[name])
    studies = pc.equal(_words(residents["education"]), "in_education")
    _write(pa.table({"PNR": person, "ENROLLED": studies}).filter(pc.fill_null(studies, False)), folder, "kotre", year)
    _write(_bol(tables["dwellings"]), folder, "bol", year)
    addresses = tables["addresses"]
    positions = {"ADRESSE_ID": _text(addresses["address_id"])}
    positions |= {name: addresses[name] for name in ("easting", "northing")}
    _write(pa.table(positions), folder, "koordinater", year)
    levels = "".join(f"{code};{level}\n" for code, level in _LEVEL.items())
    (folder / "disced15.csv").write_text(f"HFAUDD;NIVEAU\n{levels}", encoding="utf-8", newline="\n")
    write_places(folder / "places.geojson", quarters())
    (folder / "registers.toml").write_text(_settings(seed), encoding="utf-8", newline="\n")


def _bef(residents: Any, person: Any, year: int) -> Any:
    """People at the last day of a year, and some of them at the end of its third quarter."""
    dwelling = residents["dwelling_id"]
    columns = {
        "PNR": person,
        # those in dwellings of their own here: a household is a family
        "FAMILIE_ID": _text(pc.coalesce(dwelling, residents["person_id"])),
        "ADRESSE_ID": _text(dwelling),
        "ALDER": residents["age"],
        "KOM": pa.array([101], pa.int16()).take(pa.array([0] * len(residents), pa.int8())),
        "IE_TYPE": _coded(residents["origin"], _KIND),
        "OPR_LAND": _coded(residents["origin"], _COUNTRY),
    }
    table = pa.table(columns)
    quarters = [(table.slice(0, _OF_ANOTHER_QUARTER), f"{year}-09-30"), (table, f"{year}-12-31")]
    dated = [
        rows.append_column("REFERENCETID", pa.array([date] * len(rows)).cast(pa.date32())) for rows, date in quarters
    ]
    return pa.concat_tables(dated)


def _bol(dwellings: Any) -> Any:
    """Dwellings, whose address has a key of its own: two dwellings lie at one."""
    named = {"dwelling_id": "ADRESSE_ID", "address_id": "OPGANG_ID", "area_m2": "BOLIGAREAL"}
    columns = {named.get(name, name.upper()): dwellings[name] for name in dwellings.column_names}
    return pa.table({**columns, **{key: _text(columns[key]) for key in ("ADRESSE_ID", "OPGANG_ID")}})


def _text(keys: Any) -> Any:
    return keys.cast(pa.string())


def _words(column: Any) -> Any:
    return column.cast(pa.string())


def _coded(column: Any, codes: Mapping[str, Any]) -> Any:
    """A column of our codes as theirs."""
    place = pc.index_in(_words(column), pa.array(list(codes)))
    return pa.array(list(codes.values())).take(place.combine_chunks() if hasattr(place, "combine_chunks") else place)


def _write(table: Any, folder: Path, name: str, year: int) -> None:
    part = folder / name / f"year={year}"
    part.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, part / "part-0.parquet", compression="zstd", compression_level=1)


def _settings(seed: int) -> str:
    return f'''source = "synthetic"
seed = {seed}
statement = """
{STATEMENT}"""

[profile]
name = "dst"

[residents]
in_education = "enrolled"
[residents.types]
enrolled = "boolean"
[residents.joins.kotre]
key = "pnr"
[residents.columns]
enrolled = "kotre.enrolled"

[dwellings.columns]
address_id = "opgang_id"
area_m2 = "boligareal"
'''
