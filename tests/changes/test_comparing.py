"""`udsat diff`: comparisons of files, against set arithmetic on units and on points."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from test_diff import events_of

from builders import make_areas
from spoiling import UNIT_POLICY, good_units
from two_years import designated, drawn_areas, write_polygons, write_town
from udsat_geo.areas.area_set import AreaSet, Members
from udsat_geo.changes.compare import Comparison, Weighing, compare_areas
from udsat_geo.changes.diff import KEPT, MIRROR
from udsat_geo.changes.tables import comparison_as_data
from udsat_geo.cli.console import plain_console
from udsat_geo.cli.diff import print_comparison
from udsat_geo.cli.main import udsat
from udsat_geo.designation.designation import Inputs, designate
from udsat_geo.designation.job import Job, run
from udsat_geo.files.area_set import read_two
from udsat_geo.files.earlier import store_of
from udsat_geo.files.write import write_results
from udsat_geo.policy.load import load_policy

pytestmark = pytest.mark.long  # whole jobs

WEST, SOUTH, SIZE = 719_500.0, 6_175_500.0, 100.0


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town")
    write_town(folder)
    return folder


def stored(town: Path, year: int) -> Path:
    return town / "out" / f"designation_{year}.gpkg"


def layer(path: Path, name: str) -> pd.DataFrame:
    return gpd.read_file(path, layer=name)


def ask(*arguments: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(udsat, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def data_of(*arguments: object) -> dict[str, object]:
    code, printed, errors = ask("diff", *arguments, "--json", "--language", "en")
    assert code == 0, errors
    return json.loads(printed)


# --- by units -----------------------------------------------------------------------------------------------


def members_in(path: Path) -> dict[str, set[str]]:
    units = layer(path, "units")
    inside = units[units["area_id"].notna()]
    return {area: set(rows["unit_id"]) for area, rows in inside.groupby("area_id")}


def test_two_designations_are_compared_by_set_arithmetic_on_unit_ids(town: Path) -> None:
    found = data_of(stored(town, 2017), stored(town, 2021))
    before, now = members_in(stored(town, 2017)), members_in(stored(town, 2021))
    living = layer(stored(town, 2021), "units").set_index("unit_id")["residents"]

    def people(units: set[str]) -> int:
        return int(sum(living.get(unit, 0) for unit in units))

    was, is_now = set().union(*before.values()), set().union(*now.values())
    totals = found["totals"]
    assert totals["residents_added"] == people(is_now - was) > 0
    assert totals["residents_removed"] == people(was - is_now)
    assert totals["residents_kept"] == people(was & is_now) > 0
    assert totals["residents_before"] == people(was)
    assert totals["residents_now"] == people(is_now)
    assert totals["share_still_in"] == people(was & is_now) / people(was)
    assert totals["intersection_over_union"] == people(was & is_now) / people(was | is_now)
    assert (totals["units_added"], totals["units_removed"]) == (len(is_now - was), len(was - is_now))
    pairs = {(link["previous_id"], link["area_id"]): link for link in found["links"]}
    for p, old in before.items():
        for a, new in now.items():
            assert ((p, a) in pairs) == bool(old & new)
            if old & new:
                link, shared = pairs[p, a], people(old & new)
                assert (link["residents"], link["units"]) == (shared, len(old & new))
                assert link["share_of_previous"] == (shared / people(old) if people(old) else None)
                assert link["share_of_area"] == (shared / people(new) if people(new) else None)
                assert link["intersection_over_union"] == (shared / people(old | new) if people(old | new) else None)
    assert found["weighed_by"]["kind"] == "units"
    assert found["weighed_by"]["residents"] == int(living.sum())


def test_the_events_are_those_of_the_designation_itself(town: Path) -> None:
    """Made against the earlier one, the later designation says the same as the comparison of the two files."""
    summary = json.loads(stored(town, 2021).with_suffix(".json").read_text(encoding="utf-8"))
    found = data_of(stored(town, 2017), stored(town, 2021))
    keys = ("event", "area_id", "previous_ids", "residents_added", "residents_removed", "residents_kept")
    sides = (found["areas"], summary["changes"]["events"])
    told, stored_there = ([{key: row[key] for key in (*keys, "name")} for row in side] for side in sides)
    assert told == stored_there
    assert found["events"] == summary["changes"]["areas"]


def test_the_rows_add_up_to_the_totals(town: Path) -> None:
    found = data_of(stored(town, 2017), stored(town, 2021))
    for name in ("residents_before", "residents_now", "residents_added", "residents_removed", "residents_kept"):
        assert sum(row[name] for row in found["areas"]) == found["totals"][name]
    assert sum(link["residents"] for link in found["links"]) == found["totals"]["residents_kept"]


def test_a_designation_against_itself_has_nothing_to_tell(town: Path, tmp_path: Path) -> None:
    path = stored(town, 2021)
    found = data_of(path, path, "--out", tmp_path / "same.gpkg")
    assert {row["event"] for row in found["areas"]} == {KEPT}
    assert found["totals"]["residents_added"] == found["totals"]["residents_removed"] == 0
    assert found["totals"]["share_still_in"] == found["totals"]["intersection_over_union"] == 1.0
    assert all(link["continues"] and link["linked"] for link in found["links"])
    assert found["notes"] == []
    assert len(layer(tmp_path / "same.gpkg", "changed_units")) == 0


# --- by points ----------------------------------------------------------------------------------------------


@pytest.mark.long
def test_addresses_say_the_same_as_the_units_they_fill(town: Path) -> None:
    """A designation's own registers, laid over it, give back its residents to the last one."""
    by_units = data_of(stored(town, 2017), stored(town, 2021))
    by_address = data_of(stored(town, 2017), stored(town, 2021), "--registers", town / "raw")
    assert by_address["weighed_by"] == {
        "kind": "addresses", "file": "2021", "year": 2021, "source": "registers",
        "places": by_address["weighed_by"]["places"], "residents": by_units["weighed_by"]["residents"],
    }  # fmt: skip
    assert by_address["areas"] == by_units["areas"]
    for one, other in zip(by_address["links"], by_units["links"], strict=True):
        assert {**one, "units": 0} == {**other, "units": 0}


@pytest.mark.long
def test_a_designation_over_addresses_holds_them_by_their_ids(town: Path, tmp_path: Path) -> None:
    """Whatever its outline leaves out or takes in; a house that was no unit was in no area."""
    text = (town / "town.toml").read_text(encoding="utf-8").replace('id = "town"', 'id = "houses"')
    text = text.replace("[areas]", '[units]\nkind = "addresses"\n[areas]\nreach = 150\nholes = 0\noutline = "exact"')
    (tmp_path / "houses.toml").write_text(text, encoding="utf-8")
    made = [designated(town, tmp_path / "houses.toml", year) for year in (2017, 2021)]
    paths = [write_results(each, tmp_path / "out", ("gpkg",))[0] for each in made]
    found = data_of(paths[1], paths[1], "--registers", town / "raw")
    assert found["weighed_by"]["kind"] == "addresses"
    assert found["totals"]["residents_kept"] == made[1].status.residents_in_areas
    by_address = data_of(*paths, "--registers", town / "raw")
    by_units = data_of(*paths)
    assert by_address["areas"] == by_units["areas"]
    before, now = members_in(paths[0]), members_in(paths[1])
    both = set().union(*before.values()) & set().union(*now.values())
    assert by_units["totals"]["units_kept"] == len(both) > 0
    changed = layer(paths[1], "changed_units")
    assert set(changed.geom_type) == {"Point"}
    assert changed.geometry.notna().all()


@pytest.mark.long
def test_polygons_hold_the_residents_of_the_addresses_inside(town: Path, tmp_path: Path) -> None:
    areas = {"North": (719_400, 6_176_000, 720_100, 6_176_600), "South": (719_500, 6_175_300, 720_400, 6_175_950)}
    drawn = write_polygons(tmp_path / "drawn.gpkg", list(areas), list(areas.values()))
    found = data_of(drawn, stored(town, 2021), "--registers", town / "raw")
    people = living_by_address(town / "raw" / "2021")
    cells = layer(stored(town, 2021), "units")
    inside_now = cells[cells["area_id"].notna()].geometry.union_all()
    was = {
        name: {i for i, row in people.iterrows() if shapely.box(*box).intersects(row.geometry)}
        for name, box in areas.items()
    }
    is_now = {i for i, row in people.iterrows() if inside_now.contains(row.geometry)}

    def count(addresses: set[int]) -> int:
        return int(people.loc[sorted(addresses), "residents"].sum())

    both = was["North"] | was["South"]
    assert found["totals"]["residents_kept"] == count(both & is_now) > 0
    assert found["totals"]["residents_removed"] == count(both - is_now) > 0
    assert found["totals"]["residents_added"] == count(is_now - both) > 0
    shared = {}
    for link in found["links"]:
        shared[link["previous_id"]] = shared.get(link["previous_id"], 0) + link["residents"]
    assert shared == {name: count(was[name] & is_now) for name in areas if was[name] & is_now}


def living_by_address(folder: Path) -> gpd.GeoDataFrame:
    residents, dwellings, addresses = (
        pd.read_parquet(folder / f"{name}.parquet") for name in ("residents", "dwellings", "addresses")
    )
    joined = residents.merge(dwellings, on="dwelling_id").merge(addresses, on="address_id").dropna(subset=["easting"])
    joined = joined.dropna(subset=["northing"])
    counted = joined.groupby(["address_id", "easting", "northing"]).size().rename("residents").reset_index()
    points = gpd.points_from_xy(counted["easting"], counted["northing"])
    return gpd.GeoDataFrame(counted, geometry=points)


def test_the_units_of_a_designation_hold_people_whatever_its_outline_takes_in(town: Path) -> None:
    from udsat_geo.areas.area_set import members_of_shapes
    from udsat_geo.changes.compare import Points, Weights, area_of_points

    cells = np.array([shapely.box(0, 0, 100, 100), shapely.box(200, 0, 300, 100)], dtype=object)
    outline = np.array([shapely.multipolygons([shapely.box(0, 0, 300, 100)])], dtype=object)
    one = np.ones(2, dtype=np.int64)
    ids = np.array(["u", "v"], dtype=object)
    members = members_of_shapes(ids, one, np.array([0, -1]), cells)
    made = make_areas(outline, members, 2021)
    x, y = np.array([50.0, 150.0, 250.0, 350.0]), np.full(4, 50.0)
    points = Points(ids, x, y, np.ones(4, dtype=np.int64), "EPSG:25832", Weights("points", "f", None, "", 4, 4))
    assert area_of_points(made, points)[0].tolist() == [0, -1, -1, -1]


LATTICE = arrays(np.int64, (5, 5), elements=st.integers(-1, 3))


@pytest.mark.long
@given(LATTICE, LATTICE, arrays(np.int64, (5, 5), elements=st.integers(0, 30)))
def test_turned_around_polygons_tell_the_mirror(before: np.ndarray, now: np.ndarray, living: np.ndarray) -> None:
    """Over the same weights, diff(b, a) is diff(a, b) with now and before changing places; so are its totals."""
    there, back = over_lattice(before, now, living), over_lattice(now, before, living)
    n_now, n_before = len(there.now.area_id), len(back.now.area_id)
    mirrored = [{MIRROR[one] for one in told.split("+")} for told in back.changes.event[:n_before]]
    assert [set(told.split("+")) for told in there.changes.event_of_previous] == mirrored
    assert (there.added, there.removed, there.kept) == (back.removed, back.added, back.kept)
    assert there.intersection_over_union == pytest.approx(back.intersection_over_union, nan_ok=True)
    pairs = {(p, a): (n, link) for p, a, n, link in pairs_of(there)}
    assert {(a, p): told for (p, a), told in pairs.items()} == {(p, a): (n, link) for p, a, n, link in pairs_of(back)}
    turned = back.changes.continues.tolist()
    assert [turned.index(a) if a in turned else -1 for a in range(n_now)] == there.changes.continues.tolist()


@pytest.mark.long
@given(LATTICE, LATTICE, arrays(np.int64, (5, 5), elements=st.integers(0, 30)))
def test_polygons_over_points_are_set_arithmetic_on_points(
    before: np.ndarray, now: np.ndarray, living: np.ndarray
) -> None:
    found = over_lattice(before, now, living)
    sides = [as_labels(labels, living, side) for labels, side in ((before, found.before), (now, found.now))]
    assert list(found.changes.event[: len(found.now.area_id)]) == events_of(*sides)
    was, is_now = before.ravel() >= 0, now.ravel() >= 0
    people = living.ravel()
    assert found.added == people[is_now & ~was].sum()
    assert found.removed == people[was & ~is_now].sum()
    assert found.kept == people[was & is_now].sum()


@pytest.mark.long
@given(LATTICE, arrays(np.int64, (5, 5), elements=st.integers(0, 30)))
def test_polygons_against_themselves_are_kept(labels: np.ndarray, living: np.ndarray) -> None:
    found = over_lattice(labels, labels, living)
    assert set(found.changes.event) <= {KEPT}
    assert found.added == found.removed == 0
    assert found.changes.units_added == found.changes.units_removed == 0
    assert found.changes.continues.tolist() == list(range(len(found.now.area_id)))


def over_lattice(before: np.ndarray, now: np.ndarray, living: np.ndarray) -> Comparison:
    """Two labellings of a lattice as polygons, weighed by a designation that has its squares as units, and no areas."""
    from unittest.mock import patch

    import udsat_geo.changes.compare as files
    from udsat_geo.changes.compare import Points, Weights

    rows, cols = np.indices(living.shape)
    x, y = WEST + (cols.ravel() + 0.5) * SIZE, SOUTH + (rows.ravel() + 0.5) * SIZE
    people = living.ravel().astype(np.int64)
    weights = Weights("points", "lattice", None, "", len(people), int(people.sum()))
    points = Points(np.arange(len(people)).astype(str).astype(object), x, y, people, "EPSG:25832", weights)
    sides = [drawn_areas(Path(name), labels, (WEST, SOUTH), SIZE) for name, labels in (("a", before), ("b", now))]
    with (
        patch.object(files, "find_points", lambda *_: points),
        patch("udsat_geo.changes.compare._check_anything_inside"),
    ):
        return compare_areas(*sides, Weighing())


def as_labels(labels: np.ndarray, living: np.ndarray, side: AreaSet) -> AreaSet:
    """A labelling of the lattice over its squares as units."""
    number = {name: i for i, name in enumerate(side.area_id.tolist())}
    area = np.array([number.get(f"a{label}", -1) for label in labels.ravel()], dtype=np.int64)
    ids = np.arange(len(area)).astype(str).astype(object)
    return dataclasses.replace(side, year=2021, members=Members(ids, living.ravel().astype(np.int64), area))


def pairs_of(found: Comparison) -> list[tuple[str, str, int, bool]]:
    pairs = found.changes.overlaps
    before, now = found.before.area_id, found.now.area_id
    return [
        (str(before[p]), str(now[a]), int(n), bool(link))
        for p, a, n, link in zip(pairs.before, pairs.now, pairs.residents, found.changes.linked, strict=True)
    ]


# --- the units that weigh -----------------------------------------------------------------------------------


def test_polygons_are_weighed_by_the_units_of_the_designation_that_has_some(town: Path, tmp_path: Path) -> None:
    drawn = write_polygons(tmp_path / "drawn.geojson", ["all"], [(719_000, 6_175_000, 721_000, 6_177_000)])
    found = data_of(drawn, stored(town, 2021))
    units = layer(stored(town, 2021), "units")
    assert found["weighed_by"]["kind"] == "points"
    assert found["totals"]["residents_before"] == units["residents"].sum()
    assert found["totals"]["residents_kept"] == units.loc[units["area_id"].notna(), "residents"].sum()


def test_units_of_a_plain_file_weigh(town: Path, tmp_path: Path) -> None:
    units = layer(stored(town, 2021), "units")[["unit_id", "residents", "geometry"]]
    units["residents"] = 1
    units.to_file(tmp_path / "ones.gpkg")
    found = data_of(stored(town, 2017), stored(town, 2021), "--units", tmp_path / "ones.gpkg")
    kept = members_in(stored(town, 2017)), members_in(stored(town, 2021))
    both = set().union(*kept[0].values()) & set().union(*kept[1].values())
    assert found["totals"]["residents_kept"] == len(both & set(units["unit_id"]))


@pytest.mark.long
def test_other_cells_are_compared_through_the_finer_ones(town: Path, tmp_path: Path) -> None:
    text = (town / "town.toml").read_text(encoding="utf-8").replace('id = "town"', 'id = "coarse"')
    (tmp_path / "coarse.toml").write_text(text + "[units]\nsize = 200\n", encoding="utf-8")
    coarse = designated(town, tmp_path / "coarse.toml", 2017)
    path = write_results(coarse, tmp_path / "out", ("gpkg",))[0]
    found = data_of(path, stored(town, 2021))
    assert found["weighed_by"]["file"] == "designation_2021.gpkg"
    assert any("have other units" in note for note in found["notes"])
    assert any("different policies: coarse and town" in note for note in found["notes"])
    cells = layer(path, "units")
    inside = cells[cells["area_id"].notna()].geometry.union_all()
    fine = layer(stored(town, 2021), "units")
    was = fine[fine.geometry.centroid.within(inside)]
    assert found["totals"]["residents_before"] == was["residents"].sum()


# --- what is written ----------------------------------------------------------------------------------------


@pytest.mark.long
def test_the_geopackage_tells_every_unit_that_changed(town: Path, tmp_path: Path) -> None:
    found = data_of(stored(town, 2017), stored(town, 2021), "--out", tmp_path / "changes.gpkg")
    before, now = members_in(stored(town, 2017)), members_in(stored(town, 2021))
    of_before = {unit: area for area, units in before.items() for unit in units}
    of_now = {unit: area for area, units in now.items() for unit in units}
    continued = {(link["previous_id"], link["area_id"]) for link in found["links"] if link["continues"]}
    wanted = {}
    for unit in of_before.keys() | of_now.keys():
        was, is_now = of_before.get(unit), of_now.get(unit)
        if was is None or is_now is None:
            wanted[unit] = ("added" if was is None else "removed", was, is_now)
        elif (was, is_now) not in continued:
            wanted[unit] = ("moved", was, is_now)
    units = layer(tmp_path / "changes.gpkg", "changed_units")
    rows = units.astype(object).where(units.notna(), None)
    told = zip(rows["unit_id"], rows["event"], rows["previous_area_id"], rows["area_id"], strict=True)
    assert {unit: tuple(rest) for unit, *rest in told} == wanted
    assert wanted
    places = pd.concat([layer(stored(town, year), "units") for year in (2017, 2021)]).drop_duplicates("unit_id")
    drawn = places.set_index("unit_id").loc[units["unit_id"], "geometry"]
    assert (units.geometry.normalize().to_wkb().to_numpy() == drawn.normalize().to_wkb().to_numpy()).all()
    areas = layer(tmp_path / "changes.gpkg", "changes")
    assert areas["event"].tolist() == [row["event"] for row in found["areas"]]
    assert areas["area_id"].tolist() == [row["area_id"] for row in found["areas"]]
    assert set(areas.geom_type) == {"MultiPolygon"}
    assert len(layer(tmp_path / "changes.gpkg", "links")) == len(found["links"])


def test_the_main_job_writes_the_same_units(town: Path, tmp_path: Path) -> None:
    data_of(stored(town, 2017), stored(town, 2021), "--out", tmp_path / "changes.gpkg")
    wanted, found = (layer(path, "changed_units") for path in (tmp_path / "changes.gpkg", stored(town, 2021)))
    pd.testing.assert_frame_equal(pd.DataFrame(found.drop(columns="geometry")), wanted.drop(columns="geometry"))
    assert found.geometry.normalize().to_wkb().tolist() == wanted.geometry.normalize().to_wkb().tolist()
    assert len(layer(stored(town, 2017), "changed_units")) == 0


@pytest.mark.long
@pytest.mark.parametrize("kind", ["zones", "cells"])
@pytest.mark.parametrize("stored_previous", [False, True])
def test_a_unit_that_is_gone_is_drawn_where_it_was(tmp_path: Path, kind: str, stored_previous: bool) -> None:
    """Zones say it themselves, cells by their ids; whether the earlier designation was just made or read back."""
    units = good_units()
    (tmp_path / "policy.toml").write_text(UNIT_POLICY.format(kind=kind, more=""), encoding="utf-8")
    policy = load_policy(str(tmp_path / "policy.toml"))
    units.to_file(tmp_path / "before.gpkg")
    units.iloc[1:].to_file(tmp_path / "now.gpkg")
    job = Job(2017, policy, units=tmp_path / "before.gpkg", previous="none")
    before = run(job)
    path = write_results(before, tmp_path / "out", ("gpkg",))[0]
    if stored_previous:
        now = run(Job(2021, policy, units=tmp_path / "now.gpkg", previous=str(path), store=store_of()))
    else:
        now = designate(2021, policy, Inputs(None, tmp_path / "now.gpkg", "unit_table"), before.area_set())
    changed = layer(write_results(now, tmp_path / "out", ("gpkg",))[0], "changed_units")
    gone = changed[changed["unit_id"] == units["id"].iloc[0]]
    assert gone[["event", "residents"]].to_numpy().tolist() == [["removed", 0]]
    assert gone.geometry.iloc[0].equals(units.geometry.iloc[0])


@pytest.mark.long
def test_the_same_files_give_the_same_bytes(town: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        ask("diff", stored(town, 2017), stored(town, 2021), "--out", tmp_path / name / "x.gpkg")
    assert (tmp_path / "one/x.gpkg").read_bytes() == (tmp_path / "two/x.gpkg").read_bytes()
    assert [path.name for path in (tmp_path / "one").iterdir()] == ["x.gpkg"]


@pytest.mark.long
def test_addresses_that_changed_are_points(town: Path, tmp_path: Path) -> None:
    found = data_of(stored(town, 2017), stored(town, 2021), "--registers", town / "raw", "--out", tmp_path / "a.gpkg")
    units = layer(tmp_path / "a.gpkg", "changed_units")
    assert set(units.geom_type) == {"Point"}
    assert units.loc[units["event"] == "added", "residents"].sum() == found["totals"]["residents_added"]


def test_rows_of_polygons_in_any_order_say_the_same(town: Path, tmp_path: Path) -> None:
    boxes = {"b": (719_400, 6_176_000, 720_100, 6_176_600), "a": (719_500, 6_175_300, 720_400, 6_175_950)}
    first = write_polygons(tmp_path / "x.gpkg", list(boxes), list(boxes.values()))
    one = data_of(first, stored(town, 2021))
    first.unlink()
    other = data_of(write_polygons(first, list(boxes)[::-1], list(boxes.values())[::-1]), stored(town, 2021))
    assert one == other


@pytest.mark.parametrize(("language", "told"), [("da", ("Kommet til", "I alt")), ("en", ("Added", "In all"))])
def test_the_table_fits_a_console_of_80_columns(town: Path, language: str, told: tuple[str, str]) -> None:
    sides = read_two(stored(town, 2017), stored(town, 2021), (), language)
    console = plain_console(80)
    with console.capture() as captured:
        print_comparison(compare_areas(*sides, Weighing(), language), console, ("before", "now"))
    printed = captured.get()
    assert all(piece in printed for piece in told)
    assert max(len(line) for line in printed.splitlines()) <= 80


@pytest.mark.long
def test_nothing_named_at_all_takes_the_synthetic_city_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    drawn = write_polygons(tmp_path / "drawn.gpkg", ["city"], [(715_000, 6_168_000, 735_000, 6_185_000)])
    compared = compare_areas(*read_two(drawn, drawn, (), "en"), Weighing(), "en")
    assert compared.weights.source == "synthetic"
    assert any("synthetic Copenhagen of 2025" in note for note in compared.notes)
    assert comparison_as_data(compared)["totals"]["residents_kept"] == compared.weights.residents > 500_000
