"""What two scales designate over the years: by hand, and from designations of a small town."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from figure_reading import axes_called, marked, outside, overlapping, texts
from figures_by_hand import REGISTERS, ints
from udsat_geo.areas.area_set import AreaSet
from udsat_geo.areas.scales import Designated, Scales
from udsat_geo.report.scale_chart import ScaleLines, draw_scale_lines, scale_lines
from udsat_geo.scoring.scores import Yardstick

LINES = ScaleLines(
    years=(2017, 2021, 2025),
    of=2017,
    decides="year",
    by_year=ints(5000, 6000, 6500),
    by_yardstick=ints(5000, 4500, 900),
    areas_by_year=ints(3, 3, 4),
    areas_by_yardstick=ints(3, 3, 1),
    origin=REGISTERS,
    language="en",
)


def designation(
    year: int, own: tuple[int, int], held: tuple[int, int] | None, of: int = 2017, sha: str = "a"
) -> AreaSet:
    none = np.array([], dtype=object)
    scales = None
    if held is not None:
        yardstick = Yardstick(of, ("low_income",), np.array([0.3]), np.array([0.1]))
        scales = Scales(yardstick, "year", Designated(*own), Designated(*held))
    since = np.array([], dtype=np.int64)
    return AreaSet(none, none, none, "", year, since, policy_id="p", policy_sha256=sha, scales=scales)


@pytest.mark.long
def test_both_lines_run_through_every_number_from_zero_up() -> None:
    figure = draw_scale_lines(LINES)
    axes = axes_called(figure, "residents")
    lines = {line.get_gid(): line.get_xydata() for line in axes.lines if line.get_gid()}
    np.testing.assert_array_equal(lines["by_year"], np.column_stack([LINES.years, LINES.by_year]))
    np.testing.assert_array_equal(lines["by_yardstick"], np.column_stack([LINES.years, LINES.by_yardstick]))
    assert axes.get_ylim()[0] == 0
    told = [text.get_text() for text in marked(figure, "number")]
    assert told == ["5,000\n3 areas", "4,500\n3 areas", "6,000\n3 areas", "900\n1 area", "6,500\n4 areas"]
    assert "2025: 6,500 by the year's own scale, 900 by the yardstick" in figure.get_label()
    said = " ".join(texts(figure)).replace("\n", " ")
    assert "The year's own scale decides." in said
    assert "Data from" not in said, "the designations are of several years"
    assert outside(figure) == []
    assert overlapping(figure) == []


@pytest.mark.long
@pytest.mark.parametrize("language", ["da", "en"])
def test_crossing_lines_and_another_decision(language: str) -> None:
    crossed = dataclasses.replace(
        LINES, by_year=ints(900, 0, 0), by_yardstick=ints(800, 0, 7000), decides="yardstick", language=language
    )
    figure = draw_scale_lines(crossed)
    told = [text.get_text().split("\n")[::2] for text in marked(figure, "number")]
    assert told[0] == ["900", "800"], "both above, where there is no room between them and none below"
    assert outside(figure) == []
    assert overlapping(figure) == []


def test_only_designations_of_one_policy_and_one_yardstick_are_joined() -> None:
    sets = [
        designation(2009, (9, 900), (9, 900), sha="another policy"),
        designation(2013, (9, 900), (9, 900), of=2013),
        designation(2017, (3, 300), (3, 300)),
        designation(2021, (4, 400), (2, 200)),
    ]
    lines = scale_lines(sets, REGISTERS, "en")
    assert lines is not None
    assert (lines.years, lines.of) == ((2017, 2021), 2017)
    assert lines.by_year.tolist() == [300, 400]
    assert lines.by_yardstick.tolist() == [300, 200]
    assert lines.areas_by_yardstick.tolist() == [3, 2]


def test_one_designation_or_none_with_a_yardstick_is_no_figure() -> None:
    assert scale_lines([], REGISTERS, "en") is None
    assert scale_lines([designation(2017, (3, 300), (3, 300))], REGISTERS, "en") is None
    assert (
        scale_lines([designation(2017, (3, 300), (3, 300)), designation(2021, (3, 300), None)], REGISTERS, "en") is None
    )
