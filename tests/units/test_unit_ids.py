"""Ids of unit tables: one rule whatever their type."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from udsat_geo.messages.errors import InputError
from udsat_geo.policy.load import check_policy
from udsat_geo.policy.rules import Policy
from udsat_geo.sources.features import Features
from udsat_geo.units.ids import ids_of_units


@pytest.fixture(scope="module")
def policy() -> Policy:
    """A policy whose table has ids in the column `id`."""
    content: dict[str, Any] = {
        "id": "own",
        "years": [2000, 2100],
        "units": {"kind": "zones", "id": "id", "residents": "people"},
        "criteria": [{"key": "poor", "register": "units", "numerator": "poor", "worse": "high"}],
        "rule": {"core": 1.0},
    }
    return check_policy(content, "own.toml")


@pytest.mark.parametrize(
    ("values", "ids"),
    [
        (pa.array(["0101", "0102"]), ["0101", "0102"]),
        (pa.array([b"0101", b"0102"]), ["0101", "0102"]),
        (pa.array([b"01\0\0", b"0102"], pa.binary(4)), ["01", "0102"]),
        (pa.array(["0101", "0102"]).dictionary_encode(), ["0101", "0102"]),
        (pa.array([164, 165]), ["164", "165"]),
        (pa.array([164.0, 165.0]), ["164", "165"]),
        (pa.array(np.array([164, 165], dtype=np.float16)), ["164", "165"]),
        (pa.array([Decimal("164.00"), Decimal("165.00")]), ["164", "165"]),
        (pa.array(["164.0", "165.0"]), ["164", "165"]),
        (pa.array(["1.0", "1.1"]), ["1.0", "1.1"]),
        (pa.array([" A ", "B"]), ["A", "B"]),
        (pa.array([1.5, 2.0]), ["1.5", "2"]),
    ],
)
def test_ids_are_read_by_one_rule(values: Any, ids: list[str], policy: Policy) -> None:
    found, notes = ids_of_units(Features("zones.parquet", pa.table({"id": values}), None, None), policy)
    assert found.tolist() == ids
    assert notes == ()


@pytest.mark.parametrize(
    "values", [[1.0, float("nan")], [1.0, None], ["a", "NaN"], ["a", ""], ["a", " "], [b"a", b"\0"], ["a", "<NA>"]]
)
def test_what_is_no_id_is_an_empty_one(values: list[Any], policy: Policy) -> None:
    with pytest.raises(InputError, match=r"zones.parquet, column id: empty ids \(1 row\)"):
        ids_of_units(Features("zones.parquet", pa.table({"id": pa.array(values)}), None, None), policy)


@pytest.mark.parametrize(("one", "other"), [("a1", "A1"), ("Bl\u00e5", "Bla\u030a"), ("a 1", "a1"), ("0101", "101")])
def test_ids_that_differ_in_writing_alone_are_told(one: str, other: str, policy: Policy) -> None:
    table = pa.table({"id": [one, other, "b"]})
    found, notes = ids_of_units(Features("zones.parquet", table, None, None), policy)
    assert found.tolist() == [one, other, "b"]
    assert len(notes) == 1
    assert "ids that differ from another" in notes[0]


def test_bytes_that_are_no_text_are_refused(policy: Policy) -> None:
    with pytest.raises(InputError, match=r"zones.parquet, column id: holds values that cannot be read"):
        ids_of_units(Features("zones.parquet", pa.table({"id": [b"\xff", b"a"]}), None, None), policy)


def test_a_column_that_stands_twice_is_told(policy: Policy) -> None:
    table = pa.Table.from_arrays([pa.array(["a"]), pa.array(["b"])], names=["id", "id"])
    with pytest.raises(InputError, match=r"column id: stands more than once"):
        ids_of_units(Features("zones.parquet", table, None, None), policy)
