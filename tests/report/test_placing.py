"""Labels of a map: inside what they name, or near it; never on each other."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from udsat_geo.report.map_page import Place, middle_of, place_labels

FRAME = (0.0, 0.0, 12.0, 12.0)


def array_of(*polygons: shapely.Geometry) -> np.ndarray:
    result = np.empty(len(polygons), dtype=object)
    result[:] = polygons
    return result


def box_of(place: Place) -> shapely.Geometry:
    return shapely.box(*place.box)


@st.composite
def maps(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Up to 25 boxes, which may overlap, and labels of one to three digits."""
    count = draw(st.integers(1, 25))
    corner = st.floats(0.5, 11.0)
    side = st.floats(0.1, 1.5)
    boxes = []
    for _ in range(count):
        x, y = draw(corner), draw(corner)
        boxes.append(shapely.box(x, y, x + draw(side), y + draw(side)))
    widths = draw(st.lists(st.sampled_from([0.2, 0.4, 0.6]), min_size=count, max_size=count))
    return array_of(*boxes), np.array([(width, 0.3) for width in widths])


@pytest.mark.long
@examples(20)
@given(maps())
def test_labels_lie_in_the_frame_and_never_on_each_other(drawn: tuple[np.ndarray, np.ndarray]) -> None:
    polygons, sizes = drawn
    places = place_labels(polygons, sizes, FRAME)
    assert len(places) == len(polygons)
    led = [place for place in places if place.leads]
    for place in led:
        west, south, east, north = place.box
        assert west >= FRAME[0]
        assert south >= FRAME[1]
        assert east <= FRAME[2]
        assert north <= FRAME[3]
        assert not any(shapely.area(shapely.intersection(box_of(place), box_of(other))) > 1e-9
                       for other in places if other is not place)  # fmt: skip
    for polygon, place in zip(polygons, places, strict=True):
        assert shapely.intersects_xy(polygon, place.anchor_x, place.anchor_y)


@pytest.mark.long
@examples(10)
@given(maps())
def test_the_same_input_gives_the_same_places(drawn: tuple[np.ndarray, np.ndarray]) -> None:
    assert place_labels(*drawn, FRAME) == place_labels(*drawn, FRAME)


def test_a_label_that_fits_lies_in_the_middle_and_one_that_does_not_is_led_to() -> None:
    large, small = shapely.box(1, 1, 5, 5), shapely.box(8, 8, 8.2, 8.2)
    inside, beside = place_labels(array_of(large, small), np.array([(0.4, 0.3), (0.4, 0.3)]), FRAME)
    assert not inside.leads
    assert (inside.x, inside.y) == pytest.approx((3, 3), abs=0.05)
    assert beside.leads
    assert not shapely.intersects(box_of(beside), small)
    assert np.hypot(beside.x - 8.1, beside.y - 8.1) < 1


def test_a_label_keeps_off_what_is_taken_and_off_other_areas() -> None:
    small, right = shapely.box(5, 5, 5.2, 5.2), shapely.box(5.25, 4, 8, 6.5)
    taken = array_of(shapely.box(0, 5.5, 12, 12), shapely.box(0, 0, 12, 4.7))
    (place, other) = place_labels(array_of(small, right), np.array([(0.4, 0.2), (0.4, 0.2)]), FRAME, taken)
    assert not any(shapely.intersects(box_of(place), box) for box in taken)
    assert place.x < 5.1, "to the right lies another area"
    assert not other.leads


@pytest.mark.long
def test_lines_cross_no_label_and_no_other_line() -> None:
    crowd = array_of(*(shapely.box(6 + 0.25 * i, 6, 6.2 + 0.25 * i, 6.2) for i in range(12)))
    places = place_labels(crowd, np.full((12, 2), 0.35), FRAME)
    lines = [shapely.LineString([(place.x, place.y), (place.anchor_x, place.anchor_y)]) for place in places]
    for (a, line), (b, other) in combinations(enumerate(lines), 2):
        assert not shapely.intersects(line, other)
        assert not shapely.intersects(line, box_of(places[b]))
        assert not shapely.intersects(other, box_of(places[a]))


def test_anchors_lie_in_the_largest_part_and_clear_of_holes() -> None:
    ring = shapely.difference(shapely.box(0, 0, 4, 4), shapely.box(1, 1, 3, 3.5))
    parts = shapely.multipolygons([shapely.box(9, 9, 9.1, 9.1), ring])
    anchor = middle_of(parts)
    assert shapely.contains_xy(ring, *anchor)
