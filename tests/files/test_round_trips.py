"""What is read back comes back as it was, to the last bit: by trial, and with values drawn at random."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings

from hostile import designations
from round_trips import DOORS, TRIALS, WRITERS, as_read, designation_of, tried
from udsat_geo.designation.layers import Layers, differences


@pytest.mark.parametrize("trial", TRIALS)
@pytest.mark.parametrize("name", DOORS)
def test_what_survives(name: str, trial: str) -> None:
    assert tried(DOORS[name], TRIALS[trial]) == "exact"


@pytest.mark.long
@pytest.mark.parametrize("name", DOORS)
@settings(max_examples=30)
@given(layers=designations())
def test_everything_comes_back(name: str, layers: Layers) -> None:
    assert differences(as_read(layers), DOORS[name].through(layers)) == []


@pytest.mark.parametrize("name", WRITERS)
def test_the_same_designation_gives_the_same_bytes(name: str, tmp_path: Path) -> None:
    layers = designation_of(TRIALS["any text"])
    for turn in ("first", "second"):
        (tmp_path / turn).mkdir()
        WRITERS[name](layers, tmp_path / turn)
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
    layers = designation_of({})
    WRITERS["csv"](layers, tmp_path)
    text = (tmp_path / "designation_2025.json").read_text(encoding="utf-8")
    assert json.loads(text) == layers.summary.as_dict()
