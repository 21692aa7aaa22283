"""Maps of areas and of their changes, over the synthetic city of 2017 and 2021."""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import shapely
from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle
from PIL import Image

from figure_reading import axes_called, marked, outside, overlapping, size_cm, texts
from udsat_geo.policy.published import status_2021
from udsat_geo.report.canvas import TALLEST_CM, WIDTH_CM
from udsat_geo.report.figures import Shown, write_figures
from udsat_geo.report.map_page import frame_of
from udsat_geo.report.maps import AreasOnMap, ChangesOnMap, draw_area_map, draw_change_map, letters, numbers


@pytest.fixture(scope="module")
def areas(shown: Shown) -> AreasOnMap:
    return shown.areas[0]


@pytest.fixture(scope="module")
def changes(shown: Shown) -> ChangesOnMap:
    return shown.changes[0]


Drawn = Callable[[str, str], Figure]
"""A kind of map, and a language -> the map."""


@pytest.fixture(scope="module")
def drawn(areas: AreasOnMap, changes: ChangesOnMap) -> Drawn:
    """Each map is drawn once."""

    @functools.cache
    def draw(which: str, language: str) -> Figure:
        if which == "area_map":
            return draw_area_map(dataclasses.replace(areas, language=language))
        return draw_change_map(dataclasses.replace(changes, language=language))

    return draw


@pytest.fixture(scope="module")
def area_map(drawn: Drawn) -> Figure:
    return drawn("area_map", "da")


@pytest.fixture(scope="module")
def change_map(drawn: Drawn) -> Figure:
    return drawn("change_map", "da")


def labels_on(figure: Figure) -> list[str]:
    return [text.get_text() for text in marked(figure, "label")]


def listed_in(figure: Figure) -> list[str]:
    return [text.get_text() for text in marked(figure, "list label")]


def named_points(figure: Figure) -> dict[str, tuple[float, float]]:
    """What each label points at, in metres: where its line begins, or where it stands."""
    axes = axes_called(figure, "map")
    starts = {
        tuple(np.round(line.get_xydata()[-1], 3)): line.get_xydata()[0]
        for line in axes.lines
        if len(line.get_xydata()) == 2
    }
    return {
        text.get_text(): tuple(starts.get(tuple(np.round(text.get_position(), 3)), text.get_position()))
        for text in marked(figure, "label")
    }


@pytest.mark.long
def test_every_area_is_labelled_once_on_itself_and_listed(areas: AreasOnMap, area_map: Figure) -> None:
    wanted = numbers(len(areas.name))
    assert len(wanted) > 10
    assert labels_on(area_map) == wanted
    assert listed_in(area_map) == wanted
    for number, point in named_points(area_map).items():
        assert shapely.intersects_xy(areas.outline[int(number) - 1], *point), number
    said = texts(area_map)
    for name in areas.name:
        assert name in said


@pytest.mark.long
def test_additions_are_numbered_and_removals_lettered_as_in_the_report(
    changes: ChangesOnMap, change_map: Figure
) -> None:
    """The synthetic city was given the changes that Figur 3 tells, west to east: 1 to 3, and a and b."""
    printed = status_2021()["figure_3"]
    marks = [change["mark"] for kind in ("added", "removed") for change in printed[kind]]
    assert labels_on(change_map) == listed_in(change_map) == marks == ["1", "2", "3", "a", "b"]
    assert [piece.name for piece in changes.added] == ["Ved Frederikssundsvej", "Nordvest", "Ved Amagerbro"]
    assert [piece.whole for piece in changes.added] == [True, False, True]
    assert [piece.name for piece in changes.removed] == ["Ved Kulbanevej", "Ved Bispeengbuen"]
    pieces = dict(zip(marks, (*changes.added, *changes.removed), strict=True))
    for mark, point in named_points(change_map).items():
        assert shapely.intersects_xy(pieces[mark].ground, *point), mark
    for piece in (*changes.added, *changes.removed):
        assert piece.whole or piece.residents >= changes.least == 1000


@pytest.mark.long
def test_what_is_too_small_for_a_label_is_told_in_sum(changes: ChangesOnMap, change_map: Figure) -> None:
    for pieces, total in ((changes.added, changes.residents_added), (changes.removed, changes.residents_removed)):
        rest = total - sum(piece.residents for piece in pieces)
        assert rest > 0
        assert f"{rest:,}".replace(",", ".") in " ".join(texts(change_map))


def test_letters_go_on_after_z() -> None:
    marks = letters(26 + 26 * 26 + 1)
    assert marks[:3] + marks[25:28] == ["a", "b", "c", "z", "aa", "ab"]
    assert marks[-2:] == ["zz", "aaa"]
    assert len(set(marks)) == len(marks)


@pytest.mark.long
@pytest.mark.parametrize("which", ["area_map", "change_map"])
def test_the_scale_bar_is_as_long_as_it_says(which: str, request: pytest.FixtureRequest) -> None:
    figure: Figure = request.getfixturevalue(which)
    axes = axes_called(figure, "map")
    halves = [artist for artist in marked(figure, "scale bar") if isinstance(artist, Rectangle)]
    length = sum(half.get_width() for half in halves)
    left = min(half.get_x() for half in halves)
    (unit,) = (text for text in axes.texts if text.get_text() in ("m", "km"))
    metres = {"m": 1, "km": 1000}[unit.get_text()]
    bottom = unit.get_position()[1]
    told = {
        float(text.get_text().replace(",", ".")): text.get_position()[0]
        for text in axes.texts
        if text.get_position()[1] == bottom and text is not unit
    }
    assert sorted(told) == [0, 1, 2]
    for value, easting in told.items():
        assert easting - left == pytest.approx(value * metres)
    assert length == pytest.approx(max(told) * metres)
    # and on paper, both ways
    box = axes.get_position()
    width_cm, height_cm = box.width * size_cm(figure)[0], box.height * size_cm(figure)[1]
    across, up = np.ptp(axes.get_xlim()) / width_cm, np.ptp(axes.get_ylim()) / height_cm
    assert across == pytest.approx(up)
    (said,) = re.findall(r"1 cm ([\d.]+) m", " ".join(texts(figure)))
    assert float(said.replace(".", "")) == pytest.approx(across, abs=5)


def test_north_is_up(area_map: Figure) -> None:
    arrow = [artist for artist in marked(area_map, "north arrow") if isinstance(artist, Polygon)]
    tips = {tuple(half.get_xy()[0]) for half in arrow}
    feet = np.array([half.get_xy()[1:3] for half in arrow]).reshape(-1, 2)
    ((easting, northing),) = tips
    assert (feet[:, 1] < northing).all()
    assert feet[:, 0].mean() == pytest.approx(easting)


@pytest.mark.long
@pytest.mark.parametrize("which", ["area_map", "change_map"])
@pytest.mark.parametrize("language", ["da", "en"])
def test_texts_lie_on_the_paper_and_not_on_each_other(which: str, language: str, drawn: Drawn) -> None:
    figure = drawn(which, language)
    assert outside(figure) == []
    assert overlapping(figure) == []
    width, height = size_cm(figure)
    assert width == pytest.approx(WIDTH_CM)
    assert height <= TALLEST_CM


@pytest.mark.long
def test_both_languages(drawn: Drawn, areas: AreasOnMap, area_map: Figure, change_map: Figure) -> None:
    residents = f"{areas.residents.sum():,} residents"
    said = " ".join(texts(area_map))
    assert "De udsatte byområder 2017–2021" in said
    assert residents.replace(",", ".").replace("residents", "beboere") in said.replace("\n", " ")
    assert "det syntetiske København, hvis beboere ikke findes" in said
    assert "Data fra 2017" in said
    assert f"{len(areas.name)} udsatte byområder" in area_map.get_label()
    english = " ".join(texts(drawn("area_map", "en")))
    assert "Disadvantaged urban areas 2017–2021" in english
    assert residents in english
    said = " ".join(texts(change_map))
    assert "Nyudpegede udsatte byområder 2021–2025" in said
    assert "andel med lav indkomst 2019" in said, "the vintage of the data"
    assert "Kommet til: 1 Ved Frederikssundsvej" in change_map.get_label()
    english = " ".join(texts(drawn("change_map", "en")))
    assert "removed since 2017" in english


@pytest.mark.long
def test_files_are_not_blank_and_the_same_twice(areas: AreasOnMap, area_map: Figure, tmp_path: Path) -> None:
    first = write_figures({"map": area_map}, tmp_path / "one")
    second = write_figures({"map": draw_area_map(areas)}, tmp_path / "two")
    assert [path.name for path in first] == ["map.png", "map.svg"]
    for one, two in zip(first, second, strict=True):
        assert one.read_bytes() == two.read_bytes()
    with Image.open(first[0]) as image:
        # 300 dots an inch, so that it may be printed
        assert image.width == pytest.approx(WIDTH_CM / 2.54 * 300, abs=1)
        pixels = np.asarray(image.convert("RGB")).reshape(-1, 3)
        assert f"{len(areas.name)} udsatte byområder" in image.text["Description"]
    orange = (pixels == (230, 159, 0)).all(axis=1).mean()
    share = shapely.area(areas.outline).sum() / np.prod(size_cm(area_map))
    frame = frame_of(areas.backdrop, areas.outline, WIDTH_CM - 5.8, 20.0)
    assert orange == pytest.approx(share / frame.metres_per_cm**2, rel=0.15), "areas cover what they should"
    text = first[1].read_text(encoding="utf-8")
    assert f"{len(areas.name)} udsatte byområder" in text
    assert "<dc:date>" not in text


@pytest.mark.long
def test_no_areas_and_a_crowd_of_them(areas: AreasOnMap) -> None:
    none = dataclasses.replace(areas, name=(), residents=areas.residents[:0], outline=areas.outline[:0])
    assert labels_on(draw_area_map(none)) == []
    many = 40
    small = np.array([shapely.box(717_000 + 180 * i, 6_170_000 + 170 * i, 717_100 + 180 * i, 6_170_100 + 170 * i)
                      for i in range(many)])  # fmt: skip
    names = tuple(f"Et område med et ret langt navn nummer {i + 1}" for i in range(many))
    crowd = dataclasses.replace(areas, name=names, residents=np.full(many, 1000), outline=small)
    figure = draw_area_map(crowd)
    assert labels_on(figure) == listed_in(figure) == numbers(many)
    assert outside(figure) == []
    assert overlapping(figure) == []
