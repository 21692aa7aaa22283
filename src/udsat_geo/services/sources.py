"""What a text on the command line names: a file, a layer of a service, a file on the web or in an archive.

GDAL's own ways of writing them hold: ``WFS:https://host/ows|layername=railways``, ``https://host/areas.gpkg``,
``/vsicurl/https://...``, ``/vsizip/folder/areas.zip/areas.shp``, and any other ``DRIVER:...`` or ``/vsi...``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from udsat_geo.services.privacy import without_secrets

LAYER = "|layername="

Kind = Literal["file", "wfs", "web", "archive", "gdal"]

_WFS = re.compile(r"wfs:\s*(https?://.+)", re.IGNORECASE | re.DOTALL)
_WEB = re.compile(r"(?:/vsicurl/)?(https?://.+)", re.IGNORECASE | re.DOTALL)
_ARCHIVE = "/vsizip/"
_DRIVER = re.compile(r"[A-Za-z][A-Za-z0-9_]+:.+|/vsi[a-z0-9_]+/.+", re.DOTALL)
"""Two letters at least before the colon: one is a drive of Windows."""


@dataclass(frozen=True)
class Source:
    """One named source.

    Attributes
    ----------
    text : str
        As it was given.
    kind : {"file", "wfs", "web", "archive", "gdal"}
    place : str
        The address or path, without the layer.
    layer : str
        Empty where none is named.
    """

    text: str
    kind: Kind
    place: str
    layer: str = ""

    @property
    def name(self) -> str:
        """What it is called in messages and provenance: without credentials."""
        shown = without_secrets(self.place)
        if self.kind == "archive" and "://" not in self.place:
            # where a file lies on this machine is nobody's business
            shown = f"{_ARCHIVE}{_from_archive(self.place)}"
        if self.kind == "wfs":
            shown = f"WFS:{shown}"
        return f"{shown}{LAYER}{self.layer}" if self.layer else shown

    @property
    def path(self) -> Path:
        """Of a file, with its layer where one is named."""
        return Path(self.text)


def source_of(text: str) -> Source:
    """What a text names; a file that is there is a file, whatever its name."""
    place, _, layer = text.partition(LAYER)
    if _is_there(place):
        return Source(text, "file", place, layer)
    if service := _WFS.fullmatch(place):
        return Source(text, "wfs", service.group(1), layer)
    if web := _WEB.fullmatch(place):
        return Source(text, "web", web.group(1), layer)
    if place.lower().startswith(_ARCHIVE):
        return Source(text, "archive", place, layer)
    if _DRIVER.fullmatch(place):
        return Source(text, "gdal", place, layer)
    return Source(text, "file", place, layer)


def is_remote(text: str) -> bool:
    """Whether a text names something that has to be fetched before it can be read as a file."""
    return source_of(text).kind != "file"


def shown_name(text: str) -> str:
    """What a named source may be called anywhere: no credentials, no folder of this machine; with its layer."""
    source = source_of(text)
    if source.kind != "file":
        return source.name
    name = Path(source.place).name
    return f"{name}{LAYER}{source.layer}" if source.layer else name


def _is_there(place: str) -> bool:
    try:
        return Path(place).exists()
    except (OSError, ValueError):
        return False


def _from_archive(place: str) -> str:
    """A path from the archive's own name on."""
    parts = place[len(_ARCHIVE) :].split("/")
    at = next((i for i, part in enumerate(parts) if part.lower().rstrip("}").endswith(".zip")), len(parts) - 1)
    return "/".join(parts[at:]).lstrip("{")
