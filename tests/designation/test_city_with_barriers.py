"""A railway through an area of the synthetic city splits it, a tunnel rejoins it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import shapely

from how_good import synthetic
from udsat_geo.designation.designation import Designation
from udsat_geo.designation.job import Job, run
from udsat_geo.designation.surroundings import Around
from udsat_geo.messages.errors import InputError
from udsat_geo.policy.load import load_policy

NAME = "Sydhavnen"


def write(path: Path, geometries: Sequence[dict[str, object]]) -> Path:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}}
    features = [{"type": "Feature", "properties": {}, "geometry": geometry} for geometry in geometries]
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": features}), encoding="utf-8")
    return path


def designated(barriers: Path | None = None, crossings: Path | None = None) -> Designation:
    around = Around(barriers=barriers, crossings=crossings)
    return run(Job(2021, load_policy("kbh-2017"), previous="none", around=around))


def area_named(made: Designation, name: str = NAME) -> int:
    return made.name.tolist().index(name)


@pytest.fixture(scope="module")
def railway(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float, float]:
    """A railway from west to east through the middle of the area's residents, not along the borders of cells."""
    made = synthetic(2021)
    inside = made.areas.area_of_unit == area_named(made)
    northing = float(np.round(np.median(np.repeat(made.units.northing[inside], made.units.residents[inside])))) + 63.0
    west, east = made.units.easting[inside].min() - 500, made.units.easting[inside].max() + 500
    line = {"type": "LineString", "coordinates": [[west, northing], [east, northing + 10]]}
    return write(tmp_path_factory.mktemp("railway") / "barriers.geojson", [line]), northing, float(west + east) / 2


@pytest.mark.long
def test_a_railway_splits_the_area_and_nothing_else(railway: tuple[Path, float, float]) -> None:
    before, after = synthetic(2021), designated(railway[0])
    members = before.areas.area_of_unit == area_named(before)
    south = before.units.northing < railway[1]
    parts = [set(after.areas.area_of_unit[members & side].tolist()) - {-1} for side in (south, ~south)]
    assert parts[0]
    assert parts[1]
    assert not parts[0] & parts[1]
    elsewhere = ~members & (np.abs(before.units.northing - railway[1]) > 200)
    assert ((before.areas.area_of_unit >= 0) == (after.areas.area_of_unit >= 0))[elsewhere].all()
    barrier = shapely.from_geojson(railway[0].read_text(encoding="utf-8")).geoms[0]
    for outline in after.outline:
        # an outline may run along the railway; a centimetre inside it there is none
        assert shapely.is_empty(shapely.intersection(shapely.buffer(outline, -0.01), barrier))


@pytest.mark.long
def test_a_tunnel_rejoins_it(railway: tuple[Path, float, float], tmp_path: Path) -> None:
    path, northing, middle = railway
    before = synthetic(2021)
    members = before.areas.area_of_unit == area_named(before)
    # where the area lies on both sides of the line
    close = members & (np.abs(before.units.northing - northing) < 60)
    at = float(before.units.easting[close][np.argmin(np.abs(before.units.easting[close] - middle))])
    tunnel = write(tmp_path / "crossings.geojson", [{"type": "Point", "coordinates": [at, northing + 5]}])
    after = designated(path, tunnel)
    assert set(after.areas.area_of_unit[members].tolist()) - {-1} == {area_named(after)}
    assert after.areas.residents[area_named(after)] == before.areas.residents[area_named(before)]


@pytest.mark.long
def test_a_crossing_far_from_every_barrier_is_listed(railway: tuple[Path, float, float], tmp_path: Path) -> None:
    far = write(tmp_path / "crossings.geojson", [{"type": "Point", "coordinates": [700_000, 6_100_000]}])
    assert any("700000" in note for note in designated(railway[0], far).notes)


def test_crossings_without_barriers_are_refused(tmp_path: Path) -> None:
    alone = write(tmp_path / "crossings.geojson", [{"type": "Point", "coordinates": [720_000, 6_175_000]}])
    with pytest.raises(InputError, match="opens barriers, and there are none"):
        designated(None, alone)
