"""`udsat policies`: the built-in policies, listed or printed whole, and the criteria of any policy examined."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import click

from udsat_geo.cli import options
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import N_, _
from udsat_geo.policy.chain import BUILT_IN, GROUPS, text_of
from udsat_geo.policy.load import load_policy, text_of_chain
from udsat_geo.policy.rules import text_in

if TYPE_CHECKING:
    from udsat_geo.analysis.examined import Examination
    from udsat_geo.messages.tables import Table


@options.command(
    N_(
        "List the built-in policies, print one to be copied and changed, or examine the criteria of one on data.\n\n"
        "Examined is how criteria go together, how many they are worth, what each brings to the composite, and what is "
        "designated\nwithout it."
    )
)
@options.option(
    "--show",
    metavar="NAME|FILE",
    help=N_(
        "Print the file of this policy, as in --show kbh-2017 > my-policy.toml; or of the one that a designation was "
        "made by, as in --show designation_2025.gpkg."
    ),
)
@options.option("--examine", metavar="NAME|FILE", help=N_("Examine the criteria of this policy on the data of --year."))
@options.option("--year", type=int, metavar="Y", help=N_("The year to examine."))
@options.references_option()
@options.registers_of_year_option()
@options.source_options()
@options.language_option(N_("Language of titles, tables and notes."))
@options.seed_option()
@options.limit_options()
@options.json_option()
def policies(
    show: str | None,
    examine: str | None,
    year: int | None,
    references: tuple[str, ...],
    registers: Path | None,
    language: str,
    seed: int,
    threads: int | None,
    as_json: bool,
    **sources: str | None,
) -> None:
    """List the built-in policies, print one, or examine one."""
    given = {"year": year, "references": references, "registers": registers, **sources, "json": as_json}
    _check(show, examine, [name for name, value in given.items() if value])
    if examine is not None and year is not None:
        _examine(examine, year, references, registers, language, seed, threads, as_json, sources)
    elif show is not None:
        click.echo(_shown(show), nl=False)
    else:
        for place, (group, names) in enumerate(GROUPS.items()):
            click.echo(("\n" if place else "") + _(group, language))
            for name in names:
                _list(name, language)


def _shown(name: str) -> str:
    """The file of a built-in policy, or the one that travels with a designation."""
    if name in BUILT_IN or not Path(name).is_file():
        return text_of(name)
    from udsat_geo.files.geopackage import policy_texts_of
    from udsat_geo.files.read import read_summary

    path = Path(name)
    texts = policy_texts_of(path) or tuple(read_summary(path).policy_texts)
    if not texts:
        what = _("does not hold the policy that it was made by")
        raise InputError(Problem(path.name, what, _("Make the designation again with this version.")))
    return text_of_chain(texts, path.name)


def _check(show: str | None, examine: str | None, given: list[str]) -> None:
    """Tell of what does not go together."""
    problems = []
    if show is not None and examine is not None:
        problems.append(Problem("--show, --examine", _("are two things to do"), _("Name one of them.")))
    if examine is None:
        what, remedy = _("says on what to examine a policy"), _("Name the policy with --examine, or leave it out.")
        problems += [Problem(f"--{name}", what, remedy) for name in given]
    elif "year" not in given:
        what, remedy = _("asks for data, and no year is named"), _("Name it with --year.")
        problems.append(Problem(f"--examine {examine}", what, remedy))
    if problems:
        raise InputError(problems)


def _list(name: str, language: str) -> None:
    """What a built-in policy is about, on the console."""
    policy = load_policy(name).policy
    first, last = policy.years
    click.echo(f"  {name}  {first}-{last}  {text_in(policy.title, language)}")
    click.echo(f"      {policy.source}")
    for criterion in policy.criteria:
        click.echo(f"      - {criterion.label_in(language)}")
    for reference, figure in policy.references.items():
        if figure.value is None:
            value = _("VALUE", language)
            click.echo(f"      --references {reference}={value}  {text_in(figure.label, language)}")


def _examine(
    name: str,
    year: int,
    references: tuple[str, ...],
    registers: Path | None,
    language: str,
    seed: int,
    threads: int | None,
    as_json: bool,
    sources: dict[str, str | None],
) -> None:
    """Designate, examine and print."""
    from udsat_geo.analysis.examined import examination_as_data, examine
    from udsat_geo.cli.console import plain_console, print_json, print_table, progress_on, tell_if_synthetic
    from udsat_geo.designation.job import Job, is_synthetic
    from udsat_geo.designation.surroundings import Around
    from udsat_geo.files.earlier import store_of
    from udsat_geo.policy.load import with_references
    from udsat_geo.sources.copies import local_copies

    rule = with_references(load_policy(name), references)
    job = Job(year, rule, registers, language=language, seed=seed, threads=threads, store=store_of())
    tell_if_synthetic(sources["units"] is None and is_synthetic(job) and not as_json, language)
    with progress_on(not as_json) as progress, local_copies(sources) as copies:
        units, around = copies.paths.pop("units", None), Around(**copies.paths)
        job = dataclasses.replace(job, units=units, around=around, notes=copies.told(language))
        found = examine(job, progress)
    if as_json:
        print_json(examination_as_data(found))
        return
    console = plain_console()
    for note in found.designation.notes:
        console.print(note)
    console.print(worth(found))
    for table in (correlations(found), criterion_by_criterion(found)):
        print_table(table, console, language)


def worth(found: Examination) -> str:
    """How many criteria the criteria are worth, in words."""
    from udsat_geo.messages.words import decimal

    language = found.designation.language
    text = _("{n} criteria say as much as {effective} that had nothing to do with each other.", language)
    return text.format(n=found.weighed, effective=decimal(found.effective, 1, language))


def correlations(found: Examination) -> Table:
    """How each criterion goes with each other one, and with the composite."""
    from udsat_geo.messages.tables import Table
    from udsat_geo.messages.words import decimal

    language, policy = found.designation.language, found.designation.policy.policy
    rows = []
    for k, j in enumerate(found.place):
        cells = ["" if k == n else decimal(r, 2, language) for n, r in enumerate(found.correlation[k].tolist())]
        cells.append(decimal(float(found.with_composite[k]), 2, language))
        rows.append((f"{k + 1} {policy.criteria[j].label_in(language)}", *cells))
    numbers = (str(k + 1) for k in range(len(found.place)))
    heads = (_("Criterion", language), *numbers, _("Composite", language))
    return Table(_("Correlations over the units, by residents; positive: worse together", language), heads, tuple(rows))


def criterion_by_criterion(found: Examination) -> Table:
    """What each criterion brings to the composite, and what is designated without it."""
    from udsat_geo.messages.tables import Table
    from udsat_geo.messages.words import decimal

    made, policy = found.designation, found.designation.policy.policy
    language, inside = made.language, made.status.residents_in_areas
    rows = []
    for k, j in enumerate(found.place):
        share, without = float(found.share_of_variance[k]), found.without[k]
        cells = ["-"] * 4
        if without is not None:
            counts = [decimal(each, 0, language) for each in (without.residents, without.added, without.removed)]
            cells = [decimal(without.areas, 0, language), counts[0], f"+{counts[1]}", f"-{counts[2]}"]
        figure = decimal(100 * share, 1, language)
        weight = f"{policy.criteria[j].weight:g}"
        rows.append((policy.criteria[j].label_in(language), weight, f"{figure} %" if figure else "-", *cells))
    heads = (
        _("Criterion", language), _("Weight", language), _("of the variance", language),
        _("Areas without it", language), _("Residents", language), _("Residents added", language),
        _("Residents removed", language),
    )  # fmt: skip
    note = _(
        "Of the variance: what the criterion brings to the composite's. Without it: by the others, the same thresholds "
        "and the same number of criteria.",
        language,
    )
    title = _("What each criterion does ({residents} residents in {areas} areas with all of them)", language)
    told = title.format(residents=decimal(inside, 0, language), areas=len(made.areas))
    return Table(told, heads, tuple(rows), notes=(note,))
