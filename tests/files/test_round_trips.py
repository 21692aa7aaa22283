"""What is written comes back as it was: by trial for the table in the README, and with values drawn at random."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hostile import designations
from hypothesis import given, settings
from udsat_geo.designation.layers import Layers, differences, without_geometry
from udsat_geo.files.workbook import LONGEST, as_cell_text, from_cell_text

from round_trips import DOORS, TEXTS, TRIALS, designation_of, farthest, table, tried

DRAWN = ("geometries", "empty and missing geometries")
"""The trials of geometries."""


@pytest.mark.parametrize("trial", TRIALS)
@pytest.mark.parametrize("name", DOORS)
def test_what_survives(name: str, trial: str) -> None:
    wanted = {
        "geojson": dict.fromkeys(DRAWN, "within 1 mm"),
        "csv": dict.fromkeys(DRAWN, "not held"),
        "xlsx": {**dict.fromkeys(DRAWN, "not held"), "text longer than a cell holds": "cut, and said"},
    }
    assert tried(DOORS[name], TRIALS[trial]) == wanted.get(name, {}).get(trial, "exact")


def test_the_table_has_a_row_for_each_trial_and_a_column_for_each_format() -> None:
    lines = table({"gpkg": DOORS["gpkg"], "csv": DOORS["csv"]}).splitlines()
    assert lines[0] == "|  | gpkg | csv |"
    assert [line.split(" | ")[0].removeprefix("| ") for line in lines[2:]] == list(TRIALS)


@pytest.mark.parametrize("name", ["gpkg", "parquet", "fgb"])
@settings(max_examples=30)
@given(stored=designations())
def test_everything_comes_back(name: str, stored: Layers) -> None:
    assert differences(stored, DOORS[name].through(stored)) == []


@settings(max_examples=30)
@given(stored=designations())
def test_geojson_gives_back_attributes_exactly_and_positions_within_a_millimetre(stored: Layers) -> None:
    read = DOORS["geojson"].through(stored)
    assert differences(without_geometry(stored), without_geometry(read)) == []
    assert [layer.geometry_type for layer in read] == [layer.geometry_type for layer in stored]
    assert [layer.crs for layer in read] == [layer.crs for layer in stored]
    assert farthest(stored, read) < 0.001


@pytest.mark.parametrize("name", ["csv", "xlsx"])
@settings(max_examples=30)
@given(stored=designations())
def test_tables_give_back_every_attribute(name: str, stored: Layers) -> None:
    assert differences(without_geometry(stored), DOORS[name].through(stored)) == []


def test_a_text_that_no_cell_holds_is_cut_and_told(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    long = ["x" * (LONGEST + 1), "😀" * 20_000, "\x01" * 10_000, "x" * LONGEST, "😀" * 16_383, "=" * 40_000]
    stored = designation_of({"areas": [{"name": text} for text in long]}, "en")
    read = DOORS["xlsx"].through(stored).layers["areas"].table["name"].to_pylist()
    for text, found in zip(long, read, strict=True):
        assert found == text or (found[-1] == "…" and text.startswith(found[:-1]))
        assert len(found.encode("utf-16-le")) // 2 <= LONGEST
    assert [found == text for text, found in zip(long, read, strict=True)] == [False, False, False, True, True, False]
    DOORS["xlsx"].write(stored, tmp_path)
    about = load_workbook(tmp_path / "designation_2025.xlsx")["About"]
    last = [cell.value for cell in list(about.rows)[-1]]
    assert last[:2] == ["Texts that are longer than a cell holds, and end in … therefore", 4]


@pytest.mark.parametrize("text", TEXTS)
def test_a_cell_gives_its_text_back(text: str) -> None:
    written, cut = as_cell_text(text)
    assert not cut
    assert from_cell_text(written) == text


@pytest.mark.parametrize("name", DOORS)
def test_the_same_designation_gives_the_same_bytes(name: str, tmp_path: Path) -> None:
    stored = designation_of(TRIALS["any text"])
    for turn in ("first", "second"):
        (tmp_path / turn).mkdir()
        DOORS[name].write(stored, tmp_path / turn)
    files = [sorted(path.name for path in (tmp_path / turn).iterdir()) for turn in ("first", "second")]
    assert files[0] == files[1]
    for file in files[0]:
        assert (tmp_path / "first" / file).read_bytes() == (tmp_path / "second" / file).read_bytes()


def test_a_null_character_is_no_part_of_a_layer() -> None:
    import numpy as np
    from udsat_geo.designation.layers import Coded, to_arrow

    texts = np.array(["a\0b", None], dtype=object)
    assert to_arrow(texts).to_pylist() == ["a\ufffdb", None]
    assert to_arrow(Coded(np.array([0, -1], dtype=np.int32), texts[:1])).to_pylist() == ["a\ufffdb", None]


def test_summaries_are_the_json_beside(tmp_path: Path) -> None:
    stored = designation_of({})
    folder = DOORS["csv"].write(stored, tmp_path)
    assert json.loads((Path(folder) / "designation_2025.json").read_text(encoding="utf-8")) == stored.summary.as_dict()
