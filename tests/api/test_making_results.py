"""`designate` and `read`: the same as the command gives, from files and from frames."""

from __future__ import annotations

import functools
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import geopandas as gpd
import numba
import pandas as pd
import pytest
from shapely.geometry import LineString, Point

import udsat_geo as ug
from api_town import Town


def barrier_through(result: ug.Result) -> gpd.GeoDataFrame:
    """A line from west to east through the middle of the units."""
    west, south, east, north = result.units.total_bounds
    middle = (south + north) / 2 + 13
    return gpd.GeoDataFrame(
        {"name": ["canal"]}, geometry=[LineString([(west, middle), (east, middle)])], crs=result.crs
    )


@pytest.mark.long
def test_it_makes_what_the_command_writes(town: Town, made: ug.Result, earlier: ug.Result) -> None:
    assert made.differences(ug.read(town.file(2021))) == []
    assert made == ug.read(town.file(2021))
    assert earlier == ug.read(str(town.file(2017)))
    assert made != earlier
    assert "summary: year" in made.differences(earlier)
    assert made != "a designation"
    assert (made.designation is None, ug.read(town.file(2021)).designation) == (False, None)


def test_results_are_compared_and_never_hashed(made: ug.Result) -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(made)


@pytest.mark.long
def test_a_policy_may_be_loaded_before(town: Town, made: ug.Result) -> None:
    assert town.designate(policy=ug.load_policy(str(town.policy))) == made


@pytest.mark.long
def test_the_folder_of_one_year_serves_too(town: Town) -> None:
    found = town.designate(registers=str(town.registers / "2021"), previous=None)
    # and holds no people of 2017, whose scale would be the yardstick: that is told
    differences = found.differences(town.designate(previous="none"))
    assert [line.partition(":")[0] for line in differences] == ["summary", "summary", "summary", "units"]
    assert "No designation and no registers of 2017: the yardstick of that year is not known." in found.summary["notes"]
    assert found.summary["changes"] is None


@pytest.mark.long
@pytest.mark.parametrize("kind", ["year", "file", "made", "read"])
def test_the_previous_designation_in_every_form(town: Town, made: ug.Result, earlier: ug.Result, kind: str) -> None:
    previous = {"year": 2017, "file": town.file(2017), "made": earlier, "read": ug.read(town.file(2017))}[kind]
    found = town.designate(previous=previous)
    # the summary names the file that was continued from, and that it was made anew
    assert found.differences(made) == ([] if kind == "year" else ["summary: changes", "summary: run"])
    told = found.summary["changes"] | {"previous": made.summary["changes"]["previous"]}
    assert told == made.summary["changes"]


@pytest.mark.long
def test_without_a_word_it_is_the_one_of_the_cadence(town: Town, made: ug.Result) -> None:
    given = {"policy": town.policy, "registers": town.registers, "designations": town.folder / "no", "language": "en"}
    assert ug.designate(year=2021, **given) == made  # type: ignore[arg-type]


@pytest.mark.long
def test_a_frame_is_the_same_as_its_file(town: Town, made: ug.Result, tmp_path_factory: pytest.TempPathFactory) -> None:
    barriers = barrier_through(made)
    path = tmp_path_factory.mktemp("barriers") / "barriers.gpkg"
    barriers.to_file(path)
    by_file, by_frame = town.designate(barriers=path), town.designate(barriers=barriers)
    assert [line for line in by_frame.differences(by_file) if not line.startswith("summary: inputs")] == []
    assert by_frame == town.designate(barriers=barriers), "the same frame gives the same hash"
    assert by_file.notes != made.notes
    (told,) = [entry for entry in by_frame.summary["inputs"] if entry["name"].startswith("barriers")]
    assert told["rows"] == 1


@pytest.mark.long
def test_an_input_may_be_an_address(town: Town, made: ug.Result, tmp_path: Path) -> None:
    """Fetched once; the files of the result have the hash of what was received."""
    barrier_through(made).to_file(tmp_path / "canal.gpkg")
    handler = functools.partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_address[1]}/canal.gpkg"
        found = town.designate(barriers=address)
        server.shutdown()
    assert address in [entry["name"] for entry in found.summary["inputs"]]
    assert ug.read(found.to_folder(tmp_path / "out")[0]) == found


@pytest.mark.long
def test_decisions_as_a_table(town: Town, made: ug.Result) -> None:
    out = made.units.query("role == 'outside'")["unit_id"].iloc[0]
    decisions = pd.DataFrame(
        {"unit_id": [out], "action": ["include"], "reason": ["a school"], "decided_by": ["us"], "date": ["2021-03-01"]}
    )
    decided = town.designate(overrides=decisions)
    assert decided.overrides["units_changed"].tolist() == [1]
    assert decided.units.set_index("unit_id").loc[out, "role"] == "included"
    assert made.overrides.empty
    assert list(made.overrides.columns) == list(decided.overrides.columns)


def test_what_is_no_input_is_refused_with_all_that_is_wrong(town: Town, made: ug.Result) -> None:
    with pytest.raises(ug.InputError) as caught:
        town.designate(barriers=3, places=["a"])
    assert caught.value.messages == (
        "barriers: is a int. Give a path, a GeoDataFrame, or a DataFrame.",
        "places: is a list. Give a path, a GeoDataFrame, or a DataFrame.",
    )
    with pytest.raises(ug.InputError, match=r"barriers: does not say its reference system\. Set it with set_crs\."):
        town.designate(barriers=barrier_through(made).set_crs(None, allow_override=True))
    with pytest.raises(ug.InputError, match="no built-in policy"):
        town.designate(policy="kbh-2018")
    with pytest.raises(ug.InputError, match="no such designation"):
        ug.read(town.folder / "nothing.gpkg")


def test_references_are_given_by_name(town: Town) -> None:
    with pytest.raises(ug.InputError, match="has no reference 'convicted'"):
        town.designate(references={"convicted": 0.01})


@pytest.mark.long
def test_threads_are_as_they_were(town: Town, made: ug.Result) -> None:
    before = numba.get_num_threads()
    steps: list[str] = []
    assert town.designate(threads=1, progress=steps.append) == made
    assert numba.get_num_threads() == before
    assert steps[0] == "2017: reading and placing"


@pytest.mark.long
def test_points_open_a_barrier(town: Town, made: ug.Result) -> None:
    barriers = barrier_through(made)
    middle = barriers.geometry.iloc[0].interpolate(0.5, normalized=True)
    crossings = gpd.GeoDataFrame({"name": ["bridge"]}, geometry=[Point(middle.x, middle.y)], crs=made.crs)
    found = town.designate(barriers=barriers, crossings=crossings)
    assert {entry["name"] for entry in found.summary["inputs"]} >= {"barriers.gpkg", "crossings.gpkg"}
