"""Classes, expressions, templates and what is filled into them, each by itself."""

from __future__ import annotations

import html
import math
import re
import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from udsat_geo.analysis.certainty import SURE
from udsat_geo.areas.roles import ROLES
from udsat_geo.changes.diff import EVENTS
from udsat_geo.designation.columns import DESCRIBED, SPATIAL, TABLES, texts_of
from udsat_geo.files.contents import PackageLayer
from udsat_geo.files.qgis.classes import BETTER, WORSE, Classes, area_classes, unit_classes
from udsat_geo.files.qgis.expressions import as_html, inserted, literal, looked_up, plain
from udsat_geo.files.qgis.sheets import sheet_of_areas, sheet_of_changes
from udsat_geo.files.qgis.styles import HIDDEN, NAMES, STYLES_OF_LAYER, TEMPLATES, TEMPLATES_OF, Style, styles_of
from udsat_geo.files.xml_template import as_text, clean, clone, fill, read_template
from udsat_geo.messages.translate import _


def rule(
    score: str = "gap_sd", core: float | None = 1.0, edge: float | None = 0.5, criteria: int = 3
) -> dict[str, Any]:
    return {"score": score, "core": core, "edge": edge, "criteria": criteria}


def classes_of(value: float, classes: Classes) -> list[str]:
    """The labels of the classes that QGIS finds a value in: it counts both ends in."""
    return [one.label for one in classes.classes if one.lower <= value <= one.last]


# --- classes ------------------------------------------------------------------------------------------------


def test_the_classes_of_the_built_in_policy() -> None:
    classes = unit_classes(rule(), 5, "da")
    assert classes.column == "composite"
    assert [one.label for one in classes.classes] == [
        "under −0,5", "−0,5 til 0,0", "0,0 til 0,5", "0,5 til 1,0 (fra kantgrænsen)", "1,0 til 1,5 (fra kernegrænsen)",
        "1,5 til 2,0", "2,0 og derover",
    ]  # fmt: skip
    assert [one.colour for one in classes.classes] == [*BETTER, *WORSE]
    of_areas = area_classes(rule(), 5, "da")
    assert [one.label for one in of_areas.classes] == [
        "under 0,5", *(one.label for one in classes.classes[3:])
    ]  # fmt: skip
    assert [one.colour for one in of_areas.classes[1:]] == [one.colour for one in classes.classes[3:]]


def test_a_unit_at_the_threshold_of_a_core_is_above_it() -> None:
    """The policy says "at or above"; without care QGIS would put the bound into the lower class."""
    classes = unit_classes(rule(), 5, "en")
    assert classes_of(1.0, classes) == ["1.0 to 1.5 (from the core threshold)"]
    assert classes_of(math.nextafter(1.0, 0.0), classes) == ["0.5 to 1.0 (from the edge threshold)"]
    assert classes_of(0.5, classes) == ["0.5 to 1.0 (from the edge threshold)"]


thresholds = st.integers(-300, 300).map(lambda n: n / 100)


@given(
    score=st.sampled_from(["gap_sd", "percentile", "exponential"]),
    edge=thresholds,
    above=st.integers(0, 300),
    value=st.floats(-1e6, 1e6),
    areas=st.booleans(),
)
def test_every_value_is_in_one_class(score: str, edge: float, above: int, value: float, areas: bool) -> None:
    given_rule = rule(score, edge + above / 100, edge)
    classes = (area_classes if areas else unit_classes)(given_rule, 5, "en")
    assert len(classes_of(value, classes)) == 1
    assert len(classes_of(edge, classes)) == 1
    assert all(one.upper == other.lower for one, other in pairwise(classes.classes))
    assert any(one.lower == edge for one in classes.classes)
    assert len({one.label for one in classes.classes}) == len(classes.classes)


def test_bounds_are_short_numbers_and_thresholds_may_be_out_of_reach() -> None:
    assert [one.label for one in unit_classes(rule("gap_sd", 0.7, 0.3), 5, "en").classes][-2:] == [
        "1.1 to 1.5", "1.5 and above"
    ]  # fmt: skip
    everybody = unit_classes(rule("gap_sd", -1e9, -1e9), 5, "en")
    assert [len(classes_of(value, everybody)) for value in (-2e9, -1e9, 0.0, 1e9)] == [1, 1, 1, 1]
    nobody = unit_classes(rule("gap_sd", math.inf, math.inf), 5, "en")
    assert [one.lower for one in nobody.classes[1:]] == [-0.5, 0, 0.5, 1, 1.5, 2]
    assert area_classes(rule("gap_sd", math.inf, math.inf), 5, "en") == nobody


@pytest.mark.parametrize(("score", "n"), [("gap_sd", 7), ("percentile", 5), ("exponential", 5)])
def test_without_thresholds_the_scale_itself_is_cut(score: str, n: int) -> None:
    classes = unit_classes(rule(score, None, None), 5, "en")
    assert len(classes.classes) == n
    assert area_classes(rule(score, None, None), 5, "en") == classes


def test_full_orange_begins_at_the_threshold_for_an_edge() -> None:
    for score, core, edge in (("gap_sd", 1.0, 0.5), ("gap_sd", 0.2, -0.3), ("percentile", 80.0, 60.0)):
        classes = unit_classes(rule(score, core, edge), 5, "en").classes
        (at_edge,) = [one for one in classes if one.lower == edge]
        assert at_edge.colour == WORSE[1]
        assert {one.colour for one in classes if one.upper <= edge} <= {*BETTER, WORSE[0]}
        colours = [one.colour for one in classes]
        assert len(set(colours)) == len(colours)


@given(n_criteria=st.integers(1, 12), demanded=st.integers(0, 14))
def test_every_number_of_criteria_is_in_one_class(n_criteria: int, demanded: int) -> None:
    classes = unit_classes(rule("none", None, None, demanded), n_criteria, "en")
    assert classes.column == "criteria_exceeded"
    assert len(classes.classes) <= 7
    for count in range(n_criteria + 1):
        assert len(classes_of(count, classes)) == 1
    if 1 <= demanded <= n_criteria:
        below, at = (
            next(one.colour for one in classes.classes if one.lower <= count <= one.last)
            for count in (demanded - 1, demanded)
        )
        assert below in (*BETTER, WORSE[0])
        assert at in WORSE[1:]


# --- kinds --------------------------------------------------------------------------------------------------


def style_of(name: str, key: str, language: str, points: bool = False) -> Style:
    """A style of a layer of few columns."""
    geometry = "POINT" if points else "MULTIPOLYGON"
    layer = PackageLayer(name, ("fid", "event", "role", "composite"), "geom", geometry)
    summary = {"rule": rule(), "criteria": [], "areas": []}
    return next(style for style in styles_of(layer, language, summary) if style.key == key)


def drawn(style: Style) -> dict[str, tuple[str, str]]:
    """Value or rule of each category -> its label and its symbol, without the name."""
    renderer = style.document.find("renderer-v2")
    assert renderer is not None
    symbols = {}
    for symbol in renderer.iterfind("symbols/symbol"):
        symbols[symbol.get("name")] = ET.tostring(clone(symbol, name=""), encoding="unicode")
    kinds = [one for one in renderer.iter() if one.tag == "category" or one.get("filter")]
    return {one.get("value") or one.get("filter", ""): (one.get("label", ""), symbols[one.get("symbol")])
            for one in kinds}  # fmt: skip


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("points", [False, True])
def test_every_kind_has_a_symbol_and_a_name_of_its_own(language: str, points: bool) -> None:
    roles = drawn(style_of("units", "units_role", language, points))
    units = drawn(style_of("changed_units", "changed_units", language, points))
    areas = drawn(style_of("changes", "changes", language))
    assert set(roles) == set(ROLES)
    assert list(roles)[-1] == "outside"
    assert set(units) == set(texts_of("changed_units", "event", language))
    assert len(areas) == len(EVENTS)
    for kinds in (roles, units, areas):
        assert len({label for label, _ in kinds.values()}) == len(kinds)
        assert len({symbol for _, symbol in kinds.values()}) == len(kinds)
    assert {role: label for role, (label, _) in roles.items()} == texts_of("units", "role", language)


def test_an_area_of_two_events_is_drawn_by_both_rules() -> None:
    """LIKE with percent signs, as SQL and QGIS read it."""
    rules = drawn(style_of("changes", "changes", "en"))
    patterns = [re.fullmatch(r"\"event\" LIKE '%(\w+)%'", rule) for rule in rules]
    words = [found[1] for found in patterns if found]
    assert set(words) == set(EVENTS)
    assert sorted(word for word in words if word in "split+grown") == ["grown", "split"]
    # no event is found within the name of another
    assert all(one == other or one not in other for one in words for other in words)


def test_names_of_styles_have_room_in_their_column() -> None:
    assert all(len(_(name, language)) <= 30 for name, _text in NAMES.values() for language in ("da", "en"))


def test_values_of_keys_are_known_by_layer() -> None:
    assert set(texts_of("units", "role", "en")) == set(ROLES)
    assert set(texts_of("changed_units", "event", "en")) == {"added", "removed", "moved"}
    assert {"split+grown", "split+merged+grown+shrunk", "kept"} <= set(texts_of("changes", "event", "en"))
    assert texts_of("areas", "name", "en") == {}
    assert "decided_by" in HIDDEN["units"]


def test_a_layer_that_is_not_ours_has_no_style() -> None:
    assert styles_of(PackageLayer("roads", ("fid", "name"), "geom", "LINESTRING"), "en") == ()
    published = {"public_areas", "public_units", "public_status", "public_changes"}
    several_policies = {"agreement", "policy_areas", "policy_pairs"}
    of_questions = {*DESCRIBED} - {*SPATIAL, *TABLES} - several_policies
    assert STYLES_OF_LAYER.keys() == {*SPATIAL, *TABLES, "links"} | published | of_questions


SHARES = {"unit_certainty": "p_designated", "area_certainty": "p_area", "unit_sensitivity": "share_of_variants"}


@pytest.mark.parametrize(("layer", "column"), SHARES.items())
@pytest.mark.parametrize("geometry", ["MULTIPOLYGON", "POINT"])
def test_how_sure_a_place_is_is_coloured_by_its_share_of_draws(layer: str, column: str, geometry: str) -> None:
    columns = ("fid", "area_id", "name", "residents", column)
    (style,) = styles_of(PackageLayer(layer, columns, "geom", geometry), "da")
    renderer = style.document.find("renderer-v2")
    assert renderer is not None
    assert renderer.get("attr") == column
    ends = [(float(one.get("lower", "")), float(one.get("upper", ""))) for one in renderer.iter("range")]
    assert [low for low, _high in ends] == [0.0, 0.05, 0.5, SURE]
    assert all(high < low for (_, high), (low, _) in pairwise(ends))
    assert ends[-1][1] >= 1.0
    assert [one.get("label") for one in renderer.iter("range")] == [
        "under 5 %", "5 % til 50 %", "50 % til 95 %", "95 % og derover",
    ]  # fmt: skip
    tip = style.document.findtext("mapTip") or ""
    assert f'format_number(100 * "{column}"' in html.unescape(tip)
    assert not any('"number"' in text.get("fieldName", "") for text in style.document.iter("text-style"))


def test_local_statistics_have_a_style_for_each_criterion() -> None:
    """Every unit stands there once for each: one style draws one of them."""
    layer = PackageLayer("local_statistics", ("fid", "unit_id", "criterion", "cluster"), "geom", "MULTIPOLYGON")
    styles = styles_of(layer, "en", None, ("composite", "low_income's"))
    assert [style.name for style in styles] == ["clusters: composite", "clusters: low_income's"]
    renderer = styles[1].document.find("renderer-v2")
    assert renderer is not None
    assert renderer.get("attr") == """CASE WHEN "criterion" = 'low_income''s' THEN "cluster" END"""
    told = {one.get("value"): one.get("label") for one in renderer.iter("category")}
    assert told == {**texts_of("local_statistics", "cluster", "en")}


def test_a_style_has_no_class_that_its_layer_never_says() -> None:
    layer = PackageLayer("piece_certainty", ("fid", "event", "area_id", "p_event"), "geom", "MULTIPOLYGON")
    (style,) = styles_of(layer, "en")
    assert [one.get("label") for one in style.document.iter("category")] == ["added", "removed"]


# --- sheets -------------------------------------------------------------------------------------------------


def summary_of(n_areas: int, n_criteria: int, n_changed: int, name: str = "Ved Åen") -> dict[str, Any]:
    """What sheets read of a summary."""
    events = [{"event": "added"}] * n_changed + [{"event": "kept"}] * 3
    return {
        "year": 2025, "language": "en", "source": "synthetic", "version": "1", "crs": "EPSG:25832",
        "policy": {"id": "p", "sha256": "0" * 64}, "share_of_residents": None, "residents_in_areas": 7,
        "rule": rule(), "criteria": [{"key": f"k{i}", "label": "x", "share": True} for i in range(n_criteria)],
        "areas": [{"name": name}] * n_areas,
        "changes": {"previous_year": 2021, "areas": {"added": n_changed, "kept": 3}, "events": events,
                    "residents": {"added": 1, "removed": 2}},
    }  # fmt: skip


def placed(sheet: ET.Element) -> dict[str, tuple[float, float, float, float]]:
    """Left, top, right and bottom of each item."""
    found = {}
    for item in sheet.iter("LayoutItem"):
        left, top = map(float, item.get("position", "").split(",")[:2])
        width, height = map(float, item.get("size", "").split(",")[:2])
        found[item.get("id", "")] = (left, top, left + width, top + height)
    return found


@pytest.mark.long
@given(
    n_areas=st.integers(0, 500),
    n_criteria=st.integers(1, 20),
    n_changed=st.integers(0, 500),
    letters=st.integers(1, 60),
)
def test_sheets_hold_what_there_is_room_for(n_areas: int, n_criteria: int, n_changed: int, letters: int) -> None:
    summary = summary_of(n_areas, n_criteria, n_changed, "x" * letters)
    names = ("areas", "near_misses", "units", "changes", "status")
    texts = {f"{name}_layer": f"{name}_id" for name in names}
    sheets = [make(texts, (0, 0, 5000, 3000), summary) for make in (sheet_of_areas, sheet_of_changes)]
    for sheet in sheets:
        places = placed(sheet)
        assert len(set(places)) == len(list(sheet.iter("LayoutItem")))
        page = next(place for name, place in places.items() if name.endswith("page"))
        for left, top, right, bottom in places.values():
            assert page[0] <= left < right <= page[2]
            assert page[1] <= top < bottom <= page[3]
        frames = sorted((place for name, place in places.items() if name.endswith("frame")), key=lambda place: place[1])
        assert all(one[3] <= other[1] for one, other in pairwise(frames))
        assert all(one[3] <= places["logo"][1] for one in frames)
    items = [item for sheet in sheets for item in sheet.iter() if item.tag in ("LayoutItem", "LayoutMultiFrame")]
    keys = [item.get("uuid") for item in items]
    assert len(set(keys)) == len(keys)
    (areas,) = [table for table in sheets[0].iter("LayoutMultiFrame") if table.get("vectorLayer") == "areas_id"]
    shown = int(areas.get("maxFeatures", "-1"))
    told = [item.get("labelText", "") for item in sheets[0].iter("LayoutItem") if item.get("labelText")]
    assert shown == n_areas or f"The areas on the map ({shown} of {n_areas}, most residents first)" in told
    assert shown >= min(n_areas, (20 if n_criteria <= 5 else 5) // (1 if letters < 30 else 2))


def test_words_of_the_template_in_a_label_are_left_alone() -> None:
    """A criterion may be called as something that is filled in or translated."""
    labels = ["The areas", "Residents", "{year}", "areas_layer", "'en'"]
    criteria = [{"key": f"k{i}", "label": label, "share": True} for i, label in enumerate(labels)]
    summary = {**summary_of(3, 0, 0), "language": "da", "criteria": criteria}
    sheet = sheet_of_areas({"areas_layer": "areas_id", "status_layer": "status_id"}, (0, 0, 5000, 3000), summary)
    (criterion, *_) = next(table for table in sheet.iter("displayColumns") if len(table) == 4)
    quoted = [label.replace("'", "''") for label in labels]
    assert all(f" THEN '{label}'" in criterion.get("attribute", "") for label in quoted)
    assert criterion.get("heading") == "Kriterium"


# --- expressions --------------------------------------------------------------------------------------------


def read_literal(text: str) -> str:
    """A text as QGIS reads it: doubled quotes and escapes by backslash."""
    assert text[0] == text[-1] == "'"
    inside = text[1:-1]
    assert re.fullmatch(r"(?:[^'\\]|''|\\.)*", inside, re.DOTALL)
    return re.sub(r"''|\\(.)", lambda found: found[1] or "'", inside, flags=re.DOTALL)


@given(st.text())
def test_a_literal_reads_back_as_it_was(text: str) -> None:
    assert read_literal(literal(text)) == text


@given(st.text(alphabet="[%] a'"))
def test_a_plain_text_holds_no_expression(text: str) -> None:
    assert "[%" not in plain(text)
    assert plain(text).replace(" ", "") == text.replace(" ", "")


def test_an_inserted_expression_ends_where_it_should() -> None:
    assert inserted(looked_up("a", {"x": "50 %] of"})).count("%]") == 1
    assert inserted('"a"') == '[% "a" %]'


def test_a_value_is_escaped_as_python_does() -> None:
    found = re.search(r"map\((.*?)\)", as_html('"a"'))
    assert found
    signs = [read_literal(part.strip()) for part in found[1].split(", ")]
    escapes = dict(zip(signs[::2], signs[1::2], strict=True))
    value = "<b>1 & 2</b> &amp;"
    # QGIS sorts the signs and replaces one after the other
    told = value
    for sign in sorted(escapes):
        told = told.replace(sign, escapes[sign])
    assert told == html.escape(value, quote=False)


# --- documents ----------------------------------------------------------------------------------------------


@given(st.text(alphabet=st.characters(codec=None)))
def test_any_text_makes_a_document_that_reads_back_without_what_xml_forbids(text: str) -> None:
    root = fill(ET.fromstring("<qgis label='a label'><mapTip>a tip</mapTip></qgis>"), {"a label": text, "a tip": text})
    read = ET.fromstring(as_text(root).encode("utf-8"))
    # a reader takes every end of line for a line feed
    expected = clean(text)
    assert read.get("label") == expected
    assert (read[0].text or "") == expected.replace("\r\n", "\n").replace("\r", "\n")


def test_what_is_filled_in_is_not_looked_into_again() -> None:
    root = fill(ET.fromstring("<a one='one' two='one or two'>two</a>"), {"one": "two", "two": "<b/>{one}"})
    assert (root.get("one"), root.get("two"), root.text) == ("two", "one or two", "<b/>{one}")
    assert ET.fromstring(as_text(root)).text == "<b/>{one}"


def test_a_template_is_read_anew_each_time() -> None:
    path = TEMPLATES / "units.qml"
    read_template(path).clear()
    assert len(read_template(path)) > 1


@pytest.mark.parametrize("path", sorted(TEMPLATES.iterdir()), ids=lambda path: path.name)
def test_templates_know_no_machine_and_no_user(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"saveUser|saveDateTime|/tmp|/home|file:", text)
    assert set(re.findall(r"\./[^\"<|]*", text)) <= {"./designation.gpkg"}


def test_every_template_is_one_of_a_style_a_sheet_or_the_project() -> None:
    # published layers and those of questions are drawn by the templates of the house's own
    keys = {TEMPLATES_OF.get(key, key) for of_layer in STYLES_OF_LAYER.values() for key in of_layer}
    points = {"units_points", "units_role_points", "units_ground_points", "changed_units_points"}
    others = {"project.qgs", "sheet_of_areas.qpt", "sheet_of_changes.qpt"}
    assert {path.name for path in TEMPLATES.iterdir()} == {f"{key}.qml" for key in keys | points} | others
