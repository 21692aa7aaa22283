"""Words of results in notebooks, in Danish and English."""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    "da": {
        "title": "Udpegning {year} efter {policy}",
        "share": "{areas} områder med {residents} af {city} beboere ({share} %)",
        "source": "Kilde: {source}.",
        "registers": "registre",
        "unit_table": "en tabel over enheder",
        "synthetic": "det syntetiske København, hvis beboere ikke findes",
        "previous": "Sammenlignet med {year}: {events}.",
        "alone": "Ikke sammenlignet med en tidligere udpegning.",
        "more": "og {n} områder mere",
        "unlabelled": "Enheder",
        "difference": "Fra {before} til {now}",
        "counts": "+{added} / -{removed} beboere, {kept} fortsat; overlap {iou}",
        "nothing": "ingen områder",
    },
    "en": {
        "title": "Designation of {year} by {policy}",
        "share": "{areas} areas with {residents} of {city} residents ({share} %)",
        "source": "Source: {source}.",
        "registers": "registers",
        "unit_table": "a table of units",
        "synthetic": "the synthetic Copenhagen, whose residents do not exist",
        "previous": "Compared with {year}: {events}.",
        "alone": "Compared with no earlier designation.",
        "more": "and {n} areas more",
        "unlabelled": "Units",
        "difference": "From {before} to {now}",
        "counts": "+{added} / -{removed} residents, {kept} kept; overlap {iou}",
        "nothing": "no areas",
    },
}
