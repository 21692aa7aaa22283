"""Zones that split and merge between years: what changed is counted person by person."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import box

from builders import make_designated
from udsat_geo.areas.area_set import AreaSet
from udsat_geo.changes.diff import ADDED, REMOVED, UNKNOWN, align, compare, compare_atoms
from udsat_geo.cli.main import designate, udsat
from udsat_geo.kernels.arrays import as_objects
from udsat_geo.units.crosswalk import WHOLE, Crosswalk

pytestmark = pytest.mark.long  # whole jobs

POLICY = """
id = "blocks"
title = {{ da = "Karréer", en = "Blocks" }}
years = [2017, 2030]
cadence = 4
[units]
kind = "zones"
id = "zone"
residents = "people"
[[criteria]]
key = "poor"
label = {{ da = "Fattige", en = "Poor" }}
register = "units"
numerator = "poor"
denominator = "people"
worse = "high"
limit = 0.4
[score]
method = "none"
[rule]
criteria = 1
[areas]
residents = 1
{more}
"""
PEOPLE = (30, 21, 14, 40, 33, 12, 27, 18, 25, 36, 19, 80)
"""Residents of the blocks of a street, who stay where they are."""
POOR = (20, 15, 2, 3, 30, 2, 6, 1, 2, 30, 15, 31)
BEFORE = ("a", "a", "b", "b", "c", "c", "c", "d", "d", "e", "e", "f")
NOW = ("a1", "a2", "b", "b", "c", "cd", "cd", "cd", "d", "ef", "ef", "ef")
"""The zone of each block: a is split, c and d exchange ground, e and f are merged, b stays."""


@dataclass(frozen=True)
class Street:
    """Tables of both years, the crosswalk, the policy and the folder of results."""

    folder: Path

    def call(self, command: Any, *arguments: object) -> Any:
        done = CliRunner().invoke(command, [str(argument) for argument in arguments])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == 0, done.stderr
        return json.loads(done.stdout)

    def designate(self, year: int, *more: object, out: str = "out", policy: str = "blocks.toml") -> dict[str, Any]:
        given = ("--policy", self.folder / policy, "--units", self.folder / f"zones_{year}.gpkg")
        found = self.call(
            designate, "--year", year, *given, "--out", self.folder / out, "--language", "en", "--json", *more
        )
        return dict(found)

    def members(self, year: int, out: str = "out") -> set[str]:
        units = gpd.read_file(self.folder / out / f"designation_{year}.gpkg", layer="units")
        return set(units.unit_id[units.area_id.notna()])

    @property
    def crosswalk(self) -> Path:
        return self.folder / "crosswalk.csv"


@pytest.fixture
def street(tmp_path: Path) -> Street:
    blocks = gpd.GeoDataFrame(
        {"people": PEOPLE, "poor": POOR, "before": BEFORE, "now": NOW},
        geometry=[box(700_000 + 100 * i, 6_170_000, 700_100 + 100 * i, 6_170_130) for i in range(len(PEOPLE))],
        crs="EPSG:25832",
    )
    for year, zone in ((2017, "before"), (2021, "now")):
        zones = blocks.dissolve(zone, aggfunc={"people": "sum", "poor": "sum"}).reset_index(names="zone")
        zones.to_file(tmp_path / f"zones_{year}.gpkg")
    pairs = blocks.groupby(["before", "now"], as_index=False).people.sum()
    whole = blocks.groupby("before").people.sum()
    shares = pairs.assign(
        weight=[people / whole[zone] for zone, people in zip(pairs.before, pairs.people, strict=True)]
    )
    named = shares.rename(columns={"before": "from", "now": "to"})[["from", "to", "weight"]].round(8)
    named.to_csv(tmp_path / "crosswalk.csv", index=False)
    (tmp_path / "blocks.toml").write_text(POLICY.format(more=""), encoding="utf-8")
    memory = "[incumbents]\nkeep_years = 4\n"
    (tmp_path / "memory.toml").write_text(POLICY.format(more=memory).replace('"blocks"', '"memory"'), encoding="utf-8")
    return Street(tmp_path)


def person_by_person(before: set[str], now: set[str]) -> Counter[str]:
    """How many were added, removed and kept, by the zones in areas of either year."""
    told: Counter[str] = Counter()
    for people, then, here in zip(PEOPLE, BEFORE, NOW, strict=True):
        was, is_now = then in before, here in now
        told["kept" if was and is_now else "added" if is_now else "removed" if was else "never"] += people
    return told


def test_people_are_counted_one_by_one(street: Street) -> None:
    street.designate(2017)
    found = street.designate(2021, "--crosswalk", street.crosswalk)
    wanted = person_by_person(street.members(2017), street.members(2021))
    assert set(wanted) == {"added", "removed", "kept", "never"}, "the street has all kinds of change"
    assert found["changes"]["residents"] == {event: wanted[event] for event in ("added", "removed", "kept")}
    assert [entry["name"] for entry in found["inputs"]] == ["zones_2021.gpkg", "crosswalk.csv"]
    assert any("pairs carry 6 earlier zones over to 7 of now" in note for note in found["notes"])
    changed = gpd.read_file(street.folder / "out/designation_2021.gpkg", layer="changed_units")
    told = changed.groupby("event").residents.sum().to_dict()
    assert {event: told.get(event, 0) for event in (ADDED, REMOVED)} == {
        "added": wanted[ADDED],
        "removed": wanted[REMOVED],
    }
    files = [street.folder / f"out/designation_{year}.gpkg" for year in (2017, 2021)]
    compared = street.call(udsat, "diff", *files, "--crosswalk", street.crosswalk, "--json")
    assert {event: compared["totals"][f"residents_{event}"] for event in ("added", "removed", "kept")} == found[
        "changes"
    ]["residents"]
    kept = {entry["area_id"] for entry in found["changes"]["events"] if entry["area_id"].startswith("2017")}
    assert kept, "ids go on over the change of zones"


def test_a_run_with_a_crosswalk_comes_out_the_same(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    """The table and the designation that it carries over are inputs of the run, and its columns are told."""
    monkeypatch.chdir(street.folder)
    named = pd.read_csv(street.crosswalk).rename(columns={"from": "old", "to": "new", "weight": "part"})
    named.to_csv("named.csv", index=False)
    street.designate(2017)
    given = ("--crosswalk", "named.csv", "--crosswalk-columns", "old,new,part", "--format", "gpkg,crate")
    street.designate(2021, *given)
    assert street.call(udsat, "rerun", "out", "--json")["same"]


REGISTERS = POLICY.replace('residents = "people"\n', "").replace('register = "units"', 'register = "residents"')
REGISTERS = REGISTERS.replace(
    '"poor"\ndenominator = "people"', '"labour_status = \'permanently_outside\'"\ndenominator = "1"'
)


@pytest.fixture
def registers(street: Street) -> Path:
    """The people of the street as registers of both years, and a policy over them."""
    rows = [
        {
            "dwelling_id": block,
            "age": 40,
            "labour_status": "permanently_outside" if one < poor else "employed",
            "education": "basic",
            "disposable_income": 100_000,
            "origin": "danish",
        }
        for block, (people, poor) in enumerate(zip(PEOPLE, POOR, strict=True))
        for one in range(people)
    ]
    blocks = range(len(PEOPLE))
    for year in (2017, 2021):
        folder = street.folder / "raw" / str(year)
        folder.mkdir(parents=True)
        pd.DataFrame(rows).to_csv(folder / "residents.csv", index=False)
        pd.DataFrame({"dwelling_id": blocks, "address_id": blocks, "area_m2": 5000}).to_csv(
            folder / "dwellings.csv", index=False
        )
        places = {"address_id": blocks, "easting": [700_050 + 100 * i for i in blocks], "northing": 6_170_060}
        pd.DataFrame(places).to_csv(folder / "addresses.csv", index=False)
    (street.folder / "registers.toml").write_text(REGISTERS.format(more=""), encoding="utf-8")
    return street.folder / "raw"


def test_residents_at_addresses_are_a_crosswalk(
    street: Street, registers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(street.folder)
    given = {"policy": "registers.toml"}
    street.designate(2017, "--registers", registers, **given)
    found = street.designate(
        2021, "--registers", registers, "--crosswalk", "residents", "--format", "gpkg,crate", **given
    )
    wanted = person_by_person(street.members(2017), street.members(2021))
    assert set(wanted) == {"added", "removed", "kept", "never"}
    assert found["changes"]["residents"] == {event: wanted[event] for event in ("added", "removed", "kept")}
    assert street.call(udsat, "rerun", "out", "--registers", registers, "--json")["same"]
    told = street.call(
        udsat, "why", 2017, 2021, "--registers", registers, "--units", street.folder / "zones_{year}.gpkg",
        "--policy", street.folder / "registers.toml", "--crosswalk", "residents", "--json",
    )  # fmt: skip
    assert told["residents"]["in_all"]["parts"]["moving"] == 0


def test_ground_is_a_crosswalk_when_it_is_told(street: Street) -> None:
    """All blocks are alike: a zone of three of them gives a third of its people to the zone of each."""
    street.designate(2017)
    found = street.designate(2021, "--crosswalk", "area")
    table = pd.DataFrame({"from": BEFORE, "to": NOW, "weight": 1.0}).groupby(["from", "to"], as_index=False).sum()
    table["weight"] /= table.groupby("from").weight.transform("sum")
    table.to_csv(street.folder / "ground.csv", index=False)
    wanted = street.designate(2021, "--crosswalk", street.folder / "ground.csv")
    assert found["changes"]["residents"] == wanted["changes"]["residents"]
    assert [entry["name"] for entry in found["inputs"]] == ["zones_2021.gpkg"]
    files = [street.folder / f"out/designation_{year}.gpkg" for year in (2017, 2021)]
    compared = street.call(udsat, "diff", *files, "--crosswalk", "area", "--json")
    assert compared["totals"]["residents_kept"] == found["changes"]["residents"]["kept"]
    refused = CliRunner().invoke(udsat, ["diff", *map(str, files), "--crosswalk", "residents"])
    assert refused.exit_code == 2
    assert "with --registers and --year areas are weighed by the residents at addresses" in refused.stderr


def test_lineage_follows_areas_over_changed_zones(street: Street) -> None:
    street.designate(2017)
    found = street.designate(2021, "--crosswalk", street.crosswalk)
    files = [street.folder / f"out/designation_{year}.gpkg" for year in (2017, 2021)]
    given = ("--crosswalk", street.crosswalk, "--json")
    read = street.call(udsat, "lineage", *files, *given)
    tables = ("--units", street.folder / "zones_{year}.gpkg", "--policy", street.folder / "blocks.toml")
    made = street.call(udsat, "lineage", "--years", "2017,2021", *tables, *given)
    for told in (read, made):
        flows = [row["residents"] for row in told["links"] if row["previous_id"] and row["area_id"]]
        assert sum(flows) == found["changes"]["residents"]["kept"]


def test_why_adds_up_over_changed_zones(street: Street) -> None:
    street.designate(2017)
    found = street.designate(2021, "--crosswalk", street.crosswalk)
    tables = ("--units", street.folder / "zones_{year}.gpkg", "--policy", street.folder / "blocks.toml")
    told = street.call(udsat, "why", 2017, 2021, *tables, "--crosswalk", street.crosswalk, "--json")
    in_all = told["residents"]["in_all"]
    before, now = person_by_person(street.members(2017), set()), person_by_person(set(), street.members(2021))
    assert (in_all["before"], in_all["now"]) == (before["removed"], now["added"])
    # nobody moved: the zones were drawn anew, and the same people were judged by them
    assert in_all["parts"]["moving"] == 0
    changes = found["changes"]["residents"]
    assert in_all["change"] == changes["added"] - changes["removed"]


def test_without_a_crosswalk_zones_of_one_year_count_in_no_change(street: Street) -> None:
    street.designate(2017)
    found = street.designate(2021)
    before, now = street.members(2017), street.members(2021)
    both = set(BEFORE) & set(NOW)
    people = Counter[str]()
    for count, here in zip(PEOPLE, NOW, strict=True):
        people[here] += count
    wanted = {
        "added": sum(people[zone] for zone in both & (now - before)),
        "removed": sum(people[zone] for zone in both & (before - now)),
        "kept": sum(people[zone] for zone in both & before & now),
    }
    assert found["changes"]["residents"] == wanted
    alone = sum(people[zone] for zone in set(NOW) - both)
    assert any(f"{len(set(NOW) - both)} now with {alone}" in note for note in found["notes"])
    changed = gpd.read_file(street.folder / "out/designation_2021.gpkg", layer="changed_units")
    assert set(changed.unit_id) <= both


def test_memory_and_years_running_go_over_changed_zones(street: Street) -> None:
    """A zone of now stands for an earlier one where at least half of its residents come from such zones."""
    street.designate(2017)
    before = street.members(2017)
    lived: dict[str, Counter[bool]] = {}
    for people, then, here in zip(PEOPLE, BEFORE, NOW, strict=True):
        lived.setdefault(here, Counter())[then in before] += people
    # no zone meets the demands any more: those that stay are those that are remembered
    memory = (street.folder / "memory.toml").read_text(encoding="utf-8").replace("limit = 0.4", "limit = 0.99")
    (street.folder / "memory.toml").write_text(memory, encoding="utf-8")
    street.designate(2021, "--crosswalk", street.crosswalk, policy="memory.toml")
    assert street.members(2021) == {zone for zone, told in lived.items() if told[True] >= told[False]}
    running = 'extends = "blocks.toml"\nid = "running"\n[rule]\nyears_running = 2\n'
    (street.folder / "running.toml").write_text(running, encoding="utf-8")
    street.designate(2021, "--crosswalk", street.crosswalk)
    plain = street.members(2021)
    street.designate(2021, "--crosswalk", street.crosswalk, policy="running.toml")
    qualified = {zone for zone, told in lived.items() if told[True] >= told[False]}
    assert street.members(2021) == plain & qualified != plain


def test_a_crosswalk_that_does_not_fit_is_told(street: Street) -> None:
    street.designate(2017)
    rows = pd.read_csv(street.crosswalk)
    rows[rows["from"] != "e"].replace({"a2": "a3"}).to_csv(street.folder / "bad.csv", index=False)
    done = CliRunner().invoke(
        designate,
        [
            "--year", "2021", "--policy", str(street.folder / "blocks.toml"), "--units",
            str(street.folder / "zones_2021.gpkg"), "--out", str(street.folder / "out"), "--crosswalk",
            str(street.folder / "bad.csv"),
        ],
    )  # fmt: skip
    assert done.exit_code == 2
    assert "bad.csv: lacks zones of the earlier designation (1 row), for example e" in done.stderr
    assert "bad.csv: leads to zones that are not there now (1 row), for example a3" in done.stderr


# --- properties ---------------------------------------------------------------------------------------------

ZONES = [f"z{i}" for i in range(8)]
LABELS = st.lists(st.integers(-1, 2), min_size=len(ZONES), max_size=len(ZONES))
LIVING = st.lists(st.integers(0, 50), min_size=len(ZONES), max_size=len(ZONES))


def designated(labels: list[int], living: list[int], year: int) -> AreaSet:
    number = {label: i for i, label in enumerate(sorted(set(labels) - {-1}))}
    areas = {zone: number.get(label, -1) for zone, label in zip(ZONES, labels, strict=True)}
    return make_designated(areas, dict(zip(ZONES, living, strict=True)), year)


def walk(pairs: list[tuple[str, str, int]]) -> Crosswalk:
    from_id, to_id, weight = zip(*pairs, strict=True)
    return Crosswalk("x", None, as_objects(from_id), as_objects(to_id), np.array(weight, dtype=np.int64))


@given(LABELS, LABELS, LIVING, LIVING)
def test_a_crosswalk_of_each_zone_to_itself_changes_nothing(
    then: list[int], here: list[int], lived: list[int], living: list[int]
) -> None:
    before, now = designated(then, lived, 2017), designated(here, living, 2021)
    itself = dataclasses.replace(before, crosswalk=walk([(zone, zone, WHOLE) for zone in ZONES]))
    wanted, found = compare(before, now), compare(itself, now)
    for name in ("event", "previous", "units_added", "units_removed", "units_kept"):
        assert getattr(found, name) == getattr(wanted, name)
    for name in ("residents_added", "residents_removed", "residents_kept", "since", "continues"):
        assert getattr(found, name).tolist() == getattr(wanted, name).tolist()


@given(LABELS, LIVING, st.lists(st.integers(1, WHOLE - 1), min_size=len(ZONES), max_size=len(ZONES)))
def test_splitting_zones_adds_and_removes_nobody(labels: list[int], living: list[int], cut: list[int]) -> None:
    before = designated(labels, living, 2017)
    pairs = [
        (zone, zone + end, part if end == "w" else WHOLE - part)
        for zone, part in zip(ZONES, cut, strict=True)
        for end in "we"
    ]
    areas = dict(zip(before.members.unit_id.tolist(), before.members.area_of_unit.tolist(), strict=True))
    lived = dict(zip(ZONES, living, strict=True))
    west = {zone: lived[zone] * part // WHOLE for zone, part in zip(ZONES, cut, strict=True)}
    people = {zone + end: west[zone] if end == "w" else lived[zone] - west[zone] for zone in ZONES for end in "we"}
    now = make_designated({zone + end: areas[zone] for zone in ZONES for end in "we"}, people, 2021)
    found = compare(dataclasses.replace(before, crosswalk=walk(pairs)), now)
    assert found.residents_added.sum() == found.residents_removed.sum() == 0
    assert set(found.event) <= {"kept"}
    assert found.residents_kept.sum() == sum(people[zone] for zone in people if areas[zone[:-1]] >= 0)


def test_an_area_of_zones_without_a_counterpart_is_unknown() -> None:
    before = make_designated({"a": 0, "b": 1, "c": -1}, {"a": 5, "b": 5, "c": 5}, 2017)
    now = make_designated({"a": 0, "x": 1, "c": -1}, {"a": 5, "x": 5, "c": 5}, 2021)
    shapes = np.array([box(i, 0, i + 1, 2) for i in range(3)], dtype=object)
    before, now = (
        dataclasses.replace(side, members=dataclasses.replace(side.members, geometry=shapes)) for side in (before, now)
    )
    atoms = align(before, now)
    found = compare_atoms(before, now, atoms)
    assert found.event == ("kept", UNKNOWN, UNKNOWN)
    assert (found.residents_added.tolist(), found.residents_removed.tolist()) == ([0, 0, 0], [0, 0, 0])
