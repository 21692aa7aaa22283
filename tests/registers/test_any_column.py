"""Further columns of any type, keys of several columns, and what is told of those that are wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from small_registers import Registers, make_registers
from udsat_geo.messages.errors import InputError
from udsat_geo.policy.rules import Policy
from udsat_geo.registers.linking import Located
from udsat_geo.registers.read import RegisterSums, read_partial_registers, read_registers


def everywhere(located: Located) -> tuple[np.ndarray, int]:
    return np.zeros(len(located.easting), dtype=np.int32), 1


def asking(numerator: str, register: str = "residents", where: str = "TRUE", denominator: str = "1") -> Policy:
    criterion = {"key": "asked", "register": register, "numerator": numerator, "denominator": denominator}
    return Policy.model_validate(
        {
            "id": "asking",
            "years": (1, 9999),
            "criteria": [{**criterion, "where": where, "worse": "high"}],
            "rule": {"core": 0.0},
        }
    )


def ratio(sums: RegisterSums) -> tuple[float, float]:
    numerator = sums.numerator.sum() / sums.numerator_unit[0]
    return float(numerator), float(sums.denominator.sum() / sums.denominator_unit[0])


def settled(made: Registers) -> Registers:
    """Everybody has a dwelling, and every dwelling an address with a position."""
    residents, dwellings, addresses = (each.to_pandas() for each in (made.residents, made.dwellings, made.addresses))
    addresses = addresses.fillna({"easting": 720_000.0, "northing": 6_176_000.0})
    dwellings["address_id"] = dwellings["address_id"].fillna(addresses["address_id"][0])
    residents["dwelling_id"] = residents["dwelling_id"].fillna(dwellings["dwelling_id"][0])
    return Registers(*(pa.Table.from_pandas(each, preserve_index=False) for each in (residents, dwellings, addresses)))


def with_columns(made: Registers, register: str = "residents", **columns: Any) -> Registers:
    tables = {name: getattr(made, name) for name in ("residents", "dwellings", "addresses")}
    for name, values in columns.items():
        tables[register] = tables[register].append_column(name, values if isinstance(values, pa.Array) else [values])
    return Registers(**tables)


def write(made: Registers, folder: Path, toml: str, csv: bool = False) -> None:
    folder.mkdir(exist_ok=True)
    if csv:
        for name in ("residents", "dwellings", "addresses"):
            getattr(made, name).to_pandas().to_csv(folder / f"{name}.csv", sep=";", index=False)
    else:
        made.write(folder)
    (folder / "registers.toml").write_text(toml, encoding="utf-8")


def told(folder: Path, policy: Policy) -> list[str]:
    with pytest.raises(InputError) as caught:
        read_registers(folder, policy, everywhere)
    return list(caught.value.messages)


N = 150
CYCLE = {
    "DOM": [None, "ja", "nej"],
    "Boern": [0, 1, 2, 3],
    "Formue": [None, -1.5, 2.25],
    "Uddkode": ["A", "B", None],
    "Flyttet": ["2020-12-31", "2021-01-01", None],
}
TYPES = """
[residents.types]
convicted = "boolean"
children = "integer"
wealth = "number"
branch = "code"
moved = "date"
[residents.columns]
convicted = "dom"
children = "BOERN"
wealth = "Formue"
branch = "uddkode"
moved = "flyttet"
"""


def with_five_types() -> Registers:
    made = settled(make_registers(4, n_residents=N))
    return with_columns(made, **{name: [cycle[i % len(cycle)] for i in range(N)] for name, cycle in CYCLE.items()})


@pytest.mark.long
@pytest.mark.parametrize("csv", [False, True], ids=["parquet", "csv"])
@pytest.mark.parametrize(
    ("numerator", "where", "wanted"),
    [
        ("convicted", "TRUE", (N / 3, N / 3 * 2)),
        ("convicted", "children >= 2 AND branch = 'A'", None),
        ("children", "TRUE", (sum(CYCLE["Boern"][i % 4] for i in range(N)), N)),
        ("wealth", "wealth IS NOT NULL", (N / 3 * 0.75, N / 3 * 2)),
        ("branch = 'A'", "branch IS NOT NULL", (N / 3, N / 3 * 2)),
        ("moved >= DATE '2021-01-01'", "TRUE", (N / 3, N / 3 * 2)),
    ],
)
def test_expressions_reach_columns_of_every_type(
    tmp_path: Path, csv: bool, numerator: str, where: str, wanted: tuple[float, float] | None
) -> None:
    write(with_five_types(), tmp_path, TYPES, csv)
    found = ratio(read_registers(tmp_path, asking(numerator, where=where), everywhere))
    if wanted is None:
        rows = [i for i in range(N) if i % 4 >= 2 and i % 3 == 0]
        wanted = (0, 0) if all(CYCLE["DOM"][i % 3] is None for i in rows) else found
    assert found == pytest.approx(wanted)


def test_a_column_of_dwellings_serves_as_well(tmp_path: Path) -> None:
    made = settled(make_registers(5))
    built = pa.array([1900 + i for i in range(made.dwellings.num_rows)], pa.int32())
    toml = '[dwellings.types]\nbuilt = "integer"\n[dwellings.columns]\nbuilt = "OPFOERT"\n'
    write(with_columns(made, "dwellings", OPFOERT=built), tmp_path, toml)
    found = read_registers(tmp_path, asking("built < 1930", "dwellings"), everywhere)
    assert ratio(found) == (30, made.dwellings.num_rows)


def test_columns_that_are_not_declared_are_not_reached(tmp_path: Path) -> None:
    write(with_five_types(), tmp_path, "")
    (message,) = told(tmp_path, asking("Boern"))
    assert "unknown column 'Boern'" in message


def test_what_is_wrong_with_further_columns_is_told_at_once(tmp_path: Path) -> None:
    columns = {"DOM": ["måske"] * N, "Boern": [0.5] * N, "Formue": ["?"] * N, "Flyttet": ["31-03-2021"] * N}
    made = with_columns(settled(make_registers(4, n_residents=N)), **columns, Uddkode=["A"] * N)
    write(made, tmp_path, TYPES)
    messages = told(tmp_path, asking("children"))
    assert len(messages) == 4
    for column, what in {"DOM": "neither true nor false", "Boern": "not whole", "Flyttet": "no dates"}.items():
        assert any(f"column {column}: " in message and what in message for message in messages)


@pytest.mark.long
def test_dates_with_the_day_first(tmp_path: Path) -> None:
    toml = '[residents]\ndates = "day first"\n[residents.types]\nmoved = "date"\n'
    moved = ["03-04-2021", "4.3.2021", "31/12/2020"] * (N // 3)
    write(with_columns(settled(make_registers(4, n_residents=N)), moved=moved), tmp_path, toml)
    found = ratio(read_registers(tmp_path, asking("moved = DATE '2021-04-03'"), everywhere))
    assert found == (N / 3, N)


def test_values_of_a_further_code_are_all_that_it_may_hold(tmp_path: Path) -> None:
    toml = '[residents.types]\nbranch = "code"\n[residents.values.branch]\n"1" = "farm"\n"2" = "shop"\n'
    branch = ["1", "2", "farm", "7", "8", "8"] * (N // 6)
    write(with_columns(settled(make_registers(4, n_residents=N)), branch=branch), tmp_path, toml)
    (message,) = told(tmp_path, asking("branch = 'farm'"))
    assert "unknown codes (75 rows), for example '7' in row 4" in message
    assert "All of them, with their rows: '8' (50), '7' (25)." in message
    assert "Known: farm, shop; recode in registers.toml: [residents.values.branch]" in message


@pytest.mark.parametrize(
    ("toml", "wanted"),
    [
        ('[residents.types]\nage = "code"', "has its type already: integer"),
        ('[residents.types]\nrow = "code"', "is a name that the engine uses itself"),
        ('[residents.types]\n"two words" = "code"', "is no name for an expression"),
        ('[addresses.types]\nroad = "code"', "no expression reads addresses"),
        ('[residents.types]\nroad = "text"', "should be 'code', 'integer', 'number', 'boolean' or 'date'"),
        ('[residents.columns]\nroad = "VEJ"', 'Declare it: [residents.types] road = "code"'),
        ('[residents.columns]\nage = ["a", "b"]', "only a key may be made of several columns"),
        ('[residents.types]\nroad = "code"', "residents.parquet, column road: is missing"),
        ('[residents.joins.income]\nkey = "pnr"\nfiel = "x"', "Did you mean 'file'?"),
    ],
)
def test_what_the_settings_have_wrong_is_told(tmp_path: Path, toml: str, wanted: str) -> None:
    write(make_registers(1), tmp_path, toml)
    (message,) = told(tmp_path, asking("age"))
    assert wanted in message


def test_registers_of_other_years_may_lack_a_further_column(tmp_path: Path) -> None:
    write(make_registers(1), tmp_path, '[residents.types]\nroad = "code"')
    sums, missing = read_partial_registers(tmp_path, asking("road = 'A'"), everywhere)
    assert missing == {"asked": ("residents.road",)}
    assert sums.residents.sum() > 0


def in_three_columns(made: Registers) -> Registers:
    """The keys of dwellings as a road, a floor and a door, of which one may be empty."""
    tables = {}
    for name in ("residents", "dwellings"):
        table = getattr(made, name)
        numbers = [None if key is None else int(key[1:]) for key in table["dwelling_id"].to_pylist()]
        table = table.drop_columns(["dwelling_id"])
        columns: dict[str, list[str | None]] = {
            "KVH": [None if n is None else f"{n // 4:04d}" for n in numbers],
            "etage": [None if n is None or n % 4 == 0 else ["st", "01"][n % 2] for n in numbers],
            "doer": [None if n is None or n % 4 < 2 else "tv" for n in numbers],
        }
        for column, values in columns.items():
            table = table.append_column(column, pa.array(values, pa.string()))
        tables[name] = table
    return Registers(tables["residents"], tables["dwellings"], made.addresses)


KEY = 'dwelling_id = ["kvh", "etage", "DOER"]\n'


@pytest.mark.long
@pytest.mark.parametrize("csv", [False, True], ids=["parquet", "csv"])
def test_a_key_of_several_columns_is_as_good_as_one(tmp_path: Path, csv: bool) -> None:
    made = make_registers(6)
    write(made, tmp_path / "one", "")
    write(in_three_columns(made), tmp_path / "three", f"[residents.columns]\n{KEY}[dwellings.columns]\n{KEY}", csv)
    one, three = (read_registers(tmp_path / name, asking("age"), everywhere) for name in ("one", "three"))
    np.testing.assert_array_equal(one.numerator, three.numerator)
    np.testing.assert_array_equal(one.residents, three.residents)
    assert one.counts == three.counts


@pytest.mark.long
def test_faults_of_a_key_of_several_columns_are_told(tmp_path: Path) -> None:
    made = in_three_columns(make_registers(6))
    toml = f"[residents.columns]\n{KEY}[dwellings.columns]\n{KEY}"
    write(made, tmp_path, toml)
    doors = pa.array([f"{n}|" for n in range(made.dwellings.num_rows)])
    pq.write_table(made.dwellings.drop_columns(["doer"]).append_column("doer", doors), tmp_path / "dwellings.parquet")
    (message,) = told(tmp_path, asking("age"))
    assert "dwellings.parquet, column doer: keys that hold |" in message
    pq.write_table(made.dwellings.drop_columns(["doer"]), tmp_path / "dwellings.parquet")
    (message,) = told(tmp_path, asking("age"))
    assert message.startswith("dwellings.parquet, column DOER: is missing")
    pq.write_table(pa.concat_tables([made.dwellings, made.dwellings.slice(0, 1)]), tmp_path / "dwellings.parquet")
    (message,) = told(tmp_path, asking("age"))
    assert "duplicate keys (1 row), for example a key of 6 characters" in message
