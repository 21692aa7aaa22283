"""The page on loopback: who may ask, and what is answered. Nothing is held of a browser: its settings are in its link.

Three things keep others out. The server listens on 127.0.0.1 alone, so that no other machine reaches it. Every address
begins with a token that the command prints, so that no other user of the machine, and no page in the browser, knows
one. Requests for another host (a name that was bent to 127.0.0.1) or from another page are refused even with it.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import os
import secrets
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.web import Application, HTTPError, RequestHandler

from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import LANGUAGES, _, speaking
from udsat_geo.report.explorer import FIRST_PORT
from udsat_geo.report.explorer.answers import Answers

PORTS_TRIED = 20
TAKES_LONG = ("certainty",)
"""Questions that no other one waits for."""
_MOST_BYTES = 4 * 2**20
"""Of what a page sends; own choice."""
_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'unsafe-inline'; img-src data: blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self' http://127.0.0.1:* http://localhost:*"
)
"""What a browser lets the page do: its own scripts, and questions to its own server; notebooks may frame it."""


class _Handler(RequestHandler):
    """Checks who asks before anything is done."""

    def initialize(self, answers: Answers, token: str, port: int, workers: tuple[ThreadPoolExecutor, ...]) -> None:
        """Take what the server has; Tornado makes a handler for each question."""
        self.answers, self.token, self.port, self.workers = answers, token, port, workers
        self.gone = False

    def set_default_headers(self) -> None:
        """Keep what is answered from caches, other pages and guesses."""
        self.clear_header("Server")
        for name, value in _HEADERS.items():
            self.set_header(name, value)

    def prepare(self) -> None:
        """Refuse who may not ask."""
        host = self.request.headers.get("Host", "")
        if host not in (f"127.0.0.1:{self.port}", f"localhost:{self.port}"):
            raise HTTPError(403, reason="Not this host")
        if not hmac.compare_digest(self.path_kwargs["token"].encode(), self.token.encode()):
            raise HTTPError(404)
        origin = self.request.headers.get("Origin")
        asks = self.request.method != "GET"
        if origin not in (None, f"http://{host}") or (asks and origin is None):
            raise HTTPError(403, reason="Not from this page")
        if asks and not self.request.headers.get("Content-Type", "").startswith("application/json"):
            raise HTTPError(415)

    def on_connection_close(self) -> None:
        """Nobody waits any more."""
        self.gone = True

    def write_error(self, status_code: int, **_given: Any) -> None:
        """Say no more than the status."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(f"{status_code} {self._reason}\n")

    async def of_worker(self, act: Callable[[], Any], takes_long: bool = False) -> Any:
        """What is worked out in turn; nothing for a browser that went away while it waited."""
        worker = self.workers[int(takes_long)]
        return await asyncio.get_running_loop().run_in_executor(worker, lambda: None if self.gone else act())


class _Page(_Handler):
    async def get(self, token: str) -> None:
        """The page."""
        nonce = secrets.token_urlsafe(16)
        self.set_header("Content-Security-Policy", _POLICY.format(nonce=nonce))
        page = await self.of_worker(lambda: self.answers.page(nonce))
        self.finish(page)


class _Ask(_Handler):
    async def post(self, token: str, what: str) -> None:
        """An answer, or all that is at fault with the question."""
        try:
            asked = json.loads(self.request.body)
        except (ValueError, RecursionError):
            raise HTTPError(400) from None
        language = asked.get("language") if isinstance(asked, dict) else None
        if language not in LANGUAGES:
            raise HTTPError(400)
        takes_long = what in TAKES_LONG
        told = await self.of_worker(lambda: self._answered(what, asked, language), takes_long)
        if self.gone:
            return
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(json.dumps(told, ensure_ascii=False, separators=(",", ":"), allow_nan=False))

    def _answered(self, what: str, asked: dict[str, Any], language: str) -> dict[str, Any]:
        """The answer; what is at fault with the input is one too, and no fault of the page."""
        with speaking(language):
            try:
                return self.answers.of(what, asked)
            except InputError as error:
                return {"refused": list(error.messages)}


class Server:
    """A running server.

    Parameters
    ----------
    answers : Answers
    port : int
        The first that is tried; where it is taken, the next free one serves.

    Attributes
    ----------
    port : int
    token : str

    Raises
    ------
    InputError
        If no port is free.
    """

    def __init__(self, answers: Answers, port: int = FIRST_PORT):
        self._sockets = _bound(port)
        self.port = int(self._sockets[0].getsockname()[1])
        self.token = secrets.token_urlsafe(24)
        self._workers = tuple(ThreadPoolExecutor(1, thread_name_prefix="explorer") for _place in range(2))
        given = {"answers": answers, "token": self.token, "port": self.port, "workers": self._workers}
        application = Application(
            [
                (r"/(?P<token>[^/]+)/", _Page, given),
                (r"/(?P<token>[^/]+)/(?P<what>[a-z]+)", _Ask, given),
            ],
            compress_response=True,
            log_function=lambda _handler: None,
        )
        self._http = HTTPServer(application, max_body_size=_MOST_BYTES)

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self.port}/{self.token}/"

    async def run(self, stop: asyncio.Event) -> None:
        """Answer until the event is set."""
        self._http.add_sockets(self._sockets)
        try:
            await stop.wait()
        finally:
            self._http.stop()
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._http.close_all_connections(), 2)
            for worker in self._workers:
                worker.shutdown(wait=False, cancel_futures=True)


def _bound(port: int) -> list[socket.socket]:
    for tried in range(port, min(port + PORTS_TRIED, 65_536)) if port else (0,):
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            if os.name == "posix":
                # a port that was left a moment ago; elsewhere it would share one that is taken
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(("127.0.0.1", tried))
            listening.listen(128)
        except OSError:
            listening.close()
            continue
        listening.setblocking(False)
        return [listening]
    what, remedy = _("is taken, and so are the {n} after it").format(n=PORTS_TRIED - 1), _("Name another with --port.")
    raise InputError(Problem(f"--port {port}", what, remedy))
