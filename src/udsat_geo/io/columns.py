"""The tables of a designation, column by column, as arrays: what every format writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from udsat_geo.areas import REASON_KEYS, ROLES
from udsat_geo.designation import Designation
from udsat_geo.diff import align
from udsat_geo.io.changes import AREA_COLUMNS, UNIT_COLUMNS, changed_areas, changed_units, unit_geometry
from udsat_geo.reasons import area_reasons, decision_texts, exceeded_texts, near_miss_texts, short_of_demand
from udsat_geo.wording import REASONS

Columns = Mapping[str, Any]


def area_columns(designation: Designation) -> Columns:
    """The columns of the layer ``areas``, each of shape (n_areas,)."""
    import shapely

    areas, keys = designation.areas, designation.policy.policy.keys
    n_areas = len(areas)
    columns: dict[str, Any] = {
        "area_id": designation.area_id,
        "name": designation.name,
        "district": designation.named.district,
        "residents": areas.residents,
        "units": areas.units,
        "area_ha": np.round(shapely.area(designation.outline) / 10_000, 4),
        "composite": areas.composite,
        "criteria_exceeded": areas.criteria_exceeded,
    }
    columns |= {f"rate_{key}": areas.rate[:, j] for j, key in enumerate(keys)}
    columns |= {f"gap_{key}": areas.gap[:, j] for j, key in enumerate(keys)}
    events = list(designation.changes.event[:n_areas]) if designation.changes else [None] * n_areas
    columns["since"] = designation.since
    columns["event"] = np.array(events, dtype=object)
    columns["until"] = np.ma.MaskedArray(areas.until, mask=areas.until < 0)
    columns["number"] = np.arange(1, n_areas + 1, dtype=np.int64)
    columns["exceeded"] = exceeded_texts(areas.exceeded, keys)
    columns["reason"] = area_reasons(designation)
    return columns


def unit_columns(designation: Designation) -> Columns:
    """The columns of the layer ``units``, each of shape (n_units,)."""
    units, scores, areas = designation.units, designation.scores, designation.areas
    keys = designation.policy.policy.keys
    reasons = np.array([*REASONS[designation.language], *decision_texts(designation)], dtype=object)
    told = np.where(areas.override_of_unit < 0, areas.reason, len(REASON_KEYS) + areas.override_of_unit)
    columns: dict[str, Any] = {"unit_id": units.unit_id}
    if units.name is not None:
        columns["name"] = units.name
    columns["residents"] = units.residents
    if units.residents_known is not None:
        # missing is never zero: not in the file either
        columns["residents"] = np.ma.MaskedArray(units.residents, mask=~units.residents_known)
    columns |= {f"rate_{key}": scores.rate[:, j] for j, key in enumerate(keys)}
    columns |= {f"gap_{key}": scores.gap[:, j] for j, key in enumerate(keys)}
    columns["composite"] = scores.composite
    columns["criteria_with_rate"] = scores.criteria_with_rate
    columns["criteria_exceeded"] = scores.criteria_exceeded
    columns["residents_in_view"] = scores.residents_in_view
    columns["role"] = Coded(areas.role.astype(np.int32), np.array(ROLES, dtype=object))
    columns["area_id"] = Coded(areas.area_of_unit.astype(np.int32), designation.area_id)
    columns["decided_by"] = Coded(areas.reason.astype(np.int32), np.array(REASON_KEYS, dtype=object))
    columns["short"] = short_of_demand(designation)
    columns["reason"] = Coded(told.astype(np.int32), reasons)
    first_unit, pattern_of_unit = _patterns(scores.exceeded)
    columns["exceeded"] = Coded(pattern_of_unit, exceeded_texts(scores.exceeded[first_unit], keys))
    columns["qualified"] = areas.qualified
    return columns


def _patterns(flags: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
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


class Coded:
    """A text column of few distinct values: codes into them, -1 for none.

    Parameters
    ----------
    codes : int32, shape (n_rows,)
    values : object (str), shape (n_values,)
    """

    def __init__(self, codes: NDArray[np.int32], values: NDArray[np.object_]):
        self.codes = codes
        self.values = values


def change_columns(designation: Designation) -> tuple[Columns, NDArray[np.object_]]:
    """The columns of the layer ``changes`` and its outlines, each of shape (n_changes,)."""
    changes, before = designation.changes, designation.previous
    if changes is None or before is None:
        return _no_rows(AREA_COLUMNS, 3), np.empty(0, dtype=object)
    return changed_areas(changes, before, designation.designated(), before.outline, designation.outline)


def changed_unit_columns(designation: Designation) -> tuple[Columns, NDArray[np.object_]]:
    """The columns of the layer ``changed_units`` and where they lie, each of shape (n_changed,)."""
    changes, before = designation.changes, designation.previous
    if changes is None or before is None:
        return _no_rows(UNIT_COLUMNS, 4), np.empty(0, dtype=object)
    now = designation.designated()
    atoms = align(before, now)
    columns, atom = changed_units(atoms, changes, before, now)
    return columns, unit_geometry(designation, atoms, atom)


def _no_rows(names: tuple[str, ...], texts: int) -> Columns:
    """Columns of no rows: so many of text, the others of whole numbers."""
    kinds = [object] * texts + [np.int64] * (len(names) - texts)
    return {name: np.empty(0, dtype=kind) for name, kind in zip(names, kinds, strict=True)}


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
        "demand": _objects([miss.demand for miss in misses]),
        "criterion": _objects([keys[miss.criterion] if miss.criterion >= 0 else None for miss in misses]),
        "short": np.array([miss.short for miss in misses], dtype=np.float64),
        "residents": np.array([miss.residents for miss in misses], dtype=np.int64),
        "units": np.array([len(miss.members) for miss in misses], dtype=np.int64),
        "composite": np.array([miss.composite for miss in misses], dtype=np.float64),
        "criteria_exceeded": np.array([miss.criteria_exceeded for miss in misses], dtype=np.int64),
        "reason": _objects(near_miss_texts(designation)),
    }


def override_columns(designation: Designation) -> Columns:
    """The columns of the table ``overrides``, each of shape (n_overrides,)."""
    overrides = () if designation.overrides is None else designation.overrides.overrides
    changed = np.bincount(
        designation.areas.override_of_unit[designation.areas.override_of_unit >= 0], minlength=len(overrides)
    )
    texts = {
        name: _objects([getattr(override, name) for override in overrides])
        for name in ("action", "unit_id", "reason", "decided_by", "date")
    }
    return {
        **texts,
        "units": np.array([len(override.units) for override in overrides], dtype=np.int64),
        "units_changed": changed.astype(np.int64),
    }


def _objects(values: list[str | None]) -> NDArray[np.object_]:
    result = np.empty(len(values), dtype=object)
    result[:] = values
    return result
