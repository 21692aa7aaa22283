"""A designation of which one machine holds few cells, and workers all others, is the one of all cells together."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, box

from builders import make_cell_units
from goal_worlds import write_geometries
from small_registers import make_registers
from split_registers import ByHand, write_in_parts
from udsat_geo.areas.area_set import AreaSet
from udsat_geo.cluster.bands import BANDS, CHOSEN, bands_of_rows, margin, near
from udsat_geo.cluster.exchange import write_whole
from udsat_geo.cluster.held import can_hold_few, cells_of_earlier, hold_few, what_is_beside
from udsat_geo.cluster.registers import OnWorkers
from udsat_geo.cluster.sums import facts_of_cells, sums_as_table, united
from udsat_geo.designation.designation import Designation, Inputs, designate
from udsat_geo.designation.layers import differences, layers_of
from udsat_geo.designation.surroundings import Around
from udsat_geo.files.read import read_layers
from udsat_geo.files.write import write_layers
from udsat_geo.kernels.gaps import enclosed_cells
from udsat_geo.messages.errors import InputError
from udsat_geo.policy.load import LoadedPolicy, load_policy
from udsat_geo.policy.rules import Policy
from udsat_geo.registers.read import Ratios, RegisterSums
from udsat_geo.registers.settings import RegisterSettings
from udsat_geo.scoring.scores import Yardstick
from udsat_geo.sources import stores
from udsat_geo.units.units import Units

KBH = load_policy("kbh-2017").with_(areas={"residents": 60}, context={"residents": 50, "reach": 300})
POLICIES = {
    "of a year": KBH.with_(score={"scale_of": 2025}),
    "bridges and holes": KBH.with_(score={"scale_of": None, "decides": None}, areas={"bridge": 200, "holes": 9}),
    "large holes": KBH.with_(
        score={"scale_of": None, "decides": None},
        rule={"core": 0.5, "edge": 0.2, "criteria": 1},
        areas={"holes": 40, "fill_below": -9.0},
        context={"residents": 0, "reach": 0, "method": "none"},
    ),
    "many near misses": KBH.with_(
        score={"scale_of": None, "decides": None},
        rule={"core": 0.4, "edge": 0.1, "criteria": 4, "require": ["low_income"]},
        areas={"outline": "exact", "neighbours": "rook"},
    ),
    "numbers of another year": KBH.with_(
        score={
            "scale_of": 2017,
            "decides": "yardstick",
            "scale": {
                "source": "made up",
                "city": dict.fromkeys(KBH.policy.keys, 0.4),
                "spread": dict.fromkeys(KBH.policy.keys, 0.2),
            },
        }
    ),
    "incumbents": KBH.with_(
        score={"scale_of": None, "decides": None}, incumbents={"leave": 0.3, "keep_years": 4}, areas={"residents": 200}
    ),
    "regions": KBH.with_(
        score={"scale_of": None, "decides": None},
        references={"held": {"value": 0.3, "source": "made up"}},
        compare={
            "with": {"region": 0.5, "city": 0.3, "given": 0.2},
            "residents": 1500,
            "given": dict.fromkeys(KBH.policy.keys, "held"),
        },
    ),
    "a limit of the city's": KBH.with_(
        {"criteria.low_income.limit_factor": 1.2}, score={"scale_of": None, "decides": None}
    ),
    "surrounded": KBH.with_(
        score={"scale_of": None, "decides": None}, rule={"surrounded": ["low_income"]}, areas={"holes": 0}
    ),
    "the worst twentieth": KBH.with_(
        score={"scale_of": None, "decides": None}, rule={"core": {"worst": 0.05}, "edge": {"worst": 0.2}, "criteria": 2}
    ),
    "read alone": KBH.with_(
        score={"scale_of": None, "decides": None}, context={"residents": 0, "reach": 0, "method": "none"}
    ),
}


def town(seed: int, side: int, earlier: bool = False) -> Units:
    """A town of estates on a plain: many cells are near nothing. Earlier it had another estate, and other cells."""
    random = Random(seed)
    places = sorted({(random.randrange(side), random.randrange(side)) for _cell in range(side * side // 2)})
    centres = [(random.randrange(side), random.randrange(side)) for _estate in range(3)]
    if earlier:
        random = Random(seed + 1)
        places = [place for place in places if random.random() < 0.9]
        centres[0] = (random.randrange(side), random.randrange(side))
    poor = [min(abs(row - r) + abs(col - c) for r, c in centres) < 4 for row, col in places]
    residents = [random.choice((0, 7, 12, 30)) for _cell in places]
    shares = [
        [sum(random.random() < (0.8 if is_poor else 0.2) for _person in range(living)) for _criterion in range(5)]
        for living, is_poor in zip(residents, poor, strict=True)
    ]
    base = np.repeat(np.array(residents)[:, None], 5, axis=1)
    top = np.array(shares)
    top[:, 0] = np.where(poor, 20, 45) * residents
    return make_cell_units(places, residents, top, base)


def sums_in_files(units: Units, folder: Path, n_files: int) -> tuple[list[Path], RegisterSums]:
    """The sums of cells as the tiles of a cluster have them, and some of cells without a dwelling among them."""
    assert units.row is not None
    assert units.col is not None
    nothing = np.empty(0, dtype=np.int64)
    ones = np.ones(units.numerator.shape[1], dtype=np.int64)
    like = RegisterSums(nothing, nothing, nothing, nothing, ones, ones, {}, {}, {}, (), RegisterSettings())
    paths = []
    for number in range(n_files):
        mine = np.flatnonzero(np.arange(len(units)) % n_files == number)
        # the last has no dwelling, and is no unit
        row, col = np.append(units.row[mine], 10**6), np.append(units.col[mine], 0)
        counts = np.append(units.residents[mine], 0), np.append(np.ones(len(mine), dtype=np.int64), 0)
        nobody = np.zeros((1, 5), dtype=np.int64)
        sides = (np.concatenate([side[mine], nobody]) for side in (units.numerator, units.denominator))
        table = united(sums_as_table(row, col, *counts, Ratios(*sides, ones, ones)))
        paths.append(folder / f"tiles-{number}.arrow")
        write_whole(paths[-1], table, facts_of_cells(table))
    return paths, like


def yardstick_of(policy: Policy) -> Yardstick | None:
    scale = policy.score.scale
    if scale is None:
        return None
    city, spread = (np.array([of[key] for key in policy.keys]) for of in (scale.city, scale.spread))
    return Yardstick(2017, policy.keys, city, spread, scale.source)


def designated(
    policy: LoadedPolicy,
    units: Units,
    elsewhere: Any = None,
    year: int = 2025,
    previous: AreaSet | None = None,
    around: Around | None = None,
) -> Designation:
    found = {"counts": {}, "rows": {}, "files": {}, "notes": (), "vintage": {}, "let": {"low_income": 1.0}}
    inputs = Inputs(None, None, "registers", around or Around(), year=year, elsewhere=elsewhere)
    yardstick = yardstick_of(policy.policy)
    return designate(year, policy, inputs, previous, read=(units, found), yardstick=yardstick)


def held_of(
    units: Units,
    policy: Policy,
    workers: Any,
    n_files: int,
    n_of_a_band: int,
    previous: AreaSet | None = None,
    around: Around | None = None,
) -> Units | None:
    folder = workers.exchange / f"cells-{uuid4().hex}"
    paths, like = sums_in_files(units, workers.exchange, n_files)
    inputs = Inputs(None, None, "registers", around or Around(), year=2025)
    beside = what_is_beside(inputs, policy, yardstick_of(policy), previous)
    assert beside is not None
    return hold_few(workers, folder, paths, like, policy, units.crs, beside, n_of_a_band)


@pytest.fixture(scope="module")
def around(tmp_path_factory: pytest.TempPathFactory) -> Around:
    """A railway, a road aslant and a lake, with a bridge over each of the former; and regions that leave some out."""
    folder = tmp_path_factory.mktemp("around")
    lines = [LineString([(1_800, -500), (1_830, 5_000)]), LineString([(-500, 900), (5_000, 3_350)])]
    lake = Point(2_600, 1_000).buffer(420)
    squares = [box(0, 0, 2_200, 4_600), box(2_200, 0, 4_600, 2_000), box(2_200, 2_000, 4_600, 2_150)]
    towns = gpd.GeoDataFrame({"name": ["West", "South", "Strip"]}, geometry=squares, crs="EPSG:25832")
    towns.to_file(folder / "regions.gpkg")
    return Around(
        regions=folder / "regions.gpkg",
        barriers=write_geometries(folder / "barriers.gpkg", [*lines, lake.exterior]),
        crossings=write_geometries(folder / "crossings.gpkg", [Point(1_812, 1_950), Point(2_000, 2_014)]),
    )


@pytest.mark.long
@settings(max_examples=12)
@given(
    st.integers(0, 10**6),
    st.integers(1, 3),
    st.sampled_from([100, 400]),
    st.sampled_from(sorted(POLICIES)),
    st.sampled_from(["nothing", "all", "few"]),
    st.booleans(),
)
def test_few_cells_give_the_layers_of_all(
    around: Around, seed: int, n_files: int, n_of_a_band: int, name: str, with_: str, has_barriers: bool
) -> None:
    around = around if has_barriers else Around(regions=around.regions)
    policy, units = POLICIES[name], town(seed, 45)
    then, regions = town(seed, 45, earlier=True), Around(regions=around.regions)
    before = designated(policy, then, year=2021, around=regions).area_set()
    wanted = layers_of(designated(policy, units, previous=None if with_ == "nothing" else before, around=around))
    with TemporaryDirectory() as exchange:
        workers: Any = ByHand(Path(exchange), seed)
        previous = None if with_ == "nothing" else before
        if with_ == "few" and (few := held_of(then, policy.policy, workers, 1, n_of_a_band, around=regions)):
            previous = designated(policy, few, OnWorkers(workers), 2021, around=regions).area_set()
            # cells that only one of the years holds are completed where all of the other are
            whole = layers_of(designated(policy, units, previous=previous, around=around))
            assert differences(wanted, whole) == []
        few = held_of(units, policy.policy, workers, n_files, n_of_a_band, previous, around)
        if few is None:
            assert not len(before)
            return
        assert len(few) < len(units)
        found = layers_of(designated(policy, few, OnWorkers(workers), previous=previous, around=around))
        assert differences(wanted, found) == []
        assert found.summary.run == wanted.summary.run
        assert any(note.startswith("Barrierer skiller") for note in found.summary.notes) is has_barriers
        assert found.cells is not None
        assert wanted.cells is not None
        for mine, its in zip(found.cells.row_and_col, wanted.cells.row_and_col, strict=True):
            np.testing.assert_array_equal(mine, its)


@pytest.mark.long
def test_files_of_cells_may_lie_in_a_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("fsspec")
    monkeypatch.setattr(stores, "_OBJECT_STORES", frozenset(["memory"]))
    folder = stores.StorePath(f"memory://{uuid4().hex}")
    folder.mkdir()
    try:
        policy, units = POLICIES["bridges and holes"], town(3, 40)
        before = designated(policy, town(3, 40, earlier=True), year=2021).area_set()
        few = held_of(units, policy.policy, ByHand(folder), 2, 300, before)
        assert few is not None
        found = layers_of(designated(policy, few, OnWorkers(ByHand(folder)), previous=before))
        write_layers(found, tmp_path, ("parquet", "tif"))
        wanted = layers_of(designated(policy, units, previous=before))
        assert differences(wanted, read_layers(tmp_path)) == []
        assert len(list(tmp_path.glob("*_units_0*.parquet"))) > 1
    finally:
        folder.remove()


def test_a_sum_that_none_may_be_is_for_all_cells_to_tell(tmp_path: Path) -> None:
    units = town(1, 12)
    base = units.denominator.copy()
    base[3, 2] = -5
    policy = POLICIES["read alone"].policy
    assert held_of(replace(units, denominator=base), policy, ByHand(tmp_path), 1, 100) is None


def test_where_no_cell_reaches_a_threshold_all_are_held(tmp_path: Path) -> None:
    policy = POLICIES["read alone"].with_(rule={"core": 99.0, "edge": 98.0}).policy
    assert held_of(town(1, 12), policy, ByHand(tmp_path), 1, 100) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"score": {"method": "percentile", "scale_of": None, "decides": None}},
        {"rule": {"years_running": 2}},
        {"compare": {"with": "region"}, "score": {"scale_of": None, "decides": None}},
        {"context": {"method": "neighbours", "residents": 0, "reach": 0}},
    ],
)
def test_policies_that_rest_on_more_than_sums_want_all_cells(changes: dict[str, Any]) -> None:
    plain = Inputs(None, None, "registers", year=2025)
    assert can_hold_few(plain, KBH.policy)
    assert not can_hold_few(plain, KBH.with_(changes).policy)


def test_overrides_want_all_cells_and_barriers_do_not() -> None:
    for name, few in (("overrides", False), ("parcels", False), ("regions", True), ("barriers", True)):
        inputs = Inputs(None, None, "registers", Around(**{name: Path(f"{name}.gpkg")}), year=2025)
        assert can_hold_few(inputs, KBH.policy) is few


@given(st.lists(st.integers(1, 50), min_size=1, max_size=30), st.integers(1, 60))
def test_bands_hold_whole_rows_and_each_once(counts: list[int], n_of_a_band: int) -> None:
    rows = np.arange(len(counts), dtype=np.int64) * 3 - 7
    bounds = bands_of_rows(rows, np.array(counts, dtype=np.int64), n_of_a_band)
    assert (bounds[0], bounds[-1]) == (rows[0], rows[-1] + 1)
    assert all(south < north for south, north in pairwise(bounds))
    for south, north in pairwise(bounds):
        held = sum(count for row, count in zip(rows.tolist(), counts, strict=True) if south <= row < north)
        assert 0 < held <= n_of_a_band + max(counts)


@given(st.sets(st.tuples(st.integers(1, 10), st.integers(1, 10)), min_size=1), st.booleans())
def test_no_cell_of_a_hole_lies_farther_from_the_area_than_the_margin(open_: set[tuple[int, int]], rook: bool) -> None:
    cells = {(row, col) for row in range(12) for col in range(12)} - open_
    row, col = (np.array([cell[side] for cell in sorted(cells)], dtype=np.int64) for side in (0, 1))
    hole_row, hole_col, hole, _group = enclosed_cells(row, col, np.array([0, len(row)]), rook)
    for number in np.unique(hole).tolist():
        mine = np.flatnonzero(hole == number)
        policy = KBH.with_(areas={"holes": len(mine), "bridge": 0}).policy
        for r, c in zip(hole_row[mine].tolist(), hole_col[mine].tolist(), strict=True):
            assert np.maximum(np.abs(row - r), np.abs(col - c)).min() <= margin(policy) - 1


CELL = st.tuples(st.integers(-8, 8), st.integers(-8, 8))


@given(st.dictionaries(CELL, st.booleans(), min_size=1, max_size=40), st.integers(0, 4))
def test_cells_near_a_chosen_one(cells: dict[tuple[int, int], bool], reach: int) -> None:
    places = sorted(cells)
    row, col = (np.array([place[side] for place in places], dtype=np.int64) for side in (0, 1))
    chosen = np.array([cells[place] for place in places])
    wanted = [
        any(cells[r, c] and abs(r - row) <= reach and abs(c - col) <= reach for r, c in places) for row, col in places
    ]
    assert near(row, col, chosen, reach).tolist() == wanted


def test_an_earlier_designation_with_hardly_a_cell_in_common_wants_all_cells(tmp_path: Path) -> None:
    policy, units = POLICIES["read alone"], town(1, 20)
    other = replace(units, unit_id=make_cell_units([(row + 900, 5) for row in range(len(units))]).unit_id)
    before = designated(policy, other, year=2021).area_set()
    assert held_of(units, policy.policy, ByHand(tmp_path), 1, 100, before) is None
    assert held_of(units, policy.policy, ByHand(tmp_path), 1, 100) is not None


def test_cells_that_are_called_otherwise_are_no_cells_of_the_grid() -> None:
    policy, units = POLICIES["read alone"], town(1, 12)
    for ids in ([f" {unit}" for unit in units.unit_id], [f"cell {k}" for k in range(len(units))]):
        before = designated(policy, replace(units, unit_id=np.array(ids, dtype=object)), year=2021).area_set()
        assert cells_of_earlier(before, policy.policy) is None
    assert cells_of_earlier(designated(policy, units, year=2021).area_set(), policy.policy) is not None


@pytest.mark.long
def test_after_a_killed_call_the_same_call_finds_its_bands(tmp_path: Path) -> None:
    folder = write_in_parts(make_registers(1), tmp_path / "raw", 1)
    (tmp_path / "exchange").mkdir()
    policy = POLICIES["read alone"].with_(rule={"core": 0.6, "edge": 0.3, "criteria": 1}).policy

    def cells(which: Policy) -> list[str]:
        workers = ByHand(tmp_path / "exchange")
        OnWorkers(workers, holds_few=True, least_cells=1, cells_of_a_band=5).cells(folder, which)  # type: ignore[arg-type]
        return [stage for stage, _number in workers.found_done if stage in (BANDS, CHOSEN)]

    assert cells(policy) == []
    found = cells(policy)
    assert (BANDS in found, CHOSEN in found) == (True, True)
    assert cells(policy.model_copy(update={"areas": policy.areas.model_copy(update={"holes": 9})})) == []


def test_a_share_of_less_than_one_cell_is_told(tmp_path: Path) -> None:
    policy = POLICIES["read alone"].with_(rule={"core": {"worst": 0.001}, "edge": None}).policy
    with pytest.raises(InputError, match=r"rule\.core: the worst 0\.001 of \d+ units .* is less than one"):
        held_of(town(1, 12), policy, ByHand(tmp_path), 1, 100)
