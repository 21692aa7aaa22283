"""What a run read, wrote and was made by, taken down when it is done."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from udsat_geo import __version__
from udsat_geo.crate.run import OPTIONS, Input, Output, Run
from udsat_geo.designation import Designation
from udsat_geo.errors import InputError, Problem
from udsat_geo.io.running import path_of
from udsat_geo.io.summary import sha256
from udsat_geo.policy import BUILT_IN
from udsat_geo.running import earlier_years
from udsat_geo.vector import name_of, origin_of

LIBRARIES = ("duckdb", "numba", "numpy", "pyarrow", "pydantic", "pyogrio", "pyproj", "rasterio", "shapely")
"""Those of the product whose version may show in a result."""


@dataclass(frozen=True)
class Call:
    """A call of `designate`.

    Attributes
    ----------
    options : mapping of str to sequence of str
        Of `udsat_geo.crate.run.OPTIONS`, without credentials: those that were given, and the defaults that matter.
    policy : str
        As it was named.
    out : Path
    """

    options: Mapping[str, Sequence[str]]
    policy: str
    out: Path


def run_of(call: Call, designation: Designation, folder: Path, names: Sequence[str]) -> Run:
    """Take a run down.

    Parameters
    ----------
    call : Call
    designation : Designation
        That was made.
    folder : Path
        Where its files lie.
    names : sequence of str
        Of those files.

    Raises
    ------
    InputError
        If ``SOURCE_DATE_EPOCH`` is no time.
    """
    return Run(
        year=designation.year,
        source=designation.inputs.source,
        version=__version__,
        platform=f"{platform.system()} {platform.machine()}".strip(),
        libraries=library_versions(),
        options=tuple((name, value) for name in OPTIONS for value in call.options.get(name, ())),
        inputs=(*_policies(call, designation), *_inputs(call, designation)),
        outputs=tuple(Output(name, sha256(folder / name), (folder / name).stat().st_size) for name in sorted(names)),
        notes=designation.inputs.notes,
        ended=time_of_build(os.environ),
    )


def library_versions() -> tuple[tuple[str, str], ...]:
    """Name and version of what results may depend on, by name: Python, its libraries, and GDAL, GEOS and PROJ."""
    import pyogrio
    import pyproj
    import shapely

    found = {name: metadata.version(name) for name in LIBRARIES}
    found["python"] = platform.python_version()
    found["gdal"] = ".".join(str(part) for part in pyogrio.__gdal_version__)
    found["geos"] = ".".join(str(part) for part in shapely.geos_version)
    found["proj"] = str(pyproj.proj_version_str)
    return tuple(sorted(found.items()))


def time_of_build(environment: Mapping[str, str]) -> str | None:
    """The time that ``SOURCE_DATE_EPOCH`` sets, ISO 8601; None where it is not set.

    Source: reproducible-builds.org, SOURCE_DATE_EPOCH: seconds since 1970, in UTC.

    Raises
    ------
    InputError
        If it is no such number.
    """
    text = environment.get("SOURCE_DATE_EPOCH", "").strip()
    if not text:
        return None
    if not text.isdecimal() or len(text) > 11:
        what, remedy = f"is {text[:40]!r}", "Set it to seconds since 1970, or not at all."
        raise InputError(Problem("environment variable SOURCE_DATE_EPOCH", what, remedy))
    return datetime.fromtimestamp(int(text), UTC).isoformat()


def below_here(path: Path) -> str | None:
    """A path below the working directory, with forward slashes; None for one that lies elsewhere."""
    whole, here = Path(os.path.abspath(path)), Path.cwd()
    return whole.relative_to(here).as_posix() if whole.is_relative_to(here) and whole != here else None


def _policies(call: Call, designation: Designation) -> list[Input]:
    """The policy and what it is laid over. The hash of a policy that extends others is that of the whole chain."""
    policy, year = designation.policy, designation.year
    path = None if call.policy in BUILT_IN else below_here(Path(call.policy))
    bases = [Input(year, "base", base.name, base.sha256) for base in policy.bases]
    return [Input(year, "policy", policy.name, policy.sha256, path=path), *bases]


def _inputs(call: Call, designation: Designation) -> list[Input]:
    """Every file that was read: the designation's own, then those of the earlier ones it looks back on, each once.

    A file of its own may be two inputs, as when one layer holds barriers and another the crossings.
    """
    year = designation.year
    made = designation.inputs.source == "synthetic" and "--seed" in call.options
    found = [_input(year, what, path, designation.rows.get(what), made) for what, path in designation.files.items()]
    earlier = [] if designation.previous is None else list(designation.previous.files)
    for looked_at in earlier_years(year, designation.policy.policy):
        stored = path_of(call.out, looked_at)
        earlier += [(looked_at, "designation", stored), (looked_at, "summary", stored.with_suffix(".json"))]
    seen = {os.path.abspath(path) for path in designation.files.values()}
    for of, what, path in earlier:
        if os.path.abspath(path) not in seen:
            seen.add(os.path.abspath(path))
            found.append(_input(of, what, path, None, made))
    return found


def _input(year: int, what: str, path: Path, rows: int | None, made: bool) -> Input:
    fetched = origin_of(path) is not None
    size = path.stat().st_size if path.is_file() and not fetched else None
    # synthetic registers lie in the cache of whoever ran it, and are made again from the seed
    where = None if fetched or made else below_here(path)
    return Input(year, what, name_of(path), sha256(path), rows, size, where, fetched)
