"""Words of the algorithm status."""

from __future__ import annotations

from typing import Any

STATUS: dict[str, dict[str, Any]] = {
    "da": {
        "title": "Status for områder",
        "tags": "status,statusrapport,efterslæb,milepæl,udsatte byområder",
        "about": (
            "Måler områder mod resten af byen, år for år, som Københavns statusrapport gør: kriterierne i områderne "
            "og i resten af byen (Tabel 1), efterslæbet mellem dem og hvordan det har ændret sig (Tabel 2), områderne "
            "ved siden af deres efterfølgere (Tabel 22), og hvor langt politikkens milepæl er.",
            "I en udpegnings områder bor de, der bor i dens egne enheder; i flader de, hvis adresse de dækker.",
            "<b>Uden registermappe regnes der på et syntetisk København</b>, hvis beboere ikke findes (årene 2017, "
            "2018, 2019, 2021 og 2025). Udpeges områderne først (et år), er politikkens <b>grænser værktøjets eget "
            "valg</b>.",
        ),
        "parameters": {
            "AREAS": (
                "Områder: lag",
                "En designation_ÅR.gpkg med sin JSON-fil ved siden af (et vilkårligt lag i den), eller et lag med "
                "flader.",
            ),
            "AREAS_YEAR": ("Områder: eller udpeg dem for et år", "I stedet for et lag: de udpeges fra årets registre."),
            "YEARS": ("År, der måles", "Adskilt af komma: 2017,2018,2019,2021."),
            "RAW": (
                "Registermappe (tom: det syntetiske København)",
                "Mappen med en undermappe for hvert år.",
            ),
            "UPDATED": (
                "Opdaterede områder: lag",
                "De områder, der følger efter; de sammenlignes med de første i det sidste år.",
            ),
            "UPDATED_YEAR": ("Opdaterede områder: eller udpeg dem for et år", "I stedet for et lag."),
            "POLICY": ("Politik", "Giver kriterierne og milepælen. Den skal læse registre: kbh-2017."),
            "POLICY_FILE": ("Egen politik (TOML-fil)", "Bruges i stedet for den indbyggede, når den er angivet."),
            "OUTPUT": ("Mappe til resultaterne", "Her lægges status.csv, status.md og status.json, alle eller ingen."),
        },
        "outputs": {
            "STATUS": "Status (tabel)",
            "REPORT": "Status (Markdown)",
            "DATA": "Status (JSON)",
            "HTML": "Status",
        },
    },
    "en": {
        "title": "Status of areas",
        "tags": "status,report,gap,milestone,disadvantaged areas",
        "about": (
            "Measures areas against the rest of the city, year by year, as Copenhagen's status report does: the "
            "criteria in the areas and in the rest of the city (Tabel 1), the gap between them and how it changed "
            "(Tabel 2), the areas beside their updated successors (Tabel 22), and how far the policy's milestone is.",
            "In the areas of a designation live those in its own units, in polygons those whose address they cover.",
            "<b>Without a register folder this runs on a synthetic Copenhagen</b>, whose residents do not exist (the "
            "years 2017, 2018, 2019, 2021 and 2025). Where areas are designated first (a year), the policy's "
            "<b>thresholds are the tool's own choice</b>.",
        ),
        "parameters": {
            "AREAS": (
                "Areas: a layer",
                "A designation_YEAR.gpkg with its JSON beside it (any layer of it), or a layer of polygons.",
            ),
            "AREAS_YEAR": (
                "Areas: or designate those of a year",
                "Instead of a layer, from the registers of that year.",
            ),
            "YEARS": ("Years to measure", "Separated by commas: 2017,2018,2019,2021."),
            "RAW": (
                "Register folder (empty: the synthetic Copenhagen)",
                "The folder with a folder in it for each year.",
            ),
            "UPDATED": (
                "Updated areas: a layer",
                "The areas that follow; they are compared with the first ones in the last year.",
            ),
            "UPDATED_YEAR": ("Updated areas: or designate those of a year", "Instead of a layer."),
            "POLICY": ("Policy", "Gives the criteria and the milestone. It has to read registers: kbh-2017."),
            "POLICY_FILE": ("Policy of your own (TOML file)", "Takes the place of the built-in one where it is named."),
            "OUTPUT": ("Folder of the results", "status.csv, status.md and status.json go there, all or none."),
        },
        "outputs": {
            "STATUS": "Status (table)",
            "REPORT": "Status (Markdown)",
            "DATA": "Status (JSON)",
            "HTML": "Status",
        },
    },
}
