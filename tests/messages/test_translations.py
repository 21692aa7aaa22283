"""The Danish catalogues: complete, in step with the code, and with the placeholders of the English."""

from __future__ import annotations

import pytest
from babel.messages.catalog import Catalog

import translations


@pytest.mark.long
def test_the_catalogue_of_the_package_is_in_step_with_the_code() -> None:
    catalogue = translations.updated(translations.OURS)
    assert list(translations.faults(catalogue)) == []
    stale = [path.name for path, content in translations.files_of(catalogue).items() if path.read_bytes() != content]
    assert not stale, f"run python scripts/translations.py: {stale}"


def test_the_catalogue_of_click_is_complete_and_compiled_from_its_text() -> None:
    # as it stands: another release of click may have other texts
    catalogue = translations.danish(translations.OF_CLICK)
    assert list(translations.faults(catalogue)) == []
    assert all(path.read_bytes() == content for path, content in translations.files_of(catalogue).items())


@pytest.mark.parametrize(
    ("english", "danish", "same"),
    [
        ("{n} of {all}", "{n} af {all}", True),
        ("{n} of {all}", "{all}: heraf {n}", True),
        ("{n} of {all}", "{n} af alle", False),
        ("{n:,} rows", "{n} rækker", False),
        ("the key {key!r}", "nøglen {key}", False),
        ("no placeholder", "ingen {plads}", False),
    ],
)
def test_a_translation_with_other_placeholders_is_found(english: str, danish: str, same: bool) -> None:
    catalogue = Catalog(domain=translations.OURS)
    catalogue.add(english, danish)
    assert bool(translations.differing(catalogue)) != same


def test_click_fills_in_what_a_translation_asks_for_and_no_more() -> None:
    catalogue = Catalog(domain=translations.OF_CLICK)
    catalogue.add("{value} is no {type}", "{value} er forkert")
    catalogue.add("no {type}", "ingen {value}")
    assert translations.differing(catalogue) == ["'no {type}': 'ingen {value}'"]
    assert translations.lacking(catalogue) == []
    catalogue.add(("one row", "{n} rows"))
    assert translations.lacking(catalogue) == ["('one row', '{n} rows')"]
