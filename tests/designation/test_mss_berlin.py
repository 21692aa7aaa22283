"""The built-in mss-berlin: its indices against plain statistics, and each clause at, under and over its bound."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import box

import udsat_geo as ug
from udsat_geo.messages.errors import InputError
from udsat_geo.policy.load import check_policy, load_policy
from udsat_geo.scoring.indices import DECIMALS

Figures = Mapping[str, float]
AVERAGE = {"ew": 5000.0, "s1": 10.0, "s2": 30.0, "s3": 20.0, "s4": 40.0}


def write(folder: Path, year: int, rows: Mapping[str, Figures]) -> None:
    places = [box(390_000 + 500 * i, 5_820_000, 390_500 + 500 * i, 5_820_500) for i in range(len(rows))]
    data = [{"plr_id": name, "plr_name": f"Raum {name}", **AVERAGE, **figures} for name, figures in rows.items()]
    gpd.GeoDataFrame(data, geometry=places, crs="EPSG:25833").to_file(folder / f"mss_{year}.gpkg")


def designated(folder: Path) -> ug.Result:
    return ug.designate(2025, policy="mss-berlin", units=folder / "mss_{year}.gpkg", previous=None, language="en")


def units_of(folder: Path, now: Mapping[str, Figures], then: Mapping[str, Figures]) -> gpd.GeoDataFrame:
    write(folder, 2023, then)
    write(folder, 2025, now)
    return designated(folder).units.set_index("unit_id")


KEYS = ("s1", "s2", "s3", "s4")


def standardised(columns: list[dict[str, float]]) -> dict[str, float]:
    """The sum of z-scores, standardised again, of those that have every figure: in plain Python."""
    names = set.intersection(*(set(column) for column in columns))
    sums = dict.fromkeys(sorted(names), 0.0)
    for column in columns:
        values = [column[name] for name in sorted(names)]
        mean, spread = statistics.fmean(values), statistics.pstdev(values)
        for name in names:
            sums[name] += (column[name] - mean) / spread if spread else 0.0
    mean, spread = statistics.fmean(sums.values()), statistics.pstdev(sums.values())
    return {name: (value - mean) / spread if spread else 0.0 for name, value in sums.items()}


def class_of(value: float, bounds: tuple[float, ...], classes: tuple[str, ...]) -> str:
    return classes[sum(value >= bound - 10**-DECIMALS for bound in bounds)]


STATUS = ((-1.0, 1.0, 1.5), ("hoch", "mittel", "niedrig", "sehr niedrig"))
DYNAMICS = ((-1.0, 1.0), ("positiv", "stabil", "negativ"))


@pytest.mark.parametrize("seed", range(3))
def test_all_twelve_groups_are_those_of_plain_statistics(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    years = []
    level = rng.normal(0, 1, 80)
    for moved in (np.zeros(80), rng.normal(0, 1, 80)):
        rows = {}
        for i in range(80):
            worse = level[i] + 0.4 * moved[i]
            rows[f"{i:08}"] = {
                "ew": float(rng.choice([120, 299, 300, 4000, 12_345])),
                **{key: round(float(20 + 5 * worse + rng.normal(0, 1)), 2) for key in KEYS},
            }
        years.append(rows)
    years[1]["00000003"]["s2"] = -9999.0
    units = units_of(tmp_path, years[1], years[0])
    there = [{n: row for n, row in rows.items() if row["ew"] >= 300} for rows in years]
    level_of = [{n: row[key] for n, row in there[1].items() if row[key] != -9999} for key in KEYS]
    change_of = [
        {n: row[key] - there[0][n][key] for n, row in there[1].items() if n in there[0] and row[key] != -9999}
        for key in KEYS
    ]
    status, dynamics = standardised(level_of), standardised(change_of)
    assert units["rate_status"].dropna().to_dict() == pytest.approx(status, abs=1e-5)
    assert units["rate_dynamics"].dropna().to_dict() == pytest.approx(dynamics, abs=1e-5)
    groups = set()
    for name, row in units.iterrows():
        of_status = class_of(status[name], *STATUS) if name in status else None
        of_dynamics = class_of(dynamics[name], *DYNAMICS) if name in dynamics else None
        groups.add((of_status, of_dynamics))
        found = [row[key] if isinstance(row[key], str) else None for key in ("class_status", "class_dynamics")]
        assert found == [of_status, of_dynamics], name
        special = of_status == "sehr niedrig" or (of_status, of_dynamics) == ("niedrig", "negativ")
        assert bool(row["qualified"]) is special, (name, of_status, of_dynamics)
    assert len(groups) > 7


def only(values: Mapping[str, float]) -> dict[str, dict[str, float]]:
    """Planungsräume whose four indicators are all so many points above twenty."""
    return {name: dict.fromkeys(KEYS, 20.0 + value) for name, value in values.items()}


# mean 0 and standard deviation 2, so that 3 lies at 1.5 and -3 at -1.5
AT_THE_BOUND = {"a": 3.0, "b": -3.0, "c": 1.0, "d": -1.0, "e": 0.0}
NO_CHANGE = dict.fromkeys("abcde", 0.0)


def status_classes(folder: Path, values: Mapping[str, float]) -> dict[str, str]:
    return dict(units_of(folder, only(values), only(values))["class_status"])


def test_very_low_at_under_and_over_its_bound(tmp_path: Path) -> None:
    units = units_of(tmp_path, only(AT_THE_BOUND), only(AT_THE_BOUND))
    assert units["rate_status"].to_dict() == {"a": 1.5, "b": -1.5, "c": 0.5, "d": -0.5, "e": 0.0}
    at = dict(units["class_status"])
    assert at == {"a": "sehr niedrig", "b": "hoch", "c": "mittel", "d": "mittel", "e": "mittel"}
    assert list(units.index[units["qualified"]]) == ["a"]
    assert status_classes(tmp_path, {**AT_THE_BOUND, "c": 1.1})["a"] == "niedrig"
    assert status_classes(tmp_path, {**AT_THE_BOUND, "c": 0.9})["a"] == "sehr niedrig"


def test_low_and_high_at_under_and_over_their_bounds(tmp_path: Path) -> None:
    # mean 0 and standard deviation 1: those at 1 are just low, those at -1 just no longer high
    assert status_classes(tmp_path, {"a": 1.0, "b": -1.0, "c": 1.0, "d": -1.0}) == {
        "a": "niedrig", "b": "mittel", "c": "niedrig", "d": "mittel",
    }  # fmt: skip
    found = status_classes(tmp_path, {"a": 1.0, "b": -1.0, "c": 1.1, "d": -1.1})
    assert found == {"a": "mittel", "b": "mittel", "c": "niedrig", "d": "hoch"}


def test_low_status_counts_with_negative_dynamics_alone(tmp_path: Path) -> None:
    """a and c are low; a's indicators rose by one standard deviation of the changes, c's did not."""
    status = {"a": 1.0, "b": -1.0, "c": 1.0, "d": -1.0}
    now = only(status)
    for change, of_a, special in ((1.0, "negativ", ["a"]), (0.9, "stabil", [])):
        before = {"a": 1.0 - change, "b": 0.0, "c": 2.0, "d": -2.0 - (1.0 - change)}
        units = units_of(tmp_path, now, only(before))
        assert units.loc["a", "class_status"] == "niedrig"
        assert units.loc["a", "class_dynamics"] == of_a, units["rate_dynamics"]
        assert list(units.index[units["qualified"]]) == special


def test_high_dynamics_alone_are_no_special_need(tmp_path: Path) -> None:
    now = {"a": 0.0, "b": 0.0, "c": 0.0, "d": 0.0}
    units = units_of(tmp_path, only(now), only({"a": -2.0, "b": 2.0, "c": 0.0, "d": 0.0}))
    assert list(units["class_dynamics"]) == ["negativ", "positiv", "stabil", "stabil"]
    assert units["rate_status"].tolist() == [0.0] * 4
    assert not units["qualified"].any()


def test_fewer_than_300_residents_take_no_part(tmp_path: Path) -> None:
    now = only({**AT_THE_BOUND, "few": 60.0, "just": 0.0})
    now["few"]["ew"], now["just"]["ew"] = 299.0, 300.0
    units = units_of(tmp_path, now, now)
    assert math.isnan(units.loc["few", "rate_status"])
    assert not isinstance(units.loc["few", "class_status"], str)
    assert units.loc["just", "class_status"] == "mittel"
    assert units.loc["a", "rate_status"] > 1.5


def test_an_area_has_the_index_of_its_own_rates(tmp_path: Path) -> None:
    write(tmp_path, 2023, only(AT_THE_BOUND))
    write(tmp_path, 2025, only(AT_THE_BOUND))
    made = designated(tmp_path)
    (area,) = made.areas.to_dict("records")
    assert (area["name"], area["rate_status"], area["criteria_exceeded"]) == ("Raum a", 1.5, 2)
    status = made.status.set_index("criterion")
    assert status.loc["status", "areas"] == 1.5
    assert status.loc["status", "rest_of_city"] == pytest.approx(-0.375)


INDEX = {"key": "sum", "register": "index", "of": ["a"]}
FAULTS: dict[str, tuple[dict[str, object], str]] = {
    "nothing": ({"of": []}, "is an index of nothing"),
    "unknown": ({"of": ["b"]}, "there is no criterion 'b' to add up"),
    "itself": ({"of": ["sum"]}, "there is no criterion 'sum' to add up"),
    "twice": ({"of": ["a", "a"]}, "names a criterion twice"),
    "low": ({"worse": "low"}, "is an index, in which high is worse"),
    "classes": ({"classes": ["x"], "bounds": [1.0]}, "needs one class more than bounds"),
    "order": ({"classes": ["x", "y", "z"], "bounds": [1.0, 1.0]}, "has bounds that do not rise"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_wrong_index_is_told(fault: str) -> None:
    changes, told = FAULTS[fault]
    plain = {"key": "a", "register": "residents", "numerator": "1", "worse": "high"}
    content = {
        "id": "x", "years": [2000, 2030], "criteria": [plain, {**INDEX, **changes}], "rule": {"core": 1.0},
    }  # fmt: skip
    check_policy({**content, "criteria": [plain, INDEX]}, "x.toml")
    with pytest.raises(InputError, match=told):
        check_policy(content, "x.toml")


def test_an_index_has_no_weight_in_the_composite_of_what_it_is_made_of(tmp_path: Path) -> None:
    text = 'extends = "mss-berlin"\nid = "composite"\n[score]\nmethod = "gap_sd"\n[rule]\ncore = 0.5\ncriteria = 0\n'
    (tmp_path / "with.toml").write_text(text, encoding="utf-8")
    write(tmp_path, 2023, only({name: value / 2 for name, value in AT_THE_BOUND.items()}))
    write(tmp_path, 2025, only(AT_THE_BOUND))
    asked = {"units": tmp_path / "mss_{year}.gpkg", "previous": None, "language": "en"}
    units = ug.designate(2025, policy=tmp_path / "with.toml", **asked).units.set_index("unit_id")  # type: ignore[arg-type]
    assert units["composite"].to_dict() == pytest.approx({k: v / 2 for k, v in AT_THE_BOUND.items()}, abs=1e-9)


def test_every_clause_that_is_not_confirmed_says_so() -> None:
    policy = load_policy("mss-berlin").policy
    assert [each.limit for each in policy.criteria if each.is_index] == [1.0, 1.5, 1.0]
    assert policy.change_years(2025) == (2023,)
