"""A status as text: figures rounded once, tables as printed, sentences that fit."""

from __future__ import annotations

import csv
import dataclasses
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from builders import make_areas
from udsat_geo.cli.status import print_status
from udsat_geo.designation.status import Status
from udsat_geo.monitoring.chance import Chance, Overlap
from udsat_geo.monitoring.status import RegistersTold, StatusReport, series_of
from udsat_geo.monitoring.status_tables import as_data, figure, figures_csv, markdown, tables_of
from udsat_geo.policy.load import LoadedPolicy, load_policy
from udsat_geo.policy.rules import MilestoneRule
from udsat_geo.scoring.scores import gaps

KBH = load_policy("kbh-2017")
NAN = float("nan")


@pytest.mark.parametrize(
    ("value", "language", "options", "text"),
    [
        (36.16, "da", {}, "36,2"),
        (36.16, "en", {}, "36.2"),
        (1234.56, "da", {}, "1.234,6"),
        (1234.56, "en", {}, "1,234.6"),
        (1234567.0, "da", {"decimals": 0}, "1.234.567"),
        (1234567.89, "da", {"grouped": False}, "1234567,9"),
        (1234567.89, "en", {"grouped": False}, "1234567.9"),
        (-0.04, "da", {}, "0,0"),
        (-0.04, "da", {"signed": True}, "0,0"),
        (0.04, "en", {"signed": True}, "0.0"),
        (0.06, "en", {"signed": True}, "+0.1"),
        (-9.2, "da", {"signed": True}, "-9,2"),
        (0.0, "da", {"decimals": 0}, "0"),
        (-0.3, "da", {"decimals": 0}, "0"),
        (NAN, "da", {"signed": True}, ""),
        (NAN, "en", {"grouped": False}, ""),
    ],
)
def test_figures_are_written_for_readers(value: float, language: str, options: dict[str, Any], text: str) -> None:
    assert figure(value, language, **options) == text


@given(st.floats(-1e9, 1e9), st.sampled_from(["da", "en"]), st.booleans(), st.booleans())
def test_a_figure_is_its_number_rounded_once(value: float, language: str, signed: bool, grouped: bool) -> None:
    text = figure(value, language, signed=signed, grouped=grouped)
    plain = text.replace(".", "").replace(",", ".") if language == "da" else text.replace(",", "")
    assert float(plain) == float(f"{value:.1f}")
    assert not text.startswith(("-0,0", "-0.0", "+0,0", "+0.0")) or text.strip("-+0,.")


def status(areas: Any, rest: Any, residents: int = 1000) -> Status:
    levels = [np.array(values, dtype=np.float64) for values in (areas, rest)]
    gap = gaps(levels[0], levels[1], KBH.policy)
    return Status(levels[0], levels[1], levels[1], gap, residents, 10 * residents)


FIRST = status([35.6, 0.223, 0.414, 0.299, 0.301], [41.6, 0.139, 0.313, 0.085, 0.177])
LAST = status([36.2, 0.187, 0.439, 0.317, 0.209], [42.0, 0.125, 0.347, 0.109, 0.106], 1234)


def report(language: str = "da", policy: LoadedPolicy = KBH, **changes: Any) -> StatusReport:
    """The printed figures of Tabel 1, as if they were measured."""
    residents = {2017: np.array([600, 400]), 2021: np.array([1234, 0])}
    registers = tuple(
        RegistersTold(year, "registers", {}, {}, {"residents_unplaced": 7}, {"low_income": 2019} if year > 2019 else {})
        for year in (2017, 2021)
    )
    given_ = {
        "policy": policy,
        "areas": dataclasses.replace(make_areas([None, None]), file="official.gpkg"),
        "series": series_of({2017: FIRST, 2021: LAST}),
        "updated": dataclasses.replace(make_areas([None], year=2021), file="2021"),
        "updated_status": status([36.1, 0.189, 0.443, 0.326, 0.212], LAST.rest_of_city),
        "registers": registers,
        "residents": (residents, {2021: np.array([1234])}),
        "language": language,
    }
    return StatusReport(**{**given_, **changes})


def cells_of(made: StatusReport, place: int) -> dict[str, tuple[str, ...]]:
    return {row[0]: row[1:] for row in tables_of(made)[place].rows}


def test_tabel_1_stands_as_it_is_printed() -> None:
    table = tables_of(report())[1]
    assert table.heads == ("Kriterium", "2017", "2021", "Ændring 2017-2021")
    assert table.rows[0] == ("Udsatte byområder", "", "", "")
    assert table.rows[1] == ("Boligareal pr. beboer (m2)", "35,6", "36,2", "+0,6")
    assert table.rows[5] == ("Andel uden uddannelse (%)", "30,1", "20,9", "-9,2")
    assert table.rows[6] == ("Resten af byen", "", "", "")
    assert table.rows[9] == ("Andel med lav indkomst (%)", "31,3", "34,7", "+3,4")
    assert table.strong == {0, 6}


def test_tabel_2_has_gap_milestone_gap_now_change_and_whether_it_improved() -> None:
    table = tables_of(report("en"))[2]
    assert table.heads == ("Criterion", "Gap 2017", "Milestone 2025", "Gap 2021", "Change of the gap (%)", "Improved")
    assert table.rows[0] == ("Dwelling area per resident", "6.0", "3.0", "5.8", "-3.3", "yes")
    assert table.rows[4] == ("Without education", "12.4", "6.2", "10.3", "-16.9", "yes")


def test_the_milestone_says_what_is_missing() -> None:
    table = tables_of(report())[3]
    assert table.title == "Milepæl 2025"
    assert table.rows[1] == ("Andel uden for arbejdsmarkedet", "på vej", "2,0 pct.point", "0,5 pct.point")
    assert table.rows[0] == ("Boligareal pr. beboer", "bagud", "2,8 m2", "0,7 m2")
    assert table.notes == (
        "Målet: efterslæbet fra 2017 er halveret i 2025 på mindst 3 af 5 kriterier.",
        "Ikke på vej mod målet: 0 nået, 1 på vej, 4 bagud i 2021.",
        "På vej: på eller under den rette linje fra efterslæbet i 2017 til milepælen i 2025 (eget valg).",
    )


def test_tabel_22_holds_old_against_updated() -> None:
    table = tables_of(report())[4]
    assert table.title == "Tabel 22: Områderne sammenlignet med de opdaterede, 2021"
    assert table.heads == ("Kriterium", "Områderne", "Områderne fra 2021", "Forskel")
    assert table.rows[3] == ("Andel med ikke-vestlig herkomst (%)", "31,7", "32,6", "+0,9")


def test_a_policy_with_another_milestone_or_none_is_judged_by_its_own() -> None:
    def with_milestone(rule: MilestoneRule | None) -> LoadedPolicy:
        return KBH.model_copy(update={"policy": KBH.policy.model_copy(update={"milestone": rule})})

    plain = report("en", with_milestone(None))
    assert plain.progress is None
    assert [table.title[:7] for table in tables_of(plain)] == ["Residen", "Table 1", "Table 2", "Table 2"]
    assert tables_of(plain)[2].heads[:3] == ("Criterion", "Gap 2017", "Gap 2021")
    other = report("en", with_milestone(MilestoneRule(since=2017, by=2021, gap=0.8, criteria=0.2)))
    table = tables_of(other)[3]
    assert table.heads == ("Criterion", "Status", "Still missing")
    assert table.rows[1] == ("Outside the labour market", "reached", "0.0 points")
    assert table.notes == (
        "The goal: by 2021 the gap of 2017 is at most 80 % of it on at least 1 of 5 criteria.",
        "The goal is reached: 1 of 5 criteria reached in 2021.",
    )


def test_blanks_are_blank_everywhere() -> None:
    unknown = status([NAN, *LAST.areas[1:]], LAST.rest_of_city)
    made = report("en", series=series_of({2017: FIRST, 2021: unknown}))
    assert cells_of(made, 2)["Dwelling area per resident"] == ("6.0", "3.0", "", "", "")
    assert cells_of(made, 3)["Dwelling area per resident"] == ("unknown", "", "")
    assert "nan" not in (figures_csv(made) + markdown(made)).lower()
    assert as_data(made)["table_1"]["areas"]["dwelling_area"] == {"2017": 35.6, "2021": None, "change": None}
    assert as_data(made)["table_2"]["criteria"]["dwelling_area"]["improved"] is None


def test_one_year_alone_has_no_change(tmp_path: Path) -> None:
    made = report(
        "en",
        series=series_of({2021: LAST}),
        updated=None,
        updated_status=None,
        residents=({2021: np.array([1234, 0])},),
    )
    assert tables_of(made)[1].heads == ("Criterion", "2021")
    assert tables_of(made)[2].heads == ("Criterion", "Gap 2021")
    assert len(tables_of(made)) == 3
    assert "change" not in as_data(made)["table_1"]["areas"]["low_income"]


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("years", [range(2017, 2019), range(2017, 2022), range(2017, 2029)])
def test_the_console_takes_80_columns(language: str, years: range) -> None:
    """A table that does not fit is cut at the edge; one that fits ends in spaces, and no word of it is broken."""
    series = series_of({year: FIRST if year < 2021 else LAST for year in years})
    registers = tuple(RegistersTold(year, "registers", {}, {}, {}) for year in years)
    made = report(language, series=series, registers=registers)
    console = Console(width=80, file=io.StringIO(), record=True)
    print_status(made, [], console)
    text = console.export_text()
    assert "…" not in text
    assert max(len(line) for line in text.splitlines()) <= 80
    for word in ("arbejdsmarkedet", "Ændring") if language == "da" else ("resident", "Change"):
        assert word in text
    assert text.count("Tabel 1" if language == "da" else "Table 1") == -(-len(years) // 5)


def test_labels_with_brackets_are_no_markup() -> None:
    criteria = list(KBH.policy.criteria)
    criteria[0] = criteria[0].model_copy(update={"label": "Area [bold] | m"})
    policy = KBH.model_copy(update={"policy": KBH.policy.model_copy(update={"criteria": tuple(criteria)})})
    made = report("en", policy)
    console = Console(width=80, file=io.StringIO(), record=True)
    print_status(made, [], console)
    assert "Area [bold] | m (m2)" in console.export_text()
    rows = [line for line in markdown(made).splitlines() if line.startswith("| Area [bold] \\| m (m2)")]
    assert [line.replace("\\|", "").count("|") for line in rows] == [5, 5, 5]


def test_no_cell_of_csv_begins_a_formula() -> None:
    criteria = list(KBH.policy.criteria)
    criteria[0] = criteria[0].model_copy(update={"label": '=HYPERLINK("http://x","a")', "unit": "@m"})
    policy = KBH.model_copy(update={"policy": KBH.policy.model_copy(update={"criteria": tuple(criteria)})})
    rows = list(csv.reader(io.StringIO(figures_csv(report("en", policy)).removeprefix("\ufeff"))))
    assert '\'=HYPERLINK("http://x","a")' in {row[1] for row in rows}
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "@", "+"))]
    assert "-0.1" in {row[5] for row in rows}


def chance(by: str = "persons", error: float = 0.004, years: tuple[int, ...] = (2017, 2021)) -> Chance:
    """Errors of 0.004 of all rates, of other people in each year: 0.8 of what changed."""
    pair = (years[0], years[-1])
    shared = {pair: np.zeros((2, 2, 5))} if len(years) > 1 else {}
    told = {pair: Overlap(by, 0.47)} if len(years) > 1 else {}  # type: ignore[arg-type]
    return Chance(years, np.full((len(years), 2, 5), error**2), shared, told, np.full(5, error**2))


def test_what_chance_may_do_stands_behind_the_figures() -> None:
    made = report("en", chance=chance())
    levels, gap, milestone, difference = tables_of(made)[1:5]
    assert levels.rows[2] == ("Outside the labour market (%)", "22.3", "18.7 ±0.8", "-3.6 ±1.1")
    assert gap.heads[-1] == "Verdict"
    assert gap.rows[1] == (
        "Outside the labour market", "8.4 ±1.1", "4.2", "6.2 ±1.1", "-26.2", "improved (-2.2±1.6)"
    )  # fmt: skip
    assert gap.rows[2][-1] == "no certain change (-0.9±1.6)"
    assert milestone.rows[1] == ("Outside the labour market", "on the way", "no", "2.0 ±1.2 points", "0.5 points")
    assert milestone.notes[-1] == "That verdict is certain: chance alone could not have made it another."
    blurred = tables_of(report("en", chance=chance(error=0.05)))[3]
    told = "That verdict is not certain: chance alone could have made it another, as 4 criteria lie too near."
    assert blurred.notes[-1] == told
    assert difference.rows[3] == ("Non-western origin (%)", "31.7", "32.6", "+0.9 ±0.8")
    # a hundredth of that shows with one decimal more than the figures
    assert tables_of(report("en", chance=chance(error=0.0001)))[1].rows[2][2] == "18.7 ±0.02"


def test_what_is_behind_the_errors_is_said() -> None:
    told = {by: markdown(report("en", chance=chance(by))) for by in ("persons", "dwellings", "nothing")}
    assert "47 % of the residents of 2021 were there in 2017; persons and homes are followed" in told["persons"]
    assert "47 % of the residents of 2021 live in a home that was there in 2017" in told["dwellings"]
    assert "Nobody of 2021 is found in 2017 by a key: the years are taken as other people" in told["nothing"]
    assert all("Faults of the registers are not in it." in text for text in told.values())
    assert "±" not in markdown(report("en"))


def test_errors_stand_in_the_data_beside_the_figures() -> None:
    data = as_data(report("en", chance=chance()))
    row = data["chance"]["table_2"]["outside_labour_market"]
    assert row["verdict"] == "improved"
    assert row["difference"]["value"] == pytest.approx(-0.022)
    assert row["difference"]["se"] == pytest.approx(0.004 * 2)
    assert row["difference"]["low"] == pytest.approx(-0.022 - 1.96 * 0.008)
    assert row["change"]["low"] < data["table_2"]["criteria"]["outside_labour_market"]["change"] < row["change"]["high"]
    assert data["chance"]["table_1"]["areas"]["low_income"]["2021"]["se"] == 0.004
    assert data["chance"]["table_22"]["low_income"]["se"] == pytest.approx(0.004)
    assert data["chance"]["milestone"]["verdict"] == "behind"
    assert data["chance"]["milestone"]["criteria"]["outside_labour_market"]["certain"] is False
    assert data["chance"]["followed"] == [
        {"since": 2017, "now": 2021, "by": "persons", "share_of_residents": 0.47}
    ]  # fmt: skip
    assert {**data, "chance": None} == as_data(report("en"))
    csv_rows = list(csv.DictReader(io.StringIO(figures_csv(report("en", chance=chance())).removeprefix("\ufeff"))))
    by_column = {row["Column"]: row for row in csv_rows if row["Key"] == "low_income" and row["Table"] == "Table 2"}
    assert (by_column["Improved"]["Value"], by_column["Verdict"]["Value"]) == ("yes", "no certain change (-0.9±1.6)")
    assert (by_column["Change of the gap"]["Value"], by_column["Change of the gap"]["±"]) == ("-0.9", "1.57")


def test_errors_that_are_not_known_are_blank() -> None:
    unknown = chance(error=NAN)
    made = report("en", chance=unknown)
    assert tables_of(made)[2].rows[1][-1] == ""
    assert tables_of(made)[3].rows[1][1:3] == ("on the way", "")
    assert "nan" not in (figures_csv(made) + markdown(made)).lower()
    assert as_data(made)["chance"]["milestone"]["verdict"] is None


@pytest.mark.parametrize("language", ["da", "en"])
def test_the_console_takes_80_columns_with_errors(language: str) -> None:
    years = range(2017, 2022)
    series = series_of({year: FIRST if year < 2021 else LAST for year in years})
    registers = tuple(RegistersTold(year, "registers", {}, {}, {}) for year in years)
    made = report(language, series=series, registers=registers, chance=chance(years=tuple(years)))
    console = Console(width=80, file=io.StringIO(), record=True)
    print_status(made, [], console)
    text = console.export_text()
    assert max(len(line) for line in text.splitlines()) <= 80
    assert "too narrow" not in text
    assert "for smalt" not in text
    assert "(-2,2±1,6)" in text if language == "da" else "(-2.2±1.6)" in text


def test_gaps_held_against_the_last_year_have_no_change() -> None:
    """Where the milestone counts from it: the levels have changed, the gap has nothing to be held against."""
    milestone = MilestoneRule(since=2021, by=2025, gap=0.5, criteria=0.5)
    policy = KBH.model_copy(update={"policy": KBH.policy.model_copy(update={"milestone": milestone})})
    data = as_data(report("en", policy, chance=chance()))["chance"]
    assert "change" in data["table_1"]["areas"]["low_income"]
    assert data["table_2"]["low_income"].keys() == {"gap_since", "gap_now"}
    assert data["milestone"] is None


def test_one_year_alone_has_errors_and_no_change() -> None:
    made = report(
        "en", series=series_of({2021: LAST}), updated=None, updated_status=None, chance=chance(years=(2021,)),
        residents=({2021: np.array([1234, 0])},),
    )  # fmt: skip
    assert tables_of(made)[2].rows[1] == ("Outside the labour market", "6.2 ±1.1")
    assert as_data(made)["chance"]["table_2"]["low_income"].keys() == {"gap_since", "gap_now"}
    assert "No certain change" not in markdown(made)
