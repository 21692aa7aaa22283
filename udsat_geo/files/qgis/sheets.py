"""The sheets to print: a map, a legend and tables from layouts drawn in QGIS, and as many rows as there is room for."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Any

from udsat_geo.changes.diff import EVENTS, KEPT
from udsat_geo.designation.columns import describe_column, texts_of
from udsat_geo.files.qgis.classes import unit_classes
from udsat_geo.files.qgis.expressions import field, literal, looked_up, plain
from udsat_geo.files.qgis.styles import TEMPLATES
from udsat_geo.files.xml_template import fill, found, read_template
from udsat_geo.messages.translate import N_, Np_, _
from udsat_geo.messages.words import decimal, published

_ROW, _TWO_LINES, _HEAD = 4.9, 7.9, 5.2
"""Heights of a table's row, of one of two lines, and of its heading."""
_LINE_OF_LEGEND, _LINES_OF_SOURCE = 5.3, 12.0
_GAP, _HEADING = 14.0, 6.0
"""From what is above a table to the table, and from its heading."""
_FOOT = 20.0
"""Below the tables, for the date and the office's logo."""
_LETTERS = 34
"""Of a name on one line of the table of areas, at least."""
_OF_BOTH = (
    N_("Source: {source}. Policy {policy}, SHA-256 {sha256}. udsat_geo {version}.{grid}"),
    N_("SYNTHETIC DATA: none of the residents exists"),
    N_("Printed on [% format_date(now(), 'd MMMM yyyy', 'en') %]"),
    Np_("heading", "No."), Np_("heading", "Name"), Np_("heading", "Residents"), Np_("heading", "Composite"),
    Np_("heading", "Criteria"), Np_("heading", "Since"), Np_("heading", "Criterion"), Np_("heading", "The areas"),
    Np_("heading", "Rest of the city"), Np_("heading", "Gap"), Np_("heading", "Id"), Np_("heading", "Event"),
    Np_("heading", "Added"), Np_("heading", "Removed"), Np_("heading", "Kept"),
)  # fmt: skip
_OF_AREAS = (
    N_("Map and status"),
    N_("Policy: {policy}. {areas} with {residents} residents{share}."),
    N_("The areas on the map"),
    N_("The areas against the rest of the city (a positive gap is worse)"),
)
_OF_CHANGES = (
    N_("Map and changes"),
    N_("Changes from {since} to {year}"),
    N_("Areas: {events}. Residents: {added} come in, {removed} gone out."),
    N_("Areas that are not as they were ({of}; {kept} are kept)"),
)
"""What stands in the templates, and is translated and filled in."""
_SOURCES = {
    "registers": N_("registers"),
    "synthetic": N_("the synthetic Copenhagen"),
    "unit_table": N_("a table of units"),
}
Texts = Mapping[str, str]
Summary = Mapping[str, Any]


def sheet_of_areas(texts: Texts, bounds: Sequence[float], summary: Summary) -> ET.Element:
    """The sheet of a designation: its areas, as many as there is room for, and the status below them.

    `texts` is what stands in the place of the template's ids, sources and names of layers and themes; the map has to
    hold `bounds`.
    """
    language, n_areas, share = summary["language"], len(summary["areas"]), summary["share_of_residents"]
    classes = unit_classes(summary["rule"], len(summary["criteria"]), language)
    sheet = _Sheet("sheet_of_areas.qpt", len(classes.classes), summary)
    areas, status = (sheet.columns(name) for name in ("areas", "status"))
    # the template has the columns of policies with a composite and of those without
    unused = areas["Criteria" if classes.column == "composite" else "Composite"]
    found(sheet.tables["areas"], "displayColumns").remove(unused)
    # names of criteria may take two lines
    height = min(_TWO_LINES * (len(summary["criteria"]) + 1), 0.5 * sheet.map_height)
    room = sheet.bottom - height - _GAP - sheet.top - _HEAD
    ends = list(accumulate(_ROW if len(area["name"]) <= _LETTERS else _TWO_LINES for area in summary["areas"]))
    shown = sum(end <= room for end in ends)
    rows = ends[shown - 1] if shown else 0.0
    sheet.place("areas", sheet.top, _HEAD + rows + 0.5, shown)
    sheet.place("status", sheet.top + _HEAD + rows + _GAP, height, 99)
    one_or_more = _("1 area", language) if n_areas == 1 else _("{n} areas", language).format(n=n_areas)
    of_city = "" if share is None else _(", {share} % of the city's", language)
    legend_title = found(sheet.items["legend"], ".//Option[@name='legend/title-label']")
    sheet.fill(texts, bounds, _OF_AREAS, {
        "areas": one_or_more,
        "residents": decimal(summary["residents_in_areas"], 0, language),
        "share": of_city.format(share=decimal(100 * (share or 0), 1, language)),
    })  # fmt: skip
    if shown < n_areas:
        heading = _("The areas on the map ({shown} of {of}, most residents first)", language)
        sheet.items["areas heading"].set("labelText", heading.format(shown=shown, of=n_areas))
    described = describe_column("units", classes.column, language)
    legend_title.set("value", "" if described is None else described.title)
    labels = {str(one["key"]): str(one["label"]) for one in summary["criteria"]}
    status["Criterion"].set("attribute", looked_up("criterion", labels))
    for title, column in (("The areas", "areas"), ("Rest of the city", "rest_of_city"), ("Gap", "gap")):
        status[title].set("attribute", _measured(column, summary))
    return sheet.root


def sheet_of_changes(texts: Texts, bounds: Sequence[float], summary: Summary) -> ET.Element:
    """The sheet of what changed since the designation before: the areas that are not as they were."""
    language, changes = summary["language"], summary["changes"]
    events = texts_of("changes", "event", language)
    n_changed = sum(event["event"] != KEPT for event in changes["events"])
    sheet = _Sheet("sheet_of_changes.qpt", len(EVENTS), summary)
    columns = sheet.columns("changes")
    # names may take two lines
    shown = min(int((sheet.bottom - sheet.top - _HEAD) // _TWO_LINES), n_changed)
    sheet.place("changes", sheet.top, _HEAD + _TWO_LINES * shown + 0.5, shown)
    sheet.fill(texts, bounds, _OF_CHANGES, {
        "since": changes["previous_year"],
        "events": ", ".join(f"{n} {events[event]}" for event, n in changes["areas"].items() if n),
        "of": n_changed,
        "kept": changes["areas"][KEPT],
        **{key: decimal(changes["residents"][key], 0, language) for key in ("added", "removed")},
    })  # fmt: skip
    if shown < n_changed:
        heading = _("Areas that are not as they were ({shown} of {of}; {kept} are kept)", language)
        heading = heading.format(shown=shown, of=n_changed, kept=changes["areas"][KEPT])
        sheet.items["changes heading"].set("labelText", heading)
    columns["Event"].set("attribute", looked_up("event", events))
    return sheet.root


class _Sheet:
    """A layout on its way from the template to the sheet: its items by id, its tables by the layer that they show."""

    def __init__(self, template: str, lines_of_legend: int, summary: Summary):
        self.root, self.summary = read_template(TEMPLATES / template), summary
        self.items = {item.get("id", ""): item for item in self.root.iter("LayoutItem")}
        tables = self.root.iter("LayoutMultiFrame")
        self.tables = {table.get("vectorLayer", "").removesuffix("_layer"): table for table in tables}
        map_top = _numbers(self.items["map"], "position")[1]
        self.map_width, self.map_height = _numbers(self.items["map"], "size")
        self.bottom = map_top + self.map_height - _FOOT
        height = _LINE_OF_LEGEND * (lines_of_legend + 1)
        self.top = map_top + height + _GAP
        """Where the first table begins, below the legend."""
        _put(self.items["legend"], map_top, height)
        if summary["source"] != "synthetic":
            self.root.remove(self.items.pop("stamp"))

    def columns(self, table: str) -> dict[str, ET.Element]:
        """The columns of a table by the headings of the template, their numbers in the sheet's language."""
        columns = {column.get("heading", ""): column for column in self.tables[table].iter("column")}
        for column in columns.values():
            column.set("attribute", column.get("attribute", "").replace("'en'", literal(self.summary["language"])))
        return columns

    def place(self, table: str, top: float, height: float, rows: int) -> None:
        """Put a table and its heading where there is room for so many rows."""
        _put(self.items[f"{table} frame"], top, height)
        self.items[f"{table} frame"].set("sectionHeight", str(height))
        _put(self.items[f"{table} heading"], top - _HEADING)
        self.tables[table].set("maxFeatures", str(rows))

    def fill(self, texts: Texts, bounds: Sequence[float], words: Iterable[str], values: Summary) -> None:
        """Put in the texts, the map's extent and the scale bar; no text is taken for an expression."""
        summary, language, crs = self.summary, self.summary["language"], self.summary["crs"]
        known = {
            "source": _(str(_SOURCES.get(summary["source"], summary["source"])), language),
            "policy": summary["policy"]["id"],
            "sha256": summary["policy"]["sha256"][:16],
            "version": summary["version"],
            "year": summary["year"],
            # a reference system without a code has a definition of many lines
            "grid": _(" Map in {crs}, grid north up.", language).format(crs=crs) if len(crs) < 20 else "",
            **values,
        }
        # a text with a context has it before its own
        own = {word.rpartition("\x04")[2]: _(word, language).format(**known) for word in (*_OF_BOTH, *words)}
        fill(self.root, {**texts, **own})
        if summary.get("publisher"):
            source = self.items["source"]
            source.set("labelText", f"{source.get('labelText')}\n{published(summary['publisher'], language)}")
            _put(source, _numbers(source, "position")[1], _LINES_OF_SOURCE)
        for name, item in self.items.items():
            # the date alone is worked out, when the sheet is printed
            if item.get("labelText") is not None and name != "date":
                item.set("labelText", plain(item.get("labelText", "")))
        west, south, east, north = bounds
        metres = max((east - west) / self.map_width, (north - south) / self.map_height)
        sides = (("x", west + east, self.map_width), ("y", south + north, self.map_height))
        for axis, twice_the_middle, length in sides:
            for end, sign in (("min", -1), ("max", 1)):
                place = (twice_the_middle + sign * metres * length) / 2
                found(self.items["map"], "Extent").set(f"{axis}{end}", repr(place))
        self._fill_scale_bar(_part(metres))

    def _fill_scale_bar(self, part: float) -> None:
        """Two parts of so many metres each."""
        bar, in_km = self.items["scale"], part >= 500
        bar.set("unitType", "km" if in_km else "meters")
        bar.set("unitLabel", "km" if in_km else "m")
        bar.set("numUnitsPerSegment", str(part / 1000 if in_km else part))
        mark = found(bar, "numericFormat/Option/Option[@name='decimal_separator']")
        mark.set("value", "," if self.summary["language"] == "da" else ".")


def _numbers(item: ET.Element, attribute: str) -> tuple[float, float]:
    first, second, _unit = item.get(attribute, "").split(",")
    return float(first), float(second)


def _put(item: ET.Element, top: float, height: float | None = None) -> None:
    """Move an item up or down, and give it a height."""
    left, (width, before) = _numbers(item, "position")[0], _numbers(item, "size")
    item.set("position", f"{left},{top},mm")
    item.set("positionOnPage", f"{left},{top},mm")
    item.set("size", f"{width},{before if height is None else height},mm")


def _part(metres_a_mm: float) -> float:
    """Metres of a part of the scale bar: 1, 2 or 5 times a power of ten, about 20 mm long."""
    power = 10.0 ** math.floor(math.log10(20 * metres_a_mm))
    return max(step * power for step in (1, 2, 5) if step * power <= 20 * metres_a_mm)


def _measured(column: str, summary: Summary) -> str:
    """A value of each criterion in what it is measured in: shares as per cent, their gaps as points."""
    language, cases = summary["language"], []
    for one in summary["criteria"]:
        unit, value = f" {one['unit']}" if one.get("unit") else "", field(column)
        if one.get("share"):
            unit, value = _(" points", language) if column == "gap" else " %", f"100 * {field(column)}"
        told = f"format_number({value}, 1, {literal(language)}) || {literal(unit)}"
        cases.append(f"WHEN {field('criterion')} = {literal(str(one['key']))} THEN {told}")
    return f"CASE {' '.join(cases)} END" if cases else field(column)
