"""Layers of web feature services and OGC API Features, read whole by GDAL: every feature once.

GDAL speaks the protocols: it asks for pages, knows GML, its schemas and its axis orders. Its answers pass through our
hands first (`udsat_geo.sources.fetch`): so each is within the limits, whole, and from the host that was named, and what
a service says of itself (how many features, in which reference system) is held against what came.
"""

from __future__ import annotations

import io
import re
import warnings
import xml.parsers.expat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from xml.etree import ElementTree

from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import N_, Note, _
from udsat_geo.messages.words import decimal
from udsat_geo.sources.addresses import Source, without_secrets
from udsat_geo.sources.content import Box, Content, as_straight
from udsat_geo.sources.crs import check_crs, crs_code, same_crs
from udsat_geo.sources.features import geometry_column
from udsat_geo.sources.fetch import (
    Fetcher,
    check_json,
    check_start,
    cut_off,
    local_name,
    refuse_exception,
)
from udsat_geo.sources.formats import BLANK
from udsat_geo.sources.gdal import limited_gdal

VERSIONS = ("2.0.2", "2.0.0", "1.1.0", "1.0.0")
_LAYERS_TOLD = 30
_LARGEST_DOCUMENT = 64 * 1024**2
_ASKED_WHOLE = N_(
    "{name}: the service does not give its pages in a fixed order, so the layer was asked for in one piece."
)
_OURS = (
    "service", "request", "version", "acceptversions", "typename", "typenames", "count", "maxfeatures", "startindex",
    "resulttype", "outputformat", "srsname",
)  # fmt: skip
"""Parameters that are said anew with every question; all others of the address go along, filters too."""
_HOLDERS = ("member", "featureMember", "featureMembers")
_BOXES = ("Envelope", "Box", "EnvelopeWithTimePeriod")
_OLD_ADDRESS = re.compile(r"https?://www\.opengis\.net/gml/srs/epsg\.xml#(\d+)")
_OPTIONAL = ("/api", "/conformance", "/schema", "/queryables")
_ENDS_EARLY = tuple(
    xml.parsers.expat.errors.codes[text]
    for text in (
        xml.parsers.expat.errors.XML_ERROR_NO_ELEMENTS,
        xml.parsers.expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        xml.parsers.expat.errors.XML_ERROR_PARTIAL_CHAR,
        xml.parsers.expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
)


@dataclass
class Page:
    """What a document of a service says of itself.

    Attributes
    ----------
    root : str
        Name of its element.
    matched : int or None
        Features that the question is about, on all pages, where the service says it.
    features : int
        On this page.
    systems : list of str
        Reference systems that geometries name, each once.
    is_cut : bool
        Whether the service says that it stopped on the way.
    """

    root: str = ""
    matched: int | None = None
    features: int = 0
    systems: list[str] = field(default_factory=list)
    is_cut: bool = False

    def meet(self, element: ElementTree.Element, path: list[str], is_number_alone: bool) -> None:
        """Take note of an element that begins, below those of the path."""
        name, depth = local_name(element.tag), len(path)
        if depth == 0:
            self.root = name
            # numberOfFeatures of a page counts the page; only asked for alone it counts all
            told = element.get("numberMatched") or (element.get("numberOfFeatures") if is_number_alone else None)
            self.matched = int(told) if told is not None and told.isdecimal() else None
        self.is_cut |= depth == 1 and name == "truncatedResponse"
        self.features += depth == 2 and path[1] in _HOLDERS
        system = element.get("srsName")
        if depth > 2 and system is not None and name not in _BOXES and system not in self.systems:
            self.systems.append(system)


def read_xml(name: str, body: bytes, root: str, is_number_alone: bool = False) -> Page:
    """Read an answer of a service in XML from its first to its last character.

    Parameters
    ----------
    name : str
        Of the source, for messages.
    body : bytes
    root : str
        How the name of its element has to end.
    is_number_alone : bool
        Whether only the number of features was asked for.

    Raises
    ------
    InputError
        If it is an exception, a web page, or something else.
    MayPassError
        If it breaks off.
    """
    check_start(name, body)
    remedy = _("Check that the address is that of a WFS.")
    # a document type can hold entities that grow without end or name files, and no service needs one
    if not body[:2048].lstrip(BLANK).startswith(b"<") or b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        told = without_secrets(" ".join(body[:80].decode("utf-8", "replace").split()))
        what = _("answers with something that is no XML of a service ({start})").format(start=repr(told))
        raise InputError(Problem(name, what, remedy))
    page = Page()
    path: list[str] = []
    try:
        for event, element in ElementTree.iterparse(io.BytesIO(body), ("start", "end")):
            if event == "start":
                page.meet(element, path, is_number_alone)
                path.append(local_name(element.tag))
            else:
                path.pop()
                element.clear()
    except ElementTree.ParseError as error:
        line, column = error.position
        if error.code in _ENDS_EARLY:
            raise cut_off(_("breaks off within its answer (line {line})").format(line=line)) from None
        reason = f"{xml.parsers.expat.ErrorString(error.code)}, line {line}, column {column}"
        what = _("answers with broken XML ({reason})").format(reason=reason)
        raise InputError(Problem(name, what, _("Tell whoever runs the service."))) from None
    refuse_exception(name, body)
    if not page.root.endswith(root):
        what = _("answers with a document {root}").format(root=repr(page.root[:60]))
        raise InputError(Problem(name, what, remedy))
    return page


@dataclass(frozen=True)
class Layer:
    """One feature type.

    Attributes
    ----------
    name : str
    crs : str
        Its default reference system, as the service writes it; empty where it has none.
    box : tuple of float or None
        West, south, east and north in degrees, where the service says them.
    """

    name: str
    crs: str
    box: Box | None = None


def read_capabilities(name: str, body: bytes) -> tuple[str, list[Layer]]:
    """The version of a WFS and its layers, from its answer to GetCapabilities.

    Raises
    ------
    InputError
        If it is no description of a WFS, or of a version that is not known.
    """
    if len(body) > _LARGEST_DOCUMENT:
        what = _("answers with far more than a description of itself")
        raise InputError(Problem(name, what, _("Check that the address is that of a WFS.")))
    root = ElementTree.fromstring(body)
    version = root.get("version", "")
    if local_name(root.tag) != "WFS_Capabilities" or version not in VERSIONS:
        what = _("describes itself as {what}").format(what=f"{local_name(root.tag)[:60]} {version[:20]}".rstrip())
        remedy = _("WFS {versions} can be read.").format(versions=", ".join(VERSIONS))
        raise InputError(Problem(name, what, remedy))
    layers = [_layer(element) for element in root.iter() if local_name(element.tag) == "FeatureType"]
    return version, [layer for layer in layers if layer.name]


def _layer(element: ElementTree.Element) -> Layer:
    text = {local_name(child.tag): (child.text or "").strip() for child in element}
    crs = next((text[key] for key in ("DefaultCRS", "DefaultSRS", "SRS") if text.get(key)), "")
    return Layer(text.get("Name", ""), crs, _box(element))


def _box(element: ElementTree.Element) -> Box | None:
    """Where a layer lies, in degrees; None where that is not said or makes no sense."""
    for child in element:
        try:
            if local_name(child.tag) == "WGS84BoundingBox":
                corners = {local_name(corner.tag): (corner.text or "").split() for corner in child}
                west, south = (float(value) for value in corners["LowerCorner"])
                east, north = (float(value) for value in corners["UpperCorner"])
            elif local_name(child.tag) == "LatLongBoundingBox":
                west, south, east, north = (float(child.get(key, "nan")) for key in ("minx", "miny", "maxx", "maxy"))
            else:
                continue
        except (KeyError, ValueError):
            return None
        if -180 <= west < east <= 180 and -90 <= south < north <= 90:
            return west, south, east, north
    return None


def choose_layer(names: list[str], wanted: str, name: str) -> str:
    """The layer that is meant: by its whole name, by its name without prefix, or the only one.

    Raises
    ------
    InputError
        If there is no such layer, none at all, or several and none is named; the layers there are are told.
    """
    if not names:
        raise InputError(Problem(name, _("offers no layer"), _("Ask whoever runs the service.")))
    if not wanted and len(names) == 1:
        return names[0]
    told = ", ".join(names[:_LAYERS_TOLD]) + (", ..." if len(names) > _LAYERS_TOLD else "")
    if not wanted:
        remedy = _('Name one at the end of the address: "{example}".').format(example=f"...|layername={names[0]}")
        raise InputError(Problem(name, _("offers several layers: {layers}").format(layers=told), remedy))
    exact = [each for each in names if each == wanted]
    alike = exact or [each for each in names if each.rpartition(":")[2] == wanted.rpartition(":")[2]]
    if len(alike) == 1:
        return alike[0]
    what = _("offers no layer {layer}").format(layer=repr(wanted))
    raise InputError(Problem(name, what, _("It offers: {layers}.").format(layers=told)))


@dataclass
class _Reading:
    """One layer being read.

    Attributes
    ----------
    fetcher : Fetcher
    driver : {"WFS", "OAPIF"}
    address : str
        With what goes along with every question.
    layer : str
        Its name.
    pages : dict of int to Page
        By their first features: GDAL may ask for the first page twice.
    matched : int or None
        How many features there are, as far as the service has said it.
    """

    fetcher: Fetcher
    driver: str
    address: str
    layer: str = ""
    pages: dict[int, Page] = field(default_factory=dict)
    matched: int | None = None

    def check_wfs(self, address: str, body: bytes) -> None:
        """Check an answer of a WFS by the kind of its question."""
        name, asked = self.fetcher.name, _parameters(address)
        request = asked.get("request", "").lower()
        if request != "getfeature":
            read_xml(name, body, "_Capabilities" if request == "getcapabilities" else "schema")
            return
        is_number_alone = asked.get("resulttype") == "hits"
        page = read_xml(name, body, "FeatureCollection", is_number_alone)
        self._check_matched(page.matched)
        if is_number_alone:
            return
        if page.is_cut:
            self.fetcher.fail(_("says that it stopped within its answer"), _("Try again later, or ask for less."))
        self.pages[int(asked.get("startindex", 0))] = page
        self._check_number(sum(each.features for each in self.pages.values()))
        systems = self.systems()
        for text in systems:
            check_crs(text, name)
        if any(not same_crs(systems[0], other) for other in systems[1:]):
            what = _("mixes different reference systems: {systems}").format(systems=", ".join(systems[:5]))
            self.fetcher.fail(what, _("Ask for one with SRSNAME=..."))

    def check_oapif(self, address: str, body: bytes) -> None:
        """Check an answer of OGC API Features."""
        check_start(self.fetcher.name, body)
        if urlsplit(address).path.rstrip("/").endswith("/items"):
            matched = check_json(self.fetcher.name, body).get("numberMatched")
            self._check_matched(matched if isinstance(matched, int) else None)

    def _check_matched(self, matched: int | None) -> None:
        """Hold the number that a service tells against what it told before, and against the limit."""
        if matched is not None and self.matched not in (None, matched):
            what = _("changed while it was read: it had {before} features, then {now}")
            self.fetcher.fail(what.format(before=f"{self.matched:,}", now=f"{matched:,}"), _("Read it again."))
        self.matched = self.matched if matched is None else matched
        self._check_number(matched)

    def _check_number(self, features: int | None) -> None:
        most = self.fetcher.limits.features
        if features is not None and features > most:
            what = _("layer {layer} has more than {most} features").format(layer=self.layer, most=decimal(most, 0))
            remedy = _("Ask for less (a filter, a smaller layer), or allow more with UDSAT_SERVICE_FEATURES.")
            self.fetcher.fail(what, remedy)

    def systems(self) -> list[str]:
        """The reference systems that geometries name, by code where they are old web addresses."""
        told = (text for page in self.pages.values() for text in page.systems)
        return list(dict.fromkeys(_OLD_ADDRESS.sub(r"EPSG:\1", text.strip()) for text in told))

    def read(self, **options: str) -> tuple[dict[str, Any], Any]:
        """All features by GDAL, stopped as soon as there are too many."""
        import pyarrow as pa

        self.pages.clear()
        batches: list[Any] = []
        with self.asking(**options) as gdal:
            place = f"{self.driver}:{self.address}"
            with gdal.raw.open_arrow(place, layer=self.layer, use_pyarrow=True) as (meta, reader):
                for batch in reader:
                    batches.append(batch)
                    self._check_number(sum(each.num_rows for each in batches))
                return meta, pa.Table.from_batches(batches, reader.schema)

    @contextmanager
    def asking(self, **options: str) -> Iterator[Any]:
        """pyogrio, its questions answered within the limits and its errors told."""
        check = self.check_wfs if self.driver == "WFS" else self.check_oapif
        asked = self.fetcher.answering_gdal(check, _may_fail)
        with limited_gdal(self.driver, **options) as gdal, asked, warnings.catch_warnings():
            # a number that is too long, a ring that is open: what comes of them is checked here
            warnings.simplefilter("ignore")
            try:
                yield gdal
            except (gdal.errors.DataSourceError, gdal.errors.DataLayerError, gdal.errors.CRSError, OSError) as error:
                what = _("cannot be read: {reason}").format(reason=str(error).split("\n")[0])
                self.fetcher.fail(what, _("Ask whoever runs the service."))

    def content(self, meta: dict[str, Any], table: Any, id_column: str, crs: str | None) -> Content:
        """The features that came, where none is missing."""
        if self.matched is not None and table.num_rows != self.matched:
            what = _("layer {layer} has {matched} features by its own account, and sends {n}")
            what = what.format(layer=self.layer, matched=decimal(self.matched, 0), n=decimal(table.num_rows, 0))
            remedy = _("Try another page size with OGR_WFS_PAGE_SIZE, or ask whoever runs the service.")
            self.fetcher.fail(what, remedy)
        if not table.num_rows:
            what = _("layer {layer} holds no features").format(layer=self.layer)
            self.fetcher.fail(what, _("Check the layer, and any filter."))
        column = geometry_column(meta)
        geometry = as_straight(table.column(column)) if column in table.column_names else None
        kept = [name for name in table.column_names if name not in (column, "gml_id")]
        crs = None if geometry is None else (crs or meta["crs"])
        return Content(table.select(kept), geometry, crs).in_order(_ids(table, id_column))


def _parameters(address: str) -> dict[str, str]:
    return {name.lower(): value for name, value in parse_qsl(urlsplit(address).query, keep_blank_values=True)}


def _may_fail(address: str) -> bool:
    """Whether a question is for a description that GDAL does without where a service has none."""
    path = urlsplit(address).path.rstrip("/")
    return _parameters(address).get("request") == "DescribeFeatureType" or path.endswith(_OPTIONAL)


def _ids(table: Any, column: str) -> list[str]:
    return [str(text or "") for text in table.column(column).to_pylist()] if column in table.column_names else []


def _have_doubles(ids: list[str]) -> bool:
    """Whether a feature came twice; those without an id cannot be told apart."""
    told = [feature for feature in ids if feature]
    return len(set(told)) < len(told)


def read_wfs(source: Source, fetcher: Fetcher) -> Content:
    """Read a layer of a WFS.

    Raises
    ------
    InputError
        If the service is not reached, refuses, has no such layer, or does not give all of its features once.
    """
    parts, said = urlsplit(source.place), _parameters(source.place)
    kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0].lower() not in _OURS]

    def question(version: str, **parameters: str) -> str:
        query = urlencode([*kept, ("SERVICE", "WFS"), ("VERSION", version), *parameters.items()], safe=":,/")
        return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))

    reading = _Reading(fetcher, "WFS", "")
    version = said.get("version") or "2.0.0"
    described = fetcher.get(question(version, REQUEST="GetCapabilities"), reading.check_wfs)
    version, layers = read_capabilities(fetcher.name, described)
    wanted = source.layer or said.get("typenames") or said.get("typename") or ""
    reading.layer = choose_layer([each.name for each in layers], wanted, fetcher.name)
    layer = next(each for each in layers if each.name == reading.layer)
    reading.address = question(version, **({"SRSNAME": said["srsname"]} if said.get("srsname") else {}))
    has_pages = version != "1.0.0"
    if has_pages:
        types = {"TYPENAMES" if version.startswith("2") else "TYPENAME": layer.name}
        fetcher.get(question(version, REQUEST="GetFeature", **types, RESULTTYPE="hits"), reading.check_wfs)
    page, received = fetcher.limits.page, 0
    meta, table = reading.read(**_paging(page if has_pages else None))
    received = table.num_rows
    if has_pages and 0 < received < min(page, reading.matched or 0):
        # a service that gives fewer at a time than it is asked for
        meta, table = reading.read(**_paging(received))
    if _have_doubles(_ids(table, "gml_id")):
        fetcher.notes.append(Note(_ASKED_WHOLE, {"name": fetcher.name}))
        meta, table = reading.read(**_paging(None))
    came = sum(each.features for each in reading.pages.values())
    if table.num_rows != came:
        what = _("answers with GML of which {n} of {all} features can be read")
        fetcher.fail(what.format(n=f"{table.num_rows:,}", all=f"{came:,}"), _("Ask whoever runs the service."))
    if _have_doubles(_ids(table, "gml_id")):
        what = _("layer {layer} comes with features of one id, on a single page too").format(layer=layer.name)
        fetcher.fail(what, _("Ask whoever runs the service: a layer needs ids that tell its features apart."))
    systems = [*reading.systems(), *([layer.crs] if layer.crs else [])]
    content = reading.content(meta, table, "gml_id", crs_code(systems[0]) if systems else None)
    content.check_place(layer.box, fetcher.name)
    return content


def _paging(size: int | None) -> dict[str, str]:
    """GDAL's options for pages of a size; for one piece without."""
    return {
        # read through our hands, not past them
        "OGR_WFS_USE_STREAMING": "NO",
        "OGR_WFS_PAGING_ALLOWED": "NO" if size is None else "YES",
        "OGR_WFS_PAGE_SIZE": str(size or 0),
    }


def read_oapif(source: Source, fetcher: Fetcher) -> Content:
    """Read a collection of a service of OGC API Features.

    Raises
    ------
    InputError
        If the service is not reached, refuses, has no such collection, or does not give all of its features once.
    """
    reading = _Reading(fetcher, "OAPIF", source.place)
    with reading.asking() as gdal:
        names = [str(name) for name in gdal.list_layers(f"OAPIF:{source.place}")[:, 0]]
    reading.layer = choose_layer(names, source.layer, fetcher.name)
    reading.matched = None
    meta, table = reading.read()
    return reading.content(meta, table, "id", None)
