"""Profiles: registers in the layout of a register system, what they choose, and what is told of unknown codes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from test_any_column import asking, everywhere, ratio, told

from udsat_geo.messages.errors import InputError
from udsat_geo.policy.load import load_policy
from udsat_geo.registers.folders import years_in
from udsat_geo.registers.read import RegisterSums, read_registers
from udsat_geo.registers.schema import COLUMNS, WESTERN
from udsat_geo.registers.settings import PROFILES, RegisterSettings, laid_over, profile_content
from udsat_geo.synthetic.statistics_denmark import VINTAGES, write_registers_of_dst
from udsat_geo.synthetic.write import write_registers
from udsat_geo.units.units import cells_from_registers

N = 12
YEAR = 2021


def part(folder: Path, name: str, year: int, columns: dict[str, Any]) -> None:
    place = folder / name.upper() / f"YEAR={year}"
    place.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), place / "part-0.parquet")


def as_delivered(folder: Path, toml: str = "", **changed: dict[str, Any]) -> None:
    """Twelve people of four families in two dwellings, as Statistics Denmark delivers them."""
    person = [f"{i:010d}" for i in range(N)]
    people = {
        "PNR": person,
        "FAMILIE_ID": [i // 3 for i in range(N)],
        "ADRESSE_ID": ["A1", "A2"] * (N // 2),
        "ALDER": [40.0] * N,
        "OPR_LAND": [5100.0, 5120.0, 5172.0, 5472.0] * (N // 4),
    }
    registers: dict[str, tuple[int, dict[str, Any]]] = {
        "akm": (2019, {"pnr": person, "SOCIO13": [110.0, 321.0, 322.0, 410.0] * (N // 4)}),
        "udda": (2020, {"PNR": person[:-1], "HFAUDD": ["1109", "4112"] * 5 + ["1109"]}),
        "ind": (2019, {"PNR": person, "DISPON_13": [float(i) for i in range(N)]}),
        "faik": (2019, {"FAMILIE_ID": range(N // 3), "FAMDISP": [100.0] * (N // 3)}),
        "ras": (2019, {"PNR": person, "SOC_STATUS_KODE": [131, 200, 414, 511] * (N // 4)}),
    }
    for name, (year, columns) in registers.items():
        part(folder, name, year, columns | changed.get(name, {}))
    twice = {name: [*values, *values] for name, values in people.items()}
    part(folder, "bef", 2020, {**twice, **dated(), **changed.get("bef", {})})
    part(folder, "bol", YEAR, {"ADRESSE_ID": ["A1", "A2"], "BEBO_AREAL": [50.0, 100.0]})
    cells = pd.DataFrame({"adresse_id": ["A1", "A2"], "DDKNcelle100m": ["100m_61757_7196", "100m_61757_7197"]})
    cells.to_csv(folder / "koordinater.csv", sep=";", index=False)
    (folder / "DISCED15.csv").write_text("hfaudd;NIVEAU\n1109;10\n4112;30\n", encoding="utf-8")
    text = '[profile]\nname = "dst"\n[dwellings.columns]\narea_m2 = "bebo_areal"\n'
    (folder / "registers.toml").write_text(text + toml, encoding="utf-8")


def dated() -> dict[str, Any]:
    dates = ["2020-09-30"] * N + ["2020-12-31"] * N
    return {"REFERENCETID": pa.array(dates).cast(pa.date32())}


def read(folder: Path, numerator: str, **options: str) -> RegisterSums:
    return read_registers(folder, asking(numerator, **options), everywhere, year=YEAR)


@pytest.mark.long
@pytest.mark.parametrize(
    ("numerator", "wanted"),
    [
        ("labour_status IN ('early_retirement', 'permanently_outside')", 9),
        ("coalesce(education = 'vocational', FALSE)", 5),
        ("education IS NULL", 1),
        ("disposable_income", sum(range(N))),
        ("origin = 'non_western'", 6),
        ("origin = 'danish'", 3),
        ("age", 40 * N),
    ],
)
def test_registers_of_statistics_denmark_are_read_by_their_profile(
    tmp_path: Path, numerator: str, wanted: float
) -> None:
    as_delivered(tmp_path)
    assert ratio(read(tmp_path, numerator)) == (wanted, N)


@pytest.mark.long
def test_positions_are_the_middles_of_cells_and_areas_those_of_dwellings(tmp_path: Path) -> None:
    as_delivered(tmp_path)
    found: list[tuple[np.ndarray, np.ndarray]] = []

    def place(located: Any) -> tuple[np.ndarray, int]:
        found.append((located.easting, located.northing))
        return everywhere(located)

    sums = read_registers(tmp_path, asking("area_m2", "dwellings"), place, year=YEAR)
    assert ratio(sums) == (150, 2)
    np.testing.assert_array_equal(found[0][0], [719_650, 719_750])
    np.testing.assert_array_equal(found[0][1], [6_175_750, 6_175_750])


@pytest.mark.long
def test_work_may_come_from_ras_and_income_from_families(tmp_path: Path) -> None:
    toml = '[residents.columns]\nlabour_status = "ras.soc_status_kode"\ndisposable_income = "faik.famdisp"\n'
    as_delivered(tmp_path, toml)
    assert ratio(read(tmp_path, "labour_status = 'early_retirement'")) == (3, N)
    assert ratio(read(tmp_path, "disposable_income")) == (100 * N, N)
    assert set(read(tmp_path, "1").files) == {
        *("addresses", "dwellings", "residents", "settings"),
        *(f"residents.joins.{name}" for name in ("ras", "udda", "disced", "faik")),
    }


@pytest.mark.long
def test_who_is_in_education_is_said_by_the_register_of_work(tmp_path: Path) -> None:
    as_delivered(tmp_path, akm={"SOCIO13": [310] * 6 + [110] * 6})
    assert ratio(read(tmp_path, "education = 'in_education'")) == (6, N - 1)


@pytest.mark.long
def test_a_registers_toml_is_laid_over_the_profile_key_by_key(tmp_path: Path) -> None:
    toml = '[residents]\nvintage = 0\nwhere.referencetid = ["2020-09-30"]\n[codes.socio13.values]\n410 = "unemployed"\n'
    as_delivered(tmp_path, toml)
    (tmp_path / "BEF" / "YEAR=2020").rename(tmp_path / "BEF" / "YEAR=2021")
    assert ratio(read(tmp_path, "labour_status = 'unemployed'")) == (3, N)


@pytest.mark.long
def test_what_a_profile_narrows_may_be_widened_and_people_twice_are_told(tmp_path: Path) -> None:
    toml = "[residents.where]\nreferencetid = []\n"
    as_delivered(tmp_path, toml)
    with pytest.raises(InputError) as caught:
        read(tmp_path, "1")
    (message,) = caught.value.messages
    assert message.startswith("BEF/YEAR=2020, column PNR: stands more than once (12 rows), for example a key of 10 ")
    as_delivered(tmp_path, '[residents]\nunique = ""\n' + toml)
    assert read(tmp_path, "1").residents.sum() == 2 * N


@pytest.mark.long
def test_unknown_codes_are_told_with_their_counts_and_where_to_map_them(tmp_path: Path) -> None:
    as_delivered(tmp_path, akm={"SOCIO13": [500, 500, 777, *[110] * 9]})
    with pytest.raises(InputError) as caught:
        read(tmp_path, "1")
    (message,) = caught.value.messages
    assert message.startswith("AKM/YEAR=2019, column SOCIO13: unknown codes (3 rows), for example '500' in row 1.")
    assert "All of them, with their rows: '500' (2), '777' (1)." in message
    assert "[residents.values.labour_status]" in message
    toml = '[residents.values.labour_status]\n500 = "unemployed"\n777 = ""\n'
    as_delivered(tmp_path, toml, akm={"SOCIO13": [500, 500, 777, *[110] * 9]})
    assert ratio(read(tmp_path, "labour_status = 'unemployed'")) == (2, N - 1)


def test_everything_that_is_missing_is_told_at_once_with_what_it_is_for(tmp_path: Path) -> None:
    as_delivered(tmp_path)
    (tmp_path / "DISCED15.csv").unlink()
    (tmp_path / "koordinater.csv").unlink()
    (tmp_path / "registers.toml").write_text('[profile]\nname = "dst"\n', encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read(tmp_path, "1")
    messages = caught.value.messages
    assert len(messages) == 3
    assert "disced15" in messages[0]
    assert messages[0].endswith("It is joined to residents for education.")
    assert "column area_m2: is missing" in messages[1]
    assert "koordinater" in messages[2]


def test_a_profile_that_is_not_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "registers.toml").write_text('[profile]\nname = "ssb"\n', encoding="utf-8")
    (message,) = told(tmp_path, asking("1"))
    assert "profile.name" in message
    assert "'dst' or 'kbh'" in message


@pytest.mark.long
def test_a_municipality_s_extracts_are_read_by_their_profile(tmp_path: Path) -> None:
    key = {"KOMMUNEKODE": ["0101"] * 4, "VEJKODE": ["0004"] * 4, "HUSNR": ["001A", "001A", "001A", "002"]}
    whole = {**key, "ETAGE": ["st", "st", "01", ""], "SIDEDOER": ["tv", "th", "", ""]}
    ours = {"labour_status": ["employed"] * 4, "education": ["basic"] * 4, "disposable_income": ["1,5"] * 4}
    pd.DataFrame({**whole, "ALDER": [30, 40, 50, 60], **ours, "origin": ["danish"] * 4}).to_csv(
        tmp_path / "CPR.csv", sep=";", index=False, encoding="latin-1"
    )
    bbr = {"BOLIGAREAL": ["50,5"] * 4, "TOILETFORHOLD": list("TTAB"), "BADEFORHOLD": list("VCDV")}
    heat = {"VARMEINSTALLATION": [1, 1, 2, 7]}
    pd.DataFrame({**whole, **bbr, **heat}).to_csv(tmp_path / "bbr.csv", sep=";", index=False)
    places = {name: values[2:] for name, values in key.items()}
    pd.DataFrame({**places, "X": [720_000, 720_100], "Y": [6_175_000] * 2}).to_csv(
        tmp_path / "adresser.csv", index=False
    )
    (tmp_path / "registers.toml").write_text('[profile]\nname = "kbh"\n', encoding="utf-8")
    for numerator, wanted in {"area_m2": 202, "toilet": 2, "bath": 2, "district_heating": 2, "residents": 4}.items():
        assert ratio(read(tmp_path, numerator, register="dwellings")) == (wanted, 4)
    assert ratio(read(tmp_path, "age")) == (180, 4)


@pytest.mark.parametrize("name", PROFILES)
def test_every_code_list_has_a_source_and_leads_to_codes_that_there_are(name: str) -> None:
    content = laid_over(profile_content(name), {"profile": {"name": name}})
    settings = RegisterSettings.model_validate(content)
    allowed = {code for columns in COLUMNS.values() for column in columns for code in column.codes}
    for codes in settings.codes.values():
        assert codes.source
        assert codes.choice
        assert set(codes.values.values()) <= {*allowed, "true", "false", ""}


def test_the_western_countries_of_the_profile_are_those_of_the_program() -> None:
    origins = profile_content("dst")["codes"]["opr_land"]["values"]
    western = [code for code, origin in origins.items() if origin == "western"]
    # Czechoslovakia, and Iceland as it was once written as well
    assert len(western) == len(WESTERN) + 2


def test_the_synthetic_registers_are_of_the_years_that_the_profile_reads() -> None:
    residents = profile_content("dst")["residents"]
    read = {name: residents["joins"][name]["vintage"] for name in ("akm", "udda", "ind")}
    assert {"bef": residents["vintage"], **read} == VINTAGES


@pytest.mark.long
def test_the_synthetic_city_in_that_layout_is_the_plain_one(tmp_path: Path) -> None:
    policy = load_policy("kbh-2017").policy
    for year in (2021, 2025):
        write_registers_of_dst(year, tmp_path / "dst")
    assert years_in(tmp_path / "dst") == [2021, 2025]
    for year in (2021, 2025):
        write_registers(year, tmp_path / "plain")
        plain, of_plain = cells_from_registers(tmp_path / "plain", policy)
        other, of_other = cells_from_registers(tmp_path / "dst", policy, year=year)
        np.testing.assert_array_equal(plain.unit_id, other.unit_id)
        np.testing.assert_array_equal(plain.residents, other.residents)
        np.testing.assert_array_equal(of_plain.numerator, of_other.numerator)
        np.testing.assert_array_equal(of_plain.denominator, of_other.denominator)
        assert of_plain.let == of_other.let
        assert of_plain.counts == of_other.counts
