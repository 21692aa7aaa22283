"""What is read at most: files that have an end, and that fit."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from udsat_geo.messages.errors import InputError
from udsat_geo.messages.limits import VARIABLES, bytes_of_text, check_file, limits, text_of_json

DOCUMENTED = Path(__file__).parents[2] / "docs" / "limits.md"


def test_every_limit_can_be_set_and_is_documented(monkeypatch: pytest.MonkeyPatch) -> None:
    told = DOCUMENTED.read_text(encoding="utf-8")
    usual = limits()
    for variable, limit in VARIABLES.items():
        monkeypatch.setenv(variable, "1")
        # attempts are the first and those that the variable allows besides
        assert getattr(limits(), limit) == (2 if limit == "tries" else 1)
        row = re.search(rf"`{variable}` \| [^|]+ \| ([\d,.]+)( MiB| GiB)? \|", told)
        assert row is not None, variable
        times = {None: 1, " MiB": 1024**2, " GiB": 1024**3}[row.group(2)]
        wanted = float(row.group(1).replace(",", "")) * times
        assert getattr(usual, limit) == wanted + (limit == "tries")


def test_a_variable_that_is_no_number_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UDSAT_TEXT_BYTES", "lots")
    with pytest.raises(InputError, match=r"environment variable UDSAT_TEXT_BYTES: is 'lots'\. Set it"):
        bytes_of_text(tmp_path / "a.toml")


def test_what_is_too_long_is_told_with_what_allows_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a"
    path.write_text("0123456789", encoding="utf-8")
    assert (bytes_of_text(path), text_of_json(path)) == (b"0123456789", "0123456789")
    check_file(path, "a", whole=True)
    for variable in ("UDSAT_TEXT_BYTES", "UDSAT_JSON_BYTES", "UDSAT_FILE_BYTES"):
        monkeypatch.setenv(variable, "9")
    with pytest.raises(OSError, match="it is longer than 9 bytes; UDSAT_TEXT_BYTES allows more"):
        bytes_of_text(path)
    with pytest.raises(OSError, match="it is longer than 9 bytes; UDSAT_JSON_BYTES allows more"):
        text_of_json(path)
    for whole in (path, tmp_path):
        with pytest.raises(InputError, match=r"a: cannot be read: it is longer than 9 bytes.*UDSAT_FILE_BYTES"):
            check_file(whole, "a", whole=True)
    check_file(path, "a")
    check_file(tmp_path / "missing", "missing", whole=True)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for read in (bytes_of_text, text_of_json):
        with pytest.raises(OSError, match="a pipe or a device"):
            read(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(InputError, match="p: cannot be read: it is no file, but a pipe or a device"):
            check_file(path, "p")
