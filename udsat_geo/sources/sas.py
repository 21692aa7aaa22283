"""Tables of SAS, its own files and transport files, through pyreadstat (the extra ``sas``)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from udsat_geo.messages.errors import InputError, Problem, check_installed
from udsat_geo.messages.translate import _
from udsat_geo.sources.origins import name_of

_ROWS_AT_A_TIME = 500_000
"""Each part skips the rows before it, so that many small ones take long; a large one takes memory. Own choice."""


def read_sas(path: Path) -> Any:
    """A table of SAS as an Arrow table, read in parts: beside the table, only one part is in memory as Python has it.

    Parameters
    ----------
    path : Path
        ``.sas7bdat``, or a transport file (XPT).

    Raises
    ------
    InputError
        If pyreadstat is not installed, or the file is damaged.
    """
    name = name_of(path)
    check_installed(name, "pyreadstat", "sas")
    import pyarrow as pa
    import pyreadstat

    with path.open("rb") as file:
        transport = file.read(6) == b"HEADER"
    read = pyreadstat.read_xport if transport else pyreadstat.read_sas7bdat
    try:
        parts: list[Any] = []
        n_rows, is_last = 0, False
        while not is_last:
            frame, _about = read(str(path), row_offset=n_rows, row_limit=_ROWS_AT_A_TIME)
            n_rows, is_last = n_rows + len(frame), len(frame) < _ROWS_AT_A_TIME
            # an empty text is none: SAS has no other word for it
            parts.append(pa.table({str(column): _in_arrow(frame[column]) for column in frame}))
        # a part may hold nothing of a column, and so not tell its type
        table = pa.concat_tables([part for part in parts if len(part)] or parts, promote_options="permissive")
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, pa.ArrowException, UnicodeDecodeError) as error:
        what = _("cannot be read: {reason}").format(reason=str(error).split("\n")[0])
        raise InputError(Problem(name, what, _("Export the table again."))) from None
    return table


def _in_arrow(values: Any) -> Any:
    """A column in Arrow: pandas 2 has times in one unit or another by what a part holds."""
    import pyarrow as pa

    array = pa.Array.from_pandas(values)
    return array.cast(pa.timestamp("us"), safe=False) if pa.types.is_timestamp(array.type) else array
