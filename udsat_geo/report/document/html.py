"""A document as one HTML file: semantic, without a script, and with nothing fetched from elsewhere."""

from __future__ import annotations

import base64
from html import escape
from importlib import resources

from udsat_geo.messages.tables import Table
from udsat_geo.messages.translate import _
from udsat_geo.report.document.comments import as_html
from udsat_geo.report.document.content import Document, Part, Picture, cell_text, printable_text
from udsat_geo.units.sums import INTERNAL


def html_of(document: Document) -> str:
    """A document as the text of an HTML file."""
    parts, open_levels = [], 0
    for number, (section, numbered) in enumerate(document.numbered(), start=1):
        if section.level == 1:
            parts.append("</section>" * bool(open_levels) + "<section>")
            open_levels = 1
        tag = f"h{section.level + 1}"
        parts.append(f'<{tag} id="s{number}">{_text(section.title)}</{tag}>')
        parts += [_part(part, f"{kind} {count}: ") for kind, count, part in numbered]
    front = "".join(f'<p class="internal">{_text(line)}</p>' for line in document.front)
    head = f"<h1>{_text(document.title)}</h1><p>{_text(document.subtitle)}</p>{front}"
    body = (
        f"<header>{head}</header>{_contents(document)}<main>{''.join(parts)}{'</section>' * bool(open_levels)}</main>"
    )
    return (
        f'<!DOCTYPE html>\n<html lang="{document.language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; style-src '
        f'\'unsafe-inline\'">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="audience" content="{INTERNAL}">\n<title>{_text(document.title)}</title>\n'
        f"<style>{_style()}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _style() -> str:
    return resources.files("udsat_geo.report.document").joinpath("document.css").read_text(encoding="utf-8")


def _text(text: str) -> str:
    return escape(printable_text(text))


def _contents(document: Document) -> str:
    """Chapters, and within them their sections."""
    lines = [
        f'<li class="level{section.level}"><a href="#s{number}">{_text(section.title)}</a></li>'
        for number, section in enumerate(document.sections, start=1)
        if section.level <= 2
    ]
    told = _text(_("Contents", document.language))
    return f'<nav aria-label="{told}"><h2>{told}</h2><ul>{"".join(lines)}</ul></nav>'


def _part(part: Part, numbered: str) -> str:
    if isinstance(part, str):
        return f"<p>{_text(part)}</p>"
    if isinstance(part, tuple):
        return f"<ul>{''.join(f'<li>{_text(line)}</li>' for line in part)}</ul>"
    if isinstance(part, Table):
        return _table(part, numbered)
    if isinstance(part, Picture):
        data = base64.b64encode(part.png).decode("ascii")
        caption = _text(numbered + part.caption)
        image = f'<img src="data:image/png;base64,{data}" alt="{_text(part.alt)}" width="{part.width_cm * 38:.0f}">'
        return f"<figure>{image}<figcaption>{caption}</figcaption></figure>"
    if not part.markdown:
        return f'<div class="slot empty"><p>{_text(part.placeholder)}</p></div>'
    # the document's own title is the only first heading there
    return f'<div class="slot">{as_html(part.markdown, part.level + 1)}</div>'


def _table(table: Table, numbered: str) -> str:
    sides = ["" if column in table.left else ' class="number"' for column in range(len(table.heads))]
    heads = "".join(
        f'<th scope="col"{side}>{_text(head)}</th>' if head else "<td></td>"
        for head, side in zip(table.heads, sides, strict=True)
    )
    rows = []
    for number, row in enumerate(table.rows):
        first, *rest = (escape(cell_text(cell)) for cell in row)
        cells = "".join(f"<td{side}>{cell}</td>" for cell, side in zip(rest, sides[1:], strict=True))
        strong = ' class="strong"' if number in table.strong else ""
        rows.append(f'<tr{strong}><th scope="row"{sides[0]}>{first}</th>{cells}</tr>')
    notes = "".join(f"<p><small>{_text(note)}</small></p>" for note in table.notes)
    label = _text(numbered + table.title)
    return (
        f'<div class="table" role="region" tabindex="0" aria-label="{label}"><table><caption>{label}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>{notes}"
    )
