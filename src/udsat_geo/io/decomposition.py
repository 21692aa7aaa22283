"""A decomposition as plain data."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from udsat_geo import __version__
from udsat_geo.decomposition import Decomposition, Parts
from udsat_geo.designation import Designation
from udsat_geo.diff import REMOVED, Changes

RATES = ("areas", "rest_of_city", "gap", "city")


def decomposition_as_data(
    before: Designation, now: Designation, changes: Changes, decomposition: Decomposition
) -> dict[str, Any]:
    """Why two years' designations differ; the same for the same.

    Every change has `before`, `now`, `change` and its parts by name, null where there is no value; rates are fractions
    or in the criterion's own unit, positive gaps worse. Parts are the exact ones to the nearest float.
    """
    return {
        "version": __version__,
        "before": _designation(before),
        "now": _designation(now),
        "same_rule": before.policy.sha256 == now.policy.sha256,
        "residents": {
            "in_all": _data(decomposition.in_all),
            "areas": [
                {**_area(i, before, now, changes), **_data(parts)} for i, parts in enumerate(decomposition.residents)
            ],
            "elsewhere": _data(decomposition.elsewhere),
        },
        "rates": [
            {"criterion": key, **{name: _data(getattr(decomposition, name)[j]) for name in RATES}}
            for j, key in enumerate(now.policy.policy.keys)
        ],
        "rates_of_areas": [
            {
                **_area(i, before, now, changes),
                "rates": [
                    {"criterion": key, **_data(parts)} for key, parts in zip(now.policy.policy.keys, row, strict=True)
                ],
            }
            for i, row in enumerate(decomposition.rows)
        ],
        "notes": list(dict.fromkeys((*before.notes, *now.notes))),
    }


def _designation(made: Designation) -> dict[str, Any]:
    policy = made.policy
    return {
        "year": made.year,
        "policy": policy.policy.id,
        "policy_sha256": policy.sha256,
        "source": made.inputs.source,
        "residents": made.status.residents,
    }


def area_of_row(row: int, before: Designation, now: Designation, changes: Changes) -> tuple[str, str]:
    """Id and name of the area that a row of the comparison tells of."""
    gone = changes.event[row] == REMOVED
    made, area = (before, changes.previous[row][0]) if gone else (now, int(changes.area[row]))
    return str(made.area_id[area]), str(made.name[area])


def _area(row: int, before: Designation, now: Designation, changes: Changes) -> dict[str, Any]:
    area_id, name = area_of_row(row, before, now, changes)
    return {"area_id": area_id, "name": name, "event": changes.event[row]}


def _data(parts: Parts) -> dict[str, Any]:
    data = {"before": _number(parts.before), "now": _number(parts.now), "change": _number(parts.change)}
    return {**data, "parts": {name: _number(value) for name, value in parts.of.items()} or None}


def _number(value: Fraction | None) -> float | int | None:
    """A fraction as JSON holds it: whole numbers as such."""
    if value is None:
        return None
    return int(value) if value.denominator == 1 else float(value)
