"""The explorer from Python."""

from __future__ import annotations

import urllib.request
from pathlib import Path
from urllib.error import URLError

import pytest

import udsat_geo as ug
from api_town import Town

pytestmark = pytest.mark.long


def test_a_designation_opens_the_page_and_closes_it(town: Town, tmp_path: Path) -> None:
    pytest.importorskip("tornado", reason="tornado is not installed: the extra explore has it")
    found = town.designate(previous=None)
    explorer = found.explore(policies=tmp_path, port=8700)
    assert f'src="{explorer.address}"' in explorer._repr_html_()
    with urllib.request.urlopen(explorer.address, timeout=30) as answer:
        assert "application/json" in answer.read().decode()
    explorer.close()
    explorer.close()
    assert repr(explorer) == "<Explorer: closed>"
    with pytest.raises(URLError):
        urllib.request.urlopen(explorer.address, timeout=5)


def test_one_that_was_read_back_has_nobody_at_hand(town: Town, tmp_path: Path) -> None:
    path = town.designate(previous=None).to_file(tmp_path / "designation_2021.gpkg")
    with pytest.raises(ug.InputError, match="was read back"):
        ug.read(path).explore()
