"""Runs read back from a crate, which may be anybody's: nothing in it is believed before it is checked.

Only what stands in the file itself is read. Names in it open no file and no address; whoever repeats a run says where
the inputs lie.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from udsat_geo.crate.run import AROUND, NAME, NAMED, OPTIONS, REGISTERS, TOOL, WHAT, Input, Output, Run
from udsat_geo.errors import InputError, Problem

LARGEST = 16 * 1024**2
"""Bytes; a crate of ours has some tens of thousands. Own choice."""
MOST_ENTITIES = 100_000
MOST_PROBLEMS = 20
YEARS = range(1, 10_000)
SOURCES = ("registers", "unit_table", "synthetic")

_HASH = re.compile(r"[0-9a-f]{64}")
_PLAIN = re.compile(r"[^\x00-\x1f\x7f]{1,1000}")
_RESULT = re.compile(r"designation_\d{1,4}[A-Za-z0-9_]*(\.[A-Za-z0-9]{1,12}){1,4}")

_YEAR_OR_NONE = re.compile(r"-?[0-9]{1,9}|none")
_VALUES = {
    "--lang": re.compile("da|en"),
    "--seed": re.compile("[0-9]{1,18}"),
    "--format": re.compile("[a-z][a-z,-]{0,200}"),
}
"""What options that have few values may say."""

Entity = dict[str, Any]


def crate_file(place: Path) -> Path:
    """The file of a crate that is named by its folder or by itself.

    Raises
    ------
    InputError
        If there is none.
    """
    path = place / NAME if place.is_dir() else place
    if not path.is_file():
        raise InputError(Problem(str(path), "no such crate", f"Name a folder that holds {NAME}, or that file."))
    return path


def read_crate(path: Path) -> tuple[Run, ...]:
    """The runs of a crate, by year.

    Parameters
    ----------
    path : Path
        The JSON file.

    Raises
    ------
    InputError
        If it is too large, damaged, no crate, or not one of ours; every fault of its runs is told.
    """
    entities = _entities(path)
    runs: list[Run] = []
    problems: list[Problem] = []
    for entity in entities.values():
        if _is_a(entity, "CreateAction"):
            reader = _Reader(path.name, entities)
            run = reader.run(entity)
            problems += reader.problems
            if run is not None:
                runs.append(run)
    if not runs and not problems:
        what = "holds no run of udsat_geo (a CreateAction whose instrument it is)"
        problems.append(Problem(path.name, what, "Name a crate that --format crate wrote."))
    for year in sorted({run.year for run in runs if [each.year for each in runs].count(run.year) > 1}):
        problems.append(Problem(path.name, f"tells of two runs for {year}", "Make the designation again."))
    if problems:
        raise InputError(problems[:MOST_PROBLEMS])
    return tuple(sorted(runs, key=lambda run: run.year))


def is_safe_path(text: str) -> bool:
    """Whether a path leads downwards, on every system: no root, no drive, no step up, no address."""
    parts = text.split("/")
    return (
        _PLAIN.fullmatch(text) is not None
        and "\\" not in text
        and ":" not in text
        and all(part not in ("", ".", "..") for part in parts)
    )


def _entities(path: Path) -> dict[str, Entity]:
    """The entities of a crate by identity."""
    try:
        size = path.stat().st_size
        content = b"" if size > LARGEST else path.read_bytes()
    except OSError as error:
        what = f"cannot be read ({error.strerror or error})"
        raise InputError(Problem(str(path), what, "Check its permissions.")) from None
    if size > LARGEST:
        what = f"has {size / 1024**2:,.0f} MiB, more than any crate of ours"
        raise InputError(Problem(path.name, what, "Name a crate that --format crate wrote."))
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        raise InputError(Problem(path.name, "is no JSON, or damaged", "Make the designation again.")) from None
    graph = told.get("@graph") if isinstance(told, dict) else None
    if not isinstance(graph, list) or not graph or len(graph) > MOST_ENTITIES:
        raise InputError(Problem(path.name, "is no RO-Crate: it has no @graph", "Name a crate."))
    entities: dict[str, Entity] = {}
    for entity in graph:
        identity = entity.get("@id") if isinstance(entity, dict) else None
        if not isinstance(identity, str):
            raise InputError(Problem(path.name, "is no RO-Crate: an entity has no @id", "Name a crate."))
        if identity in entities:
            what = f"has two entities {identity[:100]!r}"
            raise InputError(Problem(path.name, what, "Make the designation again."))
        entities[identity] = entity
    return entities


class _Reader:
    """Reads one run, and notes what is wrong with it."""

    def __init__(self, name: str, entities: dict[str, Entity]):
        self._name, self._entities = name, entities
        self.problems: list[Problem] = []

    def run(self, action: Entity) -> Run | None:
        """A run; None where an action is not ours, or something is wrong with it."""
        tool = next(self._referred(action, "instrument"), None)
        if tool is None or tool.get("name") != TOOL or not _is_a(tool, "SoftwareApplication"):
            return None
        objects = list(self._referred(action, "object"))
        options = [self._option(each) for each in objects if _is_a(each, "PropertyValue")]
        inputs = [self._input(each) for each in objects if _is_a(each, "File")]
        outputs = [self._output(each) for each in self._referred(action, "result")]
        told = dict(options)
        year = self._number(action, "--year", told.get("--year"), YEARS)
        source = next((each.get("name") for each in self._referred(action, "about")), None)
        if source not in SOURCES:
            self._wrong(action, "does not say what it was made from")
        if not any(each.what == "policy" for each in inputs if each is not None):
            self._wrong(action, "names no policy")
        if not outputs:
            self._wrong(action, "has no results")
        required = self._referred(tool, "softwareRequirements")
        libraries = [(self._text(each, "name"), self._text(each, "version")) for each in required]
        notes = [self._text(each, "value") for each in self._referred(action, "additionalProperty")]
        ended = action.get("endTime")
        run = Run(
            year=year,
            source=str(source),
            version=self._text(tool, "version"),
            platform=self._text(tool, "operatingSystem"),
            libraries=tuple(libraries),
            options=tuple(options),
            inputs=tuple(each for each in inputs if each is not None),
            outputs=tuple(each for each in outputs if each is not None),
            notes=tuple(notes),
            ended=None if ended is None else self._text(action, "endTime"),
        )
        if not self.problems:
            self._check_together(action, run)
        return None if self.problems else run

    def _check_together(self, action: Entity, run: Run) -> None:
        """Check that a run has what any run has, each once, and that its options fit its inputs."""
        read = [(each.year, each.what) for each in run.inputs if each.what not in (*REGISTERS, "base")]
        beside = [each for each in run.inputs if each.what in (*REGISTERS, *AROUND) and not _is_named(run, each)]
        held = [(each.year, each.name) for each in beside]
        if len(set(read)) < len(read) or len(set(held)) < len(held):
            self._wrong(action, "reads two files of the same")
        own = {each.what for each in run.inputs if each.year == run.year}
        if "units" not in own and not own >= {"residents", "dwellings", "addresses"}:
            self._wrong(action, "names neither registers nor a table of units")
        for each in run.inputs:
            if (each.fetched or each.what == "units") and not _is_named(run, each):
                self._wrong(action, f"reads {each.what} that no option names")
            if _is_named(run, each) and each.year != run.year:
                self._wrong(action, f"reads {each.what} of {each.year}, though an option names another file")
        for name, known in _VALUES.items():
            value = run.option(name)
            if value is not None and known.fullmatch(value) is None:
                self._wrong(action, f"tells {name} {value[:40]!r}")
        previous = run.option("--previous")
        stored = {each.name for each in run.inputs if each.what == "designation"}
        if previous is not None and _YEAR_OR_NONE.fullmatch(previous) is None and previous not in stored:
            self._wrong(action, f"was compared with {previous[:80]!r}, which is none of its inputs")

    def _option(self, entity: Entity) -> tuple[str, str]:
        name, value = self._text(entity, "name"), self._text(entity, "value")
        if name not in OPTIONS:
            self._wrong(entity, f"tells an option {name[:40]!r} that there is not")
        return name, value

    def _input(self, entity: Entity) -> Input | None:
        further = {
            self._text(each, "name"): self._text(each, "value") for each in self._referred(entity, "additionalProperty")
        }
        what, name, sha256 = further.get("what", ""), self._text(entity, "name"), self._hash(entity)
        fetched = further.get("fetched") == "true"
        if what not in WHAT:
            self._wrong(entity, f"holds {what[:40]!r}, which is no input of ours")
            return None
        if not fetched and ("/" in name or not is_safe_path(name)):
            self._wrong(entity, f"names a file {name[:80]!r} that is more than a name")
        path = further.get("path")
        if path is not None and not is_safe_path(path):
            self._wrong(entity, f"names a path {path[:80]!r} that leads elsewhere")
        return Input(
            year=self._number(entity, "year", further.get("year"), YEARS),
            what=what,
            name=name,
            sha256=sha256,
            rows=self._count(entity, "rows", further.get("rows")),
            size=self._count(entity, "contentSize", entity.get("contentSize")),
            path=path,
            fetched=fetched,
        )

    def _output(self, entity: Entity) -> Output | None:
        name = entity.get("@id")
        if not isinstance(name, str) or _RESULT.fullmatch(name) is None:
            self._wrong(entity, "is no file that udsat_geo writes")
            return None
        size = self._count(entity, "contentSize", entity.get("contentSize"))
        return Output(name, self._hash(entity), -1 if size is None else size)

    def _referred(self, entity: Entity, name: str) -> Iterator[Entity]:
        """The entities that a property refers to, one step and no more: a ring of references leads nowhere."""
        value = entity.get(name)
        for reference in value if isinstance(value, list) else [value] * (value is not None):
            identity = reference.get("@id") if isinstance(reference, dict) else None
            found = self._entities.get(identity) if isinstance(identity, str) else None
            if found is None:
                self._wrong(entity, f"refers to something that is not there ({name})")
            else:
                yield found

    def _text(self, entity: Entity, name: str) -> str:
        value = entity.get(name)
        if not isinstance(value, str) or _PLAIN.fullmatch(value) is None:
            self._wrong(entity, f"has no {name}")
            return ""
        return value

    def _hash(self, entity: Entity) -> str:
        value = entity.get("sha256")
        if not isinstance(value, str) or _HASH.fullmatch(value) is None:
            self._wrong(entity, "has no SHA-256")
            return ""
        return value

    def _count(self, entity: Entity, name: str, value: object) -> int | None:
        return None if value is None else self._number(entity, name, value, range(2**62))

    def _number(self, entity: Entity, name: str, value: object, allowed: range) -> int:
        if isinstance(value, str) and value.isdecimal() and len(value) < 20 and int(value) in allowed:
            return int(value)
        self._wrong(entity, f"has no {name} that is a number in its bounds")
        return -1

    def _wrong(self, entity: Entity, what: str) -> None:
        shown = "".join(sign if sign.isprintable() else "?" for sign in str(entity.get("@id"))[:80])
        self.problems.append(Problem(f"{self._name}: {shown}", what, "Make the designation again."))


def _is_named(run: Run, told: Input) -> bool:
    """Whether an input was named with an option of its own."""
    return told.what in NAMED and run.option(f"--{told.what}") is not None


def _is_a(entity: Entity, kind: str) -> bool:
    types = entity.get("@type")
    return types == kind or (isinstance(types, list) and kind in types)
