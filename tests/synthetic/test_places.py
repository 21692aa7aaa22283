"""Where the synthetic city stands: districts, water, Frederiksberg and the planted areas."""

from __future__ import annotations

import numpy as np
import pytest

from udsat_geo.synthetic.city import geography
from udsat_geo.synthetic.write import YEARS, planted_areas

# points in the water or in parks, and in Frederiksberg (EPSG:25832)
EMPTY = {
    "Harbour": (725_400, 6_175_700),
    "Fælledparken": (724_120, 6_178_680),
    "Amager Fælled": (724_890, 6_173_480),
    "Frederiksberg, centre": (721_800, 6_176_200),
    "Frederiksberg, north": (721_300, 6_177_000),
    "Frederiksberg, west": (720_600, 6_176_000),
    "Frederiksberg, east": (722_900, 6_176_000),
}


def pieces(rows, cols) -> int:
    """How many sets of cells hang together, corners included."""
    left = set(zip(rows.tolist(), cols.tolist(), strict=True))
    count = 0
    while left:
        count += 1
        queue = [left.pop()]
        while queue:
            row, col = queue.pop()
            for cell in [(row + i, col + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]:
                if cell in left:
                    left.remove(cell)
                    queue.append(cell)
    return count


@pytest.mark.long
@pytest.mark.parametrize("name", EMPTY)
def test_nobody_lives_there(tables, name):
    _, _, addresses = tables(2025)
    easting, northing = EMPTY[name]
    assert (np.hypot(addresses.easting - easting, addresses.northing - northing) > 120).all()


@pytest.mark.long
def test_addresses_are_on_half_metres_within_the_districts(tables):
    _, _, addresses = tables(2025)
    for column in ("easting", "northing"):
        assert (addresses[column] * 2 % 1 == 0).all()
    boxes = [d["box"] for d in geography()["district"]]
    within = np.zeros(len(addresses), dtype=bool)
    for west, south, east, north in boxes:
        within |= addresses.easting.between(west, east) & addresses.northing.between(south, north)
    assert within.mean() > 0.995


@pytest.mark.long
def test_districts_hold_their_share(tables):
    _, dwellings, _ = tables(2017)
    total = dwellings.residents.sum()
    whole = sum(d["residents"] for d in geography()["district"])
    for district in geography()["district"]:
        west, south, east, north = district["box"]
        here = dwellings.easting.between(west, east) & dwellings.northing.between(south, north)
        # boxes overlap, so a box holds at least most of its district
        assert dwellings.residents[here].sum() > 0.85 * total * district["residents"] / whole, district["name"]


@pytest.mark.parametrize("seed", [2017, 61, 4])
@pytest.mark.parametrize("year", [2017, 2021, 2025])
def test_every_area_hangs_together_and_touches_no_other(year, seed):
    truth = planted_areas(year, seed)
    n_areas = len(truth.names)
    assert set(truth.area) == set(range(n_areas))
    assert pieces(truth.row, truth.col) == n_areas
    for area in range(n_areas):
        assert pieces(truth.row[truth.area == area], truth.col[truth.area == area]) == 1, truth.names[area]


@pytest.mark.parametrize("seed", [2017, 61])
def test_areas_of_2017_are_at_their_places_and_of_their_size(seed):
    truth = planted_areas(2017, seed)
    facts = geography()["area_2017"]
    assert sorted(truth.names) == sorted(f["name"] for f in facts)
    for area, fact in enumerate(facts):
        mine = truth.area == area
        assert truth.names[area] == fact["name"]
        easting, northing = truth.col[mine].mean() * 100 + 50, truth.row[mine].mean() * 100 + 50
        assert np.hypot(easting - fact["centre"][0], northing - fact["centre"][1]) < 300, fact["name"]
        assert 0.8 * fact["hectares"] <= mine.sum() <= fact["hectares"], fact["name"]


@pytest.mark.parametrize("year", [2017, *(pytest.param(year, marks=pytest.mark.long) for year in (2021, 2025))])
def test_members_are_inhabited_and_hold_a_thousand(tables, year):
    _, dwellings, _ = tables(year)
    truth = planted_areas(year)
    residents = dwellings.groupby(["row", "col"]).residents.sum()
    here = residents.reindex(list(zip(truth.row, truth.col, strict=True)))
    assert (here > 0).all()
    assert np.bincount(truth.area, weights=here.to_numpy()).min() >= 1_000


def test_the_areas_hold_their_dwellings_and_residents(tables):
    _, dwellings, _ = tables(2017)
    truth = planted_areas(2017)
    frame = dwellings.groupby(["row", "col"]).agg(dwellings=("area_m2", "size"), residents=("residents", "sum"))
    here = frame.reindex(list(zip(truth.row, truth.col, strict=True)))
    assert here.dwellings.sum() == pytest.approx(68_329, rel=0.02)
    by_area = np.bincount(truth.area, weights=here.residents)
    for found, fact in zip(by_area, geography()["area_2017"], strict=True):
        assert found == pytest.approx(fact["residents"], rel=0.12), fact["name"]


@pytest.mark.long
def test_what_changed():
    areas = {year: planted_areas(year) for year in (2017, 2021, 2025)}
    assert set(areas[2017].names) - set(areas[2021].names) == {"Ved Kulbanevej", "Ved Bispeengbuen"}
    cells = {y: set(zip(a.row.tolist(), a.col.tolist(), strict=True)) for y, a in areas.items()}
    added = cells[2021] - cells[2017]
    assert pieces(*np.array(sorted(added)).T) == 3
    nordvest = {
        (r, c)
        for r, c, a in zip(areas[2021].row, areas[2021].col, areas[2021].area, strict=True)
        if areas[2021].names[a] == "Nordvest"
    }
    assert 10 <= len(added & nordvest) <= 20  # the addition that adjoins Nordvest to the north
    assert "Ved Gyldenrisvej" in set(areas[2021].names) - set(areas[2025].names)


@pytest.mark.long
def test_years_between_have_the_designation_before_them():
    for year in YEARS:
        base = planted_areas(2017 if year < 2021 else year)
        assert np.array_equal(base.row, planted_areas(year).row)
