"""TOML as editors on Windows save it: with a byte order mark, in UTF-16, under a name in capitals."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from udsat_geo.messages.errors import InputError
from udsat_geo.policy.chain import toml_content
from udsat_geo.registers.layout import TableLayout
from udsat_geo.registers.settings import read_settings
from udsat_geo.registers.tables import find_table

TEXT = 'statement = "Udtræk"\nyear = 2025\n'


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        TEXT.encode("utf-16"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        codecs.BOM_UTF8 + TEXT.replace("\n", "\r\n").encode(),
    ],
)
def test_a_byte_order_mark_says_how_toml_is_written(data: bytes, tmp_path: Path) -> None:
    assert toml_content(data, "policy.toml") == {"statement": "Udtræk", "year": 2025}
    (tmp_path / "registers.toml").write_bytes(data)
    assert read_settings(tmp_path).statement == "Udtræk"


def test_a_name_in_capitals_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "REGISTERS.TOML").write_text("year = 2024\n")
    assert read_settings(tmp_path).year == 2024
    (tmp_path / "registers.toml").write_text("year = 2025\n")
    with pytest.raises(InputError, match=r"letter case alone: REGISTERS\.TOML, registers\.toml"):
        read_settings(tmp_path)


def test_latin_1_is_told_as_no_utf_8(tmp_path: Path) -> None:
    (tmp_path / "registers.toml").write_bytes(TEXT.encode("latin-1"))
    with pytest.raises(InputError, match=r"registers\.toml: is not UTF-8 text"):
        read_settings(tmp_path)


def test_a_file_of_a_name_that_is_too_long_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"xxx: does not exist\. registers\.toml names it"):
        find_table(tmp_path, "residents", TableLayout(file="x" * 3000))
