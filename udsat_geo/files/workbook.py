"""An Excel workbook of a designation (XlsxWriter): what it is, what columns mean, each layer's attributes.

Values stand in full behind formats: shares are shown per cent. Texts are texts, whatever they begin with.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from udsat_geo.designation.columns import DESCRIBED, FLAG, GEOMETRY, KEY, TEXT, WHOLE, describe_column, describe_layer
from udsat_geo.designation.layers import Layer, Layers
from udsat_geo.messages.errors import OutputError, Problem
from udsat_geo.messages.translate import N_, Np_, _, in_language
from udsat_geo.messages.words import counted_words, decimal

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

MOST_ROWS = 1_048_576
"""Of a sheet, its header among them. Source: Microsoft, Excel specifications and limits."""
LONGEST = 32_767
"""Characters in a cell, counted in UTF-16. Source: Microsoft, Excel specifications and limits."""
_NARROWEST, _WIDEST = 8, 60
_PLAIN = ("since", "until", "number")
"""Whole numbers that are no counts: they are shown without a thousands separator."""
_FORMULA = re.compile("['=+\\-@\t\r\n＝＋－＠]")
"""How a text begins that a spreadsheet would take for a formula, or for nothing, if it were typed in."""

_SOURCES = {
    "registers": N_("Registers"),
    "unit_table": N_("A ready-made table of units"),
    "synthetic": N_("SYNTHETIC CITY: its residents do not exist"),
}


def write_workbook(layers: Layers, folder: Path, stem: str) -> None:
    """Write ``STEM.xlsx``; the same designation gives the same bytes.

    Raises
    ------
    OutputError
        If a layer has more rows than a sheet.
    OSError
        If it cannot be written.
    """
    import xlsxwriter
    from xlsxwriter.exceptions import XlsxWriterException

    _check_rows(layers)
    book = xlsxwriter.Workbook(folder / f"{stem}.xlsx", {"constant_memory": True, "tmpdir": str(folder)})
    book.set_properties({"author": f"udsat_geo {layers.summary.version}",
                         "created": datetime.datetime(layers.year, 12, 31)})  # fmt: skip
    cells = _Cells(book)
    about = book.add_worksheet(_("About", layers.language))
    _write_columns(book.add_worksheet(_("Columns", layers.language)), cells, layers)
    for layer in layers:
        _write_layer(book.add_worksheet(describe_layer(layer.name, layers.language).title), cells, layer, layers)
    _write_about(about, cells, layers)
    try:
        book.close()
    except XlsxWriterException as error:
        raise OSError(str(error)) from None


def _check_rows(layers: Layers) -> None:
    """Refuse a layer that no sheet holds."""
    for layer in layers:
        if len(layer.table) >= MOST_ROWS:
            what = _("the layer {layer} has {rows} rows, and a sheet holds {most}").format(
                layer=layer.name, rows=decimal(len(layer.table), 0), most=decimal(MOST_ROWS - 1, 0)
            )
            raise OutputError(Problem("--format xlsx", what, _("Leave xlsx out; csv and parquet hold them.")))


def cell_text(text: str) -> tuple[str, bool]:
    """A text as a cell holds it, and whether it was cut: it ends in an ellipsis then."""
    # XlsxWriter takes such a text for its own markup and would write it as it is
    if text.startswith("<r>") and text.endswith("</r>"):
        text += " "
    if len(text) <= LONGEST // 2 or len(text.encode("utf-16-le", "surrogatepass")) // 2 <= LONGEST:
        return text, False
    kept = text.encode("utf-16-le", "surrogatepass")[: 2 * (LONGEST - 1)].decode("utf-16-le", "ignore")
    return f"{kept}…", True


class _Cells:
    """Writes the cells of all sheets of a workbook, and counts the texts that were cut."""

    def __init__(self, book: Workbook):
        self.cut = 0
        self.head = book.add_format({"bold": True, "bg_color": "#E7E6E6"})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self._shown = cache(lambda shown, quoted: book.add_format({"num_format": shown, "quote_prefix": quoted}))

    def shown(self, number_format: str, value: Any) -> Format:
        """The format of a cell: a text that looks like a formula gets the apostrophe that says it is none."""
        found: Format = self._shown(number_format, isinstance(value, str) and _FORMULA.match(value) is not None)
        return found

    def write(self, sheet: Worksheet, row: int, column: int, value: Any, style: Format) -> None:
        """Write a value as what it is: a text is never a formula, a number or an error, whatever it looks like."""
        if isinstance(value, str):
            text, cut = cell_text(value)
            self.cut += cut
            sheet.write_string(row, column, text, style)
        elif isinstance(value, bool):
            sheet.write_boolean(row, column, value, style)
        elif value is not None:
            sheet.write_number(row, column, value, style)

    def row(self, sheet: Worksheet, row: int, values: tuple[Any, ...], style: Format) -> None:
        """Write a row from the left."""
        for column, value in enumerate(values):
            self.write(sheet, row, column, value, style)


def _write_layer(sheet: Worksheet, cells: _Cells, layer: Layer, layers: Layers) -> None:
    """A layer's attributes, ready to work with: a header that stays, and a filter."""
    names = [name for name in layer.table.column_names if name != GEOMETRY]
    columns = [layer.table[name].to_pylist() for name in names]
    for number, (name, values) in enumerate(zip(names, columns, strict=True)):
        longest = max((len(value) for value in values if isinstance(value, str)), default=0)
        sheet.set_column(number, number, min(max(len(name) + 4, longest + 2, _NARROWEST), _WIDEST))
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, len(layer.table), len(names) - 1)
    cells.row(sheet, 0, tuple(names), cells.head)
    formats = [_formats(layer, name, layers) for name in names]
    for number, row in enumerate(zip(*columns, strict=True)):
        for column, value in enumerate(row):
            shown = formats[column]
            shown = shown if isinstance(shown, str) else shown[number]
            cells.write(sheet, number + 1, column, value, cells.shown(shown, value))


def _formats(layer: Layer, name: str, layers: Layers) -> str | list[str]:
    """The number format of a column; where rows differ, one for each."""
    share = {criterion.key: "0.0%" if criterion.share else "#,##0.00" for criterion in layers.summary.criteria}
    column = DESCRIBED[layer.name].column(name)
    kind = TEXT if column is None else column.kind
    if kind in (TEXT, FLAG):
        return "@" if kind == TEXT else "General"
    if kind == WHOLE:
        return "0" if name in _PLAIN else "#,##0"
    if layer.name == "status":
        return [share.get(key, "#,##0.00") for key in layer.table["criterion"].to_pylist()]
    beginning = "" if column is None else column.name.partition(KEY)[0]
    return share.get(name.removeprefix(beginning), "#,##0.00")


def _write_columns(sheet: Worksheet, cells: _Cells, layers: Layers) -> None:
    """What every column is called and means."""
    language = layers.language
    rows = [(_("Sheet", language), _("Column", language), _("Title", language), _("Meaning", language))]
    for layer in layers:
        title = describe_layer(layer.name, language).title
        for name in layer.table.column_names:
            told = describe_column(layer.name, name, language, layers.criteria)
            rows += [] if told is None else [(title, name, told.title, told.text)]
    for number, width in enumerate((24, 30, 36, 100)):
        sheet.set_column(number, number, width)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(rows) - 1, 3)
    for number, row in enumerate(rows):
        cells.row(sheet, number, row, cells.wrapped if number else cells.head)


def _write_about(sheet: Worksheet, cells: _Cells, layers: Layers) -> None:
    """Summary and provenance; the last, so that it can tell of all texts that were cut."""
    for number, width in enumerate((34, 70, 70)):
        sheet.set_column(number, number, width)
    heading = _("Designation of disadvantaged urban areas {year}", layers.language).format(year=layers.year)
    cells.row(sheet, 0, (heading,), cells.head)
    rows = list(_about(layers))
    if cells.cut:
        told = _("Texts that are longer than a cell holds, and end in … therefore", layers.language)
        rows.append((told, cells.cut))
    for number, row in enumerate(rows, start=1):
        cells.row(sheet, number, row, cells.wrapped)


def _about(layers: Layers) -> Iterator[tuple[Any, ...]]:
    """The rows of the first sheet."""
    summary, language = layers.summary, layers.language
    counted = counted_words({criterion.key: criterion.label for criterion in summary.criteria}, language)
    yield _("Source", language), in_language(_SOURCES, language).get(summary.source, summary.source)
    yield _("Policy", language), summary.policy.id, f"SHA-256 {summary.policy.sha256}"
    for base in summary.policy.extends:
        yield _("Builds on the policy", language), base.id, f"SHA-256 {base.sha256}"
    yield _("Designated areas", language), len(summary.areas)
    yield _("Units", language), summary.units
    yield _("Residents", language), summary.residents
    yield _("Residents in the areas", language), summary.residents_in_areas
    yield _(Np_("workbook", "Reference system"), language), summary.crs
    yield _("Version of udsat_geo", language), summary.version
    if summary.changes is not None:
        yield _("Compared with", language), summary.changes.previous_year
    for layer in layers:
        told = describe_layer(layer.name, language)
        yield _("Sheet", language), told.title, f"{told.text} ({layer.name})"
    for read in summary.inputs:
        rows = "" if read.rows is None else _("({rows} rows)", language).format(rows=read.rows)
        yield _("File read", language), f"{read.name} {rows}".rstrip(), f"SHA-256 {read.sha256}"
    if summary.settings is not None:
        yield _("File read", language), summary.settings.name, f"SHA-256 {summary.settings.sha256}"
    for name, count in summary.counts.items():
        yield _("Counted", language), counted.get(name, name), count
    for note in summary.notes:
        yield _("Note", language), note
