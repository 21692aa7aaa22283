"""A document as one HTML file: names are text, tables have heads, pictures have words."""

from __future__ import annotations

import re

from udsat_geo.report.document.content import Document
from udsat_geo.report.document.html import html_of


def test_names_are_text_and_nothing_is_fetched(by_hand: Document) -> None:
    page = html_of(by_hand)
    assert "<script" not in page
    assert "\x00" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt; &amp; Bø") == 6
    assert set(re.findall(r'src="(\w+):', page)) == {"data"}
    assert "default-src 'none'" in page
    assert 'name="audience" content="internal"' in page


def test_what_a_reader_without_eyes_needs_is_there(by_hand: Document) -> None:
    page = html_of(by_hand)
    assert '<html lang="da">' in page
    assert page.count("<h1") == 1
    assert page.count('<th scope="col"') == 6
    assert page.count('<th scope="row"') == 6
    assert re.findall(r'alt="Et kort over [^"]+"', page)
    assert re.findall(r"<caption>(.+?)</caption>", page) == ["Tabel 1: Tal", "Tabel 2: Tal", "Bilagstabel 1: Tal"]
    assert "<figcaption>Figur 1: Kort</figcaption>" in page
    assert [page.count(f'href="#s{n}"') + page.count(f'id="s{n}"') for n in (1, 2, 3)] == [2, 2, 2]
    assert '<td class="number">−1.234,5</td>' in page
    assert "<h3>Fra forvaltningen</h3>" in page
    assert "[Plads: introduction.md]" in page
