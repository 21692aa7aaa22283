"""Results drawn: a figure by geopandas and matplotlib, a map by folium."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from udsat_geo.api.frames import GEOMETRY, needed
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _, in_language
from udsat_geo.messages.words import WORDS

if TYPE_CHECKING:
    import folium
    from matplotlib.axes import Axes

    from udsat_geo.api.calls import Difference
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
    from udsat_geo.designation.columns import describe_column, describe_layer
    from udsat_geo.messages.words import TABLE

    language, criteria = result.language, result.summary["criteria"]
    areas = result.to_arrow("areas").select(AREA_COLUMNS).slice(0, MOST_ROWS).to_pylist()
    events = in_language(TABLE, language)
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
        page.append(f"<div>{escape(_more(left, language))}</div>")
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
    from udsat_geo.messages.words import TABLE

    language = difference.language
    events = in_language(TABLE, language)
    rows = [
        {**row, "event": ", ".join(events[one] for one in row["event"].split("+"))}
        for row in difference.summary["areas"][:MOST_ROWS]
    ]
    heads = [_described_change(column, language) for column in CHANGE_COLUMNS]
    body = _table(heads, [[_shown(row[column], column, language) for column in CHANGE_COLUMNS] for row in rows])
    left = len(difference.summary["areas"]) - len(rows)
    more = f"<div>{escape(_more(left, language))}</div>" if left else ""
    title, *lines = _told(difference)
    told = "".join(f"<div>{escape(line)}</div>" for line in lines)
    return f"<div><strong>{escape(title)}</strong>{told}{body}{more}</div>"


def _described_change(column: str, language: str) -> tuple[str, str]:
    from udsat_geo.designation.columns import describe_column

    return _described(describe_column("changes", column, language), column)


def _title(result: Result) -> str:
    return _("Designation of {year} by {policy}", result.language).format(year=result.year, policy=result.policy)


def _sentences(result: Result) -> list[str]:
    """The share of residents, the source, and what it was compared with."""
    from udsat_geo.messages.words import TABLE, decimal

    words, language = in_language(WORDS, result.language), result.language
    numbers = {"residents": result.residents_in_areas, "city": result.residents}
    told = {name: decimal(number, 0, language) for name, number in numbers.items()}
    share = decimal(100 * result.share_of_residents, 1, language) or "-"
    lines = [words["share"].format(areas=len(result.to_arrow("areas")), share=share, **told)]
    lines.append(words["source"].format(source=words.get(result.source, result.source)))
    changes = result.summary["changes"]
    if changes is None:
        return [*lines, words["alone"]]
    counted = [f"{count} {in_language(TABLE, language)[event]}" for event, count in changes["areas"].items() if count]
    return [*lines, words["previous"].format(year=changes["previous_year"], events=", ".join(counted) or "-")]


def _told(difference: Difference) -> list[str]:
    from udsat_geo.messages.words import TABLE, decimal

    language, data = difference.language, difference.summary
    totals = data["totals"]
    sides = [side["year"] or side["file"] for side in (data["before"], data["now"])]
    counted = [f"{count} {in_language(TABLE, language)[event]}" for event, count in data["events"].items() if count]
    told = {name: decimal(totals[f"residents_{name}"], 0, language) for name in ("added", "removed", "kept")}
    overlap = totals["intersection_over_union"]
    iou = "-" if overlap is None else decimal(overlap, 3, language)
    return [
        _("From {before} to {now}", language).format(before=sides[0], now=sides[1]),
        ", ".join(counted) or _("no areas", language),
        _("+{added} / -{removed} residents, {kept} kept; overlap {iou}", language).format(iou=iou, **told),
    ]


def _described(described: Any, column: str) -> tuple[str, str]:
    """The head of a column, and what is said of it where the mouse rests."""
    return (column, "") if described is None else (described.title, described.text)


def _shown(value: Any, column: str, language: str) -> str | float:
    """A cell: numbers in the language's way, years as they are."""
    from udsat_geo.messages.words import decimal

    if isinstance(value, float):
        return decimal(value, 2, language)
    if isinstance(value, int) and column != "since":
        return decimal(value, 0, language)
    return "" if value is None else str(value)


def _figure(value: float | None, column: str, criterion: dict[str, Any], language: str) -> str:
    """A rate or gap: shares per cent and in points, anything else in its own unit."""
    from udsat_geo.messages.words import decimal

    if value is None:
        return ""
    if criterion["share"]:
        return decimal(100 * value, 1, language) + (_(" points", language) if column == "gap" else " %")
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


SCALE, KINDS, PLAIN, EDGE, INK = "viridis", "Set2", "#d5d5d5", "#b30000", "#222222"
"""A scale that keeps its order in grey and to the colour-blind, colours of kinds, of what has no value, of the outlines
of areas, and of words."""
SIZE = (9.0, 7.5)
"""Of a figure, in inches."""
SPREADS = (-2.0, 2.0)
"""The scale of composites, in standard deviations: a few extreme units would else take most of the colours."""


def plot(
    result: Result,
    column: str | None,
    layer: str,
    ax: Axes | None,
    outlines: bool,
    names: bool,
    legend: bool,
    options: dict[str, Any],
) -> Axes:
    """See `Result.plot`."""
    needed("matplotlib", "plot")
    frame = _frame(result, layer, column)
    wanted = _colours(result, layer, frame, column, legend)
    if ax is None:
        wanted["figsize"] = SIZE
    if len(frame) and (frame.geometry.geom_type == "Point").all():
        wanted["markersize"] = 3
    axes: Axes = frame.plot(ax=ax, **{**wanted, **options})
    areas = _frame(result, "areas", None)
    areas = areas[~areas.geometry.is_empty]
    if outlines and len(areas):
        areas.boundary.plot(ax=axes, color=EDGE, linewidth=1.1)
    axes.set_axis_off()
    words = in_language(WORDS, result.language)
    axes.set_title(words["title"].format(year=result.year, policy=result.policy), color=INK)
    source = words["source"].format(source=words.get(result.source, result.source))
    axes.annotate(source, (0, 0), (0, -4), xycoords="axes fraction", textcoords="offset points", va="top", fontsize=8)
    if names and len(areas):
        _write_names(axes, [str(name) for name in areas["name"]], areas.geometry.to_numpy())
    return axes


def _colours(result: Result, layer: str, frame: Any, column: str | None, legend: bool) -> dict[str, Any]:
    """What geopandas is asked for, so that a column is drawn in a scale that it has."""
    if column is None or frame[column].isna().all():
        # a column without any value has no scale
        return {"color": PLAIN}
    found: dict[str, Any] = {"column": column, "legend": legend, "missing_kwds": {"color": PLAIN, "label": "-"}}
    title = _title_of_figure(result, layer, column)
    if frame[column].dtype.kind not in "iuf":
        told = {"title": title, "loc": "center left", "bbox_to_anchor": (1.0, 0.5), "frameon": False}
        return {**found, "categorical": True, "cmap": KINDS} | ({"legend_kwds": told} if legend else {})
    found["cmap"] = SCALE
    if column == "composite" and result.summary["rule"]["score"] == "gap_sd":
        found |= {"vmin": SPREADS[0], "vmax": SPREADS[1]}
    return found | ({"legend_kwds": {"label": title, "shrink": 0.5}} if legend else {})


def _write_names(axes: Axes, names: list[str], outlines: Any) -> None:
    """Write names where none lies over another, with a line from those that lie beside what they name."""
    import numpy as np
    import shapely

    from udsat_geo.report.map_page import place_labels

    # a dollar sign is no formula
    texts = [
        axes.text(0, 0, name.replace("$", r"\$"), fontsize=7, color=INK, ha="center", va="center") for name in names
    ]
    for text in texts:
        text.set_bbox({"facecolor": "white", "alpha": 0.7, "edgecolor": "none", "boxstyle": "round,pad=0.1"})
    figure: Any = axes.figure
    figure.draw_without_rendering()
    cm = figure.dpi / 2.54

    def on_paper(points: Any) -> Any:
        return axes.transData.transform(points) / cm

    extents = [text.get_window_extent() for text in texts]
    sizes = np.array([(extent.width, extent.height) for extent in extents]) / cm
    west, south, east, north = (float(end) / cm for end in axes.get_window_extent().extents)
    places = place_labels(shapely.transform(outlines, on_paper), sizes, (west, south, east, north))
    for text, place in zip(texts, places, strict=True):
        at, anchor = axes.transData.inverted().transform(
            np.array([(place.x, place.y), (place.anchor_x, place.anchor_y)]) * cm
        )
        text.set_position(at)
        if place.leads:
            axes.plot(*zip(at, anchor, strict=True), color=INK, linewidth=0.5, scalex=False, scaley=False)


def explore(result: Result, column: str | None, layer: str, tiles: str | None, options: dict[str, Any]) -> folium.Map:
    """See `Result.explore`."""
    for package in ("folium", "mapclassify", "matplotlib"):
        needed(package, "explore")
    frame = _frame(result, layer, column)
    frame = frame[~frame.geometry.is_empty]
    # texts become part of a page, where a name may look like a tag
    for name in frame.columns:
        if name != GEOMETRY and frame[name].dtype.kind not in "iufb":
            frame[name] = frame[name].map(lambda value: escape(str(value)), na_action="ignore")
    shown = [name for name in frame.columns if name != GEOMETRY]
    titles = [escape(_title_of_figure(result, layer, name)) for name in shown]
    told = {
        "tooltip": shown[:6],
        "popup": shown,
        "tooltip_kwds": {"aliases": titles[:6]},
        "popup_kwds": {"aliases": titles},
    }
    if column is not None:
        title = _title_of_figure(result, layer, column)
        # the caption of a scale is set as a text, that of a list of kinds as HTML
        numeric = frame[column].dtype.kind in "iuf"
        told |= {"cmap": SCALE, "legend_kwds": {"caption": title if numeric else escape(title)}}
    else:
        told["color"] = EDGE
    drawn: folium.Map = frame.explore(column=column, tiles=tiles, **{**told, **options})
    return drawn


def _frame(result: Result, layer: str, column: str | None) -> Any:
    """A layer with geometries as a frame.

    Raises
    ------
    InputError
        If there is no such layer or column.
    """
    from udsat_geo.api.frames import layer_as_frame

    spatial = [name for name in result.layers if result.stored.layers[name].geometry_type is not None]
    if layer not in spatial:
        raise InputError(
            Problem(
                "layer",
                _("no layer with geometries is called {layer!r}").format(layer=layer),
                _("Known: {names}.").format(names=", ".join(spatial)),
            )
        )
    frame = layer_as_frame(result.stored.layers[layer])
    if column is not None and column not in frame.columns:
        known = ", ".join(str(name) for name in frame.columns if name != GEOMETRY)
        raise InputError(
            Problem(
                "column",
                _("the layer {layer} has no column {column!r}").format(layer=layer, column=column),
                _("It has {known}.").format(known=known),
            )
        )
    return frame


def _more(left: int, language: str) -> str:
    return _("and {n} areas more", language).format(n=left)


def frame_as_html(head: str, frame: Any) -> str:
    """A line of text and a frame below it, for notebooks."""
    return f"<div>{escape(head)}</div>{frame.to_html(max_rows=MOST_ROWS, index=False, border=0)}"


def _title_of_figure(result: Result, layer: str, column: str) -> str:
    from udsat_geo.designation.columns import describe_column

    described = describe_column(layer, column, result.language, result.summary["criteria"])
    return column if described is None else described.title
