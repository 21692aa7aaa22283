"""Files on the web, fetched whole."""

from __future__ import annotations

import base64
import http.client
import json
import re
import socket
import ssl
import threading
import time
import urllib.request
import xml.parsers.expat
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any, NoReturn, TypeVar
from urllib.parse import quote, unquote, urlsplit, urlunsplit
from xml.etree import ElementTree

from udsat_geo import __version__
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.words import BUSY, CUT, RESET, TIMEOUT, Words, note, repeated
from udsat_geo.sources.addresses import Limits, without_secrets

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


LOGIN_PAGE = "answers with a web page instead of data, as for a login or an address that is no service"
_LARGEST_DOCUMENT = 64 * 1024**2
_LONGEST_TOLD = 300
_BLANK = b"\xef\xbb\xbf \t\r\n"
"""White space, and the mark that UTF-8 may begin with."""
_HOLDERS = ("member", "featureMember", "featureMembers")
_ENDS_EARLY = tuple(
    xml.parsers.expat.errors.codes[text]
    for text in (
        xml.parsers.expat.errors.XML_ERROR_NO_ELEMENTS,
        xml.parsers.expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        xml.parsers.expat.errors.XML_ERROR_PARTIAL_CHAR,
        xml.parsers.expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
)
_BOXES = ("Envelope", "Box", "EnvelopeWithTimePeriod")


@dataclass
class Page:
    """What a collection of features says of itself.

    Attributes
    ----------
    matched : int or None
        Features that the question is about, on all pages, where the service says it.
    ids : list of str
        Of the features on this page, in their order; empty texts where they have none.
    systems : list of str
        Reference systems that geometries name, each once.
    is_cut : bool
        Whether the service says that it stopped on the way.
    """

    matched: int | None = None
    ids: list[str] = field(default_factory=list)
    systems: list[str] = field(default_factory=list)
    is_cut: bool = False


def look_at_page(path: Path, name: str, hits: bool = False) -> Page:
    """Read an answer to GetFeature from its first to its last character.

    Parameters
    ----------
    path : Path
    name : str
        Of the source, for messages.
    hits : bool
        Whether only the number of features was asked for.

    Raises
    ------
    InputError
        If it is an exception, a web page, or no collection of features.
    MayPassError
        If it breaks off.
    """
    start = _start_of(path, name)
    scan = _Scan(hits)
    parser = xml.parsers.expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = scan.start, scan.end
    parser.StartDoctypeDeclHandler = scan.doctype
    try:
        with path.open("rb") as file:
            parser.ParseFile(file)
    except xml.parsers.expat.ExpatError as error:
        if scan.has_doctype or not start.lstrip(_BLANK).startswith(b"<"):
            raise InputError(_no_data(name, start)) from None
        raise _broken(name, error) from None
    if scan.has_doctype:
        raise InputError(_no_data(name, start))
    if scan.root != "FeatureCollection":
        raise InputError(_unwanted(path, name, str(scan.root)))
    return scan.page


def read_document(path: Path, name: str, root: str) -> ElementTree.Element:
    """Read a small answer, such as the capabilities of a service.

    Parameters
    ----------
    path : Path
    name : str
        Of the source, for messages.
    root : str
        How the local name of its root ends.

    Raises
    ------
    InputError
        If it is something else.
    MayPassError
        If it breaks off.
    """
    start = _start_of(path, name)
    if path.stat().st_size > _LARGEST_DOCUMENT:
        remedy = "Check that the address is that of a WFS."
        raise InputError(Problem(name, "answers with far more than a description of itself", remedy))
    content = path.read_bytes()
    # a document type can hold entities that grow without end, and no service needs one
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise InputError(_no_data(name, start))
    try:
        element = ElementTree.fromstring(content)
    except ElementTree.ParseError as error:
        if not start.lstrip(_BLANK).startswith(b"<"):
            raise InputError(_no_data(name, start)) from None
        raise _broken(name, error) from None
    if not local_name(element.tag).endswith(root):
        raise InputError(_unwanted(path, name, local_name(element.tag)))
    return element


def exception_text(path: Path) -> str:
    """What an OGC exception says; empty if the file holds none."""
    content = path.read_bytes()[:_LARGEST_DOCUMENT]
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        return ""
    try:
        element = ElementTree.fromstring(content)
    except ElementTree.ParseError:
        return ""
    if not local_name(element.tag).endswith("ExceptionReport"):
        return ""
    said = []
    for part in element.iter():
        if local_name(part.tag) in ("Exception", "ServiceException"):
            code = part.get("exceptionCode") or part.get("code") or ""
            text = " ".join(" ".join(part.itertext()).split())
            said.append(": ".join(piece for piece in (code, text) if piece))
    return without_secrets("; ".join(said))[:_LONGEST_TOLD] or "an exception without a text"


def is_web_page(start: bytes) -> bool:
    """Whether the first bytes of an answer are those of HTML."""
    begins = start.lstrip(_BLANK).lower()
    return begins.startswith((b"<!doctype html", b"<html")) or b"<html" in begins[:1024]


def web_page(name: str) -> Problem:
    """What is told of a web page in the place of data."""
    return Problem(name, LOGIN_PAGE, "Open the address in a browser, and check it and its credentials.")


def local_name(tag: str) -> str:
    """The name of an element without its namespace."""
    return tag.rpartition("}")[2].rpartition(" ")[2]


class _Scan:
    """Counts the features of a collection as a parser meets them."""

    def __init__(self, hits: bool):
        self.root: str | None = None
        self.has_doctype = False
        self.page = Page()
        self._path: list[str] = []
        self._hits = hits

    def doctype(self, *_: object) -> None:
        self.has_doctype = True

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name, depth = local_name(tag), len(self._path)
        named = {local_name(key): value for key, value in attributes.items()}
        if depth == 0:
            self.root = name
            # numberOfFeatures of a page counts the page; only asked for alone it counts all
            told = named.get("numberMatched") or (named.get("numberOfFeatures") if self._hits else None)
            self.page.matched = int(told) if told is not None and told.isdecimal() else None
        elif depth == 1 and name == "truncatedResponse":
            self.page.is_cut = True
        elif depth == 2 and self._path[1] in _HOLDERS:
            self.page.ids.append(named.get("id") or named.get("fid") or "")
        if depth > 2 and name not in _BOXES and "srsName" in named and named["srsName"] not in self.page.systems:
            self.page.systems.append(named["srsName"])
        self._path.append(name)

    def end(self, _: str) -> None:
        self._path.pop()


def _start_of(path: Path, name: str) -> bytes:
    """The first bytes of an answer that is neither empty nor a web page."""
    with path.open("rb") as file:
        start = file.read(2048)
    if not start.strip():
        raise InputError(Problem(name, "answers with nothing", "Check the address."))
    if is_web_page(start):
        raise InputError(web_page(name))
    return start


def _broken(name: str, error: xml.parsers.expat.ExpatError | ElementTree.ParseError) -> Exception:
    """What is told of XML with a fault: one at its end means that the rest is missing."""
    line, column = (error.lineno, error.offset) if isinstance(error, xml.parsers.expat.ExpatError) else error.position
    if error.code in _ENDS_EARLY:
        return MayPassError(f"breaks off within its answer (line {line})", CUT)
    what = f"answers with broken XML ({xml.parsers.expat.ErrorString(error.code)}, line {line}, column {column})"
    return InputError(Problem(name, what, "Tell whoever runs the service."))


def _no_data(name: str, start: bytes) -> Problem:
    told = " ".join(start[:80].decode("utf-8", "replace").split())
    remedy = "Check that the address is that of a WFS."
    return Problem(name, f"answers with something that is no XML of a service ({without_secrets(told)!r})", remedy)


def _unwanted(path: Path, name: str, root: str) -> Problem:
    """What is told of a document of another kind."""
    said = exception_text(path) if root.endswith("ExceptionReport") else ""
    if said:
        return Problem(name, f"refuses: {said}", "Check the address and its parameters.")
    return Problem(name, f"answers with a document {root[:60]!r}", "Check that the address is that of a WFS.")


SUFFIXES = (".gpkg", ".geojson", ".json", ".parquet", ".geoparquet", ".fgb", ".shp", ".gml", ".csv")
"""What may be meant where no file of an archive is named, and one alone has such a name."""


def unpack(archive: Path, wanted: str, name: str, limits: Limits, folder: Path) -> Path:
    """Unpack a file, and those beside it that have its stem, as a shapefile needs.

    Parameters
    ----------
    archive : Path
    wanted : str
        Path within the archive; empty for the only file that can be meant.
    name : str
        Of the source, for messages.
    limits : Limits
        Its bytes hold for what is unpacked.
    folder : Path
        Where it goes; nothing is written elsewhere, whatever the archive calls its files.

    Raises
    ------
    InputError
        If it is no archive, damaged, locked by a password, too large when unpacked, or has no such file.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            files = [entry for entry in opened.infolist() if not entry.is_dir()]
            chosen = _chosen(files, wanted, name)
            stem = PurePosixPath(chosen.filename).with_suffix("")
            beside = [entry for entry in files if PurePosixPath(entry.filename).with_suffix("") == stem]
            if sum(entry.file_size for entry in beside) > limits.bytes:
                raise InputError(Problem(name, f"unpacks to more than {limits.bytes / 1024**2:,.0f} MiB", ""))
            for entry in beside:
                _write(opened, entry, folder)
    except (zipfile.BadZipFile, EOFError, OSError) as error:
        what = (
            f"is a damaged archive ({error})" if isinstance(error, zipfile.BadZipFile) else f"cannot be read: {error}"
        )
        raise InputError(Problem(name, what, "Fetch or make it again.")) from None
    except (RuntimeError, NotImplementedError) as error:
        # zipfile tells a password, and ways of packing that it does not know, in these ways
        raise InputError(Problem(name, f"cannot be unpacked: {error}", "Unpack it, and name the file.")) from None
    return folder / PurePosixPath(chosen.filename).name


def _chosen(files: list[zipfile.ZipInfo], wanted: str, name: str) -> zipfile.ZipInfo:
    names = [entry.filename for entry in files]
    if wanted:
        found = [entry for entry in files if entry.filename == wanted]
    else:
        found = [entry for entry in files if PurePosixPath(entry.filename).suffix.lower() in SUFFIXES]
    if len(found) == 1:
        return found[0]
    told = ", ".join(names[:20]) or "nothing"
    if wanted:
        raise InputError(Problem(name, f"holds no file {wanted!r}", f"It holds {told}."))
    what = "holds several files that can be meant" if found else "holds no file that can be meant"
    raise InputError(Problem(name, what, f"Name one after the archive; it holds {told}."))


def _write(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path) -> None:
    """Unpack one file; its size is that of the archive's list, and reading stops there."""
    left = entry.file_size
    with opened.open(entry) as packed, (folder / PurePosixPath(entry.filename).name).open("wb") as file:
        while left > 0 and (piece := packed.read(min(left, 1 << 20))):
            file.write(piece)
            left -= len(piece)


_BY_START = {b"SQLite format 3\x00": ".gpkg", b"PAR1": ".parquet", b"fgb\x03": ".fgb", b"PK\x03\x04": ".zip"}
_OTHERS = (".csv", ".kml", ".gml")


def fetch_file(address: str, asker: Asker, folder: Path) -> Path:
    """Fetch a file and give it the suffix of what it is, whatever its address ends in.

    Raises
    ------
    InputError
        If it cannot be fetched, is a web page, an exception or one page of several, or of a kind that is not known.
    """
    saved = folder / "answer"
    asker.ask(address, saved, lambda path: path)
    with saved.open("rb") as file:
        start = file.read(2048)
    if not start.strip():
        raise InputError(Problem(asker.name, "is empty", "Check the address."))
    if is_web_page(start):
        raise InputError(web_page(asker.name))
    named = Path(re.sub(r"[^\w.\-]", "_", unquote(urlsplit(address).path.rstrip("/").rpartition("/")[2])) or "data")
    suffix = _suffix(start, named.suffix.lower(), asker, saved)
    return saved.rename(folder / f"{named.stem[:80] or 'data'}{suffix}")


def _suffix(start: bytes, named: str, asker: Asker, saved: Path) -> str:
    """The suffix of a kind of file, told by how it begins."""
    for begins, suffix in _BY_START.items():
        if start.startswith(begins):
            return suffix
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text.startswith((b"{", b"[")):
        _check_json(saved, asker)
        return ".geojson"
    if text.startswith(b"<"):
        said = exception_text(saved)
        if said:
            asker.fail(f"refuses: {said}", "Check the address and its parameters.")
        return named if named in _OTHERS else ".gml"
    if named in _OTHERS:
        return named
    kinds = "GeoJSON, GeoPackage, GeoParquet, FlatGeobuf, CSV, or a zip archive of one"
    remedy = f"It should be {kinds}; a shapefile comes as a zip archive."
    asker.fail("is of a kind that is not known", remedy)


def _check_json(saved: Path, asker: Asker) -> None:
    """Refuse what is no GeoJSON, breaks off, or is one page of a longer answer."""
    try:
        content = json.loads(saved.read_bytes())
    except (ValueError, RecursionError) as error:
        asker.fail(f"is broken JSON ({error})", "Fetch it again, or tell whoever runs the service.")
    if not isinstance(content, dict) or "type" not in content:
        said = (
            next((str(content[key]) for key in ("detail", "description", "message", "error") if key in content), "")
            if (isinstance(content, dict))
            else ""
        )
        asker.fail(f"is no GeoJSON{f': {said[:300]}' if said else ''}", "Check the address.")
    matched, features = content.get("numberMatched"), content.get("features")
    if isinstance(matched, int) and isinstance(features, list) and matched > len(features):
        what = f"holds {len(features):,} of {matched:,} features: it is one page of a longer answer"
        asker.fail(what, 'Raise its limit, or name the service itself, as "OAPIF:https://...".')
