"""All that the page shows, as plain data."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from udsat_geo.areas.area_set import AreaSet, Members
from udsat_geo.areas.roles import REASON_KEYS, REASON_TEXTS
from udsat_geo.areas.smooth import smooth_outlines
from udsat_geo.designation.columns import describe_column
from udsat_geo.designation.reasons import DECIDED, area_reason
from udsat_geo.kernels.arrays import Flags, Floats, Ints, Objects, as_objects
from udsat_geo.messages.errors import InputError, Problem, reason_of
from udsat_geo.messages.limits import text_of_json
from udsat_geo.messages.translate import LANGUAGES, _, in_language
from udsat_geo.messages.version import __version__
from udsat_geo.messages.words import counted_words
from udsat_geo.monitoring.goal_figures import VERDICTS, published_goals
from udsat_geo.monitoring.goal_tables import REPORT
from udsat_geo.monitoring.goal_words import reasons_of_goal
from udsat_geo.policy.rules import Policy, text_in
from udsat_geo.report.few import FEWEST, in_tens
from udsat_geo.report.page.policy_words import policy_in_words, rule_in_outline, what_if
from udsat_geo.report.page.read import PageYear, Rows
from udsat_geo.report.page.sure import sure_of
from udsat_geo.report.page.words import texts
from udsat_geo.units.ground import DISTRICT

MOST_VERTICES = 100_000
"""Of zones, in all: about 1 MB of the page; own choice."""
FIRST_TOLERANCE_M = 2.0
GROUND_M = 100.0
"""What stands for the ground around an address, and how wide an outline from points alone is."""
_SMALL_M = 5000.0
_RINGED = 5

Shape = list[list[list[int]]]
"""Polygons, each of rings, each of steps: x, y, then the way from vertex to vertex; the last one is not repeated."""


@dataclass(frozen=True)
class Corner:
    """Where the whole steps of the page are counted from.

    Attributes
    ----------
    east, north : float
    step : float
        In metres.
    """

    east: float
    north: float
    step: float

    def steps(self, xy: Floats) -> Ints:
        """Positions of shape (n, 2) in steps."""
        return np.round((xy - (self.east, self.north)) / self.step).astype(np.int64)

    def shape(self, geometry: Any) -> Shape:
        """The polygons of a geometry; what is no polygon is left out."""
        polygons = [part for part in shapely.get_parts(geometry) if part.geom_type == "Polygon"]
        rings = [[self._ring(ring) for ring in (part.exterior, *part.interiors)] for part in polygons if part]
        return [[ring for ring in polygon if ring] for polygon in rings if polygon[0]]

    def line(self, line: Any) -> list[int]:
        """The way of a line, as rings are told, its last vertex too."""
        return [int(step) for step in np.diff(self.steps(shapely.get_coordinates(line)), axis=0, prepend=0).ravel()]

    def _ring(self, ring: Any) -> list[int]:
        at = self.steps(shapely.get_coordinates(ring))[:-1]
        moved = np.diff(at, axis=0, prepend=0)
        # vertices that fall on one step are one
        kept = moved[np.append(True, moved[1:].any(axis=1))]
        return [int(step) for step in kept.ravel()] if len(kept) > 2 else []


def corner_of(bounds: Iterable[float]) -> Corner:
    """The south-western corner of bounds; small places are told in decimetres, all else in metres."""
    west, south, east, north = bounds
    small = max(east - west, north - south) < _SMALL_M
    return Corner(float(np.floor(west)), float(np.floor(south)), 0.1 if small else 1.0)


def cell_size(geometry: Objects) -> float | None:
    """The side of units that are squares of one size along the grid; None of any others."""
    if not len(geometry) or (shapely.get_type_id(geometry) != shapely.GeometryType.POLYGON).any():
        return None
    if (shapely.get_num_coordinates(geometry) != _RINGED).any():
        return None
    bounds = shapely.bounds(geometry)
    sides = np.column_stack([bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1]])
    side = float(sides[0, 0])
    same = np.allclose(sides, side, rtol=0, atol=1e-6 * side)
    return side if same and np.allclose(shapely.area(geometry), side * side, rtol=1e-6) else None


def simplified(zones: Objects) -> tuple[Objects, float]:
    """Zones of at most `MOST_VERTICES` vertices, where a tolerance of up to some 500 m gives that; borders stay shared.

    Returns
    -------
    zones : object (shapely), shape (n_zones,)
    tolerance : float
        In metres; 0 where nothing had to be simplified.
    """
    tolerance, result = 0.0, zones
    while shapely.get_num_coordinates(result).sum() > MOST_VERTICES and tolerance < 500:
        tolerance = max(FIRST_TOLERANCE_M, 2 * tolerance)
        try:
            result = shapely.coverage_simplify(zones, tolerance)
        except (shapely.errors.GEOSException, shapely.errors.UnsupportedGEOSVersionError):
            result = shapely.simplify(zones, tolerance)
    return result, tolerance


def _are_points(places: Objects) -> bool:
    return bool(len(places) and (shapely.get_type_id(places) == shapely.GeometryType.POINT).all())


def ground(places: Objects, at_most: float = 0.0) -> Any:
    """The ground that units cover together; of points, the squares of `GROUND_M` that they lie in."""
    if _are_points(places):
        corners = np.unique(np.floor(shapely.get_coordinates(places) / GROUND_M), axis=0) * GROUND_M
        places = shapely.box(*corners.T, *(corners + GROUND_M).T)
    whole = shapely.union_all(shapely.make_valid(places))
    return shapely.simplify(whole, at_most) if at_most else whole


MANY = 100
"""Fewer than 20, 20 to 99, 100 and more."""
_HUNDREDTH = 0.01


def residents_class(residents: int | None) -> int:
    """0 below `FEWEST`, 1 below `MANY`, 2 from there; -1 where nobody knows."""
    return -1 if residents is None else int(residents >= FEWEST) + int(residents >= MANY)


def composite_breaks(policy: Policy | None, core: float | None, edge: float | None) -> tuple[float, ...]:
    """Where classes of composite begin, rising: the middle of the scale, the edge threshold, the core threshold.

    The middle is the city's level where gaps are in standard deviations, else half the edge threshold. Without a
    composite there are none.
    """
    if core is None:
        return ()
    edge = core if edge is None else edge
    middle = 0.0 if policy is None or policy.score.method == "gap_sd" else edge / 2
    return tuple(sorted({value for value in (middle, edge, core) if value <= edge - _HUNDREDTH or value >= edge}))


def composite_class(composite: float | None, breaks: tuple[float, ...]) -> int:
    """The number of breaks at or below; -1 where there is no composite."""
    if composite is None or composite != composite or not breaks:
        return -1
    return sum(composite >= value for value in breaks)


def provenance_of(read: PageYear) -> dict[str, Any]:
    """What the summary tells of a designation's making; notes are in the file's language."""
    summary, policy = read.summary, read.summary["policy"]
    settings = summary.get("settings")
    inputs = [*summary["inputs"], *([{**settings, "rows": None}] if settings else [])]
    return {
        "file": read.path.name,
        "policy": str(policy["id"]),
        "policy_file": str(policy.get("file", "")),
        "sha256": str(policy.get("sha256", "")),
        "bases": [f"{base['id']} ({base.get('sha256', '')})" for base in policy.get("extends", [])],
        "version": str(summary["version"]),
        "source": str(summary["source"]),
        "crs": str(summary.get("crs") or read.areas.crs)[:80],
        "inputs": [{"name": i["name"], "sha256": i["sha256"], "rows": i["rows"]} for i in inputs],
        "counts": _counts(read),
        "notes": [str(note) for note in summary["notes"]],
        "vintage": _vintage(read),
        "references": _references(read),
        "lang": read.language,
    }


def _counts(read: PageYear) -> list[dict[str, Any]]:
    criteria = criteria_of(read)
    words = {lang: counted_words({each["key"]: each["label"][lang] for each in criteria}, lang) for lang in LANGUAGES}
    return [
        {"label": {lang: words[lang].get(name, name) for lang in LANGUAGES}, "count": count}
        for name, count in read.summary["counts"].items()
        if count and name != "residents_placed"
    ]


def _vintage(read: PageYear) -> list[dict[str, Any]]:
    """The criteria whose data are of another year than the designation."""
    vintage: Mapping[str, Any] = read.summary["vintage"]
    return [
        {"label": criterion["label"], "year": vintage[criterion["key"]]}
        for criterion in criteria_of(read)
        if vintage.get(criterion["key"]) not in (None, read.year)
    ]


def _references(read: PageYear) -> list[dict[str, Any]]:
    policy = None if read.policy is None else read.policy.policy
    told = []
    for name, reference in (read.summary.get("references") or {}).items():
        known = None if policy is None else policy.references.get(name)
        label = {lang: (text_in(known.label, lang) if known else "") or name for lang in LANGUAGES}
        told.append({"label": label, "value": reference.get("value"), "source": str(reference.get("source") or "")})
    return told


def read_goals(path: Path) -> list[dict[str, Any]]:
    """The goals with both verdicts; labels and reasons in both languages where the file tells the published goals.

    Raises
    ------
    InputError
        If it is no such file.
    """
    remedy = _("Name the goals.json of: udsat goals --out DIR.")
    try:
        content = json.loads(text_of_json(path))
    except OSError as error:
        what = _("cannot be read ({reason})").format(reason=reason_of(error))
        raise InputError(Problem(str(path), what, remedy)) from None
    except (ValueError, RecursionError):
        raise InputError(Problem(path.name, _("is not JSON"), remedy)) from None
    goals = content.get("goals") if isinstance(content, dict) else None
    if not isinstance(goals, list) or not goals or not all(_is_goal(goal) for goal in goals):
        raise InputError(Problem(path.name, _("is no account of the goals"), remedy))
    return [_told(goal, str(content.get("language", "da"))) for goal in goals]


def _is_goal(goal: Any) -> bool:
    return (
        isinstance(goal, dict)
        and {"number", "label", "verdict", "report", "agrees", "indicators"} <= goal.keys()
        and goal["verdict"] in VERDICTS
        and goal["report"] in REPORT
        and isinstance(goal["indicators"], list)
        and all(isinstance(indicator, dict) for indicator in goal["indicators"])
    )


def _told(goal: dict[str, Any], language: str) -> dict[str, Any]:
    same = (known for known in published_goals().goals if known.number == goal["number"])
    published = next((known for known in same if goal["label"] in known.label.values()), None)
    told = {
        "number": goal["number"],
        "ours": {lang: _(VERDICTS[goal["verdict"]], lang) for lang in LANGUAGES},
        "report": {lang: _(REPORT[goal["report"]], lang) for lang in LANGUAGES},
        "agrees": bool(goal["agrees"]),
    }
    # where the file judged by numbers of answers that only it has, its own reasons stand
    if published is not None and not any(indicator.get("answers") for indicator in goal["indicators"]):
        return told | {
            "label": {lang: published.label[lang] for lang in LANGUAGES},
            "reasons": {lang: [f"{i.label[lang]}: {text}" for i, _ignored, text in reasons_of_goal(published, lang)]
                        for lang in LANGUAGES},
            "lang": None,
        }  # fmt: skip
    reasons = [f"{i.get('label')}: {i['reason']}" for i in goal["indicators"] if i.get("reason")]
    return told | {
        "label": {lang: str(goal["label"]) for lang in LANGUAGES},
        "reasons": dict.fromkeys(LANGUAGES, reasons),
        "lang": language,
    }


def criteria_of(read: PageYear) -> list[dict[str, Any]]:
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


def areas_of(read: PageYear, corner: Corner) -> list[dict[str, Any]]:
    """The areas of a designation, in its order, numbered from 1."""
    roles: dict[str, Counter[str]] = {}
    for unit in read.rows["units"]:
        if unit["area_id"] is not None:
            roles.setdefault(str(unit["area_id"]), Counter())[str(unit["role"])] += 1
    keys = [criterion["key"] for criterion in read.summary["criteria"]]
    told = []
    for i, (area, outline) in enumerate(zip(read.rows["areas"], read.areas.outline, strict=True)):
        area_id = str(area["area_id"])
        few = area["residents"] < FEWEST
        told.append(
            {
                "id": area_id,
                "number": i + 1,
                "name": str(area["name"]),
                "district": area["district"] or "",
                "residents": None if few else int(area["residents"]),
                "units": int(area["units"]),
                "ha": _value(area["area_ha"]),
                "composite": None if few else _value(area["composite"]),
                "exceeded": None if few else int(area["criteria_exceeded"]),
                "since": int(area["since"]),
                "until": area.get("until"),
                "event": area.get("event"),
                "rates": [None if few else _value(area.get(f"rate_{key}")) for key in keys],
                "gaps": [None if few else _value(area.get(f"gap_{key}")) for key in keys],
                "reason": None if few else reasons_of(read, area, roles.get(area_id, {})),
                "shape": corner.shape(outline),
                "label": label_of(outline, corner),
            }
        )
    return told


def reasons_of(read: PageYear, area: Mapping[str, Any], roles: Mapping[str, int]) -> dict[str, str]:
    """Why an area is there, in each language: the file's own words, said again from the same figures."""
    least = int(read.summary["rule"]["residents"])
    units = [criterion["unit"] for criterion in read.summary["criteria"]]
    told = {}
    for lang in LANGUAGES:
        pairs = zip(criteria_of(read), units, strict=True)
        criteria = [{**one, "label": one["label"][lang], "unit": unit} for one, unit in pairs]
        told[lang] = area_reason(area, roles, least, criteria, lang)
    return told


def changes_of(read: PageYear, names_before: Mapping[str, str], corner: Corner) -> dict[str, Any] | None:
    """What changed since the previous designation: a row for each area, and the ground that came in or fell out."""
    told = read.summary.get("changes")
    if not told:
        return None
    names = names_of(read)
    names_before = {**names_before, **_names_of_removed(read)}
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
            **_last_of(read, change),
        }
        for change in read.rows["changes"]
    ]
    return {"year": int(told["previous_year"]), "rows": rows, "ground": _ground_of_changes(read, corner)}


def _names_of_removed(read: PageYear) -> dict[str, str]:
    """Names of the areas that are gone, by id; older files do not say them."""
    gone = [change for change in read.rows["changes"] if change["event"] == "removed" and change.get("name")]
    return {str(change["area_id"]): str(change["name"]) for change in gone}


def _last_of(read: PageYear, change: Mapping[str, Any]) -> dict[str, Any]:
    """What a removed area was like last and is now, and what most of it fails; nothing of any other."""
    # older files do not say it; the reason of newer ones tells of single units
    if change["event"] != "removed" or not change.get("reason"):
        return {}
    counts = (change["previous_residents"], change["residents"])
    if any(count is None or count < FEWEST for count in counts):
        return {}
    gone = {unit["unit_id"] for unit in read.rows["changed_units"] if unit["previous_area_id"] == change["area_id"]}
    failed: Counter[str] = Counter()
    for unit in read.rows["units"]:
        if unit["unit_id"] in gone:
            failed[str(unit["decided_by"])] += 1 + (unit["residents"] or 0)
    keys = [criterion["key"] for criterion in read.summary["criteria"]]
    return {
        "since": change["since"],
        "decided": failed.most_common(1)[0][0] if failed else None,
        "then": {
            "residents": int(counts[0]),
            "composite": _value(change["previous_composite"]),
            "rates": [_value(change.get(f"previous_rate_{key}")) for key in keys],
        },
        "composite": _value(change["composite"]),
        "rates": [_value(change.get(f"rate_{key}")) for key in keys],
    }


def _ground_of_changes(read: PageYear, corner: Corner) -> list[dict[str, Any]]:
    """The units that came in, fell out or went to another area, joined by what happened and by area."""
    groups: dict[tuple[str, str | None, str | None], list[int]] = {}
    for i, unit in enumerate(read.rows["changed_units"]):
        groups.setdefault((unit["event"], unit["previous_area_id"], unit["area_id"]), []).append(i)
    changes = read.rows["changes"]
    whole: dict[str, Any] = {str(c["area_id"]): o for c, o in zip(changes, read.places("changes"), strict=True)}
    removed = {str(change["area_id"]) for change in changes if change["event"] == "removed"}
    places = read.places("changed_units")
    told = []
    for (event, before, now), units in sorted(groups.items(), key=lambda item: [part or "" for part in item[0]]):
        # an area that is gone is drawn as it was
        gone = event == "removed" and before in removed
        outline = whole[str(before)] if gone else _joined(places[units])
        told.append({"event": event, "before": before, "now": now, "shape": corner.shape(outline)})
    return [each for each in told if each["shape"]]


def earlier_of(read: PageYear) -> AreaSet | None:
    """The areas of the previous designation, with the residents of now, put together from units changed and kept."""
    told = read.summary.get("changes")
    if not told:
        return None
    units, changed = read.rows["units"], read.rows["changed_units"]
    before: dict[str, str | None] = {str(unit["unit_id"]): unit["area_id"] for unit in units}
    # those that are gone stand among the changed ones alone
    gone = [i for i, unit in enumerate(changed) if str(unit["unit_id"]) not in before]
    before |= {str(unit["unit_id"]): unit["previous_area_id"] for unit in changed}
    places = np.append(read.areas.members.places(), read.places("changed_units")[gone])
    area_id = np.array([*sorted({area for area in before.values() if area is not None}), None], dtype=object)[:-1]
    number = {area: i for i, area in enumerate(area_id.tolist())}
    area_of_unit = np.array([-1 if area is None else number[area] for area in before.values()], dtype=np.int64)
    residents = np.append(read.areas.members.residents, np.zeros(len(gone), dtype=np.int64))
    there = ~shapely.is_missing(places)
    outline = _drawn_then(read, places, area_of_unit, residents, there)
    for change, drawn in zip(read.rows["changes"], read.places("changes"), strict=True):
        # an area that is gone is kept as it was written
        if change["event"] == "removed" and change["area_id"] in number:
            outline[number[change["area_id"]]] = drawn
    members = Members(np.array(list(before), dtype=object), residents, area_of_unit, places)
    year = int(told["previous_year"])
    since = np.full(len(area_id), year, dtype=np.int64)
    return AreaSet(area_id, area_id, outline, read.areas.crs, year, since, members=members)


def _drawn_then(read: PageYear, places: Objects, area_of_unit: Ints, residents: Ints, there: Flags) -> Objects:
    """Outlines of areas from their units, by the policy's own drawing: as they were written, but for barriers."""
    rule = None if read.policy is None else read.policy.policy.areas
    size = cell_size(places[there])
    numbers = range(int(area_of_unit.max(initial=-1)) + 1)
    if rule is None or rule.outline != "smooth" or size is None or size % 1:
        return as_objects(_joined(places[(area_of_unit == i) & there]) for i in numbers)
    east, north = np.floor(shapely.get_coordinates(shapely.centroid(places[there])) / size).astype(np.int64).T
    of, people = area_of_unit[there], residents[there]
    inside, avoided = of >= 0, (of < 0) & (people > 0)
    outline = smooth_outlines(
        north[inside], east[inside], of[inside], north[avoided], east[avoided], int(size)
    )  # fmt: skip
    lived_in = shapely.STRtree(shapely.centroid(places[there][people > 0]))
    return as_objects(_without_holes(each, 1e4 * rule.holes, lived_in) for each in outline)


def _without_holes(outline: Any, largest: float, lived_in: Any) -> Any:
    """An outline whose holes of at most so many square metres, in which nobody lives, belong to it."""
    parts = []
    for part in shapely.get_parts(outline):
        holes = [shapely.Polygon(ring) for ring in part.interiors]
        kept = [hole for hole in holes if hole.area > largest or len(lived_in.query(hole, predicate="contains"))]
        parts.append(shapely.Polygon(part.exterior, [hole.exterior for hole in kept]))
    return shapely.multipolygons(parts)


def earlier_areas(earlier: AreaSet, names: Mapping[str, str], corner: Corner) -> list[dict[str, Any]]:
    """Areas of which the page knows the ground alone; `residents` are those of the later year."""
    residents, ids = earlier.residents, earlier.area_id.tolist()
    order = np.lexsort((np.arange(len(ids)), -residents)).tolist()
    return [
        {
            "id": ids[i],
            "number": place + 1,
            "name": names.get(ids[i], ids[i]),
            "residents": None if residents[i] < FEWEST else int(residents[i]),
            "shape": corner.shape(earlier.outline[i]),
            "label": label_of(earlier.outline[i], corner),
        }
        for place, i in enumerate(order)
    ]


def _joined(places: Objects) -> Any:
    """The ground of units; around points, discs that touch where addresses are near each other."""
    if _are_points(places):
        places = shapely.buffer(places, GROUND_M / 2, quad_segs=3)
    return shapely.union_all(places)


def label_of(outline: Any, corner: Corner) -> list[int] | None:
    """A place for a label well inside the largest part of an outline, and how far it is from the border there."""
    if outline is None or outline.is_empty:
        return None
    largest = max(shapely.get_parts(outline), key=shapely.area)
    circle = shapely.maximum_inscribed_circle(largest, tolerance=max(1.0, float(largest.length) / 500))
    inside: list[int] = corner.steps(shapely.get_coordinates(circle)[:1])[0].tolist()
    return [*inside, int(shapely.length(circle) / corner.step)]


def names_of(read: PageYear) -> dict[str, str]:
    """The areas' names by their ids."""
    return {str(area["area_id"]): str(area["name"]) for area in read.rows["areas"]}


def status_of(read: PageYear) -> list[dict[str, Any]]:
    """The areas together against the rest of the city, criterion by criterion; rounded where an area has few."""
    names, few = ("areas", "rest_of_city", "gap", "city"), has_area_of_few(read)
    shares = {criterion["key"]: bool(criterion["share"]) for criterion in read.summary["criteria"]}

    def told(key: str, value: Any) -> Any:
        found = _value(value)
        if found is None or not few:
            return found
        return round(found, 2) if shares.get(key, True) else float(f"{found:.2g}")

    return [
        {"criterion": row["criterion"], **{name: told(row["criterion"], row[name]) for name in names}}
        for row in read.rows["status"]
    ]


def has_area_of_few(read: PageYear) -> bool:
    """Whether an area has so few residents that their number is not told: no total may tell it either."""
    return any(0 < area["residents"] < FEWEST for area in read.rows["areas"])


def _totals(read: PageYear) -> dict[str, Any]:
    """Residents in areas, by either scale: in tens where a total less the areas that are told would tell of few."""
    summary, scales = read.summary, read.summary.get("scales")
    if not has_area_of_few(read):
        return {"residents_in_areas": summary["residents_in_areas"], "scales": scales}
    by = ("by_year", "by_yardstick")
    rounded = {
        name: scales[name] | {"residents_in_areas": in_tens(scales[name]["residents_in_areas"])}
        for name in by
        if scales
    }
    return {
        "residents_in_areas": in_tens(summary["residents_in_areas"]),
        "scales": None if scales is None else scales | rounded,
    }


def bounds_of(found: Sequence[PageYear], places: Objects) -> Floats:
    """What the map shows at first: all units and areas; west, south, east, north."""
    bounds = shapely.total_bounds(np.concatenate([places, *(read.areas.outline for read in found)]))
    return np.array([0.0, 0.0, 1.0, 1.0]) if np.isnan(bounds).any() else bounds


def _value(value: Any) -> float | None:
    """A number in full, so that it is rounded once, where it is shown; None where it is missing."""
    return None if value is None or value != value else float(value)


WITHHELD = "withheld"
"""In the place of the rule that decided, where too few live in a unit."""


@dataclass(frozen=True)
class Places:
    """Where units lie, those of all years together.

    Attributes
    ----------
    kind : {"cells", "points", "zones"}
    size : float
        Of cells, in metres.
    geometry : object (shapely), shape (n_places,)
    of_unit : tuple of int64 arrays
        By year: the place of each unit.
    tolerance : float
        By how much zones were simplified, in metres.
    """

    kind: str
    size: float
    geometry: Objects
    of_unit: tuple[Ints, ...]
    tolerance: float = 0.0


def places_of(found: Sequence[PageYear]) -> Places:
    """The places of the units of all years; those of one shape are one."""
    geometry = np.concatenate([read.areas.members.places() for read in found])
    unique, where = np.unique(np.array(shapely.to_wkb(geometry), dtype=object), return_inverse=True)
    places = shapely.from_wkb(unique)
    ends = np.cumsum([len(read.rows["units"]) for read in found])[:-1]
    of_unit = tuple(np.split(where.astype(np.int64), ends))
    size = cell_size(places)
    if size is not None:
        return Places("cells", size, places, of_unit)
    if _are_points(places):
        return Places("points", 0.0, places, of_unit)
    smaller, tolerance = simplified(places)
    return Places("zones", 0.0, smaller, of_unit, tolerance)


def drawn_places(places: Places, corner: Corner) -> dict[str, Any]:
    """The places as data of the page: centres of cells and points, or shapes."""
    data: dict[str, Any] = {"kind": places.kind, "size": places.size}
    if places.kind == "zones":
        return data | {"shapes": [corner.shape(place) for place in places.geometry]}
    at = corner.steps(shapely.get_coordinates(shapely.centroid(places.geometry)))
    return data | {"x": at[:, 0].tolist(), "y": at[:, 1].tolist()}


def unit_classes(read: PageYear, places: Ints, n_places: int) -> dict[str, Any]:
    """What the page tells of the units of one year.

    Returns
    -------
    dict
        ``kinds``: each distinct row of class of composite, role, rule that decided, class of residents, number of the
        area and of the decision (-1 is none); ``of``: the kind of each place, -1 where there is no unit; ``names``:
        of each place, only where the units have names.
    """
    breaks = breaks_of(read)
    number_of_area = {str(area): i for i, area in enumerate(read.areas.area_id.tolist())}
    decisions = {text: i for i, text in enumerate(decision_texts(read, read.language))}
    kinds: dict[tuple[Any, ...], int] = {}
    of = np.full(n_places, -1, dtype=np.int64)
    for unit, place in zip(read.rows["units"], places.tolist(), strict=True):
        area = number_of_area.get(str(unit["area_id"]), -1)
        people = residents_class(unit["residents"])
        told = people > 0 or area >= 0
        kind = (
            composite_class(unit["composite"], breaks) if told else -1,
            str(unit["role"]),
            str(unit["decided_by"]) if told else WITHHELD,
            people,
            area,
            decisions.get(str(unit["reason"]), -1) if told else -1,
        )
        of[place] = kinds.setdefault(kind, len(kinds))
    data: dict[str, Any] = {"kinds": [list(kind) for kind in kinds], "of": of.tolist()}
    if read.rows["units"] and "name" in read.rows["units"][0]:
        names = np.full(n_places, None, dtype=object)
        names[places] = [unit["name"] for unit in read.rows["units"]]
        data["names"] = names.tolist()
    return data


def breaks_of(read: PageYear) -> tuple[float, ...]:
    """Where the classes of composite of a designation begin."""
    rule = read.summary["rule"]
    return composite_breaks(None if read.policy is None else read.policy.policy, rule["core"], rule["edge"])


def decision_texts(read: PageYear, language: str) -> list[str]:
    """What each decision says, in their order; the reasons given are in whatever language they were written in."""
    return [
        in_language(DECIDED, language)[override["action"]].format(
            by=override["decided_by"], date=override["date"], reason=override["reason"]
        )
        for override in read.summary["overrides"]
    ]


MOST_CORNERS_OF_BASE = 30_000
"""Of the ground, in all: about 300 KB of the page; own choice."""


def base_of(read: PageYear, corner: Corner) -> dict[str, Any]:
    """The ground of a designation's file: ``areas`` and ``lines``, each with kind, name and shape, in drawing order.

    Both are empty where the file has none; only as exact as the page can be small.
    """
    layers = (("areas", "ground"), ("lines", "ground_lines"))
    return base_told(
        [(part, read.places(layer), read.rows[layer]) for part, layer in layers if layer in read.rows], corner
    )


def base_told(found: Sequence[tuple[str, Objects, Rows]], corner: Corner) -> dict[str, Any]:
    """Ground as `base_of` has it: of ``areas`` and ``lines`` their geometries, and rows with ``kind`` and ``name``."""
    told: dict[str, Any] = {"areas": [], "lines": []}
    drawn: list[Objects] = []
    for tolerance in _GROUND_TOLERANCES_M:
        drawn = [shapely.simplify(geometry, tolerance) if tolerance else geometry for _part, geometry, _rows in found]
        if sum(int(shapely.get_num_coordinates(each).sum()) for each in drawn) <= MOST_CORNERS_OF_BASE:
            break
    for (part, _geometry, rows), geometry in zip(found, drawn, strict=True):
        for row, shape in zip(rows, geometry, strict=True):
            one = {"kind": row["kind"], "name": row["name"]}
            if part == "lines":
                told[part].append(one | {"shape": [corner.line(line) for line in shapely.get_parts(shape)]})
            else:
                label = {"label": label_of(shape, corner)} if row["kind"] == DISTRICT and row["name"] else {}
                told[part].append(one | {"shape": corner.shape(shape)} | label)
    return told


EXPLAINED = {
    "areas": ("residents", "units", "area_ha", "composite", "criteria_exceeded", "since"),
    "status": ("areas", "rest_of_city", "gap", "city"),
}
"""The columns whose headings say on pointing what they mean."""
MOST_CORNERS_OF_GROUND = 20_000
_GROUND_TOLERANCES_M = (0.0, 10.0, 50.0, 200.0, 1000.0)


def payload_of(
    found: Sequence[PageYear], with_units: bool, language: str, goals: list[dict[str, Any]] | None
) -> dict[str, Any]:
    """The data of the page; the same designations give the same.

    Parameters
    ----------
    found : sequence of PageYear
        By rising year.
    with_units : bool
        Whether the units come with it.
    language : {"da", "en"}
        In which the page opens.
    goals : list of dict or None
        As of `read_goals`.
    """
    places = places_of(found)
    bounds = bounds_of(found, places.geometry)
    corner = corner_of(bounds)
    return {
        "version": __version__,
        "language": language,
        "texts": {lang: texts(lang) for lang in LANGUAGES},
        "help": {lang: _help(lang) for lang in LANGUAGES},
        "reasons": {lang: dict(zip(REASON_KEYS, in_language(REASON_TEXTS, lang), strict=True)) for lang in LANGUAGES},
        "step": corner.step,
        "corner": [corner.east, corner.north],
        "fewest": FEWEST,
        "bounds": corner.steps(bounds.reshape(2, 2)).ravel().tolist(),
        "ground": places.kind,
        "land": _land(places, corner),
        "base": base_of(found[-1], corner),
        "places": drawn_places(places, corner) if with_units else {"kind": "none", "size": 0},
        "tolerance": places.tolerance if with_units else 0,
        "years": _years(found, places, corner, with_units),
        "policies": _policies(found),
        "goals": goals,
    }


def _help(language: str) -> dict[str, str]:
    """What headings mean, as the data dictionary of the designation's files has it."""
    described = {name: describe_column(layer, name, language) for layer, names in EXPLAINED.items() for name in names}
    return {name: found.text for name, found in described.items() if found is not None}


def _land(places: Places, corner: Corner) -> Any:
    """The ground of all units, simplified until it is small."""
    for tolerance in _GROUND_TOLERANCES_M:
        shape = corner.shape(ground(places.geometry, tolerance))
        if sum(len(ring) // 2 for polygon in shape for ring in polygon) <= MOST_CORNERS_OF_GROUND:
            break
    return shape


def _years(found: Sequence[PageYear], places: Places, corner: Corner, with_units: bool) -> list[dict[str, Any]]:
    names: dict[str, str] = {}
    told: list[dict[str, Any]] = []
    # an earlier area that the files do not name is called as it is now
    known = {
        area: name for read in reversed(found) for area, name in (_names_of_removed(read) | names_of(read)).items()
    }
    earlier = earlier_of(found[0])
    if earlier is not None:
        areas = earlier_areas(earlier, known, corner)
        told.append({"year": earlier.year, "later": found[0].year, "criteria": [], "areas": areas, "changes": None})
    for read, of_unit in zip(found, places.of_unit, strict=True):
        n_places = len(places.geometry)
        units = {"units": unit_classes(read, of_unit, n_places)} if with_units else {}
        sure = sure_of(read, of_unit if with_units else None, n_places)
        told.append(_year(read, names or known, corner) | {"sure": sure} | units)
        names = names_of(read)
    return told


def _year(read: PageYear, names_before: dict[str, str], corner: Corner) -> dict[str, Any]:
    summary = read.summary
    return {
        "year": read.year,
        "later": None,
        "lang": read.language,
        "criteria": criteria_of(read),
        "breaks": list(breaks_of(read)),
        "edge": summary["rule"]["edge"],
        "core": summary["rule"]["core"],
        "decisions": {lang: decision_texts(read, lang) for lang in LANGUAGES},
        "areas": areas_of(read, corner),
        "changes": changes_of(read, names_before, corner),
        "status": status_of(read),
        "residents": summary["residents"],
        **_totals(read),
        "provenance": provenance_of(read),
    }


def _policies(found: Sequence[PageYear]) -> list[dict[str, Any]]:
    """The policies, each once, with the years it was used for."""
    told: dict[tuple[str, str], dict[str, Any]] = {}
    for read in found:
        key = (str(read.summary["policy"].get("sha256")), str(read.summary["policy"]["id"]))
        if key not in told:
            blocks = {
                lang: [*policy_in_words(read.policy.policy, read.summary, lang), what_if(read.summary, lang)]
                if read.policy is not None
                else rule_in_outline(read.summary, lang)
                for lang in LANGUAGES
            }
            told[key] = {"id": key[1], "years": [], "blocks": blocks}
        told[key]["years"].append(read.year)
    return list(told.values())
