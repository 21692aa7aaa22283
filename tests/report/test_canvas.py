"""The paper of figures: measured text, colours that everybody tells apart, and matplotlib as an extra."""

from __future__ import annotations

import importlib.util
from itertools import combinations

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from udsat_geo.messages.errors import InputError
from udsat_geo.report.canvas import (
    BLUE,
    ORANGE,
    VERMILION,
    Sheet,
    drawn,
    require_matplotlib,
    settings,
    shortened,
    text_width,
    wrapped,
)
from udsat_geo.report.flow_chart import BAND

SENTENCE = "Nummerering fra vest mod øst, over hele områder og stykker med mindst 1.000 beboere"

# Viénot, Brettel and Mollon (1999), for linear RGB: what a person without green or red cones sees
DEUTERANOPIA = np.array([[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]])
PROTANOPIA = np.array([[0.11238, 0.88762, 0.0], [0.11238, 0.88762, 0.0], [0.00401, -0.00401, 1.0]])


def luminance(colour: str) -> float:
    """Of a grey print, 0 black to 1 white (Rec. 709, on encoded values)."""
    return float(np.dot((0.2126, 0.7152, 0.0722), to_rgb(colour)))


@pytest.mark.parametrize("size", [7.0, 8.0, 11.0])
@pytest.mark.parametrize("bold", [False, True])
def test_text_is_as_wide_as_it_is_drawn(size: float, bold: bool) -> None:
    with settings():
        sheet = Sheet(2.0, 25.0)
        sheet.write(0, 0, SENTENCE, size, weight="bold" if bold else "normal")
        sheet.figure.canvas.draw()  # type: ignore[attr-defined]
        extent = sheet.figure.texts[0].get_window_extent()
        assert text_width(SENTENCE, size, bold) == pytest.approx(2.54 * extent.width / sheet.figure.dpi, rel=0.02)


def test_lines_break_between_words_and_never_run_over() -> None:
    with settings():
        lines = wrapped(SENTENCE, 5.0, 8.0).split("\n")
        assert " ".join(lines) == SENTENCE
        assert all(text_width(line, 8.0) <= 5.0 for line in lines)
        assert len(lines) > 2
        assert wrapped("Rødovrevejenskvarteret", 0.5, 8.0) == "Rødovrevejenskvarteret", "a word is not broken"
        assert shortened("Ved Bispebjerg Parkallé", 20.0, 8.0) == "Ved Bispebjerg Parkallé"
        short = shortened("Ved Bispebjerg Parkallé", 2.0, 8.0)
        assert short.endswith("…")
        assert text_width(short, 8.0) <= 2.0


def test_names_with_dollar_signs_are_no_formulas() -> None:
    with settings():
        assert text_width("Ved $100$-huset", 8.0) > text_width("Ved 100-huset", 8.0)


@pytest.mark.parametrize("seen_as", [np.eye(3), DEUTERANOPIA, PROTANOPIA], ids=["all", "deuteranopia", "protanopia"])
def test_fills_that_meet_differ_for_everybody(seen_as: np.ndarray) -> None:
    """Areas beside rest or additions (orange, blue), and the milestone beside the line (vermilion, blue)."""
    for one, other in ((ORANGE, BLUE), (VERMILION, BLUE), (ORANGE, BAND)):
        linear = [np.array(to_rgb(colour)) ** 2.2 for colour in (one, other)]
        first, second = (np.clip(seen_as @ colour, 0, 1) ** (1 / 2.2) for colour in linear)
        assert np.linalg.norm(first - second) > 0.25


def test_fills_that_meet_differ_in_grey() -> None:
    for one, other in combinations(map(luminance, (ORANGE, BLUE, "white")), 2):
        assert abs(one - other) > 0.2


def test_without_matplotlib_one_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"matplotlib, which is not installed.*udsat_geo\[report\]"):
        require_matplotlib()

    @drawn
    def draw() -> None:
        raise AssertionError

    with pytest.raises(InputError, match="pip install"):
        draw()
