"""The map as a Bokeh plot, empty: layers, tools and a scale bar. The page's own script fills its sources."""

from __future__ import annotations

import json
import re
from typing import Any

from udsat_geo.errors import InputError
from udsat_geo.io.extras import lacking

BOKEH_IDS = re.compile(r'"p\d+"')


def require_bokeh() -> None:
    """Check that Bokeh is there; it is an extra of the package.

    Raises
    ------
    InputError
        Saying how to install it.
    """
    told = [lacking("report", package, "report") for package in ("bokeh", "matplotlib")]
    problems = [problem for problem in told if problem is not None]
    if problems:
        raise InputError(problems)


def library() -> str:
    """BokehJS, from the installed package."""
    from bokeh.resources import Resources

    return str(Resources(mode="inline", components=["bokeh"], log_level="warn").js_raw[0])


def map_item(kind: str, size: float) -> dict[str, Any]:
    """The plot as the data that BokehJS embeds; the same data each time.

    Parameters
    ----------
    kind : {"cells", "points", "zones", "none"}
        What units are drawn as.
    size : float
        The side of cells, in metres.
    """
    from bokeh.embed import json_item

    text = json.dumps(json_item(_plot(kind, size)))
    # Bokeh numbers its models through the life of the process
    number: dict[str, str] = {}
    item: dict[str, Any] = json.loads(
        BOKEH_IDS.sub(lambda found: number.setdefault(found[0], f'"m{len(number)}"'), text)
    )
    return item


def _plot(kind: str, size: float) -> Any:
    from bokeh.models import HoverTool, PanTool, Range1d, ScaleBar, TapTool, WheelZoomTool
    from bokeh.plotting import figure

    plot = figure(
        x_range=Range1d(0, 1), y_range=Range1d(0, 1), tools=[], toolbar_location=None, sizing_mode="stretch_both",
        min_border=0, outline_line_color=None, name="map", output_backend="canvas",
    )  # fmt: skip
    plot.axis.visible = False
    plot.grid.visible = False
    layers = {"land": _polygons(plot, "land")}
    layers["units"] = _units(plot, kind, size)
    for name in ("areas", "changes", "halo", "chosen"):
        layers[name] = _polygons(plot, name)
    _labels(plot)
    under_pointer = [layers[name] for name in ("units", "changes", "areas")]
    wheel = WheelZoomTool()
    plot.add_tools(
        PanTool(), wheel, HoverTool(renderers=under_pointer, tooltips=None), TapTool(renderers=under_pointer)
    )
    plot.toolbar.active_scroll = wheel
    scale = ScaleBar(range=plot.x_range, unit="m", location="bottom_left", bar_length=0.18, name="scale")
    scale.background_fill_alpha, scale.border_line_color = 0.75, None
    plot.add_layout(scale)
    return plot


def _polygons(plot: Any, name: str) -> Any:
    from bokeh.models import ColumnDataSource

    columns = ("xs", "ys", "fill", "alpha", "hatch", "hatching", "line", "width", "dash")
    source = ColumnDataSource({column: [] for column in columns}, name=f"{name} data")
    drawn = plot.multi_polygons(
        "xs", "ys", source=source, fill_color="fill", fill_alpha="alpha", hatch_pattern="hatch", hatch_color="hatching",
        hatch_alpha=0.9, hatch_scale=9.0, hatch_weight=1.4, line_color="line", line_width="width", line_dash="dash",
        line_join="round", name=name,
    )  # fmt: skip
    return _same_whatever_is_chosen(drawn)


def _units(plot: Any, kind: str, size: float) -> Any:
    from bokeh.models import ColumnDataSource

    if kind in ("zones", "none"):
        return _polygons(plot, "units")
    source = ColumnDataSource({column: [] for column in ("x", "y", "fill")}, name="units data")
    style = {"fill_color": "fill", "line_color": "fill", "line_width": 0.7, "source": source, "name": "units"}
    if kind == "cells":
        return _same_whatever_is_chosen(plot.rect("x", "y", width=size, height=size, **style))
    return _same_whatever_is_chosen(plot.scatter("x", "y", size=5, **style))


def _labels(plot: Any) -> None:
    from bokeh.models import ColumnDataSource

    columns = ("x", "y", "text", "ink", "paper", "baseline", "lift")
    source = ColumnDataSource({column: [] for column in columns}, name="labels data")
    drawn = plot.text(
        "x", "y", "text", source=source, text_color="ink", background_fill_color="paper", background_fill_alpha=0.88,
        padding=2, border_radius=3, text_align="center", text_baseline="baseline", y_offset="lift",
        text_font_size="12px", text_font_style="bold", text_font={"value": "system-ui, sans-serif"}, name="labels",
    )  # fmt: skip
    _same_whatever_is_chosen(drawn)


def _same_whatever_is_chosen(renderer: Any) -> Any:
    """The page marks what is chosen and what is under the pointer itself."""
    renderer.selection_glyph = renderer.nonselection_glyph = renderer.muted_glyph = renderer.hover_glyph = None
    return renderer
