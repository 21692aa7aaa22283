"""The project within a GeoPackage: QGIS opens it with every layer drawn, named and in its place."""

from __future__ import annotations

import io
import json
import sqlite3
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from udsat_geo.designation.columns import describe_layer
from udsat_geo.files.contents import Contents, ReferenceSystem, as_text, clean
from udsat_geo.files.iso19115 import abstract_of, constraints_of, lineage_of, title_of
from udsat_geo.files.qgis.elements import PAPER, VERSION, element, key_of, rgba, text_element
from udsat_geo.files.qgis.layer_tree import OUTLINE, Member, groups_of, item_order, text_elements, themes_of, tree_of
from udsat_geo.files.qgis.sheets import sheet_of_areas, sheet_of_changes
from udsat_geo.files.qgis.styles import DOCTYPE, Style
from udsat_geo.files.qgis.words import PROJECT

_CREATE = "CREATE TABLE qgis_projects(name TEXT PRIMARY KEY, metadata BLOB, content BLOB)"
"""As QGIS 3.22 makes it."""
_MARGIN = 0.05
"""Ground around the areas when the project opens, as a share of their extent. Own choice."""
Bounds = tuple[float, float, float, float]
_NOWHERE: Bounds = (0.0, 0.0, 1000.0, 1000.0)


def write_project(
    connection: sqlite3.Connection,
    file: str,
    contents: Contents,
    styles: Mapping[str, Sequence[Style]],
    summary: Mapping[str, Any],
) -> None:
    """Write the project of a designation.

    Parameters
    ----------
    connection : sqlite3.Connection
    file : str
        The GeoPackage's name: QGIS looks for the layers in a file of that name beside the project, which is the
        GeoPackage itself wherever it is moved, but not under another name.
    contents : Contents
    styles : mapping
        Layer -> its styles.
    summary : mapping
        Of the designation.
    """
    document = as_text(project_of(file, contents, styles, summary), DOCTYPE)
    stamp = f"{summary['year']}-12-31T00:00:00"
    connection.execute(_CREATE)
    connection.execute(
        "INSERT INTO qgis_projects VALUES (?, ?, ?)",
        [
            project_name(summary),
            json.dumps({"last_modified_time": stamp, "last_modified_user": ""}),
            _packed(document).hex(),
        ],
    )


def project_name(summary: Mapping[str, Any]) -> str:
    """What the project is called in the list of those that a GeoPackage holds."""
    return PROJECT[summary["language"]]["name"].format(year=summary["year"])


def _packed(document: str) -> bytes:
    """The document in a ZIP archive, as QGIS keeps it; of no time."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        member = zipfile.ZipInfo("designation.qgs", (1980, 1, 1, 0, 0, 0))
        # the same on every system
        member.create_system, member.external_attr = 3, 0o644 << 16
        archive.writestr(member, document.encode("utf-8"), zipfile.ZIP_DEFLATED, 6)
    return packed.getvalue()


def project_of(
    file: str, contents: Contents, styles: Mapping[str, Sequence[Style]], summary: Mapping[str, Any]
) -> ET.Element:
    """The project as a document; see `write_project`."""
    groups = groups_of(file, contents, summary)
    bounds = _bounds(contents, ("areas",))
    system = _reference_system(contents.reference_system)
    themes, theme_names = themes_of(groups, styles, summary["language"])
    members = [member for group in groups for member in group.members]
    layers = [_map_layer(member, contents, styles[member.name], summary) for member in members]
    corners = dict(zip(("xmin", "ymin", "xmax", "ymax"), bounds, strict=True))
    # who saved it and when are left out: they must not hang on the machine
    return element(
        "qgis", {"projectname": clean(title_of(summary)), "version": VERSION},
        element("homePath", {"path": ""}),
        text_element("title", title_of(summary)),
        element("autotransaction", {"active": False}),
        element("evaluateDefaultValues", {"active": False}),
        element("trust", {"active": False}),
        element("projectCrs", {}, system),
        tree_of(groups),
        _canvas(bounds, system),
        element("projectlayers", {}, *layers),
        item_order(groups),
        _properties(),
        themes,
        _metadata("projectMetadata", title_of(summary), abstract_of(summary), summary),
        element("Layouts", {}, *_sheets(members, theme_names, contents, summary)),
        element("ProjectViewSettings", {"UseProjectScales": False},
                element("DefaultViewExtent", corners, system)),
    )  # fmt: skip


def _sheets(
    members: Sequence[Member], theme_names: Mapping[str, str], contents: Contents, summary: Mapping[str, Any]
) -> list[ET.Element]:
    """What there is to print: the designation, and what it changes where it has been compared."""
    member_of = {member.name: member for member in members}
    sheets = [sheet_of_areas(member_of, theme_names["theme_now"], summary, _bounds(contents, ("areas",)))]
    if summary["changes"] is not None:
        bounds = _bounds(contents, ("areas", "changes"))
        sheets.append(sheet_of_changes(member_of, theme_names["theme_changes"], summary, bounds))
    return sheets


def _bounds(contents: Contents, names: Sequence[str]) -> Bounds:
    """What a map shows: some layers, or all units where these hold nothing."""
    there = [extent for name in names if (extent := contents.layers[name].extent) is not None]
    if not there:
        there = [contents.layers["units"].extent or _NOWHERE]
    west, south = (min(extent[side] for extent in there) for side in (0, 1))
    east, north = (max(extent[side] for extent in there) for side in (2, 3))
    margin = max(_MARGIN * max(east - west, north - south), 100.0)
    return west - margin, south - margin, east + margin, north + margin


def _reference_system(system: ReferenceSystem) -> ET.Element:
    known = {"wkt": system.wkt, "authid": system.code, "description": system.name}
    # QGIS takes a code only beside a number of its own list, and looks the number up by the code
    return text_elements("spatialrefsys", {**known, "srsid": "1"} if system.code else known)


def _canvas(bounds: Bounds, system: ET.Element) -> ET.Element:
    corners = {name: repr(value) for name, value in zip(("xmin", "ymin", "xmax", "ymax"), bounds, strict=True)}
    return element(
        "mapcanvas", {"name": "theMapCanvas", "annotationsVisible": True},
        text_element("units", "meters"), text_elements("extent", corners), text_element("rotation", "0"),
        element("destinationsrs", {}, system),
    )  # fmt: skip


def _map_layer(member: Member, contents: Contents, styles: Sequence[Style], summary: Mapping[str, Any]) -> ET.Element:
    layer, language = contents.layers[member.name], summary["language"]
    first = opening_style(styles)
    attributes: dict[str, object] = {"type": "vector", "styleCategories": "AllStyleCategories"}
    attributes["geometry"] = "No geometry" if not layer.is_spatial else "Point" if layer.is_point else "Polygon"
    told = describe_layer(member.name, language)
    parts = [
        text_element("id", member.id),
        text_element("datasource", member.source),
        text_element("layername", member.title),
        element("srs", {}, _reference_system(contents.reference_system)) if layer.is_spatial else element("srs"),
        _metadata("resourceMetadata", told.title, told.text, summary),
        _provider(),
        _style_manager(styles, first),
    ]
    return element("maplayer", {**attributes, **first.attributes}, *parts, *first.elements)


def _provider() -> ET.Element:
    provider = text_element("provider", "ogr")
    provider.set("encoding", "UTF-8")
    return provider


def opening_style(styles: Sequence[Style]) -> Style:
    """The style that a layer opens in."""
    return next((style for style in styles if style.key == OUTLINE), styles[0])


def _style_manager(styles: Sequence[Style], first: Style) -> ET.Element:
    """All styles of a layer; the current one is the layer's own."""
    others = [style for style in styles if style is not first]
    known = [element("map-layer-style", {"name": style.name}, style.document()) for style in others]
    own = element("map-layer-style", {"name": first.name})
    return element("map-layer-style-manager", {"current": first.name}, own, *known)


def _metadata(tag: str, title: str, abstract: str, summary: Mapping[str, Any]) -> ET.Element:
    made = text_elements(tag, {
        "identifier": key_of(summary["policy"]["sha256"], str(summary["year"]), title)[1:-1],
        "parentidentifier": "",
        "language": summary["language"],
        "type": "dataset",
        "title": title,
        "abstract": abstract,
        "history": lineage_of(summary),
    })  # fmt: skip
    if tag == "resourceMetadata":
        made.append(text_element("license", constraints_of(summary)))
    return made


def _properties() -> ET.Element:
    """Paths are relative, the map has a reference system, its ground is paper."""
    red, green, blue, _ = rgba(PAPER).split(",")
    ground = {"CanvasColorRedPart": red, "CanvasColorGreenPart": green, "CanvasColorBluePart": blue}
    return element(
        "properties", {},
        element("Gui", {}, *(_property(name, "int", value) for name, value in ground.items())),
        element("Paths", {}, _property("Absolute", "bool", "false")),
        element("SpatialRefSys", {}, _property("ProjectionsEnabled", "int", "1")),
    )  # fmt: skip


def _property(name: str, kind: str, value: str) -> ET.Element:
    made = text_element(name, value)
    made.set("type", kind)
    return made
