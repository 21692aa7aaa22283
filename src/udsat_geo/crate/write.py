"""Runs as a Process Run Crate: the JSON-LD beside the results.

Written with the library rocrate, by the profile Process Run Crate 0.5, which rests on RO-Crate 1.1. The same runs give
the same bytes: there is no time of now in it, no name of a user or a machine, and no path but those below the folder
that the run was started in.

Source: https://w3id.org/ro/wfrun/process/0.5, https://w3id.org/ro/crate/1.1.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from udsat_geo.crate.run import TOOL, Input, Output, Run, media_type

PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
RO_CRATE = "1.1"
COMPLETED = "http://schema.org/CompletedActionStatus"
TERMS = {"sha256": "https://w3id.org/ro/terms/workflow-run#sha256"}
"""Terms that RO-Crate 1.1 has no name for."""

SOURCES = {
    "synthetic": "The synthetic Copenhagen: no resident, dwelling or address of it exists.",
    "registers": "Registers of residents, dwellings and addresses. They are confidential and not part of this crate.",
    "unit_table": "A ready-made table of units. It is not part of this crate.",
}
NOT_INCLUDED = "Not included in this crate: described by its name, its hash and its number of rows alone."
SYNTHETIC_LICENCE = (
    "Results over the synthetic Copenhagen describe nobody; they may be used by anybody, as udsat_geo may."
)
UNKNOWN_LICENCE = "Not stated. Ask whoever made the designation before passing the results on."
STANDARDS = {
    ".gpkg": ("http://www.opengis.net/doc/IS/geopackage/1.2", "OGC GeoPackage 1.2"),
    ".tif": ("http://www.opengis.net/doc/IS/COG/1.0", "OGC Cloud Optimized GeoTIFF 1.0"),
    ".parquet": ("https://parquet.apache.org/docs/file-format/", "Apache Parquet"),
    ".geojson": ("https://www.rfc-editor.org/rfc/rfc7946", "RFC 7946: The GeoJSON Format"),
}
"""Suffix -> address and name of the standard that a result keeps to."""

HOMES = {
    "python": "https://www.python.org/",
    "gdal": "https://gdal.org/",
    "geos": "https://libgeos.org/",
    "proj": "https://proj.org/",
}
"""Of what is no package of Python."""

Properties = dict[str, Any]


def crate_text(runs: Sequence[Run]) -> str:
    """The crate of runs as JSON text.

    Parameters
    ----------
    runs : sequence of Run
        At least one; of different years, in any order.
    """
    from rocrate.rocrate import ROCrate

    runs = sorted(runs, key=lambda run: run.year)
    crate = ROCrate(version=RO_CRATE)
    crate.metadata.extra_terms.update(TERMS)
    building = _Building(crate)
    root = crate.root_dataset
    years = [str(run.year) for run in runs]
    root["name"] = f"Disadvantaged urban areas designated for {', '.join(years)}"
    root["description"] = (
        "Results of udsat_geo with their provenance: each run with its options, the hashes of what it read and of what "
        "it wrote. `udsat rerun` repeats them."
    )
    # results have the time of their year, as the GeoPackages have
    times = [run.ended or f"{run.year}-12-31" for run in runs]
    root["datePublished"] = max(times)
    root["conformsTo"] = building.standard(PROFILE, "Process Run Crate 0.5", "0.5")
    root["license"] = _single(dict.fromkeys(building.licence(run) for run in runs))
    root["about"] = _single(dict.fromkeys(building.source(run.source) for run in runs))
    agents = dict.fromkeys(agent for run in runs if (agent := building.agent(run)) is not None)
    if agents:
        root["author"] = _single(agents)
    publishers = [agent for agent in agents if _is_organisation(agent)]
    if publishers:
        root["publisher"] = _single(publishers)
    root["mentions"] = _single([building.action(run) for run in runs])
    root["hasPart"] = _single(building.parts)
    generated = crate.metadata.generate()
    return json.dumps(generated, ensure_ascii=False, indent=2) + "\n"


class _Building:
    """Adds entities to a crate, each once, and gives references to them."""

    def __init__(self, crate: Any):
        self._crate = crate
        self._known: set[str] = set()
        self.parts: list[str] = []

    def add(self, identity: str, properties: Properties) -> str:
        """Add an entity about the results, and give its identity."""
        from rocrate.model.contextentity import ContextEntity

        if identity not in self._known:
            self._known.add(identity)
            self._crate.add(ContextEntity(self._crate, identity, properties=properties))
        return identity

    def standard(self, address: str, name: str, version: str | None = None) -> Properties:
        """A reference to a standard that something keeps to."""
        told: Properties = {"@type": "CreativeWork", "name": name}
        self.add(address, told if version is None else {**told, "version": version})
        return {"@id": address}

    def licence(self, run: Run) -> str:
        """What the results of a run may be used for."""
        text = run.option("--license")
        if text is None:
            if run.source == "synthetic":
                return self.add("#licence-synthetic", _work("Synthetic data", SYNTHETIC_LICENCE))
            return self.add("#licence-not-stated", _work("No licence stated", UNKNOWN_LICENCE))
        if _is_address(text):
            return self.add(text, _work(text, "The licence that was stated for the results."))
        return self.add(f"#licence-{_short(text)}", _work(text, "The licence that was stated for the results."))

    def source(self, source: str) -> str:
        """What the people of a run come from."""
        return self.add(f"#source-{source}", _work(source, SOURCES[source]))

    def agent(self, run: Run) -> str | None:
        """Who ran it, where that was said: an ORCID is of a person, another address of an organisation."""
        text = run.option("--agent")
        if text is None:
            return None
        if not _is_address(text):
            return self.add(f"#agent-{_short(text)}", {"@type": "Person", "name": text})
        return self.add(
            text, {"@type": "Organization" if _is_organisation(text) else "Person", "name": text, "url": text}
        )

    def action(self, run: Run) -> str:
        """A run."""
        policy = next(each.name for each in run.inputs if each.what == "policy")
        options = [self._option(run, number, *option) for number, option in enumerate(run.options, 1)]
        counted: dict[str, int] = {}
        inputs = []
        for each in run.inputs:
            key = f"{each.year}-{each.what}"
            counted[key] = counted.get(key, 0) + 1
            inputs.append(self._input(run, each, f"{key}-{counted[key]}" if counted[key] > 1 else key))
        told: Properties = {
            "@type": "CreateAction",
            "name": f"Designation of {run.year} by {policy}",
            "description": SOURCES[run.source],
            "about": {"@id": self.source(run.source)},
            "instrument": {"@id": self._tool(run)},
            "object": _single([*options, *inputs]),
            "result": _single([self._output(output) for output in run.outputs]),
            "actionStatus": COMPLETED,
        }
        notes = [
            self.add(f"#run-{run.year}-note-{number}", {"@type": "PropertyValue", "name": "note", "value": text})
            for number, text in enumerate(run.notes, 1)
        ]
        told |= {"additionalProperty": _single(notes)} if notes else {}
        agent = self.agent(run)
        told |= {} if agent is None else {"agent": {"@id": agent}}
        told |= {} if run.ended is None else {"endTime": run.ended}
        return self.add(f"#run-{run.year}", told)

    def _tool(self, run: Run) -> str:
        """This product of a version, over libraries of their versions."""
        required = [self._library(name, version) for name, version in run.libraries]
        environment = _short(json.dumps([run.platform, run.libraries]))
        told = {
            "@type": "SoftwareApplication",
            "name": TOOL,
            "version": run.version,
            "description": "Designates disadvantaged urban areas from registers, by a stated policy.",
            "license": self.standard("https://spdx.org/licenses/BSD-3-Clause", "BSD 3-Clause licence"),
            "operatingSystem": run.platform,
            "softwareRequirements": _single(required),
        }
        return self.add(f"pkg:pypi/udsat-geo@{run.version}?environment={environment}", told)

    def _library(self, name: str, version: str) -> str:
        home = HOMES.get(name, f"https://pypi.org/project/{name}/")
        identity = f"{home}#{version}" if name in HOMES else f"{home}{version}/"
        told = {"@type": "SoftwareApplication", "name": name, "version": version, "url": home}
        return self.add(identity, told)

    def _option(self, run: Run, number: int, name: str, value: str) -> str:
        return self.add(f"#run-{run.year}-option-{number}", {"@type": "PropertyValue", "name": name, "value": value})

    def _input(self, run: Run, told: Input, key: str) -> str:
        identity = f"#run-{run.year}-input-{key}"
        values = {
            "what": told.what,
            "year": str(told.year),
            "included": "false",
            "rows": None if told.rows is None else str(told.rows),
            "path": told.path,
            "fetched": "true" if told.fetched else None,
        }
        further = [
            self.add(f"{identity}-{name}", {"@type": "PropertyValue", "name": name, "value": value})
            for name, value in values.items()
            if value is not None
        ]
        properties: Properties = {
            "@type": "File",
            "name": told.name,
            "description": NOT_INCLUDED,
            "encodingFormat": "application/toml" if told.what in ("policy", "base") else media_type(told.name),
            "sha256": told.sha256,
            "additionalProperty": _single(further),
        }
        properties |= {} if told.size is None else {"contentSize": str(told.size)}
        return self.add(identity, properties)

    def _output(self, told: Output) -> str:
        from rocrate.model.file import File

        properties: Properties = {
            "name": told.name,
            "sha256": told.sha256,
            "contentSize": str(told.size),
            "encodingFormat": media_type(told.name),
        }
        standard = next((found for suffix, found in STANDARDS.items() if told.name.endswith(suffix)), None)
        if standard is not None:
            properties["conformsTo"] = self.standard(*standard)
        self._crate.add(File(self._crate, dest_path=told.name, properties=properties))
        self.parts.append(told.name)
        return told.name


def _single(identities: Any) -> Any:
    """References; a single one by itself, as RO-Crate 1.1 asks for."""
    references = [{"@id": identity} for identity in identities]
    return references[0] if len(references) == 1 else references


def _work(name: str, description: str) -> Properties:
    return {"@type": "CreativeWork", "name": name, "description": description}


def _is_address(text: str) -> bool:
    return text.startswith(("https://", "http://"))


def _is_organisation(text: str) -> bool:
    """Whether an address is not that of a person: ORCIDs are."""
    return _is_address(text) and "orcid.org/" not in text


def _short(text: str) -> str:
    """A few characters that tell texts apart."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:8]
