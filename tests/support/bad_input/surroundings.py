"""Barriers, crossings, places, parcels and overrides that cannot be used."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import spoiling as s
from bad_input.row import RAW, Row

POINT = {"type": "Point", "coordinates": [719_400, 6_174_400]}
LINE = {"type": "LineString", "coordinates": [[719_000, 6_174_400], [719_800, 6_174_400]]}
BOW_TIE = [[0, 0], [100, 100], [100, 0], [0, 100], [0, 0]]


def square(west: float, south: float, side: float) -> dict[str, Any]:
    """A polygon, west and south counted from the corner of the units."""
    left, low = s.WEST + west, s.SOUTH + south
    ring = [[left, low], [left + side, low], [left + side, low + side], [left, low + side], [left, low]]
    return {"type": "Polygon", "coordinates": [ring]}


def features(name: str, *geometries: dict[str, Any] | None, properties: Sequence[dict[str, Any]] = ()) -> s.Spoil:
    """Write a GeoJSON file in EPSG:25832."""
    told = [*properties, *[{}] * (len(geometries) - len(properties))]
    content = {
        "type": "FeatureCollection",
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}},
        "features": [
            {"type": "Feature", "properties": each, "geometry": geometry}
            for geometry, each in zip(geometries, told, strict=True)
        ],
    }
    return s.write(name, json.dumps(content))


def overrides(*rows: str, head: str = "unit_id,action,reason,decided_by,date") -> s.Spoil:
    """Write a table of overrides."""
    return s.write("overrides.csv", "\n".join([head, *rows]) + "\n")


BARRIERS, OVERRIDES = RAW + " --barriers {d}/barriers.geojson", RAW + " --overrides {d}/overrides.csv"
CROSSINGS = BARRIERS + " --crossings {d}/crossings.geojson"
PLACES, PARCELS = RAW + " --places {d}/places.geojson", RAW + " --parcels {d}/parcels.geojson"

_BARRIERS = (
    Row(
        "a barrier file that is not there",
        s.then(),
        BARRIERS,
        ("barriers.geojson: no such file",),
    ),
    Row(
        "a barrier file of points",
        features("barriers.geojson", POINT, LINE),
        BARRIERS,
        ("barriers.geojson: geometries that are neither lines nor polygons (1 row)", "points are crossings"),
    ),
    Row(
        "a barrier without a geometry",
        features("barriers.geojson", LINE, None),
        BARRIERS,
        ("barriers.geojson: features without a geometry (1 row), for example feature 2",),
    ),
    Row(
        "an invalid barrier",
        features("barriers.geojson", {"type": "Polygon", "coordinates": [BOW_TIE]}),
        BARRIERS,
        ("barriers.geojson: invalid polygons (1 row)", "Self-intersection", "Fix geometries"),
    ),
    Row("an empty barrier file", features("barriers.geojson"), BARRIERS, ("barriers.geojson", "holds no features")),
    Row(
        "crossings of lines",
        s.then(features("barriers.geojson", LINE), features("crossings.geojson", LINE)),
        CROSSINGS,
        ("crossings.geojson: geometries that are no points (1 row)",),
    ),
    Row(
        "crossings without barriers",
        features("crossings.geojson", POINT),
        RAW + " --crossings {d}/crossings.geojson",
        ("crossings.geojson: opens barriers, and there are none",),
    ),
)

_OVERRIDES = (
    Row(
        "overrides of units that do not exist",
        overrides("100m_1_1,include,new homes,the council,2021-06-24"),
        OVERRIDES,
        ("overrides.csv, column unit_id: units that do not exist (1 row), for example '100m_1_1'",),
    ),
    Row(
        "an override that lacks a reason and one that lacks a name",
        overrides("100m_1_1,include,,the council,2021-06-24", "100m_1_1,exclude,a school,,2021-06-24"),
        OVERRIDES,
        ("column reason: overrides without reason (1 row)", "column decided_by: overrides without decided_by (1 row)"),
    ),
    Row(
        "overrides without the column of reasons",
        overrides("100m_1_1,include", head="unit_id,action"),
        OVERRIDES,
        ("overrides.csv: has no column reason, decided_by, date",),
    ),
    Row(
        "an override of another action",
        overrides("100m_1_1,drop,r,X,2021-06-24"),
        OVERRIDES,
        ("column action: unknown actions (1 row), for example 'drop'. Write include or exclude.",),
    ),
    Row(
        "a date that is none",
        overrides("100m_1_1,include,r,X,next spring"),
        OVERRIDES,
        ("column date: dates that cannot be read (1 row), for example row 1",),
    ),
)

_PLACES = (
    Row(
        "places that overlap",
        features("places.geojson", square(0, 0, 100), square(50, 0, 100), properties=[{"name": "A"}, {"name": "B"}]),
        PLACES,
        ("places.geojson: places that overlap (1 row), for example 'A' and 'B' share 5,000 m2",),
    ),
    Row(
        "places without names",
        features("places.geojson", square(0, 0, 100), properties=[{"title": "A"}]),
        PLACES,
        ("places.geojson: has no column name or navn (it has title)",),
    ),
    Row(
        "parcels that overlap",
        features("parcels.geojson", square(0, 0, 100), square(50, 0, 100)),
        PARCELS,
        ("parcels.geojson: parcels that overlap (1 row), for example rows 1 and 2",),
    ),
    Row(
        "parcels of lines",
        features("parcels.geojson", LINE),
        PARCELS,
        ("parcels.geojson: geometries that are no polygons (1 row)",),
    ),
)

SURROUNDINGS = (*_BARRIERS, *_OVERRIDES, *_PLACES)
