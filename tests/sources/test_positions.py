"""Positions that cannot be those of their reference system, and what they look like."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from udsat_geo.messages.errors import InputError
from udsat_geo.sources import positions
from udsat_geo.sources.crs import coordinates_in
from udsat_geo.sources.positions import Spread, check_positions, doubts, extent_of, in_words, spread_of, together

UTM = "EPSG:25832"
TOWN = np.array([[720_100.0, 720_900.0, 721_400.5], [6_175_000.0, 6_176_000.0, 6_175_500.0]])


def told(easting: object, northing: object, crs: str = UTM) -> str:
    """What is told of positions; nothing where they may be right."""
    try:
        check_positions("a.csv", np.array(easting, float), np.array(northing, float), crs, lambda i: f"A{i}")
    except InputError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("easting", "northing", "what"),
    [
        (*TOWN / 1000, "kilometres"),
        (*TOWN[::-1], "swapped"),
        (*coordinates_in(*TOWN, UTM, "EPSG:3857"), "look like Web Mercator"),
        (*coordinates_in(*TOWN, UTM, "EPSG:4326"), "look like degrees"),
        (*coordinates_in(*TOWN, UTM, "EPSG:4326")[::-1], "look like degrees"),
        (*coordinates_in(*coordinates_in(*TOWN, UTM, "EPSG:4326")[::-1], "EPSG:4326", UTM), "latitude and longitude"),
        (*TOWN * 1e6, "outside the area that EPSG:25832 is used in (Europe between 6°E and 12°E)"),
        (TOWN[0] * np.inf, TOWN[1], "outside the area"),
    ],
    ids=["kilometres", "swapped", "mercator", "degrees", "latitude first", "turned", "off the Earth", "infinite"],
)
def test_what_positions_look_like_is_told(easting: object, northing: object, what: str) -> None:
    found = told(easting, northing)
    assert what in found
    assert "(3 rows), for example A0 at (" in found


@pytest.mark.parametrize(
    ("stray", "what"),
    [((0, 0), "at 0"), ((720_000, 0), "at 0"), ((0, 6_175_000), "at 0"), ((720.1, 6175.2), "kilometres"),
     ((6_175_000, 720_000), "swapped"), ((12.5, 55.7), "degrees")],
)  # fmt: skip
def test_a_stray_is_told_with_its_name_and_position(stray: tuple[float, float], what: str) -> None:
    found = told([*TOWN[0], stray[0]], [*TOWN[1], stray[1]])
    assert what in found
    assert f"(1 row), for example A3 at ({stray[0]}, {stray[1]})" in found


@pytest.mark.parametrize(
    ("crs", "longitude", "latitude"),
    [
        (UTM, 15.1, 55.1), (UTM, 8.1, 55.5), (UTM, 12.6, 55.7), ("EPSG:25833", 5.3, 60.4), ("EPSG:25833", 31.1, 70.4),
        ("EPSG:25830", 4.3, 39.9), ("EPSG:27700", -4.3, 55.9), ("EPSG:28992", 4.9, 52.4), ("EPSG:3006", 18.1, 59.3),
        ("EPSG:32616", -84.5, 38.0), ("EPSG:3035", 12.6, 55.7), ("EPSG:3857", 12.6, 55.7), ("ESRI:54009", 12.6, 55.7),
        ("+proj=laea +lat_0=52 +lon_0=10 +x_0=4321000 +y_0=3210000 +ellps=GRS80", 12.6, 55.7),
    ],
)  # fmt: skip
def test_where_countries_use_a_system_nothing_is_told(crs: str, longitude: float, latitude: float) -> None:
    degrees = np.array([longitude, longitude + 0.1]), np.array([latitude, latitude])
    easting, northing = coordinates_in(*degrees, "EPSG:4326", crs)
    assert told(easting, northing, crs) == ""
    assert doubts("a.csv", easting, northing, crs) == ()


@pytest.mark.long
def test_without_an_area_of_use_a_stray_is_held_against_the_rest() -> None:
    plane = "+proj=tmerc +lat_0=0 +lon_0=9 +k=0.9996 +x_0=3000000 +y_0=0 +ellps=GRS80"
    found = told([*TOWN[0] + 2.5e6, 0.0], [*TOWN[1], 0.0], plane)
    assert "at 0" in found
    assert "A3 at (0, 0)" in found


def test_positions_far_from_all_others_are_told() -> None:
    rng = np.random.default_rng(1)
    easting, northing = 720_000 + rng.random(200) * 5000, 6_175_000 + rng.random(200) * 5000
    assert doubts("a.csv", easting, northing, UTM) == ()
    easting[7] = 347_000.0
    (note,) = doubts("a.csv", easting, northing, UTM)
    assert note.told("en").startswith("a.csv: 1 positions lie far from all others")
    assert "347000" not in note.told("en")


def test_a_part_that_lies_elsewhere_is_told_however_many_they_are() -> None:
    """One address in ten was measured in another zone: its people make cells of their own."""
    rng = np.random.default_rng(1)
    easting, northing = 720_000 + rng.random(200) * 5000, 6_175_000 + rng.random(200) * 5000
    easting[::10] -= 377_000.0
    (note,) = doubts("a.csv", easting, northing, UTM)
    assert note.told("en").startswith("a.csv: 20 positions lie far from all others")


def test_towns_of_one_country_and_its_islands_are_not_far_from_each_other() -> None:
    """Most people live in the capital, and the others along a coast or on an island."""
    rng = np.random.default_rng(1)
    capital = np.stack([700_000 + rng.random(800) * 60_000, 6_150_000 + rng.random(800) * 60_000])
    island = np.stack([865_000 + rng.random(20) * 20_000, 6_120_000 + rng.random(20) * 20_000])
    coast = np.stack([700_000 - 40_000.0 * np.arange(1, 10), np.full(9, 6_150_000.0)])
    assert doubts("a.csv", *np.concatenate([capital, island], axis=1), UTM) == ()
    assert doubts("a.csv", *np.concatenate([capital, coast], axis=1), UTM) == ()


def test_positions_that_are_web_mercators_beside_the_area_are_told() -> None:
    """Jutland in Web Mercator lies in northern Sweden, where one may use zone 32."""
    easting, northing = coordinates_in(np.array([8.45, 8.5]), np.array([55.47, 55.5]), "EPSG:4326", "EPSG:3857")
    assert told(easting, northing) == ""
    (note,) = doubts("a.csv", easting, northing, UTM)
    assert "as Web Mercator they would lie in it" in note.told("en")


def test_an_extent_in_words() -> None:
    assert in_words(extent_of(*TOWN)) == "(720100-721400, 6175000-6176000)"
    assert in_words(extent_of(TOWN[0][:0], TOWN[1][:0])) == "-"


def in_parts(places: list[tuple[float, float]], n_parts: int) -> Spread | None:
    parts = np.array_split(np.array(places, dtype=float).reshape(-1, 2), n_parts)
    return together([spread for part in parts if (spread := spread_of(part[:, 0], part[:, 1], UTM))])


@given(
    st.lists(
        st.tuples(
            st.sampled_from([0.0, 400.0, -5e4, 2e5, 249_000.0, 5e5, 5.4e5, 7.2e5, 9e5, 1.2e6, 9e7]),
            st.sampled_from([0.0, 55.0, 6.1e6, 6.15e6, 6.175e6, 6.3e6, 7e6, 9.9e6]),
        ),
        min_size=1,
        max_size=25,
    ),
    st.integers(1, 4),
)
@example([(0.0, 6.1e6)] + [(5e5, 6.1e6)] * 9, 2)
@example([(-5e4, 6.1e6)] * 9 + [(5e5, 6.1e6)] * 2, 2)
@example([(5e5 + 4e4 * k, 6.1e6) for k in range(12)], 3)
def test_what_adds_up_over_parts_never_calls_sound_what_the_whole_does_not(
    places: list[tuple[float, float]], n_parts: int
) -> None:
    easting, northing = np.array(places).T
    spread, of_whole = in_parts(places, n_parts), spread_of(easting, northing, UTM)
    assert spread is not None
    assert of_whole is not None
    assert spread.is_sound(UTM) == of_whole.is_sound(UTM)
    if spread.is_sound(UTM):
        assert told(easting, northing) == ""
        assert doubts("a.csv", easting, northing, UTM) == ()


def test_towns_of_a_country_are_sound_though_some_lie_beside_its_zone() -> None:
    towns = [(2e5 + 4e4 * k, 6.1e6 + 3e4 * k) for k in range(16)]
    spread = in_parts(towns, 3)
    assert spread is not None
    assert spread.is_sound(UTM)
    assert spread.beside[1] == 1


def test_an_island_that_is_not_far_is_sound_and_one_that_is_may_not_be() -> None:
    mainland = [(4.5e5 + 3e3 * k, 6.1e6 + 4e3 * k) for k in range(90)]
    for easting, sound in ((8.6e5, True), (9e5, True)):
        spread = in_parts([*mainland, (easting, 6.12e6)], 2)
        assert spread is not None
        assert spread.is_sound(UTM) == sound
    town = [(7.2e5 + 100.0 * k, 6.17e6 + 100.0 * k) for k in range(90)]
    spread = in_parts([*town, (8.6e5, 6.17e6)], 2)
    assert spread is not None
    assert not spread.is_sound(UTM)
    halves = in_parts([*town[:45], *((x - 2e5, y) for x, y in town[:45])], 2)
    assert halves is not None
    assert not halves.is_sound(UTM)


@given(st.integers(0, 2**32), st.integers(1, 400), st.sampled_from([1e3, 3e4, 2e5]))
def test_it_never_calls_sound_what_lies_far_from_the_rest(seed: int, n: int, width: float) -> None:
    random = np.random.default_rng(seed)
    easting = np.concatenate([random.normal(5e5, width, n), random.uniform(-2e5, 1.2e6, int(random.integers(0, 4)))])
    northing = np.concatenate([random.normal(6.3e6, width, n), random.uniform(5.5e6, 7e6, len(easting) - n)])
    spread = spread_of(easting, northing, UTM)
    if spread is not None and spread.is_sound(UTM):
        assert told(easting, northing) == ""
        assert doubts("a.csv", easting, northing, UTM) == ()


def test_what_is_wider_than_any_area_is_not_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(positions, "LARGEST_AREA_M", 1e5)
    monkeypatch.setattr(positions, "_allowed", lambda _crs: (0.0, 0.0, 1e7, 1e7))
    spread = in_parts([(5e5, 6e6), (5.1e5, 6e6), (5e5, 6e6), (9e5, 6e6)], 2)
    assert spread is not None
    assert not spread.is_sound(UTM)


def test_no_positions_have_no_spread() -> None:
    assert in_parts([], 2) is None
    assert spread_of(*np.full((2, 1), np.inf), UTM) is not None
