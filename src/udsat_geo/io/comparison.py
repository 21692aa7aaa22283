"""A comparison as JSON and as a GeoPackage."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from udsat_geo import __version__
from udsat_geo.comparison import Comparison, Side, share
from udsat_geo.diff import EVENTS, REMOVED
from udsat_geo.errors import OutputError
from udsat_geo.io.changes import changed_areas, changed_units, links
from udsat_geo.io.dressing import dress_comparison
from udsat_geo.io.earlier import gdal_errors
from udsat_geo.io.geopackage import steady_gdal, write_layer
from udsat_geo.io.layers import Layer, as_one_kind, as_table
from udsat_geo.io.together import cannot_write, put_together

_NO_YEAR = 1970
"""The stamp of a GeoPackage whose contents have no year."""


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
        "weighed_by": {
            "kind": weights.kind,
            "file": weights.file,
            "year": weights.year,
            "source": weights.source,
            "places": weights.places,
            "residents": weights.residents,
        },
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


def _side(side: Side) -> dict[str, Any]:
    ours = side.kind == "designation"
    return {
        "file": side.file,
        "kind": side.kind,
        "year": side.year,
        "policy": side.designated.policy_id if ours else None,
        "policy_sha256": side.designated.policy_sha256 if ours else None,
        "source": side.designated.source if ours else None,
        "areas": len(side.designated.area_id),
    }


def _areas(comparison: Comparison) -> list[dict[str, Any]]:
    changes, before, now = comparison.changes, comparison.before.designated, comparison.now.designated
    rows = []
    for i, (event, area, previous) in enumerate(zip(changes.event, changes.area, changes.previous, strict=True)):
        side, number = (before, previous[0]) if event == REMOVED else (now, int(area))
        added, removed, kept = (
            int(counted[i]) for counted in (changes.residents_added, changes.residents_removed, changes.residents_kept)
        )
        rows.append(
            {
                "event": event,
                "area_id": str(side.area_id[number]),
                "name": str(side.name[number]),
                "previous_ids": [str(before.area_id[p]) for p in previous],
                "residents_before": kept + removed,
                "residents_now": kept + added,
                "residents_added": added,
                "residents_removed": removed,
                "residents_kept": kept,
            }
        )
    return rows


def _links(comparison: Comparison) -> list[dict[str, Any]]:
    columns = links(comparison.changes, comparison.before.designated, comparison.now.designated)
    rows = [
        dict(zip(columns, values, strict=True))
        for values in zip(*(values.tolist() for values in columns.values()), strict=True)
    ]
    return [{k: _number(v) if isinstance(v, float) else v for k, v in row.items()} for row in rows]


def write_comparison(comparison: Comparison, path: Path) -> None:
    """Write the layers ``changes`` and ``changed_units`` and the table ``links`` into a GeoPackage, whole or not.

    Parameters
    ----------
    comparison : Comparison
    path : Path
        What stands there is replaced once the new file is whole.

    Raises
    ------
    OutputError
        If it cannot be written; what was there stays.
    """
    weights = comparison.weights
    stamp = {
        "before": comparison.before.file,
        "now": comparison.now.file,
        "weighed_by": f"{weights.kind} of {weights.file}",
        "source": weights.source,
    }
    year = comparison.now.year or weights.year or _NO_YEAR
    unwritable: tuple[type[Exception], ...] = (OSError, *gdal_errors())
    try:
        with put_together(path.parent, [path.name]) as folder, steady_gdal(year):
            for layer in comparison_layers(comparison):
                write_layer(folder / path.name, layer, stamp if layer.name == "changes" else None)
            dress_comparison(folder / path.name, comparison.language, year)
    except unwritable as error:
        reason = getattr(error, "strerror", None) or str(error).split("\n")[0]
        raise OutputError(cannot_write(path, reason)) from None


def comparison_layers(comparison: Comparison) -> Iterator[Layer]:
    """The layers ``changes`` and ``changed_units``, and the table ``links``, in the order in which they are written."""
    import shapely

    from udsat_geo.outline import as_multipolygon

    before, now, changes = comparison.before.designated, comparison.now.designated, comparison.changes
    areas, outline = changed_areas(changes, before, now, comparison.outline_before, comparison.outline_now)
    outlines = shapely.to_wkb([as_multipolygon(shape) for shape in outline]) if len(outline) else outline
    units, atom = changed_units(comparison.atoms, changes, before, now)
    wkb, kind = as_one_kind(comparison.geometry[atom], "Polygon")
    yield Layer("changes", as_table(areas, outlines), "MultiPolygon", comparison.crs)
    yield Layer("changed_units", as_table(units, wkb), kind, comparison.crs)
    yield Layer("links", as_table(links(changes, before, now)))


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
