"""Who publishes what a policy designates: what stands in the foot of the page, in metadata and on printed sheets."""

from __future__ import annotations

import datetime
from typing import Annotated
from urllib.parse import parse_qs, urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from udsat_geo.messages.translate import _
from udsat_geo.messages.words import printable

_TILE = ("{z}", "{x}")
_ROWS = ("{y}", "{-y}")
"""Where an address of tiles has its row: counted from the north, or from the south."""


def _line(text: str) -> str:
    """A text of one line, without what a terminal or a page would obey."""
    if printable(text) != text or "\n" in text or "\t" in text:
        raise ValueError(_("holds a control character"))
    return text.strip()


def _is_map(address: str) -> str:
    """The address of a map that QGIS can show, tiles or layers of a WMS; without a password, as files are passed on."""
    try:
        parts = urlsplit(address)
        clean = address.isprintable() and " " not in address
        whole = clean and parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        whole = False
    if not whole:
        raise ValueError(_("must begin with https:// or http:// and name a server"))
    if parts.password is not None or parts.username is not None:
        raise ValueError(_("holds a user or a password, which every copy of the file would tell"))
    are_tiles = all(part in address for part in _TILE) and any(part in address for part in _ROWS)
    layers = [value for name, values in parse_qs(parts.query).items() if name.lower() == "layers" for value in values]
    if not are_tiles and not any(layers):
        raise ValueError(_("must be the address of tiles, with {z}, {x} and {y}, or of a WMS, with layers=NAME"))
    return address


def _day(given: object) -> object:
    """A date as ``2026-03-01``, whether the file has it as a date or as a text."""
    if isinstance(given, datetime.datetime) or not isinstance(given, str | datetime.date):
        raise ValueError(_("must be a date, as in 2026-03-01"))
    try:
        return datetime.date.fromisoformat(str(given)).isoformat()
    except ValueError:
        raise ValueError(_("must be a date, as in 2026-03-01")) from None


Line = Annotated[str, Field(max_length=300), AfterValidator(_line)]


class Publisher(BaseModel):
    """`[publisher]`: who publishes the designations of a policy; it decides nothing of them.

    Attributes
    ----------
    name : str
        Of the office.
    contact : str
        An e-mail address, a web address or a telephone number.
    licence : str
        What may be done with the results: the name of a licence, or a sentence.
    date : str or None
        Of publication, ISO 8601.
    basemap : str or None
        The office's own map for the QGIS project, off until somebody turns it on: the address of tiles with ``{z}``,
        ``{x}`` and ``{y}`` (or ``{-y}``), or of a WMS with ``layers=NAME``. Nothing here ever asks it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[Line, Field(min_length=1)]
    contact: Line = ""
    licence: Line = ""
    date: Annotated[str | None, BeforeValidator(_day)] = None
    basemap: Annotated[str, Field(max_length=2000), AfterValidator(_is_map)] | None = None
