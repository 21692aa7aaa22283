"""Measured beside printed, as rows and as CSV, Markdown and JSON; see `udsat_geo.monitoring.printed.tables`."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from udsat_geo.designation.designation import Designation, Inputs, Progress, read_units
from udsat_geo.designation.job import Job, run
from udsat_geo.designation.status import Status, take_status
from udsat_geo.kernels.arrays import Ints
from udsat_geo.messages.tables import Table, csv_text
from udsat_geo.messages.translate import N_, _
from udsat_geo.monitoring.printed.checks import passage, words_of
from udsat_geo.monitoring.printed.figures import Notation
from udsat_geo.policy.load import LoadedPolicy, load_policy
from udsat_geo.policy.published import printed_2021
from udsat_geo.policy.rules import Policy
from udsat_geo.synthetic import DEFAULT_SEED
from udsat_geo.synthetic.cache import cached_registers
from udsat_geo.units.units import Units

POLICY = "kbh-2017"
YEARS = (2017, 2018, 2019, 2021)
WITHIN = 0.5
"""How near a measured figure is to be to the printed one: points, m2 or per cent."""


@dataclass(frozen=True)
class Cell:
    """One cell of a table, printed and measured.

    Attributes
    ----------
    path : str
        Of the printed figure; see `udsat_geo.monitoring.printed.figures.Figure`.
    printed : Decimal
    measured : float
        In the unit of the print: per cent, points, m2 per resident.
    by_table_1 : float or None
        Of cells of Tabel 2, what the printed Tabel 1 gives for them.
    """

    path: str
    printed: Decimal
    measured: float
    by_table_1: float | None = None

    @property
    def difference(self) -> float:
        """Measured less printed."""
        return self.measured - float(self.printed)

    @property
    def is_within(self) -> bool:
        """Whether it is as near to the printed figure as promised."""
        return abs(self.difference) <= WITHIN

    @property
    def is_as_table_1(self) -> bool:
        """Whether it is so near to what Tabel 1 gives, where that is another figure."""
        return self.by_table_1 is not None and abs(self.measured - self.by_table_1) <= WITHIN


@dataclass(frozen=True)
class Remeasured:
    """The tables from the registers.

    Attributes
    ----------
    cells : tuple of Cell
        Of Tabel 1, 2 and 22, in the order of the print.
    areas, residents : dict of int
        Year of a designation -> its areas, and the residents of the city in them that year.
    vintage : dict
        Year of the registers -> criterion -> year of its data, where the registers say so.
    """

    cells: tuple[Cell, ...]
    areas: dict[int, int]
    residents: dict[int, int]
    vintage: dict[int, dict[str, int]] = field(default_factory=dict)

    @property
    def missed(self) -> tuple[Cell, ...]:
        """Cells that are farther from the print than promised."""
        return tuple(cell for cell in self.cells if not cell.is_within)


def remeasure(progress: Progress | None = None, language: str = "da", seed: int = DEFAULT_SEED) -> Remeasured:
    """Designate the areas of 2017 and 2021 from the synthetic registers, and measure them in every year of the report.

    Parameters
    ----------
    progress : callable, optional
        Told what is being done.
    language : {"da", "en"}
        Of what `progress` is told.
    seed : int
        Of the synthetic city.
    """
    policy = load_policy(POLICY)
    folders = {year: cached_registers(year, seed, progress=progress) for year in YEARS}
    made = {year: _designated(year, folders[year], policy, language, progress) for year in (2017, 2021)}
    units, vintage = {year: made[year].units for year in made}, {year: made[year].vintage for year in made}
    for year in YEARS:
        if year not in made:
            if progress is not None:
                progress(f"{year}: " + _("reading and placing", language))
            units[year], found = read_units(Inputs(folders[year], None, "synthetic"), policy)
            vintage[year] = found["vintage"]
    return Remeasured(
        cells=cells_of(units, {year: made[year].areas.area_of_unit for year in made}, policy.policy),
        areas={year: len(designation.areas) for year, designation in made.items()},
        residents={year: designation.status.residents_in_areas for year, designation in made.items()},
        vintage={year: vintage[year] for year in YEARS},
    )


def cells_of(units: dict[int, Units], area_of_unit: dict[int, Ints], policy: Policy) -> tuple[Cell, ...]:
    """The cells of Tabel 1, 2 and 22, in the order of the print.

    Parameters
    ----------
    units : dict
        Year of the report -> its units, cells of one grid.
    area_of_unit : dict
        2017 and 2021 -> the area of each unit of that year, -1 for none; those of 2017 are the same cells in all years.
    policy : Policy
    """
    area_of_cell = dict(zip(units[2017].unit_id.tolist(), area_of_unit[2017].tolist(), strict=True))
    measured: Levels = {}
    for year in YEARS:
        same = np.array([area_of_cell.get(cell, -1) for cell in units[year].unit_id.tolist()], dtype=np.int64)
        status = take_status(units[year], same, policy)
        measured[year] = {key: _in_print(status, j, key) for j, key in enumerate(policy.keys)}
    now = take_status(units[2021], area_of_unit[2021], policy)
    updated = {key: _in_print(now, j, key)[0] for j, key in enumerate(policy.keys)}
    return (*_table_1(measured), *_table_2(measured), *_table_22(measured, updated))


def _designated(
    year: int, registers: Path, policy: LoadedPolicy, language: str, progress: Progress | None
) -> Designation:
    # the registers are named, so that none in data/raw take their place
    return run(Job(year, policy, raw=registers, previous="none", language=language), progress)


def _in_print(status: Status, criterion: int, key: str) -> tuple[float, float]:
    """Areas and rest of the city as the report prints them: shares per cent, dwelling area in m2."""
    factor = 1.0 if key == "dwelling_area" else 100.0
    return factor * float(status.areas[criterion]), factor * float(status.rest_of_city[criterion])


Levels = dict[int, dict[str, tuple[float, float]]]
"""Year -> criterion -> areas and rest of the city."""


def _printed_levels() -> Levels:
    table = printed_2021()["table_1"]
    return {
        year: {
            key: (float(table["areas"][key][str(year)]), float(table["rest_of_city"][key][str(year)]))
            for key in table["areas"]
        }
        for year in YEARS
    }


def _table_1(measured: Levels) -> list[Cell]:
    cells: list[Cell] = []
    for position, place in enumerate(("areas", "rest_of_city")):
        for key, row in printed_2021()["table_1"][place].items():
            for year in YEARS:
                cells.append(Cell(f"table_1.{place}.{key}.{year}", row[str(year)], measured[year][key][position]))
            change = measured[2021][key][position] - measured[2017][key][position]
            cells.append(Cell(f"table_1.{place}.{key}.change", row["change"], change))
    return cells


def _row_of_table_2(levels: Levels, key: str, improved: bool) -> dict[str, float]:
    """Gaps of 2017 and 2021, half of the first, and the change in per cent: of a fall what it fell by, as printed."""
    away = -1.0 if key == "dwelling_area" else 1.0
    before, now = (away * (levels[year][key][0] - levels[year][key][1]) for year in (2017, 2021))
    change = 100.0 * (1.0 - now / before) * (1.0 if improved else -1.0)
    return {"gap_2017": before, "milestone_2025": before / 2, "gap_2021": now, "change_pct": change}


def _table_2(measured: Levels) -> list[Cell]:
    cells: list[Cell] = []
    printed = _printed_levels()
    for key, row in printed_2021()["table_2"].items():
        ours, by_table_1 = (_row_of_table_2(levels, key, bool(row["improved"])) for levels in (measured, printed))
        for column, value in ours.items():
            cells.append(Cell(f"table_2.{key}.{column}", row[column], value, by_table_1[column]))
    return cells


def _table_22(measured: Levels, updated: dict[str, float]) -> list[Cell]:
    cells: list[Cell] = []
    for key, row in printed_2021()["table_22"].items():
        old, new = measured[2021][key][0], updated[key]
        for column, value in (("areas_2017", old), ("areas_2021", new), ("difference", new - old)):
            cells.append(Cell(f"table_22.{key}.{column}", row[column], value))
    return cells


_DECIMALS = 2

_COLUMNS_OF_TABLES = {
    "change": N_("change 2017-2021"),
    "gap_2017": N_("gap 2017"),
    "milestone_2025": N_("milestone 2025"),
    "gap_2021": N_("gap 2021"),
    "change_pct": N_("change in per cent"),
    "areas_2017": N_("areas of 2017"),
    "areas_2021": N_("areas of 2021"),
    "difference": N_("difference"),
}


def label_of(cell: Cell, language: str) -> tuple[str, str]:
    """The table and the name of a cell."""
    number, *rest = cell.path.removeprefix("table_").split(".")
    place = [words_of(rest[0], language)] if number == "1" else []
    criterion, column = rest[-2:]
    name = ", ".join([words_of(criterion, language), *place, _(_COLUMNS_OF_TABLES.get(column, column), language)])
    return passage(f"table {number}")[language], name


def row_of(cell: Cell, notation: Notation) -> tuple[str, ...]:
    """A cell as texts."""
    language = notation.language
    decimals = max(0, -int(cell.printed.as_tuple().exponent))
    measured, difference, by_table_1 = (
        "" if value is None else notation.written(Fraction(value), _DECIMALS)
        for value in (cell.measured, cell.difference, cell.by_table_1)
    )
    printed, within = notation.written(Fraction(cell.printed), decimals), N_("yes") if cell.is_within else N_("no")
    return (*label_of(cell, language), printed, measured, difference, _(within, language), by_table_1)


def table_of(made: Remeasured, notation: Notation) -> Table:
    """All cells as a table; those that are farther from the print than promised stand out."""
    language = notation.language
    within = _("within {within}", language).format(within=notation.written(Fraction(WITHIN), 1))
    heads = [_(head, language) for head in (N_("place"), N_("cell"), N_("printed"), N_("measured"), N_("difference"))]
    return Table(
        title=_("The same tables from the synthetic registers, whose residents do not exist", language),
        heads=(*heads, within, _("by Table 1", language)),
        rows=tuple(row_of(cell, notation) for cell in made.cells),
        left=frozenset({0, 1}),
        strong=frozenset(i for i, cell in enumerate(made.cells) if not cell.is_within),
    )


def sentences_of(made: Remeasured, language: str) -> list[str]:
    """How the areas came about, and how many cells are as near as promised."""
    notation = Notation(language)
    counts = {f"areas_{year}": str(count) for year, count in made.areas.items()}
    counts |= {f"residents_{year}": notation.written(Fraction(count), 0) for year, count in made.residents.items()}
    how = _(
        "The areas are the engine's own designations of 2017 ({areas_2017} areas, {residents_2017} residents) and 2021 "
        "({areas_2021} areas, {residents_2021} residents) by the policy {policy}; the areas of 2017 are the same cells "
        "in all years. Measured against the rest of the city.",
        language,
    )
    found = _(
        "{within} of {cells} cells lie within {limit} of the printed ones. Of the other {missed}, {as_table_1} lie "
        "within {limit} of what the printed Table 1 itself gives.",
        language,
    )
    if not made.missed:
        found = _("All {cells} cells lie within {limit} of the printed ones.", language)
    given = {
        "within": len(made.cells) - len(made.missed),
        "cells": len(made.cells),
        "limit": notation.written(Fraction(WITHIN), 1),
        "missed": len(made.missed),
        "as_table_1": sum(cell.is_as_table_1 for cell in made.missed),
    }
    return [how.format(policy=POLICY, **counts), found.format(**given), vintage_of(made, language)]


def vintage_of(made: Remeasured, language: str) -> str:
    """The years of the data behind the registers of 2021."""
    years = ", ".join(f"{words_of(key, language)} {year}" for key, year in made.vintage[2021].items())
    return _("Years of the data of 2021: {years}.", language).format(years=years)


def registers_csv(made: Remeasured, language: str) -> str:
    """All cells as CSV."""
    table = table_of(made, Notation(language, grouped=False))
    return csv_text(table.heads, table.rows, language)


def registers_markdown(made: Remeasured, language: str) -> str:
    """All cells as a section of a Markdown page."""
    table = dataclasses.replace(table_of(made, Notation(language)), strong=frozenset())
    return "\n\n".join([f"## {table.title}", *sentences_of(made, language), table.markdown()]) + "\n"


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
