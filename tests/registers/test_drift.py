"""What registers hold, and what has vanished or jumped since another year, with the criteria that it spoils."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from small_registers import Registers, make_registers
from udsat_geo.cli.main import udsat
from udsat_geo.policy.load import load_policy
from udsat_geo.registers.drift import drift
from udsat_geo.registers.holdings import ColumnHeld, holdings_of_folder, holdings_of_units

KBH = load_policy("kbh-2017").policy


def told(now: ColumnHeld, before: ColumnHeld) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.told("en"), one.criteria) for one in drift([now], [before], KBH, "en")]


def codes(**counts: int) -> ColumnHeld:
    return ColumnHeld("residents", "origin", 1000, 1000 - sum(counts.values()), tuple(counts.items()))


def test_a_code_that_vanished_is_named_with_the_criteria_it_spoils() -> None:
    found = told(codes(danish=700, western=300), codes(danish=690, western=290, non_western=20))
    spoiled = ("non_western_origin",)
    assert ("the code 'non_western' has vanished: it stood in 2.0 % of the rows", spoiled) in found
    assert len(found) == 1


@pytest.mark.parametrize(
    ("now", "before", "text"),
    [
        (codes(danish=600, western=400), codes(danish=900, western=100), "jumped from 90.0 % to 60.0 %"),
        (codes(danish=960, western=40), codes(danish=985, western=15), "jumped from 1.5 % to 4.0 %"),
        (codes(danish=900, western=50, other=50), codes(danish=925, western=75), "'other' is new: it stands in 5.0 %"),
        (codes(danish=800, western=100), codes(danish=900, western=100), "empty rows went from 0.0 % to 10.0 %"),
    ],
)
def test_what_jumped_is_told(now: ColumnHeld, before: ColumnHeld, text: str) -> None:
    assert any(text in line for line, _criteria in told(now, before))


def test_small_changes_and_rare_codes_are_not_told() -> None:
    assert told(codes(danish=700, western=300), codes(danish=690, western=309, other=1)) == []


def test_criteria_read_columns_through_let_as_well() -> None:
    held = [ColumnHeld("residents", "disposable_income", 1000, 0, median=median) for median in (250.0, 250_000.0)]
    assert told(*held) == [("the median went from 250,000.0 to 250.0", ("low_income",))]


def test_columns_and_rows_that_come_and_go_are_told() -> None:
    now, before = ColumnHeld("units", "a", 100, 0), ColumnHeld("units", "b", 200, 0)
    lines = [one.told("en") for one in drift([now], [before], KBH, "en")]
    assert lines == ["rows went from 200 to 100", "the column is new", "the column is no longer there"]


def test_holdings_count_what_the_registers_hold(tmp_path: Path) -> None:
    made = make_registers(3)
    made.write(tmp_path)
    held = {(one.table, one.name): one for one in holdings_of_folder(tmp_path)}
    origin = made.residents["origin"].to_pylist()
    of_origin = held["residents", "origin"]
    assert of_origin.empty == origin.count(None)
    assert dict(of_origin.codes) == {code: origin.count(code) for code in set(origin) - {None}}
    assert ("residents", "dwelling_id") not in held


def test_holdings_of_a_table_leave_out_codes_for_missing_values() -> None:
    table = pa.table({"id": ["a", "b", "c", "d"], "kind": ["x", "x", "y", "y"], "n": [1, -9, 3, 5]})
    held = {one.name: one for one in holdings_of_units(table, (-9,))}
    assert (held["n"].empty, held["n"].median) == (1, 3.0)
    assert (held["kind"].codes, held["id"].codes) == ((("x", 2), ("y", 2)), ())


def without_code(made: Registers, column: str, code: str) -> Registers:
    """The registers with one code emptied."""
    table = made.residents
    place = table.schema.get_field_index(column)
    values = table.column(place).cast(pa.string())
    emptied = pc.if_else(pc.fill_null(pc.equal(values, code), False), pa.scalar(None, pa.string()), values)
    return Registers(table.set_column(place, column, emptied), made.dwellings, made.addresses)


def call(*arguments: Any) -> Result:
    return CliRunner().invoke(udsat, ["validate", *map(str, arguments), "--language", "en"])


@pytest.mark.long
def test_the_page_tells_columns_codes_and_drift(tmp_path: Path) -> None:
    made = make_registers(3)
    made.write(tmp_path / "2021")
    without_code(made, "origin", "non_western").write(tmp_path / "2025")
    for against in (tmp_path / "2021", "2021"):
        done = call(tmp_path / "2025", "--against", against)
        assert done.exit_code == 0, done.output
        assert "residents.origin: the code 'non_western' has vanished" in done.output
        assert "it spoils: Non-western origin" in done.output
        assert "Columns" in done.output
        assert "employed" in done.output
    content = json.loads(call(tmp_path / "2025", "--against", tmp_path / "2021", "--json").stdout)
    assert {one["column"] for one in content["drift"]} == {"origin"}
    assert content["drift"][0]["criteria"] == ["non_western_origin"]
    assert {"rows", "counts", "units", "notes", "columns"} <= set(content)


@pytest.mark.long
def test_nothing_changed_is_told_too(tmp_path: Path) -> None:
    make_registers(3).write(tmp_path)
    assert "no code has vanished or jumped" in call(tmp_path, "--against", tmp_path).output


POLICY = """
id = "cells"
years = [2000, 2040]
[units]
id = "cell"
residents = "pop"
[[criteria]]
key = "outside"
register = "units"
numerator = "out"
denominator = "pop"
worse = "high"
[rule]
core = 1.0
"""


@pytest.mark.long
def test_a_table_of_units_is_validated_and_held_against_another(tmp_path: Path) -> None:
    (tmp_path / "cells.toml").write_text(POLICY)
    for year, out in ((2021, [1, 2, 3]), (2025, [10, 20, 30])):
        table = {"cell": [f"100m_61700_720{n}" for n in range(3)], "pop": [40, 50, 60], "out": out}
        pq.write_table(pa.table(table), tmp_path / f"{year}.parquet")
    given = ["--units", tmp_path / "2025.parquet", "--policy", tmp_path / "cells.toml"]
    done = call(*given, "--against", tmp_path / "2021.parquet")
    assert done.exit_code == 0, done.output
    assert "units.out: the median went from 2.0 to 20.0; it spoils: outside" in done.output
    assert "3 cells. The table can be used with cells." in done.output


def test_registers_and_a_table_are_not_validated_at_once(tmp_path: Path) -> None:
    assert call().exit_code == 2
    done = call(tmp_path, "--units", tmp_path / "x.gpkg")
    assert done.exit_code == 2
    assert "not both" in done.stderr


# --- several years side by side -----------------------------------------------------------------------------------


def three_years(folder: Path) -> Path:
    made = make_registers(3)
    made.write(folder / "2017")
    without_code(made, "origin", "non_western").write(folder / "2021")
    Registers(made.residents.slice(0, made.residents.num_rows // 2), made.dwellings, made.addresses).write(
        folder / "2025"
    )
    return folder


@pytest.mark.long
def test_years_stand_side_by_side_with_what_changed_between_them(tmp_path: Path) -> None:
    folder = three_years(tmp_path)
    done = call(folder)
    assert done.exit_code == 0, done.output
    lines = {line.strip().partition("  ")[0]: line.split()[-3:] for line in done.output.splitlines()}
    rows = pq.read_table(folder / "2017" / "residents.parquet").num_rows
    assert lines["residents: rows"] == [f"{rows:,}", f"{rows:,}", f"{rows // 2:,}"]
    content = json.loads(call(folder, "--json").stdout)
    assert list(content["years"]) == ["2017", "2021", "2025"]
    for year, told in content["years"].items():
        alone = json.loads(call(folder / year, "--json").stdout)
        assert told == alone
    of_origin = [one for told in content["years"].values() for one in told["columns"] if one["column"] == "origin"]
    shares = [f"{100 * one['empty'] / one['rows']:.1f}" for one in of_origin]
    assert next(line for line in done.output.splitlines() if "residents.origin " in line).split()[1::2] == shares
    assert {(one["from"], one["to"], one["column"]) for one in content["drift"]} >= {
        (2017, 2021, "origin"),
        (2021, 2025, "origin"),
        (2021, 2025, ""),
    }
    assert "2021: Against 2017:" in done.output
    assert "the code 'non_western' has vanished" in done.output
    assert "2025: Against 2021:" in done.output
    assert "The registers of 2017, 2021, 2025 can be used with kbh-2017." in done.output


@pytest.mark.long
def test_years_of_one_folder_stand_side_by_side_too(tmp_path: Path) -> None:
    made = make_registers(3)
    made.write(tmp_path)
    (tmp_path / "registers.toml").write_text('[registers]\nyears = ["files"]\n')
    (tmp_path / "residents.parquet").rename(tmp_path / "residents2021.parquet")
    pq.write_table(made.residents.slice(5), tmp_path / "residents2025.parquet")
    rows = {
        year: one["rows"]["residents"] for year, one in json.loads(call(tmp_path, "--json").stdout)["years"].items()
    }
    assert rows == {"2021": made.residents.num_rows, "2025": made.residents.num_rows - 5}
    some = json.loads(call(three_years(tmp_path / "more"), "--years", "2017,2025", "--json").stdout)
    assert list(some["years"]) == ["2017", "2025"]


@pytest.mark.long
def test_what_is_wrong_with_some_years_is_told_with_the_year(tmp_path: Path) -> None:
    folder = three_years(tmp_path)
    (folder / "2021" / "dwellings.parquet").unlink()
    (folder / "2025" / "addresses.parquet").write_bytes(b"")
    done = call(folder)
    assert done.exit_code == 2
    assert [line[:12] for line in done.stderr.splitlines()] == ["error: 2021:", "error: 2025:"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--years", "2017"], "error: --years: are fewer than two. Name several, or one with --year."),
        (["--years", "2017,2019"], "there is none of 2019. There are registers of 2017, 2021, 2025."),
        (["--years", "2017,x"], "error: --years: 'x' is no year. Write years as 2017,2021,2025."),
        (["--years", "2017,2021", "--year", "2017"], "error: --years: cannot be given with --year. Leave one out."),
        (["--years", "2017,2021", "--against", "2017"], "error: --years: cannot be given with --against."),
    ],
)
def test_years_that_cannot_be_are_refused(tmp_path: Path, options: list[str], message: str) -> None:
    done = call(three_years(tmp_path), *options)
    assert done.exit_code == 2
    assert message in done.stderr
