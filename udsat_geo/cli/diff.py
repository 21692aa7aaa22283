"""`udsat diff`: what changed between two sets of areas."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

from udsat_geo.analysis.why import Why, explain_areas, why_as_data
from udsat_geo.changes.compare import Comparison, compare_areas, share
from udsat_geo.changes.diff import SPLIT, changed_areas, links
from udsat_geo.changes.tables import comparison_as_data
from udsat_geo.cli import options
from udsat_geo.cli.console import plain_console, print_json, print_table, progress_on
from udsat_geo.cli.why import print_why
from udsat_geo.designation.columns import events_in_words
from udsat_geo.designation.job import Job, carried_by, crosswalk_named
from udsat_geo.designation.surroundings import Around
from udsat_geo.files.area_set import read_two, weighing_by
from udsat_geo.files.atomic_write import check_writable
from udsat_geo.files.earlier import store_of
from udsat_geo.files.write import write_comparison
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.tables import Table
from udsat_geo.messages.translate import N_, _
from udsat_geo.messages.words import decimal
from udsat_geo.policy.chain import BUILT_IN
from udsat_geo.policy.load import load_policy
from udsat_geo.sources.copies import local_copies

if TYPE_CHECKING:
    from rich.console import Console


@options.command(
    N_(
        "What changed from the areas of A to those of B, weighed by the residents they share.\n\n"
        "A and B are designations of ours (designation_YEAR.gpkg with its JSON beside it) or files of polygons. "
        "Two\ndesignations are compared by the units that both have. Others are laid over each other at the "
        "addresses of\nregisters (--registers, --year), at units with residents (--units), or at the units of the "
        "designation that has any."
    )
)
@options.argument("before", metavar="A")
@options.argument("now", metavar="B")
@options.registers_option(N_("Weigh by the addresses of registers: DIR/Y where it exists, else DIR."))
@options.option(
    "--year",
    type=int,
    metavar="Y",
    help=N_(
        "The year of the registers; alone, those of data/raw or of the synthetic Copenhagen. [default: B's, or A's]"
    ),
)
@options.option(
    "--units",
    metavar="FILE",
    help=N_("Weigh by units instead: a designation, or polygons or points with a column residents."),
)
@options.option(
    "--name",
    "names",
    multiple=True,
    metavar="COLUMN",
    help=N_("The column that tells polygons apart; given twice, of A and of B."),
)
@options.crosswalk_option()
@options.crosswalk_columns_option()
@options.overlaps_option(N_("Where polygons overlap, count a resident in the first by name."))
@options.option(
    "--why", is_flag=True, help=N_("Take the change apart as `udsat why` does; the registers must be there.")
)
@options.option(
    "--policy",
    "policies",
    multiple=True,
    metavar="NAME|FILE",
    help=N_("With --why, a policy that is not built in; with --units, the one that names the table's columns."),
)
@options.language_option(N_("Language of tables and notes."))
@options.seed_option()
@options.json_option()
@options.out_option(N_("Write the layers changes and changed_units, and the table links."), metavar="FILE.gpkg")
def diff(
    before: str,
    now: str,
    registers: Path | None,
    year: int | None,
    units: str | None,
    names: tuple[str, ...],
    crosswalk: str | None,
    crosswalk_columns: tuple[str, ...],
    allow_overlaps: bool,
    why: bool,
    policies: tuple[str, ...],
    language: str,
    seed: int,
    as_json: bool,
    out: Path | None,
) -> None:
    """Compare, print and write."""
    if len(names) > 2:
        what = _("stands {count} times").format(count=len(names))
        raise InputError(Problem("--name", what, _("Give it once for both files, or twice.")))
    if out is not None:
        _check_out(out, (before, now, units, crosswalk))
    by = crosswalk_named(crosswalk)[1]
    sources = {"before": before, "now": now, "units": units, "crosswalk": None if by else crosswalk}
    loaded = [load_policy(policy) for policy in policies]
    explained = None
    with progress_on(not as_json) as progress, local_copies(sources) as copies:
        files = copies.paths["before"], copies.paths["now"]
        weighed = copies.paths.get("units")
        named = weighing_by(registers, weighed, year, loaded[0] if loaded and weighed is not None else None, seed)
        sides = read_two(*files, names, language, allow_overlaps)
        carried = carried_by(sides[0], copies.paths.get("crosswalk"), crosswalk_columns, by)
        comparison = compare_areas(carried, sides[1], named, language, progress)
        comparison = dataclasses.replace(comparison, notes=(*copies.told(language), *comparison.notes))
        if why:
            job = Job(
                -1, load_policy(BUILT_IN[0]), registers, around=Around(crosswalk=copies.paths.get("crosswalk")),
                language=language, seed=seed, store=store_of(), crosswalk_columns=crosswalk_columns, crosswalk_by=by,
            )  # fmt: skip
            explained = explain_areas(*sides, loaded, job, progress)
    if out is not None:
        write_comparison(comparison, out)
    if as_json:
        print_json(comparison_as_data(comparison) | _why_as_data(explained))
        return
    console = plain_console()
    print_comparison(comparison, console, _told_apart(comparison, before, now))
    if explained is not None:
        for note in explained[1]:
            console.print(note)
        print_why(explained[0], console, language)
    if out is not None:
        console.print(_("Written: {file}", language).format(file=out))


def _why_as_data(explained: tuple[Why, tuple[str, ...]] | None) -> dict[str, Any]:
    """What `udsat why` says as JSON, under a key of its own."""
    if explained is None:
        return {}
    found, notes = explained
    data = why_as_data(found)
    return {"why": data | {"notes": [*notes, *data["notes"]]}}


def _check_out(out: Path, inputs: tuple[str | None, ...]) -> None:
    what, remedy = "", _("Name a file that ends in .gpkg.")
    if out.suffix != ".gpkg":
        what = _("{out} is no GeoPackage")
    elif any(path is not None and out.resolve() == Path(path).resolve() for path in inputs):
        what, remedy = _("{out} is one of the files compared"), _("Name another file.")
    elif out.is_dir():
        what = _("{out} is a folder")
    if what:
        raise InputError(Problem("--out", what.format(out=out), remedy))
    check_writable(out.parent)


def _told_apart(comparison: Comparison, before: str, now: str) -> tuple[str, str]:
    """The files' names, or where both have the same, as all designations of a year do, the paths that were given."""
    names = comparison.before.file, comparison.now.file
    # What is no file here is an address, which may hold credentials.
    if names[0] == names[1] and Path(before).exists() and Path(now).exists():
        return before, now
    return names


WEIGHED_BY = {
    "units": N_("Weighed by the residents ({year}) of {places} units, over which both were made"),
    "points": N_("Weighed by the residents ({year}) of {places} units of {file}, each at a point inside it"),
    "addresses": N_("Weighed by the residents ({year}) at {places} addresses of {file}"),
}


def print_comparison(comparison: Comparison, console: Console, names: tuple[str, str]) -> None:
    """The areas, the totals, the links, and what is to be said."""
    language, weights = comparison.language, comparison.weights
    console.print(_("What changed from {before} to {now}", language).format(before=names[0], now=names[1]))
    year = _("year not known", language) if weights.year is None else str(weights.year)
    told = _(WEIGHED_BY[weights.kind], language)
    console.print(told.format(year=year, places=decimal(weights.places, 0, language), file=weights.file))
    for note in comparison.notes:
        console.print(note)
    print_table(_areas(comparison), console, language)
    _print_totals(comparison, console)
    shared = _links(comparison)
    if shared.rows:
        print_table(shared, console, language)
    else:
        console.print(_("No areas have anything in common.", language))


def _areas(comparison: Comparison) -> Table:
    language = comparison.language
    rows = []
    for row in changed_areas(comparison.changes, comparison.before, comparison.now):
        told = events_in_words(row.event, language)
        if len(row.previous) > 1 or SPLIT in row.event:
            told += " " + _("from {ids}", language).format(ids=", ".join(row.previous))
        label = row.area_id if row.name == row.area_id else f"{row.area_id} {row.name}"
        rows.append(_row(label, row.kept, row.added, row.removed, told, language))
    rows.append(_row(_("In all", language), comparison.kept, comparison.added, comparison.removed, "", language))
    heads = (
        _("Area", language), _("Before", language), _("Now", language), _("Added", language), _("Removed", language),
        _("Change", language),
    )  # fmt: skip
    return Table("", heads, tuple(rows), left=frozenset({0, 5}), total=True)


def _row(label: str, kept: int, added: int, removed: int, told: str, language: str) -> tuple[str, ...]:
    figures = [decimal(n, 0, language) for n in (kept + removed, kept + added)]
    changed = [f"{sign}{decimal(n, 0, language)}" if n else "" for sign, n in (("+", added), ("-", removed))]
    return (label, *figures, *changed, told)


def _print_totals(comparison: Comparison, console: Console) -> None:
    language, city = comparison.language, comparison.weights.residents
    if comparison.intersection_over_union == comparison.intersection_over_union:
        told = _(
            "{share} % of those who lived in an area before live in one now; intersection over union {iou}", language
        )
        still = decimal(100 * comparison.share_still_in, 1, language) or "-"
        console.print(told.format(share=still, iou=decimal(comparison.intersection_over_union, 3, language)))
    shares = [
        decimal(100 * share(comparison.kept + more, city), 1, language) or "-"
        for more in (comparison.removed, comparison.added)
    ]
    told = _("The areas hold {before} % of the city before, {now} % now", language)
    console.print(told.format(before=shares[0], now=shares[1]))


def _links(comparison: Comparison) -> Table:
    """The linked pairs, those that went on as they were left out."""
    language, columns = comparison.language, links(comparison.changes, comparison.before, comparison.now)
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
    heads = (
        _("Before", language), _("Now", language), _("Shared", language), _("of before", language),
        _("of now", language), _("IoU", language),
    )  # fmt: skip
    title = _("Residents that an earlier area and one of now share", language)
    return Table(title, heads, tuple(rows), left=frozenset({0, 1}))
