"""Words of the algorithm designate."""

from __future__ import annotations

from typing import Any

DESIGNATE: dict[str, dict[str, Any]] = {
    "da": {
        "title": "Udpeg områder",
        "tags": "udpegning,udsatte byområder,registre,københavn,designate",
        "about": (
            "Udpeger de udsatte byområder i et år ud fra registre og efter en skreven politik: byens celler (eller "
            "adresser eller egne zoner) bedømmes på politikkens kriterier, sammenhængende områder dannes, og de "
            "sammenlignes med den forrige udpegning.",
            "<b>Uden registermappe og uden enheder regnes der på et syntetisk København</b>, hvis beboere ikke findes "
            "(årene 2017, 2018, 2019, 2021 og 2025). Alle resultater er mærket med det.",
            "<b>Grænserne er værktøjets eget valg.</b> Københavns Kommune har offentliggjort sine kriterier og at et "
            "område har mindst omkring 1.000 beboere, men ikke sine grænser. Grænserne i kbh-2017 er derfor vores, og "
            "det står ved hver af dem i politikken. Kopiér den, ret den, og angiv din egen fil.",
        ),
        "parameters": {
            "YEAR": ("År", "Det år, der udpeges for."),
            "POLICY": (
                "Politik",
                "En af de indbyggede: kbh-2017 er Københavns Politik for Udsatte Byområder. De næste er "
                "almenboliglovens lister (§ 61 a og § 61 b), som kræver en tabel med boligområder som enheder; de "
                "sidste er andre landes, hver over en tabel af landets egne enheder.",
            ),
            "POLICY_FILE": ("Egen politik (TOML-fil)", "Bruges i stedet for den indbyggede, når den er angivet."),
            "RAW": (
                "Registermappe (tom: det syntetiske København)",
                "Mappen med residents, dwellings og addresses som CSV eller Parquet. En undermappe med årets navn "
                "bruges, hvor den findes.",
            ),
            "SUMS": (
                "Summer pr. enhed (mapper)",
                "I stedet for registre: mapper med sums_ÅR.parquet fra udsat sums, med komma imellem. Flere kontorers "
                "summer lægges sammen.",
            ),
            "UNITS": (
                "Enheder: færdige celler eller zoner",
                "Et lag med færdige tal i stedet for registre, når politikken læser en sådan tabel. Sammen med en "
                "registermappe fyldes fladerne fra registrene.",
            ),
            "BARRIERS": (
                "Barrierer",
                "Linjer eller flader (jernbaner, motorveje, vand), som områder ikke går hen over. Tom: "
                "barriers.gpkg i registermappen, hvis den er der.",
            ),
            "CROSSINGS": (
                "Overgange",
                "Punkter (broer, tunneler), der åbner en barriere. Tom: crossings.gpkg i registermappen, hvis den er "
                "der.",
            ),
            "PLACES": (
                "Steder",
                "Punkter eller flader med et navn, som områderne kaldes efter. Tom: places.gpkg i registermappen, hvis "
                "den er der.",
            ),
            "PARCELS": (
                "Matrikler",
                "Flader, der bliver omridset af områder, som består af adresser. Tom: parcels.gpkg i registermappen, "
                "hvis den er der.",
            ),
            "REGIONS": (
                "Regioner",
                "Flader med et navn, som enhederne sammenlignes inden for, når politikken siger det. Tom: "
                "regions.gpkg i registermappen, hvis den er der.",
            ),
            "GROUND": (
                "Grundkort",
                "Flader og linjer med en slags (land, park, water, district, road, railway), som kort tegnes på. Tom: "
                "ground.gpkg i registermappen, hvis den er der.",
            ),
            "OVERRIDES": (
                "Beslutninger",
                "Rækker med action (include eller exclude), reason, decided_by, date og unit_id eller en flade. De "
                "ændrer resultatet til sidst og står i det med deres begrundelse.",
            ),
            "PREVIOUS": (
                "Sammenlign med (år, fil, made eller none)",
                "Den tidligere udpegning: et år, en designation_ÅR.gpkg eller none (ingen). Tom: politikkens forrige "
                "runde (for kbh-2017 fire år før), som den ligger i mappen med resultater; ligger der ingen, eller "
                "med made, laves den på ny af registrene.",
            ),
            "CROSSWALK": (
                "Nøgle mellem zoner",
                "Hvor zoner er ændret: en tabel med den tidligere zone (from), zonen nu (to) og andelen af den "
                "tidligere zones beboere (weight). Eller area: efter den jord, som zoner deler; residents: efter hvor "
                "folk boede i det tidligere års registre.",
            ),
            "CROSSWALK_COLUMNS": (
                "Nøglens kolonner",
                "FROM,TO,WEIGHT, hvor de hedder andet end from, to og weight.",
            ),
            "REFERENCES": (
                "Tal udefra (NAVN=VÆRDI)",
                "Tal, som politikkens grænser måles mod, og som den lader stå åbne; adskilt af mellemrum, med punktum "
                "som decimaltegn: convicted_national=0.0123.",
            ),
            "FORMATS": (
                "Filformater",
                "Adskilt af komma. GeoPackage (gpkg) skrives altid; tif er et raster, crate en beskrivelse af, hvordan "
                "resultatet er lavet.",
            ),
            "AGENT": ("Udpeget af", "Hvem der udpeger, når crate er blandt formaterne. Tom: ingen nævnes."),
            "LICENSE": ("Vilkår for brug", "Hvad resultatet må bruges til, når crate er blandt formaterne."),
            "CERTAINTY": (
                "Sig også, hvor sikkert det er",
                "Udpeger 200 gange mere med andre husstande: enheder og områder siger, hvor ofte de er med. Det tager "
                "nogle sekunder.",
            ),
            "RELEASE": (
                "Lav også det, der må offentliggøres",
                "Efter en politik for offentliggørelse: dst, eurostat-grid, kbh eller en TOML-fil. Det lægges i mappen "
                "public i mappen til resultaterne. Tom: intet.",
            ),
            "OUTPUT": (
                "Mappe til resultaterne",
                "Her lægges designation_ÅR.gpkg, .tif og .json, alle eller ingen. Tidligere resultater for andre år "
                "bliver liggende.",
            ),
        },
        "outputs": {
            "AREAS": "Områder",
            "UNITS_SCORED": "Enheder",
            "CHANGES": "Ændringer siden den forrige udpegning",
            "NEAR_MISSES": "Næsten områder",
            "STATUS": "Områderne mod resten af byen",
            "RASTER": "Raster",
            "GEOPACKAGE": "GeoPackage",
            "SUMMARY": "Sammenfatning (JSON)",
            "AREA_COUNT": "Antal områder",
            "RESIDENTS_IN_AREAS": "Beboere i områderne",
        },
    },
    "en": {
        "title": "Designate areas",
        "tags": "designation,deprivation,disadvantaged areas,registers,copenhagen",
        "about": (
            "Designates the disadvantaged urban areas of a year from registers, by a policy that is written down: the "
            "city's cells (or addresses, or zones of your own) are judged by the policy's criteria, contiguous areas "
            "are formed, and they are compared with the previous designation.",
            "<b>With neither a register folder nor units this runs on a synthetic Copenhagen</b>, whose residents do "
            "not exist (the years 2017, 2018, 2019, 2021 and 2025). Every result says so.",
            "<b>The thresholds are the tool's own choice.</b> The City of Copenhagen has published its criteria and "
            "that an area holds about 1,000 residents or more, not its thresholds. Those in kbh-2017 are therefore "
            "ours, and the policy says so beside each. Copy it, change it, and name your own file.",
        ),
        "parameters": {
            "YEAR": ("Year", "The year to designate."),
            "POLICY": (
                "Policy",
                "A built-in one: kbh-2017 is Copenhagen's Politik for Udsatte Byområder. The next are the lists of the "
                "Danish Act on Social Housing (sections 61 a and 61 b), which need a table of estates as units; the "
                "last are those of other countries, each over a table of that country's own units.",
            ),
            "POLICY_FILE": ("Policy of your own (TOML file)", "Takes the place of the built-in one where it is named."),
            "RAW": (
                "Register folder (empty: the synthetic Copenhagen)",
                "The folder of residents, dwellings and addresses, as CSV or Parquet. A folder in it that is called "
                "after the year is used where there is one.",
            ),
            "SUMS": (
                "Sums by unit (folders)",
                "In the place of registers: folders with sums_YEAR.parquet as udsat sums writes them, separated by "
                "commas. Those of several offices are joined.",
            ),
            "UNITS": (
                "Units: ready-made cells or zones",
                "A layer of ready-made figures instead of registers, for a policy that reads such a table. Together "
                "with a register folder, its polygons are filled from the registers.",
            ),
            "BARRIERS": (
                "Barriers",
                "Lines or polygons (railways, motorways, water) that areas do not cross. Empty: barriers.gpkg in the "
                "register folder, where there is one.",
            ),
            "CROSSINGS": (
                "Crossings",
                "Points (bridges, tunnels) that open a barrier. Empty: crossings.gpkg in the register folder, where "
                "there is one.",
            ),
            "PLACES": (
                "Places",
                "Points or polygons with a name that areas are called after. Empty: places.gpkg in the register "
                "folder, where there is one.",
            ),
            "PARCELS": (
                "Parcels",
                "Polygons that become the outline of areas made of addresses. Empty: parcels.gpkg in the register "
                "folder, where there is one.",
            ),
            "REGIONS": (
                "Regions",
                "Polygons with a name that units are compared within, where the policy says so. Empty: regions.gpkg "
                "in the register folder, where there is one.",
            ),
            "GROUND": (
                "Ground",
                "Polygons and lines with a kind (land, park, water, district, road, railway) that maps are drawn on. "
                "Empty: ground.gpkg in the register folder, where there is one.",
            ),
            "OVERRIDES": (
                "Overrides",
                "Decisions: rows with action (include or exclude), reason, decided_by, date, and unit_id or a polygon. "
                "They change the result last and stand in it with their reasons.",
            ),
            "PREVIOUS": (
                "Compare with (a year, a file, made or none)",
                "The earlier designation: a year, a designation_YEAR.gpkg, or none. Empty: the policy's previous round "
                "(for kbh-2017 four years before) as it lies in the output folder; where none lies there, or with "
                "made, it is made anew from the registers.",
            ),
            "CROSSWALK": (
                "Crosswalk of zones",
                "Where zones changed: a table of the earlier zone (from), the zone of now (to) and the share of the "
                "earlier one's residents (weight). Or area: by the ground that zones share; residents: by where people "
                "lived in the registers of the earlier year.",
            ),
            "CROSSWALK_COLUMNS": (
                "Columns of the crosswalk",
                "FROM,TO,WEIGHT, where they are called otherwise than from, to and weight.",
            ),
            "REFERENCES": (
                "Figures from outside (NAME=VALUE)",
                "Figures that the policy's limits are measured against and that it leaves open; separated by spaces, "
                "with a decimal point: convicted_national=0.0123.",
            ),
            "FORMATS": (
                "File formats",
                "Separated by commas. The GeoPackage (gpkg) is always written; tif is a raster, crate tells how "
                "the result was made.",
            ),
            "AGENT": ("Designated by", "Who designates, where crate is among the formats. Empty: nobody is named."),
            "LICENSE": ("Terms of use", "What the result may be used for, where crate is among the formats."),
            "CERTAINTY": (
                "Say how sure it is as well",
                "Designates 200 times more with other households: units and areas say how often they are in. It takes "
                "some seconds.",
            ),
            "RELEASE": (
                "Make what may be published as well",
                "By a release policy: dst, eurostat-grid, kbh or a TOML file. It goes into the folder public in the "
                "folder of the results. Empty: nothing.",
            ),
            "OUTPUT": (
                "Folder of the results",
                "designation_YEAR.gpkg, .tif and .json go there, all or none. Earlier results of other years stay.",
            ),
        },
        "outputs": {
            "AREAS": "Areas",
            "UNITS_SCORED": "Units",
            "CHANGES": "Changes since the previous designation",
            "NEAR_MISSES": "Near misses",
            "STATUS": "The areas against the rest of the city",
            "RASTER": "Raster",
            "GEOPACKAGE": "GeoPackage",
            "SUMMARY": "Summary (JSON)",
            "AREA_COUNT": "Number of areas",
            "RESIDENTS_IN_AREAS": "Residents in the areas",
        },
    },
}
