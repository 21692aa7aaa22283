"""Results drawn: a figure by geopandas and matplotlib, a map by folium."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from udsat_geo.api.frames import GEOMETRY, needed
from udsat_geo.api.wording import WORDS
from udsat_geo.errors import InputError, Problem

if TYPE_CHECKING:
    import folium
    from matplotlib.axes import Axes

    from udsat_geo.api.result import Result

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
    frame = _frame(result, layer, column, "plot")
    wanted = _colours(result, layer, frame, column, legend)
    if ax is None:
        wanted["figsize"] = SIZE
    if len(frame) and (frame.geometry.geom_type == "Point").all():
        wanted["markersize"] = 3
    axes: Axes = frame.plot(ax=ax, **{**wanted, **options})
    areas = _frame(result, "areas", None, "plot")
    areas = areas[~areas.geometry.is_empty]
    if outlines and len(areas):
        areas.boundary.plot(ax=axes, color=EDGE, linewidth=1.1)
    axes.set_axis_off()
    words = WORDS[result.language]
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
    title = _title(result, layer, column)
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

    from udsat_geo.report.placing import place_labels

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
    frame = _frame(result, layer, column, "explore")
    frame = frame[~frame.geometry.is_empty]
    # texts become part of a page, where a name may look like a tag
    for name in frame.columns:
        if name != GEOMETRY and frame[name].dtype.kind not in "iufb":
            frame[name] = frame[name].map(lambda value: escape(str(value)), na_action="ignore")
    shown = [name for name in frame.columns if name != GEOMETRY]
    titles = [escape(_title(result, layer, name)) for name in shown]
    told = {
        "tooltip": shown[:6],
        "popup": shown,
        "tooltip_kwds": {"aliases": titles[:6]},
        "popup_kwds": {"aliases": titles},
    }
    if column is not None:
        title = _title(result, layer, column)
        # the caption of a scale is set as a text, that of a list of kinds as HTML
        numeric = frame[column].dtype.kind in "iuf"
        told |= {"cmap": SCALE, "legend_kwds": {"caption": title if numeric else escape(title)}}
    else:
        told["color"] = EDGE
    drawn: folium.Map = frame.explore(column=column, tiles=tiles, **{**told, **options})
    return drawn


def _frame(result: Result, layer: str, column: str | None, what: str) -> Any:
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
            Problem("layer", f"no layer with geometries is called {layer!r}", f"Known: {', '.join(spatial)}.")
        )
    frame = layer_as_frame(result.stored.layers[layer], what)
    if column is not None and column not in frame.columns:
        known = ", ".join(str(name) for name in frame.columns if name != GEOMETRY)
        raise InputError(Problem("column", f"the layer {layer} has no column {column!r}", f"It has {known}."))
    return frame


def _title(result: Result, layer: str, column: str) -> str:
    from udsat_geo.io.describing import describe_column

    described = describe_column(layer, column, result.language, result.summary["criteria"])
    return column if described is None else described.title
