"""Figures as files, together or not at all, the same bytes for the same figure."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from udsat_geo.errors import InputError, OutputError, Problem
from udsat_geo.io.together import cannot_write, put_together
from udsat_geo.report.canvas import settings

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FORMATS = ("png", "svg")

_WITHOUT_DATE: dict[str, dict[str, str | None]] = {"png": {"Software": None}, "svg": {"Date": None, "Creator": None}}
"""What matplotlib would write of itself and of the time."""


def check_formats(text: str) -> tuple[str, ...]:
    """The formats of a comma separated list, each once.

    Raises
    ------
    InputError
        Naming all that figures cannot be written in.
    """
    asked = list(dict.fromkeys(part.strip().lower() for part in text.split(",") if part.strip()))
    problems = [Problem("--format", f"{name!r} is no format of figures", "Choose png or svg.")
                for name in asked if name not in FORMATS]  # fmt: skip
    if problems or not asked:
        raise InputError(problems or Problem("--format", "names no format", "Choose png or svg."))
    return tuple(asked)


def write_figures(figures: Mapping[str, Figure], out: Path, formats: tuple[str, ...] = FORMATS) -> list[Path]:
    """Write figures, all of them or none.

    A figure's label (its alternative text) goes into the metadata as its description.

    Parameters
    ----------
    figures : mapping
        Name of the file, without an ending -> figure.
    out : Path
        Made where it is missing.
    formats : tuple of {"png", "svg"}

    Returns
    -------
    list of Path

    Raises
    ------
    OutputError
        If they cannot be written; nothing has changed then.
    """
    names = [f"{name}.{ending}" for name in figures for ending in formats]
    try:
        with put_together(out, names) as folder, settings():
            for name, figure in figures.items():
                for ending in formats:
                    metadata = {**_WITHOUT_DATE[ending], "Description": str(figure.get_label())}
                    figure.savefig(folder / f"{name}.{ending}", format=ending, metadata=metadata)
    except OSError as error:
        raise OutputError(cannot_write(out, error.strerror or str(error))) from None
    return [out / name for name in names]
