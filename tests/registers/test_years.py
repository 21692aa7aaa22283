"""Registers of several years in one folder: by files, by partitions, by a column, and by the date of the count."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from test_any_column import asking, everywhere, ratio

from small_registers import Registers, make_registers
from udsat_geo.cli.designate import designate
from udsat_geo.cli.rerun import rerun
from udsat_geo.cli.validate import validate
from udsat_geo.messages.errors import InputError
from udsat_geo.registers.folders import folder_of_year, years_in
from udsat_geo.registers.read import read_registers

pytestmark = pytest.mark.long  # whole jobs

YEARS = (2019, 2021)
TABLES = ("residents", "dwellings", "addresses")


def dated(table: pa.Table, column: str, value: object) -> pa.Table:
    return table.append_column(column, [[value] * table.num_rows])


def by_files(made: dict[int, Registers], folder: Path) -> str:
    for year, of_year in made.items():
        pq.write_table(of_year.residents, folder / f"Residents{year}.PARQUET")
        of_year.dwellings.to_pandas().to_csv(folder / f"dwellings_{year}.csv", index=False)
    pq.write_table(made[2021].addresses, folder / "addresses.parquet")
    return '[registers]\nyears = "files"\n'


def by_partitions(made: dict[int, Registers], folder: Path) -> str:
    for year, of_year in made.items():
        for name in TABLES:
            part = folder / name / f"YEAR={year}"
            part.mkdir(parents=True)
            pq.write_table(getattr(of_year, name), part / "part-0.parquet")
    return '[registers]\nyears = ["files", "year"]\n'


def by_column(made: dict[int, Registers], folder: Path) -> str:
    for name in TABLES:
        tables = [dated(getattr(of_year, name), "AAR", year) for year, of_year in made.items()]
        pq.write_table(pa.concat_tables(tables), folder / f"{name}.parquet")
    return '[registers]\nyears = "aar"\n'


def by_date(made: dict[int, Registers], folder: Path) -> str:
    for name in TABLES:
        tables = []
        for year, of_year in made.items():
            for month in ("09-30", "12-31"):
                rows = getattr(of_year, name).slice(0, None if month == "12-31" else 3)
                tables.append(dated(rows, "referencetid", f"{year - 1}-{month}"))
        pq.write_table(pa.concat_tables(tables), folder / f"{name}.parquet")
    return "".join(f'[{name}]\nvintage = -1\nwhere.referencetid = "{{year}}-12-31"\n' for name in TABLES)


WAYS = [by_files, by_partitions, by_column, by_date]


@pytest.mark.parametrize("way", WAYS)
def test_each_year_is_read_as_from_a_folder_of_its_own(
    tmp_path: Path, way: Callable[[dict[int, Registers], Path], str]
) -> None:
    made = {year: make_registers(year) for year in YEARS}
    # one table of addresses serves both years
    made[2019] = Registers(made[2019].residents, made[2019].dwellings, made[2021].addresses)
    together = tmp_path / "together"
    together.mkdir()
    (together / "registers.toml").write_text(way(made, together), encoding="utf-8")
    assert years_in(together) == list(YEARS)
    assert folder_of_year(together, 2019) == together
    assert folder_of_year(together, 2020) is None
    for year, of_year in made.items():
        of_year.write(tmp_path / str(year))
        one = read_registers(tmp_path / str(year), asking("age"), everywhere)
        other = read_registers(together, asking("age"), everywhere, year=year)
        np.testing.assert_array_equal(one.numerator, other.numerator)
        assert one.counts == other.counts
        assert one.rows == other.rows
    with pytest.raises(InputError) as caught:
        read_registers(together, asking("age"), everywhere)
    assert "of several years" in str(caught.value)
    with pytest.raises(InputError) as caught:
        read_registers(together, asking("age"), everywhere, year=2020)
    assert "20" in str(caught.value)


def test_a_joined_file_may_be_of_another_year(tmp_path: Path) -> None:
    made = make_registers(1)
    numbers = [f"{i}" for i in range(made.residents.num_rows)]
    residents = made.residents.drop_columns(["disposable_income"]).append_column("pnr", [numbers])
    for year, kroner in ((2019, 19.0), (2021, 21.0)):
        folder = tmp_path / str(year)
        made.write(folder)
        pq.write_table(residents, folder / "residents.parquet")
        pq.write_table(pa.table({"pnr": numbers, "disp": [kroner] * len(numbers)}), folder / "ind.parquet")
    toml = '[residents.joins.ind]\nkey = "pnr"\nvintage = {}\n[residents.columns]\ndisposable_income = "ind.disp"\n'
    for vintage, wanted in ((0, 21.0), (-2, 19.0), (2019, 19.0)):
        (tmp_path / "2021" / "registers.toml").write_text(toml.format(vintage), encoding="utf-8")
        sums = read_registers(tmp_path / "2021", asking("disposable_income"), everywhere, year=2021)
        assert ratio(sums)[0] / ratio(sums)[1] == wanted


def test_validate_is_told_the_year(tmp_path: Path) -> None:
    made = {year: make_registers(year) for year in YEARS}
    (tmp_path / "registers.toml").write_text(by_column(made, tmp_path), encoding="utf-8")
    ran = CliRunner().invoke(validate, [str(tmp_path), "--year", "2019"])
    assert ran.exit_code == 0, ran.output
    assert "residents: 150 rows" in ran.output


def test_the_designation_before_is_made_of_the_same_folder_and_both_can_be_repeated(tmp_path: Path) -> None:
    made = {year: make_registers(year, n_residents=400) for year in (2017, 2021)}
    folder = tmp_path / "registers"
    folder.mkdir()
    (folder / "registers.toml").write_text(by_column(made, folder), encoding="utf-8")
    out = ["--out", str(tmp_path / "out"), "--language", "en", "--format", "gpkg,crate"]
    ran = CliRunner().invoke(designate, ["--year", "2021", "--registers", str(folder), *out])
    assert ran.exit_code == 0, ran.output
    summary = json.loads((tmp_path / "out" / "designation_2021.json").read_text(encoding="utf-8"))
    assert summary["changes"]["previous_year"] == 2017
    ran = CliRunner().invoke(rerun, [str(tmp_path / "out"), "--registers", str(folder)])
    assert ran.exit_code == 0, ran.output


def test_settings_beside_folders_of_years_tell_of_no_year(tmp_path: Path) -> None:
    make_registers(1).write(tmp_path / "2021")
    (tmp_path / "registers.toml").write_text('[registers]\nyears = ["folders", "year"]\n', encoding="utf-8")
    assert years_in(tmp_path) == [2021]
