"""The project within a GeoPackage: QGIS opens it with every layer drawn, named and in its place."""

from __future__ import annotations

import io
import json
import sqlite3
import uuid
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from udsat_geo.designation.columns import describe_layer
from udsat_geo.files.contents import Contents, PackageLayer, ReferenceSystem
from udsat_geo.files.iso19115 import abstract_of, constraints_of, lineage_of, title_of
from udsat_geo.files.qgis.sheets import sheet_of_areas, sheet_of_changes
from udsat_geo.files.qgis.styles import DOCTYPE, STYLES_OF_LAYER, TEMPLATES, Style
from udsat_geo.files.xml_template import as_text, fill, found, read_template
from udsat_geo.messages.translate import N_, _
from udsat_geo.release.words import released

_CREATE = "CREATE TABLE qgis_projects(name TEXT PRIMARY KEY, metadata BLOB, content BLOB)"
"""As QGIS 3.22 makes it."""
_OPENING = "areas_outline"
"""The style in which areas open: outlines over the units that they are made of."""
_WORDS = (N_("Designation of {year}"), N_("Tables"), N_("Designation"), N_("Roles"), N_("Areas by composite"))
"""Groups and themes of the template; those of changes are called by the year before."""
_MARGIN = 0.05
"""Ground around the areas when the project opens, as a share of their extent. Own choice."""
Bounds = tuple[float, float, float, float]
_NOWHERE: Bounds = (0.0, 0.0, 1000.0, 1000.0)
_SIDES = ("xmin", "ymin", "xmax", "ymax")
_KEYS = uuid.uuid5(uuid.NAMESPACE_URL, "udsat_geo")
_WEB = "EPSG:3857"
_OF_ADDRESS = ":/{}"
_OWN_WORDS = {"layers", "styles", "format", "request", "service", "version", "crs", "srs", "bbox", "width", "height"}
"""What QGIS says itself when it asks a WMS for a picture."""
_PUBLIC = {"public_areas": "areas", "public_units": "units", "public_status": "status", "public_changes": "overrides"}
"""The layers of a public set, by those of the template in whose place they stand."""
Styles = Mapping[str, Sequence[Style]]


def write_project(
    connection: sqlite3.Connection, file: str, contents: Contents, styles: Styles, summary: Mapping[str, Any]
) -> None:
    """Write the project of a designation.

    `file` is the GeoPackage's name: QGIS looks for the layers in a file of that name beside the project, which is the
    GeoPackage itself wherever it is moved, but not under another name.
    """
    document = as_text(project_of(file, contents, styles, summary), DOCTYPE)
    name = _("Map of the designation of {year}", summary["language"]).format(year=summary["year"])
    told = {"last_modified_time": f"{summary['year']}-12-31T00:00:00", "last_modified_user": ""}
    connection.execute(_CREATE)
    connection.execute("INSERT INTO qgis_projects VALUES (?, ?, ?)", [name, json.dumps(told), _packed(document).hex()])


def write_public_project(
    connection: sqlite3.Connection, file: str, contents: Contents, styles: Styles, summary: Mapping[str, Any]
) -> None:
    """Write the project of a public set: as `write_project`, without themes and sheets; its titles say "rounded"."""
    language = summary["language"]
    root = read_template(TEMPLATES / "project.qgs")
    presets = found(root, "visibility-presets")
    presets[:] = []
    _fill_project(root, file, contents, styles, {**summary, "changes": None})
    name = _("Map of the designation of {year}, rounded", language).format(year=summary["year"])
    told = {"last_modified_time": f"{summary['year']}-12-31T00:00:00", "last_modified_user": ""}
    connection.execute(_CREATE)
    content = _packed(as_text(root, DOCTYPE)).hex()
    connection.execute("INSERT INTO qgis_projects VALUES (?, ?, ?)", [name, json.dumps(told), content])


def _packed(document: str) -> bytes:
    """The document in a ZIP archive, as QGIS keeps it; of no time."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        member = zipfile.ZipInfo("designation.qgs", (1980, 1, 1, 0, 0, 0))
        # the same on every system
        member.create_system, member.external_attr = 3, 0o644 << 16
        archive.writestr(member, document.encode("utf-8"), zipfile.ZIP_DEFLATED, 6)
    return packed.getvalue()


def project_of(file: str, contents: Contents, styles: Styles, summary: Mapping[str, Any]) -> ET.Element:
    """The project as a document; see `write_project`."""
    root = read_template(TEMPLATES / "project.qgs")
    texts, bounds = _fill_project(root, file, contents, styles, summary)
    sheets = found(root, "Layouts")
    sheets.append(sheet_of_areas(texts, bounds, summary))
    if summary["changes"] is not None:
        sheets.append(sheet_of_changes(texts, _bounds(contents, ("areas", "changes")), summary))
    return root


def _fill_project(
    root: ET.Element, file: str, contents: Contents, styles: Styles, summary: Mapping[str, Any]
) -> tuple[dict[str, str], Bounds]:
    """Fill in layers, themes and metadata; gives what stands in the template's words' place, and what the map shows."""
    texts = _texts(file, contents, summary)
    slots = {_PUBLIC.get(name, name) for name in contents.layers}
    _leave_out(root, {f"{name}_layer" for name in STYLES_OF_LAYER if name not in slots})
    fill(root, texts)
    for system in root.iter("spatialrefsys"):
        # a table without geometry has an empty one
        if found(system, "wkt").text:
            _fill_system(system, contents.reference_system)
    bounds = _bounds(contents, ("areas", "near_misses", "public_areas"))
    for side, value in zip(_SIDES, bounds, strict=True):
        found(root, "ProjectViewSettings/DefaultViewExtent").set(side, repr(value))
        found(root, f"mapcanvas/extent/{side}").text = repr(value)
    name_of_id = {
        texts[f"{_PUBLIC.get(name, name)}_layer"]: name for name in contents.layers if name in STYLES_OF_LAYER
    }
    for layer in found(root, "projectlayers"):
        name = name_of_id[layer.findtext("id", "")]
        _fill_layer(layer, contents.layers[name], styles[name], summary)
    for shown in root.iterfind("visibility-presets/visibility-preset/layer"):
        of_layer = styles[name_of_id[shown.get("id", "")]]
        shown.set("style", next(style.name for style in of_layer if style.key == shown.get("style")))
    publisher = summary.get("publisher") or {}
    if publisher.get("basemap"):
        _add_basemap(root, publisher, contents.reference_system.code, summary["language"])
    _fill_metadata(found(root, "projectMetadata"), title_of(summary), _abstract(summary), summary)
    return texts, bounds


def _add_basemap(root: ET.Element, publisher: Mapping[str, Any], crs: str, language: str) -> None:
    """Add the office's own map beneath everything, turned off: tiles are asked for when somebody turns it on."""
    source, system = _source_of_map(publisher["basemap"], crs)
    name, identity = _("Map of {publisher}", language).format(publisher=publisher["name"]), f"basemap_{_key(source)}"
    shown = {
        "id": identity, "name": name, "source": source, "providerKey": "wms", "checked": "Qt::Unchecked",
        "expanded": "0", "legend_exp": "", "patch_size": "-1,-1", "legend_split_behavior": "0",
    }  # fmt: skip
    ET.SubElement(found(root, "layer-tree-group"), "layer-tree-layer", shown)
    layer = ET.SubElement(
        found(root, "projectlayers"), "maplayer", {"type": "raster", "hasScaleBasedVisibilityFlag": "0"}
    )
    for tag, text in (("id", identity), ("datasource", source), ("layername", name), ("provider", "wms")):
        ET.SubElement(layer, tag).text = text
    ET.SubElement(ET.SubElement(ET.SubElement(layer, "srs"), "spatialrefsys"), "authid").text = system
    drawn = {"type": "singlebandcolordata", "band": "1", "opacity": "1", "alphaBand": "-1", "nodataColor": ""}
    ET.SubElement(ET.SubElement(layer, "pipe"), "rasterrenderer", drawn)


def _source_of_map(address: str, crs: str) -> tuple[str, str]:
    """What QGIS calls a map by, and the reference system that it comes in: of tiles, that of web maps."""
    if "{z}" in address:
        # a brace in the address stands for itself
        return f"type=xyz&zmin=0&zmax=20&url={quote(address, safe=_OF_ADDRESS)}", _WEB
    parts = urlsplit(address)
    query = [(name, value) for name, value in parse_qsl(parts.query) if name.lower() not in _OWN_WORDS]
    asked = {name.lower(): value for name, value in parse_qsl(parts.query)}
    server = urlunsplit(parts._replace(query=urlencode(query), fragment=""))
    layers = "".join(f"&layers={quote(one, safe='')}&styles=" for one in asked["layers"].split(","))
    picture, system = quote(asked.get("format", "image/png"), safe="/"), crs or _WEB
    told = f"contextualWMSLegend=0&crs={system}&dpiMode=7&format={picture}{layers}"
    return f"{told}&url={quote(server, safe=_OF_ADDRESS)}", system


def _abstract(summary: Mapping[str, Any]) -> str:
    """What a designation, or a public set of one, is."""
    if "release" not in summary:
        return abstract_of(summary)
    text = _(
        "What may be published of the designation of {year}: numbers of people and rates are rounded.",
        summary["language"],
    )
    return text.format(year=summary["year"])


def _texts(file: str, contents: Contents, summary: Mapping[str, Any]) -> dict[str, str]:
    """What stands in the place of the template's words, ids and sources."""
    language, changes = summary["language"], summary["changes"]
    texts = {word: _(word, language).format(year=summary["year"]) for word in _WORDS}
    texts["Designated areas {year}"] = title_of(summary)
    # noted for the plugin, which finds the layers again where the file is called otherwise
    texts["designation.gpkg"] = file
    texts["Changes since {since}"] = _("Changes", language)
    if changes is not None:
        texts["Changes since {since}"] = _("Changes since {year}", language).format(year=changes["previous_year"])
    for name in contents.layers:
        if name in STYLES_OF_LAYER:
            slot = _PUBLIC.get(name, name)
            texts[describe_layer(slot, "en").title] = describe_layer(name, language).title
            # of its file too: projects of several years may be put together
            texts[f"{slot}_layer"] = f"{name}_{_key(file, name).replace('-', '_')}"
            texts[f"./designation.gpkg|layername={slot}"] = f"./{file}|layername={name}"
    return texts


def _key(*names: str) -> str:
    """An identifier as QGIS gives them, the same for the same names."""
    return str(uuid.uuid5(_KEYS, "/".join(names)))


def _leave_out(root: ET.Element, ids: set[str]) -> None:
    """Take layers that the file does not have out of the tree, the order, the themes and the layers."""
    for parent in list(root.iter()):
        for child in list(parent):
            if child.get("id") in ids or child.findtext("id") in ids:
                parent.remove(child)
    # a group of which nothing is left is none
    tree = found(root, "layer-tree-group")
    for group in [
        group for group in tree if group.find("layer-tree-layer") is None and group.tag == "layer-tree-group"
    ]:
        tree.remove(group)
        for node in [*root.iter("checked-group-nodes")]:
            for named in [named for named in node if named.get("id") == group.get("name")]:
                node.remove(named)


def _fill_system(element: ET.Element, system: ReferenceSystem) -> None:
    for tag, text in (("wkt", system.wkt), ("authid", system.code), ("description", system.name)):
        found(element, tag).text = text
    # QGIS takes a code only beside a number of its own list, and looks the number up by the code
    found(element, "srsid").text = "1" if system.code else "0"


def _bounds(contents: Contents, names: Sequence[str]) -> Bounds:
    """What a map shows: some layers, or all units where these hold nothing."""
    layers, units = contents.layers, contents.layers.get("units")
    there = [extent for name in names if name in layers and (extent := layers[name].extent) is not None]
    all_units = _NOWHERE if units is None or units.extent is None else units.extent
    west, south, east, north = zip(*(there or [all_units]), strict=True)
    margin = max(_MARGIN * max(max(east) - min(west), max(north) - min(south)), 100.0)
    return min(west) - margin, min(south) - margin, max(east) + margin, max(north) + margin


def _fill_layer(element: ET.Element, layer: PackageLayer, styles: Sequence[Style], summary: Mapping[str, Any]) -> None:
    """The layer's style, its other styles by name, and what it is told of."""
    if layer.is_spatial:
        element.set("geometry", layer.drawn_as)
    told = describe_layer(layer.name, summary["language"])
    _fill_metadata(found(element, "resourceMetadata"), told.title, told.text, summary)
    first = next((style for style in styles if style.key == _OPENING), styles[0])
    manager = found(element, "map-layer-style-manager")
    manager.set("current", first.name)
    manager[0].set("name", first.name)
    for style in styles:
        if style is not first:
            ET.SubElement(manager, "map-layer-style", {"name": style.name}).append(style.document)
    element.attrib.update({name: value for name, value in first.document.items() if name != "version"})
    element.extend(part for part in first.document if part.tag != "layerGeometryType")


def _fill_metadata(element: ET.Element, title: str, abstract: str, summary: Mapping[str, Any]) -> None:
    is_public = "release" in summary
    texts = {
        "identifier": _key(summary["policy"]["sha256"], str(summary["year"]), title),
        "language": summary["language"],
        "title": title,
        "abstract": abstract,
        "history": released(summary) if is_public else lineage_of(summary),
        "license": (summary.get("publisher") or {}).get("licence", "") if is_public else constraints_of(summary),
    }
    for tag, text in texts.items():
        # a project has no licence
        for part in element.findall(tag):
            part.text = text
