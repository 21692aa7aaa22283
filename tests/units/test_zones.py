"""The zones of points, whatever kinds of polygons the zones are."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, Point, Polygon, box

from udsat_geo.units.zones import edges_of, zone_of_points


def as_zones(*geometry: shapely.Geometry | None) -> NDArray[np.object_]:
    zones = np.empty(len(geometry), dtype=object)
    zones[:] = geometry
    return zones


def zones_at(zones: NDArray[np.object_], *points: tuple[float, float]) -> list[int]:
    xy = np.array(points, dtype=np.float64).reshape(-1, 2)
    return list(zone_of_points(zones, xy[:, 0], xy[:, 1])[0].tolist())


def by_trees(
    zones: NDArray[np.object_], easting: NDArray[np.float64], northing: NDArray[np.float64]
) -> tuple[NDArray[np.int32], int]:
    """The same by a tree of the points, each zone asking for its own."""
    points = shapely.points(easting, northing)
    zone, point = shapely.STRtree(points).query(zones, predicate="intersects")
    found = np.full(len(points), len(zones))
    np.minimum.at(found, point, zone)
    inside = shapely.contains(zones[zone], points[point])
    in_several = np.bincount(point[inside], minlength=len(points)) > 1
    return np.where(found == len(zones), -1, found).astype(np.int32), int(in_several.sum())


def test_parts_and_holes_belong_to_their_zone() -> None:
    ring = box(0, 0, 9, 9).difference(box(3, 3, 6, 6))
    zones = as_zones(MultiPolygon([box(20, 0, 30, 9), box(40, 0, 50, 9)]), ring, box(4, 4, 5, 5))
    assert zones_at(zones, (25, 5), (45, 5), (35, 5), (1, 1), (4.5, 4.5), (3.5, 3.5)) == [0, 0, -1, 1, 2, -1]


def test_zones_that_are_missing_or_empty_cover_nothing_and_keep_their_number() -> None:
    assert zones_at(as_zones(None, Polygon(), box(0, 0, 1, 1)), (0.5, 0.5), (2, 2)) == [2, -1]
    assert zones_at(as_zones(None, Polygon()), (0.5, 0.5)) == [-1]
    assert zones_at(as_zones(), (0.5, 0.5)) == [-1]


def test_there_may_be_no_points() -> None:
    assert zones_at(as_zones(box(0, 0, 1, 1))) == []


def test_heights_do_not_matter() -> None:
    raised = shapely.force_3d(as_zones(box(0, 0, 1, 1)), 50.0)
    assert zones_at(raised, (0.5, 0.5)) == [0]


def test_edges_stand_by_their_zone_and_close_every_ring() -> None:
    ring = box(0, 0, 9, 9).difference(box(3, 3, 6, 6))
    east_a, north_a, east_b, north_b, zone = edges_of(as_zones(None, ring, MultiPolygon([box(20, 0, 30, 9)])))
    assert zone.tolist() == [1] * 8 + [2] * 4
    # each ring comes back to where it began
    for ends in ((east_a, east_b), (north_a, north_b)):
        assert sorted(ends[0].tolist()) == sorted(ends[1].tolist())


@pytest.mark.parametrize("n_points", [5, 20_000])
def test_many_zones_hold_the_points_that_trees_find(n_points: int) -> None:
    """A tiling with borders shared, and circles over it, at Copenhagen's coordinates."""
    rng = np.random.default_rng(11)
    tiles = [box(720_000 + 100 * i, 6_170_000 + 80 * j, 720_100 + 100 * i, 6_170_080 + 80 * j)
             for i in range(12) for j in range(12)]  # fmt: skip
    centres = np.array([720_000, 6_170_000]) + rng.random((40, 2)) * 1200
    zones = as_zones(*tiles, *(Point(centre).buffer(30 + 90 * rng.random()) for centre in centres))
    zones = zones[rng.permutation(len(zones))]
    easting = np.round(719_900 + 1400 * rng.random(n_points))
    northing = np.round(6_169_900 + 1200 * rng.random(n_points))
    found, wanted = zone_of_points(zones, easting, northing), by_trees(zones, easting, northing)
    np.testing.assert_array_equal(found[0], wanted[0])
    assert found[1] == wanted[1]
    assert found[0].dtype == np.int32
