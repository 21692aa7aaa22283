"""Layers of a Web Feature Service, read whole: every feature once, in the reference system that the service says.

The questions are asked here and not by GDAL, which reads the answers: so each has its limits and is asked again where
that may help, the features are counted against what the service says it has, and no page is taken twice. GDAL, which
knows GML and its axis orders, turns each page into a table.

Source of the protocol: OGC 09-025r2 (WFS 2.0), 04-094 (WFS 1.1.0), 02-058 (WFS 1.0.0).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from udsat_geo.errors import InputError
from udsat_geo.services.answers import Page, exception_text, look_at_page, read_document
from udsat_geo.services.asking import Asker
from udsat_geo.services.capabilities import Layer, choose_layer, read_capabilities
from udsat_geo.services.content import Content, joined, page_of_gml
from udsat_geo.services.limits import Limits
from udsat_geo.services.wording import ASKED_WHOLE, Words, note

_OURS = (
    "service", "request", "version", "acceptversions", "typename", "typenames", "count", "maxfeatures", "startindex",
    "resulttype", "outputformat", "srsname",
)  # fmt: skip
"""Parameters that are said anew with every question; all others of the address go along, filters too."""


@dataclass(frozen=True)
class Service:
    """A service and one of its layers, as named.

    Attributes
    ----------
    address : str
        Without the parameters of a single question.
    layer : str
        Empty where none is named.
    crs : str
        That is asked for; empty for the layer's own.
    version : str
    """

    address: str
    layer: str
    crs: str = ""
    version: str = "2.0.0"

    def question(self, **parameters: str | int | None) -> str:
        """The address of a question; parameters that are None are left out."""
        parts = urlsplit(self.address)
        own = [f"{key}={value}" for key, value in parameters.items() if value is not None]
        query = "&".join(piece for piece in (parts.query, "SERVICE=WFS", *(_quoted(pair) for pair in own)) if piece)
        return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))


def service_of(address: str, layer: str) -> Service:
    """A service from its address, with what the address says of layer, version and reference system."""
    parts = urlsplit(address)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    said = {name.lower(): value for name, value in pairs}
    kept = urlencode([(name, value) for name, value in pairs if name.lower() not in _OURS])
    named = layer or said.get("typenames") or said.get("typename") or ""
    bare = urlunsplit((parts.scheme, parts.netloc, parts.path, kept, ""))
    return Service(bare, named, said.get("srsname", ""), said.get("version") or "2.0.0")


def read_service(service: Service, name: str, limits: Limits, folder: Path) -> tuple[Content, tuple[Words, ...]]:
    """Read a layer.

    Parameters
    ----------
    service : Service
    name : str
        What it is called in messages: without credentials.
    limits : Limits
    folder : Path
        Where answers are kept meanwhile.

    Returns
    -------
    content : Content
    notes : tuple of mapping of str
        What was found out, Danish and English.

    Raises
    ------
    InputError
        If the service is not reached, refuses, has no such layer, or does not give all of its features once.
    """
    reading = _Reading(service, Asker(name, limits, exception_text), folder)
    content = reading.whole_layer()
    return content, tuple(reading.asker.notes)


@dataclass
class _Reading:
    """One layer being read."""

    service: Service
    asker: Asker
    folder: Path
    version: str = ""
    layer: Layer = field(default_factory=lambda: Layer("", ""))
    schema: Path | None = None
    said: int | None = None
    """How many features there are, as far as the service has said it."""

    def whole_layer(self) -> Content:
        """Every feature of the layer, once."""
        name = self.asker.name
        question = self.service.question(REQUEST="GetCapabilities", VERSION=self.service.version)
        offered = self.asker.ask(question, self.folder / "capabilities.xml", lambda path: read_capabilities(path, name))
        self.version = offered.version
        self.layer = choose_layer(offered.layers, self.service.layer, name)
        self.schema = self._schema()
        matched = self.said = self._matched()
        self._check_number(matched)
        pages = list(self._pages())
        if _have_doubles(page for page, _ in pages):
            self.asker.notes.append(note(ASKED_WHOLE, name=name))
            pages = [self._page(None, 0)]
        self._check_whole([page for page, _ in pages], self.said)
        content = joined([content for _, content in pages], name)
        content.check_place(self.layer.box, name)
        return content

    def _type_names(self) -> dict[str, str]:
        return {"TYPENAMES" if self.version.startswith("2") else "TYPENAME": self.layer.name}

    def _schema(self) -> Path | None:
        """The types of the columns, as the service describes them; GDAL finds them out by itself where it does not."""
        path = self.folder / "layer.xsd"
        question = self.service.question(REQUEST="DescribeFeatureType", VERSION=self.version, **self._type_names())
        try:
            self.asker.ask(question, path, lambda saved: read_document(saved, self.asker.name, "schema"))
        except InputError:
            # without it, types would be guessed: not for a service that is only slow today
            if self.asker.gave_up:
                raise
            return None
        return path

    def _matched(self) -> int | None:
        """How many features the layer has; None where the service does not say."""
        if self.version == "1.0.0":
            return None
        question = self._features(RESULTTYPE="hits")
        return self.asker.ask(
            question, self.folder / "hits.xml", lambda path: look_at_page(path, self.asker.name, hits=True)
        ).matched

    def _features(self, **parameters: str | int | None) -> str:
        crs = self.service.crs or self.layer.crs or None
        return self.service.question(
            REQUEST="GetFeature", VERSION=self.version, **self._type_names(), SRSNAME=crs, **parameters
        )

    def _pages(self) -> Iterable[tuple[Page, Content]]:
        """Pages one after the other, until all features are there or one comes twice."""
        size = self.asker.limits.page
        seen: set[str] = set()
        received = 0
        while True:
            page, content = self._page(None if self.version == "1.0.0" else size, received)
            yield page, content
            received += len(page.ids)
            self._check_number(received)
            known = {feature for feature in page.ids if feature}
            done = self.version == "1.0.0" or not page.ids or bool(known & seen)
            if done or (received >= self.said if self.said is not None else len(page.ids) < size):
                return
            seen |= known

    def _page(self, size: int | None, start: int) -> tuple[Page, Content]:
        """One page; without a size, the whole layer."""
        many = "COUNT" if self.version.startswith("2") else "MAXFEATURES"
        asked: dict[str, str | int | None] = {many: size, "STARTINDEX": start or None}
        path = self.folder / "page.gml"
        page = self.asker.ask(self._features(**asked), path, self._checked_page)
        if page.is_cut:
            self.asker.fail("says that it stopped within its answer", "Try again later, or ask for less.")
        if page.matched is not None and self.said is not None and page.matched != self.said:
            what = f"changed while it was read: it had {self.said:,} features, then {page.matched:,}"
            self.asker.fail(what, "Read it again.")
        self.said = page.matched if page.matched is not None else self.said
        return page, page_of_gml(path, self.schema, page, self.layer.crs, self.asker.name)

    def _checked_page(self, path: Path) -> Page:
        return look_at_page(path, self.asker.name)

    def _check_number(self, features: int | None) -> None:
        most = self.asker.limits.features
        if features is not None and features > most:
            remedy = "Ask for less (a filter, a smaller layer), or allow more with UDSAT_SERVICE_FEATURES."
            self.asker.fail(f"layer {self.layer.name} has more than {most:,} features", remedy)

    def _check_whole(self, pages: list[Page], matched: int | None) -> None:
        """Check that no feature is missing and none is there twice."""
        received = sum(len(page.ids) for page in pages)
        if _have_doubles(pages):
            what = f"layer {self.layer.name} comes with features of one id, on a single page too"
            self.asker.fail(what, "Ask whoever runs the service: a layer needs ids that tell its features apart.")
        if matched is not None and received != matched:
            what = f"layer {self.layer.name} has {matched:,} features by its own account, and sends {received:,}"
            remedy = "Try another page size with OGR_WFS_PAGE_SIZE, or ask whoever runs the service."
            self.asker.fail(what, remedy)
        if not received:
            self.asker.fail(f"layer {self.layer.name} holds no features", "Check the layer, and any filter.")


def _have_doubles(pages: Iterable[Page]) -> bool:
    """Whether a feature came twice; those without an id cannot be told apart."""
    ids = [feature for page in pages for feature in page.ids if feature]
    return len(set(ids)) < len(ids)


def _quoted(pair: str) -> str:
    name, _, value = pair.partition("=")
    return urlencode({name: value}, safe=":,/")
