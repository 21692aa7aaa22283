"""Arrow tables as delimited text and back: what CSV files and PostgreSQL's COPY are made of.

A missing value is an empty cell; an empty text stands in quotes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from udsat_geo.designation.columns import type_of
from udsat_geo.designation.layers import GEOMETRY, Layer, Layers
from udsat_geo.designation.summary import Summary

ROWS_AT_ONCE = 50_000
_NEEDS_QUOTES = "[\"',;\t\r\n]|^$|^ | $"


def rows_as_text(table: Any, delimiter: str = ",", decimal: str = ".", end: str = "\n") -> Iterator[str]:
    """The rows of a table as text, so many at once.

    Parameters
    ----------
    table : pyarrow.Table
        Of texts, whole numbers, numbers and flags; numbers are written so that they come back as they are.
    delimiter, decimal, end : str
        Between cells, in numbers, and after each row.
    """
    import pyarrow.compute as pc

    for start in range(0, len(table), ROWS_AT_ONCE):
        part = table.slice(start, ROWS_AT_ONCE)
        cells = [_cells(part[name].combine_chunks(), decimal) for name in part.column_names]
        rows = pc.binary_join_element_wise(*cells, delimiter, null_handling="replace", null_replacement="")
        yield end.join([*rows.to_pylist(), ""])


def _cells(column: Any, decimal: str) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_string(column.type):
        quoted = pc.binary_join_element_wise('"', pc.replace_substring(column, '"', '""'), '"', "")
        return pc.if_else(pc.match_substring_regex(column, _NEEDS_QUOTES), quoted, column)
    texts = column.cast(pa.string())
    return pc.replace_substring(texts, ".", decimal) if pa.types.is_floating(column.type) else texts


def table_of_text(content: bytes, types: dict[str, Any], delimiter: str = ",", decimal: str = ".") -> Any:
    """A table from delimited text with a header.

    Parameters
    ----------
    content : bytes
        UTF-8, a byte order mark is skipped.
    types : dict
        Column -> Arrow type; the header must name these, in this order.

    Raises
    ------
    ValueError
        If it does not fit.
    """
    import pyarrow as pa
    import pyarrow.csv

    try:
        table = pyarrow.csv.read_csv(
            pa.BufferReader(content),
            # a row may be longer than a block of the default size
            pyarrow.csv.ReadOptions(block_size=min(len(content) + 1, 2**30), use_threads=False),
            pyarrow.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            pyarrow.csv.ConvertOptions(
                column_types=types,
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
                true_values=["true", "t"],
                false_values=["false", "f"],
                decimal_point=decimal,
            ),
        )
    except (pa.ArrowInvalid, pa.ArrowKeyError) as error:
        raise ValueError(str(error).splitlines()[0]) from None
    if table.column_names != list(types):
        raise ValueError(f"its columns are {', '.join(table.column_names)}")
    return table


_BYTE_ORDER_MARK = "\ufeff"
"""Without it, spreadsheets take UTF-8 for something else."""
_STARTS = "=+\\-@\t\r\n＝＋－＠"
"""What a formula may begin with, wide forms included. Source: OWASP, CSV Injection."""
_DANGEROUS = f"^('*)([{_STARTS}])"
_GUARDED = f"^'('*)([{_STARTS}])"


def write_csv(stored: Layers, folder: Path, stem: str) -> None:
    """Write a file for each layer, ``STEM_LAYER.csv``.

    Raises
    ------
    OSError
        If one cannot be written.
    """
    delimiter, decimal = _dialect(stored.language)
    for layer in stored:
        table = guarded(_attributes(layer))
        with (folder / f"{stem}_{layer.name}.csv").open("w", encoding="utf-8", newline="") as file:
            file.write(_BYTE_ORDER_MARK + delimiter.join(table.column_names) + "\r\n")
            file.writelines(rows_as_text(table, delimiter, decimal, "\r\n"))


def _dialect(language: str) -> tuple[str, str]:
    """What stands between columns, and in numbers."""
    return (";", ",") if language == "da" else (",", ".")


def _attributes(layer: Layer) -> Any:
    return layer.table if layer.geometry_type is None else layer.table.drop_columns(GEOMETRY)


def guarded(table: Any) -> Any:
    """A table whose texts no spreadsheet takes for formulas.

    A text gets an apostrophe where it begins like a formula, or like one that has been guarded already: taking one off
    again gives every text back.
    """
    return _replaced(table, _DANGEROUS, r"'\1\2")


def unguarded(table: Any) -> Any:
    """The table that `guarded` was given."""
    return _replaced(table, _GUARDED, r"\1\2")


def _replaced(table: Any, pattern: str, by: str) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    for number, field in enumerate(table.schema):
        if pa.types.is_string(field.type):
            changed = pc.replace_substring_regex(table[field.name], pattern, by, max_replacements=1)
            table = table.set_column(number, field.name, changed)
    return table


def read_csv_layer(path: Path, name: str, summary: Summary) -> Layer:
    """The attributes of one layer from its file: geometries were not written.

    Raises
    ------
    ValueError, KeyError
        If it cannot be read, or is not as this product writes it.
    """
    delimiter, decimal = _dialect(summary.language)
    try:
        content = path.read_bytes()
        head, _, _ = content.partition(b"\r\n")
        columns = head.decode("utf-8-sig").split(delimiter)
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path.name} cannot be read: {error}") from None
    table = table_of_text(content, {column: type_of(column) for column in columns}, delimiter, decimal)
    return Layer(name, unguarded(table).combine_chunks())
