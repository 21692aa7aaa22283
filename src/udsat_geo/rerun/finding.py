"""Inputs of a run found again where they lie now, and held to the hashes that the crate has of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from udsat_geo.crate import Input, Run, is_safe_path
from udsat_geo.crate.run import AROUND, NAMED, REGISTERS, STORED
from udsat_geo.errors import InputError, Problem
from udsat_geo.io.summary import sha256
from udsat_geo.policy import BUILT_IN, LoadedPolicy, load_policy, with_references
from udsat_geo.synthetic import YEARS, cached_registers
from udsat_geo.vector import file_of


@dataclass(frozen=True)
class Places:
    """Where inputs lie now, as whoever repeats a run says.

    Attributes
    ----------
    crate : Path
        The folder of the crate: earlier designations may lie there.
    inputs : Path or None
        A folder that holds inputs by their names, or by year and name.
    raw : Path or None
        Register folder, as of `designate`.
    policy : str or None
        A policy file.
    previous : Path or None
        The designation that a file was named for.
    named : mapping of str to Path
        Units, barriers and so on, by what they hold; what was fetched as its copy.
    """

    crate: Path
    inputs: Path | None = None
    raw: Path | None = None
    policy: str | None = None
    previous: Path | None = None
    named: Mapping[str, Path] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """Everything that a run needs.

    Attributes
    ----------
    policy : LoadedPolicy
    files : tuple of (Input, Path)
        In the order of the run's inputs; a path may name a layer.
    """

    policy: LoadedPolicy
    files: tuple[tuple[Input, Path], ...]


def find_all(run: Run, places: Places) -> Found:
    """Find the inputs of a run.

    Raises
    ------
    InputError
        Naming every input that is not there or is another one now.
    """
    problems: list[Problem | str] = []
    policy = None
    try:
        policy = _policy(run, places)
    except InputError as error:
        problems += error.messages
    files: list[tuple[Input, Path]] = []
    for told in run.inputs:
        if told.what in ("policy", "base"):
            continue
        try:
            files.append((told, _file(run, told, places)))
        except InputError as error:
            problems += error.messages
    if problems or policy is None:
        raise InputError(problems)
    return Found(policy, tuple(files))


def _policy(run: Run, places: Places) -> LoadedPolicy:
    """The policy of a run, by its hash.

    Raises
    ------
    InputError
        If it is not there, is wrong, or is another one.
    """
    told = next(each for each in run.inputs if each.what == "policy")
    references = tuple(value for name, value in run.options if name == "--reference")
    where = f"policy {told.name}"
    if told.name in BUILT_IN and places.policy is None:
        loaded = load_policy(told.name)
        remedy = f"Run it with udsat_geo {run.version}."
    else:
        candidates = [Path(places.policy)] if places.policy is not None else list(_by_name(told, places))
        path = next((path for path in candidates if path.is_file()), None)
        if path is None:
            raise InputError(Problem(where, "is not there", "Name it with --policy, or its folder with --inputs."))
        loaded = load_policy(str(path))
        remedy = "Name the file that it was, with those that it extends."
    if loaded.sha256 != told.sha256:
        raise InputError(Problem(where, f"is another one now ({_short(loaded.sha256, told)})", remedy))
    return with_references(loaded, references)


def _file(run: Run, told: Input, places: Places) -> Path:
    """Where an input lies that is what it was.

    Raises
    ------
    InputError
        If there is none.
    """
    where = f"{told.what} of {told.year}: {told.name}"
    there = [path for path in _candidates(run, told, places) if file_of(path).exists()]
    hashes = [sha256(file_of(path)) for path in there]
    if told.sha256 in hashes:
        return there[hashes.index(told.sha256)]
    if hashes:
        raise InputError(Problem(where, f"is another one now ({_short(hashes[0], told)})", _remedy(run, told)))
    raise InputError(Problem(where, "is not there", _remedy(run, told)))


def _candidates(run: Run, told: Input, places: Places) -> Iterator[Path]:
    """Where an input may lie: what was named for it alone, else where inputs of its kind lie."""
    if is_made(run, told):
        if told.year in YEARS:
            yield cached_registers(told.year, int(str(run.option("--seed")))) / told.name
        return
    if is_named(run, told):
        if told.what in places.named:
            yield places.named[told.what]
            return
    elif told.what in (*REGISTERS, *AROUND) and places.raw is not None:
        of_year = places.raw / str(told.year)
        yield (of_year if of_year.is_dir() else places.raw) / told.name
        return
    elif told.what in STORED:
        if places.previous is not None and is_previous_file(run, told):
            yield places.previous if told.what == "designation" else places.previous.with_suffix(".json")
            return
        yield places.crate / told.name
    yield from _by_name(told, places)


def _by_name(told: Input, places: Places) -> Iterator[Path]:
    """In the folder of inputs, and where it lay below the folder that the run was started in."""
    if told.fetched:
        return
    if places.inputs is not None:
        yield places.inputs / str(told.year) / told.name
        yield places.inputs / told.name
    if told.path is not None and is_safe_path(told.path):
        here = Path.cwd().resolve()
        path = (here / told.path).resolve()
        if path.is_relative_to(here):
            yield path


def is_made(run: Run, told: Input) -> bool:
    """Whether an input is of the synthetic city, which is made again and not looked for."""
    return run.option("--seed") is not None and not is_named(run, told) and told.what in (*REGISTERS, *AROUND)


def is_named(run: Run, told: Input) -> bool:
    """Whether an input was named with an option of its own; those beside the registers were not."""
    return told.what in NAMED and run.option(f"--{told.what}") is not None


def is_previous_file(run: Run, told: Input) -> bool:
    """Whether an earlier designation was named as a file."""
    named = run.option("--previous") or ""
    stem = told.name.rpartition(".")[0]
    return told.what in STORED and named.rpartition(".")[0] == stem != ""


def _remedy(run: Run, told: Input) -> str:
    """How to say where an input lies."""
    if is_made(run, told):
        return f"The synthetic city of this version is another one: run it with udsat_geo {run.version}."
    if told.fetched:
        return f'It was fetched: give --{told.what} "{told.name}", with credentials where it asks for them.'
    if is_named(run, told):
        return f"Name it with --{told.what}, or its folder with --inputs."
    if told.what in STORED:
        named = "--previous, or its folder with --inputs" if is_previous_file(run, told) else "--inputs"
        return f"Name it with {named}." if "previous" in named else "Name its folder with --inputs."
    return "Name the folder of the registers with --raw, or one that holds it with --inputs."


def _short(now: str, told: Input) -> str:
    return f"SHA-256 {now[:12]}..., it was {told.sha256[:12]}..."
