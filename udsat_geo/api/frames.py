"""Arrow tables as the frames of pandas and geopandas, which are loaded when a frame is asked for; inputs as files."""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from udsat_geo.messages.errors import InputError, MissingPackageError, Problem
from udsat_geo.messages.translate import _

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from udsat_geo.api.result import Result
    from udsat_geo.designation.layers import Layer
    from udsat_geo.policy.load import LoadedPolicy
    from udsat_geo.sources.copies import LocalCopies


EXTRA = "report"
GEOMETRY = "geometry"
"""What the column of geometries is called in a frame, as geopandas calls it."""


def needed(package: str, what: str, instead: str = "") -> Any:
    """A package that draws, of the extra ``report``.

    Raises
    ------
    MissingPackageError
        If it is not installed.
    """
    try:
        return import_module(package)
    except ModuleNotFoundError as error:
        # one that is there and broken says itself what it lacks
        if error.name != package:
            raise
        raise MissingPackageError(what, package, EXTRA, instead) from None


def layer_as_frame(layer: Layer) -> gpd.GeoDataFrame:
    """A layer with geometries as a GeoDataFrame in its own reference system."""
    import geopandas

    from udsat_geo.designation.columns import GEOMETRY as WKB

    drawn = WKB in layer.table.column_names
    attributes = table_as_frame(layer.table.drop_columns(WKB) if drawn else layer.table)
    # what was read from a format without geometries has none
    shapes = layer.table.column(WKB).to_numpy() if drawn else [None] * len(attributes)
    geometry = geopandas.GeoSeries.from_wkb(shapes, index=attributes.index, crs=layer.crs)
    frame: gpd.GeoDataFrame = geopandas.GeoDataFrame(attributes, geometry=geometry.rename(GEOMETRY))
    return frame


def rows_as_frame(rows: Iterable[Mapping[str, Any]], columns: Iterable[str]) -> pd.DataFrame:
    """Rows as a DataFrame with the columns named, also where there is no row."""
    import pyarrow as pa

    rows, columns = list(rows), list(columns)
    return table_as_frame(pa.table({column: pa.array([row.get(column) for row in rows]) for column in columns}))


def table_as_frame(table: Any) -> pd.DataFrame:
    """An Arrow table as a DataFrame.

    Whole numbers and truth values with gaps stay what they are, where pandas would make floats and objects.
    """
    import pandas as pd
    import pyarrow as pa

    nullable = {pa.int64(): pd.Int64Dtype(), pa.int32(): pd.Int32Dtype(), pa.bool_(): pd.BooleanDtype()}
    frame: pd.DataFrame = table.to_pandas()
    for name, column in zip(table.column_names, table.columns, strict=True):
        if column.null_count and column.type in nullable:
            frame[name] = column.to_pandas(types_mapper=nullable.get)
    return frame


PathLike = str | Path
"""A file or folder by its name."""

_NO_YEAR = 1970
"""The stamp of a GeoPackage whose contents have no year."""


def policy_of(policy: str | Path | LoadedPolicy, references: Mapping[str, float] | None = None) -> LoadedPolicy:
    """A policy by its name, its file, or as it is, with the figures that it leaves open.

    Raises
    ------
    InputError
        If there is no such policy, or it or a reference is wrong.
    """
    from udsat_geo.policy.load import LoadedPolicy, load_policy, with_references

    loaded = policy if isinstance(policy, LoadedPolicy) else load_policy(str(policy))
    return with_references(loaded, tuple(f"{name}={value}" for name, value in (references or {}).items()))


def path_of(name: PathLike | None) -> Path | None:
    """A path; None where nothing is named."""
    return None if name is None else Path(name)


Inputs = Mapping[str, "PathLike | gpd.GeoDataFrame | pd.DataFrame | None"]


class Files:
    """Inputs as files: those that are named, and copies of what was fetched or written for the purpose.

    The copies are there for as long as this is, since their hashes may be asked for again.

    Parameters
    ----------
    stack : ExitStack
        Removes the copies when it is closed.
    copies : LocalCopies
    """

    def __init__(self, stack: ExitStack, copies: LocalCopies):
        self.paths = dict(copies.paths)
        self.told = copies.told
        weakref.finalize(self, stack.close)


def as_files(given: Inputs) -> Files:
    """Inputs as files; frames are written into a temporary folder, each called after what it is.

    Parameters
    ----------
    given : mapping
        What it is (``units``, ``barriers``) -> a path, an address, a frame, or None.

    Raises
    ------
    InputError
        If one is none of these, a frame cannot be written, or an address cannot be read.
    """
    from udsat_geo.sources.copies import local_copies

    frames: dict[str, Any] = {}
    named: dict[str, str] = {}
    problems: list[str | Problem] = []
    for name, value in given.items():
        if isinstance(value, str | Path):
            named[name] = str(value)
        elif hasattr(value, "columns") and hasattr(value, "to_csv"):
            frames[name] = value
        elif value is not None:
            remedy = _("Give a path, a GeoDataFrame, or a DataFrame.")
            problems.append(Problem(name, _("is a {name}").format(name=type(value).__name__), remedy))
    if problems:
        raise InputError(problems)
    with ExitStack() as stack:
        if frames:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="udsat-")))
            named |= _all_written(frames, folder)
        copies = stack.enter_context(local_copies(named))
        return Files(stack.pop_all(), copies)


def _all_written(frames: Mapping[str, Any], folder: Path) -> dict[str, str]:
    """Frames as files.

    Raises
    ------
    InputError
        With the problems of all of them.
    """
    written: dict[str, str] = {}
    problems: list[str] = []
    for name, frame in frames.items():
        try:
            written[name] = str(_written(name, frame, folder))
        except InputError as error:
            problems += error.messages
    if problems:
        raise InputError(problems)
    return written


def _written(name: str, frame: Any, folder: Path) -> Path:
    """A frame as a file: a GeoPackage, or without geometries a table of CSV; the same frame gives the same bytes.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    import pyogrio.errors

    from udsat_geo.files.geopackage import steady_gdal

    if not hasattr(frame, "to_crs"):
        path = folder / f"{name}.csv"
        frame.to_csv(path, index=False)
        return path
    if frame.crs is None:
        raise InputError(Problem(name, _("does not say its reference system"), _("Set it with set_crs.")))
    path = folder / f"{name}.gpkg"
    try:
        with steady_gdal(_NO_YEAR):
            frame.to_file(path, layer=name, driver="GPKG", engine="pyogrio", index=False)
    except (
        pyogrio.errors.DataSourceError,
        pyogrio.errors.DataLayerError,
        pyogrio.errors.FeatureError,
        ValueError,
    ) as error:
        reason = str(error).split("\n")[0]
        raise InputError(
            Problem(name, _("cannot be read ({reason})").format(reason=reason), _("Keep only columns of plain values."))
        ) from None
    return path


ONE_FILE = ("gpkg", "tif", "xlsx")
"""Formats that hold a designation in one file."""
CRATE = "crate"


def write_file(result: Result, path: Path) -> Path:
    """Write one file and the summary beside it; see `Result.to_file`.

    Raises
    ------
    InputError
        If the suffix is that of no such format, or a raster is asked of what has no cells.
    OutputError
        If it cannot be written.
    """
    from udsat_geo.files.write import check_formats, write_layers

    wanted = path.suffix.removeprefix(".")
    if wanted not in ONE_FILE:
        known = ", ".join(f".{name}" for name in ONE_FILE)
        remedy = _(
            "Known: {known}. Formats with a file for each layer are written by to_folder(folder, formats)."
        ).format(known=known)
        raise InputError(Problem(str(path), _("is no format that holds a designation in one file"), remedy))
    check_formats(wanted)
    _check_rasters(result, (wanted,))
    if wanted == "tif" and result.stored.cells is None:
        raise InputError(Problem(str(path), _("is a raster, and this designation has no cells"), _("Write a .gpkg.")))
    # under its own name from the beginning: a project in a GeoPackage names the file that it lies in
    write_layers(result.stored, path.parent, (wanted,), path.stem)
    return path


def write_folder(result: Result, out: Path, formats: str | tuple[str, ...]) -> list[Path]:
    """Write the files of the command `designate`; see `Result.to_folder`."""
    from udsat_geo.files.write import check_formats, write_layers

    wanted = check_formats(formats if isinstance(formats, str) else ",".join(formats))
    if CRATE in wanted:
        remedy = _("Write it with the command: designate --format gpkg,crate.")
        raise InputError(Problem(_("format crate"), _("tells of a run of the command, with its options"), remedy))
    _check_rasters(result, wanted)
    return write_layers(result.stored, out, wanted)


def _check_rasters(result: Result, formats: tuple[str, ...]) -> None:
    """Refuse rasters of a designation that was read back: its files do not say what its grid is."""
    rasters = [name for name in formats if name in ("tif", "areas-tif")]
    if result.designation is None and rasters:
        what = _("cannot be made of a designation that was read back")
        where = _("format {names}").format(names=", ".join(rasters))
        raise InputError(Problem(where, what, _("Designate again, or leave it out.")))


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

    from udsat_geo.policy.load import LoadedPolicy, load_policy
    from udsat_geo.report.page.build import make_page, require_bokeh, write_page
    from udsat_geo.report.page.read import read_all

    require_bokeh()
    if policy is None and result.designation is not None:
        policy = result.designation.policy
    loaded = policy if policy is None or isinstance(policy, LoadedPolicy) else load_policy(str(policy))
    # the page reads files, so that it shows of a designation in memory what it shows of one on disk
    with ExitStack() as folders:
        files = [folders.enter_context(one.as_geopackage()) for one in (*earlier, result)]
        write_page(make_page(read_all(files, False, loaded), result.language, with_units), path)
    return path
