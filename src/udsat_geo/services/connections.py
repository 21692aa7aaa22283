"""Connections that end when their time is up, and redirections that are followed with care."""

from __future__ import annotations

import http.client
import socket
import ssl
import urllib.request
from collections.abc import Callable
from typing import IO, Any
from urllib.parse import urlsplit

from udsat_geo.services.limits import Limits

Opened = Callable[[socket.socket], None]
"""Told the socket of each connection, so that it can be closed from outside when an answer never ends."""

AUTHORIZATION = "Authorization"


class _Plain(http.client.HTTPConnection):
    def __init__(self, host: str, limits: Limits, opened: Opened, **given: Any):
        super().__init__(host, **{**given, "timeout": limits.connect_s})
        self._limits, self._opened = limits, opened

    def connect(self) -> None:
        super().connect()
        self.sock.settimeout(self._limits.answer_s)
        self._opened(self.sock)


class _Secure(http.client.HTTPSConnection):
    def __init__(self, host: str, limits: Limits, opened: Opened, **given: Any):
        super().__init__(host, **{**given, "timeout": limits.connect_s})
        self._limits, self._opened = limits, opened

    def connect(self) -> None:
        super().connect()
        self.sock.settimeout(self._limits.answer_s)
        self._opened(self.sock)


class _PlainHandler(urllib.request.HTTPHandler):
    def __init__(self, limits: Limits, opened: Opened):
        super().__init__()
        self._limits, self._opened = limits, opened

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        def connection(host: str, /, **given: Any) -> http.client.HTTPConnection:
            return _Plain(host, self._limits, self._opened, **given)

        return self.do_open(connection, req)


class _SecureHandler(urllib.request.HTTPSHandler):
    def __init__(self, limits: Limits, opened: Opened):
        self._trusted = ssl.create_default_context()
        super().__init__(context=self._trusted)
        self._limits, self._opened = limits, opened

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        def connection(host: str, /, **given: Any) -> http.client.HTTPConnection:
            return _Secure(host, self._limits, self._opened, **given)

        return self.do_open(connection, req, context=self._trusted)


class _Redirections(urllib.request.HTTPRedirectHandler):
    """Followed to the web only, never from https to http, and with credentials to the same host only."""

    max_redirections = 5

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        before, after = urlsplit(req.full_url), urlsplit(newurl)
        if after.scheme not in ("http", "https") or (before.scheme, after.scheme) == ("https", "http"):
            return None
        request = super().redirect_request(req, fp, code, msg, headers, newurl)
        credentials = req.unredirected_hdrs.get(AUTHORIZATION)
        if request is not None and credentials is not None and before[:2] == after[:2]:
            request.add_unredirected_header(AUTHORIZATION, credentials)
        return request


def opener(limits: Limits, opened: Opened) -> urllib.request.OpenerDirector:
    """What opens web addresses and nothing else: no files, no FTP."""
    made = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.UnknownHandler(),
        _PlainHandler(limits, opened),
        _SecureHandler(limits, opened),
        urllib.request.HTTPDefaultErrorHandler(),
        _Redirections(),
        urllib.request.HTTPErrorProcessor(),
    ):
        made.add_handler(handler)
    return made
