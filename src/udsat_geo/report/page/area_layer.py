"""The areas on the page, year by year, and what changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from udsat_geo.reasons import AreaFacts, MeasuredGap, area_reason
from udsat_geo.report.page.geometry import GROUND_M, Corner, point_inside
from udsat_geo.report.page.privacy import FEWEST, in_tens
from udsat_geo.report.page.reading import Read

LANGUAGES = ("da", "en")
_DIGITS = 5


@dataclass(frozen=True)
class Earlier:
    """The areas of the previous designation, as the file of the one after it tells them.

    Attributes
    ----------
    year : int
    area_id : tuple of str, n_areas
    outline : object (shapely), shape (n_areas,)
        The ground of their units.
    residents : tuple of int, n_areas
        Those of the later year.
    """

    year: int
    area_id: tuple[str, ...]
    outline: NDArray[np.object_]
    residents: tuple[int, ...]


def criteria_of(read: Read) -> list[dict[str, Any]]:
    """The criteria: key, label in each language, and how figures are told; ``lang`` where there is one label only."""
    of_policy = {} if read.policy is None else {c.key: c for c in read.policy.policy.criteria}
    told = []
    for criterion in read.summary["criteria"]:
        known = of_policy.get(criterion["key"])
        label = {lang: known.label_in(lang) if known else str(criterion["label"]) for lang in LANGUAGES}
        unit = str(criterion["unit"] or "")
        told.append(
            {
                "key": criterion["key"],
                "label": label,
                "lang": None if known else read.language,
                "unit": "" if criterion["share"] else unit.replace("m2", "m²"),
                "share": bool(criterion["share"]),
                "worse": criterion.get("worse", "high"),
                "limit": criterion.get("limit"),
            }
        )
    return told


def areas_of(read: Read, corner: Corner) -> list[dict[str, Any]]:
    """The areas of a designation, in its order, numbered from 1."""
    roles: dict[str, Counter[str]] = {}
    for unit in read.units:
        if unit["area_id"] is not None:
            roles.setdefault(str(unit["area_id"]), Counter())[str(unit["role"])] += 1
    keys = [criterion["key"] for criterion in read.summary["criteria"]]
    told = []
    for i, area in enumerate(read.areas):
        area_id = str(area["area_id"])
        few = area["residents"] < FEWEST
        outline = read.designated.outline[i]
        told.append(
            {
                "id": area_id,
                "number": i + 1,
                "name": str(area["name"]),
                "district": area["district"] or "",
                "residents": None if few else int(area["residents"]),
                "units": int(area["units"]),
                "ha": _rounded(area["area_ha"], 2),
                "composite": None if few else _rounded(area["composite"], 3),
                "exceeded": None if few else int(area["criteria_exceeded"]),
                "since": int(area["since"]),
                "until": area.get("until"),
                "event": area.get("event"),
                "rates": [None if few else _rounded(area.get(f"rate_{key}")) for key in keys],
                "gaps": [None if few else _rounded(area.get(f"gap_{key}")) for key in keys],
                "reason": None if few else reasons_of(read, area, roles.get(area_id, {})),
                "shape": corner.shape(outline),
                "label": _label(outline, corner),
            }
        )
    return told


def reasons_of(read: Read, area: Mapping[str, Any], roles: Mapping[str, int]) -> dict[str, str]:
    """Why an area is there, in each language: the file's own words, said again from the same figures."""
    told = {}
    for language in LANGUAGES:
        gaps = tuple(
            MeasuredGap(criterion["label"][language], str(of_file["unit"] or ""), criterion["share"],
                        _number(area.get(f"gap_{criterion['key']}")))
            for criterion, of_file in zip(criteria_of(read), read.summary["criteria"], strict=True)
        )  # fmt: skip
        facts = AreaFacts(
            roles,
            int(area["residents"]),
            int(read.summary["rule"]["residents"]),
            _number(area["composite"]),
            -1 if area.get("until") is None else int(area["until"]),
            int(area["criteria_exceeded"]),
            gaps,
        )
        told[language] = area_reason(facts, language)
    return told


def changes_of(read: Read, names_before: Mapping[str, str], corner: Corner) -> dict[str, Any] | None:
    """What changed since the previous designation: a row for each area, and the ground that came in or fell out."""
    told = read.summary.get("changes")
    if not told:
        return None
    names = {str(area["area_id"]): str(area["name"]) for area in read.areas}
    rows = [
        {
            "event": str(change["event"]),
            "id": str(change["area_id"]),
            "name": (names_before if change["event"] == "removed" else names).get(str(change["area_id"])),
            "previous": [
                {"id": one, "name": names_before.get(one, names.get(one))}
                for one in str(change["previous_ids"] or "").split(",")
                if one
            ],
            "added": in_tens(int(change["residents_added"])),
            "removed": in_tens(int(change["residents_removed"])),
        }
        for change in read.changes
    ]
    return {"year": int(told["previous_year"]), "rows": rows, "ground": _ground_of_changes(read, corner)}


def _ground_of_changes(read: Read, corner: Corner) -> list[dict[str, Any]]:
    """The units that came in, fell out or went to another area, joined by what happened and by area."""
    groups: dict[tuple[str, str | None, str | None], list[int]] = {}
    for i, unit in enumerate(read.changed_units):
        groups.setdefault((unit["event"], unit["previous_area_id"], unit["area_id"]), []).append(i)
    whole: dict[str, Any] = {str(c["area_id"]): o for c, o in zip(read.changes, read.outline_of_change, strict=True)}
    removed = {str(change["area_id"]) for change in read.changes if change["event"] == "removed"}
    told = []
    for (event, before, now), units in sorted(groups.items(), key=lambda item: [part or "" for part in item[0]]):
        # an area that is gone is drawn as it was
        gone = event == "removed" and before in removed
        outline = whole[str(before)] if gone else _joined(read.place_of_changed_unit[units])
        told.append({"event": event, "before": before, "now": now, "shape": corner.shape(outline)})
    return [each for each in told if each["shape"]]


def earlier_of(read: Read) -> Earlier | None:
    """The areas of the previous designation, put together from the units that changed and those that did not."""
    told = read.summary.get("changes")
    if not told:
        return None
    before = {str(unit["unit_id"]): unit["area_id"] for unit in read.units}
    now = dict(before)
    before |= {str(unit["unit_id"]): unit["previous_area_id"] for unit in read.changed_units}
    where = {} if read.designated.geometry is None else dict(
        zip((str(unit["unit_id"]) for unit in read.units), read.designated.geometry, strict=True)
    )  # fmt: skip
    where |= {
        str(unit["unit_id"]): place
        for unit, place in zip(read.changed_units, read.place_of_changed_unit, strict=True)
        if str(unit["unit_id"]) not in now
    }
    people = {str(unit["unit_id"]): unit["residents"] or 0 for unit in read.units}
    members: dict[str, list[str]] = {}
    for unit, area in before.items():
        if area is not None:
            members.setdefault(str(area), []).append(unit)
    area_id = sorted(members)
    outline = np.empty(len(area_id), dtype=object)
    outline[:] = [_joined(np.array([where[u] for u in members[a] if where[u] is not None])) for a in area_id]
    residents = tuple(sum(people.get(unit, 0) for unit in members[area]) for area in area_id)
    return Earlier(int(told["previous_year"]), tuple(area_id), outline, residents)


def earlier_areas(earlier: Earlier, names: Mapping[str, str], corner: Corner) -> list[dict[str, Any]]:
    """Areas of which the page knows the ground alone; `residents` are those of the later year."""
    order = sorted(range(len(earlier.area_id)), key=lambda i: (-earlier.residents[i], earlier.area_id[i]))
    return [
        {
            "id": earlier.area_id[i],
            "number": place + 1,
            "name": names.get(earlier.area_id[i], earlier.area_id[i]),
            "residents": None if earlier.residents[i] < FEWEST else earlier.residents[i],
            "shape": corner.shape(earlier.outline[i]),
            "label": _label(earlier.outline[i], corner),
        }
        for place, i in enumerate(order)
    ]


def _joined(places: NDArray[np.object_]) -> Any:
    """The ground of units; around points, discs that touch where addresses are near each other."""
    import shapely

    if len(places) and (shapely.get_type_id(places) == shapely.GeometryType.POINT).all():
        places = shapely.buffer(places, GROUND_M / 2, quad_segs=3)
    return shapely.union_all(places)


def _label(outline: Any, corner: Corner) -> list[int] | None:
    if outline is None or outline.is_empty:
        return None
    return [int(step) for step in corner.steps(point_inside(outline))[0]]


def names_of(read: Read) -> dict[str, str]:
    """The areas' names by their ids."""
    return {str(area["area_id"]): str(area["name"]) for area in read.areas}


def status_of(read: Read) -> list[dict[str, Any]]:
    """The areas together against the rest of the city, criterion by criterion."""
    return [
        {name: row["criterion"] if name == "criterion" else _rounded(row[name]) for name in
         ("criterion", "areas", "rest_of_city", "gap", "city")}
        for row in read.status
    ]  # fmt: skip


def bounds_of(found: Sequence[Read], places: NDArray[np.object_]) -> tuple[float, float, float, float]:
    """What the map shows at first: all units and areas."""
    import shapely

    outlines = [np.asarray(read.designated.outline, dtype=object) for read in found]
    west, south, east, north = shapely.total_bounds(np.concatenate([places, *outlines])).tolist()
    return (0.0, 0.0, 1.0, 1.0) if west != west else (west, south, east, north)


def _number(value: Any) -> float:
    return float("nan") if value is None else float(value)


def _rounded(value: Any, digits: int = _DIGITS) -> float | None:
    number = _number(value)
    return None if number != number else round(number, digits)
