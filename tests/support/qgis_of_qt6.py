# ruff: noqa: N802, N815 - names of QGIS's own
"""What QGIS 4 gives a plugin, as far as a stand-in can: its own classes are empty, Qt is the real PyQt6.

Run as a program it loads the plugin by them, and prints what it made as JSON. It shows that the plugin imports under
Qt 6, makes its icon, parameters, help, buttons and panels of what Qt 6 has, talks to a program of its own as a process
and over loopback, and asks Qt for nothing that is gone. It does not show that QGIS 4 takes them: no method of QGIS's
own does anything here.
"""

from __future__ import annotations

import importlib
import json
import sys
import tempfile
import time
from pathlib import Path
from types import ModuleType
from typing import Any


class Constants(type):
    """Classes of QGIS have constants under any name: here each is 1."""

    def __getattr__(cls, name: str) -> int:
        # of names that begin small are those that may be missing, and are asked for with a default
        if name.startswith("__") or name[0].islower():
            raise AttributeError(name)
        return 1


class OfQgis(metaclass=Constants):
    """Takes anything, and keeps what it is given."""

    def __init__(self, *given: Any, **named: Any):
        self.given, self.named, self.kept = given, named, []

    def flags(self) -> int:
        return 0

    def name(self) -> str:
        return str(self.given[0])

    def parameterDefinitions(self) -> list[Any]:
        return [each for each in self.kept if "Parameter" in type(each).__name__]

    def id(self) -> str:
        return "stand-in"

    def addParameter(self, parameter: Any) -> None:
        self.kept.append(parameter)

    addOutput = addAlgorithm = addParameter

    def setHelp(self, _text: str) -> None: ...

    def setFlags(self, _flags: int) -> None: ...

    def setMetadata(self, _metadata: object) -> None: ...

    def setCursor(self, _cursor: object) -> None: ...

    def setAction(self, _action: object) -> None: ...

    @staticmethod
    def instance() -> OfQgis:
        return OfQgis()

    def mapLayers(self) -> dict[str, Any]:
        return {}

    def refreshAlgorithms(self) -> None:
        self.loadAlgorithms()

    def loadAlgorithms(self) -> None: ...

    @staticmethod
    def getSetting(_name: str) -> str:
        return ""

    @staticmethod
    def addSetting(_setting: object) -> None: ...

    @staticmethod
    def readSettings() -> None: ...

    @staticmethod
    def locale() -> str:
        return "en_GB"

    @staticmethod
    def tempFolder() -> str:
        return tempfile.gettempdir()


class ModuleOfQgis(ModuleType):
    """Has a class of every name that is asked for."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        made = None if name == "NULL" else Constants(name, (OfQgis,), {})
        setattr(self, name, made)
        return made


def stand_in() -> None:
    """Put the modules in place, Qt's own behind ``qgis.PyQt`` as QGIS does."""
    for name in ("qgis", "qgis.core", "qgis.gui", "qgis.PyQt", "processing", "processing.core", "processing.gui"):
        sys.modules[name] = ModuleOfQgis(name)
    for name in ("processing.core.ProcessingConfig", "processing.gui.RenderingStyles"):
        sys.modules[name] = ModuleOfQgis(name)
    for name in ("QtCore", "QtGui", "QtNetwork", "QtWidgets", "sip"):
        of_qt = importlib.import_module(f"PyQt6.{name}")
        sys.modules[f"qgis.PyQt.{name}"] = of_qt
        setattr(sys.modules["qgis.PyQt"], name, of_qt)


class Interface:
    """What the plugin asks of QGIS's window."""

    def __init__(self, window: Any):
        self.window, self.canvas, self.buttons = window, OfQgis(), []
        self.mainWindow, self.mapCanvas = lambda: self.window, lambda: self.canvas
        self.activeLayer = lambda: None
        self.addDockWidget, self.removeDockWidget = window.addDockWidget, window.removeDockWidget
        self.addToolBarIcon = self.buttons.append

    def addPluginToMenu(self, _menu: str, _action: object) -> None: ...


def explored(application: Any) -> dict[str, Any]:
    """The panel "what if", asked and answered by the program that the PATH leads to."""
    from PyQt6.QtWidgets import QMainWindow

    interface = Interface(QMainWindow())
    window: Any = importlib.import_module("udsat_geo.window").Window(interface)
    panel, drawn = window.what_if, []
    panel.drawn.draw = lambda answer, _begun, _title: drawn.append(answer["totals"]["areas"])
    interface.window.show()
    window.what_if_button.trigger()
    panel.file.addItem("a.gpkg", "/a.gpkg")
    panel.start()

    def wait(until: Any) -> None:
        end = time.monotonic() + 30
        while not until() and time.monotonic() < end:
            application.processEvents()
            time.sleep(0.01)

    wait(lambda: drawn or panel.problems.text())
    panel.set_value("rule.core", 1.25)
    wait(lambda: len(drawn) > 1 or panel.problems.text())
    panel.save_policy("mine")
    wait(lambda: "mine.toml" in panel.state.text())
    pid, saved = panel.explorer.pid, panel.state.text()
    panel.close()
    window.explanation.explain([importlib.import_module("udsat_geo.window.designations").Place("a", "units", "b", "b")])
    wait(lambda: window.explanation._program is None)
    return {
        "drawn": drawn, "problems": panel.problems.text(), "saved": saved, "buttons": len(interface.buttons),
        "runs": Path(f"/proc/{pid}").exists(), "explained": window.explanation.text.toPlainText(),
        "icons": [not button.icon().isNull() for button in interface.buttons],
    }  # fmt: skip


def main(plugin_folder: str) -> None:
    """Load the plugin, make its dialogs' content, and say what there is."""
    stand_in()
    from PyQt6.QtWidgets import QApplication

    application = QApplication([])
    sys.path.insert(0, plugin_folder)
    plugin: Any = importlib.import_module("udsat_geo")
    assert plugin.classFactory(None).provider is None
    provider: Any = importlib.import_module("udsat_geo.provider").UdsatProvider()
    provider.load()
    status: Any = importlib.import_module("udsat_geo.status")
    report = Path(tempfile.mkdtemp()) / "status.md"
    report.write_text("# Status\n\n| a |\n| --- |\n| Ærø |\n", encoding="utf-8")
    made = {}
    for algorithm in provider.kept:
        algorithm.initAlgorithm()
        made[algorithm.name()] = {
            "parameters": len(algorithm.parameterDefinitions()),
            "help": algorithm.shortHelpString(),
            "icon": not algorithm.icon().isNull(),
        }
    page = Path(status._as_html(report)).read_text(encoding="utf-8")
    told = {"algorithms": made, "icon": not provider.icon().isNull(), "page": page, "window": explored(application)}
    print(json.dumps(told))
    application.quit()


if __name__ == "__main__":
    main(sys.argv[1])
