"""How well the engine finds what was planted in the synthetic city; the only tests that read the planted truth."""

from __future__ import annotations

import numpy as np
import pytest

from how_good import ADDRESSES, against_planted, planted_of_unit, synthetic
from udsat_geo.areas import CORE
from udsat_geo.synthetic import planted_areas


@pytest.mark.parametrize("policy", ["kbh-2017", ADDRESSES], ids=["cells", "addresses"])
@pytest.mark.parametrize("year", [2017, 2021, 2025])
def test_planted_areas_are_found(year: int, policy: str) -> None:
    made = synthetic(year, policy=policy)
    assert against_planted(made).intersection_over_union > 0.85
    assert (made.areas.residents >= 1000).all()
    for area in range(len(made.areas)):
        assert (made.areas.role[made.areas.area_of_unit == area] == CORE).any()


def test_what_was_planted_to_come_and_go_in_2021_does() -> None:
    before, now = synthetic(2017), synthetic(2021)
    names_before, names_now = planted_areas(2017).names, planted_areas(2021).names
    planted_before, planted_now = planted_of_unit(before, 2017), planted_of_unit(now, 2021)
    for name in sorted(set(names_now) - set(names_before)):
        units = planted_now == names_now.index(name)
        assert (now.areas.area_of_unit[units] >= 0).mean() > 0.8, name
    for name in sorted(set(names_before) - set(names_now)):
        gone = set(before.units.unit_id[planted_before == names_before.index(name)])
        still = set(now.units.unit_id[now.areas.area_of_unit >= 0])
        assert len(gone & still) / len(gone) < 0.2, name


def test_every_planted_area_is_met_by_some_area() -> None:
    made = synthetic(2017)
    planted = planted_of_unit(made, 2017)
    for area in np.unique(planted[planted >= 0]):
        assert (made.areas.area_of_unit[planted == area] >= 0).any()
