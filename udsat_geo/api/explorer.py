"""A running explorer in Python's hands."""

from __future__ import annotations

import asyncio
import threading
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from udsat_geo.messages.errors import MissingPackageError

if TYPE_CHECKING:
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
