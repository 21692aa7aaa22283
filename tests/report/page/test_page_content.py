"""What the page holds: the file's own figures and reasons in both languages, and nothing about single units."""

from __future__ import annotations

import functools
import json
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from page_reading import data_of
from paths import POLICIES
from two_years import designated
from udsat_geo.files.write import write_results
from udsat_geo.policy.chain import BUILT_IN
from udsat_geo.policy.load import load_policy
from udsat_geo.report.page.build import as_script_data, make_page, shorter_path
from udsat_geo.report.page.data import (
    MOST_VERTICES,
    Corner,
    areas_of,
    cell_size,
    composite_breaks,
    composite_class,
    corner_of,
    earlier_of,
    in_tens,
    residents_class,
    simplified,
)
from udsat_geo.report.page.policy_words import policy_in_words
from udsat_geo.report.page.read import read_all
from udsat_geo.report.page.words import SCRIPTS, own_file, texts

POLICIES = [*BUILT_IN, *sorted(str(path) for path in (POLICIES).glob("*.toml"))]


@functools.cache
def page_of(town: Path, **options: Any) -> str:
    return make_page(read_all([town / "out/designation_2021.gpkg"], True, None), **options)


# --- the same as the file -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fixture", "file", "language"),
    [
        ("town", "out/designation_2021.gpkg", "en"),
        pytest.param("city", "designation_2025.gpkg", "da", marks=pytest.mark.long),
    ],
)
def test_reasons_are_the_files_own(fixture: str, file: str, language: str, request: pytest.FixtureRequest) -> None:
    """Said again from roles, residents, composite and gaps, they are what the file says in its language."""
    for read in read_all([request.getfixturevalue(fixture) / file], True, None):
        both = zip(areas_of(read, Corner(0, 0, 1.0)), read.rows["areas"], strict=True)
        told = [(area["reason"], row["reason"]) for area, row in both if area["reason"] is not None]
        assert told
        assert all(reason[language] == own and reason["en"] != reason["da"] for reason, own in told)


@pytest.mark.long
def test_earlier_designations_beside_it_come_along_unless_told_otherwise(town: Path) -> None:
    file = town / "out/designation_2021.gpkg"
    assert [read.year for read in read_all([file], True, None)] == [2017, 2021]
    assert [read.year for read in read_all([file], False, None)] == [2021]
    assert [read.year for read in read_all([town / "out/designation_2017.gpkg"], True, None)] == [2017]


@pytest.mark.long
def test_earlier_ones_of_another_policy_do_not(town: Path, tmp_path: Path) -> None:
    for year, policy in ((2017, "harder"), (2021, "town")):
        write_results(designated(town, town / f"{policy}.toml", year), tmp_path, ("gpkg",))
    assert [read.year for read in read_all([tmp_path / "designation_2021.gpkg"], True, None)] == [2021]


@pytest.mark.long
def test_one_file_still_shows_the_areas_before_it(town: Path) -> None:
    """They are put together from what changed, and drawn as the file of that year has them."""
    before, now = read_all([town / "out/designation_2021.gpkg"], True, None)
    earlier = earlier_of(now)
    assert earlier is not None
    assert earlier.year == 2017
    assert set(earlier.area_id) == set(before.areas.area_id)
    written = dict(zip(before.areas.area_id.tolist(), before.areas.outline, strict=True))
    for area_id, outline in zip(earlier.area_id, earlier.outline, strict=True):
        assert shapely.equals(outline, written[area_id])


@pytest.mark.long
def test_a_year_known_through_the_next_one_says_so(town: Path) -> None:
    data = data_of(make_page(read_all([town / "out/designation_2021.gpkg"], False, None)))
    assert [(year["year"], year["later"]) for year in data["years"]] == [(2017, 2021), (2021, None)]


@pytest.mark.long
def test_the_same_files_give_the_same_bytes(town: Path) -> None:
    files = [town / "out/designation_2017.gpkg", town / "out/designation_2021.gpkg"]
    assert page_of(town) == make_page(read_all(files[::-1], False, None))


# --- few people ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["town", pytest.param("city_page", marks=pytest.mark.long)])
def page(request: pytest.FixtureRequest) -> str:
    """The page of the small town, and that of the whole city."""
    found: Path = request.getfixturevalue(request.param)
    return page_of(found) if request.param == "town" else found.read_text(encoding="utf-8")


@pytest.mark.long
def test_the_page_says_that_it_is_internal(page: str) -> None:
    assert '<meta name="audience" content="internal">' in page
    assert "Hvad der må offentliggøres, skriver udsat release" in page


def test_units_are_told_by_class_alone(page: str) -> None:
    data = data_of(page)
    for year in data["years"]:
        units = year["units"]
        assert set(units) == {"kinds", "of"}
        for composite, role, decided, residents, area, decision in units["kinds"]:
            assert composite in range(-1, 4)
            assert residents in range(-1, 3)
            assert (role == "outside") == (area < 0)
            assert decision == -1
            if residents <= 0 and area < 0:
                assert (composite, decided) == (-1, "withheld")


@pytest.mark.long
def test_a_unit_alone_cannot_be_read_off_what_changed(page: str) -> None:
    known = {"event", "id", "name", "previous", "added", "removed"}
    for year in data_of(page)["years"][1:]:
        for row in year["changes"]["rows"]:
            last = {"since", "decided", "then", "composite", "rates"} if row["event"] == "removed" else set()
            assert known <= set(row) <= known | last
            assert all(count == -1 or count % 10 == 0 for count in (row["added"], row["removed"]))


def test_areas_of_few_have_no_figures(town: Path) -> None:
    """The town's policy asks for ten residents of an area."""
    areas = [area for year in data_of(page_of(town))["years"] for area in year["areas"]]
    few = [area for area in areas if area["residents"] is None]
    assert few
    assert len(few) < len(areas)
    assert all(area["composite"] is None and area["reason"] is None for area in few)
    assert all(value is None for area in few for value in (*area["rates"], *area["gaps"]))


def test_no_total_tells_of_an_area_of_few(town: Path) -> None:
    """What is left of a total when the areas that are told are taken away may be anybody of a dozen."""
    (year,) = data_of(page_of(town))["years"][-1:]
    assert any(area["residents"] is None for area in year["areas"])
    assert year["residents_in_areas"] % 10 == 0
    values = [row[name] for row in year["status"] for name in ("areas", "rest_of_city", "city") if row[name] < 1]
    assert values == [round(value, 2) for value in values]


@pytest.mark.long
def test_units_are_left_out_where_asked(town: Path) -> None:
    data = data_of(page_of(town, with_units=False))
    assert data["places"] == {"kind": "none", "size": 0}
    assert all("units" not in year for year in data["years"])


@pytest.mark.parametrize(("residents", "expected"), [(None, -1), (0, 0), (19, 0), (20, 1), (99, 1), (100, 2)])
def test_classes_of_residents(residents: int | None, expected: int) -> None:
    assert residents_class(residents) == expected


@pytest.mark.parametrize(
    ("residents", "expected"), [(0, 0), (1, -1), (19, -1), (20, 20), (24, 20), (25, 30), (104, 100)]
)
def test_counts_in_tens(residents: int, expected: int) -> None:
    assert in_tens(residents) == expected


def test_classes_of_composite_begin_at_the_thresholds() -> None:
    breaks = composite_breaks(load_policy("kbh-2017").policy, 1.0, 0.5)
    assert breaks == (0.0, 0.5, 1.0)
    assert [composite_class(value, breaks) for value in (-1.0, 0.0, 0.5, 0.99, 1.0)] == [0, 1, 2, 2, 3]
    assert composite_class(None, breaks) == composite_class(float("nan"), breaks) == -1
    assert composite_breaks(None, None, None) == ()
    assert composite_breaks(load_policy("kbh-2017").policy, 0.3, 0.0) == (0.0, 0.3)


# --- words --------------------------------------------------------------------------------------------------


def test_both_languages_have_every_text() -> None:
    danish, english = texts("da"), texts("en")
    assert danish.keys() == english.keys()
    for key, text in english.items():
        assert set(re.findall(r"{\w+}", danish[key])) == set(re.findall(r"{\w+}", text)), key


@pytest.mark.parametrize("name", SCRIPTS)
def test_no_text_of_the_page_is_marked_where_it_is_not_found(name: str) -> None:
    """A text that is put together where it is marked would be missing from the page and from the catalogue."""
    assert re.findall(r'\bN?_\(\s*(?:`|"[^"]*"\s*\+|\'|[^)]*\\")', own_file(name)) == []


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: Path(policy).stem)
def test_a_policy_is_told_in_words(policy: str, language: str) -> None:
    loaded = load_policy(policy).policy
    summary = {"criteria": [{"key": c.key, "limit": 0.5 if c.limit is not None else None} for c in loaded.criteria]}
    blocks = policy_in_words(loaded, summary, language)
    code = [text for block in blocks for _, text, _ in block["code"]]
    told = "\n".join([*code, *(line for block in blocks for line in (block["head"], *block["lines"]))])
    assert "{" not in told
    for criterion in loaded.criteria:
        assert criterion.label_in(language) in told
        assert criterion.numerator in told or criterion.register_name == "index"  # which adds up others
    least = f"{loaded.areas.residents:,}" if loaded.areas.residents else ""
    assert (least.replace(",", ".") if language == "da" else least) in told


@pytest.mark.long
def test_a_policy_that_is_not_at_hand_is_told_in_outline(town: Path, tmp_path: Path) -> None:
    """Files of older versions do not hold it: criteria have the label of the file alone, which says its language."""
    for file in sorted((town / "out").glob("designation_20*")):
        shutil.copy(file, tmp_path)
    for file in tmp_path.glob("*.json"):
        content = json.loads(file.read_text(encoding="utf-8"))
        del content["policy_texts"]
        file.write_text(json.dumps(content), encoding="utf-8")
    data = data_of(make_page(read_all([tmp_path / "designation_2021.gpkg"], True, None)))
    assert {criterion["lang"] for criterion in data["years"][-1]["criteria"]} == {"en"}
    assert "--policy" in data["policies"][0]["blocks"]["da"][0]["lines"][0]
    given = read_all([town / "out/designation_2021.gpkg"], True, load_policy(str(town / "town.toml")))
    data = data_of(make_page(given))
    assert {criterion["lang"] for criterion in data["years"][-1]["criteria"]} == {None}
    assert data["policies"][0]["years"] == [2017, 2021]
    assert len(data["policies"][0]["blocks"]["da"]) > 10


def test_our_own_thresholds_are_said_to_be_ours() -> None:
    loaded = load_policy("kbh-2017").policy
    told = {lang: policy_in_words(loaded, {"criteria": []}, lang)[0]["lines"][0] for lang in ("da", "en")}
    assert "eget valg" in told["da"]
    assert "own choice" in told["en"]


# --- shapes -------------------------------------------------------------------------------------------------


def points_of(path: str) -> list[tuple[float, float]]:
    """Where a path of relative commands goes, worked out the plain way."""
    at = start = (0.0, 0.0)
    points = []
    for command, numbers in re.findall(r"([mlqcz])([^mlqcz]*)", path):
        values = [float(number) for number in numbers.split()]
        steps = list(zip(values[::2], values[1::2], strict=True))
        ends = [(at[0] + x, at[1] + y) for x, y in steps]
        at = start if command == "z" else ends[-1]
        start = at if command == "m" else start
        points += ends
    return points


@pytest.mark.long
@given(st.lists(st.tuples(st.floats(-999, 999), st.floats(-999, 999)), min_size=5, max_size=5))
def test_shorter_paths_go_the_same_way(points: list[tuple[float, float]]) -> None:
    told = [f"{x:.6f} {y:.6f}" for x, y in points]
    path = f"M {told[0]} \nL {told[1]} \nQ {told[2]} {told[3]} \nz\nM {told[4]} \nz"
    found = points_of(shorter_path(path))
    assert np.allclose(found, points, atol=0.0051)


def test_shapes_are_told_in_steps_without_the_last_vertex() -> None:
    ring = shapely.Polygon([(10, 20), (30, 20), (30, 50), (10, 50)], [[(12, 22), (14, 22), (14, 24)]])
    assert Corner(10, 20, 1.0).shape(shapely.MultiPolygon([ring])) == [
        [[0, 0, 20, 0, 0, 30, -20, 0], [2, 2, 2, 0, 0, 2]]
    ]
    assert Corner(0, 0, 1.0).shape(shapely.Polygon()) == []
    assert corner_of((0.5, 1.5, 9.0, 9.0)) == Corner(0.0, 1.0, 0.1)


def test_cells_are_known_by_their_shape() -> None:
    boxes = shapely.box([0, 100], [0, 0], [100, 200], [100, 100])
    assert cell_size(boxes) == 100.0
    assert cell_size(np.append(boxes, shapely.box(0, 0, 50, 50))) is None
    assert cell_size(shapely.points([0.0], [0.0])) is None


@pytest.mark.long
def test_large_zones_are_simplified_and_still_meet() -> None:
    along = np.linspace(0, 1000, MOST_VERTICES)
    border = np.column_stack([along, np.sin(along * 50)])
    south = shapely.Polygon([*border, (1000, -500), (0, -500)])
    north = shapely.Polygon([*border, (1000, 500), (0, 500)])
    zones, tolerance = simplified(np.array([south, north]))
    assert 0 < tolerance <= 500
    assert shapely.get_num_coordinates(zones).sum() <= MOST_VERTICES
    assert shapely.area(shapely.union_all(zones)) == pytest.approx(shapely.area(zones).sum())
    assert simplified(shapely.box([0], [0], [1], [1]))[1] == 0


# --- texts of the data --------------------------------------------------------------------------------------


@given(st.text(), st.sampled_from(["</script>", "<!--", "&", "\u2028", "]]>", "<script>"]))
def test_no_text_leaves_its_script_element(text: str, evil: str) -> None:
    content = {"name": f"{text.encode('utf-8', 'ignore').decode()}{evil}"}
    told = as_script_data(content)
    assert not set(told) & set("<>&\u2028\u2029")
    assert json.loads(told) == content
