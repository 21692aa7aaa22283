"""Units that only one of two designations has."""

from __future__ import annotations

import pytest

from udsat_geo.changes.units_of_one import units_of_one


@pytest.mark.parametrize(
    ("before", "now"), [("0960", "960"), ("a1", "A1"), ("\u00e5", "a\u030a"), ("164", "164.0"), ("a 1", "a1")]
)
def test_an_id_that_is_written_in_two_ways_is_told(before: str, now: str) -> None:
    found = units_of_one(["x", "y", before], ["x", "y", now])
    assert found.are_suspicious
    (told,) = found.told("en")
    assert told.startswith("Units that only one designation has: 1 before, 1 now")
    assert f"{now} here, {before} there" in told


def test_units_that_come_and_go_are_counted_with_examples() -> None:
    found = units_of_one(["a", "b", "c"], ["b", "c", "d"])
    assert not found.are_suspicious
    assert found.told("en") == (
        "Units that only one designation has: 1 before, 1 now; nobody counts in the former now (a before; d now)",
    )


def test_the_same_units_need_no_word() -> None:
    assert units_of_one(["a", "b"], ["b", "a"]).told("en") == ()


def test_other_units_altogether_are_suspicious() -> None:
    assert units_of_one(["a", "b"], ["c", "d"]).are_suspicious
