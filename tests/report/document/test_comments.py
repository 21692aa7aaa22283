"""Comments of the office: one Markdown file a section, all that is wrong told at once, and nothing in them runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from udsat_geo.messages.errors import InputError
from udsat_geo.report.document.comments import as_html, read_comments
from udsat_geo.report.document.skeleton import SLOTS

ROOT = Path(__file__).parents[3]


def test_each_file_is_of_the_section_that_it_is_called_like(tmp_path: Path) -> None:
    (tmp_path / "goal-1.md").write_text("\ufeffMere \x0bæøå", encoding="utf-8")
    (tmp_path / ".DS_Store").write_bytes(b"\xff")
    assert read_comments(tmp_path, SLOTS) == {"goal-1": "Mere æøå"}


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "goal-19.md").write_text("x")
    (tmp_path / "goal-2.docx").write_text("x")
    (tmp_path / "goal-3.md").write_bytes("æ".encode("cp1252"))
    (tmp_path / "goal-4.md").mkdir()
    with pytest.raises(InputError) as caught:
        read_comments(tmp_path, SLOTS)
    told = caught.value.messages
    assert len(told) == 4
    assert "goal-19.md: is called like no section of the document. Did you mean 'goal-" in told[0]
    assert "goal-2.docx: is called like no section" in told[1]
    assert "goal-3.md: is no UTF-8" in told[2]
    assert "goal-4.md: cannot be read" in told[3]


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Name a folder of Markdown files"):
        read_comments(tmp_path / "nowhere", SLOTS)


def test_html_is_text_and_pictures_and_scripts_are_not_fetched() -> None:
    text = as_html("# A\n\n<img src=x onerror=y> ![a<b](https://e.org/x.png) [t](javascript:x) [u](https://e.org)", 2)
    assert text.startswith("<h3>A</h3>")
    assert "&lt;img src=x" in text
    assert "[a&lt;b]" in text
    assert "<img" not in text
    assert 'href="javascript' not in text
    assert '<a href="https://e.org">u</a>' in text


def test_the_documentation_names_every_section() -> None:
    page = (ROOT / "docs" / "document.md").read_text(encoding="utf-8")
    for name in SLOTS:
        named = name.replace(name.split("-")[1], "N") if name.startswith("goal-") else name
        assert f"`{named}.md`" in page, name
