"""A real Chromium without a window, asked over its own protocol: what a page fetches, says and shows."""

from __future__ import annotations

import asyncio
import base64
import json
import shutil
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-extensions",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--remote-debugging-port=0",
    "--window-size=820,880", "--hide-scrollbars",
)  # fmt: skip
PATIENCE_S = 30.0


def program() -> str | None:
    """Chromium, where it is installed."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """A folder on loopback, by its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()


@dataclass
class Seen:
    """What became of a page.

    Attributes
    ----------
    requests : list of str
        Every address that the page asked for.
    complaints : list of str
        Errors and warnings of its console, and exceptions.
    value : Any
        What the script that was asked for came to.
    """

    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    value: Any = None


@contextmanager
def browser() -> Iterator[int]:
    """A running Chromium, by the port it listens on; ended afterwards."""
    with tempfile.TemporaryDirectory(prefix="udsat-chromium-", ignore_cleanup_errors=True) as folder:
        command = [str(program()), *FLAGS, f"--user-data-dir={folder}", "about:blank"]
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            told, end = Path(folder) / "DevToolsActivePort", time.monotonic() + PATIENCE_S
            while not told.is_file() or not told.read_text().strip():
                if time.monotonic() > end or running.poll() is not None:
                    raise RuntimeError("Chromium did not start")
                time.sleep(0.05)
            yield int(told.read_text().split()[0])
        finally:
            running.terminate()
            try:
                running.wait(10)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait(10)


def look(port: int, address: str, script: str = "true", picture: Path | None = None) -> Seen:
    """Open a page in a new tab, and wait until a script of JavaScript gives something that is true.

    Parameters
    ----------
    port : int
        Of `browser`.
    address : str
    script : str
        Asked again and again; may be a promise.
    picture : Path, optional
        Where a PNG of the window goes.
    """
    return asyncio.run(_look(port, address, script, picture))


async def _look(port: int, address: str, script: str, picture: Path | None) -> Seen:
    from tornado.websocket import websocket_connect

    wanted = urllib.request.Request(f"http://127.0.0.1:{port}/json/new?about:blank", method="PUT")
    with urllib.request.urlopen(wanted, timeout=PATIENCE_S) as answer:
        tab = json.load(answer)
    connection = await websocket_connect(tab["webSocketDebuggerUrl"], max_message_size=1 << 28)
    seen, number = Seen(), 0

    async def ask(method: str, **given: Any) -> dict[str, Any]:
        nonlocal number
        number += 1
        asked = number
        await connection.write_message(json.dumps({"id": asked, "method": method, "params": given}))
        while True:
            message = await asyncio.wait_for(connection.read_message(), PATIENCE_S)
            if message is None:
                raise RuntimeError("Chromium went away")
            told = json.loads(message)
            if told.get("id") == asked:
                if "error" in told:
                    raise RuntimeError(f"{method}: {told['error']}")
                result: dict[str, Any] = told.get("result", {})
                return result
            _note(seen, told)

    try:
        for domain in ("Network", "Page", "Runtime", "Log"):
            await ask(f"{domain}.enable")
        await ask("Page.navigate", url=address)
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end and not seen.value:
            await asyncio.sleep(0.1)
            found = await ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
            seen.value = found["result"].get("value")
        await asyncio.sleep(0.3)
        await ask("Runtime.evaluate", expression="0")
        if picture is not None:
            drawn = await ask("Page.captureScreenshot", format="png")
            picture.write_bytes(base64.b64decode(drawn["data"]))
    finally:
        connection.close()
    return seen


def _note(seen: Seen, told: dict[str, Any]) -> None:
    given = told.get("params", {})
    match told.get("method"):
        case "Network.requestWillBeSent":
            seen.requests.append(given["request"]["url"])
        case "Runtime.exceptionThrown":
            seen.complaints.append(json.dumps(given["exceptionDetails"])[:500])
        case "Log.entryAdded" if given["entry"]["level"] in ("error", "warning"):
            seen.complaints.append(given["entry"]["text"])
        case "Runtime.consoleAPICalled" if given["type"] in ("error", "warning", "assert"):
            seen.complaints.append(json.dumps(given["args"])[:500])
