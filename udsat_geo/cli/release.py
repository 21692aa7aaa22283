"""`udsat release`: what may be published of a designation."""

from __future__ import annotations

from pathlib import Path

import click

from udsat_geo.cli import options
from udsat_geo.cli.console import plain_console, print_files, print_json, print_table, progress_on
from udsat_geo.files.atomic_write import check_writable
from udsat_geo.files.public import Made, audit_as_data, made_as_data, make_public, read_internal, write_public
from udsat_geo.messages.tables import Table
from udsat_geo.messages.translate import N_, _
from udsat_geo.messages.words import decimal
from udsat_geo.release.policy import load_release_policy, with_form


@options.command(
    N_(
        "Make what may be published of a designation: its areas, status, changes and units, rounded or withheld.\n\n"
        "FILE is a designation_YEAR.gpkg with its .json beside it. Each set is attacked together with all that was "
        "published before;\na ledger beside FILE remembers it and stays in the house."
    )
)
@options.argument("file", type=options.PATH, metavar="FILE")
@options.out_option(N_("Where the public files go."), default=Path("public"), show_default=True)
@options.option(
    "--policy",
    default="kbh",
    show_default=True,
    metavar="NAME|FILE",
    help=N_("The release policy: dst, eurostat-grid, kbh or a TOML file."),
)
@options.option(
    "--units",
    type=click.Choice(["quadtree", "classes", "none"]),
    help=N_("How units are told: joined into squares, by class alone, or not. [default: as the release policy says]"),
)
@options.option(
    "--ledger",
    type=options.PATH,
    metavar="FILE",
    help=N_("The ledger of what has been published. [default: release-ledger.json beside FILE]"),
)
@options.option("--audit", is_flag=True, help=N_("Print what the files give away, and write nothing."))
@options.json_option()
@options.quiet_option()
def release(
    file: Path, out: Path, policy: str, units: str | None, ledger: Path | None, audit: bool, as_json: bool, quiet: bool
) -> None:
    """Make, attack, write and tell."""
    rule = with_form(load_release_policy(policy), units)
    if not audit:
        check_writable(out)
    with progress_on(not (as_json or quiet)) as progress:
        progress(_("attacking what would be published"))
        layers, beside = read_internal(file)
        made = make_public(layers, rule, ledger or beside)
        files = [] if audit else write_public(made, out)
    if as_json:
        print_json(made_as_data(made, files) | (audit_as_data(made) if audit else {}))
        return
    if quiet:
        return
    console, language = plain_console(), made.layers.language
    cost = made.found.cost
    told = _(
        "{told} numbers of people are told and {withheld} withheld; {left} are left out, as they would give somebody "
        "away.",
        language,
    )
    shown = {"told": cost["numbers"], "withheld": cost["numbers_withheld"], "left": len(made.left_out)}
    console.print(told.format(**{name: decimal(n, 0, language) for name, n in shown.items()}))
    if audit:
        print_table(_audited(made), console, language)
        print_table(_rates_audited(made), console, language)
    print_files(files, console, language)


def _audited(made: Made) -> Table:
    """What the files of the house give away, and what the public ones do."""
    language = made.layers.language
    rows = [
        (
            decimal(least, 0, language),
            decimal(units, 0, language),
            decimal(residents, 0, language),
            decimal(made.given_away(least), 0, language) if least <= made.policy.counts.least_persons else "",
        )
        for least, (units, residents) in made.internal().items()
    ]
    heads = (
        _("Fewer than", language), _("Units in the house's files", language),
        _("their residents", language), _("Groups in the public files", language),
    )  # fmt: skip
    return Table(_("Who can be told apart", language), heads, tuple(rows))


def _rates_audited(made: Made) -> Table:
    """What rates tell of single units in the house's files, by algebra, and of any groups in the public ones."""
    language = made.layers.language
    rows = tuple((label, *(decimal(n, 0, language) for n in counts)) for label, *counts in made.told_by_rates())
    heads = (
        _("Criterion", language), _("Units in the house's files, by algebra", language),
        _("of them right", language), _("Groups in the public files", language),
    )  # fmt: skip
    return Table(_("Whose people of a criterion can be counted", language), heads, rows)
