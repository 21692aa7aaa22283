"""Bars of the criteria, gaps on their way to the milestone, and the lineage: by hand, and synthetic."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from matplotlib.figure import Figure

from figure_reading import axes_called, marked, outside, overlapping, size_cm, texts
from figures_by_hand import CHART, GAPS, REGISTERS, STATUS, lineage_of
from udsat_geo.report.canvas import TALLEST_CM, WIDTH_CM
from udsat_geo.report.charts import draw_criteria_bars, draw_gap_lines
from udsat_geo.report.figures import Shown
from udsat_geo.report.flow_chart import FlowChart, draw_flow_chart

pytestmark = pytest.mark.long  # whole jobs


def on_paper(figure: Figure) -> None:
    """Nothing sticks out, nothing lies on anything, and the figure fits an A4 page either way."""
    assert outside(figure) == []
    assert overlapping(figure) == []
    assert min(size_cm(figure)) <= WIDTH_CM + 1e-6
    assert max(size_cm(figure)) <= TALLEST_CM + 1e-6


# --- criteria -----------------------------------------------------------------------------------------------


def test_bars_are_as_long_as_rates_and_begin_at_zero() -> None:
    figure = draw_criteria_bars(STATUS)
    space, shares = axes_called(figure, "m²"), axes_called(figure, "shares")
    assert [bar.get_width() for bar in space.patches] == [36.0, 42.0]
    assert [bar.get_width() for bar in shares.patches] == [40.0, 35.5, 10.0], "no bar for what is not known"
    assert space.get_xlim()[0] == shares.get_xlim()[0] == 0.0
    assert [text.get_text() for text in marked(figure, "gap")] == ["6.0 m²", "4.5 points", "no data"]
    said = " ".join(texts(figure))
    assert "disadvantaged urban areas, designated 2017" in said
    assert "low income 2019" in said
    assert "Low income: 40.0 % against 35.5 %, gap 4.5 points" in figure.get_label()
    on_paper(figure)


def test_negative_gaps_and_rates_keep_their_sign() -> None:
    minus = dataclasses.replace(STATUS, areas=np.array([36.0, -5.0, 1.0]), gap=np.array([-6.0, -40.5, -9.0]))
    figure = draw_criteria_bars(minus)
    assert [text.get_text() for text in marked(figure, "gap")] == ["−6.0 m²", "−40.5 points", "−9.0 points"]
    assert axes_called(figure, "shares").get_xlim()[0] < -5


@pytest.mark.long
@pytest.mark.parametrize("which", [0, 1])
def test_the_synthetic_status_of_old_and_new_areas(shown: Shown, which: int) -> None:
    """Figur 2 and 4; what they show is measured by `udsat status`, whose tests hold it to the print."""
    status = shown.statuses[which]
    figure = draw_criteria_bars(status)
    on_paper(figure)
    said = " ".join(texts(figure))
    assert f"udpeget {(2017, 2021)[which]}" in said
    assert ("nyudpegede udsatte byområder 2021–2025" in said.replace("\n", " ")) == bool(which)
    assert len(axes_called(figure, "shares").patches) == 8


# --- gaps ---------------------------------------------------------------------------------------------------


def test_gaps_run_by_year_and_the_line_runs_to_the_milestone() -> None:
    figure = draw_gap_lines(GAPS)
    for j, axes in enumerate(figure.axes):
        lines = {line.get_gid(): line.get_xydata() for line in axes.lines if line.get_gid()}
        np.testing.assert_array_equal(lines["gap"], np.column_stack([GAPS.years, GAPS.gap[:, j]]))
        if j < 2:
            np.testing.assert_array_equal(lines["path"], [(2017, GAPS.gap[0, j]), (2025, GAPS.target[j])])
            np.testing.assert_array_equal(lines["milestone"], [(2025, GAPS.target[j])])
        else:
            assert set(lines) == {"gap"}, "nothing can be halved"
    states = [text.get_text() for text in marked(figure, "state")]
    assert states == ["on the way: on or below the line", "behind: above the line", "no gap in 2017"]
    assert "1 of 3 criteria are on the way or have reached the milestone; it takes 2." in texts(figure)
    assert "Low income: from 8.0 points to 9.5 points, milestone 4.0 points" in figure.get_label()
    on_paper(figure)


def test_in_the_year_of_the_milestone_its_number_and_the_gaps_stand_apart() -> None:
    for last in (2.9, 3.1):
        gap = np.vstack([GAPS.gap, [last, 4.0, 1.0]])
        figure = draw_gap_lines(dataclasses.replace(GAPS, years=(2017, 2019, 2021, 2025), gap=gap))
        assert overlapping(figure) == []


def test_what_chance_does_stands_up_and_down_of_the_gaps() -> None:
    error = np.array([[0.5, 1.0, np.nan], [0.4, 1.0, np.nan], [0.3, 2.0, 0.5]])
    certain = (True, False, None)
    figure = draw_gap_lines(dataclasses.replace(GAPS, error=error, certain=certain))
    for j, axes in enumerate(figure.axes):
        (found,) = [each for each in axes.collections if each.get_gid() == "chance"]
        ends = {
            tuple(map(tuple, path.tolist())) for path in found.get_segments() if path.size and not np.isnan(path).any()
        }
        wanted = zip(GAPS.years, GAPS.gap[:, j], error[:, j], strict=True)
        assert ends == {((year, gap - e), (year, gap + e)) for year, gap, e in wanted if not np.isnan(gap + e)}
    states = [text.get_text() for text in marked(figure, "state")]
    assert states == ["on the way: on or below the line", "behind: above the line (not certain)", "no gap in 2017"]
    assert "behind: above the line (not certain)" in figure.get_label()
    assert "up and down: what chance does (95 of 100 cases)" in " ".join(texts(figure)).replace("\n", " ")
    on_paper(figure)


@pytest.mark.long
def test_the_synthetic_gaps_are_measured_in_every_year_between(shown: Shown) -> None:
    assert shown.gaps is not None
    assert shown.gaps.years == (2017, 2018, 2019, 2021)
    assert shown.gaps.by == 2025
    on_paper(draw_gap_lines(shown.gaps))
    on_paper(draw_gap_lines(dataclasses.replace(shown.gaps, language="en")))


# --- lineage ------------------------------------------------------------------------------------------------


def test_bars_bands_and_what_comes_and_goes() -> None:
    figure = draw_flow_chart(CHART)
    bars = marked(figure, "bar")
    heights = np.array([bar.get_height() for bar in bars])
    np.testing.assert_allclose(heights / heights[0], CHART.lineage.nodes.residents / 5000)
    assert len(marked(figure, "band")) == 3
    # West and North get residents from outside in 2021, West in 2025; East and West lose some in 2017
    assert len(marked(figure, "came")) == 3
    assert len(marked(figure, "left")) == 2
    columns = sorted({bar.get_x() for bar in bars})
    assert np.ptp(np.diff(columns)) == pytest.approx(0)
    assert bars[1].get_hatch(), "East falls out"
    assert bars[3].get_facecolor() != bars[0].get_facecolor(), "North is new"
    assert [text.get_text() for text in marked(figure, "label")][:2] == ["West 5,000", "East 2,000"]
    assert figure.get_label().endswith("2017: 2 areas, removed: East; 2021: 2 areas, new: North; 2025: 2 areas.")
    on_paper(figure)
    assert size_cm(figure)[0] > WIDTH_CM, "three years lie on their side"


@pytest.mark.long
def test_the_synthetic_lineage_names_every_area_of_both_years_once(shown: Shown) -> None:
    assert shown.flows is not None
    figure, nodes = draw_flow_chart(shown.flows), shown.flows.lineage.nodes
    labels = [text.get_text() for text in marked(figure, "label")]
    assert len(labels) == len(set(labels)) == len(nodes.name) > 20
    for name, residents in zip(nodes.name, nodes.residents, strict=True):
        assert f"{name} {residents:,}".replace(",", ".") in labels
    assert sorted(nodes.name[nodes.ends]) == ["Ved Bispeengbuen", "Ved Kulbanevej"]
    residents = f"{shown.areas[0].residents.sum():,} beboere"
    assert residents.replace(",", ".") in texts(figure)
    on_paper(figure)
    on_paper(draw_flow_chart(dataclasses.replace(shown.flows, language="en")))


@pytest.mark.long
def test_a_crowd_of_areas_still_fits_a_page() -> None:
    n = 45
    names = [f"Område med et langt navn {i}" for i in range(2 * n)]
    flows = [(i, 2 * n - 1 - i, 1500) for i in range(n)]
    year = np.repeat([2017, 2021], n)
    crowd = lineage_of((2017, 2021), names, flows, year=year, residents=np.full(2 * n, 1500))
    figure = draw_flow_chart(FlowChart(crowd, REGISTERS, "da"))
    on_paper(figure)
    assert len(marked(figure, "label")) == 2 * n
