"""Words of the algorithm diff."""

from __future__ import annotations

from typing import Any

DIFF: dict[str, dict[str, Any]] = {
    "da": {
        "title": "Sammenlign to udpegninger",
        "tags": "forskel,ændring,sammenligning,udpegning,udsatte byområder,diff",
        "about": (
            "Hvad der er ændret fra områderne før til områderne nu, vejet med de beboere, de har til fælles: hvilke "
            "områder der er nye, udgået, fortsat, vokset, skrumpet, delt og samlet, og hvor mange beboere det drejer "
            "sig om.",
            "To udpegninger herfra sammenlignes enhed for enhed. Andre flader lægges over hinanden ved adresserne i "
            "registrene (registermappe og år), ved enheder med beboere, eller ved enhederne i den af de to, der har "
            "nogle.",
            "<b>Nævnes kun et år og ingen registre, vejes der med det syntetiske København</b>, hvis beboere ikke "
            "findes. Hvornår en ændring tæller (5 % af beboerne), er værktøjets eget valg.",
        ),
        "parameters": {
            "BEFORE": (
                "Områderne før",
                "En designation_ÅR.gpkg med sin JSON-fil ved siden af (et vilkårligt lag i den), eller et lag med "
                "flader.",
            ),
            "NOW": ("Områderne nu", "Det samme for det senere år."),
            "RAW": (
                "Registre at veje med: mappe",
                "Registermappen, hvis adresser områderne vejes med; en undermappe med årets navn bruges, hvor den "
                "findes.",
            ),
            "YEAR": (
                "Registre at veje med: år",
                "Registrenes år; uden mappe det syntetiske Københavns. Tom: året for områderne nu, ellers før.",
            ),
            "UNITS": (
                "Enheder at veje med i stedet",
                "En udpegning, eller flader eller punkter med en kolonne residents (beboere).",
            ),
            "NAME_BEFORE": ("Navnekolonne før", "Kolonnen, der skiller fladerne ad. Tom: area_id, name eller navn."),
            "NAME_NOW": ("Navnekolonne nu", "Den samme for fladerne nu. Tom: som før."),
            "CROSSWALK": (
                "Nøgle mellem zoner",
                "Hvor zoner er ændret: en tabel med den tidligere zone (from), zonen nu (to) og andelen af den "
                "tidligere zones beboere (weight). Eller area: efter den jord, som zoner deler.",
            ),
            "CROSSWALK_COLUMNS": (
                "Nøglens kolonner",
                "FROM,TO,WEIGHT, hvor de hedder andet end from, to og weight.",
            ),
            "WHY": (
                "Forklar ændringen",
                "Deler ændringen op i mennesker, regel og grænser, i meddelelserne. Registrene for begge år skal være "
                "der.",
            ),
            "POLICY_FILES": (
                "Egne politikker (TOML-filer)",
                "Til forklaringen: politikker, der ikke er indbyggede. Med enheder: den, der kender tabellens "
                "kolonner.",
            ),
            "OUTPUT": ("Ændringer (GeoPackage)", "Filen med lagene changes og changed_units og tabellen links."),
        },
        "outputs": {
            "CHANGES": "Ændringer",
            "CHANGED_UNITS": "Ændrede enheder",
            "LINKS": "Beboere fælles for et tidligere område og et nu",
        },
    },
    "en": {
        "title": "Compare two designations",
        "tags": "difference,change,comparison,designation,disadvantaged areas",
        "about": (
            "What changed from the areas before to the areas now, weighed by the residents they share: which areas "
            "were added, removed, kept, grown, shrunk, split and merged, and how many residents that concerns.",
            "Two designations of ours are compared unit by unit. Other polygons are laid over each other at the "
            "addresses of registers (register folder and year), at units with residents, or at the units of the one "
            "that has any.",
            "<b>With a year alone and no registers, the synthetic Copenhagen weighs them</b>, whose residents do not "
            "exist. When a change counts (5 % of the residents) is the tool's own choice.",
        ),
        "parameters": {
            "BEFORE": (
                "Areas before",
                "A designation_YEAR.gpkg with its JSON beside it (any layer of it), or a layer of polygons.",
            ),
            "NOW": ("Areas now", "The same of the later year."),
            "RAW": (
                "Registers to weigh by: folder",
                "The registers by whose addresses areas are weighed; a folder in it called after the year is used "
                "where there is one.",
            ),
            "YEAR": (
                "Registers to weigh by: year",
                "Of the registers; without a folder, of the synthetic Copenhagen. Empty: of the areas now, or before.",
            ),
            "UNITS": (
                "Units to weigh by instead",
                "A designation, or polygons or points with a column residents.",
            ),
            "NAME_BEFORE": ("Column of names before", "Tells the polygons apart. Empty: area_id, name or navn."),
            "NAME_NOW": ("Column of names now", "The same of the polygons now. Empty: as before."),
            "CROSSWALK": (
                "Crosswalk of zones",
                "Where zones changed: a table of the earlier zone (from), the zone of now (to) and the share of the "
                "earlier one's residents (weight). Or area: by the ground that zones share.",
            ),
            "CROSSWALK_COLUMNS": (
                "Columns of the crosswalk",
                "FROM,TO,WEIGHT, where they are called otherwise than from, to and weight.",
            ),
            "WHY": (
                "Say why",
                "Takes the change apart into people, rule and borders, in the messages. The registers of both years "
                "must be there.",
            ),
            "POLICY_FILES": (
                "Policies of your own (TOML files)",
                "To say why: policies that are not built in. With units: the one that names the table's columns.",
            ),
            "OUTPUT": (
                "Changes (GeoPackage)",
                "The file of the layers changes and changed_units, and the table links.",
            ),
        },
        "outputs": {
            "CHANGES": "Changes",
            "CHANGED_UNITS": "Changed units",
            "LINKS": "Residents that an earlier area and one of now share",
        },
    },
}
