"""A picture of a designation.

python scripts/picture.py data/out/designation_2025.gpkg docs/pictures/designation_2025.png
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import geopandas as gpd
import matplotlib.pyplot as plt
from matplotlib.colors import BoundaryNorm
from matplotlib.lines import Line2D
from matplotlib.patches import Patch


def draw(path: Path, out: Path) -> None:
    """Draw units by composite, the areas' outlines, and what was added and removed."""
    units, areas = gpd.read_file(path, layer="units"), gpd.read_file(path, layer="areas")
    changes = gpd.read_file(path, layer="changes")
    summary = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    figure, axes = plt.subplots(figsize=(9, 9.4))
    norm = BoundaryNorm([-1.5, -1, -0.5, 0, 0.5, 1, 1.5], 256, extend="both")
    units.plot(
        "composite", ax=axes, cmap="cividis", norm=norm, legend=True, missing_kwds={"color": "#eeeeee"},
        legend_kwds={"shrink": 0.45, "label": "composite: how far from the city, in standard deviations"},
    )  # fmt: skip
    areas.boundary.plot(ax=axes, color="#d7191c", linewidth=1.3)
    for event, style in (
        ("added", {"hatch": "////", "edgecolor": "#d7191c"}),
        ("removed", {"hatch": "xxxx", "edgecolor": "black"}),
    ):
        chosen = changes[changes["event"] == event]
        if len(chosen):
            chosen.plot(ax=axes, facecolor="none", linewidth=1.3, **style)
    for _, area in areas.iterrows():
        at = area.geometry.representative_point()
        box = {"boxstyle": "round,pad=0.15", "facecolor": "white", "alpha": 0.8, "linewidth": 0}
        number = str(area["number"])
        axes.annotate(number, (at.x, at.y), ha="center", va="center", fontsize=7, weight="bold", bbox=box)
    west, south, _, _ = units.total_bounds
    axes.plot([west, west + 2000], [south, south], color="black", linewidth=3)
    axes.text(west + 1000, south + 150, "2 km", ha="center")
    axes.legend(
        handles=[
            Line2D([], [], color="#d7191c", label=f"areas of {summary['year']}"),
            Patch(facecolor="none", edgecolor="#d7191c", hatch="////", label="added since the one before"),
            Patch(facecolor="none", edgecolor="black", hatch="xxxx", label="removed"),
        ],
        loc="upper left",
        bbox_to_anchor=(0.72, 0.12),
        frameon=False,
    )
    source = "synthetic Copenhagen (no real people)" if summary["source"] == "synthetic" else summary["source"]
    axes.set_title(f"{summary['policy']['id']}, {summary['year']}: {len(areas)} areas, "
                   f"{summary['share_of_residents']:.1%} of the residents")  # fmt: skip
    axes.text(
        0.0, -0.01, f"Source: {source}. Cells of 100 m, EPSG:25832.", transform=axes.transAxes, fontsize=8, va="top"
    )
    axes.set_axis_off()
    figure.savefig(out, dpi=110, bbox_inches="tight", metadata={"Software": ""})


def main() -> int:
    """Draw, where the designation is."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("designation", type=Path, help="a GeoPackage that designate wrote")
    parser.add_argument("picture", type=Path, help="the PNG to write")
    options = parser.parse_args()
    if not options.designation.is_file():
        print(f"no designation at {options.designation}: make one with designate --year 2025", file=sys.stderr)
        return 1
    draw(options.designation, options.picture)
    return 0


if __name__ == "__main__":
    sys.exit(main())
