"""`udsat concentration`: whom areas reach, how apart people live, and where high and low values lie together."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from udsat_geo.analysis.agreement import with_figures
from udsat_geo.analysis.concentration import (
    UNKNOWN,
    Asked,
    Concentration,
    clusters_counted,
    concentration_as_data,
    tables_of_both,
    take_concentration,
)
from udsat_geo.analysis.local_statistics import (
    FALSE_DISCOVERIES,
    HIGH_HIGH,
    HIGH_LOW,
    LOW_HIGH,
    LOW_LOW,
    NONE,
    PERMUTATIONS,
)
from udsat_geo.analysis.segregation import Part
from udsat_geo.analysis.targeting import Targeting
from udsat_geo.cli import options
from udsat_geo.cli.console import plain_console, print_files, print_json, print_table, progress_on, tell_if_synthetic
from udsat_geo.designation.job import Job, is_synthetic
from udsat_geo.designation.surroundings import Around
from udsat_geo.files.analysis import write_concentration
from udsat_geo.files.atomic_write import check_writable
from udsat_geo.files.earlier import store_of
from udsat_geo.messages.errors import Problems
from udsat_geo.messages.tables import Table
from udsat_geo.messages.translate import N_, _
from udsat_geo.messages.words import decimal
from udsat_geo.policy.load import load_policy
from udsat_geo.sources.copies import local_copies

if TYPE_CHECKING:
    from rich.console import Console


@options.command(
    N_(
        "Whom the areas of a year reach: of those each criterion is about, how many live in them, and how many "
        "others.\n\nBeside that, how apart people live over the whole city (dissimilarity, isolation), and where high "
        "and low values lie\ntogether (local Moran, G*). Nothing of it enters the designation."
    )
)
@options.option("--year", type=int, required=True, metavar="Y", help=N_("The year to designate."))
@options.policy_option()
@options.references_option()
@options.registers_of_year_option()
@options.source_options()
@options.option("--previous", metavar="Y|FILE|made|none", help=N_("The designation before it, as of `designate`."))
@options.option(
    "--against",
    metavar="LIST",
    help=N_("Other policies, whose areas are held against these: whom each reaches of those that --policy is about."),
)
@options.option(
    "--since",
    type=int,
    metavar="Y",
    help=N_("An earlier year, and what became of it since; {year} in the name of --units stands for either year."),
)
@options.option(
    "--clusters",
    metavar="LIST",
    help=N_("Find local Moran and G* of these criteria, or of composite, as in composite,low_income."),
)
@options.option(
    "--permutations", type=int, default=PERMUTATIONS, metavar="N", show_default=True, help=N_("How often to permute.")
)
@options.option("--draw-seed", type=int, default=0, metavar="N", show_default=True, help=N_("Other draws."))
@options.out_option(N_("Write the tables, and a layer of the clusters, there (GeoPackage)."))
@options.language_option(N_("Language of tables and notes."))
@options.seed_option()
@options.limit_options()
@options.json_option()
def concentration(
    year: int,
    policy: str,
    references: tuple[str, ...],
    registers: Path | None,
    previous: str | None,
    against: str | None,
    since: int | None,
    clusters: str | None,
    permutations: int,
    draw_seed: int,
    out: Path | None,
    language: str,
    seed: int,
    threads: int | None,
    as_json: bool,
    **sources: str | None,
) -> None:
    """Designate, reckon, print and write."""
    problems = Problems()
    loaded = [problems.of(load_policy, name) for name in (policy, *_listed(against))]
    problems.check()
    rule, *others = with_figures([each for each in loaded if each is not None], references)
    if out is not None:
        check_writable(out)
    job = Job(year, rule, registers, None, previous, language=language, seed=seed, threads=threads, store=store_of())
    tables = tables_of_both(job, since, sources.pop("units"))
    tell_if_synthetic(not tables and is_synthetic(job) and not as_json, language)
    files: list[Path] = []
    with progress_on(not as_json) as progress, local_copies({**tables, **sources}) as copies:
        of_years = {name: copies.paths.pop(name) for name in tables}
        job = dataclasses.replace(
            job, units=of_years.get("units"), around=Around(**copies.paths), notes=copies.told(language)
        )
        before = None if since is None else dataclasses.replace(job, year=since, units=of_years.get("units_then"))
        asked = Asked(tuple(others), before, _listed(clusters), permutations, draw_seed)
        found = take_concentration(job, asked, progress)
        if out is not None:
            files = [write_concentration(found, out)]
    if as_json:
        print_json(concentration_as_data(found))
        return
    console = plain_console()
    print_concentration(found, console)
    print_files(files, console, language)


def _listed(text: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in (text or "").split(",") if part.strip()))


def print_concentration(found: Concentration, console: Console) -> None:
    """Notes, whom the areas reach, by rule and area, how apart people live, what changed, and clusters."""
    made = found.designation
    language = made.language
    for note in made.notes:
        console.print(note)
    if found.not_counted:
        labels = {one.key: one.label_in(language) for one in made.policy.policy.criteria}
        text = _("Not counted, as they are no counts of people among others: {labels}.", language)
        console.print(text.format(labels=", ".join(labels[key] for key in found.not_counted)))
    tables = []
    if found.people.criteria:
        inside, share = made.status.residents_in_areas, made.status.share_of_residents
        text = _("{inside} residents live in areas, {share} of the city.", language)
        console.print(text.format(inside=decimal(inside, 0, language), share=_percent(share, language)))
        tables = [_reach(found), _by_rule(found), _by_area(found), _apart(found), _changed(found)]
    for table in (*tables, _clusters(found)):
        if table is not None:
            print_table(table, console, language)


def _percent(share: float, language: str) -> str:
    figure = decimal(100 * share, 1, language)
    return f"{figure} %" if figure else "-"


def _reach(found: Concentration) -> Table:
    """The answer: whom the areas reach, and how many others."""
    language, told = found.designation.language, found.targeting[0]
    rows = [
        (
            criterion.label_in(language),
            decimal(float(told.affected[k]), 0, language),
            decimal(float(told.reached[-1, k]), 0, language),
            _percent(float(told.coverage[-1, k]), language),
            _percent(float(told.coverage_at_best[k]), language),
            decimal(float(told.others[-1, k]), 0, language),
            _percent(float(told.leakage[-1, k]), language),
            decimal(float(told.concentration[-1, k]), 2, language),
        )
        for k, criterion in enumerate(told.criteria)
    ]
    heads = (
        _("Those it is about", language), _("In the city", language), _("in areas", language),
        _("reached", language), _("at best", language), _("Others in areas", language), _("of all there", language),
        _("Concentration", language),
    )  # fmt: skip
    note = _(
        "Reached: of those in the city. At best: if as many lived in areas, and in the units with the highest rates of "
        "this criterion alone. Concentration: the rate in the areas over that of the city; a lottery would give 1.",
        language,
    )
    return Table(_("Whom the areas reach", language), heads, tuple(rows), spare=frozenset({4}), notes=(note,))


def _by_rule(found: Concentration) -> Table | None:
    """Each rule, with the share of those it should reach that it does, and the share of others."""
    language = found.designation.language
    if len(found.targeting) == 1:
        return None
    rows = [
        (told.rule, decimal(int(told.residents[-1]), 0, language), *_reached_and_others(told, -1, language))
        for told in found.targeting
    ]
    title = _("By rule: the share of all in the city that is reached, and in brackets the others there", language)
    labels = (criterion.label_in(language) for criterion in found.people.criteria)
    return Table(title, (_("Policy", language), _("Residents", language), *labels), tuple(rows))


def _reached_and_others(told: Targeting, area: int, language: str) -> list[str]:
    return [
        f"{_percent(float(told.coverage[area, k]), language)} ({_percent(float(told.leakage[area, k]), language)})"
        for k in range(len(told.criteria))
    ]


def _by_area(found: Concentration) -> Table:
    """Each area, likewise."""
    language, told = found.designation.language, found.targeting[0]
    rows = [
        (
            str(told.area_id[i]),
            str(told.name[i]),
            decimal(int(told.residents[i]), 0, language),
            *_reached_and_others(told, i, language),
        )
        for i in range(len(told.area_id))
    ]
    title = _("By area: the share of all in the city that is reached, and in brackets the others there", language)
    labels = (criterion.label_in(language) for criterion in found.people.criteria)
    heads = (_("Area", language), _("Name", language), _("Residents", language), *labels)
    return Table(title, heads, tuple(rows), left=frozenset({0, 1}))


def _apart(found: Concentration) -> Table:
    """How apart people live."""
    language, told = found.designation.language, found.segregation
    rows = [
        (
            criterion.label_in(language),
            _percent(float(told.share[k]), language),
            decimal(float(told.dissimilarity[k]), 3, language),
            decimal(float(told.by_chance[k]), 3, language),
            _percent(float(told.isolation[k]), language),
            decimal(float(told.correlation_ratio[k]), 3, language),
            _percent(float(told.share_between[k]), language),
        )
        for k, criterion in enumerate(found.people.criteria)
    ]
    heads = (
        _("Criterion", language), _("of the city", language), _("Dissimilarity", language), _("by chance", language),
        _("Isolation", language), _("Correlation ratio", language), _("between areas", language),
    )  # fmt: skip
    note = _(
        "Dissimilarity: who would have to move for all units to be alike. Isolation: the rate in the unit of the "
        "average one of them. Between areas: the part of the correlation ratio that lies between the areas and the "
        "rest.",
        language,
    )
    return Table(_("How apart they live", language), heads, tuple(rows), spare=frozenset({5}), notes=(note,))


def _changed(found: Concentration) -> Table | None:
    """What became of coverage and both indices since the earlier year, and by what."""
    language, since, now = found.designation.language, found.since, found.targeting[0]
    if since is None:
        return None
    before = {criterion.key: k for k, criterion in enumerate(since.targeting.criteria)}
    rows, strong = list[tuple[str, ...]](), set[int]()
    for k, criterion in enumerate(found.people.criteria):
        strong.add(len(rows))
        rows.append((criterion.label_in(language), *[""] * 4))
        of = before.get(criterion.key)
        then = float("nan") if of is None else float(since.targeting.coverage[-1, of])
        shares = [_percent(each, language) for each in (then, float(now.coverage[-1, k]))]
        rows.append(("  " + _("reached", language), *shares, "", ""))
        rows.append(("  " + _("Dissimilarity", language).lower(), *_part(since.dissimilarity[k], language)))
        rows.append(("  " + _("Isolation", language).lower(), *_part(since.isolation[k], language)))
    years = str(since.year), str(found.designation.year)
    heads = (_("Criterion", language), *years, _("by rates", language), _("by people", language))
    note = _(
        "By rates: because the rates of units differ more or less. By people: because units of one rank have more or "
        "fewer people. The two add up to the change.",
        language,
    )
    title = _("What changed since {year}", language).format(year=since.year)
    return Table(title, heads, tuple(rows), strong=frozenset(strong), notes=(note,))


def _part(part: Part | None, language: str) -> list[str]:
    """An index of both years, and what its change comes from, with signs."""
    if part is None:
        return ["-"] * 4
    figures = [decimal(each, 3, language) for each in (part.before, part.now)]
    changes = [round(each, 3) or 0.0 for each in (part.by_shares, part.by_people)]
    return [*figures, *(f"{'+' if each > 0 else ''}{decimal(each, 3, language)}" for each in changes)]


KINDS = {
    HIGH_HIGH: N_("high among high"),
    LOW_LOW: N_("low among low"),
    HIGH_LOW: N_("high among low"),
    LOW_HIGH: N_("low among high"),
    NONE: N_("neither"),
    UNKNOWN: N_("nothing known"),
}
"""The kinds of clusters in the order of the table, and what their columns are called."""


def _clusters(found: Concentration) -> Table | None:
    """Units and residents of each kind of cluster."""
    language = found.designation.language
    if not found.clusters:
        return None
    labels = {one.key: one.label_in(language) for one in found.designation.policy.policy.criteria}
    rows = []
    for key in found.clusters:
        counted = clusters_counted(found, key)
        cells = (_units_and_residents(counted.get(kind, (0, 0)), language) for kind in KINDS)
        rows.append((labels.get(key, _("Composite", language)), *cells))
    heads = (_("Own values of", language), *(_(text, language) for text in KINDS.values()))
    note = _(
        "{permutations} permutations; of the units that are high or low, at most {share} are expected to be so by "
        "chance.",
        language,
    ).format(permutations=decimal(found.asked.permutations, 0, language), share=_percent(FALSE_DISCOVERIES, language))
    title = _("Where high and low values lie together: units (residents)", language)
    return Table(title, heads, tuple(rows), notes=(note,))


def _units_and_residents(counted: Sequence[int], language: str) -> str:
    units, residents = (decimal(count, 0, language) for count in counted)
    return f"{units} ({residents})"
