"""A policy reaches the columns of its register and nothing else: no file, no setting, no other table, no statement."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from edge_registers import write_edge_registers
from udsat_geo.messages.errors import InputError
from udsat_geo.policy.load import load_policy
from udsat_geo.registers.expressions import check_expression, check_policy_expressions, evaluate_let
from udsat_geo.registers.opening import Opened, open_registers

COLUMNS = ("age", "origin", "disposable_income")

FORBIDDEN = (
    "",
    " ",
    "-- nothing",
    "1; DROP TABLE residents",
    "1; SET enable_external_access = true",
    "1;",
    "1, 2",
    "*",
    "COLUMNS(*)",
    "age FROM residents",
    "age AS other",
    "1 FROM read_text('/etc/passwd')",
    "1 FROM '/etc/passwd'",
    "1 WHERE TRUE",
    "1 LIMIT 1",
    "1 ORDER BY 1",
    "1 UNION SELECT 2",
    "1 UNION ALL SELECT content FROM read_text('/etc/passwd')",
    "1) FROM residents --",
    "1) + (1",
    "age /* a comment that does not end",
    "DISTINCT age",
    "(SELECT 1)",
    "(SELECT max(age) FROM residents)",
    "(SELECT content FROM read_text('/etc/passwd'))",
    "(FROM duckdb_settings())",
    "(TABLE residents)",
    "EXISTS (SELECT 1)",
    "age IN (SELECT 1)",
    "age = ANY (SELECT 1)",
    "age > ALL ([1, 2])",
    "read_text('/etc/passwd')",
    "read_csv('/etc/passwd')",
    "read_blob('/etc/passwd')",
    "read_parquet('/etc/passwd')",
    "glob('/etc/*')",
    "getenv('HOME')",
    "getvariable('x')",
    "current_setting('access_mode')",
    "current_database()",
    "current_user",
    "version()",
    "random()",
    "uuid()",
    "now()",
    "current_date",
    "setseed(0.5)",
    "nextval('s')",
    "query('SELECT 1')",
    "query_table('residents')",
    "json_execute_serialized_sql('{}')",
    "json_serialize_sql('SELECT 1')",
    "sql_auto_complete('x')",
    "write_log('x')",
    "system.main.abs(age)",
    "main.abs(age)",
    "residents.age",
    "main.residents.age",
    "duckdb_settings.value",
    "rowid",
    "sum(age) OVER ()",
    "row_number() OVER (ORDER BY age)",
    "list_transform([1], x -> x)",
    "[x FOR x IN [1]]",
    "$1",
    "?",
    "$name",
    "sum(age)",
    "count(*)",
    "error('stop')",
    "repeat('a', 1000000000)",
    "range(1000000000)",
    "generate_series(1, 1000000000)",
    "pg_sleep(1)",
    "age::unknown_type",
    "CAST(age AS STRUCT(a INTEGER))",
    "age COLLATE NOCASE",
    "abs(getenv('HOME'))",
    "CASE WHEN getenv('HOME') = '' THEN 1 END",
    "age BETWEEN 1 AND (SELECT 2)",
    "coalesce(age, getenv('HOME'))",
    "getenv\n('HOME')",
    "GETENV('HOME')",
    "\"getenv\"('HOME')",
    "'HOME'.getenv()",
    "age /**/ ; /**/ SELECT 1",
    "unknown_column",
    "{'a': age}",
    "MAP {'a': age}",
    "TRY_CAST(age AS JSON)",
    "PRAGMA version",
    "ATTACH '/tmp/other.db'",
    "COPY residents TO '/tmp/residents.csv'",
    "INSTALL httpfs",
    "SET threads = 1",
)

ALLOWED = (
    "TRUE",
    "1",
    "age >= 18",
    "AGE BETWEEN 16 AND 66",
    '"age" > 1.5',
    "origin IN ('danish', 'western') AND disposable_income IS NOT NULL",
    "NOT (origin = 'it''s; DROP TABLE residents --')",
    "CASE WHEN age < 18 THEN 0 ELSE coalesce(disposable_income, 0) / 2 END",
    "age -- the years\n",
    "CAST(age AS DOUBLE) * -1 + abs(age)",
    "origin LIKE 'dan%' OR lower(origin) = 'x'",
)


@pytest.fixture(scope="module")
def registers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of registers, with a secret beside it."""
    folder = tmp_path_factory.mktemp("lockdown") / "raw"
    write_edge_registers(folder)
    (folder / "secret.csv").write_text("a\n1\n")
    (folder.parent / "other.parquet").write_bytes((folder / "addresses.parquet").read_bytes())
    return folder


@pytest.fixture(scope="module")
def opened(registers: Path) -> Iterator[Opened]:
    """The registers on their locked connection."""
    found = open_registers(registers)
    yield found
    found.connection.close()


@pytest.mark.long
def test_an_expression_that_reaches_out_is_refused(opened: Opened) -> None:
    taken = [text for text in FORBIDDEN if not check_expression(opened.connection, text, COLUMNS, "policy")]
    assert taken == []


def test_a_plain_expression_is_taken(opened: Opened) -> None:
    for expression in ALLOWED:
        assert check_expression(opened.connection, expression, COLUMNS, "policy") == []


def test_totals_are_for_let_alone(opened: Opened) -> None:
    expression = "0.75 * median(disposable_income) FILTER (WHERE age >= 18)"
    assert check_expression(opened.connection, expression, COLUMNS, "let", aggregates=True) == []
    assert check_expression(opened.connection, expression, COLUMNS, "where")
    hidden = "median(disposable_income) FILTER (WHERE getenv('HOME') = '')"
    assert check_expression(opened.connection, hidden, COLUMNS, "let", aggregates=True)


def test_a_refusal_says_where_and_what(opened: Opened) -> None:
    (problem,) = check_expression(opened.connection, "ages > 1", COLUMNS, "kbh: criteria (x).where")
    assert str(problem) == "kbh: criteria (x).where: unknown column 'ages'. Did you mean 'age'?"


def test_an_expression_that_would_outgrow_memory_is_refused(opened: Opened) -> None:
    bomb = "'aaaaaaaaaa'"
    for _ in range(9):
        bomb = f"replace({bomb}, 'a', 'aaaaaaaaaa')"
    (problem,) = check_expression(opened.connection, f"length({bomb}) > 0", COLUMNS, "policy")
    assert "characters" in problem.what
    plain = "replace(replace(replace(replace(origin, 'ø', 'oe'), 'å', 'aa'), 'æ', 'ae'), ' ', '') || 'x'"
    assert check_expression(opened.connection, f"{plain} = 'x'", COLUMNS, "policy") == []


def test_an_expression_may_grow_further_where_that_is_allowed(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    grown = f"replace(origin, 'a', '{'a' * 1500}') = ''"
    (problem,) = check_expression(opened.connection, grown, COLUMNS, "policy")
    assert problem.what == "could make 150,000 characters of text of each row"
    monkeypatch.setenv("UDSAT_EXPRESSION_CHARACTERS", "200000")
    assert check_expression(opened.connection, grown, COLUMNS, "policy") == []


def test_what_makes_no_text_may_have_any_number_of_columns(opened: Opened) -> None:
    """As the years of age in a census table, added up."""
    for expression in ("age + " * 150 + "1", "CAST(age AS DOUBLE) + " * 150 + "1", "abs(" * 100 + "age" + ")" * 100):
        assert check_expression(opened.connection, expression, COLUMNS, "policy") == []
    (problem,) = check_expression(opened.connection, " || ".join(["origin"] * 150) + " = ''", COLUMNS, "policy")
    assert "could make 1,132,400 characters" in problem.what


def test_all_texts_of_a_policy_count_together(opened: Opened) -> None:
    """Texts that are only in work stand in no account of DuckDB's; many that are long take gigabytes."""
    policy = load_policy("kbh-2017").policy
    long = f"length(replace(origin, 'a', '{'a' * 300}')) > 0"
    assert check_expression(opened.connection, long, COLUMNS, "policy") == []
    lets = dict(policy.let["residents"]) | {f"n{k}": f"count(*) FILTER ({long})" for k in range(4)}
    many = policy.model_copy(update={"let": {"residents": lets}})
    with pytest.raises(InputError, match=r"kbh-2017: could make 120,\d+ characters.*UDSAT_EXPRESSION_CHARACTERS"):
        check_policy_expressions(opened, many)


def test_expressions_that_take_too_much_memory_are_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UDSAT_EXPRESSION_BYTES", "50000000")
    write_edge_registers(tmp_path)
    opened = open_registers(tmp_path)
    policy = load_policy("kbh-2017").policy
    relation = "(SELECT repeat('a', 1000) || range AS text FROM range(100000))"
    large = policy.model_copy(update={"let": {"residents": {"large": "length(quantile_disc(text, 0.5))"}}})
    with pytest.raises(InputError, match=r"take more than 50 MB of memory.*UDSAT_EXPRESSION_BYTES"):
        evaluate_let(opened.connection, large, "residents", relation)
    small = policy.model_copy(update={"let": {"residents": {"small": "max(length(text))"}}})
    assert evaluate_let(opened.connection, small, "residents", relation) == {"small": 1005.0}
    opened.connection.close()


def test_expressions_that_take_too_long_are_ended(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """As each goes over many rows; one that is in time is as it was."""
    monkeypatch.setenv("UDSAT_EXPRESSION_SECONDS", "0.05")
    policy = load_policy("kbh-2017").policy
    relation = "(SELECT repeat('a', 1000) AS text FROM range(100000000))"
    slow = policy.model_copy(update={"let": {"residents": {"slow": "max(length(replace(text, 'a', 'bbbbb')))"}}})
    with pytest.raises(InputError, match=r"not evaluated within 0\.05 s.*UDSAT_EXPRESSION_SECONDS"):
        evaluate_let(opened.connection, slow, "residents", relation)
    assert opened.connection.execute("SELECT 1").fetchall() == [(1,)]
    quick = policy.model_copy(update={"let": {"residents": {"quick": "count(*)"}}})
    assert evaluate_let(opened.connection, quick, "residents", "range(3)") == {"quick": 3.0}


@pytest.mark.parametrize("expression", ["+".join(["1"] * 260), "+".join(["1"] * 450), "NOT " * 900 + "true"])
def test_an_expression_that_is_nested_too_deeply_is_refused(opened: Opened, expression: str) -> None:
    (problem,) = check_expression(opened.connection, expression, COLUMNS, "policy")
    assert problem.what == "is nested too deeply"


REACHING = (
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM read_blob('/etc/hostname')",
    "SELECT * FROM glob('/etc/*')",
    "SELECT * FROM read_csv('{folder}/secret.csv')",
    "SELECT * FROM read_text('{folder}/secret.csv')",
    "SELECT * FROM read_parquet('{folder}/../other.parquet')",
    "SELECT * FROM read_parquet('{folder}/*.parquet')",
    "SELECT * FROM read_parquet('{folder}/x/../../other.parquet')",
    "COPY (SELECT 1) TO '{folder}/written.csv'",
    "EXPORT DATABASE '{folder}/exported'",
    "ATTACH '{folder}/attached.db'",
    "ATTACH '{folder}/secret.csv' AS other (TYPE sqlite)",
    "INSTALL httpfs",
    "LOAD httpfs",
    "INSTALL spatial FROM community",
    "SELECT * FROM read_csv('https://example.org/x.csv')",
    "CREATE SECRET s (TYPE s3)",
    "IMPORT DATABASE '{folder}'",
)

SETTINGS = (
    "SET enable_external_access = true",
    "SET lock_configuration = false",
    "SET allowed_paths = ['/etc/passwd']",
    "SET allowed_directories = ['/etc']",
    "SET temp_directory = '/tmp'",
    "SET python_enable_replacements = true",
    "SET allow_community_extensions = true",
    "SET allow_unsigned_extensions = true",
    "SET extension_directory = '/tmp'",
    "SET home_directory = '/tmp'",
    "SET threads = 1",
    "SET GLOBAL memory_limit = '1GB'",
    "RESET enable_external_access",
    "RESET lock_configuration",
    "PRAGMA enable_profiling = 'json'",
    "PRAGMA threads = 1",
)


def test_the_connection_itself_reaches_nothing(opened: Opened, registers: Path) -> None:
    there = sorted(path.name for path in registers.rglob("*"))
    for statement in (*REACHING, *SETTINGS):
        with pytest.raises(duckdb.Error):
            opened.connection.execute(statement.replace("{folder}", str(registers))).fetchall()
        assert sorted(path.name for path in registers.rglob("*")) == there, statement


def test_the_connection_sees_no_python_objects(opened: Opened) -> None:
    import pyarrow as pa

    secret_table = pa.table({"a": [1]})
    with pytest.raises(duckdb.CatalogException):
        opened.connection.execute("SELECT * FROM secret_table").fetchall()
    assert secret_table.num_rows == 1


def test_the_registers_themselves_stay_readable(opened: Opened) -> None:
    for table in opened.tables:
        row = opened.connection.execute(f"SELECT count(*) FROM {table.select()}").fetchone()
        assert row is not None
        assert row[0] > 0
