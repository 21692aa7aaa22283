"""The GeoPackage and the raster in a real QGIS, where one is installed (Debian's ``python3-qgis``).

Pictures are kept in the folder that the environment variable ``UDSAT_PICTURES`` names.
"""

from __future__ import annotations

import functools
import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from dressed_worlds import HOSTILE, KINDS, changed, hostile, rows, written
from edge_registers import write_edge_registers
from paths import REPOSITORY
from udsat_geo.designation.columns import describe_layer
from udsat_geo.designation.designation import Inputs, designate
from udsat_geo.designation.job import Job, run
from udsat_geo.files.earlier import store_of
from udsat_geo.files.iso19115 import GMD
from udsat_geo.files.qgis.classes import BETTER, WORSE
from udsat_geo.files.qgis.styles import TEMPLATES
from udsat_geo.files.write import write_results
from udsat_geo.policy.load import load_policy

# PyQGIS belongs to the system's own Python
PYTHON = "/usr/bin/python3"
ASKED = REPOSITORY / "tests" / "support" / "in_qgis.py"
PAPER = (255, 255, 255)
WATER = "#cfe2ee"
GREEN, INK = "#009e73", "#1a1a1a"

LOOK = """
import json, sys
from qgis.core import QgsApplication, QgsRasterLayer, QgsVectorLayer
application = QgsApplication([], False)
application.initQgis()
found = {}
for name in ("areas", "units", "changes", "status"):
    layer = QgsVectorLayer(f"{sys.argv[1]}|layername={name}", name, "ogr")
    found[name] = [layer.isValid(), layer.featureCount(), layer.crs().authid(), layer.extent().width()]
raster = QgsRasterLayer(sys.argv[2], "raster")
found["raster"] = [raster.isValid(), raster.bandCount()]
print("found:" + json.dumps(found), flush=True)
application.exitQgis()
"""
OWSLIB = """
import json, sys
from lxml import etree
from owslib.iso import MD_Metadata
told = MD_Metadata(etree.fromstring(open(sys.argv[1], "rb").read()))
one = told.identification[0] if isinstance(told.identification, list) else told.identification
print(json.dumps([told.languagecode, told.hierarchy, told.referencesystem.code, one.title, one.abstract,
                  one.uselimitation, one.date[0].date, one.bbox.minx, one.bbox.maxy,
                  told.dataquality.lineage, told.datestamp]))
"""


@functools.cache
def has_module(name: str) -> bool:
    if not Path(PYTHON).exists():
        return False
    return subprocess.run([PYTHON, "-c", f"import {name}"], capture_output=True, check=False).returncode == 0


in_qgis = pytest.mark.skipif(
    "not has_module('qgis.core')", reason="QGIS and its Python (python3-qgis) are not installed"
)


def environment(folder: Path) -> dict[str, str]:
    """What QGIS runs in: no screen, and none of the settings of whoever runs the tests."""
    own = {"QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": str(folder), "HOME": str(folder)}
    left_out = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
    return {**{name: value for name, value in os.environ.items() if name not in left_out}, **own}


def asked(question: str, package: Path, folder: Path, *more: str) -> dict[str, Any]:
    """What QGIS answers of a GeoPackage."""
    folder.mkdir(parents=True, exist_ok=True)
    answer = folder / f"{question}.json"
    done = subprocess.run(
        [PYTHON, str(ASKED), question, str(package), str(answer), *more],
        capture_output=True, text=True, env=environment(folder), timeout=180, check=False,
    )  # fmt: skip
    assert answer.exists(), done.stderr
    found: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
    return found


def pixels(picture: str) -> NDArray[np.uint8]:
    """Red, green and blue of each, shape (height, width, 3)."""
    return np.asarray(Image.open(picture).convert("RGB"))


def share(picture: NDArray[np.uint8], colour: str | tuple[int, int, int]) -> float:
    """The share of a picture's pixels that have a colour."""
    if isinstance(colour, str):
        colour = (int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16))
    return float((picture == np.array(colour, dtype=np.uint8)).all(axis=2).mean())


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("packages")
    found = {kind: written(kind, folder / kind) for kind in KINDS}
    return {**found, "changed": changed(folder / "changed"), "hostile": hostile(folder / "hostile")}


@pytest.mark.long
@in_qgis
def test_qgis_opens_every_layer_without_a_warning(tmp_path: Path) -> None:
    write_edge_registers(tmp_path / "registers")
    made = designate(2021, load_policy("kbh-2017"), Inputs(tmp_path / "registers", None, "registers"))
    package, raster, _ = write_results(made, tmp_path / "out", ("gpkg", "tif"))
    done = subprocess.run(
        [PYTHON, "-c", LOOK, str(package), str(raster)],
        capture_output=True,
        text=True,
        env=environment(tmp_path),
        timeout=120,
        check=False,
    )
    line = next((line for line in done.stdout.splitlines() if line.startswith("found:")), None)
    assert line is not None, done.stderr
    found = json.loads(line.removeprefix("found:"))
    assert found["areas"][:3] == [True, len(made.areas), "EPSG:25832"]
    assert found["units"][:3] == [True, len(made.units), "EPSG:25832"]
    assert found["units"][3] > 0
    assert found["changes"][:2] == [True, 0]
    assert found["status"][:2] == [True, 5]
    assert found["raster"] == [True, 7]
    assert "GeoPackage" not in done.stderr


# --- layers, each by itself ---------------------------------------------------------------------------------


@pytest.mark.long
@in_qgis
@pytest.mark.parametrize("kind", KINDS)
def test_each_layer_opens_in_its_style(packages: Mapping[str, Path], tmp_path: Path, kind: str) -> None:
    found = asked("layers", packages[kind], tmp_path)
    assert all(layer["valid"] for layer in found.values())
    by = "criteria_exceeded" if kind == "zones" else "composite"
    drawn = {name: (layer["renderer"], layer["column"]) for name, layer in found.items()}
    assert drawn == {
        "areas": ("graduatedSymbol", by),
        "units": ("graduatedSymbol", by),
        "changes": ("RuleRenderer", None),
        "changed_units": ("categorizedSymbol", "event"),
        "near_misses": ("singleSymbol", None),
        "status": (None, None),
    }
    assert found["areas"]["labels"] == [["number", '"number"', 0, 30000], ["name", '"name"', 30000, 0]]
    assert found["areas"]["styles"] == ["kriterier" if kind == "zones" else "score", "omrids"]
    assert found["units"]["styles"][1:] == ["rolle", "baggrund"]
    assert found["status"]["styles"] == ["felter"]


@pytest.mark.long
@in_qgis
def test_classes_are_those_of_the_policy(packages: Mapping[str, Path], tmp_path: Path) -> None:
    found = asked("layers", packages["cells"], tmp_path)
    classes = found["units"]["classes"]
    assert [colour for _, _, colour in classes] == [*BETTER, *WORSE]
    assert [label for _, label, _ in classes][3:5] == [
        "0,5 til 1,0 (fra kantgrænsen)",
        "1,0 til 1,5 (fra kernegrænsen)",
    ]
    assert classes[4][0][0] == 1.0
    assert classes[3][0][1] < 1.0
    assert ["\"event\" LIKE '%split%'", "delt"] in [one[:2] for one in found["changes"]["classes"]]


@pytest.mark.long
@in_qgis
def test_fields_are_titled_and_values_read_well(packages: Mapping[str, Path], tmp_path: Path) -> None:
    """In Danish: the language of the designation and, of the numbers, of this QGIS."""
    found = asked("layers", packages["cells"], tmp_path)
    areas, units, status = found["areas"]["fields"], found["units"]["fields"], found["status"]["fields"]
    assert areas["rate_low_income"][0] == "Andel med lav indkomst (andel 0–1)"
    assert areas["rate_dwelling_area"][0] == "Boligareal pr. beboer (m2)"
    assert areas["since"] == ["Udpeget siden", "ValueMap", "2021"]
    assert areas["residents"][2] == "2.007"
    assert len(areas["composite"][2]) == len("1,11")
    assert units["role"][1:] == ["ValueMap", "uden for områderne"]
    assert status["criterion"][2] == "Boligareal pr. beboer"
    assert all(title for layer in found.values() for name, (title, _, _) in layer["fields"].items() if name != "fid")
    assert found["areas"]["hidden"] == ["fid", "exceeded"]
    for name, layer in found.items():
        told = describe_layer(name, "da")
        assert (layer["title"], layer["abstract"]) == (told.title, told.text)


@pytest.mark.long
@in_qgis
def test_map_tips_tell_of_a_place_and_follow_no_markup(packages: Mapping[str, Path], tmp_path: Path) -> None:
    told = asked("layers", packages["cells"], tmp_path / "cells")["areas"]["tip"]
    assert told.startswith("<b>Område 1</b><br>Beboere: 2.007<br>Samlet score: 1,11<br>Udpeget siden: 2021<br>")
    assert "kerneenheder" in told
    of_label = asked("layers", packages["hostile"], tmp_path / "hostile")["areas"]["tip"]
    assert "<script>" not in of_label
    assert "&lt;script&gt;alert(1)&lt;/script&gt;]]&gt; &amp;amp; [% 1/0 %]" in of_label


@pytest.mark.long
@in_qgis
def test_a_hostile_label_is_shown_as_it_stands(packages: Mapping[str, Path], tmp_path: Path) -> None:
    found = asked("layers", packages["hostile"], tmp_path)
    assert found["areas"]["fields"]["rate_low_income"][0] == f"{HOSTILE} (andel 0–1)"
    of_project = asked("project", packages["hostile"], tmp_path, str(tmp_path), "hostile")
    assert of_project["read"]
    assert all(valid for valid, *_ in of_project["layers"].values())
    assert of_project["sheets"]["Kort og status"][2] == [0, 0]


@pytest.mark.long
@in_qgis
def test_a_comparison_opens_styled(tmp_path: Path) -> None:
    from click.testing import CliRunner

    from two_years import write_town
    from udsat_geo.cli.main import udsat

    write_town(tmp_path)
    before, now = (str(tmp_path / "out" / f"designation_{year}.gpkg") for year in (2017, 2021))
    arguments = ["diff", before, now, "--language", "en", "--out", str(tmp_path / "changes.gpkg")]
    done = CliRunner().invoke(udsat, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    first = (tmp_path / "changes.gpkg").read_bytes()
    CliRunner().invoke(udsat, arguments, catch_exceptions=False)
    assert (tmp_path / "changes.gpkg").read_bytes() == first
    found = asked("layers", tmp_path / "changes.gpkg", tmp_path)
    assert [layer["renderer"] for layer in found.values()] == ["RuleRenderer", "categorizedSymbol", None]
    assert found["changes"]["fields"]["residents_added"][0] == "Residents added"
    assert found["changed_units"]["classes"][0][1] == "added"
    assert found["links"]["fields"]["share_of_area"][:2] == ["Share of present (fraction 0–1)", "Range"]


# --- the project --------------------------------------------------------------------------------------------


@pytest.mark.long
@in_qgis
@pytest.mark.parametrize("kind", KINDS)
def test_the_project_opens_with_every_layer(packages: Mapping[str, Path], tmp_path: Path, kind: str) -> None:
    found = asked("project", packages[kind], tmp_path, str(tmp_path), kind)
    assert (found["read"], found["error"], found["crs"]) == (True, "", "EPSG:25832")
    assert (found["name"], found["title"]) == ("Kort over udpegning 2021", "Udpegede områder 2021")
    assert all(valid and source.startswith(f"{packages[kind]}|") for valid, source, *_ in found["layers"].values())
    assert found["groups"] == {
        "Ændringer": [False, ["Ændringer", "Ændrede enheder"]],
        "Udpegning 2021": [True, ["Udpegede områder", "Næsten udpeget", "Enheder"]],
        "Tabeller": [True, ["Status"]],
    }
    assert found["layers"]["Udpegede områder"][2] == "omrids"
    assert all("fastsættes af" in text for texts in found["licences"] for text in texts)
    image, document, done = found["sheets"].pop("Kort og status")
    assert not found["sheets"]
    assert done == [0, 0]
    for picture in [*found["pictures"].values(), image]:
        assert share(pixels(picture), PAPER) < 0.995
    assert Path(document).read_bytes().startswith(b"%PDF")


@pytest.mark.long
@in_qgis
def test_the_project_is_moved_with_its_file_but_not_renamed(packages: Mapping[str, Path], tmp_path: Path) -> None:
    """QGIS keeps a layer's source relative to the project by the name of its file, here the GeoPackage itself.

    Under another name the styles are there still, layer by layer.
    """
    moved, renamed = tmp_path / "a folder with æ" / "designation_2021.gpkg", tmp_path / "other.gpkg"
    moved.parent.mkdir()
    shutil.copy(packages["cells"], moved)
    shutil.copy(packages["cells"], renamed)
    found = asked("project", moved, tmp_path / "moved", str(tmp_path), "moved")
    assert all(valid and source.startswith(str(moved)) for valid, source, *_ in found["layers"].values())
    lost = asked("project", renamed, tmp_path / "renamed", str(tmp_path), "renamed")
    assert lost["read"]
    assert not any(valid for valid, *_ in lost["layers"].values())
    alone = asked("layers", renamed, tmp_path / "alone")
    assert alone["units"]["renderer"] == "graduatedSymbol"


@pytest.mark.long
@in_qgis
def test_an_analyst_can_save_styles_and_the_project_over_ours(packages: Mapping[str, Path], tmp_path: Path) -> None:
    mine = tmp_path / "designation_2021.gpkg"
    shutil.copy(packages["cells"], mine)
    found = asked("save", mine, tmp_path / "saved")
    assert found["written"]
    assert found["styles"] == ["my own", "omrids", "score"]
    assert found["projects"] == ["Kort over udpegning 2021"]
    ((counted,),) = rows(mine, "SELECT feature_count FROM gpkg_ogr_contents WHERE table_name = 'layer_styles'")
    assert [(counted,)] == rows(mine, "SELECT count(*) FROM layer_styles")
    again = asked("project", mine, tmp_path / "again", str(tmp_path), "again")
    assert again["title"] == "my own"
    assert all(valid for valid, *_ in again["layers"].values())
    assert again["sheets"]["Kort og status"][2] == [0, 0]
    # as it was: the scale bar still stands before the map
    before = asked("project", packages["cells"], tmp_path / "before", str(tmp_path), "before")
    sheets = [pixels(found["sheets"]["Kort og status"][0]) for found in (before, again)]
    assert (sheets[0] == sheets[1]).mean() > 0.9999


@pytest.mark.long
@in_qgis
def test_qgis_opens_every_template(packages: Mapping[str, Path], tmp_path: Path) -> None:
    """As they are kept, beside a GeoPackage of the name that they give: so they are drawn anew in QGIS."""
    folder = tmp_path / "templates"
    shutil.copytree(TEMPLATES, folder)
    shutil.copy(packages["changed"], folder / "designation.gpkg")
    found = asked("templates", packages["addresses"], tmp_path, str(folder))
    assert found["project"]
    assert {name for name, valid in found["layers"].items() if not valid} == {
        "Decisions",
        "Ground",
        "Roads and railways",
    }
    # a small town has no ground: its styles are opened with the city's
    assert {name for name, done in found["styles"].items() if not done} == {"ground.qml", "ground_lines.qml"}
    assert found["sheets"] == {"sheet_of_areas.qpt": 15, "sheet_of_changes.qpt": 13}


@pytest.mark.long
@in_qgis
def test_what_changed_is_drawn_over_the_units(packages: Mapping[str, Path], tmp_path: Path) -> None:
    found = asked("project", packages["changed"], tmp_path, str(tmp_path), "changed")
    assert found["groups"]["Changes since 2017"] == [False, ["Changes", "Changed units"]]
    assert share(pixels(found["pictures"]["Changes"]), GREEN) > 0.01
    image, _, done = found["sheets"]["Map and changes"]
    assert done == [0, 0]
    assert share(pixels(image), GREEN) > 0.01
    assert "Changes from 2017 to 2021" in found["texts"]
    (counted,) = [text for text in found["texts"] if text.startswith("Areas: ")]
    assert re.search(r"Areas: 5 added, .*\. Residents: [\d,]+ come in, [\d,]+ gone out\.", counted)


@pytest.mark.long
@in_qgis
def test_the_synthetic_copenhagen_makes_a_map_to_print(tmp_path: Path) -> None:
    """Its pictures are those of the documentation."""
    kept = Path(os.environ.get("UDSAT_PICTURES", tmp_path))
    kept.mkdir(parents=True, exist_ok=True)
    made = run(Job(2025, load_policy("kbh-2017"), store=store_of(tmp_path / "out")))
    (package, _) = write_results(made, tmp_path / "out", ("gpkg",))
    found = asked("project", package, tmp_path, str(tmp_path), "city")
    names = {"Udpegning": "qgis_composite", "Roller": "qgis_roles", "Ændringer": "qgis_changes",
             "Områder efter score": "qgis_areas"}  # fmt: skip
    pictures = {}
    for theme, name in names.items():
        shutil.copy(found["pictures"][theme], kept / f"{name}.png")
        pictures[name] = pixels(str(kept / f"{name}.png"))
    for name, kept_name in (("Kort og status", "qgis_sheet"), ("Kort og ændringer", "qgis_sheet_of_changes")):
        shutil.copy(found["sheets"][name][0], kept / f"{kept_name}.png")
    sheet = pixels(str(kept / "qgis_sheet.png"))
    assert all(share(pictures["qgis_composite"], colour) > 0.001 for colour in (*BETTER, *WORSE))
    assert all(share(pictures["qgis_areas"], colour) > 0.01 for colour in WORSE[2:4])
    assert share(pictures["qgis_roles"], "#0b3c5d") > share(pictures["qgis_roles"], "#56b4e9") > 0.005
    assert share(pictures["qgis_changes"], GREEN) > 0.0005
    assert all(share(picture, WATER) > 0.02 for picture in pictures.values()), "they lie in no void"
    assert all(share(sheet, colour) > 0.001 for colour in (*BETTER, *WORSE, INK))
    assert any("SYNTETISKE DATA" in text for text in found["texts"])
    assert any("det syntetiske København" in text for text in found["texts"])


@pytest.mark.long
@pytest.mark.skipif("not has_module('owslib.iso')", reason="OWSLib (Debian's python3-owslib) is not installed")
def test_another_reader_understands_the_metadata(packages: Mapping[str, Path], tmp_path: Path) -> None:
    """OWSLib, which catalogues use."""
    ((text,),) = rows(packages["cells"], "SELECT metadata FROM gpkg_metadata WHERE md_standard_uri = ?", GMD)
    (tmp_path / "iso.xml").write_text(text, encoding="utf-8")
    done = subprocess.run(
        [PYTHON, "-c", OWSLIB, str(tmp_path / "iso.xml")], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    language, level, system, title, abstract, limits, date, west, north, lineage, stamp = json.loads(done.stdout)
    assert (language, level, system, title) == ("dan", "dataset", "25832", "Udpegede områder 2021")
    assert "kbh-2017" in abstract
    assert "dataejeren" in limits[0]
    assert (date, stamp) == ("2021", "2021-12-31")
    assert 10 < float(west) < 15
    assert 50 < float(north) < 60
    assert "SHA-256" in lineage
