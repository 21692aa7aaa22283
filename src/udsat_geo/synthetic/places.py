"""Named places of the synthetic city: districts as the ground they hold, quarters as points."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from udsat_geo.synthetic.areas import ADDED_2025, NAMES_ADDED_2021
from udsat_geo.synthetic.land import CELL_SIZE_M, FIRST_COL, FIRST_ROW, build_land, geography


def write_places(path: Path) -> None:
    """Write districts and quarters as GeoJSON in EPSG:25832, the same for every year and seed.

    A district is written as one rectangle for every unbroken row of its cells: parts of one name are one place.
    """
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}}
    content = {"type": "FeatureCollection", "crs": crs, "features": [*_districts(), *_quarters()]}
    path.write_text(json.dumps(content, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")


def _feature(name: str, kind: str, geometry: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"name": name, "kind": kind}, "geometry": geometry}


def _districts() -> list[dict[str, Any]]:
    features = []
    district = build_land().district
    for facts in geography()["district"]:
        inside = np.pad(district == facts["number"], ((0, 0), (1, 1))).astype(np.int8)
        steps = np.diff(inside, axis=1)
        starts, ends = np.argwhere(steps == 1), np.argwhere(steps == -1)
        for (row, west), (_, east) in zip(starts.tolist(), ends.tolist(), strict=True):
            left, right = (west + FIRST_COL) * CELL_SIZE_M, (east + FIRST_COL) * CELL_SIZE_M
            low, high = (row + FIRST_ROW) * CELL_SIZE_M, (row + FIRST_ROW + 1) * CELL_SIZE_M
            ring = [[left, low], [right, low], [right, high], [left, high], [left, low]]
            features.append(_feature(facts["name"], "district", {"type": "Polygon", "coordinates": [ring]}))
    return features


def _quarters() -> list[dict[str, Any]]:
    named = [(area["name"], area["centre"]) for area in geography()["area_2017"]]
    named += [
        (NAMES_ADDED_2021[change["mark"]], change["centre"])
        for change in geography()["change_2021"]
        if change["event"] == "added"
    ]
    named.append((ADDED_2025["name"], list(ADDED_2025["centre"])))
    return [_feature(name, "quarter", {"type": "Point", "coordinates": list(at)}) for name, at in named]
