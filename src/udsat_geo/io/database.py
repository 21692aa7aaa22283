"""A PostgreSQL database by its address: connecting, and errors told without anything secret."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from udsat_geo.errors import InputError, OutputError, Problem
from udsat_geo.io.extras import check_installed

if TYPE_CHECKING:
    import psycopg

SCHEMES = ("postgresql://", "postgres://")
MARK = "udsat_geo designation"
"""How the comment on the table ``about`` begins in a schema of ours."""
LONGEST_NAME = 63
"""Bytes. Source: PostgreSQL 15, Identifiers and Key Words."""
CONNECT_WITHIN_S = 10
"""Own choice, where the address does not say ``connect_timeout``."""


@dataclass(frozen=True)
class Database:
    """Where a designation lies or goes in a database.

    Attributes
    ----------
    address : str
        What PostgreSQL's client library is given. It may hold a password: never shown.
    shown : str
        Host and database, for messages.
    schema : str or None
        As the address has it (``?schema=``).
    """

    address: str = field(repr=False)
    shown: str
    schema: str | None = None


def is_database(where: object) -> bool:
    """Whether a place is the address of a database."""
    return isinstance(where, str) and where.lower().startswith(SCHEMES)


def database_of(address: str) -> Database:
    """A database by its address, ``postgresql://USER@HOST/DATABASE?schema=NAME``.

    Raises
    ------
    InputError
        If it is no address, or psycopg is not installed; the message does not repeat the address.
    """
    check_installed("a database", "psycopg", "postgis")
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    remedy = "Write it as postgresql://USER@HOST/DATABASE?schema=NAME, special characters as %40 and the like."
    wrong = InputError(Problem("the address of the database", "cannot be read", remedy))
    try:
        parts = urlsplit(address)
        options = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
        rest = urlencode([(name, value) for name, value in options if name != "schema"], quote_via=quote)
        plain = urlunsplit(parts._replace(query=rest))
        told = conninfo_to_dict(plain)
    except (ValueError, ProgrammingError):
        raise wrong from None
    schemas = [value for name, value in options if name == "schema"]
    if len(schemas) > 1 or (schemas and not _is_name(schemas[0])):
        what = f"is no name of a schema of at most {LONGEST_NAME} bytes"
        raise InputError(Problem("?schema=", what, "Name one, or leave it out."))
    host, port = told.get("host") or told.get("hostaddr") or "", told.get("port")
    shown = f"postgresql://{host}{f':{port}' if port else ''}/{told.get('dbname') or ''}"
    return Database(plain, shown, schemas[0] if schemas else None)


def _is_name(schema: str) -> bool:
    return bool(schema) and "\0" not in schema and len(schema.encode()) <= LONGEST_NAME


@contextmanager
def connected(database: Database) -> Iterator[psycopg.Connection[Any]]:
    """A connection in a transaction, which is committed at the end, or undone if anything goes wrong.

    Raises
    ------
    OutputError
        If the database cannot be reached.
    """
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    options: dict[str, Any] = {"connect_timeout": CONNECT_WITHIN_S, **conninfo_to_dict(database.address)}
    try:
        connection = psycopg.connect(**(options | {"client_encoding": "utf8"}))
    except psycopg.Error as error:
        remedy = "Check host, database, user and password (PGPASSWORD or ~/.pgpass keep it out of the call)."
        raise OutputError(Problem(database.shown, f"cannot be reached ({reason_of(error)})", remedy)) from None
    try:
        # whatever stands in this user's path, only what is named in full is meant
        connection.execute("SET LOCAL search_path = ''")
        yield connection
        connection.commit()
    finally:
        # what was not committed is undone by it
        connection.close()


def reason_of(error: psycopg.Error) -> str:
    """What the database says, in a line."""
    said = error.diag.message_primary or str(error) or type(error).__name__
    return said.strip().splitlines()[0].removeprefix("connection failed: ")


def place_of_postgis(connection: psycopg.Connection[Any], database: Database) -> str:
    """The schema that PostGIS lives in.

    Raises
    ------
    OutputError
        If the database does not have it.
    """
    query = (
        "SELECT n.nspname FROM pg_catalog.pg_extension e "
        "JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'postgis'"
    )
    found = connection.execute(query).fetchone()
    if found is None:
        remedy = "Ask its administrator for: CREATE EXTENSION postgis."
        raise OutputError(Problem(database.shown, "has no PostGIS", remedy))
    return str(found[0])


def schemas_of_ours(connection: psycopg.Connection[Any]) -> list[str]:
    """The schemas that hold a designation of ours, by name."""
    query = (
        "SELECT n.nspname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        "WHERE c.relname = 'about' AND c.relkind = 'r' "
        "AND starts_with(pg_catalog.obj_description(c.oid, 'pg_class'), %s) ORDER BY n.nspname"
    )
    return [str(name) for (name,) in connection.execute(query, (MARK,)).fetchall()]
