"""How a CSV file is written: encoding, separator, header. Found out from the file, and always said."""

from __future__ import annotations

import codecs
import csv
from dataclasses import dataclass
from pathlib import Path

from udsat_geo.errors import InputError, Problem
from udsat_geo.registers.settings import TableSettings

_SEPARATORS = {
    "da": {";": "semikolonsepareret", ",": "kommasepareret", "\t": "tabulatorsepareret", "|": "stregsepareret"},
    "en": {";": "semicolon separated", ",": "comma separated", "\t": "tab separated", "|": "bar separated"},
}
_DECIMALS = {"da": {",": "decimalkomma", ".": "decimalpunktum"}, "en": {",": "decimal comma", ".": "decimal point"}}
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

    def with_decimal(self, decimal: str, language: str = "en") -> str:
        """The dialect and its decimal sign in words."""
        encoding = "UTF-8" if self.encoding == "utf-8" else "Latin-1"
        return f"{_SEPARATORS[language][self.separator]}, {encoding}, {_DECIMALS[language][decimal]}"


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
        raise InputError(Problem(path.name, "has no header line", "Write the column names on the first line."))
    separator: str = settings.separator or max(_SEPARATORS["en"], key=first.count)
    names = next(csv.reader([first], delimiter=separator))
    # a separator at the end of every line is common and harmless: such a column has no name
    header = tuple(name.strip() or f"unnamed {place}" for place, name in enumerate(names, start=1))
    repeated = sorted({name for name in header if header.count(name) > 1})
    if repeated:
        raise InputError(Problem(path.name, f"column names stand twice: {', '.join(repeated)}", "Rename one of them."))
    return Dialect(encoding, separator, header)


def _encoding_of(path: Path, fixed: str | None) -> str:
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in start:
        raise InputError(Problem(path.name, "is UTF-16 text or no text at all", "Save it as UTF-8."))
    line = _first_line_not_utf8(path)
    if fixed == "utf-8" and line is not None:
        raise InputError(
            Problem(
                path.name,
                f"is not UTF-8 from line {line} on",
                'Set encoding = "latin-1" in registers.toml, or save it as UTF-8.',
            )
        )
    if fixed is not None or line is None:
        return fixed or "utf-8"
    if _has_control_bytes(path):
        raise InputError(Problem(path.name, f"is neither UTF-8 (line {line}) nor Latin-1 text", "Save it as UTF-8."))
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
                    return f"row {number:,} (line {begin:,}) has {len(fields)} fields, the header {wanted}"
                begin = rows.line_num + 1
        except csv.Error as error:
            return f"row {number + 1:,} (from line {begin:,} on) has a broken or unclosed quote ({error})"
    return None
