"""A lineage as rows, CSV and JSON."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from numpy.typing import NDArray

from udsat_geo.areas.area_set import AreaSet
from udsat_geo.changes.compare import Comparison, share
from udsat_geo.changes.diff import EVENTS, REMOVED, UNKNOWN, changed_areas, links
from udsat_geo.changes.lineage import Lineage
from udsat_geo.kernels.arrays import as_objects, total
from udsat_geo.messages.tables import csv_text
from udsat_geo.messages.version import __version__


def comparison_as_data(comparison: Comparison) -> dict[str, Any]:
    """A comparison as plain data, in the order of the areas of now, then the removed ones; the same for the same.

    Shares are fractions, null of nothing. An area's residents before are those told with it, kept and removed, so that
    the rows add up to the totals.
    """
    changes, weights = comparison.changes, comparison.weights
    return {
        "version": __version__,
        "before": _side(comparison.before),
        "now": _side(comparison.now),
        "weighed_by": dataclasses.asdict(weights),
        "notes": list(comparison.notes),
        "totals": {
            "residents_before": comparison.kept + comparison.removed,
            "residents_now": comparison.kept + comparison.added,
            "residents_added": comparison.added,
            "residents_removed": comparison.removed,
            "residents_kept": comparison.kept,
            "units_added": changes.units_added,
            "units_removed": changes.units_removed,
            "units_kept": changes.units_kept,
            "share_still_in": _number(comparison.share_still_in),
            "share_in_before": _number(share(comparison.kept, comparison.kept + comparison.added)),
            "intersection_over_union": _number(comparison.intersection_over_union),
        },
        "events": {event: changes.count(event) for event in EVENTS},
        "areas": _areas(comparison),
        "links": _links(comparison),
    }


def _side(side: AreaSet) -> dict[str, Any]:
    ours = side.is_designation
    return {
        "file": side.file,
        "kind": "designation" if ours else "polygons",
        "year": side.known_year,
        "policy": side.policy_id if ours else None,
        "policy_sha256": side.policy_sha256 if ours else None,
        "source": side.source if ours else None,
        "areas": len(side),
    }


def _areas(comparison: Comparison) -> list[dict[str, Any]]:
    return [
        {
            "event": row.event,
            "area_id": row.area_id,
            "name": row.name,
            "previous_ids": list(row.previous),
            "residents_before": row.kept + row.removed,
            "residents_now": row.kept + row.added,
            "residents_added": row.added,
            "residents_removed": row.removed,
            "residents_kept": row.kept,
        }
        for row in changed_areas(comparison.changes, comparison.before, comparison.now)
    ]


def _links(comparison: Comparison) -> list[dict[str, Any]]:
    rows = _rows(links(comparison.changes, comparison.before, comparison.now))
    return [{k: _number(v) if isinstance(v, float) else v for k, v in row.items()} for row in rows]


def _rows(columns: Mapping[str, NDArray[Any]]) -> list[dict[str, Any]]:
    """Columns as rows of plain values."""
    values = zip(*(column.tolist() for column in columns.values()), strict=True)
    return [dict(zip(columns, row, strict=True)) for row in values]


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


COLUMNS = (
    "previous_year", "previous_id", "previous_name", "year", "area_id", "name", "residents", "share_of_previous",
    "share_of_area", "continues", "event", "since", "chain",
)  # fmt: skip


def lineage_rows(lineage: Lineage) -> list[dict[str, Any]]:
    """One row for each link of an earlier area to a later one, and for each area that begins or ends, one end empty.

    By year; in each year the later areas in their order, then those that ended. `residents` are those that the link
    carries; where a line begins or ends, all of the area's.
    """
    nodes, flows = lineage.nodes, lineage.flows
    # residents of each area by those of the next designation
    then = (total(flows.tail, flows.residents, len(nodes)) + nodes.to_outside).tolist()
    rows: list[dict[str, Any]] = []
    carried = [i for i in range(len(flows)) if flows.linked[i]]
    heads = {int(flows.head[i]) for i in carried}
    by_head: dict[int, list[dict[str, Any]]] = {}
    for i in carried:
        tail, head = int(flows.tail[i]), int(flows.head[i])
        row = {**_earlier(lineage, tail), **_later(lineage, head)}
        row["residents"] = int(flows.residents[i])
        row["continues"] = bool(flows.continues[i])
        row["share_of_previous"] = row["residents"] / then[tail] if then[tail] else None
        row["share_of_area"] = row["residents"] / int(nodes.residents[head]) if nodes.residents[head] else None
        by_head.setdefault(head, []).append(row)
    for before, year in pairwise(lineage.years):
        for node in (nodes.year == year).nonzero()[0].tolist():
            begins = {**_earlier(lineage, None), **_later(lineage, node)}
            rows += by_head[node] if node in heads else [begins | {"previous_year": before}]
        for node in ((nodes.year == before) & nodes.ends).nonzero()[0].tolist():
            ended = {**_later(lineage, node), **_earlier(lineage, node)}
            event = UNKNOWN if nodes.strange is not None and nodes.strange[node] else REMOVED
            none = {"area_id": None, "name": None, "event": event, "since": None}
            rows.append(ended | none | {"year": year, "residents": then[node]})
    return [{column: row.get(column) for column in COLUMNS} for row in rows]


def _earlier(lineage: Lineage, node: int | None) -> dict[str, Any]:
    nodes = lineage.nodes
    if node is None:
        return {"previous_year": None, "previous_id": None, "previous_name": None}
    return {
        "previous_year": int(nodes.year[node]),
        "previous_id": str(nodes.area_id[node]),
        "previous_name": str(nodes.name[node]),
    }


def _later(lineage: Lineage, node: int) -> dict[str, Any]:
    nodes = lineage.nodes
    return {
        "year": int(nodes.year[node]),
        "area_id": str(nodes.area_id[node]),
        "name": str(nodes.name[node]),
        "residents": int(nodes.residents[node]),
        "continues": False,
        "event": nodes.event[node],
        "since": _since(int(nodes.since[node])),
        "chain": str(nodes.chain[node]),
    }


def _since(year: int) -> int | None:
    return year if year >= 0 else None


def lineage_as_csv(lineage: Lineage) -> str:
    """The rows as CSV: commas, decimal points, an empty cell for none."""
    return csv_text(COLUMNS, ([row[column] for column in COLUMNS] for row in lineage_rows(lineage)))


def lineage_as_data(lineage: Lineage) -> dict[str, Any]:
    """A lineage as plain data: areas year by year, flows between them by their places in that list, and the rows."""
    nodes, flows = lineage.nodes, lineage.flows
    areas = {
        "year": nodes.year,
        "area_id": nodes.area_id,
        "name": nodes.name,
        "chain": nodes.chain,
        "since": as_objects(map(_since, nodes.since.tolist())),
        "event": nodes.event,
        "residents": nodes.residents,
        "residents_from_outside": nodes.from_outside,
        "residents_to_outside": nodes.to_outside,
        "ends": nodes.ends,
    }
    carried = ("residents", "units", "linked", "continues")
    return {
        "version": __version__,
        "years": list(lineage.years),
        "areas": _rows(areas),
        "flows": _rows({"from": flows.tail, "to": flows.head, **{name: getattr(flows, name) for name in carried}}),
        "links": lineage_rows(lineage),
    }
