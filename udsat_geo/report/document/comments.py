"""What the office writes itself: one Markdown file for each section, read by markdown-it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from udsat_geo.messages.errors import InputError, Problem, reason_of
from udsat_geo.messages.limits import bytes_of_text
from udsat_geo.messages.translate import _
from udsat_geo.policy.faults import nearest
from udsat_geo.report.document.content import printable_text

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_DEEPEST = 6
"""Of headings."""


def read_comments(folder: Path, names: Sequence[str]) -> dict[str, str]:
    """The comments of a folder: the name of a section -> Markdown.

    Parameters
    ----------
    folder : Path
        Of ``NAME.md``; files whose names begin with a point are left alone.
    names : sequence of str
        All that there are.

    Raises
    ------
    InputError
        Naming every file that belongs to no section or cannot be read.
    """
    try:
        files = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        what = _("cannot be read: {reason}").format(reason=reason_of(error))
        raise InputError(Problem(str(folder), what, _("Name a folder of Markdown files."))) from None
    problems, found = [], {}
    for path in files:
        if path.suffix.lower() != ".md" or path.stem not in names:
            hint = _("Call it as introduction.md, goal-1.md or goal-1-case.md.")
            remedy = nearest(path.name, [f"{name}.md" for name in names], hint)
            problems.append(Problem(str(path), _("is called like no section of the document"), remedy))
            continue
        try:
            found[path.stem] = printable_text(bytes_of_text(path).decode("utf-8-sig"))
        except UnicodeDecodeError:
            problems.append(Problem(str(path), _("is no UTF-8"), _("Save it as UTF-8.")))
        except OSError as error:
            problems.append(Problem(str(path), _("cannot be read: {reason}").format(reason=reason_of(error))))
    if problems:
        raise InputError(problems)
    return found


def _reader() -> MarkdownIt:
    """CommonMark with tables. HTML within it is text, and a picture its alternative text: neither fetches anything."""
    from markdown_it import MarkdownIt
    from markdown_it.common.utils import escapeHtml

    def image(_self: Any, tokens: Sequence[Token], number: int, _options: Any, _rest: Any) -> str:
        return escapeHtml(f"[{tokens[number].content}]")

    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    reader.add_render_rule("image", image)
    return reader


def tokens_of(markdown: str, level: int) -> list[Token]:
    """Markdown in its parts, its headings below one of a level."""
    tokens = _reader().parse(markdown)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(level + int(token.tag[1:]), _DEEPEST)}"
    return tokens


def as_html(markdown: str, level: int) -> str:
    """Markdown as HTML."""
    reader = _reader()
    return str(reader.renderer.render(tokens_of(markdown, level), reader.options, {}))
