"""The US screening tool CEJST 1.0: every burden at its limit and just under it, and tracts that others surround."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

from udsat_geo.areas.roles import REASON_KEYS, ROLES
from udsat_geo.designation.designation import Designation, Inputs, designate
from udsat_geo.files.write import write_results
from udsat_geo.policy.load import load_policy

pytestmark = pytest.mark.long  # whole jobs

CEJST = load_policy("cejst-1")
RULE = CEJST.policy.rule
FLAGS = ("underinvestment", "abandoned_mine", "defense_site")
PARTS_OF_ONE = ("low_income_percentile", "no_plumbing")
"""Columns that are parts of 1 in the published file; the others are parts of 100."""
POOR = {"low_income_percentile": 0.65}
UNSCHOOLED = {"without_high_school": 10.0}

Tract = Mapping[str, Any]


def column_of(ours: str, published: bool) -> str:
    return CEJST.policy.units.columns[ours][1 if published else 0]


def tract(**changes: Any) -> dict[str, Any]:
    """A tract without any burden, with what differs."""
    named = dict.fromkeys(CEJST.policy.units.columns, 10.0)
    named |= dict.fromkeys(FLAGS, False) | dict.fromkeys(PARTS_OF_ONE, 0.10)
    return {**named, "residents": 4000, "without_high_school": 5.0, **changes}


def designated(
    folder: Path,
    tracts: Mapping[str, Tract],
    places: Mapping[str, tuple[int, int]] | None = None,
    published: bool = False,
) -> Designation:
    """A designation of tracts: each by itself, or on a board of squares of 1 km."""
    at = places or {name: (3 * i, 0) for i, name in enumerate(tracts)}
    rows = [
        {"GEOID10": name, **{column_of(key, published): value for key, value in values.items()}}
        for name, values in tracts.items()
    ]
    squares = [
        shapely.box(1000 * x, 1000 * y, 1000 * x + 1000, 1000 * y + 1000) for x, y in map(at.__getitem__, tracts)
    ]
    gpd.GeoDataFrame(rows, geometry=squares, crs="EPSG:5070").to_file(folder / "tracts.gpkg")
    return designate(2022, CEJST, Inputs(None, folder / "tracts.gpkg", "unit_table"))


def inside(made: Designation) -> set[str]:
    return set(made.units.unit_id[made.areas.area_of_unit >= 0].tolist())


def limits_of(burden: str) -> tuple[Any, Any]:
    """A value at the limit of a burden, and one just under it, as the published file would have them."""
    if burden in FLAGS:
        return True, False
    return (0.90, 0.89) if burden in PARTS_OF_ONE else (90.0, 89.0)


@pytest.mark.long
@pytest.mark.parametrize("published", [False, True])
def test_a_burden_at_its_limit_counts_with_the_one_that_belongs_to_it(tmp_path: Path, published: bool) -> None:
    tracts: dict[str, Tract] = {}
    for group in RULE.groups:
        workforce = group.require == ("low_schooling",)
        belongs, another = (UNSCHOOLED, POOR) if workforce else (POOR, UNSCHOOLED)
        short = {"without_high_school": 9.0} if workforce else {"low_income_percentile": 0.64}
        for burden in group.criteria:
            at, under = limits_of(burden)
            tracts |= {
                f"{burden}: at": tract(**{burden: at}, **belongs),
                f"{burden}: under": tract(**{burden: under}, **belongs),
                f"{burden}: at, and the other short": tract(**{burden: at}, **short),
                f"{burden}: at, with the wrong other": tract(**{burden: at}, **another),
                f"{burden}: unknown": tract(**{burden: None}, **belongs),
            }
    assert sum(len(group.criteria) for group in RULE.groups) == 30
    assert inside(designated(tmp_path, tracts, published=published)) == {
        name for name in tracts if name.endswith(": at")
    }


def test_each_category_has_burdens_of_its_own_and_every_burden_is_in_one() -> None:
    burdens = [key for group in RULE.groups for key in group.criteria]
    assert len(burdens) == len(set(burdens))
    assert {*burdens, "low_income", "low_income_surrounded", "low_schooling"} == {*CEJST.policy.keys}
    assert (len(RULE.groups), RULE.groups_met) == (8, 1)
    assert all(group.at_least == 1 for group in RULE.groups)


def test_lead_paint_counts_where_homes_are_worth_no_more_than_the_90th_percentile(tmp_path: Path) -> None:
    tracts = {
        name: tract(lead_paint=90.0, home_value_percentile=value, **POOR)
        for name, value in (("under", 89.0), ("at", 90.0), ("over", 91.0), ("unknown", None))
    }
    assert inside(designated(tmp_path, tracts)) == {"under", "at"}


# --- surrounded ---------------------------------------------------------------------------------------------

BURDENED = tract(diesel=95.0, **POOR)


def board(
    holes: Mapping[tuple[int, int], Tract], width: int = 3
) -> tuple[dict[str, Tract], dict[str, tuple[int, int]]]:
    """Burdened tracts on a board of three rows, but for some."""
    squares = [(x, y) for x in range(width) for y in range(3)]
    tracts = {f"{x},{y}": holes.get((x, y), BURDENED) for x, y in squares}
    return tracts, {f"{x},{y}": (x, y) for x, y in squares}


@pytest.mark.parametrize(("low_income", "wanted"), [(0.49, False), (0.50, True), (0.51, True), (None, False)])
def test_a_surrounded_tract_is_in_from_the_50th_percentile_for_low_income(
    tmp_path: Path, low_income: float | None, wanted: bool
) -> None:
    made = designated(tmp_path, *board({(1, 1): tract(low_income_percentile=low_income)}))
    assert ("1,1" in inside(made)) == wanted
    place = made.units.unit_id.tolist().index("1,1")
    told = REASON_KEYS[made.areas.reason[place]], ROLES[made.areas.role[place]]
    assert told == (("surrounded", "edge") if wanted else ("groups", "outside"))


def test_a_corner_that_is_not_disadvantaged_leaves_it_out(tmp_path: Path) -> None:
    holes = {(1, 1): tract(low_income_percentile=0.60), (2, 2): tract()}
    assert inside(designated(tmp_path, *board(holes))) == {f"{x},{y}" for x in range(3) for y in range(3)} - {
        "1,1",
        "2,2",
    }


def test_tracts_that_are_surrounded_together_are_not(tmp_path: Path) -> None:
    """Each touches one that is not disadvantaged by itself."""
    poor = tract(low_income_percentile=0.60)
    assert not {"1,1", "2,1"} & inside(designated(tmp_path, *board({(1, 1): poor, (2, 1): poor}, width=4)))


def test_a_tract_without_neighbours_is_not_surrounded(tmp_path: Path) -> None:
    assert inside(designated(tmp_path, {"alone": tract(low_income_percentile=0.60), "burdened": BURDENED})) == {
        "burdened"
    }


@pytest.mark.long
def test_the_summary_tells_the_groups_and_what_is_asked_of_surrounded_tracts(tmp_path: Path) -> None:
    write_results(designated(tmp_path, {"burdened": BURDENED}), tmp_path, ("gpkg",))
    told = json.loads((tmp_path / "designation_2022.json").read_text(encoding="utf-8"))["rule"]
    assert told["groups_met"] == 1
    assert told["surrounded"] == ["low_income_surrounded"]
    assert told["groups"][-1] == {
        "key": "workforce", "label": "Arbejdsmarked", "at_least": 1, "require": ["low_schooling"],
        "criteria": ["linguistic_isolation", "low_median_income", "poverty", "unemployment"],
    }  # fmt: skip
