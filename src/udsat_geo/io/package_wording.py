"""What a GeoPackage says of itself as a whole, in Danish and English: its metadata and lineage."""

from __future__ import annotations

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
