"""A proxy that passes requests on, or answers as a service in trouble does."""

from __future__ import annotations

import http.server
import socket
import struct
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from loopback import running

Exchange = http.server.BaseHTTPRequestHandler
Fault = Callable[[Exchange, bytes], None]
"""Answers a request in the place of its upstream, whose answer it is given."""


@dataclass
class Proxy:
    """A proxy at work.

    Attributes
    ----------
    address : str
    faults : list of Fault or None
        Taken in order, one a request; None passes on, as does an empty list.
    every : dict of str to Fault
        Part of a request's address -> what answers each such request, when no fault is left.
    requests : list of str
        That came.
    """

    address: str = ""
    faults: list[Fault | None] = field(default_factory=list)
    every: dict[str, Fault] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)

    def fault_of(self, path: str) -> Fault | None:
        if self.faults:
            return self.faults.pop(0)
        return next((fault for part, fault in self.every.items() if part in path), None)


@contextmanager
def proxied(upstream: str) -> Iterator[Proxy]:
    """A proxy in front of an address; gone afterwards."""
    proxy = Proxy()

    class Handler(Exchange):
        def do_GET(self) -> None:  # noqa: N802
            proxy.requests.append(self.path)
            fault = proxy.fault_of(self.path)
            status, kind, body = _passed(upstream, self.path)
            if fault is not None:
                fault(self, body)
                return
            answer(self, body, status, kind)

        def log_message(self, *_: object) -> None:
            pass

    with running(Handler) as address:
        proxy.address = address
        yield proxy


def _passed(upstream: str, path: str) -> tuple[int, str, bytes]:
    if not upstream:
        return 404, "text/plain", b"nothing here"
    try:
        with urllib.request.urlopen(f"{upstream}{path}", timeout=60) as response:
            return response.status, response.headers.get("Content-Type", ""), response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get("Content-Type", ""), error.read()


def answer(
    exchange: Exchange, body: bytes, status: int = 200, kind: str = "text/xml", length: int | None = None
) -> None:
    exchange.send_response(status)
    exchange.send_header("Content-Type", kind)
    exchange.send_header("Content-Length", str(len(body) if length is None else length))
    exchange.end_headers()
    exchange.wfile.write(body)


def state(status: int, body: bytes = b"") -> Fault:
    """An HTTP state with a body."""
    return lambda exchange, _: answer(exchange, body, status)


def says(body: bytes, kind: str = "text/xml") -> Fault:
    """A body of its own with HTTP 200."""
    return lambda exchange, _: answer(exchange, body, 200, kind)


def replaced(before: bytes, after: bytes) -> Fault:
    """The upstream's answer with something in it changed."""
    return lambda exchange, body: answer(exchange, body.replace(before, after))


def late(seconds: float) -> Fault:
    """The upstream's answer, after a while."""

    def fault(exchange: Exchange, body: bytes) -> None:
        time.sleep(seconds)
        with suppress(OSError):
            answer(exchange, body)

    return fault


def cut(exchange: Exchange, body: bytes) -> None:
    """Half of the answer, though all of it is promised."""
    answer(exchange, body[: len(body) // 2], length=len(body))
    exchange.close_connection = True


def shortened(exchange: Exchange, body: bytes) -> None:
    """Half of the answer as if that were all."""
    answer(exchange, body[: len(body) // 2])


def reset(exchange: Exchange, _: bytes) -> None:
    """The connection reset before any answer."""
    exchange.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    exchange.connection.close()
    exchange.close_connection = True


def drips(exchange: Exchange, body: bytes) -> None:
    """The answer byte by byte, each in time, for longer than anybody waits."""
    exchange.send_response(200)
    exchange.send_header("Content-Type", "text/xml")
    exchange.end_headers()
    _drip(exchange, body)


def drips_headers(exchange: Exchange, _: bytes) -> None:
    """Headers byte by byte."""
    exchange.wfile.write(b"HTTP/1.0 200 OK\r\nX-Slow: ")
    _drip(exchange, b"a" * 10_000)


def endless(exchange: Exchange, body: bytes) -> None:
    """Features without end."""
    exchange.send_response(200)
    exchange.send_header("Content-Type", "text/xml")
    exchange.end_headers()
    start, _, rest = body.partition(b"<wfs:member>")
    member = b"<wfs:member>" + rest.rpartition(b"</wfs:FeatureCollection>")[0]
    try:
        exchange.wfile.write(start)
        while True:
            exchange.wfile.write(member * 200)
            # a fast machine would send two gigabytes in a second
            time.sleep(0.01)
    except OSError:
        return


def _drip(exchange: Exchange, body: bytes) -> None:
    try:
        for place in range(len(body)):
            exchange.wfile.write(body[place : place + 1])
            exchange.wfile.flush()
            time.sleep(0.02)
    except OSError:
        return
