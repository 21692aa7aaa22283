"""Where local copies came from: what messages and provenance call a file that was fetched from somewhere else.

A fetched source is an ordinary file to everything that reads it. Only its name and its hash are those of the source:
the file lies in a temporary folder under a name that means nothing to anybody.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class Origin:
    """The source of a local copy.

    Attributes
    ----------
    name : str
        Its address, without credentials.
    sha256 : str
        Of the content that was received, in a form that does not depend on how it was sent.
    """

    name: str
    sha256: str


class Told(Protocol):
    """An `Origin`, or what finds out a hash when it is asked for."""

    @property
    def name(self) -> str:
        """As of `Origin`."""

    @property
    def sha256(self) -> str:
        """As of `Origin`."""


_ORIGINS: dict[Path, Told] = {}
"""By the path of the copy, which is of this process alone and never used twice."""


def tell_origin(path: Path, origin: Told) -> None:
    """Say where a local copy came from."""
    _ORIGINS[path] = origin


def forget_origin(path: Path) -> None:
    """Say that a local copy is gone."""
    _ORIGINS.pop(path, None)


def origin_of(path: Path) -> Told | None:
    """Where a local copy came from; None for a file that is no copy."""
    return _ORIGINS.get(path)


def sha256_of(file: Path) -> str:
    """The hash of a file's content as it lies here, whatever it is a copy of."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def name_of(path: Path) -> str:
    """What a file is called in messages and provenance: its name, or the address that it was fetched from.

    A partition is called by its table as well, as in ``bef/year=2021``.
    """
    origin = origin_of(path)
    if origin is not None:
        return origin.name
    return f"{path.parent.name}/{path.name}" if "=" in path.name and path.is_dir() else path.name
