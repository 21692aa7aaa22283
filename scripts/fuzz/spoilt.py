"""Good content spoilt: bytes, texts, JSON, tables, Parquet and GeoPackages, by changes that Hypothesis draws."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

CHANGES = (1, 1, 1, 2, 4)
"""How many: most are one, so that what follows a refusal is tried too."""

Files = dict[str, bytes]
Spoil = Callable[[Any, Files], Files]

ODD = (
    "", " ", "NA", "..", "-", "<3", "nan", "inf", "-1", "0", "1e999", "-0.0", "1.234", "1,5", "1 234", "0x10", "'",
    '"', "=1+1", "Å", "A\u030a", "\u00a0", "\ufeff", "a;b", "a,b", "9" * 40, "9" * 5000, "2021-02-30", "true", "\t",
    "\x00", "\x1b[2J", "D0", "d0", "../../etc/passwd", "/dev/zero", "http://127.0.0.1:1/", "NULL", "{", "]", "\\",
    "%s", "{0}", "\ud7ff", "\U0001f600",
)  # fmt: skip
SCALARS = (None, True, False, 0, -1, 1.5, 10**30, 1e308, "", "xx", "\x00", "\x1b[2J", "2021")
VALUES = (*SCALARS, [], {}, [[]], [None], {"": 0})
LITERALS = (
    '""', '"xx"', "0", "-1", "1e308", "nan", "inf", "true", "[]", "{}", "[[]]", "1979-05-27", "9" * 40,
    '"\\u001b[2J"', "[1, 'a']", '"' + "x" * 3000 + '"', "'''\n'''", '"../x"', '"/dev/zero"', '"EPSG:0"',
    '"EPSG:4326"', "{ a = 1 }", '["*"]', '"1 +"', '"age"',
)  # fmt: skip

STATEMENTS = (
    *['UPDATE "{table}" SET "{column}" = ?', 'UPDATE "{table}" SET "{column}" = ? WHERE rowid = 1'] * 3,
    'DELETE FROM "{table}"',
    'DELETE FROM "{table}" WHERE rowid = 1',
    'DROP TABLE "{table}"',
    'ALTER TABLE "{table}" DROP COLUMN "{column}"',
    'ALTER TABLE "{table}" RENAME COLUMN "{column}" TO "odd"',
    'INSERT INTO "{table}" SELECT * FROM "{table}"',
)


def spoilt_bytes(draw: Any, content: bytes) -> bytes:
    """Bytes changed, cut, repeated or put in."""
    st = strategies()
    if not content:
        return draw(st.binary(max_size=20))
    data = bytearray(content)
    for _ in range(draw(st.sampled_from(CHANGES))):
        place = draw(st.integers(0, max(len(data) - 1, 0)))
        kind = draw(st.sampled_from(["flip", "set", "set", "cut", "drop", "repeat", "insert", "zero"]))
        length = draw(st.sampled_from([1, 2, 4, 8, 16, 100, 4096]))
        if kind == "flip" and data:
            data[place] ^= 1 << draw(st.integers(0, 7))
        elif kind == "set" and data:
            data[place] = draw(st.sampled_from([0, 1, 9, 10, 13, 32, 34, 39, 44, 59, 127, 128, 254, 255]))
        elif kind == "cut" and draw(st.integers(0, 3)) == 0:
            del data[place:]
        elif kind == "drop":
            del data[place : place + length]
        elif kind == "repeat":
            data[place:place] = data[place : place + length] * draw(st.sampled_from([1, 2, 50]))
        elif kind == "insert":
            data[place:place] = draw(st.sampled_from(ODD)).encode("utf-8", "surrogatepass")
        elif kind == "zero":
            data[place : place + length] = bytes(length)
    return bytes(data)


def spoilt_text(draw: Any, content: bytes) -> bytes:
    """Lines, words and values changed; now and then bytes."""
    st = strategies()
    if draw(st.integers(0, 4)) == 0:
        return spoilt_bytes(draw, content)
    lines = content.decode("utf-8").split("\n")
    for _ in range(draw(st.sampled_from(CHANGES))):
        place = draw(st.integers(0, len(lines) - 1))
        kind = draw(st.sampled_from(["value", "value", "value", "word", "drop", "repeat", "swap", "indent"]))
        line = lines[place]
        if kind == "value" and "=" in line:
            lines[place] = f"{line.partition('=')[0]}= {draw(st.sampled_from(LITERALS))}"
        elif kind == "word" and (words := list(re.finditer(r"[\w.]+", line))):
            word = draw(st.sampled_from(words))
            lines[place] = line[: word.start()] + draw(st.sampled_from(ODD)) + line[word.end() :]
        elif kind == "drop" and len(lines) > 1:
            del lines[place]
        elif kind == "repeat":
            lines.insert(place, line)
        elif kind == "swap":
            other = draw(st.integers(0, len(lines) - 1))
            lines[place], lines[other] = lines[other], line
        elif kind == "indent":
            lines[place] = "[" + line
    return "\n".join(lines).encode("utf-8", "surrogatepass")


def paths_in(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where everything stands in plain data."""
    for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ():
        yield (*path, key)
        yield from paths_in(value, (*path, key))


def spoilt_json(draw: Any, content: bytes) -> bytes:
    """Keys and values changed; now and then bytes."""
    st = strategies()
    if draw(st.integers(0, 5)) == 0:
        return spoilt_bytes(draw, content)
    tree = json.loads(content)
    for _ in range(draw(st.sampled_from(CHANGES))):
        paths = list(paths_in(tree))
        if not paths:
            break
        path = draw(st.sampled_from(paths))
        here = tree
        for step in path[:-1]:
            here = here[step]
        kind = draw(st.sampled_from(["value", "value", "value", "drop", "rename", "nest", "list"]))
        if kind == "value":
            here[path[-1]] = draw(st.sampled_from(VALUES))
        elif kind == "drop":
            del here[path[-1]]
        elif kind == "rename" and isinstance(here, dict):
            here[draw(st.sampled_from(ODD))] = here.pop(path[-1])
        elif kind == "nest":
            here[path[-1]] = {"a": here[path[-1]]}
        elif kind == "list":
            here[path[-1]] = [here[path[-1]]] * draw(st.sampled_from([1, 2]))
    return json.dumps(tree).encode()


def spoilt_rows(draw: Any, content: bytes) -> bytes:
    """Cells, rows and columns of a CSV table changed, in some dialect and encoding; now and then bytes."""
    st = strategies()
    rows = list(csv.reader(io.StringIO(content.decode("utf-8"), newline="")))
    for _ in range(draw(st.sampled_from(CHANGES))):
        row, column = draw(st.integers(0, len(rows) - 1)), draw(st.integers(0, max(len(rows[0]) - 1, 0)))
        kind = draw(st.sampled_from(["cell", "cell", "head", "column", "twice", "gone", "short", "capitals"]))
        odd = draw(st.sampled_from(ODD) | st.text(max_size=6))
        if kind == "cell" and column < len(rows[row]):
            rows[row][column] = odd
        elif kind == "head" and rows[0]:
            rows[0][column] = odd
        elif kind == "column":
            rows[1:] = [[*each[:column], odd, *each[column + 1 :]] for each in rows[1:]]
        elif kind == "twice":
            rows.append(list(rows[row]))
        elif kind == "gone" and len(rows[0]) > 1:
            rows = [[*each[:column], *each[column + 1 :]] for each in rows]
        elif kind == "short" and row:
            rows[row] = rows[row][:column]
        elif kind == "capitals":
            rows[0] = [name.upper() for name in rows[0]]
    written = io.StringIO(newline="")
    ends = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    quoting = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    csv.writer(written, delimiter=draw(st.sampled_from(",;\t|")), lineterminator=ends, quoting=quoting).writerows(rows)
    encoding = draw(st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16"]))
    made = written.getvalue().encode(encoding, "replace")
    return spoilt_bytes(draw, made) if draw(st.integers(0, 7)) == 0 else made


def spoilt_parquet(draw: Any, content: bytes) -> bytes:
    """A column of another type or with odd values, or what is said beside the columns; as often bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    st = strategies()
    if draw(st.booleans()):
        return spoilt_bytes(draw, content)
    table = pq.read_table(io.BytesIO(content))
    told = {key: text for key, text in (table.schema.metadata or {}).items() if key != b"ARROW:schema"}
    if told and draw(st.booleans()):
        out, key = io.BytesIO(), draw(st.sampled_from(sorted(told)))
        is_json = told[key][:1] in (b"{", b"[")
        text = spoilt_json(draw, told[key]) if is_json else draw(st.sampled_from(ODD)).encode("utf-8", "surrogatepass")
        pq.write_table(table.replace_schema_metadata(told | {key: text}), out)
        return out.getvalue()
    place = draw(st.integers(0, table.num_columns - 1))
    kinds = {
        pa.string(): st.none() | st.sampled_from([odd for odd in ODD if "\ud7ff" not in odd]),
        pa.float64(): st.none() | st.floats(),
        pa.int64(): st.none() | st.integers(-(2**63), 2**63 - 1),
        pa.bool_(): st.none() | st.booleans(),
        pa.binary(): st.none() | st.binary(max_size=4),
        pa.date32(): st.none() | st.dates(),
        pa.timestamp("us"): st.none() | st.datetimes(),
        pa.decimal128(38, 3): st.none() | st.decimals(-(10**9), 10**9, places=3),
        pa.list_(pa.int8()): st.none() | st.lists(st.integers(0, 9), max_size=2),
        pa.struct([("a", pa.int8())]): st.none() | st.just({"a": 1}),
        pa.null(): st.none(),
    }
    kind = draw(st.sampled_from(list(kinds)))
    values = draw(st.lists(kinds[kind], min_size=1, max_size=3))
    column = pa.array((values * table.num_rows)[: table.num_rows], kind)
    name = draw(st.sampled_from([table.column_names[place], "", "age", "GEOMETRY", "a b"]))
    out = io.BytesIO()
    pq.write_table(table.set_column(place, name, column), out)
    return out.getvalue()


def spoilt_geopackage(draw: Any, content: bytes) -> bytes:
    """Tables and values changed by SQL, past triggers; as often bytes."""
    st = strategies()
    if draw(st.booleans()):
        return spoilt_bytes(draw, content)
    connection = sqlite3.connect(":memory:")
    connection.deserialize(content)
    with closing(connection):
        for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{trigger}"')
        for _ in range(draw(st.sampled_from(CHANGES))):
            found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'rtree%'")
            table = draw(st.sampled_from(sorted(name for (name,) in found.fetchall())))
            columns = [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]
            column = draw(st.sampled_from(columns or ["fid"]))
            odd = draw(st.sampled_from(SCALARS) | st.binary(max_size=40))
            change = draw(st.sampled_from(STATEMENTS)).format(table=table, column=column)
            try:
                connection.execute(change, (odd,) if "?" in change else ())
            except (sqlite3.Error, OverflowError):
                continue
        connection.commit()
        return connection.serialize()


def some_of_the_files(*only: str) -> Spoil:
    """Spoil one of the files, or two, each in the way that its name asks for."""

    def spoil(draw: Any, files: Files) -> Files:
        st = strategies()
        names = sorted(only or files)
        chosen = draw(st.lists(st.sampled_from(names), min_size=1, max_size=min(2, len(names)), unique=True))
        return files | {name: by_name(name)(draw, files[name]) for name in chosen}

    return spoil


def one_file_alone(draw: Any, files: Files) -> Files:
    """One file, spoilt, with no other data beside it: it stands for them all."""
    st = strategies()
    policies = {name: content for name, content in files.items() if name.endswith(".toml")}
    name = draw(st.sampled_from(sorted(files.keys() - policies.keys())))
    return policies | {name: by_name(name)(draw, files[name])}


WAYS: dict[str, Callable[[Any, bytes], bytes]] = {
    ".csv": spoilt_rows,
    ".parquet": spoilt_parquet,
    ".toml": spoilt_text,
    ".json": spoilt_json,
    ".geojson": spoilt_json,
    ".gpkg": spoilt_geopackage,
}


def by_name(name: str) -> Callable[[Any, bytes], bytes]:
    """The way to spoil a file that its suffix asks for."""
    return WAYS.get(Path(name).suffix, spoilt_bytes)


def strategies() -> Any:
    """Hypothesis's, which ``--help`` does without."""
    from hypothesis import strategies as st

    return st
