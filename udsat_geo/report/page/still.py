"""The page for whoever reads it without JavaScript: a map that does not move, the areas, the answer, the policy.

All of it stands where the scripts put their own, and gives way to that.
"""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np
import shapely

from udsat_geo.kernels.arrays import as_objects
from udsat_geo.messages.translate import N_, Np_, _, in_language
from udsat_geo.messages.words import decimal
from udsat_geo.report.few import FEWEST
from udsat_geo.report.map_page import Place, place_labels
from udsat_geo.report.page.read import PageYear

_PAPER_CM = 16.0
_LABEL_CM = (0.28, 0.36)
"""Width of a letter and height of a label, on a map of that width."""
_LETTER_CM = 0.42
HEADS = {
    "number": N_("No."),
    "name": N_("Area"),
    "residents": N_("Residents"),
    "composite": Np_("texts", "Composite"),
    "since": Np_("texts", "Since"),
}
MOVES = {"added": N_("Came in"), "removed": N_("Went out")}


def still_map(payload: dict[str, Any], read: PageYear, language: str) -> str:
    """The areas of the last year on their ground, numbered as in the table, as an SVG element.

    Parameters
    ----------
    payload : dict
        Of the page.
    read : PageYear
        Its last designation.
    language : {"da", "en"}
    """
    step, (east, north) = payload["step"], payload["corner"]
    x0, y0, x1, y1 = payload["bounds"]
    margin = 0.03 * max(x1 - x0, y1 - y0, 1)
    x0, y0, x1, y1 = x0 - margin, y0 - margin, x1 + margin, y1 + margin
    scale = (x1 - x0) / _PAPER_CM
    grounds = [
        f'<path class="still-{one["kind"]}" d="{_path(one["shape"])}"/>' for one in payload["base"]["areas"]
    ] or [f'<path class="still-land" d="{_path(payload["land"])}"/>']  # fmt: skip
    lines = [
        f'<path class="still-{one["kind"]}" d="{"".join(map(_way, one["shape"]))}"/>'
        for one in payload["base"]["lines"]
    ]
    areas = payload["years"][-1]["areas"]
    shapes = [
        f'<path class="still-area" d="{_path(area["shape"])}"><title>{escape(area["name"])}</title></path>'
        for area in areas
    ]  # fmt: skip

    def on_paper(points: Any) -> Any:
        return ((points - (east, north)) / step - (x0, y0)) / scale

    outlines = as_objects(shapely.transform(outline, on_paper) for outline in read.areas.outline)
    sizes = np.array([(_LABEL_CM[0] * len(str(area["number"])) + 0.1, _LABEL_CM[1]) for area in areas]).reshape(-1, 2)
    places = place_labels(outlines, sizes, (0, 0, _PAPER_CM, (y1 - y0) / scale))
    labels, letter = [], _LETTER_CM * scale
    for area, place in zip(areas, places, strict=True):
        (x, y), (to_x, to_y) = ((x0 + at_x * scale, -(y0 + at_y * scale)) for at_x, at_y in _ends(place))
        if place.leads:
            ends = f'x1="{to_x:.0f}" y1="{to_y:.0f}" x2="{x:.0f}" y2="{y:.0f}"'
            labels.append(f'<line class="still-line" {ends}/>')
        at = f'x="{x:.0f}" y="{y + 0.35 * letter:.0f}" font-size="{letter:.0f}"'
        labels.append(f'<text class="still-text" {at}>{area["number"]}</text>')
    told = _("The areas of {year}", language).format(year=read.year)
    view = f"{x0:.0f} {-y1:.0f} {x1 - x0:.0f} {y1 - y0:.0f}"
    return (
        f'<svg class="still" xmlns="http://www.w3.org/2000/svg" viewBox="{view}" role="img" '
        f'aria-label="{escape(told)}">'
        f'<g transform="scale(1 -1)">{"".join([*grounds, *lines, *shapes])}</g>{"".join(labels)}</svg>'
    )


def _ends(place: Place) -> tuple[tuple[float, float], tuple[float, float]]:
    return (place.x, place.y), (place.anchor_x, place.anchor_y)


def _path(shape: list[list[list[int]]]) -> str:
    return "".join(_way(ring) + "z" for polygon in shape for ring in polygon)


def _way(steps: list[int]) -> str:
    """Rings and lines are told as steps, as paths of SVG can be."""
    first, rest = steps[:2], steps[2:]
    return f"M{first[0]} {first[1]}l" + " ".join(map(str, rest)) if rest else ""


def still_of(payload: dict[str, Any], read: PageYear, language: str) -> dict[str, Any]:
    """What the template shows until the scripts do: ``map``, ``answer``, ``moved``, ``heads``, ``rows``, ``blocks``."""
    year = payload["years"][-1]
    answer = [] if payload["milestone"] is None else [each["told"][language] for each in payload["milestone"]["by"]]
    moved = year["moved"] or {"added": [], "removed": []}
    rows = [
        (
            area["number"],
            f"{area['name']} ({area['id']})",
            decimal(area["residents"], 0, language)
            if area["residents"] is not None
            else _("fewer than {n}", language).format(n=FEWEST),
            "–" if area["composite"] is None else decimal(area["composite"], 2, language),
            area["since"],
        )
        for area in year["areas"]
    ]
    return {
        "map": still_map(payload, read, language),
        "year": read.year,
        "answer": answer,
        "moved": [(_(head, language), [(one["name"], one["id"], one["text"][language]) for one in moved[kind]])
                  for kind, head in MOVES.items() if moved[kind]],
        "heads": [in_language(HEADS, language)[name] for name in HEADS],
        "rows": rows,
        "blocks": [block for policy in payload["policies"] for block in policy["blocks"][language]],
    }  # fmt: skip
