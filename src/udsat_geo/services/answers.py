"""What a service answers with: features, an exception in words, a web page, or something that breaks off."""

from __future__ import annotations

import xml.parsers.expat
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from udsat_geo.errors import InputError, Problem
from udsat_geo.services.asking import MayPassError
from udsat_geo.services.privacy import without_secrets
from udsat_geo.services.wording import CUT

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
