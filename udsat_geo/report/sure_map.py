"""A map in three colours: what is in whatever happens, what could go either way, and what is out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from udsat_geo.analysis.space_words import labels_of
from udsat_geo.designation.designation import Designation
from udsat_geo.kernels.arrays import Ints, total
from udsat_geo.messages.translate import _
from udsat_geo.report.canvas import INK, ORANGE, SKY, drawn
from udsat_geo.report.few import tens_in_words
from udsat_geo.report.how_sure import CLASSES, EITHER, SURE, TITLES, HowSure
from udsat_geo.report.map_page import Key, Listed, MapPage, Mapped, fill, ground_of_units
from udsat_geo.report.maps import numbers, of_map

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SURE_STYLE = {"facecolor": ORANGE, "edgecolor": "none", "linewidth": 0.0}
EITHER_STYLE = {"facecolor": SKY, "edgecolor": INK, "linewidth": 0.0, "hatch": "//////"}
OUTLINE_STYLE = {"facecolor": "none", "edgecolor": INK, "linewidth": 0.9}


@dataclass(frozen=True, kw_only=True)
class SureOnMap(Mapped):
    """How sure areas are, to be drawn on a map.

    Attributes
    ----------
    about : str
        As of `udsat_geo.report.how_sure.HowSure`.
    sure, either : shapely geometry
        The ground of both kinds.
    name : tuple of str, n_areas
    residents_either : int64, shape (n_areas,)
        Residents of each area who live where it could go either way.
    sentences : tuple of str
    """

    about: str
    sure: Any
    either: Any
    name: tuple[str, ...]
    residents_either: Ints
    sentences: tuple[str, ...]


def sure_on_map(designation: Designation, how: HowSure) -> SureOnMap:
    """How sure the areas of a designation are, on its units."""
    classes, units, areas = how.classes, designation.units, designation.areas
    grounds = [shapely.union_all(ground_of_units(units, np.flatnonzero(classes == each))) for each in (SURE, EITHER)]
    either = np.where(classes == EITHER, areas.area_of_unit, -1)
    return SureOnMap(
        **of_map(designation),
        about=how.about,
        sure=grounds[0],
        either=grounds[1],
        name=tuple(str(name) for name in designation.name),
        residents_either=total(either, units.residents, len(areas)),
        sentences=how.sentences(labels_of(designation.policy.policy, designation.language), designation.language),
    )


@drawn
def draw_sure_map(shown: SureOnMap) -> Figure:
    """Draw the map, its three colours, the areas with who of them could go either way, and the three sentences."""
    language = shown.language
    labels = numbers(len(shown.name))
    counts = [tens_in_words(int(residents), language) for residents in shown.residents_either]
    listed = Listed(
        _("Areas", language), _("either way", language), tuple(zip(labels, shown.name, counts, strict=True))
    )
    keys = (
        Key(_(CLASSES[SURE], language), {**SURE_STYLE, "edgecolor": INK, "linewidth": 0.4}),
        Key(_(CLASSES[EITHER], language), {**EITHER_STYLE, "linewidth": 0.4}),
        Key(_("area, designated {year}", language).format(year=shown.year), OUTLINE_STYLE),
    )
    title = f"{_(TITLES[shown.about], language)}, {shown.year}"
    page = MapPage(shown, title, shown.outline, (listed,), keys, shown.sentences, _("out: other units", language))
    fill(page.axes, shown.either, zorder=6.5, **EITHER_STYLE)
    fill(page.axes, shown.sure, zorder=6.6, **SURE_STYLE)
    for outline in shown.outline:
        fill(page.axes, outline, zorder=7, **OUTLINE_STYLE)
    coloured = np.append(shown.outline, shapely.get_parts(shown.either))
    page.name_districts(page.label(labels, shown.outline), coloured)
    alt = _("Map in three colours: sure, could go either way, out. {sentences}", language)
    page.sheet.figure.set_label(alt.format(sentences=" ".join(shown.sentences)))
    return page.sheet.figure
