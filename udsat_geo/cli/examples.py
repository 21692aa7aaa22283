"""Two examples of each command, at the end of its help: the usual call, and one that shows what more it can do."""

from __future__ import annotations

EXAMPLES: dict[str, tuple[str, str]] = {
    "designate": ("designate --year 2025", "designate --year 2025 --registers data/raw --policy own.toml --certainty"),
    "certainty": ("udsat certainty --year 2025", "udsat certainty --year 2025 --draws 500 --out data/out"),
    "compare-policies": (
        "udsat compare-policies --policies kbh-2017,own.toml --year 2025",
        "udsat compare-policies --policies kbh-2017,own.toml --year 2025 --out data/out",
    ),
    "concentration": ("udsat concentration --year 2025", "udsat concentration --year 2025 --out data/out"),
    "diff": (
        "udsat diff data/out/designation_2021.gpkg data/out/designation_2025.gpkg",
        "udsat diff areas_2017.gpkg data/out/designation_2025.gpkg --out data/out",
    ),
    "explain": (
        "udsat explain data/out/designation_2025.gpkg Sydhavnen",
        "udsat explain data/out/designation_2025.gpkg 2017-02 --language en",
    ),
    "explore": ("udsat explore --year 2025", "udsat explore data/out/designation_2025.gpkg --port 8600"),
    "figures": ("udsat figures --years 2017,2021,2025", "udsat figures --years 2021,2025 --draws 200 --format svg"),
    "goals": ("udsat goals", "udsat goals --language en --out goals"),
    "infer": (
        "udsat infer --areas areas_2017.gpkg --year 2017",
        "udsat infer --areas areas_2017.gpkg --year 2017 --save-policy own.toml",
    ),
    "init areas": ("udsat init areas", "udsat init areas --out decisions.gpkg --crs EPSG:25832"),
    "init policy": ("udsat init policy --units zones.gpkg", "udsat init policy --units zones.gpkg --yes"),
    "init registers": ("udsat init registers data/raw/2025", "udsat init registers data/raw/2025 --yes --force"),
    "lineage": ("udsat lineage --years 2017,2021,2025", "udsat lineage --years 2017,2021,2025 --csv"),
    "policies": ("udsat policies", "udsat policies --show kbh-2017 > own.toml"),
    "release": (
        "udsat release data/out/designation_2025.gpkg --out public",
        "udsat release data/out/designation_2025.gpkg --policy dst --out public",
    ),
    "report": (
        "udsat report data/out/designation_2025.gpkg --out report.html",
        "udsat report data/out/designation_2025.gpkg --status status/status.json --no-units --out report.html",
    ),
    "reproduce": ("udsat reproduce 2021", "udsat reproduce 2021 --all --language en"),
    "rerun": ("udsat rerun data/out", "udsat rerun data/out --registers data/raw --json"),
    "sensitivity": ("udsat sensitivity --year 2025", "udsat sensitivity --year 2025 --variants 500 --out data/out"),
    "status": (
        "udsat status --areas 2017 --years 2017,2021,2025",
        "udsat status --areas 2017 --years 2017,2021,2025 --updated 2025 --out status",
    ),
    "sums": ("udsat sums --years 2025", "udsat sums --years 2021,2025 --registers data/raw --out sums"),
    "synth": ("udsat synth --year 2025 --out data/raw/2025", "udsat synth --year 2025 --out elsewhere --seed 7"),
    "validate": ("udsat validate data/raw", "udsat validate data/raw --language en"),
    "why": ("udsat why 2021 2025", "udsat why 2021 2025 --draws 200"),
    "write-report": (
        "udsat write-report --areas 2017 --years 2017,2019,2021 --updated 2021",
        "udsat write-report --areas 2017 --years 2017,2021 --comments comments --template office.docx",
    ),
}  # fmt: skip
