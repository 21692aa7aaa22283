"""CSV of every table and of every layer's attributes: no geometries.

Danish ones have semicolons between columns and a decimal comma, as a Danish spreadsheet wants them. A text that a
spreadsheet would take for a formula has an apostrophe before it, which reading back takes off again.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from udsat_geo.io.delimited import rows_as_text, table_of_text
from udsat_geo.io.layers import GEOMETRY, Layer
from udsat_geo.io.schema import type_of
from udsat_geo.io.stored import Stored

_BYTE_ORDER_MARK = "\ufeff"
"""Without it, spreadsheets take UTF-8 for something else."""
_STARTS = "=+\\-@\t\r\n＝＋－＠"
"""What a formula may begin with, wide forms included. Source: OWASP, CSV Injection."""
_DANGEROUS = f"^('*)([{_STARTS}])"
_GUARDED = f"^'('*)([{_STARTS}])"


def write_csv(stored: Stored, folder: Path, stem: str) -> None:
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


def read_csv_layer(path: Path, name: str, summary: dict[str, Any]) -> Layer:
    """The attributes of one layer from its file: geometries were not written.

    Raises
    ------
    ValueError, KeyError
        If it cannot be read, or is not as this product writes it.
    """
    delimiter, decimal = _dialect(summary["language"])
    try:
        content = path.read_bytes()
        head, _, _ = content.partition(b"\r\n")
        columns = head.decode("utf-8-sig").split(delimiter)
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path.name} cannot be read: {error}") from None
    table = table_of_text(content, {column: type_of(column) for column in columns}, delimiter, decimal)
    return Layer(name, unguarded(table).combine_chunks())
