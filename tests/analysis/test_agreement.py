"""One city under many rules: against counting resident by resident, and every fault of a call."""

from __future__ import annotations

import json
import re
from collections import Counter
from importlib import resources
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from click.testing import CliRunner

import udsat_geo as ug
from estates import write_estates
from two_years import write_policy, write_town
from udsat_geo.analysis.agreement import Agreement, PoliciesJob, find_agreement, named_tables
from udsat_geo.changes.compare import share
from udsat_geo.cli.main import udsat
from udsat_geo.designation.designation import Designation
from udsat_geo.designation.job import Job, run
from udsat_geo.designation.together import read_together
from udsat_geo.messages.errors import InputError
from udsat_geo.policy.load import load_policy
from udsat_geo.registers.addressed import residents_by_address

CELLS_50 = """
extends = "kbh-2017"
id = "fine"
[units]
size = 50
[rule]
core = 0.3
edge = 0.0
criteria = 1
[areas]
residents = 10
"""
ADDRESSES = """
extends = "kbh-2017"
id = "addresses"
[units]
kind = "addresses"
[rule]
core = 0.3
edge = 0.0
criteria = 1
[areas]
residents = 10
reach = 80.0
bridge = 0.0
holes = 0.0
outline = "exact"
"""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town")
    write_town(folder)
    write_policy(folder / "larger.toml", residents=150)
    (folder / "fine.toml").write_text(CELLS_50, encoding="utf-8")
    (folder / "addresses.toml").write_text(ADDRESSES, encoding="utf-8")
    return folder


def asked(town: Path, *names: str) -> PoliciesJob:
    policies = tuple(load_policy(str(town / f"{name}.toml")) for name in names)
    return PoliciesJob(2021, policies, town / "raw", language="en")


def alone(town: Path, name: str) -> Designation:
    policy = load_policy(str(town / f"{name}.toml"))
    return run(Job(2021, policy, town / "raw", previous="none", language="en"))


def counted_one_by_one(found: Agreement, inside: dict[str, list[bool]]) -> tuple[Counter, dict[tuple[str, str], int]]:
    """Residents by the set of policies, and of each two policies, by plain counting."""
    sets: Counter[tuple[str, ...]] = Counter()
    both: Counter[tuple[str, str]] = Counter()
    for place, residents in enumerate(found.points.residents.tolist()):
        names = tuple(name for name in found.ids if inside[name][place])
        sets[names] += residents
        for one in names:
            for other in names:
                both[one, other] += residents
    return sets, dict(both)


def check(found: Agreement, inside: dict[str, list[bool]]) -> None:
    sets, both = counted_one_by_one(found, inside)
    assert dict(found.combinations()) == {names: count for names, count in sets.items() if names and count}
    by = [sum(count for names, count in sets.items() if len(names) == k) for k in range(len(found.ids) + 1)]
    assert found.by_policies.tolist() == by
    for a, one in enumerate(found.ids):
        for b, other in enumerate(found.ids):
            shared = both.get((one, other), 0)
            either = both.get((one, one), 0) + both.get((other, other), 0) - shared
            assert found.of_both[a, b] == shared
            assert found.share_of(a, b) == pytest.approx(share(shared, both.get((one, one), 0)), nan_ok=True)
            assert found.overlap(a, b) == pytest.approx(share(shared, either), nan_ok=True)


@pytest.mark.long
def test_over_the_same_units_each_is_what_it_is_alone(town: Path) -> None:
    names = ("town", "harder", "larger")
    found = find_agreement(asked(town, *names))
    assert found.points.weights.kind == "units"
    inside = {name: (alone(town, name).areas.area_of_unit >= 0).tolist() for name in names}
    assert len({tuple(flags) for flags in inside.values()}) == 3
    check(found, inside)


@pytest.mark.long
def test_over_different_units_residents_are_counted_at_their_addresses(town: Path) -> None:
    names = ("town", "fine", "addresses")
    found = find_agreement(asked(town, *names))
    assert found.points.weights.kind == "addresses"
    people = residents_by_address(town / "raw" / "2021", year=2021)
    inside = {}
    for name in names:
        made = alone(town, name)
        units, chosen = made.units, np.flatnonzero(made.areas.area_of_unit >= 0).tolist()
        members = {units.unit_id[i] for i in chosen}
        size = made.policy.policy.units.size
        square = set() if units.row is None or units.col is None else {(units.row[i], units.col[i]) for i in chosen}
        inside[name] = [
            str(address) in members if name == "addresses" else (int(northing // size), int(easting // size)) in square
            for address, easting, northing in zip(people.address_id, people.easting, people.northing, strict=True)
        ]
        assert sum(people.residents[np.array(inside[name])]) == made.areas.residents.sum()
    check(found, inside)
    assert "The policies judge different units: residents are counted at their addresses." in found.notes


@pytest.mark.long
def test_registers_read_in_one_go_give_what_each_policy_reads_alone(town: Path) -> None:
    policies = asked(town, "town", "harder").policies
    own = town / "own.toml"
    own.write_text(
        'extends = "kbh-2017"\nid = "own"\n[let.residents]\nlow_income = "0.5 * median(disposable_income)"\n'
        '[[criteria]]\nkey = "young"\nregister = "residents"\nnumerator = "age < 18"\nworse = "high"\n',
        encoding="utf-8",
    )
    inputs = alone(town, "town").inputs
    # another value of one name: these two are read one after the other
    for together in (policies, (policies[0], load_policy(str(own)))):
        for policy, (units, found) in zip(together, read_together(inputs, together), strict=True):
            ((plain, told),) = read_together(inputs, [policy])
            for name in ("numerator", "denominator", "numerator_unit", "denominator_unit", "residents", "unit_id"):
                assert np.array_equal(getattr(units, name), getattr(plain, name)), name
            assert found["let"] == told["let"]
            assert found["notes"] == told["notes"]


@pytest.mark.long
def test_two_laws_over_one_table_of_estates(town: Path, tmp_path: Path) -> None:
    worse = {"convicted": 600, "basic_school_30_59": 700}
    estates = {"A": worse, "B": {}, "C": {**worse, "non_western_origin": 3000}}
    write_estates(tmp_path / "estates.gpkg", estates)
    job = PoliciesJob(
        2021,
        (load_policy("boligomraade-2021"), load_policy("parallelsamfund-2021")),
        units={"units": tmp_path / "estates.gpkg"},
        language="en",
    )
    with pytest.raises(InputError, match="no value"):
        find_agreement(job)
    found = ug.compare_policies(
        ["boligomraade-2021", "parallelsamfund-2021"],
        2021,
        units=gpd.read_file(tmp_path / "estates.gpkg"),
        references={"convicted_national": 0.01},
        language="en",
    )
    assert found.found.points.weights.kind == "units"
    laws = ("boligomraade-2021", "parallelsamfund-2021")
    assert found.combinations == {laws[:1]: 5000, laws: 5000}
    assert found.shares.loc[laws] == 0.5
    assert found.shares.loc[laws[::-1]] == 1.0


@pytest.mark.long
def test_the_command_prints_and_writes(town: Path, tmp_path: Path) -> None:
    policies = f"{town}/town.toml,{town}/harder.toml"
    call = ["compare-policies", "--policies", policies, "--year", "2021", "--registers", f"{town}/raw"]
    told = CliRunner().invoke(udsat, [*call, "--out", str(tmp_path / "out"), "--language", "en"])
    assert told.exit_code == 0, told.output
    assert "all policies" in told.output
    assert "1 of 2 policies" in told.output
    data = json.loads(CliRunner().invoke(udsat, [*call, "--json", "--language", "en"]).output)
    assert [row["policies"] for row in data["designated_by"]] == [2, 1, 0]
    assert sum(row["residents"] for row in data["designated_by"]) == data["counted"]["residents"]
    package = tmp_path / "out" / "policies_2021.gpkg"
    places, areas = gpd.read_file(package), gpd.read_file(package, layer="policy_areas")
    pairs = gpd.read_file(package, layer="policy_pairs")
    assert places.loc[places["policies"] == 2, "residents"].sum() == data["designated_by"][0]["residents"]
    assert set(areas["policy"]) == {"town", "harder"}
    by_policy = areas.groupby("policy")["residents"].sum()
    assert {row["policy"]: row["residents"] for row in data["policies"]} == by_policy.to_dict()
    assert pairs["residents_of_both"].tolist() == [row["residents_of_both"] for row in data["pairs"]]
    lines = (tmp_path / "out" / "policies_2021.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("policy,other,residents")
    assert len(lines) == 3
    assert (tmp_path / "out" / "policies_2021.png").stat().st_size > 10_000


def test_in_python(town: Path) -> None:
    found = ug.compare_policies([town / "town.toml", town / "harder.toml"], 2021, registers=town / "raw", language="en")
    assert found.shares.loc["town", "town"] == 1.0
    assert found.overlaps.loc["town", "harder"] == found.overlaps.loc["harder", "town"]
    assert found.designated_by["residents"].sum() == found.summary["counted"]["residents"]
    assert set(found.areas["policy"]) == {"town", "harder"}
    assert "town, harder" in repr(found)
    assert found.pairs.shape == (2, 7)
    assert len(found.policies) == 2


FAULTS = {
    "one": ("{d}/town.toml", "", "names fewer than two policies"),
    "twice": ("{d}/town.toml,{d}/town.toml", "", "the policy town stands twice"),
    "year": ("{d}/town.toml,boligomraade-2021", "--year 2019", "the policy boligomraade-2021 holds for 2021-2030"),
    "table": ("{d}/town.toml,boligomraade-2021,parallelsamfund-2021", "", "policy parallelsamfund-2021: needs a table"),
    "no such": ("{d}/town.toml,nowhere", "", "nowhere"),
    "whose": ("{d}/town.toml,{d}/harder.toml", "--units other={d}/x.gpkg", "none of the policies has the id other"),
    "figure": ("{d}/town.toml,{d}/harder.toml", "--references x=1", "no policy has such a reference"),
    "two tables": ("{d}/town.toml,{d}/harder.toml", "--units a.gpkg --units b.gpkg", "is named twice"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_and_nothing_is_written(town: Path, tmp_path: Path, fault: str) -> None:
    policies, more, told = (text.format(d=town) for text in FAULTS[fault])
    call = ["compare-policies", "--policies", policies, "--year", "2021", "--registers", f"{town}/raw"]
    done = CliRunner().invoke(udsat, [*call, "--out", str(tmp_path / "out"), "--language", "en", *more.split()])
    assert done.exit_code == 2, done.output
    assert told in done.output
    assert not (tmp_path / "out").exists()


def test_tables_are_named_for_all_or_for_one() -> None:
    named = named_tables(["all.gpkg", "imd-2019=lsoa.gpkg"])
    assert named == {"units": "all.gpkg", "imd-2019": "lsoa.gpkg"}
    assert named_tables(["https://x.org/wfs?layer=a"]) == {"units": "https://x.org/wfs?layer=a"}


def test_a_policy_that_compares_with_regions_is_given_them(town: Path, tmp_path: Path) -> None:
    built_in = resources.files("udsat_geo.policy").joinpath("policies", "kbh-2017.toml").read_text(encoding="utf-8")
    plain = re.sub(r"(?m)^(scale_of|decides) = .*$", "", built_in).replace("residents = 1000 ", "residents = 10 ")
    regional = plain.replace('id = "kbh-2017"', 'id = "regional"').replace(
        "[score]", '[compare]\nwith = "region"\n[score]'
    )
    for name, text in (("plain", plain), ("regional", regional)):
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    everywhere = shapely.box(500_000, 6_000_000, 900_000, 6_400_000)
    frame = gpd.GeoDataFrame({"name": ["all"]}, geometry=[everywhere], crs="EPSG:25832")
    frame.to_file(tmp_path / "regions.gpkg")
    policies = f"{tmp_path / 'plain.toml'},{tmp_path / 'regional.toml'}"
    call = ["compare-policies", "--policies", policies, "--year", "2021", "--registers", str(town / "raw"), "--json"]
    lacking = CliRunner().invoke(udsat, call)
    assert lacking.exit_code == 2
    assert "no regions are given" in lacking.stderr
    done = CliRunner().invoke(udsat, [*call, "--regions", str(tmp_path / "regions.gpkg")])
    assert done.exit_code == 0, done.output
    # one region that holds everybody is the city
    assert json.loads(done.stdout)["pairs"][0]["intersection_over_union"] == 1.0
