"""CSV tables as programs write them: encodings, line ends, hints, quotes, and how numbers are written."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from udsat_geo.messages.errors import InputError
from udsat_geo.sources.csv import TableSettings, read_csv_table, read_dialect, rows_of


def read(path: Path, data: bytes, as_text: bool = False, **settings: Any) -> tuple[dict[str, list[Any]], str]:
    path.write_bytes(data)
    table, note = read_csv_table(path, as_text, "en", TableSettings(**settings))
    return table.to_pydict(), note


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "t.csv"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("a;b\nÅ x;2\n".encode(), "UTF-8"),
        ("\ufeffa;b\nÅ x;2\n".encode(), "UTF-8"),
        ("a;b\nÅ x;2\n".encode("latin-1"), "Latin-1"),
        ("a;b\nÅ x;2\n".encode("utf-16"), "UTF-16"),
        (gzip.compress("a;b\nÅ x;2\n".encode(), mtime=0), "UTF-8"),
        ("sep=;\r\na;b\r\nÅ x;2\r\n".encode(), "UTF-8"),
        ('"sep=;"\na;b\nÅ x;2\n'.encode(), "UTF-8"),
        ("\ufeffSEP=;\na;b\nÅ x;2\n".encode(), "UTF-8"),
        ("a;b\r\nÅ x;2\n".encode(), "UTF-8"),
        ("a;b\rÅ x;2\r".encode(), "UTF-8"),
        ('a;b\r\n"Å x";"2"\n\n'.encode(), "UTF-8"),
    ],
)
def test_a_table_is_the_same_however_it_is_written(data: bytes, told: str, path: Path) -> None:
    rows, note = read(path, data)
    assert rows == {"a": ["Å x"], "b": [2]}
    assert note == f"t.csv: semicolon separated, {told}, decimal point"


def test_a_hint_may_name_a_tab(path: Path) -> None:
    rows, note = read(path, b"sep=\t\r\na\tb\r\nx\t2\r\n")
    assert rows == {"a": ["x"], "b": [2]}
    assert note == "t.csv: tab separated, UTF-8, decimal point"


@pytest.mark.long
def test_what_only_windows_1252_has_is_read_as_that(path: Path) -> None:
    data = "a;b\nÅ – “x”;2\n".encode("windows-1252")
    for settings in ({}, {"encoding": "latin-1"}, {"encoding": "windows-1252"}):
        rows, note = read(path, data, **settings)
        assert rows == {"a": ["Å – “x”"], "b": [2]}
        assert "Windows-1252" in note
    with pytest.raises(InputError, match='encoding = "windows-1252"'):
        read(path, data, encoding="utf-8")


@pytest.mark.parametrize(
    ("data", "settings", "told"),
    [
        (b"sep=^\na^b\n", {}, r"says that '\^' separates columns"),
        (b"\x81;b\n\xe5;2\n", {}, "neither UTF-8 .line 1. nor Latin-1 or Windows-1252"),
        ("a;b\nÅ;2\n".encode(), {"encoding": "latin-1"}, "is UTF-8, not latin-1"),
        (b"a;b\r\n1;2;3\n", {}, "row 1 .line 2. has 3 fields, the header 2"),
        (b"sep=;\r\na;b\r\n1;2;3\n", {}, "row 1 .line 3. has 3 fields, the header 2"),
        (b'a;b\r\n1;"2\n', {}, "broken or unclosed quote"),
        (b"a\0;b\n", {}, "is UTF-16 text without a byte order mark, or no text at all"),
    ],
)
def test_what_cannot_be_read_is_told(data: bytes, settings: dict[str, Any], told: str, path: Path) -> None:
    with pytest.raises(InputError, match=told):
        read(path, data, **settings)


@pytest.mark.long
@given(
    st.lists(
        st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=4), min_size=2, max_size=2),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from(["\n", "\r\n"]),
)
def test_both_readers_give_the_same_rows(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], line_end: str
) -> None:
    path = tmp_path_factory.mktemp("rows") / "t.csv"
    quoted = [";".join('"' + value.replace('"', '""') + '"' for value in row) for row in rows]
    path.write_bytes(line_end.join(["a;b", *quoted, ""]).encode())
    dialect = read_dialect(path, TableSettings())
    expected = [[value or None for value in column] for column in zip(*rows, strict=True)]
    assert list(rows_of(path, dialect).to_pydict().values()) == expected
    assert list(read_csv_table(path, True, "en")[0].to_pydict().values()) == expected


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (["1", " 2 ", "-3", "+4", ""], [1, 2, -3, 4, None]),
        (["1", "2.5", ".5", "1e3"], [1.0, 2.5, 0.5, 1000.0]),
        (["007", "12"], ["007", "12"]),
        (["0", "1"], [0, 1]),
        (["true", "False", "t"], [True, False, True]),
        (["12345678901234567890", "1"], ["12345678901234567890", "1"]),
        (["2021-04-03"], ["2021-04-03"]),
        (["..", "1"], ["..", "1"]),
        (["0.312", "12.345"], [0.312, 12.345]),
        (["1.600", "12.5"], [1.6, 12.5]),
        (["720020.125", "1.600"], [720020.125, 1.6]),
        (["1.600", "980"], ["1.600", "980"]),
    ],
)
def test_a_column_is_what_all_its_texts_are(texts: list[str], values: list[Any], path: Path) -> None:
    rows, _note = read(path, "\n".join(["a\tb", *(f"{text}\tx" for text in texts)]).encode())
    assert rows["a"] == values
    assert read(path, path.read_bytes(), as_text=True)[0]["a"] == [text or None for text in texts]


@pytest.mark.parametrize(
    ("texts", "settings", "values"),
    [
        (["1.600", "980"], {"thousands": "."}, [1600.0, 980.0]),
        (["1.600", "980"], {"decimal": "."}, [1.6, 980.0]),
        (["1.600,5", "980"], {"thousands": "."}, [1600.5, 980.0]),
        (["1,600.5", "980"], {"thousands": ","}, [1600.5, 980.0]),
        (["1\u00a0600", "980,5"], {"thousands": " ", "decimal": ","}, [1600.0, 980.5]),
        (["1'600.5", "980"], {"thousands": "'"}, [1600.5, 980.0]),
        (["1.60", "980,5"], {"thousands": "."}, ["1.60", "980,5"]),
    ],
)
def test_how_numbers_are_written_may_be_said(
    texts: list[str], settings: dict[str, Any], values: list[Any], path: Path
) -> None:
    assert read(path, "\n".join(["a;b", *(f"{text};x" for text in texts)]).encode(), **settings)[0]["a"] == values


def test_commas_are_decimal_where_quoted_in_a_file_of_commas(path: Path) -> None:
    assert read(path, b'a,b\n"1,5",2\n"2,25",3\n') == (
        {"a": [1.5, 2.25], "b": [2, 3]},
        "t.csv: comma separated, UTF-8, decimal comma",
    )


def test_separators_within_quotes_do_not_count(path: Path) -> None:
    assert read(path, b'"a, or b, or c";d\n1;2\n')[0] == {"a, or b, or c": [1], "d": [2]}


@pytest.mark.parametrize("above", ["# residents, from 2025", "Residents 2025", "#"])
def test_what_stands_above_the_column_names_is_told(above: str, path: Path) -> None:
    path.write_text(f"{above}\na;b;c\n1;2;3\n", encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_dialect(path, TableSettings())
    told = f"begins with a line that names no columns, for example {above!r}"
    assert told in str(error.value)
    assert "Delete what stands above the column names." in str(error.value)


def test_a_column_may_be_called_by_its_number_sign(path: Path) -> None:
    path.write_text("#id;b\n1;2\n", encoding="utf-8")
    assert read_dialect(path, TableSettings()).header == ("#id", "b")


@pytest.mark.parametrize("content", [b"\xff\xfed", b"\xff\xfe" + "a;b\n".encode("utf-16-le") + b"\x00\xd8"])
def test_utf16_that_breaks_off_is_told(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(InputError, match=r"t\.csv: begins as UTF-16 text"):
        read_dialect(tmp_path / "t.csv", TableSettings())


def test_a_name_of_a_column_may_hold_zero_bytes(path: Path) -> None:
    """SQL has no word for them."""
    assert read(path, "a\0b,c\n1,2\n".encode("utf-16"))[0] == {"ab": [1], "c": [2]}
