"""Criteria that are changes since an earlier year: against fractions reckoned by hand, and every fault."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from shapely.geometry import box

import udsat_geo as ug
from two_years import write_town
from udsat_geo.cli.main import udsat
from udsat_geo.designation.designation import Designation
from udsat_geo.designation.job import Job, run
from udsat_geo.messages.errors import InputError
from udsat_geo.policy.load import load_policy

LOW = """
[[criteria]]
key = "{key}"
register = "residents"
where = "age >= 18 AND disposable_income IS NOT NULL"
numerator = "disposable_income <= low_income"
denominator = "1"
unit = "share"
worse = "high"
{more}
"""
REGISTERS = """
id = "changing"
years = [2010, 2030]
cadence = 4
[let.residents]
low_income = "0.75 * median(disposable_income)"
[context]
{context}
[score]
method = "none"
[rule]
criteria = 1
[areas]
residents = 1
""" + LOW.format(key="low_income", more="limit = 0.3")


def policy_file(folder: Path, more: str, context: str = "residents = 0") -> Path:
    path = folder / "changing.toml"
    text = REGISTERS.format(context=context) + LOW.format(key="rising", more=more)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town")
    write_town(folder)
    return folder


def designated(town: Path, path: Path, year: int = 2021) -> Designation:
    return run(Job(year, load_policy(str(path)), town / "raw", previous="none", language="en"))


def fraction(top: int, base: int) -> Fraction | None:
    return Fraction(int(top), int(base)) if base else None


def change(now: Fraction | None, then: Fraction | None) -> float:
    return float("nan") if now is None or then is None else float(now - then)


def same(found: np.ndarray, wanted: list[float]) -> None:
    assert [repr(value) for value in found.tolist()] == [repr(value) for value in wanted]


@pytest.mark.parametrize("more", ["change_over = 4", "change_since = 2017"])
def test_a_change_is_the_rate_of_now_less_that_of_then(town: Path, tmp_path: Path, more: str) -> None:
    made = designated(town, policy_file(tmp_path, more))
    plain = policy_file(tmp_path, "limit = 0.5")
    now, then = designated(town, plain), designated(town, plain, 2017)
    sums = {
        unit: (then.units.numerator[i, 0], then.units.denominator[i, 0]) for i, unit in enumerate(then.units.unit_id)
    }
    of_now = list(zip(now.units.numerator[:, 0], now.units.denominator[:, 0], strict=True))
    of_then = [sums.get(unit, (0, 0)) for unit in now.units.unit_id]
    wanted = [change(fraction(*a), fraction(*b)) for a, b in zip(of_now, of_then, strict=True)]
    assert np.isnan(wanted).any()
    assert (~np.isnan(wanted)).sum() > 20
    same(made.scores.rate[:, 1], wanted)
    same(made.scores.rate_own[:, 1], wanted)
    same(made.scores.rate[:, 0], now.scores.rate[:, 0].tolist())

    def over(chosen: np.ndarray) -> float:
        pairs = ([sums[i] for i in np.flatnonzero(chosen)] for sums in (of_now, of_then))
        return change(*(fraction(sum(a for a, _ in part), sum(b for _, b in part)) for part in pairs))

    area_of_unit = made.areas.area_of_unit
    assert len(made.areas) > 0
    same(made.areas.rate[:, 1], [over(area_of_unit == area) for area in range(len(made.areas))])
    same(made.scores.city[1:2], [over(np.ones(len(of_now), dtype=bool))])
    same(made.status.areas[1:], [over(area_of_unit >= 0)])
    same(made.status.rest_of_city[1:], [over(area_of_unit < 0)])
    assert made.files_then[0][0] == 2017


def test_both_years_are_read_over_the_same_surroundings(town: Path, tmp_path: Path) -> None:
    context = "residents = 60\nreach = 300"
    made = designated(town, policy_file(tmp_path, "change_over = 4", context))
    units = made.units
    assert units.since is not None
    column = units.since[1]
    for unit in range(0, len(units), 7):
        # the units at a distance come in together until enough residents are in view
        apart = np.hypot(units.easting - units.easting[unit], units.northing - units.northing[unit])
        view: list[int] = []
        for distance in sorted(set(apart[apart <= 300].tolist())):
            if units.residents[view].sum() >= 60:
                break
            view += np.flatnonzero(apart == distance).tolist()
        rates = [fraction(units.numerator[view, j].sum(), units.denominator[view, j].sum()) for j in (1, column)]
        same(made.scores.rate[unit : unit + 1, 1], [change(*rates)])


ZONES = """
id = "zones"
years = [2010, 2030]
[units]
kind = "zones"
id = "zone"
residents = "people"
[context]
residents = 0
[score]
method = "none"
[rule]
criteria = 1
[areas]
neighbours = "none"
residents = 0
[[criteria]]
key = "poor"
register = "units"
numerator = "poor"
denominator = "people"
worse = "high"
unit = "share"
change_over = 2
limit = 0.05
"""


def write_zones(folder: Path, year: int, rows: dict[str, tuple[int, int]]) -> None:
    places = [box(700_000 + 500 * i, 6_170_000, 700_500 + 500 * i, 6_170_500) for i in range(len(rows))]
    data = {"zone": list(rows), "people": [n for n, _ in rows.values()], "poor": [n for _, n in rows.values()]}
    gpd.GeoDataFrame(data, geometry=places, crs="EPSG:25832").to_file(folder / f"zones_{year}.gpkg")


def zones(folder: Path, more: str = "", **changes: object) -> ug.Result:
    (folder / "zones.toml").write_text(ZONES.replace("limit = 0.05", f"limit = 0.05\n{more}"), encoding="utf-8")
    asked: dict[str, object] = {"units": folder / "zones_{year}.gpkg", "previous": None, "language": "en", **changes}
    return ug.designate(2023, policy=folder / "zones.toml", **asked)  # type: ignore[arg-type]


def test_at_under_and_over_the_limit(tmp_path: Path) -> None:
    """0.40 - 0.35 is more than 0.05 in floating point; here it is just that."""
    write_zones(tmp_path, 2021, {"at": (100, 35), "over": (100, 35), "under": (1000, 350), "new": (0, 0)})
    write_zones(tmp_path, 2023, {"at": (100, 40), "over": (1000, 401), "under": (1000, 399), "new": (100, 90)})
    assert 0.40 - 0.35 > 0.05
    units = zones(tmp_path).units.set_index("unit_id")
    assert units["rate_poor"].round(12).to_dict() == pytest.approx(
        {"at": 0.05, "over": 0.051, "under": 0.049, "new": float("nan")}, nan_ok=True
    )
    assert sorted(units.index[units["qualified"]]) == ["at", "over"]
    strict = zones(tmp_path, "strict = true").units.set_index("unit_id")
    assert list(strict.index[strict["qualified"]]) == ["over"]


def test_what_only_one_year_has_is_in_no_change_and_told(tmp_path: Path) -> None:
    write_zones(tmp_path, 2021, {"A": (100, 10), "gone": (70, 50)})
    write_zones(tmp_path, 2023, {"A": (100, 40), "new": (100, 99)})
    made = zones(tmp_path)
    units = made.units.set_index("unit_id")
    assert units.loc["A", "rate_poor"] == 0.3
    assert np.isnan(units.loc["new", "rate_poor"])
    assert "Change since 2021: 1 of 2 units were not there then, and have no change." in made.notes
    gone = "Change since 2021: 1 units of then, with 70 residents, are no longer there and count in none."
    assert gone in made.notes


def test_zones_that_changed_are_carried_by_a_crosswalk(tmp_path: Path) -> None:
    write_zones(tmp_path, 2021, {"old": (100, 31), "kept": (50, 5)})
    write_zones(tmp_path, 2023, {"left": (60, 30), "right": (40, 10), "kept": (50, 5)})
    rows = [("old", "left", 0.6), ("old", "right", 0.4)]
    crosswalk = pd.DataFrame(rows, columns=["from", "to", "weight"])
    units = zones(tmp_path, crosswalk=crosswalk).units.set_index("unit_id")
    # 31 poor go 18.6 and 12.4: by largest remainders 19 and 12
    wanted = {"left": 30 / 60 - 19 / 60, "right": 10 / 40 - 12 / 40, "kept": 0.0}
    assert units["rate_poor"].to_dict() == pytest.approx(wanted)


FAULTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "one table": (lambda at: zones(at, units=at / "zones_2023.gpkg"), "there is no table of units of 2021"),
    "no such table": (lambda at: zones(at, units=at / "zones_2023.gpkg".replace("2023", "{year}x")), "no such file"),
    "both": (lambda at: zones(at, "change_since = 2020"), "has both change_over and change_since"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_tables_is_told(tmp_path: Path, fault: str) -> None:
    write_zones(tmp_path, 2023, {"A": (100, 40)})
    ask, told = FAULTS[fault]
    with pytest.raises(InputError, match=told):
        ask(tmp_path)


def test_years_without_a_unit_in_common_are_refused(tmp_path: Path) -> None:
    write_zones(tmp_path, 2021, {"A": (100, 10)})
    write_zones(tmp_path, 2023, {"B": (100, 40)})
    with pytest.raises(InputError, match=r"shares no unit with this designation \(it has A, this one B\)"):
        zones(tmp_path)


def test_a_fault_of_years_and_of_the_policy_is_told(town: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"has no registers of 2018"):
        designated(town, policy_file(tmp_path, "change_over = 3"))
    with pytest.raises(InputError, match="2021 does not lie before the year designated"):
        designated(town, policy_file(tmp_path, "change_since = 2021"))
    path = policy_file(tmp_path, "change_over = 4")
    text = path.read_text(encoding="utf-8")
    path.write_text(f'{text}\n[rates]\nshrink = "local"\n', encoding="utf-8")
    with pytest.raises(InputError, match="is for rates of one year, and rising is a change between years"):
        load_policy(str(path))
    scored = text.replace('method = "none"', "scale_of = 2017").replace("criteria = 1", "core = 0.5", 1)
    path.write_text(scored, encoding="utf-8")
    with pytest.raises(InputError, match="holds the scale of one year, and rising is a change between years"):
        load_policy(str(path))


def test_what_measures_year_by_year_refuses_changes(town: Path, tmp_path: Path) -> None:
    path = policy_file(tmp_path, "change_over = 4")
    more = ["--policy", str(path), "--registers", str(town / "raw"), "--language", "en"]
    for call in (
        ["why", "2017", "2021"],
        ["certainty", "--year", "2021"],
        ["status", "--areas", str(town / "drawn.gpkg"), "--years", "2017,2021"],
    ):
        if call[0] == "status":
            square = gpd.GeoDataFrame({"name": ["a"]}, geometry=[box(719_000, 6_175_000, 721_000, 6_177_000)])
            square.set_crs("EPSG:25832").to_file(town / "drawn.gpkg")
        told = CliRunner().invoke(udsat, [*call, *more])
        assert told.exit_code == 2, told.output
        assert "is a change between years, and each year is measured by itself here" in told.output


def test_the_previous_designation_is_not_made_where_its_own_earlier_year_is_missing(town: Path, tmp_path: Path) -> None:
    made = run(Job(2021, load_policy(str(policy_file(tmp_path, "change_over = 4"))), town / "raw", language="en"))
    assert made.previous is None
    assert "No designation and no registers of 2017: nothing to compare with." in made.notes
