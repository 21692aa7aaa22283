"""Files on the web, fetched whole."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from udsat_geo.errors import InputError, Problem
from udsat_geo.services.answers import exception_text, is_web_page, web_page
from udsat_geo.services.asking import Asker

_BY_START = {b"SQLite format 3\x00": ".gpkg", b"PAR1": ".parquet", b"fgb\x03": ".fgb", b"PK\x03\x04": ".zip"}
_OTHERS = (".csv", ".kml", ".gml")


def fetch_file(address: str, asker: Asker, folder: Path) -> Path:
    """Fetch a file and give it the suffix of what it is, whatever its address ends in.

    Raises
    ------
    InputError
        If it cannot be fetched, is a web page, an exception or one page of several, or of a kind that is not known.
    """
    saved = folder / "answer"
    asker.ask(address, saved, lambda path: path)
    with saved.open("rb") as file:
        start = file.read(2048)
    if not start.strip():
        raise InputError(Problem(asker.name, "is empty", "Check the address."))
    if is_web_page(start):
        raise InputError(web_page(asker.name))
    named = Path(re.sub(r"[^\w.\-]", "_", unquote(urlsplit(address).path.rstrip("/").rpartition("/")[2])) or "data")
    suffix = _suffix(start, named.suffix.lower(), asker, saved)
    return saved.rename(folder / f"{named.stem[:80] or 'data'}{suffix}")


def _suffix(start: bytes, named: str, asker: Asker, saved: Path) -> str:
    """The suffix of a kind of file, told by how it begins."""
    for begins, suffix in _BY_START.items():
        if start.startswith(begins):
            return suffix
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text.startswith((b"{", b"[")):
        _check_json(saved, asker)
        return ".geojson"
    if text.startswith(b"<"):
        said = exception_text(saved)
        if said:
            asker.fail(f"refuses: {said}", "Check the address and its parameters.")
        return named if named in _OTHERS else ".gml"
    if named in _OTHERS:
        return named
    kinds = "GeoJSON, GeoPackage, GeoParquet, FlatGeobuf, CSV, or a zip archive of one"
    remedy = f"It should be {kinds}; a shapefile comes as a zip archive."
    asker.fail("is of a kind that is not known", remedy)


def _check_json(saved: Path, asker: Asker) -> None:
    """Refuse what is no GeoJSON, breaks off, or is one page of a longer answer."""
    try:
        content = json.loads(saved.read_bytes())
    except (ValueError, RecursionError) as error:
        asker.fail(f"is broken JSON ({error})", "Fetch it again, or tell whoever runs the service.")
    if not isinstance(content, dict) or "type" not in content:
        said = (
            next((str(content[key]) for key in ("detail", "description", "message", "error") if key in content), "")
            if (isinstance(content, dict))
            else ""
        )
        asker.fail(f"is no GeoJSON{f': {said[:300]}' if said else ''}", "Check the address.")
    matched, features = content.get("numberMatched"), content.get("features")
    if isinstance(matched, int) and isinstance(features, list) and matched > len(features):
        what = f"holds {len(features):,} of {matched:,} features: it is one page of a longer answer"
        asker.fail(what, 'Raise its limit, or name the service itself, as "OAPIF:https://...".')
