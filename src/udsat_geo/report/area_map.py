"""Figur 1 of the status report: a map of the areas, each with its number, and a list beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from udsat_geo.designation import Designation
from udsat_geo.report.backdrop import Backdrop, backdrop_of, fill
from udsat_geo.report.canvas import INK, ORANGE, drawn
from udsat_geo.report.map_page import Key, Listed, MapPage
from udsat_geo.report.origin import Origin, origin_of
from udsat_geo.report.wording import AREAS
from udsat_geo.wording import decimal

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class AreasOnMap:
    """Areas to be drawn on a map.

    Attributes
    ----------
    year : int
    until : int
        When they are due to be drawn anew; `year` where nothing is known of it.
    name : tuple of str, n_areas
    residents : int64, shape (n_areas,)
    residents_of_city : int
    outline : object (shapely), shape (n_areas,)
        None of them empty, in the reference system of the backdrop.
    backdrop : Backdrop
    origin : Origin
    language : {"da", "en"}
    """

    year: int
    until: int
    name: tuple[str, ...]
    residents: NDArray[np.int64]
    residents_of_city: int
    outline: NDArray[np.object_]
    backdrop: Backdrop
    origin: Origin
    language: str = "da"


def areas_on_map(designation: Designation, language: str | None = None) -> AreasOnMap:
    """The areas of a designation, numbered as they are there: those with most residents first.

    Parameters
    ----------
    designation : Designation
    language : {"da", "en"}, optional
        Another than the designation's own.
    """
    return AreasOnMap(
        designation.year,
        designation.year + designation.policy.policy.cadence,
        tuple(str(name) for name in designation.name),
        designation.areas.residents,
        designation.status.residents,
        designation.outline,
        backdrop_of(designation.units, designation.surroundings),
        origin_of(designation, language),
        language or designation.language,
    )


@drawn
def draw_area_map(areas: AreasOnMap) -> Figure:
    """Draw a map of areas, numbered, with a list of their names and residents beside it.

    Parameters
    ----------
    areas : AreasOnMap

    Raises
    ------
    InputError
        Without matplotlib.
    """
    words, language = AREAS[areas.language], areas.language
    title = words["title" if areas.until > areas.year else "title_year"].format(first=areas.year, last=areas.until)
    n_areas, total = len(areas.name), int(areas.residents.sum())
    labels = [str(i + 1) for i in range(n_areas)]
    counts = [decimal(int(residents), 0, language) for residents in areas.residents]
    share = 100 * total / areas.residents_of_city if areas.residents_of_city else float("nan")
    told = {"count": n_areas, "residents": decimal(total, 0, language), "share": decimal(share, 1, language)}
    listed = Listed(
        words["head_one" if n_areas == 1 else "head"].format(**told),
        words["residents"],
        tuple(zip(labels, areas.name, counts, strict=True)),
        words["share"].format(**told),
    )
    style = {"facecolor": ORANGE, "edgecolor": INK, "linewidth": 0.7}
    key = Key(words["key"].format(year=areas.year), style)
    page = MapPage(title, areas.outline, areas.backdrop, areas.origin, language, (listed,), (key,))
    for outline in areas.outline:
        fill(page.axes, outline, zorder=7, **style)
    page.name_districts(page.label(labels, areas.outline), areas.outline)
    page.sheet.figure.set_label(words["alt"].format(**told, year=areas.year, names=", ".join(areas.name)))
    return page.sheet.figure
