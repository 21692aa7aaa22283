"""`udsat explain`: why an area or a unit is in or out, with a small chart of its gaps."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from udsat_geo.cli.console import plain_console, print_table
from udsat_geo.cli.options import SETTINGS, Command, answers_errors, language_option, option
from udsat_geo.files.explained import Explained, read_explained
from udsat_geo.messages.tables import Table
from udsat_geo.messages.translate import N_, _, in_language
from udsat_geo.messages.words import EXPLAIN, decimal

if TYPE_CHECKING:
    from rich.console import Console


BAR_HALF_WIDTH = 12
"""Characters of the chart on each side of its middle, which stands for `BAR_SPREADS` standard deviations."""
BAR_SPREADS = 3.0


@click.command(
    cls=Command, context_settings=SETTINGS, help=N_("Say why an area or a unit of the designation FILE is in or out.")
)
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("wanted", metavar="AREA_ID|UNIT_ID")
@language_option(
    N_("Language of the explanation; the reasons are in the language of the designation. [default: that one]"), None
)
@option("--json", "as_json", is_flag=True, help=N_("Print the data as JSON."))
@answers_errors
def explain(file: Path, wanted: str, language: str | None, as_json: bool) -> None:
    """Read and print, in the designation's own language unless another is asked for.

    Raises
    ------
    InputError
        If the file is no designation, or has no such area or unit.
    """
    found = read_explained(file, wanted)
    if as_json:
        content = {"kind": found.kind, **found.values, "area": found.area, "near_misses": list(found.near_misses)}
        click.echo(json.dumps(content, ensure_ascii=False, indent=2))
        return
    language = language or str(found.summary.get("language", "da"))
    console = plain_console()
    (_print_area if found.kind == "area" else _print_unit)(found, language, console)
    print_table(_gaps_table(found, language), console, language)
    for line in _rule_lines(found.summary, language):
        console.print(line)


def _print_area(found: Explained, language: str, console: Console) -> None:
    area = found.values
    head = f"{area['area_id']} {area['name']}"
    head += f" ({area['district']})" if area["district"] else ""
    _say(console, f"{head}, {found.summary['year']}, {found.summary['policy']['id']}")
    _say(
        console,
        _("Designated since {since}: {residents} residents, {ha} ha", language).format(
            residents=decimal(area["residents"], 0, language),
            since=area["since"],
            ha=decimal(area["area_ha"], 0, language),
        ),
    )
    if area["until"] is not None:
        _say(console, _("No longer qualifies; stays until {year}", language).format(year=area["until"]))
    _say(console, f"{_('Why', language)}: {area['reason']}.")


def _print_unit(found: Explained, language: str, console: Console) -> None:
    unit = found.values
    _say(console, f"{unit['unit_id']}, {found.summary['year']}, {found.summary['policy']['id']}")
    if found.area is None:
        _say(console, _("Lies outside every area", language))
    else:
        _say(
            console,
            _("Lies in {area} as {role}", language).format(
                area=f"{found.area['area_id']} {found.area['name']}", role=unit["role"]
            ),
        )
    living = "?" if unit["residents"] is None else decimal(unit["residents"], 0, language)
    view = decimal(unit["residents_in_view"], 0, language)
    _say(
        console,
        _("{residents} residents; rates are read over the nearest {view} residents", language).format(
            residents=living, view=view
        ),
    )
    composite = unit["composite"]
    told = "-" if composite is None else decimal(composite, 2, language)
    count = f"{unit['criteria_exceeded']}" + (f" ({unit['exceeded']})" if unit["exceeded"] else "")
    _say(console, _("Composite {composite}; criteria exceeded: {count}", language).format(composite=told, count=count))
    short = unit["short"]
    lacking = (
        ""
        if short is None
        else f" ({_('short by {short}', language).format(short=decimal(short, _digits(short), language))})"
    )
    _say(console, f"{_('Why', language)}: {unit['reason']}{lacking}.")
    for miss in found.near_misses:
        _say(
            console,
            _("Part of a group that came close ({residents} residents): {reason}", language).format(
                residents=decimal(miss["residents"], 0, language), reason=miss["reason"]
            ),
        )


def _digits(short: float) -> int:
    """Residents and criteria are whole, composites are not."""
    return 0 if float(short).is_integer() and short >= 1 else 2


def _say(console: Console, text: str) -> None:
    console.print(text)


def _gaps_table(found: Explained, language: str) -> Table:
    """Rates, what they are held against, and the gaps as bars in standard deviations between units."""
    words = in_language(EXPLAIN, language)
    exceeded = set((found.values["exceeded"] or "").split(","))
    rows = []
    for criterion in found.summary["criteria"]:
        rate, gap = found.values[f"rate_{criterion['key']}"], found.values[f"gap_{criterion['key']}"]
        mark = " *" if criterion["key"] in exceeded else ""
        if rate is None or gap is None:
            rows.append((criterion["label"], "-", "-", words["no_rate"]))
            continue
        factor = 100 if criterion["share"] else 1
        suffix = " %" if criterion["share"] else f" {criterion['unit']}".rstrip()
        unit = words["points"] if criterion["share"] else suffix
        sign = "+" if gap >= 0 else "-"
        rows.append(
            (
                criterion["label"] + mark,
                f"{decimal(factor * rate, 1, language)}{suffix}",
                f"{sign}{decimal(abs(factor * gap), 1, language)}{unit}",
                _bar(gap / criterion["spread"] if criterion["spread"] else 0.0),
            )
        )
    of_gap = "gap_of_area" if found.kind == "area" else "gap_of_unit"
    heads = tuple(words[key] for key in ("criterion", "rate", of_gap, "chart"))
    return Table("", heads, tuple(rows), left=frozenset({0, 3}), unbroken=frozenset({3}))


def _bar(spreads: float) -> str:
    """A bar from the middle: to the right is worse, to the left better."""
    length = min(BAR_HALF_WIDTH, round(abs(spreads) / BAR_SPREADS * BAR_HALF_WIDTH))
    left = ("█" * length if spreads < 0 else "").rjust(BAR_HALF_WIDTH)
    right = ("█" * length if spreads >= 0 else "").ljust(BAR_HALF_WIDTH)
    return f"{left}│{right}"


def _rule_lines(summary: dict[str, Any], language: str) -> list[str]:
    """What the policy asks for."""
    rule = summary["rule"]
    lines = [
        _("* exceeded", language),
        _("Half a bar's width is {n} standard deviations between units.", language).format(
            n=decimal(BAR_SPREADS, 0, language)
        ),
    ]
    parts = []
    if rule["core"] is not None:
        parts.append(_("core from {value}", language).format(value=decimal(rule["core"], 2, language)))
        parts.append(_("edge from {value}", language).format(value=decimal(rule["edge"], 2, language)))
    if rule["criteria"]:
        parts.append(_("at least {n} criteria exceeded", language).format(n=rule["criteria"]))
    if rule["require"]:
        parts.append(_("always exceeded: {keys}", language).format(keys=", ".join(rule["require"])))
    parts.append(_("at least {n} residents", language).format(n=decimal(rule["residents"], 0, language)))
    return [*lines, f"{_('The policy', language)}: {'; '.join(parts)}."]
