"""Policies laid over policies: the files that ``extends`` links, and their content put together.

The extending file comes last and wins. Tables are merged key by key, ``[[criteria]]`` entry by entry with the same
`key`, and everything else is replaced. What a base says can be changed but not taken away.
"""

from __future__ import annotations

import codecs
import difflib
import hashlib
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, TypeGuard

from udsat_geo.messages.errors import InputError, Problem, reason_of
from udsat_geo.messages.limits import bytes_of_text
from udsat_geo.messages.translate import N_, _

GROUPS: dict[str, tuple[str, ...]] = {
    N_("Copenhagen"): ("kbh-2017",),
    N_("Danish law"): (
        "boligomraade-2021",
        "parallelsamfund-2021",
        "omdannelsesomraade-2021",
        "forebyggelsesomraade-2021",
        "boligomraade-2018",
        "ghettoomraade-2018",
        "haardt-ghettoomraade-2018",
        "ghettoomraade-2014",
    ),
    N_("Other countries"): ("qpv-2024", "iod-2025", "cejst-1", "mss-berlin"),
}
"""Whose they are -> the built-in policies, as they are listed."""

BUILT_IN = tuple(name for names in GROUPS.values() for name in names)

SUCCESSIONS = (
    ("boligomraade-2018", "boligomraade-2021"),
    ("ghettoomraade-2014", "ghettoomraade-2018", "parallelsamfund-2021"),
    ("haardt-ghettoomraade-2018", "omdannelsesomraade-2021"),
)
"""Built-in policies that are one list under the law of different years, in the order of time."""

LONGEST_CHAIN = 20
"""Policies that rest on each other; each is put together and checked by itself. Own choice."""

KeyPath = tuple[str | int, ...]
"""Where something stands in the content of a file: keys, and places in arrays."""


@dataclass(frozen=True)
class PolicyFile:
    """One file of a chain.

    Attributes
    ----------
    label : str
        How messages call it: a built-in policy by its name, the file that was asked for by its own, a base by the
        path that ``extends`` gives.
    path : Path or None
        None for a built-in policy.
    sha256 : str
        Of the file's bytes.
    content : dict
        As the file has it, without what its bases say.
    text : str
        The file itself.
    """

    label: str
    path: Path | None
    sha256: str
    content: dict[str, Any]
    text: str = ""

    @property
    def name(self) -> str:
        """Name of the built-in policy or of the file, without its folders."""
        return self.label if self.path is None else self.path.name

    @property
    def identity(self) -> str:
        """Equal for two that are one file, however they are named."""
        return self.label if self.path is None else str(self.path.resolve())


def read_chain(name_or_path: str) -> tuple[PolicyFile, ...]:
    """Read a policy file, then the file that it extends, and so on.

    Parameters
    ----------
    name_or_path : str
        A name of `BUILT_IN`, or the path of a TOML file.

    Returns
    -------
    tuple of PolicyFile
        The file itself first, then its bases, the nearest first.

    Raises
    ------
    InputError
        If a file is missing or no TOML, or the files extend each other in a ring.
    """
    files = [_read(name_or_path, Path(name_or_path), Path(name_or_path).name, None)]
    while "extends" in files[-1].content:
        extending = files[-1]
        where, base = _("{label}: extends").format(label=extending.label), extending.content["extends"]
        if not isinstance(base, str) or not base.strip():
            what = _("must be the name of a built-in policy or the path of a policy file")
            raise InputError(Problem(where, what, _("Built in: {names}.").format(names=", ".join(BUILT_IN))))
        # a built-in policy lies beside no files that it could mean
        path = None if extending.path is None else extending.path.parent / base
        files.append(_read(base, path, base, where))
        _refuse_ring(files, where)
        if len(files) > LONGEST_CHAIN:
            what = _("is the end of over {most} policies, each laid over the next").format(most=LONGEST_CHAIN)
            raise InputError(Problem(where, what, _("Put some of them together.")))
    return tuple(files)


def chain_of_texts(texts: Sequence[str], name: str) -> tuple[PolicyFile, ...]:
    """A chain as its texts stand in results that were made by it; `name` is where they stand, for messages.

    Raises
    ------
    InputError
        If a text is no TOML.
    """
    return tuple(
        PolicyFile(name, None, hashlib.sha256(text.encode()).hexdigest(), toml_content(text.encode(), name), text)
        for text in texts
    )


def merged(files: Sequence[PolicyFile]) -> dict[str, Any]:
    """The content of a chain's files put together, each over the next one.

    Parameters
    ----------
    files : sequence of PolicyFile
        The extending file before what it extends.
    """
    content: dict[str, Any] = {}
    for file in reversed(files):
        content = _over(content, file.content)
    return content


def chain_sha256(files: Sequence[PolicyFile]) -> str:
    """What a chain is recognised by.

    Of one file alone, the SHA-256 of its bytes. With bases, the SHA-256 of the lower-case hexadecimal SHA-256 of each
    file in order of the chain, one a line, each line ended by a line feed: a change in any of them changes it.
    """
    if len(files) == 1:
        return files[0].sha256
    return hashlib.sha256("".join(f"{file.sha256}\n" for file in files).encode("ascii")).hexdigest()


def standing_of(path: KeyPath, content: dict[str, Any], files: Sequence[PolicyFile]) -> tuple[PolicyFile, KeyPath]:
    """The file in which a key of the merged content stands, and where in that file.

    A key that stands nowhere is told with the table it is missing from.

    Parameters
    ----------
    path : tuple of str and int
        In `content`.
    content : dict
        The merged content of `files`.
    files : sequence of PolicyFile
        The first in which the key stands is the one that counts.
    """
    for length in range(len(path), 0, -1):
        for file in files:
            found = _path_in(file.content, path[:length], content)
            if found is not None:
                return file, (*found, *path[length:])
    return files[0], path


def _built_in(name: str) -> bytes:
    return resources.files("udsat_geo.policy").joinpath("policies", f"{name}.toml").read_bytes()


def text_of(name: str) -> str:
    """The file of a built-in policy, as it stands.

    Raises
    ------
    InputError
        If there is no built-in policy of that name.
    """
    if name not in BUILT_IN:
        what, known = _("no built-in policy of that name"), ", ".join(BUILT_IN)
        raise InputError(Problem(name, what, _("Built in: {names}.").format(names=known)))
    return _built_in(name).decode("utf-8")


def _read(name: str, path: Path | None, label: str, named_in: str | None) -> PolicyFile:
    """Read one file; `named_in` is the key that names it, None for the one that was asked for."""
    if name in BUILT_IN:
        label, path = name, None
        data = _built_in(name)
    else:
        data = _file_bytes(name, path, named_in)
    content = toml_content(data, label)
    return PolicyFile(label, path, hashlib.sha256(data).hexdigest(), content, _as_text(data))


def toml_content(data: bytes, label: str) -> dict[str, Any]:
    """The content of a TOML file; `label` is what it is called in messages.

    TOML is UTF-8, but editors on Windows set a byte order mark before it, and PowerShell writes UTF-16 with one.

    Raises
    ------
    InputError
        If it is none.
    """
    try:
        return tomllib.loads(_as_text(data))
    except UnicodeDecodeError as error:
        raise InputError(
            Problem(label, _("is not UTF-8 text ({reason})").format(reason=error.reason), _("Save it as UTF-8."))
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(
            Problem(label, _("is not valid TOML: {error}").format(error=error), _("Mend the file at that line."))
        ) from None
    except RecursionError:
        raise InputError(Problem(label, _("is nested too deeply"), _("Write it flat."))) from None
    except ValueError:
        # Python reads no whole number of more digits
        what = _("is not valid TOML: a number of more than {most} digits").format(most=sys.get_int_max_str_digits())
        raise InputError(Problem(label, what, _("Write a shorter one."))) from None


def _as_text(data: bytes) -> str:
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return data.decode("utf-16" if marked else "utf-8-sig")


def _file_bytes(name: str, path: Path | None, named_in: str | None) -> bytes:
    try:
        if path is None:
            raise FileNotFoundError(2, _("No such policy"))
        return bytes_of_text(path)
    except (OSError, ValueError) as error:
        near = difflib.get_close_matches(name, BUILT_IN, 1)
        hint = (
            _("Did you mean {near!r}?").format(near=near[0]) if near else _("`udsat policies` lists the built-in ones.")
        )
        reason = reason_of(error) if isinstance(error, OSError) else str(error)
        if named_in is None:
            raise InputError(
                Problem(name, _("no built-in policy and no readable file ({reason})").format(reason=reason), hint)
            ) from None
        what = _("names {name!r}, which is no built-in policy and no readable file ({reason})").format(
            name=name, reason=reason
        )
        beside = "" if near else _("A path is read from the folder of the file that names it; ")
        raise InputError(Problem(named_in, what, beside + hint)) from None


def _refuse_ring(files: Sequence[PolicyFile], where: str) -> None:
    for place, file in enumerate(files[:-1]):
        if file.identity == files[-1].identity:
            ring = " -> ".join([*(each.label for each in files[place:-1]), file.label])
            raise InputError(
                Problem(where, _("makes a ring: {ring}").format(ring=ring), _("A policy cannot rest on itself."))
            )


def _over(below: dict[str, Any], above: dict[str, Any], inside: str = "") -> dict[str, Any]:
    """A table laid over another; `inside` is the table's name where it stands in the file itself."""
    result = dict(below)
    for key, value in above.items():
        old = below.get(key)
        if inside == "references" and isinstance(old, dict) and _is_number(value):
            # a number alone comes without a source: the base's would speak of another figure
            result[key] = {**old, "value": value, "source": ""}
        elif inside == "references" and _is_number(old) and isinstance(value, dict):
            result[key] = {"value": old, **value}
        elif key == "criteria" and not inside and _are_tables(old) and _are_tables(value):
            result[key] = _criteria_over(old, value)
        elif isinstance(old, dict) and isinstance(value, dict):
            result[key] = _over(old, value, inside or key)
        else:
            result[key] = value
    return result


def _criteria_over(below: list[Any], above: list[Any]) -> list[Any]:
    """Criteria of the same key merged in the order of the base; new ones after them."""
    result = list(below)
    place_of = {entry["key"]: place for place, entry in reversed(list(enumerate(below))) if _has_key(entry)}
    for entry in above:
        # taken once: a key that stands twice in one file is told as such later
        place = place_of.pop(entry["key"], None) if _has_key(entry) else None
        if place is None:
            result.append(entry)
        else:
            result[place] = _over(below[place], entry, "criteria")
    return result


def _path_in(own: dict[str, Any], path: KeyPath, content: dict[str, Any]) -> KeyPath | None:
    """Where a path of the merged content stands in one file's own content; None if nowhere."""
    if len(path) > 1 and path[0] == "criteria" and isinstance(path[1], int):
        place = _place_of_criterion(own.get("criteria"), content["criteria"], path[1])
        if place is None:
            return None
        path = ("criteria", place, *path[2:])
    here: Any = own
    for step in path:
        if not holds(here, step):
            return None
        here = here[step]
    return path


def holds(here: Any, step: str | int) -> bool:
    """Whether a table has a key, or an array a place."""
    if isinstance(here, list):
        return isinstance(step, int) and step < len(here)
    return isinstance(here, dict) and step in here


def _place_of_criterion(own: Any, all_criteria: list[Any], place: int) -> int | None:
    """Where the criterion at a place of the merged ones stands among a file's own."""
    if not isinstance(own, list) or place >= len(all_criteria):
        return None
    wanted = all_criteria[place]
    for i, entry in enumerate(own):
        if entry is wanted or (_has_key(entry) and _has_key(wanted) and entry["key"] == wanted["key"]):
            return i
    return None


def _are_tables(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list) and all(isinstance(entry, dict) for entry in value)


def _has_key(entry: Any) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("key"), str)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
