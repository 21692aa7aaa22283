"""CSV tables by the same rules as registers: encoding and separator found out, no row left out, no date guessed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from udsat_geo.errors import InputError, Problem
from udsat_geo.registers.dialect import first_broken_row, read_dialect
from udsat_geo.registers.settings import TableSettings
from udsat_geo.registers.sql import literal, pattern_of

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
    dialect : str

    Raises
    ------
    InputError
        If the file cannot be read, or a row does not fit the header.
    """
    import duckdb

    if not path.is_file():
        raise InputError(Problem(path.name, "is not a file", "Check the path."))
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
        with duckdb.connect(":memory:") as connection:
            table = connection.sql(query).to_arrow_table()
    except duckdb.Error as error:
        reason = first_broken_row(path, dialect) or str(error).strip().split("\n")[0]
        raise InputError(Problem(path.name, f"cannot be read: {reason}", "Mend the file.")) from None
    return table, dialect.with_decimal(decimal, language)


def _has_decimal_comma(file: Path, encoding: str) -> bool:
    with file.open(encoding=encoding) as text:
        next(text)
        return any(
            re.search(r"(^|;)-?\d*,\d+(;|$)", line.strip()) for line, _ in zip(text, range(10_000), strict=False)
        )
