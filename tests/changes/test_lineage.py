"""Lineages, against walks along sets of units."""

from __future__ import annotations

import csv
import io
import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from test_diff import links_of, members

from builders import make_designated
from two_years import write_polygons, write_town
from udsat_geo.areas.area_set import AreaSet
from udsat_geo.changes.diff import compare
from udsat_geo.changes.lineage import Lineage, trace
from udsat_geo.changes.tables import COLUMNS, lineage_as_csv, lineage_as_data, lineage_rows
from udsat_geo.cli.main import udsat
from udsat_geo.messages.errors import InputError
from udsat_geo.registers.folders import check_rising


@st.composite
def rows_of_designations(draw: DrawFn) -> list[AreaSet]:
    """Three designations of twelve units in up to three areas each."""
    units = [f"u{i:02d}" for i in range(12)]
    made = []
    for year in (2017, 2021, 2025):
        drawn = draw(st.lists(st.integers(-1, 2), min_size=12, max_size=12))
        number = {label: i for i, label in enumerate(sorted(set(drawn) - {-1}))}
        areas = {unit: number.get(label, -1) for unit, label in zip(units, drawn, strict=True)}
        living = draw(st.lists(st.integers(0, 20), min_size=12, max_size=12))
        made.append(
            make_designated(areas, dict(zip(units, living, strict=True)), year, since=draw(st.integers(2010, year)))
        )
    return made


def traced(made: list[AreaSet]) -> Lineage:
    return trace(made, [compare(before, now) for before, now in pairwise(made)])


def people(designated: AreaSet, units: set[str]) -> int:
    living = dict(zip(designated.members.unit_id.tolist(), designated.members.residents.tolist(), strict=True))
    return sum(living.get(unit, 0) for unit in units)


@pytest.mark.long
@given(rows_of_designations())
def test_nodes_and_flows_are_sets_of_units(made: list[AreaSet]) -> None:
    found = traced(made)
    nodes, flows = found.nodes, found.flows
    areas = [members(designated) for designated in made]
    assert nodes.year.tolist() == [d.year for d, each in zip(made, areas, strict=True) for _ in each]
    assert nodes.area_id.tolist() == [area for d in made for area in d.area_id.tolist()]
    assert nodes.residents.tolist() == [
        people(d, units) for d, each in zip(made, areas, strict=True) for units in each
    ]  # fmt: skip
    first = np.cumsum([0, *(len(each) for each in areas)])
    carried = {}
    for i in range(len(flows)):
        carried[int(flows.tail[i]), int(flows.head[i])] = (
            int(flows.residents[i]), int(flows.units[i]), bool(flows.linked[i])
        )  # fmt: skip
    wanted = {}
    for step in (0, 1):
        links = links_of(made[step], made[step + 1])
        for p, old in enumerate(areas[step]):
            for a, new in enumerate(areas[step + 1]):
                if old & new:
                    wanted[first[step] + p, first[step + 1] + a] = (
                        people(made[step + 1], old & new), len(old & new), (a, p) in links
                    )  # fmt: skip
    assert carried == wanted


@pytest.mark.long
@given(rows_of_designations())
def test_residents_of_an_area_came_from_earlier_ones_or_from_outside(made: list[AreaSet]) -> None:
    nodes, flows = traced(made).nodes, traced(made).flows
    for i in range(len(nodes)):
        if nodes.year[i] > 2017:
            assert nodes.residents[i] == nodes.from_outside[i] + flows.residents[flows.head == i].sum()
        if nodes.year[i] < 2025:
            later = made[1 + (2017, 2021).index(nodes.year[i])]
            own = members(made[(2017, 2021).index(nodes.year[i])])[nodes.area[i]]
            assert people(later, own) == nodes.to_outside[i] + flows.residents[flows.tail == i].sum()


@pytest.mark.long
@given(rows_of_designations())
def test_a_chain_is_one_area_a_year_without_a_gap(made: list[AreaSet]) -> None:
    found = traced(made)
    nodes, flows = found.nodes, found.flows
    for chain in set(nodes.chain.tolist()):
        links = np.flatnonzero(nodes.chain == chain)
        years = nodes.year[links].tolist()
        assert years == list(range(years[0], years[-1] + 1, 4))
        for before, now in pairwise(links):
            flow = np.flatnonzero((flows.tail == before) & (flows.head == now))
            assert flows.continues[flow].tolist() == [True]
            assert flows.linked[flow].tolist() == [True]
        assert not (flows.continues & (flows.head == links[0])).any()
    assert int(flows.continues.sum()) == len(nodes) - len(set(nodes.chain.tolist()))


@pytest.mark.long
@given(rows_of_designations())
def test_an_area_is_as_old_as_the_oldest_it_descends_from(made: list[AreaSet]) -> None:
    nodes, flows = traced(made).nodes, traced(made).flows
    for i in range(len(nodes)):
        parents = flows.tail[flows.linked & (flows.head == i)]
        if nodes.year[i] == 2017:
            assert nodes.since[i] == made[0].since[nodes.area[i]]
        else:
            assert nodes.since[i] == (nodes.since[parents].min() if len(parents) else nodes.year[i])


@pytest.mark.long
@given(rows_of_designations())
def test_every_link_and_every_end_has_one_row(made: list[AreaSet]) -> None:
    found = traced(made)
    rows = lineage_rows(found)
    nodes, flows = found.nodes, found.flows
    linked = np.flatnonzero(flows.linked)
    ends = {
        (int(nodes.year[p]), nodes.area_id[p], int(nodes.year[a]), nodes.area_id[a])
        for p, a in zip(flows.tail[linked], flows.head[linked], strict=True)
    }
    heads, tails = set(flows.head[flows.linked].tolist()), set(flows.tail[flows.linked].tolist())
    before = {2021: 2017, 2025: 2021}
    after = {year: later for later, year in before.items()}
    begins = {(before[int(nodes.year[i])], None, int(nodes.year[i]), nodes.area_id[i])
              for i in range(len(nodes)) if nodes.year[i] > 2017 and i not in heads}  # fmt: skip
    over = {(int(nodes.year[i]), nodes.area_id[i], after[int(nodes.year[i])], None)
            for i in range(len(nodes)) if nodes.year[i] < 2025 and i not in tails}  # fmt: skip
    told = [(row["previous_year"], row["previous_id"], row["year"], row["area_id"]) for row in rows]
    assert len(told) == len(set(told))
    assert set(told) == ends | begins | over
    assert [row["year"] for row in rows] == sorted(row["year"] for row in rows)
    assert nodes.ends.tolist() == [nodes.year[i] < 2025 and i not in tails for i in range(len(nodes))]
    assert all(tuple(row) == COLUMNS for row in rows)


def test_a_name_that_returns_begins_a_chain_of_its_own() -> None:
    there = make_designated({"a": 0, "b": -1}, year=2017)
    gone = make_designated({"a": -1, "b": -1}, year=2021)
    back = make_designated({"a": 0, "b": -1}, year=2025)
    for designated in (there, back):
        designated.area_id[:] = ["Tingbjerg"]
    found = traced([there, gone, back])
    assert found.nodes.chain.tolist() == ["Tingbjerg", "Tingbjerg (2025)"]
    assert found.nodes.since.tolist() == [2017, 2025]
    assert found.nodes.ends.tolist() == [True, False]


def test_csv_and_json_say_the_same() -> None:
    before = make_designated({"a": 0, "b": 0, "c": 1, "d": -1}, {"a": 5, "b": 5, "c": 7, "d": 4}, 2017)
    now = make_designated({"a": 0, "b": 1, "c": -1, "d": 2}, {"a": 6, "b": 6, "c": 7, "d": 4}, 2021)
    found = traced([before, now])
    rows = list(csv.DictReader(io.StringIO(lineage_as_csv(found))))
    data = lineage_as_data(found)
    assert [row["event"] for row in rows] == ["split", "split", "added", "removed"]
    assert [row["area_id"] for row in rows] == ["2021-01", "2021-02", "2021-03", ""]
    assert [row["chain"] for row in rows] == ["2017-01", "2021-02", "2021-03", "2017-02"]
    assert [int(row["residents"]) for row in rows] == [6, 6, 4, 7] == [row["residents"] for row in data["links"]]
    assert [row["share_of_previous"] for row in data["links"]] == [0.5, 0.5, None, None]
    assert [area["residents"] for area in data["areas"]] == [10, 7, 6, 6, 4]
    assert [(flow["from"], flow["to"]) for flow in data["flows"]] == [(0, 2), (0, 3)]


@pytest.mark.parametrize("years", [[2017], [], [2021, 2017], [2017, 2017]])
def test_years_must_rise(years: list[int]) -> None:
    with pytest.raises(InputError, match=r"years|after"):
        check_rising(years)
    check_rising([2017, 2018, 2025])


@pytest.mark.long
def test_years_and_files_say_the_same(tmp_path: Path) -> None:
    write_town(tmp_path)
    files = [tmp_path / "out" / f"designation_{year}.gpkg" for year in (2017, 2021)]
    common = ["--language", "en", "--json"]
    call = [
        "lineage",
        "--years",
        "2017,2021",
        "--registers",
        str(tmp_path / "raw"),
        "--policy",
        str(tmp_path / "town.toml"),
    ]
    told = []
    for arguments in ([*call, *common], ["lineage", *map(str, files), *common]):
        result = CliRunner().invoke(udsat, arguments)
        assert result.exit_code == 0, result.stderr
        told.append({key: value for key, value in json.loads(result.stdout).items() if key != "notes"})
    assert told[0] == told[1]
    assert told[0]["areas"]
    table = CliRunner().invoke(udsat, [*call, "--csv"])
    assert table.stdout.splitlines()[0] == ",".join(COLUMNS)


def test_polygons_say_their_year(tmp_path: Path) -> None:
    write_town(tmp_path)
    drawn = write_polygons(tmp_path / "drawn.gpkg", ["Old town"], [(719_400, 6_175_300, 720_100, 6_176_600)])
    now = tmp_path / "out" / "designation_2021.gpkg"
    result = CliRunner().invoke(udsat, ["lineage", f"2017={drawn}", str(now), "--json", "--language", "en"])
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    assert found["years"] == [2017, 2021]
    assert found["areas"][0]["area_id"] == found["areas"][0]["chain"] == "Old town"
    assert {row["previous_id"] for row in found["links"]} >= {"Old town"}
