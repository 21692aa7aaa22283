"""Units that must have qualified in several designations running: the rule, and the files it is read from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import make_policy
from estates import write_estates
from made_once import made_once
from udsat_geo.designation.designation import Inputs, designate
from udsat_geo.designation.earlier import (
    Qualified,
    earlier_years,
    qualified_before,
    qualified_throughout,
    read_earlier,
)
from udsat_geo.files.earlier import store_of
from udsat_geo.files.write import write_results
from udsat_geo.messages.errors import InputError
from udsat_geo.policy.load import LoadedPolicy, load_policy, with_references

NATIONAL = ["convicted_national=0.0174"]


def names(*units: str) -> Any:
    return np.array(units, dtype=object)


# --- the rule -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cadence", "running", "wanted"), [(1, 1, ()), (1, 5, (2024, 2023, 2022, 2021)), (4, 3, (2021, 2017))]
)
def test_earlier_years_lie_one_cadence_apart(cadence: int, running: int, wanted: tuple[int, ...]) -> None:
    policy = make_policy(cadence=cadence, rule={"core": 1.0, "years_running": running})
    assert earlier_years(2025, policy) == wanted


def test_a_unit_qualifies_when_it_did_in_every_earlier_designation() -> None:
    """C did not in 2023, D is not there in 2024; the order of the units is another each year."""
    earlier = (
        Qualified(2024, names("B", "A", "C"), np.array([False, True, True])),
        Qualified(2023, names("A", "B", "C", "D"), np.array([True, True, False, True])),
    )
    assert qualified_throughout(names("A", "B", "C", "D", "E"), earlier).tolist() == [True, False, False, False, False]


def test_without_earlier_designations_nothing_is_asked() -> None:
    assert qualified_throughout(names("A", "B"), ()).tolist() == [True, True]
    assert qualified_throughout(names(), ()).tolist() == []


UNITS = st.dictionaries(st.sampled_from("ABCDEF"), st.booleans())


@given(st.lists(UNITS, max_size=4), st.permutations("ABCDEF"))
def test_every_year_more_can_only_take_units_away(years: list[dict[str, bool]], now: list[str]) -> None:
    earlier = [
        Qualified(2000 - i, names(*met), np.array(list(met.values()), dtype=bool)) for i, met in enumerate(years)
    ]
    found = qualified_throughout(names(*now), earlier)
    assert found.tolist() == [all(met.get(unit, False) for met in years) for unit in now]


# --- the files ----------------------------------------------------------------------------------------------


def write_year(
    folder: Path,
    year: int,
    qualified: dict[str, bool | None],
    policy: str = "parallelsamfund-2021",
    column: str = "qualified",
) -> Path:
    """A designation of a year in `folder`, with what a column says of each unit."""
    write_estates(folder / f"estates_{year}.gpkg", {name: {} for name in qualified})
    loaded = with_references(load_policy(policy), NATIONAL)
    made = designate(year, loaded, Inputs(None, folder / f"estates_{year}.gpkg", "unit_table"))
    path = write_results(made, folder, ("gpkg",))[0]
    units = gpd.read_file(path, layer="units").drop(columns="qualified", errors="ignore").set_index("unit_id")
    if column == "qualified":
        units["qualified"] = [qualified[unit] for unit in units.index]
    else:
        units["area_id"] = [f"{year}-01" if qualified[unit] else None for unit in units.index]
    units.reset_index().to_file(path, layer="units")
    return path


@made_once
def write_four_years(folder: Path, **options: Any) -> None:
    """2021 to 2024. A always; B not in 2022; C only from 2022 on; D is not known to have in 2024."""
    for year in range(2021, 2025):
        met = {"A": True, "B": year != 2022, "D": None if year == 2024 else True}
        write_year(folder, year, met if year == 2021 else {**met, "C": True}, **options)


LISTED = load_policy("omdannelsesomraade-2021")


@pytest.mark.long
@pytest.mark.parametrize("column", ["qualified", "area_id"])
def test_the_four_earlier_years_are_read_from_the_folder(tmp_path: Path, column: str) -> None:
    """Without a column `qualified`, a unit qualified when it is in an area."""
    write_four_years(tmp_path, column=column)
    found = qualified_before(store_of(tmp_path), 2025, LISTED, "unit_table", names("D", "C", "B", "A", "E"))
    assert found.tolist() == [False, False, False, True, False]


def test_a_policy_over_a_single_year_reads_nothing(tmp_path: Path) -> None:
    policy = load_policy("parallelsamfund-2021")
    assert read_earlier(store_of(tmp_path / "nothing"), 2025, policy, "unit_table") == ()
    assert qualified_before(store_of(tmp_path / "nothing"), 2025, policy, "unit_table", names("A")).tolist() == [True]


@pytest.mark.long
def test_designations_by_the_policy_itself_and_by_a_base_that_asks_the_same_serve(tmp_path: Path) -> None:
    write_four_years(tmp_path)
    write_year(tmp_path, 2024, {"A": True, "B": True}, policy="omdannelsesomraade-2021")
    assert qualified_before(store_of(tmp_path), 2025, LISTED, "unit_table", names("A", "B")).tolist() == [True, False]


def own_policy(folder: Path, change: str = "") -> LoadedPolicy:
    text = f'extends = "omdannelsesomraade-2021"\nid = "mine"\n[references]\nconvicted_national = 0.02\n{change}'
    (folder / "mine.toml").write_text(text)
    return load_policy(str(folder / "mine.toml"))


@pytest.mark.long
def test_so_do_those_by_what_a_policy_of_one_s_own_extends(tmp_path: Path) -> None:
    write_four_years(tmp_path)
    assert qualified_before(store_of(tmp_path), 2025, own_policy(tmp_path), "unit_table", names("A")).tolist() == [True]


def refused(folder: Path, year: int = 2025, policy: LoadedPolicy = LISTED, source: str = "unit_table") -> list[str]:
    with pytest.raises(InputError) as error:
        qualified_before(store_of(folder), year, policy, source, names("A", "B"))
    return [line.removeprefix(f"{folder}/") for line in error.value.messages]


@pytest.mark.long
def test_every_missing_year_is_named(tmp_path: Path) -> None:
    write_four_years(tmp_path)
    found = refused(tmp_path, year=2027)
    assert [line[:21] for line in found] == ["designation_2026.gpkg", "designation_2025.gpkg"]
    assert found[0] == (
        "designation_2026.gpkg: no such designation, and omdannelsesomraade-2021 looks back on 5 years running. "
        "Designate 2026 into the same folder first, with omdannelsesomraade-2021 or parallelsamfund-2021."
    )


@pytest.mark.long
def test_every_year_that_cannot_be_used_is_told_with_its_reason(tmp_path: Path) -> None:
    write_four_years(tmp_path)
    write_year(tmp_path, 2024, {"A": True}, policy="boligomraade-2021")
    (tmp_path / "designation_2023.gpkg").unlink()
    (tmp_path / "designation_2022.json").unlink()
    (tmp_path / "designation_2021.gpkg").write_bytes(b"no database")
    found = refused(tmp_path)
    assert found[0].startswith("designation_2024.gpkg: was made by boligomraade-2021, which does not ask the same")
    assert found[1].startswith("designation_2023.gpkg: no such designation")
    assert found[2].startswith("designation_2022.json: cannot be read")
    assert found[3].startswith("designation_2021.gpkg: cannot be read: it is no vector file")
    assert len(found) == 4


def test_one_of_another_kind_of_input_and_of_another_year_is_told(tmp_path: Path) -> None:
    write_four_years(tmp_path)
    path = tmp_path / "designation_2022.json"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), "year": 2012}))
    found = refused(tmp_path, source="registers")
    assert sum("another kind of input (a table of units, this one from registers)" in line for line in found) == 4
    assert sum(line.startswith("designation_2022.gpkg: is of 2012") for line in found) == 1


def test_a_base_serves_no_policy_that_asks_for_more(tmp_path: Path) -> None:
    write_four_years(tmp_path)
    found = refused(tmp_path, policy=own_policy(tmp_path, "[rule]\ncriteria = 3\n"))
    assert len(found) == 4
    assert all("was made by parallelsamfund-2021, which does not ask the same" in line for line in found)


@pytest.mark.long
def test_years_over_other_units_are_told(tmp_path: Path) -> None:
    write_four_years(tmp_path)
    write_year(tmp_path, 2023, {"X": True})
    found = refused(tmp_path)
    assert found == [
        "designation_2023.gpkg: shares no unit with this designation (it has X, this one A). "
        "Designate the years over the same units."
    ]
