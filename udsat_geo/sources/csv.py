"""CSV tables by the same rules as registers: encoding and separator found out, no row left out, no date guessed."""

from __future__ import annotations

import codecs
import csv
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import N_, Note, _
from udsat_geo.messages.words import decimal
from udsat_geo.sources.engine import connect
from udsat_geo.sources.origins import name_of


class TableSettings(BaseModel):
    """What may be said about one table.

    Attributes
    ----------
    file : str or None
        Name of the file where it is not the table's own; ``file.gpkg|layername=x`` names a layer of it.
    layer : str or None
        Of a vector file with several.
    separator, decimal, encoding : str or None
        CSV only: fixed instead of found out.
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
    decimal: Literal[".", ","] | None = None
    encoding: Literal["utf-8", "latin-1"] | None = None
    columns: dict[str, str] = Field(default_factory=dict)
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    crs: str | None = None


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def pattern_of(path: Path) -> str:
    """The pattern that DuckDB takes for this file alone, whatever stars and brackets stand in its path."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in str(path))


def quoted(name: str) -> str:
    """A column name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


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


@dataclass(frozen=True)
class Dialect:
    """The dialect of a CSV file.

    Attributes
    ----------
    encoding : str
        ``utf-8`` or ``latin-1``.
    separator : str
    header : tuple of str
        Column names as they stand in the file.
    """

    encoding: str
    separator: str
    header: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The header with names that SQL, which knows no letter case, can tell apart."""
        names: list[str] = []
        for place, name in enumerate(self.header, start=1):
            taken = {other.lower() for other in names}
            names.append(f"{name} ({place})" if name.lower() in taken else name)
        return tuple(names)

    def note(self, file: str, decimal: str) -> Note:
        """How a file is written, with its decimal sign."""
        encoding = "UTF-8" if self.encoding == "utf-8" else "Latin-1"
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
    encoding = _encoding_of(path, settings.encoding)
    with path.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline="") as file:
        first = file.readline()
    if not first.strip():
        raise InputError(Problem(path.name, _("has no header line"), _("Write the column names on the first line.")))
    separator: str = settings.separator or max(_SEPARATORS, key=first.count)
    names = next(csv.reader([first], delimiter=separator))
    # a separator at the end of every line is common and harmless: such a column has no name
    header = tuple(name.strip() or f"unnamed {place}" for place, name in enumerate(names, start=1))
    repeated = sorted({name for name in header if header.count(name) > 1})
    if repeated:
        what = _("column names stand twice: {names}").format(names=", ".join(repeated))
        raise InputError(Problem(path.name, what, _("Rename one of them.")))
    return Dialect(encoding, separator, header)


def _encoding_of(path: Path, fixed: str | None) -> str:
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in start:
        raise InputError(Problem(path.name, _("is UTF-16 text or no text at all"), _("Save it as UTF-8.")))
    line = _first_line_not_utf8(path)
    if fixed == "utf-8" and line is not None:
        remedy = _('Set encoding = "latin-1" in registers.toml, or save it as UTF-8.')
        raise InputError(Problem(path.name, _("is not UTF-8 from line {line} on").format(line=line), remedy))
    if fixed is not None or line is None:
        return fixed or "utf-8"
    if _has_control_bytes(path):
        what = _("is neither UTF-8 (line {line}) nor Latin-1 text").format(line=line)
        raise InputError(Problem(path.name, what, _("Save it as UTF-8.")))
    return "latin-1"


def _first_line_not_utf8(path: Path) -> int | None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    lines = 1
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            try:
                decoder.decode(block)
            except UnicodeDecodeError as error:
                return lines + error.object[: error.start].count(b"\n")
            lines += block.count(b"\n")
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return lines
    return None


def _has_control_bytes(path: Path) -> bool:
    """Whether bytes stand in the file that no Latin-1 text holds (0x80-0x9F are control codes there)."""
    controls = bytes(range(0x80, 0xA0))
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            if len(block.translate(None, controls)) != len(block):
                return True
    return False


def first_broken_row(path: Path, dialect: Dialect) -> str | None:
    """What is wrong with the first row that does not fit the header; None if all fit.

    Reads row by row in Python: for telling what went wrong, not for reading.
    """
    wanted = len(dialect.header)
    encoding = "utf-8-sig" if dialect.encoding == "utf-8" else dialect.encoding
    with path.open(encoding=encoding, newline="") as file:
        rows = csv.reader(file, delimiter=dialect.separator, strict=True)
        number, begin = 0, 1
        try:
            for number, fields in enumerate(rows):
                if fields and len(fields) != wanted:
                    told = _("row {n} (line {line}) has {fields} fields, the header {wanted}")
                    return told.format(n=decimal(number, 0), line=decimal(begin, 0), fields=len(fields), wanted=wanted)
                begin = rows.line_num + 1
        except csv.Error as error:
            told = _("row {n} (from line {line} on) has a broken or unclosed quote ({reason})")
            return told.format(n=decimal(number + 1, 0), line=decimal(begin, 0), reason=_(str(error)))
    return None


_TYPES = "['BOOLEAN', 'BIGINT', 'DOUBLE', 'VARCHAR']"
"""What a column may be; a date stays the text it is, as 03-04-2021 is two days."""


def read_csv_table(path: Path, as_text: bool, language: str) -> tuple[Any, str]:
    """A CSV table, and in words how it is written.

    Parameters
    ----------
    path : Path
    as_text : bool
        Every column as text; otherwise whole numbers, numbers and truth values are told apart.
    language : {"da", "en"}
        Of the words.

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
    dialect = read_dialect(path, TableSettings())
    decimal = "," if dialect.separator == ";" and _has_decimal_comma(path, dialect.encoding) else "."
    names = ", ".join(literal(name) for name in dialect.header)
    query = (
        f"SELECT * FROM read_csv({literal(pattern_of(path))}, hive_partitioning=false, header=true, skip=0, "
        f"delim={literal(dialect.separator)}, quote='\"', escape='\"', comment='', strict_mode=true, "
        f"null_padding=false, encoding={literal(dialect.encoding)}, decimal_separator={literal(decimal)}, "
        f"names=[{names}], all_varchar={str(as_text).lower()}, auto_type_candidates={_TYPES}, sample_size=-1)"
    )
    try:
        with connect() as connection:
            table = connection.sql(query).to_arrow_table()
    except duckdb.Error as error:
        reason = first_broken_row(path, dialect) or str(error).strip().split("\n")[0]
        what = _("cannot be read: {reason}").format(reason=reason)
        raise InputError(Problem(path.name, what, _("Mend the file."))) from None
    return table, dialect.note(name_of(path), decimal).told(language)


def _has_decimal_comma(file: Path, encoding: str) -> bool:
    with file.open(encoding=encoding) as text:
        next(text)
        return any(
            re.search(r"(^|;)-?\d*,\d+(;|$)", line.strip()) for line, _ in zip(text, range(10_000), strict=False)
        )
