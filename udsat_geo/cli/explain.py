"""`udsat explain`: why an area or a unit is in or out, with a small chart of its gaps."""

from __future__ import annotations

from pathlib import Path

from udsat_geo.cli import options
from udsat_geo.cli.console import plain_console, print_json, print_table
from udsat_geo.designation.explained import Explained, rule_in_words
from udsat_geo.designation.explained import explain as find_explained
from udsat_geo.files.read import read_layers
from udsat_geo.messages.tables import Table
from udsat_geo.messages.translate import N_, _
from udsat_geo.messages.words import decimal

BAR_HALF_WIDTH = 12
"""Characters of the chart on each side of its middle, which stands for `BAR_SPREADS` standard deviations."""
BAR_SPREADS = 3.0


@options.command(N_("Say why an area (its id, or part of its name) or a unit of the designation FILE is in or out."))
@options.argument("file", type=options.PATH)
@options.argument("wanted", metavar="AREA|UNIT_ID")
@options.language_option(
    N_("Language of the explanation; the reasons are in the language of the designation. [default: that one]"),
    default=None,
    show_default=False,
)
@options.json_option(N_("Print the data as JSON."))
def explain(file: Path, wanted: str, language: str | None, as_json: bool) -> None:
    """Read and print, in the designation's own language unless another is asked for."""
    found = find_explained(read_layers(file), wanted, file.name)
    if as_json:
        content = {"kind": found.kind, **found.values, "area": found.area, "near_misses": list(found.near_misses)}
        print_json(content)
        return
    language = language or found.designation_summary.language
    console = plain_console()
    for line in found.lines(language):
        console.print(line)
    print_table(_gaps_table(found, language), console, language)
    if found.designation_summary.rule is not None:
        console.print(rule_in_words(found.designation_summary.rule, language))


def _gaps_table(found: Explained, language: str) -> Table:
    """Rates, what they are held against, and the gaps as bars in standard deviations between units."""
    chart = _("better     │      worse", language)
    gone, changes = found.kind == "removed", found.designation_summary.changes
    rows = tuple(
        (
            one.label + (" *" if one.exceeded and one.rate is not None else ""),
            *([one.before or "-"] if gone else []),
            one.rate or "-",
            one.gap or "-",
            _("no rate", language) if one.rate is None else _bar(one.spreads),
        )
        for one in found.criteria(language)
    )
    bars = _("Half a bar's width is {n} standard deviations between units.", language)
    notes = (_("* exceeded", language), bars.format(n=decimal(BAR_SPREADS, 0, language)))
    first, *others = found.heads(language)
    year = "" if changes is None else str(changes.previous_year)
    heads = (first, *([year] if gone else []), *others, chart)
    bar = frozenset({len(heads) - 1})
    return Table("", heads, rows, left=bar | {0}, spare=bar, unbroken=bar, notes=notes)


def _bar(spreads: float) -> str:
    """A bar from the middle: to the right is worse, to the left better."""
    length = min(BAR_HALF_WIDTH, round(abs(spreads) / BAR_SPREADS * BAR_HALF_WIDTH))
    left = ("█" * length if spreads < 0 else "").rjust(BAR_HALF_WIDTH)
    right = ("█" * length if spreads >= 0 else "").ljust(BAR_HALF_WIDTH)
    return f"{left}│{right}"
