"""A real PostgreSQL with PostGIS, started once, and a database of its own for each test."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from postgis_server import PASSWORD, Server, running_server, why_not

_NUMBER = itertools.count()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    reason = why_not()
    if reason is not None:
        pytest.skip(reason)
    # pytest's own temporary folders are closed to the user postgres
    folder = Path(tempfile.mkdtemp(prefix="udsat-postgres-"))
    folder.chmod(0o755)
    try:
        with running_server(folder) as running:
            with psycopg.connect(running.admin(), autocommit=True) as connection:
                connection.execute(sql.SQL("CREATE ROLE writer LOGIN PASSWORD {}").format(sql.Literal(PASSWORD)))
                connection.execute("CREATE ROLE reader")
                connection.execute("CREATE DATABASE with_postgis TEMPLATE template0")
            with psycopg.connect(running.admin("with_postgis"), autocommit=True) as connection:
                connection.execute("CREATE EXTENSION postgis")
            yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def new_database(server: Server) -> Callable[..., str]:
    """Makes a database, with PostGIS unless told otherwise, that `writer` may make schemas in; gives its name."""

    def make(template: str = "with_postgis") -> str:
        name = f"test_{next(_NUMBER)}"
        with psycopg.connect(server.admin(), autocommit=True) as connection:
            made = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
            connection.execute(made)
            connection.execute(sql.SQL("GRANT CREATE ON DATABASE {} TO writer").format(sql.Identifier(name)))
        return name

    return make
