"""CSV tables by the same rules as registers: encoding and separator found out, no row left out, no date guessed."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Literal, TextIO, cast

from pydantic import BaseModel, ConfigDict, Field, model_validator

from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import N_, Note, _
from udsat_geo.messages.words import decimal
from udsat_geo.sources.engine import connect, literal, pattern_of
from udsat_geo.sources.number_texts import Decimal, Thousands, told_writing, typed_texts
from udsat_geo.sources.origins import name_of


class TableSettings(BaseModel):
    """What may be said about one table.

    Attributes
    ----------
    file : str or None
        Name of the file where it is not the table's own; ``file.gpkg|layername=x`` names a layer of it.
    layer : str or None
        Of a vector file with several.
    separator, encoding : str or None
        CSV only: fixed instead of found out.
    decimal, thousands : str or None
        Of numbers that are text: the sign before decimals, and the one that stands between thousands.
    columns : dict
        Our column name -> the file's.
    values : dict
        Our column name -> the file's value -> our code.
    crs : str or None
        Reference system of plain easting and northing columns, and of a vector file that does not say its own.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: str | None = None
    layer: str | None = None
    separator: Literal[",", ";", "\t", "|"] | None = None
    decimal: Decimal | None = None
    thousands: Thousands | None = None
    encoding: Literal["utf-8", "latin-1", "windows-1252", "utf-16"] | None = None
    columns: dict[str, str] = Field(default_factory=dict)
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    crs: str | None = None

    @model_validator(mode="after")
    def _signs_differ(self) -> TableSettings:
        if self.decimal is not None and self.decimal == self.thousands:
            raise ValueError(_("decimal and thousands are the same sign"))
        return self


_SEPARATORS = {
    ";": N_("semicolon separated"),
    ",": N_("comma separated"),
    "\t": N_("tab separated"),
    "|": N_("bar separated"),
}
_END_OF_DATA = N_("unexpected end of data")
"""What Python's reader says of a quote that is not closed."""
_DECIMALS = {",": N_("decimal comma"), ".": N_("decimal point")}
_BLOCK = 1 << 22
_ENCODINGS = {"utf-8": "UTF-8", "latin-1": "Latin-1", "windows-1252": "Windows-1252", "utf-16": "UTF-16"}


@dataclass(frozen=True)
class Dialect:
    """The dialect of a CSV file.

    Attributes
    ----------
    encoding : str
        ``utf-8``, ``latin-1``, ``windows-1252`` or ``utf-16``.
    separator : str
    header : tuple of str
        Column names as they stand in the file.
    skip : int
        Lines before the header: Excel's ``sep=;``.
    plain : bool
        Whether DuckDB reads the file itself: it is UTF-8 or Latin-1, not packed, and its lines all end alike.
    """

    encoding: str
    separator: str
    header: tuple[str, ...]
    skip: int = 0
    plain: bool = True

    @property
    def columns(self) -> tuple[str, ...]:
        """The header with names that SQL, which knows no letter case, can tell apart."""
        names: list[str] = []
        # nor can it name a column with a zero byte
        for place, name in enumerate((each.replace("\x00", "") for each in self.header), start=1):
            taken = {other.lower() for other in names}
            names.append(f"{name} ({place})" if name.lower() in taken else name)
        return tuple(names)

    def note(self, file: str, decimal: str) -> Note:
        """How a file is written, with its decimal sign."""
        encoding = _ENCODINGS[self.encoding]
        words = {"separator": _SEPARATORS[self.separator], "encoding": encoding, "decimal": _DECIMALS[decimal]}
        return Note("{file}: {separator}, {encoding}, {decimal}", {"file": file, **words})


def read_dialect(path: Path, settings: TableSettings) -> Dialect:
    """Find out how a CSV file is written.

    Parameters
    ----------
    path : Path
    settings : TableSettings
        What `registers.toml` fixes is not found out but held to.

    Raises
    ------
    InputError
        If the file is empty, in neither encoding, not in the encoding that is fixed, or has a broken header.
    """
    scanned = _scan(path)
    encoding = _encoding_of(path, settings.encoding, scanned)
    with _opened(path, encoding) as file:
        first = file.readline()
        hint = _HINT.fullmatch(first.strip(" \r\n"))
        header = file.readline() if hint else first
        following = file.readline()
    if not header.strip():
        raise InputError(Problem(path.name, _("has no header line"), _("Write the column names on the first line.")))
    if _names_no_columns(header, following):
        what = _("begins with a line that names no columns")
        remedy = _("Delete what stands above the column names.")
        raise InputError(Problem(path.name, what, remedy, example=repr(header.strip()[:60])))
    separator: str = settings.separator or (_hinted(hint.group(1), path) if hint else _likeliest(header))
    names = next(csv.reader([header], delimiter=separator))
    # a separator at the end of every line is common and harmless: such a column has no name
    columns = tuple(name.strip() or f"unnamed {place}" for place, name in enumerate(names, start=1))
    repeated = sorted({name for name in columns if columns.count(name) > 1})
    if repeated:
        what = _("column names stand twice: {names}").format(names=", ".join(repeated))
        raise InputError(Problem(path.name, what, _("Rename one of them.")))
    plain = encoding in ("utf-8", "latin-1") and not scanned.packed and scanned.line_ends <= 1
    return Dialect(encoding, separator, columns, int(hint is not None), plain)


_HINT = re.compile(r'"?sep=(.)"?', re.IGNORECASE)
"""Excel's hint for itself, on a line of its own."""


def _hinted(separator: str, path: Path) -> str:
    if separator not in _SEPARATORS:
        what = _("says that {sign!r} separates columns").format(sign=separator)
        raise InputError(Problem(path.name, what, _("Save it with a comma, semicolon, tab or bar between columns.")))
    return separator


def _likeliest(header: str) -> str:
    """The separator that a header has most of, what is quoted apart."""
    signs = _signs_between(header)
    return max(_SEPARATORS, key=signs.count)


def _names_no_columns(first: str, following: str) -> bool:
    """Whether a first line is a title or a comment above the column names."""
    columns = _signs_between(following)
    if not first.lstrip().startswith("#"):
        return bool(columns) and not _signs_between(first)
    separator = _likeliest(following)
    return columns.count(separator) != _signs_between(first).count(separator)


def _signs_between(line: str) -> str:
    """The signs of a line that can separate columns, what is quoted apart."""
    bare = re.sub(r'"[^"]*"', "", line)
    return "".join(sign for sign in bare if sign in _SEPARATORS)


def _opened_bytes(path: Path) -> BinaryIO:
    """A file, unpacked where it is packed by gzip."""
    return cast(BinaryIO, gzip.open(path)) if _is_packed(path) else path.open("rb")


def _is_packed(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


@contextmanager
def _opened(path: Path, encoding: str) -> Iterator[TextIO]:
    with _opened_bytes(path) as file:
        yield io.TextIOWrapper(file, encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline="")


@dataclass(frozen=True)
class _Scanned:
    """What the bytes of a file say.

    Attributes
    ----------
    packed : bool
        By gzip.
    line_ends : int
        How many kinds of line ends there are.
    ascii : bool
        Whether it is ASCII alone, which is the same in most encodings.
    not_utf8 : int or None
        The first line that is no UTF-8.
    controls : bool
        Whether it holds bytes that no Latin-1 text does (0x80-0x9F are control codes there).
    undefined : bool
        Whether it holds bytes that no Windows-1252 text does.
    """

    packed: bool
    line_ends: int
    ascii: bool
    not_utf8: int | None
    controls: bool
    undefined: bool


_CONTROLS, _UNDEFINED = bytes(range(0x80, 0xA0)), b"\x81\x8d\x8f\x90\x9d"


def _scan(path: Path) -> _Scanned:
    """Read a file through once; control codes are looked for where it is no UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    lines, not_utf8 = 1, None
    windows = feeds = returns = 0
    only_ascii, controls, undefined = True, False, False
    before = b""
    with _opened_bytes(path) as file:
        while True:
            block = file.read(_BLOCK)
            if not_utf8 is None:
                try:
                    decoder.decode(block, final=not block)
                except UnicodeDecodeError as error:
                    not_utf8 = lines + error.object[: error.start].count(b"\n")
            if not block:
                break
            only_ascii = only_ascii and block.isascii()
            windows += block.count(b"\r\n") + (before == b"\r" and block.startswith(b"\n"))
            feeds, returns = feeds + block.count(b"\n"), returns + block.count(b"\r")
            lines, before = lines + block.count(b"\n"), block[-1:]
            if not_utf8 is not None:
                controls = controls or len(block.translate(None, _CONTROLS)) != len(block)
                undefined = undefined or len(block.translate(None, _UNDEFINED)) != len(block)
    line_ends = (windows > 0) + (feeds > windows) + (returns > windows)
    return _Scanned(_is_packed(path), line_ends, only_ascii, not_utf8, controls, undefined)


def _encoding_of(path: Path, fixed: str | None, scanned: _Scanned) -> str:
    with _opened_bytes(path) as file:
        start = file.read(4)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        _check_utf16(path)
        return "utf-16"
    if b"\0" in start or fixed == "utf-16":
        what = _("is UTF-16 text without a byte order mark, or no text at all")
        raise InputError(Problem(path.name, what, _("Save it as UTF-8.")))
    line = scanned.not_utf8
    if fixed == "utf-8" and line is not None:
        likely = "windows-1252" if scanned.controls else "latin-1"
        remedy = _('Set encoding = "{likely}" in registers.toml, or save it as UTF-8.').format(likely=likely)
        raise InputError(Problem(path.name, _("is not UTF-8 from line {line} on").format(line=line), remedy))
    if line is None and (fixed in (None, "utf-8") or scanned.ascii):
        return "utf-8"
    if line is None:
        # two bytes of a letter in UTF-8 are hardly ever two letters of another encoding
        remedy = _("Leave encoding out of registers.toml.")
        raise InputError(Problem(path.name, _("is UTF-8, not {fixed}").format(fixed=fixed), remedy))
    if not scanned.controls:
        return fixed or "latin-1"
    if scanned.undefined:
        what = _("is neither UTF-8 (line {line}) nor Latin-1 or Windows-1252 text").format(line=line)
        raise InputError(Problem(path.name, what, _("Save it as UTF-8.")))
    # where Latin-1 has control codes, Windows-1252 has letters and dashes; all else is the same
    return "windows-1252"


def _check_utf16(path: Path) -> None:
    decoder = codecs.getincrementaldecoder("utf-16")()
    try:
        with _opened_bytes(path) as file:
            while block := file.read(_BLOCK):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        what = _("begins as UTF-16 text and does not go on so ({reason})").format(reason=error.reason)
        raise InputError(Problem(path.name, what, _("Save it as UTF-8."))) from None


def relation_of(path: Path, dialect: Dialect) -> str:
    """SQL of the rows of a file that DuckDB reads itself, every value text."""
    columns = ", ".join(f"{literal(column)}: 'VARCHAR'" for column in dialect.columns)
    return (
        f"read_csv({literal(pattern_of(path))}, hive_partitioning=false, auto_detect=false, header=true, "
        f"skip={dialect.skip}, strict_mode=true, null_padding=false, "
        f"delim={literal(dialect.separator)}, quote='\"', escape='\"', encoding={literal(dialect.encoding)}, "
        f"columns={{{columns}}})"
    )


def rows_of(path: Path, dialect: Dialect) -> Any:
    """The rows of a file that DuckDB does not read itself, by the same rules, as an Arrow table of text.

    Raises
    ------
    InputError
        If a row does not fit the header.
    """
    import pyarrow as pa

    wanted = len(dialect.header)
    batches: list[Any] = []
    schema = pa.schema([(name, pa.string()) for name in dialect.columns])
    with _opened(path, dialect.encoding) as file:
        rows = _after_header(file, dialect)
        try:
            while some := list(islice(rows, 1 << 16)):
                filled = [row for row in some if row]
                if any(len(row) != wanted for row in filled):
                    raise csv.Error
                columns = [[value or None for value in column] for column in zip(*filled, strict=True)]
                if columns:
                    batches.append(pa.record_batch(columns, schema=schema))
        except (csv.Error, UnicodeDecodeError, EOFError, OSError, zlib.error) as error:
            reason = first_broken_row(path, dialect) if isinstance(error, csv.Error) else str(error)
            what = _("cannot be read: {reason}").format(reason=reason)
            remedy = _("Mend it; look for separators and quotes that belong to a value.")
            raise InputError(Problem(path.name, what, remedy)) from None
    return pa.Table.from_batches(batches, schema)


def _after_header(file: TextIO, dialect: Dialect) -> Iterator[list[str]]:
    rows = csv.reader(file, delimiter=dialect.separator, strict=True)
    return islice(rows, dialect.skip + 1, None)


def first_broken_row(path: Path, dialect: Dialect) -> str | None:
    """What is wrong with the first row that does not fit the header; None if all fit.

    Reads row by row in Python: for telling what went wrong, not for reading.
    """
    wanted = len(dialect.header)
    with _opened(path, dialect.encoding) as file:
        rows = csv.reader(file, delimiter=dialect.separator, strict=True)
        number, begin = 0, 1 + dialect.skip
        try:
            for number, fields in enumerate(islice(rows, dialect.skip, None)):
                if fields and len(fields) != wanted:
                    told = _("row {n} (line {line}) has {fields} fields, the header {wanted}")
                    return told.format(n=decimal(number, 0), line=decimal(begin, 0), fields=len(fields), wanted=wanted)
                begin = rows.line_num + 1
        except csv.Error as error:
            told = _("row {n} (from line {line} on) has a broken or unclosed quote ({reason})")
            return told.format(n=decimal(number + 1, 0), line=decimal(begin, 0), reason=_(str(error)))
    return None


def read_csv_table(path: Path, as_text: bool, language: str, settings: TableSettings | None = None) -> tuple[Any, str]:
    """A CSV table, and in words how it is written.

    Parameters
    ----------
    path : Path
    as_text : bool
        Every column as text; otherwise whole numbers, numbers and truth values are told apart.
    language : {"da", "en"}
        Of the words.
    settings : TableSettings, optional
        What is fixed instead of found out.

    Returns
    -------
    table : pyarrow.Table
    note : str
        How it is written.

    Raises
    ------
    InputError
        If the file cannot be read, or a row does not fit the header.
    """
    import duckdb

    if not path.is_file():
        raise InputError(Problem(path.name, _("is not a file"), _("Check the path.")))
    settings = settings or TableSettings()
    dialect = read_dialect(path, settings)
    with connect() as connection:
        try:
            table = (
                connection.sql(f"SELECT * FROM {relation_of(path, dialect)}").to_arrow_table()
                if dialect.plain
                else rows_of(path, dialect)
            )
        except duckdb.Error as error:
            reason = first_broken_row(path, dialect) or str(error).strip().split("\n")[0]
            what = _("cannot be read: {reason}").format(reason=reason)
            raise InputError(Problem(path.name, what, _("Mend the file."))) from None
        told = told_writing(settings.decimal, settings.thousands)
        table, writing = typed_texts(connection, table, told, dialect.separator == ";", as_text)
    return table, dialect.note(name_of(path), writing.decimal).told(language)
