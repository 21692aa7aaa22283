"""The installed program ``udsat``: where it is, and whether it is one that this plugin knows how to call.

It runs in a Python of its own, so nothing is installed into the one that QGIS brings. No QGIS in this module.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Mapping

PROGRAM_SETTING = "UDSAT_GEO_PROGRAM"
OLDEST = (0, 1, 0)
"""The first version that can be called as here."""
_NAMES = ("udsat.exe", "udsat") if os.name == "nt" else ("udsat",)
_FOLDERS = ("", "bin", "Scripts", ".venv/bin", ".venv/Scripts")
_OF_QGIS = (
    "PYTHONHOME", "PYTHONPATH", "PYTHONEXECUTABLE", "PYTHONSTARTUP", "__PYVENV_LAUNCHER__", "VIRTUAL_ENV",
    "GDAL_DATA", "GDAL_DRIVER_PATH", "PROJ_LIB", "PROJ_DATA", "GEOTIFF_CSV",
)  # fmt: skip
"""What QGIS sets for its own Python and GDAL, and what would lead those of the program astray."""


class ProgramError(Exception):
    """The program cannot be run.

    Parameters
    ----------
    word : str
        Which message of the plugin tells it: ``not_found``, ``not_there``, ``not_ours``, ``too_old``.
    **given : str
        What stands in the message.
    """

    def __init__(self, word: str, **given: str):
        super().__init__(word)
        self.word, self.given = word, given


def find_program(setting: str, environment: Mapping[str, str] | None = None) -> str:
    """The path of ``udsat``.

    Parameters
    ----------
    setting : str
        The program, or a folder that holds it: ``bin``, or a virtual environment. Empty: looked for on the PATH, then
        in ``~/.local/bin``, where a user's own programs are.
    environment : mapping, optional
        Of this process, if nothing else is said.

    Raises
    ------
    ProgramError
        ``not_found`` if it is on no PATH, ``not_there`` if the setting leads nowhere.
    """
    environment = os.environ if environment is None else environment
    if not setting.strip():
        path = os.pathsep.join([environment.get("PATH", ""), str(Path.home() / ".local" / "bin")])
        found = shutil.which("udsat", path=path)
        if found is None:
            raise ProgramError("not_found")
        return found
    named = Path(setting.strip()).expanduser()
    # both programs are installed side by side, and `designate` is the one people know
    folder = named.parent if named.stem == "designate" else named
    for candidate in [named, *(folder / inner / name for inner in _FOLDERS for name in _NAMES)]:
        if candidate.is_file() and candidate.stem != "designate":
            return str(candidate)
    raise ProgramError("not_there", path=str(named))


def check_version(program: str) -> tuple[int, ...]:
    """The version of the program.

    Raises
    ------
    ProgramError
        ``not_ours`` if it does not run or is another program, ``too_old`` if it is.
    """
    try:
        done = subprocess.run(
            [program, "--version"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env=environment_of_program(), timeout=120, check=False, **hidden_window(),
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ProgramError("not_ours", path=program, answer=getattr(error, "strerror", None) or str(error)) from None
    answer = done.stdout.decode("utf-8", "replace").strip()
    found = re.search(r"udsat_geo, version ((\d+)\.(\d+)\.(\d+)\S*)", answer)
    if done.returncode or found is None:
        raise ProgramError("not_ours", path=program, answer=answer[-200:] or "-")
    version = tuple(int(part) for part in found.groups()[1:])
    if version < OLDEST:
        raise ProgramError("too_old", path=program, version=found.group(1), oldest=".".join(map(str, OLDEST)))
    return version


def environment_of_program() -> dict[str, str]:
    """The environment in which the program runs: without QGIS's, in UTF-8, and asked for progress in lines."""
    environment = {name: value for name, value in os.environ.items() if name not in _OF_QGIS}
    return {**environment, "PYTHONUTF8": "1", "UDSAT_PROGRESS": "lines", "COLUMNS": "80"}


def hidden_window() -> dict[str, int]:
    """What keeps Windows from opening a console for a program that QGIS runs."""
    return {"creationflags": subprocess.CREATE_NO_WINDOW} if os.name == "nt" else {}  # type: ignore[attr-defined]
