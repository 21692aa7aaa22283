"""How much of an input is read, and how long is waited for it: all limits in one place, set by the environment."""

from __future__ import annotations

import math
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.messages.words import decimal


@dataclass(frozen=True)
class Limits:
    """Limits of what is read. All figures are our own choice.

    Attributes
    ----------
    page : int
        Features asked of a service at a time.
    connect_s : float
        Seconds until a connection stands.
    answer_s : float
        Seconds without any byte of an answer.
    whole_s : float
        Seconds for everything that is asked of one source, repeated attempts and pauses included.
    features : int
        Of one layer of a service.
    bytes : int
        Of one service, web address or archive, all answers together.
    tries : int
        Attempts at one question, the first included.
    pause_s : float
        Before the second attempt; twice as long before each further one.
    text_bytes, json_bytes, file_bytes : int
        Of a file that people write; of a JSON file of ours; of a file or folder that is read whole.
    expression_s : float
        Seconds for reading registers, or a table of units, by the expressions of a policy.
    expression_characters : int
        Of all texts that a policy's expressions may make of one row.
    expression_bytes : int
        Of memory for the database in which they are evaluated; eight times as many on disk.
    wait_s : float
        Seconds that another run into the same place is waited for.
    """

    page: int = 1000
    connect_s: float = 10.0
    answer_s: float = 60.0
    whole_s: float = 600.0
    features: int = 2_000_000
    bytes: int = 2 * 1024**3
    tries: int = 3
    pause_s: float = 0.5
    text_bytes: int = 1024**2
    json_bytes: int = 64 * 1024**2
    file_bytes: int = 4 * 1024**3
    expression_s: float = 600.0
    expression_characters: int = 100_000
    expression_bytes: int = 2 * 1024**3
    wait_s: float = 600.0


_WHOLE = frozenset(
    "page features bytes tries text_bytes json_bytes file_bytes expression_characters expression_bytes".split()
)
VARIABLES = {
    "OGR_WFS_PAGE_SIZE": "page",
    "GDAL_HTTP_CONNECTTIMEOUT": "connect_s",
    "GDAL_HTTP_TIMEOUT": "answer_s",
    "GDAL_HTTP_MAX_RETRY": "tries",
    "GDAL_HTTP_RETRY_DELAY": "pause_s",
    "UDSAT_SERVICE_SECONDS": "whole_s",
    "UDSAT_SERVICE_FEATURES": "features",
    "UDSAT_SERVICE_BYTES": "bytes",
    "UDSAT_TEXT_BYTES": "text_bytes",
    "UDSAT_JSON_BYTES": "json_bytes",
    "UDSAT_FILE_BYTES": "file_bytes",
    "UDSAT_EXPRESSION_SECONDS": "expression_s",
    "UDSAT_EXPRESSION_CHARACTERS": "expression_characters",
    "UDSAT_EXPRESSION_BYTES": "expression_bytes",
    "UDSAT_WAIT_SECONDS": "wait_s",
}
_MOST = 1e15


def limits_of(environment: Mapping[str, str]) -> Limits:
    """The limits, where environment variables set them: GDAL's names, and our own.

    ``GDAL_HTTP_MAX_RETRY`` can only lower how often a question is asked.

    Raises
    ------
    InputError
        Naming every variable that is no positive number.
    """
    found: dict[str, float | int] = {}
    problems = []
    for variable, limit in VARIABLES.items():
        text = environment.get(variable, "").strip()
        if not text:
            continue
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        least = 0 if limit == "tries" else 1e-9
        most = _MOST if limit.endswith("bytes") else 1e9
        if least <= value < most and (limit not in _WHOLE or value == int(value)):
            found[limit] = int(value) if limit in _WHOLE else value
        else:
            where = _("environment variable {name}").format(name=variable)
            remedy = _("Set it to a whole number.") if limit in _WHOLE else _("Set it to a number of seconds above 0.")
            problems.append(Problem(where, _("is {value}").format(value=repr(text[:40])), remedy))
    if "tries" in found:
        found["tries"] = min(int(found["tries"]) + 1, Limits.tries)
    if problems:
        raise InputError(problems)
    return replace(Limits(), **found)  # type: ignore[arg-type]


def limits() -> Limits:
    """Those of this process's environment."""
    return limits_of(os.environ)


def bytes_of_text(path: Path) -> bytes:
    """The content of a file that people write.

    Raises
    ------
    OSError
        If it cannot be read, is a pipe or a device, which may have no end, or is longer than anybody writes.
    """
    return _bytes_of(path, limits().text_bytes, "UDSAT_TEXT_BYTES")


def text_of_json(path: Path) -> str:
    """The content of a JSON file of ours.

    Raises
    ------
    OSError
        If it cannot be read, is a pipe or a device, or longer than any.
    UnicodeDecodeError
    """
    return _bytes_of(path, limits().json_bytes, "UDSAT_JSON_BYTES").decode("utf-8")


def check_file(path: Path, name: str, whole: bool = False) -> None:
    """Refuse a pipe or a device, which may have no end, and what is too large to be read whole.

    Parameters
    ----------
    path : Path
        A file or folder; what is not there is left to whoever opens it.
    name : str
        What it is called in messages.
    whole : bool
        Whether all of it will be in memory at once.

    Raises
    ------
    InputError
    """
    try:
        kind = path.stat().st_mode
    except OSError:
        return
    if not stat.S_ISREG(kind) and not stat.S_ISDIR(kind):
        what = _("cannot be read: {reason}").format(reason=_("it is no file, but a pipe or a device"))
        raise InputError(Problem(name, what, _("Name a file.")))
    if not whole:
        return
    parts = path.rglob("*") if stat.S_ISDIR(kind) else (path,)
    size, most = sum(part.stat().st_size for part in parts if part.is_file()), limits().file_bytes
    if size > most:
        what = _("cannot be read: {reason}").format(reason=_too_long(most))
        remedy = _("Name a smaller one, or allow more with {variable}.").format(variable="UDSAT_FILE_BYTES")
        raise InputError(Problem(name, what, remedy))


def _bytes_of(path: Path, most: int, variable: str) -> bytes:
    if path.exists() and not path.is_file() and not path.is_dir():
        raise OSError(_("it is no file, but a pipe or a device"))
    if path.exists() and path.stat().st_size > most:
        raise OSError(_("{reason}; {variable} allows more").format(reason=_too_long(most), variable=variable))
    return path.read_bytes()


def _too_long(most: int) -> str:
    return _("it is longer than {most} bytes").format(most=decimal(most, 0))
