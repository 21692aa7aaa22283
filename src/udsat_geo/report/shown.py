"""All figures of some designations at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from udsat_geo.report.area_map import AreasOnMap, draw_area_map
from udsat_geo.report.change_map import ChangesOnMap, draw_change_map
from udsat_geo.report.criteria_bars import Compared, draw_criteria_bars
from udsat_geo.report.flow_chart import FlowChart, draw_flow_chart
from udsat_geo.report.gap_lines import GapLines, draw_gap_lines

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Shown:
    """What the figures show.

    Attributes
    ----------
    areas : tuple of AreasOnMap
        One map a year.
    statuses : tuple of Compared
        The first areas, and those drawn anew, in the last year.
    changes : tuple of ChangesOnMap
        From each designation to the next.
    gaps : GapLines or None
    flows : FlowChart or None
    notes : tuple of str
        What is to be said beside the figures.
    """

    areas: tuple[AreasOnMap, ...]
    statuses: tuple[Compared, ...]
    changes: tuple[ChangesOnMap, ...] = ()
    gaps: GapLines | None = None
    flows: FlowChart | None = None
    notes: tuple[str, ...] = ()


def draw_all(shown: Shown) -> dict[str, Figure]:
    """Draw every figure.

    Returns
    -------
    dict
        Name of the file, without an ending -> figure, in the order of the report: ``areas_2017`` (its Figur 1),
        ``status_2021_areas_2017`` (Figur 2), ``changes_2017_2021`` (Figur 3), ``status_2021_areas_2021`` (Figur 4),
        ``gaps_2017_2021``, ``lineage_2017_2021``.

    Raises
    ------
    InputError
        Without matplotlib.
    """
    figures = {f"areas_{areas.year}": draw_area_map(areas) for areas in shown.areas}
    for status in shown.statuses:
        figures[f"status_{status.year}_areas_{status.designated}"] = draw_criteria_bars(status)
    for changes in shown.changes:
        figures[f"changes_{changes.before}_{changes.year}"] = draw_change_map(changes)
    if shown.gaps is not None:
        figures[f"gaps_{shown.gaps.years[0]}_{shown.gaps.years[-1]}"] = draw_gap_lines(shown.gaps)
    if shown.flows is not None:
        years = shown.flows.flows.years
        figures[f"lineage_{years[0]}_{years[-1]}"] = draw_flow_chart(shown.flows)
    return figures
