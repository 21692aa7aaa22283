"""What a person sees: progress while it runs, tables when it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from udsat_geo.wording import COUNTED, WITHOUT_OWN_RATE, decimal

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from udsat_geo.designation import Designation


@contextmanager
def progress_on(shown: bool) -> Iterator[Callable[[str], None] | None]:
    """A spinner with the current step and the time it takes, on standard error; nothing when not shown."""
    if not shown:
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("starting", total=None)
        yield lambda step: progress.update(task, description=step)


def plain_console(width: int | None = None) -> Console:
    """A console on standard output that prints what it is given: brackets in a name or a path are no markup."""
    from rich.console import Console

    return Console(markup=False, emoji=False, highlight=False, width=width)


def print_result(designation: Designation, files: list[str], console: Console) -> None:
    """The result tables of a designation: areas, changes, gaps, files."""
    from udsat_geo.wording import TABLE

    words = TABLE[designation.language]
    console.print(_areas_table(designation, words))
    _print_totals(designation, words, console)
    console.print(_status_table(designation, words))
    for line in _counted_lines(designation):
        console.print(line, highlight=False)
    console.print(f"{words['files']}:", *files, sep="\n  ", highlight=False, soft_wrap=True)


def _areas_table(designation: Designation, words: dict[str, str]) -> Table:
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


def _events(told: str, words: dict[str, str]) -> str:
    """The events of an area in words."""
    return ", ".join(words[event] for event in told.split("+"))


def _print_totals(designation: Designation, words: dict[str, str], console: Console) -> None:
    status, language = designation.status, designation.language
    share = decimal(100 * status.share_of_residents, 1, language)
    line = (
        f"{len(designation.areas)} {words['areas'].lower()}, {decimal(status.residents_in_areas, 0, language)} "
        f"{words['residents'].lower()}, {share} % ({words['share'].lower()})"
    )
    console.print(line, highlight=False)
    from udsat_geo.diff import EVENTS

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


def _status_table(designation: Designation, words: dict[str, str]) -> Table:
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
    words = dict(COUNTED[designation.language])
    for criterion in designation.policy.policy.criteria:
        label = criterion.label_in(designation.language)
        words[f"units_without_{criterion.key}"] = WITHOUT_OWN_RATE[designation.language].format(label=label)
    lines = [
        f"{words.get(name, name)}: {decimal(count, 0, designation.language)}"
        for name, count in designation.counts.items()
        if count and name != "residents_placed"
    ]
    return lines + list(designation.notes)
