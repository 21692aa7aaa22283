"""A WFS of a few lines, by the letter of the standard unless told otherwise, for what QGIS Server does not do.

It speaks version 2.0.0 with GML 3.2, writes reference systems in the form it is told, and can lose, repeat and shuffle
features as servers without a fixed order do.
"""

from __future__ import annotations

import http.server
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pyproj
import shapely

WFS, GML, OWS, APP = (
    "http://www.opengis.net/wfs/2.0",
    "http://www.opengis.net/gml/3.2",
    "http://www.opengis.net/ows/1.1",
    "http://example.org/app",
)


@dataclass
class Layer:
    """A layer of the service.

    Attributes
    ----------
    features : list of (attributes, shapely geometry)
        Easting before northing, longitude before latitude; turned round where the form of the system asks for it.
    crs : str
        As it is written everywhere.
    box : tuple or None
        In degrees, as the service tells it.
    most : int
        Features on one page at most, however many are asked for.
    matched : int or None
        What the service says it has, where that is not the truth.
    """

    features: list[tuple[dict[str, Any], Any]]
    crs: str = "urn:ogc:def:crs:EPSG::25832"
    box: tuple[float, float, float, float] | None = None
    most: int = 1_000_000
    matched: int | None = None
    ignores_start: bool = False
    shuffles: bool = False
    without_ids: bool = False
    says_hits: bool = True
    schema: bool = True
    swapped: bool = field(init=False)

    def __post_init__(self) -> None:
        by_authority = self.crs.startswith("urn:") or "/def/crs/" in self.crs
        self.swapped = by_authority and pyproj.CRS.from_user_input(self.crs).axis_info[0].direction == "north"


def handler(layers: dict[str, Layer], asked: list[dict[str, str]]) -> type[http.server.BaseHTTPRequestHandler]:
    """A handler that serves layers, and notes every question, parameter names in lower case."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            question = {name.lower(): value for name, value in parse_qsl(urlsplit(self.path).query)}
            asked.append(question | {"authorization": self.headers.get("Authorization", "")})
            answer = _answer(layers, question).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/xml; charset=utf-8")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def exception(text: str, code: str = "InvalidParameterValue") -> str:
    return (
        f'<ows:ExceptionReport xmlns:ows="{OWS}" version="2.0.0"><ows:Exception exceptionCode="{code}">'
        f"<ows:ExceptionText>{text}</ows:ExceptionText></ows:Exception></ows:ExceptionReport>"
    )


def _answer(layers: dict[str, Layer], question: dict[str, str]) -> str:
    request = question.get("request", "").lower()
    if request == "getcapabilities":
        return _capabilities(layers)
    # the standard has one name for it in DescribeFeatureType, and another in GetFeature
    key = "typename" if request == "describefeaturetype" else "typenames"
    name = question.get(key, "").rpartition(":")[2]
    if name not in layers:
        return exception(f"no type {name}")
    if request == "describefeaturetype":
        return _schema(name, layers[name]) if layers[name].schema else exception("not here", "OperationNotSupported")
    return _features(name, layers[name], question)


def _capabilities(layers: dict[str, Layer]) -> str:
    types = ""
    for name, layer in layers.items():
        box = ""
        if layer.box is not None:
            west, south, east, north = layer.box
            box = (
                f"<ows:WGS84BoundingBox><ows:LowerCorner>{west} {south}</ows:LowerCorner>"
                f"<ows:UpperCorner>{east} {north}</ows:UpperCorner></ows:WGS84BoundingBox>"
            )
        types += f"<FeatureType><Name>app:{name}</Name><DefaultCRS>{layer.crs}</DefaultCRS>{box}</FeatureType>"
    return (
        f'<WFS_Capabilities xmlns="{WFS}" xmlns:ows="{OWS}" xmlns:app="{APP}" version="2.0.0">'
        f"<FeatureTypeList>{types}</FeatureTypeList></WFS_Capabilities>"
    )


def _schema(name: str, layer: Layer) -> str:
    kinds = {int: "long", float: "double", str: "string"}
    columns = layer.features[0][0] if layer.features else {}
    elements = "".join(
        f'<element name="{key}" type="{kinds[type(value)]}" minOccurs="0" nillable="true"/>'
        for key, value in columns.items()
    )
    return (
        f'<schema xmlns="http://www.w3.org/2001/XMLSchema" xmlns:app="{APP}" xmlns:gml="{GML}" '
        f'targetNamespace="{APP}" elementFormDefault="qualified">'
        f'<import namespace="{GML}" schemaLocation="http://schemas.opengis.net/gml/3.2.1/gml.xsd"/>'
        f'<element name="{name}" type="app:{name}Type" substitutionGroup="gml:AbstractFeature"/>'
        f'<complexType name="{name}Type"><complexContent><extension base="gml:AbstractFeatureType"><sequence>'
        f'<element name="geometry" type="gml:GeometryPropertyType" minOccurs="0"/>{elements}'
        "</sequence></extension></complexContent></complexType></schema>"
    )


def _features(name: str, layer: Layer, question: dict[str, str]) -> str:
    matched = len(layer.features) if layer.matched is None else layer.matched
    start = 0 if layer.ignores_start else int(question.get("startindex", 0))
    count = min(int(question.get("count", 1_000_000)), layer.most)
    rows = list(enumerate(layer.features, 1))
    if layer.shuffles and "count" in question:
        # another order on every page: some features come twice, others never
        rows = rows[start:] + rows[:start]
        rows = rows[1:] + rows[:1]
    chosen = [] if question.get("resulttype") == "hits" else rows[start : start + count]
    told = str(matched) if layer.says_hits else "unknown"
    members = "".join(_member(name, layer, number, *feature) for number, feature in chosen)
    return (
        f'<wfs:FeatureCollection xmlns:wfs="{WFS}" xmlns:gml="{GML}" xmlns:app="{APP}" '
        f'numberMatched="{told}" numberReturned="{len(chosen)}">{members}</wfs:FeatureCollection>'
    )


def _member(name: str, layer: Layer, number: int, attributes: dict[str, Any], geometry: Any) -> str:
    columns = "".join(f"<app:{key}>{value}</app:{key}>" for key, value in attributes.items())
    identity = "" if layer.without_ids else f' gml:id="{name}.{number}"'
    shape = _gml(geometry, layer, f"{name}.{number}.g")
    return f"<wfs:member><app:{name}{identity}><app:geometry>{shape}</app:geometry>{columns}</app:{name}></wfs:member>"


def _gml(geometry: Any, layer: Layer, identity: str) -> str:
    system = f'gml:id="{identity}" srsName="{layer.crs}"'

    def positions(shape: Any) -> str:
        xy = shapely.get_coordinates(shape)
        return " ".join(f"{value:.12g}" for value in (xy[:, ::-1] if layer.swapped else xy).ravel())

    if geometry.geom_type == "Point":
        return f"<gml:Point {system}><gml:pos>{positions(geometry)}</gml:pos></gml:Point>"
    if geometry.geom_type == "LineString":
        return f"<gml:LineString {system}><gml:posList>{positions(geometry)}</gml:posList></gml:LineString>"
    ring = f"<gml:LinearRing><gml:posList>{positions(geometry.exterior)}</gml:posList></gml:LinearRing>"
    polygon = f'<gml:Polygon gml:id="{identity}.p"><gml:exterior>{ring}</gml:exterior></gml:Polygon>'
    return f"<gml:MultiSurface {system}><gml:surfaceMember>{polygon}</gml:surfaceMember></gml:MultiSurface>"
