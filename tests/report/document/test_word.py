"""A document as a Word file: headings by style, captions numbered, tables with heads, in the office's own styles."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from udsat_geo.messages.errors import InputError
from udsat_geo.report.document.content import Document
from udsat_geo.report.document.word import read_template, word_of

pytestmark = pytest.mark.long
docx = pytest.importorskip("docx", reason="python-docx is not installed: the extra docx has it")


def opened(content: bytes) -> Any:
    return docx.Document(io.BytesIO(content))


def template(path: Path, **parts: bytes) -> Path:
    """An office's document with text and a picture of its own; parts are added to it."""
    made = docx.Document()
    made.styles["Heading 1"].font.name = "Courier"
    for name in ("Caption", "List Bullet", "Table Grid"):
        element = made.styles[name].element
        element.getparent().remove(element)
    made.sections[0].left_margin = docx.shared.Cm(5)
    made.sections[0].header.paragraphs[0].text = "The office"
    made.add_paragraph("A text of its own")
    made.save(path)
    with zipfile.ZipFile(path, "a") as zipped:
        for name, content in parts.items():
            zipped.writestr(name, content)
    return path


def test_what_stands_where(by_hand: Document) -> None:
    made = opened(word_of(by_hand))
    styled = [(each.style.name, each.text) for each in made.paragraphs]
    headings = [text for style, text in styled if style.startswith("Heading")]
    assert headings == ["Indledning", "Område <script>alert(1)</script> & Bø", "Bilag", "Fra forvaltningen"]
    assert ("toc 2", headings[1]) in styled
    captions = [text for style, text in styled if style == "Caption"]
    assert [each.replace("Tabel : ", "") for each in captions] == ["Tal", "Figur : Kort", "Tal", "Bilagstabel : Tal"]
    xml = made.element.xml
    for number in (r"SEQ Tabel \* ARABIC", r"SEQ Figur \* ARABIC", r"SEQ Bilagstabel \* ARABIC", r'TOC \o "1-2"'):
        assert number in xml
    assert [row.cells[1].text for row in made.tables[0].rows] == ["Antal", "", "−1.234,5"]
    assert [len(table._tbl.xpath("./w:tr/w:trPr/w:tblHeader")) for table in made.tables] == [1, 1, 1, 1]
    assert made.inline_shapes[0]._inline.docPr.get("descr").startswith("Et kort over <script>")
    assert made.core_properties.language == "da-DK"
    assert made.core_properties.category == "internal"
    assert made.core_properties.author == ""
    assert "Fra forvaltningen" in headings
    assert "Det går fremad for alle, se planen (https://example.org)" in "\n".join(text for _style, text in styled)
    assert "javascript" not in "".join(made.part.rels[key].target_ref for key in made.part.rels)
    assert ("Normal", "3. tredje") in styled


def test_the_same_document_is_the_same_bytes(by_hand: Document) -> None:
    assert word_of(by_hand) == word_of(by_hand)


def test_the_styles_of_the_office_are_used_and_none_of_its_text(by_hand: Document, tmp_path: Path) -> None:
    content = word_of(by_hand, read_template(template(tmp_path / "office.docx")))
    made = opened(content)
    assert made.styles["Heading 1"].font.name == "Courier"
    assert made.sections[0].header.paragraphs[0].text == "The office"
    assert "A text of its own" not in "".join(each.text for each in made.paragraphs)
    assert {"Caption", "List Bullet"} <= {each.style.name for each in made.paragraphs}
    assert "• en" in [each.text for each in made.paragraphs]
    wide = sum(column.width for column in made.tables[0].columns)
    assert wide <= made.sections[0].page_width - made.sections[0].left_margin - made.sections[0].right_margin


def as_template(path: Path) -> None:
    """The same as a template of Word's own kind."""
    with zipfile.ZipFile(path) as zipped:
        parts = {name: zipped.read(name) for name in zipped.namelist()}
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"document.main+xml", b"template.main+xml")
    with zipfile.ZipFile(path, "w") as zipped:
        for name, content in parts.items():
            zipped.writestr(name, content)


def test_a_template_of_words_own_kind_serves_too(by_hand: Document, tmp_path: Path) -> None:
    as_template(template(tmp_path / "office.dotx"))
    assert opened(word_of(by_hand, read_template(tmp_path / "office.dotx"))).styles["Heading 1"].font.name == "Courier"


def test_what_is_no_template_is_refused(tmp_path: Path) -> None:
    good = template(tmp_path / "good.docx").read_bytes()
    empty, odd = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(empty, "w") as zipped:
        zipped.writestr("word/document.xml", "<x/>")
    with zipfile.ZipFile(io.BytesIO(good)) as source, zipfile.ZipFile(odd, "w") as zipped:
        for name in source.namelist():
            zipped.writestr(name, b"<a>" if name == "word/document.xml" else source.read(name))
    no_documents = {
        "text.docx": b"no zip at all",
        "old.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512),
        "half.docx": good[: len(good) // 2],
        "zip.docx": empty.getvalue(),
        "odd.docx": odd.getvalue(),
    }
    for name, content in no_documents.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError, match="is no Word document, or a damaged one"):
            read_template(tmp_path / name)
    with pytest.raises(InputError, match="holds macros"):
        read_template(template(tmp_path / "macros.docm", **{"word/vbaProject.bin": b"x"}))
    with pytest.raises(InputError, match="cannot be read"):
        read_template(tmp_path / "nowhere.docx")
    with pytest.raises(InputError, match="cannot be read"):
        read_template(tmp_path)
