"""Earlier designations that lie in the database: compared with, and looked back on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from postgis_server import Server
from small_registers import make_registers
from udsat_geo.designation.designation import Designation
from udsat_geo.designation.job import Job, run
from udsat_geo.designation.layers import differences, layers_of
from udsat_geo.files.earlier import store_of
from udsat_geo.files.postgis import Database, database_of, write_database
from udsat_geo.messages.errors import InputError
from udsat_geo.policy.load import load_policy

RUNNING = 'extends = "kbh-2017"\nid = "running"\ncadence = 1\n[rule]\nyears_running = 2\n'


@pytest.fixture
def database(server: Server, new_database: Callable[..., str]) -> Database:
    return database_of(server.admin(new_database()))


def made(folder: Path, out: Database | Path, year: int, policy: str = "kbh-2017", raw: str = "raw") -> Designation:
    """A year, into the database or, as it would be, into a folder."""
    return run(Job(year, load_policy(policy), raw=folder / raw, store=store_of(out), language="en"))


def test_one_in_the_database_serves_as_one_in_a_folder_does(tmp_path: Path, database: Database) -> None:
    for seed, year in enumerate((2017, 2021)):
        make_registers(seed).write(tmp_path / "raw" / str(year))
    assert made(tmp_path, database, 2021, raw="raw/2021").previous is None
    write_database(layers_of(made(tmp_path, database, 2017)), database)
    found = made(tmp_path, database, 2021, raw="raw/2021")
    assert found.previous is not None
    wanted = made(tmp_path, tmp_path / "none", 2021)
    assert wanted.changes is not None
    assert found.changes is not None
    assert found.changes.event == wanted.changes.event
    assert found.since.tolist() == wanted.since.tolist()


def test_one_by_another_policy_is_taken_and_told(tmp_path: Path, database: Database) -> None:
    for year in (2017, 2021):
        make_registers(1).write(tmp_path / "raw" / str(year))
    other = tmp_path / "other.toml"
    other.write_text('extends = "kbh-2017"\nid = "other"\n', encoding="utf-8")
    write_database(layers_of(made(tmp_path, database, 2017, str(other))), database)
    found = made(tmp_path, database, 2021, raw="raw/2021")
    assert found.previous is not None
    assert any("made by another policy" in note for note in found.notes)
    changes = layers_of(found).summary.changes
    assert changes is not None
    assert (changes.previous.policy, changes.previous.file) == ("other", "designation_2017")
    assert len(changes.previous.sha256 or "") == 64


def test_years_running_are_looked_back_on_in_the_database(tmp_path: Path, database: Database) -> None:
    for year in (2018, 2019):
        make_registers(year).write(tmp_path / "raw" / str(year))
    policy = tmp_path / "running.toml"
    policy.write_text(RUNNING, encoding="utf-8")
    with pytest.raises(InputError, match=r"schema=designation_2018: no such designation.*into the same database first"):
        made(tmp_path, database, 2019, str(policy))
    earlier = made(tmp_path, database, 2018)
    write_database(layers_of(earlier), database)
    found = made(tmp_path, database, 2019, str(policy))
    met = dict(zip(earlier.units.unit_id, earlier.areas.qualified, strict=True))
    assert not [unit for unit, is_in in zip(found.units.unit_id, found.areas.qualified, strict=True)
                if is_in and unit not in met]  # fmt: skip
    assert found.previous is not None
    assert found.previous.year == 2018


def test_what_is_read_back_is_what_was_designated(tmp_path: Path, database: Database) -> None:
    make_registers(1).write(tmp_path / "raw")
    designation = made(tmp_path, database, 2017)
    write_database(layers_of(designation), database)
    from udsat_geo.files.read import read_year

    stored = read_year(database, 2017)
    assert stored is not None
    assert differences(layers_of(designation), stored) == []
    again, wanted = stored.area_set(), designation.area_set()
    assert again.members.unit_id.tolist() == wanted.members.unit_id.tolist()
    assert again.members.area_of_unit.tolist() == wanted.members.area_of_unit.tolist()
    assert (again.year, again.policy_id, again.source) == (wanted.year, wanted.policy_id, wanted.source)
    assert [outline.wkb for outline in again.outline] == [outline.wkb for outline in wanted.outline]
    assert read_year(database, 2018) is None
