"""The plugin's buttons and panels in a real QGIS: places are explained, thresholds moved, and files renamed.

One session of QGIS does all of it, in a window that stands in for QGIS's own (which needs a screen); its pictures are
kept where ``UDSAT_PICTURES`` says, and are then of the whole city.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

from qgis_sessions import Profile, has_qgis, launcher  # noqa: F401 - asked in the condition below

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif("not has_qgis()", reason="QGIS with its Python and Processing (python3-qgis) is not here"),
]

SESSION = """
import time
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QMainWindow
from qgis.gui import QgsMapCanvas

given, = arguments
file, beside, pictures = given["file"], given["beside"], given["pictures"]
project, found = QgsProject.instance(), {}


class Interface:
    # what the plugin asks of QGIS's window
    def __init__(self):
        self.window, self.canvas, self.active, self.menu = QMainWindow(), QgsMapCanvas(), None, []
        self.bar = self.window.addToolBar("plugins")
        self.window.setCentralWidget(self.canvas)
        self.window.resize(1500, 950)
        self.mainWindow, self.mapCanvas = lambda: self.window, lambda: self.canvas
        self.activeLayer = lambda: self.active
        self.addToolBarIcon, self.removeToolBarIcon = self.bar.addAction, self.bar.removeAction
        self.addDockWidget, self.removeDockWidget = self.window.addDockWidget, self.window.removeDockWidget

    def addPluginToMenu(self, name, action):
        self.menu.append(action.text())

    def removePluginMenu(self, name, action):
        self.menu.remove(action.text())


def wait(until, seconds=60):
    end = time.monotonic() + seconds
    while not until() and time.monotonic() < end:
        application.processEvents()
        time.sleep(0.01)
    return bool(until())


def shown():
    root = project.layerTreeRoot()
    interface.canvas.setLayers([one for one in root.layerOrder() if root.findLayer(one.id()).isVisible()])


def picture(name, width):
    if not given["drawn"]:
        return
    shown()
    interface.window.resizeDocks([explanation, what_if], [width, width], Qt.Orientation.Horizontal)
    application.processEvents()
    interface.canvas.setExtent(project.viewSettings().defaultViewExtent())
    interface.canvas.refresh()
    wait(lambda: not interface.canvas.isDrawing(), 20)
    application.processEvents()
    assert interface.window.grab().save(f"{pictures}/{name}.png")


def opened(path):
    storage = QgsApplication.projectStorageRegistry().projectStorageFromType("geopackage")
    (name,) = storage.listProjects("geopackage:" + path)
    assert project.read(f"geopackage:{path}?projectName={name}")
    return {layer.source().split("|layername=")[1]: layer for layer in project.mapLayers().values()}


def asked(point):
    window.tool.ask_at(point)
    wait(lambda: explanation._program is None)
    return explanation.text.toPlainText()


# as QGIS does where a window is open, in the place of `initProcessing`
plugin.unload()
interface = Interface()
plugin = udsat_geo.classFactory(interface)
plugin.initGui()
window = plugin.window
explanation, what_if = window.explanation, window.what_if
interface.window.show()
found["buttons"] = [action.text() for action in interface.bar.actions()]

# --- before there is a designation
found["nothing loaded"] = asked(QgsPointXY(0, 0))
what_if.show()
found["nothing to begin with"] = [what_if.state.text(), what_if.begin.isEnabled()]
what_if.close()

# --- a file that was renamed, and one that was copied beside
for name, path in (("renamed", file), ("copied", beside)):
    layers = opened(path)
    found[name] = sorted([layer.source().split("|")[0], layer.isValid()] for layer in layers.values())
layers = opened(file)
interface.canvas.setDestinationCrs(project.crs())
shown()

# --- a click on the map
area = next(one for one in layers["areas"].getFeatures() if one["area_id"] == given["area"])
unit = next(one for one in layers["units"].getFeatures() if one["area_id"] == given["area"])
explained = processing.run("udsat_geo:explain", {"FILE": layers["units"], "WANTED": given["area"]}, feedback=Feedback())
found["algorithm"] = [explained["TEXT"], os.path.exists(explained["HTML"])]
found["area"] = asked(area.geometry().pointOnSurface().asPoint())
picture("qgis_explain", 640)
inside = unit.geometry().centroid().asPoint()
window.tool.ask_at(inside)
found["at the unit"] = [[place.table, place.wanted] for place in explanation._places]
explanation._ask(1)
wait(lambda: explanation._program is None)
found["unit"] = [explanation._places[1].wanted, explanation.text.toPlainText()]
interface.active = layers["units"]
window.tool.ask_at(inside)
found["the chosen layer"] = explanation._places[0].table
found["nowhere"] = asked(QgsPointXY(0, 0))
window.explain_button.trigger()
found["tool"] = [interface.canvas.mapTool() == window.tool, window.explain_button.isChecked()]
window.tool.ask_at(inside)
found["asking"] = explanation._program.pid
explanation.close()
found["closed"] = explanation._program is None

# --- what if
window.what_if_button.trigger()
found["files"] = [what_if.file.itemText(i) for i in range(what_if.file.count())]
what_if.options.setText(given["options"])
if given["registers"]:
    what_if.start()
    wait(what_if.problems.text)
    found["without registers"] = what_if.problems.text()
what_if.registers.setText(given["registers"])
what_if.start()
assert wait(lambda: what_if.totals.text() or what_if.problems.text(), 120), what_if.state.text()
found["problems"] = what_if.problems.text()
found["sliders"] = {key: slider.value() for key, slider in what_if.sliders.items()}
found["pid"] = what_if.explorer.pid


def drawn():
    areas = [one for one in what_if.drawn.layer().getFeatures() if one["kind"] == "area"]
    return [[one["area_id"], one["residents"], one.geometry().asWkt(1)] for one in areas]


def moved(key, value):
    before = what_if.totals.text()
    what_if.set_value(key, value)
    wait(lambda: what_if.totals.text() != before or what_if.problems.text(), 20)


found["begun"] = [what_if.totals.text(), drawn()]
picture("qgis_what_if_before", 560)
moved("rule.core", given["core"])
found["moved"] = [what_if.totals.text(), drawn(), project.layerTreeRoot().layerOrder()[0].name()]
found["kinds"] = sorted({one["kind"] for one in what_if.drawn.layer().getFeatures()})
picture("qgis_what_if_after", 560)
# of many questions the last one is answered
for value in (0.2, 0.4, 0.6, 0.8):
    what_if.sliders["rule.core"].slider.setValue(round((value + 1.0) / 0.05))
wait(lambda: not what_if._asking)
found["last"] = [what_if.sliders["rule.core"].value(), what_if.totals.text()]
moved("rule.edge", 1.2)
found["taken along"] = what_if.sliders["rule.core"].value()
stays = drawn()
moved("rule.criteria", 99)
found["refused"] = [what_if.problems.text(), drawn() == stays]
what_if.reset_all()
wait(lambda: not what_if._asking and not what_if.problems.text())
found["reset"] = drawn() == found["begun"][1]
what_if.drawn.remove()
moved("rule.core", given["core"])
found["drawn anew"] = drawn() == found["moved"][1]
for attempt in ("saved", "there already", "replaced"):
    what_if._tell(state="", problems="")
    what_if.save_policy("harder")
    wait(lambda: what_if.state.text() or what_if.problems.text())
    found[attempt] = [what_if.state.text(), what_if.problems.text()]
what_if.save_policy("no/name")
wait(what_if.problems.text)
found["no name"] = what_if.problems.text()
what_if.close()
found["ended"] = os.path.exists(f"/proc/{found['pid']}")

# --- one that is still reading, and one whose program is not there
what_if.show()
what_if.start()
wait(lambda: what_if.explorer.pid, 5)
found["reading"] = what_if.explorer.pid
what_if.stop()
ProcessingConfig.setSettingValue("UDSAT_GEO_PROGRAM", pictures)
what_if.start()
found["no program"] = what_if.problems.text()
found["no program to ask"] = asked(inside)
ProcessingConfig.setSettingValue("UDSAT_GEO_PROGRAM", given["program"])

# --- QGIS is switched off: first the plugin, then all at once
plugin.unload()
found["left"] = [len(interface.bar.actions()), list(interface.menu), [one.source() for one in opened(file).values()]]
plugin = udsat_geo.classFactory(interface)
plugin.initGui()
opened(file)
plugin.window.what_if.show()
plugin.window.what_if.registers.setText(given["registers"])
plugin.window.what_if.options.setText(given["options"])
plugin.window.what_if.start()
wait(lambda: plugin.window.what_if.totals.text(), 120)
found["left running"] = plugin.window.what_if.explorer.pid
answer(found)
"""


@pytest.fixture(scope="module")
def given(home: Path, town: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A designation under other names, what it was made of, and where pictures go."""
    folder = tmp_path_factory.mktemp("vindue") / "omdøbt"
    folder.mkdir()
    pictures = os.environ.get("UDSAT_PICTURES")
    if pictures is None:
        out, year, core = town / "out", 2021, 0.8
        options, registers = f"--policy {shlex.quote(str(town / 'town.toml'))}", str(town / "raw")
    else:
        out, year, core, options, registers = folder / "out", 2025, 1.5, "", ""
        made = [
            str(launcher(home / "designate", "designate")),
            "--year",
            str(year),
            "--out",
            str(out),
            "--language",
            "en",
        ]
        subprocess.run(made, check=True, capture_output=True, timeout=300)
    name = f"designation_{year}"
    for copy in (name, "min kopi", "kbh æøå"):
        for ending in ("gpkg", "json"):
            shutil.copy(out / f"{name}.{ending}", folder / f"{copy}.{ending}")
    summary = json.loads((out / f"{name}.json").read_text(encoding="utf-8"))
    return {
        "file": str(folder / "kbh æøå.gpkg"), "beside": str(folder / "min kopi.gpkg"), "options": options,
        "registers": registers, "core": core, "area": summary["areas"][0]["area_id"], "year": year,
        "drawn": pictures is not None, "pictures": pictures or str(folder), "residents": summary["residents_in_areas"],
    }  # fmt: skip


@pytest.fixture(scope="module")
def found(profile: Profile, given: dict[str, Any]) -> dict[str, Any]:
    """What the session found."""
    answered: dict[str, Any] = profile.session(SESSION, given | {"program": str(profile.program)})
    return answered


def by_command(profile: Profile, *arguments: str) -> str:
    done = subprocess.run([str(profile.program), *arguments], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_window_has_two_buttons_and_gives_them_back(given: dict[str, Any], found: dict[str, Any]) -> None:
    assert found["buttons"] == ["Explain a place", "What if …"]
    assert found["tool"] == [True, True]
    actions, menu, sources = found["left"]
    assert (actions, menu) == (0, [])
    assert not [one for one in sources if one.startswith(given["file"])], "nobody follows the renamed file any more"


def test_the_project_of_a_renamed_file_shows_that_file(given: dict[str, Any], found: dict[str, Any]) -> None:
    for name, path in (("renamed", given["file"]), ("copied", given["beside"])):
        assert len(found[name]) >= 6
        assert {tuple(each) for each in found[name]} == {(path, True)}


def test_a_click_is_answered_as_the_command_answers(
    profile: Profile, given: dict[str, Any], found: dict[str, Any]
) -> None:
    unit, of_unit = found["unit"]
    text, has_page = found["algorithm"]
    assert has_page
    told = by_command(profile, "explain", given["file"], unit, "--language", "en")
    for whole, said in ((text, found["area"]), (told, of_unit)):
        assert {word for word in whole.split() if word.strip("─")} <= set(said.split())
    assert [table for table, _wanted in found["at the unit"]] == ["areas", "units"]
    assert found["the chosen layer"] == "units"
    assert found["nowhere"] == "No area and no unit of a designation that the map shows lies here."
    assert found["nothing loaded"] == "Add a designation (designation_YEAR.gpkg) to the project first."


def test_the_panel_draws_what_the_saved_policy_designates(
    profile: Profile, given: dict[str, Any], found: dict[str, Any], tmp_path: Path
) -> None:
    assert found["problems"] == ""
    assert found["files"] == [Path(given["file"]).name]
    told, begun = found["begun"]
    assert sum(residents for _area, residents, _shape in begun) == given["residents"]
    assert "0 residents come in, 0 go out" in told
    state, problems = found["saved"]
    assert problems == ""
    policy = Path(given["file"]).with_name("harder.toml")
    assert f"core = {given['core']}" in policy.read_text(encoding="utf-8")
    commands = [shlex.split(line) for line in state.splitlines() if line.startswith("designate ")]
    assert len(commands) == 2, "the last round is stored nowhere, and made as well"
    for command in commands:
        command[command.index("--out") + 1] = str(tmp_path)
        by_command(profile, *command)
    package = tmp_path / f"designation_{given['year']}.gpkg"
    areas = gpd.read_file(package, layer="areas")
    drawn = found["moved"][1]
    assert sorted(residents for _area, residents, _shape in drawn) == sorted(areas["residents"])
    assert len(drawn) < len(begun)
    shapes = shapely.union_all([shapely.from_wkt(shape) for _area, _residents, shape in drawn])
    assert shapely.area(shapely.symmetric_difference(shapes, areas.union_all())) < 0.01 * shapes.area
    assert found["moved"][2] == f"What if {given['year']}"
    assert found["kinds"] == ["area", "removed"]


def test_settings_that_make_no_policy_are_refused_and_the_last_ones_stay(found: dict[str, Any]) -> None:
    assert found["last"][0] == pytest.approx(0.8)
    assert found["last"][1] != found["begun"][0]
    assert found["taken along"] == 1.2
    told, stays = found["refused"]
    assert told.startswith("These thresholds are refused")
    assert stays
    assert found["reset"]
    assert found["drawn anew"], "the layer was taken out of the project"


def test_a_policy_is_replaced_when_it_is_saved_again(given: dict[str, Any], found: dict[str, Any]) -> None:
    assert "harder.toml" in found["saved"][0]
    assert "harder.toml: is there already" in found["there already"][1]
    assert "harder.toml" in found["replaced"][0]
    assert '"no/name": is no id' in found["no name"]
    assert not list(Path(given["file"]).parent.glob("no*"))


def test_what_cannot_be_answered_is_said(given: dict[str, Any], found: dict[str, Any]) -> None:
    told, can_begin = found["nothing to begin with"]
    assert told.startswith("Add a designation")
    assert not can_begin
    for said in (found["no program"], found["no program to ask"]):
        assert said.startswith(f"The program udsat_geo is not here: {given['pictures']}.")
    if given["registers"]:
        assert "was not made of the synthetic city" in found["without registers"]


def test_nothing_is_left_running(found: dict[str, Any]) -> None:
    """Neither when a panel is closed nor when QGIS is gone without a word."""
    assert found["closed"]
    assert not found["ended"]
    pids = [found[name] for name in ("asking", "pid", "reading", "left running")]
    assert all(pids)
    end = time.monotonic() + 10
    while any(Path(f"/proc/{pid}").exists() for pid in pids) and time.monotonic() < end:
        time.sleep(0.05)
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]
