"""Words of the provider, and of what several algorithms have."""

from __future__ import annotations

from typing import Tuple

COMMON: dict[str, dict[str, str]] = {
    "da": {
        "provider": "udsat_geo (udsatte byområder)",
        "setting": "Programmet udsat, eller mappen det ligger i (tom: findes i PATH)",
        "parameters": "Parametre",
        "outputs": "Resultater",
        "install": (
            "Installér det i et Python-miljø uden for QGIS, som dets README beskriver, og angiv stien under "
            "Indstillinger > Indstillinger… > Processering > Udbydere > udsat_geo."
        ),
        "not_found": "Programmet udsat_geo er ikke fundet.",
        "not_there": "Programmet udsat_geo findes ikke her: {path}.",
        "not_ours": "{path} er ikke programmet udsat_geo (svar: {answer}).",
        "too_old": "Programmet udsat_geo er for gammelt: {path} er version {version}, og mindst {oldest} kræves.",
        "upgrade": "Installér den nyeste version på samme måde.",
        "at_fault": "Kaldet eller data er ikke i orden, og intet er skrevet: {messages}",
        "our_fault": (
            "udsat_geo stoppede på grund af en fejl i programmet (kode {code}); intet er skrevet. "
            "Meddelelserne ovenfor siger hvor."
        ),
        "cancelled": "Afbrudt: intet er skrevet.",
        "synthetic": ("Ingen registre er angivet: der regnes på det syntetiske København, hvis beboere ikke findes."),
        "exported": "Laget {layer} er skrevet til en midlertidig fil for programmet.",
        "not_exported": "Laget {layer} kan ikke læses som en fil ({reason}).",
        "unsaved": "Laget {layer} vises fra en fil, der skal skrives på ny, og har ændringer, der ikke er gemt.",
        "quoted": "»{title}«",
        "one_of": "Angiv enten »{first}« eller »{second}«, og kun den ene.",
        "at_most_one_of": "Angiv højst én af »{first}« og »{second}«.",
    },
    "en": {
        "provider": "udsat_geo (disadvantaged urban areas)",
        "setting": "The program udsat, or the folder it lies in (empty: found on the PATH)",
        "parameters": "Parameters",
        "outputs": "Results",
        "install": (
            "Install it in a Python environment outside QGIS, as its README says, and name its path under "
            "Settings > Options > Processing > Providers > udsat_geo."
        ),
        "not_found": "The program udsat_geo was not found.",
        "not_there": "The program udsat_geo is not here: {path}.",
        "not_ours": "{path} is not the program udsat_geo (it answers: {answer}).",
        "too_old": "The program udsat_geo is too old: {path} is version {version}, and at least {oldest} is needed.",
        "upgrade": "Install the newest version in the same way.",
        "at_fault": "The call or the data are at fault, and nothing was written: {messages}",
        "our_fault": (
            "udsat_geo stopped on a fault of its own (exit code {code}); nothing was written. "
            "The messages above say where."
        ),
        "cancelled": "Cancelled: nothing was written.",
        "synthetic": "No registers are named: this runs on the synthetic Copenhagen, whose residents do not exist.",
        "exported": "The layer {layer} was written to a temporary file for the program.",
        "not_exported": "The layer {layer} cannot be read as a file ({reason}).",
        "unsaved": "The layer {layer} is of a file that is to be written anew, and has edits that are not saved.",
        "quoted": "“{title}”",
        "one_of": "Name either “{first}” or “{second}”, and only one of them.",
        "at_most_one_of": "Name at most one of “{first}” and “{second}”.",
    },
}

Told = Tuple[str, str]
"""A title and an explanation."""

SHARED: dict[str, dict[str, Told]] = {
    "da": {
        "LANGUAGE": (
            "Sprog i resultaterne",
            "Sproget i navne, begrundelser og tabeller: dansk (da) eller engelsk (en).",
        ),
        "SEED": (
            "Frø til det syntetiske København",
            "Et andet helt tal giver en anden syntetisk by med de samme hovedtal. Uden betydning for egne registre.",
        ),
        "THREADS": ("Tråde, højst", "Så mange processortråde bruges højst; resultatet afhænger ikke af det."),
        "LOAD": (
            "Lag, der indlæses i projektet",
            "Disse lag lægges i projektet bagefter, i filens egen stil. Vælg ingen i en model, der selv bruger lagene.",
        ),
        "ALLOW_OVERLAPS": (
            "Flader må overlappe",
            "Ellers afvises flader i samme fil, der overlapper, da en beboer kun tælles én gang. Må de overlappe, "
            "tæller en beboer i den første af dem.",
        ),
    },
    "en": {
        "LANGUAGE": ("Language of the results", "Of names, reasons and tables: Danish (da) or English (en)."),
        "SEED": (
            "Seed of the synthetic Copenhagen",
            "Another whole number makes another synthetic city of the same facts. Means nothing to your own registers.",
        ),
        "THREADS": ("Threads, at most", "So many processor threads are used at most; no result depends on it."),
        "LOAD": (
            "Layers to load into the project",
            "These are added to the project afterwards, in the file's own style. Choose none in a model that uses the "
            "layers itself.",
        ),
        "ALLOW_OVERLAPS": (
            "Polygons may overlap",
            "Otherwise polygons of one file that overlap are refused, since a resident counts once. Where they may, a "
            "resident counts in the first of them.",
        ),
    },
}
