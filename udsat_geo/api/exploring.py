"""The explorer from Python: the page of `udsat explore`, in a notebook or a browser."""

from __future__ import annotations

import weakref
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from udsat_geo.api.asking import CADENCE, Asked, Language, Progress, within
from udsat_geo.api.explorer import Explorer, check_can_explore
from udsat_geo.api.frames import PathLike
from udsat_geo.report.explorer import FIRST_PORT

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from udsat_geo.api.result import Result
    from udsat_geo.policy.load import LoadedPolicy


def explore(
    year: int,
    *,
    policy: str | Path | Mapping[str, Any] | LoadedPolicy = "kbh-2017",
    registers: PathLike | None = None,
    units: PathLike | gpd.GeoDataFrame | Mapping[int, PathLike | gpd.GeoDataFrame] | None = None,
    barriers: PathLike | gpd.GeoDataFrame | None = None,
    crossings: PathLike | gpd.GeoDataFrame | None = None,
    places: PathLike | gpd.GeoDataFrame | None = None,
    parcels: PathLike | gpd.GeoDataFrame | None = None,
    regions: PathLike | gpd.GeoDataFrame | None = None,
    ground: PathLike | gpd.GeoDataFrame | None = None,
    overrides: PathLike | gpd.GeoDataFrame | pd.DataFrame | None = None,
    references: Mapping[str, float] | None = None,
    previous: int | PathLike | Result | None = CADENCE,
    out: PathLike = "data/out",
    policies: PathLike = ".",
    port: int = FIRST_PORT,
    browser: bool = False,
    language: Language = "da",
    seed: int | None = None,
    threads: int | None = None,
    memory: str | None = None,
    sums: PathLike | Sequence[PathLike] | None = None,
    progress: Progress | None = None,
) -> Explorer:
    """Open a local page on which the settings of a policy are moved, and the map answers; as ``udsat explore``.

    Parameters
    ----------
    year, policy, registers, units, barriers, crossings, places, parcels, regions, ground, overrides, references, \
    previous, out, language, seed, threads, memory, sums, progress
        As of `designate`.
    policies : str or Path
        The folder that policies are saved in.
    port : int
        Where the page is served; where it is taken, the next free one.
    browser : bool
        Whether to open it in the browser; a notebook shows it in any case.

    Returns
    -------
    Explorer

    Raises
    ------
    InputError
        If the call or the input is at fault, or no port is free.
    MissingPackageError
        If Bokeh or Tornado is not installed.
    """
    check_can_explore()
    from udsat_geo.report.explorer.engine import Engine

    asked = Asked(year, policy, registers, units, references, previous, None, (), language, seed, threads, sums)
    around = {"barriers": barriers, "crossings": crossings, "places": places, "parcels": parcels, "regions": regions}
    with ExitStack() as files:
        job = files.enter_context(asked.as_job({**around, "ground": ground, "overrides": overrides}, out))
        with within(threads, memory):
            engine = Engine.of(job, progress)
        # frames that were given lie in files as long as anything is made of them
        weakref.finalize(engine, files.pop_all().close)
    return Explorer(engine, Path(policies), port, language, browser)
