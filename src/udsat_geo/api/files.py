"""Results as files, by their suffix or by the names of formats."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from udsat_geo.errors import InputError, OutputError, Problem

if TYPE_CHECKING:
    from udsat_geo.api.result import Result

ONE_FILE = ("gpkg", "tif", "xlsx")
"""Formats that hold a designation in one file."""


def write_file(result: Result, path: Path) -> Path:
    """Write one file and the summary beside it; see `Result.to_file`.

    Raises
    ------
    InputError
        If the suffix is that of no such format.
    OutputError
        If it cannot be written.
    """
    from udsat_geo.io.together import cannot_write, put_together

    wanted = path.suffix.lower().removeprefix(".")
    if wanted not in ONE_FILE:
        known = ", ".join(f".{name}" for name in ONE_FILE)
        remedy = f"Known: {known}. Formats with a file for each layer are written by to_folder(folder, formats)."
        raise InputError(Problem(str(path), "is no format that holds a designation in one file", remedy))
    names = [path.name, f"{path.stem}.json"]
    with tempfile.TemporaryDirectory(prefix="udsat-") as folder:
        made, *_, summary = write_folder(result, Path(folder), wanted)
        if made == summary:
            raise InputError(Problem(str(path), "is a raster, and this designation has no cells", "Write a .gpkg."))
        try:
            with put_together(path.parent, names) as aside:
                for source, name in zip((made, summary), names, strict=True):
                    shutil.copyfile(source, aside / name)
        except OSError as error:
            raise OutputError(cannot_write(path.parent, error.strerror or str(error))) from None
    return path


def write_folder(result: Result, out: Path, formats: str | tuple[str, ...]) -> list[Path]:
    """Write the files of the command `designate`; see `Result.to_folder`."""
    from udsat_geo.io.results import check_formats, write_results
    from udsat_geo.io.rewriting import write_again

    wanted = check_formats(formats if isinstance(formats, str) else ",".join(formats))
    if result.designation is not None:
        return write_results(result.designation, out, wanted)
    return write_again(result.stored, out, wanted)
