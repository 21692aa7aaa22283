"""What a table is by its content, whatever its name ends in, and where in a folder it lies."""

from __future__ import annotations

import codecs
import gzip
import os
import re
import unicodedata
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from udsat_geo.messages.errors import InputError, Problem, reason_of
from udsat_geo.messages.limits import check_file
from udsat_geo.messages.translate import _
from udsat_geo.sources.formats import BLANK, suffix_of
from udsat_geo.sources.origins import name_of

TableKind = Literal["csv", "parquet", "sas", "vector"]

TEXTS = (".csv", ".txt", ".tsv", ".csv.gz")
SAS = (".sas7bdat", ".xpt")
PARQUETS = (".parquet", ".geoparquet")
VECTORS = (".gpkg", ".geojson", ".json", ".fgb", ".shp", ".gml", ".kml", ".gpx", ".tab", ".mif", ".gdb")
SUFFIXES = (*PARQUETS, *TEXTS, *SAS, *VECTORS)
"""What the name of a table may end in, in any letter case."""

_START = 1 << 16
_SAS7BDAT = bytes.fromhex("000000000000000000000000c2ea8160b31411cfbd92080009c7318c181f1011")
_XPT = (b"HEADER RECORD*******LIBRARY HEADER RECORD", b"HEADER RECORD*******LIBV8   HEADER RECORD")
_WORKBOOKS = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04")
_JSON = re.compile(rb'[\[{]\s*["\[{\]}]')


def table_kind(path: Path) -> TableKind:
    """What a file or folder is.

    Parameters
    ----------
    path : Path
        That exists.

    Raises
    ------
    InputError
        If it is empty, cannot be opened, or is nothing that tables are read from.
    """
    name = name_of(path)
    check_file(path, name)
    if path.is_dir():
        return "vector" if any(path.glob("*.gdbtable")) else "parquet"
    start = _start_of(path, name)
    suffix = path.suffix.lower()
    if start.startswith(b"PAR1"):
        return "parquet"
    if start.startswith((_SAS7BDAT, *_XPT)):
        return "sas"
    if start.startswith(_WORKBOOKS) and suffix not in VECTORS:
        what = _("is a workbook or an archive, and no table")
        raise InputError(Problem(name, what, _("Save the sheet as CSV, or unpack the file.")))
    known = suffix_of(start, suffix)
    text = start.lstrip(BLANK)
    if known == ".geojson" and not _JSON.match(text):
        known = None
    if known not in (None, ".csv", ".gz") or (suffix in VECTORS and not is_text(start)):
        return "vector"
    text_as = "vector" if suffix in VECTORS and suffix != ".tab" else "csv"
    if not is_text(start) or (text_as == "csv" and suffix not in (*TEXTS, *PARQUETS, *SAS) and not _has_columns(start)):
        what = _("is no table of a kind that is known")
        raise InputError(Problem(name, what, _("Export it as CSV or Parquet.")))
    if suffix in PARQUETS + SAS:
        what, remedy = _("is called {suffix}, but is text"), _("Name it .csv if it is a CSV table, or export it again.")
        raise InputError(Problem(name, what.format(suffix=suffix), remedy))
    # a text named as a vector file is told as what it is not
    return "vector" if text_as == "vector" else "csv"


def _start_of(path: Path, name: str) -> bytes:
    """How a file begins, unpacked where it is packed by gzip."""
    try:
        with path.open("rb") as file:
            start = file.read(_START)
        if start.startswith(b"\x1f\x8b"):
            with gzip.open(path) as unpacked:
                start = unpacked.read(_START)
    except (OSError, EOFError, zlib.error) as error:
        reason = reason_of(error) if isinstance(error, OSError) else str(error)
        raise InputError(
            Problem(name, _("cannot be read: {reason}").format(reason=reason), _("Export the table again."))
        ) from None
    if not start:
        raise InputError(Problem(name, _("is an empty file"), _("Export the table again.")))
    return start


def is_text(start: bytes) -> bool:
    """Whether a file that begins so may be text: no null bytes, but for those of UTF-16."""
    return b"\0" not in start or start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))


def _has_columns(start: bytes) -> bool:
    """Whether the first line of a text has anything that separates columns."""
    return re.search(rb"[;,\t|]", start.split(b"\n")[0]) is not None


def plain(name: str) -> str:
    """A name without what does not count: letter case, and how letters and their marks are put together."""
    return unicodedata.normalize("NFC", name).lower()


def tables_named(folder: Path, name: str, suffixes: tuple[str, ...] = SUFFIXES) -> list[Path]:
    """The files and folders that may hold a table: its name, in any letter case, with one of the suffixes.

    A folder may bear the name alone, and counts where Parquet files lie in it.
    """
    wanted = [f"{name}{suffix}" for suffix in suffixes]
    found = []
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            named = plain(path.name) in (name, *wanted)
            if named and (path.suffix.lower() == ".gdb" or next(path.rglob("*.parquet"), None) is not None):
                found.append(path)
        elif plain(path.name) in wanted and path.is_file():
            found.append(path)
    return sorted(found, key=lambda path: (_rank(path), path.name))


def _rank(path: Path) -> int:
    return next((place for place, suffix in enumerate(SUFFIXES) if path.name.lower().endswith(suffix)), -1)


def named_path(folder: Path, given: str) -> Path:
    """A file that is named, also where its name differs in letter case alone from the only such one."""
    path = folder / given
    # a name that is too long is none that there is
    if os.path.exists(path) or not os.path.isdir(path.parent):
        return path
    alike = [other for other in path.parent.iterdir() if plain(other.name) == plain(path.name)]
    return alike[0] if len(alike) == 1 else path


_YEARS = frozenset("year years aar år ar aargang årgang period periode quarter kvartal referencetid date dato".split())
"""Names of partitions of which a table of one date holds one."""
_PARTITION = re.compile(r"([^=/\\]+)=(.*)")
NULL_PARTITION = "__HIVE_DEFAULT_PARTITION__"


def parquet_parts(path: Path) -> tuple[Path, ...]:
    """The files of a Parquet table: itself, or the parts of a folder, as Spark, Dask and Statistics Denmark have them.

    Raises
    ------
    InputError
        If a folder holds no parts, other files among them, parts with other columns, or several years.
    """
    if not path.is_dir():
        return (path,)
    name = name_of(path)
    inside = [file for file in sorted(path.rglob("*")) if file.is_file() and not _is_hidden(file.relative_to(path))]
    problems = [
        Problem(f"{name}/{file.relative_to(path).as_posix()}", _("is no Parquet file"), _("Keep Parquet parts alone."))
        for file in inside
        if _begins(file) != b"PAR1"
    ]
    if not inside:
        problems.append(Problem(name, _("is a folder without Parquet files"), _("Name a file, or a folder of parts.")))
    problems += _several_years(path, inside)
    if problems:
        raise InputError(problems)
    _check_same_columns(path, inside)
    return tuple(inside)


def _is_hidden(path: Path) -> bool:
    """Whether a file is a note that a program keeps for itself, such as ``_SUCCESS`` or ``.part-0.parquet.crc``."""
    return any(part.startswith((".", "_")) for part in path.parts)


def _begins(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(4)


def partitions_of(path: Path, part: Path) -> dict[str, str | None]:
    """What the folders on the way to a part say, as ``year=2021`` does: column -> value of all its rows."""
    found: dict[str, str | None] = {}
    for step in part.relative_to(path).parts[:-1] if part != path else ():
        match = _PARTITION.fullmatch(step)
        if match:
            found[match.group(1)] = None if match.group(2) == NULL_PARTITION else match.group(2)
    return found


def _several_years(path: Path, parts: Iterable[Path]) -> list[Problem]:
    values: dict[str, set[str]] = {}
    for part in parts:
        for key, value in partitions_of(path, part).items():
            if plain(key) in _YEARS:
                values.setdefault(key, set()).add(str(value))
    return [
        Problem(
            name_of(path),
            _("holds several of {key}: {values}").format(key=key, values=", ".join(sorted(found))),
            _("Name one part of it, as in {example}.").format(example=f"{path.name}/{key}={max(found)}"),
        )
        for key, found in values.items()
        if len(found) > 1
    ]


def schema_of(part: Path, name: str) -> Any:
    """The Arrow schema of a Parquet file.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    import pyarrow as pa
    import pyarrow.parquet

    try:
        return pyarrow.parquet.read_schema(part)
    except (pa.ArrowException, OSError) as error:
        reason = str(error).split("\n")[0]
        raise InputError(
            Problem(name, _("cannot be read: {reason}").format(reason=reason), _("Export the table again."))
        ) from None


def _check_same_columns(path: Path, parts: list[Path]) -> None:
    names = [f"{name_of(path)}/{part.relative_to(path).as_posix()}" for part in parts]
    columns = [schema_of(part, name).names for part, name in zip(parts, names, strict=True)]
    others = [place for place, own in enumerate(columns) if set(own) != set(columns[0])]
    if others:
        other = ", ".join(sorted(set(columns[others[0]]) ^ set(columns[0])))
        what = _("cannot be read: its parts have different columns ({part} and {first}: {columns})")
        told = what.format(part=names[others[0]], first=names[0], columns=other)
        raise InputError(Problem(name_of(path), told, _("Name a file, or a folder of parts with the same columns.")))
