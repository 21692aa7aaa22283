"""Keys compared by hashes: what is found, and told, is what their texts say, however few hashes there are."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from click.testing import CliRunner

from small_registers import Registers, make_registers
from udsat_geo.cli.main import udsat
from udsat_geo.messages.errors import InputError, show_keys
from udsat_geo.policy.load import load_policy
from udsat_geo.registers import key_index
from udsat_geo.registers.addressed import residents_by_address
from udsat_geo.registers.households import read_households
from udsat_geo.registers.linking import Located
from udsat_geo.registers.read import read_registers

pytestmark = pytest.mark.long  # registers opened anew

POLICY = load_policy("kbh-2017").policy


def east_and_west(located: Located) -> tuple[np.ndarray, int]:
    return (located.easting > 720_000).astype(np.int32), 2


def read(folder: Path) -> list[object]:
    """Everything that keys lead to."""
    sums = read_registers(folder, POLICY, east_and_west)
    households, addressed = read_households(folder, POLICY, east_and_west), residents_by_address(folder)
    told = [sums.residents, sums.dwellings, sums.numerator, sums.denominator, addressed.residents]
    # households come in the order of their dwellings, whose keys are not those that are linked by
    told += [households.place, households.key, households.numerator]
    return [*(values.tolist() for values in told), sums.counts, addressed.address_id.tolist()]


def hashed_badly(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """All keys have one hash; salted once they have two, and only then their own. The salts that are asked for."""
    asked: list[str] = []
    worse = {"": "1", "1": "1 + CAST(length({key}) % 2 AS UBIGINT)"}
    as_it_is = key_index.hash_of

    def hash_of(key: str, salt: str) -> str:
        asked.append(salt)
        if salt not in worse:
            return as_it_is(key, salt)
        return f"CAST(CASE WHEN {key} IS NOT NULL THEN {worse[salt].format(key=key)} ELSE 0 END AS UBIGINT)"

    monkeypatch.setattr(key_index, "hash_of", hash_of)
    return asked


def test_equal_hashes_of_keys_that_differ_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_registers(5).write(tmp_path)
    wanted = read(tmp_path)
    asked = hashed_badly(monkeypatch)
    assert read(tmp_path) == wanted
    assert set(asked) == {"", "1", "2"}


def with_key(made: Registers, table: str, column: str, row: int, key: str | None) -> Registers:
    """The same with another key in one row."""
    rows: pa.Table = getattr(made, table)
    keys = rows[column].to_pylist()
    keys[row] = key
    place = rows.schema.get_field_index(column)
    return dataclasses.replace(made, **{table: rows.set_column(place, column, pa.array(keys, pa.string()))})


@pytest.mark.parametrize(
    ("table", "column", "key", "message"),
    [
        ("addresses", "address_id", "A1", "duplicate keys (1 row), for example a key of 2 characters"),
        ("addresses", "address_id", None, "empty keys (1 row)."),
        ("dwellings", "dwelling_id", "D1", "duplicate keys (1 row), for example a key of 2 characters"),
        (
            "dwellings",
            "address_id",
            "B",
            "keys that no row of addresses has (1 row), for example a key of",
        ),
        (
            "residents",
            "dwelling_id",
            "B",
            "keys that no row of dwellings has (1 row), for example a key of",
        ),
    ],
)
@pytest.mark.parametrize("badly", [False, True])
def test_what_is_wrong_with_keys_is_told_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str, column: str, key: str | None, message: str, badly: bool
) -> None:
    with_key(make_registers(5), table, column, 0, key).write(tmp_path)
    if badly:
        hashed_badly(monkeypatch)
    with pytest.raises(InputError) as told:
        read_registers(tmp_path, POLICY, east_and_west)
    (only,) = told.value.messages
    assert str(only).startswith(f"{table}.parquet, column {column}: {message}")


@pytest.mark.parametrize("shown", [False, True])
def test_keys_of_people_and_dwellings_are_shown_where_that_is_asked_for(tmp_path: Path, shown: bool) -> None:
    with_key(make_registers(5), "residents", "dwelling_id", 0, "0101901234").write(tmp_path)
    call = ["validate", str(tmp_path), *(["--show-examples"] if shown else [])]
    told = CliRunner().invoke(udsat, call)
    assert told.exit_code == 2
    assert ("'0101901234'" in told.stderr, "a key of 10 characters" in told.stderr) == (shown, not shown)
    show_keys(False)
