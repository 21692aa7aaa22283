"""Positions, layers, reference systems and outlines as people have them: each case by its own script."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.cases import run_case

pytestmark = pytest.mark.long

ONE_AREA = "1 areas, 1,128 residents, 22.8 %"
TWO_AREAS = "2 areas, 2,340 residents, 32.3 %"

DONE = {
    "addresses-geojson-in-metres": (ONE_AREA, "does not say its reference system, and is taken to be in EPSG:25832"),
    "addresses-with-heights": (ONE_AREA,),
    "empty-point-in-geopackage": ("1 areas, 1,179 residents", "Addresses without a position: 2"),
    "zones-hairline-gaps": (TWO_AREAS, "pairs of zones have a gap of at most 0.001 m between them, and touch"),
    "zones-geojson-7-decimals": ("2,340 residents, 32.3 %", "38 pairs of zones lie within a metre of each other"),
    "total-among-the-zones": ("zones.gpkg: zone 9998 covers 64 others, as a total does",),
    "zones-in-an-unknown-system": (TWO_AREAS,),
}
"""What is done, and what is told."""

REFUSED = {
    "addresses-in-web-mercator": ("addresses.csv, columns easting and northing: positions look like Web Mercator",
                                  "(512 rows), for example A00000 at (1390929.626, 7484379.012)"),
    "northing-zero": ("addresses.parquet, columns easting and northing: positions at 0", "(41 rows), for example A"),
    "null-island-with-raster": ("addresses.csv, columns easting and northing: positions at 0",
                                "(1 row), for example A00021 at (0, 0). Leave a position that is not known empty."),
    "everybody-outside": ("zones.gpkg: no dwelling of the registers could be placed in a unit",),
    "barriers-elsewhere": ("barriers.gpkg: lies far from the units: in (", "Check its reference system"),
    "zones-in-web-mercator": ("zones.gpkg: is in EPSG:3857, in which a metre of the ground is 1.77 here",
                              'Set crs = "EPSG:25832"', 'reproject_from = ["EPSG:3857"]'),
}  # fmt: skip
"""What is refused, and how."""


@pytest.mark.parametrize("case", DONE)
def test_it_is_done_and_told(case: str, tmp_path: Path) -> None:
    printed = run_case(case, tmp_path)
    assert "exit code 0" in printed
    assert "error" not in printed
    assert [piece for piece in DONE[case] if piece not in printed] == [], printed


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused_with_a_remedy(case: str, tmp_path: Path) -> None:
    printed = run_case(case, tmp_path)
    assert "exit code 2" in printed
    assert "exit code 0" not in printed
    assert "Traceback" not in printed
    assert [piece for piece in REFUSED[case] if piece not in printed] == [], printed


def test_a_layer_of_styles_is_no_choice_and_a_layer_can_be_named(tmp_path: Path) -> None:
    printed = run_case("addresses-with-a-style", tmp_path)
    assert printed.count(ONE_AREA) == 2, printed
    assert printed.count("exit code 0") == 2, printed


def test_a_file_that_is_being_written_to_is_refused(tmp_path: Path) -> None:
    printed = run_case("geopackage-with-wal", tmp_path)
    assert "before residents 7240" in printed
    assert "zones.gpkg: is open in another program: a part of it lies in zones.gpkg-wal" in printed
    assert "after" not in printed
