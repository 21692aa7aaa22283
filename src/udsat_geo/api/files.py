"""Results as files, by their suffix or by the names of formats."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from udsat_geo.errors import InputError, OutputError, Problem

if TYPE_CHECKING:
    from udsat_geo.api.result import Result

ONE_FILE = ("gpkg", "tif", "xlsx")
"""Formats that hold a designation in one file."""
CRATE = "crate"


def write_file(result: Result, path: Path) -> Path:
    """Write one file and the summary beside it; see `Result.to_file`.

    Raises
    ------
    InputError
        If the suffix is that of no such format.
    OutputError
        If it cannot be written.
    """
    from udsat_geo.io.results import check_formats
    from udsat_geo.io.rewriting import write_again

    wanted = path.suffix.removeprefix(".")
    if wanted not in ONE_FILE:
        known = ", ".join(f".{name}" for name in ONE_FILE)
        remedy = f"Known: {known}. Formats with a file for each layer are written by to_folder(folder, formats)."
        raise InputError(Problem(str(path), "is no format that holds a designation in one file", remedy))
    check_formats(wanted)
    if wanted == "tif" and result.designation is not None:
        _write_raster(result, path)
    else:
        # under its own name from the beginning: a project in a GeoPackage names the file that it lies in
        write_again(result.stored, path.parent, (wanted,), path.stem)
    return path


def _write_raster(result: Result, path: Path) -> None:
    from udsat_geo.io.geotiff import write_geotiff
    from udsat_geo.io.summary import as_json
    from udsat_geo.io.together import cannot_write, put_together

    designation = result.designation
    if designation is None or designation.units.grid is None:
        raise InputError(Problem(str(path), "is a raster, and this designation has no cells", "Write a .gpkg."))
    names = [path.name, f"{path.stem}.json"]
    try:
        with put_together(path.parent, names) as folder:
            write_geotiff(designation, folder / names[0])
            (folder / names[1]).write_text(as_json(result.summary), encoding="utf-8")
    except OSError as error:
        raise OutputError(cannot_write(path.parent, error.strerror or str(error))) from None


def write_folder(result: Result, out: Path, formats: str | tuple[str, ...]) -> list[Path]:
    """Write the files of the command `designate`; see `Result.to_folder`."""
    from udsat_geo.io.results import check_formats, write_results
    from udsat_geo.io.rewriting import write_again

    wanted = check_formats(formats if isinstance(formats, str) else ",".join(formats))
    if CRATE in wanted:
        remedy = "Write it with the command: designate --format gpkg,crate."
        raise InputError(Problem("format crate", "tells of a run of the command, with its options", remedy))
    if result.designation is not None:
        return write_results(result.designation, out, wanted)
    return write_again(result.stored, out, wanted)


def write_report(result: Result, path: Path, earlier: tuple[Result, ...], with_units: bool, policy: object) -> Path:
    """Write the report page; see `Result.report`.

    Raises
    ------
    InputError
        If Bokeh is missing, or the designations do not belong together.
    OutputError
        If it cannot be written.
    """
    from contextlib import ExitStack

    from udsat_geo.policy import LoadedPolicy, load_policy
    from udsat_geo.report.page import make_page, read_all, require_bokeh, write_page

    require_bokeh()
    if policy is None and result.designation is not None:
        policy = result.designation.policy
    loaded = policy if policy is None or isinstance(policy, LoadedPolicy) else load_policy(str(policy))
    # the page reads files, so that it shows of a designation in memory what it shows of one on disk
    with ExitStack() as folders:
        files = [folders.enter_context(one.as_geopackage()) for one in (*earlier, result)]
        write_page(make_page(read_all(files, False, loaded), result.language, with_units), path)
    return path
