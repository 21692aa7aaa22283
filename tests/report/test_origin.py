"""What stands under each figure: its source, and how old its data are."""

from __future__ import annotations

from udsat_geo.report.canvas import Origin


def test_one_vintage_is_told_once_and_several_newest_first() -> None:
    same = Origin("registers", "kbh-2017", 2021, {"Boligareal": 2021, "Indkomst": 2021})
    assert same.lines("da") == ["Kilde: registre. Politik: kbh-2017. Data fra 2021."]
    mixed = Origin("registers", "kbh-2017", 2021, {"Indkomst": 2019, "Boligareal": 2021, "Arbejde": 2019})
    assert mixed.lines("da")[0].endswith("Data for 2021: boligareal 2021; indkomst og arbejde 2019.")
    assert mixed.lines("en")[0].endswith("Data of 2021: boligareal 2021; indkomst and arbejde 2019.")


def test_without_a_vintage_the_year_of_the_registers_is_told() -> None:
    assert Origin("synthetic", "p", 2025).lines("en") == [
        "Source: the synthetic Copenhagen, whose residents do not exist. Policy: p. Data from 2025."
    ]


def test_areas_from_a_file_are_named() -> None:
    assert "Områder: official.gpkg." in Origin("registers", "p", 2017, areas="official.gpkg").lines("da")[0]
