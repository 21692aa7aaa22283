"""Reading a designation back, to compare another one with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from udsat_geo.changes.diff import Designated
from udsat_geo.designation.columns import as_typed
from udsat_geo.designation.designation import Designation
from udsat_geo.designation.layers import GEOMETRY, LAYERS, TABLES, Layer, Layers
from udsat_geo.designation.summary import Summary, read_summary_text
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.sources.crs import same_crs
from udsat_geo.sources.features import geometries_of, geometry_column, read_layer
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


def read_designated(path: Path, geometry: bool = False) -> Designated:
    """Read a designation from its GeoPackage; its JSON stands beside it.

    Parameters
    ----------
    path : Path
        A ``designation_YEAR.gpkg`` that this product wrote.
    geometry : bool
        Whether to read where its units lie as well.

    Raises
    ------
    InputError
        If the file is missing, damaged, or no designation.
    """
    if not path.is_file():
        raise InputError(Problem(str(path), "no such designation", "Name a designation_YEAR.gpkg, or none."))
    summary = read_summary(path)
    try:
        of_units, units = read_layer(path, "units", columns=["unit_id", "residents", "area_id"], read_geometry=geometry)
        of_areas, areas = read_layer(path, "areas")
        outline = areas[geometry_column(of_areas)]
        where = units[geometry_column(of_units)] if geometry else None
        made = _designated(name_of(path), summary, units, areas, outline, where)
    except (KeyError, ValueError, NotImplementedError) as error:
        reason = str(error.args[0] if error.args else error).split("\n")[0]
        raise InputError(
            Problem(name_of(path), f"is no designation of ours ({reason})", "Name another file.")
        ) from None
    year = summary.year
    return replace(made, files=((year, "designation", path), (year, "summary", path.with_suffix(".json"))))


def designated_of(stored: Layers, geometry: bool = False) -> Designated:
    """What a later designation compares itself with, of one that was read back.

    Parameters
    ----------
    stored : Layers
        With geometries.
    geometry : bool
        Whether to say where its units lie as well.

    Raises
    ------
    InputError
        If units or areas are not whole.
    """
    units, areas = stored.layers["units"].table, stored.layers["areas"].table
    where = units[GEOMETRY] if geometry else None
    return _designated(f"the designation of {stored.year}", stored.summary, units, areas, areas[GEOMETRY], where)


def _designated(name: str, summary: Summary, units: Any, areas: Any, outlines: Any, places: Any) -> Designated:
    """Of tables with columns of well-known binary; `name` is where they stand, for messages."""
    unit_id, area_id, labels = _texts(units, "unit_id"), _texts(areas, "area_id"), _texts(units, "area_id")
    residents, since = whole_numbers(units, "residents", empty=0), whole_numbers(areas, "since")
    # older files have no such column
    until = whole_numbers(areas, "until", empty=-1) if "until" in areas.column_names else None
    where = None if places is None else geometries_of(places)
    number = {area: i for i, area in enumerate(area_id.tolist())} | {"": -1}
    _check_whole(name, unit_id, np.array([label not in number for label in labels], dtype=bool), area_id, where)
    return Designated(
        summary.year,
        summary.policy.id,
        unit_id,
        residents,
        np.array([number[label] for label in labels], dtype=np.int64),
        area_id,
        _texts(areas, "name"),
        since,
        geometries_of(outlines),
        summary.policy.sha256,
        summary.source,
        until,
        where,
    )


def _check_whole(
    name: str,
    unit_id: NDArray[np.object_],
    lost: NDArray[np.bool_],
    area_id: NDArray[np.object_],
    where: NDArray[np.object_] | None,
) -> None:
    """Refuse what only a file that was edited or damaged holds: `lost` units are in areas that it does not have."""
    import shapely

    remedy = "Make the designation again."
    nowhere = np.zeros(len(unit_id), dtype=bool)
    if where is not None:
        nowhere = shapely.is_missing(where) | shapely.is_empty(where)
    problems = [
        Problem(name, what, remedy, int(wrong.sum()), f"unit {unit_id[np.flatnonzero(wrong)[0]]}")
        for wrong, what in ((lost, "units of areas that the layer areas does not have"),
                            (nowhere, "units without a geometry"))
        if wrong.any()
    ]  # fmt: skip
    for ids, one in ((area_id, "area"), (unit_id, "unit")):
        if (ids == "").any():
            problems.append(Problem(name, f"{one}s without an id", remedy, int((ids == "").sum())))
        known, count = np.unique(ids[ids != ""].astype(str), return_counts=True)
        if (count > 1).any():
            what = f"{one}s of one id in the layer {one}s"
            problems.append(Problem(name, what, remedy, int((count - 1).sum()), str(known[count > 1][0])))
    if problems:
        raise InputError(problems)


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


def whole_numbers(table: Any, column: str, empty: int | None = None) -> NDArray[np.int64]:
    """A column of whole numbers, shape (n_rows,); `empty` stands for missing ones.

    Raises
    ------
    ValueError
        If something else stands in it, or nothing where `empty` is None.
    KeyError
        If there is no such column.
    """
    values = table[column].to_pylist()
    if empty is None and None in values:
        raise ValueError(f"{column} is empty in places")
    # a program that keeps missing values as NaN has written whole numbers as floats
    whole = [empty if value is None else value for value in values]
    if not all(isinstance(value, int | float) and value == value // 1 for value in whole):
        raise ValueError(f"{column} holds no whole numbers")
    return np.array(whole, dtype=np.int64)


def gdal_errors() -> tuple[type[Exception], ...]:
    """What writing or reading a file that is missing, damaged or no such thing raises."""
    import pyogrio

    return (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.FeatureError)


def _texts(table: Any, column: str) -> NDArray[np.object_]:
    """A column as texts, empty where there is none, shape (n_rows,)."""
    values = ["" if value is None else str(value) for value in table[column].to_pylist()]
    result = np.empty(len(values), dtype=object)
    result[:] = values
    return result
