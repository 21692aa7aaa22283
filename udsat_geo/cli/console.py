"""What a person sees: progress while it runs, tables when it is done."""

from __future__ import annotations

import dataclasses
import json
import math
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from udsat_geo.cli.options import printed
from udsat_geo.messages.limits import text_of_json
from udsat_geo.messages.tables import Table
from udsat_geo.messages.translate import N_, Np_, _, in_language
from udsat_geo.messages.words import counted_words, decimal

if TYPE_CHECKING:
    from rich.console import Console

    from udsat_geo.designation.designation import Designation


PROGRESS, LINES = "UDSAT_PROGRESS", "lines"
"""The environment variable by which another program asks for its own kind of progress, and the one kind there is."""


class Steps:
    """Tells the steps of a command one by one, and makes room where it asks something meanwhile.

    Parameters
    ----------
    tell : callable
        Of one step.
    stop, start : callable
        Take what is shown from the terminal, and put it there again.
    """

    def __init__(
        self,
        tell: Callable[[str], object],
        stop: Callable[[], None] = lambda: None,
        start: Callable[[], None] = lambda: None,
    ):
        self._tell, self._stop, self._start = tell, stop, start

    def __call__(self, step: str) -> None:
        self._tell(step)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Nothing is shown within this block."""
        self._stop()
        yield
        # what is not reached when a question is answered by Ctrl-C stays stopped
        self._start()


@contextmanager
def progress_on(shown: bool) -> Iterator[Steps]:
    """A spinner with the current step and the time it takes, on a terminal's standard error; nothing when not shown.

    Where ``UDSAT_PROGRESS=lines`` asks for it, each step is a line of its own instead, ``progress: 2025: scoring``: for
    programs that run a command and pass on how far it is.
    """
    if shown and os.environ.get(PROGRESS) == LINES:
        yield Steps(lambda step: click.echo(f"progress: {step}", err=True))
        return
    if not shown or not sys.stderr.isatty():
        yield Steps(lambda step: None)
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(_("starting"), total=None)
        yield Steps(lambda step: progress.update(task, description=step), progress.stop, progress.start)


def print_json(content: Mapping[str, Any]) -> None:
    """Plain data as JSON, alone on standard output."""
    click.echo(json_text(content))


def json_text(content: Mapping[str, Any]) -> str:
    """Plain data as JSON; letters are written as they are where standard output can have them, else as escapes."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    return json.dumps(content, ensure_ascii=not encoding.lower().startswith("utf"), indent=2)


def tell_if_synthetic(synthetic: bool, language: str) -> None:
    """Say before all else that the residents of this run do not exist, where that is so."""
    if synthetic:
        told = N_("No registers in data/raw: running on the synthetic Copenhagen, whose residents do not exist.")
        with printed():
            click.echo(_(told, language))


def plain_console(width: int | None = None) -> Console:
    """A console on standard output that prints what it is given: brackets in a name or a path are no markup.

    Output that goes into a file or another program is not wrapped, whatever the window's width.
    """
    from rich.console import Console

    class Plain(Console):
        def on_broken_pipe(self) -> None:
            """Rich would end the process as if there were a fault of ours."""
            raise BrokenPipeError

    console = Plain(markup=False, emoji=False, highlight=False, width=width)
    if width is None and not console.is_terminal:
        console.width = _UNBOUNDED
    return console


def print_table(table: Table, console: Console, language: str | None = None) -> None:
    """Print a table: as wide as it needs where it may, else with its heads and its columns of text broken into lines.

    Where even that is wider than the window, columns are left out, spare ones first, and a line below says which.

    Parameters
    ----------
    table : Table
    console : Console
    language : {"da", "en"}, optional
        Of that line; without it, the language of the program.
    """
    from rich.box import SIMPLE
    from rich.table import Table as RichTable
    from rich.text import Text

    columns, widths = _columns_that_fit(table, console.width)
    if table.title:
        console.print(Text(table.title, style="italic"), soft_wrap=True)
    shown = RichTable(box=SIMPLE, padding=(0, 1, 0, 0), pad_edge=False, leading=int(table.spaced))
    for i in columns:
        shown.add_column(
            Text(table.heads[i]), justify="left" if i in table.left else "right", width=widths[i], overflow="fold"
        )
    for number, row in enumerate(table.rows):
        cells = [Text(row[i]) for i in columns]
        if table.spaced:
            cells[0].stylize("bold", 0, len(row[0].partition("\n")[0]))
        sum_follows = table.total and number == len(table.rows) - 2
        shown.add_row(*cells, style="bold" if number in table.strong else None, end_section=sum_follows)
    console.print(shown)
    missing = [table.heads[i].replace("\n", " ") for i in range(len(table.heads)) if i not in columns]
    if missing:
        told = _("The window is too narrow for: {columns}.", language).format(columns=", ".join(missing))
        console.print(told)
    for note in table.notes:
        console.print(note)


_UNBOUNDED = 100_000
"""The width of a console that is none."""
_GAP = 2
"""What a column takes beside its text."""
_WORD = 14
"""Longer words are broken where there is no room for them."""
_READABLE = 20
"""Columns of text are not made narrower than this as long as there are spare columns."""


def _columns_that_fit(table: Table, width: int) -> tuple[list[int], list[int]]:
    """The columns there is room for, and how wide each column of the table is then."""
    columns, rest = list(range(len(table.heads))), [i for i in range(len(table.heads)) if i not in table.spare]
    # text that is pleasant to read is worth a spare column, and any other column worth text of single words
    for readable, left_out in ((_READABLE, sorted(table.spare)), (0, rest[1:])):
        widths = [_narrowest(table, i, readable) for i in range(len(table.heads))]
        while left_out and sum(widths[i] + _GAP for i in columns) > width:
            columns.remove(left_out.pop())
    most = [max(_lengths(table.heads[i], *(row[i] for row in table.rows))) for i in range(len(table.heads))]
    room = width - sum(widths[i] + _GAP for i in columns)
    # what room there is goes to the columns of text first, to the narrowest for its text before the others
    while room > 0 and (short := [i for i in columns if widths[i] < most[i]]):
        neediest = max(short, key=lambda i: (i in table.left, most[i] / max(widths[i], 1), i))
        widths[neediest] += 1
        room -= 1
    return columns, widths


def _narrowest(table: Table, column: int, readable: int) -> int:
    """How narrow a column may be: no word of its head is broken, and no figure; text is as wide as is readable."""
    head, cells = table.heads[column], [row[column] for row in table.rows]
    if column not in table.left or column in table.unbroken:
        return max(_lengths(*head.split(), *cells))
    longest_word = max(_lengths(*(word for cell in (head, *cells) for word in cell.split())))
    return max(min(longest_word, _WORD), min(readable, max(_lengths(head, *cells))))


def _lengths(*texts: str) -> list[int]:
    """Of each line of some texts, and of none."""
    from rich.cells import cell_len

    return [0, *(cell_len(line) for text in texts for line in text.split("\n"))]


def print_result(designation: Designation, files: list[str], console: Console) -> None:
    """The result tables of a designation: areas, changes, gaps, files."""
    language = designation.language
    print_table(_areas_table(designation), console, language)
    _print_totals(designation, console)
    print_table(_status_table(designation), console, language)
    milestone = milestone_line(designation, files)
    if milestone is not None:
        console.print(milestone)
    for line in _counted_lines(designation):
        console.print(line)
    print_files(files, console, language)


def _areas_table(designation: Designation) -> Table:
    import shapely

    from udsat_geo.designation.columns import events_in_words

    language, areas = designation.language, designation.areas
    hectares = shapely.area(designation.outline) / 10_000
    chance = designation.chance
    rows = tuple(
        (
            str(designation.area_id[i]),
            str(designation.name[i]),
            decimal(areas.residents[i], 0, language),
            decimal(hectares[i], 0, language),
            decimal(areas.composite[i], 2, language),
            str(designation.since[i]),
            events_in_words(designation.changes.event[i], language) if designation.changes else "",
            *(() if chance is None else (f"{decimal(100 * chance.p_area[i], 0, language)} %",)),
        )
        for i in range(len(areas))
    )
    heads = in_language(
        (N_("Area"), N_("Name"), N_("Residents"), N_("ha"), N_("Composite"), N_("Since"), N_("Change")), language
    )
    title = _("Areas", language) + f" {designation.year}"
    sure = () if chance is None else (_(Np_("areas", "Sure"), language),)
    # within 60 columns an area has its id, its name, its residents and its composite, and how sure it is, in one line
    spare = frozenset({3, 5} if chance is None else {3, 5, 6})
    return Table(title, (*heads, *sure), rows, left=frozenset({0, 1, 6}), unbroken=frozenset({0}), spare=spare)


def milestone_line(designation: Designation, files: Sequence[str]) -> str | None:
    """How many gaps are as narrow as the milestone asks, against the designation of its first year beside the files.

    None where the policy has no milestone, or that designation is not there or was made by another policy.
    """
    aim, language, keys = designation.policy.policy.milestone, designation.language, designation.policy.policy.keys
    written = next((Path(file) for file in files if file.endswith(".json")), None)
    if aim is None or written is None or aim.since >= designation.year:
        return None
    import numpy as np

    try:
        begun = json.loads(text_of_json(written.with_name(f"designation_{aim.since}.json")))
        gap = {row["criterion"]: row["gap"] for row in begun["status"]}
        first = np.array([math.nan if gap[key] is None else gap[key] for key in keys], dtype=np.float64)
        same = begun["policy"]["sha256"] == designation.policy.sha256
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    if not same:
        return None
    from udsat_geo.monitoring.status import StatusSeries, progress_of

    statuses = (dataclasses.replace(designation.status, gap=first), designation.status)
    progress = progress_of(StatusSeries((aim.since, designation.year), statuses), aim)
    if progress is None:
        return None
    text = _("Milestone {by}: {there} of {of} gaps down to {share} % of those of {since}; it takes {needed}.", language)
    told = {"share": decimal(100 * aim.gap, 0, language), "needed": progress.needed, "there": progress.count("reached")}
    return text.format(by=aim.by, of=len(keys), since=aim.since, **told)


def _print_totals(designation: Designation, console: Console) -> None:
    from udsat_geo.changes.diff import EVENTS
    from udsat_geo.designation.columns import events_in_words
    from udsat_geo.designation.fallen import fallen_areas, fallen_reason

    status, language = designation.status, designation.language
    share = decimal(100 * status.share_of_residents, 1, language)
    areas, residents = _("Areas", language).lower(), _("Residents", language).lower()
    of_city, in_areas = _("Share of city", language).lower(), decimal(status.residents_in_areas, 0, language)
    console.print(f"{len(designation.areas)} {areas}, {in_areas} {residents}, {share} % ({of_city})")
    if designation.scales is not None and designation.scales.yardstick.year != designation.year:
        console.print(designation.scales.told(language))
    if designation.chance is not None:
        console.print(designation.chance.told(language))
    changes, before = designation.changes, designation.previous
    if changes is None or before is None:
        return
    told = [(changes.count(event), events_in_words(event, language)) for event in EVENTS]
    events = ", ".join(f"{count} {word}" for count, word in told if count) or "-"
    added, removed = int(changes.residents_added.sum()), int(changes.residents_removed.sum())
    people = f"+{decimal(added, 0, language)} / -{decimal(removed, 0, language)} {residents}"
    units = f"+{changes.units_added} / -{changes.units_removed} " + _("Units", language).lower()
    console.print(f"{changes.previous_year} -> {designation.year}: {events}; {people}; {units}")
    for fallen in fallen_areas(designation):
        row, gone = fallen.row, events_in_words(fallen.row.event, language)
        lost = f"{decimal(row.removed, 0, language)} {residents}"
        since = "" if row.since is None else ", " + _("since {year}", language).format(year=row.since)
        console.print(f"  {gone}: {row.area_id} {row.name}{since} ({lost})")
        console.print(f"    {fallen_reason(designation, fallen)}")


def _status_table(designation: Designation) -> Table:
    language, status = designation.language, designation.status
    rows = []
    for j, criterion in enumerate(designation.policy.policy.criteria):
        # shares are written per cent; anything else in its own unit
        factor, suffix = (100, " %") if criterion.is_share else (1, f" {criterion.unit}".rstrip())
        suffixes = (suffix, suffix, _(" points", language) if criterion.is_share else suffix, suffix)
        values = (status.areas[j], status.rest_of_city[j], status.gap[j], status.city[j])
        cells = [decimal(factor * value, 1, language) for value in values]
        shown = [f"{cell}{end}" if cell else "" for cell, end in zip(cells, suffixes, strict=True)]
        rows.append((criterion.label_in(language), *shown))
    heads = in_language(
        (N_("Criterion"), N_("In the areas"), N_("Rest of the city"), N_("Gap"), N_("Whole city")), language
    )
    return Table("", heads, tuple(rows))


def _counted_lines(designation: Designation) -> list[str]:
    """What was left out, and what was found out about the input."""
    criteria = designation.policy.policy.criteria
    words = counted_words({c.key: c.label_in(designation.language) for c in criteria}, designation.language)
    lines = [
        f"{words.get(name, name)}: {decimal(count, 0, designation.language)}"
        for name, count in designation.counts.items()
        if count and name != "residents_placed"
    ]
    return lines + list(designation.notes)


def print_files(files: Sequence[object], console: Console, language: str) -> None:
    """The files that were written, one a line, never broken."""
    if files:
        console.print(_("Files", language) + ":", *map(str, files), sep="\n  ", soft_wrap=True)
