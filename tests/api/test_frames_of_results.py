"""Layers as frames: what is in them, and what is said where pandas is not installed."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

import udsat_geo as ug
from udsat_geo.api.frames import rows_as_frame

SPATIAL = ("areas", "units", "changes", "changed_units", "near_misses")
TABLES = ("status", "overrides")


@pytest.mark.parametrize("layer", SPATIAL)
def test_a_layer_is_a_frame_with_geometries(made: ug.Result, layer: str) -> None:
    frame, table = getattr(made, layer), made.to_arrow(layer)
    assert isinstance(frame, gpd.GeoDataFrame)
    assert frame.crs == made.crs == "EPSG:25832"
    assert list(frame.columns) == [*table.column_names[:-1], "geometry"]
    assert len(frame) == table.num_rows
    assert frame.geometry.to_wkb().tolist() == table["geom"].to_pylist()


@pytest.mark.parametrize("layer", TABLES)
def test_a_table_is_a_plain_frame(made: ug.Result, layer: str) -> None:
    frame = getattr(made, layer)
    assert type(frame) is pd.DataFrame
    assert len(frame) == (5 if layer == "status" else 0)


def test_numbers_of_the_frames_are_those_of_the_arrays(made: ug.Result) -> None:
    designation = made.designation
    assert designation is not None
    assert made.areas["residents"].tolist() == designation.areas.residents.tolist()
    np.testing.assert_array_equal(made.units["composite"], designation.scores.composite)
    assert made.areas.geometry.area.sum() == pytest.approx(sum(shape.area for shape in designation.outline))
    told = (made.year, made.policy, made.source, made.language, made.residents, made.residents_in_areas)
    status = designation.status
    assert told == (2021, "town", "registers", "en", status.residents, status.residents_in_areas)
    assert made.share_of_residents == pytest.approx(made.residents_in_areas / made.residents)
    assert made.layers == (*SPATIAL, "status")


def test_whole_numbers_with_gaps_stay_whole(made: ug.Result) -> None:
    assert str(made.areas["until"].dtype) == "Int64"
    assert str(made.areas["since"].dtype) == "int64"
    rows = rows_as_frame([{"a": 1}, {"a": None}], ("a", "b"))
    assert [str(dtype) for dtype in rows.dtypes] == ["Int64", "object"]
    assert rows_as_frame([], ("a", "b")).columns.tolist() == ["a", "b"]


def test_changing_a_frame_changes_no_result(made: ug.Result) -> None:
    frame = made.areas
    frame["residents"] = 0
    assert made.areas["residents"].sum() == made.residents_in_areas


def test_a_layer_that_is_not_there(made: ug.Result) -> None:
    with pytest.raises(ug.InputError, match=r"has no layer 'overrides'\. It has areas, units, changes"):
        made.to_arrow("overrides")


def test_what_python_shows_of_an_object_is_short(made: ug.Result) -> None:
    area = made.areas["area_id"].iloc[0]
    shown = [made, made.explain(area), ug.load_policy("kbh-2017"), *ug.policies().values()]
    assert [len(repr(one)) < 1000 for one in shown] == [True] * len(shown)
