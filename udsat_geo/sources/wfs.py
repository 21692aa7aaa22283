"""Layers of a Web Feature Service, read whole: every feature once, in the reference system that the service says.

The questions are asked here and not by GDAL, which reads the answers: so each has its limits and is asked again where
that may help, the features are counted against what the service says it has, and no page is taken twice. GDAL, which
knows GML and its axis orders, turns each page into a table.

Source of the protocol: OGC 09-025r2 (WFS 2.0), 04-094 (WFS 1.1.0), 02-058 (WFS 1.0.0).
"""

from __future__ import annotations

import difflib
import hashlib
import json
import re
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.words import ASKED_WHOLE, Words, note
from udsat_geo.sources.addresses import Limits
from udsat_geo.sources.crs import check_crs, crs_code, reproject, same_crs
from udsat_geo.sources.features import geometries_of, geometry_column, read_layer
from udsat_geo.sources.http import Asker, Page, exception_text, local_name, look_at_page, read_document

VERSIONS = ("2.0.2", "2.0.0", "1.1.0", "1.0.0")
_LAYERS_TOLD = 30


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
    box: tuple[float, float, float, float] | None = None


@dataclass(frozen=True)
class Capabilities:
    """What a service offers.

    Attributes
    ----------
    version : str
    layers : tuple of Layer
    """

    version: str
    layers: tuple[Layer, ...]


def read_capabilities(path: Path, name: str) -> Capabilities:
    """Read the answer to GetCapabilities.

    Raises
    ------
    InputError
        If it is no description of a WFS, or of a version that is not known.
    """
    root = read_document(path, name, "_Capabilities")
    version = root.get("version", "")
    if local_name(root.tag) != "WFS_Capabilities" or version not in VERSIONS:
        what = f"describes itself as {local_name(root.tag)[:60]} {version[:20]}".rstrip()
        raise InputError(Problem(name, what, f"WFS {', '.join(VERSIONS)} can be read."))
    layers = [_layer(element) for element in root.iter() if local_name(element.tag) == "FeatureType"]
    return Capabilities(version, tuple(layer for layer in layers if layer.name))


def choose_layer(offered: Sequence[Layer], wanted: str, name: str) -> Layer:
    """The layer that is meant: by its whole name, by its name without prefix, or the only one.

    Raises
    ------
    InputError
        If there is no such layer, none at all, or several and none is named; the layers there are are told.
    """
    names = [layer.name for layer in offered]
    if not names:
        raise InputError(Problem(name, "offers no layer", "Ask whoever runs the service."))
    told = ", ".join(names[:_LAYERS_TOLD]) + (f" and {len(names) - _LAYERS_TOLD} more" * (len(names) > _LAYERS_TOLD))
    if not wanted:
        if len(offered) == 1:
            return offered[0]
        what = f"offers several layers: {told}"
        raise InputError(Problem(name, what, f'Name one at the end of the address: "...|layername={names[0]}".'))
    exact = [layer for layer in offered if layer.name == wanted]
    alike = exact or [layer for layer in offered if layer.name.rpartition(":")[2] == wanted.rpartition(":")[2]]
    if len(alike) == 1:
        return alike[0]
    near = difflib.get_close_matches(wanted, names, 1, 0.6)
    hint = f"Did you mean {near[0]!r}? " if near else ""
    raise InputError(Problem(name, f"offers no layer {wanted!r}", f"{hint}It offers: {told}."))


def _layer(element: ElementTree.Element) -> Layer:
    text = {local_name(child.tag): (child.text or "").strip() for child in element}
    crs = next((text[key] for key in ("DefaultCRS", "DefaultSRS", "SRS") if text.get(key)), "")
    return Layer(text.get("Name", ""), crs, _box(element))


def _box(element: ElementTree.Element) -> tuple[float, float, float, float] | None:
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


GEOMETRY = "geometry"
MARGIN = 1.0
"""Degrees that data may lie beside the box that a service gives for a layer; boxes are often rough. Own choice."""

_NUMBERED = re.compile(r"(.*?)(\d{1,18})")
_OLD_ADDRESS = re.compile(r"https?://www\.opengis\.net/gml/srs/epsg\.xml#(\d+)")


@dataclass(frozen=True)
class Content:
    """Features of one layer.

    Attributes
    ----------
    attributes : pyarrow.Table, n_features rows
    geometry : pyarrow.Array of binary, n_features, or None
        Well-known binary.
    crs : str or None
    ids : tuple of str, n_features
        As the service gives them, empty texts where it gives none.
    """

    attributes: Any
    geometry: Any
    crs: str | None
    ids: tuple[str, ...]

    def check_place(self, box: tuple[float, float, float, float] | None, name: str) -> None:
        """Check that the positions lie about where the service says that the layer lies.

        A service that names one reference system and sends positions of another is found out by this.

        Raises
        ------
        InputError
            If all of them lie elsewhere.
        """
        import shapely

        if box is None or self.crs is None or self.geometry is None:
            return
        try:
            bounds = shapely.total_bounds(geometries_of(self.geometry))
        except (ValueError, NotImplementedError):
            return  # whoever reads the features says what is wrong with them
        if not np.isfinite(bounds).all():
            return
        here = shapely.total_bounds(reproject(np.array([shapely.box(*bounds)]), self.crs, "EPSG:4326", name))
        west, south, east, north = box
        beside = (
            here[0] > east + MARGIN or here[2] < west - MARGIN or here[1] > north + MARGIN or here[3] < south - MARGIN
        )
        if beside or not np.isfinite(here).all():
            what = f"sends positions far from where it says that the layer lies (longitude {west:g} to {east:g}, "
            what += f"latitude {south:g} to {north:g}), as of another reference system than {crs_code(self.crs)[:40]}"
            raise InputError(Problem(name, what, "Ask for another one with SRSNAME=..., or tell who runs the service."))


def page_of_gml(path: Path, schema: Path | None, page: Page, default_crs: str, name: str) -> Content:
    """One answer of a service, read by GDAL.

    Parameters
    ----------
    path : Path
        GML.
    schema : Path or None
        Of its columns.
    page : Page
        What was found in it before.
    default_crs : str
        What holds where the answer names no reference system; empty for none.
    name : str
        Of the source.

    Raises
    ------
    InputError
        If GDAL cannot read it or finds other features, or its geometries are of several reference systems.
    """
    import pyarrow as pa

    if not page.ids:
        return Content(pa.table({}), None, None, ())
    options = {"DOWNLOAD_SCHEMA": "NO", "EXPOSE_GML_ID": "YES", "WRITE_GFS": "NO", "FORCE_SRS_DETECTION": "YES"}
    if schema is not None:
        options["XSD"] = str(schema)
    try:
        meta, table = read_layer(path, None, **options)
    except ValueError as error:
        raise InputError(Problem(name, f"answers with GML that cannot be read: {error}", "")) from None
    ids = table.column("gml_id").to_pylist() if "gml_id" in table.column_names else list(page.ids)
    if len(ids) != len(page.ids) or [text or "" for text in ids] != page.ids:
        what = f"answers with GML of which {table.num_rows:,} of {len(page.ids):,} features can be read"
        raise InputError(Problem(name, what, "Ask whoever runs the service."))
    column = geometry_column(meta)
    geometry = as_straight(table.column(column)) if column in table.column_names else None
    told = [system_of(text) for text in page.systems] or ([system_of(default_crs)] if default_crs else [])
    crs = _one_system(told, meta["crs"], name) if geometry is not None else None
    kept = [each for each in table.column_names if each not in (column, "gml_id")]
    return Content(table.select(kept), geometry, crs, tuple(page.ids))


def system_of(text: str) -> str:
    """A reference system as a service writes it, by its code where that is an old web address."""
    old = _OLD_ADDRESS.fullmatch(text.strip())
    return f"EPSG:{old.group(1)}" if old else text.strip()


def joined(parts: Sequence[Content], name: str) -> Content:
    """Pages as one content, its features in their order.

    Raises
    ------
    InputError
        If pages have columns that do not go together, or different reference systems.
    """
    import pyarrow as pa

    there = [part for part in parts if part.ids]
    if not there:
        return parts[0]
    try:
        attributes = pa.concat_tables([part.attributes for part in there], promote_options="permissive")
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
        what = "sends a column as text on one page and as numbers on another"
        raise InputError(Problem(name, what, "Ask whoever runs the service to describe its columns.")) from None
    crs = there[0].crs
    if any((part.crs is None) != (crs is None) or not same_crs(part.crs or "", crs or "") for part in there[1:]):
        raise InputError(Problem(name, "sends pages in different reference systems", "Ask for one with SRSNAME=..."))
    geometry = None
    if all(part.geometry is not None for part in there):
        geometry = pa.concat_arrays([part.geometry for part in there])
    content = Content(attributes, geometry, crs, tuple(text for part in there for text in part.ids))
    order = _order(content)
    return Content(
        attributes.take(order),
        None if geometry is None else geometry.take(pa.array(order)),
        crs,
        tuple(content.ids[i] for i in order.tolist()),
    )


def fingerprint(content: Content) -> str:
    """SHA-256 of the canonical form; see the module."""
    whole = hashlib.sha256()
    code = None if content.crs is None else crs_code(content.crs)
    whole.update(_line([code, *content.attributes.column_names]))
    for row in _rows(content):
        whole.update(row)
    return whole.hexdigest()


def store(content: Content, path: Path) -> None:
    """Keep a content as GeoParquet, with the types of its columns as they are."""
    import pyarrow.parquet
    import pyproj

    table = content.attributes.replace_schema_metadata(None)
    if content.geometry is not None:
        column = GEOMETRY
        while column in table.column_names:
            column = f"_{column}"
        table = table.append_column(column, content.geometry)
        crs = None if content.crs is None else pyproj.CRS.from_user_input(content.crs).to_json_dict()
        described: dict[str, Any] = {"encoding": "WKB", "geometry_types": [], "crs": crs}
        geo = {"version": "1.1.0", "primary_column": column, "columns": {column: described}}
        table = table.replace_schema_metadata({"geo": json.dumps(geo)})
    pyarrow.parquet.write_table(table, path)


def _one_system(told: Sequence[str], read: str | None, name: str) -> str | None:
    """The one reference system of geometries: as they name it, else as GDAL has it."""
    for text in told:
        check_crs(text, name)
    if len(told) > 1 and not all(same_crs(told[0], other) for other in told[1:]):
        raise InputError(
            Problem(name, f"mixes reference systems: {', '.join(told[:5])}", "Ask for one with SRSNAME=...")
        )
    return crs_code(told[0]) if told else read


def _order(content: Content) -> NDArray[np.int64]:
    """The canonical order of features."""
    numbered = [_NUMBERED.fullmatch(text) for text in content.ids]
    keys: list[Any] = [(found.group(1), int(found.group(2))) for found in numbered if found is not None]
    if len(keys) < len(numbered) or len({prefix for prefix, _ in keys}) != 1 or len(set(keys)) < len(keys):
        keys = list(_rows(content))
    return np.array(sorted(range(len(keys)), key=keys.__getitem__), dtype=np.int64)


def _rows(content: Content) -> list[bytes]:
    """The features as lines of JSON."""
    columns = [column.to_pylist() for column in content.attributes.columns]
    if content.geometry is not None:
        columns.append([None if wkb is None else wkb.hex() for wkb in content.geometry.to_pylist()])
    return [_line(list(row)) for row in zip(*columns, strict=True)]


def _line(values: list[Any]) -> bytes:
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"), default=_as_text)
    return text.encode("utf-8", "surrogatepass") + b"\n"


def _as_text(value: object) -> str:
    """Days, times and bytes, which JSON has no form for."""
    return value.hex() if isinstance(value, bytes) else str(value)


_STRAIGHT = {12: (3, 6), 11: (2, 5)}
"""Type of a collection -> the type of straight parts, and what the collection is when all are of it."""


def as_straight(geometry: Any) -> Any:
    """An Arrow array of well-known binary in which collections of straight parts are MultiPolygons and MultiLines."""
    import pyarrow as pa

    values = [None if wkb is None else _renamed(wkb) for wkb in geometry.to_pylist()]
    return pa.array(values, type=pa.large_binary())


def _renamed(wkb: bytes) -> bytes:
    if len(wkb) < 9:
        return wkb
    order = "<" if wkb[0] == 1 else ">"
    kind, parts = struct.unpack_from(f"{order}II", wkb, 1)
    dimensions, flat = divmod(kind, 1000)
    if flat not in _STRAIGHT:
        return wkb
    part, whole = _STRAIGHT[flat]
    if not _all_are(wkb, order, parts, 1000 * dimensions + part):
        return wkb
    return wkb[:1] + struct.pack(f"{order}I", 1000 * dimensions + whole) + wkb[5:]


def _all_are(wkb: bytes, order: str, parts: int, wanted: int) -> bool:
    """Whether all parts of a collection are of a type; they are walked over, since each says its own length."""
    size = 8 * (2, 3, 3, 4)[wanted // 1000]
    place = 9
    for _ in range(parts):
        kind, count = struct.unpack_from(f"{order}II", wkb, place + 1)
        if kind != wanted:
            return False
        place += 9
        if wanted % 1000 == 2:
            place += size * count
            continue
        for _ in range(count):
            (points,) = struct.unpack_from(f"{order}I", wkb, place)
            place += 4 + size * points
    return True


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
