"""Runs repeated from their crate, and their results held to those that they had."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from udsat_geo import __version__
from udsat_geo.designation.designation import Progress
from udsat_geo.designation.job import Job
from udsat_geo.designation.job import run as run_job
from udsat_geo.designation.summary import sha256
from udsat_geo.designation.surroundings import Around
from udsat_geo.files.crate import AROUND, NAMED, REGISTERS, STORED, Input, Output, Run, is_safe_path, library_versions
from udsat_geo.files.earlier import store_of
from udsat_geo.files.write import check_formats, write_results
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.policy.chain import BUILT_IN
from udsat_geo.policy.load import LoadedPolicy, load_policy, with_references
from udsat_geo.sources.addresses import LAYER
from udsat_geo.sources.features import file_of
from udsat_geo.sources.origins import Origin, forget_origin, origin_of, tell_origin
from udsat_geo.synthetic.write import YEARS, cached_registers


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


@contextmanager
def laid_out(run: Run, found: Found, folder: Path, language: str, threads: int | None) -> Iterator[Job]:
    """The job of a run over links to its inputs.

    Parameters
    ----------
    run : Run
    found : Found
    folder : Path
        Empty; everything goes there.
    language : {"da", "en"}
        Of results: that of the run.
    threads : int or None

    Yields
    ------
    Job
    """
    named: dict[str, Path] = {}
    renamed: list[Path] = []
    previous = run.option("--previous")
    out = folder / "out"
    out.mkdir()
    try:
        for told, path in found.files:
            if is_named(run, told):
                named[told.what] = _named(run, told, path, folder / "named" / told.what, renamed)
            elif told.what in STORED:
                of_file = is_previous_file(run, told)
                linked = _linked(path, (folder / "previous" if of_file else out) / told.name)
                if of_file and told.what == "designation":
                    previous = str(linked)
            else:
                _linked(path, folder / "raw" / str(told.year) / told.name)
        units = named.pop("units", None)
        yield Job(
            year=run.year,
            policy=found.policy,
            raw=folder / "raw" if (folder / "raw").is_dir() else None,
            units=units,
            previous=previous,
            around=Around(**named),
            store=store_of(out),
            language=language,
            threads=threads,
            notes=run.notes,
        )
    finally:
        for path in renamed:
            forget_origin(path)


def _named(run: Run, told: Input, path: Path, folder: Path, renamed: list[Path]) -> Path:
    """A named input, called what it was called then."""
    if origin_of(file_of(path)) is not None:
        return path
    linked = _linked(file_of(path), folder / (file_of(path).name if told.fetched else told.name))
    if told.fetched:
        # the very bytes that came from the web then, kept as a file
        tell_origin(linked, Origin(told.name, told.sha256))
        renamed.append(linked)
    _, _, layer = (run.option(f"--{told.what}") or "").partition(LAYER)
    return Path(f"{linked}{LAYER}{layer}") if layer else linked


def _linked(path: Path, place: Path) -> Path:
    """A file at another place, by a link where the system has links; a shapefile with its parts."""
    place.parent.mkdir(parents=True, exist_ok=True)
    parts = [path]
    if path.suffix.lower() == ".shp":
        parts += [beside for beside in sorted(path.parent.glob(f"{path.stem}.*")) if beside != path]
    for part in parts:
        target = place.with_suffix(part.suffix) if part != path else place
        # whatever is written to a link is written to what it leads to
        if os.path.lexists(target):
            what = "would take the place of another input of that run"
            raise InputError(Problem(place.name, what, "Make the designation again."))
        try:
            os.symlink(part.resolve(), target, target_is_directory=part.is_dir())
        except (OSError, NotImplementedError):
            if part.is_dir():
                shutil.copytree(part, target)
            else:
                shutil.copy2(part, target)
    return place


Lying = Literal["as_written", "changed", "absent"]


@dataclass(frozen=True)
class Repeated:
    """A result, then and now.

    Attributes
    ----------
    name : str
    then : str or None
        SHA-256 that the crate has of it; None for a file that the run did not have.
    now : str or None
        Of the repetition; None where it has no such file.
    lying : {"as_written", "changed", "absent"}
        How the file beside the crate is.
    """

    name: str
    then: str | None
    now: str | None
    lying: Lying

    @property
    def is_same(self) -> bool:
        """Whether the repetition gave the same bytes."""
        return self.then == self.now

    @property
    def is_well(self) -> bool:
        """Whether that is so and nobody has changed the file since."""
        return self.is_same and self.lying != "changed"


@dataclass(frozen=True)
class Repetition:
    """A run, repeated.

    Attributes
    ----------
    run : Run
    results : tuple of Repeated
    environment : tuple of (str, str, str)
        What is of another version now: name, then, now; empty where there is no such thing.
    """

    run: Run
    results: tuple[Repeated, ...]
    environment: tuple[tuple[str, str, str], ...]

    @property
    def is_well(self) -> bool:
        """Whether every result is the same, and lies as it was written."""
        return all(result.is_well for result in self.results)


def repeat(
    runs: Sequence[Run], places: Places, threads: int | None = None, progress: Progress | None = None
) -> tuple[Repetition, ...]:
    """Repeat runs in a temporary folder, and compare their results.

    Parameters
    ----------
    runs : sequence of Run
    places : Places
        Where their inputs lie now.
    threads : int, optional
    progress : callable, optional

    Raises
    ------
    InputError
        If inputs of any run are not there or are others now, all of them told at once; nothing has been run then.
    """
    found: list[Found] = []
    problems: list[str] = []
    for each in runs:
        try:
            _formats(each)
            found.append(find_all(each, places))
        except InputError as error:
            problems += error.messages
    if problems:
        raise InputError(dict.fromkeys(problems))
    return tuple(_repeated(each, of, places, threads, progress) for each, of in zip(runs, found, strict=True))


def other_versions(run: Run) -> tuple[tuple[str, str, str], ...]:
    """What has another version, or is another system, than when a run was made: name, then, now."""
    then = {"udsat_geo": run.version, **dict(run.libraries)}
    now = {"udsat_geo": __version__, **dict(library_versions())}
    return tuple(
        (name, then.get(name, ""), now.get(name, ""))
        for name in sorted({*then, *now})
        if then.get(name) != now.get(name)
    )


def _formats(run: Run) -> tuple[str, ...]:
    """The formats of a run but for the crate, which cannot hold its own hash."""
    told = [part for part in (run.option("--format") or "").split(",") if part != "crate"]
    return check_formats(",".join(told)) if told else ()


def _repeated(run: Run, found: Found, places: Places, threads: int | None, progress: Progress | None) -> Repetition:
    language = run.option("--lang") or "da"
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="udsat_geo-rerun-")))
        job = stack.enter_context(laid_out(run, found, folder, language, threads))
        made = run_job(job, progress)
        files = write_results(made, folder / "results", _formats(run))
        now = {file.name: sha256(file) for file in files}
    then = {output.name: output for output in run.outputs}
    results = [
        Repeated(name, then[name].sha256 if name in then else None, now.get(name), _lying(then.get(name), places.crate))
        for name in sorted({*then, *now})
    ]
    return Repetition(run, tuple(results), other_versions(run))


def _lying(output: Output | None, folder: Path) -> Lying:
    if output is None or not (folder / output.name).is_file():
        return "absent"
    return "as_written" if sha256(folder / output.name) == output.sha256 else "changed"
