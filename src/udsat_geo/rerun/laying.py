"""A folder that holds the inputs of a run and nothing else, so that it reads what it read and no more."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from udsat_geo.crate import Input, Run
from udsat_geo.crate.run import STORED
from udsat_geo.errors import InputError, Problem
from udsat_geo.job import Job
from udsat_geo.rerun.finding import Found, is_named, is_previous_file
from udsat_geo.services.sources import LAYER
from udsat_geo.surroundings import Around
from udsat_geo.vector import file_of, origin_of
from udsat_geo.vector.origins import Origin, forget_origin, tell_origin


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
            out=out,
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
