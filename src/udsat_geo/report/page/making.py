"""One HTML file of everything."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from udsat_geo.io.together import write_texts
from udsat_geo.report.page.figures import figures_of
from udsat_geo.report.page.map_plot import library, map_item, require_bokeh
from udsat_geo.report.page.payload import payload_of
from udsat_geo.report.page.reading import Read
from udsat_geo.report.page.wording import TEXTS

POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)
"""What a browser lets the page do: nothing from anywhere else, and no text is ever run as a program."""
SCRIPTS = ("words.js", "map.js", "layers.js", "tables.js", "card.js", "sections.js", "background.js", "page.js")
_ESCAPED: dict[str, str | int | None] = {
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
}


def make_page(
    found: Sequence[Read],
    language: str = "da",
    with_units: bool = True,
    goals: list[dict[str, Any]] | None = None,
) -> str:
    """The page; the same designations give the same text.

    Parameters
    ----------
    found : sequence of Read
        By rising year, at least one.
    language : {"da", "en"}
        In which it opens.
    with_units : bool
    goals : list of dict, optional
        As of `read_goals`.

    Raises
    ------
    InputError
        Without Bokeh or matplotlib.
    """
    require_bokeh()
    from jinja2 import Environment
    from markupsafe import Markup

    payload = payload_of(found, with_units, language, goals)
    figures = [figure | {"svg": {lang: Markup(svg) for lang, svg in figure["svg"].items()}}
               for figure in figures_of(found)]  # fmt: skip
    years = [read.year for read in found]
    template = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(_own("page.html"))
    # Markup is what autoescape leaves alone: our own files, the library, figures drawn here, and escaped JSON
    return template.render(
        csp=POLICY,
        language=language,
        texts=TEXTS[language],
        title=TEXTS[language]["title"].format(years=_span(years)),
        synthetic=any(read.summary["source"] == "synthetic" for read in found),
        figures=figures,
        style=Markup(_own("page.css")),
        script=Markup("\n".join(_own(name) for name in SCRIPTS)),
        library=Markup(library().replace("</script", "<\\/script")),
        data=Markup(as_script_data(payload)),
        plot=Markup(as_script_data(map_item(payload["places"]["kind"], payload["places"]["size"]))),
    )


def as_script_data(content: Any) -> str:
    """JSON that may stand inside a script element of any page: nothing in it ends the element or a line of it."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.translate(str.maketrans(_ESCAPED))


def write_page(page: str, path: Path) -> None:
    """Write the page, whole or not at all.

    Raises
    ------
    OutputError
        If it cannot be written; what was there stays.
    """
    write_texts(path.parent, {path.name: page})


def _own(name: str) -> str:
    """A file of this folder."""
    return files("udsat_geo.report.page").joinpath(name).read_text(encoding="utf-8")


def _span(years: Sequence[int]) -> str:
    return str(years[0]) if len(years) == 1 else f"{years[0]}\u2013{years[-1]}"
