"""What variants of a policy say: as plain data, as a table of all variants, as layers."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from udsat_geo.analysis.sensitivity import LEVEL, SURE, Alone, Sensitivity
from udsat_geo.analysis.space import Value, plain
from udsat_geo.analysis.variants import PARTS
from udsat_geo.areas.ground import as_multipolygon
from udsat_geo.designation.layers import Layer, as_table, unit_wkb
from udsat_geo.kernels.arrays import Ints, as_objects
from udsat_geo.messages.version import __version__


def sensitivity_as_data(found: Sensitivity) -> dict[str, Any]:
    """What was found as plain data; null where there is no sample."""
    made, design = found.designation, found.design
    settings = [_setting(found, number, alone) for number, alone in enumerate(found.alone)]
    return {
        "version": __version__,
        "year": made.year,
        "policy": made.policy.policy.id,
        "policy_sha256": made.policy.sha256,
        "source": made.inputs.source,
        "space": {
            "name": found.space.name,
            "values": {
                key: [_json(value) for value in values]
                for key, values in zip(found.space.keys, found.space.values, strict=True)
            },
        },
        "seed": found.seed,
        "variants": len(design),
        "sampled": len(found.sampled) if design.base else 0,
        "rows_of_a": design.base,
        "sure_from": SURE,
        "level": LEVEL,
        "residents": int(found.residents[0]),
        "residents_designated": made.status.residents_in_areas,
        "residents_interval": _ends(found, found.residents),
        "areas": int(found.areas[0]),
        "areas_interval": _ends(found, found.areas),
        "residents_sure": _whole(found, True),
        "residents_hanging": _whole(found, False),
        "residents_hanging_outside": found.hanging_outside if design.base else None,
        "settings": settings,
        "of_areas": [_area(found, i) for i in range(len(made.areas))],
        "notes": list(found.notes),
    }


def _json(value: Value) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _ends(found: Sensitivity, values: Ints) -> list[float] | None:
    return found.interval(values).tolist() if found.design.base else None


def _whole(found: Sensitivity, sure: bool) -> int | None:
    return int(found.residents_of_areas(sure).sum()) if found.design.base else None


def _setting(found: Sensitivity, number: int, alone: Alone) -> dict[str, Any]:
    """One key: by itself, and its shares of the variance of residents in areas."""
    told = {
        "key": alone.key,
        "own": _json(alone.own),
        "by_value": [
            {"value": _json(value), "residents": int(residents)}
            for value, residents in zip(alone.values, alone.residents, strict=True)
        ],
        "residents_least": alone.least,
        "residents_most": alone.most,
        "elasticity": alone.elasticity,
        "first_order": None,
        "total": None,
        "first_order_interval": None,
        "total_interval": None,
    }
    shares = found.shares
    if shares is not None:
        told |= {
            "first_order": _number(shares.first[0, number]),
            "total": _number(shares.total[0, number]),
            "first_order_interval": [_number(end) for end in shares.first_interval[:, 0, number]],
            "total_interval": [_number(end) for end in shares.total_interval[:, 0, number]],
        }
    return told


def _area(found: Sensitivity, i: int) -> dict[str, Any]:
    made, shares = found.designation, found.shares
    told: dict[str, Any] = {
        "area_id": made.area_id[i],
        "name": made.name[i],
        "residents": int(made.areas.residents[i]),
        "share_of_variants": None,
        "residents_sure": None,
        "residents_hanging": None,
        "residents_interval": None,
        "settings": {},
    }
    if shares is not None:
        told |= {
            "share_of_variants": float(found.share_of_areas[i]),
            "residents_sure": int(found.residents_of_areas(True)[i]),
            "residents_hanging": int(found.residents_of_areas(False)[i]),
            "residents_interval": found.interval(found.of_area[:, i]).tolist(),
            "settings": {
                key: {"first_order": _number(shares.first[i + 1, n]), "total": _number(shares.total[i + 1, n])}
                for n, key in enumerate(found.factors)
            },
        }
    return told


def main_settings(found: Sensitivity) -> list[str | None]:
    """The key with the largest total share of the variance of each area's residents; None where nothing varies."""
    if found.shares is None:
        return [None] * len(found.designation.areas)
    totals = found.shares.total[1:]
    known = [not np.isnan(row).all() for row in totals]
    best = np.where(np.isnan(totals), -np.inf, totals).argmax(axis=1)
    return [found.factors[k] if there else None for k, there in zip(best.tolist(), known, strict=True)]


def variants_table(found: Sensitivity) -> Any:
    """Every variant as a row of an Arrow table.

    ``variant`` counts them, ``part`` is ``policy``, ``one_at_a_time``, or of the sample ``a``, ``b`` or ``ab``, and
    ``varied`` the key that is changed by itself, or taken from B. A column for each key has its value, what is left out
    with commas between. Then ``areas``, ``residents``, ``residents_kept`` (of the designation's areas), and for each of
    these areas how many of its residents the variant designates, by its id.
    """
    import pyarrow as pa

    design, made, n = found.design, found.designation, len(found.design)
    settings = [design.settings(row, found.policy) for row in range(n)]
    columns: dict[str, Any] = {
        "variant": np.arange(n),
        "part": pa.array([PARTS[part] for part in design.part.tolist()]),
        "varied": pa.array([None if key < 0 else found.space.keys[key] for key in design.key.tolist()], pa.string()),
    }
    for key in settings[0]:
        values = [one[key] for one in settings]
        texts = any(isinstance(value, str | tuple) for value in values)
        columns[key] = pa.array([plain(value) if texts else value for value in values])
    columns |= {"areas": found.areas, "residents": found.residents, "residents_kept": found.kept}
    for i, area in enumerate(made.area_id.tolist()):
        columns[f"residents_of_{area}"] = found.of_area[:, i]
    return pa.table(columns)


def sensitivity_layers(found: Sensitivity) -> list[Layer]:
    """The layers ``unit_sensitivity`` and ``area_sensitivity``, and the table ``setting_sensitivity``."""
    made, shares = found.designation, found.shares
    n_areas = len(made.areas)
    units = {
        "unit_id": made.units.unit_id,
        "residents": made.units.residents,
        "area_id": as_objects([*made.area_id, None])[made.areas.area_of_unit],
        "composite": made.scores.composite,
        "share_of_variants": found.share_of_variants,
    }
    unknown = np.full(n_areas, np.nan)
    low, high = (unknown, unknown) if shares is None else found.interval(found.of_area)
    areas = {
        "area_id": made.area_id,
        "name": made.name,
        "residents": made.areas.residents,
        "share_of_variants": unknown if shares is None else found.share_of_areas,
        "residents_low": low,
        "residents_high": high,
        "main_setting": as_objects(main_settings(found)),
    }
    shapes = as_objects(as_multipolygon(each) for each in made.outline)
    wkb, kind = unit_wkb(made.units)
    return [
        Layer("unit_sensitivity", as_table(units, wkb), kind, made.units.crs),
        Layer("area_sensitivity", as_table(areas, shapely.to_wkb(shapes)), "MultiPolygon", made.units.crs),
        Layer("setting_sensitivity", as_table(_columns_of_settings(found))),
    ]


def _columns_of_settings(found: Sensitivity) -> dict[str, Any]:
    alone, shares = found.alone, found.shares
    unknown = np.full(len(alone), np.nan)
    return {
        "setting": as_objects(one.key for one in alone),
        "own": as_objects(plain(one.own) for one in alone),
        "tried": as_objects("; ".join(plain(value) for value in one.values) for one in alone),
        "residents": np.array([one.of_policy for one in alone], dtype=np.int64),
        "residents_least": np.array([one.least for one in alone], dtype=np.int64),
        "residents_most": np.array([one.most for one in alone], dtype=np.int64),
        "elasticity": np.array([np.nan if one.elasticity is None else one.elasticity for one in alone]),
        "first_order": unknown if shares is None else shares.first[0],
        "total": unknown if shares is None else shares.total[0],
    }
