"""`udsat why`: a change between two years taken apart."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from udsat_geo.analysis.pairs import PAIRS
from udsat_geo.analysis.why import (
    BORDER,
    DATA,
    MOVING,
    OF_RESIDENTS,
    RULE,
    WITHIN,
    Parts,
    Why,
    explain_change,
    rounded_parts,
    why_as_data,
)
from udsat_geo.changes.diff import ADDED, REMOVED
from udsat_geo.cli import options
from udsat_geo.cli.certainty import print_changes
from udsat_geo.cli.console import plain_console, print_json, print_table, progress_on
from udsat_geo.designation.columns import events_in_words
from udsat_geo.designation.job import Job, crosswalk_named
from udsat_geo.designation.surroundings import Around
from udsat_geo.files.earlier import store_of
from udsat_geo.messages.tables import Table
from udsat_geo.messages.translate import N_, in_language
from udsat_geo.messages.words import decimal
from udsat_geo.policy.load import load_policy
from udsat_geo.policy.rules import Criterion

if TYPE_CHECKING:
    from rich.console import Console


WHY = {
    "title": N_("Why the designation of {now} differs from that of {before}"),
    "one_rule": N_("One policy in both years ({policy}): the rule contributes nothing"),
    "two_rules": N_("Policy {before} ({year_before}) against {now} ({year_now})"),
    "residents": N_("Residents in areas"),
    "area": N_("Area"),
    "before": N_("Before"),
    "now": N_("Now"),
    "change": N_("In all"),
    "data": N_("Data"),
    "rule": N_("Rule"),
    "border": N_("Border"),
    "border_data": N_("by data"),
    "border_rule": N_("by rule"),
    "within": N_("Rates"),
    "moving": N_("Moving"),
    "elsewhere": N_("outside both years"),
    "all": N_("In all"),
    "areas": N_("The figures of the areas, criterion by criterion"),
    "gap": N_("Gap to the rest of the city (positive is worse)"),
    "criterion": N_("Criterion"),
    "city": N_("City now"),
    "points": N_("Shares in per cent, changes in percentage points; all else in its own unit"),
    "legend": N_(
        "Data: the old rule on the new people. Rule: the new policy on the old people. "
        "Border: which places are in. Rates: what changed in the places themselves. Moving: "
        "how many live in each. The parts are averages over all orders (Shapley) and add up "
        "to the change."
    ),
}
"""What the command prints."""


@options.command(
    N_(
        "Why the designation of B_YEAR differs from that of A_YEAR.\n\n"
        "The change is taken apart into what is due to the data (the same rule on the new people), to the rule "
        "(the new\npolicy on the old people), to the border, to rates within places, and to people moving in or "
        "out. The parts are\naverages over all orders of changing one after the other (Shapley values), and add up "
        "to the change exactly.\nDraws of both years say how much of it chance alone brings about."
    )
)
@options.argument("before", metavar="A_YEAR", type=int)
@options.argument("now", metavar="B_YEAR", type=int)
@options.policy_option(N_("The policy of A_YEAR."))
@options.option("--to-policy", metavar="NAME|FILE", help=N_("The policy of B_YEAR. [default: that of A_YEAR]"))
@options.registers_by_year_option()
@options.units_by_year_option(N_("Unit tables instead of registers, {year} standing for the year: simd{year}.gpkg."))
@options.crosswalk_option(type=options.PATH)
@options.crosswalk_columns_option()
@options.option(
    "--all", "show_all", is_flag=True, help=N_("Show the rates of every area, not only of those new or gone.")
)
@options.option(
    "--draws",
    type=int,
    default=PAIRS,
    metavar="N",
    show_default=True,
    help=N_("Pairs of draws that say how much chance is in it; 0 for none."),
)
@options.language_option(N_("Language of tables and notes."))
@options.seed_option()
@options.limit_options()
@options.json_option()
def why(
    before: int,
    now: int,
    policy: str,
    to_policy: str | None,
    registers: Path | None,
    units: Path | None,
    crosswalk: Path | None,
    crosswalk_columns: tuple[str, ...],
    show_all: bool,
    draws: int,
    language: str,
    seed: int,
    threads: int | None,
    as_json: bool,
) -> None:
    """Designate both years, take the change apart, print."""
    file, by = crosswalk_named(crosswalk)
    first, second = (load_policy(name) for name in (policy, to_policy or policy))
    jobs = [
        Job(
            year,
            rule,
            registers,
            units,
            language=language,
            seed=seed,
            threads=threads,
            store=store_of(),
            around=Around(crosswalk=file),
            crosswalk_columns=crosswalk_columns,
            crosswalk_by=by,
        )
        for year, rule in ((before, first), (now, second))
    ]
    with progress_on(not as_json) as progress:
        found = explain_change(jobs[0], jobs[1], progress, draws)
    if as_json:
        print_json(why_as_data(found))
        return
    print_why(found, plain_console(), language, show_all)


def print_why(found: Why, console: Console, language: str, show_all: bool = False) -> None:
    """The residents, area by area; the rates of all areas and their gap; the rates of areas that came or went."""
    words = in_language(WHY, language)
    before, now = found.before, found.now
    console.print(words["title"].format(before=before.year, now=now.year))
    ids = {"before": before.policy.policy.id, "now": now.policy.policy.id}
    one = words["one_rule"].format(policy=ids["now"])
    two = words["two_rules"].format(**ids, year_before=before.year, year_now=now.year)
    console.print(one if found.same_rule else two)
    for note in dict.fromkeys((*before.notes, *now.notes)):
        console.print(note)
    print_table(_residents(found, language), console, language)
    if found.chance is not None:
        print_changes(found.chance, console, language)
    elif found.chance_note:
        console.print(found.chance_note)
    decomposition = found.decomposition
    console.print(words["points"])
    for title, parts in (("areas", decomposition.areas), ("gap", decomposition.gap)):
        print_table(_rates(found, parts, words[title], language), console, language)
    for area, parts in zip(found.rows, decomposition.rows, strict=True):
        if show_all or area.event in (ADDED, REMOVED):
            title = f"{area.area_id} {area.name}: {events_in_words(area.event, language)}"
            print_table(_rates(found, parts, title, language, city=True), console, language)
    console.print(words["legend"])


def _residents(found: Why, language: str) -> Table:
    words, decomposition = in_language(WHY, language), found.decomposition
    names = [DATA, MOVING] if found.same_rule else list(OF_RESIDENTS)
    rows = [
        _resident_row(f"{area.area_id} {area.name}", parts, names, language)
        for area, parts in zip(found.rows, decomposition.residents, strict=True)
    ]
    if any(decomposition.elsewhere.of.values()):
        rows.append(_resident_row(words["elsewhere"], decomposition.elsewhere, names, language))
    rows.append(_resident_row(words["all"], decomposition.in_all, names, language))
    heads = tuple(words[name] for name in ("area", "before", "now", *names, "change"))
    return Table(words["residents"], heads, tuple(rows), total=True)


def _resident_row(label: str, parts: Parts, names: Sequence[str], language: str) -> tuple[str, ...]:
    whole = parts.change or Fraction(0)
    contributions = rounded_parts([parts.of[name] for name in names], whole, 0)
    ends = [decimal(float(end or 0), 0, language) for end in (parts.before, parts.now)]
    return (label, *ends, *(_signed(part, 0, language) for part in (*contributions, whole)))


def _rates(found: Why, row: Sequence[Parts], title: str, language: str, city: bool = False) -> Table:
    """One criterion a row; the border apart by data and rule where the rule is another."""
    words = in_language(WHY, language)
    split = not found.same_rule and not city and all(DATA in parts.of for parts in row)
    names = [DATA, RULE, WITHIN, MOVING] if split else [BORDER, WITHIN, MOVING]
    headings = ["border_data", "border_rule", "within", "moving"] if split else names
    rows = []
    for j, (criterion, parts) in enumerate(zip(found.criteria, row, strict=True)):
        cells = _rate_row(criterion, parts, names, language)
        if city:
            cells.append(_figure(criterion, found.decomposition.city[j].now, language))
        rows.append((criterion.label_in(language), *cells))
    keys = ["criterion", "before", "now", *headings, "change", *(["city"] if city else [])]
    return Table(title, tuple(words[key] for key in keys), tuple(rows))


def _rate_row(criterion: Criterion, parts: Parts, names: Sequence[str], language: str) -> list[str]:
    digits, factor = _digits(criterion)
    ends = [_figure(criterion, end, language) for end in (parts.before, parts.now)]
    if parts.change is None or not parts.of:
        return [*ends, *[""] * (len(names) + 1)]
    contributions = [parts.border or Fraction(0) if name == BORDER else parts.of[name] for name in names]
    rounded = rounded_parts([factor * part for part in contributions], factor * parts.change, digits)
    whole = round(factor * parts.change, digits)
    return [*ends, *(_signed(part, digits, language) for part in (*rounded, whole))]


def _digits(criterion: Criterion) -> tuple[int, int]:
    """Decimals, and what a rate is multiplied with: shares are shown per cent."""
    return 2, 100 if criterion.is_share else 1


def _figure(criterion: Criterion, value: Fraction | None, language: str) -> str:
    digits, factor = _digits(criterion)
    return "" if value is None else decimal(float(factor * value), digits, language)


def _signed(value: Fraction, digits: int, language: str) -> str:
    """A number with its sign; a dot for nothing."""
    if not value:
        return "·"
    return f"{'+' if value > 0 else '-'}{decimal(float(abs(value)), digits, language)}"
