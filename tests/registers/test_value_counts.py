"""Totals of a register from counts of its parts: what DuckDB gives over all rows, to the last bit."""

from __future__ import annotations

import math
from contextlib import closing

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from udsat_geo.registers.value_counts import TIMES, CountedTotal, bins_of, counted_total, middle_of

NUMBERS = st.one_of(
    st.floats(width=64),
    st.integers(-3, 3).map(float),
    st.floats(99.0, 101.0),
    st.sampled_from([0.0, -0.0, math.inf, -math.inf, math.nan, 5e-324, -1.7e308]),
)
MEDIAN = "1.5 * median(income) FILTER (WHERE age >= 18)"


def given_over_all(connection: duckdb.DuckDBPyConnection, expression: str) -> float | None:
    found: float | None = connection.execute(f"SELECT CAST(({expression}) AS DOUBLE) FROM register").fetchall()[0][0]
    return found


def given_over_parts(connection: duckdb.DuckDBPyConnection, total: CountedTotal, n_parts: int) -> float | None:
    parts = [f"(SELECT * FROM register WHERE row % {n_parts} = {part})" for part in range(n_parts)]
    middle = None
    if total.in_bins:
        values = [connection.sql(total.of_rows(part)).fetchnumpy()["value"] for part in parts]
        told = [bins_of(np.asarray(each)) for each in values]
        middle = middle_of(*(np.concatenate(side) for side in zip(*told, strict=True)))
        parts = [total.around(part, middle) for part in parts]
    counted = " UNION ALL ".join(f"({total.counts(part)})" for part in parts)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE parts AS {counted}")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE counted AS {total.together('parts')}")
    found = connection.execute(f"SELECT CAST(({total.expression}) AS DOUBLE) FROM {total.rows('counted', middle)}")
    value: float | None = found.fetchall()[0][0]
    return value


def assert_same(incomes: list[float | None], ages: list[int], kind: pa.DataType, expression: str = MEDIAN) -> None:
    n_rows = min(len(incomes), len(ages))
    rows = {"row": range(n_rows), "income": pa.array(incomes[:n_rows], kind), "age": ages[:n_rows]}
    with closing(duckdb.connect()) as connection:
        connection.register("register", pa.table(rows))
        total = counted_total(connection, expression).with_types(connection, "register")
        wanted = given_over_all(connection, expression)
        for n_parts in (1, 3):
            found = given_over_parts(connection, total, n_parts)
            assert repr(found) == repr(wanted), n_parts


@settings(max_examples=20)
@given(st.lists(st.one_of(st.none(), NUMBERS), max_size=30), st.lists(st.integers(0, 40), min_size=30, max_size=30))
@example([-0.0, 0.0, 0.0, -0.0], [20] * 30)
@example([math.nan, math.nan, 1.0], [20] * 30)
@example([-math.inf, -math.inf, 2.0], [20] * 30)
@example([100.0, 100.1, 100.2, 1e300], [20] * 30)
def test_a_median_by_bins_is_that_of_all(incomes: list[float | None], ages: list[int]) -> None:
    assert_same(incomes, ages, pa.float64())


@settings(max_examples=10)
@given(st.lists(st.integers(-(2**62), 2**62), max_size=30))
@example([2**53 + 1, 2**53 + 1, 2**53 - 1])
def test_so_it_is_of_whole_numbers_that_floats_do_not_hold(incomes: list[int]) -> None:
    assert_same(list(incomes), [30] * 30, pa.int64())


@pytest.mark.parametrize(
    "expression", ["max(income) - min(age)", "median(DISTINCT income)", "median(income) + sum(age)"]
)
def test_other_totals_are_reckoned_from_counts_of_all_values(expression: str) -> None:
    assert_same([5.0, None, 7.0, 5.0, 9.0], [20, 30, 40, 50, 60], pa.float64(), expression)


def test_the_middle_of_dates_is_counted_value_by_value() -> None:
    with closing(duckdb.connect()) as connection:
        connection.execute(
            "CREATE TABLE register AS SELECT DATE '2020-01-01' + CAST(range AS INTEGER) AS born FROM range(9)"
        )
        total = counted_total(connection, "year(median(born))").with_types(connection, "register")
        assert (total.of_middle, total.in_bins) == ((0, None), False)


def test_bins_are_in_the_order_of_values_and_finer_than_a_256th() -> None:
    values = np.sort(np.concatenate([np.linspace(-1e6, 1e6, 4001), [-np.inf, np.inf, 1e-300, -1e-300]]))
    bins = [int(bins_of(np.array([value]))[0][0]) for value in values]
    assert bins == sorted(bins)
    assert bins_of(np.array([1000.0]))[0] < bins_of(np.array([1004.0]))[0]
    assert bins_of(np.array([np.nan]))[0] > bins_of(np.array([np.inf]))[0]
    assert bins_of(np.empty(0))[0].tolist() == []
    assert (TIMES, middle_of(*bins_of(np.empty(0))).whole) == ("times", 0)
