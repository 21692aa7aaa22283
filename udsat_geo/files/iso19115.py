"""What a GeoPackage says of where it comes from: ISO 19115 metadata, written as ISO/TS 19139 XML."""

from __future__ import annotations

import sqlite3
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from typing import Any

from udsat_geo.files.contents import Contents, as_text
from udsat_geo.sources.crs import geographic_bounds

METADATA: dict[str, dict[str, str]] = {
    "da": {
        "title": "Udpegede områder {year}",
        "abstract": "Udpegning for {year} efter politikken {policy}: de udpegede områder ({areas}) med omrids og "
        "begrundelse, alle bedømte enheder med score og rolle, ændringer siden den forrige udpegning, og hvad der "
        "næsten blev udpeget. Desuden områderne under ét mod resten af byen, kriterium for kriterium.",
        "keywords": "udsatte byområder, registre, udpegning",
    },
    "en": {
        "title": "Designated areas {year}",
        "abstract": "Designation for {year} by the policy {policy}: the designated areas ({areas}) with outline and "
        "reason, all units judged with score and role, changes since the previous designation, and near misses. Also "
        "the areas taken together against the rest of the city, criterion by criterion.",
        "keywords": "disadvantaged urban areas, registers, designation",
    },
}
CONSTRAINTS: dict[str, dict[str, str]] = {
    "da": {
        "synthetic": "Syntetiske data: ingen af beboerne findes. Frit at bruge, gengive og ændre.",
        "registers": "Licens og brug er ikke oplyst: de fastsættes af dataejeren. Tal for små steder bygger på "
        "registre og må ikke offentliggøres uden videre.",
        "unit_table": "Licens og brug er ikke oplyst: de fastsættes af ejeren af tabellen over enheder.",
    },
    "en": {
        "synthetic": "Synthetic data: none of the residents exists. Free to use, reproduce and change.",
        "registers": "Licence and use are not stated: they are set by the data owner. Figures for small places rest "
        "on registers and must not be published as they are.",
        "unit_table": "Licence and use are not stated: they are set by the owner of the table of units.",
    },
}
LINEAGE: dict[str, dict[str, str]] = {
    "da": {
        "made": "Lavet med udsat_geo {version} efter politikken {id} (SHA-256 {sha256}).",
        "extends": "Den bygger på politikken {id} (SHA-256 {sha256}).",
        "how": "Enhederne er bedømt på politikkens kriterier mod hele byen; de, som opfylder kravene og hænger sammen, "
        "danner områder.",
        "input": "{name}, {rows} rækker, SHA-256 {sha256}",
        "settings": "{name}, indstillinger for registrene, SHA-256 {sha256}",
    },
    "en": {
        "made": "Made with udsat_geo {version} by the policy {id} (SHA-256 {sha256}).",
        "extends": "It rests on the policy {id} (SHA-256 {sha256}).",
        "how": "The units are judged on the policy's criteria against the whole city; those that meet the demands and "
        "touch form areas.",
        "input": "{name}, {rows} rows, SHA-256 {sha256}",
        "settings": "{name}, settings of the registers, SHA-256 {sha256}",
    },
}

GMD, GCO = "http://www.isotc211.org/2005/gmd", "http://www.isotc211.org/2005/gco"
_GML, _XLINK = "http://www.opengis.net/gml/3.2", "http://www.w3.org/1999/xlink"
_CODES = "http://standards.iso.org/iso/19139/resources/gmxCodelists.xml"
_LANGUAGES = {"da": "dan", "en": "eng"}

for _prefix, _space in (("gmd", GMD), ("gco", GCO), ("gml", _GML), ("xlink", _XLINK)):
    ET.register_namespace(_prefix, _space)


def write_iso_metadata(connection: sqlite3.Connection, contents: Contents, summary: Mapping[str, Any]) -> None:
    """Add ISO 19115 metadata of the whole file, as its extension "Metadata" holds them.

    Parameters
    ----------
    connection : sqlite3.Connection
        Its tables ``gpkg_metadata`` and ``gpkg_metadata_reference`` are there: GDAL's own metadata stand in them.
    contents : Contents
    summary : mapping
        Of the designation, see `udsat_geo.designation.summary.summarise`.
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

    Its dates are the designation's year, its contact is unknown: what a file says must not hang on when and by whom it
    was made.
    """
    words = METADATA[summary["language"]]
    root = ET.Element(f"{{{GMD}}}MD_Metadata")
    # a code of its own for each designation: the same inputs under the same policy have the same
    code = f"{summary['policy']['id']}-{summary['year']}-{summary['policy']['sha256'][:12]}"
    _text(root, "fileIdentifier", f"udsat_geo:{code}")
    _code(root, "language", "LanguageCode", _LANGUAGES[summary["language"]])
    _code(root, "characterSet", "MD_CharacterSetCode", "utf8")
    _code(root, "hierarchyLevel", "MD_ScopeCode", "dataset")
    _unknown_contact(root, "contact")
    _date(root, "dateStamp", f"{summary['year']}-12-31")
    _text(root, "metadataStandardName", "ISO 19115:2003/19139")
    _text(root, "metadataStandardVersion", "1.0")
    if contents.reference_system.code:
        identifier = _path(root, "referenceSystemInfo/MD_ReferenceSystem/referenceSystemIdentifier/RS_Identifier")
        authority, _, number = contents.reference_system.code.partition(":")
        _text(identifier, "code", number)
        _text(identifier, "codeSpace", authority)
    _identification(root, contents, summary, words)
    _quality(root, summary)
    return as_text(root, '<?xml version="1.0" encoding="UTF-8"?>\n')


def title_of(summary: Mapping[str, Any]) -> str:
    """What a designation is called."""
    return METADATA[summary["language"]]["title"].format(year=summary["year"])


def abstract_of(summary: Mapping[str, Any]) -> str:
    """What a designation is, in two sentences."""
    return METADATA[summary["language"]]["abstract"].format(
        year=summary["year"], policy=summary["policy"]["id"], areas=len(summary["areas"])
    )


def constraints_of(summary: Mapping[str, Any]) -> str:
    """What may be done with a designation, by where its people come from."""
    of_source = CONSTRAINTS[summary["language"]]
    return of_source.get(summary["source"], of_source["registers"])


def lineage_of(summary: Mapping[str, Any]) -> str:
    """How a designation was made, in words."""
    words, policy = LINEAGE[summary["language"]], summary["policy"]
    said = [words["made"].format(version=summary["version"], id=policy["id"], sha256=policy["sha256"])]
    said += [words["extends"].format(id=base["id"], sha256=base["sha256"]) for base in policy["extends"]]
    said.append(words["how"])
    return " ".join([*said, *summary["notes"]])


def _identification(root: ET.Element, contents: Contents, summary: Mapping[str, Any], words: Mapping[str, str]) -> None:
    one = _path(root, "identificationInfo/MD_DataIdentification")
    citation = _path(one, "citation/CI_Citation")
    _text(citation, "title", title_of(summary))
    date = _path(citation, "date/CI_Date")
    _date(date, "date", str(summary["year"]))
    _code(date, "dateType", "CI_DateTypeCode", "creation")
    _text(one, "abstract", abstract_of(summary))
    _unknown_contact(one, "pointOfContact")
    keywords = _path(one, "descriptiveKeywords/MD_Keywords")
    for word in words["keywords"].split(", "):
        _text(keywords, "keyword", word)
    _text(_path(one, "resourceConstraints/MD_Constraints"), "useLimitation", constraints_of(summary))
    legal = _path(one, "resourceConstraints/MD_LegalConstraints")
    for kind in ("accessConstraints", "useConstraints"):
        _code(legal, kind, "MD_RestrictionCode", "otherRestrictions")
    _text(legal, "otherConstraints", constraints_of(summary))
    _code(one, "spatialRepresentationType", "MD_SpatialRepresentationTypeCode", "vector")
    _code(one, "language", "LanguageCode", _LANGUAGES[summary["language"]])
    _code(one, "characterSet", "MD_CharacterSetCode", "utf8")
    ET.SubElement(_path(one, "topicCategory"), f"{{{GMD}}}MD_TopicCategoryCode").text = "society"
    _extent(one, contents)


def _extent(one: ET.Element, contents: Contents) -> None:
    corners = [layer.extent for layer in contents.layers.values() if layer.extent is not None]
    system = contents.reference_system
    if not corners:
        return
    west, south, east, north = zip(*corners, strict=True)
    bounds = geographic_bounds((min(west), min(south), max(east), max(north)), system.code or system.wkt)
    if bounds is None:
        return
    box = _path(one, "extent/EX_Extent/geographicElement/EX_GeographicBoundingBox")
    places = ("westBoundLongitude", "eastBoundLongitude", "southBoundLatitude", "northBoundLatitude")
    for place, degrees in zip(places, (bounds[0], bounds[2], bounds[1], bounds[3]), strict=True):
        # a tenth of a second of arc: finer than any area, and steady between versions of PROJ
        ET.SubElement(_path(box, place), f"{{{GCO}}}Decimal").text = f"{degrees:.5f}"


def _quality(root: ET.Element, summary: Mapping[str, Any]) -> None:
    quality = _path(root, "dataQualityInfo/DQ_DataQuality")
    _code(_path(quality, "scope/DQ_Scope"), "level", "MD_ScopeCode", "dataset")
    lineage = _path(quality, "lineage/LI_Lineage")
    _text(lineage, "statement", lineage_of(summary))
    words = LINEAGE[summary["language"]]
    for read in summary["inputs"]:
        _text(_path(lineage, "source/LI_Source"), "description", words["input"].format(**read))
    if summary["settings"] is not None:
        _text(_path(lineage, "source/LI_Source"), "description", words["settings"].format(**summary["settings"]))


def _path(parent: ET.Element, path: str) -> ET.Element:
    """New elements of the standard's namespace, one within the other; the innermost."""
    for name in path.split("/"):
        parent = ET.SubElement(parent, f"{{{GMD}}}{name}")
    return parent


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(_path(parent, name), f"{{{GCO}}}CharacterString").text = text


def _date(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(_path(parent, name), f"{{{GCO}}}Date").text = text


def _code(parent: ET.Element, name: str, kind: str, value: str) -> None:
    attributes = {"codeList": f"{_CODES}#{kind}", "codeListValue": value}
    ET.SubElement(_path(parent, name), f"{{{GMD}}}{kind}", attributes).text = value


def _unknown_contact(parent: ET.Element, name: str) -> None:
    """A contact that is asked for and not known, as the standard has it."""
    party = _path(parent, f"{name}/CI_ResponsibleParty")
    _path(party, "organisationName").set(f"{{{GCO}}}nilReason", "unknown")
    _code(party, "role", "CI_RoleCode", "pointOfContact")
