"""Databases that another program is writing to."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from udsat_geo.messages.errors import InputError
from udsat_geo.sources.features import read_features


@pytest.fixture
def path(tmp_path: Path) -> Path:
    gpd.GeoDataFrame({"n": [1]}, geometry=[shapely.Point(1, 2)], crs=25832).to_file(tmp_path / "a.gpkg", layer="a")
    return tmp_path / "a.gpkg"


def test_what_lies_in_a_log_is_refused(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        assert read_features(path).attributes.num_rows == 1
        connection.execute("CREATE TABLE more (n INTEGER)")
        connection.commit()
        with pytest.raises(InputError, match=r"is open in another program: a part of it lies in a\.gpkg-wal"):
            read_features(path)
    assert read_features(path).attributes.num_rows == 1


def test_what_is_half_written_is_refused(path: Path) -> None:
    path.with_name("a.gpkg-journal").write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7")
    with pytest.raises(InputError, match=r"a part of it lies in a\.gpkg-journal"):
        read_features(path)


def test_what_is_open_and_whole_is_read(path: Path) -> None:
    path.with_name("a.gpkg-wal").write_bytes(b"")
    assert read_features(path).attributes.num_rows == 1
