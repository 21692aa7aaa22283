"""A plain table as a file of its own: CSV or Parquet, by how its name ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from udsat_geo.files.atomic_write import all_or_none, cannot_write, check_writable
from udsat_geo.messages.errors import InputError, OutputError, Problem, reason_of
from udsat_geo.messages.translate import _

ENDINGS = (".csv", ".parquet")


def check_table_path(path: Path, option: str = "--out") -> None:
    """Find out before the work whether a table can be written under a name; `option` names it.

    Raises
    ------
    InputError
        If it ends in neither, is a folder, or cannot be written.
    """
    remedy = _("Name a file that ends in {endings}.").format(endings=_(" or ").join(ENDINGS))
    if path.suffix.lower() not in ENDINGS:
        raise InputError(Problem(option, _("{out} is neither CSV nor Parquet").format(out=path), remedy))
    if path.is_dir():
        raise InputError(Problem(option, _("{out} is a folder").format(out=path), remedy))
    check_writable(path.parent)


def write_plain_table(table: Any, path: Path) -> None:
    """Write an Arrow table, whole or not at all.

    Parameters
    ----------
    table : pyarrow.Table
        Without texts that a spreadsheet could take for formulas.
    path : Path
        What stands there is replaced once the new file is whole.

    Raises
    ------
    OutputError
    """
    try:
        with all_or_none(path.parent, [path.name]) as folder:
            if path.suffix.lower() == ".parquet":
                import pyarrow.parquet

                pyarrow.parquet.write_table(table, folder / path.name, compression="zstd")
            else:
                import pyarrow.csv

                pyarrow.csv.write_csv(table, folder / path.name, pyarrow.csv.WriteOptions(quoting_style="needed"))
    except OSError as error:
        raise OutputError(cannot_write(path, reason_of(error))) from None
