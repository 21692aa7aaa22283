"""How results show themselves: a few lines of text, or a short page in a notebook.

Everything that comes from data is escaped. Colours are those around it, so that light and dark pages both serve.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from udsat_geo.api.wording import WORDS

if TYPE_CHECKING:
    from udsat_geo.api.difference import Difference
    from udsat_geo.api.result import Result

MOST_ROWS = 10
"""Areas shown; the frame has them all."""
AREA_COLUMNS = ("area_id", "name", "residents", "composite", "criteria_exceeded", "since", "event")
CHANGE_COLUMNS = ("event", "area_id", "name", "residents_added", "residents_removed", "residents_kept")
_CELL = "padding:.15em .7em;text-align:{align};border-bottom:1px solid color-mix(in srgb,currentColor 20%,transparent)"


def in_words(result: Result) -> str:
    """A result in two or three lines."""
    return "\n  ".join([f"<Result: {_title(result)}", *_sentences(result)]) + ">"


def as_html(result: Result) -> str:
    """A result as HTML: what it is, its first areas, and the areas against the rest of the city."""
    from udsat_geo.io.describing import describe_column, describe_layer
    from udsat_geo.wording import TABLE

    language, criteria = result.language, result.summary["criteria"]
    areas = result.to_arrow("areas").select(AREA_COLUMNS).slice(0, MOST_ROWS).to_pylist()
    events = TABLE[language]
    for row in areas:
        row["event"] = ", ".join(events[one] for one in row["event"].split("+")) if row["event"] else ""
    heads = [_described(describe_column("areas", column, language), column) for column in AREA_COLUMNS]
    page = [
        f"<strong>{escape(_title(result))}</strong>",
        *(f"<div>{escape(line)}</div>" for line in _sentences(result)),
    ]
    page.append(_table(heads, [[_shown(row[column], column, language) for column in AREA_COLUMNS] for row in areas]))
    left = len(result.to_arrow("areas")) - len(areas)
    if left:
        page.append(f"<div>{escape(WORDS[language]['more'].format(n=left))}</div>")
    columns = ("areas", "rest_of_city", "gap", "city")
    label = {criterion["key"]: criterion for criterion in criteria}
    status = [
        [
            str(label[row["criterion"]]["label"]),
            *(_figure(row[column], column, label[row["criterion"]], language) for column in columns),
        ]
        for row in result.to_arrow("status").to_pylist()
    ]
    heads = [_described(describe_column("status", column, language), column) for column in ("criterion", *columns)]
    page += [
        f"<div style='margin-top:.6em'>{escape(describe_layer('status', language).text)}</div>",
        _table(heads, status),
    ]
    return f"<div>{''.join(page)}</div>"


def difference_in_words(difference: Difference) -> str:
    """A difference in two lines."""
    return f"<Difference: {'; '.join(_told(difference))}>"


def difference_as_html(difference: Difference) -> str:
    """A difference as HTML: its totals and its first areas."""
    from udsat_geo.wording import TABLE

    language = difference.language
    events = TABLE[language]
    rows = [
        {**row, "event": ", ".join(events[one] for one in row["event"].split("+"))}
        for row in difference.summary["areas"][:MOST_ROWS]
    ]
    heads = [_described_change(column, language) for column in CHANGE_COLUMNS]
    body = _table(heads, [[_shown(row[column], column, language) for column in CHANGE_COLUMNS] for row in rows])
    left = len(difference.summary["areas"]) - len(rows)
    more = f"<div>{escape(WORDS[language]['more'].format(n=left))}</div>" if left else ""
    title, *lines = _told(difference)
    told = "".join(f"<div>{escape(line)}</div>" for line in lines)
    return f"<div><strong>{escape(title)}</strong>{told}{body}{more}</div>"


def _described_change(column: str, language: str) -> tuple[str, str]:
    from udsat_geo.io.describing import describe_column

    return _described(describe_column("changes", column, language), column)


def _title(result: Result) -> str:
    return WORDS[result.language]["title"].format(year=result.year, policy=result.policy)


def _sentences(result: Result) -> list[str]:
    """The share of residents, the source, and what it was compared with."""
    from udsat_geo.wording import TABLE, decimal

    words, language = WORDS[result.language], result.language
    numbers = {"residents": result.residents_in_areas, "city": result.residents}
    told = {name: decimal(number, 0, language) for name, number in numbers.items()}
    share = decimal(100 * result.share_of_residents, 1, language) or "-"
    lines = [words["share"].format(areas=len(result.to_arrow("areas")), share=share, **told)]
    lines.append(words["source"].format(source=words.get(result.source, result.source)))
    changes = result.summary["changes"]
    if changes is None:
        return [*lines, words["alone"]]
    counted = [f"{count} {TABLE[language][event]}" for event, count in changes["areas"].items() if count]
    return [*lines, words["previous"].format(year=changes["previous_year"], events=", ".join(counted) or "-")]


def _told(difference: Difference) -> list[str]:
    from udsat_geo.wording import TABLE, decimal

    words, language, data = WORDS[difference.language], difference.language, difference.summary
    totals = data["totals"]
    sides = [side["year"] or side["file"] for side in (data["before"], data["now"])]
    counted = [f"{count} {TABLE[language][event]}" for event, count in data["events"].items() if count]
    told = {name: decimal(totals[f"residents_{name}"], 0, language) for name in ("added", "removed", "kept")}
    overlap = totals["intersection_over_union"]
    iou = "-" if overlap is None else decimal(overlap, 3, language)
    return [
        words["difference"].format(before=sides[0], now=sides[1]),
        ", ".join(counted) or words["nothing"],
        words["counts"].format(iou=iou, **told),
    ]


def _described(described: Any, column: str) -> tuple[str, str]:
    """The head of a column, and what is said of it where the mouse rests."""
    return (column, "") if described is None else (described.title, described.text)


def _shown(value: Any, column: str, language: str) -> str | float:
    """A cell: numbers in the language's way, years as they are."""
    from udsat_geo.wording import decimal

    if isinstance(value, float):
        return decimal(value, 2, language)
    if isinstance(value, int) and column != "since":
        return decimal(value, 0, language)
    return "" if value is None else str(value)


def _figure(value: float | None, column: str, criterion: dict[str, Any], language: str) -> str:
    """A rate or gap: shares per cent and in points, anything else in its own unit."""
    from udsat_geo.wording import TABLE, decimal

    if value is None:
        return ""
    if criterion["share"]:
        return f"{decimal(100 * value, 1, language)}{TABLE[language]['points'] if column == 'gap' else ' %'}"
    return f"{decimal(value, 1, language)} {criterion['unit']}".rstrip()


def _table(heads: Sequence[tuple[str, str]], rows: Iterable[Sequence[Any]]) -> str:
    """A table; columns that hold figures only are set to the right."""
    rows = [[str(cell) for cell in row] for row in rows]
    numeric = [all(not row[i] or row[i].lstrip("-+")[:1].isdigit() for row in rows) for i in range(len(heads))]
    style = [_CELL.format(align="right" if right else "left") for right in numeric]
    head = "".join(
        f"<th style='{style[i]}' title='{escape(text)}'>{escape(title)}</th>" for i, (title, text) in enumerate(heads)
    )
    body = "".join(
        f"<tr>{''.join(f'''<td style='{style[i]}'>{escape(cell)}</td>''' for i, cell in enumerate(row))}</tr>"
        for row in rows
    )
    return f"<table style='border-collapse:collapse'><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
