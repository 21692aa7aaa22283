"""Figures for a status report, drawn with matplotlib, which is an extra of the package: ``udsat_geo[figures]``.

Each figure has a data class that says all it shows, something that fills it from the package's own data, and a function
that draws it:

======================  =====================  ======================
data                    filled by              drawn by
======================  =====================  ======================
`AreasOnMap`            `areas_on_map`         `draw_area_map`
`ChangesOnMap`          `changes_on_map`       `draw_change_map`
`Compared`              `compared`             `draw_criteria_bars`
`GapLines`              `gap_lines`            `draw_gap_lines`
`FlowChart`             `flow_chart`           `draw_flow_chart`
======================  =====================  ======================

`udsat_geo.figures_job.gather` fills them all from registers, `draw_all` draws them and `write_figures` writes them. The
text of a figure in other words, for those who cannot see it, is its label (`Figure.get_label`).
"""

from udsat_geo.report.area_map import AreasOnMap, areas_on_map, draw_area_map
from udsat_geo.report.change_map import ChangesOnMap, Piece, changes_on_map, draw_change_map
from udsat_geo.report.criteria_bars import Compared, compared, draw_criteria_bars
from udsat_geo.report.flow_chart import FlowChart, draw_flow_chart, flow_chart
from udsat_geo.report.gap_lines import Beside, GapLines, draw_gap_lines, gap_lines
from udsat_geo.report.origin import Origin, origin_of
from udsat_geo.report.published_report import published_beside, published_comparison, published_gaps, published_series
from udsat_geo.report.shown import Shown, draw_all
from udsat_geo.report.write import FORMATS, check_formats, write_figures

__all__ = [
    "FORMATS",
    "AreasOnMap",
    "Beside",
    "ChangesOnMap",
    "Compared",
    "FlowChart",
    "GapLines",
    "Origin",
    "Piece",
    "Shown",
    "areas_on_map",
    "changes_on_map",
    "check_formats",
    "compared",
    "draw_all",
    "draw_area_map",
    "draw_change_map",
    "draw_criteria_bars",
    "draw_flow_chart",
    "draw_gap_lines",
    "flow_chart",
    "gap_lines",
    "origin_of",
    "published_beside",
    "published_comparison",
    "published_gaps",
    "published_series",
    "write_figures",
]
