"""The plugin in a real QGIS, where one is installed: the same results as the command line, and what it says."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from shutil import copytree
from typing import Any

import geopandas as gpd
import pytest

from qgis_sessions import Profile, contents, has_qgis, launcher, program
from two_years import write_polygons, write_town

pytestmark = pytest.mark.skipif(not has_qgis(), reason="QGIS with its Python and Processing (python3-qgis) is not here")

AWKWARD = 'byen\'s "røde" område, æøå'
"""A folder as people name them."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("qgis")


@pytest.fixture(scope="module")
def profile(home: Path) -> Profile:
    return Profile(home / "profile", launcher(home / "program med mellemrum"))


@pytest.fixture(scope="module")
def town(home: Path) -> Path:
    """Registers, policies and designations of two years, in a folder with an awkward name."""
    folder = home / AWKWARD
    folder.mkdir()
    write_town(folder)
    return folder


def by_command(profile: Profile, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """The same on the command line, by the same program."""
    command = [str(profile.program), *(str(argument) for argument in arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done


def values_of(town: Path, out: Path, **more: Any) -> dict[str, Any]:
    """What designates 2021 in the town."""
    return {"YEAR": 2021, "POLICY_FILE": town / "town.toml", "RAW": town / "raw", "OUTPUT": out} | more


def test_the_three_algorithms_are_there(profile: Profile) -> None:
    done = profile.qgis_process("list")
    assert done.returncode == 0, done.stderr
    for line in ("udsat_geo:designate\tDesignate areas", "udsat_geo:diff\tCompare two", "udsat_geo:status\tStatus of"):
        assert line in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


# --- the same results as on the command line ----------------------------------------------------------------


def test_designate_gives_the_bytes_of_the_command_line(profile: Profile, town: Path, tmp_path: Path) -> None:
    here, there = tmp_path / AWKWARD, tmp_path / "there"
    done = profile.run("designate", values_of(town, here, LANGUAGE="da"))
    assert done.returncode == 0, done.stdout + done.stderr
    policy = ("--policy", town / "town.toml", "--raw", town / "raw")
    by_command(profile, "designate", "--year", "2021", *policy, "--out", there, "--lang", "da")
    assert sorted(contents(here)) == ["designation_2021.gpkg", "designation_2021.json", "designation_2021.tif"]
    assert contents(here) == contents(there)
    summary = json.loads((here / "designation_2021.json").read_text(encoding="utf-8"))
    assert f"AREA_COUNT:\t{len(summary['areas'])}" in done.stdout
    assert f"UNITS_SCORED:\t{here / 'designation_2021.gpkg'}|layername=units" in done.stdout
    assert "2021: danner områder" in done.stdout
    assert "designation_2021.tif" in done.stdout


def test_without_registers_it_is_the_synthetic_city_and_says_so(profile: Profile, tmp_path: Path) -> None:
    done = profile.run("designate", {"YEAR": 2017, "PREVIOUS": "none", "FORMATS": "gpkg", "OUTPUT": tmp_path})
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARNING:\tNo registers are named: this runs on the synthetic Copenhagen" in done.stdout
    assert json.loads((tmp_path / "designation_2017.json").read_text(encoding="utf-8"))["source"] == "synthetic"
    assert "RASTER" not in done.stdout


def test_diff_gives_the_bytes_of_the_command_line(profile: Profile, town: Path, tmp_path: Path) -> None:
    before, now = (town / "out" / f"designation_{year}.gpkg" for year in (2017, 2021))
    here, there = tmp_path / "her" / "ændret.gpkg", tmp_path / "there" / "ændret.gpkg"
    # any layer of a designation stands for all of it
    done = profile.run("diff", {"BEFORE": f"{before}|layername=units", "NOW": now, "OUTPUT": here})
    assert done.returncode == 0, done.stdout + done.stderr
    said = by_command(profile, "diff", before, now, "--lang", "en", "--out", there).stdout
    assert here.read_bytes() == there.read_bytes()
    assert contents(here.parent).keys() == {here.name}
    assert said.splitlines()[0] in done.stdout
    assert f"LINKS:\t{here}|layername=links" in done.stdout


def test_status_gives_the_bytes_of_the_command_line(profile: Profile, town: Path, tmp_path: Path) -> None:
    here, there = tmp_path / "her", tmp_path / "there"
    areas = town / "out" / "designation_2017.gpkg"
    shared = {"POLICY_FILE": town / "town.toml", "RAW": town / "raw", "OUTPUT": here}
    done = profile.run("status", {"AREAS": areas, "YEARS": "2017, 2021", "UPDATED_YEAR": 2021} | shared)
    assert done.returncode == 0, done.stdout + done.stderr
    options = ("--areas", areas, "--years", "2017,2021", "--updated", "2021", "--policy", town / "town.toml")
    by_command(profile, "status", *options, "--raw", town / "raw", "--lang", "en", "--out", there)
    assert contents(here) == contents(there)
    page = next(line.split("\t")[1] for line in done.stdout.splitlines() if line.startswith("HTML:"))
    assert page.endswith("status.html")


# --- what is at fault is said ---------------------------------------------------------------------------------


def test_wrong_input_is_answered_in_the_program_s_words(profile: Profile, town: Path, tmp_path: Path) -> None:
    nowhere = tmp_path / "ikke her"
    faults: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
        (
            "designate",
            values_of(town, tmp_path / "out", YEAR=2040),
            ("“Year” 2040: the policy town holds for 2017-2028",),
        ),
        ("designate", values_of(town, tmp_path / "out", RAW=nowhere), (f"{nowhere}: no such folder",)),
        ("designate", values_of(town, tmp_path / "out", FORMATS="docx"), ("“File formats”: unknown format docx",)),
        ("designate", values_of(town, tmp_path / "out", SEED=-1), ("SEED",)),
        (
            "status",
            {"AREAS_YEAR": 2017, "YEARS": "2017,x,y", "RAW": town / "raw", "OUTPUT": tmp_path / "out"},
            ("“Years to measure”: 'x' is no year", "'y' is no year"),
        ),
        ("status", {"YEARS": "2017", "OUTPUT": tmp_path / "out"}, ("Name either “Areas: a layer” or",)),
    ]
    for algorithm, values, told in faults:
        done = profile.run(algorithm, values)
        said = done.stdout + done.stderr
        assert done.returncode != 0, said
        assert all(piece in said for piece in told), said
        assert "Traceback" not in said
        assert "Usage" not in said
    assert not (tmp_path / "out").exists()


NOT_OURS = "print('something else, version 7.0.0')"
TOO_OLD = "print('udsat_geo, version 0.0.9')"
BREAKS = """
import sys
if sys.argv[1] == '--version':
    print('udsat_geo, version 0.1.0')
else:
    raise ZeroDivisionError('a fault of ours')
"""


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        (None, "The program udsat_geo was not found. Install it with “pip install udsat_geo”"),
        ("missing", "The program udsat_geo is not here"),
        (NOT_OURS, "is not the program udsat_geo (it answers: something else, version 7.0.0)"),
        (TOO_OLD, "is version 0.0.9, and at least 0.1.0 is needed. Upgrade it"),
        (BREAKS, "udsat_geo stopped on a fault of its own (exit code 1); nothing was written."),
    ],
    ids=["no program", "a wrong path", "another program", "an old one", "one that breaks"],
)
def test_a_program_that_cannot_do_it_is_said(tmp_path: Path, setting: str | None, told: str) -> None:
    path = None if setting is None else tmp_path / "bin" / "udsat"
    if path is not None and setting is not None and setting != "missing":
        program(path, setting)
    done = Profile(tmp_path / "profile", path).run("designate", {"YEAR": 2025, "OUTPUT": tmp_path / "out"}, PATH="/bin")
    assert done.returncode != 0
    assert told in done.stderr
    assert "synthetic" not in done.stdout or setting == BREAKS
    # a fault of ours alone keeps its traceback
    assert ("Traceback" in done.stdout + done.stderr) == (setting == BREAKS)
    assert not (tmp_path / "out").exists()


def test_without_a_setting_it_is_found_on_the_path(home: Path, tmp_path: Path) -> None:
    profile = Profile(tmp_path / "profile", None)
    path = f"{launcher(tmp_path / 'bin').parent}:/usr/bin:/bin"
    done = profile.run("designate", {"YEAR": 2040, "OUTPUT": tmp_path / "out"}, PATH=path)
    assert "the policy kbh-2017 holds for 2017-2028" in done.stderr


# --- in a session ---------------------------------------------------------------------------------------------

RUN = """
values, = arguments
feedback = Feedback()
context = QgsProcessingContext()
context.setProject(QgsProject.instance())
results = processing.run("udsat_geo:designate", values, feedback=feedback, context=context)
answer({"results": results, "said": feedback.said, "loaded": list(context.layersToLoadOnCompletion())})
"""


def test_a_script_gets_results_messages_and_progress(profile: Profile, town: Path, tmp_path: Path) -> None:
    values = {name: str(value) for name, value in values_of(town, tmp_path, LANGUAGE="en").items()}
    found = profile.session(RUN, values | {"YEAR": 2021})
    package = str(tmp_path / "designation_2021.gpkg")
    assert found["results"]["AREAS"] == f"{package}|layername=areas"
    areas = gpd.read_file(package, layer="areas")
    assert found["results"]["AREA_COUNT"] == len(areas) > 0
    assert found["results"]["RESIDENTS_IN_AREAS"] == areas["residents"].sum()
    said = found["said"]
    assert said["step"][-2:] == ["2021: comparing", "2021: writing"]
    assert said["progress"] == sorted(said["progress"])
    assert 0 < said["progress"][1] < 95
    assert said["progress"][-1] == 100
    assert any(line.startswith("Areas 2021") for line in said["info"])
    assert said["error"] == said["warning"] == []
    assert found["loaded"] == [f"{package}|layername={table}" for table in ("areas", "changes", "status", "units")]


LOAD = """
values, = arguments
import udsat_geo.algorithm
from qgis.PyQt.QtGui import QColor
COLOURS = {"areas": "#aa0000", "changes": "#00bb00", "units": "#0000cc"}
run = udsat_geo.algorithm.run


def run_and_style(*given):
    done = run(*given)
    for name, colour in COLOURS.items():
        layer = QgsVectorLayer(f"{values['OUTPUT']}/designation_2021.gpkg|layername={name}", name, "ogr")
        layer.renderer().symbol().setColor(QColor(colour))
        layer.saveStyleToDatabase("udsat_geo", "", True, "")
    return done


udsat_geo.algorithm.run = run_and_style
other = QgsVectorLayer("Point?crs=EPSG:25832", "other", "memory")
QgsProject.instance().addMapLayer(other)
processing.runAndLoadResults("udsat_geo:designate", values)
tree = [layer.layer() for layer in QgsProject.instance().layerTreeRoot().children()]
shown = {layer.source().split("layername=")[-1]: layer for layer in tree}
# nobody but the plugin asks for the style: Processing itself makes one up
context = QgsProcessingContext()
plain = QgsProcessingUtils.mapLayerFromString(shown["areas"].source(), context)
answer({
    "names": [layer.name() for layer in tree],
    "colours": {name: shown[name].renderer().symbol().color().name() for name in COLOURS},
    "plain": plain.renderer().symbol().color().name(),
    "features": shown["areas"].featureCount(),
})
"""


def test_layers_are_loaded_in_the_style_of_their_file(profile: Profile, town: Path, tmp_path: Path) -> None:
    values = {name: str(value) for name, value in values_of(town, tmp_path).items()}
    found = profile.session(LOAD, values | {"YEAR": 2021})
    assert found["colours"] == {"areas": "#aa0000", "changes": "#00bb00", "units": "#0000cc"}
    assert found["plain"] != "#aa0000"
    # areas above units, tables last, and what was there before stays
    assert found["names"] == [
        "Areas 2021", "Changes since the previous designation 2021", "Units 2021",
        "The areas against the rest of the city 2021", "other",
    ]  # fmt: skip
    assert found["features"] == len(gpd.read_file(tmp_path / "designation_2021.gpkg", layer="areas"))


LAYERS = """
values, path, out = arguments
drawn = QgsVectorLayer(f"{path}|layername=tegnet", "tegnede områder", "ogr")
fields = "field=fid:integer&field=name:string(20)"
memory = QgsVectorLayer(f"Polygon?crs=EPSG:25832&{fields}", "tegnet / i hukommelsen", "memory")
memory.dataProvider().addFeatures(list(drawn.getFeatures()))
filtered = QgsVectorLayer(drawn.source(), "filtered", "ogr")
filtered.setSubsetString("name = 'a'")
QgsProject.instance().addMapLayers([drawn, memory, filtered])
results = {}
for name, layer in (("file", drawn), ("first", path), ("memory", memory), ("filtered", filtered)):
    feedback = Feedback()
    done = processing.run("udsat_geo:diff", {**values, "NOW": layer, "OUTPUT": f"{out}/{name}.gpkg"}, feedback=feedback)
    changes = QgsVectorLayer(done["CHANGES"], "changes", "ogr")
    rows = [[str(one["area_id"]), one["residents_kept"], one["residents_added"]] for one in changes.getFeatures()]
    results[name] = {
        "rows": sorted(rows),
        "said": feedback.said["info"][0],
    }
answer(results)
"""


def test_layers_of_a_project_are_read_as_they_are_there(profile: Profile, town: Path, tmp_path: Path) -> None:
    """One in memory and one with a filter as much as a file; of a file with several, the one that is shown."""
    west, south, east, north = gpd.read_file(town / "out" / "designation_2021.gpkg", layer="areas").total_bounds
    middle = (west + east) / 2
    boxes = [(west, south, middle, north), (middle, south, east, north)]
    drawn = write_polygons(tmp_path / "først.gpkg", ["c"], boxes[:1])
    gpd.read_file(write_polygons(tmp_path / "x.gpkg", ["a", "b"], boxes)).to_file(drawn, layer="tegnet")
    values = {"BEFORE": str(town / "out" / "designation_2017.gpkg")}
    found = profile.session(LAYERS, values, drawn, tmp_path)
    assert found["memory"]["rows"] == found["file"]["rows"]
    assert len(found["file"]["rows"]) > len(found["filtered"]["rows"])
    assert (
        found["memory"]["said"] == "The layer tegnet / i hukommelsen was written to a temporary file for the program."
    )
    assert "filtered" in found["filtered"]["said"]
    assert "temporary" not in found["file"]["said"] + found["first"]["said"]
    assert [row[0] for row in found["first"]["rows"] if row[0] in "abc"] == ["c"]


DECISIONS = """
values, unit, out = arguments
fields = "&".join(f"field={name}:string(80)" for name in ("unit_id", "action", "reason", "decided_by", "date"))
decisions = QgsVectorLayer(f"NoGeometry?{fields}", "beslutninger", "memory")
decision = QgsFeature(decisions.fields())
decision.setAttributes([unit, "include", 'rækkehuse, "nye"', "byrådet", "2021-03-31"])
decisions.dataProvider().addFeatures([decision])
barrier = QgsVectorLayer("LineString?crs=EPSG:25832&field=navn:string(20)", "jernbane", "memory")
line = QgsFeature(barrier.fields())
line.setAttributes(["Ringbanen"])
line.setGeometry(QgsGeometry.fromWkt("LineString (720000 6175000, 720000 6177000)"))
barrier.dataProvider().addFeatures([line])
QgsProject.instance().addMapLayers([decisions, barrier])
for name in ("first", "second"):
    given = {**values, "OVERRIDES": decisions, "BARRIERS": barrier, "OUTPUT": f"{out}/{name}", "LANGUAGE": "da"}
    processing.run("udsat_geo:designate", given, feedback=Feedback())
answer({})
"""


def test_decisions_and_barriers_are_drawn_in_the_project(profile: Profile, town: Path, tmp_path: Path) -> None:
    units = gpd.read_file(town / "out" / "designation_2021.gpkg", layer="units")
    unit = str(units.loc[units["area_id"].isna(), "unit_id"].iloc[0])
    values = {name: str(value) for name, value in values_of(town, tmp_path).items()}
    profile.session(DECISIONS, values | {"YEAR": 2021, "PREVIOUS": "none"}, unit, tmp_path)
    # a layer that is written out for the program is the same bytes each time, and so is the result
    assert contents(tmp_path / "first") == contents(tmp_path / "second")
    package = tmp_path / "first" / "designation_2021.gpkg"
    decided = gpd.read_file(package, layer="units").set_index("unit_id").loc[unit]
    assert decided["reason"] == 'medtaget ved beslutning: rækkehuse, "nye" (byrådet, 2021-03-31)'
    summary = json.loads(package.with_suffix(".json").read_text(encoding="utf-8"))
    named = {entry["name"] for entry in summary["inputs"]}
    assert {"beslutninger.csv", "jernbane.fgb"} <= named
    assert any(note.startswith("Barrierer skiller") for note in summary["notes"])


CANCEL = """
import threading
values, = arguments


class Impatient(Feedback):
    def setProgressText(self, text):
        super().setProgressText(text)
        if len(self.said["step"]) == 6:
            threading.Timer(0.05, self.cancel).start()


feedback = Impatient()
results = processing.run("udsat_geo:designate", values, feedback=feedback)
answer({"results": results, "said": feedback.said})
"""


def test_a_cancelled_run_leaves_the_folder_as_it_was(profile: Profile, town: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    copytree(town / "out", out)
    before = contents(out)
    found = profile.session(CANCEL, {"YEAR": 2025, "OUTPUT": str(out), "LANGUAGE": "en"})
    assert found["results"] == {}
    assert found["said"]["info"][-2] == "Cancelled: nothing was written."
    assert "2025: writing" not in found["said"]["step"]
    assert contents(out) == before
    assert not [path.name for path in out.iterdir() if path.name.startswith(".")]


MODEL = """
values, = arguments
model = QgsProcessingModelAlgorithm("model", "tests")
designate = QgsProcessingModelChildAlgorithm("udsat_geo:designate")
designate.setChildId("designate")
static = QgsProcessingModelChildParameterSource.fromStaticValue
for name, value in {**values, "LOAD": []}.items():
    designate.addParameterSources(name, [static(value)])
model.addChildAlgorithm(designate)
centroids = QgsProcessingModelChildAlgorithm("native:centroids")
centroids.setChildId("centroids")
centroids.addParameterSources("INPUT", [QgsProcessingModelChildParameterSource.fromChildOutput("designate", "AREAS")])
centroids.addParameterSources("ALL_PARTS", [static(False)])
output = QgsProcessingModelOutput("points", "points")
output.setChildOutputName("OUTPUT")
centroids.setModelOutputs({"points": output})
model.addChildAlgorithm(centroids)
context = QgsProcessingContext()
context.setProject(QgsProject.instance())
results, ok = model.run({"centroids:points": "memory:"}, context, Feedback())
layer = context.getMapLayer(results["centroids:points"])
answer({"ok": ok, "points": layer.featureCount(), "loaded": list(context.layersToLoadOnCompletion())})
"""


def test_a_model_goes_on_with_the_areas(profile: Profile, town: Path, tmp_path: Path) -> None:
    values = {name: str(value) for name, value in values_of(town, tmp_path).items()}
    found = profile.session(MODEL, values | {"YEAR": 2021})
    areas = gpd.read_file(tmp_path / "designation_2021.gpkg", layer="areas")
    assert found == {"ok": True, "points": len(areas), "loaded": []}
