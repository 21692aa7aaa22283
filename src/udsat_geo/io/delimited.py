"""Arrow tables as delimited text and back: what CSV files and PostgreSQL's COPY are made of.

A missing value is an empty cell; an empty text stands in quotes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

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
