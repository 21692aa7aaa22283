"""The explorer from Python: the page of `udsat explore`, in a notebook or a browser."""

from __future__ import annotations

import asyncio
import threading
import weakref
from collections.abc import Mapping
from contextlib import ExitStack
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from udsat_geo.api.asking import CADENCE, Asked, Language, Progress, within
from udsat_geo.api.frames import PathLike
from udsat_geo.messages.errors import MissingPackageError
from udsat_geo.report.explorer import FIRST_PORT

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from udsat_geo.api.result import Result
    from udsat_geo.policy.load import LoadedPolicy
    from udsat_geo.report.explorer.engine import Engine

HEIGHT_PX = 900
"""Of the page in a notebook; own choice."""


class Explorer:
    """A running explorer; a notebook shows its page.

    Attributes
    ----------
    address : str
        Of the page, for this machine alone.

    Notes
    -----
    It ends with the process, or by `close`.
    """

    def __init__(self, engine: Engine, policies: Path, port: int, language: str, browser: bool):
        from udsat_geo.report.explorer.answers import Answers
        from udsat_geo.report.explorer.server import Server

        server = Server(Answers(engine, policies, language=language), port)
        self.address, self._engine = server.address, engine
        self._loop, self._stop = asyncio.new_event_loop(), asyncio.Event()
        self._thread = threading.Thread(target=self._run, args=(server,), name="explorer", daemon=True)
        self._thread.start()
        if browser:
            import webbrowser

            webbrowser.open(self.address)

    def _run(self, server: object) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(server.run(self._stop))  # type: ignore[attr-defined]

    def close(self) -> None:
        """End it: the page answers no more."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(10)
            self._loop.close()
            self._engine.close()

    def __repr__(self) -> str:
        return f"<Explorer: {self.address}>" if self._thread.is_alive() else "<Explorer: closed>"

    def _repr_html_(self) -> str:
        frame = '<iframe src="{}" width="100%" height="{}" style="border:0" allow="clipboard-write"></iframe>'
        return frame.format(escape(self.address), HEIGHT_PX) if self._thread.is_alive() else escape(repr(self))


def check_can_explore() -> None:
    """Refuse where what serves and draws is not installed.

    Raises
    ------
    MissingPackageError
    """
    from importlib.util import find_spec

    for package in ("bokeh", "tornado"):
        if find_spec(package) is None:
            raise MissingPackageError("explore", package, "explore")


def explore(
    year: int,
    *,
    policy: str | Path | LoadedPolicy = "kbh-2017",
    registers: PathLike | None = None,
    units: PathLike | gpd.GeoDataFrame | Mapping[int, PathLike | gpd.GeoDataFrame] | None = None,
    barriers: PathLike | gpd.GeoDataFrame | None = None,
    crossings: PathLike | gpd.GeoDataFrame | None = None,
    places: PathLike | gpd.GeoDataFrame | None = None,
    parcels: PathLike | gpd.GeoDataFrame | None = None,
    regions: PathLike | gpd.GeoDataFrame | None = None,
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
    progress: Progress | None = None,
) -> Explorer:
    """Open a local page on which the settings of a policy are moved, and the map answers; as ``udsat explore``.

    Parameters
    ----------
    year, policy, registers, units, barriers, crossings, places, parcels, regions, overrides, references, previous, \
    out, language, seed, threads, memory, progress
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

    asked = Asked(year, policy, registers, units, references, previous, None, (), language, seed, threads)
    around = {"barriers": barriers, "crossings": crossings, "places": places, "parcels": parcels, "regions": regions}
    with ExitStack() as files:
        job = files.enter_context(asked.as_job({**around, "overrides": overrides}, out))
        with within(threads, memory):
            engine = Engine.of(job, progress)
        # frames that were given lie in files as long as anything is made of them
        weakref.finalize(engine, files.pop_all().close)
    return Explorer(engine, Path(policies), port, language, browser)
