"""A real QGIS with the plugin in a profile of its own: `qgis_process`, and PyQGIS in the system's own Python."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import udsat_geo
from plugin_zip import make_zip
from udsat_geo.synthetic.cache import default_cache

PYTHON = "/usr/bin/python3"
"""PyQGIS belongs to the system's own Python."""
AWKWARD = 'byen\'s "røde" område, æøå'
"""A folder as people name them."""
# Debian's wrapper `qgis_process` passes on an option that the program refuses
QGIS_PROCESS = "/usr/bin/qgis_process.bin"
PLUGINS = "/usr/share/qgis/python/plugins"

PRELUDE = """
import json, os, sys
sys.path.insert(0, {plugins!r})
import qgis.utils
from qgis.core import *
from qgis.PyQt.QtCore import QCoreApplication
QCoreApplication.setOrganizationName("QGIS")
QCoreApplication.setApplicationName("QGIS3")
application = QgsApplication([], True)
application.initQgis()
qgis.utils.iface = None
import processing
from processing.core.Processing import Processing
from processing.core.ProcessingConfig import ProcessingConfig
Processing.initialize()
sys.path.insert(0, {installed!r})
import udsat_geo
plugin = udsat_geo.classFactory(None)
plugin.initProcessing()
ProcessingConfig.setSettingValue("UDSAT_GEO_PROGRAM", {program!r})
arguments = json.loads(sys.argv[1])


def answer(found):
    # QGIS is left without tidying up: Python's order of doing so is not its own
    print("found:" + json.dumps(found), flush=True)
    os._exit(0)


class Feedback(QgsProcessingFeedback):
    def __init__(self):
        super().__init__(False)
        self.said = {{"error": [], "warning": [], "info": [], "step": [], "progress": []}}
        self.progressChanged.connect(self.said["progress"].append)

    def reportError(self, text, fatalError=False):
        self.said["error"].append(text)

    def pushWarning(self, text):
        self.said["warning"].append(text)

    def pushInfo(self, text):
        self.said["info"].append(text)

    def pushConsoleInfo(self, text):
        self.said["info"].append(text)

    def setProgressText(self, text):
        self.said["step"].append(text)
"""


@cache
def has_qgis() -> bool:
    """Whether QGIS is here with its Python and Processing."""
    if not (Path(PYTHON).exists() and Path(QGIS_PROCESS).exists()):
        return False
    look = f"import sys; sys.path.insert(0, {PLUGINS!r}); import qgis.core, processing"
    return subprocess.run([PYTHON, "-c", look], capture_output=True, check=False).returncode == 0


def launcher(folder: Path, name: str = "udsat") -> Path:
    """The program as an installation would put it into `folder`, running this tree's source."""
    folder.mkdir(parents=True, exist_ok=True)
    source = Path(udsat_geo.__file__).parents[1]
    code = f"import sys\nsys.path.insert(0, {str(source)!r})\nfrom udsat_geo.cli.process import {name}\n{name}()\n"
    return program(folder / name, code)


def program(path: Path, code: str) -> Path:
    """A Python program that can be run by its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # a shebang takes no spaces, and the interpreter's path may have some
    path.write_text(f"#!/bin/sh\n'''exec' '{sys.executable}' \"$0\" \"$@\"\n'''\n{code}", encoding="utf-8")
    path.chmod(0o755)
    return path


class Profile:
    """A QGIS profile with the plugin installed from its zip.

    Parameters
    ----------
    folder : Path
        Everything goes there, QGIS's home too.
    program : Path or None
        The plugin's setting; None leaves it empty.
    language : str
        Of QGIS.
    """

    def __init__(self, folder: Path, program: Path | None, language: str = "en"):
        self.folder, self.program, self.language = folder, program, language
        self.installed = folder / "profiles" / "default" / "python" / "plugins"
        self.installed.mkdir(parents=True)
        (folder / "home").mkdir()
        (folder / "runtime").mkdir(mode=0o700)
        with zipfile.ZipFile(make_zip(folder / "dist")) as archive:
            archive.extractall(self.installed)
        settings = folder / "profiles" / "default" / "QGIS" / "QGIS3.ini"
        settings.parent.mkdir()
        chosen = "" if program is None else str(program)
        settings.write_text(
            f"[PythonPlugins]\nudsat_geo=true\n[locale]\noverrideFlag=true\nuserLocale={language}\n"
            f"[Processing]\nConfiguration\\UDSAT_GEO_PROGRAM={json.dumps(chosen)}\n",
            encoding="latin-1",
        )

    @property
    def environment(self) -> dict[str, str]:
        """Of QGIS: nothing of the tests' own Python, nothing of the user's home but the synthetic city."""
        ours = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "UDSAT_PROGRESS")
        kept = {name: value for name, value in os.environ.items() if name not in ours}
        return kept | {
            "QT_QPA_PLATFORM": "offscreen",
            "HOME": str(self.folder / "home"),
            "XDG_RUNTIME_DIR": str(self.folder / "runtime"),
            "QGIS_CUSTOM_CONFIG_PATH": str(self.folder),
            "UDSAT_CACHE": str(default_cache()),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONIOENCODING": "utf-8",
        }

    def qgis_process(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run `qgis_process`; `more` goes into its environment."""
        return _run([QGIS_PROCESS, *arguments], self.environment | more)

    def run(self, algorithm: str, values: dict[str, Any], **more: str) -> subprocess.CompletedProcess[str]:
        """Run an algorithm of the plugin by `qgis_process`."""
        given = [f"--{name}={value}" for name, value in values.items()]
        return self.qgis_process("run", f"udsat_geo:{algorithm}", *given, **more)

    def session(self, code: str, *arguments: Any) -> Any:
        """What PyQGIS code answers; `arguments` are there as it runs."""
        prelude = PRELUDE.format(plugins=PLUGINS, installed=str(self.installed), program=str(self.program or ""))
        texts = json.dumps([str(one) if isinstance(one, Path) else one for one in arguments])
        done = _run([PYTHON, "-c", f"{prelude}\n{code}", texts], self.environment)
        line = next((line for line in done.stdout.splitlines() if line.startswith("found:")), None)
        assert line is not None, done.stdout + done.stderr
        return json.loads(line.removeprefix("found:"))


def contents(folder: Path, names: Iterable[str] | None = None) -> dict[str, bytes]:
    """Path -> bytes of everything in a folder, hidden files too."""
    found = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return found if names is None else {name: found[name] for name in names}


def _run(command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300, check=False)


def values_of(town: Path, out: Path, **more: Any) -> dict[str, Any]:
    """What designates 2021 in the town."""
    return {"YEAR": 2021, "POLICY_FILE": town / "town.toml", "RAW": town / "raw", "OUTPUT": out} | more
