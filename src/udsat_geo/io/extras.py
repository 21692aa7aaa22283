"""Libraries that not every installation has."""

from __future__ import annotations

import importlib.util

from udsat_geo.errors import InputError, Problem


def lacking(where: str, package: str, extra: str) -> Problem | None:
    """What is told of a library that is not installed; None where it is.

    Parameters
    ----------
    where : str
        What needs it.
    package : str
        As it is imported.
    extra : str
        The extra of ours that brings it.
    """
    if importlib.util.find_spec(package) is not None:
        return None
    return Problem(
        where, f"needs {package}, which is not installed", f'Install it with: pip install "udsat_geo[{extra}]"'
    )


def check_installed(where: str, package: str, extra: str) -> None:
    """Refuse what needs a library that is not installed; see `lacking`.

    Raises
    ------
    InputError
    """
    problem = lacking(where, package, extra)
    if problem is not None:
        raise InputError(problem)
