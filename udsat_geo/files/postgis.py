"""A designation in PostGIS: a schema with a table for each layer, and the summary in the table ``about``.

The whole is one transaction. New tables are filled beside those that are there, which others go on reading until the
new ones take their names at the very end, with the rights that had been given on the old ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from udsat_geo.designation.columns import as_typed, describe_column, describe_layer, type_of
from udsat_geo.designation.layers import GEOMETRY, LAYERS, Layer, Layers
from udsat_geo.designation.summary import Summary, as_json, read_summary_text
from udsat_geo.files.delimited import rows_as_text, table_of_text
from udsat_geo.files.stored import as_written
from udsat_geo.messages.errors import InputError, OutputError, Problem, check_installed

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


def read_schema(connection: psycopg.Connection[Any], schema: str, postgis: str) -> Layers:
    """A designation from its schema.

    Parameters
    ----------
    connection : psycopg.Connection
    schema : str
        Holds a designation of ours.
    postgis : str
        The schema that PostGIS lives in.

    Raises
    ------
    ValueError, KeyError
        If it is not as this product writes it.
    psycopg.Error
        If it cannot be read.
    """
    from psycopg import sql

    query = sql.SQL("SELECT summary_text FROM {}").format(sql.Identifier(schema, "about"))
    found = connection.execute(query).fetchall()
    if len(found) != 1:
        raise ValueError(f"{schema}.about has {len(found)} rows")
    summary = read_summary_text(found[0][0], f"{schema}.about")
    layers = {}
    for name in LAYERS:
        columns = _columns_of(connection, schema, name)
        if columns:
            layers[name] = _read_layer(connection, schema, name, columns, postgis, summary)
    return Layers(summary, layers)


def _columns_of(connection: psycopg.Connection[Any], schema: str, name: str) -> dict[str, str]:
    """Column -> type as PostgreSQL writes it; empty where there is no such table."""
    query = (
        "SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod) FROM pg_catalog.pg_attribute a "
        "JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = %s AND c.relname = %s AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"
    )
    return {str(column): str(kind) for column, kind in connection.execute(query, (schema, name)).fetchall()}


def _read_layer(
    connection: psycopg.Connection[Any],
    schema: str,
    name: str,
    columns: dict[str, str],
    postgis: str,
    summary: Summary,
) -> Layer:
    import pyarrow as pa
    from psycopg import sql

    names = [column for column in columns if column != "fid"]
    drawn = sql.SQL("pg_catalog.encode({}({}, 'NDR'), 'hex') AS {}").format(
        sql.Identifier(postgis, "st_asbinary"), sql.Identifier(GEOMETRY), sql.Identifier(GEOMETRY)
    )
    wanted = [drawn if column == GEOMETRY else sql.Identifier(column) for column in names]
    query = sql.SQL("COPY (SELECT {} FROM {} ORDER BY fid) TO STDOUT (FORMAT csv, HEADER)")
    with connection.cursor().copy(query.format(sql.SQL(", ").join(wanted), sql.Identifier(schema, name))) as copy:
        content = b"".join(bytes(block) for block in copy)
    types = {column: pa.string() if column == GEOMETRY else type_of(column) for column in names}
    table = table_of_text(content, types)
    if GEOMETRY not in names:
        return Layer(name, as_typed(name, table))
    shapes = [None if text is None else bytes.fromhex(text) for text in table[GEOMETRY].to_pylist()]
    table = table.drop_columns(GEOMETRY).append_column(GEOMETRY, pa.array(shapes, type=pa.binary()))
    declared = re.fullmatch(r".*geometry\((\w+),([0-9]+)\)", columns[GEOMETRY])
    if declared is None:
        raise ValueError(f"{name}.{GEOMETRY} is a {columns[GEOMETRY]}")
    return Layer(name, as_typed(name, table), declared.group(1), as_written(f"EPSG:{declared.group(2)}", summary))


KEY = "fid"
"""The number of a row, from 1: the primary key, as QGIS wants one."""
ABOUT = "about"
TABLES = (*LAYERS, ABOUT)
_NEW = "__new"
_UNIQUE = {"areas": "area_id", "units": "unit_id"}
_TYPES = {"string": "text", "int64": "bigint", "double": "double precision", "bool": "boolean"}
_ABOUT_COLUMNS = {
    "product": "text",
    "version": "text",
    "year": "integer",
    "source": "text",
    "policy": "text",
    "policy_sha256": "text",
    "summary": "jsonb",
    "summary_text": "text",
}
_ABOUT_TEXTS = {
    "da": {
        "schema": "Udpegning af udsatte byområder {year}, {policy}, {source}",
        "about": "sammendrag og oprindelse",
        "summary": "Sammendraget som JSON til opslag.",
        "summary_text": "Sammendraget, præcis som det står i JSON-filen.",
        "fid": "Rækkens nummer, fra 1.",
        "geom": "Geometrien.",
    },
    "en": {
        "schema": "Designation of disadvantaged urban areas {year}, {policy}, {source}",
        "about": "summary and provenance",
        "summary": "The summary as JSON to query.",
        "summary_text": "The summary exactly as it stands in the JSON file.",
        "fid": "The number of the row, from 1.",
        "geom": "The geometry.",
    },
}
_LOCKS_WITHIN = "30s"
"""How long the exchange of tables waits for those who read the old ones. Own choice."""


def schema_of(database: Database, year: int) -> str:
    """The schema of a year's designation."""
    return database.schema or f"designation_{year}"


def check_database(database: Database, year: int) -> None:
    """Find out before the work whether a designation can be written into a database.

    Raises
    ------
    OutputError
        If it cannot be reached, has no PostGIS, gives no right to write, or the schema holds something else.
    """
    with _told(database), connected(database) as connection:
        place_of_postgis(connection, database)
        _make_schema(connection, database, schema_of(database, year))
        # nothing was written but, maybe, an empty schema: leave nothing at all
        connection.rollback()


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
    schema = schema_of(database, stored.year)
    with _told(database), connected(database) as connection:
        postgis = place_of_postgis(connection, database)
        _make_schema(connection, database, schema)
        for layer in stored:
            _write_layer(connection, schema, layer, stored, postgis, database)
        _write_about(connection, schema, stored)
        _exchange(connection, schema, [*stored.layers, ABOUT])
    return f"{database.shown}?schema={schema}"


@contextmanager
def _told(database: Database) -> Iterator[None]:
    """Turn what the database says of a failed write into one message."""
    import psycopg

    try:
        yield
    except psycopg.errors.InsufficientPrivilege as error:
        remedy = "Ask its administrator for the right, or name another schema; nothing has changed."
        raise OutputError(Problem(database.shown, f"does not let it be written ({reason_of(error)})", remedy)) from None
    except psycopg.errors.DependentObjectsStillExist as error:
        said = error.diag.message_detail or reason_of(error)
        remedy = "Drop what depends on it first, or name another schema with ?schema=; nothing has changed."
        what = f"other objects depend on the earlier results ({said.splitlines()[0]})"
        raise OutputError(Problem(database.shown, what, remedy)) from None
    except psycopg.errors.LockNotAvailable:
        what = f"the earlier results are in use and were not let go of within {_LOCKS_WITHIN}"
        raise OutputError(Problem(database.shown, what, "Try again later; nothing has changed.")) from None
    except psycopg.Error as error:
        what, remedy = f"the results could not be written ({reason_of(error)})", "Earlier results are untouched."
        raise OutputError(Problem(database.shown, what, remedy)) from None


def _make_schema(connection: psycopg.Connection[Any], database: Database, schema: str) -> None:
    """Make the schema where it is missing; refuse one that holds something else."""
    from psycopg import sql

    # one run at a time: another one into the same schema waits here
    connection.execute("SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended(%s, 0))", (MARK + schema,))
    query = "SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = %s"
    found = connection.execute(query, (schema,)).fetchone()
    if found is None:
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
        return
    query = "SELECT count(*) FROM pg_catalog.pg_class WHERE relnamespace = %s"
    holds = connection.execute(query, found).fetchone()
    if holds is not None and holds[0] and schema not in schemas_of_ours(connection):
        what = f"the schema {schema} holds something else than a designation of ours"
        raise OutputError(Problem(database.shown, what, "Name another one with ?schema=."))
    query = "SELECT pg_catalog.has_schema_privilege(%s, 'CREATE')"
    allowed = connection.execute(query, found).fetchone()
    if allowed is not None and not allowed[0]:
        remedy = f"Ask its administrator for the right to create tables in {schema}."
        raise OutputError(Problem(database.shown, f"does not let tables be made in the schema {schema}", remedy))


def _write_layer(
    connection: psycopg.Connection[Any], schema: str, layer: Layer, stored: Layers, postgis: str, database: Database
) -> None:
    """A layer as a new table beside the one that may be there, filled, keyed, indexed and described."""
    from psycopg import sql

    name = sql.Identifier(schema, layer.name + _NEW)
    columns = [column for column in layer.table.column_names if column != GEOMETRY]
    kinds = {column: sql.SQL(_TYPES[str(layer.table.schema.field(column).type)]) for column in columns}
    defined = [sql.SQL("{} {}").format(sql.Identifier(column), kind) for column, kind in kinds.items()]
    if layer.geometry_type is not None:
        kind = sql.SQL("({}, {})").format(sql.SQL(layer.geometry_type), sql.SQL(str(_srid(layer, database))))
        drawn = sql.Identifier(GEOMETRY), sql.Identifier(postgis, "geometry"), kind
        defined.append(sql.SQL("{} {}{}").format(*drawn))
    key = sql.Identifier(KEY)
    connection.execute(sql.SQL("CREATE TABLE {} ({} bigint, {})").format(name, key, sql.SQL(", ").join(defined)))
    _fill(connection, name, layer)
    add = sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {} ({})")
    keyed = sql.Identifier(f"{layer.name}{_NEW}_pkey"), sql.SQL("PRIMARY KEY"), key
    connection.execute(add.format(name, *keyed))
    if layer.name in _UNIQUE:
        once = sql.Identifier(f"{layer.name}{_NEW}_key"), sql.SQL("UNIQUE"), sql.Identifier(_UNIQUE[layer.name])
        connection.execute(add.format(name, *once))
    if layer.geometry_type is not None:
        index = sql.Identifier(f"{layer.name}{_NEW}_geom"), name, sql.Identifier(GEOMETRY)
        connection.execute(sql.SQL("CREATE INDEX {} ON {} USING gist ({})").format(*index))
    connection.execute(sql.SQL("ANALYZE {}").format(name))
    _describe(connection, name, layer, stored)


def _srid(layer: Layer, database: Database) -> int:
    """The EPSG code of a layer's reference system."""
    code = re.fullmatch("EPSG:([0-9]+)", layer.crs or "")
    if code is None:
        what = "the units are in a reference system without an EPSG code, which PostGIS goes by"
        raise OutputError(Problem(database.shown, what, "Write to a folder instead."))
    return int(code.group(1))


def _fill(connection: psycopg.Connection[Any], name: Any, layer: Layer) -> None:
    import pyarrow as pa
    import shapely
    from psycopg import sql

    table = layer.table.add_column(0, KEY, pa.array(range(1, len(layer.table) + 1), type=pa.int64()))
    if layer.geometry_type is not None:
        shapes = shapely.to_wkb(shapely.from_wkb(layer.table[GEOMETRY].to_numpy()), hex=True)
        table = table.drop_columns(GEOMETRY).append_column(GEOMETRY, pa.array(list(shapes), type=pa.string()))
    columns = sql.SQL(", ").join(sql.Identifier(column) for column in table.column_names)
    with connection.cursor().copy(sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(name, columns)) as copy:
        for rows in rows_as_text(table):
            copy.write(rows)


def _describe(connection: psycopg.Connection[Any], name: Any, layer: Layer, stored: Layers) -> None:
    """Comments on a table and its columns."""
    told = describe_layer(layer.name, stored.language)
    _comment(connection, "TABLE", name, f"{told.title}. {told.text}")
    for column in (KEY, *layer.table.column_names):
        meaning = describe_column(layer.name, column, stored.language, stored.criteria)
        fallback = _ABOUT_TEXTS[stored.language].get(column, "")
        text = fallback if meaning is None else f"{meaning.title}. {meaning.text}"
        _comment_column(connection, name, column, text)


def _comment(connection: psycopg.Connection[Any], kind: str, name: Any, text: str) -> None:
    from psycopg import sql

    told = sql.Literal(_storable(text))
    connection.execute(sql.SQL("COMMENT ON {} {} IS {}").format(sql.SQL(kind), name, told))


def _comment_column(connection: psycopg.Connection[Any], table: Any, column: str, text: str) -> None:
    from psycopg import sql

    _comment(connection, "COLUMN", sql.SQL("{}.{}").format(table, sql.Identifier(column)), text)


def _storable(text: str) -> str:
    """A text without the null character, which the database cannot hold."""
    return text.replace("\0", "\ufffd")


def _write_about(connection: psycopg.Connection[Any], schema: str, stored: Layers) -> None:
    """The summary as a table of one row, and the schema's comment."""
    from psycopg import sql

    summary, words = stored.summary, _ABOUT_TEXTS[stored.language]
    name = sql.Identifier(schema, ABOUT + _NEW)
    defined = [
        sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(kind)) for column, kind in _ABOUT_COLUMNS.items()
    ]
    connection.execute(sql.SQL("CREATE TABLE {} ({})").format(name, sql.SQL(", ").join(defined)))
    text = as_json(summary)
    # in JSON that is to be looked into, no null character may be written in any way
    queried = re.sub(r"(?<!\\)((?:\\\\)*)\\u0000", r"\1\\ufffd", text)
    policy = summary.policy
    row = ("udsat_geo", summary.version, stored.year, summary.source, policy.id, policy.sha256)
    places = sql.SQL(", ").join(sql.Placeholder() * len(_ABOUT_COLUMNS))
    connection.execute(sql.SQL("INSERT INTO {} VALUES ({})").format(name, places), (*row, queried, text))
    _comment(connection, "TABLE", name, f"{MARK}: {words['about']}")
    for column in ("summary", "summary_text"):
        _comment_column(connection, name, column, words[column])
    query = "SELECT pg_catalog.pg_has_role(nspowner, 'USAGE') FROM pg_catalog.pg_namespace WHERE nspname = %s"
    # one that was made for us says itself what it is for
    if connection.execute(query, (schema,)).fetchone() == (True,):
        told = words["schema"].format(year=stored.year, policy=policy.id, source=summary.source)
        _comment(connection, "SCHEMA", sql.Identifier(schema), told)


def _exchange(connection: psycopg.Connection[Any], schema: str, names: list[str]) -> None:
    """Drop the earlier tables and give their names, and the rights on them, to the new ones."""
    from psycopg import sql

    connection.execute(f"SET LOCAL lock_timeout = '{_LOCKS_WITHIN}'")
    for name in TABLES:
        old, new = sql.Identifier(schema, name), sql.Identifier(schema, name + _NEW)
        rights = _rights_on(connection, schema, name)
        connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(old))
        if name not in names:
            continue
        connection.execute(sql.SQL("ALTER TABLE {} RENAME TO {}").format(new, sql.Identifier(name)))
        for end in ("pkey", "key", "geom"):
            index = sql.Identifier(schema, f"{name}{_NEW}_{end}")
            renamed = sql.SQL("ALTER INDEX IF EXISTS {} RENAME TO {}")
            connection.execute(renamed.format(index, sql.Identifier(f"{name}_{end}")))
        for right, role, passed_on in rights:
            grant = sql.SQL("GRANT {} ON TABLE {} TO {}{}")
            to = sql.SQL("PUBLIC") if role is None else sql.Identifier(role)
            option = sql.SQL(" WITH GRANT OPTION" if passed_on else "")
            connection.execute(grant.format(sql.SQL(right), old, to, option))


def _rights_on(connection: psycopg.Connection[Any], schema: str, name: str) -> list[tuple[str, str | None, bool]]:
    """What others than its owner may do with a table: the right, the role (None is everybody), may it be passed on."""
    query = (
        "SELECT a.privilege_type, r.rolname, a.is_grantable "
        "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        "CROSS JOIN LATERAL pg_catalog.aclexplode(c.relacl) a LEFT JOIN pg_catalog.pg_roles r ON r.oid = a.grantee "
        "WHERE n.nspname = %s AND c.relname = %s AND a.grantee <> c.relowner ORDER BY 1, 2"
    )
    return list(connection.execute(query, (schema, name)).fetchall())


# --- back ---------------------------------------------------------------------------------------------------


def holds_schema(database: Database, schema: str) -> bool:
    """Whether a schema of a database holds a designation of ours.

    Raises
    ------
    OutputError
        If the database cannot be reached or asked.
    """
    with _told(database), connected(database) as connection:
        return schema in schemas_of_ours(connection)


def read_database(database: Database) -> Layers:
    """A designation from a schema of a database: what was written into it.

    Raises
    ------
    InputError
        If it cannot be reached or read, or there is no designation of ours.
    """
    import psycopg

    try:
        with connected(database) as connection:
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            ours = schemas_of_ours(connection)
            if database.schema is None and len(ours) > 1:
                what = f"holds several designations: {', '.join(ours)}"
                raise InputError(Problem(database.shown, what, "Name one with ?schema=."))
            schema = database.schema or next(iter(ours), None)
            if schema is None or schema not in ours:
                what = "holds no designation of ours" if schema is None else f"has no designation of ours in {schema}"
                raise InputError(Problem(database.shown, what, "Name another one with ?schema=."))
            return read_schema(connection, schema, place_of_postgis(connection, database))
    except psycopg.Error as error:
        remedy = "Check that this user may read it."
        raise InputError(Problem(database.shown, f"cannot be read ({reason_of(error)})", remedy)) from None
