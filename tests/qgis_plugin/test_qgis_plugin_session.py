"""The plugin in PyQGIS: scripts, layers of a project, cancelling, models."""

from __future__ import annotations

import json
from pathlib import Path
from shutil import copytree
from typing import Any

import geopandas as gpd
import pytest

from qgis_sessions import Profile, contents, has_qgis, values_of  # noqa: F401 - asked in the condition below
from two_years import write_polygons

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif("not has_qgis()", reason="QGIS with its Python and Processing (python3-qgis) is not here"),
]

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
        layer.setRenderer(QgsSingleSymbolRenderer(QgsSymbol.defaultSymbol(layer.geometryType())))
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


AS_WRITTEN = """
values, = arguments
processing.runAndLoadResults("udsat_geo:designate", values)
answer({
    layer.source().split("layername=")[-1]: [layer.renderer().type(), layer.labelsEnabled()]
    for layer in QgsProject.instance().mapLayers().values()
    if layer.isSpatial()
})
"""


def test_layers_have_the_styles_that_the_package_brings(profile: Profile, town: Path, tmp_path: Path) -> None:
    values = {name: str(value) for name, value in values_of(town, tmp_path).items()}
    found = profile.session(AS_WRITTEN, values | {"YEAR": 2021})
    assert found == {
        "areas": ["graduatedSymbol", True], "units": ["graduatedSymbol", False], "changes": ["RuleRenderer", True],
    }  # fmt: skip


AGAIN = """
values, harder = arguments
package = f"{values['OUTPUT']}/designation_2021.gpkg"


def shown():
    layers = {layer.source().split("layername=")[-1]: layer for layer in QgsProject.instance().mapLayers().values()}
    return {name: sorted(one.id() for one in layer.getFeatures()) for name, layer in layers.items()}


def stored():
    layers = {name: QgsVectorLayer(f"{package}|layername={name}", name, "ogr") for name in shown()}
    return {name: sorted(one.id() for one in layer.getFeatures()) for name, layer in layers.items()}


processing.runAndLoadResults("udsat_geo:designate", values)
QgsProject.instance().addMapLayer(QgsVectorLayer(f"{package}|layername=near_misses", "near", "ogr"))
found = {"first": [shown(), stored()]}
areas = QgsProject.instance().mapLayersByName("Areas 2021")[0]
areas.startEditing()
areas.changeAttributeValue(1, areas.fields().indexOf("name"), "edited")
feedback = Feedback()
try:
    processing.run("udsat_geo:designate", {**values, "POLICY_FILE": harder}, feedback=feedback)
except QgsProcessingException:
    pass
found["refused"] = [feedback.said["error"], shown(), stored()]
areas.commitChanges()
processing.runAndLoadResults("udsat_geo:designate", {**values, "POLICY_FILE": harder})
found["second"] = [shown(), stored()]
answer(found)
"""


def test_results_that_are_in_the_project_already_are_shown_anew(profile: Profile, town: Path, tmp_path: Path) -> None:
    """And not thrown away while somebody edits them."""
    values = {name: str(value) for name, value in values_of(town, tmp_path).items()}
    found = profile.session(AGAIN, values | {"YEAR": 2021}, town / "harder.toml")
    shown, stored = found["first"]
    assert shown == stored
    error, *still = found["refused"]
    assert "The layer Areas 2021 is of a file that is to be written anew, and has edits" in error[0]
    assert still == [shown, stored]
    again, stored_again = found["second"]
    assert again == stored_again
    assert again["areas"] != shown["areas"]
    assert again.keys() == shown.keys() == {"areas", "changes", "near_misses", "status", "units"}


LAYERS = """
import udsat_geo.algorithm
before, path = arguments
found = {}


def record(command, *given):
    now = command[3]
    read = QgsVectorLayer(now, "read", "ogr")
    found[name] = {"path": now, "crs": read.crs().authid(), "names": sorted(one["name"] for one in read.getFeatures())}
    return False


udsat_geo.algorithm.run = record
drawn = QgsVectorLayer(f"{path}|layername=tegnet", "tegnede områder", "ogr")
fields = "field=fid:integer&field=name:string(20)"
memory = QgsVectorLayer(f"Polygon?crs=EPSG:25832&{fields}", "tegnet / i hukommelsen", "memory")
memory.dataProvider().addFeatures(list(drawn.getFeatures()))
filtered = QgsVectorLayer(drawn.source(), "filtered", "ogr")
filtered.setSubsetString("name = 'a'")
edited = QgsVectorLayer(drawn.source(), "edited", "ogr")
edited.startEditing()
edited.changeAttributeValue(1, edited.fields().indexOf("name"), "æ")
layers = {"file": drawn, "first": path, "memory": memory, "filtered": filtered, "edited": edited}
QgsProject.instance().addMapLayers([drawn, memory, filtered, edited])
for name, layer in layers.items():
    feedback = Feedback()
    processing.run("udsat_geo:diff", {"BEFORE": before, "NOW": layer, "OUTPUT": "/o/a.gpkg"}, feedback=feedback)
    found[name]["said"] = feedback.said["info"][0]
answer(found)
"""


def test_layers_of_a_project_are_read_as_they_are_there(profile: Profile, town: Path, tmp_path: Path) -> None:
    """One in memory, with a filter or with edits as much as a file; of a file with several, the one that is shown."""
    box = (720_000.0, 6_175_000.0, 721_000.0, 6_176_000.0)
    drawn = write_polygons(tmp_path / "først.gpkg", ["c"], [box])
    gpd.read_file(write_polygons(tmp_path / "x.gpkg", ["a", "b"], [box, box])).to_file(drawn, layer="tegnet")
    found = profile.session(LAYERS, town / "out" / "designation_2017.gpkg", drawn)
    assert {name: one["names"] for name, one in found.items()} == {
        "file": ["a", "b"], "first": ["c"], "memory": ["a", "b"], "filtered": ["a"], "edited": ["b", "æ"],
    }  # fmt: skip
    assert {one["crs"] for one in found.values()} == {"EPSG:25832"}
    assert found["file"]["path"] == f"{drawn}|layername=tegnet"
    assert found["first"]["path"] == f"{drawn}|layername=først"
    assert (
        found["memory"]["said"] == "The layer tegnet / i hukommelsen was written to a temporary file for the program."
    )
    assert found["memory"]["path"].endswith("/tegnet _ i hukommelsen.fgb")


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


CALLS = """
import udsat_geo.algorithm
os.chdir(arguments[1])
calls = []


def record(command, *given):
    calls.append(command[1:])
    return False


udsat_geo.algorithm.run = record
for algorithm, values in arguments[0]:
    processing.run(f"udsat_geo:{algorithm}", values, feedback=Feedback())
# switched off and on again, as a new version is installed
plugin.unload()
gone = QgsApplication.processingRegistry().providerById("udsat_geo") is None
plugin.initGui()
back = len(QgsApplication.processingRegistry().providerById("udsat_geo").algorithms())
answer({"calls": calls, "gone": gone, "back": back})
"""


def test_every_parameter_reaches_the_command(profile: Profile, town: Path, tmp_path: Path) -> None:
    """Paths are said from where QGIS runs: the program runs elsewhere."""
    drawn = write_polygons(tmp_path / "drawn.gpkg", ["a"], [(0, 0, 1, 1)])
    out = town / "out" / "designation_2017.gpkg"
    files = dict.fromkeys(("UNITS", "BARRIERS", "PLACES", "PARCELS", "OVERRIDES"), f"{drawn}")
    everything: list[tuple[str, dict[str, Any], str]] = [
        (
            "designate",
            files
            | {"YEAR": 2021, "POLICY": "boligomraade-2021", "RAW": "raw", "PREVIOUS": "earlier.gpkg", "OUTPUT": "out"}
            | {"REFERENCES": "a=0.1; b=2", "FORMATS": "tif", "LANGUAGE": "en", "SEED": 0, "THREADS": 2},
            f"""--year=2021 --policy=boligomraade-2021 --registers={tmp_path}/raw --units={drawn} --barriers={drawn}
            --places={drawn} --parcels={drawn} --overrides={drawn} --previous={tmp_path}/earlier.gpkg
            --references=a=0.1 --references=b=2
            --format=gpkg,tif --language=en --seed=0 --threads=2 --out={tmp_path}/out""",
        ),
        (
            "designate",
            {"YEAR": 2021, "POLICY_FILE": "own.toml", "PREVIOUS": "2017", "LANGUAGE": "da", "OUTPUT": "/o"},
            f"""--year=2021 --policy={tmp_path}/own.toml --previous=2017 --format=gpkg,tif --language=da --out=/o""",
        ),
        (
            "diff",
            {"BEFORE": str(out), "NOW": str(drawn), "RAW": "raw", "YEAR": 2019, "UNITS": str(drawn), "WHY": True}
            | {"NAME_BEFORE": "x", "NAME_NOW": "y", "ALLOW_OVERLAPS": True, "POLICY_FILES": [f"{town}/town.toml"]}
            | {"LANGUAGE": "en", "SEED": 3, "OUTPUT": "/o/a.gpkg"},
            f"""{out.resolve()} {drawn} --registers={tmp_path}/raw --year=2019 --units={drawn} --name=x --name=y
            --allow-overlaps --why --policy={town}/town.toml --language=en --seed=3 --out=/o/a.gpkg""",
        ),
        (
            "diff",
            {"BEFORE": str(drawn), "NOW": str(drawn), "NAME_NOW": "y", "LANGUAGE": "da", "OUTPUT": "/o/a.gpkg"},
            f"""{drawn} {drawn} --name=y --language=da --out=/o/a.gpkg""",
        ),
        (
            "status",
            {"AREAS": f"{out}|layername=units", "YEARS": "2017,2021", "UPDATED": str(drawn), "RAW": "raw"}
            | {"ALLOW_OVERLAPS": True, "POLICY": "kbh-2017", "LANGUAGE": "en", "THREADS": 1, "OUTPUT": "/o"},
            f"""--areas={out} --updated={drawn} --years=2017,2021 --registers={tmp_path}/raw --policy=kbh-2017
            --allow-overlaps --language=en --threads=1 --out=/o""",
        ),
    ]
    everything += [
        (
            "designate",
            {"YEAR": 2021, "POLICY": "kbh-2017", "RELEASE": "own.toml", "LANGUAGE": "da", "OUTPUT": "/o"},
            f"--year=2021 --policy=kbh-2017 --format=gpkg,tif --release={tmp_path}/own.toml --language=da --out=/o",
        ),
        (
            "release",
            {"FILE": f"{out}|layername=units", "POLICY": "dst", "UNITS": "classes", "LEDGER": "a.json", "AUDIT": True}
            | {"OUTPUT": "/o"},
            f"{out.resolve()} --policy=dst --units=classes --ledger={tmp_path}/a.json --audit --out=/o",
        ),
        ("release", {"FILE": str(out), "POLICY_FILE": "own.toml", "OUTPUT": "/o"},
         f"{out.resolve()} --policy={tmp_path}/own.toml --out=/o"),
        ("explain", {"FILE": str(out), "WANTED": "--x", "LANGUAGE": "da"}, f"--language=da -- {out.resolve()} --x"),
    ]  # fmt: skip
    found = profile.session(CALLS, [[algorithm, values] for algorithm, values, _ in everything], tmp_path)
    for (algorithm, _, wanted), call in zip(everything, found["calls"], strict=True):
        assert " ".join(call) == f"{algorithm} {' '.join(wanted.split())}"
    assert (found["gone"], found["back"]) == (True, 5)


FAULTS = """
found = []
for algorithm, values in arguments[0]:
    feedback = Feedback()
    try:
        processing.run(f"udsat_geo:{algorithm}", values, feedback=feedback)
        found.append("nothing")
    except QgsProcessingException as error:
        found.append("\\n".join([*feedback.said["error"], str(error)]))
answer(found)
"""


def test_every_fault_is_told_by_the_titles_of_the_dialog(profile: Profile, town: Path, tmp_path: Path) -> None:
    nowhere, out = str(tmp_path / "ikke her"), str(tmp_path / "out")
    right = {name: str(value) for name, value in values_of(town, Path(out), YEAR=2021).items()}
    status = {"YEARS": "2017", "RAW": str(town / "raw"), "OUTPUT": out}
    faults: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
        ("designate", right | {"RAW": nowhere}, (f"{nowhere}: no such folder. Name the folder",)),
        (
            "designate",
            right | {"POLICY_FILE": f"{nowhere}.toml"},
            (f"{nowhere}.toml: no built-in policy and no readable file",),
        ),
        ("designate", right | {"FORMATS": "docx"}, ("“File formats”: unknown format docx",)),
        ("designate", right | {"PREVIOUS": "2025"}, ("“Compare with” 2025: is of 2025, which is not before 2021",)),
        ("designate", right | {"REFERENCES": "a b=1"}, ("“Figures from outside”",)),
        ("designate", right | {"SEED": -1}, ("Incorrect parameter value for SEED",)),
        ("designate", right | {"BARRIERS": nowhere}, ("BARRIERS",)),
        (
            "status",
            status | {"AREAS_YEAR": 2017, "YEARS": "2017,x,y"},
            ("\n“Years to measure”: 'x' is no", "'y' is no"),
        ),
        ("status", status | {"AREAS_YEAR": 2040}, ("“Areas” 2040: the policy kbh-2017 holds for",)),
        ("status", status, ("Name either “Areas: a layer” or “Areas: or designate those of a year”, and only one",)),
        ("status", status | {"AREAS_YEAR": 2017, "UPDATED_YEAR": 2021, "UPDATED": nowhere}, ("Name at most one of",)),
        ("diff", {"BEFORE": nowhere, "NOW": nowhere, "OUTPUT": f"{out}/a.gpkg"}, ("BEFORE",)),
    ]
    told = profile.session(FAULTS, [[algorithm, values] for algorithm, values, _ in faults])
    for (algorithm, values, pieces), said in zip(faults, told, strict=True):
        assert all(piece in said for piece in pieces), (algorithm, values, said)
        assert "Traceback" not in said
        assert "Usage" not in said
    assert not Path(out).exists()


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
