"""Figures as files: all or none, the same bytes whatever a user's settings are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib
import pytest
from matplotlib.figure import Figure

from figures_by_hand import CHART, GAPS, STATUS
from udsat_geo.messages.errors import InputError, OutputError
from udsat_geo.report.charts import draw_criteria_bars, draw_gap_lines
from udsat_geo.report.figures import check_formats, write_figures
from udsat_geo.report.flow_chart import draw_flow_chart

DRAWN: tuple[Callable[[], Figure], ...] = (
    lambda: draw_criteria_bars(STATUS),
    lambda: draw_gap_lines(GAPS),
    lambda: draw_flow_chart(CHART),
)


@pytest.mark.long
@pytest.mark.parametrize("draw", DRAWN, ids=["bars", "gaps", "flows"])
def test_the_same_bytes_whatever_the_settings_are(draw: Callable[[], Figure], tmp_path: Path) -> None:
    plain = write_figures({"figure": draw()}, tmp_path / "plain")
    with matplotlib.rc_context({"font.size": 30, "figure.dpi": 50, "svg.hashsalt": None, "axes.grid": True}):
        odd = write_figures({"figure": draw()}, tmp_path / "odd")
    assert [path.name for path in plain] == ["figure.png", "figure.svg"]
    for one, other in zip(plain, odd, strict=True):
        assert one.stat().st_size > 10_000
        assert one.read_bytes() == other.read_bytes()


@pytest.mark.long
def test_all_figures_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    figures = {"one": draw_criteria_bars(STATUS), "two": draw_gap_lines(GAPS)}
    (tmp_path / "one.png").write_bytes(b"earlier")
    save = Figure.savefig

    def fail(figure: Figure, path: Path, **options: Any) -> None:
        if path.name == "two.svg":
            raise OSError(28, "No space left on device")
        save(figure, path, **options)

    monkeypatch.setattr(Figure, "savefig", fail)
    with pytest.raises(OutputError, match="No space left"):
        write_figures(figures, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["one.png"]
    assert (tmp_path / "one.png").read_bytes() == b"earlier"


def test_formats_are_checked_all_at_once() -> None:
    assert check_formats("svg, png,svg") == ("svg", "png")
    with pytest.raises(InputError) as caught:
        check_formats("pdf,png,gif")
    assert len(caught.value.messages) == 2
    with pytest.raises(InputError, match="names no format"):
        check_formats(",")
