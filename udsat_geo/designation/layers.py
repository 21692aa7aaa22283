"""The layers of a designation as Arrow tables: what every format writes, and what reading one back gives."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from udsat_geo.areas.area_set import AreaSet
from udsat_geo.areas.ground import (
    as_multipolygon,
    cell_squares,
    cells_as_wkb,
    outlines_of_members,
    points_as_wkb,
    unit_polygons,
)
from udsat_geo.areas.roles import REASON_KEYS, REASON_TEXTS, ROLES
from udsat_geo.changes.diff import Atoms, Changes, align, changed_areas, unit_events
from udsat_geo.designation.columns import DESCRIBED, GEOMETRY, KEY, NUMBER, TEXT
from udsat_geo.designation.designation import Designation
from udsat_geo.designation.fallen import (
    fallen_areas,
    fallen_reason,
    least_of_areas,
    least_of_fallen,
    least_of_near_misses,
)
from udsat_geo.designation.read_back import area_set_of_tables
from udsat_geo.designation.reasons import area_reasons, decision_texts, exceeded_texts, near_miss_texts, short_of_demand
from udsat_geo.designation.summary import Summary, sha256, summarise
from udsat_geo.kernels.arrays import Flags, Ints, Objects, as_objects
from udsat_geo.messages.errors import InputError
from udsat_geo.messages.translate import _, in_language
from udsat_geo.scoring.scores import count_exceeded
from udsat_geo.units.barriers import Barriers
from udsat_geo.units.ground import AREAL, LINEAR, Ground
from udsat_geo.units.units import Units, bounds_of_rates

_POINT, _MULTI_POLYGON = 0, 6


@dataclass(frozen=True, repr=False)
class Layer:
    """A layer or a table without geometry.

    Attributes
    ----------
    name : str
        One of `SPATIAL` or `TABLES`.
    table : pyarrow.Table
        Its columns; a spatial layer has `GEOMETRY` as well, the last, binary.
    geometry_type : str or None
        What its geometries are: ``Point``, ``Polygon`` or ``MultiPolygon``; None for a table.
    crs : str or None
    """

    name: str
    table: Any
    geometry_type: str | None = None
    crs: str | None = None

    def __repr__(self) -> str:
        return f"<Layer {self.name}: {len(self.table):,} rows, {self.geometry_type or 'no geometries'}>"


def each_layer(designation: Designation) -> Iterator[Layer]:
    """The layers of a designation, one by one: areas, units, changes, changed units, near misses, status, overrides.

    The table of overrides is there only where overrides were given, the ground where something is known of it.
    """
    crs = designation.units.crs
    outlines = shapely.to_wkb(designation.outline, include_srid=False)
    yield Layer("areas", as_table(area_columns(designation), outlines), "MultiPolygon", crs)
    wkb, kind = unit_wkb(designation.units)
    yield Layer("units", as_table(unit_columns(designation), wkb), kind, crs)
    changes, changed = change_columns(designation)
    yield Layer("changes", as_table(changes, shapely.to_wkb(changed)), "MultiPolygon", crs)
    changed_unit, where = changed_unit_columns(designation)
    wkb, kind_of_changed = as_one_kind(where, kind)
    yield Layer("changed_units", as_table(changed_unit, wkb), kind_of_changed, crs)
    missed = shapely.to_wkb(near_miss_outlines(designation))
    yield Layer("near_misses", as_table(near_miss_columns(designation), missed), "MultiPolygon", crs)
    yield Layer("status", as_table(status_columns(designation)))
    if designation.overrides is not None:
        yield Layer("overrides", as_table(override_columns(designation)))
    ground = designation.surroundings.drawn_ground
    if ground is not None:
        yield _ground_layer("ground", ground, AREAL, "MultiPolygon", crs)
        yield _ground_layer("ground_lines", ground, LINEAR, "MultiLineString", crs)


def _ground_layer(name: str, ground: Ground, kinds: tuple[str, ...], drawn_as: str, crs: str) -> Layer:
    """The part of the ground that is made of polygons, or of lines."""
    chosen, whole = ground.of(*kinds), 3 if drawn_as == "MultiPolygon" else 1
    shapes = []
    for geometry in ground.geometry[chosen]:
        # cutting leaves points and lines where a border is touched
        parts = [part for part in shapely.get_parts(shapely.get_parts(geometry)) if shapely.get_type_id(part) == whole]
        shapes.append((shapely.multipolygons if whole == 3 else shapely.multilinestrings)(parts))
    columns = {"kind": ground.kind[chosen], "name": ground.name[chosen]}
    return Layer(name, as_table(columns, shapely.to_wkb(as_objects(shapes))), drawn_as, crs)


def near_miss_outlines(designation: Designation) -> Objects:
    """The exact outlines of the near misses, of which two may share units."""
    groups = [miss.members for miss in designation.near_misses]
    members = np.concatenate([np.empty(0, dtype=np.int64), *groups])
    number = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    return outlines_of_members(designation.units, members, number, len(groups), designation.policy.policy.areas.reach)


def unit_wkb(units: Units) -> tuple[Any, str]:
    """Where units lie as well-known binary, shape (n_units,), and what a layer of them is declared as."""
    if units.row is not None and units.col is not None and units.grid is not None:
        return cells_as_wkb(units.row, units.col, units.grid.size), "Polygon"
    if units.kind == "addresses":
        return points_as_wkb(units.easting, units.northing), "Point"
    return as_one_kind(np.empty(0, dtype=object) if units.geometry is None else units.geometry, "Polygon")


def as_one_kind(geometry: Objects, plain: str) -> tuple[Any, str]:
    """Geometries as well-known binary, and what a layer of them is declared as.

    Parameters
    ----------
    geometry : object (shapely or None), shape (n_rows,)
    plain : str
        What they are where none has several parts.
    """
    kinds = shapely.get_type_id(geometry)
    if plain == "MultiPolygon" or (kinds == _MULTI_POLYGON).any():
        drawn = [shape if shape is None else as_multipolygon(shape) for shape in geometry]
        return shapely.to_wkb(np.array([*drawn, None], dtype=object)[:-1]), "MultiPolygon"
    return shapely.to_wkb(geometry), "Point" if len(kinds) and (kinds == _POINT).all() else plain


def as_table(columns: Columns, wkb: Any = None) -> Any:
    """Columns, and geometries where there are any, as an Arrow table.

    Parameters
    ----------
    columns : Columns
        Each of shape (n_rows,).
    wkb : array of bytes, shape (n_rows,), optional
        Well-known binary: Python bytes, or fixed records without a copy.
    """
    arrays = {name: to_arrow(values) for name, values in columns.items()}
    if wkb is not None:
        arrays[GEOMETRY] = _binary(wkb)
    return pa.table(arrays)


def to_arrow(values: Any) -> Any:
    """A column as an Arrow array; NaN becomes null, codes become their texts."""
    if isinstance(values, Coded):
        texts = as_objects([*map(str, values.values), None])[values.codes]
        return _storable(pa.array(texts.tolist(), type=pa.string()))
    if isinstance(values, np.ma.MaskedArray):
        return pa.array(values.data, mask=np.ma.getmaskarray(values))
    if values.dtype == object:
        return _storable(pa.array(values.tolist(), type=pa.string()))
    if np.issubdtype(values.dtype, np.floating):
        # a zero has no sign: SQLite keeps none, and the layers are the same whatever they are written to
        values = np.ascontiguousarray(values) + values.dtype.type(0)
        return pa.array(values, mask=np.isnan(values))
    return pa.array(np.ascontiguousarray(values))


def _storable(texts: Any) -> Any:
    """Texts without the null character, which ends a text in GDAL and has no place in PostgreSQL."""
    written = texts.buffers()[2]
    if written is None or b"\0" not in written.to_pybytes():
        return texts
    # it makes 300 functions while it is imported, which takes longer than all columns
    import pyarrow.compute as pc

    return pc.replace_substring(texts, "\0", "\ufffd")


def _binary(wkb: Any) -> Any:
    """Well-known binary as an Arrow array: fixed records without a copy, or Python bytes."""
    if not isinstance(wkb, np.ndarray) or wkb.dtype == object:
        return pa.array(list(wkb), type=pa.binary())
    width = wkb.dtype.itemsize
    # 32-bit offsets hold 2 GiB; larger layers take 64-bit ones
    large = len(wkb) * width >= 2**31 - 1
    offsets = np.arange(len(wkb) + 1, dtype=np.int64 if large else np.int32) * width
    kind = pa.large_binary() if large else pa.binary()
    return pa.Array.from_buffers(kind, len(wkb), [None, pa.py_buffer(offsets), pa.py_buffer(wkb)])


Columns = Mapping[str, Any]


def change_columns_of(
    changes: Changes, before: AreaSet, now: AreaSet, outline_before: Objects, outline_now: Objects
) -> tuple[Columns, Objects]:
    """The columns of the layer ``changes`` and its outlines, each of shape (n_changes,)."""
    rows = changed_areas(changes, before, now)
    outline = as_objects((outline_before if row.gone else outline_now)[row.number] for row in rows)
    return {
        "event": as_objects(row.event for row in rows),
        "area_id": as_objects(row.area_id for row in rows),
        "previous_ids": as_objects(",".join(row.previous) for row in rows),
        "residents_added": changes.residents_added,
        "residents_removed": changes.residents_removed,
        "residents_kept": changes.residents_kept,
        "name": as_objects(row.name for row in rows),
        "since": _known([row.since for row in rows]),
    }, outline


def _known(values: Sequence[int | None]) -> Any:
    """Whole numbers of which some are not known, shape (n_values,)."""
    mask = [value is None for value in values]
    return np.ma.MaskedArray(np.array([value or 0 for value in values], dtype=np.int64), mask=mask)


def changed_units(atoms: Atoms, changes: Changes, before: AreaSet, now: AreaSet) -> tuple[Columns, Ints]:
    """The columns of the layer ``changed_units``, and where each of its rows stands among the atoms."""
    atom, event = unit_events(atoms, changes)
    return {
        "unit_id": atoms.unit_id[atom],
        "event": event,
        "previous_area_id": as_objects([*before.area_id, None])[atoms.earlier[atom]],
        "area_id": as_objects([*now.area_id, None])[atoms.current[atom]],
        "residents": atoms.residents[atom],
    }, atom


def unit_geometry(designation: Designation, atoms: Atoms, atom: Ints) -> Objects:
    """Where some units of a designation and of its previous one lie, shape (n_atoms,).

    None where the previous one has a unit that is gone and does not say where it was.
    """
    units, before = designation.units, designation.previous
    geometry = np.empty(len(atom), dtype=object)
    here = atoms.of_now[atom] >= 0
    unit = atoms.of_now[atom[here]]
    has_polygons = units.geometry is not None or units.grid is not None
    geometry[here] = (
        unit_polygons(units, unit) if has_polygons else shapely.points(units.easting[unit], units.northing[unit])
    )
    gone = atom[~here]
    if before is not None:
        geometry[~here] = before.members.places(atoms.of_before[gone])
    if units.grid is not None and len(gone) and shapely.is_missing(geometry[~here]).any():
        # their ids say where cells lie, unless they are other ids
        with suppress(InputError):
            geometry[~here] = cell_squares(*units.grid.parse_ids(atoms.unit_id[gone].tolist(), ""), units.grid.size)
    return geometry


def area_columns(designation: Designation) -> Columns:
    """The columns of the layer ``areas``, each of shape (n_areas,)."""
    areas, keys = designation.areas, designation.policy.policy.keys
    n_areas = len(areas)
    return {
        "area_id": designation.area_id,
        "name": designation.name,
        "district": designation.named.district,
        "residents": areas.residents,
        "units": areas.units,
        "area_ha": np.round(shapely.area(designation.outline) / 10_000, 4),
        "composite": areas.composite,
        "criteria_exceeded": areas.criteria_exceeded,
        **{f"rate_{key}": areas.rate[:, j] for j, key in enumerate(keys)},
        **{f"gap_{key}": areas.gap[:, j] for j, key in enumerate(keys)},
        "since": designation.since,
        "event": as_objects(designation.changes.event[:n_areas] if designation.changes else [None] * n_areas),
        "until": np.ma.MaskedArray(areas.until, mask=areas.until < 0),
        "number": np.arange(1, n_areas + 1, dtype=np.int64),
        "exceeded": exceeded_texts(areas.exceeded, keys),
        "reason": area_reasons(designation),
        "least_change": as_objects(least_of_areas(designation)),
        **_chance_of_areas(designation),
    }


def _chance_of_areas(designation: Designation) -> Columns:
    """How sure areas are, where that was asked for."""
    chance = designation.chance
    names = ("p_area", "residents_sure", "residents_grey")
    return {} if chance is None else {name: getattr(chance, name) for name in names}


def unit_columns(designation: Designation) -> Columns:
    """The columns of the layer ``units``, each of shape (n_units,)."""
    units, scores, areas = designation.units, designation.scores, designation.areas
    keys, chance = designation.policy.policy.keys, designation.chance
    reasons = as_objects([*in_language(REASON_TEXTS, designation.language), *decision_texts(designation)])
    told = np.where(areas.override_of_unit < 0, areas.reason, len(REASON_KEYS) + areas.override_of_unit)
    first_unit, pattern_of_unit = _patterns(scores.exceeded)
    # missing is never zero: not in the file either
    known, residents = units.residents_known, units.residents
    return {
        "unit_id": units.unit_id,
        **({} if units.name is None else {"name": units.name}),
        "residents": residents if known is None else np.ma.MaskedArray(residents, mask=~known),
        **{f"rate_{key}": scores.rate[:, j] for j, key in enumerate(keys)},
        **{f"gap_{key}": scores.gap[:, j] for j, key in enumerate(keys)},
        "composite": scores.composite,
        **_own(designation),
        **_on_the_other_scale(designation),
        "criteria_with_rate": scores.criteria_with_rate,
        "criteria_exceeded": scores.criteria_exceeded,
        "residents_in_view": scores.residents_in_view,
        "role": Coded(areas.role.astype(np.int32), as_objects(ROLES)),
        "area_id": Coded(areas.area_of_unit.astype(np.int32), designation.area_id),
        "decided_by": Coded(areas.reason.astype(np.int32), as_objects(REASON_KEYS)),
        "short": short_of_demand(designation),
        "reason": Coded(told.astype(np.int32), reasons),
        "exceeded": Coded(pattern_of_unit, exceeded_texts(scores.exceeded[first_unit], keys)),
        "qualified": areas.qualified,
        **_rate_bounds(designation),
        **_compared_with(designation),
        **_classes(designation),
        **({} if chance is None else {"composite_se": chance.composite_se, "p_designated": chance.p_designated}),
    }


def _compared_with(designation: Designation) -> Columns:
    """What each unit is compared with, where that is more than the whole city alone."""
    units, policy, comparators = designation.units, designation.policy.policy, designation.scores.comparators
    if policy.compares_with_city_alone:
        return {}
    against, shape = comparators.of_units(), designation.scores.rate.shape
    value, limit = np.broadcast_to(against.value, shape), np.broadcast_to(against.limit, shape)
    regions = {}
    if units.regions is not None:
        regions = {"region": Coded(units.regions.of_unit.astype(np.int32), units.regions.name)}
    return {
        **regions,
        **{f"against_{key}": value[:, j] for j, key in enumerate(policy.keys)},
        **{f"limit_{key}": limit[:, j] for j, key in enumerate(policy.keys)},
    }


def _classes(designation: Designation) -> Columns:
    """The class of each unit's rate, where a criterion has classes."""
    columns: dict[str, Any] = {}
    for j, criterion in enumerate(designation.policy.policy.criteria):
        if criterion.classes:
            rate = designation.scores.rate[:, j]
            number = np.searchsorted(np.array(criterion.bounds), rate, side="right")
            codes = np.where(np.isnan(rate), -1, number).astype(np.int32)
            columns[f"class_{criterion.key}"] = Coded(codes, as_objects(criterion.classes))
    return columns


def _rate_bounds(designation: Designation) -> Columns:
    """The least and the most that each unit's own rate can be, where counts are intervals."""
    units, policy = designation.units, designation.policy.policy
    if units.bounds is None:
        return {}
    capped = np.array([one.unit == "share" and not one.may_exceed_one for one in policy.criteria])
    lower, upper = bounds_of_rates(units, units.bounds, capped)
    return {
        **{f"lower_{key}": lower[:, j] for j, key in enumerate(policy.keys)},
        **{f"upper_{key}": upper[:, j] for j, key in enumerate(policy.keys)},
    }


def _own(designation: Designation) -> Columns:
    """What each unit scores by itself, where it is not read by itself anyway."""
    rule, scores = designation.policy.policy, designation.scores
    if not rule.context.reads_beyond and rule.rates.shrink == "none":
        return {}
    rates = {f"rate_own_{key}": scores.rate_own[:, j] for j, key in enumerate(rule.keys)}
    return {"composite_own": scores.composite_own, **rates}


def _on_the_other_scale(designation: Designation) -> Columns:
    """The composite of each unit by the scale that does not decide."""
    scales = designation.scales
    if scales is None or scales.composite is None:
        return {}
    return {"composite_yardstick" if scales.decides == "year" else "composite_year": scales.composite}


def _patterns(flags: Flags) -> tuple[Ints, NDArray[np.int32]]:
    """The first row of each distinct pattern of flags, and the pattern of each row; `flags` is (n_rows, n_flags)."""
    packed = np.packbits(flags, axis=1)
    whole = np.zeros((len(packed), -(-packed.shape[1] // 8) * 8), dtype=np.uint8)
    whole[:, : packed.shape[1]] = packed
    words = whole.view(np.uint64)
    # a few words a row: sorting those is many times quicker than sorting rows of flags
    number = np.zeros(len(flags), dtype=np.int64)
    for word in words.T:
        _, of_row = np.unique(word, return_inverse=True)
        _, number = np.unique(number * (int(of_row.max(initial=0)) + 1) + of_row, return_inverse=True)
    _, first, pattern = np.unique(number, return_index=True, return_inverse=True)
    return first.astype(np.int64), pattern.astype(np.int32)


@dataclass(frozen=True)
class Coded:
    """A text column of few distinct values: codes into them, -1 for none.

    Attributes
    ----------
    codes : int32, shape (n_rows,)
    values : object (str), shape (n_values,)
    """

    codes: NDArray[np.int32]
    values: Objects


def change_columns(designation: Designation) -> tuple[Columns, Objects]:
    """The columns of the layer ``changes`` and its outlines, each of shape (n_changes,)."""
    changes, before = designation.changes, designation.previous
    if changes is None or before is None:
        return _no_rows("changes", designation.policy.policy.keys), np.empty(0, dtype=object)
    columns, outlines = change_columns_of(changes, before, designation.area_set(), before.outline, designation.outline)
    return {**columns, **_figures_of_changes(designation, changes, before)}, outlines


def _figures_of_changes(designation: Designation, changes: Changes, before: AreaSet) -> Columns:
    """What the areas are like now and were like before, those of now first, then the removed ones."""
    areas, keys, fallen = designation.areas, designation.policy.policy.keys, fallen_areas(designation)
    earlier = [*changes.continues.tolist(), *(each.row.number for each in fallen)]
    nothing = (math.nan, (math.nan,) * len(keys))
    figures = before.figures
    last = [nothing if figures is None or area < 0 else figures.of(area, keys) for area in earlier]
    last_rate = np.array([rates for _composite, rates in last], dtype=np.float64).reshape(len(last), len(keys))
    rate, gap = (
        np.vstack([of_now, *(getattr(each, name) for each in fallen)])
        for name, of_now in (("rate", areas.rate), ("gap", areas.gap))
    )
    exceeded = np.vstack([areas.exceeded, *(each.exceeded for each in fallen)])
    residents_before = before.residents.tolist()
    none: list[str | None] = [None] * len(areas)
    return {
        "residents": np.append(areas.residents, np.array([each.residents for each in fallen], dtype=np.int64)),
        "composite": np.append(areas.composite, [each.composite for each in fallen]),
        "criteria_exceeded": count_exceeded(exceeded, designation.policy.policy),
        **{f"rate_{key}": rate[:, j] for j, key in enumerate(keys)},
        **{f"gap_{key}": gap[:, j] for j, key in enumerate(keys)},
        "exceeded": exceeded_texts(exceeded, keys),
        "previous_residents": _known([None if area < 0 else residents_before[area] for area in earlier]),
        "previous_composite": np.array([composite for composite, _rates in last], dtype=np.float64),
        **{f"previous_rate_{key}": last_rate[:, j] for j, key in enumerate(keys)},
        "reason": as_objects([*none, *(fallen_reason(designation, each) for each in fallen)]),
        "least_change": as_objects([*none, *(least_of_fallen(designation, each) for each in fallen)]),
    }


def changed_unit_columns(designation: Designation) -> tuple[Columns, Objects]:
    """The columns of the layer ``changed_units`` and where they lie, each of shape (n_changed,)."""
    changes, before = designation.changes, designation.previous
    if changes is None or before is None:
        return _no_rows("changed_units"), np.empty(0, dtype=object)
    now = designation.area_set()
    atoms = align(before, now)
    columns, atom = changed_units(atoms, changes, before, now)
    return columns, unit_geometry(designation, atoms, atom)


def _no_rows(layer: str, keys: tuple[str, ...] = ()) -> Columns:
    """The columns of a layer without rows, for criteria of these keys."""
    kinds = {TEXT: np.dtype(object), NUMBER: np.dtype(np.float64)}
    return {
        column.name.replace(KEY, key): np.empty(0, dtype=kinds.get(column.kind, np.dtype(np.int64)))
        for column in DESCRIBED[layer].columns
        for key in (keys if KEY in column.name else ("",))
    }


def status_columns(designation: Designation) -> Columns:
    """The columns of the table ``status``, each of shape (n_criteria,)."""
    status = designation.status
    return {
        "criterion": np.array(designation.policy.policy.keys, dtype=object),
        "areas": status.areas,
        "rest_of_city": status.rest_of_city,
        "gap": status.gap,
        "city": status.city,
    }


def near_miss_columns(designation: Designation) -> Columns:
    """The columns of the layer ``near_misses``, each of shape (n_near_misses,)."""
    misses = designation.near_misses
    keys = designation.policy.policy.keys
    return {
        "demand": as_objects(miss.demand for miss in misses),
        "criterion": as_objects(keys[miss.criterion] if miss.criterion >= 0 else None for miss in misses),
        "short": np.array([miss.short for miss in misses], dtype=np.float64),
        "residents": np.array([miss.residents for miss in misses], dtype=np.int64),
        "units": np.array([len(miss.members) for miss in misses], dtype=np.int64),
        "composite": np.array([miss.composite for miss in misses], dtype=np.float64),
        "criteria_exceeded": np.array([miss.criteria_exceeded for miss in misses], dtype=np.int64),
        "reason": as_objects(near_miss_texts(designation)),
        "least_change": as_objects(least_of_near_misses(designation)),
    }


def override_columns(designation: Designation) -> Columns:
    """The columns of the table ``overrides``, each of shape (n_overrides,)."""
    overrides = () if designation.overrides is None else designation.overrides.overrides
    by = designation.areas.override_of_unit
    changed = np.bincount(by[by >= 0], minlength=len(overrides))
    texts = ("action", "unit_id", "reason", "decided_by", "date")
    return {
        **{name: as_objects(getattr(override, name) for override in overrides) for name in texts},
        "units": np.array([len(override.units) for override in overrides], dtype=np.int64),
        "units_changed": changed.astype(np.int64),
    }


@dataclass(frozen=True)
class Cells:
    """Cells of a grid.

    Attributes
    ----------
    size : int
        In metres.
    places : callable
        Gives the row and the column of each, int64, shape (n_units,): once, when they are asked for.
    """

    size: int
    places: Callable[[], tuple[Ints, Ints]]

    @cached_property
    def row_and_col(self) -> tuple[Ints, Ints]:
        """Of each cell, in the order of the units."""
        return self.places()


@dataclass(frozen=True)
class AllUnits:
    """The layer of very many units, which workers made part by part.

    Attributes
    ----------
    table : pyarrow.Table
        The layer, which lies on disk as long as the workers are there.
    places : callable
        As of `Cells`.
    n_parts : int
        The parts one after the other are the layer.
    written : callable
        Has workers write each part: given what writes a table to a path, a context in which the files of the parts
        lie on this machine, from where they may be moved.
    """

    table: Any
    places: Callable[[], tuple[Ints, Ints]]
    n_parts: int
    written: Callable[[Callable[[Any, Path], None]], AbstractContextManager[Sequence[Path]]]


class HeldElsewhere(Protocol):
    """Has the units that are beyond those of a designation: ``Units.beyond.held_by``."""

    def parted(self, barriers: Barriers) -> tuple[int, int]:
        """How many pairs of neighbours among all units barriers part, and how many there are."""
        ...

    def all_units(self, designation: Designation, table: Any) -> AllUnits:
        """The layer of all units, of which `table` has the rows of those that are held."""
        ...


@dataclass(frozen=True, repr=False)
class Layers:
    """A designation as it is written and read: every format takes it, every reader gives it.

    Attributes
    ----------
    summary : Summary
    layers : dict
        Name -> `Layer`, in the order in which they are written.
    cells : Cells or None
        Where the units lie, in their order, if they are cells of one that was made now: rasters are made of them.
    all_units : AllUnits or None
        Of very many units that workers have, the layer and who writes it.
    """

    summary: Summary
    layers: dict[str, Layer]
    cells: Cells | None = None
    all_units: AllUnits | None = None

    def __iter__(self) -> Iterator[Layer]:
        return iter(self.layers.values())

    def __repr__(self) -> str:
        rows = ", ".join(f"{layer.name} ({len(layer.table):,})" for layer in self)
        return f"<Layers of {self.year} by {self.summary.policy.id}: {rows}>"

    @property
    def year(self) -> int:
        """The year designated."""
        return self.summary.year

    def area_set(self) -> AreaSet:
        """The areas: what a later designation compares itself with, and what people are counted in.

        Raises
        ------
        InputError
            If units or areas are not whole.
        """
        units, areas = self.layers["units"].table, self.layers["areas"].table
        crs, file = self.layers["areas"].crs or "", _("the designation of {year}").format(year=self.year)
        return area_set_of_tables(self.summary, units, areas, units[GEOMETRY], areas[GEOMETRY], crs, file, None)

    @property
    def language(self) -> str:
        """Of its reasons and labels: ``da`` or ``en``."""
        return self.summary.language

    @property
    def criteria(self) -> list[dict[str, Any]]:
        """What each criterion is called and measured in, as plain data."""
        return [criterion.model_dump() for criterion in self.summary.criteria]


def _as_they_are(row: Ints, col: Ints) -> tuple[Ints, Ints]:
    return row, col


def layers_of(designation: Designation, hashes: Callable[[], dict[str, str]] | None = None) -> Layers:
    """A designation as it is written.

    Parameters
    ----------
    designation : Designation
    hashes : callable, optional
        Gives the SHA-256 of each of its input files, by table; asked last. Without it they are taken here.
    """
    units, grid = designation.units, designation.units.grid
    layers = {layer.name: layer for layer in each_layer(designation)}
    cells = all_units = None
    if grid is not None and units.row is not None and units.col is not None:
        cells = Cells(grid.size, partial(_as_they_are, units.row, units.col))
        if units.beyond is not None:
            held: HeldElsewhere = units.beyond.held_by
            all_units = held.all_units(designation, layers["units"].table)
            layers["units"] = replace(layers["units"], table=all_units.table)
            cells = Cells(grid.size, all_units.places)
    known = {table: sha256(path) for table, path in designation.files.items()} if hashes is None else hashes()
    summary = summarise(designation, {layer.name: layer.table for layer in layers.values()}, known)
    return Layers(summary, layers, cells, all_units)


def differences(one: Layers, other: Layers) -> list[str]:
    """In what two designations differ; empty when they are equal.

    Summaries, layers and their order, columns, their order and types, and values are held to each other exactly,
    geometries as well-known binary.

    Parameters
    ----------
    one, other : Layers

    Returns
    -------
    list of str
        One line for each difference, by summary entry or layer and column.
    """
    summaries = one.summary.as_dict(), other.summary.as_dict()
    # a whole number is not the same as a number that equals it
    found = [
        f"summary: {entry}"
        for entry in dict.fromkeys([*summaries[0], *summaries[1]])
        if repr(summaries[0].get(entry, ...)) != repr(summaries[1].get(entry, ...))
    ]
    if list(one.layers) != list(other.layers):
        found.append(f"layers: {', '.join(one.layers)} against {', '.join(other.layers)}")
    for layer in one:
        if layer.name in other.layers:
            found += [f"{layer.name}: {what}" for what in _unlike_layers(layer, other.layers[layer.name])]
    return found


def _unlike_layers(one: Layer, other: Layer) -> Iterator[str]:
    for what in ("geometry_type", "crs"):
        if getattr(one, what) != getattr(other, what):
            yield f"{what} {getattr(one, what)} against {getattr(other, what)}"
    names = one.table.column_names, other.table.column_names
    if names[0] != names[1]:
        yield f"columns {', '.join(names[0])} against {', '.join(names[1])}"
    if len(one.table) != len(other.table):
        yield f"{len(one.table)} rows against {len(other.table)}"
        return
    for name in names[0]:
        if name in names[1]:
            yield from _unlike_columns(name, one.table[name], other.table[name])


def _unlike_columns(name: str, one: Any, other: Any) -> Iterator[str]:
    """Two columns; 64-bit offsets, which large layers need, are no other type."""
    plain = [column.cast(pa.large_binary()) if pa.types.is_binary(column.type) else column for column in (one, other)]
    if plain[0].type != plain[1].type:
        yield f"{name}: type {one.type} against {other.type}"
    elif pa.types.is_floating(one.type) or not plain[0].equals(plain[1]):
        # as texts, numbers are equal to the last bit, and no number is no number
        pairs = enumerate(zip(one.to_pylist(), other.to_pylist(), strict=True))
        unlike = [(row, repr(a), repr(b)) for row, (a, b) in pairs if repr(a) != repr(b)]
        if unlike:
            row, a, b = unlike[0]
            yield f"{name}: {len(unlike)} values, the first in row {row}: {a[:100]} against {b[:100]}"
