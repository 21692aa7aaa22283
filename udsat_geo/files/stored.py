"""Reading a designation back, to compare another one with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from udsat_geo.designation.columns import as_typed
from udsat_geo.designation.designation import Designation
from udsat_geo.designation.layers import GEOMETRY, LAYERS, TABLES, Layer, Layers
from udsat_geo.designation.summary import Summary, read_summary_text
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.sources.crs import same_crs
from udsat_geo.sources.features import geometry_column
from udsat_geo.sources.origins import name_of, origin_of

ReadLayer = Callable[[Path, str, Summary], Layer]


def layer_ends(suffix: str) -> Callable[[Designation], tuple[str, ...]]:
    """How the names of the files end that a designation has in such a format."""

    def ends(designation: Designation) -> tuple[str, ...]:
        return tuple(f"_{name}{suffix}" for name in LAYERS if name != "overrides" or designation.overrides is not None)

    return ends


def stems_of(path: Path) -> Iterator[str]:
    """What a file of a layer may be called without the layer, the most likely first."""
    for name in sorted(LAYERS, key=len, reverse=True):
        if path.stem.endswith(f"_{name}"):
            yield path.stem.removesuffix(f"_{name}")


def read_files(path: Path, read_layer: ReadLayer) -> Layers:
    """The layers of a designation from one of its files, the others beside it.

    Parameters
    ----------
    path : Path
        Of any layer.
    read_layer : callable
        The file, the layer's name, and the summary -> the layer.

    Raises
    ------
    InputError
        If there is no summary.
    ValueError, KeyError
        If the file is not called after a layer, or one cannot be read.
    """
    stems = list(stems_of(path))
    if not stems:
        raise ValueError("its name does not end in the name of a layer")
    stem = next((stem for stem in stems if (path.parent / f"{stem}.json").is_file()), stems[0])
    summary = read_summary(path.parent / f"{stem}.json")
    files = {name: path.parent / f"{stem}_{name}{path.suffix}" for name in LAYERS}
    return Layers(summary, {name: read_layer(file, name, summary) for name, file in files.items() if file.is_file()})


def as_layer(name: str, meta: dict[str, Any], table: Any, summary: Summary) -> Layer:
    """A layer of what `udsat_geo.sources.features.read_layer` gave, its columns of their types.

    Parameters
    ----------
    name : str
    meta : dict
    table : pyarrow.Table
    summary : Summary
        The reference system is written as it writes it.

    Raises
    ------
    KeyError, ValueError
        If a column is not ours, or holds another type.
    """
    drawn = geometry_column(meta)
    if name in TABLES:
        return Layer(name, as_typed(name, table.drop_columns([drawn] if drawn in table.column_names else [])))
    columns = [column for column in table.column_names if column != drawn]
    ordered = table.select([*columns, drawn]).rename_columns([*columns, GEOMETRY])
    return Layer(name, as_typed(name, ordered), meta["geometry_type"], as_written(meta["crs"], summary))


def as_written(crs: str | None, summary: Summary) -> str | None:
    """A reference system as the summary writes it, where it is the same."""
    told = summary.crs
    return told if told is not None and crs is not None and same_crs(told, crs) else crs


def read_summary(path: Path) -> Summary:
    """The summary beside a designation's GeoPackage.

    Raises
    ------
    InputError
        If it is missing or no summary of a designation.
    """
    beside = path.with_suffix(".json")
    try:
        text = beside.read_text(encoding="utf-8")
    except OSError as error:
        reason = error.strerror or str(error)
        if origin_of(path) is not None:
            what = "is a designation, whose summary (.json) does not come with it"
            remedy = "Keep both files here, or name its areas as polygons: ...|layername=areas."
            raise InputError(Problem(name_of(path), what, remedy)) from None
        raise InputError(
            Problem(str(beside), f"cannot be read ({reason})", "It belongs beside the other files.")
        ) from None
    except UnicodeDecodeError:
        raise InputError(Problem(beside.name, _("is not JSON"), _("Make the designation again."))) from None
    return read_summary_text(text, beside.name)


def gdal_errors() -> tuple[type[Exception], ...]:
    """What writing or reading a file that is missing, damaged or no such thing raises."""
    import pyogrio

    return (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.FeatureError)
