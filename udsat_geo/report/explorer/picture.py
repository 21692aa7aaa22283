"""What the page is told of a designation: plain data, in the form in which the report's page draws it."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import shapely

from udsat_geo.analysis.certainty import SURE, Certainty
from udsat_geo.areas.area_set import AreaSet
from udsat_geo.areas.ground import unit_polygons
from udsat_geo.areas.roles import REASON_TEXTS
from udsat_geo.changes.diff import compare
from udsat_geo.designation.columns import ROLE_TEXTS
from udsat_geo.designation.designation import Designation, remember
from udsat_geo.designation.reasons import area_reasons, decision_texts, near_miss_texts
from udsat_geo.kernels.arrays import Floats, Ints
from udsat_geo.messages.translate import LANGUAGES, in_language
from udsat_geo.report.map_page import ground_of_units
from udsat_geo.report.page.data import Corner, base_told, composite_breaks, label_of
from udsat_geo.units.ground import AREAL, LINEAR


def year_of(made: Designation, corner: Corner) -> dict[str, Any]:
    """The areas and units of a designation, as the map and its tables take a year."""
    policy, scores = made.policy.policy, made.scores
    breaks = composite_breaks(policy, _number(policy.rule.core_threshold), _number(policy.rule.edge_threshold))
    return {
        "year": made.year,
        "criteria": criteria_of(made),
        "breaks": list(breaks),
        "core": _number(policy.rule.core_threshold),
        "edge": _number(policy.rule.edge_threshold),
        "areas": areas_of(made, corner),
        "units": {"kinds": [[kind - 1] for kind in range(len(breaks) + 2)], "of": classes(scores.composite, breaks)},
        "changes": None,
        "sure": None,
    }


def classes(composite: Floats, breaks: tuple[float, ...]) -> list[int]:
    """One more than the class of each unit's composite: 0 is none."""
    found = np.searchsorted(np.array(breaks), composite, side="right") + 1
    kind: list[int] = np.where(np.isnan(composite), 0, found).tolist() if breaks else [0] * len(composite)
    return kind


def criteria_of(made: Designation) -> list[dict[str, Any]]:
    """The criteria: key, label, and how figures are told."""
    return [
        {
            "key": one.key,
            "label": {lang: one.label_in(lang) for lang in LANGUAGES},
            "lang": None,
            "unit": "" if one.is_share else one.unit.replace("m2", "m²"),
            "share": one.is_share,
            "worse": one.worse,
        }
        for one in made.policy.policy.criteria
    ]


def areas_of(made: Designation, corner: Corner) -> list[dict[str, Any]]:
    """The areas in their order, numbered from 1, with exact figures: the page does not leave the machine."""
    areas, reasons = made.areas, {lang: area_reasons(in_words_of(made, lang)) for lang in LANGUAGES}
    hectares = shapely.area(made.outline) / 10_000
    return [
        {
            "id": str(made.area_id[i]),
            "number": i + 1,
            "name": str(made.name[i]),
            "residents": int(areas.residents[i]),
            "units": int(areas.units[i]),
            "members": np.flatnonzero(areas.area_of_unit == i).tolist(),
            "ha": float(hectares[i]),
            "composite": _number(areas.composite[i]),
            "exceeded": int(areas.criteria_exceeded[i]),
            "since": int(made.since[i]),
            "until": int(areas.until[i]) if areas.until[i] >= 0 else None,
            "reason": {lang: str(texts[i]) for lang, texts in reasons.items()},
            "shape": corner.shape(outline),
            "label": label_of(outline, corner),
        }
        for i, outline in enumerate(made.outline)
    ]


def totals_of(made: Designation) -> dict[str, Any]:
    """The headline figures."""
    status, policy = made.status, made.policy.policy
    told: dict[str, Any] = {
        "areas": len(made.areas),
        "units": int((made.areas.area_of_unit >= 0).sum()),
        "residents": status.residents_in_areas,
        "share": _number(status.share_of_residents),
        "scales": None if made.scales is None else {lang: made.scales.told(lang) for lang in LANGUAGES},
        "notes": list(made.notes),
    }
    figures = zip(policy.keys, status.areas, status.rest_of_city, status.gap, strict=True)
    told["status"] = [
        {"criterion": key, "areas": _number(inside), "rest": _number(rest), "gap": _number(gap)}
        for key, inside, rest, gap in figures
    ]
    texts = {lang: near_miss_texts(in_words_of(made, lang)) for lang in LANGUAGES}
    told["near"] = [
        {
            "residents": miss.residents,
            "units": len(miss.members),
            "first": int(miss.members[0]),
            "text": {lang: texts[lang][i] for lang in LANGUAGES},
        }
        for i, miss in enumerate(made.near_misses)
    ]
    return told


def in_words_of(made: Designation, language: str) -> Designation:
    """The same designation, told in a language."""
    return dataclasses.replace(made, language=language)


def compared(before: AreaSet, made: Designation, corner: Corner, earlier: Designation | None = None) -> dict[str, Any]:
    """What came in and fell out from other areas to these, by residents of now, and those areas beside them.

    Parameters
    ----------
    before : AreaSet
    made : Designation
    corner : Corner
    earlier : Designation, optional
        The designation that the other areas are of, where that is over the same units: its totals come with them.
    """
    changes = compare(before, made.area_set())
    then = np.full(len(made.units), -1, dtype=np.int64)
    if earlier is not None and len(earlier.units) == len(made.units):
        then = earlier.areas.area_of_unit
    else:
        memory = remember(before, made.units, made.year)
        then = then if memory is None else memory.area_of_unit
    now, residents = made.areas.area_of_unit, made.units.residents
    came, left = np.flatnonzero((now >= 0) & (then < 0)), np.flatnonzero((now < 0) & (then >= 0))
    grounds = {"added": came, "removed": left}
    events = {
        str(made.area_id[changes.area[i]]): event for i, event in enumerate(changes.event) if changes.area[i] >= 0
    }
    ground = [
        {"event": event, "before": None, "now": None,
         "shape": corner.shape(shapely.union_all(ground_of_units(made.units, units)))}
        for event, units in grounds.items() if len(units)
    ]  # fmt: skip
    return {
        "year": before.year,
        "ground": ground,
        "events": events,
        "added": int(residents[came].sum()),
        "removed": int(residents[left].sum()),
        "kept": int(residents[(now >= 0) & (then >= 0)].sum()),
        "gone": [
            {"id": str(before.area_id[changes.previous[i][0]]), "name": str(before.name[changes.previous[i][0]])}
            for i, event in enumerate(changes.event) if event == "removed"
        ],
        "areas": [
            {"id": str(area), "name": str(name), "shape": corner.shape(outline)}
            for area, name, outline in zip(before.area_id, before.name, before.outline, strict=True)
        ],
        "totals": None if earlier is None else totals_of(earlier),
    }  # fmt: skip


def unit_told(made: Designation, unit: int) -> dict[str, Any]:
    """All that is known of one unit: the figures are exact, for those who hold the registers."""
    scores, areas, units = made.scores, made.areas, made.units
    keys = made.policy.policy.keys
    area = int(areas.area_of_unit[unit])
    decided, reason = int(areas.override_of_unit[unit]), REASON_TEXTS[int(areas.reason[unit])]
    role = tuple(ROLE_TEXTS.values())[int(areas.role[unit])]
    return {
        "id": str(units.unit_id[unit]),
        "number": unit,
        "residents": int(units.residents[unit]),
        "view": int(scores.residents_in_view[unit]),
        "composite": _number(scores.composite[unit]),
        "role": {lang: in_language(role, lang) for lang in LANGUAGES},
        "reason": {
            lang: decision_texts(in_words_of(made, lang))[decided] if decided >= 0 else in_language(reason, lang)
            for lang in LANGUAGES
        },
        "area": str(made.area_id[area]) if area >= 0 else None,
        "rates": [_number(rate) for rate in scores.rate[unit]],
        "gaps": [_number(gap) for gap in scores.gap[unit]],
        "exceeded": [key for key, is_exceeded in zip(keys, scores.exceeded[unit].tolist(), strict=True) if is_exceeded],
    }


def ground_told(made: Designation, corner: Corner) -> dict[str, Any]:
    """Land, water, districts and lines that the map lies on."""
    ground = made.surroundings.drawn_ground
    if ground is None:
        return base_told([], corner)
    parts = []
    for part, kinds in (("areas", AREAL), ("lines", LINEAR)):
        chosen = np.flatnonzero(np.isin(ground.kind, kinds))
        rows = [{"kind": ground.kind[i], "name": ground.name[i]} for i in chosen.tolist()]
        parts.append((part, ground.geometry[chosen], rows))
    return base_told(parts, corner)


def sure_told(found: Certainty) -> dict[str, Any]:
    """How sure units are: 2 in an area whatever chance does, 0 outside, 1 either way; and residents of each kind."""
    p = found.p_designated
    of = np.where(p >= SURE, 2, np.where(p > 1 - SURE, 1, 0))
    return {
        "of": of.tolist(),
        "draws": found.draws,
        "sure": int(found.residents_of_areas(True).sum()),
        "inside": int(found.residents_of_areas(False).sum()),
        "outside": found.grey_outside,
    }


def places_told(made: Designation, corner: Corner) -> dict[str, Any]:
    """Where the units lie, as the map draws them."""
    units = made.units
    if units.kind == "zones":
        polygons = unit_polygons(units, np.arange(len(units)))
        return {"kind": "zones", "size": 0.0, "shapes": [corner.shape(polygon) for polygon in polygons]}
    at: Ints = corner.steps(np.column_stack([units.easting, units.northing]))
    size = float(made.policy.policy.units.size) if units.kind == "cells" else 0.0
    kind = "cells" if units.kind == "cells" else "points"
    return {"kind": kind, "size": size, "x": at[:, 0].tolist(), "y": at[:, 1].tolist()}


def _number(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None
