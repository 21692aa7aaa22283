"""Decisions that change the result last: exactly what was decided, and never silently."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from drawn import City, draw, form, policy_with
from strategies import drawings
from udsat_geo.areas.decisions import Decisions, read_overrides
from udsat_geo.areas.roles import EXCLUDED_BY_DECISION, INCLUDED, INCLUDED_BY_DECISION, Memory
from udsat_geo.messages.errors import InputError

HEAD = "unit_id,action,reason,decided_by,date\n"


def decide(city: City, include: list[int] = [], exclude: list[int] = []) -> Decisions:  # noqa: B006
    given_in, given_out = np.full(len(city.units), -1), np.full(len(city.units), -1)
    given_in[include], given_out[exclude] = np.arange(len(include)), np.arange(len(exclude))
    return Decisions(given_in, given_out)


def test_an_excluded_unit_leaves_and_nothing_else_changes() -> None:
    city = draw("CCCCC")
    areas = form(city, policy_with(residents=500), decisions=decide(city, exclude=[2]))
    # the rest falls into two parts and has too few residents: it is not judged anew
    assert city.areas_of(areas) == "11.11"
    assert areas.reason[2] == EXCLUDED_BY_DECISION
    assert areas.residents.tolist() == [400]


def test_an_included_unit_joins_the_area_it_touches() -> None:
    city = draw("CC. .")
    areas = form(city, policy_with(), decisions=decide(city, include=[2]))
    assert city.areas_of(areas) == "111 ."
    assert (areas.role[2], areas.reason[2]) == (INCLUDED, INCLUDED_BY_DECISION)


def test_of_two_areas_it_joins_the_one_with_most_residents_and_joins_them_not() -> None:
    city = draw("C..CC")
    assert city.areas_of(form(city, policy_with(), decisions=decide(city, include=[1, 2]))) == "21111"


def test_of_two_areas_with_as_many_residents_it_joins_the_western_one_whatever_their_earlier_numbers() -> None:
    city = draw("C.C")
    kept = Memory(2021, np.array([1, -1, 0]), np.array([-1, -1]))
    policy = policy_with(rule={"core": 9.0, "edge": 9.0}, incumbents={"keep_years": 4})
    areas = form(city, policy, memory=kept, decisions=decide(city, include=[1]))
    assert city.areas_of(areas) == "112"
    assert areas.kept_from.tolist() == [1, 0]


def test_included_units_that_touch_no_area_are_one_of_their_own_whatever_its_size() -> None:
    city = draw("CC....")
    areas = form(city, policy_with(residents=200), decisions=decide(city, include=[4, 5]))
    assert city.areas_of(areas) == "11..22"
    assert areas.residents.tolist() == [200, 200]


def test_an_area_whose_units_are_all_excluded_is_gone() -> None:
    city = draw("C.CC.C")
    areas = form(city, policy_with(), decisions=decide(city, exclude=[2, 3]))
    assert city.areas_of(areas) == "1....2"
    assert len(areas) == 2


def test_a_decision_that_confirms_changes_nothing() -> None:
    city = draw("CC..")
    areas = form(city, policy_with(), decisions=decide(city, include=[0], exclude=[3]))
    assert areas.override_of_unit.tolist() == [-1] * 4
    assert city.roles_of(areas) == "cc.."


@pytest.mark.long
@given(drawings(), st.data())
def test_overrides_are_exactly_what_changed(text: str, data: st.DataObject) -> None:
    city = draw(text)
    units = st.lists(st.integers(0, len(city.units) - 1), max_size=6, unique=True)
    include = data.draw(units)
    exclude = [unit for unit in data.draw(units) if unit not in include]
    policy = policy_with(bridge=100, holes=2, residents=200)
    before = form(city, policy)
    after = form(city, policy, decisions=decide(city, include, exclude))
    inside_before, inside_after = before.area_of_unit >= 0, after.area_of_unit >= 0
    changed = set(np.flatnonzero(inside_before != inside_after).tolist())
    wanted = {u for u in include if not inside_before[u]} | {u for u in exclude if inside_before[u]}
    assert changed == wanted == set(np.flatnonzero(after.override_of_unit >= 0).tolist())
    # whoever was not decided about is together with the same people as before
    same = inside_before & inside_after
    pairs = set(zip(before.area_of_unit[same].tolist(), after.area_of_unit[same].tolist(), strict=True))
    assert len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs})
    assert (after.qualified == inside_before).all()


def write(folder: Path, rows: str) -> Path:
    path = folder / "overrides.csv"
    path.write_text(HEAD + rows, encoding="utf-8")
    return path


def test_decisions_are_read_from_a_table(tmp_path: Path) -> None:
    city = draw("CC.")
    path = write(
        tmp_path,
        "100m_0_2,include,new homes,Borgerrepræsentationen,2021-06-24\n100m_0_0,EXCLUDE,a school,X,2021-06-24\n",
    )
    read = read_overrides(path, city.units, "en")
    assert read.decisions.include.tolist() == [-1, -1, 0]
    assert read.decisions.exclude.tolist() == [1, -1, -1]
    assert (read.overrides[0].decided_by, read.overrides[0].date) == ("Borgerrepræsentationen", "2021-06-24")


def test_what_a_terminal_would_obey_is_left_out_of_a_reason(tmp_path: Path) -> None:
    path = write(tmp_path, '100m_0_0,exclude,"\x1b]0;mine\x07\x1b[2Jwhy",X,2021-06-24\n')
    (override,) = read_overrides(path, draw("CC.").units, "en").overrides
    assert override.reason == "]0;mine[2Jwhy"


def test_a_polygon_stands_for_the_units_whose_centre_lies_in_it(tmp_path: Path) -> None:
    city = draw("CC.")
    path = tmp_path / "overrides.gpkg"
    fields = {"action": "exclude", "reason": "a park", "decided_by": "X", "date": "2021-06-24"}
    pyogrio.raw.write(
        path,
        geometry=np.array([shapely.to_wkb(shapely.box(60, 0, 260, 100))], dtype=object),
        field_data=[np.array([value], dtype=object) for value in fields.values()],
        fields=np.array(list(fields), dtype=object),
        geometry_type="Polygon",
        crs="EPSG:25832",
        driver="GPKG",
    )
    assert read_overrides(path, city.units, "en").decisions.exclude.tolist() == [-1, 0, 0]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("100m_9_9,include,r,X,2021-01-01\n", "units that do not exist"),
        ("100m_0_0,include,,X,2021-01-01\n", "overrides without reason"),
        ("100m_0_0,include,r,,2021-01-01\n", "overrides without decided_by"),
        ("100m_0_0,include,r,X,\n", "overrides without date"),
        ("100m_0_0,include,r,X,soon\n", "dates that cannot be read"),
        ("100m_0_0,remove,r,X,2021-01-01\n", "unknown actions"),
        (",include,r,X,2021-01-01\n", "overrides without a unit"),
        ("", "holds no overrides"),
        ("100m_0_0,include,r,X,2021-01-01\n100m_0_0,exclude,r,X,2021-01-01\n", "both included and excluded"),
    ],
)
def test_a_faulty_decision_is_refused(tmp_path: Path, rows: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        read_overrides(write(tmp_path, rows), draw("CC.").units, "en")
