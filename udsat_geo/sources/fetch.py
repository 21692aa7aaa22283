"""What stands on the web, asked for through GDAL within limits: whole or not at all, with every fault in words."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote, unquote, urlsplit, urlunsplit
from xml.etree import ElementTree

from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.limits import Limits
from udsat_geo.messages.translate import N_, Note, _
from udsat_geo.messages.version import __version__
from udsat_geo.messages.words import decimal
from udsat_geo.sources.addresses import without_secrets
from udsat_geo.sources.formats import BLANK, KINDS, is_web_page, suffix_of
from udsat_geo.sources.gdal import HttpResult, answering, fetch, free, result_at

_MAY_PASS = (502, 503, 504)
_LONGEST_TOLD = 300
_NO_PROTOCOL, _NO_HOST, _NO_CONNECTION, _CUT, _TIMEOUT, _ROUND_IN_CIRCLES, _TOO_LARGE = 1, 6, 7, 18, 28, 47, 63
# GDAL takes no more than 2^31 - 1 bytes of an answer
_NOT_TAKEN = 23
_BROKEN_OFF, _NO_SECURITY, _NO_ADDRESS = (52, 55, 56), (35, 51, 53, 54, 58, 59, 60, 66, 77, 80, 82, 83, 90, 91), 3
"""Curl's codes, https://curl.se/libcurl/c/libcurl-errors.html."""

_ATTEMPTS = {
    2: N_("{name}: read at the second attempt, since the service did not answer in full at first ({reason})."),
    3: N_("{name}: read at the third attempt, since the service did not answer in full at first ({reason})."),
}


class MayPassError(Exception):
    """An answer that may be better next time.

    Attributes
    ----------
    what : str
        For the message, where it does not get better.
    reason : str
        For the note, where it does; marked for translation.
    """

    def __init__(self, what: str, reason: str):
        super().__init__(what)
        self.what, self.reason = what, reason


def cut_off(what: str) -> MayPassError:
    """An answer whose end is missing."""
    return MayPassError(what, N_("the answer was not whole"))


Check = Callable[[str, bytes], None]
"""Told the address and the body of an answer; raises what is wrong with it, `MayPassError` if it is not whole."""


class _Kept:
    """Keeps what is raised within it, for later: an exception does not pass through C.

    Attributes
    ----------
    fault : BaseException or None
    """

    fault: BaseException | None = None

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, _kind: object, fault: BaseException | None, _trace: object) -> bool:
        """Keep the fault, and go on."""
        self.fault = fault
        return True


class Fetcher:
    """Asks all questions about one source, within its limits.

    Parameters
    ----------
    name : str
        What the source is called in messages: without credentials.
    limits : Limits

    Attributes
    ----------
    notes : list of Note
        Of answers that came late.
    gave_up : bool
        Whether time or attempts ran out, as against an answer that is no good.
    """

    def __init__(self, name: str, limits: Limits):
        self.name, self.limits = name, limits
        self.notes: list[Note] = []
        self.gave_up = False
        self._ends = time.monotonic() + limits.whole_s
        self._received = 0

    def get(self, address: str, check: Check) -> bytes:
        """The body of an answer.

        Raises
        ------
        InputError
            If there is no whole answer within the limits.
        """
        pointer = self._ask(_quoted(address), [], check)
        try:
            return result_at(pointer).body()
        finally:
            free(pointer)

    @contextmanager
    def answering_gdal(self, check: Check, may_fail: Callable[[str], bool]) -> Iterator[None]:
        """Let GDAL ask what it has to of the source's own host, each answer held to the limits and checked.

        Parameters
        ----------
        check : callable
        may_fail : callable
            Told an address: whether the reading goes on without an answer that is no good.

        Raises
        ------
        InputError
            Of the first fault, whatever GDAL made of it.
        """
        faults: list[BaseException] = []
        hosts: set[str] = set()

        def ask(address: bytes, options: list[bytes]) -> int | None:
            text, pointer, within = address.decode("utf-8", "replace"), None, _Kept()
            with within:
                if not faults:
                    self._check_host(text, hosts)
                    pointer = self._ask(address, options, check)
            if within.fault and (self.gave_up or not (isinstance(within.fault, InputError) and may_fail(text))):
                faults.append(within.fault)
            return pointer

        reading = _Kept()
        with reading, answering(ask):
            yield
        fault = faults[0] if faults else reading.fault
        if fault is not None:
            raise fault

    def fail(self, what: str, remedy: str) -> NoReturn:
        """Give the source up.

        Raises
        ------
        InputError
        """
        raise InputError(Problem(self.name, without_secrets(what), without_secrets(remedy))) from None

    def _check_host(self, address: str, hosts: set[str]) -> None:
        """A service sends on to further answers of its own, and to nobody else's."""
        parts = urlsplit(address)
        if not hosts:
            hosts.add(parts.hostname or "")
        if parts.scheme not in ("http", "https") or parts.hostname not in hosts:
            what = _("names another place to read from, which is not followed: {place}").format(place=address[:100])
            self.fail(what, _("Name that place, if it is meant."))

    def _ask(self, address: bytes, options: list[bytes], check: Check) -> int:
        """Ask until there is a whole answer; it is the caller's to free."""
        reason = ""
        for attempt in range(1, self.limits.tries + 1):
            with ExitStack() as given_back:
                pointer = fetch(address, [*self._options(), *options])
                given_back.callback(free, pointer)
                try:
                    self._look(address, result_at(pointer), check)
                except MayPassError as fault:
                    if attempt == self.limits.tries:
                        self.gave_up = True
                        tried = _("; tried {n} times").format(n=attempt) if attempt > 1 else ""
                        self.fail(f"{fault.what}{tried}", _("Try again later, or ask whoever runs the service."))
                    self._pause(attempt)
                    reason = fault.reason
                    continue
                given_back.pop_all()
                if attempt > 1:
                    self.notes.append(Note(_ATTEMPTS[attempt], {"name": self.name, "reason": reason}))
                return pointer
        raise RuntimeError("unreachable: the last attempt returns or raises")

    def _options(self) -> list[bytes]:
        """GDAL's options of one question: the seconds and bytes that are left; repeating is ours, as it is told of."""
        left = self._ends - time.monotonic()
        if left <= 0:
            self._too_long()
        most = max(1, self.limits.bytes - self._received)
        values = {
            "TIMEOUT": f"{left:.3f}",
            "CONNECTTIMEOUT": f"{self.limits.connect_s:g}",
            "LOW_SPEED_TIME": str(max(1, round(self.limits.answer_s))),
            "LOW_SPEED_LIMIT": "1",
            "MAX_FILE_SIZE": str(most),
            "MAX_RETRY": "0",
            "USERAGENT": f"udsat_geo/{__version__}",
        }
        return [f"{name}={value}".encode() for name, value in values.items()]

    def _pause(self, attempt: int) -> None:
        pause = self.limits.pause_s * 2 ** (attempt - 1)
        if time.monotonic() + pause >= self._ends:
            self._too_long()
        time.sleep(pause)

    def _too_long(self) -> NoReturn:
        self.gave_up = True
        remedy = _("Ask for less (a filter, a smaller layer), or allow more with UDSAT_SERVICE_SECONDS.")
        self.fail(_("is not read in full within {seconds} s").format(seconds=f"{self.limits.whole_s:g}"), remedy)

    def _look(self, address: bytes, result: HttpResult, check: Check) -> None:
        """Raise whatever is wrong with an answer."""
        self._received += result.length
        if result.status in (_TOO_LARGE, _NOT_TAKEN) or self._received > self.limits.bytes:
            size = decimal(self.limits.bytes / 1024**2, 0) + " MiB"
            self.fail(_("sends more than {size}").format(size=size), _("Ask for less: a filter, or a smaller layer."))
        self._check_redirections(address, result)
        error = (result.error or b"").decode("utf-8", "replace")
        refused = re.match(r"HTTP error code : (\d+)", error)
        if refused:
            self._refused(int(refused.group(1)), result.body())
        if result.status:
            self._not_reached(result.status, error)
        check(address.decode("utf-8", "replace"), result.body())

    def _check_redirections(self, address: bytes, result: HttpResult) -> None:
        """Redirections are followed within the web, and not from https to http; what they led to is not used."""
        is_secure = address.lower().startswith(b"https:")
        followed = [to for to in result.redirections() if ":" in to.partition("/")[0]]
        if result.status in (_NO_PROTOCOL, _ROUND_IN_CIRCLES) or any(
            urlsplit(to).scheme.lower() not in (("https",) if is_secure else ("http", "https")) for to in followed
        ):
            self.fail(_("sends on to another place that is not followed"), _("Name that place, if it is meant."))

    def _refused(self, status: int, body: bytes) -> NoReturn:
        """A state that is no success."""
        told = _("answers with HTTP {status}").format(status=status)
        if status in _MAY_PASS:
            raise MayPassError(told, f"HTTP {status}")
        if status in (401, 403):
            what = _("lets nobody in without valid credentials (HTTP {status})").format(status=status)
            self.fail(what, _("Give credentials that are valid, in the address."))
        said = exception_text(body)
        self.fail(f"{told}{f': {said}' if said else ''}", _("Check the address, or ask whoever runs the service."))

    def _not_reached(self, status: int, error: str) -> NoReturn:
        """A connection that was not made, or broke."""
        if time.monotonic() > self._ends - 0.01:
            self._too_long()
        if status == _TIMEOUT:
            told = _("gives no answer within {seconds} s").format(seconds=f"{self.limits.answer_s:g}")
            raise MayPassError(told, N_("no answer in time"))
        if status in _BROKEN_OFF:
            raise MayPassError(_("breaks the connection off"), N_("the connection was broken off"))
        if status == _CUT:
            raise cut_off(_("breaks off within its answer"))
        what, remedy = _("does not answer ({reason})").format(reason=error), _("Check the address and the network.")
        if status == _NO_CONNECTION:
            what, remedy = (
                _("does not answer: no connection is made"),
                _("Check the address, and that the service runs."),
            )
        elif status == _NO_HOST:
            what = _("cannot be found: no host of that name is known")
        elif status == _NO_ADDRESS:
            what, remedy = _("is no web address"), _("Write it as https://host/path.")
        elif status in _NO_SECURITY:
            what = _("makes no secure connection ({reason})").format(reason=error)
            remedy = _("Check the address and the service's certificate.")
        self.fail(what, remedy)


def _quoted(address: str) -> bytes:
    """An address with what stands in it plainly, such as spaces, in the form that the web has for it."""
    parts = urlsplit(address)
    path, query = (quote(text, safe="/%:@!$&'()*+,;=~-._?") for text in (parts.path, parts.query))
    return urlunsplit((parts.scheme, parts.netloc, path, query, "")).encode()


def check_start(name: str, body: bytes) -> None:
    """Refuse an answer that is empty, or a web page.

    Raises
    ------
    InputError
    """
    if not body[:2048].strip(BLANK):
        raise InputError(Problem(name, _("answers with nothing"), _("Check the address.")))
    if is_web_page(body[:2048]):
        what = _("answers with a web page instead of data, as for a login or an address that is no service")
        raise InputError(Problem(name, what, _("Open the address in a browser, and check it and its credentials.")))


def exception_text(body: bytes) -> str:
    """What an OGC exception says; empty if there is none."""
    if b"ExceptionReport" not in body[:4096] or b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        return ""
    try:
        root = ElementTree.fromstring(body)
    except ElementTree.ParseError:
        return ""
    said = []
    for part in root.iter():
        if local_name(part.tag) in ("Exception", "ServiceException"):
            code = part.get("exceptionCode") or part.get("code") or ""
            text = " ".join(" ".join(part.itertext()).split())
            said.append(": ".join(piece for piece in (code, text) if piece))
    return without_secrets("; ".join(said))[:_LONGEST_TOLD] or _("an exception without a text")


def local_name(tag: str) -> str:
    """The name of an element without its namespace."""
    return tag.rpartition("}")[2].rpartition(" ")[2]


def refuse_exception(name: str, body: bytes) -> None:
    """Refuse an OGC exception.

    Raises
    ------
    InputError
    """
    if said := exception_text(body):
        what = _("refuses: {reason}").format(reason=said)
        raise InputError(Problem(name, what, _("Check the address and its parameters.")))


def check_json(name: str, body: bytes) -> dict[str, object]:
    """What a JSON document holds.

    Raises
    ------
    InputError
        If it is broken, or no object.
    """
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        what = _("is broken JSON ({reason})").format(reason=error)
        raise InputError(Problem(name, what, _("Fetch it again, or tell whoever runs the service."))) from None
    if not isinstance(content, dict):
        raise InputError(Problem(name, _("is no GeoJSON"), _("Check the address.")))
    return content


def _check_geojson(name: str, body: bytes) -> None:
    """Refuse what is no GeoJSON, or one page of a longer answer."""
    content = check_json(name, body)
    if "type" not in content:
        said = next((str(content[key]) for key in ("detail", "description", "message", "error") if key in content), "")
        what = _("is no GeoJSON") + (f": {without_secrets(said)[:_LONGEST_TOLD]}" if said else "")
        raise InputError(Problem(name, what, _("Check the address.")))
    matched, features = content.get("numberMatched"), content.get("features")
    if isinstance(matched, int) and isinstance(features, list) and matched > len(features):
        what = _("holds {n} of {all} features: it is one page of a longer answer")
        remedy = _('Raise its limit, or name the service itself, as "OAPIF:https://...".')
        raise InputError(Problem(name, what.format(n=decimal(len(features), 0), all=decimal(matched, 0)), remedy))


def fetch_file(address: str, fetcher: Fetcher, folder: Path) -> Path:
    """Fetch a file and give it the suffix of what it is, whatever its address ends in.

    Raises
    ------
    InputError
        If it cannot be fetched, is a web page, an exception or one page of several, or of a kind that is not known.
    """
    named = Path(re.sub(r"[^\w.\-]", "_", unquote(urlsplit(address).path.rstrip("/").rpartition("/")[2])) or "data")
    suffix = ""

    def check(_address: str, body: bytes) -> None:
        nonlocal suffix
        check_start(fetcher.name, body)
        refuse_exception(fetcher.name, body)
        found = suffix_of(body[:2048], named.suffix.lower())
        if found is None:
            remedy = _("It should be a {kinds}, or a zip archive of one; a shapefile comes as a zip archive.")
            fetcher.fail(_("is of a kind that is not known"), remedy.format(kinds=_(KINDS)))
        if found == ".geojson":
            _check_geojson(fetcher.name, body)
        suffix = found

    body = fetcher.get(address, check)
    path = folder / f"{named.stem[:80] or 'data'}{suffix}"
    path.write_bytes(body)
    return path
