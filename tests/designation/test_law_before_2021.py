"""The Danish law's lists by the law of earlier years: at, just below and just above each limit, over five years."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from estates import CONVICTED_NATIONAL, write_estates
from udsat_geo.designation.designation import Designation, Inputs, designate
from udsat_geo.designation.earlier import qualified_before
from udsat_geo.files.earlier import store_of
from udsat_geo.files.write import write_results
from udsat_geo.messages.errors import InputError
from udsat_geo.policy.chain import text_of
from udsat_geo.policy.load import load_policy, with_references
from udsat_geo.scoring.scores import meets_demands

Changes = dict[str, int]

SCHOOL: Changes = {"basic_school_30_59": 501}
ORIGIN: Changes = {"non_western_origin": 2501}
IDLE: Changes = {"no_work_or_education_18_64": 401, "no_work_or_education_18_64_previous_year": 1200}
CONVICTED: Changes = {"convicted": 101, "convicted_previous_year": 62}
EARNING: Changes = {"gross_income_15_64": 20_000 * 220_000 - 1}
"""Each is beyond one of the five limits of 2014 by one person, or one krone."""


def designated(policy: str, year: int, folder: Path, estates: dict[str, Changes]) -> Designation:
    loaded = load_policy(policy)
    if loaded.policy.references:
        loaded = with_references(loaded, [f"convicted_national={CONVICTED_NATIONAL}"])
    path = folder / f"estates_{year}.gpkg"
    write_estates(path, estates)
    return designate(year, loaded, Inputs(None, path, "unit_table"))


@pytest.mark.parametrize(
    ("later", "earlier"), [("boligomraade-2021", "boligomraade-2018"), ("parallelsamfund-2021", "ghettoomraade-2018")]
)
def test_new_names_ask_the_same_of_an_estate(later: str, earlier: str) -> None:
    """So every limit is tested where those of today are; and designations of 2018 to 2020 count in later years."""
    assert load_policy(later).ids_of_same_demands == (later, earlier)


@pytest.mark.long
def test_three_of_the_five_criteria_of_2014_each_beyond_its_limit(tmp_path: Path) -> None:
    beyond = {"school": SCHOOL, "origin": ORIGIN, "idle": IDLE, "convicted": CONVICTED, "earning": EARNING}
    at: dict[str, Changes] = {
        "school": {"basic_school_30_59": 500},
        "origin": {"non_western_origin": 2500},
        "idle": {**IDLE, "no_work_or_education_18_64": 400},
        "convicted": {**CONVICTED, "convicted": 100},
        "earning": {"gross_income_15_64": 20_000 * 220_000},
    }
    below: dict[str, Changes] = {
        "school": {"basic_school_30_59": 499},
        "origin": {"non_western_origin": 2499},
        "idle": {**IDLE, "no_work_or_education_18_64": 399},
        "convicted": {**CONVICTED, "convicted": 99},
        "earning": {"gross_income_15_64": 20_000 * 220_000 + 1},
    }
    names = list(beyond)
    estates: dict[str, Changes] = {}
    for place, name in enumerate(names):
        # two others beyond doubt, so that this one decides
        others = {**beyond[names[place - 1]], **beyond[names[place - 2]]}
        estates |= {f"{name} {how}": {**others, **kind[name]} for how, kind in
                    (("beyond", beyond), ("at", at), ("below", below))}  # fmt: skip
    made = designated("ghettoomraade-2014", 2016, tmp_path, estates)
    met = dict(zip(made.units.unit_id.tolist(), meets_demands(made.scores.exceeded, made.policy.policy), strict=True))
    assert met == {name: name.endswith("beyond") for name in estates}


@pytest.mark.long
def test_the_plain_mean_of_two_years_is_had_by_the_lines_in_the_file(tmp_path: Path) -> None:
    """At the limit, a person more, and where the two ways differ; the lines are those of the comment."""
    told = text_of("boligomraade-2018")
    lines = re.findall(r"^# ((?:\[\[criteria|key|numerator|denominator|  \+).*)$", told, re.MULTILINE)
    assert sum(line.startswith("numerator") for line in lines) == 2
    (tmp_path / "mine.toml").write_text('extends = "boligomraade-2018"\nid = "mine"\n' + "\n".join(lines))
    estates: dict[str, Changes] = {
        "at": {"no_work_or_education_18_64": 500, "no_work_or_education_18_64_previous_year": 900},
        "beyond": {"no_work_or_education_18_64": 501, "no_work_or_education_18_64_previous_year": 900},
        "by its people": {"no_work_or_education_18_64": 0, "no_work_or_education_18_64_previous_year": 1800},
        "convicted": {"convicted": 261, "convicted_previous_year": 261},
        "one fewer": {"convicted": 261, "convicted_previous_year": 260},
        "nobody before": {"no_work_or_education_18_64": 900, "residents_18_64_previous_year": 0,
                          "no_work_or_education_18_64_previous_year": 0},
    }  # fmt: skip
    plain = designated(str(tmp_path / "mine.toml"), 2019, tmp_path, estates)
    pooled = designated("boligomraade-2018", 2019, tmp_path, estates)
    found = {
        name: (int(plain.scores.criteria_exceeded[i]), int(pooled.scores.criteria_exceeded[i]))
        for i, name in enumerate(plain.units.unit_id.tolist())
    }
    assert found == {
        "at": (0, 0), "beyond": (1, 0), "by its people": (0, 1), "convicted": (1, 1), "one fewer": (0, 0),
        "nobody before": (0, 1),
    }  # fmt: skip


BEYOND_ALL: Changes = {**SCHOOL, **ORIGIN, **IDLE, **CONVICTED, "basic_school_30_59": 601}
"""Beyond three limits of 2014 and two of 2018, and of non-western origin for more than half."""


@pytest.mark.long
def test_a_hard_list_counts_the_years_under_the_law_before(tmp_path: Path) -> None:
    """2018 looks back on 2014 to 2017 under the law of those years; 2019 on one year of the new law as well."""
    history = {"always": range(2014, 2020), "not in 2014": range(2015, 2020), "not in 2016": (2014, 2015, 2017, 2018)}
    for year in range(2014, 2020):
        estates = {name: BEYOND_ALL if year in years else {} for name, years in history.items()}
        policy = "ghettoomraade-2014" if year < 2018 else "ghettoomraade-2018"
        write_results(designated(policy, year, tmp_path, estates), tmp_path, ("gpkg",))
    hard, store = load_policy("haardt-ghettoomraade-2018"), store_of(tmp_path)
    names = designated("ghettoomraade-2014", 2014, tmp_path, {name: {} for name in history}).units.unit_id
    for year, wanted in ((2018, {"always"}), (2019, {"always", "not in 2014"})):
        met = qualified_before(store, year, hard, "unit_table", names)
        assert set(names[met].tolist()) == wanted


def test_the_years_that_lack_are_told_with_the_list_that_each_needs(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        qualified_before(store_of(tmp_path), 2019, load_policy("haardt-ghettoomraade-2018"), "unit_table", [])  # type: ignore[arg-type]
    needed = [line.rpartition(" first, with ")[2] for line in error.value.messages]
    assert needed == ["haardt-ghettoomraade-2018 or ghettoomraade-2018.", *["ghettoomraade-2014."] * 3]
    with pytest.raises(InputError) as error:
        qualified_before(store_of(tmp_path), 2021, load_policy("omdannelsesomraade-2021"), "unit_table", [])  # type: ignore[arg-type]
    needed = [line.rpartition(" first, with ")[2] for line in error.value.messages]
    assert needed == [*["ghettoomraade-2018 or haardt-ghettoomraade-2018."] * 3, "ghettoomraade-2014."]
