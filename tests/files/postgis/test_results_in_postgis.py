"""A result goes into a database and comes back equal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import udsat_geo as ug
from postgis_server import PASSWORD, Server
from two_years import write_town


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town")
    write_town(folder)
    return folder


@pytest.fixture(scope="module")
def made(town: Path) -> ug.Result:
    return ug.read(town / "out" / "designation_2021.gpkg")


def test_written_and_read_back(made: ug.Result, server: Server, new_database: Callable[..., str]) -> None:
    address = server.writer(new_database())
    told = made.to_postgis(f"{address}?schema=areas")
    assert PASSWORD not in told
    assert told.endswith("?schema=areas")
    assert ug.read(f"{address}?schema=areas").differences(made) == []


def test_earlier_ones_are_looked_for_there(town: Path, server: Server, new_database: Callable[..., str]) -> None:
    """Where the registers are of one year: the same as from a folder."""
    address = server.writer(new_database())
    ug.read(town / "out" / "designation_2017.gpkg").to_postgis(address)
    given = {"year": 2021, "policy": town / "town.toml", "registers": town / "raw" / "2021", "language": "en"}
    found = ug.designate(designations=address, **given)  # type: ignore[arg-type]
    assert found.summary["changes"]["previous_year"] == 2017
    from_folder = ug.designate(designations=town / "out", **given)  # type: ignore[arg-type]
    for name in ("areas", "units", "changes", "status"):
        assert getattr(found, name).equals(getattr(from_folder, name)), name
    told, told_of_folder = found.summary, from_folder.summary
    # where each continues from is told
    before = [each["changes"].pop("previous") for each in (told, told_of_folder)]
    assert [each["file"] for each in before] == ["designation_2017", "designation_2017.gpkg"]
    assert told.pop("run") != told_of_folder.pop("run")
    assert told == told_of_folder


def test_a_file_is_no_database(made: ug.Result, tmp_path: Path) -> None:
    with pytest.raises(ug.InputError, match="the address of the database: cannot be read"):
        made.to_postgis(str(tmp_path))
