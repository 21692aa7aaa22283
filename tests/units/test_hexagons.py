"""Zones whose ids are H3 indexes."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from udsat_geo.messages.errors import InputError
from udsat_geo.policy.load import check_policy
from udsat_geo.policy.rules import Policy
from udsat_geo.units.edges import find_edges
from udsat_geo.units.table import read_unit_table, units_from_table

INDEX = "891f058310bffff"
"""In Copenhagen."""


def policy_of(**units: Any) -> Policy:
    """A policy over zones whose ids stand in the column `id`."""
    content: dict[str, Any] = {
        "id": "own",
        "years": [2000, 2100],
        "units": {"kind": "zones", "id": "id", "residents": "people", **units},
        "criteria": [{"key": "poor", "register": "units", "numerator": "poor", "worse": "high"}],
        "rule": {"core": 1.0},
    }
    return check_policy(content, "own.toml")


def write(folder: Path, ids: list[str]) -> Path:
    """A table of zones without geometry."""
    text = "id,people,poor\n" + "".join(f"{one},10,1\n" for one in ids)
    (folder / "zones.csv").write_text(text, encoding="utf-8")
    return folder / "zones.csv"


@pytest.mark.long
def test_hexagons_lie_where_their_ids_say_and_touch_their_neighbours(tmp_path: Path) -> None:
    h3 = pytest.importorskip("h3")
    policy = policy_of(crs="EPSG:25832")
    table = read_unit_table(write(tmp_path, sorted(h3.grid_disk(INDEX, 1))), policy)
    units, _sums = units_from_table(table, policy)
    assert "read as H3 indexes" in table.notes[-1]
    middle = int(np.flatnonzero(units.unit_id == INDEX)[0])
    assert np.hypot(units.easting[middle] - 724_300, units.northing[middle] - 6_175_900) < 1_000
    assert 80_000 < shapely.area(units.geometry[middle]) < 130_000
    edges = find_edges(units, policy)
    ends = np.stack((edges.head, edges.tail))
    assert (ends == middle).any(axis=0).sum() == 6
    assert len(edges) == 12


def test_ids_that_are_no_hexagons_are_told(tmp_path: Path) -> None:
    pytest.importorskip("h3")
    with pytest.raises(InputError, match=r"zones.csv, column id: ids that are no H3 indexes \(2 rows\)"):
        read_unit_table(write(tmp_path, [INDEX, "8fffffffffffffe", "A1"]), policy_of(crs="EPSG:25832"))


def test_a_policy_without_a_reference_system_is_told(tmp_path: Path) -> None:
    pytest.importorskip("h3")
    with pytest.raises(InputError, match=r"units.crs: is missing, and ids are H3 indexes"):
        read_unit_table(write(tmp_path, [INDEX]), policy_of())


def test_without_the_library_its_extra_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "h3" else found(name))
    with pytest.raises(InputError, match=r"udsat_geo\[h3\]"):
        read_unit_table(write(tmp_path, [INDEX]), policy_of(crs="EPSG:25832"))


def test_other_zones_without_geometry_need_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Zones need polygons"):
        read_unit_table(write(tmp_path, ["A1", INDEX]), policy_of(crs="EPSG:25832"))
