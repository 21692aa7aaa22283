"""Cells made task by task are those that one machine makes, whatever the parts, and faults are told alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import udsat_geo.cluster.parts
import udsat_geo.cluster.registers
from small_registers import Registers, make_registers, registers
from split_registers import TABLES, ByHand, write_in_parts
from udsat_geo.cluster.plan import Run
from udsat_geo.cluster.registers import OnWorkers, on_workers
from udsat_geo.messages.errors import InputError
from udsat_geo.policy.load import load_policy
from udsat_geo.policy.rules import Policy
from udsat_geo.registers.key_index import hash_of
from udsat_geo.units.units import Units, cells_from_registers

POLICY = load_policy("kbh-2017").policy
SUMS = ("counts", "rows", "files", "notes", "settings", "let")


@pytest.fixture(autouse=True)
def small_buckets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Buckets of some fifty residents, so that a town has several."""
    monkeypatch.setattr(udsat_geo.cluster.registers, "_LEAST_OF_A_BUCKET", 50)


def by_hand(folder: Path, policy: Policy = POLICY, seed: int = 0) -> tuple[Units, Any, list[tuple[str, int]]]:
    with TemporaryDirectory() as exchange:
        workers = ByHand(Path(exchange), seed)
        units, sums = OnWorkers(workers).cells(folder, policy)  # type: ignore[arg-type]
        assert list(Path(exchange).iterdir()) == []
    return units, sums, workers.done


def faults_of(reading: Callable[[], object]) -> tuple[str, ...]:
    """What is told of registers that are at fault; nothing of others."""
    try:
        reading()
    except InputError as error:
        return error.messages
    return ()


def assert_same(folder: Path, policy: Policy = POLICY, seed: int = 0) -> None:
    wanted, its_sums = cells_from_registers(folder, policy)
    found, sums, _done = by_hand(folder, policy, seed)
    for field in fields(Units):
        mine, other = getattr(found, field.name), getattr(wanted, field.name)
        if field.name == "quantiles":
            assert mine.keys() == other.keys()
            groups = np.arange(len(found)) // 3
            for j in mine:
                np.testing.assert_array_equal(
                    mine[j].of_groups(groups, len(found)), other[j].of_groups(groups, len(found))
                )
        else:
            np.testing.assert_array_equal(mine, other, field.name)
    for name in SUMS:
        assert getattr(sums, name) == getattr(its_sums, name), name
    assert list(sums.counts) == list(its_sums.counts)


@pytest.mark.long
@settings(max_examples=4)
@given(registers(), st.integers(1, 3), st.integers(0, 99))
def test_whatever_the_parts_and_the_order_of_tasks(made: Registers, n_parts: int, seed: int) -> None:
    with TemporaryDirectory() as folder:
        write_in_parts(made, Path(folder) / "raw", n_parts)
        wanted = faults_of(lambda: cells_from_registers(Path(folder) / "raw", POLICY))
        if wanted:  # no dwelling has a place
            assert faults_of(lambda: by_hand(Path(folder) / "raw", seed=seed)) == wanted
        else:
            assert_same(Path(folder) / "raw", seed=seed)


def test_a_town_has_several_buckets_and_each_task_is_done(tmp_path: Path) -> None:
    write_in_parts(make_registers(1), tmp_path / "raw", 2)
    _units, _sums, done = by_hand(tmp_path / "raw")
    stages = {stage for stage, _number in done}
    assert stages == {
        "addresses", "dwellings", "checks", "values-0", "middle-0", "residents", "places", "sums", "tiles",
    }  # fmt: skip
    assert {number for stage, number in done if stage == "sums"} == {0, 1, 2}


class Killed(BaseException):
    """The calling process ends at once, without cleaning up."""


def test_after_the_calling_process_was_killed_the_same_call_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_in_parts(make_registers(1), tmp_path / "raw", 2)
    (tmp_path / "exchange").mkdir()

    class EndsBeforeSums(ByHand):
        def run(self, plan: Run, stages: Sequence[str]) -> list[str]:
            if "sums" in stages:
                raise Killed
            return super().run(plan, stages)

    with monkeypatch.context() as patched:
        patched.setattr(udsat_geo.cluster.registers, "remove", lambda _folder: None)
        with pytest.raises(Killed):
            OnWorkers(EndsBeforeSums(tmp_path / "exchange")).cells(folder, POLICY)  # type: ignore[arg-type]
    again = ByHand(tmp_path / "exchange")
    _units, sums = OnWorkers(again).cells(folder, POLICY)  # type: ignore[arg-type]
    assert sums.counts == cells_from_registers(folder, POLICY)[1].counts
    assert {stage for stage, _number in again.found_done} == {*TABLES, "checks", "values-0", "middle-0", "places"}
    assert len(again.found_done) == 6 * 2 + 3
    assert list((tmp_path / "exchange").iterdir()) == []


@pytest.mark.long
def test_medians_of_cells_travel_as_values(tmp_path: Path) -> None:
    median = {"numerator": "disposable_income", "denominator": "1", "quantile": 0.5, "least_persons": 2}
    criterion = POLICY.criteria[2].model_copy(update={**median, "where": "age >= 18"})
    policy = POLICY.model_copy(update={"criteria": (*POLICY.criteria[:2], criterion)})
    assert_same(write_in_parts(make_registers(4), tmp_path / "raw", 2), policy)


@pytest.mark.long
def test_criteria_of_all_kinds_travel_as_numbers(tmp_path: Path) -> None:
    """Fractions in millionths, whole numbers, more flags than 30, and medians over dwellings."""
    kinds = [
        {"numerator": "disposable_income / 7", "denominator": "age", "where": "TRUE"},
        {"numerator": "age > 40", "denominator": "disposable_income", "where": "age IS NOT NULL"},
        *({"numerator": f"age > {age}", "denominator": "1", "where": "age >= 0"} for age in range(16)),
    ]
    of_residents = [POLICY.criteria[1].model_copy(update={**kind, "key": f"c{k}"}) for k, kind in enumerate(kinds)]
    median = {"numerator": "area_m2 / residents", "denominator": "residents", "quantile": 0.3, "least_persons": 1}
    of_dwellings = POLICY.criteria[0].model_copy(update={**median, "where": "residents > 0"})
    policy = POLICY.model_copy(update={"criteria": (*of_residents, of_dwellings)})
    assert_same(write_in_parts(make_registers(12), tmp_path / "raw", 2), policy)


@pytest.mark.long
@pytest.mark.parametrize(
    "let",
    ["quantile_cont(disposable_income, 0.4) FILTER (WHERE age >= 18)", "median(sqrt(disposable_income - 200000))"],
)
def test_values_of_all_residents_are_those_of_one_machine(tmp_path: Path, let: str) -> None:
    """Where the middle is not enough; and where an expression fails in some row."""
    policy = POLICY.model_copy(update={"let": {"residents": {"low_income": let}}})
    folder = write_in_parts(make_registers(14), tmp_path / "raw", 2)
    wanted = faults_of(lambda: cells_from_registers(folder, policy))
    assert bool(wanted) == ("sqrt" in let)
    if wanted:
        assert faults_of(lambda: by_hand(folder, policy)) == wanted
    else:
        assert_same(folder, policy)


@pytest.mark.long
def test_positions_far_from_all_others_are_told(tmp_path: Path) -> None:
    made = make_registers(13)
    folder = write_in_parts(replace(made, addresses=spoiled(made.addresses, "northing", 5, 6.5e6)), tmp_path / "raw", 2)
    assert_same(folder)
    _units, sums, done = by_hand(folder)
    assert ("positions", 0) in done
    assert "lie far from all others" in sums.notes[0].text


@pytest.mark.long
def test_tables_that_are_one_file_each_are_parts_of_themselves(tmp_path: Path) -> None:
    make_registers(5).write(tmp_path)
    assert_same(tmp_path)


@pytest.mark.long
def test_partitions_by_a_column_and_types_that_differ(tmp_path: Path) -> None:
    """What the folders are called is a column; one part has whole numbers where another has fractions."""
    made = make_registers(6)
    folder = write_in_parts(replace(made, residents=made.residents.slice(0, 0)), tmp_path / "raw", 1)
    for part in (folder / "residents").iterdir():
        part.unlink()
    residents = made.residents.filter(pa.compute.is_valid(made.residents["origin"]))
    for origin in residents["origin"].unique().to_pylist():
        part = folder / "residents" / f"origin={origin}" / "0.parquet"
        part.parent.mkdir()
        mine = residents.filter(pa.compute.equal(residents["origin"], origin)).drop_columns(["origin"])
        kind = pa.int32() if origin == "danish" else pa.float64()
        income = mine["disposable_income"].cast(kind, safe=False)
        pq.write_table(
            mine.set_column(mine.schema.get_field_index("disposable_income"), "disposable_income", income), part
        )
    assert_same(folder)


# --- faults -------------------------------------------------------------------------------------------------------


def spoiled(table: Any, name: str, row: int, value: object) -> Any:
    values = table[name].to_pylist()
    values[row] = value
    return table.set_column(table.schema.get_field_index(name), name, pa.array(values, table.schema.field(name).type))


def test_a_fault_of_one_part_is_told_with_its_file(tmp_path: Path) -> None:
    made = make_registers(7)
    made = replace(made, residents=spoiled(made.residents, "labour_status", 140, "retired"))
    folder = write_in_parts(made, tmp_path / "raw", 3)
    (folder / "dwellings" / "part-1.parquet").write_bytes(b"PAR1 and no more PAR1")
    with pytest.raises(InputError, match=r"part-1.parquet"):
        by_hand(folder)
    write_in_parts(made, tmp_path / "again", 3)
    with pytest.raises(InputError) as told:
        by_hand(tmp_path / "again")
    (message,) = told.value.messages
    assert message.startswith("residents/part-2.parquet, column labour_status: unknown codes (1 row), for example")
    assert "'retired' in row 41" in message


FAULTS = {
    "a key of dwellings twice": ("dwellings", "dwelling_id", 30, "D3"),
    "a key of addresses twice": ("addresses", "address_id", 20, "A3"),
    "an empty key": ("addresses", "address_id", 20, None),
    "an address that there is not": ("dwellings", "address_id", 30, "A999"),
    "a dwelling that there is not": ("residents", "dwelling_id", 30, "D999"),
    "a position far away": ("addresses", "easting", 5, 9e7),
}


@pytest.mark.long
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_the_whole_is_told_as_by_one_machine(tmp_path: Path, fault: str) -> None:
    name, column, row, value = FAULTS[fault]
    made = make_registers(8)
    made = replace(made, **{name: spoiled(getattr(made, name), column, row, value)})
    folder = write_in_parts(made, tmp_path / "raw", 2)
    wanted = faults_of(lambda: cells_from_registers(folder, POLICY))
    assert wanted
    assert faults_of(lambda: by_hand(folder)) == wanted


@pytest.mark.long
@pytest.mark.parametrize("key", ["address_id", "dwelling_id"])
def test_keys_of_one_hash_by_chance_are_hashed_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    def few(name: str, salt: str) -> str:
        hashed = hash_of(name, salt)
        return hashed if salt or name != key else f"CAST({hashed} % 20 + 1 AS UBIGINT)"

    monkeypatch.setattr(udsat_geo.cluster.parts, "hash_of", few)
    assert_same(write_in_parts(make_registers(15), tmp_path / "raw", 2))


@pytest.mark.long
def test_a_sum_that_is_too_large_only_over_all_buckets_is_refused(tmp_path: Path) -> None:
    folder = write_in_parts(make_registers(4), tmp_path / "raw", 2)
    changed = {"numerator": "CAST(age AS BIGINT) * 2000000000000000", "where": "age BETWEEN 1 AND 90"}
    policy = POLICY.model_copy(update={"criteria": (POLICY.criteria[1].model_copy(update=changed),)})
    wanted = faults_of(lambda: cells_from_registers(folder, policy))
    assert "the sum is too large to be added exactly" in wanted[0]
    assert faults_of(lambda: by_hand(folder, policy)) == wanted


@pytest.mark.long
def test_a_person_in_two_parts_is_told(tmp_path: Path) -> None:
    made = make_registers(9)
    persons = pa.array([f"P{number % 149}" for number in range(made.residents.num_rows)])
    folder = write_in_parts(
        replace(made, residents=made.residents.append_column("person_id", persons)), tmp_path / "raw", 2
    )
    with pytest.raises(
        InputError, match=r"residents, column person_id: duplicate keys \(1 row\), for example a key of 2 .* stands 2"
    ):
        by_hand(folder)


@pytest.mark.long
def test_ages_that_are_odd_in_most_rows_of_one_part_alone_are_counted(tmp_path: Path) -> None:
    made = make_registers(10)
    ages = made.residents["age"].to_pylist()
    years = pa.array([1980 if row < 40 else age for row, age in enumerate(ages)], pa.int64())
    residents = made.residents.set_column(made.residents.schema.get_field_index("age"), "age", years)
    folder = write_in_parts(replace(made, residents=residents), tmp_path / "raw", 3)
    assert_same(folder)
    born = pa.array([1900 + (age or 0) for age in ages], pa.int64())
    residents = made.residents.set_column(made.residents.schema.get_field_index("age"), "age", born)
    folder = write_in_parts(replace(made, residents=residents), tmp_path / "born", 3)
    with pytest.raises(InputError, match="residents, column age: ages outside 0-125"):
        by_hand(folder)


@pytest.mark.long
def test_what_workers_cannot_read_is_refused_by_name(tmp_path: Path) -> None:
    made = make_registers(11)
    made.write(tmp_path)
    (tmp_path / "dwellings.parquet").unlink()
    made.dwellings.to_pandas().to_csv(tmp_path / "dwellings.csv", index=False)
    with pytest.raises(InputError, match=r"dwellings.csv: is no Parquet table, and a cluster reads no other"):
        by_hand(tmp_path)
    let = POLICY.model_copy(update={"let": {**POLICY.let, "dwellings": {"least": "min(area_m2)"}}})
    made.write(tmp_path / "whole")
    with pytest.raises(InputError, match=r"let.dwellings"):
        by_hand(tmp_path / "whole", let)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("scheduler:8786", "--cluster: 'scheduler:8786' is no address"),
        ("local:0", "--cluster: 'local:0' is no address"),
        ("tcp://scheduler:8786", "--cluster tcp://scheduler:8786: needs a folder that all workers see"),
    ],
)
def test_an_address_that_is_none_is_refused(address: str, told: str) -> None:
    with pytest.raises(InputError, match=told), on_workers(address, None, POLICY):
        pass


def test_other_units_than_cells_are_refused() -> None:
    with pytest.raises(InputError, match="makes cells of registers"), on_workers("local:2", None, POLICY, True):
        pass
