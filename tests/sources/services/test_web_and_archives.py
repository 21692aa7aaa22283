"""Files on the web and in archives are fetched whole and read like any other, with the hash of their bytes."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import faulty_proxy as faulty
import geopandas as gpd
import pytest
import shapely
from faulty_proxy import Proxy, proxied
from test_layers_of_a_service import QUICK, read, refused

from udsat_geo.files.area_set import read_areas_of_registers
from udsat_geo.messages.errors import InputError
from udsat_geo.sources.copies import local_copies
from udsat_geo.sources.features import file_of
from udsat_geo.sources.origins import origin_of

AREAS = gpd.GeoDataFrame(
    {"name": ["Vest", "Øst"]},
    geometry=[shapely.box(724_000, 6_176_000, 724_500, 6_176_500), shapely.box(725_000, 6_176_000, 725_500, 6_176_500)],
    crs="EPSG:25832",
)
KINDS = {"gpkg": "GPKG", "geojson": "GeoJSON", "fgb": "FlatGeobuf", "gml": "GML"}


@pytest.fixture
def web() -> Iterator[Proxy]:
    """Answers with what `every` says, by address."""
    with proxied("") as found:
        yield found


def written(folder: Path, suffix: str) -> Path:
    path = folder / f"areas.{suffix}"
    if suffix == "parquet":
        AREAS.to_parquet(path)
    else:
        AREAS.to_file(path, driver=KINDS[suffix])
    return path


@pytest.mark.parametrize("suffix", ["gpkg", "geojson", "parquet", "fgb", "gml"])
@pytest.mark.parametrize("address", ["/areas.{}", "/download/7?f={}"], ids=["by name", "by content"])
def test_a_file_on_the_web_is_the_file(web: Proxy, tmp_path: Path, suffix: str, address: str) -> None:
    body = written(tmp_path, suffix).read_bytes()
    place = address.format(suffix)
    web.every = {place: faulty.says(body, "application/octet-stream")}
    features, sha256, notes = read(f"{web.address}{place}")
    assert features.name == f"{web.address}{place}"
    assert sha256 == hashlib.sha256(body).hexdigest()
    # FlatGeobuf has an order of its own
    shape_of = dict(zip(features.attributes["name"].to_pylist(), features.geometry, strict=True))
    assert shapely.equals([shape_of["Vest"], shape_of["Øst"]], AREAS.geometry.to_numpy()).all()
    assert notes == ()
    assert len(web.requests) == 1


def test_a_layer_of_a_geopackage_on_the_web_can_be_named(web: Proxy, tmp_path: Path) -> None:
    path = written(tmp_path, "gpkg")
    AREAS.iloc[:1].to_file(path, driver="GPKG", layer="other")
    web.every = {"": faulty.says(path.read_bytes())}
    for prefix in ("", "/vsicurl/"):
        features, _, _ = read(f"{prefix}{web.address}/areas.gpkg|layername=other")
        assert features.attributes["name"].to_pylist() == ["Vest"]


def test_a_designation_on_the_web_is_told_to_lack_its_summary(web: Proxy, tmp_path: Path) -> None:
    path = tmp_path / "designation_2021.gpkg"
    for layer in ("areas", "units"):
        AREAS.to_file(path, driver="GPKG", layer=layer)
    web.every = {"": faulty.says(path.read_bytes())}
    with local_copies({"areas": f"{web.address}/designation_2021.gpkg"}, QUICK) as copies:
        with pytest.raises(InputError, match=r"designation_2021\.gpkg: is a designation, whose summary"):
            read_areas_of_registers(copies.paths["areas"], "en")
    with local_copies({"areas": f"{web.address}/designation_2021.gpkg|layername=areas"}, QUICK) as copies:
        assert len(read_areas_of_registers(copies.paths["areas"], "en")) == 2


def test_a_file_that_comes_at_the_second_attempt_says_so(web: Proxy, tmp_path: Path) -> None:
    web.faults = [faulty.state(503)]
    web.every = {"": faulty.says(written(tmp_path, "geojson").read_bytes())}
    assert "second attempt" in read(f"{web.address}/areas.geojson")[2][0]


def test_a_danish_reader_is_told_in_danish(web: Proxy, tmp_path: Path) -> None:
    web.faults = [faulty.state(503)]
    web.every = {"": faulty.says(written(tmp_path, "geojson").read_bytes())}
    with local_copies({"areas": f"{web.address}/areas.geojson"}, QUICK) as copies:
        assert copies.told("da") == (
            f"{web.address}/areas.geojson: læst i andet forsøg, fordi tjenesten ikke svarede helt første gang "
            "(HTTP 503).",
        )


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"<!doctype html><title>Log in</title>", "web page"),
        (b"", "answers with nothing"),
        (b"hello", "kind that is not known"),
        (b"\x89PNG\r\n", "kind that is not known"),
        (b'{"type": "FeatureCollection", "features": [', "broken JSON"),
        (b'{"error": "no such collection"}', "no GeoJSON: no such collection"),
        (b"[1, 2]", "no GeoJSON"),
        (
            b'{"type": "FeatureCollection", "numberMatched": 20, "numberReturned": 0, "features": []}',
            "0 of 20 features",
        ),
        (b"PK\x03\x04 and then nothing of an archive", "damaged archive"),
        (b"<OGRVRTDataSource/>", "recipe of GDAL's (OGR VRT)"),
        (b"<ExceptionReport><Exception exceptionCode='a'>b</Exception></ExceptionReport>", "refuses: a: b"),
    ],
)
def test_what_is_no_vector_file_is_told(web: Proxy, body: bytes, what: str) -> None:
    web.every = {"": faulty.says(body)}
    assert what in refused(f"{web.address}/areas")


def test_a_file_that_is_too_large_is_not_taken(web: Proxy) -> None:
    web.every = {"": faulty.says(b"{" + b" " * 5000)}
    assert "sends more than" in refused(f"{web.address}/areas.geojson", replace(QUICK, bytes=4000))


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def test_a_file_in_an_archive_is_the_file(tmp_path: Path, web: Proxy) -> None:
    body = written(tmp_path, "gpkg").read_bytes()
    path = zipped(tmp_path / "data.zip", {"a/areas.gpkg": body, "a/read.txt": b"me"})
    web.every = {"": faulty.says(path.read_bytes())}
    named = f"/vsizip/{path}/a/areas.gpkg", f"/vsizip/{path}", f"/vsizip/{{{path}}}/a/areas.gpkg"
    for text in (*named, f"{web.address}/data.zip", f"/vsizip//vsicurl/{web.address}/data.zip/a/areas.gpkg"):
        features, sha256, _ = read(text)
        assert sha256 == hashlib.sha256(body).hexdigest()
        assert features.attributes["name"].to_pylist() == ["Vest", "Øst"]
        assert str(tmp_path) not in features.name


def test_a_shapefile_in_an_archive_has_its_parts(tmp_path: Path) -> None:
    AREAS.to_file(tmp_path / "areas.shp")
    parts = {f"a/{path.name}": path.read_bytes() for path in tmp_path.glob("areas.*")}
    path = zipped(tmp_path / "data.zip", parts)
    for text in (f"/vsizip/{path}", f"/vsizip/{path}/a/areas.shp"):
        features, _, _ = read(text)
        assert features.attributes["name"].to_pylist() == ["Vest", "Øst"]
        assert "25832" in str(features.crs)


@pytest.mark.parametrize(
    ("files", "inside", "what"),
    [
        ({"a.gpkg": b"1", "b.gpkg": b"2"}, "", "several files that can be meant"),
        ({"a.txt": b"1"}, "", "no file that can be meant"),
        ({"a.gpkg": b"1"}, "/b.gpkg", "holds no file 'b.gpkg'"),
        ({"a.gpkg": b"0" * 9_000_000}, "", "unpacks to more than"),
    ],
)
def test_what_an_archive_does_not_hold_is_told(tmp_path: Path, files: dict[str, bytes], inside: str, what: str) -> None:
    path = zipped(tmp_path / "data.zip", files)
    assert what in refused(f"/vsizip/{path}{inside}", replace(QUICK, bytes=8_000_000))


def test_an_archive_writes_nowhere_but_into_its_copy(tmp_path: Path) -> None:
    """GDAL does not so much as list a file that leads out of its archive."""
    body = written(tmp_path, "geojson").read_bytes()
    path = zipped(tmp_path / "data.zip", {"../../../escaped.geojson": body, "../../../escaped.dbf": b"x"})
    assert "an empty one" in refused(f"/vsizip/{path}")
    assert "holds no file" in refused(f"/vsizip/{zipped(path, {'../a.geojson': body, 'b.txt': b'x'})}/../a.geojson")
    assert not list(tmp_path.parent.rglob("escaped.*"))


def test_an_archive_that_is_not_there_is_told_without_its_folder(tmp_path: Path) -> None:
    message = refused(f"/vsizip/{tmp_path}/none.zip/a.shp")
    assert message.startswith("/vsizip/none.zip/a.shp: no such file")


def test_a_locked_or_damaged_archive_is_told(tmp_path: Path) -> None:
    body = written(tmp_path, "geojson").read_bytes()
    path = zipped(tmp_path / "data.zip", {"areas.geojson": body})
    content = path.read_bytes()
    at = content.index(b"areas.geojson") + len(b"areas.geojson") + 20
    path.write_bytes(content[:at] + bytes(60) + content[at + 60 :])
    assert "damaged or locked" in refused(f"/vsizip/{path}")


def test_a_file_in_another_kind_of_archive_is_the_file(tmp_path: Path, web: Proxy) -> None:
    import gzip
    import tarfile

    path = written(tmp_path, "geojson")
    packed = gzip.compress(path.read_bytes())
    (tmp_path / "areas.geojson.gz").write_bytes(packed)
    with tarfile.open(tmp_path / "areas.tar", "w") as archive:
        archive.add(path, "a/areas.geojson")
    web.every = {"": faulty.says(packed)}
    for text in (
        f"/vsigzip/{tmp_path}/areas.geojson.gz", f"{web.address}/areas.geojson.gz", f"/vsitar/{tmp_path}/areas.tar"
    ):  # fmt: skip
        features, sha256, _ = read(text)
        assert features.attributes["name"].to_pylist() == ["Vest", "Øst"]
        assert sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert "no such file" in refused(f"/vsigzip/{tmp_path}/none.gz")


@pytest.mark.parametrize("text", ["PG:dbname=city", "/vsimem/a.vrt", "/vsisubfile/0_10,/etc/passwd", "CSV:/etc/passwd"])
def test_anything_else_that_gdal_has_a_name_for_is_not_read(text: str) -> None:
    assert "is nothing that features are read from" in refused(text)


def test_files_are_left_where_they_are(tmp_path: Path) -> None:
    path = written(tmp_path, "geojson")
    with local_copies({"a": str(path), "b": f"{path}|layername=areas", "c": None, "d": "no-such-file"}) as copies:
        assert copies.paths == {"a": path, "b": Path(f"{path}|layername=areas"), "d": Path("no-such-file")}
        assert origin_of(file_of(copies.paths["b"])) is None


def test_a_mistake_in_the_environment_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GDAL_HTTP_TIMEOUT", "long")
    with pytest.raises(InputError, match="GDAL_HTTP_TIMEOUT"), local_copies({"a": "WFS:http://127.0.0.1:1/ows"}):
        pass
