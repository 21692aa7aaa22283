"""Outlines of areas of cells without stairs: what is promised, by brute force, and small cases checked by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
import shapely.affinity
from hypothesis import assume, example, given
from hypothesis import strategies as st
from shapely import MultiPolygon, Point, Polygon, box

from strategies import PICTURES, Patch, cell_patches, pictured
from udsat_geo.areas import smooth
from udsat_geo.areas.ground import union_by_area
from udsat_geo.areas.smooth import smooth_outlines

SIZE = 100
CLEAR = 4.9
"""A little less than the 5 m that rounding leaves around every centre."""
THICK = 4.0
"""Outlines shrunk by this much on all sides are still in as many parts: nowhere are they thinner than twice this."""

Ints = np.ndarray[Any, np.dtype[np.int64]]


def nothing() -> Ints:
    return np.empty(0, dtype=np.int64)


def outlines_of(patch: Patch, avoid: tuple[Ints, Ints] | None = None) -> Any:
    return smooth_outlines(*patch, *(avoid or (nothing(), nothing())), SIZE)


def exact_of(patch: Patch) -> Any:
    row, col, area = patch
    squares = shapely.box(col * SIZE, row * SIZE, (col + 1) * SIZE, (row + 1) * SIZE)
    return union_by_area(squares, area, int(area.max(initial=-1)) + 1)


def cells_of(patch: Patch) -> dict[tuple[int, int], int]:
    """The area of each (row, col)."""
    row, col, area = (values.tolist() for values in patch)
    return dict(zip(zip(row, col, strict=True), area, strict=True))


def centre(cell: tuple[int, int]) -> Point:
    return Point((cell[1] + 0.5) * SIZE, (cell[0] + 0.5) * SIZE)


def ground_of(patch: Patch) -> list[tuple[int, int]]:
    """Cells within two rows and columns of a member that are none."""
    members = cells_of(patch)
    steps = [(up, right) for up in range(-2, 3) for right in range(-2, 3)]
    return sorted({(r + up, c + right) for r, c in members for up, right in steps} - members.keys())


def as_bytes(outlines: Any) -> list[bytes]:
    return list(shapely.to_wkb(outlines))


# --- promises -----------------------------------------------------------------------------------------------


@pytest.mark.long
@given(cell_patches())
def test_outlines_are_valid_and_hold_their_own_centres_and_no_others(patch: Patch) -> None:
    ground = ground_of(patch)
    outlines = outlines_of(patch, tuple(np.array(ground, dtype=np.int64).reshape(-1, 2).T))  # type: ignore[arg-type]
    assert len(outlines) == patch[2].max(initial=-1) + 1
    for area, outline in enumerate(outlines):
        assert outline.geom_type == "MultiPolygon"
        assert outline.is_valid
        assert outline.normalize().wkb == outline.wkb
        for cell, own in cells_of(patch).items():
            assert outline.contains(centre(cell)) == (own == area)
            assert outline.intersects(centre(cell)) == (own == area)
        assert not any(outline.intersects(centre(cell)) for cell in ground)


@pytest.mark.long
@given(cell_patches(far=False))
@example(pictured(*PICTURES[-1]))
def test_outlines_keep_clear_of_every_centre(patch: Patch) -> None:
    borders = shapely.union_all(shapely.boundary(outlines_of(patch)))
    for cell in [*cells_of(patch), *ground_of(patch)]:
        assert borders.distance(centre(cell)) > CLEAR


@pytest.mark.long
@given(cell_patches())
def test_outlines_share_no_ground_and_leave_no_slivers_between_them(patch: Patch) -> None:
    outlines = outlines_of(patch)
    for area, outline in enumerate(outlines):
        for other in outlines[:area]:
            assert shapely.relate_pattern(outline, other, "F********")
    ground = [centre(cell) for cell in ground_of(patch)]
    for part in shapely.get_parts(shapely.union_all(outlines)):
        for ring in part.interiors:
            assert any(Polygon(ring).contains(point) for point in ground)


@pytest.mark.long
@given(cell_patches(far=False))
def test_outlines_are_nowhere_thin(patch: Patch) -> None:
    """Every part holds a centre, and stays in one piece around all its centres when a strip is taken off it."""
    for area, outline in enumerate(outlines_of(patch)):
        own = [centre(cell) for cell, number in cells_of(patch).items() if number == area]
        for part in outline.geoms:
            core = part.buffer(-THICK)
            assert core.geom_type == "Polygon"
            assert any(part.contains(point) for point in own)
            assert all(core.contains(point) for point in own if part.contains(point))


@pytest.mark.long
@given(cell_patches(far=False))
def test_no_corner_stays_sharp(patch: Patch) -> None:
    """Of an area that touches no other: nowhere does the border turn by more than 45 degrees at once."""
    row, col, area = patch
    for outline in outlines_of((row, col, np.zeros_like(area))):
        for ring in shapely.get_rings(outline):
            xy = shapely.get_coordinates(ring)[:-1]
            way = np.roll(xy, -1, axis=0) - xy
            along = way[:, 0] + 1j * way[:, 1]
            assert abs(np.angle(along / np.roll(along, 1), deg=True)).max() < 45


@pytest.mark.long
@given(cell_patches())
def test_holes_stay_holes(patch: Patch) -> None:
    """What the exact outline encloses without holding it, the smooth one does, too."""
    for exact, outline in zip(exact_of(patch), outlines_of(patch), strict=True):
        filled = shapely.union_all([Polygon(part.exterior) for part in outline.geoms])
        for part in exact.geoms:
            for ring in part.interiors:
                hole = Polygon(ring)
                enclosed = [centre(cell) for cell in ground_of(patch) if hole.contains(centre(cell))]
                assert all(filled.contains(point) and not outline.intersects(point) for point in enclosed)


@pytest.mark.long
@given(cell_patches(far=False))
def test_outlines_are_nowhere_half_a_cell_from_the_exact_ones(patch: Patch) -> None:
    half = SIZE / 2
    for exact, outline in zip(exact_of(patch), outlines_of(patch), strict=True):
        assert outline.difference(exact.buffer(half, join_style="mitre")).area < 1e-6
        assert exact.buffer(-half, join_style="mitre").difference(outline).area < 1e-6


@pytest.mark.long
@given(cell_patches(), st.randoms())
def test_the_order_of_rows_does_not_change_a_byte(patch: Patch, random: Any) -> None:
    order = list(range(len(patch[0])))
    random.shuffle(order)
    turned: Any = tuple(values[order] for values in patch)
    assert as_bytes(outlines_of(turned)) == as_bytes(outlines_of(patch))


@pytest.mark.parametrize("gates", [1, 7, 30])
def test_however_many_gates_a_thread_takes_the_outlines_are_the_same(
    monkeypatch: pytest.MonkeyPatch, gates: int
) -> None:
    patch = pictured("000.111", "0.0.1.1", "000211.", "3332.44")
    whole = as_bytes(outlines_of(patch))
    monkeypatch.setattr(smooth, "_GATES_AT_A_TIME", gates)
    assert as_bytes(outlines_of(patch)) == whole


@pytest.mark.long
@given(cell_patches(far=False), st.integers(-70_000, 70_000), st.integers(-70_000, 70_000))
def test_the_form_is_the_same_wherever_the_cells_lie(patch: Patch, up: int, right: int) -> None:
    row, col, area = patch
    moved = outlines_of((row + up, col + right, area))
    for one, other in zip(outlines_of(patch), moved, strict=True):
        shifted = shapely.transform(one, lambda xy: xy + np.array([right, up]) * SIZE)
        assert shapely.equals_exact(shifted, other, tolerance=1e-6)


def test_coordinates_are_whole_centimetres() -> None:
    xy = shapely.get_coordinates(outlines_of(pictured("000.", "0.00", "0111")))
    assert (xy == np.round(xy, 2)).all()


# --- small cases --------------------------------------------------------------------------------------------


def test_a_single_cell_becomes_a_round_form_around_its_centre() -> None:
    outline = outlines_of(pictured("0"))[0]
    assert outline.bounds == (0, 0, 100, 100)
    assert outline.centroid.distance(Point(50, 50)) < 0.01
    assert 0.75 < outline.area / 100**2 < 0.9
    assert not outline.contains(Point(10, 10))


def test_a_block_becomes_a_square_with_round_corners() -> None:
    outline = outlines_of(pictured("00", "00"))[0]
    assert outline.bounds == (0, 0, 200, 200)
    assert box(0, 0, 200, 200).contains(outline)
    # a curve that begins 60 m from a right angle passes it at 60 m / sqrt(8)
    assert outline.distance(Point(0, 0)) == pytest.approx(60 / 8**0.5, abs=0.1)


@pytest.mark.parametrize("step", [1, 2, 3, 4])
def test_a_stair_becomes_one_straight_line(step: int) -> None:
    outline = outlines_of(pictured(*("0" * (step * (k + 1)) for k in range(8))))[0]
    xy = shapely.get_coordinates(outline)
    longest = np.hypot(*np.diff(xy, axis=0).T).max()
    assert longest > 0.75 * np.hypot(800, 800 * step)


def test_a_diagonal_is_one_band() -> None:
    outline = outlines_of(pictured("...0", "..0.", ".0..", "0..."))[0]
    assert len(outline.geoms) == 1
    assert outline.buffer(-30).geom_type == "Polygon"
    assert len(exact_of(pictured("...0", "..0.", ".0..", "0..."))[0].geoms) == 4


def test_a_ring_keeps_its_hole_and_an_area_in_it() -> None:
    ring, island = outlines_of(pictured("00000", "0...0", "0.1.0", "0...0", "00000"))
    assert len(ring.geoms[0].interiors) == 1
    assert Polygon(ring.geoms[0].interiors[0]).contains(island)


def test_where_two_areas_cross_the_lower_number_passes() -> None:
    through, cut = outlines_of(pictured("01", "10"))
    assert len(through.geoms) == 1
    assert len(cut.geoms) == 2


def test_areas_on_both_sides_of_a_railway_share_the_border_point_by_point() -> None:
    west, east = outlines_of(pictured("0001111", "0000111", "0000111", "0000011"))
    shared = shapely.line_merge(west.intersection(east))
    assert shared.geom_type == "LineString"
    assert shared.length > 350
    own = [set(map(tuple, shapely.get_coordinates(outline).tolist())) for outline in (west, east)]
    assert set(map(tuple, shapely.get_coordinates(shared).tolist())) <= own[0] & own[1]
    assert shapely.union(west, east).geom_type == "Polygon"


def test_the_outer_border_runs_straight_on_where_a_border_of_two_areas_ends() -> None:
    both = shapely.union_all(outlines_of(pictured("000111", "000111")))
    assert both.bounds == (0, 0, 600, 200)
    assert both.equals(outlines_of(pictured("000000", "000000"))[0])


def test_no_cells_have_no_outlines_and_a_number_without_cells_an_empty_one() -> None:
    assert len(outlines_of((nothing(), nothing(), nothing()))) == 0
    outlines = outlines_of(pictured("0.2"))
    assert [outline.is_empty for outline in outlines] == [False, True, False]
    assert outlines[1].geom_type == "MultiPolygon"


# --- which centres polygons hold ---------------------------------------------------------------------------------


def cells_inside(polygons: Any) -> list[set[tuple[int, int]]] | None:
    """The (row, col) of the centres that each polygon holds, by their runs; None where that is not plain."""
    runs = smooth.runs_inside(polygons, SIZE)
    if runs is None:
        return None
    found = [set[tuple[int, int]]() for _ in polygons]
    for polygon, row, first, after in zip(*(each.tolist() for each in runs), strict=True):
        found[polygon] |= {(row, col) for col in range(first, after)}
    return found


@pytest.mark.long
@given(cell_patches(most=6, far=False), st.floats(-45, 45), st.floats(-0.4, 0.4), st.floats(0.7, 1.4))
def test_runs_hold_what_polygons_do(patch: Patch, turn: float, east: float, larger: float) -> None:
    outlines = shapely.affinity.rotate(MultiPolygon(shapely.get_parts(outlines_of(patch)).tolist()), turn)
    moved = shapely.affinity.translate(shapely.affinity.scale(outlines, larger, larger), east * SIZE)
    parts = shapely.get_parts(moved)
    found = cells_inside(parts)
    assume(found is not None)
    for part, cells in zip(parts, found or [], strict=True):
        west, south, east, north = (int(each // SIZE) for each in part.bounds)
        around = [(row, col) for row in range(south, north + 1) for col in range(west, east + 1)]
        assert cells == {cell for cell in around if part.contains(centre(cell))}


def test_a_border_near_a_centre_is_not_plain() -> None:
    """Beside it by 1 cm or through it, along a row or across, at a corner; 2 m off is plain."""
    by_side = {
        shift: cells_inside([box(-200, -200, 50 + shift, 500)]) is not None for shift in (-2.0, -0.01, 0.0, 0.01, 2.0)
    }
    assert by_side == {-2.0: True, -0.01: False, 0.0: False, 0.01: False, 2.0: True}
    assert cells_inside([box(-200, -200, 120, 50)]) is None
    assert cells_inside([Polygon([(0, 0), (100, 0), (50, 50)])]) is None
    assert cells_inside([Polygon([(0, 0), (100, 0), (50, 52)])]) == [{(0, 0)}]
    assert cells_inside([box(1e12, 0, 1e12 + 120, 120)]) is None
    assert cells_inside([box(0, 0, 320, 120).difference(box(110, 10, 190, 90))]) == [{(0, 0), (0, 2)}]


# --- when the promise does not hold -------------------------------------------------------------------------

CLUSTERS = pictured("00.....", "001...3", "001...3", ".....23")


def spoil_lines(monkeypatch: pytest.MonkeyPatch, geometry: MultiPolygon) -> None:
    """Let straight lines give area 1 faces of its own."""
    drawn = smooth._straight_faces

    def spoiled(*arguments: Any) -> Any:
        faces = drawn(*arguments)
        own = shapely.contains(faces, Point(250, 150))
        return np.array([*faces[~own], *geometry.geoms], dtype=object)

    monkeypatch.setattr(smooth, "_straight_faces", spoiled)


def spoil_middles(monkeypatch: pytest.MonkeyPatch, geometry: MultiPolygon) -> None:
    """Let lines through the middles give area 1 a geometry of its own."""
    drawn = smooth._through_middles

    def spoiled(*arguments: Any) -> Any:
        outlines = drawn(*arguments)
        outlines[1] = geometry
        return outlines

    monkeypatch.setattr(smooth, "_through_middles", spoiled)


SPOILT = {
    "empty": MultiPolygon(),
    "not valid": MultiPolygon([Polygon([(200, 100), (300, 300), (300, 100), (200, 300)])]),
    "over a neighbour": MultiPolygon([box(150, 120, 300, 280)]),
    "over an avoided centre": MultiPolygon([box(210, 110, 360, 290)]),
    "over a corner of a neighbour": MultiPolygon([box(190, 110, 290, 290)]),
}


@pytest.mark.parametrize("spoilt", SPOILT.values(), ids=list(SPOILT))
def test_an_area_that_breaks_a_promise_is_drawn_anew_with_those_it_touches(
    monkeypatch: pytest.MonkeyPatch, spoilt: MultiPolygon
) -> None:
    smoothly = outlines_of(CLUSTERS)
    with monkeypatch.context() as patched:
        spoil_lines(patched, spoilt)
        middles = outlines_of(CLUSTERS, (np.array([1]), np.array([3])))
    assert as_bytes(middles[2:]) == as_bytes(smoothly[2:])
    xy = shapely.get_coordinates(middles[:2])
    # half way between centres, or half way between two such points
    assert (xy % 25 == 0).all()
    assert not set(as_bytes(middles[:2])) & set(as_bytes(exact_of(CLUSTERS)))
    spoil_lines(monkeypatch, spoilt)
    spoil_middles(monkeypatch, spoilt)
    squares = outlines_of(CLUSTERS, (np.array([1]), np.array([3])))
    assert as_bytes(squares[2:]) == as_bytes(smoothly[2:])
    assert as_bytes(squares[:2]) == as_bytes(exact_of(CLUSTERS)[:2])


@pytest.mark.long
@given(cell_patches(most=9, far=False))
@example(pictured(*PICTURES[-2]))
def test_as_it_is_nothing_is_drawn_anew(patch: Patch) -> None:
    """The first drawing keeps the promises; the others are for coordinates far from the origin."""
    with pytest.MonkeyPatch.context() as patched:
        for step in ("_through_middles", "_squares_of_units"):
            patched.setattr(smooth, step, None)
        drawn = outlines_of(patch)
    assert as_bytes(drawn) == as_bytes(outlines_of(patch))
