"""A document as a Word file, in the styles of the office's own template where there is one."""

from __future__ import annotations

import copy
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from udsat_geo.messages.errors import InputError, Problem, check_installed, reason_of
from udsat_geo.messages.limits import check_file, limits
from udsat_geo.messages.tables import Table
from udsat_geo.messages.translate import _
from udsat_geo.report.document.comments import tokens_of
from udsat_geo.report.document.content import Document, Picture, Section, Slot, cell_text, printable_text
from udsat_geo.units.sums import INTERNAL

if TYPE_CHECKING:
    from markdown_it.token import Token

_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.{}.main+xml"
_TYPES = "[Content_Types].xml"
_LANGUAGES = {"da": "da-DK", "en": "en-GB"}
_A4_CM, _MARGIN_CM = (21.0, 29.7), 2.0
_TALLEST_CM = 19.0
"""Of a picture, so that its caption and a heading stand on the same page."""
_CM_PER_CHARACTER, _LEAST_CM, _SMALL_PT = 0.21, 1.3, 8.5
"""Of a table's text, by which its columns are as wide as what they hold."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""Of every part of the file, so that the same document is the same bytes."""
_OF_STYLES = (
    "styles", "stylesWithEffects", "numbering", "settings", "fontTable", "theme", "webSettings", "header", "footer",
    "footnotes", "endnotes",
)  # fmt: skip
"""Parts of a template that its looks are made of; pictures and remarks of its text stay behind."""
_TRIAL = Document("-", "-", (), (Section("-", 1, ("-", ("-",), Table("-", ("-",), (("-",),)))),), "en")
"""What a template must be able to set."""
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def require_docx() -> None:
    """Check that python-docx is there; it is an extra of the package.

    Raises
    ------
    InputError
        Saying how to install it.
    """
    check_installed(_("a Word document"), "docx", "docx")


def read_template(path: Path) -> bytes:
    """A template (.docx, or .dotx) as a Word document without macros.

    Raises
    ------
    InputError
        If it is none, is damaged, or holds macros.
    """
    check_file(path, str(path))
    remedy = _("Name a Word document or template without macros, as office.docx.")
    what = _("is no Word document, or a damaged one")
    try:
        with zipfile.ZipFile(path) as zipped:
            if sum(part.file_size for part in zipped.infolist()) > limits().json_bytes:
                raise InputError(Problem(str(path), _("is larger than any template"), remedy))
            parts = {part.filename: zipped.read(part) for part in zipped.infolist()}
        types = parts[_TYPES].decode("utf-8")
        if "macroEnabled" in types or any(name.endswith("vbaProject.bin") for name in parts):
            raise InputError(Problem(str(path), _("holds macros"), remedy))
        parts[_TYPES] = types.replace(_MAIN.format("template"), _MAIN.format("document")).encode("utf-8")
        content = _zipped(parts)
        word_of(_TRIAL, content)
    except OSError as error:
        what = _("cannot be read: {reason}").format(reason=reason_of(error))
        raise InputError(Problem(str(path), what, remedy)) from None
    except _of_damage():
        raise InputError(Problem(str(path), what, remedy)) from None
    return content


def _of_damage() -> tuple[type[Exception], ...]:
    """What the libraries raise on parts that are damaged, missing, or of something else."""
    from docx.exceptions import PythonDocxError
    from docx.opc.exceptions import OpcError
    from lxml.etree import LxmlError

    python = (AttributeError, EOFError, LookupError, RuntimeError, SyntaxError, TypeError, ValueError)
    return (*python, zipfile.BadZipFile, zlib.error, PythonDocxError, OpcError, LxmlError)


def _zipped(parts: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in parts.items():
            zipped.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return written.getvalue()


def _opened(template: bytes | None) -> Any:
    import docx

    return docx.Document(None if template is None else io.BytesIO(template))


def word_of(document: Document, template: bytes | None = None) -> bytes:
    """A document as the bytes of a Word file.

    Parameters
    ----------
    document : Document
    template : bytes, optional
        Its styles, page and headers are used, and nothing of its text.
    """
    writer = _Writer(document, template)
    writer.write()
    return writer.as_bytes()


class _Writer:
    """A document on its way into a Word file."""

    def __init__(self, document: Document, template: bytes | None):
        self.document, self.language = document, document.language
        self.word = _opened(template)
        self.without_bullets = False
        body = self.word.element.body
        for element in body.xpath("./*[not(self::w:sectPr)]"):
            body.remove(element)
        if template is None:
            _own_look(self.word)
        page = self.word.sections[0]
        self.width_cm = (page.page_width - page.left_margin - page.right_margin) / 360_000
        self._tell_of_itself(template is None)

    def _tell_of_itself(self, with_footer: bool) -> None:
        """Title, language and audience; nothing of the template's own story, and nothing that is fetched on opening."""
        for name in ("author", "comments", "keywords", "last_modified_by", "subject", "category", "version"):
            setattr(self.word.core_properties, name, "")
        for told in self.word.core_properties._element.xpath("./dcterms:created | ./dcterms:modified | ./cp:revision"):
            told.getparent().remove(told)
        self.word.core_properties.title = printable_text(self.document.title)[:255]
        self.word.core_properties.language = _LANGUAGES[self.language]
        self.word.core_properties.category = INTERNAL
        settings = self.word.settings.element
        for told in settings.xpath("./w:attachedTemplate | ./w:updateFields"):
            settings.remove(told)
        related = self.word.part.rels
        for number, relation in list(related.items()):
            kind = relation.reltype.rpartition("/")[2]
            if kind not in _OF_STYLES:
                del related[number]
            elif kind == "settings":
                relation.target_part.rels.clear()
        self._style("Normal").element.get_or_add_rPr()
        for element in self.word.styles.element.xpath("./w:docDefaults//w:rPr | ./w:style[@w:styleId='Normal']/w:rPr"):
            for told in element.xpath("./w:lang"):
                element.remove(told)
            element.append(_element("w:lang", val=_LANGUAGES[self.language]))
        if with_footer:
            footer = self.word.sections[0].footer.paragraphs[0]
            footer.add_run(_("Internal", self.language) + " · ")
            footer._p.append(_field("PAGE", "1"))

    def _style(self, name: str) -> Any:
        """A style by its name; one that the template is without comes as the library has it."""
        from docx.shared import Cm, Pt

        styles = self.word.styles
        try:
            return styles[name]
        except KeyError:
            if name.startswith("toc "):
                made = styles.add_style(name, 1, builtin=True)
                made.base_style, made.paragraph_format.space_after = self._style("Normal"), Pt(2)
                made.paragraph_format.left_indent = Cm(0.6 * int(name[-1]) - 0.6)
                return made
            # its numbering is not the template's
            self.without_bullets |= name == "List Bullet"
            missing = copy.deepcopy(_opened(None).styles[name].element)
            for told in missing.xpath("./w:link | ./w:numPr"):
                missing.remove(told)
            styles.element.append(missing)
            return styles[name]

    def write(self) -> None:
        """Front, contents and all sections."""
        self._add(self.document.title, "Title")
        self._add(self.document.subtitle, "Subtitle")
        for line in self.document.front:
            self._add(line).runs[0].bold = True
        self._contents()
        for number, (section, parts) in enumerate(self.document.numbered()):
            heading = self._add(section.title, f"Heading {section.level}")
            heading.paragraph_format.page_break_before = number == 0
            heading._p.insert(1, _element("w:bookmarkStart", id=str(number), name=f"_Toc{number}"))
            heading._p.append(_element("w:bookmarkEnd", id=str(number)))
            for (kind, count, part), follows in zip(parts, [*section.parts, None][1:], strict=True):
                if isinstance(part, Table):
                    self._caption(kind, count, part.title).paragraph_format.keep_with_next = True
                    self._table(part)
                elif isinstance(part, Picture):
                    self._picture(part)
                    self._caption(kind, count, part.caption)
                elif isinstance(part, Slot):
                    self._slot(part)
                elif isinstance(part, str):
                    # what leads to a list, a table or a picture stands on its page
                    leads = isinstance(follows, tuple | Table | Picture)
                    self._add(part).paragraph_format.keep_with_next = leads or None
                else:
                    for line in part:
                        self._add(line, "List Bullet")

    def _add(self, text: str, style: str = "Normal") -> Any:
        of_style = self._style(style)
        mark = "• " if self.without_bullets and style == "List Bullet" else ""
        return self.word.add_paragraph(mark + printable_text(text), of_style)

    def _contents(self) -> None:
        """Chapters and sections as links, in a field that Word renews; what page each is on only Word would know."""
        self._add(_("Contents", self.language), "Subtitle")
        listed = [(n, section) for n, section in enumerate(self.document.sections) if section.level <= 2]
        for number, section in listed:
            line = self._add("", f"toc {section.level}")
            if number == listed[0][0]:
                told = _element("w:instrText")
                told.text, told.attrib[_SPACE] = r' TOC \o "1-2" \n \h ', "preserve"
                begin, separate = (_element("w:fldChar", fldCharType=kind) for kind in ("begin", "separate"))
                line._p.extend([_run("", begin), _run("", told), _run("", separate)])
            link = _element("w:hyperlink", anchor=f"_Toc{number}", history="1")
            link.append(_run(printable_text(section.title)))
            line._p.append(link)
            if number == listed[-1][0]:
                line._p.append(_run("", _element("w:fldChar", fldCharType="end")))

    def _caption(self, kind: str, number: int, text: str) -> Any:
        caption = self._add(f"{kind} ", "Caption")
        caption._p.append(_field(rf"SEQ {kind.replace(' ', '_')} \* ARABIC", str(number)))
        caption._p.append(_run(f": {printable_text(text)}"))
        return caption

    def _picture(self, picture: Picture) -> None:
        from docx.shared import Cm

        width = min(picture.width_cm, self.width_cm, _TALLEST_CM * picture.width_cm / picture.height_cm)
        paragraph = self._add("")
        paragraph.paragraph_format.keep_with_next = True
        paragraph.add_run().add_picture(io.BytesIO(picture.png), width=Cm(width))
        for side in "TBLR":
            paragraph._p.xpath(".//wp:inline")[0].set(f"dist{side}", "0")
        drawn = paragraph._p.xpath(".//wp:docPr")[0]
        drawn.set("descr", printable_text(picture.alt))
        drawn.set("title", printable_text(picture.caption))

    def _table(self, table: Table) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.shared import Cm, Pt

        made = self.word.add_table(0, len(table.heads), self._style("Table Grid"))
        made.autofit = False
        if table.title:
            made._tbl.tblPr.append(_element("w:tblCaption", val=printable_text(table.title)))
        widths_cm, smaller = _widths(table, self.width_cm)
        widths, size = [Cm(width) for width in widths_cm], smaller * _SMALL_PT
        for number, texts in enumerate((table.heads, *table.rows), start=-1):
            row = made.add_row()
            properties = row._tr.get_or_add_trPr()
            properties.append(_element("w:cantSplit"))
            if number < 0:
                properties.append(_element("w:tblHeader"))
            for column, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
                cell.width = widths[column]
                paragraph = cell.paragraphs[0]
                run = paragraph.add_run(cell_text(text))
                run.font.size, run.bold = Pt(size), (number < 0 or number in table.strong) or None
                paragraph.paragraph_format.space_after = paragraph.paragraph_format.space_before = Pt(1)
                paragraph.paragraph_format.line_spacing = Pt(1.2 * size)
                paragraph.paragraph_format.keep_with_next = number < 1 or number in table.strong or None
                if column not in table.left:
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
                if number < 0:
                    cell._tc.get_or_add_tcPr().append(_element("w:shd", val="clear", color="auto", fill="EEF1F4"))
        for width, column in zip(widths, made.columns, strict=True):
            column.width = width
        for note in table.notes or ("",):
            told = self._add(note).paragraph_format
            # without a note, a little room
            told.space_before, told.line_spacing = Pt(3), None if note else Pt(3)

    def _slot(self, slot: Slot) -> None:
        if not slot.markdown:
            self._add(slot.placeholder).runs[0].italic = True
            return
        self._tokens(tokens_of(slot.markdown, slot.level))

    def _tokens(self, tokens: Sequence[Token]) -> None:
        """Markdown as paragraphs of our styles."""
        from docx.shared import Cm

        style = "Normal"
        lists: list[int] = []
        rows: list[list[str]] = []
        for token in tokens:
            if token.type == "heading_open":
                style = f"Heading {token.tag[1:]}"
            elif token.type in ("bullet_list_open", "ordered_list_open"):
                lists.append(int(token.attrGet("start") or 1) if token.type.startswith("ordered") else 0)
            elif token.type in ("bullet_list_close", "ordered_list_close"):
                lists.pop()
            elif token.type == "tr_open":
                rows.append([])
            elif token.type == "inline" and rows:
                rows[-1].append("".join(text for text, _kind in _runs(token)))
            elif token.type == "table_close":
                self._table(Table("", tuple(rows[0]), tuple(map(tuple, rows[1:])), frozenset(range(len(rows[0])))))
                rows = []
            elif token.type in ("fence", "code_block"):
                self._add(token.content.rstrip("\n"))
            elif token.type == "inline":
                bullet = bool(lists) and lists[-1] == 0
                paragraph = self._add("", "List Bullet" if bullet else style)
                if lists and not bullet:
                    paragraph.add_run(f"{lists[-1]}. ")
                    lists[-1] += 1
                if len(lists) > bullet:
                    paragraph.paragraph_format.left_indent = Cm(0.63 * len(lists))
                for text, kind in _runs(token):
                    run = paragraph.add_run(printable_text(text))
                    run.bold, run.italic = ("strong" in kind) or None, ("em" in kind) or None
                style = "Normal"

    def as_bytes(self) -> bytes:
        """The file, the same for the same document."""
        written = io.BytesIO()
        self.word.save(written)
        with zipfile.ZipFile(written) as zipped:
            return _zipped({part.filename: zipped.read(part) for part in zipped.infolist()})


def _element(tag: str, /, **attributes: str) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    element = OxmlElement(tag)
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
    return element


def _run(text: str, *within: Any) -> Any:
    run = _element("w:r")
    run.extend(within)
    if text:
        told = _element("w:t")
        told.text, told.attrib[_SPACE] = text, "preserve"
        run.append(told)
    return run


def _field(instruction: str, shown: str) -> Any:
    """A field that is renewed, and what it shows until then."""
    field = _element("w:fldSimple", instr=f" {instruction} ")
    field.append(_run(shown))
    return field


def _runs(inline: Token) -> Iterator[tuple[str, frozenset[str]]]:
    """The texts of a line of Markdown, and whether each is strong or stressed; a link has its address behind it."""
    kind: frozenset[str] = frozenset()
    links: list[str] = []
    for token in inline.children or ():
        what, _between, end = token.type.rpartition("_")
        if what in ("strong", "em"):
            kind = kind | {what} if end == "open" else kind - {what}
        elif token.type == "link_open":
            links.append(str(token.attrGet("href")))
        elif token.type == "link_close":
            yield f" ({links.pop()})", kind
        elif token.type in ("softbreak", "hardbreak"):
            yield " " if token.type == "softbreak" else "\n", kind
        else:
            yield f"[{token.content}]" if token.type == "image" else token.content, kind


def _widths(table: Table, width_cm: float) -> tuple[list[float], float]:
    """Widths of columns in which no word is broken, and what letters are to be smaller by where the page is narrow."""
    cells = list(zip(table.heads, *table.rows, strict=True))
    longest = [max(len(line) for cell in column for line in cell.split("\n")) for column in cells]
    word = [max((len(word) for cell in column for word in re.split(r"\s", cell)), default=1) for column in cells]
    least = [max(_LEAST_CM, _CM_PER_CHARACTER * of + 0.4) for of in word]
    wanted = [max(small, _CM_PER_CHARACTER * min(of, 60) + 0.4) for small, of in zip(least, longest, strict=True)]
    spare = width_cm - sum(least)
    more = [want - small for want, small in zip(wanted, least, strict=True)]
    if spare <= 0 or not sum(more):
        return [width_cm * small / sum(least) for small in least], min(1.0, width_cm / sum(least))
    # no wider than they need to be
    share = min(1.0, spare / sum(more))
    return [small + share * extra for small, extra in zip(least, more, strict=True)], 1.0


def _own_look(word: Any) -> None:
    """A4 in one plain font, where no template says otherwise."""
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt, RGBColor

    page = word.sections[0]
    page.page_width, page.page_height = (Cm(side) for side in _A4_CM)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Cm(_MARGIN_CM)
    sizes = {"Normal": 10, "Title": 24, "Subtitle": 13, "Caption": 9}
    sizes |= {f"Heading {level}": size for level, size in enumerate((16, 13, 11, 10, 10, 10), start=1)}
    for name, size in sizes.items():
        style = word.styles[name]
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        fonts.attrib.clear()
        for kind in ("ascii", "hAnsi", "cs", "eastAsia"):
            fonts.set(qn(f"w:{kind}"), "Arial")
        style.font.size, style.font.color.rgb, style.font.italic = Pt(size), RGBColor(0x1A, 0x1A, 0x1A), False
        if name.startswith("Heading"):
            style.font.bold = True
            style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(1.2 * size), Pt(4)
        elif name != "Title":
            style.paragraph_format.space_after = Pt(6)
    for told in word.styles.element.xpath(
        "./w:style[@w:styleId='Title' or @w:styleId='Subtitle']//*[self::w:pBdr or self::w:spacing[parent::w:rPr]]"
    ):
        told.getparent().remove(told)
    borders = word.styles["Table Grid"].element.xpath(".//w:tblBorders/*")
    for border in borders:
        across = border.tag in (qn("w:top"), qn("w:bottom"), qn("w:insideH"))
        border.set(qn("w:val"), "single" if across else "nil")
        border.set(qn("w:color"), "BDBDBD")
