"""What is published: the built-in policies, the status report recomputed, the 18 goals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from udsat_geo.api.frames import rows_as_frame

if TYPE_CHECKING:
    import pandas as pd

    from udsat_geo.policy import LoadedPolicy

Language = Literal["da", "en"]


def policies() -> dict[str, LoadedPolicy]:
    """The built-in policies by their names.

    Returns
    -------
    dict
        Name -> policy, whose ``policy`` has title, source, years, criteria and rule.
    """
    from udsat_geo.policy import BUILT_IN, load_policy

    return {name: load_policy(name) for name in BUILT_IN}


def reproduce(year: int, *, language: Language = "da") -> pd.DataFrame:
    """Recompute the published status report of a year from its own figures; the command is ``udsat reproduce``.

    Parameters
    ----------
    year : int
        2021.
    language : {"da", "en"}

    Returns
    -------
    DataFrame
        One row for each check: where it stands, what is printed, what follows from the other printed figures and the
        interval it may lie in, the verdict, and the readings under which it would agree. Figures are texts, as printed.

    Raises
    ------
    InputError
        If there is no report of that year.
    """
    from udsat_geo.reproduction import check_report_year, reproduce
    from udsat_geo.reproduction.numbers import Notation
    from udsat_geo.reproduction.tables import ROW, row_of

    check_report_year(year)
    made = reproduce(year)
    notation = Notation(language, grouped=False)
    columns = [*(name for name in ROW if name not in ("low", "high")), "interval"]
    return rows_as_frame((row_of(outcome, made.report, notation) for outcome in made.outcomes), columns, "reproduce")


def goals(*, language: Language = "da") -> pd.DataFrame:
    """The policy's 18 goals as published, with the report's verdict and ours; the command is ``udsat goals``.

    Returns
    -------
    DataFrame
        One row for each goal, shape (18, columns); ``verdict`` is ours, ``report`` the report's, ``reason`` says why.
    """
    from udsat_geo.goals.account import take_account
    from udsat_geo.io.goals import goal_rows

    rows = goal_rows(take_account(), language)
    return rows_as_frame(rows, rows[0], "goals")
