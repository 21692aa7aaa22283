"""A designation in a real PostGIS: whole or not at all, typed, described, and refused where it is not ours."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings

from hostile import designations
from postgis_server import ESCAPED, PASSWORD, Server
from round_trips import TEXTS, TRIALS, Door, as_read, designation_of, into_database, tried
from udsat_geo.designation.layers import Layers, differences
from udsat_geo.files import postgis
from udsat_geo.files.postgis import check_database, database_of, write_database
from udsat_geo.files.read import read_layers
from udsat_geo.messages.errors import InputError, OutputError

ROWS: dict[str, list[dict[str, Any]]] = {
    "areas": [{"name": "Her", "residents": 5, "rate_low": 0.25}, {"name": "=Der"}],
    "units": [{"qualified": True}, {}, {}],
    "status": [{"criterion": "low", "areas": 0.1}],
}


def stored(rows: dict[str, list[dict[str, Any]]] = ROWS, language: str = "da") -> Layers:
    return designation_of(rows, language)


def ask(address: str, query: str) -> list[Any]:
    with psycopg.connect(address, autocommit=True) as connection:
        found = connection.execute(query)  # type: ignore[call-overload]
        return list(found.fetchall()) if found.description else []


@pytest.fixture(scope="module")
def for_trials(server: Server) -> str:
    with psycopg.connect(server.admin(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE trials TEMPLATE with_postgis")
    return server.admin("trials")


# --- what comes back ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("trial", TRIALS)
def test_everything_survives(for_trials: str, trial: str) -> None:
    assert tried(Door(into_database(for_trials)), TRIALS[trial]) == "exact"


@settings(max_examples=25)
@given(drawn=designations())
def test_whatever_is_written_comes_back(for_trials: str, drawn: Layers) -> None:
    assert differences(as_read(drawn), Door(into_database(for_trials)).through(drawn)) == []


def test_tables_are_typed_keyed_indexed_and_described(server: Server, new_database: Callable[..., str]) -> None:
    address = server.admin(new_database())
    assert write_database(stored(), database_of(address)).endswith("?schema=designation_2025")
    columns = dict(
        ask(address, "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'areas'")
    )
    assert columns["residents"] == "bigint"
    assert columns["rate_low"] == "double precision"
    assert columns["name"] == "text"
    drawn = ask(address, "SELECT f_table_name, srid, type FROM geometry_columns ORDER BY 1")
    assert drawn == [
        ("areas", 25832, "MULTIPOLYGON"),
        ("changed_units", 25832, "POLYGON"),
        ("changes", 25832, "MULTIPOLYGON"),
        ("ground", 25832, "MULTIPOLYGON"),
        ("ground_lines", 25832, "MULTILINESTRING"),
        ("near_misses", 25832, "MULTIPOLYGON"),
        ("units", 25832, "POLYGON"),
    ]
    indexes = dict(ask(address, "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'designation_2025'"))
    assert {"areas_pkey", "areas_key", "units_pkey", "status_pkey"} <= indexes.keys()
    assert "USING gist (geom)" in indexes["units_geom"]
    told = ask(address, "SELECT col_description('designation_2025.areas'::regclass, 8)")
    assert told[0][0].startswith("Samlet score. Vægtet gennemsnit af kriterierne")
    assert ask(address, "SELECT obj_description('designation_2025.units'::regclass)")[0][0].startswith("Enheder. Alle")
    schema = ask(address, "SELECT obj_description('designation_2025'::regnamespace)")
    assert schema == [("Udpegning af udsatte byområder 2025, small, registers",)]
    undescribed = ask(
        address,
        "SELECT attrelid::regclass, attname FROM pg_attribute JOIN pg_class c ON c.oid = attrelid "
        "WHERE relnamespace = 'designation_2025'::regnamespace AND relkind = 'r' AND attnum > 0 "
        "AND relname <> 'about' AND col_description(attrelid, attnum) IS NULL",
    )
    assert undescribed == []


def test_the_summary_can_be_queried_and_stands_there_to_the_letter(
    server: Server, new_database: Callable[..., str]
) -> None:
    address = server.admin(new_database())
    write_database(stored(), database_of(address))
    ((queried, text, product),) = ask(
        address, "SELECT summary -> 'residents', summary_text, product FROM designation_2025.about"
    )
    assert queried == 2**53 + 1
    assert json.loads(text) == stored().summary.as_dict()
    assert product == "udsat_geo"


# --- whole or not at all ------------------------------------------------------------------------------------


def test_writing_again_replaces_the_earlier_one_and_keeps_rights(
    server: Server, new_database: Callable[..., str]
) -> None:
    address = server.admin(new_database())
    write_database(stored({**ROWS, "overrides": [{"reason": "a"}]}), database_of(address))
    ask(address, "GRANT SELECT ON designation_2025.areas TO reader; GRANT SELECT ON designation_2025.units TO PUBLIC")
    ask(address, "CREATE TABLE designation_2025.of_others (id int)")
    with_more = stored({**ROWS, "areas": [*ROWS["areas"], {"name": "Ny"}]})
    write_database(with_more, database_of(address))
    assert differences(with_more, read_layers(address)) == []
    may = ask(
        address,
        "SELECT has_table_privilege('reader', 'designation_2025.areas', 'SELECT'), "
        "has_table_privilege('writer', 'designation_2025.units', 'SELECT'), "
        "has_table_privilege('reader', 'designation_2025.status', 'SELECT')",
    )
    assert may == [(True, True, False)]
    assert ask(address, "SELECT count(*) FROM designation_2025.of_others") == [(0,)]
    assert ask(address, "SELECT relname FROM pg_class WHERE relname LIKE '%\\_\\_new%'") == []


def test_a_layer_that_is_no_more_goes(server: Server, new_database: Callable[..., str]) -> None:
    address = server.admin(new_database())
    made = stored()
    without = Layers(made.summary, {name: layer for name, layer in made.layers.items() if name != "overrides"})
    write_database(made, database_of(address))
    write_database(without, database_of(address))
    assert differences(without, read_layers(address)) == []


def test_others_read_the_earlier_one_until_the_new_one_is_whole(
    server: Server, new_database: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    address = server.admin(new_database())
    write_database(stored(), database_of(address))
    seen = []
    write_layer = postgis._write_layer

    def watched(*arguments: Any) -> None:
        write_layer(*arguments)
        impatient = f"{address}?options=-clock_timeout%3D2s"
        seen.append(ask(impatient, "SELECT count(*) FROM designation_2025.areas")[0][0])

    monkeypatch.setattr(postgis, "_write_layer", watched)
    write_database(stored({**ROWS, "areas": []}), database_of(address))
    assert seen == [2] * len(stored().layers)
    assert ask(address, "SELECT count(*) FROM designation_2025.areas") == [(0,)]


@pytest.mark.parametrize("at", ["areas", "units", "overrides"])
@pytest.mark.parametrize("before", [True, False])
def test_a_connection_that_is_cut_leaves_what_was_there(
    server: Server, new_database: Callable[..., str], monkeypatch: pytest.MonkeyPatch, at: str, before: bool
) -> None:
    address = server.admin(new_database())
    if before:
        write_database(stored(), database_of(address))
    write_layer = postgis._write_layer

    def cut(cursor: Any, schema: str, layer: Any, *others: Any) -> None:
        write_layer(cursor, schema, layer, *others)
        if layer.name == at:
            cursor.execute("SELECT pg_catalog.pg_backend_pid()")
            ask(address, f"SELECT pg_terminate_backend({cursor.fetchone()[0]})")

    monkeypatch.setattr(postgis, "_write_layer", cut)
    with pytest.raises(OutputError) as told:
        write_database(stored({**ROWS, "areas": [{"name": "Ny"}] * 1}), database_of(address))
    assert "the results could not be written (terminating connection due to administrator command)" in str(told.value)
    assert len(told.value.messages) == 1
    if before:
        assert differences(stored(), read_layers(address)) == []
    else:
        assert ask(address, "SELECT 1 FROM pg_namespace WHERE nspname LIKE 'desig%'") == []


def test_two_runs_at_once_come_one_after_the_other(server: Server, new_database: Callable[..., str]) -> None:
    address = server.admin(new_database())
    both = [stored(language=language) for language in ("da", "en")]
    threads = [threading.Thread(target=write_database, args=(each, database_of(address))) for each in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    read = read_layers(address)
    assert [] in [differences(each, read) for each in both]


def test_another_run_that_does_not_end_is_told(
    server: Server, new_database: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    address = server.admin(new_database())
    write_database(stored(), database_of(address))
    monkeypatch.setenv("UDSAT_WAIT_SECONDS", "0.2")
    with psycopg.connect(address) as other:
        other.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('udsat_geo designation' || 'designation_2025', 0))"
        )
        with pytest.raises(OutputError, match="another run is putting its results there, and has not ended within"):
            write_database(stored(language="en"), database_of(address))
    assert differences(stored(), read_layers(address)) == []


# --- what is refused ----------------------------------------------------------------------------------------


def refused(address: str, year: int = 2025) -> str:
    """What is told of a database that cannot be written to, before the work and at it."""
    with pytest.raises(OutputError) as early:
        check_database(database_of(address), year)
    with pytest.raises(OutputError) as late:
        write_database(stored(), database_of(address))
    assert len(early.value.messages) == 1
    assert early.value.messages == late.value.messages
    assert PASSWORD not in str(early.value)
    return str(early.value)


def test_a_database_without_postgis(server: Server, new_database: Callable[..., str]) -> None:
    told = refused(server.admin(new_database("template1")))
    assert "has no PostGIS. Ask its administrator for: CREATE EXTENSION postgis." in told


def test_a_wrong_password_database_or_port(server: Server, new_database: Callable[..., str]) -> None:
    name = new_database()
    wrong = refused(server.writer(name, "wrong-secret"))
    assert 'password authentication failed for user "writer"' in wrong
    assert "wrong-secret" not in wrong
    assert 'database "nowhere" does not exist' in refused(server.writer("nowhere"))
    assert "cannot be reached" in refused("postgresql://writer:hidden@127.0.0.1:1/db")
    assert "hidden" not in refused("postgresql://writer:hidden@no-such-host.invalid/db?connect_timeout=2")


def test_no_right_to_make_a_schema_or_tables(server: Server, new_database: Callable[..., str]) -> None:
    name = new_database()
    ask(server.admin(name), "CREATE SCHEMA given; CREATE SCHEMA kept; GRANT CREATE, USAGE ON SCHEMA given TO writer")
    write_database(stored(), database_of(f"{server.writer(name)}?schema=given"))
    told = refused(f"{server.writer(name)}?schema=kept")
    assert "does not let tables be made in the schema kept" in told
    ask(server.admin(name), f"REVOKE CREATE ON DATABASE {name} FROM writer")
    assert "does not let it be written (permission denied for database" in refused(server.writer(name))


def test_a_schema_that_is_not_ours_stays(server: Server, new_database: Callable[..., str]) -> None:
    address = server.admin(new_database())
    ask(address, "CREATE SCHEMA designation_2025; CREATE TABLE designation_2025.about (x int)")
    assert "the schema designation_2025 holds something else than a designation of ours" in refused(address)
    assert "the schema public holds something else" in refused(f"{address}?schema=public")
    assert ask(address, "SELECT count(*) FROM designation_2025.about") == [(0,)]


def test_what_others_built_on_it_is_not_dropped(server: Server, new_database: Callable[..., str]) -> None:
    address = server.admin(new_database())
    write_database(stored(), database_of(address))
    ask(address, "CREATE VIEW public.mine AS SELECT area_id FROM designation_2025.areas")
    with pytest.raises(OutputError, match="other objects depend on the earlier results"):
        write_database(stored({}), database_of(address))
    assert ask(address, "SELECT count(*) FROM mine") == [(2,)]


def test_a_table_in_use_is_waited_for_and_then_told(
    server: Server, new_database: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    address = server.admin(new_database())
    write_database(stored(), database_of(address))
    monkeypatch.setattr(postgis, "_LOCKS_WITHIN", "300ms")
    with psycopg.connect(address) as reading:
        reading.execute("SELECT count(*) FROM designation_2025.areas")
        with pytest.raises(OutputError, match="the earlier results are in use and were not let go of within 300ms"):
            write_database(stored({}), database_of(address))


@pytest.mark.parametrize("schema", ["%22; DROP SCHEMA public; --", "Ære, været", "select", "%27", "a.b", "DESIG"])
def test_a_hostile_name_is_a_name(server: Server, new_database: Callable[..., str], schema: str) -> None:
    address = f"{server.admin(new_database())}?schema={schema}"
    write_database(stored(), database_of(address))
    write_database(stored(), database_of(address))
    assert differences(stored(), read_layers(address)) == []


def test_hostile_texts_are_texts(server: Server, new_database: Callable[..., str]) -> None:
    address = server.admin(new_database())
    made = stored({"areas": [{"name": text} for text in TEXTS]})
    label = "'; DROP TABLE areas; -- \0 {} %s"
    first = made.summary.criteria[0].model_copy(update={"label": label})
    made = replace(made, summary=made.summary.model_copy(update={"criteria": [first, *made.summary.criteria[1:]]}))
    write_database(made, database_of(address))
    assert [name for (name,) in ask(address, "SELECT name FROM designation_2025.areas ORDER BY fid")] == TEXTS
    assert read_layers(address).summary == as_read(made).summary


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("postgresql://u:secret%zz@host/db", "cannot be read"),
        ("postgresql://u:secret@host/db?nonsense", "cannot be read"),
        ("postgresql://u:%00secret@host/db", "cannot be read"),
        ("postgresql://u:12@secret@host/db", "cannot be read"),
        ("postgresql://u:12/secret@host/db", "cannot be read"),
        ("postgresql://u:secret/12@host/db", "cannot be read"),
        ("postgresql://u:12?secret@host/db", "cannot be read"),
        ("postgresql://u:12#secret@host/db", "cannot be read"),
        ("postgresql://u:secret@[host/db", "cannot be read"),
        ("postgresql://u:secret@host/db?schema=", "is no name of a schema"),
        ("postgresql://u:secret@host/db?schema=a&schema=b", "is no name of a schema"),
        (f"postgresql://u:secret@host/db?schema={'x' * 64}", "is no name of a schema"),
        ("postgresql://u:secret@host/db?schema=a%00b", "is no name of a schema"),
    ],
)
def test_an_address_that_is_none_is_told_without_repeating_it(address: str, told: str) -> None:
    with pytest.raises(InputError) as wrong:
        database_of(address)
    assert told in str(wrong.value)
    assert "secret" not in str(wrong.value)


def test_an_option_that_there_is_not_is_told_before_the_work() -> None:
    assert 'cannot be reached (invalid URI query parameter: "shoe_size")' in refused(
        f"postgresql://u:{ESCAPED}@host/db?shoe_size={PASSWORD}"
    )


def test_a_database_shows_no_password() -> None:
    database = database_of("postgresql://me:secret@host:5433/db?schema=here")
    assert database.shown == "postgresql://host:5433/db"
    assert database.schema == "here"
    assert "secret" not in repr(database)


# --- reading ------------------------------------------------------------------------------------------------


def test_one_designation_needs_no_name_and_several_do(server: Server, new_database: Callable[..., str]) -> None:
    address = server.admin(new_database())
    with pytest.raises(InputError, match="holds no designation of ours"):
        read_layers(address)
    write_database(stored(), database_of(address))
    assert differences(stored(), read_layers(address)) == []
    write_database(stored(), database_of(f"{address}?schema=other"))
    with pytest.raises(InputError, match=r"holds several designations: designation_2025, other\. Name one"):
        read_layers(address)
    with pytest.raises(InputError, match="has no designation of ours in public"):
        read_layers(f"{address}?schema=public")


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        ("DELETE FROM designation_2025.about", "about has 0 rows"),
        ("UPDATE designation_2025.about SET summary_text = '[1]'", "is not the summary of a designation"),
        ("UPDATE designation_2025.about SET summary_text = '{'", "about: is not JSON"),
        ("ALTER TABLE designation_2025.status ADD shoe_size int", "a column shoe_size, which is not ours"),
        ("DROP TABLE designation_2025.changes", "it has no changes"),
        ("DELETE FROM designation_2025.units WHERE fid = 1", "holds other areas or units than the summary says"),
        ("ALTER TABLE designation_2025.areas ALTER residents TYPE text USING 'many'", "is no designation of ours"),
    ],
)
def test_a_spoiled_one_is_refused(server: Server, new_database: Callable[..., str], spoil: str, told: str) -> None:
    address = server.admin(new_database())
    write_database(stored(), database_of(address))
    ask(address, spoil)
    with pytest.raises(InputError) as wrong:
        read_layers(address)
    assert told in str(wrong.value)


def test_without_a_right_to_read(server: Server, new_database: Callable[..., str]) -> None:
    name = new_database()
    write_database(stored(), database_of(server.admin(name)))
    with pytest.raises(InputError, match=r"cannot be read \(permission denied"):
        read_layers(server.writer(name))


def test_the_extension_may_live_in_any_schema(server: Server, new_database: Callable[..., str]) -> None:
    address = server.admin(new_database("template1"))
    ask(address, "CREATE SCHEMA gis; CREATE EXTENSION postgis SCHEMA gis")
    write_database(stored(), database_of(address))
    assert differences(stored(), read_layers(address)) == []


def test_a_table_of_a_name_of_ours_that_somebody_else_made_is_not_dropped(
    server: Server, new_database: Callable[..., str]
) -> None:
    name = new_database()
    write_database(stored(), database_of(server.admin(name)))
    ask(server.admin(name), "GRANT CREATE, USAGE ON SCHEMA designation_2025 TO writer")
    with pytest.raises(OutputError, match="must be owner of table areas"):
        write_database(stored(), database_of(server.writer(name)))
