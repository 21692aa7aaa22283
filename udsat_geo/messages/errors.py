"""The few errors of the product.

`InputError` is for what the user can mend: it carries every problem found, not the first one, and the command
line answers it with exit code 2. Anything else that escapes is a fault of ours (exit code 1).
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from udsat_geo.messages.translate import N_, _
from udsat_geo.messages.words import decimal

_Read = TypeVar("_Read")


@dataclass(frozen=True)
class Problem:
    """One fault of an input, told so that it can be mended.

    Attributes
    ----------
    where : str
        File, column or key that is at fault.
    what : str
        What is wrong with it.
    remedy : str
        What to do.
    count : int or None
        How many rows (or entries) have the fault, where that can be counted.
    example : str or None
        One of them, as it stands in the input.
    """

    where: str
    what: str
    remedy: str = ""
    count: int | None = None
    example: str | None = None

    def __str__(self) -> str:
        counted = _("{count} row") if self.count == 1 else _("{count} rows")
        rows = "" if self.count is None else f" ({counted.format(count=decimal(self.count, 0))})"
        example = "" if self.example is None else _(", for example {example}").format(example=self.example)
        remedy = f" {self.remedy}" if self.remedy else ""
        what = self.what if rows or example else self.what.rstrip(".")
        return f"{self.where}: {what}{rows}{example}.{remedy}"


_keys = {"shown": False}


def show_keys(shown: bool) -> None:
    """Whether messages show keys of persons and dwellings as they stand in registers; a process begins without."""
    _keys["shown"] = shown


def key_in_words(key: object) -> str:
    """A key of a person or a dwelling for a message: as it stands, or by its length alone."""
    if _keys["shown"]:
        return repr(key)
    return _("a key of {n} characters (--show-examples shows it)").format(n=len(str(key)))


class UdsatError(Exception):
    """Base of all errors that the product raises on purpose."""


class InputError(UdsatError):
    """The input or the call is at fault; `problems` says everything that was found.

    Parameters
    ----------
    problems : str, Problem or iterable of them
        One message, one problem, or all problems of an input.
    """

    def __init__(self, problems: str | Problem | Iterable[str | Problem]):
        if isinstance(problems, str):
            self.messages: tuple[str, ...] = (problems,)
        elif isinstance(problems, Problem):
            self.messages = (str(problems),)
        else:
            self.messages = tuple(str(problem) for problem in problems)
        super().__init__("\n".join(self.messages))


class Problems:
    """Gathers the problems of several readings, so that all are told at once.

    Attributes
    ----------
    messages : list of str
    """

    def __init__(self) -> None:
        self.messages: list[str] = []

    def of(self, reading: Callable[..., _Read], *arguments: object) -> _Read | None:
        """What a reading gives; None where its input is at fault."""
        try:
            return reading(*arguments)
        except InputError as error:
            self.messages += error.messages
            return None

    def check(self) -> None:
        """Raise what was gathered, each problem once.

        Raises
        ------
        InputError
        """
        if self.messages:
            raise InputError(dict.fromkeys(self.messages))


class OutputError(InputError):
    """Results cannot be written where they were asked for: no permission, no space, no such place."""


class MissingPackageError(UdsatError, ImportError):
    """A package that the product does without, but this call needs, is not installed.

    Parameters
    ----------
    what : str
        What was asked for.
    package : str
        The package that is missing.
    extra : str
        The extra of this product that brings it.
    instead : str
        What serves without it, where something does.
    """

    def __init__(self, what: str, package: str, extra: str, instead: str = ""):
        also = f" {instead}" if instead else ""
        told = _('{what} needs {package}: pip install "udsat_geo[{extra}]".').format(
            what=what, package=package, extra=extra
        )
        super().__init__(told + also)


_REASONS = (
    N_("Disk quota exceeded"),
    N_("File exists"),
    N_("File name too long"),
    N_("Is a directory"),
    N_("No space left on device"),
    N_("No such file or directory"),
    N_("Not a directory"),
    N_("Permission denied"),
    N_("Read-only file system"),
)
"""What operating systems say, in English, whatever the program speaks."""


def reason_of(error: OSError) -> str:
    """Why the operating system refused, in the language of the program where that is one of the usual reasons."""
    reason = error.strerror or str(error)
    return _(reason) if reason in _REASONS else reason


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
        where,
        _("needs {package}, which is not installed").format(package=package),
        _('Install it with: pip install "udsat_geo[{extra}]"').format(extra=extra),
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
