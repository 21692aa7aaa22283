"""Projects in a GeoPackage that was renamed or copied: their layers are those of the file that they lie in.

QGIS keeps where a layer is by the name of its file, here the GeoPackage itself; the project notes that name beside, so
that it is known afterwards which layers are its own.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import QgsPathResolver, QgsProject

SCOPE, ENTRY = "udsat_geo", "file"
"""Where the project notes the name of its file."""
_BEGINNING = "geopackage:"
_HANDLERS: list[Any] = []


def follow_renamed_files() -> None:
    """Let QGIS ask for every path that it reads in a project."""
    if not _HANDLERS:
        _HANDLERS.append(QgsPathResolver.setPathPreprocessor(_path_now))
        QgsProject.instance().readProject.connect(_note_name)


def follow_no_more() -> None:
    """Leave paths as they are."""
    while _HANDLERS:
        QgsPathResolver.removePathPreprocessor(_HANDLERS.pop())
        QgsProject.instance().readProject.disconnect(_note_name)


def _path_now(path: str) -> str:
    """A path of a layer, in the file that the project lies in where it is of that file by its earlier name."""
    now = _name_now()
    noted = _noted()
    if not now or not noted or now == noted:
        return path
    file, bar, layer = path.partition("|")
    return f"./{now}{bar}{layer}" if file == f"./{noted}" else path


def _note_name(_document: Any = None) -> None:
    """Note the file's name now, under which QGIS will save the layers."""
    if _noted() and _name_now():
        QgsProject.instance().writeEntry(SCOPE, ENTRY, _name_now())


def _name_now() -> str:
    """The name of the GeoPackage that the project lies in; empty where it lies in none."""
    place = str(QgsProject.instance().fileName())
    return Path(place[len(_BEGINNING) :].partition("?")[0]).name if place.startswith(_BEGINNING) else ""


def _noted() -> str:
    return str(QgsProject.instance().readEntry(SCOPE, ENTRY)[0])
