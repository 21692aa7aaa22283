"""Questions over HTTP: bounded in time, size and number, asked again where that may help, and answered in words.

Asked again is what may pass: no answer in time, a connection that broke off, an answer that was cut short, and the
states 502, 503 and 504. Everything else is told at once.
"""

from __future__ import annotations

import base64
import http.client
import socket
import ssl
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, TypeVar
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from udsat_geo import __version__
from udsat_geo.errors import InputError, Problem
from udsat_geo.services.connections import AUTHORIZATION, opener
from udsat_geo.services.limits import Limits
from udsat_geo.services.privacy import without_secrets
from udsat_geo.services.wording import BUSY, CUT, RESET, TIMEOUT, Words, note, repeated

Read = TypeVar("Read")

MAY_PASS = (502, 503, 504)
_PIECE = 1 << 16
_LONGEST_ERROR_PAGE = 1 << 18


class MayPassError(Exception):
    """An answer that may be better next time.

    Attributes
    ----------
    what : str
        For the message, where it does not get better.
    reason : mapping of str
        For the note, where it does.
    """

    def __init__(self, what: str, reason: Words):
        super().__init__(what)
        self.what, self.reason = what, reason


class Asker:
    """Asks all questions about one source, within its limits.

    Parameters
    ----------
    name : str
        What the source is called in messages: without credentials.
    limits : Limits
    explained : callable
        What the body of a refused request says in words; empty where it says nothing.
    """

    def __init__(self, name: str, limits: Limits, explained: Callable[[Path], str] = lambda body: ""):
        self.name, self.limits = name, limits
        self.content_type = ""
        self.notes: list[Words] = []
        self.gave_up = False
        """Whether time or attempts ran out, as against an answer that is no good."""
        self._explained = explained
        self._ends = time.monotonic() + limits.whole_s
        self._received = 0
        self._socket: socket.socket | None = None

    def ask(self, address: str, into: Path, read: Callable[[Path], Read]) -> Read:
        """Save an answer and read it.

        Parameters
        ----------
        address : str
            Credentials before ``@`` are sent as such.
        into : Path
            Where the answer is saved.
        read : callable
            Reads the saved answer; `MayPassError` says that it is not whole.

        Raises
        ------
        InputError
            If there is no whole answer within the limits.
        """
        for attempt in range(1, self.limits.tries + 1):
            try:
                self._save(address, into)
                result = read(into)
            except MayPassError as fault:
                if attempt == self.limits.tries:
                    self.gave_up = True
                    tried = f"; tried {attempt} times" if attempt > 1 else ""
                    self.fail(f"{fault.what}{tried}", "Try again later, or ask whoever runs the service.")
                self._pause(attempt)
                reason = fault.reason
            else:
                if attempt > 1:
                    self.notes.append(repeated(self.name, attempt, reason))
                return result
        raise RuntimeError("unreachable: the last attempt returns or raises")

    def fail(self, what: str, remedy: str) -> NoReturn:
        """Give the source up.

        Raises
        ------
        InputError
        """
        raise InputError(Problem(self.name, without_secrets(what), without_secrets(remedy))) from None

    def _pause(self, attempt: int) -> None:
        pause = self.limits.pause_s * 2 ** (attempt - 1)
        if time.monotonic() + pause >= self._ends:
            self._too_long()
        time.sleep(pause)

    def _too_long(self) -> NoReturn:
        self.gave_up = True
        remedy = "Ask for less (a filter, a smaller layer), or allow more with UDSAT_SERVICE_SECONDS."
        self.fail(f"is not read in full within {self.limits.whole_s:g} s", remedy)

    def _save(self, address: str, into: Path) -> None:
        """Save an answer, with every fault of the connection in words."""
        left = self._ends - time.monotonic()
        if left <= 0:
            self._too_long()
        # a single byte now and then would keep every timeout of the socket from striking
        watchdog = threading.Timer(left, self._hang_up)
        watchdog.daemon = True
        watchdog.start()
        try:
            self._transfer(_request(address), into)
        except urllib.error.HTTPError as error:
            self._refused(error, into)
        except urllib.error.URLError as error:
            self._not_reached(error.reason if isinstance(error.reason, OSError) else OSError(str(error.reason)))
        except (OSError, http.client.HTTPException) as error:
            self._not_reached(error)
        finally:
            watchdog.cancel()
            self._socket = None

    def _transfer(self, request: urllib.request.Request, into: Path) -> None:
        started = self._received
        with (
            opener(self.limits, self._keep).open(request, timeout=self.limits.answer_s) as response,
            into.open("wb") as file,
        ):
            self.content_type = response.headers.get("Content-Type", "")
            while piece := response.read1(_PIECE):
                self._received += len(piece)
                if self._received > self.limits.bytes:
                    size = f"{self.limits.bytes / 1024**2:,.0f} MiB"
                    self.fail(f"sends more than {size}", "Ask for less: a filter, or a smaller layer.")
                if time.monotonic() > self._ends:
                    self._too_long()
                file.write(piece)
            wanted = response.headers.get("Content-Length", "")
        if time.monotonic() > self._ends:
            self._too_long()
        if wanted.isdecimal() and self._received - started < int(wanted):
            raise MayPassError(f"breaks off after {self._received - started:,} of {int(wanted):,} bytes", CUT)

    def _keep(self, opened: socket.socket) -> None:
        self._socket = opened

    def _hang_up(self) -> None:
        held = self._socket
        if held is not None:
            try:
                held.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # closed already

    def _refused(self, error: urllib.error.HTTPError, into: Path) -> NoReturn:
        """A state that is no success."""
        told = f"answers with HTTP {error.code}"
        if error.code in MAY_PASS:
            raise MayPassError(told, note(BUSY, status=error.code)) from None
        if error.code in (401, 403):
            remedy = "Give credentials that are valid, in the address."
            self.fail(f"lets nobody in without valid credentials (HTTP {error.code})", remedy)
        if 300 <= error.code < 400:
            self.fail(f"sends on to another place that is not followed (HTTP {error.code})", "Name that place.")
        try:
            into.write_bytes(error.read(_LONGEST_ERROR_PAGE))
        except (OSError, http.client.HTTPException):
            into.write_bytes(b"")
        said = self._explained(into)
        self.fail(f"{told}{f': {said}' if said else ''}", "Check the address, or ask whoever runs the service.")

    def _not_reached(self, error: OSError | http.client.HTTPException) -> NoReturn:
        """A connection that was not made, or broke."""
        if time.monotonic() > self._ends:
            self._too_long()
        if isinstance(error, TimeoutError):
            raise MayPassError(f"gives no answer within {self.limits.answer_s:g} s", TIMEOUT) from None
        if isinstance(error, ConnectionResetError | ConnectionAbortedError | BrokenPipeError):
            raise MayPassError("breaks the connection off", RESET) from None
        if isinstance(error, http.client.IncompleteRead):
            raise MayPassError("breaks off within its answer", CUT) from None
        remedy = "Check the address, and that the service runs."
        if isinstance(error, ssl.SSLError):
            reason = getattr(error, "verify_message", "") or error.reason or str(error)
            self.fail(f"makes no secure connection ({reason})", "Check the address and the service's certificate.")
        if isinstance(error, socket.gaierror):
            self.fail("cannot be found: no host of that name is known", "Check the address and the network.")
        if isinstance(error, ConnectionRefusedError):
            self.fail("does not answer: the connection was refused", remedy)
        if isinstance(error, http.client.InvalidURL):
            self.fail("is no web address", "Write it as https://host/path.")
        if isinstance(error, http.client.HTTPException):
            self.fail("does not answer as a web server does", remedy)
        self.fail(f"does not answer ({error.strerror or error})", remedy)


def _request(address: str) -> urllib.request.Request:
    """The question, credentials taken out of its address."""
    parts = urlsplit(address)
    credentials, at, host = parts.netloc.rpartition("@")
    path = quote(parts.path, safe="/%:@!$&'()*+,;=~-._")
    bare = urlunsplit((parts.scheme, host, path, quote(parts.query, safe="/%:@!$&'()*+,;=~-._?"), ""))
    request = urllib.request.Request(
        bare, headers={"User-Agent": f"udsat_geo/{__version__}", "Accept-Encoding": "identity"}
    )
    if at:
        user, _, password = credentials.partition(":")
        told = base64.b64encode(f"{unquote(user)}:{unquote(password)}".encode()).decode("ascii")
        request.add_unredirected_header(AUTHORIZATION, f"Basic {told}")
    return request
