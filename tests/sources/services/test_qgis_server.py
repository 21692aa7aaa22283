"""A real WFS, QGIS Server, in the place of files: the same results, besides where they say that they come from."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import faulty_proxy as faulty
import geopandas as gpd
import numpy as np
import pytest
import qgis_service
import shapely
from click.testing import CliRunner
from faulty_proxy import proxied
from test_layers_of_a_service import QUICK, read, refused

from goal_worlds import EAST_AREA, WEST_AREA, write_polygons
from paths import REAL
from small_registers import make_registers
from udsat_geo.cli.main import designate, udsat

OFFICIAL = REAL / "copenhagen" / "udsatte_byomraader_2017.gpkg"

POLICY = """
extends = "kbh-2017"
id = "own"
[rule]
criteria = 1
core = 0.5
edge = 0.2
[areas]
residents = 20
crossing = 30
[context]
residents = 0
"""

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif("qgis_service.why_not()", reason="QGIS Server or PyQGIS is not installed"),
]


def call(command: Any, *arguments: str | Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(command, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Registers, areas, barriers with a crossing, and places, all at whole metres."""
    folder = tmp_path_factory.mktemp("town")
    made = make_registers(2, n_addresses=80, n_residents=600)
    made.write(folder / "raw")
    write_polygons(folder / "areas.gpkg", [WEST_AREA, EAST_AREA], name=["Vest", "Øst"])
    west, south, east, north = shapely.total_bounds([WEST_AREA, EAST_AREA]).round()
    middle = round((west + east) / 2)
    rows = [[[west - 500, south + 70 * i], [east + 500, south + 70 * i + 30]] for i in range(12)]
    frames = {
        "barriers": gpd.GeoDataFrame({"kind": ["railway"] * 12}, geometry=list(shapely.linestrings(rows))),
        "crossings": gpd.GeoDataFrame(
            {"number": [1, 2]}, geometry=[shapely.Point(middle, south + 85 + 70 * i) for i in range(2)]
        ),
        "places": gpd.GeoDataFrame(
            {"navn": ["Vestbyen", "Østbyen"], "kind": ["bydel", "bydel"]},
            geometry=[shapely.box(west - 900, south - 900, middle, north + 900),
                      shapely.box(middle, south - 900, east + 900, north + 900)],
        ),
    }  # fmt: skip
    for name, frame in frames.items():
        frame.set_crs("EPSG:25832").to_file(folder / f"{name}.gpkg", driver="GPKG")
    (folder / "own.toml").write_text(POLICY, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def service(town: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    layers = {name: town / f"{name}.gpkg" for name in ("areas", "barriers", "crossings", "places")}
    folder = tmp_path_factory.mktemp("qgis")
    if OFFICIAL.exists():
        # a copy: what is served is open for as long as the server runs
        layers["official"] = Path(shutil.copyfile(OFFICIAL, folder / OFFICIAL.name))
    with qgis_service.served(layers, folder) as address:
        yield f"WFS:{address}?SERVICE=WFS"


def test_a_layer_is_read_in_pages_of_a_real_server(service: str, town: Path) -> None:
    # its first answer takes a while
    features, _, notes = read(f"{service}|layername=barriers", replace(QUICK, answer_s=60, whole_s=120))
    frame = gpd.read_file(town / "barriers.gpkg")
    assert notes == ()
    assert features.attributes["kind"].to_pylist() == frame["kind"].tolist()
    straight = shapely.get_coordinates(features.geometry), shapely.get_coordinates(frame.geometry)
    np.testing.assert_array_equal(*straight)


@pytest.mark.parametrize("version", ["1.0.0", "1.1.0", "2.0.0"])
def test_every_version_gives_the_same_layer(service: str, version: str) -> None:
    """Asked for 2.0.0, this server answers by 1.1.0; by 1.0.0 there are no pages, and no number to hold them to."""
    features, sha256, _ = read(f"{service}&VERSION={version}|layername=barriers")
    assert features.attributes.num_rows == 12
    assert sha256 == read(f"{service}|layername=barriers")[1]


def test_a_status_over_areas_of_a_service_is_that_over_their_file(
    service: str, town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OGR_WFS_PAGE_SIZE", "1")
    found = []
    for areas in (town / "areas.gpkg", f"{service}|layername=areas"):
        code, out, error = call(
            udsat, "status", "--areas", areas, "--years", "2021", "--registers", town / "raw", "--json"
        )
        assert code == 0, error
        found.append(json.loads(out))
    file, fetched = (each["areas"] for each in found)
    assert file.pop("name") == "areas.gpkg"
    assert fetched.pop("name") == f"{service}|layername=areas"
    assert len(fetched.pop("sha256")) == len(file.pop("sha256")) == 64
    assert found[0] == found[1]


@pytest.mark.skipif(not OFFICIAL.exists(), reason="the official polygons (../shared/real) are not here")
def test_the_official_areas_of_a_service_give_the_status_of_their_file(
    service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over the synthetic Copenhagen; the server rounds coordinates to a millionth of a millimetre."""
    monkeypatch.setenv("OGR_WFS_PAGE_SIZE", "5")
    found = []
    for areas in (OFFICIAL, f"{service}|layername=official"):
        code, out, error = call(
            udsat, "status", "--areas", areas, "--years", "2021", "--allow-overlaps", "--json", "--language", "en"
        )
        assert code == 0, error
        found.append(json.loads(out))
    for each in found:
        del each["areas"]["name"], each["areas"]["sha256"]
    assert found[0] == found[1]
    assert len(found[0]["areas"]["areas"]) == 17


def designated(town: Path, out: Path, *options: str | Path) -> tuple[dict[str, bytes], dict[str, Any]]:
    """The files of a designation, and its summary."""
    base = (
        "--year",
        "2021",
        "--registers",
        town / "raw",
        "--policy",
        town / "own.toml",
        "--previous",
        "none",
        "--quiet",
    )
    code, _, error = call(designate, *base, "--out", out, "--language", "en", *options)
    assert code == 0, error
    files = {path.name: path.read_bytes() for path in out.iterdir()}
    return files, json.loads(files.pop("designation_2021.json"))


def tables_of(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every table of a GeoPackage, row by row."""
    with closing(sqlite3.connect(path)) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: connection.execute(f'SELECT * FROM "{name}"').fetchall()
            for name in names
            if not name.startswith("rtree")
        }


def test_a_designation_with_barriers_crossings_and_places_of_a_service_is_that_with_files(
    service: str, town: Path, tmp_path: Path
) -> None:
    names = ("barriers", "crossings", "places")
    by_file = [part for name in names for part in (f"--{name}", town / f"{name}.gpkg")]
    by_service = [part for name in names for part in (f"--{name}", f"{service}|layername={name}")]
    files, told = designated(town, tmp_path / "file", *by_file)
    fetched, told_of_service = designated(town, tmp_path / "service", *by_service)
    assert files["designation_2021.tif"] == fetched["designation_2021.tif"]
    by_file_tables, by_service_tables = (
        tables_of(tmp_path / name / "designation_2021.gpkg") for name in ("file", "service")
    )
    # the one table that names its inputs, in ISO 19115
    assert by_file_tables.pop("gpkg_metadata") != by_service_tables.pop("gpkg_metadata")
    assert by_file_tables == by_service_tables
    assert {"areas", "units", "changes", "near_misses", "status"} <= by_file_tables.keys()
    plain, _ = designated(town, tmp_path / "plain")
    assert files["designation_2021.tif"] != plain["designation_2021.tif"], "barriers that change nothing prove nothing"
    entries = {entry["name"]: entry for entry in told_of_service["inputs"]}
    for name in names:
        entry = entries[f"{service}|layername={name}"]
        assert len(entry["sha256"]) == 64
    rows = {entry["name"]: entry["rows"] for entry in told["inputs"]}
    assert [entries[f"{service}|layername={name}"]["rows"] for name in names] == [rows[f"{n}.gpkg"] for n in names]
    for summary in (told, told_of_service):
        summary["inputs"] = [entry["rows"] for entry in summary["inputs"]]
    assert told == told_of_service


def test_polygons_of_a_service_are_compared(service: str, town: Path) -> None:
    code, out, error = call(
        udsat,
        "diff",
        f"{service}|layername=areas",
        town / "areas.gpkg",
        "--registers",
        town / "raw",
        "--language",
        "en",
        "--json",
    )
    assert code == 0, error
    found = json.loads(out)
    assert found["before"]["file"] == f"{service}|layername=areas"
    assert found["events"]["kept"] == 2
    assert found["totals"]["residents_kept"] == found["totals"]["residents_before"] > 0


def test_a_second_attempt_stands_in_the_result(service: str, town: Path, tmp_path: Path) -> None:
    with proxied(service.removeprefix("WFS:").partition("/ows")[0]) as proxy:
        proxy.faults = [None, None, None, faulty.state(503)]
        address = f"WFS:{proxy.address}/ows?SERVICE=WFS&token=t0psecret|layername=barriers"
        _, told = designated(town, tmp_path / "out", "--barriers", address)
    notes = [note for note in told["notes"] if "attempt" in note]
    name = f"WFS:{proxy.address}/ows?SERVICE=WFS|layername=barriers"
    assert notes == [
        f"{name}: read at the second attempt, since the service did not answer in full at first (HTTP 503)."
    ]
    assert name in [entry["name"] for entry in told["inputs"]]
    assert "t0psecret" not in json.dumps(told)


def test_a_service_that_fails_leaves_earlier_results_as_they_were(service: str, town: Path, tmp_path: Path) -> None:
    files, _ = designated(town, tmp_path / "out")
    code, out, error = call(
        designate, "--year", "2021", "--registers", town / "raw", "--policy", town / "own.toml", "--previous", "none",
        "--out", tmp_path / "out", "--barriers", f"{service}|layername=railways", "--places", f"{service}|layername=x",
    )  # fmt: skip
    assert (code, out) == (2, "")
    assert error.count("error: ") == 2
    assert "It offers: areas, barriers, crossings, places" in error
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir() if path.suffix != ".json"} == files


def test_the_wrong_kind_of_geometry_is_told_as_of_a_file(service: str, town: Path, tmp_path: Path) -> None:
    code, _, error = call(
        designate, "--year", "2021", "--registers", town / "raw", "--policy", town / "own.toml", "--previous", "none",
        "--out", tmp_path / "out", "--barriers", f"{service}|layername=crossings",
    )  # fmt: skip
    assert code == 2
    assert f"{service}|layername=crossings: geometries that are neither lines nor polygons (2 rows)" in error


def test_an_exception_of_a_real_server_is_told(service: str) -> None:
    message = refused(f"{service}&EXP_FILTER=nothing(|layername=areas", QUICK)
    assert "HTTP 400: RequestNotWellFormed: The EXP_FILTER expression has errors" in message


def test_a_filter_of_the_address_holds_for_the_count_too(service: str) -> None:
    features, _, _ = read(f"{service}&EXP_FILTER=\"name\"='Øst'|layername=areas")
    assert features.attributes["name"].to_pylist() == ["Øst"]
