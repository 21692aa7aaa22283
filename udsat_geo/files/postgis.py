"""A designation in PostGIS: a schema with a table for each layer, and the summary in the table ``about``.

The whole is one transaction. New tables are filled beside those that are there, which others go on reading until the
new ones take their names at the very end, with the rights that had been given on the old ones. ADBC carries Arrow
tables to the database and back, so that every value and type stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

import pyarrow as pa

from udsat_geo.designation.columns import GEOMETRY, LAYERS, as_typed, describe_column, describe_layer
from udsat_geo.designation.layers import Layer, Layers
from udsat_geo.designation.summary import Summary, as_json, read_summary_text
from udsat_geo.files.atomic_write import another_run
from udsat_geo.messages.errors import InputError, OutputError, Problem, check_installed
from udsat_geo.messages.limits import limits
from udsat_geo.messages.translate import _

SCHEMES = ("postgresql://", "postgres://")
MARK = "udsat_geo designation"
"""How the comment on the table ``about`` begins in a schema of ours."""
KEY = "fid"
"""The number of a row, from 1: the primary key, as QGIS wants one."""
ABOUT = "about"
LONGEST_NAME = 63
"""Bytes. Source: PostgreSQL 15, Identifiers and Key Words."""
CONNECT_WITHIN_S = 10
"""Own choice, where the address does not say ``connect_timeout``."""
_LOCKS_WITHIN = "30s"
"""How long the exchange of tables waits for those who read the old ones. Own choice."""
_NEW = "__new"
_TABLES = "pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
_UNIQUE = {"areas": "area_id", "units": "unit_id"}
_HOSTS = re.compile(r"((\[[0-9a-fA-F:.%]+\]|[^:@\[\],]*)(:[0-9]+)?(,|$))*")
_BAD_ESCAPE = re.compile("%(?![0-9a-fA-F]{2})|%00")


@dataclass(frozen=True)
class Database:
    """Where a designation lies or goes in a database.

    Attributes
    ----------
    address, shown : str
        What PostgreSQL's client library is given, maybe with a password; and host and database alone, for messages.
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
        If it is no address, or the driver is not installed; the message does not repeat the address.
    """
    check_installed(_("a database"), "adbc_driver_postgresql", "postgis")
    try:
        parts = urlsplit(address)
        options = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
        hosts = parts.netloc.rpartition("@")[2]
        # a password with signs that are not escaped would come out as host, port or database, and be shown
        unclear = parts.netloc.count("@") > 1 or "@" in parts.path or parts.fragment or _HOSTS.fullmatch(hosts) is None
        if unclear or not is_database(address) or _BAD_ESCAPE.search(address.partition("?")[0]):
            raise ValueError
    except ValueError:
        remedy = _("Write it as postgresql://USER@HOST/DATABASE?schema=NAME, special characters as %40 and the like.")
        raise InputError(Problem(_("the address of the database"), _("cannot be read"), remedy)) from None
    schemas = [value for name, value in options if name == "schema"]
    if len(schemas) > 1 or not all(
        name and "\0" not in name and len(name.encode()) <= LONGEST_NAME for name in schemas
    ):
        what = _("is no name of a schema of at most {count} bytes").format(count=LONGEST_NAME)
        raise InputError(Problem("?schema=", what, _("Name one, or leave it out.")))
    given = {name: value for name, value in options if name != "schema"}
    query = urlencode({"connect_timeout": CONNECT_WITHIN_S, **given, "client_encoding": "utf8"}, quote_via=quote)
    place = f"{hosts or given.get('host', '')}/{unquote(parts.path[1:]) or given.get('dbname', '')}"
    plain = urlunsplit(parts._replace(query=query))
    return Database(plain, f"postgresql://{place}", schemas[0] if schemas else None)


@contextmanager
def _transaction(database: Database, writing: bool, keep: bool = True) -> Iterator[Any]:
    """A cursor in a transaction, undone if anything goes wrong or it is not to be kept; what fails is one problem."""
    from adbc_driver_postgresql import dbapi

    try:
        connection = dbapi.connect(database.address)
    except dbapi.Error as error:
        remedy = _("Check host, database, user and password (PGPASSWORD or ~/.pgpass keep it out of the call).")
        what = _("cannot be reached ({reason})").format(reason=_reason(error))
        raise OutputError(Problem(database.shown, what, remedy)) from None
    try:
        with connection.cursor() as cursor:
            # whatever stands in this user's path, only what is named in full is meant
            for setting in ("search_path = ''", "standard_conforming_strings = on"):
                cursor.execute(f"SET LOCAL {setting}")
            yield cursor
        (connection.commit if keep else connection.rollback)()
    except dbapi.Error as error:
        # the driver holds Ctrl-C back while it waits, and has the server cancel what it does
        if error.sqlstate == "57014" and "timeout" not in _reason(error):
            raise KeyboardInterrupt from None
        raise _refused(error, database, writing) from None
    finally:
        # what was not committed is undone by it
        connection.close()


def _refused(error: Any, database: Database, writing: bool) -> InputError:
    """What the database says, as one message."""
    reason = _reason(error)
    if not writing:
        what, remedy = _("cannot be read ({reason})"), _("Check that this user may read it.")
        return InputError(Problem(database.shown, what.format(reason=reason), remedy))
    if error.sqlstate == "42501":
        what = _("does not let it be written ({reason})")
        remedy = _("Ask its administrator for the right, or name another schema; nothing has changed.")
    elif error.sqlstate == "2BP01":
        what, reason = _("other objects depend on the earlier results ({reason})"), _reason(error, b"MESSAGE_DETAIL")
        remedy = _("Drop what depends on it first, or name another schema with ?schema=; nothing has changed.")
    elif error.sqlstate == "55P03":
        what, reason = _("the earlier results are in use and were not let go of within {reason}"), _LOCKS_WITHIN
        remedy = _("Try again later; nothing has changed.")
    else:
        what, remedy = _("the results could not be written ({reason})"), _("Earlier results are untouched.")
    return OutputError(Problem(database.shown, what.format(reason=reason), remedy))


def _reason(error: Any, which: bytes = b"MESSAGE_PRIMARY") -> str:
    """What the database says, in a line."""
    diagnosed = [value.decode().splitlines()[0] for name, value in error.details if name == b"PG_DIAG_" + which]
    line = str(error).strip().splitlines()[0]
    return (
        diagnosed[0] if diagnosed else re.sub(r"^[A-Z_]+: (\[libpq\] )?Failed to [^:]*: |(ERROR|FATAL):\s+", "", line)
    )


def _rows(cursor: Any, query: str, *values: str) -> list[tuple[Any, ...]]:
    cursor.execute(query, values or None)
    return list(cursor.fetchall())


def _named(*parts: str) -> str:
    """A name in SQL, whatever characters it has."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in parts)


def _place_of_postgis(cursor: Any, database: Database) -> str:
    """The schema that PostGIS lives in, as a name in SQL; a problem where there is none."""
    found = _rows(
        cursor, "SELECT extnamespace::regnamespace::text FROM pg_catalog.pg_extension WHERE extname = 'postgis'"
    )
    if not found:
        remedy = _("Ask its administrator for: CREATE EXTENSION postgis.")
        raise OutputError(Problem(database.shown, _("has no PostGIS"), remedy))
    return str(found[0][0])


def _schemas_of_ours(cursor: Any) -> list[str]:
    """The schemas that hold a designation of ours, by name."""
    query = (
        f"SELECT n.nspname FROM {_TABLES} WHERE c.relname = 'about' AND c.relkind = 'r' "
        "AND starts_with(pg_catalog.obj_description(c.oid, 'pg_class'), $1) ORDER BY 1"
    )
    return [str(name) for (name,) in _rows(cursor, query, MARK)]


# --- into a database ----------------------------------------------------------------------------------------


def check_database(database: Database, year: int) -> None:
    """Find out before the work whether a designation can be written into a database.

    Raises
    ------
    OutputError
        If it cannot be reached, has no PostGIS, gives no right, or the schema holds something else.
    """
    with _transaction(database, writing=True, keep=False) as cursor:
        _place_of_postgis(cursor, database)
        _make_schema(cursor, database, database.schema or f"designation_{year}")


def write_database(stored: Layers, database: Database) -> str:
    """Write a designation into a schema of a database, whole or not at all.

    Parameters
    ----------
    stored : Layers
    database : Database
        Its schema; without one, ``designation_YEAR``. It may be there if it is empty or a designation of ours.

    Returns
    -------
    str
        Where it lies, for a reader.

    Raises
    ------
    OutputError
        If it cannot be written; nothing has changed then.
    """
    schema = database.schema or f"designation_{stored.year}"
    with _transaction(database, writing=True) as cursor:
        postgis = _place_of_postgis(cursor, database)
        _make_schema(cursor, database, schema)
        for layer in stored:
            _write_layer(cursor, schema, layer, stored, postgis, database)
        _write_about(cursor, schema, stored)
        _exchange(cursor, schema, [*stored.layers, ABOUT])
    return f"{database.shown}?schema={schema}"


def _make_schema(cursor: Any, database: Database, schema: str) -> None:
    """Make the schema where it is missing; refuse one that holds something else."""
    # one run at a time: another one into the same schema waits here
    most = limits().wait_s
    cursor.execute(f"SET LOCAL lock_timeout = {max(1, int(1000 * most))}")
    lock = "SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended($1, 0)) IS NULL"
    try:
        _rows(cursor, lock, MARK + schema)
    except cursor.connection.Error as error:
        if error.sqlstate != "55P03":
            raise
        raise OutputError(Problem(database.shown, *another_run(most))) from None
    query = (
        "SELECT pg_catalog.has_schema_privilege(oid, 'CREATE'), "
        "EXISTS (SELECT 1 FROM pg_catalog.pg_class c WHERE c.relnamespace = n.oid) "
        "FROM pg_catalog.pg_namespace n WHERE nspname = $1"
    )
    found = _rows(cursor, query, schema)
    if not found:
        cursor.execute(f"CREATE SCHEMA {_named(schema)}")
        return
    ((may_create, holds_something),) = found
    if holds_something and schema not in _schemas_of_ours(cursor):
        what = _("the schema {schema} holds something else than a designation of ours").format(schema=schema)
        raise OutputError(Problem(database.shown, what, _("Name another one with ?schema=.")))
    if not may_create:
        what = _("does not let tables be made in the schema {schema}").format(schema=schema)
        remedy = _("Ask its administrator for the right to create tables in {schema}.").format(schema=schema)
        raise OutputError(Problem(database.shown, what, remedy))


def _write_layer(cursor: Any, schema: str, layer: Layer, stored: Layers, postgis: str, database: Database) -> None:
    """A layer as a new table beside the one that may be there, filled, keyed, indexed and described."""
    new, table, language = layer.name + _NEW, _named(schema, layer.name + _NEW), stored.language
    numbers = pa.array(range(1, len(layer.table) + 1), type=pa.int64())
    changes = [f"ADD CONSTRAINT {new}_pkey PRIMARY KEY ({KEY})"]
    if layer.name in _UNIQUE:
        changes.append(f"ADD CONSTRAINT {new}_key UNIQUE ({_UNIQUE[layer.name]})")
    if layer.geometry_type is not None:
        srid = _srid(layer, database)
        kind = f"{postgis}.geometry({layer.geometry_type}, {srid})"
        changes.append(f"ALTER {GEOMETRY} TYPE {kind} USING {postgis}.st_geomfromwkb({GEOMETRY}, {srid})")
    cursor.adbc_ingest(new, layer.table.add_column(0, KEY, numbers), mode="create", db_schema_name=schema)
    cursor.execute(f"ALTER TABLE {table} {', '.join(changes)}")
    if layer.geometry_type is not None:
        cursor.execute(f"CREATE INDEX {new}_geom ON {table} USING gist ({GEOMETRY})")
    cursor.execute(f"ANALYZE {table}")
    described = describe_layer(layer.name, language)
    texts = {f"TABLE {table}": f"{described.title}. {described.text}"}
    texts[f"COLUMN {table}.{KEY}"] = _("The number of the row, from 1.", language)
    for column in layer.table.column_names:
        meaning = describe_column(layer.name, column, language, stored.criteria)
        text = _("The geometry.", language) if meaning is None else f"{meaning.title}. {meaning.text}"
        texts[f"COLUMN {table}.{_named(column)}"] = text
    _describe(cursor, texts)


def _srid(layer: Layer, database: Database) -> int:
    """The EPSG code of a layer's reference system."""
    code = re.fullmatch("EPSG:([0-9]+)", layer.crs or "")
    if code is None:
        what = _("the units are in a reference system without an EPSG code, which PostGIS goes by")
        raise OutputError(Problem(database.shown, what, _("Write to a folder instead.")))
    return int(code.group(1))


def _describe(cursor: Any, texts: dict[str, str]) -> None:
    for what, text in texts.items():
        # the database cannot hold the null character
        shown = text.replace("\0", "\ufffd").replace("'", "''")
        cursor.execute(f"COMMENT ON {what} IS '{shown}'")


def _write_about(cursor: Any, schema: str, stored: Layers) -> None:
    """The summary as a table of one row, and the schema's comment."""
    summary, language, table = stored.summary, stored.language, _named(schema, ABOUT + _NEW)
    text, policy = as_json(summary), summary.policy
    row = {
        "product": "udsat_geo",
        "version": summary.version,
        "year": pa.scalar(stored.year, pa.int32()),
        "source": summary.source,
        "policy": policy.id,
        "policy_sha256": policy.sha256,
        # in JSON that is to be looked into, no null character may be written in any way
        "summary": re.sub(r"(?<!\\)((?:\\\\)*)\\u0000", r"\1\\ufffd", text),
        "summary_text": text,
    }
    content = pa.table({name: pa.array([value]) for name, value in row.items()})
    cursor.adbc_ingest(ABOUT + _NEW, content, mode="create", db_schema_name=schema)
    cursor.execute(f"ALTER TABLE {table} ALTER summary TYPE jsonb USING summary::jsonb")
    texts = {
        f"TABLE {table}": f"{MARK}: " + _("summary and provenance", language),
        f"COLUMN {table}.summary": _("The summary as JSON to query.", language),
        f"COLUMN {table}.summary_text": _("The summary exactly as it stands in the JSON file.", language),
    }
    query = "SELECT pg_catalog.pg_has_role(nspowner, 'USAGE') FROM pg_catalog.pg_namespace WHERE nspname = $1"
    # one that was made for us says itself what it is for
    if _rows(cursor, query, schema) == [(True,)]:
        title = _("Designation of disadvantaged urban areas {year}, {policy}, {source}", language)
        filled = title.format(year=stored.year, policy=policy.id, source=summary.source)
        texts[f"SCHEMA {_named(schema)}"] = filled
    _describe(cursor, texts)


def _exchange(cursor: Any, schema: str, names: list[str]) -> None:
    """Drop the earlier tables and give their names, and the rights on them, to the new ones."""
    rights = (
        "SELECT pg_catalog.format('GRANT %s ON TABLE %I.%I TO %s%s', a.privilege_type, n.nspname, c.relname, "
        "coalesce(pg_catalog.quote_ident(r.rolname), 'PUBLIC'), CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' END)"
        f" FROM {_TABLES} CROSS JOIN LATERAL pg_catalog.aclexplode(c.relacl) a "
        "LEFT JOIN pg_catalog.pg_roles r ON r.oid = a.grantee "
        "WHERE n.nspname = $1 AND c.relname = $2 AND a.grantee <> c.relowner ORDER BY 1"
    )
    cursor.execute(f"SET LOCAL lock_timeout = '{_LOCKS_WITHIN}'")
    for name in (*LAYERS, ABOUT):
        grants = _rows(cursor, rights, schema, name)
        cursor.execute(f"DROP TABLE IF EXISTS {_named(schema, name)}")
        if name not in names:
            continue
        # of an index as of a table
        for end in ("", "_pkey", "_key", "_geom"):
            cursor.execute(f"ALTER TABLE IF EXISTS {_named(schema, f'{name}{_NEW}{end}')} RENAME TO {name}{end}")
        for (grant,) in grants:
            cursor.execute(grant)


# --- back ---------------------------------------------------------------------------------------------------


def holds_schema(database: Database, schema: str) -> bool:
    """Whether a schema of a database holds a designation of ours; `InputError` if it cannot be asked."""
    with _transaction(database, writing=False) as cursor:
        return schema in _schemas_of_ours(cursor)


def read_database(database: Database) -> Layers:
    """A designation from a schema of a database: what was written into it.

    Raises
    ------
    InputError
        If it cannot be reached or read, or there is no designation of ours.
    ValueError, KeyError
        If it is not as this product writes it.
    """
    with _transaction(database, writing=False) as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        ours = _schemas_of_ours(cursor)
        if database.schema is None and len(ours) > 1:
            what = _("holds several designations: {names}").format(names=", ".join(ours))
            raise InputError(Problem(database.shown, what, _("Name one with ?schema=.")))
        schema = database.schema or next(iter(ours), None)
        if schema is None or schema not in ours:
            what = _("has no designation of ours in {schema}").format(schema=schema)
            what = _("holds no designation of ours") if schema is None else what
            raise InputError(Problem(database.shown, what, _("Name another one with ?schema=.")))
        return _read_schema(cursor, schema, _place_of_postgis(cursor, database))


def _read_schema(cursor: Any, schema: str, postgis: str) -> Layers:
    """A designation from its schema; see `read_database`."""
    about = _rows(cursor, f"SELECT summary_text FROM {_named(schema, ABOUT)}")
    if len(about) != 1:
        raise ValueError(_("{table} has {count} rows").format(table=f"{schema}.about", count=len(about)))
    summary = read_summary_text(about[0][0], f"{schema}.about")
    query = (
        f"SELECT c.relname, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod) FROM {_TABLES} "
        "JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid "
        "WHERE n.nspname = $1 AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"
    )
    columns: dict[str, dict[str, str]] = {name: {} for name in LAYERS}
    for table, column, kind in _rows(cursor, query, schema):
        columns.setdefault(table, {})[column] = kind
    found = [name for name in LAYERS if columns[name]]
    return Layers(summary, {name: _read_layer(cursor, schema, name, columns[name], postgis, summary) for name in found})


def _read_layer(cursor: Any, schema: str, name: str, kinds: dict[str, str], postgis: str, summary: Summary) -> Layer:
    wkb = f"{postgis}.st_asbinary({GEOMETRY}, 'NDR') AS {GEOMETRY}"
    wanted = [wkb if column == GEOMETRY else _named(column) for column in kinds if column != KEY]
    cursor.execute(f"SELECT {', '.join(wanted)} FROM {_named(schema, name)} ORDER BY {KEY}")
    table = as_typed(name, cursor.fetch_arrow_table())
    if GEOMETRY not in kinds:
        return Layer(name, table)
    declared = re.fullmatch(r".*geometry\((\w+),([0-9]+)\)", kinds[GEOMETRY])
    if declared is None:
        raise ValueError(_("{column} is a {type}").format(column=f"{name}.{GEOMETRY}", type=kinds[GEOMETRY]))
    return Layer(name, table, declared.group(1), summary.as_written(f"EPSG:{declared.group(2)}"))
