"""The ground under the maps: kinds by column or layer, any reference system, cut to a window, the sea told apart."""

from __future__ import annotations

import re
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from shapely.geometry import LineString, Point, box

from udsat_geo.messages.errors import InputError
from udsat_geo.units.ground import WATER, Ground, read_ground, with_sea

WINDOW = (0.0, 0.0, 1000.0, 1000.0)
CRS = "EPSG:25832"


def written(path: Path, rows: list[tuple[str, str | None, object]], crs: str = CRS, layer: str | None = None) -> Path:
    kinds, names, shapes = zip(*rows, strict=True)
    frame = gpd.GeoDataFrame({"kind": kinds, "name": names}, geometry=list(shapes), crs=CRS).to_crs(crs)
    frame.drop(columns="kind" if layer else []).to_file(path, **({"layer": layer} if layer else {}))
    return path


def read(path: Path) -> Ground:
    return read_ground(path, CRS, WINDOW, "en")


def test_kinds_of_both_languages_are_known_and_the_rest_is_noted(tmp_path: Path) -> None:
    rows = [
        ("jernbane", "Banen", LineString([(0, 0), (500, 500)])),
        ("Sø", "Damhussøen", box(100, 100, 200, 200)),
        ("land", None, box(0, 0, 400, 400)),
        ("kiosk", "Kiosken", Point(1, 1)),
    ]
    ground = read(written(tmp_path / "ground.geojson", rows))
    assert ground.kind.tolist() == ["land", "water", "railway"], "in the order in which they are drawn"
    assert ground.name.tolist() == [None, "Damhussøen", "Banen"]
    assert ground.notes == ("ground.geojson: 1 features of other kinds (kiosk) are not drawn",)


def test_layers_may_be_called_after_what_they_hold(tmp_path: Path) -> None:
    path = written(tmp_path / "ground.gpkg", [("", "Fælledparken", box(0, 0, 10, 10))], layer="parker")
    written(path, [("", "Søen", box(20, 20, 30, 30))], layer="vand")
    assert dict(zip(read(path).name, read(path).kind, strict=True)) == {"Fælledparken": "park", "Søen": "water"}
    assert read(Path(f"{path}|layername=vand")).kind.tolist() == ["water"]


def test_another_reference_system_is_reprojected_and_what_is_far_is_cut_off(tmp_path: Path) -> None:
    rows = [("land", "A", box(720_000, 6_170_000, 723_000, 6_171_000)), ("park", "B", box(0, 0, 1, 1))]
    path = written(tmp_path / "g.gpkg", rows, "EPSG:4326")
    ground = read_ground(path, CRS, (721_000.0, 6_170_000.0, 722_000.0, 6_171_000.0), "en")
    assert ground.name.tolist() == ["A"]
    assert shapely.area(ground.geometry[0]) == pytest.approx(1e6, rel=1e-3)
    assert ground.notes == ("g.gpkg: reprojected from EPSG:4326 to EPSG:25832",)


def test_what_is_neither_land_nor_district_is_sea(tmp_path: Path) -> None:
    rows = [("land", None, box(0, 0, 400, 1000)), ("district", "By", box(400, 0, 500, 1000))]
    ground = with_sea(read(written(tmp_path / "g.geojson", rows)))
    (sea,) = ground.geometry[ground.of(WATER)]
    assert sea.equals(box(500, 0, 1000, 1000))


def test_without_land_nothing_is_sea(tmp_path: Path) -> None:
    ground = with_sea(read(written(tmp_path / "g.geojson", [("district", "By", box(400, 0, 500, 1000))])))
    assert not ground.of(WATER).any()


@pytest.mark.parametrize(
    ("kind", "shape", "told"),
    [
        ("kiosk", box(0, 0, 1, 1), "holds no kind of ground that is known (it has kiosk)"),
        ("park", LineString([(0, 0), (1, 1)]), "land, parks, water or districts that are no polygons"),
        ("vej", box(0, 0, 1, 1), "roads or railways that are no lines"),
    ],
)
def test_what_cannot_be_drawn_is_refused(tmp_path: Path, kind: str, shape: object, told: str) -> None:
    with pytest.raises(InputError, match=re.escape(told)):
        read(written(tmp_path / "g.geojson", [(kind, None, shape)]))


def test_a_broken_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "ground.gpkg"
    path.write_bytes(b"SQLite format 3\x00 and no more")
    with pytest.raises(InputError, match=r"ground\.gpkg"):
        read(path)


def test_one_without_a_reference_system_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "g.gpkg"
    gpd.GeoDataFrame({"kind": ["land"]}, geometry=[box(0, 0, 1, 1)]).to_file(path)
    with pytest.raises(InputError, match="does not say its reference system"):
        read(path)
