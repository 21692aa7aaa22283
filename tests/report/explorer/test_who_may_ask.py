"""Who the explorer answers: this machine, with the token, from its own page."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from udsat_geo.messages.errors import InputError, Problem

pytest.importorskip("tornado", reason="tornado is not installed: the extra explore has it")
from udsat_geo.report.explorer.server import PORTS_TRIED, Server


class Echo:
    """Answers that need no city."""

    def page(self, nonce: str) -> str:
        return f"<script nonce={nonce}></script>"

    def of(self, what: str, asked: dict[str, Any]) -> dict[str, Any]:
        if what == "wrong":
            raise InputError(Problem("rule.edge", "lies above rule.core"))
        return {"what": what, **asked}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    running = Server(Echo(), 0)  # type: ignore[arg-type]
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=(running.run(stop),))
    thread.start()
    yield running
    loop.call_soon_threadsafe(stop.set)
    thread.join(10)
    loop.close()
    assert not thread.is_alive()


def asked(
    server: Server, path: str = "", method: str = "GET", body: Any = None, **headers: str
) -> tuple[int, Any, Any]:
    """Status, headers and text of an answer; without headers said, as the page itself asks."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    own = f"http://127.0.0.1:{server.port}"
    said = {"Content-Type": "application/json", **({"Origin": own} if method == "POST" else {})}
    said |= {name.replace("_", "-"): value for name, value in headers.items()}
    text = body if isinstance(body, str) else json.dumps(body)
    connection.request(method, path or f"/{server.token}/", text if method == "POST" else None, said)
    answer = connection.getresponse()
    found = answer.status, answer.headers, answer.read().decode()
    connection.close()
    return found


def test_the_page_and_its_questions(server: Server) -> None:
    status, headers, text = asked(server)
    assert status == 200
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert text.split("nonce=")[1].split(">")[0] in policy
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    status, _headers, text = asked(server, f"/{server.token}/answer", "POST", {"language": "da", "n": 1})
    assert (status, json.loads(text)) == (200, {"what": "answer", "language": "da", "n": 1})
    status, _headers, text = asked(server, f"/{server.token}/wrong", "POST", {"language": "en"})
    assert (status, json.loads(text)) == (200, {"refused": ["rule.edge: lies above rule.core."]})


def test_nobody_else_is_answered(server: Server) -> None:
    question, right = f"/{server.token}/answer", {"language": "en"}
    assert asked(server, "/")[0] == 404
    assert asked(server, "/another-token/")[0] == 404
    assert asked(server, "/another-token/answer", "POST", right)[0] == 404
    # a name that was bent to this machine
    assert asked(server, Host="evil.example")[0] == 403
    assert asked(server, Host=f"evil.example:{server.port}")[0] == 403
    # another page of the same browser, and a form, which says no JSON
    assert asked(server, question, "POST", right, Origin="http://evil.example")[0] == 403
    assert asked(server, question, "POST", right, Origin="null")[0] == 403
    assert asked(server, question, "POST", right, Content_Type="text/plain")[0] == 415
    assert (
        asked(
            server,
            question,
            "POST",
            "{",
        )[0]
        == 400
    )
    assert asked(server, question, "POST", {"language": "xx"})[0] == 400
    assert asked(server, question, "POST", "[" * 100_000)[0] == 400
    assert asked(server, question, "GET")[0] == 405


def test_no_other_machine_is_answered(server: Server) -> None:
    with socket.socket() as other:
        address = next(
            (found[4][0] for found in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
             if not str(found[4][0]).startswith("127.")), None
        )  # fmt: skip
        if address is None:
            pytest.skip("this machine has no other address")
        other.settimeout(2)
        with pytest.raises(OSError):
            other.connect((str(address), server.port))


def test_a_port_that_is_taken() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = int(taken.getsockname()[1])
        other = Server(Echo(), port)  # type: ignore[arg-type]
        assert port < other.port < port + PORTS_TRIED
        for one in other._sockets:
            one.close()
