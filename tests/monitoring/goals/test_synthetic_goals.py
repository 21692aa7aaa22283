"""Goals 17 and 18 over the planted areas of the synthetic city measure what the report prints."""

from __future__ import annotations

from pathlib import Path

import pytest

from goal_worlds import write_polygons
from how_good import planted_outlines
from udsat_geo.areas.polygons import read_polygons
from udsat_geo.monitoring.goal_figures import Verdict
from udsat_geo.monitoring.goals import Account, RegistersOfYear, load_goals, take_account
from udsat_geo.synthetic.cache import cached_registers
from udsat_geo.synthetic.write import planted_areas

pytestmark = pytest.mark.long  # whole jobs

WITHIN = 0.01
"""Of a printed count: the areas' counts were shared out over strata and rounded there; the city's match to the one."""


def account(folder: Path, designation: int, years: tuple[int, ...]) -> Account:
    path = write_polygons(folder / f"{designation}.gpkg", list(planted_outlines(planted_areas(designation))))
    registers = [RegistersOfYear(year, cached_registers(year), "synthetic") for year in years]
    return take_account(registers, load_goals(), read_polygons(path, "en")[0])


@pytest.fixture(scope="module")
def of_2017(tmp_path_factory: pytest.TempPathFactory) -> Account:
    return account(tmp_path_factory.mktemp("planted"), 2017, (2017, 2019, 2021))


@pytest.mark.long
def test_tenure_and_amenities_are_those_of_the_report(of_2017: Account) -> None:
    compared = 0
    for computed in of_2017.computed:
        published = computed.published
        if published is None or computed.rule.nearness != "same":
            continue
        for year in of_2017.years:
            areas, city = computed.figure(computed.areas[year]), computed.figure(computed.city[year])
            assert float(areas or 0) == pytest.approx(float(published.areas[year]), rel=WITHIN), (published.key, year)
            assert city == published.city[year], (published.key, year)
            compared += 1
    assert compared == 3 * 8


@pytest.mark.long
def test_the_rule_judges_the_computed_series_as_the_published(of_2017: Account) -> None:
    verdicts = {computed.criterion.key: computed.judged() for computed in of_2017.computed}
    for key in ("private_dwellings", "no_toilet_or_bath", "no_district_heating"):
        judgement = verdicts[key]
        assert judgement is not None
        assert judgement.verdict == Verdict.ON_THE_WAY, key
    assert verdicts["owner_occupied"] is None


@pytest.mark.long
def test_the_updated_areas_have_the_updated_figures(tmp_path: Path) -> None:
    found = account(tmp_path, 2021, (2021,))
    for computed in found.computed:
        published = computed.published
        # the heating of the updated areas contradicts itself in the report: 5,337 and 6,050 in one city and year
        if published is None or computed.rule.nearness != "same" or published.key == "no_district_heating":
            continue
        assert published.areas_updated is not None
        areas = computed.figure(computed.areas[2021])
        assert float(areas or 0) == pytest.approx(float(published.areas_updated), rel=WITHIN), published.key


def test_synthetic_registers_are_called_so(of_2017: Account) -> None:
    assert of_2017.source == "synthetic"
    assert of_2017.notes[0] == "Syntetiske registre: disse mennesker findes ikke."
