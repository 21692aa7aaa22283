"""Questions of results: the same answers as the commands give."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import udsat_geo as ug
from api_town import Tags, Town
from udsat_geo.cli.main import udsat
from udsat_geo.sources import engine

pytestmark = pytest.mark.long  # whole jobs


def told(*arguments: object) -> dict[str, object]:
    """What a command prints as JSON."""
    done = CliRunner().invoke(udsat, [*map(str, arguments), "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_diff_is_that_of_the_command(town: Town, made: ug.Result, earlier: ug.Result, tmp_path: Path) -> None:
    found = ug.diff(earlier, made)
    assert found.summary == told("diff", town.file(2017), town.file(2021), "--language", "en")
    assert ug.diff(town.file(2017), str(town.file(2021)), language="en").summary == found.summary
    assert found.totals["residents_now"] == made.residents_in_areas
    rows = found.areas[["event", "area_id", "name", "residents_kept"]].to_dict("records")
    assert rows == [{key: row[key] for key in rows[0]} for row in found.summary["areas"]]
    assert found.areas.crs == made.crs
    assert len(found.units) == len(made.changed_units)
    assert len(found.links) == len(found.summary["links"])
    assert sum(found.events.values()) >= len(found.areas)
    assert found.notes == list(found.summary["notes"])
    path = found.to_file(tmp_path / "changes.gpkg")
    CliRunner().invoke(
        udsat,
        ["diff", str(town.file(2017)), str(town.file(2021)), "--language", "en", "--out", str(tmp_path / "b.gpkg")],
    )
    assert path.read_bytes() == (tmp_path / "b.gpkg").read_bytes()


def test_a_difference_shows_itself(made: ug.Result, earlier: ug.Result) -> None:
    found = ug.diff(earlier, made)
    assert repr(found).startswith("<Difference: From 2017 to 2021; ")
    page = Tags(found._repr_html_())
    assert page.open == []
    assert "Residents added" in page.text
    assert str(found.summary["areas"][0]["name"]) in page.text
    assert "Fra 2017 til 2021" in ug.diff(earlier, made, language="da")._repr_html_()


def test_diff_from_the_later_to_the_earlier_is_refused(made: ug.Result, earlier: ug.Result) -> None:
    with pytest.raises(ug.InputError, match="Name the earlier one first"):
        ug.diff(made, earlier)


def test_explain_of_an_area_and_of_a_unit(town: Town, made: ug.Result) -> None:
    area = made.areas.iloc[0]
    found = made.explain(area["area_id"])
    assert (found.kind, found.values["name"], found.values["reason"]) == ("area", area["name"], area["reason"])
    unit = made.units.query("role == 'core'").iloc[0]
    found = ug.explain(town.file(2021), unit["unit_id"])
    assert found.area is not None
    assert (found.kind, found.area["area_id"]) == ("unit", unit["area_id"])
    with pytest.raises(ug.InputError, match="has no area and no unit 'nowhere'"):
        ug.explain(made, "nowhere")


def test_lineage_of_results_and_of_years(town: Town, made: ug.Result, earlier: ug.Result) -> None:
    rows = told("lineage", town.file(2017), town.file(2021))["links"]
    found = ug.lineage([earlier, made])
    assert found["residents"].tolist() == [row["residents"] for row in rows]  # type: ignore[attr-defined]
    assert str(found["since"].dtype) in ("int64", "Int64")
    by_years = ug.lineage(years=(2017, 2021), policy=town.policy, registers=town.registers)
    numbers = ["year", "residents", "share_of_area", "event", "since"]
    assert by_years[numbers].equals(found[numbers])
    with pytest.raises(ug.InputError, match="needs designations or years"):
        ug.lineage()


def test_why_of_two_years(town: Town) -> None:
    found = ug.why(2017, 2021, policy=town.policy, registers=town.registers, language="en")
    named = ("--policy", town.policy, "--registers", town.registers, "--language", "en")
    assert found.summary == told("why", 2017, 2021, *named)
    residents = found.residents
    assert residents["change"].tolist() == pytest.approx(
        (residents[["data", "rule", "moving"]].sum(axis="columns")).tolist()
    )
    assert found.rates["of"].unique().tolist() == ["areas", "rest_of_city", "gap", "city"]
    assert repr(found).startswith("<Why: from 2017 to 2021, ")


@pytest.mark.long
def test_status_of_results_files_and_years(town: Town, made: ug.Result, earlier: ug.Result) -> None:
    named = {"policy": town.policy, "registers": town.registers, "language": "en"}
    found = ug.status(earlier, years=(2017, 2021), updated=made, **named)  # type: ignore[arg-type]
    args = ("--areas", town.file(2017), "--updated", town.file(2021), "--years", "2017,2021")
    as_command = told("status", *args, "--policy", town.policy, "--registers", town.registers, "--language", "en")
    assert {key: found.summary[key] for key in ("table_1", "table_2", "table_22", "milestone")} == {
        key: as_command[key] for key in ("table_1", "table_2", "table_22", "milestone")
    }
    rates = found.rates
    assert rates["year"].tolist() == [2017] * 5 + [2021] * 5
    assert (rates["gap"].abs() - (rates["areas"] - rates["rest_of_city"]).abs()).abs().max() < 1e-12
    assert found.milestone is not None
    assert found.milestone["rule"]["by"] == 2025
    assert "2017, 2021" in repr(found)
    assert ug.status(2017, years=[2017], **named).rates.equals(rates[:5])  # type: ignore[arg-type]
    assert (rates["gap_se"] ** 2 - rates["areas_se"] ** 2 - rates["rest_of_city_se"] ** 2).abs().max() < 1e-12
    assert found.changes["criterion"].tolist() == rates["criterion"][:5].tolist()
    assert set(found.changes["verdict"]) <= {"improved", "worse", "undecided", None}
    assert ug.status(2017, years=[2017], **named).changes.empty  # type: ignore[arg-type]
    assert found.notes == list(found.summary["notes"])


def test_what_is_published() -> None:
    checks = ug.reproduce(2021, language="en")
    assert len(checks) > 300
    assert set(checks["verdict"]) == {"agrees", "agrees within rounding", "does not agree"}
    assert ug.goals(language="en")["goal"].tolist() == list(range(1, 19))
    assert ug.goals()["label"].iloc[0] != ug.goals(language="en")["label"].iloc[0]
    reasons = ug.goals(language="en").set_index("goal")["reason"]
    assert "cannot be judged without n" in reasons[12]
    policies = ug.policies()
    assert "kbh-2017" in policies
    assert all(policy.policy.id == name for name, policy in policies.items())
    with pytest.raises(ug.InputError, match="2019"):
        ug.reproduce(2019)


def test_every_call_that_reads_registers_may_be_held_to_so_much_memory(town: Town) -> None:
    named = {"policy": town.policy, "registers": town.registers}
    ceilings: list[int | None] = []

    def seen(_step: str) -> None:
        ceilings.append(engine._ceiling)

    calls = [
        lambda memory: ug.designate(2021, previous=None, progress=seen, memory=memory, **named),
        lambda memory: ug.lineage(years=(2017, 2021), progress=seen, memory=memory, **named),
        lambda memory: ug.why(2017, 2021, progress=seen, memory=memory, **named),
        lambda memory: ug.status(2017, years=[2017], progress=seen, memory=memory, **named),
    ]
    for call in calls:
        with pytest.raises(ug.InputError, match="'much' is no size"):
            call("much")
        ceilings.clear()
        call("3GB")
        assert set(ceilings) == {3 * 10**9}
        assert engine._ceiling is None
