"""The page of a public set: its areas on a map, and every number as the range of what it may stand for.

It is made of the published files alone, so it can tell nothing that they do not.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import shapely

from udsat_geo.designation.columns import events_in_words
from udsat_geo.messages.errors import InputError, Problem, reason_of
from udsat_geo.messages.limits import text_of_json
from udsat_geo.messages.translate import _
from udsat_geo.messages.words import decimal, published
from udsat_geo.monitoring.status_tables import SYNTHETIC
from udsat_geo.release.words import released

_WIDTH = 900
"""Of the map, in pixels of the page."""
_STYLE = """
body { font-family: sans-serif; margin: 2em auto; max-width: 75em; padding: 0 1em; color: #1a1a1a; background: #fff }
svg { width: 100%; height: auto; max-height: 40em; background: #f2f2f0 }
.table { overflow-x: auto }
table { border-collapse: collapse; margin: 1em 0 } caption { text-align: left; font-weight: bold; padding: .3em 0 }
th, td { text-align: right; padding: .25em .7em; border-bottom: 1px solid #ccc; vertical-align: top }
th:first-child, td:first-child { text-align: left } td { white-space: nowrap }
.why { border-left: 4px solid #b35806; padding: .2em 1em; background: #fdf6ee }
"""
Content = Mapping[str, Any]
Cells = Sequence[str]


def public_content(file: Path) -> dict[str, Any] | None:
    """The JSON of a public set, that lies beside its GeoPackage or is named itself; None where it is none."""
    try:
        content = json.loads(text_of_json(file.with_suffix(".json")))
    except (OSError, ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) and content.get("audience") == "public" else None


def make_public_page(file: Path, content: Content) -> str:
    """The page, in the language of the set.

    Parameters
    ----------
    file : Path
        The GeoPackage; the outlines are read from it.
    content : mapping
        From `public_content`.

    Raises
    ------
    InputError
        If the outlines cannot be read, or the JSON is not whole.
    """
    import pyogrio
    from pyogrio.errors import DataLayerError, DataSourceError

    package = file.with_suffix(".gpkg")
    try:
        _meta, _fids, geometry, fields = pyogrio.raw.read(package, layer="public_areas", columns=["area_id"])
        areas = {name: shapely.from_wkb(wkb) for name, wkb in zip(fields[0].tolist(), geometry, strict=True)}
        return _page(content, areas)
    except (DataLayerError, DataSourceError, OSError) as error:
        reason = reason_of(error) if isinstance(error, OSError) else str(error).split("\n")[0]
        what = _("cannot be read ({reason})").format(reason=reason)
        raise InputError(Problem(str(package), what, _("Make the set again with udsat release."))) from None
    except (KeyError, TypeError, AttributeError):
        what, remedy = _("is no public set of ours"), _("Make the set again with udsat release.")
        raise InputError(Problem(str(file.with_suffix(".json")), what, remedy)) from None


def _page(content: Content, outlines: Mapping[str, Any]) -> str:
    language = content["language"]
    title = _("Designated areas {year}, rounded", language).format(year=content["year"])
    why = _(
        "Every number of people is shown as the range of what it may stand for, so that nobody can be recognised: also "
        "by whoever compares it with other numbers that were published.",
        language,
    )
    empty = _("Where nothing stands, too few people live to tell it.", language)
    said = [f"<p>{html.escape(_(SYNTHETIC, language))}</p>"] if content["source"] == "synthetic" else []
    parts = [
        f"<h1>{html.escape(title)}</h1>", *said,
        f'<p class="why">{html.escape(" ".join([why, released(content), empty]))}</p>',
        _map(outlines, content), _areas(content), _status(content), _changes(content), _certainty(content),
        f"<p>{html.escape(published(content['publisher'], language))}</p>" if content.get("publisher") else "",
    ]  # fmt: skip
    head = (
        f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{html.escape(title)}</title>'
    )
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head>{head}<style>{_STYLE}</style></head>\n'
        f"<body>{''.join(part for part in parts if part)}</body></html>\n"
    )


def people(value: int | None, content: Content) -> str:
    """The range that a number of people may stand for; nothing where it is withheld, 0 where there are none."""
    if value is None or value == 0:
        return "" if value is None else "0"
    release, language = content["release"], content["language"]
    if release["most_noise"]:
        low, high = max(value - release["most_noise"], 1), value + release["most_noise"]
    else:
        low = value - release["round_to"] // 2
        high = low + release["round_to"] - 1
    return f"{decimal(low, 0, language)}–{decimal(high, 0, language)}"


def rate(value: float | None, criterion: Content, step: float | None, language: str) -> str:
    """The range that a rate may stand for: half a step to each side, of means half a unit of their second digit."""
    if value is None:
        return ""
    if criterion["share"] and step is not None:
        low, high = (decimal(100 * (value + side * step / 2), 1, language) for side in (-1, 1))
        return f"{low}–{high} %"
    unit = 10.0 ** (int(f"{value:.1e}".partition("e")[2]) - 1)
    digits = 1 if unit <= 1 else 0
    low, high = (decimal(value + side * unit / 2, digits, language) for side in (-1, 1))
    return f"{low}–{high} {criterion['unit']}".strip()


def _table(caption: str, heads: Cells, rows: Iterable[Cells]) -> str:
    """A table; nothing where it has no rows."""
    lines = ["".join(f"<td>{html.escape(cell)}</td>" for cell in row) for row in rows]
    if not lines:
        return ""
    head = "".join(f'<th scope="col">{html.escape(cell)}</th>' for cell in heads)
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    caption = html.escape(caption)
    return f'<div class="table"><table><caption>{caption}</caption><tr>{head}</tr>{body}</table></div>'


def _areas(content: Content) -> str:
    language, criteria = content["language"], content["criteria"]
    heads = [_("Area", language), _("District", language), _("Residents", language), *(c["label"] for c in criteria)]
    rows = [
        (
            f"{row['area_id']} {row['name']}", row["district"] or "", people(row["residents"], content),
            *(rate(row[f"rate_{c['key']}"], c, row["rate_step"], language) for c in criteria),
        )
        for row in content["areas"]
    ]  # fmt: skip
    return _table(_("The areas", language), heads, rows)


def _status(content: Content) -> str:
    language = content["language"]
    of_key = {criterion["key"]: criterion for criterion in content["criteria"]}
    heads = [
        _("Criterion", language), _("The areas", language), _("Rest of the city", language), _("Whole city", language),
    ]  # fmt: skip
    rows = [
        (
            of_key[row["criterion"]]["label"],
            *(
                rate(row[place], of_key[row["criterion"]], row["rate_step"], language)
                for place in ("areas", "rest_of_city", "city")
            ),
        )
        for row in content["status"]
    ]
    return _table(_("The areas against the rest of the city", language), heads, rows)


def _changes(content: Content) -> str:
    language = content["language"]
    heads = [
        _("Area", language),
        _("Event", language),
        _("Residents added", language),
        _("Residents removed", language),
    ]
    rows = [
        (
            f"{row['area_id']} {row['name'] or ''}".strip(), events_in_words(row["event"], language),
            people(row["residents_added"], content), people(row["residents_removed"], content),
        )
        for row in content.get("changes", ())
    ]  # fmt: skip
    return _table(_("Changes", language), heads, rows)


def _certainty(content: Content) -> str:
    if "certainty" not in content:
        return ""
    language, sure = content["language"], content["certainty"]
    told = _(
        "How sure it is: in at least 95 % of {draws} draws {sure} residents are in an area; {grey} of those in areas "
        "could have gone either way, and {outside} outside them.",
        language,
    )
    nothing = _("a number that is withheld", language)
    shown = {
        name: people(sure[key], content) or nothing
        for name, key in (("sure", "residents_sure"), ("grey", "residents_grey"), ("outside", "residents_grey_outside"))
    }
    return f"<p>{html.escape(told.format(draws=decimal(sure['draws'], 0, language), **shown))}</p>"


def _map(outlines: Mapping[str, Any], content: Content) -> str:
    """The outlines as they are published, drawn with their ids."""
    there = {name: outline for name, outline in outlines.items() if outline is not None and not outline.is_empty}
    if not there:
        return ""
    west, south, east, north = shapely.total_bounds(list(there.values())).tolist()
    margin = 0.04 * max(east - west, north - south)
    west, north, scale = west - margin, north + margin, _WIDTH / (east - west + 2 * margin)
    height = (north - south + margin) * scale
    drawn = []
    for name, outline in sorted(there.items()):
        rings = [
            "M" + "L".join(f"{(x - west) * scale:.1f} {(north - y) * scale:.1f}" for x, y in ring.coords) + "Z"
            for part in shapely.get_parts(outline)
            for ring in (part.exterior, *part.interiors)
        ]
        inside = outline.representative_point()
        x, y = (inside.x - west) * scale, (north - inside.y) * scale
        label = html.escape(name)
        drawn.append(
            f'<path d="{"".join(rings)}" fill="#e08214" fill-opacity=".55" fill-rule="evenodd" stroke="#1a1a1a"/>'
            f'<text x="{x:.0f}" y="{y:.0f}" font-size="13" text-anchor="middle">{label}</text>'
        )
    title = html.escape(_("Map of the areas", content["language"]))
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height:.0f}" role="img" aria-label="{title}"><title>{title}</title>'
        f"{''.join(drawn)}</svg>"
    )
