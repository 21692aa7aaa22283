"""The product's own figures as SVG inside the page: bars of the criteria year by year, and the lineage."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import numpy as np

from udsat_geo.diff import compare
from udsat_geo.errors import InputError
from udsat_geo.lineage import trace
from udsat_geo.report.canvas import settings
from udsat_geo.report.criteria_bars import Compared, draw_criteria_bars
from udsat_geo.report.flow_chart import draw_flow_chart, flow_chart
from udsat_geo.report.origin import Origin
from udsat_geo.report.page.area_layer import LANGUAGES, criteria_of
from udsat_geo.report.page.privacy import FEWEST
from udsat_geo.report.page.reading import Read

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_COMMANDS = re.compile(r"([MLQCz])([^MLQCz]*)")


def figures_of(found: Sequence[Read]) -> list[dict[str, Any]]:
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
    lineage = {lang: _lineage(found, lang) for lang in LANGUAGES}
    drawn = {lang: as_svg(figure, f"lineage-{lang}-") for lang, figure in lineage.items() if figure is not None}
    if drawn:
        told.append({"year": None, "name": "lineage", "svg": drawn})
    return told


def _compared(read: Read, language: str) -> Compared:
    criteria = criteria_of(read)
    factor = np.array([100.0 if criterion["share"] else 1.0 for criterion in criteria])

    def figures(column: str) -> Any:
        return factor * np.array([np.nan if row[column] is None else row[column] for row in read.status])

    return Compared(
        read.year,
        read.year,
        None,
        tuple(criterion["label"][language] for criterion in criteria),
        tuple(criterion["unit"] for criterion in criteria),
        figures("areas"),
        figures("rest_of_city"),
        figures("gap"),
        _origin(read, language),
        language,
    )


def _lineage(found: Sequence[Read], language: str) -> Figure | None:
    """The lineage of two designations or more over the same units; None where they have none in common.

    It tells how many live in each area, so there is none either where an area has too few.
    """
    designated = [read.designated for read in found]
    few = any(0 < area["residents"] < FEWEST for read in found for area in read.areas)
    if len(designated) < 2 or few or not all(len(each.area_id) for each in designated):
        return None
    try:
        lineage = trace(designated, [compare(one, other) for one, other in pairwise(designated)])
    except InputError:
        return None
    return draw_flow_chart(flow_chart(lineage, _origin(found[-1], language), language))


def _origin(read: Read, language: str) -> Origin:
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
    for child in list(root):
        if child.tag == f"{{{SVG}}}metadata":
            root.remove(child)
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag == f"{{{SVG}}}style":
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
