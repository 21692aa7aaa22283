"""The job of the document: checked, computed, filled, written."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import cast

from udsat_geo.designation.designation import Progress
from udsat_geo.files.atomic_write import all_or_none, cannot_write, check_writable
from udsat_geo.messages.errors import InputError, OutputError, Problem, Problems, reason_of
from udsat_geo.messages.translate import _
from udsat_geo.monitoring.categories import measure_categories
from udsat_geo.monitoring.goals import Account, RegistersOfYear, load_goals, take_account
from udsat_geo.monitoring.status import StatusJob, StatusReport, check_years
from udsat_geo.policy.load import LoadedPolicy
from udsat_geo.report.canvas import require_matplotlib
from udsat_geo.report.document.comments import read_comments
from udsat_geo.report.document.html import html_of
from udsat_geo.report.document.skeleton import SLOTS, Filling, document_of
from udsat_geo.report.document.word import read_template, require_docx, word_of
from udsat_geo.report.figures import FiguresJob, Shown, gather
from udsat_geo.synthetic import DEFAULT_SEED

ENDINGS = (".docx", ".html")


@dataclass(frozen=True)
class DocumentJob:
    """What is asked for.

    Attributes
    ----------
    areas : str
        A file, or a year whose areas are designated from its registers.
    years : tuple of int
        To be measured, in any order, each once; the areas are those of the first.
    policy : LoadedPolicy
    out : Path
        Its ending says what is written.
    updated : int or None
        The year of the areas that follow, designated from its registers.
    raw : Path or None
        As named; None is the default.
    goals : Path or None
        A goals file in the place of the built-in one.
    comments, template : Path or None
    name : str or None
        The column that tells polygons apart; None finds it out.
    allow_overlaps : bool
    language : {"da", "en"}
    seed : int
        Of the synthetic city.
    threads : int or None
    notes : tuple of str
        What was found out on the way to the files.
    """

    areas: str
    years: tuple[int, ...]
    policy: LoadedPolicy
    out: Path
    updated: int | None = None
    raw: Path | None = None
    goals: Path | None = None
    comments: Path | None = None
    template: Path | None = None
    name: str | None = None
    allow_overlaps: bool = False
    language: str = "da"
    seed: int = DEFAULT_SEED
    threads: int | None = None
    notes: tuple[str, ...] = ()


def write_document(job: DocumentJob, progress: Progress | None = None) -> tuple[Path, int]:
    """Compute, fill and write the document.

    Returns
    -------
    file : Path
    empty : int
        How many of its places for comments and cases are empty.

    Raises
    ------
    InputError
        With all that can be found out before any register is read.
    """
    figures, comments, template = _check(job)
    shown = gather(figures, progress)
    report, account, anew = _measured(job, shown, progress)
    policy = shown.made[-1].policy.policy if shown.made else job.policy.policy
    filling = Filling(shown, report, account, anew, policy, job.policy.sha256, comments, job.language)
    if progress is not None:
        progress(_("drawing", job.language))
    document = document_of(filling)
    made = html_of(document).encode("utf-8") if _ending(job) == ".html" else word_of(document, template)
    try:
        with all_or_none(job.out.parent, [job.out.name]) as folder:
            (folder / job.out.name).write_bytes(made)
    except OSError as error:
        raise OutputError(cannot_write(job.out, reason_of(error))) from None
    return job.out, len(SLOTS) - len(comments)


def _ending(job: DocumentJob) -> str:
    return job.out.suffix.lower()


def _check(job: DocumentJob) -> tuple[FiguresJob, dict[str, str], bytes | None]:
    """The job of its figures, the comments and the template; an error has all that is wrong."""
    problems = Problems()
    require_matplotlib()
    if _ending(job) == ".docx":
        require_docx()
    problems.messages += [str(problem) for problem in _misfits(job)]
    problems.of(check_writable, job.out.parent)
    asked = StatusJob(job.areas, job.years, job.policy)
    problems.of(check_years, asked)
    comments = {} if job.comments is None else problems.of(read_comments, job.comments, SLOTS)
    wanted = job.template if _ending(job) == ".docx" else None
    template = None if wanted is None else problems.of(read_template, wanted)
    problems.check()
    first = min(job.years)
    of_year = job.areas.strip() == str(first)
    figures = FiguresJob(
        (first,) if job.updated is None else (first, job.updated),
        job.policy,
        job.raw,
        None if of_year else Path(job.areas),
        job.name,
        job.allow_overlaps,
        job.language,
        job.seed,
        job.threads,
        measured=job.years,
    )
    return figures, cast(dict[str, str], comments), template


def _misfits(job: DocumentJob) -> list[Problem]:
    """What does not fit together in the call."""
    problems = []
    if _ending(job) not in ENDINGS:
        what, remedy = _("ends in neither .docx nor .html"), _("Name a file as status.docx or status.html.")
        problems.append(Problem(f"--out {job.out}", what, remedy))
    elif job.out.is_dir():
        problems.append(Problem(f"--out {job.out}", _("is a folder"), _("Name a file as status.docx or status.html.")))
    elif job.template is not None and job.out.resolve() == job.template.resolve():
        problems.append(Problem(f"--out {job.out}", _("is the template"), _("Name another file.")))
    if job.template is not None and _ending(job) == ".html":
        what, remedy = _("is of Word, and a page takes none"), _("Write a .docx, or leave it out.")
        problems.append(Problem("--template", what, remedy))
    first = min(job.years, default=0)
    if not job.areas.strip():
        problems.append(Problem("--areas", _("is empty"), _("Name a file or a year.")))
    elif job.areas.strip().isdecimal() and job.areas.strip() != str(first):
        what = _("--years begins with {first}").format(first=first)
        problems.append(Problem(f"--areas {job.areas}", what, _("Let --years begin with the year of the areas.")))
    if job.updated is not None and not first < job.updated <= max(job.years, default=0):
        what = _("lies not after {first}, or after the last year measured").format(first=first)
        problems.append(Problem(f"--updated {job.updated}", what, _("Name a year within --years.")))
    return problems


def _measured(
    job: DocumentJob, shown: Shown, progress: Callable[[str], None] | None
) -> tuple[StatusReport, Account, Account | None]:
    """The status with its categories, and the goals over the areas and over those drawn anew."""
    report = cast(StatusReport, shown.report)
    if not len(report.areas):
        what = _("the designation by {policy} has no area").format(policy=job.policy.policy.id)
        raise InputError(Problem(f"--areas {job.areas}", what, _("Name other areas.")))
    last = report.series.years[-1]
    report = dataclasses.replace(report, notes=(*job.notes, *report.notes))
    counted = measure_categories({last: shown.folders[last][0]}, report.areas, job.threads)
    report = dataclasses.replace(report, categories=counted)
    goals = load_goals(job.goals)
    registers = [RegistersOfYear(year, *folder) for year, folder in shown.folders.items()]
    take = partial(take_account, goals=goals, language=job.language, threads=job.threads, progress=progress)
    account = take(registers, areas=report.areas)
    anew = None if report.updated is None else take(registers[-1:], areas=report.updated)
    return report, account, anew
