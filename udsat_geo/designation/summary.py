"""The JSON of a designation: summary and provenance."""

from __future__ import annotations

import hashlib
import json
import math
from pathlib import Path
from typing import Any

from udsat_geo import __version__
from udsat_geo.changes.diff import EVENTS, REMOVED
from udsat_geo.designation.designation import Designation
from udsat_geo.sources.origins import name_of, origin_of

SETTINGS = "settings"
"""Among the files of a designation: what the registers' folder says of itself, which is no table."""


def summarise(designation: Designation, hashes: dict[str, str] | None = None) -> dict[str, Any]:
    """The summary as plain data; the same designation gives the same.

    Parameters
    ----------
    designation : Designation
    hashes : dict, optional
        SHA-256 of its input files by table, where they are known already.
    """
    policy = designation.policy
    files = designation.files
    hashes = hashes or {table: sha256(path) for table, path in files.items()}
    return {
        "year": designation.year,
        "source": designation.inputs.source,
        "policy": {
            "id": policy.policy.id,
            "file": policy.name,
            "sha256": policy.sha256,
            "extends": [{"id": base.id, "file": base.name, "sha256": base.sha256} for base in policy.bases],
        },
        "references": _references(designation),
        "limits": _limits(designation),
        "version": __version__,
        "inputs": [
            {"name": name_of(path), "sha256": hashes[table], "rows": designation.rows[table]}
            for table, path in files.items()
            if table != SETTINGS
        ],
        "settings": {"name": files[SETTINGS].name, "sha256": hashes[SETTINGS]} if SETTINGS in files else None,
        "counts": designation.counts,
        "notes": list(designation.notes),
        "vintage": designation.vintage,
        "language": designation.language,
        "units": len(designation.units),
        "crs": designation.units.crs,
        "residents": designation.status.residents,
        "residents_in_areas": designation.status.residents_in_areas,
        "share_of_residents": _number(designation.status.share_of_residents),
        "rule": _rule(designation),
        "criteria": _criteria(designation),
        "areas": _areas(designation),
        "near_misses": _near_misses(designation),
        "overrides": _overrides(designation),
        "status": _status(designation),
        "changes": _changes(designation),
    }


def as_json(summary: dict[str, Any]) -> str:
    """The summary as JSON text."""
    return json.dumps(summary, ensure_ascii=False, indent=2) + "\n"


def sha256(path: Path) -> str:
    """SHA-256 of a file; of a folder (some vector formats), of its files in the order of their names.

    That of a local copy is that of what it is a copy of.
    """
    origin = origin_of(path)
    if origin is not None:
        return origin.sha256
    if path.is_dir():
        whole = hashlib.sha256()
        for part in sorted(path.rglob("*")):
            if part.is_file():
                whole.update(part.name.encode() + sha256(part).encode())
        return whole.hexdigest()
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _rule(designation: Designation) -> dict[str, Any]:
    """What the policy asks of units and areas."""
    policy = designation.policy.policy
    rule = policy.rule
    return {
        "score": policy.score.method,
        "core": rule.core,
        "edge": None if rule.core is None else rule.edge_threshold,
        "criteria": rule.criteria,
        "require": list(rule.require),
        "years_running": rule.years_running,
        "residents": policy.areas.residents,
        "leave": policy.incumbents.leave,
        "keep_years": policy.incumbents.keep_years,
    }


def _criteria(designation: Designation) -> list[dict[str, Any]]:
    """What each criterion is called, measured in, and held to."""
    return [
        {
            "key": criterion.key,
            "label": criterion.label_in(designation.language),
            "unit": criterion.unit,
            "share": criterion.is_share,
            "worse": criterion.worse,
            "limit": criterion.limit,
            "spread": _number(designation.scores.spread[j]),
        }
        for j, criterion in enumerate(designation.policy.policy.criteria)
    ]


def _references(designation: Designation) -> dict[str, Any]:
    """The references that limits use, with where their values come from: of a plain number, the policy that has it."""
    policy = designation.policy.policy
    return {
        name: {
            "value": policy.references[name].value,
            "source": policy.references[name].source or policy.told_by(f"references.{name}"),
        }
        for name in designation.limits.references
    }


def _limits(designation: Designation) -> dict[str, Any]:
    """The limits that the policy has as expressions, as evaluated for this run."""
    value_of = {criterion.key: criterion.limit for criterion in designation.policy.policy.criteria}
    return {key: {"expression": text, "value": value_of[key]} for key, text in designation.limits.text.items()}


def _areas(designation: Designation) -> list[dict[str, Any]]:
    areas = designation.areas
    return [
        {
            "area_id": designation.area_id[i],
            "name": designation.name[i],
            "residents": int(areas.residents[i]),
            "units": int(areas.units[i]),
            "composite": _number(areas.composite[i]),
            "since": int(designation.since[i]),
            "until": int(areas.until[i]) if areas.until[i] >= 0 else None,
        }
        for i in range(len(areas))
    ]


def _near_misses(designation: Designation) -> dict[str, int]:
    """How many groups failed each demand alone."""
    demands = [miss.demand for miss in designation.near_misses]
    return {demand: demands.count(demand) for demand in dict.fromkeys(demands)}


def _overrides(designation: Designation) -> list[dict[str, Any]]:
    overrides = () if designation.overrides is None else designation.overrides.overrides
    changed = designation.areas.override_of_unit
    return [
        {
            "action": override.action,
            "unit_id": override.unit_id,
            "units": len(override.units),
            "units_changed": int((changed == number).sum()),
            "reason": override.reason,
            "decided_by": override.decided_by,
            "date": override.date,
        }
        for number, override in enumerate(overrides)
    ]


def _status(designation: Designation) -> list[dict[str, Any]]:
    status = designation.status
    return [
        {
            "criterion": key,
            "areas": _number(status.areas[j]),
            "rest_of_city": _number(status.rest_of_city[j]),
            "gap": _number(status.gap[j]),
            "city": _number(status.city[j]),
        }
        for j, key in enumerate(designation.policy.policy.keys)
    ]


def _changes(designation: Designation) -> dict[str, Any] | None:
    changes, before = designation.changes, designation.previous
    if changes is None or before is None:
        return None
    events = [
        {
            "event": event,
            "area_id": str(before.area_id[previous[0]] if event == REMOVED else designation.area_id[area]),
            "previous_ids": [str(before.area_id[p]) for p in previous],
            "residents_added": int(changes.residents_added[i]),
            "residents_removed": int(changes.residents_removed[i]),
            "residents_kept": int(changes.residents_kept[i]),
        }
        for i, (event, area, previous) in enumerate(zip(changes.event, changes.area, changes.previous, strict=True))
    ]
    return {
        "previous_year": changes.previous_year,
        "previous": {"policy": before.policy_id, "policy_sha256": before.policy_sha256, "source": before.source},
        "areas": {event: changes.count(event) for event in EVENTS},
        "units": {"added": changes.units_added, "removed": changes.units_removed, "kept": changes.units_kept},
        "residents": {
            "added": int(changes.residents_added.sum()),
            "removed": int(changes.residents_removed.sum()),
            "kept": int(changes.residents_kept.sum()),
        },
        "events": events,
    }


def _number(value: float) -> float | None:
    """A float that JSON can hold: NaN is null."""
    return None if math.isnan(value) else float(value)
