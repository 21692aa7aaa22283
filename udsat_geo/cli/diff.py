"""`udsat diff`: what changed between two sets of areas."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from udsat_geo.analysis.why import Why, explain_areas, why_as_data
from udsat_geo.changes.compare import Comparison, compare_areas, share
from udsat_geo.changes.diff import SPLIT, changed_areas, links
from udsat_geo.changes.tables import comparison_as_data
from udsat_geo.changes.words import DIFF
from udsat_geo.cli.console import plain_console, print_table, progress_on, say
from udsat_geo.cli.options import (
    SETTINGS,
    Command,
    answers_errors,
    argument,
    json_option,
    language_option,
    option,
    seed_option,
)
from udsat_geo.cli.why import print_why
from udsat_geo.designation.job import Job
from udsat_geo.designation.summary import as_json as to_json
from udsat_geo.files.area_set import read_two, weighing_by
from udsat_geo.files.atomic_write import check_writable
from udsat_geo.files.earlier import store_of
from udsat_geo.files.write import write_comparison
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.tables import Table
from udsat_geo.messages.translate import N_, _, in_language
from udsat_geo.messages.words import TABLE, decimal
from udsat_geo.policy.chain import BUILT_IN
from udsat_geo.policy.load import load_policy
from udsat_geo.sources.copies import local_copies
from udsat_geo.synthetic.write import DEFAULT_SEED

if TYPE_CHECKING:
    from rich.console import Console


@click.command(
    cls=Command,
    context_settings=SETTINGS,
    help=N_(
        "What changed from the areas of A to those of B, weighed by the residents they "
        "share.\n\n"
        "A and B are designations of ours (designation_YEAR.gpkg with its JSON beside it) or "
        "files of polygons. Two\n"
        "designations are compared by the units that both have. Others are laid over each "
        "other at the addresses of\n"
        "registers (--registers, --year), at units with residents (--units), or at the units of "
        "the designation that has any."
    ),
)
@argument("before", metavar="A")
@argument("now", metavar="B")
@option(
    "--registers",
    old=("--raw",),
    type=click.Path(path_type=Path),
    metavar="DIR",
    help=N_("Weigh by the addresses of registers: DIR/Y where it exists, else DIR."),
)
@option(
    "--year",
    type=int,
    metavar="Y",
    help=N_(
        "The year of the registers; alone, those of data/raw or of the synthetic Copenhagen. [default: B's, or A's]"
    ),
)
@option(
    "--units",
    metavar="FILE",
    help=N_("Weigh by units instead: a designation, or polygons or points with a column residents."),
)
@option(
    "--name",
    "names",
    multiple=True,
    metavar="COLUMN",
    help=N_("The column that tells polygons apart; given twice, of A and of B."),
)
@option("--allow-overlaps", is_flag=True, help=N_("Where polygons overlap, count a resident in the first by name."))
@option("--why", is_flag=True, help=N_("Take the change apart as `udsat why` does; the registers must be there."))
@option(
    "--policy",
    "policies",
    multiple=True,
    metavar="NAME|FILE",
    help=N_("With --why, a policy that is not built in; with --units, the one that names the table's columns."),
)
@language_option(N_("Language of tables and notes."))
@seed_option()
@json_option()
@option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE.gpkg",
    help=N_("Write the layers changes and changed_units, and the table links."),
)
@answers_errors
def diff(
    before: str,
    now: str,
    registers: Path | None,
    year: int | None,
    units: str | None,
    names: tuple[str, ...],
    allow_overlaps: bool,
    why: bool,
    policies: tuple[str, ...],
    language: str,
    seed: int | None,
    as_json: bool,
    out: Path | None,
) -> None:
    """Compare, print and write.

    Raises
    ------
    InputError
        If the call or a file is at fault.
    """
    if len(names) > 2:
        raise InputError(
            Problem(
                "--name",
                _("stands {count} times").format(count=len(names)),
                _("Give it once for both files, or twice."),
            )
        )
    if out is not None:
        _check_out(out, (before, now, units))
    sources = {"before": before, "now": now, "units": units}
    loaded = [load_policy(policy) for policy in policies]
    seed = DEFAULT_SEED if seed is None else seed
    explained = None
    with progress_on(not as_json) as progress, local_copies(sources) as copies:
        files = copies.paths["before"], copies.paths["now"]
        weighed = copies.paths.get("units")
        named = weighing_by(registers, weighed, year, loaded[0] if loaded and weighed is not None else None, seed)
        sides = read_two(*files, names, language, allow_overlaps)
        comparison = compare_areas(*sides, named, language, progress)
        comparison = dataclasses.replace(comparison, notes=(*copies.told(language), *comparison.notes))
        if why:
            job = Job(-1, load_policy(BUILT_IN[0]), registers, language=language, seed=seed, store=store_of())
            explained = explain_areas(*sides, loaded, job, progress)
    if out is not None:
        write_comparison(comparison, out)
    if as_json:
        click.echo(to_json(comparison_as_data(comparison) | _why_as_data(explained)), nl=False)
        return
    console = plain_console()
    print_comparison(comparison, console, _told_apart(comparison, before, now))
    if explained is not None:
        for note in explained[1]:
            say(console, note)
        print_why(explained[0], console, language)
    if out is not None:
        say(console, _("Written: {file}", language).format(file=out))


def _why_as_data(explained: tuple[Why, tuple[str, ...]] | None) -> dict[str, Any]:
    """What `udsat why` says as JSON, under a key of its own."""
    if explained is None:
        return {}
    found, notes = explained
    data = why_as_data(found)
    return {"why": data | {"notes": [*notes, *data["notes"]]}}


def _check_out(out: Path, inputs: tuple[str | None, ...]) -> None:
    if out.suffix != ".gpkg":
        raise InputError(
            Problem("--out", _("{out} is no GeoPackage").format(out=out), _("Name a file that ends in .gpkg."))
        )
    if any(path is not None and out.resolve() == Path(path).resolve() for path in inputs):
        raise InputError(
            Problem("--out", _("{out} is one of the files compared").format(out=out), _("Name another file."))
        )
    if out.is_dir():
        raise InputError(Problem("--out", _("{out} is a folder").format(out=out), _("Name a file that ends in .gpkg.")))
    check_writable(out.parent)


def _told_apart(comparison: Comparison, before: str, now: str) -> tuple[str, str]:
    """The files' names, or where both have the same, as all designations of a year do, the paths that were given."""
    names = comparison.before.file, comparison.now.file
    # What is no file here is an address, which may hold credentials.
    if names[0] == names[1] and Path(before).exists() and Path(now).exists():
        return before, now
    return names


def print_comparison(comparison: Comparison, console: Console, names: tuple[str, str]) -> None:
    """The areas, the totals, the links, and what is to be said."""
    words, language = in_language(DIFF, comparison.language), comparison.language
    weights = comparison.weights
    say(console, words["title"].format(before=names[0], now=names[1]))
    known = words["unknown_year"] if weights.year is None else str(weights.year)
    places = decimal(weights.places, 0, language)
    say(console, words[weights.kind].format(year=known, places=places, file=weights.file))
    for note in comparison.notes:
        say(console, note)
    _print_areas(comparison, console)
    _print_totals(comparison, console)
    _print_links(comparison, console)


def _print_areas(comparison: Comparison, console: Console) -> None:
    words, language, events = (
        in_language(DIFF, comparison.language),
        comparison.language,
        in_language(TABLE, comparison.language),
    )
    rows = []
    for row in changed_areas(comparison.changes, comparison.before, comparison.now):
        told = ", ".join(events[one] for one in row.event.split("+"))
        if len(row.previous) > 1 or SPLIT in row.event:
            told += " " + words["from"].format(ids=", ".join(row.previous))
        label = row.area_id if row.name == row.area_id else f"{row.area_id} {row.name}"
        rows.append(_row(label, row.kept, row.added, row.removed, told, language))
    rows.append(_row(words["all"], comparison.kept, comparison.added, comparison.removed, "", language))
    heads = tuple(words[key] for key in ("area", "before", "now", "added", "removed", "event"))
    print_table(Table("", heads, tuple(rows), left=frozenset({0, 5}), total=True), console, language)


def _row(label: str, kept: int, added: int, removed: int, told: str, language: str) -> tuple[str, ...]:
    figures = [decimal(n, 0, language) for n in (kept + removed, kept + added)]
    changed = [f"{sign}{decimal(n, 0, language)}" if n else "" for sign, n in (("+", added), ("-", removed))]
    return (label, *figures, *changed, told)


def _print_totals(comparison: Comparison, console: Console) -> None:
    language = comparison.language
    city = comparison.weights.residents
    if comparison.intersection_over_union == comparison.intersection_over_union:
        still = decimal(100 * comparison.share_still_in, 1, language) or "-"
        iou = decimal(comparison.intersection_over_union, 3, language)
        say(
            console,
            _(
                "{share} % of those who lived in an area before live in one now; intersection over union {iou}",
                language,
            ).format(share=still, iou=iou),
        )
    shares = [
        decimal(100 * share(comparison.kept + more, city), 1, language) or "-"
        for more in (comparison.removed, comparison.added)
    ]
    say(
        console,
        _("The areas hold {before} % of the city before, {now} % now", language).format(
            before=shares[0], now=shares[1]
        ),
    )


def _print_links(comparison: Comparison, console: Console) -> None:
    """The linked pairs, those that went on as they were left out."""
    words, language = in_language(DIFF, comparison.language), comparison.language
    columns = links(comparison.changes, comparison.before, comparison.now)
    rows = []
    for i in range(len(columns["linked"])):
        if not columns["linked"][i]:
            continue
        figures = [100 * float(columns[key][i]) for key in ("share_of_previous", "share_of_area")]
        rows.append(
            (
                str(columns["previous_id"][i]),
                str(columns["area_id"][i]),
                decimal(int(columns["residents"][i]), 0, language),
                *(f"{decimal(figure, 1, language)} %" if figure == figure else "" for figure in figures),
                decimal(float(columns["intersection_over_union"][i]), 3, language),
            )
        )
    if not rows:
        say(console, words["nothing"])
        return
    heads = tuple(words[key] for key in ("previous", "now", "shared", "of_previous", "of_area", "iou"))
    print_table(Table(words["links"], heads, tuple(rows), left=frozenset({0, 1})), console, language)
