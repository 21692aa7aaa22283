"""How long and how much is waited for; GDAL's own names set it, since those who use services know them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from udsat_geo.errors import InputError, Problem


@dataclass(frozen=True)
class Limits:
    """Limits of reading one source. All figures are our own choice.

    Attributes
    ----------
    page : int
        Features asked for at a time.
    connect_s : float
        Seconds until a connection stands.
    answer_s : float
        Seconds without any byte of an answer.
    whole_s : float
        Seconds for everything that is asked of one source, repeated attempts and pauses included.
    features : int
        Of one layer.
    bytes : int
        Of one source, all answers together.
    tries : int
        Attempts at one question, the first included.
    pause_s : float
        Before the second attempt; twice as long before each further one.
    """

    page: int = 1000
    connect_s: float = 10.0
    answer_s: float = 60.0
    whole_s: float = 600.0
    features: int = 2_000_000
    bytes: int = 2 * 1024**3
    tries: int = 3
    pause_s: float = 0.5


_WHOLE = ("page", "features", "bytes", "tries")
_VARIABLES = {
    "OGR_WFS_PAGE_SIZE": "page",
    "GDAL_HTTP_CONNECTTIMEOUT": "connect_s",
    "GDAL_HTTP_TIMEOUT": "answer_s",
    "GDAL_HTTP_RETRY_DELAY": "pause_s",
    "UDSAT_SERVICE_SECONDS": "whole_s",
    "UDSAT_SERVICE_FEATURES": "features",
}


def limits_of(environment: Mapping[str, str]) -> Limits:
    """The limits, where environment variables set them: GDAL's names, and two of ours for time and features in all.

    ``GDAL_HTTP_MAX_RETRY`` can only lower how often a question is asked.

    Raises
    ------
    InputError
        Naming every variable that is no positive number.
    """
    found: dict[str, float | int] = {}
    problems = []
    for variable, limit in _VARIABLES.items():
        text = environment.get(variable, "").strip()
        if not text:
            continue
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not 0 < value < 1e9 or (limit in _WHOLE and value != int(value)):
            kind = "a whole number above 0" if limit in _WHOLE else "a number of seconds above 0"
            problems.append(Problem(f"environment variable {variable}", f"is {text[:40]!r}", f"Set it to {kind}."))
            continue
        found[limit] = int(value) if limit in _WHOLE else value
    retries = environment.get("GDAL_HTTP_MAX_RETRY", "").strip()
    if retries.isdecimal():
        found["tries"] = min(int(retries) + 1, Limits.tries)
    elif retries:
        problems.append(
            Problem("environment variable GDAL_HTTP_MAX_RETRY", f"is {retries[:40]!r}", "Set it to a whole number.")
        )
    if problems:
        raise InputError(problems)
    return replace(Limits(), **found)  # type: ignore[arg-type]
