"""What a cell of a sheet can hold, and a workbook's archive without the time of now."""

from __future__ import annotations

import re
import shutil
import zipfile
from pathlib import Path
from typing import Any

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
