"""`udsat infer`: the rule behind given areas."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from udsat_geo.analysis.infer import DRAWS, TOLERANCE, Inference, Undecided, infer_rule
from udsat_geo.analysis.inferred import inference_as_data, policy_file, settings_table
from udsat_geo.analysis.space import default_space, read_space
from udsat_geo.analysis.space_words import key_in_words, labels_of, value_in_words, values_in_words
from udsat_geo.cli import options
from udsat_geo.cli.console import plain_console, print_files, print_json, print_table, progress_on, tell_if_synthetic
from udsat_geo.designation.job import Job, is_synthetic
from udsat_geo.designation.surroundings import Around
from udsat_geo.files.area_set import read_area_set
from udsat_geo.files.atomic_write import check_writable, write_texts
from udsat_geo.files.plain_table import check_table_path, write_plain_table
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.tables import Table
from udsat_geo.messages.translate import N_, _
from udsat_geo.messages.words import decimal
from udsat_geo.policy.load import load_policy, with_references
from udsat_geo.sources.copies import local_copies

if TYPE_CHECKING:
    from rich.console import Console

SOURCES = ("areas", "units", "barriers", "crossings", "places", "regions")


@options.command(
    N_(
        "Which rule draws given areas: the settings of a policy that come nearest to them.\n\n"
        "All combinations of a stated space of settings are tried and judged by residents: those inside the given "
        "and\nthe drawn areas, over those inside either. Told are the best, all that do equally well, what they "
        "leave undecided,\nand which areas no setting explains. Beside the best stands what it is worth: what is "
        "reached in districts that had\nno say in choosing it, by one threshold alone, and by the same search with "
        "areas laid elsewhere by chance."
    )
)
@options.option("--year", type=int, required=True, metavar="Y", help=N_("The year whose people the areas are held to."))
@options.option(
    "--areas", required=True, metavar="FILE|URL", help=N_("The areas: polygons of any file, or a designation.")
)
@options.option("--name", metavar="COLUMN", help=N_("The column that tells polygons apart."))
@options.overlaps_option(N_("Where polygons overlap, count a resident in the first."))
@options.policy_option(N_("The policy whose settings are varied: its criteria, units and all that the space leaves."))
@options.references_option()
@options.registers_of_year_option()
@options.sums_option()
@options.source_option("--units", options.SOURCES["units"])
@options.source_option("--barriers", options.SOURCES["barriers"])
@options.source_option("--crossings", options.SOURCES["crossings"])
@options.source_option(
    "--places", N_("Places with names; settings are tried on their districts. [default: places.gpkg beside registers]")
)
@options.source_option("--regions", options.SOURCES["regions"])
@options.option(
    "--space", type=options.PATH, metavar="FILE", help=N_("A TOML file of what varies. [default: around the policy]")
)
@options.option(
    "--tolerance",
    type=float,
    default=TOLERANCE,
    show_default=True,
    metavar="SHARE",
    help=N_("Settings do equally well when their overlap lies no further below the best."),
)
@options.option(
    "--draws",
    type=int,
    default=DRAWS,
    show_default=True,
    metavar="N",
    help=N_("How often the search is made with areas elsewhere."),
)
@options.language_option(N_("Language of tables and notes."))
@options.seed_option()
@options.limit_options()
@options.json_option()
@options.out_option(N_("Write all settings that were tried."), metavar="FILE.csv|FILE.parquet")
@options.option(
    "--save-policy", type=options.PATH, metavar="FILE", help=N_("Write a policy with the best settings, to be used.")
)
def infer(
    year: int,
    name: str | None,
    allow_overlaps: bool,
    policy: str,
    references: tuple[str, ...],
    registers: Path | None,
    sums: tuple[str, ...],
    space: Path | None,
    tolerance: float,
    draws: int,
    language: str,
    seed: int,
    threads: int | None,
    as_json: bool,
    out: Path | None,
    save_policy: Path | None,
    **sources: str | None,
) -> None:
    """Search, print, and write what is to be written."""
    if out is not None:
        check_table_path(out)
    if save_policy is not None:
        _check_policy_path(save_policy, policy)
    loaded = with_references(load_policy(policy), references)
    kept = options.kept_sums(sums, registers, sources["units"])
    wanted = default_space(loaded.policy) if space is None else read_space(space, loaded.policy)
    with progress_on(not as_json) as progress, local_copies({one: sources[one] for one in SOURCES}) as copies:
        files = dict(copies.paths)
        areas, units = files.pop("areas"), files.pop("units", None)
        job = Job(
            year, loaded, registers, units, around=Around(**files), language=language, seed=seed, threads=threads,
            notes=copies.told(language), kept=kept,
        )  # fmt: skip
        if not as_json:
            tell_if_synthetic(is_synthetic(job), language)
        given = read_area_set(areas, language, name, allow_overlaps=allow_overlaps)
        found = infer_rule(job, given, wanted, tolerance, draws, progress)
    written = _write(found, policy, out, save_policy)
    if as_json:
        print_json(inference_as_data(found))
        return
    console = plain_console()
    print_inference(found, console)
    print_files(written, console, language)


def _check_policy_path(path: Path, base: str) -> None:
    what = ""
    if path.suffix != ".toml":
        what = _("{file} does not end in .toml")
    elif path.is_dir():
        what = _("{out} is a folder")
    elif path.resolve() == Path(base).resolve():
        what = _("{file} is the policy that is varied")
    if what:
        raise InputError(Problem("--save-policy", what.format(file=path, out=path), _("Name another file.")))
    check_writable(path.parent)


def _write(found: Inference, policy: str, out: Path | None, save_policy: Path | None) -> list[Path]:
    """The files that were asked for."""
    written = []
    if out is not None:
        write_plain_table(settings_table(found), out)
        written.append(out)
    if save_policy is not None:
        text = policy_file(found, policy, save_policy)
        written += write_texts(save_policy.parent, {save_policy.name: text})
    return written


def print_inference(found: Inference, console: Console) -> None:
    """How well it goes, what the settings are, district by district, and area by area."""
    language = found.language
    console.print(_("Which rule draws {file}, held to {year}", language).format(file=found.areas.file, year=found.year))
    given = int(found.tried.given.sum())
    text = _("{areas} areas with {residents} residents, {share} % of the city", language)
    console.print(
        text.format(
            areas=len(found.given),
            residents=decimal(given, 0, language),
            share=decimal(100 * given / found.residents, 1, language),
        )
    )
    text = _("{tried} settings tried, all that go together of {count} combinations ({space})", language)
    told = {"tried": decimal(len(found.tried), 0, language), "count": decimal(found.space.combinations, 0, language)}
    console.print(text.format(**told, space=found.space.name))
    for note in found.notes:
        console.print(note)
    print_table(_yardsticks(found), console, language)
    console.print(_equally_good(found))
    print_table(_settings(found), console, language)
    print_table(_parts(found), console, language)
    print_table(_given(found), console, language)
    print_table(_drawn(found), console, language)


def _overlap(value: float, language: str) -> str:
    return decimal(value, 3, language) or "-"


def _yardsticks(found: Inference) -> Table:
    language, chance = found.language, found.chance
    held = N_("in parts that had no say in choosing them (choices: {count})")
    if found.parts.are_districts:
        held = N_("in districts that had no say in choosing them (choices: {count})")
    choices = len(set(found.held_out.chosen.tolist()))
    threshold = decimal(found.threshold, 2, language) or "-"
    alone = _("One threshold alone: units whose own composite is at least {threshold}", language)
    rows = [
        (_("The best settings", language), float(found.overlap[found.best])),
        (_(held, language).format(count=choices), found.held_out.in_all),
        (_("The policy as it is", language), found.own_overlap),
        (alone.format(threshold=threshold), found.threshold_overlap),
        (_("The best that whole units can do", language), found.whole_units),
    ]
    if len(chance):
        text = _("The same search for areas laid elsewhere by chance, {draws} times: mean", language)
        rows.append((text.format(draws=len(chance)), float(chance.mean())))
        rows.append((_("and at most", language), float(chance.max())))
    title = _("Residents inside both, over residents inside either", language)
    cells = tuple((label, _overlap(value, language)) for label, value in rows)
    return Table(title, ("", _("Overlap", language)), cells, strong=frozenset({0}))


def _equally_good(found: Inference) -> str:
    language, best = found.language, found.overlap[found.best]
    text = _("{equal} settings do equally well (within {tolerance}), {exact} of them exactly so.", language)
    return text.format(
        equal=decimal(int(found.equal.sum()), 0, language),
        tolerance=decimal(found.tolerance, 3, language),
        exact=decimal(int((found.overlap == best).sum()), 0, language),
    )


def _settings(found: Inference) -> Table:
    """One key a row: the best value, those that do equally well, those tried, and what another value would cost."""
    language = found.language
    labels = labels_of(found.policy.policy, language)
    rows = []
    for one in found.undecided:
        told = key_in_words(one.key, labels, language)
        rows.append(
            (
                f"{told} ({one.key})",
                value_in_words(one.best, labels, language),
                _equal(one, labels, language),
                values_in_words(one.tried, labels, language),
                _overlap(one.otherwise if one.otherwise is not None else float("nan"), language),
            )
        )
    heads = (
        _("Setting", language), _("Best", language), _("Equally good", language), _("Tried", language),
        _("Best with another value", language),
    )  # fmt: skip
    notes = []
    if any(one.is_open for one in found.undecided):
        notes.append(_("*: as far as was tried; beyond it may do equally well.", language))
    return Table(
        _("Settings", language), heads, tuple(rows), left=frozenset({0, 2, 3}), spare=frozenset({3}), notes=tuple(notes)
    )


def _equal(one: Undecided, labels: dict[str, str], language: str) -> str:
    told = values_in_words(one.equal, labels, language)
    return f"{told} *" if one.is_open else told


def _parts(found: Inference) -> Table:
    language, held = found.language, found.held_out
    rows = tuple(
        (
            name,
            decimal(int(found.tried.given[part]), 0, language),
            _overlap(float(held.of_best[part]), language),
            _overlap(float(held.of_part[part]), language),
        )
        for part, name in enumerate(found.parts.name)
    )
    one = _("District", language) if found.parts.are_districts else _("Part of the city", language)
    heads = (
        one, _("Residents in given areas", language), _("Best settings", language), _("Chosen without it", language),
    )  # fmt: skip
    return Table(_("Overlap, one by one", language), heads, rows)


def _share(part: int, whole: int, language: str) -> str:
    return f"{decimal(100 * part / whole, 1, language)} %" if whole else "-"


def _given(found: Inference) -> Table:
    language = found.language
    order = sorted(range(len(found.given)), key=lambda i: (-found.given[i].residents, i))
    rows, strong = [], set()
    for number, i in enumerate(order):
        area = found.given[i]
        if area in found.unexplained:
            strong.add(number)
        label = area.area_id if area.name == area.area_id else f"{area.area_id} {area.name}"
        shares = [_share(part, area.residents, language) for part in (area.by_best, area.least, area.most)]
        told = _("no setting explains it", language) if area in found.unexplained else ""
        rows.append((label, decimal(area.residents, 0, language), *shares, told))
    heads = (
        _("Given area", language), _("Residents", language), _("Drawn by the best", language),
        _("at least", language), _("at most", language), "",
    )  # fmt: skip
    title = _("Given areas, and how much of them is drawn by settings that do equally well", language)
    return Table(title, heads, tuple(rows), left=frozenset({0, 5}), strong=frozenset(strong))


def _drawn(found: Inference) -> Table:
    language = found.language
    outside = _("mostly outside given areas", language), _("in no given area", language)
    rows = [
        (
            f"{area.area_id} {area.name}",
            decimal(area.residents, 0, language),
            _share(area.inside, area.residents, language),
            "" if area.is_given else outside[not area.inside],
        )
        for area in found.drawn
    ]
    heads = _("Drawn area", language), _("Residents", language), _("in given areas", language), ""
    strong = frozenset(number for number, area in enumerate(found.drawn) if not area.is_given)
    title = _("Areas that the best settings draw", language)
    return Table(title, heads, tuple(rows), left=frozenset({0, 3}), strong=strong)
