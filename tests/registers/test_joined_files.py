"""Files joined to a table by a key: each column found in the file that has it, and what is told of partners."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from test_any_column import asking, everywhere, ratio, settled, told

from small_registers import make_registers
from udsat_geo.registers.opening import open_registers
from udsat_geo.registers.read import RegisterSums, read_partial_registers, read_registers

N = 150
INCOMES = """
[residents.joins.income]
key = "pnr"
[residents.columns]
disposable_income = "income.disp"
"""


def spread(folder: Path, toml: str, **files: dict[str, list[Any]]) -> None:
    """Registers of which everybody has a number of their own and a family of two, with further files beside them."""
    made = settled(make_registers(7, n_residents=N))
    residents = made.residents.drop_columns(["disposable_income"])
    residents = residents.append_column("pnr", [[f"{i:04d}" for i in range(N)]])
    residents = residents.append_column("family", [list(np.arange(N) // 2)])
    made.write(folder)
    pq.write_table(residents, folder / "residents.parquet")
    for name, columns in files.items():
        pd.DataFrame(columns).to_csv(folder / f"{name}.csv", sep=";", decimal=",", index=False)
    (folder / "registers.toml").write_text(toml, encoding="utf-8")


def people(share: float = 1.0) -> dict[str, list[Any]]:
    n = int(N * share)
    return {"PNR": [f"{i:04d}" for i in reversed(range(n))], "DISP": [i + 0.5 for i in reversed(range(n))]}


def read(folder: Path, numerator: str, where: str = "TRUE") -> RegisterSums:
    return read_registers(folder, asking(numerator, where=where), everywhere)


@pytest.mark.long
def test_a_file_by_person_is_joined(tmp_path: Path) -> None:
    spread(tmp_path, INCOMES, income=people())
    sums = read(tmp_path, "disposable_income")
    assert ratio(sums) == (sum(i + 0.5 for i in range(N)), N)
    assert sums.files["residents.joins.income"] == tmp_path / "income.csv"
    assert sums.rows["residents.joins.income"] == N
    notes = [note.told("en") for note in sums.notes]
    assert "income.csv: semicolon separated, UTF-8, decimal comma" in notes
    assert notes[-1].startswith(f"income.csv: {N} of the {N} rows of residents.parquet have a row in it")


@pytest.mark.long
def test_rows_without_a_partner_have_no_value_and_are_counted(tmp_path: Path) -> None:
    spread(tmp_path, INCOMES, income=people(0.6))
    sums = read(tmp_path, "disposable_income")
    assert ratio(sums) == (sum(i + 0.5 for i in range(90)), 90)
    assert sums.residents.sum() == N
    assert sums.notes[-1].told("en").startswith("income.csv: 90 of the 150 rows of residents.parquet have a row in it")


@pytest.mark.long
def test_a_file_by_family_is_joined_and_a_third_one_to_it(tmp_path: Path) -> None:
    toml = """
[residents.types]
benefit = "code"
[residents.joins.benefits]
key = { "household.kind" = "code" }
[residents.joins.household]
key = { family = "fam" }
[residents.columns]
disposable_income = "total"
benefit = "benefits.name"
"""
    families = {"fam": list(range(N // 2)), "kind": [i % 3 for i in range(N // 2)], "total": [10.0] * (N // 2)}
    names = {"code": [0, 1], "name": ["none", "rent"]}
    spread(tmp_path, toml, household=families, benefits=names)
    sums = read(tmp_path, "benefit = 'rent'", "disposable_income = 10")
    assert ratio(sums) == (50, 100)


@pytest.mark.long
def test_a_key_of_several_columns_joins_dwellings(tmp_path: Path) -> None:
    toml = '[dwellings.types]\nbuilt = "integer"\n[dwellings.joins.bbr]\nkey = ["dwelling_id", "address_id"]\n'
    toml += '[residents.joins.income]\nkey = "pnr"\n[residents.columns]\ndisposable_income = "disp"\n'
    spread(tmp_path, toml, income=people())
    dwellings = pq.read_table(tmp_path / "dwellings.parquet").select(["dwelling_id", "address_id"])
    dwellings = dwellings.append_column("built", [[1900 + i for i in range(dwellings.num_rows)]])
    pq.write_table(dwellings, tmp_path / "BBR.parquet")
    found = read_registers(tmp_path, asking("built < 1910", "dwellings"), everywhere)
    assert ratio(found) == (10, dwellings.num_rows)


def test_keys_that_stand_twice_stop_the_run(tmp_path: Path) -> None:
    income = people()
    income["PNR"][3] = income["PNR"][2] = "0149"
    spread(tmp_path, INCOMES, income=income)
    (message,) = told(tmp_path, asking("1"))
    assert message == (
        "income.csv, column PNR: is joined by this key, and it stands more than once (2 rows), for example "
        "a key of 4 characters (--show-examples shows it) stands 3 times. Keep one row of each, or "
        "say which rows are read: [residents.joins.income.where]."
    )


@pytest.mark.long
@pytest.mark.parametrize(
    ("as_written", "difference"),
    [(lambda key: key.lstrip("0"), "zeros in front"), (lambda key: f"{key}.0", "decimals that are zero")],
)
def test_keys_that_a_joined_file_writes_in_another_way_are_told(
    as_written: Callable[[str], str], difference: str, tmp_path: Path
) -> None:
    """A spreadsheet has taken the zeros off: nobody below 1000 has an income, and nothing else would say so."""
    incomes = people(0.5)
    spread(
        tmp_path,
        INCOMES,
        income={**incomes, "PNR": [as_written(key) if key > "0009" else key for key in incomes["PNR"]]},
    )
    (found,) = told(tmp_path, asking("disposable_income"))
    assert "income.csv, column PNR: keys that no row of residents has (65 rows)" in found
    assert f"65 of them differ from a key there only in {difference}: write keys alike" in found
    assert "0010" not in found


def test_keys_of_other_people_and_people_without_a_row_are_no_fault(tmp_path: Path) -> None:
    incomes = people(0.5)
    spread(
        tmp_path,
        INCOMES,
        income={key: [*incomes[key], *more] for key, more in {"PNR": ["9001"], "DISP": [1.5]}.items()},
    )
    assert ratio(read(tmp_path, "disposable_income")) == (sum(i + 0.5 for i in range(N // 2)), N // 2)


def test_rows_that_are_read_may_be_chosen_by_value(tmp_path: Path) -> None:
    income = people()
    both = {"PNR": income["PNR"] * 2, "DISP": [0.0] * N + income["DISP"], "AAR": [2020] * N + [2021] * N}
    spread(tmp_path, INCOMES + "[residents.joins.income.where]\naar = 2021\n", income=both)
    assert ratio(read(tmp_path, "disposable_income")) == (sum(i + 0.5 for i in range(N)), N)
    spread(tmp_path, INCOMES + "[residents.joins.income.where]\naar = 2019\n", income=both)
    (message,) = told(tmp_path, asking("1"))
    assert "income.csv, column aar: no row has 2019. It has, with their rows: '2020' (150), '2021' (150)." in message


@pytest.mark.long
def test_a_count_date_is_chosen_and_row_numbers_are_those_of_the_file(tmp_path: Path) -> None:
    spread(tmp_path, INCOMES + '[residents.where]\ndate = "2021-12-31"\n', income=people())
    residents = pq.read_table(tmp_path / "residents.parquet")
    dated = [
        residents.append_column("date", pa.array([date] * N).cast(pa.date32())) for date in ("2021-09-30", "2021-12-31")
    ]
    pq.write_table(pa.concat_tables(dated), tmp_path / "residents.parquet")
    sums = read(tmp_path, "disposable_income")
    assert sums.residents.sum() == sums.rows["residents"] == N
    odd_origins = pa.array(["danish"] * 4 + ["?"] * (N - 4), pa.large_string())
    odd = dated[1].set_column(dated[1].schema.get_field_index("origin"), "origin", odd_origins)
    pq.write_table(pa.concat_tables([dated[0], odd]), tmp_path / "residents.parquet")
    (message,) = told(tmp_path, asking("1"))
    assert "unknown codes (146 rows), for example '?' in row 155" in message


@pytest.mark.long
def test_an_origin_may_be_a_country_of_another_file(tmp_path: Path) -> None:
    toml = INCOMES.replace("[residents.columns]", '[residents.joins.birth]\nkey = "pnr"\n[residents.columns]')
    toml += 'origin_country = "birth.land"\n'
    birth = {"pnr": [f"{i:04d}" for i in range(N)], "land": ["DK", "TR", "SE"] * (N // 3)}
    spread(tmp_path, toml, income=people(), birth=birth)
    residents = pq.read_table(tmp_path / "residents.parquet").drop_columns(["origin"])
    pq.write_table(residents, tmp_path / "residents.parquet")
    assert ratio(read(tmp_path, "origin = 'non_western'")) == (N / 3, N)


def test_files_that_are_not_there_are_told_all_at_once(tmp_path: Path) -> None:
    toml = INCOMES.replace("[residents.columns]", '[residents.joins.school]\nkey = "pnr"\n[residents.columns]')
    spread(tmp_path, toml + 'education = "school.level"\n')
    messages = told(tmp_path, asking("1"))
    assert len(messages) == 2
    assert "no table of income" in messages[0]
    assert messages[0].endswith("It is joined to residents for disposable_income.")
    assert messages[1].endswith("It is joined to residents for education.")
    _sums, missing = read_partial_registers(tmp_path, asking("disposable_income"), everywhere)
    assert missing == {"asked": ("residents.disposable_income",)}


def test_an_optional_file_is_opened_only_if_a_column_names_it(tmp_path: Path) -> None:
    optional = '[residents.joins.school]\nkey = "pnr"\noptional = true\n[residents.columns]'
    spread(tmp_path, INCOMES.replace("[residents.columns]", optional), income=people())
    assert "residents.joins.school" not in read(tmp_path, "1").files


@pytest.mark.parametrize(
    ("toml", "wanted"),
    [
        ('[residents.joins.income]\nkey = "cpr"', "residents.parquet, column cpr: is missing"),
        ('[residents.joins.income]\nkey = { pnr = "cpr" }', "income.csv, column cpr: is missing"),
        ('[residents.joins.income]\nkey = "pnr"\ncolumns = { a = "b" }', "columns, values and crs of a joined file"),
        ("[residents.joins.income]\nkey = []", "at least 1"),
        (
            '[residents.joins.a]\nkey = { "b.x" = "x" }\n[residents.joins.b]\nkey = { "a.x" = "x" }',
            "files are joined in a ring",
        ),
        (
            "[residents]\njoins.income.key = 'pnr'\n[residents.columns]\nage = 'income.alder'",
            "alder: is missing",
        ),
        ("[residents.joins.income]\nkey = 'pnr'\nwhere = { maaned = 3 }", "column maaned: is missing"),
    ],
)
def test_what_the_joins_have_wrong_is_told(tmp_path: Path, toml: str, wanted: str) -> None:
    spread(tmp_path, toml, income=people())
    messages = told(tmp_path, asking("1"))
    assert any(wanted in message for message in messages)


@pytest.mark.long
def test_a_name_in_two_files_has_to_say_which(tmp_path: Path) -> None:
    spread(tmp_path, INCOMES, income={**people(), "age": [30] * N})
    (message,) = told(tmp_path, asking("age"))
    assert message == (
        "residents, column age: stands in more than one file: residents, income. "
        'Say which: [residents.columns] age = "residents.age".'
    )
    (tmp_path / "registers.toml").write_text(INCOMES + 'age = "INCOME.age"\n', encoding="utf-8")
    assert ratio(read(tmp_path, "age")) == (30 * N, N)


def test_faults_in_a_joined_file_are_told_by_that_file(tmp_path: Path) -> None:
    income = people()
    income["DISP"] = [*map(str, income["DISP"][:-1]), "tusind"]
    spread(tmp_path, INCOMES, income=income)
    (message,) = told(tmp_path, asking("1"))
    assert message.startswith(
        "income.csv, column DISP: text where a number belongs (1 row), for example 'tusind' in row"
    )


def test_the_connection_reaches_the_joined_files_and_no_others(tmp_path: Path) -> None:
    spread(tmp_path, INCOMES, income=people(), other=people())
    opened = open_registers(tmp_path)
    opened.connection.execute(f"SELECT * FROM '{tmp_path}/income.csv'")
    with pytest.raises(Exception, match="disabled"):
        opened.connection.execute(f"SELECT * FROM '{tmp_path}/other.csv'")
