"""What a GeoPackage says of where it comes from: ISO 19115 metadata, written as ISO/TS 19139 XML."""

from __future__ import annotations

import sqlite3
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from udsat_geo.files.contents import Contents
from udsat_geo.files.xml_template import as_text, clone, fill, found, read_template
from udsat_geo.messages.translate import N_, _
from udsat_geo.sources.crs import geographic_bounds

_TEMPLATE = Path(__file__).with_name("iso19139.xml")
GMD, GCO = "http://www.isotc211.org/2005/gmd", "http://www.isotc211.org/2005/gco"
_KEYWORDS = (N_("disadvantaged urban areas"), N_("registers"), N_("designation"))
_REGISTERS = N_(
    "Licence and use are not stated: they are set by the data owner. Figures for small places rest on registers and "
    "must not be published as they are."
)
_CONSTRAINTS = {
    "synthetic": N_("Synthetic data: none of the residents exists. Free to use, reproduce and change."),
    "unit_table": N_("Licence and use are not stated: they are set by the owner of the table of units."),
}
_INTERNAL = N_("Figures for small places rest on registers and must not be published as they are.")
"""What stands beside a licence, where the people are those of registers."""
_LANGUAGES = {"da": "dan", "en": "eng"}

for _prefix, _space in (("gmd", GMD), ("gco", GCO)):
    ET.register_namespace(_prefix, _space)


def write_iso_metadata(connection: sqlite3.Connection, contents: Contents, summary: Mapping[str, Any]) -> None:
    """Add ISO 19115 metadata of the whole file, as its extension "Metadata" holds them.

    Its tables ``gpkg_metadata`` and ``gpkg_metadata_reference`` are there: GDAL's own metadata stand in them.
    """
    row = connection.execute(
        "INSERT INTO gpkg_metadata (md_scope, md_standard_uri, mime_type, metadata) "
        "VALUES ('dataset', ?, 'text/xml', ?)",
        [GMD, iso_metadata(contents, summary)],
    )
    connection.execute(
        "INSERT INTO gpkg_metadata_reference VALUES ('geopackage', NULL, NULL, NULL, ?, ?, NULL)",
        [f"{summary['year']}-12-31T00:00:00.000Z", row.lastrowid],
    )


def iso_metadata(contents: Contents, summary: Mapping[str, Any]) -> str:
    """A document of ISO/TS 19139: title, abstract, extent, lineage, constraints.

    Its dates are the designation's year, its contact is unknown unless the policy names a publisher: what a file says
    must not hang on when and by whom it was made.
    """
    root, language = read_template(_TEMPLATE), summary["language"]
    authority, _colon, code = contents.reference_system.code.partition(":")
    bounds = _bounds(contents)
    texts = {
        # a code of its own for each designation: the same inputs under the same policy have the same
        "identifier": f"udsat_geo:{summary['policy']['id']}-{summary['year']}-{summary['policy']['sha256'][:12]}",
        "language": _LANGUAGES[language],
        "date": f"{summary['year']}-12-31",
        "year": str(summary["year"]),
        "code": code,
        "authority": authority,
        "title": title_of(summary),
        "abstract": abstract_of(summary),
        "constraints": constraints_of(summary),
        "lineage": lineage_of(summary),
        # a tenth of a second of arc: finer than any area, and steady between versions of PROJ
        **{side: f"{degrees:.5f}" for side, degrees in zip(("west", "south", "east", "north"), bounds, strict=False)},
    }
    keywords = {keyword: _(keyword, language) for keyword in _KEYWORDS}
    fill(root, {f"{{{name}}}": text for name, text in texts.items()} | keywords)
    if not code:
        root.remove(found(root, f"{{{GMD}}}referenceSystemInfo"))
    if not bounds:
        identification = found(root, f".//{{{GMD}}}MD_DataIdentification")
        identification.remove(found(identification, f"{{{GMD}}}extent"))
    if summary.get("publisher"):
        _fill_publisher(root, summary["publisher"])
    lineage = found(root, f".//{{{GMD}}}LI_Lineage")
    sample = found(lineage, f"{{{GMD}}}source")
    lineage.remove(sample)
    lineage.extend(fill(clone(sample), {"{input}": text}) for text in _inputs(summary))
    return as_text(root, '<?xml version="1.0" encoding="UTF-8"?>\n')


def _fill_publisher(root: ET.Element, publisher: Mapping[str, Any]) -> None:
    """Who publishes it, how they are reached, and when it is published."""
    for party in root.iter(f"{{{GMD}}}CI_ResponsibleParty"):
        name = found(party, f"{{{GMD}}}organisationName")
        name.attrib.clear()
        ET.SubElement(name, f"{{{GCO}}}CharacterString").text = publisher["name"]
        if publisher["contact"]:
            party.insert(1, _contact(publisher["contact"]))
    citation = found(root, f".//{{{GMD}}}CI_Citation")
    if publisher["date"]:
        published = clone(found(citation, f"{{{GMD}}}date"))
        found(published, f".//{{{GCO}}}Date").text = publisher["date"]
        kind = found(published, f".//{{{GMD}}}CI_DateTypeCode")
        kind.text = "publication"
        kind.set("codeListValue", "publication")
        citation.append(published)


def _contact(text: str) -> ET.Element:
    """A mail address, a web address, or whatever else a contact is, where the standard has a place for it."""
    if text.startswith(("https://", "http://")):
        path, kind = ["onlineResource", "CI_OnlineResource", "linkage"], f"{{{GMD}}}URL"
    elif "@" in text and " " not in text:
        path, kind = ["address", "CI_Address", "electronicMailAddress"], f"{{{GCO}}}CharacterString"
    else:
        path, kind = ["contactInstructions"], f"{{{GCO}}}CharacterString"
    whole = here = ET.Element(f"{{{GMD}}}contactInfo")
    for step in ("CI_Contact", *path):
        here = ET.SubElement(here, f"{{{GMD}}}{step}")
    ET.SubElement(here, kind).text = text
    return whole


def _bounds(contents: Contents) -> tuple[float, ...]:
    """West, south, east and north of all layers in degrees; nothing where that cannot be said."""
    corners = [layer.extent for layer in contents.layers.values() if layer.extent is not None]
    if not corners:
        return ()
    west, south, east, north = zip(*corners, strict=True)
    system = contents.reference_system
    return geographic_bounds((min(west), min(south), max(east), max(north)), system.code or system.wkt) or ()


def _inputs(summary: Mapping[str, Any]) -> list[str]:
    """What the designation was made of."""
    language = summary["language"]
    told = [_("{name}, {rows} rows, SHA-256 {sha256}", language).format(**read) for read in summary["inputs"]]
    if summary["settings"] is not None:
        text = _("{name}, settings of the registers, SHA-256 {sha256}", language)
        told.append(text.format(**summary["settings"]))
    return told


def title_of(summary: Mapping[str, Any]) -> str:
    """What a designation is called."""
    return _("Designated areas {year}", summary["language"]).format(year=summary["year"])


def abstract_of(summary: Mapping[str, Any]) -> str:
    """What a designation is, in two sentences."""
    text = _(
        "Designation for {year} by the policy {policy}: the designated areas ({areas}) with outline and reason, all "
        "units judged with score and role, changes since the previous designation, and near misses. Also the areas "
        "taken together against the rest of the city, criterion by criterion.",
        summary["language"],
    )
    return text.format(year=summary["year"], policy=summary["policy"]["id"], areas=len(summary["areas"]))


def constraints_of(summary: Mapping[str, Any]) -> str:
    """What may be done with a designation: as its publisher says, else by where its people come from."""
    licence = (summary.get("publisher") or {}).get("licence")
    if licence:
        return f"{licence} {_(_INTERNAL, summary['language'])}" if summary["source"] == "registers" else str(licence)
    return _(_CONSTRAINTS.get(summary["source"], _REGISTERS), summary["language"])


def lineage_of(summary: Mapping[str, Any]) -> str:
    """How a designation was made, in words."""
    language, policy = summary["language"], summary["policy"]
    made = _("Made with udsat_geo {version} by the policy {id} (SHA-256 {sha256}).", language)
    said = [made.format(version=summary["version"], id=policy["id"], sha256=policy["sha256"])]
    extends = _("It rests on the policy {id} (SHA-256 {sha256}).", language)
    said += [extends.format(id=base["id"], sha256=base["sha256"]) for base in policy["extends"]]
    how = _(
        "The units are judged on the policy's criteria against the whole city; those that meet the demands and touch "
        "form areas.",
        language,
    )
    return " ".join([*said, how, *summary["notes"]])
