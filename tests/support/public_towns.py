"""Towns of a few cells, as a designation has them, to be released: with the layers and the figures that leave."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from scipy.ndimage import label

from udsat_geo.designation.columns import GEOMETRY
from udsat_geo.designation.layers import Layer, Layers
from udsat_geo.designation.summary import Summary
from udsat_geo.release.policy import ReleasePolicy

CRS = "EPSG:25832"


def release_policy(least: int = 5, round_to: int = 5, noise: int = 0, form: str = "quadtree") -> ReleasePolicy:
    """A release policy that rounds, or changes by cell key where there is noise."""
    counts = {"least_persons": least, "round_to": 1 if noise else round_to, "most_noise": noise}
    if noise:
        counts |= {"variance": 4.0}
    content = {"id": f"p{least}-{round_to}-{noise}", "source": "a test", "counts": counts}
    return ReleasePolicy.model_validate(content | {"units": {"form": form, "least_persons": 3 * max(least, round_to)}})


def areas_from(composite: Any, least: float) -> Any:
    """Cells that touch and reach a threshold are an area; its number for each cell, 0 outside."""
    return label(composite >= least)[0]


def town(residents: Any, having: Any, area: Any, before: Any = None, year: int = 2025, policy: str = "small") -> Layers:
    """A designation of cells.

    Parameters
    ----------
    residents, having, area : int, shape (n_rows, n_cols)
        Who lives in each cell, of how many the one criterion is true, and in which area it is, 0 for none.
    before : int, shape (n_rows, n_cols), optional
        The area of each cell in the earlier designation.
    """
    row, col = (each.ravel() for each in np.indices(residents.shape))
    unit = np.array([f"100m_{61700 + r}_{7200 + c}" for r, c in zip(row, col, strict=True)], dtype=object)
    box = shapely.box(720_000 + 100 * col, 6_170_000 + 100 * row, 720_100 + 100 * col, 6_170_100 + 100 * row)
    living, found, of = residents.ravel(), having.ravel(), area.ravel()
    ids = [None if n == 0 else f"{year}-{n:02d}" for n in of.tolist()]

    def rate(inside: Any) -> float | None:
        return float(found[inside].sum() / living[inside].sum()) if living[inside].sum() else None

    numbers = sorted(set(of[of > 0].tolist()))
    rows = [_area_row(f"{year}-{n:02d}", int(living[of == n].sum()), rate(of == n)) for n in numbers]
    outlines = [shapely.union_all(box[of == n]) for n in numbers]
    units = {"unit_id": unit, "residents": living, "composite": np.ones(len(unit)), "area_id": ids}
    tables = {
        "areas": _layer("areas", rows or [_area_row("", 0, None)], outlines or [box[0]], len(rows)),
        "units": Layer("units", pa.table(units | {GEOMETRY: shapely.to_wkb(box)}), "Polygon", CRS),
    }
    if before is not None:
        tables |= _changes(unit, living, of, before.ravel(), year, box)
    status = {"criterion": "poor", "areas": rate(of > 0), "rest_of_city": rate(of == 0), "city": rate(of >= 0)}
    summary = Summary.model_construct(
        year=year, language="en", source="registers", version="0", changes=None if before is None else True,
        criteria=[Having(key="poor", label="Poor", unit="", share=True, worse="high")], status=[Having(**status)],
        policy=Having(id=policy, sha256=policy),
    )  # fmt: skip
    return Layers(summary, tables)


class Having:
    """What has these attributes."""

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)


def _area_row(area_id: str, residents: int, rate: float | None) -> dict[str, Any]:
    texts = {"area_id": area_id, "name": area_id, "district": "", "event": "kept", "exceeded": "poor"}
    return texts | {"since": 2025, "residents": residents, "composite": 1.0, "rate_poor": rate}


def _layer(name: str, rows: list[dict[str, Any]], outlines: list[Any], n_rows: int) -> Layer:
    table = pa.Table.from_pylist(rows).append_column(GEOMETRY, pa.array(shapely.to_wkb(outlines).tolist()))
    return Layer(name, table.slice(0, n_rows), "Polygon", CRS)


def _changes(unit: Any, living: Any, of: Any, before: Any, year: int, box: Any) -> dict[str, Layer]:
    """Every area came of the one before with its number, and cells came in or left."""
    changed, rows = [], []
    numbers = sorted(set(of[of > 0].tolist()) | set(before[before > 0].tolist()))
    for n in numbers:
        added, removed = (of == n) & (before == 0), (before == n) & (of == 0)
        told = {"event": "kept", "area_id": f"{year}-{n:02d}", "name": "", "previous_ids": f"old-{n:02d}"}
        rows.append(
            told | {"residents_added": int(living[added].sum()), "residents_removed": int(living[removed].sum())}
        )
        for event, cells in (("added", added), ("removed", removed)):
            for cell in np.flatnonzero(cells).tolist():
                now = told["area_id"] if event == "added" else None
                each = {"unit_id": unit[cell], "event": event, "area_id": now, "previous_area_id": told["previous_ids"]}
                changed.append(each)
    nobody = {"event": "", "area_id": "", "name": "", "previous_ids": "", "residents_added": 0, "residents_removed": 0}
    nothing = {"unit_id": "", "event": "", "area_id": "", "previous_area_id": ""}
    return {
        "changes": _layer("changes", rows or [nobody], [box[0]] * max(len(rows), 1), len(rows)),
        "changed_units": _layer("changed_units", changed or [nothing], [box[0]] * max(len(changed), 1), len(changed)),
    }
