"""What a call names, in the form the rooms below take it: files, and frames written as files for as long as it runs."""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from udsat_geo.errors import InputError, Problem

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from udsat_geo.policy import LoadedPolicy
    from udsat_geo.services import LocalCopies

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
    from udsat_geo.policy import LoadedPolicy, load_policy, with_references

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
    from udsat_geo.services import local_copies

    frames: dict[str, Any] = {}
    named: dict[str, str] = {}
    problems: list[str | Problem] = []
    for name, value in given.items():
        if isinstance(value, str | Path):
            named[name] = str(value)
        elif hasattr(value, "columns") and hasattr(value, "to_csv"):
            frames[name] = value
        elif value is not None:
            remedy = "Give a path, a GeoDataFrame, or a DataFrame."
            problems.append(Problem(name, f"is a {type(value).__name__}", remedy))
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

    from udsat_geo.io.geopackage import steady_gdal

    if not hasattr(frame, "to_crs"):
        path = folder / f"{name}.csv"
        frame.to_csv(path, index=False)
        return path
    if frame.crs is None:
        raise InputError(Problem(name, "does not say its reference system", "Set it with set_crs."))
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
        raise InputError(Problem(name, f"cannot be read ({reason})", "Keep only columns of plain values.")) from None
    return path
