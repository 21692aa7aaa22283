"""Reading barriers and crossings."""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon, box

from builders import make_barriers
from examples import examples
from udsat_geo.messages.errors import InputError
from udsat_geo.units.barriers import Barriers, is_cut, read_barriers, segment_lines

pytestmark = [
    pytest.mark.filterwarnings("error"),
    pytest.mark.filterwarnings("ignore:'crs' was not provided:UserWarning"),
]

CRS = "EPSG:25832"
EAST, NORTH = 724_000.0, 6_175_000.0
RAILWAY = LineString([(EAST, NORTH), (EAST + 100, NORTH), (EAST + 100, NORTH + 100)])
LAKE = box(EAST, NORTH, EAST + 30, NORTH + 40).difference(box(EAST + 10, NORTH + 10, EAST + 20, NORTH + 20))
BRIDGE = Point(EAST + 50, NORTH + 3)
BOW_TIE = Polygon([(0, 0), (9, 9), (9, 0), (0, 9)])


def ending_at(position: float) -> Any:
    """A line whose end is so far east; shapely makes none without a finite position."""
    return shapely.transform(LineString([(0, 0), (1, 5)]), lambda places: np.where(places == 1, position, places))


NAN, INFINITE = ending_at(np.nan), ending_at(np.inf)


def write(path: Path, geometry: Sequence[Any], crs: str | None = CRS) -> Path:
    gpd.GeoDataFrame({"kind": ["x"] * len(geometry)}, geometry=list(geometry), crs=crs).to_file(path, engine="pyogrio")
    return path


def read(
    folder: Path, barriers: Sequence[Any], crossings: Sequence[Any] | None = None, reach: float = 50.0, lang: str = "en"
) -> Barriers:
    path = write(folder / "barriers.gpkg", barriers)
    crossings_path = None if crossings is None else write(folder / "crossings.gpkg", crossings)
    return read_barriers(path, crossings_path, CRS, reach, lang)


def segments(barriers: Barriers) -> list[tuple[float, ...]]:
    """As offsets from the corner of the railway."""
    ends = (barriers.easting_start, barriers.northing_start, barriers.easting_end, barriers.northing_end)
    return [tuple(row) for row in (np.column_stack(ends) - [EAST, NORTH] * 2).tolist()]


# --- what is read -------------------------------------------------------------------------------------------


def test_a_line_is_a_barrier_segment_by_segment(tmp_path: Path) -> None:
    barriers = read(tmp_path, [RAILWAY])
    assert segments(barriers) == [(0, 0, 100, 0), (100, 0, 100, 100)]
    assert len(barriers) == 2
    assert (len(barriers.crossing_easting), barriers.crossing_reach, barriers.notes) == (0, 50.0, ())


def test_a_polygon_is_a_barrier_along_its_rings(tmp_path: Path) -> None:
    barriers = read(tmp_path, [LAKE])
    assert shapely.union_all(segment_lines(barriers)).equals(LAKE.boundary)
    assert len(barriers) == 8


def test_crossings_are_points(tmp_path: Path) -> None:
    barriers = read(tmp_path, [RAILWAY], [BRIDGE, MultiPoint([(EAST + 100, NORTH + 7), (EAST, NORTH)])])
    places = np.column_stack([barriers.crossing_easting, barriers.crossing_northing]) - [EAST, NORTH]
    assert places.tolist() == [[0, 0], [50, 3], [100, 7]]
    assert barriers.notes == ()


@pytest.mark.parametrize(
    "geometry",
    [
        [MultiLineString([RAILWAY, LAKE.exterior]), LAKE.interiors[0]],
        [MultiPolygon([LAKE]), RAILWAY],
        [GeometryCollection([RAILWAY, GeometryCollection([MultiPolygon([LAKE])])])],
        [LAKE, RAILWAY, LAKE, RAILWAY.reverse()],
        [shapely.force_3d(LAKE, 12.0), shapely.force_3d(RAILWAY, -1.0)],
        [GeometryCollection([RAILWAY, LAKE, Point()])],
    ],
    ids=["multi-lines and a ring", "multi-polygon", "nested collections", "repeated and reversed", "3D", "empty part"],
)
def test_however_the_geometries_are_packed_the_barriers_are_the_same(tmp_path: Path, geometry: list[Any]) -> None:
    wanted = segments(read(tmp_path, [RAILWAY, LAKE]))
    assert segments(read(tmp_path, geometry)) == wanted


def test_a_line_without_length_is_a_barrier_at_one_point(tmp_path: Path) -> None:
    barriers = read(tmp_path, [LineString([(EAST, NORTH), (EAST, NORTH)])], [Point(EAST, NORTH + 1)], reach=2.0)
    assert segments(barriers) == [(0, 0, 0, 0)]
    assert barriers.notes == ()


def test_other_reference_systems_are_reprojected_and_said(tmp_path: Path) -> None:
    lines = gpd.GeoSeries([RAILWAY, LAKE], crs=CRS)
    degrees = write(tmp_path / "degrees.geojson", lines.to_crs(4326), "EPSG:4326")
    zone_33 = write(tmp_path / "zone_33.gpkg", gpd.GeoSeries([BRIDGE], crs=CRS).to_crs(25833), "EPSG:25833")
    barriers = read_barriers(degrees, zone_33, CRS, 50.0, "en")
    # seven decimals of a degree in the GeoJSON
    assert np.allclose(segments(barriers), segments(read(tmp_path, [RAILWAY, LAKE])), atol=0.02)
    assert barriers.crossing_easting == pytest.approx([BRIDGE.x])
    assert barriers.notes == (
        "degrees.geojson: reprojected from EPSG:4326 to EPSG:25832",
        "zone_33.gpkg: reprojected from EPSG:25833 to EPSG:25832",
    )
    assert read_barriers(degrees, None, CRS, 50.0, "da").notes == (
        "degrees.geojson: omregnet fra EPSG:4326 til EPSG:25832",
    )


def test_a_layer_can_be_named(tmp_path: Path) -> None:
    path = write(tmp_path / "barriers.gpkg", [RAILWAY])
    gpd.GeoDataFrame(geometry=[LAKE], crs=CRS).to_file(path, layer="water")
    barriers = read_barriers(Path(f"{path}|layername=water"), None, CRS, 50.0, "da")
    assert len(barriers) == 8


@pytest.mark.long
def test_crossings_that_open_nothing_are_noted(tmp_path: Path) -> None:
    """The railway's corner is at (100, 0): the second crossing lies 50 m from it, the third a little more."""
    near = [BRIDGE, Point(EAST + 130, NORTH - 40)]
    far = [Point(EAST + 130, NORTH - 40.1), Point(EAST + 900, NORTH), Point(EAST + 800, NORTH), Point(EAST + 990, 0)]
    assert read(tmp_path, [RAILWAY], near).notes == ()
    assert read(tmp_path, [RAILWAY], [*near, *far[:2]]).notes == (
        "crossings.gpkg: crossings over 50 m from every barrier, which open nothing: 2, "
        "among them (724130, 6174960), (724900, 6175000)",
    )
    assert read(tmp_path, [RAILWAY], [*near, *far], lang="da").notes == (
        "crossings.gpkg: overgange over 50 m fra enhver barriere, som intet åbner: 4, "
        "blandt dem (724130, 6174960), (724800, 6175000), (724900, 6175000)",
    )


@pytest.mark.long
@examples(10)
@given(st.permutations([RAILWAY, LAKE, LineString([(EAST, NORTH), (EAST - 5, NORTH)]), RAILWAY]), st.data())
def test_the_order_of_features_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, order: list[Any], data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("order")
    crossings = [BRIDGE, Point(EAST, NORTH), Point(EAST + 500, NORTH)]
    wanted, found = read(folder, order, crossings), read(folder, order[::-1], data.draw(st.permutations(crossings)))
    assert vars(wanted).keys() == vars(found).keys()
    for name, values in vars(wanted).items():
        assert np.array_equal(values, vars(found)[name]), name


# --- what is refused ----------------------------------------------------------------------------------------

FINE = {"barriers": [RAILWAY], "crossings": [BRIDGE]}

FAULTS = {
    "missing and empty": (
        "barriers",
        [RAILWAY, None, LineString()],
        ("barriers.gpkg: features without a geometry (2 rows), for example feature 2.", "Remove them or draw them."),
    ),
    "an empty collection": ("barriers", [GeometryCollection(), RAILWAY], ("without a geometry (1 row)", "feature 1")),
    "points": (
        "barriers",
        [BRIDGE, BRIDGE],
        ("neither lines nor polygons (2 rows), for example feature 1 (Point).", "have a file of their own"),
    ),
    "points among lines": (
        "barriers",
        [RAILWAY, GeometryCollection([RAILWAY, BRIDGE])],
        ("neither lines nor polygons (1 row), for example feature 2 (GeometryCollection)",),
    ),
    "no number": ("barriers", [RAILWAY, NAN], ("no finite numbers (1 row), for example feature 2.", "Export")),
    "an infinite coordinate": ("barriers", [INFINITE], ("no finite numbers (1 row)",)),
    "an invalid polygon": (
        "barriers",
        [RAILWAY, BOW_TIE],
        ("invalid polygons (1 row), for example feature 2 (Self-intersection[4.5 4.5])", "Fix geometries"),
    ),
    "an invalid polygon in a collection": (
        "barriers",
        [GeometryCollection([RAILWAY, BOW_TIE])],
        ("invalid polygons (1 row)",),
    ),
    "several faults": (
        "barriers",
        [BOW_TIE, None, BRIDGE, NAN],
        ("invalid polygons", "without a geometry", "neither lines nor polygons", "no finite numbers"),
    ),
    "far outside": (
        "barriers",
        [RAILWAY, LineString([(0, 0), (1e9, 0)])],
        ("positions that EPSG:25832 cannot hold (1 row), for example feature 2.", "Check its reference system."),
    ),
    "no features": ("barriers", [], ("barriers.gpkg: holds no features. Export it again, or do without barriers.",)),
    "no crossings": (
        "crossings",
        [],
        ("crossings.gpkg: holds no features. Export it again, or do without crossings.",),
    ),
    "crossings that are lines": (
        "crossings",
        [BRIDGE, RAILWAY, LAKE],
        ("crossings.gpkg: geometries that are no points (2 rows), for example feature 2 (LineString).", "Keep points"),
    ),
    "crossings without a place": (
        "crossings",
        [BRIDGE, None],
        ("crossings.gpkg: features without a geometry (1 row)",),
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_faults_are_told(tmp_path: Path, name: str) -> None:
    file, geometry, told = FAULTS[name]
    with pytest.raises(InputError) as error:
        read(tmp_path, **FINE | {file: geometry})
    assert all(piece in str(error.value) for piece in told), str(error.value)


def test_a_polygon_without_a_place_is_told_once(tmp_path: Path) -> None:
    """It is invalid as well, but that would be no news."""
    lost = shapely.transform(LAKE, lambda places: np.where(np.arange(len(places))[:, None] == 1, np.nan, places))
    with pytest.raises(InputError) as error:
        read(tmp_path, [lost])
    assert len(error.value.messages) == 1
    assert "no finite numbers" in error.value.messages[0]


def test_faults_of_both_files_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        read(tmp_path, [BOW_TIE, BRIDGE], [RAILWAY])
    assert len(error.value.messages) == 3
    with pytest.raises(InputError) as error:
        read_barriers(tmp_path / "none.gpkg", tmp_path / "neither.gpkg", CRS, 50.0, "da")
    assert [message.endswith("no such file. Check the path.") for message in error.value.messages] == [True, True]


def test_a_file_must_say_its_reference_system(tmp_path: Path) -> None:
    path = write(tmp_path / "barriers.gpkg", [RAILWAY, BOW_TIE], None)
    with pytest.raises(InputError) as error:
        read_barriers(path, None, CRS, 50.0, "en")
    told = ("invalid polygons (1 row)", "does not say its reference system. Set it in the file.")
    assert [piece in message for piece, message in zip(told, error.value.messages, strict=True)] == [True, True]


def test_a_reference_system_that_nobody_knows_is_told(tmp_path: Path) -> None:
    path = tmp_path / "barriers.parquet"
    gpd.GeoDataFrame(geometry=[RAILWAY], crs=CRS).to_parquet(path)
    table = pq.read_table(path)
    geo = json.loads(table.schema.metadata[b"geo"])
    geo["columns"]["geometry"]["crs"] = "EPSG:nonsense"
    pq.write_table(table.replace_schema_metadata({b"geo": json.dumps(geo)}), path)
    with pytest.raises(InputError, match=r"barriers\.parquet: the reference system 'EPSG:nonsense' is not known"):
        read_barriers(path, None, CRS, 50.0, "en")


def test_what_the_reference_system_cannot_hold_is_told(tmp_path: Path) -> None:
    """The antipodes of the zone's middle have no easting."""
    path = write(tmp_path / "barriers.gpkg", [LineString([(12, 55), (99, 0)]), RAILWAY], "EPSG:4326")
    with pytest.raises(InputError, match=r"positions that EPSG:25832 cannot hold \(\d rows?\)"):
        read_barriers(path, None, CRS, 50.0, "en")


def test_a_table_without_geometries_is_told(tmp_path: Path) -> None:
    (tmp_path / "barriers.csv").write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match=r"barriers\.csv: holds no geometries\. Name a vector file"):
        read_barriers(tmp_path / "barriers.csv", None, CRS, 50.0, "en")


ARC = struct.pack("<BII6d", 1, 8, 3, 0, 0, 1, 1, 2, 0)
OPEN_RING = struct.pack("<BIII8d", 1, 3, 1, 4, 0, 0, 9, 0, 9, 9, 0, 9)


@pytest.mark.parametrize(
    ("geometry", "told"),
    [
        (ARC, "holds curved geometries. Make them straight, in QGIS with the tool Segmentize by maximum angle."),
        (OPEN_RING, "holds a geometry that cannot be read: Points of LinearRing do not form a closed linestring."),
    ],
)
def test_geometries_that_shapely_does_not_read_are_told(tmp_path: Path, geometry: bytes, told: str) -> None:
    table = pa.table({"geometry": pa.array([geometry], pa.binary())})
    path = tmp_path / "barriers.gpkg"
    pyogrio.write_arrow(table, path, geometry_name="geometry", geometry_type="Unknown", crs=CRS, driver="GPKG")
    with pytest.raises(InputError) as error:
        read_barriers(path, None, CRS, 50.0, "en")
    assert str(error.value).startswith(f"barriers.gpkg: {told}")


# --- cutting ------------------------------------------------------------------------------------------------


def test_is_cut_takes_any_array_of_positions() -> None:
    """Rows of a table lie apart in memory."""
    barriers = make_barriers([(5, -9, 5, 9)], [(5, 1)], 2.0)
    lines = np.array([[0, 0, 10, 0], [0, 5, 10, 5], [0, 5, 4, 5]], dtype=float)
    assert is_cut(barriers, *lines.T).tolist() == [False, True, False]
    assert is_cut(make_barriers([]), *lines.T).tolist() == [False] * 3
    assert is_cut(barriers, *lines[:0].T).tolist() == []
