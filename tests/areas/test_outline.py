"""Outlines of areas and squares of cells."""

from __future__ import annotations

from typing import Any

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Point, Polygon, box

from builders import make_address_units, make_cell_units, make_zone_units
from strategies import Cells, Points, cell_units, cells, points
from udsat_geo.areas.ground import area_outlines, as_multipolygon, cells_as_wkb, points_as_wkb, unit_polygons
from udsat_geo.units.units import Units


def labels(n_units: int, data: Any) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Areas of units, numbered without gaps."""
    drawn = data.draw(hnp.arrays(np.int64, n_units, elements=st.integers(-1, 3)))
    numbers = {label: i for i, label in enumerate(sorted(set(drawn[drawn >= 0].tolist())))}
    return np.array([numbers.get(label, -1) for label in drawn.tolist()], dtype=np.int64)


@pytest.mark.long
@given(cell_units(), st.data())
def test_outlines_are_valid_exact_and_disjoint(units: Units, data: Any) -> None:
    area_of_unit = labels(len(units), data)
    outlines = area_outlines(units, area_of_unit)
    assert len(outlines) == area_of_unit.max(initial=-1) + 1
    for area, outline in enumerate(outlines):
        assert outline.geom_type == "MultiPolygon"
        assert outline.is_valid
        own = area_of_unit == area
        centres = shapely.points(units.easting[own], units.northing[own])
        assert shapely.contains(outline, centres).all()
        assert not shapely.intersects(outline, shapely.points(units.easting[~own], units.northing[~own])).any()
        if abs(units.easting).max() < 1e8 and abs(units.northing).max() < 1e8:
            assert outline.area == own.sum() * 100**2  # farther out, GEOS rounds areas
            for other in outlines[:area]:
                assert shapely.intersection(outline, other).area == 0


@pytest.mark.long
@given(cell_units(), st.data(), st.randoms())
def test_the_order_of_units_does_not_change_a_byte(units: Units, data: Any, random: Any) -> None:
    area_of_unit = labels(len(units), data)
    order = list(range(len(units)))
    random.shuffle(order)
    zones = list(unit_polygons(units, np.arange(len(units))))
    straight = area_outlines(make_zone_units(zones), area_of_unit)
    turned = area_outlines(make_zone_units([zones[i] for i in order]), area_of_unit[order])
    assert shapely.to_wkb(turned).tolist() == shapely.to_wkb(straight).tolist()
    assert shapely.to_wkb(area_outlines(units, area_of_unit)).tolist() == shapely.to_wkb(straight).tolist()


def test_outlines_are_in_normal_form() -> None:
    """Parts and rings begin and follow each other as shapely's normal form has them."""
    ring = [(r, c) for r in range(3) for c in range(3) if (r, c) != (1, 1)]
    units = make_cell_units([*ring, (3, 3), (-1, -1), (9, 9), (9, -9)])
    outlines = area_outlines(units, np.zeros(len(units), dtype=np.int64))
    assert shapely.to_wkb(outlines).tolist() == shapely.to_wkb(shapely.normalize(outlines)).tolist()


def test_units_that_meet_at_a_corner_are_parts_of_their_own() -> None:
    units = make_cell_units([(0, 0), (1, 1)])
    outline = area_outlines(units, np.zeros(2, dtype=np.int64))[0]
    assert outline.is_valid
    assert len(outline.geoms) == 2
    assert outline.equals(MultiPolygon([box(0, 0, 100, 100), box(100, 100, 200, 200)]))


def test_a_ring_of_cells_keeps_its_hole() -> None:
    ring = [(r, c) for r in range(3) for c in range(3) if (r, c) != (1, 1)]
    outline = area_outlines(make_cell_units(ring), np.zeros(8, dtype=np.int64))[0]
    assert len(outline.geoms) == 1
    assert len(outline.geoms[0].interiors) == 1
    assert outline.area == 8 * 100**2


def test_no_areas_have_no_outlines() -> None:
    units = make_cell_units([(0, 0), (0, 1)])
    assert len(area_outlines(units, np.full(2, -1, dtype=np.int64))) == 0


def test_zones_of_several_parts_make_one_multipolygon() -> None:
    parts = MultiPolygon([box(0, 0, 10, 10), box(50, 0, 60, 10)])
    units = make_zone_units([parts, box(10, 0, 20, 10), box(90, 0, 99, 9)])
    outlines = area_outlines(units, np.array([0, 0, 1]))
    assert outlines[0].equals(MultiPolygon([box(0, 0, 20, 10), box(50, 0, 60, 10)]))
    assert outlines[1].equals(MultiPolygon([box(90, 0, 99, 9)]))


@pytest.mark.parametrize(
    ("geometry", "n_parts"),
    [
        (box(0, 0, 1, 1), 1),
        (MultiPolygon([box(0, 0, 1, 1), box(2, 2, 3, 3)]), 2),
        (shapely.GeometryCollection([box(0, 0, 1, 1), LineString([(0, 0), (5, 5)]), Point(9, 9)]), 1),
        (Polygon(), 0),
        (LineString([(0, 0), (5, 5)]), 0),
    ],
)
def test_only_polygons_are_parts_of_a_multipolygon(geometry: Any, n_parts: int) -> None:
    made: Any = as_multipolygon(geometry)
    assert made.geom_type == "MultiPolygon"
    assert sum(not part.is_empty for part in made.geoms) == n_parts


@pytest.mark.long
@given(cells(min_size=1), st.sampled_from([1, 100, 1000]))
def test_cells_as_wkb_are_the_squares_of_the_cells(drawn: Cells, size: int) -> None:
    row, col = drawn[0] % 10**6 - 5 * 10**5, drawn[1] % 10**6 - 5 * 10**5
    records = cells_as_wkb(row, col, size)
    assert records.dtype.itemsize == 93
    squares = shapely.from_wkb([record.tobytes() for record in records])
    wanted = shapely.box(col * size, row * size, (col + 1) * size, (row + 1) * size)
    assert shapely.equals(squares, wanted).all()
    assert (shapely.area(squares) == size**2).all()
    assert shapely.is_ccw(shapely.get_exterior_ring(squares)).all()
    first = shapely.get_coordinates(squares).reshape(-1, 5, 2)[:, 0]
    assert (first == np.column_stack([col, row]) * size).all()


def test_cells_and_their_well_known_binary_are_the_same_polygons() -> None:
    units = make_cell_units([(0, 0), (-3, 7)], size=250)
    assert units.row is not None
    assert units.col is not None
    squares = shapely.from_wkb([record.tobytes() for record in cells_as_wkb(units.row, units.col, 250)])
    assert shapely.equals(squares, unit_polygons(units, np.arange(2))).all()


@pytest.mark.long
@given(points(0, 20))
def test_points_as_wkb_are_the_points(drawn: Points) -> None:
    records = points_as_wkb(*drawn)
    assert records.dtype.itemsize == 21
    found = shapely.from_wkb([record.tobytes() for record in records])
    assert shapely.equals_exact(found, shapely.points(*drawn), tolerance=0.0).all()


def test_areas_of_addresses_are_discs_that_meet_at_the_reach() -> None:
    units = make_address_units([(0, 0), (39, 0), (200, 0)])
    one, other = area_outlines(units, np.array([0, 0, 1]), 40.0)
    assert (one.geom_type, len(one.geoms), other.geom_type) == ("MultiPolygon", 1, "MultiPolygon")
    assert other.area == pytest.approx(np.pi * 20**2, rel=0.01)
    assert one.bounds == pytest.approx((-20, -20, 59, 20))
