"""A ceiling on memory: sizes as people write them, and what is refused before the work."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from udsat_geo.messages.errors import InputError
from udsat_geo.sources.engine import bytes_of, check_room, check_room_for_keys, connect, memory_ceiling


@pytest.mark.parametrize(
    ("text", "size"), [("4GB", 4 * 10**9), ("800 MB", 8 * 10**8), ("1.5g", 1_500_000_000), ("2GiB", 2 * 10**9)]
)
def test_sizes_are_read_as_people_write_them(text: str, size: int) -> None:
    assert bytes_of(text) == size


@pytest.mark.parametrize("text", ["", "much", "4 apples", "-1GB", "12"])
def test_what_is_no_size_or_too_small_is_told(text: str) -> None:
    with pytest.raises(InputError, match="--memory"):
        bytes_of(text)


def test_results_that_would_not_stay_below_the_ceiling_are_refused_before_the_work() -> None:
    with memory_ceiling(10**9):
        check_room(300_000, True)
        check_room(450_000, False)
        with pytest.raises(InputError, match=r"--memory: 1,000 MB .* the results of 450,000 units take about 1,070 MB"):
            check_room(450_000, True)
        check_room_for_keys(2_400_000, 2_700_000)
        with pytest.raises(InputError, match="5,000,000 addresses and 6,000,000 dwellings take about 1,150 MB"):
            check_room_for_keys(5_000_000, 6_000_000)
    check_room(300_000, True)


def test_without_a_ceiling_it_is_what_the_machine_has() -> None:
    with pytest.raises(InputError, match=r"memory of this machine: .* the results of 1,000,000,000 units"):
        check_room(10**9, True)


@pytest.mark.long
def test_rows_beyond_the_ceiling_go_to_a_folder_that_nobody_else_can_read() -> None:
    with memory_ceiling(bytes_of("500MB")), connect(1) as connection:
        connection.execute("SET enable_external_access = false")
        connection.execute("CREATE TABLE t AS SELECT i, hash(i)::VARCHAR AS k FROM range(6_000_000) r(i)")
        folder = Path(connection.sql("SELECT current_setting('temp_directory')").fetchall()[0][0])
        assert any(folder.iterdir())
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert connection.sql("SELECT count(DISTINCT k) FROM t").fetchall() == [(6_000_000,)]
    assert not any(folder.iterdir())
