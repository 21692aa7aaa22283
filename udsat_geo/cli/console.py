"""What a person sees: progress while it runs, tables when it is done."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

import click

from udsat_geo.messages.translate import in_language
from udsat_geo.messages.words import decimal

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from udsat_geo.designation.designation import Designation


PROGRESS, LINES = "UDSAT_PROGRESS", "lines"
"""The environment variable by which another program asks for its own kind of progress, and the one kind there is."""


@contextmanager
def progress_on(shown: bool) -> Iterator[Callable[[str], None] | None]:
    """A spinner with the current step and the time it takes, on a terminal's standard error; nothing when not shown.

    Where ``UDSAT_PROGRESS=lines`` asks for it, each step is a line of its own instead, ``progress: 2025: scoring``: for
    programs that run a command and pass on how far it is.
    """
    if not shown:
        yield None
        return
    if os.environ.get(PROGRESS) == LINES:
        yield lambda step: click.echo(f"progress: {step}", err=True)
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("starting", total=None)
        yield lambda step: progress.update(task, description=step)


def plain_console(width: int | None = None) -> Console:
    """A console on standard output that prints what it is given: brackets in a name or a path are no markup."""
    from rich.console import Console

    return Console(markup=False, emoji=False, highlight=False, width=width)


def print_result(designation: Designation, files: list[str], console: Console) -> None:
    """The result tables of a designation: areas, changes, gaps, files."""
    from udsat_geo.messages.words import TABLE

    words = in_language(TABLE, designation.language)
    console.print(_areas_table(designation, words))
    _print_totals(designation, words, console)
    console.print(_status_table(designation, words))
    for line in _counted_lines(designation):
        console.print(line, highlight=False)
    console.print(f"{words['files']}:", *files, sep="\n  ", highlight=False, soft_wrap=True)


def _areas_table(designation: Designation, words: Mapping[str, str]) -> Table:
    import shapely
    from rich.box import SIMPLE
    from rich.table import Table
    from rich.text import Text

    language, areas = designation.language, designation.areas
    table = Table(title=f"{words['areas']} {designation.year}", title_justify="left", box=SIMPLE)
    rows = []
    hectares = shapely.area(designation.outline) / 10_000
    for i in range(len(areas)):
        event = _events(designation.changes.event[i], words) if designation.changes else ""
        rows.append(
            (
                str(designation.area_id[i]),
                str(designation.name[i]),
                decimal(areas.residents[i], 0, language),
                decimal(hectares[i], 0, language),
                decimal(areas.composite[i], 2, language),
                str(designation.since[i]),
                event,
            )
        )
    for place, heading in enumerate(("area", "name", "residents", "hectares", "composite", "since", "event")):
        # a narrow window shortens the names, and nothing else
        width = max([len(words[heading]), *(len(row[place]) for row in rows)]) if heading != "name" else None
        justify: Literal["left", "right"] = "left" if heading in ("area", "name", "event") else "right"
        table.add_column(words[heading], justify=justify, no_wrap=heading != "name", min_width=width)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


def _events(told: str, words: Mapping[str, str]) -> str:
    """The events of an area in words."""
    return ", ".join(words[event] for event in told.split("+"))


def _print_totals(designation: Designation, words: Mapping[str, str], console: Console) -> None:
    status, language = designation.status, designation.language
    share = decimal(100 * status.share_of_residents, 1, language)
    line = (
        f"{len(designation.areas)} {words['areas'].lower()}, {decimal(status.residents_in_areas, 0, language)} "
        f"{words['residents'].lower()}, {share} % ({words['share'].lower()})"
    )
    console.print(line, highlight=False)
    from udsat_geo.changes.diff import EVENTS

    changes, before = designation.changes, designation.previous
    if changes is None or before is None:
        return
    told = [(changes.count(event), words[event]) for event in EVENTS]
    events = ", ".join(f"{count} {word}" for count, word in told if count) or "-"
    added, removed = int(changes.residents_added.sum()), int(changes.residents_removed.sum())
    people = f"+{decimal(added, 0, language)} / -{decimal(removed, 0, language)} {words['residents'].lower()}"
    units = f"+{changes.units_added} / -{changes.units_removed} {words['units'].lower()}"
    console.print(f"{changes.previous_year} -> {designation.year}: {events}; {people}; {units}", highlight=False)
    for i, event in enumerate(changes.event):
        if event == "removed":
            area = changes.previous[i][0]
            lost = decimal(int(changes.residents_removed[i]), 0, language)
            name = f"{before.area_id[area]} {before.name[area]}"
            console.print(f"  {words['removed']}: {name} ({lost} {words['residents'].lower()})", highlight=False)


def _status_table(designation: Designation, words: Mapping[str, str]) -> Table:
    from rich.box import SIMPLE
    from rich.table import Table

    language, status = designation.language, designation.status
    table = Table(box=SIMPLE)
    table.add_column(words["criterion"])
    for name in ("in_areas", "rest", "gap", "city"):
        table.add_column(words[name], justify="right")
    for j, criterion in enumerate(designation.policy.policy.criteria):
        # shares are written per cent; anything else in its own unit
        factor, suffix = (100, " %") if criterion.is_share else (1, f" {criterion.unit}".rstrip())
        suffixes = (suffix, suffix, words["points"] if criterion.is_share else suffix, suffix)
        values = (status.areas[j], status.rest_of_city[j], status.gap[j], status.city[j])
        cells = [decimal(factor * value, 1, language) for value in values]
        shown = [f"{cell}{end}" if cell else "" for cell, end in zip(cells, suffixes, strict=True)]
        table.add_row(criterion.label_in(language), *shown)
    return table


def _counted_lines(designation: Designation) -> list[str]:
    """What was left out, and what was found out about the input."""
    from udsat_geo.messages.words import counted_words

    criteria = designation.policy.policy.criteria
    words = counted_words({c.key: c.label_in(designation.language) for c in criteria}, designation.language)
    lines = [
        f"{words.get(name, name)}: {decimal(count, 0, designation.language)}"
        for name, count in designation.counts.items()
        if count and name != "residents_placed"
    ]
    return lines + list(designation.notes)


Justify = Literal["left", "right"]


def plain_table(
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    left: Sequence[int],
    wrapped: Sequence[int] = (),
    title: str | None = None,
    total: bool = False,
) -> Table:
    """A table whose numbers are never cut: a narrow window wraps the columns that may be.

    Parameters
    ----------
    headings : sequence of str, length n_columns
    rows : sequence of sequences of str
    left, wrapped : sequence of int
        Columns that stand to the left; that may be wrapped.
    title : str, optional
    total : bool
        Whether the last row is set apart as a sum.
    """
    from rich.box import SIMPLE
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, title_justify="left", box=SIMPLE, padding=(0, 1, 0, 0), pad_edge=False)
    for place, heading in enumerate(headings):
        justify: Justify = "left" if place in left else "right"
        free = place in wrapped
        width = None if free else max([len(heading), *(len(row[place]) for row in rows)])
        table.add_column(heading, justify=justify, no_wrap=not free, min_width=width)
    for number, row in enumerate(rows):
        table.add_row(*(Text(cell) for cell in row), end_section=total and number == len(rows) - 2)
    return table


def say(console: Console, text: str) -> None:
    """A line of plain text."""
    console.print(text, highlight=False, markup=False)
