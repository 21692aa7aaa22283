"""What a GeoPackage holds beside its layers: titles and meanings, metadata, styles and a project, without QGIS."""

from __future__ import annotations

import functools
import io
import json
import subprocess
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pyogrio
import pytest

import udsat_geo.files.geopackage
from dressed_worlds import HOSTILE, KINDS, changed, hostile, made, rows, written
from udsat_geo.designation.columns import describe_layer
from udsat_geo.designation.designation import Designation
from udsat_geo.designation.layers import each_layer
from udsat_geo.files.contents import identifier, read_contents
from udsat_geo.files.geopackage import dress_comparison, dress_designation, write_layer
from udsat_geo.files.iso19115 import GCO, GMD
from udsat_geo.files.write import write_results
from udsat_geo.messages.errors import OutputError

SYSTEM_PYTHON = "/usr/bin/python3"
VALIDATE = """
import sys
from osgeo_utils.samples import validate_gpkg
for problem in validate_gpkg.check(sys.argv[1]):
    print(problem)
"""


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A GeoPackage of each kind of unit, one with many changes, one whose policy has a hostile label."""
    folder = tmp_path_factory.mktemp("packages")
    found = {kind: written(kind, folder / kind) for kind in KINDS}
    return {**found, "changed": changed(folder / "changed"), "hostile": hostile(folder / "hostile")}


@pytest.fixture(scope="module")
def of_cells(tmp_path_factory: pytest.TempPathFactory) -> Designation:
    return made("cells", tmp_path_factory.mktemp("cells"))


def summary_of(package: Path) -> dict[str, Any]:
    summary: dict[str, Any] = json.loads(package.with_suffix(".json").read_text(encoding="utf-8"))
    return summary


def project_in(package: Path) -> ET.Element:
    """The document of the project."""
    ((content,),) = rows(package, "SELECT content FROM qgis_projects")
    with zipfile.ZipFile(io.BytesIO(bytes.fromhex(content))) as archive:
        (name,) = archive.namelist()
        return ET.fromstring(archive.read(name))


OURS = "SELECT table_name FROM gpkg_contents WHERE table_name <> 'layer_styles' ORDER BY rowid"
every = pytest.mark.parametrize("name", [*KINDS, "changed", "hostile"])


# --- styles -------------------------------------------------------------------------------------------------


@pytest.mark.long
@every
def test_every_layer_has_one_default_style(packages: Mapping[str, Path], name: str) -> None:
    package = packages[name]
    layers = [row[0] for row in rows(package, OURS)]
    defaults = rows(package, "SELECT f_table_name FROM layer_styles WHERE useAsDefault ORDER BY id")
    assert [row[0] for row in defaults] == layers
    names = rows(package, "SELECT f_table_name, styleName FROM layer_styles")
    assert len(set(names)) == len(names)
    assert ("units", "role" if name == "changed" else "rolle") in names


@pytest.mark.long
@every
def test_styles_are_documents_that_name_columns_of_their_layer(packages: Mapping[str, Path], name: str) -> None:
    package = packages[name]
    for layer, text in rows(package, "SELECT f_table_name, styleQML FROM layer_styles"):
        style = ET.fromstring(text)
        columns = [row[1] for row in rows(package, f"PRAGMA table_info({identifier(layer)})") if row[1] != "geom"]
        assert [alias.get("field") for alias in style.iter("alias")] == columns
        assert all(alias.get("name") for alias in style.iter("alias") if alias.get("field") != "fid")
        assert [column.get("name") for column in style.iter("column")] == columns
        for renderer in style.iter("renderer-v2"):
            symbols = {symbol.get("name") for symbol in renderer.findall("symbols/symbol")}
            used = {one.get("symbol") for kind in ("range", "category", "rule") for one in renderer.iter(kind)}
            assert used - {None} <= symbols
            assert renderer.get("attr") in (None, *columns)


def test_a_style_of_points_draws_points(packages: Mapping[str, Path]) -> None:
    for (text,) in rows(packages["addresses"], "SELECT styleQML FROM layer_styles WHERE f_table_name = 'units'"):
        style = ET.fromstring(text)
        assert style.findtext("layerGeometryType") == "0"
        assert {symbol.get("type") for symbol in style.findall("renderer-v2/symbols/symbol")} == {"marker"}


def test_without_a_composite_units_are_classed_by_criteria(packages: Mapping[str, Path]) -> None:
    query = "SELECT styleQML FROM layer_styles WHERE f_table_name = ? AND useAsDefault"
    for layer in ("areas", "units"):
        style = ET.fromstring(rows(packages["zones"], query, layer)[0][0])
        renderer = style.find("renderer-v2")
        assert renderer is not None
        assert renderer.get("attr") == "criteria_exceeded"
        assert [one.get("label") for one in renderer.iter("range")] == ["0", "1", "2", "3", "4"]


def test_a_hostile_label_stays_a_label(packages: Mapping[str, Path]) -> None:
    """It is in the alias, the list of values and the sheet's table, in each as it stands."""
    project = project_in(packages["hostile"])
    label = HOSTILE
    assert f"{label} (andel 0–1)" in {alias.get("name") for alias in project.iter("alias")}
    assert label in {option.get("name") for option in project.iter("Option") if option.get("value") == "low_income"}
    attributes = [column.get("attribute", "") for column in project.iter("column")]
    quoted = label.replace("\\", "\\\\").replace("'", "''")
    assert any(f"WHEN \"criterion\" = 'low_income' THEN '{quoted}' WHEN" in attribute for attribute in attributes)
    (title,) = rows(
        packages["hostile"], "SELECT title FROM gpkg_data_columns WHERE table_name = 'areas' AND column_name = ?",
        "rate_low_income",
    )  # fmt: skip
    assert title == (label,)


# --- the project --------------------------------------------------------------------------------------------


@every
def test_the_project_refers_to_its_own_file_and_to_nothing_else(packages: Mapping[str, Path], name: str) -> None:
    project = project_in(packages[name])
    layers = {layer.findtext("id"): layer for layer in project.iter("maplayer")}
    sources = [layer.findtext("datasource", "") for layer in layers.values()]
    assert sorted(sources) == sorted(
        f"./designation_2021.gpkg|layername={row[0]}" for row in rows(packages[name], OURS)
    )
    referring = [
        node.get("id") for tag in ("layer-tree-layer", "layer") for node in project.iter(tag) if node.get("id")
    ]
    assert set(referring) == set(layers)
    assert {table.get("vectorLayer") for table in project.iter("LayoutMultiFrame")} <= set(layers)
    for preset in project.iter("visibility-preset"):
        for shown in preset.findall("layer"):
            styles = {style.get("name") for style in layers[shown.get("id")].iter("map-layer-style")}
            assert shown.get("style") in styles


@pytest.mark.long
@every
def test_the_project_knows_no_machine_no_user_and_no_time(packages: Mapping[str, Path], name: str) -> None:
    project = project_in(packages[name])
    text = ET.tostring(project, encoding="unicode")
    assert str(packages[name].parent) not in text
    assert not {"saveUser", "saveUserFull", "saveDateTime"} & set(project.keys())
    ((told,),) = rows(packages[name], "SELECT metadata FROM qgis_projects")
    assert json.loads(told) == {"last_modified_time": "2021-12-31T00:00:00", "last_modified_user": ""}


def test_the_project_opens_on_the_areas(packages: Mapping[str, Path]) -> None:
    view = project_in(packages["cells"]).find("ProjectViewSettings/DefaultViewExtent")
    assert view is not None
    west, south, east, north = (float(view.get(side, "nan")) for side in ("xmin", "ymin", "xmax", "ymax"))
    bounds = pyogrio.read_info(packages["cells"], layer="areas", force_total_bounds=True)["total_bounds"]
    assert west < bounds[0] < bounds[2] < east
    assert south < bounds[1] < bounds[3] < north


# --- titles and meanings ------------------------------------------------------------------------------------


@every
def test_every_column_has_a_title_and_a_meaning(packages: Mapping[str, Path], name: str) -> None:
    package = packages[name]
    for (layer,) in rows(package, OURS):
        columns = {row[1] for row in rows(package, f"PRAGMA table_info({identifier(layer)})")} - {"fid", "geom"}
        told = rows(
            package, "SELECT column_name, title, description FROM gpkg_data_columns WHERE table_name = ?", layer
        )
        assert {column for column, title, text in told if title and text} == columns


@every
def test_every_value_of_a_column_of_keys_is_listed(packages: Mapping[str, Path], name: str) -> None:
    package = packages[name]
    query = "SELECT table_name, column_name, constraint_name FROM gpkg_data_columns WHERE constraint_name IS NOT NULL"
    kept = rows(package, query)
    assert ("units", "role", "role") in kept
    for layer, column, constraint in kept:
        listed = rows(
            package,
            "SELECT value FROM gpkg_data_column_constraints WHERE constraint_name = ? AND constraint_type = 'enum'",
            constraint,
        )
        values = rows(package, f"SELECT DISTINCT {identifier(column)} FROM {identifier(layer)}")
        assert {value for (value,) in values} - {None} <= {value for (value,) in listed}


def test_joined_events_occur_and_are_listed(packages: Mapping[str, Path]) -> None:
    events = {row[0] for row in rows(packages["changed"], "SELECT event FROM changes")}
    assert any("+" in event for event in events)
    query = "SELECT value, description FROM gpkg_data_column_constraints WHERE constraint_name = 'event'"
    told = dict(rows(packages["changed"], query))
    assert told["split+grown"] == "split and grown"


@pytest.mark.long
@pytest.mark.parametrize("language", ["da", "en"])
def test_layers_are_titled_in_the_language_of_the_designation(tmp_path: Path, language: str) -> None:
    package = written("cells", tmp_path, language)
    for name, title, text in rows(
        package, "SELECT table_name, identifier, description FROM gpkg_contents WHERE table_name <> 'layer_styles'"
    ):
        told = describe_layer(name, language)
        assert (title, text) == (told.title, told.text)


@every
def test_every_spatial_layer_is_indexed(packages: Mapping[str, Path], name: str) -> None:
    for layer, column in rows(packages[name], "SELECT table_name, column_name FROM gpkg_geometry_columns"):
        (counted,) = rows(packages[name], f'SELECT count(*) FROM "{layer}" WHERE "{column}" IS NOT NULL')
        assert rows(packages[name], f'SELECT count(*) FROM "rtree_{layer}_{column}"') == [counted]


# --- metadata -----------------------------------------------------------------------------------------------


def iso_of(package: Path) -> ET.Element:
    ((text,),) = rows(
        package,
        "SELECT metadata FROM gpkg_metadata JOIN gpkg_metadata_reference ON md_file_id = id "
        "WHERE md_standard_uri = ? AND md_scope = 'dataset' AND reference_scope = 'geopackage'",
        GMD,
    )
    return ET.fromstring(text.encode("utf-8"))


def texts(root: ET.Element, name: str) -> list[str]:
    return [found.findtext(f"{{{GCO}}}CharacterString", "") for found in root.iter(f"{{{GMD}}}{name}")]


@every
def test_metadata_say_what_it_was_made_of(packages: Mapping[str, Path], name: str) -> None:
    summary, root = summary_of(packages[name]), iso_of(packages[name])
    assert texts(root, "title") == ["Udpegede områder 2021" if name != "changed" else "Designated areas 2021"]
    (statement,) = texts(root, "statement")
    assert summary["policy"]["sha256"] in statement
    assert summary["version"] in statement
    sources = [text for text in texts(root, "description") if text]
    for read in summary["inputs"]:
        assert any(read["sha256"] in text and read["name"] in text for text in sources)
    assert len(texts(root, "useLimitation")[0]) > 20


def test_metadata_bound_the_areas_in_degrees(packages: Mapping[str, Path]) -> None:
    root = iso_of(packages["cells"])
    sides = {side.tag.split("}")[1]: float(side[0].text or "nan") for box in
             root.iter(f"{{{GMD}}}EX_GeographicBoundingBox") for side in box}  # fmt: skip
    frame = pyogrio.read_dataframe(packages["cells"], layer="areas").to_crs(4326)
    west, south, east, north = frame.total_bounds
    assert sides["westBoundLongitude"] <= west < east <= sides["eastBoundLongitude"]
    assert sides["southBoundLatitude"] <= south < north <= sides["northBoundLatitude"]
    assert east - west > 0.1 * (sides["eastBoundLongitude"] - sides["westBoundLongitude"])


@pytest.mark.long
def test_only_synthetic_data_are_free(tmp_path: Path) -> None:
    """Nobody has said what may be done with registers but whoever owns them."""
    told = {}
    for source in ("registers", "synthetic"):
        designation = made("cells", tmp_path / source)
        object.__setattr__(designation.inputs, "source", source)
        (package, _) = write_results(designation, tmp_path / source / "out", ("gpkg",))
        told[source] = texts(iso_of(package), "useLimitation")[0]
    assert "dataejeren" in told["registers"]
    assert told["synthetic"].startswith("Syntetiske data: ingen af beboerne findes")


# --- the file -----------------------------------------------------------------------------------------------


@pytest.mark.long
def test_the_same_designation_gives_the_same_bytes(tmp_path: Path) -> None:
    packages = [written("cells", tmp_path / folder) for folder in ("here", "there")]
    assert packages[0].read_bytes() == packages[1].read_bytes()


@every
def test_gdal_reads_it_without_a_warning(
    packages: Mapping[str, Path], name: str, recwarn: pytest.WarningsRecorder
) -> None:
    for layer, _ in pyogrio.list_layers(packages[name]):
        assert pyogrio.read_info(packages[name], layer=layer)["features"] >= 0
        pyogrio.read_dataframe(packages[name], layer=layer)
    assert not [str(warning.message) for warning in recwarn]


@functools.cache
def has_validator() -> bool:
    if not Path(SYSTEM_PYTHON).exists():
        return False
    command = [SYSTEM_PYTHON, "-c", "import osgeo_utils.samples.validate_gpkg"]
    return subprocess.run(command, capture_output=True, check=False, timeout=60).returncode == 0


@pytest.mark.long
@pytest.mark.skipif("not has_validator()", reason="GDAL's validate_gpkg (Debian's python3-gdal) is not installed")
@every
def test_it_keeps_to_the_standard(packages: Mapping[str, Path], name: str) -> None:
    """GDAL's own checker of the GeoPackage standard finds nothing."""
    done = subprocess.run(
        [SYSTEM_PYTHON, "-c", VALIDATE, str(packages[name])], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout == ""


@pytest.mark.long
@pytest.mark.parametrize("loss", [
    "DELETE FROM layer_styles WHERE f_table_name = 'areas'",
    "DELETE FROM gpkg_data_columns WHERE table_name = 'status'",
    "DELETE FROM qgis_projects",
    "DELETE FROM rtree_units_geom",
])  # fmt: skip
def test_a_file_that_came_out_incomplete_is_not_put_in_place(
    of_cells: Designation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loss: str
) -> None:
    import sqlite3

    def lossy(path: Path, summary: Mapping[str, Any]) -> None:
        dress_designation(path, summary)
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute(loss)

    monkeypatch.setattr(udsat_geo.files.geopackage, "dress_designation", lossy)
    with pytest.raises(OutputError, match="incomplete"):
        write_results(of_cells, tmp_path / "out", ("gpkg",))
    assert not (tmp_path / "out").exists()


def test_what_is_no_geopackage_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "other.gpkg").write_text("a text of some length, and no database " * 50)
    with pytest.raises(OSError, match=r"other\.gpkg could not be completed: file is not a database"):
        dress_comparison(tmp_path / "other.gpkg", "en", 2021)


@pytest.mark.long
def test_layers_alone_are_read_as_they_were_written(tmp_path: Path) -> None:
    import sqlite3

    path = tmp_path / "plain.gpkg"
    designation = made("addresses", tmp_path)
    for layer in each_layer(designation):
        write_layer(path, layer)
    with closing(sqlite3.connect(path)) as connection:
        contents = read_contents(connection)
    assert list(contents.layers) == ["areas", "units", "changes", "changed_units", "near_misses", "status"]
    assert contents.reference_system.code == "EPSG:25832"
    units, status = contents.layers["units"], contents.layers["status"]
    assert (units.geometry_column, units.is_point, units.columns[:2]) == ("geom", True, ("fid", "unit_id"))
    assert (status.is_spatial, status.extent) == (False, None)
    assert contents.layers["changes"].extent is None
