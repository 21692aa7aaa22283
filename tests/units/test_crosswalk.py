"""Lookup tables between zones of two years: what is read, what is refused, and how residents are shared out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from udsat_geo.kernels.arrays import as_objects
from udsat_geo.messages.errors import InputError
from udsat_geo.units.crosswalk import (
    WHOLE,
    Crosswalk,
    Pairs,
    label_carried,
    pairs_between,
    read_crosswalk,
    residents_of_pairs,
    share_out,
)


def table(folder: Path, text: str) -> Path:
    path = folder / "zones.csv"
    path.write_text(text, encoding="utf-8")
    return path


def rows(crosswalk: Crosswalk) -> list[tuple[str, str, float]]:
    shares = (crosswalk.weight / WHOLE).tolist()
    return list(zip(crosswalk.from_id.tolist(), crosswalk.to_id.tolist(), shares, strict=True))


@pytest.mark.long
def test_columns_are_found_by_name_or_named(tmp_path: Path) -> None:
    wanted = [("1", "a", 0.25), ("1", "b", 0.75), ("2", "b", 1.0)]
    assert rows(read_crosswalk(table(tmp_path, "From,TO,weight\n1,a,0.25\n1,b,0.75\n2,b,1\n"))) == wanted
    assert rows(read_crosswalk(table(tmp_path, "fra;til;andel\n1;a;0,25\n1;b;0,75\n2;b;1\n"))) == wanted
    named = table(tmp_path, "old,new,part,from\n1,a,0.25,x\n1,b,0.75,x\n2,b,1,x\n")
    assert rows(read_crosswalk(named, ("old", "new", "part"))) == wanted
    path = tmp_path / "zones.parquet"
    pq.write_table(pa.table({"from": [1, 1, 2], "to": ["a", "b", "b"], "weight": [0.25, 0.75, 1.0]}), path)
    assert rows(read_crosswalk(path)) == wanted


def test_without_weights_each_zone_goes_as_a_whole(tmp_path: Path) -> None:
    assert rows(read_crosswalk(table(tmp_path, "from,to\n1,a\n2,a\n"))) == [("1", "a", 1.0), ("2", "a", 1.0)]
    with pytest.raises(InputError, match=r"several rows without weights \(1 row\), for example 1"):
        read_crosswalk(table(tmp_path, "from,to\n1,a\n1,b\n"))


@pytest.mark.long
def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError) as told:
        read_crosswalk(table(tmp_path, "from,to,weight\n1,a,0.5\n1,a,0.5\n,a,1\n2,b,1.5\n3,b,x\n"))
    text = str(told.value)
    for what in ("empty ids (1 row)", "pairs that stand twice (1 row), for example 1 - a", "no share (2 rows)"):
        assert what in text
    with pytest.raises(InputError, match=r"do not add up to 1 \(1 row\), for example 2: 0\.9\b"):
        read_crosswalk(table(tmp_path, "from,to,weight\n1,a,0.3333\n1,b,0.6667\n2,b,0.9\n"))
    with pytest.raises(InputError, match=r"has no column of from .*to .*--crosswalk-columns"):
        read_crosswalk(table(tmp_path, "x,y\n1,a\n"))


def walk(*pairs: tuple[str, str, float]) -> Crosswalk:
    columns = list(zip(*pairs, strict=True)) or [(), (), ()]
    weight = np.array([round(share * WHOLE) for share in columns[2]], dtype=np.int64)
    return Crosswalk("zones.csv", None, as_objects(columns[0]), as_objects(columns[1]), weight)


def test_zones_that_are_unknown_are_told() -> None:
    known = walk(("a", "x", 0.5), ("a", "y", 0.5), ("elsewhere", "x", 1.0))
    before, now = as_objects(["a", "b", "c"]), as_objects(["x", "b"])
    with pytest.raises(InputError) as told:
        pairs_between(known, before, now)
    assert "lacks zones of the earlier designation (1 row), for example c" in str(told.value)
    assert "leads to zones that are not there now (1 row), for example y" in str(told.value)


def test_a_zone_that_the_table_lacks_is_itself_and_other_towns_do_not_count() -> None:
    known = walk(("a", "x", 0.5), ("a", "y", 0.5), ("elsewhere", "x", 1.0))
    pairs = pairs_between(known, as_objects(["b", "a"]), as_objects(["x", "b", "y", "z"]))
    assert (pairs.unit_of_earlier.tolist(), pairs.unit_of_now.tolist()) == ([1, 0, 1], [0, 1, 2])
    assert pairs.as_they_are == 1
    # a table of another step between years leads nowhere from these zones, which are the same in both
    same = pairs_between(known, as_objects(["a", "b"]), as_objects(["b", "a"]))
    assert (same.unit_of_earlier.tolist(), same.unit_of_now.tolist()) == ([1, 0], [0, 1])
    assert same.as_they_are == 2


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9)), min_size=1, max_size=12), st.data())
def test_shares_are_whole_and_nobody_is_lost(members: list[tuple[int, int]], data: st.DataObject) -> None:
    group, part = (np.array(column) for column in zip(*members, strict=True))
    whole = np.array(data.draw(st.lists(st.integers(0, 1000), min_size=4, max_size=4)))
    found = share_out(whole, group, part.astype(object), np.ones(len(group), dtype=np.int64))
    for one in np.unique(group):
        inside = group == one
        assert found[inside].sum() == whole[one]
        parts = part[inside] if part[inside].any() else np.ones(inside.sum())
        assert (np.abs(found[inside] - whole[one] * parts / parts.sum()) < 1).all()


def test_residents_of_now_are_shared_out_by_those_who_came() -> None:
    pairs = Pairs(np.array([0, 1, 1]), np.array([0, 0, 1]), np.array([WHOLE, WHOLE // 2, WHOLE // 2]))
    assert residents_of_pairs(pairs, np.array([30, 20]), np.array([80, 9])).tolist() == [60, 20, 9]
    # nobody lived there: by the weights alone
    assert residents_of_pairs(pairs, np.array([0, 0]), np.array([3, 0])).tolist() == [2, 1, 0]


def test_a_zone_takes_the_label_of_most_of_its_residents() -> None:
    pairs = Pairs(np.array([0, 1, 2, 2]), np.array([0, 0, 0, 1]), np.array([WHOLE, WHOLE, WHOLE // 2, WHOLE // 2]))
    label = np.array([0, 1, -1])
    assert label_carried(pairs, np.array([20, 30, 100]), label, 3).tolist() == [1, -1, -1]
    assert label_carried(pairs, np.array([20, 20, 100]), label, 3).tolist() == [-1, -1, -1]
    assert label_carried(pairs, np.array([30, 30, 100]), label, 3).tolist() == [0, -1, -1]
