"""Which earlier designation a job compares itself with: made where it can be, else loaded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import udsat_geo.designation.job
from made_once import made_once
from small_registers import make_registers
from udsat_geo.designation.designation import Designation, designate
from udsat_geo.designation.job import Job, run
from udsat_geo.files.earlier import store_of
from udsat_geo.files.write import write_results
from udsat_geo.messages.errors import InputError
from udsat_geo.policy.load import load_policy

POLICY = load_policy("kbh-2017")


class Made(list[int]):
    """The years that were designated, in their order."""

    def designate(self, year: int, *arguments: object, **options: object) -> Designation:
        self.append(year)
        return designate(year, *arguments, **options)  # type: ignore[arg-type]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Made:
    years = Made()
    monkeypatch.setattr(udsat_geo.designation.job, "designate", years.designate)
    return years


@made_once
def write_two_years(folder: Path) -> None:
    for seed, year in enumerate((2017, 2021)):
        raw = folder / "raw" / str(year)
        make_registers(seed).write(raw)
        (raw / "residents.parquet").rename(raw / "people.parquet")
        (raw / "registers.toml").write_text('[residents]\nfile = "people.parquet"\n')
    write_results(run(job(folder, 2017)), folder / "out", ("gpkg",))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Registers of two years under names of their own, and the designation of the first."""
    write_two_years(tmp_path)
    return tmp_path


def job(folder: Path, year: int, raw: str = "raw", previous: str | None = None) -> Job:
    return Job(year, POLICY, raw=folder / raw, store=store_of(folder / "out"), previous=previous, language="en")


def previous_year(designation: Designation) -> int | None:
    return None if designation.previous is None else designation.previous.year


def test_registers_of_the_earlier_year_are_designated_whatever_lies_in_the_output_folder(
    folder: Path, made: Made
) -> None:
    assert previous_year(run(job(folder, 2021))) == 2017
    assert made == [2017, 2021]


def test_a_stored_designation_changes_no_result_that_can_be_made(folder: Path) -> None:
    make_registers(2).write(folder / "raw" / "2025")
    wanted = run(job(folder, 2025))
    # made without its own previous one, a designation does not know since when its areas are there
    write_results(run(job(folder, 2021, previous="none")), folder / "out", ("gpkg",))
    found = run(job(folder, 2025))
    assert found.since.tolist() == wanted.since.tolist()
    assert found.changes is not None
    assert wanted.changes is not None
    assert found.changes.event == wanted.changes.event


def test_without_registers_of_the_earlier_year_a_stored_designation_serves(folder: Path, made: Made) -> None:
    assert previous_year(run(job(folder, 2021, raw="raw/2021"))) == 2017
    assert made == [2021]


@pytest.mark.parametrize("key", ["source", "policy"])
def test_one_of_another_kind_serves_only_when_it_is_asked_for(folder: Path, key: str) -> None:
    path = folder / "out/designation_2017.json"
    summary = json.loads(path.read_text(encoding="utf-8"))
    summary |= {"source": "synthetic"} if key == "source" else {"policy": {"id": "kbh-2017", "sha256": "another"}}
    path.write_text(json.dumps(summary), encoding="utf-8")
    alone = run(job(folder, 2021, raw="raw/2021"))
    assert previous_year(alone) is None
    assert "compared only with --previous 2017" in alone.notes[-1]
    assert previous_year(run(job(folder, 2021, raw="raw/2021", previous="2017"))) == 2017


def running(folder: Path, year: int, policy: str, previous: str | None = None) -> Designation:
    """A year of a policy that looks back one year, its base or itself, as written into the output folder."""
    path = folder / "running.toml"
    path.write_text('extends = "kbh-2017"\nid = "running"\ncadence = 1\n[rule]\nyears_running = 2\n')
    loaded = load_policy(str(path) if policy == "running" else policy)
    made = run(Job(year, loaded, raw=folder / "raw", store=store_of(folder / "out"), previous=previous, language="en"))
    write_results(made, folder / "out", ("gpkg",))
    return made


def test_a_policy_of_years_running_is_compared_with_what_lies_in_the_folder(tmp_path: Path, made: Made) -> None:
    """Made anew, the year before would ask for the one before it, and so on for all registers there are."""
    for year in (2017, 2018, 2019, 2020):
        make_registers(1).write(tmp_path / "raw" / str(year))
    with pytest.raises(InputError, match=r"designation_2018\.gpkg: no such designation"):
        running(tmp_path, 2019, "running")
    running(tmp_path, 2018, "kbh-2017", previous="none")
    made.clear()
    found = running(tmp_path, 2019, "running")
    assert (made, previous_year(found)) == ([2019], 2018)
    assert any("made by another policy" in note for note in found.notes)
    assert previous_year(running(tmp_path, 2020, "running", previous="2019")) == 2019
