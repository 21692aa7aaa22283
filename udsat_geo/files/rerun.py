"""Runs repeated from their crate, and their results held to those that they had."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from udsat_geo.analysis.certainty import with_certainty
from udsat_geo.designation.designation import Designation, Progress
from udsat_geo.designation.job import Job, crosswalk_named
from udsat_geo.designation.job import run as run_job
from udsat_geo.designation.summary import sha256
from udsat_geo.designation.surroundings import Around
from udsat_geo.files.crate import AROUND, STORED, Input, Run, library_versions
from udsat_geo.files.earlier import store_of
from udsat_geo.files.write import check_formats, write_results
from udsat_geo.messages.errors import InputError, Problem, Problems
from udsat_geo.messages.translate import _
from udsat_geo.messages.version import __version__
from udsat_geo.policy.chain import BUILT_IN
from udsat_geo.policy.load import LoadedPolicy, load_policy, with_references
from udsat_geo.sources.addresses import LAYER
from udsat_geo.sources.features import file_of
from udsat_geo.sources.origins import Origin, forget_origin, origin_of, tell_origin
from udsat_geo.synthetic import YEARS
from udsat_geo.synthetic.cache import cached_registers


@dataclass(frozen=True)
class Places:
    """Where inputs lie now, as whoever repeats a run says; the folder of the crate may hold earlier designations.

    `named` has units, barriers and so on by what they hold, what was fetched as its copy; the rest is as the options.
    """

    crate: Path
    inputs: Path | None
    registers: Path | None
    policy: str | None
    previous: Path | None
    named: Mapping[str, Path]


Found = list[tuple[Input, Path]]
"""The inputs of a run but for its policies, in their order, and where they lie; a path may name a layer."""


def find_inputs(run: Run, places: Places) -> tuple[LoadedPolicy, Found]:
    """Find the policy and the inputs of a run."""
    problems = Problems()
    policy = problems.of(_policy, run, places)
    reads = [each for each in run.inputs if each.what not in ("policy", "base")]
    files = [(each, cast(Path, problems.of(_file, run, each, places))) for each in reads]
    problems.check()
    return cast(LoadedPolicy, policy), files


def _policy(run: Run, places: Places) -> LoadedPolicy:
    """The policy of a run, by its hash."""
    read = next(each for each in run.inputs if each.what == "policy")
    where = _("policy {name}").format(name=read.name)
    if read.name in BUILT_IN and places.policy is None:
        loaded = load_policy(read.name)
        remedy = _("Run it with udsat_geo {version}.").format(version=run.version)
    else:
        candidates = [Path(places.policy)] if places.policy is not None else list(_by_name(read, places))
        path = next((path for path in candidates if path.is_file()), None)
        if path is None:
            remedy = _("Name it with --policy, or its folder with --inputs.")
            raise InputError(Problem(where, _("is not there"), remedy))
        loaded = load_policy(str(path))
        remedy = _("Name the file that it was, with those that it extends.")
    if loaded.sha256 != read.sha256:
        raise InputError(_is_another(where, loaded.sha256, read, remedy))
    return with_references(loaded, tuple(value for name, value in run.options if name == "--reference"))


def _file(run: Run, read: Input, places: Places) -> Path:
    """Where an input lies that is what it was."""
    where = _("{what} of {year}: {name}").format(what=read.what, year=read.year, name=read.name)
    remedy = _remedy(run, read)
    there = [path for path in _candidates(run, read, places) if file_of(path).exists()]
    hashes = [sha256(file_of(path)) for path in there]
    if read.sha256 in hashes:
        return there[hashes.index(read.sha256)]
    if hashes:
        raise InputError(_is_another(where, hashes[0], read, remedy))
    raise InputError(Problem(where, _("is not there"), remedy))


def _is_another(where: str, now: str, read: Input, remedy: str) -> Problem:
    what = _("is another one now (SHA-256 {now}..., it was {then}...)").format(now=now[:12], then=read.sha256[:12])
    return Problem(where, what, remedy)


def _candidates(run: Run, read: Input, places: Places) -> Iterator[Path]:
    """Where an input may lie: what was named for it alone, else where inputs of its kind lie."""
    if _is_synthetic(run, read):
        if read.year in YEARS:
            yield cached_registers(read.year, int(str(run.option("--seed")))) / read.name
        return
    if run.is_named(read):
        if read.what in places.named:
            yield places.named[read.what]
            return
    elif (read.is_of_registers or read.what in AROUND) and places.registers is not None:
        of_year = places.registers / str(read.year)
        yield (of_year if of_year.is_dir() else places.registers) / read.name
        return
    elif read.what in STORED:
        if places.previous is not None and _is_previous_file(run, read):
            yield places.previous if read.what == "designation" else places.previous.with_suffix(".json")
            return
        yield places.crate / read.name
    yield from _by_name(read, places)


def _by_name(read: Input, places: Places) -> Iterator[Path]:
    """In the folder of inputs, and where it lay below the folder that the run was started in; `read.path` is safe."""
    if read.fetched:
        return
    if places.inputs is not None:
        yield places.inputs / str(read.year) / read.name
        yield places.inputs / read.name
    here = Path.cwd().resolve()
    # a link on the way may lead out of it all the same
    if read.path is not None and (path := (here / read.path).resolve()).is_relative_to(here):
        yield path


def _is_synthetic(run: Run, read: Input) -> bool:
    """Whether an input is of the synthetic city, which is made again and not looked for."""
    return run.option("--seed") is not None and not run.is_named(read) and (read.is_of_registers or read.what in AROUND)


def _is_previous_file(run: Run, read: Input) -> bool:
    """Whether an earlier designation was named as a file."""
    named, stem = run.option("--previous") or "", read.name.rpartition(".")[0]
    return read.what in ("designation", "summary") and named.rpartition(".")[0] == stem != ""


def _remedy(run: Run, read: Input) -> str:
    """How to say where an input lies."""
    if _is_synthetic(run, read):
        text = _("The synthetic city of this version is another one: run it with udsat_geo {version}.")
        return text.format(version=run.version)
    if read.fetched:
        text = _('It was fetched: give {option} "{name}", with credentials where it asks for them.')
        return text.format(option=f"--{read.what}", name=read.name)
    if run.is_named(read) or _is_previous_file(run, read):
        name = f"--{read.what}" if run.is_named(read) else "--previous"
        return _("Name it with {option}, or its folder with --inputs.").format(option=name)
    if read.what in ("designation", "summary"):
        return _("Name its folder with --inputs.")
    return _("Name the folder of the registers with --registers, or one that holds it with --inputs.")


def repeat(
    runs: Sequence[Run], places: Places, threads: int | None = None, progress: Progress | None = None
) -> list[dict[str, Any]]:
    """Repeat runs in a temporary folder, and compare their results.

    Returns
    -------
    list of dict
        Of each run its ``year``, ``version``, whether it is the ``same``, what has ``other_versions`` now, and its
        ``results``: by ``name`` the hash ``then`` and ``now``, and how the file is ``lying`` beside the crate
        (``as_written``, ``changed`` or ``absent``). Nothing is run where inputs of any run are missing or others now.
    """
    problems = Problems()
    ready = [(run, problems.of(_formats, run), problems.of(find_inputs, run, places)) for run in runs]
    problems.check()
    return [
        _repeated(run, formats or (), cast(tuple[LoadedPolicy, Found], inputs), places.crate, threads, progress)
        for run, formats, inputs in ready
    ]


def _formats(run: Run) -> tuple[str, ...]:
    # a crate cannot hold its own hash
    formats = [part for part in (run.option("--format") or "").split(",") if part not in ("", "crate")]
    return check_formats(",".join(formats)) if formats else ()


def _repeated(
    run: Run,
    formats: tuple[str, ...],
    inputs: tuple[LoadedPolicy, Found],
    crate: Path,
    threads: int | None,
    progress: Progress | None,
) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="udsat_geo-rerun-") as name:
        with _job(run, *inputs, Path(name), threads) as job:
            written = write_results(_made(run, job, progress), Path(name) / "results", formats)
            now = {file.name: sha256(file) for file in written}
    then = {output.name: output.sha256 for output in run.outputs}
    results = []
    for name in sorted({*then, *now}):
        path = crate / name
        lying = "absent"
        if name in then and path.is_file():
            lying = "as_written" if sha256(path) == then[name] else "changed"
        same = then.get(name) == now.get(name)
        results.append({"name": name, "same": same, "then": then.get(name), "now": now.get(name), "lying": lying})
    before = {"udsat_geo": run.version, **dict(run.libraries)}
    here = {"udsat_geo": __version__, **dict(library_versions())}
    names = [name for name in sorted({*before, *here}) if before.get(name) != here.get(name)]
    return {
        "year": run.year,
        "version": run.version,
        "same": all(each["same"] and each["lying"] != "changed" for each in results),
        "other_versions": [{"name": name, "then": before.get(name), "now": here.get(name)} for name in names],
        "results": results,
    }


def _made(run: Run, job: Job, progress: Progress | None) -> Designation:
    """The designation of a run, with how sure it is where the run said so."""
    made, draws = run_job(job, progress), run.option("--certainty")
    return made if draws is None else with_certainty(made, job, int(draws), progress=progress)


@contextmanager
def _job(run: Run, policy: LoadedPolicy, files: Found, folder: Path, threads: int | None) -> Iterator[Job]:
    """The job of a run over links to its inputs, in an empty folder: it reads those and nothing beside them."""
    named: dict[str, Path] = {}
    renamed: list[Path] = []
    previous = run.option("--previous")
    try:
        for read, path in files:
            if run.is_named(read):
                named[read.what] = _named(run, read, path, folder / "named" / read.what, renamed)
            elif read.what in STORED:
                is_file = _is_previous_file(run, read)
                linked = _linked(path, folder / ("previous" if is_file else "out") / read.name)
                previous = str(linked) if is_file and read.what == "designation" else previous
            else:
                _linked(path, folder / "raw" / str(read.year) / read.name)
        yield Job(
            year=run.year,
            policy=policy,
            raw=folder / "raw" if (folder / "raw").is_dir() else None,
            units=named.pop("units", None),
            previous=previous,
            around=Around(**named),
            store=store_of(folder / "out"),
            language=run.option("--lang") or "da",
            threads=threads,
            notes=run.notes,
            crosswalk_by=crosswalk_named(run.option("--crosswalk"))[1],
            crosswalk_columns=tuple(filter(None, (run.option("--crosswalk-columns") or "").split(","))),
        )
    finally:
        for path in renamed:
            forget_origin(path)


def _named(run: Run, read: Input, path: Path, folder: Path, renamed: list[Path]) -> Path:
    """A named input, called what it was called then."""
    if origin_of(file_of(path)) is not None:
        return path
    linked = _linked(file_of(path), folder / (file_of(path).name if read.fetched else read.name))
    if read.fetched:
        # the very bytes that came from the web then, kept as a file
        tell_origin(linked, Origin(read.name, read.sha256))
        renamed.append(linked)
    layer = (run.option(f"--{read.what}") or "").partition(LAYER)[2]
    return Path(f"{linked}{LAYER}{layer}") if layer else linked


def _linked(path: Path, place: Path) -> Path:
    """A file at another place, by a link where the system has links; a shapefile with its parts."""
    place.parent.mkdir(parents=True, exist_ok=True)
    of_shapefile = sorted(path.parent.glob(f"{path.stem}.*")) if path.suffix.lower() == ".shp" else []
    for part in (path, *(each for each in of_shapefile if each != path)):
        target = place.with_suffix(part.suffix) if part != path else place
        # whatever is written to a link is written to what it leads to
        if os.path.lexists(target):
            what = _("would take the place of another input of that run")
            raise InputError(Problem(place.name, what, _("Make the designation again.")))
        try:
            os.symlink(part.resolve(), target, target_is_directory=part.is_dir())
        except (OSError, NotImplementedError):
            (shutil.copytree if part.is_dir() else shutil.copy2)(part, target)
    return place
