"""One HTML file of everything."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import numpy as np

from udsat_geo.changes.diff import compare
from udsat_geo.changes.lineage import trace
from udsat_geo.messages.errors import InputError, lacking
from udsat_geo.messages.translate import LANGUAGES, _
from udsat_geo.report.canvas import Origin, settings
from udsat_geo.report.charts import Compared, draw_criteria_bars
from udsat_geo.report.flow_chart import FlowChart, draw_flow_chart
from udsat_geo.report.page.came_and_went import came_and_went
from udsat_geo.report.page.data import criteria_of, has_area_of_few, payload_of
from udsat_geo.report.page.milestone import Followed, milestones_of, with_charts
from udsat_geo.report.page.read import PageYear
from udsat_geo.report.page.still import still_of
from udsat_geo.report.page.sure import bars_of
from udsat_geo.report.page.words import SCRIPTS, html_in_language, own_file
from udsat_geo.report.scale_chart import draw_scale_lines, scale_lines
from udsat_geo.report.tornado import Tornado, draw_tornado, in_order

if TYPE_CHECKING:
    from matplotlib.figure import Figure


SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_COMMANDS = re.compile(r"([MLQCz])([^MLQCz]*)")


def figures_of(found: Sequence[PageYear]) -> list[dict[str, Any]]:
    """The figures, each with its SVG in every language.

    Returns
    -------
    list of dict
        ``year`` (None for what spans several), ``name``, ``svg`` by language.

    Raises
    ------
    InputError
        Without matplotlib.
    """
    told: list[dict[str, Any]] = []
    for read in found:
        name = f"status-{read.year}"
        svg = {lang: as_svg(draw_criteria_bars(_compared(read, lang)), f"{name}-{lang}-") for lang in LANGUAGES}
        told.append({"year": read.year, "name": name, "svg": svg})
        if read.settings:
            name = f"settings-{read.year}"
            svg = {lang: as_svg(draw_tornado(_tornado(read, lang)), f"{name}-{lang}-") for lang in LANGUAGES}
            told.append({"year": read.year, "name": name, "svg": svg})
    for name, draw in (("lineage", _lineage), ("scales", _scales)):
        of_languages = {lang: draw(found, lang) for lang in LANGUAGES}
        svg = {lang: as_svg(figure, f"{name}-{lang}-") for lang, figure in of_languages.items() if figure is not None}
        if svg:
            told.append({"year": None, "name": name, "svg": svg})
    return told


def _tornado(read: PageYear, language: str) -> Tornado:
    residents = int(read.settings[0]["residents"])
    return Tornado(read.year, residents, in_order(bars_of(read, language)), _origin(read, language), language)


def _compared(read: PageYear, language: str) -> Compared:
    criteria = criteria_of(read)
    factor = np.array([100.0 if criterion["share"] else 1.0 for criterion in criteria])

    def figures(column: str) -> Any:
        return factor * np.array([np.nan if row[column] is None else row[column] for row in read.rows["status"]])

    return Compared(
        designated=read.year,
        label=tuple(criterion["label"][language] for criterion in criteria),
        unit=tuple(criterion["unit"] for criterion in criteria),
        origin=_origin(read, language),
        language=language,
        year=read.year,
        areas=figures("areas"),
        rest_of_city=figures("rest_of_city"),
        gap=figures("gap"),
    )


def _lineage(found: Sequence[PageYear], language: str) -> Figure | None:
    """The lineage of two designations or more over the same units; None where they have none in common.

    It tells how many live in each area, so there is none either where an area has too few.
    """
    sets = [read.areas for read in found]
    if len(sets) < 2 or any(map(has_area_of_few, found)) or not all(len(each) for each in sets):
        return None
    try:
        lineage = trace(sets, [compare(one, other) for one, other in pairwise(sets)])
    except InputError:
        return None
    return draw_flow_chart(FlowChart(lineage, _origin(found[-1], language), language))


def _scales(found: Sequence[PageYear], language: str) -> Figure | None:
    """What each of two scales designates over the years; None where that could tell of an area of too few."""
    origin = _origin(found[-1], language)
    lines = None if any(map(has_area_of_few, found)) else scale_lines([read.areas for read in found], origin, language)
    return None if lines is None else draw_scale_lines(lines)


def _origin(read: PageYear, language: str) -> Origin:
    vintage = {
        criterion["label"][language]: int(read.summary["vintage"].get(criterion["key"]) or read.year)
        for criterion in criteria_of(read)
    }
    return Origin(str(read.summary["source"]), str(read.summary["policy"]["id"]), read.year, vintage)


def as_svg(figure: Figure, prefix: str) -> str:
    """A figure as an SVG element for a page of HTML: ids of its own, no metadata, its label as its name.

    Parameters
    ----------
    figure : Figure
    prefix : str
        What ids begin with, so that several figures stand in one page.
    """
    file = io.StringIO()
    with settings():
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", XLINK)
    # matplotlib wrote it a moment ago; comments, which repeat its texts, are dropped on reading
    root = ElementTree.fromstring(file.getvalue())
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in (f"{{{SVG}}}metadata", f"{{{SVG}}}style"):
                parent.remove(child)
        _own_ids(parent, prefix)
    for size in ("width", "height", "version"):
        root.attrib.pop(size, None)
    root.set("style", "stroke-linejoin: round; stroke-linecap: butt")
    root.set("role", "img")
    root.set("aria-label", str(figure.get_label()))
    return ElementTree.tostring(root, encoding="unicode", short_empty_elements=False)


def _own_ids(element: ElementTree.Element, prefix: str) -> None:
    for name, value in list(element.attrib.items()):
        if name == "id":
            # a group has the kind of what it holds, many times over, and nothing refers to it
            if element.tag == f"{{{SVG}}}g":
                del element.attrib[name]
            else:
                element.set(name, f"{prefix}{value}")
        elif name == f"{{{XLINK}}}href" and value.startswith("#"):
            element.set(name, f"#{prefix}{value[1:]}")
        elif name == "d":
            element.set(name, shorter_path(value))
        elif "url(#" in value:
            element.set(name, value.replace("url(#", f"url(#{prefix}"))


def shorter_path(path: str) -> str:
    """A path of absolute M, L, Q, C and z in hundredths, each place told from the one before: half as long.

    Rounded first, so that no error adds up.
    """
    told: list[str] = []
    at = start = (0, 0)
    for command, numbers in _COMMANDS.findall(path):
        if command == "z":
            told.append("z")
            at = start
            continue
        values = [round(100 * float(number)) for number in numbers.split()]
        places = list(zip(values[::2], values[1::2], strict=True))
        told.append(command.lower() + " ".join(f"{_hundredths(x - at[0])} {_hundredths(y - at[1])}" for x, y in places))
        at = places[-1]
        start = at if command == "M" else start
    return "".join(told)


def _hundredths(value: int) -> str:
    return f"{value / 100:.2f}".rstrip("0").rstrip(".") if value else "0"


BOKEH_IDS = re.compile(r'"p\d+"')


def require_bokeh() -> None:
    """Check that Bokeh is there; it is an extra of the package.

    Raises
    ------
    InputError
        Saying how to install it.
    """
    told = (lacking("report", package, "report") for package in ("bokeh", "matplotlib"))
    problems = [problem for problem in told if problem is not None]
    if problems:
        raise InputError(problems)


def map_item(kind: str, size: float, above: Sequence[str] = ()) -> dict[str, Any]:
    """The plot as the data that BokehJS embeds; the same data each time.

    Parameters
    ----------
    kind : {"cells", "points", "zones", "none"}
        What units are drawn as.
    size : float
        The side of cells, in metres.
    above : sequence of str
        More layers of polygons, over all others but labels.
    """
    from bokeh.embed import json_item

    text = json.dumps(json_item(_plot(kind, size, above)))
    # Bokeh numbers its models through the life of the process
    number: dict[str, str] = {}
    item: dict[str, Any] = json.loads(
        BOKEH_IDS.sub(lambda found: number.setdefault(found[0], f'"m{len(number)}"'), text)
    )
    return item


def _plot(kind: str, size: float, above: Sequence[str]) -> Any:
    from bokeh.models import HoverTool, PanTool, Range1d, ScaleBar, TapTool, WheelZoomTool
    from bokeh.plotting import figure

    plot = figure(
        x_range=Range1d(0, 1), y_range=Range1d(0, 1), tools=[], toolbar_location=None, sizing_mode="stretch_both",
        min_border=0, outline_line_color=None, name="map", output_backend="canvas",
    )  # fmt: skip
    plot.axis.visible = False
    plot.grid.visible = False
    layers = {"base": _polygons(plot, "base"), "land": _polygons(plot, "land")}
    _lines(plot, "lines")
    layers["units"] = _units(plot, kind, size)
    for name in ("areas", "changes", "halo", "chosen", *above):
        layers[name] = _polygons(plot, name)
    _lines(plot, "leaders")
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


def _lines(plot: Any, name: str) -> None:
    from bokeh.models import ColumnDataSource

    source = ColumnDataSource({column: [] for column in ("xs", "ys", "line", "width", "dash")}, name=f"{name} data")
    drawn = plot.multi_line(
        "xs", "ys", source=source, line_color="line", line_width="width", line_dash="dash", line_join="round", name=name
    )
    _same_whatever_is_chosen(drawn)


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

    columns = ("x", "y", "text", "ink", "paper", "alpha", "size", "style")
    source = ColumnDataSource({column: [] for column in columns}, name="labels data")
    drawn = plot.text(
        "x", "y", "text", source=source, text_color="ink", background_fill_color="paper", background_fill_alpha="alpha",
        padding=2, border_radius=3, text_align="center", text_baseline="middle", text_font_size="size",
        text_font_style="style", text_font={"value": "system-ui, sans-serif"}, name="labels",
    )  # fmt: skip
    _same_whatever_is_chosen(drawn)


def _same_whatever_is_chosen(renderer: Any) -> Any:
    """The page marks what is chosen and what is under the pointer itself."""
    renderer.selection_glyph = renderer.nonselection_glyph = renderer.muted_glyph = renderer.hover_glyph = None
    return renderer


POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)
"""What a browser lets the page do: nothing from anywhere else, and no text is ever run as a program."""
_ESCAPED: dict[str, str | int | None] = {
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
}


def make_page(
    found: Sequence[PageYear],
    language: str = "da",
    with_units: bool = True,
    goals: list[dict[str, Any]] | None = None,
    followed: Followed | None = None,
) -> str:
    """The page; the same designations give the same text.

    Parameters
    ----------
    found : sequence of PageYear
        By rising year, at least one.
    language : {"da", "en"}
        In which it opens.
    with_units : bool
    goals : list of dict, optional
        As of `read_goals`.
    followed : Followed, optional
        As of `udsat_geo.report.page.milestone.read_status`.

    Raises
    ------
    InputError
        Without Bokeh or matplotlib.
    """
    require_bokeh()
    from bokeh.resources import Resources
    from jinja2 import Environment
    from markupsafe import Markup

    payload = payload_of(found, with_units, language, goals)
    answer = with_charts(milestones_of(found, followed), found[-1])
    payload["milestone"] = None if answer is None else {name: answer[name] for name in ("by", "states")}
    _tell_who_moved(payload, found)
    still = still_of(payload, found[-1], language)
    figures = [figure | {"svg": {lang: Markup(svg) for lang, svg in figure["svg"].items()}}
               for figure in figures_of(found)]  # fmt: skip
    span = "\u2013".join(dict.fromkeys(str(read.year) for read in (found[0], found[-1])))
    bokeh_js = str(Resources(mode="inline", components=["bokeh"], log_level="warn").js_raw[0])
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    # Markup is what autoescape leaves alone: our own files, the library, figures drawn here, and escaped JSON
    return environment.from_string(html_in_language(language)).render(
        csp=POLICY,
        language=language,
        title=_("Disadvantaged urban areas {years}", language).format(years=span),
        synthetic=any(read.summary["source"] == "synthetic" for read in found),
        publisher=found[-1].summary.get("publisher"),
        still=still | {"map": Markup(still["map"])},
        figures=figures,
        charts={} if answer is None else {lang: Markup(svg) for lang, svg in answer["chart"].items()},
        style=Markup(own_file("page.css")),
        script=Markup("\n".join(own_file(name) for name in SCRIPTS)),
        library=Markup(bokeh_js.replace("</script", "<\\/script")),
        data=Markup(as_script_data(payload)),
        plot=Markup(as_script_data(map_item(payload["places"]["kind"], payload["places"]["size"]))),
    )


def _tell_who_moved(payload: dict[str, Any], found: Sequence[PageYear]) -> None:
    """Add to each designation who came in and went out since the one before."""
    of_year = {year["year"]: year for year in payload["years"]}
    at_hand = {read.year: read for read in found}
    for read in found:
        year = of_year[read.year]
        before = None if year["changes"] is None else at_hand.get(year["changes"]["year"])
        year["moved"] = came_and_went(read, before, year["areas"], year["changes"])


def as_script_data(content: Any) -> str:
    """JSON that may stand inside a script element of any page: nothing in it ends the element or a line of it."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.translate(str.maketrans(_ESCAPED))
