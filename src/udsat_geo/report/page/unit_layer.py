"""The units on the page: where they lie, once for all years, and year by year what may be told of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from udsat_geo.report.page.geometry import Corner, cell_size, simplified
from udsat_geo.report.page.privacy import composite_breaks, composite_class, residents_class
from udsat_geo.report.page.reading import Read
from udsat_geo.wording import DECIDED

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
    geometry: NDArray[np.object_]
    of_unit: tuple[NDArray[np.int64], ...]
    tolerance: float = 0.0


def places_of(found: Sequence[Read]) -> Places:
    """The places of the units of all years; those of one shape are one."""
    import shapely

    everywhere = [read.designated.geometry for read in found]
    geometry = np.concatenate([place for place in everywhere if place is not None])
    unique, where = np.unique(np.array(shapely.to_wkb(geometry), dtype=object), return_inverse=True)
    places = shapely.from_wkb(unique)
    ends = np.cumsum([len(read.units) for read in found])[:-1]
    of_unit = tuple(np.split(where.astype(np.int64), ends))
    size = cell_size(places)
    if size is not None:
        return Places("cells", size, places, of_unit)
    if len(places) and (shapely.get_type_id(places) == shapely.GeometryType.POINT).all():
        return Places("points", 0.0, places, of_unit)
    smaller, tolerance = simplified(places)
    return Places("zones", 0.0, smaller, of_unit, tolerance)


def drawn_places(places: Places, corner: Corner) -> dict[str, Any]:
    """The places as data of the page: centres of cells and points, or shapes."""
    import shapely

    data: dict[str, Any] = {"kind": places.kind, "size": places.size}
    if places.kind == "zones":
        return data | {"shapes": [corner.shape(place) for place in places.geometry]}
    xy = shapely.get_coordinates(shapely.centroid(places.geometry))
    at = np.round((xy - (corner.east, corner.north)) / corner.step).astype(np.int64)
    return data | {"x": at[:, 0].tolist(), "y": at[:, 1].tolist()}


def unit_classes(read: Read, places: NDArray[np.int64], n_places: int) -> dict[str, Any]:
    """What the page tells of the units of one year.

    Returns
    -------
    dict
        ``kinds``: each distinct row of class of composite, role, rule that decided, class of residents, number of the
        area and of the decision (-1 is none); ``of``: the kind of each place, -1 where there is no unit; ``names``:
        of each place, only where the units have names.
    """
    breaks = breaks_of(read)
    number_of_area = {str(area): i for i, area in enumerate(read.designated.area_id)}
    decisions = {text: i for i, text in enumerate(decision_texts(read, read.language))}
    kinds: dict[tuple[Any, ...], int] = {}
    of = np.full(n_places, -1, dtype=np.int64)
    for unit, place in zip(read.units, places.tolist(), strict=True):
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
    if read.units and "name" in read.units[0]:
        names: list[str | None] = [None] * n_places
        for unit, place in zip(read.units, places.tolist(), strict=True):
            names[place] = unit["name"]
        data["names"] = names
    return data


def breaks_of(read: Read) -> tuple[float, ...]:
    """Where the classes of composite of a designation begin."""
    rule = read.summary["rule"]
    return composite_breaks(None if read.policy is None else read.policy.policy, rule["core"], rule["edge"])


def decision_texts(read: Read, language: str) -> list[str]:
    """What each decision says, in their order; the reasons given are in whatever language they were written in."""
    return [
        DECIDED[language][override["action"]].format(
            by=override["decided_by"], date=override["date"], reason=override["reason"]
        )
        for override in read.summary["overrides"]
    ]
