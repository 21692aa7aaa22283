"""An Excel workbook of a designation (openpyxl): what it is, what columns mean, each layer's attributes.

Values stand in full precision behind formats: shares are shown per cent. Texts are texts, whatever they begin with.
"""

from __future__ import annotations

import datetime
import math
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from udsat_geo.designation.columns import FLAGS, TEXTS, WHOLE, describe_column, describe_layer, type_of
from udsat_geo.designation.layers import GEOMETRY, LAYERS, Layer, Layers
from udsat_geo.files.stored import read_summary
from udsat_geo.messages.errors import OutputError, Problem, check_installed
from udsat_geo.messages.words import counted_words

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet


WORDS: dict[str, dict[str, str]] = {
    "da": {
        "about": "Om udpegningen",
        "columns": "Kolonner",
        "heading": "Udpegning af udsatte byområder {year}",
        "sheet": "Ark",
        "column": "Kolonne",
        "title": "Titel",
        "meaning": "Betydning",
        "source": "Kilde",
        "source_registers": "Registre",
        "source_unit_table": "En færdig tabel over enheder",
        "source_synthetic": "SYNTETISK BY: beboerne findes ikke",
        "policy": "Politik",
        "extends": "Bygger på politikken",
        "areas": "Udpegede områder",
        "units": "Enheder",
        "residents": "Beboere",
        "residents_in_areas": "Beboere i områderne",
        "crs": "Koordinatsystem",
        "version": "Version af udsat_geo",
        "previous": "Sammenlignet med",
        "input": "Læst fil",
        "rows": "({rows} rækker)",
        "counted": "Optalt",
        "note": "Bemærkning",
        "cut": "Tekster, som er længere, end en celle kan rumme, og derfor ender med …",
    },
    "en": {
        "about": "About",
        "columns": "Columns",
        "heading": "Designation of disadvantaged urban areas {year}",
        "sheet": "Sheet",
        "column": "Column",
        "title": "Title",
        "meaning": "Meaning",
        "source": "Source",
        "source_registers": "Registers",
        "source_unit_table": "A ready-made table of units",
        "source_synthetic": "SYNTHETIC CITY: its residents do not exist",
        "policy": "Policy",
        "extends": "Builds on the policy",
        "areas": "Designated areas",
        "units": "Units",
        "residents": "Residents",
        "residents_in_areas": "Residents in the areas",
        "crs": "Reference system",
        "version": "Version of udsat_geo",
        "previous": "Compared with",
        "input": "File read",
        "rows": "({rows} rows)",
        "counted": "Counted",
        "note": "Note",
        "cut": "Texts that are longer than a cell holds, and end in … therefore",
    },
}

LONGEST = 32_767
"""Characters in a cell, counted in UTF-16. Source: Microsoft, Excel specifications and limits."""
_SHORT = LONGEST // 2
"""A text with fewer characters fits, whatever they are."""
_CUT = "…"
_NO_XML = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
"""What XML cannot hold or turns into something else, and what looks like the way to write it."""
_WRITTEN = re.compile("_x([0-9A-Fa-f]{4})_")
_FORMULA = re.compile("['=+\\-@\t\r\n＝＋－＠]")


def as_cell_text(text: str) -> tuple[str, bool]:
    """A text as it stands in the file.

    Characters that XML cannot hold are written as ``_xHHHH_``, which spreadsheets turn back.

    Returns
    -------
    written : str
    cut : bool
        Whether it was longer than a cell holds: it ends in an ellipsis then.
    """
    if len(text) < _SHORT and _NO_XML.search(text) is None:
        return text, False
    written = _escaped(text)
    cut = len(written) > LONGEST or _length(text) > LONGEST
    if cut:
        kept = text[:LONGEST]
        while len(_escaped(kept)) >= LONGEST or _length(kept) >= LONGEST:
            over = max(len(_escaped(kept)), _length(kept)) - LONGEST + 1
            kept = kept[: len(kept) - max(1, over // 7)]
        written = _escaped(kept) + _CUT
    return written, cut


def begins_a_formula(text: str) -> bool:
    """Whether a spreadsheet would take a text for a formula, or for nothing, if it were typed in."""
    return not text or _FORMULA.match(text) is not None


def from_cell_text(written: str) -> str:
    """The text that `as_cell_text` was given, where it was not cut."""
    return _WRITTEN.sub(lambda found: chr(int(found.group(1), 16)), written)


def _escaped(text: str) -> str:
    return _NO_XML.sub(lambda found: f"_x{ord(found.group()):04X}_", text)


def _length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


class Zip(zipfile.ZipFile):
    """A ZIP archive to write whose entries bear no time: the same content gives the same bytes.

    Parameters
    ----------
    path : Path
    """

    def __init__(self, path: Path):
        super().__init__(path, "w", zipfile.ZIP_DEFLATED)

    def writestr(self, zinfo_or_arcname: Any, data: Any, compress_type: Any = None, compresslevel: Any = None) -> None:
        """Add an entry of content."""
        super().writestr(_entry(str(zinfo_or_arcname)), data, compress_type, compresslevel)

    def write(self, filename: Any, arcname: Any = None, compress_type: Any = None, compresslevel: Any = None) -> None:
        """Add a file."""
        with Path(filename).open("rb") as file, self.open(_entry(str(arcname or filename)), "w") as entry:
            shutil.copyfileobj(file, entry)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


MOST_ROWS = 1_048_576
"""Of a sheet, its header among them. Source: Microsoft, Excel specifications and limits."""
_YEARS = ("since", "until", "number")
_NARROWEST, _WIDEST = 8, 60


def write_workbook(stored: Layers, folder: Path, stem: str) -> None:
    """Write ``STEM.xlsx``; the same designation gives the same bytes.

    Raises
    ------
    OutputError
        If a layer has more rows than a sheet.
    OSError
        If it cannot be written.
    """
    from openpyxl import Workbook
    from openpyxl.writer.excel import ExcelWriter

    for layer in stored:
        if len(layer.table) >= MOST_ROWS:
            what = f"the layer {layer.name} has {len(layer.table):,} rows, and a sheet holds {MOST_ROWS - 1:,}"
            raise OutputError(Problem("--format xlsx", what, "Leave xlsx out; csv and parquet hold them."))
    book = Workbook(write_only=True)
    day = datetime.datetime(stored.year, 12, 31)
    book.properties.creator = f"udsat_geo {stored.summary.version}"
    book.properties.created = book.properties.modified = day
    with _closed_anyway(book), Zip(folder / f"{stem}.xlsx") as archive:
        about, columns = (book.create_sheet(WORDS[stored.language][name]) for name in ("about", "columns"))
        cut = [_write_layer(book, layer, stored) for layer in stored]
        _write_columns(columns, stored)
        _write_about(about, stored, sum(cut))
        ExcelWriter(book, archive).write_data()


@contextmanager
def _closed_anyway(book: Workbook) -> Iterator[None]:
    """Close the sheets after a failure: the garbage collector would say on standard error what is told already."""
    from openpyxl.utils.exceptions import WorkbookAlreadySaved

    try:
        yield
    except OSError:
        for sheet in book.worksheets:
            # each attempt closes one more of the streams within each other
            for _ in range(3):
                with suppress(OSError, StopIteration, WorkbookAlreadySaved):
                    sheet.close()
        raise


# --- layers -------------------------------------------------------------------------------------------------


def _write_layer(book: Workbook, layer: Layer, stored: Layers) -> int:
    """Add a layer's sheet; how many of its texts were longer than a cell holds."""
    from openpyxl.utils import get_column_letter

    table = layer.table if layer.geometry_type is None else layer.table.drop_columns(GEOMETRY)
    sheet = book.create_sheet(describe_layer(layer.name, stored.language).title)
    cells = _Cells(sheet)
    for number, name in enumerate(table.column_names, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = _width(name, table[name])
    sheet.freeze_panes = "B2"
    sheet.append([cells.head(name) for name in table.column_names])
    formats = [_formats(layer.name, name, table, stored) for name in table.column_names]
    for number, row in enumerate(zip(*(column.to_pylist() for column in table.columns), strict=True)):
        shown = [of_row(number) for of_row in formats]
        sheet.append([cells.of(*cell) for cell in zip(row, range(len(row)), shown, strict=True)])
    sheet.auto_filter.ref = f"A1:{get_column_letter(table.num_columns)}{len(table) + 1}"
    return cells.cut


def _formats(layer: str, column: str, table: Any, stored: Layers) -> Callable[[int], str]:
    """The number format of a column by row."""
    share = {criterion["key"]: bool(criterion["share"]) for criterion in stored.criteria}
    if column in TEXTS or column in FLAGS:
        return lambda _: "@" if column in TEXTS else "General"
    if column in WHOLE:
        return lambda _: "0" if column in _YEARS else "#,##0"
    if layer == "status":
        by_row = ["0.0%" if share.get(key) else "#,##0.00" for key in table["criterion"].to_pylist()]
        return by_row.__getitem__
    key = column.removeprefix("rate_").removeprefix("gap_")
    shown = "0.0%" if key != column and share.get(key) else "#,##0.00"
    return lambda _: shown


def _width(name: str, column: Any) -> float:
    """Of a column: its header with the filter's button, and most of its texts."""
    import pyarrow.compute as pc

    longest = 0
    if name in TEXTS:
        longest = int(pc.max(pc.utf8_length(column)).as_py() or 0)
    return min(max(len(name) + 4, longest + 2, _NARROWEST), _WIDEST)


class _Cells:
    """Makes the cells of a sheet."""

    def __init__(self, sheet: WriteOnlyWorksheet):
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.styles import Alignment, Font, PatternFill

        self._cell = WriteOnlyCell
        self._sheet = sheet
        self._font, self._fill = Font(bold=True), PatternFill("solid", fgColor="E7E6E6")
        self._wrapped = Alignment(wrap_text=True, vertical="top")
        self._of_column: dict[tuple[int, str, bool], Any] = {}
        self.cut = 0

    def head(self, text: str) -> Any:
        """A cell of a header."""
        cell = self._filled(self._cell(self._sheet), text)
        cell.font, cell.fill = self._font, self._fill
        return cell

    def wrapped(self, value: Any) -> Any:
        """A cell whose text may take several lines."""
        cell = self._filled(self._cell(self._sheet), value)
        cell.alignment = self._wrapped
        return cell

    def of(self, value: Any, column: int, shown: str) -> Any:
        """A cell of a column in a number format; None for none.

        The next row's is the same object with another value: a row is written before the next one is made, and a style
        takes longer than a value.
        """
        if value is None:
            return None
        quoted = isinstance(value, str) and begins_a_formula(value)
        cell = self._of_column.get((column, shown, quoted))
        if cell is None:
            cell = self._cell(self._sheet)
            cell.number_format = shown
            # the apostrophe that a spreadsheet shows before a text that it is not to take for anything else
            cell.quotePrefix = quoted
            self._of_column[column, shown, quoted] = cell
        return self._filled(cell, value)

    def _filled(self, cell: Any, value: Any) -> Any:
        if isinstance(value, str):
            cell.value, cut = as_cell_text(value)
            self.cut += cut
            # a text, never a formula or an error, whatever it looks like
            cell.data_type = "s"
        elif isinstance(value, bool):
            cell.value = value
        else:
            # as text marked as a number: openpyxl would write 16 digits, and 17 tell two numbers apart
            cell.value = repr(value)
            cell.data_type = "n"
        return cell


# --- what it is ---------------------------------------------------------------------------------------------


def _write_columns(sheet: WriteOnlyWorksheet, stored: Layers) -> None:
    """What every column is called and means."""
    cells, words = _Cells(sheet), WORDS[stored.language]
    for letter, width in zip("ABCD", (24, 30, 36, 100), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    sheet.append([cells.head(words[name]) for name in ("sheet", "column", "title", "meaning")])
    rows = 1
    for layer in stored:
        title = describe_layer(layer.name, stored.language).title
        for name in layer.table.column_names:
            told = describe_column(layer.name, name, stored.language, stored.criteria)
            if told is not None:
                sheet.append([cells.wrapped(text) for text in (title, name, told.title, told.text)])
                rows += 1
    sheet.auto_filter.ref = f"A1:D{rows}"


def _write_about(sheet: WriteOnlyWorksheet, stored: Layers, cut: int) -> None:
    """Summary and provenance."""
    cells, words = _Cells(sheet), WORDS[stored.language]
    for letter, width in zip("ABC", (34, 70, 70), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.append([cells.head(words["heading"].format(year=stored.year))])
    for row in _about(stored):
        sheet.append([cells.wrapped(value) for value in row])
    if cut:
        sheet.append([cells.wrapped(words["cut"]), cells.wrapped(cut)])


def _about(stored: Layers) -> Iterator[tuple[Any, ...]]:
    summary, words = stored.summary, WORDS[stored.language]
    labels = {criterion.key: criterion.label for criterion in summary.criteria}
    counted = counted_words(labels, stored.language)
    policy, changes = summary.policy, summary.changes
    yield words["source"], words.get(f"source_{summary.source}", summary.source)
    yield words["policy"], policy.id, f"SHA-256 {policy.sha256}"
    for base in policy.extends:
        yield words["extends"], base.id, f"SHA-256 {base.sha256}"
    yield words["areas"], len(summary.areas)
    for name in ("units", "residents", "residents_in_areas", "crs", "version"):
        yield words[name], getattr(summary, name)
    if changes is not None:
        yield words["previous"], changes.previous_year
    for name, described in ((layer.name, describe_layer(layer.name, stored.language)) for layer in stored):
        yield words["sheet"], described.title, f"{described.text} ({name})"
    for read in summary.inputs:
        rows = "" if read.rows is None else words["rows"].format(rows=read.rows)
        yield words["input"], f"{read.name} {rows}".rstrip(), f"SHA-256 {read.sha256}"
    if summary.settings is not None:
        yield words["input"], summary.settings.name, f"SHA-256 {summary.settings.sha256}"
    for name, count in summary.counts.items():
        yield words["counted"], counted.get(name, name), count
    for note in summary.notes:
        yield words["note"], note


# --- back ---------------------------------------------------------------------------------------------------


def read_workbook(path: Path) -> Layers:
    """A workbook and the JSON beside it, without geometries, which were not written.

    Raises
    ------
    InputError
        If there is no summary.
    ValueError, KeyError
        If it cannot be read, or is not as this product writes it.
    """
    import zipfile

    check_installed(path.name, "openpyxl", "excel")
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    summary = read_summary(path)
    titles = {describe_layer(name, summary.language).title: name for name in LAYERS}
    try:
        book = load_workbook(path, read_only=True)
        try:
            sheets = [sheet for sheet in book.worksheets if sheet.title in titles]
            layers = {titles[sheet.title]: _read_layer(titles[sheet.title], sheet) for sheet in sheets}
        finally:
            book.close()
    except (zipfile.BadZipFile, InvalidFileException, SyntaxError, OSError, TypeError) as error:
        raise ValueError(f"cannot be read: {error}") from None
    return Layers(summary, layers)


def _read_layer(name: str, sheet: Any) -> Layer:
    import pyarrow as pa

    sheet.reset_dimensions()
    rows = sheet.iter_rows()
    columns = [cell.value for cell in next(rows, ())]
    values: list[list[Any]] = [[] for _ in columns]
    for row in rows:
        read = [_value(cell) for cell in row]
        for number, column in enumerate(columns):
            values[number].append(_typed(column, read[number] if number < len(read) else None))
    try:
        arrays = {column: pa.array(read, type=type_of(column)) for column, read in zip(columns, values, strict=True)}
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise ValueError(f"{name}: {error}") from None
    return Layer(name, pa.table(arrays))


def _value(cell: Any) -> Any:
    if cell.value is None:
        # an empty text is a cell of text without any
        return "" if cell.data_type == "inlineStr" else None
    return from_cell_text(cell.value) if isinstance(cell.value, str) else cell.value


def _typed(column: str, value: Any) -> Any:
    """A number as it was: sheets know no whole ones."""
    if isinstance(value, int) and not isinstance(value, bool) and column not in WHOLE:
        return float(value)
    if isinstance(value, float) and column in WHOLE and math.isfinite(value) and value == int(value):
        return int(value)
    return value
