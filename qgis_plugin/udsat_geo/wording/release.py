"""Words of the algorithm release."""

from __future__ import annotations

from typing import Any

RELEASE: dict[str, dict[str, Any]] = {
    "da": {
        "title": "Lav det, der må offentliggøres",
        "tags": "offentliggørelse,diskretionering,afrunding,anonym,udpegning,udsatte byområder,release",
        "about": (
            "Laver det, der må offentliggøres af en udpegning: dens områder, status, ændringer og enheder, afrundet "
            "eller udeladt efter en politik for offentliggørelse.",
            "Hvert sæt angribes sammen med alt, hvad der er offentliggjort før, og tal, der sammen ville røbe nogen, "
            "udelades. En hovedbog ved siden af udpegningen husker det; <b>den bliver i huset</b>.",
            "Rapporten siger, hvad der er afrundet, udeladt og mistet; den er til den, der kontrollerer resultater.",
        ),
        "parameters": {
            "FILE": (
                "Udpegning",
                "En designation_ÅR.gpkg med sin JSON-fil ved siden af: et vilkårligt lag i den.",
            ),
            "POLICY": (
                "Politik for offentliggørelse",
                "En af de indbyggede: kbh, dst (efter Danmarks Statistiks regler) eller eurostat-grid.",
            ),
            "POLICY_FILE": ("Egen politik (TOML-fil)", "Bruges i stedet for den indbyggede, når den er angivet."),
            "UNITS": (
                "Enheder",
                "Samlet i kvadrater (quadtree), kun ved deres klasse (classes) eller slet ikke (none). Tom: som "
                "politikken siger.",
            ),
            "LEDGER": (
                "Hovedbog over det offentliggjorte",
                "Tom: release-ledger.json ved siden af udpegningen.",
            ),
            "AUDIT": (
                "Sig kun, hvad filerne røber, og skriv intet",
                "Hvem der kan skelnes i husets egne filer og i dem, der må offentliggøres, i meddelelserne.",
            ),
            "OUTPUT": (
                "Mappe til det offentlige",
                "Her lægges public_ÅR.gpkg og .json og rapporten release_ÅR.md og .html, alle eller ingen.",
            ),
        },
        "outputs": {
            "PUBLIC_AREAS": "Områder, afrundet",
            "PUBLIC_CHANGES": "Ændringer, afrundet",
            "PUBLIC_UNITS": "Enheder, afrundet",
            "PUBLIC_STATUS": "Områderne mod resten af byen, afrundet",
            "GEOPACKAGE": "GeoPackage",
            "SUMMARY": "Det samme for programmer (JSON)",
            "HTML": "Rapport om det, der forlader huset",
        },
    },
    "en": {
        "title": "Make what may be published",
        "tags": "publication,disclosure control,rounding,anonymous,designation,disadvantaged areas,release",
        "about": (
            "Makes what may be published of a designation: its areas, status, changes and units, rounded or withheld "
            "by a release policy.",
            "Each set is attacked together with all that was published before, and numbers that would give somebody "
            "away together are left out. A ledger beside the designation remembers it; <b>it stays in the house</b>.",
            "The report says what was rounded, withheld and lost; it is for whoever checks outputs.",
        ),
        "parameters": {
            "FILE": ("Designation", "A designation_YEAR.gpkg with its JSON beside it: any layer of it."),
            "POLICY": (
                "Release policy",
                "A built-in one: kbh, dst (by the rules of Statistics Denmark) or eurostat-grid.",
            ),
            "POLICY_FILE": ("Policy of your own (TOML file)", "Takes the place of the built-in one where it is named."),
            "UNITS": (
                "Units",
                "Joined into squares (quadtree), by their class alone (classes), or not at all (none). Empty: as the "
                "policy says.",
            ),
            "LEDGER": ("Ledger of what was published", "Empty: release-ledger.json beside the designation."),
            "AUDIT": (
                "Only say what the files give away, and write nothing",
                "Who can be told apart in the house's own files and in those to publish, in the messages.",
            ),
            "OUTPUT": (
                "Folder of the public files",
                "public_YEAR.gpkg and .json and the report release_YEAR.md and .html go there, all or none.",
            ),
        },
        "outputs": {
            "PUBLIC_AREAS": "Areas, rounded",
            "PUBLIC_CHANGES": "Changes, rounded",
            "PUBLIC_UNITS": "Units, rounded",
            "PUBLIC_STATUS": "The areas against the rest of the city, rounded",
            "GEOPACKAGE": "GeoPackage",
            "SUMMARY": "The same for programs (JSON)",
            "HTML": "Report of what leaves the house",
        },
    },
}
