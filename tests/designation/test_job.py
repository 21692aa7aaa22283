"""Which earlier designation a job compares itself with: what is stored, else one made anew."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from pathlib import Path

import pytest

import udsat_geo.designation.job
from made_once import made_once
from small_registers import make_registers
from two_years import SIZE, write_policy
from udsat_geo.designation.designation import Designation, designate
from udsat_geo.designation.job import Job, designate_in_a_row, run
from udsat_geo.designation.layers import differences, layers_of
from udsat_geo.designation.summary import PreviousDesignation
from udsat_geo.designation.surroundings import Around
from udsat_geo.files.earlier import store_of
from udsat_geo.files.write import write_results
from udsat_geo.messages.errors import InputError
from udsat_geo.policy.load import load_policy

pytestmark = pytest.mark.long  # whole jobs


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
    write_policy(folder / "town.toml")
    for seed, year in enumerate((2017, 2021)):
        raw = folder / "raw" / str(year)
        make_registers(seed, **SIZE).write(raw)
        (raw / "residents.parquet").rename(raw / "people.parquet")
        (raw / "registers.toml").write_text('[residents]\nfile = "people.parquet"\n')
    write_results(run(job(folder, 2017)), folder / "out", ("gpkg",))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Registers of two years under names of their own, and the designation of the first."""
    write_two_years(tmp_path)
    return tmp_path


def job(folder: Path, year: int, raw: str = "raw", previous: str | None = None) -> Job:
    policy = load_policy(str(folder / "town.toml"))
    return Job(year, policy, raw=folder / raw, store=store_of(folder / "out"), previous=previous, language="en")


def previous_year(designation: Designation) -> int | None:
    return None if designation.previous is None else designation.previous.year


def previous_in_summary(designation: Designation) -> PreviousDesignation:
    changes = layers_of(designation).summary.changes
    assert changes is not None
    return changes.previous


def decide(folder: Path, text: str) -> Designation:
    """The designation of 2017 with one decision, as stored."""
    path = folder / "decisions.csv"
    path.write_text(f"unit_id,action,reason,decided_by,date\n{text},as we know it,the council,2017-06-01\n")
    decided = run(dataclasses.replace(job(folder, 2017, previous="none"), around=Around(overrides=path)))
    write_results(decided, folder / "out", ("gpkg",))
    return decided


def test_what_is_stored_is_continued_from_and_named(folder: Path, made: Made) -> None:
    found = run(job(folder, 2021))
    assert previous_year(found) == 2017
    assert made == [2021], "its inputs are those of today: nothing is to be made anew"
    told = previous_in_summary(found)
    stored = folder / "out/designation_2017.gpkg"
    assert (told.file, told.sha256) == (stored.name, hashlib.sha256(stored.read_bytes()).hexdigest())


def test_where_nothing_is_stored_the_earlier_one_is_made(folder: Path, made: Made) -> None:
    (folder / "out/designation_2017.gpkg").unlink()
    found = run(job(folder, 2021))
    assert (previous_year(found), made) == (2017, [2017, 2021])
    assert (previous_in_summary(found).file, previous_in_summary(found).sha256) == (None, None)


def test_decisions_of_the_earlier_year_come_with_it(folder: Path, made: Made) -> None:
    """Ids, names and first years follow what was decided; a note says what the registers alone would have given."""
    plain = run(job(folder, 2017, previous="none"))
    inside = plain.units.unit_id[plain.areas.area_of_unit >= 0]
    of_unit = dict(zip(plain.units.unit_id.tolist(), plain.units.residents.tolist(), strict=True))
    decided = decide(folder, f"{inside[0]},exclude")
    made.clear()
    found = run(job(folder, 2021))
    assert made == [2017, 2021]
    assert found.previous is not None
    held = found.previous.members
    assert set(held.unit_id[held.area_of_unit >= 0]) == set(inside) - {inside[0]}
    assert found.previous.area_id.tolist() == decided.area_id.tolist()
    told = f"2017 would take in {of_unit[inside[0]]} residents more and leave 0 out (1 units)"
    assert any(told in note for note in found.notes)
    assert {(year, what) for year, what, _path in found.previous.files} >= {(2017, "designation"), (2017, "residents")}


def test_made_leaves_what_is_stored_alone(folder: Path, made: Made) -> None:
    wanted = run(job(folder, 2021, previous="made"))
    assert made == [2017, 2021]
    plain = run(job(folder, 2017, previous="none"))
    decide(folder, f"{plain.units.unit_id[plain.areas.area_of_unit >= 0][0]},exclude")
    found = run(job(folder, 2021, previous="made"))
    assert differences(layers_of(found), layers_of(wanted)) == []
    with pytest.raises(InputError, match="--previous made: no registers of 2017"):
        run(job(folder, 2021, raw="raw/2021", previous="made"))


def test_years_in_a_row_are_made_again_and_say_what_was_decided(folder: Path) -> None:
    plain = run(job(folder, 2017, previous="none"))
    decide(folder, f"{plain.units.unit_id[plain.areas.area_of_unit >= 0][0]},exclude")
    first, second = designate_in_a_row(job(folder, 2017), (2017, 2021))
    assert any(
        note.startswith("2017 is made anew here and not read from designation_2017.gpkg") for note in first.notes
    )
    assert not any("made anew here" in note for note in second.notes)


def test_registers_that_spoiled_do_not_undo_what_was_decided(folder: Path) -> None:
    (folder / "raw/2017/people.parquet").write_text("spoiled")
    assert previous_year(run(job(folder, 2021))) == 2017


def test_first_years_are_those_that_were_decided(folder: Path) -> None:
    make_registers(0, **SIZE).write(folder / "raw" / "2025")
    # decided without an earlier one, all its areas are of 2021
    write_results(run(job(folder, 2021, previous="none")), folder / "out", ("gpkg",))
    assert run(job(folder, 2025)).since.min() == 2021
    assert run(job(folder, 2025, previous="made")).since.min() == 2017


def test_without_registers_of_the_earlier_year_a_stored_designation_serves(folder: Path, made: Made) -> None:
    assert previous_year(run(job(folder, 2021, raw="raw/2021"))) == 2017
    assert made == [2021]


def summary_says(folder: Path, told: dict[str, object]) -> None:
    path = folder / "out/designation_2017.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | told), encoding="utf-8")


def test_what_another_policy_decided_was_decided_too(folder: Path) -> None:
    """Made anew by the policy of now, the earlier areas would be those of a rule that nobody decided by then."""
    summary_says(folder, {"policy": {"id": "kbh-2013", "sha256": "another"}})
    for raw in ("raw", "raw/2021"):
        found = run(job(folder, 2021, raw=raw))
        assert previous_in_summary(found).policy == "kbh-2013"
        assert any("made by another policy" in note for note in found.notes)


def test_one_from_another_kind_of_input_serves_only_when_it_is_asked_for(folder: Path) -> None:
    summary_says(folder, {"source": "synthetic"})
    anew = run(job(folder, 2021))
    assert previous_in_summary(anew).file is None
    assert "compared only with --previous 2017" in anew.notes[-1]
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
