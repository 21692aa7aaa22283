"""Runs repeated from their crate, and their results held to those that they had."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from udsat_geo import __version__
from udsat_geo.crate import Output, Run, library_versions
from udsat_geo.designation import Progress
from udsat_geo.errors import InputError
from udsat_geo.io.results import check_formats, write_results
from udsat_geo.io.summary import sha256
from udsat_geo.job import run as run_job
from udsat_geo.rerun.finding import Found, Places, find_all
from udsat_geo.rerun.laying import laid_out

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
