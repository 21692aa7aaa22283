"""What calls of the Python interface are asked for, as the job and the files that the rooms below know."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from udsat_geo.api.frames import PathLike, policy_of, write_frame
from udsat_geo.api.result import Result
from udsat_geo.messages.errors import InputError, Problem, Problems
from udsat_geo.messages.translate import _
from udsat_geo.synthetic import DEFAULT_SEED

if TYPE_CHECKING:
    from udsat_geo.designation.earlier import Store
    from udsat_geo.designation.job import Job
    from udsat_geo.designation.kept import Kept
    from udsat_geo.policy.load import LoadedPolicy
    from udsat_geo.sources.copies import LocalCopies

Language = Literal["da", "en"]
Progress = Callable[[str], None]


CADENCE = "cadence"
"""To compare with the designation that the policy's cadence puts before this one."""


@contextmanager
def as_files(given: Mapping[str, object]) -> Iterator[LocalCopies]:
    """Inputs as files for as long as the context lasts: frames and results written, addresses fetched.

    `given` is what each is (``units``, ``barriers``), which a file that is written is called after, and a path, an
    address, a frame, a result, or None, which is left out.
    """
    from udsat_geo.sources.copies import local_copies

    named: dict[str, str | Path | None] = {}
    problems = Problems()
    with ExitStack() as stack:
        for name, value in given.items():
            if isinstance(value, str | Path):
                named[name] = value
            elif isinstance(value, Result):
                named[name] = stack.enter_context(value.as_geopackage())
            elif hasattr(value, "columns") and hasattr(value, "to_csv"):
                folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="udsat-")))
                named[name] = problems.of(write_frame, name, value, folder)
            elif value is not None:
                what, remedy = _("is a {name}"), _("Give a path, a GeoDataFrame, or a DataFrame.")
                problems.messages.append(str(Problem(name, what.format(name=type(value).__name__), remedy)))
        problems.check()
        yield stack.enter_context(local_copies({name: str(path) for name, path in named.items()}))


@contextmanager
def within(threads: int | None, memory: str | None) -> Iterator[None]:
    """Kernels on at most so many threads, and reading within so much memory meanwhile."""
    from udsat_geo.sources.engine import bytes_of, memory_ceiling

    with memory_ceiling(None if memory is None else bytes_of(memory)):
        if threads is None:
            yield
            return
        import numba

        before = numba.get_num_threads()
        numba.set_num_threads(min(threads, numba.config.NUMBA_NUM_THREADS))
        try:
            yield
        finally:
            numba.set_num_threads(before)


@dataclass(frozen=True)
class Asked:
    """What a call that designates is asked for, as it is given; its arguments are those of `udsat_geo.designate`."""

    year: int
    policy: str | Path | Mapping[str, Any] | LoadedPolicy
    registers: PathLike | None
    units: Any
    references: Mapping[str, float] | None
    previous: Any = CADENCE
    crosswalk: Any = None
    crosswalk_columns: Sequence[str] = ()
    language: Language = "da"
    seed: int | None = None
    threads: int | None = None
    sums: PathLike | Sequence[PathLike] | None = None

    @contextmanager
    def as_job(self, around: Mapping[str, object], out: PathLike = "data/out") -> Iterator[Job]:
        """The job; its files are there for as long as the context lasts."""
        from udsat_geo.designation.job import Job, crosswalk_named
        from udsat_geo.designation.surroundings import Around

        before = self.previous if isinstance(self.previous, Result) else None
        table, by = (self.crosswalk, "") if hasattr(self.crosswalk, "columns") else crosswalk_named(self.crosswalk)
        rule = policy_of(self.policy, self.references)
        tables, by_year = _tables(self.units, self.year, rule)
        given = {**tables, **around, "previous": before, "crosswalk": table}
        with as_files(given) as files, self._raw() as raw:
            of_years = {of_year: files.paths.pop(name) for name, of_year in by_year.items() if name in files.paths}
            named = files.paths.pop("previous", None) or _named_before(self.previous)
            yield Job(
                year=self.year,
                policy=rule,
                raw=raw,
                units=of_years.pop(self.year, None),
                units_then=of_years,
                previous=None if named is None else str(named),
                around=Around(**files.paths),
                store=_store_at(out),
                language=self.language,
                seed=DEFAULT_SEED if self.seed is None else self.seed,
                threads=self.threads,
                kept=self._kept(),
                notes=files.told(self.language),
                crosswalk_columns=tuple(self.crosswalk_columns),
                crosswalk_by=by,
            )

    def _raw(self) -> AbstractContextManager[Path | None]:
        """The folder of the registers, where any are named."""
        from udsat_geo.sources.stores import mirrored, place_named

        return nullcontext() if self.registers is None else mirrored(place_named(str(self.registers)), "registers")

    def _kept(self) -> Kept | None:
        """The sums by unit that stand in the place of registers, where any are named."""
        if self.sums is None:
            return None
        from udsat_geo.files.sums import read_sums_of

        if self.registers is not None or self.units is not None:
            what, remedy = _("stands in the place of registers and of a table of units"), _("Name one of them.")
            raise InputError(Problem("sums", what, remedy))
        return read_sums_of([self.sums] if isinstance(self.sums, str | Path) else list(self.sums))


def _store_at(out: PathLike) -> Store:
    """Where stored designations of earlier years are looked for: a folder, or a database."""
    from udsat_geo.files.earlier import store_of
    from udsat_geo.files.postgis import database_of, is_database

    return store_of(database_of(str(out)) if is_database(out) else Path(out))


def _named_before(previous: object) -> str | None:
    """The designation to compare with as the command names it; None for the policy's cadence back, and for a result."""
    if isinstance(previous, Result) or previous == CADENCE:
        return None
    return "none" if previous is None else str(previous)


def _tables(units: Any, year: int, policy: LoadedPolicy) -> tuple[dict[str, Any], dict[str, int]]:
    """The tables of units of a year and of those that changes are taken from, by name; and the year of each name."""
    from udsat_geo.designation.job import tables_of_years

    by_year: Mapping[int, Any] = units if isinstance(units, Mapping) else {year: units}
    if isinstance(units, str | Path):
        by_year = tables_of_years(str(units), year, policy.policy)
    names = {of_year: "units" if of_year == year else f"units_{of_year}" for of_year in by_year}
    tables = {names[of_year]: table for of_year, table in by_year.items()}
    return tables, {name: of_year for of_year, name in names.items()}
