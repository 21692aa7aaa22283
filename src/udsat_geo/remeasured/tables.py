"""Measured beside printed, as rows and as CSV, Markdown and JSON; see `udsat_geo.reproduction.tables`."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from udsat_geo.remeasured import POLICY, WITHIN, Cell, Remeasured
from udsat_geo.reproduction.checks import Words
from udsat_geo.reproduction.labels import CRITERIA, PLACES, joined, table
from udsat_geo.reproduction.numbers import Notation
from udsat_geo.reproduction.tables import csv_text, markdown_table
from udsat_geo.reproduction.wording import (
    COLUMNS,
    REGISTERS_ALL_WITHIN,
    REGISTERS_HOW,
    REGISTERS_TITLE,
    REGISTERS_WITHIN,
)

ROW = ("place", "cell", "printed", "measured", "difference", "within", "by_table_1")
"""Columns of the rows."""
_DECIMALS = 2

_COLUMNS_OF_TABLES: dict[str, Words] = {
    "change": Words("ændring 2017-2021", "change 2017-2021"),
    "gap_2017": Words("efterslæb 2017", "gap 2017"),
    "milestone_2025": Words("milepæl 2025", "milestone 2025"),
    "gap_2021": Words("efterslæb 2021", "gap 2021"),
    "change_pct": Words("udvikling i procent", "change in per cent"),
    "areas_2017": Words("områderne fra 2017", "areas of 2017"),
    "areas_2021": Words("områderne fra 2021", "areas of 2021"),
    "difference": Words("forskel", "difference"),
}


def label_of(cell: Cell) -> tuple[Words, Words]:
    """The table and the name of a cell."""
    number, *rest = cell.path.removeprefix("table_").split(".")
    place = [PLACES[rest[0]]] if number == "1" else []
    criterion, column = rest[-2:]
    return table(int(number)), joined(CRITERIA[criterion], *place, _COLUMNS_OF_TABLES.get(column, column))


def head(language: str) -> list[str]:
    """The heads of the columns `ROW`."""
    limit = Notation(language).written(Fraction(WITHIN), 1)
    return [COLUMNS[key].in_language(language).format(within=limit) for key in ROW]


def row_of(cell: Cell, notation: Notation) -> list[str]:
    """A cell as texts, in the columns `ROW`."""
    language = notation.language
    place, name = label_of(cell)
    number = Fraction(cell.printed)
    decimals = max(0, -int(cell.printed.as_tuple().exponent))
    return [
        place.in_language(language),
        name.in_language(language),
        notation.written(number, decimals),
        notation.written(Fraction(cell.measured), _DECIMALS),
        notation.written(Fraction(cell.difference), _DECIMALS),
        COLUMNS["yes" if cell.is_within else "no"].in_language(language),
        "" if cell.by_table_1 is None else notation.written(Fraction(cell.by_table_1), _DECIMALS),
    ]


def sentences_of(made: Remeasured, language: str) -> list[str]:
    """How the areas came about, and how many cells are as near as promised."""
    notation = Notation(language)
    counts = {f"areas_{year}": str(count) for year, count in made.areas.items()}
    counts |= {f"residents_{year}": notation.written(Fraction(count), 0) for year, count in made.residents.items()}
    missed = made.missed
    found = REGISTERS_WITHIN if missed else REGISTERS_ALL_WITHIN
    return [
        REGISTERS_HOW.in_language(language).format(policy=POLICY, **counts),
        found.in_language(language).format(
            within=len(made.cells) - len(missed),
            cells=len(made.cells),
            limit=notation.written(Fraction(WITHIN), 1),
            missed=len(missed),
            as_table_1=sum(cell.is_as_table_1 for cell in missed),
        ),
        vintage_of(made, language),
    ]


def vintage_of(made: Remeasured, language: str) -> str:
    """The years of the data behind the registers of 2021."""
    years = ", ".join(f"{CRITERIA[key].in_language(language)} {year}" for key, year in made.vintage[2021].items())
    return f"{COLUMNS['vintage'].in_language(language)}: {years}."


def registers_csv(made: Remeasured, language: str) -> str:
    """All cells as CSV."""
    notation = Notation(language, grouped=False)
    return csv_text(head(language), (row_of(cell, notation) for cell in made.cells), language)


def registers_markdown(made: Remeasured, language: str) -> str:
    """All cells as a section of a Markdown page."""
    notation = Notation(language)
    lines = [f"## {REGISTERS_TITLE.in_language(language)}", ""]
    for sentence in sentences_of(made, language):
        lines += [sentence, ""]
    return "\n".join([*lines, *markdown_table(head(language), (row_of(cell, notation) for cell in made.cells))]) + "\n"


def as_data(made: Remeasured) -> dict[str, Any]:
    """All cells as plain data for JSON."""
    return {
        "source": "synthetic",
        "policy": POLICY,
        "areas": {str(year): count for year, count in made.areas.items()},
        "residents_in_areas": {str(year): count for year, count in made.residents.items()},
        "vintage": {str(year): of for year, of in made.vintage.items()},
        "promised_within": WITHIN,
        "missed": [cell.path for cell in made.missed],
        "cells": [
            {
                "figure": cell.path,
                "printed": float(cell.printed),
                "measured": cell.measured,
                "difference": cell.difference,
                "within": cell.is_within,
                "by_table_1": cell.by_table_1,
            }
            for cell in made.cells
        ],
    }
