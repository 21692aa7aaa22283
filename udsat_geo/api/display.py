"""Results drawn: a figure by geopandas and matplotlib, a map by folium."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from udsat_geo.api.frames import GEOMETRY, layer_as_frame, needed
from udsat_geo.designation.columns import describe_column, describe_layer, events_in_words
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.messages.words import decimal, source_text

if TYPE_CHECKING:
    import folium
    from matplotlib.axes import Axes

    from udsat_geo.designation.layers import Layers


MOST_ROWS = 10
"""Areas shown; the frame has them all."""
AREA_COLUMNS = ("area_id", "name", "residents", "composite", "criteria_exceeded", "since", "event")
CHANGE_COLUMNS = ("event", "area_id", "name", "residents_added", "residents_removed", "residents_kept")
STATUS_COLUMNS = ("criterion", "areas", "rest_of_city", "gap", "city")


def in_words(layers: Layers) -> str:
    """A result in two or three lines."""
    return "\n  ".join([f"<Result: {_title(layers)}", *_sentences(layers)]) + ">"


def as_html(layers: Layers) -> str:
    """A result as HTML: what it is, its first areas, and the areas against the rest of the city."""
    language = layers.language
    of_criterion = {criterion["key"]: criterion for criterion in layers.summary.as_dict()["criteria"]}
    status = []
    for row in layers.layers["status"].table.to_pylist():
        criterion = of_criterion[row["criterion"]]
        figures = {column: _figure(row[column], column, criterion, language) for column in STATUS_COLUMNS[1:]}
        status.append({"criterion": str(criterion["label"]), **figures})
    areas = layers.layers["areas"].table.to_pylist()
    about_status = f"<div style='margin-top:.6em'>{escape(describe_layer('status', language).text)}</div>"
    return _page(
        [_title(layers), *_sentences(layers)],
        _table("areas", AREA_COLUMNS, areas, language)
        + about_status
        + _table("status", STATUS_COLUMNS, status, language),
    )


def difference_in_words(summary: dict[str, Any], language: str) -> str:
    """A difference in two lines."""
    return f"<Difference: {'; '.join(_told(summary, language))}>"


def difference_as_html(summary: dict[str, Any], language: str) -> str:
    """A difference as HTML: its totals and its first areas."""
    areas = summary["areas"]
    return _page(_told(summary, language), _table("changes", CHANGE_COLUMNS, areas, language))


def _page(lines: Sequence[str], body: str) -> str:
    """Lines of text, the first of which is a title, and what stands below them."""
    title, *more = map(escape, lines)
    return f"<div><strong>{title}</strong>{''.join(f'<div>{line}</div>' for line in more)}{body}</div>"


def _table(layer: str, columns: Sequence[str], rows: Sequence[dict[str, Any]], language: str) -> str:
    """The first rows of a layer under the titles of its columns, and how many more there are."""
    import pandas

    described = [describe_column(layer, column, language) for column in columns]
    titles = [column if one is None else one.title for column, one in zip(columns, described, strict=True)]
    cells = [[_shown(row[column], column, language) for column in columns] for row in rows[:MOST_ROWS]]
    left = len(rows) - len(cells)
    told = _("and {n} areas more", language).format(n=left)
    more = f"<div>{escape(told)}</div>" if left else ""
    with pandas.option_context("display.max_colwidth", None):
        return str(pandas.DataFrame(cells, columns=titles).to_html(index=False, border=0)) + more


def _title(layers: Layers) -> str:
    return _("Designation of {year} by {policy}", layers.language).format(
        year=layers.year, policy=layers.summary.policy.id
    )


def _sentences(layers: Layers) -> list[str]:
    """The share of residents, the source, and what it was compared with."""
    language, share = layers.language, layers.summary.share_of_residents
    told = _("{areas} areas with {residents} of {city} residents ({share} %)", language).format(
        areas=len(layers.layers["areas"].table),
        residents=decimal(layers.summary.residents_in_areas, 0, language),
        city=decimal(layers.summary.residents, 0, language),
        share="-" if share is None else decimal(100 * share, 1, language),
    )
    changes = layers.summary.as_dict()["changes"]
    if changes is None:
        return [told, _source(layers), _("Compared with no earlier designation.", language)]
    counted = _counted(changes["areas"], language) or "-"
    compared = _("Compared with {year}: {events}.", language).format(year=changes["previous_year"], events=counted)
    return [told, _source(layers), compared]


def _source(layers: Layers) -> str:
    return _("Source: {source}.", layers.language).format(source=source_text(layers.summary.source, layers.language))


def _counted(events: Mapping[str, int], language: str) -> str:
    return ", ".join(f"{count} {events_in_words(event, language)}" for event, count in events.items() if count)


def _told(summary: dict[str, Any], language: str) -> list[str]:
    totals = summary["totals"]
    sides = [side["year"] or side["file"] for side in (summary["before"], summary["now"])]
    told = {name: decimal(totals[f"residents_{name}"], 0, language) for name in ("added", "removed", "kept")}
    overlap = totals["intersection_over_union"]
    iou = "-" if overlap is None else decimal(overlap, 3, language)
    return [
        _("From {before} to {now}", language).format(before=sides[0], now=sides[1]),
        _counted(summary["events"], language) or _("no areas", language),
        _("+{added} / -{removed} residents, {kept} kept; overlap {iou}", language).format(iou=iou, **told),
    ]


def _shown(value: Any, column: str, language: str) -> str:
    """A cell: numbers in the language's way, years as they are."""
    if column == "event":
        return events_in_words(value, language)
    if isinstance(value, float):
        return decimal(value, 2, language)
    if isinstance(value, int) and column != "since":
        return decimal(value, 0, language)
    return "" if value is None else str(value)


def _figure(value: float | None, column: str, criterion: dict[str, Any], language: str) -> str:
    """A rate or gap: shares per cent and in points, anything else in its own unit."""
    if value is None:
        return ""
    if criterion["share"]:
        return decimal(100 * value, 1, language) + (_(" points", language) if column == "gap" else " %")
    return f"{decimal(value, 1, language)} {criterion['unit']}".rstrip()


SCALE, KINDS, PLAIN, EDGE, INK = "viridis", "Set2", "#d5d5d5", "#b30000", "#222222"
"""A scale that keeps its order in grey and to the colour-blind, colours of kinds, of what has no value, of the outlines
of areas, and of words."""
SIZE = (9.0, 7.5)
"""Of a figure, in inches."""
SPREADS = (-2.0, 2.0)
"""The scale of composites, in standard deviations: a few extreme units would else take most of the colours."""


def plot(
    layers: Layers,
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
    frame = _frame(layers, layer, column)
    wanted = _colours(layers, layer, frame, column, legend)
    if ax is None:
        wanted["figsize"] = SIZE
    if len(frame) and (frame.geometry.geom_type == "Point").all():
        wanted["markersize"] = 3
    axes: Axes = frame.plot(ax=ax, **{**wanted, **options})
    areas = _frame(layers, "areas", None)
    areas = areas[~areas.geometry.is_empty]
    if outlines and len(areas):
        areas.boundary.plot(ax=axes, color=EDGE, linewidth=1.1)
    axes.set_axis_off()
    axes.set_title(_title(layers), color=INK)
    axes.annotate(
        _source(layers), (0, 0), (0, -4), xycoords="axes fraction", textcoords="offset points", va="top", fontsize=8
    )
    if names and len(areas):
        _write_names(axes, [str(name) for name in areas["name"]], areas.geometry.to_numpy())
    return axes


def _colours(layers: Layers, layer: str, frame: Any, column: str | None, legend: bool) -> dict[str, Any]:
    """What geopandas is asked for, so that a column is drawn in a scale that it has."""
    if column is None or frame[column].isna().all():
        # a column without any value has no scale
        return {"color": PLAIN}
    found: dict[str, Any] = {"column": column, "legend": legend, "missing_kwds": {"color": PLAIN, "label": "-"}}
    title = _title_of_figure(layers, layer, column)
    if frame[column].dtype.kind not in "iuf":
        told = {"title": title, "loc": "center left", "bbox_to_anchor": (1.0, 0.5), "frameon": False}
        return {**found, "categorical": True, "cmap": KINDS} | ({"legend_kwds": told} if legend else {})
    found["cmap"] = SCALE
    if column == "composite" and layers.summary.as_dict()["rule"]["score"] == "gap_sd":
        found |= {"vmin": SPREADS[0], "vmax": SPREADS[1]}
    return found | ({"legend_kwds": {"label": title, "shrink": 0.5}} if legend else {})


def _write_names(axes: Axes, names: list[str], outlines: Any) -> None:
    """Write names where none lies over another, with a line from those that lie beside what they name."""
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


def interactive_map(
    layers: Layers, column: str | None, layer: str, tiles: str | None, options: dict[str, Any]
) -> folium.Map:
    """See `Result.map`."""
    for package in ("folium", "mapclassify", "matplotlib"):
        needed(package, "map")
    frame = _frame(layers, layer, column)
    frame = frame[~frame.geometry.is_empty]
    # texts become part of a page, where a name may look like a tag
    for name in frame.columns:
        if name != GEOMETRY and frame[name].dtype.kind not in "iufb":
            frame[name] = frame[name].map(lambda value: escape(str(value)), na_action="ignore")
    shown = [name for name in frame.columns if name != GEOMETRY]
    titles = [escape(_title_of_figure(layers, layer, name)) for name in shown]
    told = {
        "tooltip": shown[:6],
        "popup": shown,
        "tooltip_kwds": {"aliases": titles[:6]},
        "popup_kwds": {"aliases": titles},
    }
    if column is not None:
        title = _title_of_figure(layers, layer, column)
        # the caption of a scale is set as a text, that of a list of kinds as HTML
        numeric = frame[column].dtype.kind in "iuf"
        told |= {"cmap": SCALE, "legend_kwds": {"caption": title if numeric else escape(title)}}
    else:
        told["color"] = EDGE
    drawn: folium.Map = frame.explore(column=column, tiles=tiles, **{**told, **options})
    return drawn


def _frame(layers: Layers, layer: str, column: str | None) -> Any:
    """A layer with geometries as a frame; a layer or column that is not there is refused."""
    spatial = [name for name in layers.layers if layers.layers[name].geometry_type is not None]
    if layer not in spatial:
        what = _("no layer with geometries is called {layer!r}").format(layer=layer)
        raise InputError(Problem("layer", what, _("Known: {names}.").format(names=", ".join(spatial))))
    frame = layer_as_frame(layers.layers[layer])
    if column is not None and column not in frame.columns:
        known = ", ".join(str(name) for name in frame.columns if name != GEOMETRY)
        what = _("the layer {layer} has no column {column!r}").format(layer=layer, column=column)
        raise InputError(Problem("column", what, _("It has {known}.").format(known=known)))
    return frame


def frame_as_html(head: str, frame: Any) -> str:
    """A line of text and a frame below it, for notebooks."""
    return f"<div>{escape(head)}</div>{frame.to_html(max_rows=MOST_ROWS, index=False, border=0)}"


def _title_of_figure(layers: Layers, layer: str, column: str) -> str:
    described = describe_column(layer, column, layers.language, layers.summary.as_dict()["criteria"])
    return column if described is None else described.title
