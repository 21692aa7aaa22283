"""One unit or area of a designation, with all that says why it is in or out, in words."""

from __future__ import annotations

import difflib
import html
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import shapely

from udsat_geo.changes.diff import REMOVED
from udsat_geo.designation.columns import DESCRIBED, GEOMETRY, KEY
from udsat_geo.designation.layers import Layers
from udsat_geo.designation.summary import CriterionUsed, RuleUsed, Summary
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import N_, _
from udsat_geo.messages.words import decimal

_FILLED = {
    "areas": ("area_id", "name", "residents", "area_ha", "since", "reason"),
    "units": ("unit_id", "residents_in_view", "criteria_exceeded", "role", "reason"),
    "near_misses": ("residents", "reason"),
    "changes": ("area_id", "name", "residents", "reason"),
}
"""What is never empty in a row of ours: a file by an older version, or changed since, may lack some of it."""


_NOT_EVERYWHERE = {
    ("units", column)
    for column in (
        "name", "lower_<key>", "upper_<key>", "composite_own", "rate_own_<key>", "composite_yardstick",
        "composite_year", "region", "against_<key>", "limit_<key>", "class_<key>", "p_designated", "composite_se",
    )
} | {("areas", column) for column in ("p_area", "residents_sure", "residents_grey")}  # fmt: skip
"""Columns of only some results: of a table with names, or with counts that are intervals; by some policies; with
draws."""
_NAMES_TOLD = 5
"""How many names of areas a message tells."""


@dataclass(frozen=True)
class CriterionExplained:
    """A criterion in words: without rate and gap where it has none.

    `spreads` is the gap in standard deviations between units; positive is worse. `before` is the rate that a removed
    area had.
    """

    label: str
    exceeded: bool
    rate: str | None
    gap: str | None
    spreads: float
    before: str | None = None


@dataclass(frozen=True, repr=False)
class Explained:
    """What a designation says of one unit or area.

    Attributes
    ----------
    kind : {"area", "unit", "removed"}
        Removed is an area of the previous designation; its columns are those of the layer ``changes``.
    values : dict
        The columns of its row.
    designation_summary : Summary
        Of the whole designation.
    area : dict or None
        The row of the area that a unit is in.
    near_misses : tuple of dict
        Rows of the near misses that a unit is part of.
    """

    kind: str
    values: dict[str, Any]
    designation_summary: Summary
    area: dict[str, Any] | None
    near_misses: tuple[dict[str, Any], ...]

    def lines(self, language: str | None = None) -> list[str]:
        """What it is and why, a sentence or two a line; by default in the language of the designation."""
        language = language or self.designation_summary.language
        told = {"area": self._of_area, "unit": self._of_unit, "removed": self._of_removed}
        return list(told[self.kind](language))

    def criteria(self, language: str | None = None) -> list[CriterionExplained]:
        """Each criterion in words."""
        language = language or self.designation_summary.language
        exceeded = set((self.values["exceeded"] or "").split(","))
        found = []
        for one in self.designation_summary.criteria:
            rate, gap = self.values[f"rate_{one.key}"], self.values[f"gap_{one.key}"]
            if rate is None or gap is None:
                found.append(CriterionExplained(one.label, one.key in exceeded, None, None, 0.0))
                continue
            factor = 100 if one.share else 1
            suffix = " %" if one.share else f" {one.unit}".rstrip()
            unit = _(" points", language) if one.share else suffix
            in_words = f"{decimal(factor * rate, 1, language)}{suffix}"
            against = f"{'+' if gap >= 0 else '-'}{decimal(abs(factor * gap), 1, language)}{unit}"
            spreads = gap / one.spread if one.spread else 0.0
            last = self.values.get(f"previous_rate_{one.key}") if self.kind == "removed" else None
            before = None if last is None else f"{decimal(factor * last, 1, language)}{suffix}"
            found.append(CriterionExplained(one.label, one.key in exceeded, in_words, against, spreads, before))
        return found

    def heads(self, language: str) -> tuple[str, str, str]:
        """What `criteria` are, the rates, and the gaps."""
        of_area, of_unit = _("Gap to the rest of the city", language), _("Gap to the whole city", language)
        rule = self.designation_summary.rule
        if rule is not None and rule.compare is not None:
            of_unit = _("Gap to what it is compared with", language)
        return _("Criterion", language), _("Rate", language), of_unit if self.kind == "unit" else of_area

    @property
    def summary(self) -> dict[str, Any]:
        """The summary of the whole designation, as in the JSON."""
        return self.designation_summary.as_dict()

    def __repr__(self) -> str:
        return "\n  ".join(["<Explained>", *self.lines()])

    def _repr_html_(self) -> str:
        said = "".join(f"<p>{html.escape(line)}</p>" for line in self.lines())
        rows = "".join(
            f"<tr><td>{html.escape(one.label)}{' *' if one.exceeded else ''}</td>"
            f"<td>{html.escape(one.rate or '-')}</td><td>{html.escape(one.gap or '-')}</td></tr>"
            for one in self.criteria()
        )
        language = self.designation_summary.language
        heads = "".join(f"<th>{html.escape(head)}</th>" for head in self.heads(language))
        star = _("* exceeded", language)
        return f"{said}<table><tr>{heads}</tr>{rows}</table><p>{star}</p>"

    def _head(self, named: str) -> str:
        return f"{named}, {self.designation_summary.year}, {self.designation_summary.policy.id}"

    def _of_area(self, language: str) -> Iterator[str]:
        area = self.values
        yield self._head(f"{area['area_id']} {area['name']}" + (f" ({area['district']})" if area["district"] else ""))
        yield _("Designated since {since}: {residents} residents, {ha} ha", language).format(
            residents=decimal(area["residents"], 0, language),
            since=area["since"],
            ha=decimal(area["area_ha"], 0, language),
        )
        if area["until"] is not None:
            yield _("No longer qualifies; stays until {year}", language).format(year=area["until"])
        yield _("Why", language) + f": {area['reason']}."
        yield from self._least(_("Least change that would take it out", language), area, language)

    def _of_removed(self, language: str) -> Iterator[str]:
        area, changes = self.values, self.designation_summary.changes
        yield self._head(f"{area['area_id']} {area['name']}")
        then = None if changes is None else changes.previous_year
        text = _("Designated since {since}, last in {then}; removed in {now}", language)
        yield text.format(since=area["since"] or "?", then=then, now=self.designation_summary.year)
        figures = ((then, "previous_residents", "previous_composite"), (None, "residents", "composite"))
        told = []
        for year, residents, composite in figures:
            text = _("{year}: {residents} residents, composite {composite}", language)
            told.append(
                text.format(
                    year=year or self.designation_summary.year,
                    residents="?" if area[residents] is None else decimal(area[residents], 0, language),
                    composite="-" if area[composite] is None else decimal(area[composite], 2, language),
                )
            )
        yield "; ".join(told)
        yield _("Why", language) + f": {area['reason']}."
        yield from self._least(_("Least change that would have kept it", language), area, language)

    def _least(self, what: str, row: dict[str, Any], language: str) -> Iterator[str]:
        """A least change, and how it is meant."""
        if row["least_change"]:
            held = _("spread evenly over its units, with the city's rates held as they are", language)
            yield f"{what} ({held}): {row['least_change']}."

    def _of_unit(self, language: str) -> Iterator[str]:
        unit, short = self.values, self.values["short"]
        yield self._head(unit["unit_id"])
        if self.area is None:
            yield _("Lies outside every area", language)
        else:
            area = f"{self.area['area_id']} {self.area['name']}"
            yield _("Lies in {area} as {role}", language).format(area=area, role=unit["role"])
        yield _("{residents} residents; rates are read over the nearest {view} residents", language).format(
            residents="?" if unit["residents"] is None else decimal(unit["residents"], 0, language),
            view=decimal(unit["residents_in_view"], 0, language),
        )
        composite = "-" if unit["composite"] is None else decimal(unit["composite"], 2, language)
        count = f"{unit['criteria_exceeded']}" + (f" ({unit['exceeded']})" if unit["exceeded"] else "")
        yield _("Composite {composite}; criteria exceeded: {count}", language).format(composite=composite, count=count)
        lacking = ""
        if short is not None:
            # residents and criteria are whole, composites are not
            digits = 0 if float(short).is_integer() and short >= 1 else 2
            lacking = _("short by {short}", language).format(short=decimal(short, digits, language))
            lacking = f" ({lacking})"
        yield from self._held_against(language)
        yield _("Why", language) + f": {unit['reason']}{lacking}."
        text = _("Part of a group that came close ({residents} residents): {reason}", language)
        for miss in self.near_misses:
            yield text.format(residents=decimal(miss["residents"], 0, language), reason=miss["reason"])
            yield from self._least(_("Least change that would bring the group in", language), miss, language)

    def _held_against(self, language: str) -> Iterator[str]:
        """What a unit is compared with, and the limits that follow from it."""
        unit = self.values
        told = []
        for one in self.designation_summary.criteria:
            value, limit = (unit.get(f"{what}_{one.key}") for what in ("against", "limit"))
            figures = [
                _(text, language).format(figure=self._figure(figure, one, language))
                for text, figure in ((N_("compared with {figure}"), value), (N_("limit {figure}"), limit))
                if figure is not None
            ]
            told += [f"{one.label} {', '.join(figures)}"] if figures else []
        if told:
            region = unit.get("region")
            head = "" if region is None else _("In the region {region}", language).format(region=region) + ": "
            yield head + "; ".join(told)

    def _figure(self, figure: float, one: CriterionUsed, language: str) -> str:
        return decimal(100 * figure, 1, language) + " %" if one.share else f"{decimal(figure, 1, language)} {one.unit}"


def explain(layers: Layers, wanted: str, name: str = "") -> Explained:
    """Find an area or a unit by its id, and what says why it is in or out.

    Parameters
    ----------
    layers : Layers
    wanted : str
        An ``area_id``, an area's name or a part of one, or a ``unit_id``; areas that are removed among them.
    name : str
        What the designation is called in messages.

    Raises
    ------
    InputError
        If it has no such area or unit, several whose names have that part, or lacks what is told of it.
    """
    name = name or f"designation_{layers.year}"
    rule = layers.summary.rule
    lacks = layers.summary.lacks("rule", "criteria", "areas")
    if lacks or rule is None or (rule.core is not None and rule.edge is None):
        raise InputError(made_by_older(name))
    for column in ("area_id", "name"):
        areas = _rows(layers, "areas", column, wanted, name)
        if areas:
            return Explained("area", areas[0], layers.summary, None, ())
    removed = _removed(layers)
    for column in ("area_id", "name"):
        if wanted in removed[column]:
            rows = _rows(layers, "changes", column, wanted, name, REMOVED)
            return Explained("removed", rows[0], layers.summary, None, ())
    units = _rows(layers, "units", "unit_id", wanted, name)
    if not units:
        return explain(layers, _meant(layers, removed, wanted, name), name)
    area_id, place = units[0]["area_id"], units[0].pop(GEOMETRY)
    around = [] if area_id is None else _rows(layers, "areas", "area_id", area_id, name)
    if area_id is not None and not around:
        raise InputError(made_by_older(name))
    near_misses = _near_misses_at(layers, place, name)
    return Explained("unit", units[0], layers.summary, around[0] if around else None, near_misses)


def _removed(layers: Layers) -> dict[str, list[str]]:
    """Ids and names of the areas that are removed; none of a file by an older version."""
    table = layers.layers["changes"].table
    if "name" not in table.column_names:
        return {"area_id": [], "name": []}
    import pyarrow.compute as pc

    gone = table.filter(pc.equal(table["event"], REMOVED))
    return {column: [str(text) for text in gone[column].to_pylist()] for column in ("area_id", "name")}


def _meant(layers: Layers, removed: dict[str, list[str]], wanted: str, name: str) -> str:
    """The id of the one area whose name has a part, whatever its letters' case.

    Raises
    ------
    InputError
        If no name has it, or several have.
    """
    named = [(area.area_id, area.name) for area in layers.summary.areas]
    named += zip(removed["area_id"], removed["name"], strict=True)
    part = wanted.strip().casefold()
    # a whole name in other letters is meant before a part of other names
    whole = [one for one in named if part == one[1].casefold()]
    found = whole or [one for one in named if part and part in one[1].casefold()]
    if len(found) == 1:
        return found[0][0]
    if found:
        what = _("has several areas with {wanted!r} in their name").format(wanted=wanted[:80])
        names = ", ".join(f"{area_id} {told}" for area_id, told in found[:_NAMES_TOLD])
        more = "" if len(found) <= _NAMES_TOLD else ", ..."
        raise InputError(Problem(name, what, _("Name one by its id: {names}.").format(names=names + more)))
    near = difflib.get_close_matches(wanted, [text for one in named for text in one], 1)
    remedy = _("Ids of areas and units stand in the layers of the file.")
    remedy = _("Did you mean {name!r}?").format(name=near[0]) if near else remedy
    raise InputError(Problem(name, _("has no area and no unit {wanted!r}").format(wanted=wanted[:80]), remedy))


def made_by_older(name: str) -> Problem:
    """What is told of a file that lacks what this version reads."""
    what = _("was made by an older version, or has been changed since")
    return Problem(name, what, _("Make the designation again."))


def rule_in_words(rule: RuleUsed, language: str) -> str:
    """What the policy asks for, in a line."""
    parts = []
    if rule.core is not None and rule.edge is not None:
        parts.append(_("core from {value}", language).format(value=decimal(rule.core, 2, language)))
        parts.append(_("edge from {value}", language).format(value=decimal(rule.edge, 2, language)))
    if rule.criteria:
        parts.append(_("at least {n} criteria exceeded", language).format(n=rule.criteria))
    if rule.require:
        parts.append(_("always exceeded: {keys}", language).format(keys=", ".join(rule.require)))
    if rule.groups:
        named = ", ".join(group.label for group in rule.groups)
        parts.append(_("at least {n} of the groups {labels}", language).format(n=rule.groups_met, labels=named))
    parts.append(_("at least {n} residents", language).format(n=decimal(rule.residents, 0, language)))
    return _("The policy", language) + f": {'; '.join(parts)}."


def _rows(
    layers: Layers, layer: str, column: str, value: str, name: str, event: str | None = None
) -> list[dict[str, Any]]:
    """The rows of a layer with a value in a column, and of changes with an event; those of units with geometries."""
    table = layers.layers[layer].table
    if column not in table.column_names:
        raise InputError(made_by_older(name))
    import pyarrow.compute as pc

    found = table.filter(pc.equal(table[column], value))
    found = found if event is None else found.filter(pc.equal(found["event"], event))
    rows = (found if layer == "units" else found.drop_columns(GEOMETRY)).to_pylist()
    _check_rows(rows, layer, layers, name)
    return list(rows)


def _check_rows(rows: list[dict[str, Any]], layer: str, layers: Layers, name: str) -> None:
    """Refuse rows that lack what is told of them, or hold a number that is none."""
    keys = [criterion.key for criterion in layers.summary.criteria]
    columns = [column.name for column in DESCRIBED[layer].columns if (layer, column.name) not in _NOT_EVERYWHERE]
    wanted = {column.replace(KEY, key) for column in columns for key in (keys if KEY in column else [""])}
    for row in rows:
        numbers = (value for value in row.values() if isinstance(value, float))
        empty = any(row.get(column) is None for column in _FILLED[layer])
        if empty or not wanted <= row.keys() or not all(map(math.isfinite, numbers)):
            raise InputError(made_by_older(name))


def _near_misses_at(layers: Layers, place: bytes, name: str) -> tuple[dict[str, Any], ...]:
    """The near misses that hold a unit's middle."""
    table = layers.layers["near_misses"].table
    outlines = shapely.from_wkb(table[GEOMETRY].to_numpy())
    inside = shapely.intersects(outlines, shapely.point_on_surface(shapely.from_wkb(place)))
    rows = [row for row, holds in zip(table.drop_columns(GEOMETRY).to_pylist(), inside, strict=True) if holds]
    _check_rows(rows, "near_misses", layers, name)
    return tuple(rows)
