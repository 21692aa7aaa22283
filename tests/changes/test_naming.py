"""Names and lasting ids: from places, kept by whoever continues, never used twice."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely

from builders import make_designated, make_scores, make_zone_units
from drawn import draw, form, policy_with
from udsat_geo.areas.area_set import AreaSet, Members
from udsat_geo.areas.forming import form_areas
from udsat_geo.areas.roles import Areas
from udsat_geo.changes.diff import compare
from udsat_geo.changes.names import Named, name_areas
from udsat_geo.messages.errors import InputError
from udsat_geo.units.edges import find_edges
from udsat_geo.units.places import Places, place_of_points, read_places
from udsat_geo.units.units import Units


def point(name: str, kind: str, *at: float) -> dict[str, object]:
    return feature(name, kind, {"type": "Point", "coordinates": at})


def box(name: str, kind: str, west: float, south: float, east: float, north: float) -> dict[str, object]:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return feature(name, kind, {"type": "Polygon", "coordinates": [ring]})


def feature(name: str, kind: str, geometry: dict[str, object]) -> dict[str, object]:
    return {"type": "Feature", "properties": {"name": name, "kind": kind}, "geometry": geometry}


def places_of(folder: Path, *features: dict[str, object], crs: str = "25832") -> Places:
    path = folder / "places.geojson"
    named = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{crs}"}}
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": named, "features": features}), encoding="utf-8")
    return read_places(path, "EPSG:25832", "en")


def named(units: Units, areas: Areas, places: Places | None = None, previous: AreaSet | None = None) -> Named:
    continues = np.full(len(areas), -1)
    if previous is not None:
        since = np.full(len(areas), 2021)
        unnamed = np.full(len(areas), "", dtype=object)
        outline = np.empty(len(areas), dtype=object)
        members = Members(units.unit_id, units.residents, areas.area_of_unit)
        now = AreaSet(unnamed, unnamed, outline, units.crs, 2021, since, members=members)
        continues = compare(previous, now).continues
    return name_areas(2021, units, areas, places, previous, continues, "en")


def test_an_area_is_called_after_where_most_of_its_residents_live(tmp_path: Path) -> None:
    city = draw("CCC.C")
    places = places_of(
        tmp_path,
        box("West", "quarter", 0, 0, 100, 100),
        box("Middle", "quarter", 100, 0, 300, 100),
        point("East", "quarter", 450, 40),
        box("The district", "district", 0, 0, 1000, 1000),
    )
    found = named(city.units, form(city, policy_with()), places)
    assert found.name.tolist() == ["Middle", "East"]
    assert found.district.tolist() == ["The district"] * 2
    assert found.area_id.tolist() == ["2021-01", "2021-02"]


def test_an_area_of_named_zones_is_called_after_the_zone_of_most_residents(tmp_path: Path) -> None:
    zones = make_zone_units([shapely.box(100 * i, 0, 100 * i + 100, 100) for i in range(4)], [5, 9, 9, 2])
    zones = replace(zones, name=np.array(["Ved Åen", "Mosen", "Lunden", None], dtype=object))
    policy = policy_with()
    areas = form_areas(zones, make_scores([1.5, 1.5, 1.5, 1.5]), find_edges(zones, policy), policy)
    places = places_of(tmp_path, box("Byen", "neighbourhood", 0, 0, 400, 100))
    assert named(zones, areas, places).name.tolist() == ["Lunden"]
    assert named(replace(zones, name=None), areas, places).name.tolist() == ["Byen"]


def test_without_a_place_the_district_names_it_and_without_any_a_number(tmp_path: Path) -> None:
    city = draw("CC.C")
    areas = form(city, policy_with())
    places = places_of(tmp_path, box("D", "bydel", 0, 0, 400, 100), point("far away", "quarter", 9000, 0))
    assert named(city.units, areas, places).name.tolist() == ["D", "D 2"]
    assert named(city.units, areas).name.tolist() == ["Area 1", "Area 2"]


def test_who_continues_keeps_id_and_name_and_new_ids_are_never_old_ones() -> None:
    city = draw("CC.CC")
    areas = form(city, policy_with())
    before = make_designated(
        {"100m_0_3": 0, "100m_0_4": 0, "100m_9_9": 1}, {"100m_0_3": 5, "100m_0_4": 5, "100m_9_9": 5}, year=2021
    )
    found = named(city.units, areas, None, before)
    # 2021-01 goes on in the east; 2021-02 is gone, and its id stays unused
    assert dict(zip(found.area_id, areas.area_of_unit[[3, 0]], strict=False))
    by_area = dict(enumerate(found.area_id.tolist()))
    east, west = int(areas.area_of_unit[3]), int(areas.area_of_unit[0])
    assert by_area == {east: "2021-01", west: "2021-03"}


def test_a_plain_number_that_another_area_has_is_left_out() -> None:
    city = draw("CC.CC.C")
    areas = form(city, policy_with())
    before = dict(zip(city.units.unit_id.tolist(), [-1, -1, -1, 0, 0, -1, -1], strict=True))
    previous = replace(make_designated(before, year=2017), name=np.array(["Area 1"], dtype=object))
    assert named(city.units, areas, None, previous).name.tolist() == ["Area 2", "Area 1", "Area 3"]


def test_of_a_split_the_larger_part_continues_and_a_merged_area_continues_the_larger() -> None:
    split = draw("CC.C")
    areas = form(split, policy_with())
    before = make_designated({f"100m_0_{col}": 0 for col in range(4)}, {f"100m_0_{col}": 1 for col in range(4)}, 2017)
    assert named(split.units, areas, None, before).area_id.tolist() == ["2017-01", "2021-01"]
    merged = draw("CCCC")
    before = make_designated(
        {"100m_0_0": 0, "100m_0_2": 1, "100m_0_3": 1}, {f"100m_0_{col}": 1 for col in (0, 2, 3)}, 2017
    )
    assert named(merged.units, form(merged, policy_with()), None, before).area_id.tolist() == ["2017-02"]


def test_the_nearest_point_names_a_unit_within_reach_and_ties_go_by_name(tmp_path: Path) -> None:
    places = places_of(tmp_path, point("B", "x", 200, 0), point("A", "x", 0, 0), point("C", "x", 5000, 0))
    at = place_of_points(places, np.array([100.0, 150.0, 2600.0, 3500.0]), np.zeros(4), districts=False)
    assert [places.name[i] if i >= 0 else None for i in at] == ["A", "B", None, "C"]


def test_places_in_another_reference_system_are_reprojected_and_that_is_said(tmp_path: Path) -> None:
    places = places_of(tmp_path, point("Rådhuset", "x", 12.5683, 55.6761), crs="4326")
    assert abs(places.geometry[0].x - 724_400) < 1000
    assert "reprojected from EPSG:4326" in places.notes[0]


def test_places_that_overlap_are_refused_naming_the_pair(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"places that overlap.*'A' and 'B' share 5,000 m2"):
        places_of(tmp_path, box("A", "x", 0, 0, 100, 100), box("B", "x", 50, 0, 150, 100))
    # of two kinds they may
    places_of(tmp_path, box("A", "x", 0, 0, 100, 100), box("B", "district", 50, 0, 150, 100))


def test_places_without_names_or_of_lines_are_refused(tmp_path: Path) -> None:
    line = feature("A", "x", {"type": "LineString", "coordinates": [[0, 0], [1, 1]]})
    with pytest.raises(InputError, match="neither points nor polygons"):
        places_of(tmp_path, line)
    with pytest.raises(InputError, match="places without a name"):
        places_of(tmp_path, point("", "x", 0, 0))
