"""What a text names, and what of it may be shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from udsat_geo.messages.errors import InputError
from udsat_geo.messages.limits import Limits, limits_of
from udsat_geo.sources.addresses import is_remote, is_secret_name, source_of, without_secrets


@pytest.mark.parametrize(
    ("text", "kind", "layer"),
    [
        ("barriers.gpkg", "file", ""),
        ("data/areas.gpkg|layername=areas", "file", "areas"),
        ("C:\\data\\areas.gpkg", "file", ""),
        ("WFS:https://host/ows?SERVICE=WFS|layername=railways", "wfs", "railways"),
        ("wfs:http://host/ows", "wfs", ""),
        ("https://host/areas.geojson", "web", ""),
        ("/vsicurl/https://host/areas.gpkg|layername=a", "web", "a"),
        ("/vsizip/folder/areas.zip/areas.shp", "archive", ""),
        ("/vsizip//vsicurl/https://host/areas.zip", "archive", ""),
        ("OAPIF:https://host/collections", "oapif", ""),
        ("PG:dbname=city", "other", ""),
        ("/vsigzip/areas.geojson.gz", "archive", ""),
        ("/vsimem/areas.vrt", "other", ""),
    ],
)
def test_a_source_is_told_by_its_text(text: str, kind: str, layer: str) -> None:
    source = source_of(text)
    assert (source.kind, source.layer) == (kind, layer)
    assert is_remote(text) is (kind != "file")


def test_a_file_that_is_there_is_a_file_whatever_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "PG:areas").write_text("", encoding="utf-8")
    assert source_of("PG:areas").kind == "file"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("WFS:https://me:pw@host/ows?map=a&token=t|layername=b", "WFS:https://host/ows?map=a|layername=b"),
        ("https://host/a.gpkg?apiKey=k&format=x#access_token=t", "https://host/a.gpkg?format=x"),
        ("https://host/a;jsessionid=7/b.gpkg", "https://host/a"),
        ("https://host/a.gpkg?X-Amz-Signature=s&X-Amz-Credential=c", "https://host/a.gpkg"),
        ("/vsicurl/https://u:p@host/a.gpkg", "https://host/a.gpkg"),
        ("/vsizip//vsicurl/https://u:p@host/a.zip/b.shp", "/vsizip//vsicurl/https://host/a.zip/b.shp"),
        ("/vsizip//home/somebody/a.zip/b.shp", "/vsizip/a.zip/b.shp"),
        ("/vsigzip//home/somebody/a.geojson.gz", "/vsigzip/a.geojson.gz"),
        ("PG:postgresql://me:pw@host/city?password=pw", "PG:postgresql://host/city"),
        ("PG:host=h dbname=d user=u password=p", "PG:host=h dbname=d user=... password=..."),
    ],
)
def test_a_name_has_no_credentials_and_no_path_of_this_machine(text: str, name: str) -> None:
    assert source_of(text).name == name


SECRET = st.text(alphabet="abcdefghijkmnpqrstuvwxyz0123456789", min_size=12, max_size=24)
PARAMETER = st.sampled_from(
    ["token", "TOKEN", "access_token", "api_key", "apiKey", "api-key", "key", "password", "passwd", "pwd", "username",
     "user", "sig", "signature", "X-Amz-Signature", "ticket", "auth", "authorization", "client_secret", "login",
     "Ocp-Apim-Subscription-Key", "sessionid", "%74oken"]
)  # fmt: skip


@pytest.mark.long
@given(secret=SECRET, parameter=PARAMETER, place=st.integers(0, 2))
def test_no_secret_is_ever_shown(secret: str, parameter: str, place: int) -> None:
    pairs = ["SERVICE=WFS", "map=city.qgs"]
    pairs.insert(place, f"{parameter}={secret}")
    address = f"https://{secret}:{secret}@host/ows?{'&'.join(pairs)}"
    for text in (f"WFS:{address}|layername=a", address, f"/vsizip//vsicurl/{address}", f"OAPIF:{address}"):
        shown = source_of(text).name
        assert secret not in shown
        assert "host/ows" in shown
    assert secret not in without_secrets(f"could not open {address}: 'HTTP 500', token={secret}; password: {secret}")


@pytest.mark.parametrize("name", ["service", "map", "layername", "version", "srsname", "bbox", "f", "cql_filter"])
def test_ordinary_parameters_stay(name: str) -> None:
    assert not is_secret_name(name)
    assert without_secrets(f"https://host/ows?{name}=1") == f"https://host/ows?{name}=1"


def test_limits_are_those_that_gdal_has_names_for() -> None:
    told = {"OGR_WFS_PAGE_SIZE": "50", "GDAL_HTTP_TIMEOUT": "2.5", "UDSAT_SERVICE_SECONDS": "9"}
    assert limits_of(told) == Limits(page=50, answer_s=2.5, whole_s=9)
    assert limits_of({}) == Limits()
    assert limits_of({"GDAL_HTTP_MAX_RETRY": "0"}) == Limits(tries=1)
    assert limits_of({"GDAL_HTTP_MAX_RETRY": "99"}) == Limits(tries=3)


def test_limits_that_make_no_sense_are_told_at_once() -> None:
    told = {
        "OGR_WFS_PAGE_SIZE": "1.5",
        "GDAL_HTTP_TIMEOUT": "soon",
        "GDAL_HTTP_RETRY_DELAY": "-1",
        "GDAL_HTTP_MAX_RETRY": "x",
    }
    with pytest.raises(InputError) as caught:
        limits_of(told)
    assert len(caught.value.messages) == 4
