"""The page of a public set: numbers as the ranges that they may stand for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from udsat_geo.messages.errors import InputError
from udsat_geo.report.public_page import make_public_page, people, public_content, rate

ROUNDED = {"language": "en", "release": {"round_to": 10, "most_noise": 0}}
NOISY = {"language": "da", "release": {"round_to": 1, "most_noise": 5}}


@pytest.mark.parametrize(
    ("value", "content", "told"),
    [
        (1130, ROUNDED, "1,125–1,134"),
        (None, ROUNDED, ""),
        (0, ROUNDED, "0"),
        (1130, NOISY, "1.125–1.135"),
        (3, NOISY, "1–8"),
    ],
)
def test_people_are_told_as_the_range_that_the_rule_leaves(
    value: int | None, content: dict[str, Any], told: str
) -> None:
    assert people(value, content) == told


@pytest.mark.parametrize(
    ("value", "share", "step", "told"),
    [
        (0.34, True, 0.01, "33.5–34.5 %"),
        (0.4, True, 0.1, "35.0–45.0 %"),
        (None, True, 0.01, ""),
        (37.0, False, None, "36.5–37.5 m2"),
        (210_000.0, False, 0.01, "205,000–215,000 m2"),
    ],
)
def test_rates_are_told_as_half_a_step_to_each_side(value: float, share: bool, step: float | None, told: str) -> None:
    assert rate(value, {"share": share, "unit": "m2"}, step, "en") == told


def test_what_is_not_public_or_not_whole_has_no_such_page(tmp_path: Path) -> None:
    assert public_content(tmp_path / "nothing.gpkg") is None
    (tmp_path / "house.json").write_text(json.dumps({"audience": "internal"}), encoding="utf-8")
    assert public_content(tmp_path / "house.gpkg") is None
    (tmp_path / "public.json").write_text(json.dumps({"audience": "public"}), encoding="utf-8")
    content = public_content(tmp_path / "public.gpkg")
    assert content is not None
    with pytest.raises(InputError, match=r"public\.gpkg: cannot be read"):
        make_public_page(tmp_path / "public.gpkg", content)
