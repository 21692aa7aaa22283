"""Layers of a WFS are read whole and once, by whatever version, form of reference system and size of pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely
from loopback import running
from small_service import Layer, handler

from udsat_geo.messages.errors import InputError
from udsat_geo.messages.limits import Limits
from udsat_geo.sources.copies import local_copies
from udsat_geo.sources.crs import reproject, same_crs
from udsat_geo.sources.features import Features, file_of, read_features
from udsat_geo.sources.origins import origin_of

QUICK = Limits(page=4, answer_s=5, connect_s=5, whole_s=20, pause_s=0.01)
BOX = (12.4, 55.5, 12.7, 55.8)


def lines(count: int = 11, crs: str = "urn:ogc:def:crs:EPSG::25832", **told: Any) -> Layer:
    """Lines in Copenhagen, in the system that is named."""
    start = np.array([[724_000 + 100 * i, 6_176_000 + 10 * i] for i in range(count)], dtype=float).reshape(-1, 2)
    shapes = shapely.linestrings(np.stack([start, start + np.array([50, 25])], axis=1))
    shapes = reproject(shapes, "EPSG:25832", crs)
    features = [({"number": i, "name": f"no. {i:02d}", "code": f"{i:03d}"}, shape) for i, shape in enumerate(shapes)]
    return Layer(features, crs, **told)


@contextmanager
def service(**layers: Layer) -> Iterator[tuple[str, list[dict[str, str]]]]:
    asked: list[dict[str, str]] = []
    with running(handler(layers, asked)) as address:
        yield f"WFS:{address}/ows?SERVICE=WFS", asked


def read(text: str, limits: Limits = QUICK) -> tuple[Features, str, tuple[str, ...]]:
    """The features, their hash, and what was said."""
    with local_copies({"source": text}, limits) as copies:
        path = copies.paths["source"]
        origin = origin_of(file_of(path))
        assert origin is not None
        features = read_features(path)
        assert features.name == origin.name
    assert not file_of(path).exists()
    assert origin_of(file_of(path)) is None
    return features, origin.sha256, copies.told("en")


def refused(text: str, limits: Limits = QUICK) -> str:
    with pytest.raises(InputError) as caught, local_copies({"source": text}, limits):
        pass
    assert len(caught.value.messages) == 1
    return caught.value.messages[0]


@pytest.mark.parametrize("page", [1, 3, 4, 10, 11, 12, 1000])
def test_pages_of_any_size_give_the_same_layer(page: int) -> None:
    with service(lines=lines()) as (address, asked):
        features, sha256, notes = read(f"{address}|layername=lines", replace(QUICK, page=page))
        one, same, _ = read(f"{address}|layername=lines", replace(QUICK, page=1000))
    assert sha256 == same
    assert features.attributes.equals(one.attributes)
    assert features.attributes["number"].to_pylist() == list(range(11))
    # types are those of the service's schema: digits in a text stay a text
    assert features.attributes["code"].to_pylist() == [f"{i:03d}" for i in range(11)]
    assert shapely.equals(features.geometry, [shape for _, shape in lines().features]).all()
    assert notes == ()
    pages = [question for question in asked if question["request"] == "GetFeature" and "resulttype" not in question]
    assert len(pages) == -(-11 // page) + 1


@pytest.mark.parametrize(
    "crs",
    [
        "EPSG:25832",
        "urn:ogc:def:crs:EPSG::25832",
        "urn:x-ogc:def:crs:EPSG:25832",
        "http://www.opengis.net/def/crs/EPSG/0/25832",
    ],
)
def test_every_form_of_a_reference_system_is_understood(crs: str) -> None:
    layer = lines(5)
    layer.crs, layer.swapped = crs, False
    with service(lines=layer) as (address, _):
        features, _, _ = read(address)
    assert same_crs(str(features.crs), "EPSG:25832")
    assert shapely.equals(features.geometry, [shape for _, shape in layer.features]).all()


@pytest.mark.parametrize(
    "crs", ["EPSG:4326", "urn:ogc:def:crs:EPSG::4326", "http://www.opengis.net/def/crs/EPSG/0/4326"]
)
def test_degrees_are_turned_into_their_order(crs: str) -> None:
    """The urn and the web address say latitude first, the short form longitude; we have longitude first."""
    with service(lines=lines(5, crs, box=BOX)) as (address, asked):
        features, _, _ = read(address)
    assert all(question.get("srsname", crs) == crs for question in asked)
    assert same_crs(str(features.crs), "EPSG:4326")
    west, south, east, north = shapely.total_bounds(features.geometry)
    assert 12.5 < west < east < 12.7
    assert 55.6 < south < north < 55.8


def test_a_service_that_sends_another_system_than_it_declares_is_found_out() -> None:
    layer = lines(5, "EPSG:4326", box=BOX)
    layer.crs = "urn:ogc:def:crs:EPSG::25832"
    with service(lines=layer) as (address, _):
        message = refused(address)
    assert "far from where it says that the layer lies" in message
    assert "longitude 12.4 to 12.7" in message


def test_the_layer_is_found_by_its_name_with_and_without_prefix() -> None:
    with service(lines=lines(3), points=lines(2)) as (address, _):
        for name in ("lines", "app:lines"):
            assert read(f"{address}|layername={name}")[0].attributes.num_rows == 3
        assert read(f"{address}&TYPENAMES=app:points")[0].attributes.num_rows == 2


def test_layers_are_told_where_none_or_another_one_is_named() -> None:
    with service(lines=lines(3), points=lines(2)) as (address, _):
        several, unknown = refused(address), refused(f"{address}|layername=line")
    assert "offers several layers: app:lines, app:points" in several
    assert "|layername=app:lines" in several
    assert "offers no layer 'line'" in unknown
    assert "It offers: app:lines, app:points" in unknown
    with service() as (address, _):
        assert "offers no layer." in refused(address)


def test_a_layer_without_features_is_refused() -> None:
    with service(lines=lines(0)) as (address, _):
        assert "layer app:lines holds no features" in refused(address)


@pytest.mark.parametrize("says_hits", [True, False])
def test_a_server_that_gives_fewer_than_asked_for_is_read_to_the_end(says_hits: bool) -> None:
    """Without a number matched, a page of fewer features than asked for is the last one."""
    with service(lines=lines(most=3 if says_hits else 4, says_hits=says_hits)) as (address, _):
        assert read(address)[0].attributes.num_rows == 11


def test_a_layer_that_is_longer_than_what_comes_is_refused() -> None:
    with service(lines=lines(matched=30)) as (address, _):
        assert "has 30 features by its own account, and sends 11" in refused(address)


def test_pages_that_repeat_features_are_asked_for_in_one_piece() -> None:
    with service(lines=lines(ignores_start=True)) as (address, _):
        features, sha256, notes = read(address)
    assert features.attributes["number"].to_pylist() == list(range(11))
    assert "one piece" in notes[0]
    with service(lines=lines(shuffles=True)) as (address, _):
        assert read(address)[1] == sha256


def test_pages_that_repeat_features_and_a_server_that_gives_no_more_are_refused() -> None:
    with service(lines=lines(ignores_start=True, most=4)) as (address, asked):
        assert "has 11 features by its own account, and sends 4" in refused(address)
    assert len(asked) < 15


@pytest.mark.long
def test_the_hash_is_of_the_content_and_not_of_how_it_is_sent() -> None:
    with service(lines=lines(crs="EPSG:25832", without_ids=True)) as (address, _):
        sha256 = read(address)[1]
    backward = lines(without_ids=True)
    backward.features.reverse()
    with service(lines=backward) as (address, _):
        assert read(address)[1] == sha256
    changed = lines(without_ids=True)
    changed.features[3][0]["name"] = "another"
    with service(lines=changed) as (address, _):
        assert read(address)[1] != sha256
    moved = lines(without_ids=True)
    moved.features[3] = (moved.features[3][0], shapely.transform(moved.features[3][1], lambda xy: xy + 0.001))
    with service(lines=moved) as (address, _):
        assert read(address)[1] != sha256


def test_straight_surfaces_are_polygons_with_and_without_a_schema() -> None:
    square = shapely.box(724_000, 6_176_000, 724_100, 6_176_100)
    for schema in (True, False):
        with service(squares=Layer([({"name": "a"}, square)], schema=schema)) as (address, _):
            geometry = read(address)[0].geometry
        assert geometry is not None
        assert geometry[0].geom_type == "MultiPolygon"
        assert shapely.equals(geometry[0], square)


def test_more_features_than_allowed_are_not_even_asked_for() -> None:
    with service(lines=lines()) as (address, asked):
        assert "has more than 10 features" in refused(address, replace(QUICK, features=10))
        assert not [question for question in asked if "count" in question]


def test_credentials_are_sent_and_never_told() -> None:
    with service(lines=lines(2), points=lines(2)) as (address, asked):
        message = refused(address.replace("//", "//me:p%40ss@") + "&token=t0psecret")
    assert {question["authorization"] for question in asked} == {"Basic bWU6cEBzcw=="}
    assert {question["token"] for question in asked} == {"t0psecret"}
    assert "t0psecret" not in message
    assert "me:" not in message


def test_filters_of_the_address_go_along_with_every_question() -> None:
    with service(lines=lines(2)) as (address, asked):
        read(f"{address}&CQL_FILTER=name='ø %26 å'&MAXFEATURES=1&VERSION=2.0.0")
    assert {question["cql_filter"] for question in asked} == {"name='ø & å'"}
    assert not [question for question in asked if "maxfeatures" in question]


def test_what_two_options_name_is_fetched_once() -> None:
    with service(lines=lines(2)) as (address, asked), local_copies({"a": address, "b": address}, QUICK) as copies:
        assert copies.paths["a"] == copies.paths["b"]
    assert [question.get("resulttype") for question in asked].count("hits") == 1
