"""`udsat compare-policies`: one city under many rules."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from udsat_geo.analysis.agreement import (
    Agreement,
    PoliciesJob,
    agreement_as_data,
    find_agreement,
    named_tables,
    with_figures,
)
from udsat_geo.changes.compare import share
from udsat_geo.cli import options
from udsat_geo.cli.console import plain_console, print_files, print_json, print_table, progress_on, tell_if_synthetic
from udsat_geo.files.atomic_write import check_writable
from udsat_geo.files.earlier import store_of
from udsat_geo.messages.errors import Problems
from udsat_geo.messages.tables import Table
from udsat_geo.messages.translate import N_, Np_, _
from udsat_geo.messages.words import decimal
from udsat_geo.policy.load import LoadedPolicy, load_policy
from udsat_geo.registers.folders import has_no_registers
from udsat_geo.sources.copies import local_copies

if TYPE_CHECKING:
    from rich.console import Console


@options.command(
    N_(
        "One city under many rules: whom all, some or none of them designate.\n\n"
        "Every policy designates the same year. Residents are counted in the areas of each: by the units, where all "
        "policies\njudge the same ones, else at their addresses."
    )
)
@options.option(
    "--policies",
    required=True,
    metavar="LIST",
    help=N_("Two or more built-in policies or TOML files, as in kbh-2017,mine.toml."),
)
@options.option("--year", type=int, required=True, metavar="Y", help=N_("The year to designate."))
@options.registers_of_year_option()
@options.option(
    "--units",
    multiple=True,
    metavar="FILE|POLICY=FILE",
    help=N_("The table of units of policies that need one, or of one policy; may be repeated."),
)
@options.option(
    "--references",
    multiple=True,
    metavar="NAME=VALUE",
    help=N_("A figure from outside that limits are measured against; may be repeated."),
)
@options.source_option("--regions", options.SOURCES["regions"])
@options.out_option(N_("Write layers (GeoPackage), the table of pairs (CSV) and a map (PNG) there."))
@options.language_option(N_("Language of tables and notes."))
@options.seed_option()
@options.limit_options()
@options.json_option()
def compare_policies(
    policies: str,
    year: int,
    registers: Path | None,
    units: tuple[str, ...],
    references: tuple[str, ...],
    regions: str | None,
    out: Path | None,
    language: str,
    seed: int,
    threads: int | None,
    as_json: bool,
) -> None:
    """Designate by each policy, count, print and write."""
    loaded, tables = _read_call(policies, references, units)
    if out is not None:
        check_writable(out)
    needs_registers = any(not each.policy.reads_unit_table for each in loaded)
    tell_if_synthetic(needs_registers and has_no_registers(registers) and not as_json, language)
    not_written: tuple[str, ...] = ()
    files: list[Path] = []
    with progress_on(not as_json) as progress, local_copies({**tables, "regions": regions}) as copies:
        of_regions = copies.paths.pop("regions", None)
        notes = copies.told(language)
        job = PoliciesJob(year, loaded, registers, copies.paths, store_of(), language, seed, threads, notes, of_regions)
        found = find_agreement(job, progress)
        if out is not None:
            from udsat_geo.report.agreement_map import write_agreement

            progress(f"{year}: " + _("writing", language))
            files, not_written = write_agreement(found, out)
    if as_json:
        print_json(agreement_as_data(found))
        return
    console = plain_console()
    print_agreement(found, console)
    for note in not_written:
        console.print(note)
    print_files(files, console, language)


def _read_call(
    policies: str, references: tuple[str, ...], units: tuple[str, ...]
) -> tuple[tuple[LoadedPolicy, ...], dict[str, str]]:
    """Policies and tables as they are named."""
    problems = Problems()
    names = [part.strip() for part in policies.split(",") if part.strip()]
    loaded = [problems.of(load_policy, name) for name in names]
    tables = problems.of(named_tables, units)
    problems.check()
    return with_figures([each for each in loaded if each is not None], references), tables or {}


COUNTED = {
    "units": N_("Residents ({year}) of {places} units of {file}, which all policies judge"),
    "points": N_("Residents ({year}) of {places} units of {file}, each at a point inside it"),
    "addresses": N_("Residents ({year}) at {places} addresses of {file}"),
}


def print_agreement(found: Agreement, console: Console) -> None:
    """Who is counted, what is to be said, the pairs, and whom how many designate."""
    language, weights = found.language, found.points.weights
    told = _(COUNTED[weights.kind], language)
    year = found.year if weights.year is None else weights.year
    places = decimal(weights.places, 0, language)
    console.print(told.format(year=year, places=places, file=_(weights.file, language)))
    for note in found.notes:
        console.print(note)
    print_table(_matrix(found), console, language)
    print_table(_counts(found), console, language)


def _percent(part: float, language: str) -> str:
    figure = decimal(100 * part, 1, language)
    return f"{figure} %" if figure else "-"


def _matrix(found: Agreement) -> Table:
    """Each policy, with the share of its residents whom each other one designates, and their overlap."""
    language, both, city = found.language, found.of_both, int(found.points.residents.sum())
    rows = []
    for a, (one, made) in enumerate(zip(found.ids, found.designations, strict=True)):
        residents = int(both[a, a])
        cells = []
        for b in range(len(found.ids)):
            overlap = decimal(found.overlap(a, b), 2, language) or "-"
            cells.append("" if a == b else f"{_percent(found.share_of(a, b), language)} ({overlap})")
        figures = (decimal(len(made.areas), 0, language), decimal(residents, 0, language))
        rows.append((f"{a + 1} {one}", *figures, _percent(share(residents, city), language), *cells))
    heads = (
        _("Policy", language), _("Areas", language), _("Residents", language), _("of the city", language),
        *(str(b + 1) for b in range(len(found.ids))),
    )  # fmt: skip
    title = _("Share of a policy's residents whom each other policy designates too (intersection over union)", language)
    return Table(title, heads, tuple(rows))


def _counts(found: Agreement) -> Table:
    """Residents by how many policies designate them, and by which."""
    language, counts, n = found.language, found.by_policies.tolist(), len(found.ids)
    city = sum(counts)
    words = {n: _("all policies", language), 0: _(Np_("policy", "none"), language)}
    rows, strong = list[tuple[str, ...]](), set[int]()
    which = found.combinations()
    for k in range(n, -1, -1):
        strong.add(len(rows))
        label = words.get(k, _("{count} of {of} policies", language).format(count=k, of=n))
        rows.append((label, decimal(counts[k], 0, language), _percent(share(counts[k], city), language)))
        if 0 < k < n:
            for names, residents in which:
                if len(names) == k:
                    figures = decimal(residents, 0, language), _percent(share(residents, city), language)
                    rows.append((f"  {', '.join(names)}", *figures))
    heads = (_("Designated by", language), _("Residents", language), _("of the city", language))
    return Table(
        _("Residents by how many policies designate them", language), heads, tuple(rows), strong=frozenset(strong)
    )
