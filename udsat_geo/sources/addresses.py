"""What a text on the command line names: a file, a layer of a service, a file on the web or in an archive.

GDAL's own ways of writing them hold: ``WFS:https://host/ows|layername=railways``, ``OAPIF:https://host/collections``,
``https://host/areas.gpkg``, ``/vsicurl/https://...``, ``/vsizip/folder/areas.zip/areas.shp``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

_SECRET_NAME = (
    r"[\w.\-]*(?:token|passw|secret|credential|signature|api[_\-.]?key|access[_\-.]?key|subscription[_\-.]?key|"
    r"auth|ticket|session|login|user|bearer|jwt)[\w.\-]*|key|pass|pwd|pw|pin|sig|sas|code|hash|[\w\-]*_key|x-amz-[\w\-]+"
)
"""Names of parameters that may let somebody in or say who it is: rather one too many. Own choice."""

_IS_SECRET = re.compile(_SECRET_NAME, re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?:/{1,2}|[a-z][a-z0-9+.\-]*://)[^\s\"'<>|]+", re.IGNORECASE)
_PAIR = re.compile(rf"(?<![\w.\-])({_SECRET_NAME})(\s*[=:]\s*)('[^']*'|\"[^\"]*\"|[^\s&;,|\"'<>]+)", re.IGNORECASE)


def is_secret_name(name: str) -> bool:
    """Whether a parameter of this name may let somebody in or say who it is."""
    return _IS_SECRET.fullmatch(unquote(name).strip()) is not None


def without_secrets(text: str) -> str:
    """A text in which every web address has lost its credentials, and every ``password=...`` its value.

    From addresses go the part before ``@``, parameters whose names look like secrets, and the fragment; what is left
    stays readable and can be asked again by somebody with credentials of his own.
    """
    shown = _ADDRESS.sub(lambda found: bare_address(found.group()), text)
    pieces, last = [], 0
    for found in _ADDRESS.finditer(shown):
        pieces += [_without_pairs(shown[last : found.start()]), found.group()]
        last = found.end()
    return "".join([*pieces, _without_pairs(shown[last:])])


def bare_address(address: str) -> str:
    """A web address without credentials, secret parameters and fragment."""
    # the path type of the system makes one slash of two
    address = re.sub(r"^(https?):/(?!/)", r"\1://", address, flags=re.IGNORECASE)
    try:
        parts = urlsplit(address)
    except ValueError:
        return re.sub(r"//[^/]*@", "//", address).partition("?")[0]
    host = parts.netloc.rpartition("@")[2]
    path = ";".join(
        piece for i, piece in enumerate(parts.path.split(";")) if not i or not is_secret_name(piece.partition("=")[0])
    )
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if not is_secret_name(name)]
    return urlunsplit((parts.scheme, host, path, urlencode(kept, safe=":,/*()"), ""))


def _without_pairs(text: str) -> str:
    return _PAIR.sub(lambda found: f"{found.group(1)}{found.group(2)}...", text)


LAYER = "|layername="

Kind = Literal["file", "wfs", "oapif", "web", "archive", "other"]

_SERVICE = re.compile(r"(wfs|oapif):\s*(https?://.+)", re.IGNORECASE | re.DOTALL)
_WEB = re.compile(r"(?:/vsicurl/)?(https?://.+)", re.IGNORECASE | re.DOTALL)
ARCHIVE = re.compile(r"/vsi(zip|gzip|tar|7z)/(?:\{?/vsicurl/)?\{?(.+)", re.DOTALL)
_OTHER = re.compile(r"[A-Za-z][A-Za-z0-9_]+:.+|/vsi[a-z0-9_]+/.+", re.DOTALL)
"""Two letters at least before the colon: one is a drive of Windows."""


@dataclass(frozen=True)
class Source:
    """One named source.

    Attributes
    ----------
    text : str
        As it was given.
    kind : {"file", "wfs", "oapif", "web", "archive", "other"}
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
            shown = _from_archive(self.place)
        if self.kind in ("wfs", "oapif"):
            shown = f"{self.kind.upper()}:{shown}"
        return f"{shown}{LAYER}{self.layer}" if self.layer else shown


def source_of(text: str) -> Source:
    """What a text names; a file that is there is a file, whatever its name."""
    place, _layer, layer = text.partition(LAYER)
    if _is_there(place):
        return Source(text, "file", place, layer)
    if service := _SERVICE.fullmatch(place):
        return Source(text, "wfs" if service.group(1).lower() == "wfs" else "oapif", service.group(2), layer)
    if web := _WEB.fullmatch(place):
        return Source(text, "web", web.group(1), layer)
    if ARCHIVE.fullmatch(place):
        return Source(text, "archive", place, layer)
    return Source(text, "other" if _OTHER.fullmatch(place) else "file", place, layer)


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
    prefix, *parts = place[1:].split("/")
    ends = (".zip", ".gz", ".tgz", ".tar", ".7z")
    at = next((i for i, part in enumerate(parts) if part.lower().rstrip("}").endswith(ends)), len(parts) - 1)
    return f"/{prefix}/" + "/".join(parts[at:]).lstrip("{")
