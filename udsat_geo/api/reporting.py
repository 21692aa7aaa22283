"""The status report from Python: the document of `udsat write-report`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from udsat_geo.api.asking import Language, Progress, as_files, within
from udsat_geo.api.frames import PathLike, path_of, policy_of
from udsat_geo.synthetic import DEFAULT_SEED

if TYPE_CHECKING:
    from udsat_geo.api.result import Result
    from udsat_geo.policy.load import LoadedPolicy


def write_report(
    areas: int | Result | PathLike,
    *,
    years: Iterable[int],
    updated: int | None = None,
    registers: PathLike | None = None,
    policy: str | Path | LoadedPolicy = "kbh-2017",
    goals: PathLike | None = None,
    comments: PathLike | None = None,
    template: PathLike | None = None,
    name: str | None = None,
    allow_overlaps: bool = False,
    out: PathLike = "status.docx",
    language: Language = "da",
    seed: int | None = None,
    threads: int | None = None,
    memory: str | None = None,
    progress: Progress | None = None,
) -> Path:
    """Write the status report as a document; as the command ``udsat write-report``.

    Parameters
    ----------
    areas : int, Result, str or Path
        The areas of the first year: that year, which designates them, a designation, or a file of polygons.
    years : iterable of int
        The years to measure.
    updated : int, optional
        The year of the areas drawn anew, designated from its registers.
    registers, policy, language, seed, threads, memory, progress
        As of `designate`.
    goals : str or Path, optional
        A goals file in the place of the built-in one.
    comments : str or Path, optional
        A folder of Markdown files, one for each section, as ``goal-1.md``.
    template : str or Path, optional
        A Word document or template, whose styles, page and headers are used.
    name : str, optional
        The column that tells the polygons of `areas` apart.
    allow_overlaps : bool
        Whether polygons of `areas` may overlap.
    out : str or Path
        The document: its ending, .docx or .html, says what is written.

    Returns
    -------
    Path
        The document.

    Raises
    ------
    InputError
        If the call or an input is at fault, with all that can be found out before any register is read.
    """
    from udsat_geo.report.document.make import DocumentJob, write_document

    with as_files({"areas": str(areas) if isinstance(areas, int) else areas}) as files:
        job = DocumentJob(
            str(files.paths["areas"]),
            tuple(years),
            policy_of(policy),
            Path(out),
            updated,
            path_of(registers),
            path_of(goals),
            path_of(comments),
            path_of(template),
            name,
            allow_overlaps,
            language,
            DEFAULT_SEED if seed is None else seed,
            threads,
            files.told(language),
        )
        with within(threads, memory):
            return write_document(job, progress)[0]
