"""`udsat certainty`: how sure a designation is."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np

from udsat_geo.analysis.certainty import (
    SURE,
    Certainty,
    certainty_as_data,
    certainty_of,
)
from udsat_geo.analysis.pairs import SureChanges, interval
from udsat_geo.changes.diff import ADDED, KEPT, REMOVED
from udsat_geo.cli import options
from udsat_geo.cli.console import plain_console, print_files, print_json, print_table, progress_on, tell_if_synthetic
from udsat_geo.designation.columns import events_in_words
from udsat_geo.designation.draws import COUNTS, DRAWS, HOUSEHOLDS, KINDS, PERSONS
from udsat_geo.designation.job import Job, is_synthetic
from udsat_geo.designation.surroundings import Around
from udsat_geo.files.analysis import write_certainty
from udsat_geo.files.atomic_write import check_writable
from udsat_geo.files.earlier import store_of
from udsat_geo.messages.tables import Table
from udsat_geo.messages.translate import N_, _
from udsat_geo.messages.words import decimal
from udsat_geo.policy.load import load_policy, with_references
from udsat_geo.sources.copies import local_copies

if TYPE_CHECKING:
    from rich.console import Console

TOLD = {
    HOUSEHOLDS: N_("{draws} draws of households: each is there no, one or several times, one on average."),
    PERSONS: N_("{draws} draws of persons: each is there no, one or several times, one on average."),
    COUNTS: N_("{draws} draws of the counts of each unit, at the rate that was counted."),
}
"""What was drawn."""
SENTENCES = (
    N_(
        "Of {inside} residents in areas, {sure} live where the designation is sure (in at least {percent} % of the "
        "draws), and {grey} where it could have gone either way."
    ),
    N_("Outside the areas, {outside} residents live where it could have gone either way."),
    N_(
        "If chance falls otherwise, about {leaving} of those in areas would be left out, and about {coming} others "
        "would come in: {low} to {high} residents in {areas_low} to {areas_high} areas (95 % of the draws)."
    ),
)
"""The answer, in words."""
OF_CHANGES = {
    "still": N_(
        "Since {year}, {added} residents came in and {removed} left; {added_still} and {removed_still} of them live "
        "where nothing detectable changed: the composite differs by no more than chance explains."
    ),
    "two_rules": N_(
        "Since {year}, {added} residents came in and {removed} left; composites of two policies are not compared."
    ),
    "unchanged": N_(
        "In a city that does not change, chance alone would have brought in about {added_least} if those who moved "
        "out were replaced by others alike, and about {added} if all were; {removed_least} and {removed} would have "
        "left."
    ),
    "replaced": N_(
        "In a city that does not change, chance alone would have brought in about {added} residents, and {removed} "
        "would have left, if all were replaced by others alike."
    ),
    "persons": N_("Pairs of draws, one of each year: whom both years have is drawn alike in both."),
    "dwellings": N_(
        "Pairs of draws, one of each year: residents have no keys, so that dwellings that both years have are drawn "
        "alike in both."
    ),
    "nothing": N_(
        "Pairs of draws, one of each year, as if the years shared no resident: counts name nobody, so changes seem "
        "less sure than they are."
    ),
}
"""How sure changes are, in words."""


@options.command(
    N_(
        "How sure the designation of a year is: whom it takes in if chance falls otherwise.\n\n"
        "Who lives where is taken as counted; households, or the counts of a table of units, are drawn anew, and each "
        "draw is\ndesignated by the same rule."
    )
)
@options.option("--year", type=int, required=True, metavar="Y", help=N_("The year to designate."))
@options.policy_option()
@options.references_option()
@options.registers_of_year_option()
@options.sums_option()
@options.source_options()
@options.option("--previous", metavar="Y|FILE|made|none", help=N_("The designation before it, as of `designate`."))
@options.option("--draws", type=int, default=DRAWS, metavar="N", show_default=True, help=N_("How often to draw."))
@options.option(
    "--draw",
    "drawn",
    type=click.Choice(KINDS),
    help=N_("What is drawn. [default: households where there are registers, else counts]"),
)
@options.option("--draw-seed", type=int, default=0, metavar="N", show_default=True, help=N_("Other draws."))
@options.out_option(N_("Write the units and areas with their figures (GeoPackage) there."))
@options.language_option(N_("Language of tables and notes."))
@options.seed_option()
@options.limit_options()
@options.json_option()
def certainty(
    year: int,
    policy: str,
    references: tuple[str, ...],
    registers: Path | None,
    sums: tuple[str, ...],
    previous: str | None,
    draws: int,
    drawn: str | None,
    draw_seed: int,
    out: Path | None,
    language: str,
    seed: int,
    threads: int | None,
    as_json: bool,
    **sources: str | None,
) -> None:
    """Designate, draw, print and write."""
    rule = with_references(load_policy(policy), references)
    if out is not None:
        check_writable(out)
    kept = options.kept_sums(sums, registers, sources["units"])
    job = Job(
        year, rule, registers, None, previous, language=language, seed=seed, threads=threads, store=store_of(),
        kept=kept,
    )  # fmt: skip
    tell_if_synthetic(sources["units"] is None and is_synthetic(job) and not as_json, language)
    files: list[Path] = []
    with progress_on(not as_json) as progress, local_copies(sources) as copies:
        units, around = copies.paths.pop("units", None), Around(**copies.paths)
        job = dataclasses.replace(job, units=units, around=around, notes=copies.told(language))
        found = certainty_of(job, draws, draw_seed, progress, drawn)
        if out is not None:
            files = [write_certainty(found, out)]
    if as_json:
        print_json(certainty_as_data(found))
        return
    console = plain_console()
    print_certainty(found, console)
    print_files(files, console, language)


def print_certainty(found: Certainty, console: Console) -> None:
    """What was drawn, the answer in words, and the areas."""
    made, language = found.designation, found.designation.language
    for note in made.notes:
        console.print(note)
    console.print(_(TOLD[found.drawn], language).format(draws=decimal(found.draws, 0, language)))
    labels = {one.key: one.label_in(language) for one in made.policy.policy.criteria}
    if found.by_margin:
        text = _("Drawn from the margins of error that are stated: {labels}.", language)
        console.print(text.format(labels=", ".join(labels[key] for key in found.by_margin)))
    if found.held:
        text = _("Not drawn, as they are no counts of people among others: {labels}.", language)
        console.print(text.format(labels=", ".join(labels[key] for key in found.held)))
    for text in SENTENCES:
        console.print(_(text, language).format(**sentence_figures(found)))
    print_table(_areas(found), console, language)
    if found.changes is not None:
        print_changes(found.changes, console, language)


def print_changes(found: SureChanges, console: Console, language: str) -> None:
    """How sure the changes since an earlier designation are: in words, and by area."""
    for text, figures in change_sentences(found):
        shown = {name: decimal(value, 0, language) for name, value in figures.items()}
        console.print(_(text, language).format(**shown, year=found.before.year))
    print_table(_changes(found, language), console, language)


def change_sentences(found: SureChanges) -> list[tuple[str, dict[str, float]]]:
    """The answer in words, in English, each with its figures."""
    counts = {event: found.residents_of(event) for event in (ADDED, REMOVED)}
    told: list[tuple[str, dict[str, float]]] = []
    little = found.nothing_detectable
    if little is None:
        told.append((OF_CHANGES["two_rules"], {**counts}))
    else:
        still = {f"{event}_still": found.residents_of(event, little) for event in counts}
        told.append((OF_CHANGES["still"], {**counts, **still}))
    most = dict(zip(counts, found.unchanged.mean(axis=1).tolist(), strict=True))
    if found.unchanged_stayers is None:
        told.append((OF_CHANGES["replaced"], most))
    else:
        least = dict(zip(("added_least", "removed_least"), found.unchanged_stayers.mean(axis=1).tolist(), strict=True))
        told.append((OF_CHANGES["unchanged"], {**most, **least}))
    return [*told, (OF_CHANGES[found.shared], {})]


def _changes(found: SureChanges, language: str) -> Table:
    """What became of areas, with how often it does in pairs of draws; areas that go on as they were left out."""
    rows = []
    for place, row in enumerate(found.rows):
        if row.event == KEPT:
            continue
        p = float(found.p_event[place])
        rows.append(
            (
                row.area_id,
                row.name,
                events_in_words(row.event, language),
                decimal(row.added, 0, language),
                decimal(row.removed, 0, language),
                "" if np.isnan(p) else f"{decimal(100 * p, 0, language)} %",
            )
        )
    heads = (
        _("Area", language), _("Name", language), _("Change", language), _("Added", language),
        _("Removed", language), _("in pairs", language),
    )  # fmt: skip
    title = _("How sure the changes since {year} are", language).format(year=found.before.year)
    return Table(title, heads, tuple(rows), left=frozenset({0, 1, 2}))


def sentence_figures(found: Certainty) -> dict[str, str]:
    """The figures of the answer in words, as text."""
    made, language = found.designation, found.designation.language
    (low, high), (areas_low, areas_high) = interval(found.residents).tolist(), interval(found.areas).tolist()
    leaving, coming = found.by_chance
    figures = {
        "inside": made.status.residents_in_areas,
        "sure": int(found.residents_of_areas(True).sum()),
        "grey": int(found.residents_of_areas(False).sum()),
        "outside": found.grey_outside,
        "percent": 100 * SURE,
        "leaving": leaving,
        "coming": coming,
        "low": low,
        "high": high,
        "areas_low": areas_low,
        "areas_high": areas_high,
    }
    return {name: decimal(value, 0, language) for name, value in figures.items()}


def _areas(found: Certainty) -> Table:
    """How sure each area is."""
    made, language = found.designation, found.designation.language
    sure, grey, (low, high) = found.residents_of_areas(True), found.residents_of_areas(False), interval(found.composite)
    rows = [
        (
            made.area_id[i],
            made.name[i],
            decimal(int(made.areas.residents[i]), 0, language),
            decimal(int(sure[i]), 0, language),
            decimal(int(grey[i]), 0, language),
            f"{decimal(100 * float(found.p_area[i]), 0, language)} %",
            f"{decimal(float(made.areas.composite[i]), 2, language)}",
            f"{decimal(float(low[i]), 2, language)} - {decimal(float(high[i]), 2, language)}",
        )
        for i in range(len(made.areas))
    ]
    heads = (
        _("Area", language), _("Name", language), _("Residents", language), _("sure", language),
        _("either way", language), _("in draws", language), _("Composite", language), _("95 % of draws", language),
    )  # fmt: skip
    return Table(
        _("How sure the areas are", language), heads, tuple(rows), left=frozenset({0, 1}), spare=frozenset({6, 7})
    )
