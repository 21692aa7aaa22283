"""The tables of a reproduction: CSV, Markdown and plain data."""

from __future__ import annotations

import csv
import io
import json
import re
from decimal import Decimal

import pytest
from reproduced import MADE

from udsat_geo.monitoring.printed.checks import KINDS
from udsat_geo.monitoring.printed.explained import DISAGREES, VERDICTS, Reproduction, evaluate_all, reproduce
from udsat_geo.monitoring.printed.figures import Notation
from udsat_geo.monitoring.printed.tables import (
    ROW,
    as_data,
    checks_csv,
    checks_markdown,
    explanations_of,
    row_of,
    sentences_of,
    summary_of,
    summary_table,
)

BY_ID = {outcome.check.id: outcome for outcome in MADE.outcomes}


def row(name: str, language: str = "da") -> dict[str, str]:
    return row_of(BY_ID[name], MADE.report, Notation(language))


def test_a_row_in_danish_and_english() -> None:
    danish, english = row("table_2.low_income.gap_2017"), row("table_2.low_income.gap_2017", "en")
    assert danish["place"] == "Tabel 2"
    assert english["place"] == "Table 2"
    keys = ("printed", "computed", "interval", "difference", "at_least", "formula", "verdict")
    assert [danish[k] for k in keys] == [
        "8,3", "10,1", "[10,0; 10,2]", "-1,8", "1,65", "41,4 − 31,3", "stemmer ikke",
    ]  # fmt: skip
    assert [english[k] for k in keys] == [
        "8.3", "10.1", "[10.0; 10.2]", "-1.8", "1.65", "41.4 − 31.3", "does not agree",
    ]  # fmt: skip


def test_a_direction_shows_what_is_said_of_the_change() -> None:
    said = row("text.table_2.gap.low_income.by_table_1")
    assert (said["printed"], said["computed"], said["difference"], said["at_least"]) == ("> 0", "-0,9", "", "0,7")


def test_negative_figures_have_no_brackets_and_years_no_sign_between_thousands() -> None:
    assert row("table_1.areas.outside_labour_market.change")["printed"] == "-3,60"
    year = row("statement.term.next_status_year")
    assert (year["printed"], year["computed"]) == ("2023", "2023")
    assert row("goal.18.1.city_updated")["printed"] == "17.962"


def test_numbers_that_the_print_implies_or_lists_are_shown_too() -> None:
    assert row("goal.17.1.dwellings_areas_pct.total.updated")["printed"] == "100"
    named = row("text.table_2.grew.by_table_1")
    assert (named["printed"], named["computed"]) == ("1", "0")


@pytest.mark.long
def test_csv_has_all_checks_and_numbers_that_a_spreadsheet_reads() -> None:
    danish = list(csv.DictReader(io.StringIO(checks_csv(MADE, "da").removeprefix("\ufeff")), delimiter=";"))
    english = list(csv.DictReader(io.StringIO(checks_csv(MADE, "en").removeprefix("\ufeff"))))
    assert len(danish) == len(english) == len(MADE.outcomes)
    assert len(danish[0]) == len(english[0]) == len(ROW)
    for ours, theirs in zip(danish, english, strict=True):
        assert Decimal(ours["genberegnet"].replace(",", ".")) == Decimal(theirs["recomputed"].replace(",", ""))
        assert "." not in ours["fra"] + ours["til"] + ours["mindst fra"]


@pytest.mark.long
def test_markdown_tables_have_as_many_cells_in_every_row() -> None:
    for language in ("da", "en"):
        text = checks_markdown(MADE, language)
        blocks = [block.splitlines() for block in text.split("\n\n") if block.startswith("|")]
        assert [len(block) - 2 for block in blocks] == [
            len(summary_table(MADE, language).rows),
            len(MADE.disagreements),
            len(MADE.outcomes),
        ]
        for block in blocks:
            assert {len(re.findall(r"(?<!\\)\|", line)) for line in block} == {block[0].count("|")}


def test_the_summary_adds_up() -> None:
    summary = summary_of(MADE)
    assert sum(sum(count.values()) for count in summary.values()) == len(MADE.outcomes)
    assert sum(count[DISAGREES] for count in summary.values()) == len(MADE.disagreements)
    assert list(summary) == list(KINDS)
    assert list(summary_table(MADE, "da").rows[-1][1:]) == [
        *(str(sum(o.verdict == verdict for o in MADE.outcomes)) for verdict in VERDICTS),
        str(len(MADE.outcomes)),
    ]


@pytest.mark.long
def test_plain_data_are_json_with_plain_numbers() -> None:
    data = as_data(MADE, "da")
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    checks = {check["id"]: check for check in data["checks"]}
    found = checks["table_2.low_income.gap_2017"]
    assert (found["printed"], found["computed"], found["at_least"]) == (8.3, 10.1, 1.65)
    assert found["computed_interval"] == [10.0, 10.2]
    assert found["inputs"] == {"table_1.areas.low_income.2017": 41.4, "table_1.rest_of_city.low_income.2017": 31.3}
    assert found["explanations"]
    assert checks["text.table_2.gap.low_income"]["printed"] == "above"
    assert data["figures"]["all"] == len(MADE.report.figures)
    assert data["figures"]["recomputed"] + data["figures"]["used"] + len(MADE.alone) == data["figures"]["all"]


@pytest.mark.long
def test_the_same_report_gives_the_same_bytes() -> None:
    again = reproduce()
    assert checks_csv(again, "da") == checks_csv(MADE, "da")
    assert checks_markdown(again, "en") == checks_markdown(MADE, "en")
    assert as_data(again, "da") == as_data(MADE, "da")


@pytest.mark.long
def test_a_report_without_fault_says_so() -> None:
    checks = tuple(outcome.check for outcome in MADE.outcomes if outcome.verdict != DISAGREES)
    clean = Reproduction(2021, MADE.report, evaluate_all(checks, MADE.report))
    assert "Alt stemmer." in checks_markdown(clean, "da")
    assert len(sentences_of(clean, "en")) == 1


@pytest.mark.parametrize("language", ["da", "en"])
def test_every_explanation_is_whole(language: str) -> None:
    texts = [text for outcome in MADE.disagreements for text in explanations_of(outcome, language)]
    assert texts
    assert not [text for text in texts if "{" in text or "}" in text or not text.strip()]


def test_no_cell_of_csv_begins_a_formula() -> None:
    rows = list(csv.reader(io.StringIO(checks_csv(MADE, "en").removeprefix("\ufeff"))))
    assert "'= 0" in {row[5] for row in rows}
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "@"))]
