"""The crate of an output folder: all runs whose results lie there.

RO-Crate has one file of a fixed name in a folder, and results of several years share a folder. So the crate lists every
run whose results still lie there as it left them: a run of this year takes the place of the one before, and one whose
results were replaced without a crate is left out. The order in which years are designated makes no difference.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from udsat_geo import __version__
from udsat_geo.designation.designation import Designation
from udsat_geo.designation.earlier import earlier_years
from udsat_geo.designation.summary import sha256
from udsat_geo.files.earlier import FolderStore
from udsat_geo.files.write import Account
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.policy.chain import BUILT_IN
from udsat_geo.sources.origins import name_of, origin_of

NAME = "ro-crate-metadata.json"
"""What RO-Crate calls the file; so there is one in a folder, which lists every run whose results lie there."""

TOOL = "udsat_geo"

REGISTERS = ("residents", "dwellings", "addresses", "settings")
AROUND = ("barriers", "crossings", "places", "parcels", "overrides")
NAMED = ("units", *AROUND)
"""What options name by themselves."""

STORED = ("designation", "summary")
WHAT = (*REGISTERS, "units", *AROUND, *STORED, "policy", "base")
"""What an input may hold; ``base`` is a policy that the policy is laid over."""

OPTIONS = (
    "--year", "--policy", "--reference", "--raw", "--units", "--barriers", "--crossings", "--places", "--parcels",
    "--overrides", "--previous", "--format", "--lang", "--seed", "--agent", "--license",
)  # fmt: skip
"""Options that a run may tell, in their order. How many threads ran and what was printed change no result."""

MEDIA_TYPES = {
    ".gpkg": "application/geopackage+sqlite3",
    ".tif": "image/tiff;application=geotiff;profile=cloud-optimized",
    ".xml": "application/xml",
    ".parquet": "application/vnd.apache.parquet",
    ".geoparquet": "application/vnd.apache.parquet",
    ".geojson": "application/geo+json",
    ".json": "application/json",
    ".fgb": "application/flatgeobuf",
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".shp": "application/vnd.shp",
    ".toml": "application/toml",
    ".zip": "application/zip",
}
"""Suffix -> media type, as registered with IANA or asked for by the format's own specification."""

OTHER_TYPE = "application/octet-stream"


@dataclass(frozen=True)
class Input:
    """Something that a run read. It is no part of the crate.

    Attributes
    ----------
    year : int
        Of the designation that it belongs to: the run's, or an earlier one that the run made again.
    what : str
        One of `WHAT`.
    name : str
        Of the file; of what was fetched, its address without credentials; of a built-in policy, its name.
    sha256 : str
    rows, size : int or None
        Features or rows, and bytes, where they are known.
    path : str or None
        Where it lay below the folder in which the run was started, with forward slashes; None elsewhere.
    fetched : bool
        Whether it came from a service, the web or an archive, and is no file.
    """

    year: int
    what: str
    name: str
    sha256: str
    rows: int | None = None
    size: int | None = None
    path: str | None = None
    fetched: bool = False


@dataclass(frozen=True)
class Output:
    """A file that a run wrote.

    Attributes
    ----------
    name : str
    sha256 : str
    size : int
        Bytes.
    """

    name: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Run:
    """One designation.

    Attributes
    ----------
    year : int
    source : str
        ``registers``, ``unit_table`` or ``synthetic``.
    version : str
        Of this product.
    platform : str
        System and processor, as in ``Linux x86_64``.
    libraries : tuple of (str, str)
        Name and version of everything that results may depend on.
    options : tuple of (str, str)
        Of `OPTIONS`, in their order, as they were given or as they are by default.
    inputs : tuple of Input
    outputs : tuple of Output
    notes : tuple of str
        What was found out on the way to the inputs, as when a service was asked twice; it stands in the results.
    ended : str or None
        ISO 8601; only where ``SOURCE_DATE_EPOCH`` said it, since results have no other time than their year.
    """

    year: int
    source: str
    version: str
    platform: str
    libraries: tuple[tuple[str, str], ...]
    options: tuple[tuple[str, str], ...]
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    notes: tuple[str, ...] = ()
    ended: str | None = None

    def option(self, name: str) -> str | None:
        """The value of an option that is given once; None if it is not told."""
        return next((value for option, value in self.options if option == name), None)


def media_type(name: str) -> str:
    """The media type of a file, by the end of its name."""
    lower = name.lower().partition("|")[0]
    return next((kind for suffix, kind in MEDIA_TYPES.items() if lower.endswith(suffix)), OTHER_TYPE)


LARGEST = 16 * 1024**2
"""Bytes; a crate of ours has some tens of thousands. Own choice."""
MOST_ENTITIES = 100_000
MOST_PROBLEMS = 20
YEARS = range(1, 10_000)
SOURCES = ("registers", "unit_table", "synthetic")

_HASH = re.compile(r"[0-9a-f]{64}")
_PLAIN = re.compile(r"[^\x00-\x1f\x7f]{1,1000}")
_RESULT = re.compile(r"designation_\d{1,4}[A-Za-z0-9_]*(\.[A-Za-z0-9]{1,12}){1,4}")

_YEAR_OR_NONE = re.compile(r"-?[0-9]{1,9}|none")
_VALUES = {
    "--lang": re.compile("da|en"),
    "--seed": re.compile("[0-9]{1,18}"),
    "--format": re.compile("[a-z][a-z,-]{0,200}"),
}
"""What options that have few values may say."""

Entity = dict[str, Any]


def crate_file(place: Path) -> Path:
    """The file of a crate that is named by its folder or by itself.

    Raises
    ------
    InputError
        If there is none.
    """
    path = place / NAME if place.is_dir() else place
    if not path.is_file():
        raise InputError(Problem(str(path), "no such crate", f"Name a folder that holds {NAME}, or that file."))
    return path


def read_crate(path: Path) -> tuple[Run, ...]:
    """The runs of a crate, by year.

    Parameters
    ----------
    path : Path
        The JSON file.

    Raises
    ------
    InputError
        If it is too large, damaged, no crate, or not one of ours; every fault of its runs is told.
    """
    entities = _entities(path)
    runs: list[Run] = []
    problems: list[Problem] = []
    for entity in entities.values():
        if _is_a(entity, "CreateAction"):
            reader = _Reader(path.name, entities)
            run = reader.run(entity)
            problems += reader.problems
            if run is not None:
                runs.append(run)
    if not runs and not problems:
        what = "holds no run of udsat_geo (a CreateAction whose instrument it is)"
        problems.append(Problem(path.name, what, "Name a crate that --format crate wrote."))
    for year in sorted({run.year for run in runs if [each.year for each in runs].count(run.year) > 1}):
        problems.append(Problem(path.name, f"tells of two runs for {year}", "Make the designation again."))
    if problems:
        raise InputError(problems[:MOST_PROBLEMS])
    return tuple(sorted(runs, key=lambda run: run.year))


def is_safe_path(text: str) -> bool:
    """Whether a path leads downwards, on every system: no root, no drive, no step up, no address."""
    parts = text.split("/")
    return (
        _PLAIN.fullmatch(text) is not None
        and "\\" not in text
        and ":" not in text
        and all(part not in ("", ".", "..") for part in parts)
    )


def _entities(path: Path) -> dict[str, Entity]:
    """The entities of a crate by identity."""
    try:
        size = path.stat().st_size
        content = b"" if size > LARGEST else path.read_bytes()
    except OSError as error:
        what = f"cannot be read ({error.strerror or error})"
        raise InputError(Problem(str(path), what, "Check its permissions.")) from None
    if size > LARGEST:
        what = f"has {size / 1024**2:,.0f} MiB, more than any crate of ours"
        raise InputError(Problem(path.name, what, "Name a crate that --format crate wrote."))
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        raise InputError(Problem(path.name, "is no JSON, or damaged", "Make the designation again.")) from None
    graph = told.get("@graph") if isinstance(told, dict) else None
    if not isinstance(graph, list) or not graph or len(graph) > MOST_ENTITIES:
        raise InputError(Problem(path.name, "is no RO-Crate: it has no @graph", "Name a crate."))
    entities: dict[str, Entity] = {}
    for entity in graph:
        identity = entity.get("@id") if isinstance(entity, dict) else None
        if not isinstance(identity, str):
            raise InputError(Problem(path.name, "is no RO-Crate: an entity has no @id", "Name a crate."))
        if identity in entities:
            what = f"has two entities {identity[:100]!r}"
            raise InputError(Problem(path.name, what, "Make the designation again."))
        entities[identity] = entity
    return entities


class _Reader:
    """Reads one run, and notes what is wrong with it."""

    def __init__(self, name: str, entities: dict[str, Entity]):
        self._name, self._entities = name, entities
        self.problems: list[Problem] = []

    def run(self, action: Entity) -> Run | None:
        """A run; None where an action is not ours, or something is wrong with it."""
        tool = next(self._referred(action, "instrument"), None)
        if tool is None or tool.get("name") != TOOL or not _is_a(tool, "SoftwareApplication"):
            return None
        objects = list(self._referred(action, "object"))
        options = [self._option(each) for each in objects if _is_a(each, "PropertyValue")]
        inputs = [self._input(each) for each in objects if _is_a(each, "File")]
        outputs = [self._output(each) for each in self._referred(action, "result")]
        told = dict(options)
        year = self._number(action, "--year", told.get("--year"), YEARS)
        source = next((each.get("name") for each in self._referred(action, "about")), None)
        if source not in SOURCES:
            self._wrong(action, "does not say what it was made from")
        if not any(each.what == "policy" for each in inputs if each is not None):
            self._wrong(action, "names no policy")
        if not outputs:
            self._wrong(action, "has no results")
        required = self._referred(tool, "softwareRequirements")
        libraries = [(self._text(each, "name"), self._text(each, "version")) for each in required]
        notes = [self._text(each, "value") for each in self._referred(action, "additionalProperty")]
        ended = action.get("endTime")
        run = Run(
            year=year,
            source=str(source),
            version=self._text(tool, "version"),
            platform=self._text(tool, "operatingSystem"),
            libraries=tuple(libraries),
            options=tuple(options),
            inputs=tuple(each for each in inputs if each is not None),
            outputs=tuple(each for each in outputs if each is not None),
            notes=tuple(notes),
            ended=None if ended is None else self._text(action, "endTime"),
        )
        if not self.problems:
            self._check_together(action, run)
        return None if self.problems else run

    def _check_together(self, action: Entity, run: Run) -> None:
        """Check that a run has what any run has, each once, and that its options fit its inputs."""
        read = [(each.year, each.what) for each in run.inputs if each.what not in (*REGISTERS, "base")]
        beside = [each for each in run.inputs if each.what in (*REGISTERS, *AROUND) and not _is_named(run, each)]
        held = [(each.year, each.name) for each in beside]
        if len(set(read)) < len(read) or len(set(held)) < len(held):
            self._wrong(action, "reads two files of the same")
        own = {each.what for each in run.inputs if each.year == run.year}
        if "units" not in own and not own >= {"residents", "dwellings", "addresses"}:
            self._wrong(action, "names neither registers nor a table of units")
        for each in run.inputs:
            if (each.fetched or each.what == "units") and not _is_named(run, each):
                self._wrong(action, f"reads {each.what} that no option names")
            if _is_named(run, each) and each.year != run.year:
                self._wrong(action, f"reads {each.what} of {each.year}, though an option names another file")
        for name, known in _VALUES.items():
            value = run.option(name)
            if value is not None and known.fullmatch(value) is None:
                self._wrong(action, f"tells {name} {value[:40]!r}")
        previous = run.option("--previous")
        stored = {each.name for each in run.inputs if each.what == "designation"}
        if previous is not None and _YEAR_OR_NONE.fullmatch(previous) is None and previous not in stored:
            self._wrong(action, f"was compared with {previous[:80]!r}, which is none of its inputs")

    def _option(self, entity: Entity) -> tuple[str, str]:
        name, value = self._text(entity, "name"), self._text(entity, "value")
        if name not in OPTIONS:
            self._wrong(entity, f"tells an option {name[:40]!r} that there is not")
        return name, value

    def _input(self, entity: Entity) -> Input | None:
        further = {
            self._text(each, "name"): self._text(each, "value") for each in self._referred(entity, "additionalProperty")
        }
        what, name, sha256 = further.get("what", ""), self._text(entity, "name"), self._hash(entity)
        fetched = further.get("fetched") == "true"
        if what not in WHAT:
            self._wrong(entity, f"holds {what[:40]!r}, which is no input of ours")
            return None
        if not fetched and ("/" in name or not is_safe_path(name)):
            self._wrong(entity, f"names a file {name[:80]!r} that is more than a name")
        path = further.get("path")
        if path is not None and not is_safe_path(path):
            self._wrong(entity, f"names a path {path[:80]!r} that leads elsewhere")
        return Input(
            year=self._number(entity, "year", further.get("year"), YEARS),
            what=what,
            name=name,
            sha256=sha256,
            rows=self._count(entity, "rows", further.get("rows")),
            size=self._count(entity, "contentSize", entity.get("contentSize")),
            path=path,
            fetched=fetched,
        )

    def _output(self, entity: Entity) -> Output | None:
        name = entity.get("@id")
        if not isinstance(name, str) or _RESULT.fullmatch(name) is None:
            self._wrong(entity, "is no file that udsat_geo writes")
            return None
        size = self._count(entity, "contentSize", entity.get("contentSize"))
        return Output(name, self._hash(entity), -1 if size is None else size)

    def _referred(self, entity: Entity, name: str) -> Iterator[Entity]:
        """The entities that a property refers to, one step and no more: a ring of references leads nowhere."""
        value = entity.get(name)
        for reference in value if isinstance(value, list) else [value] * (value is not None):
            identity = reference.get("@id") if isinstance(reference, dict) else None
            found = self._entities.get(identity) if isinstance(identity, str) else None
            if found is None:
                self._wrong(entity, f"refers to something that is not there ({name})")
            else:
                yield found

    def _text(self, entity: Entity, name: str) -> str:
        value = entity.get(name)
        if not isinstance(value, str) or _PLAIN.fullmatch(value) is None:
            self._wrong(entity, f"has no {name}")
            return ""
        return value

    def _hash(self, entity: Entity) -> str:
        value = entity.get("sha256")
        if not isinstance(value, str) or _HASH.fullmatch(value) is None:
            self._wrong(entity, "has no SHA-256")
            return ""
        return value

    def _count(self, entity: Entity, name: str, value: object) -> int | None:
        return None if value is None else self._number(entity, name, value, range(2**62))

    def _number(self, entity: Entity, name: str, value: object, allowed: range) -> int:
        if isinstance(value, str) and value.isdecimal() and len(value) < 20 and int(value) in allowed:
            return int(value)
        self._wrong(entity, f"has no {name} that is a number in its bounds")
        return -1

    def _wrong(self, entity: Entity, what: str) -> None:
        shown = "".join(sign if sign.isprintable() else "?" for sign in str(entity.get("@id"))[:80])
        self.problems.append(Problem(f"{self._name}: {shown}", what, "Make the designation again."))


def _is_named(run: Run, told: Input) -> bool:
    """Whether an input was named with an option of its own."""
    return told.what in NAMED and run.option(f"--{told.what}") is not None


def _is_a(entity: Entity, kind: str) -> bool:
    types = entity.get("@type")
    return types == kind or (isinstance(types, list) and kind in types)


PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
RO_CRATE = "1.1"
COMPLETED = "http://schema.org/CompletedActionStatus"
TERMS = {"sha256": "https://w3id.org/ro/terms/workflow-run#sha256"}
"""Terms that RO-Crate 1.1 has no name for."""

SOURCE_TERMS = {
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
        return self.add(f"#source-{source}", _work(source, SOURCE_TERMS[source]))

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
            "description": SOURCE_TERMS[run.source],
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


LIBRARIES = ("duckdb", "numba", "numpy", "pyarrow", "pydantic", "pyogrio", "pyproj", "rasterio", "shapely")
"""Those of the product whose version may show in a result."""


@dataclass(frozen=True)
class Call:
    """A call of `designate`.

    Attributes
    ----------
    options : mapping of str to sequence of str
        Of `udsat_geo.files.crate.OPTIONS`, without credentials: those that were given, and the defaults that matter.
    policy : str
        As it was named.
    out : Path
    """

    options: Mapping[str, Sequence[str]]
    policy: str
    out: Path


def run_of(call: Call, designation: Designation, folder: Path, names: Sequence[str]) -> Run:
    """Take a run down.

    Parameters
    ----------
    call : Call
    designation : Designation
        That was made.
    folder : Path
        Where its files lie.
    names : sequence of str
        Of those files.

    Raises
    ------
    InputError
        If ``SOURCE_DATE_EPOCH`` is no time.
    """
    return Run(
        year=designation.year,
        source=designation.inputs.source,
        version=__version__,
        platform=f"{platform.system()} {platform.machine()}".strip(),
        libraries=library_versions(),
        options=tuple((name, value) for name in OPTIONS for value in call.options.get(name, ())),
        inputs=(*_policies(call, designation), *_inputs(call, designation)),
        outputs=tuple(Output(name, sha256(folder / name), (folder / name).stat().st_size) for name in sorted(names)),
        notes=designation.inputs.notes,
        ended=time_of_build(os.environ),
    )


def library_versions() -> tuple[tuple[str, str], ...]:
    """Name and version of what results may depend on, by name: Python, its libraries, and GDAL, GEOS and PROJ."""
    import pyogrio
    import pyproj
    import shapely

    found = {name: metadata.version(name) for name in LIBRARIES}
    found["python"] = platform.python_version()
    found["gdal"] = ".".join(str(part) for part in pyogrio.__gdal_version__)
    found["geos"] = ".".join(str(part) for part in shapely.geos_version)
    found["proj"] = str(pyproj.proj_version_str)
    return tuple(sorted(found.items()))


def time_of_build(environment: Mapping[str, str]) -> str | None:
    """The time that ``SOURCE_DATE_EPOCH`` sets, ISO 8601; None where it is not set.

    Source: reproducible-builds.org, SOURCE_DATE_EPOCH: seconds since 1970, in UTC.

    Raises
    ------
    InputError
        If it is no such number.
    """
    text = environment.get("SOURCE_DATE_EPOCH", "").strip()
    if not text:
        return None
    if not text.isdecimal() or len(text) > 11:
        what, remedy = f"is {text[:40]!r}", "Set it to seconds since 1970, or not at all."
        raise InputError(Problem("environment variable SOURCE_DATE_EPOCH", what, remedy))
    return datetime.fromtimestamp(int(text), UTC).isoformat()


def below_here(path: Path) -> str | None:
    """A path below the working directory, with forward slashes; None for one that lies elsewhere."""
    whole, here = Path(os.path.abspath(path)), Path.cwd()
    return whole.relative_to(here).as_posix() if whole.is_relative_to(here) and whole != here else None


def _policies(call: Call, designation: Designation) -> list[Input]:
    """The policy and what it is laid over. The hash of a policy that extends others is that of the whole chain."""
    policy, year = designation.policy, designation.year
    path = None if call.policy in BUILT_IN else below_here(Path(call.policy))
    bases = [Input(year, "base", base.name, base.sha256) for base in policy.bases]
    return [Input(year, "policy", policy.name, policy.sha256, path=path), *bases]


def _inputs(call: Call, designation: Designation) -> list[Input]:
    """Every file that was read: the designation's own, then those of the earlier ones it looks back on, each once.

    A file of its own may be two inputs, as when one layer holds barriers and another the crossings.
    """
    year = designation.year
    made = designation.inputs.source == "synthetic" and "--seed" in call.options
    found = [_input(year, what, path, designation.rows.get(what), made) for what, path in designation.files.items()]
    earlier = [] if designation.previous is None else list(designation.previous.files)
    for looked_at in earlier_years(year, designation.policy.policy):
        stored = FolderStore(call.out).path_of(looked_at)
        earlier += [(looked_at, "designation", stored), (looked_at, "summary", stored.with_suffix(".json"))]
    seen = {os.path.abspath(path) for path in designation.files.values()}
    for of, what, path in earlier:
        if os.path.abspath(path) not in seen:
            seen.add(os.path.abspath(path))
            found.append(_input(of, what, path, None, made))
    return found


def _input(year: int, what: str, path: Path, rows: int | None, made: bool) -> Input:
    fetched = origin_of(path) is not None
    size = path.stat().st_size if path.is_file() and not fetched else None
    # synthetic registers lie in the cache of whoever ran it, and are made again from the seed
    where = None if fetched or made else below_here(path)
    return Input(year, what, name_of(path), sha256(path), rows, size, where, fetched)


def account_of(call: Call, environment: dict[str, str]) -> Account:
    """What writes the crate of a call when its results are there.

    Parameters
    ----------
    call : Call
    environment : dict
        For ``SOURCE_DATE_EPOCH``, which is checked before the work.

    Raises
    ------
    InputError
        If the output folder holds a crate that is damaged or not ours.
    """
    time_of_build(environment)
    try:
        earlier = read_crate(call.out / NAME) if (call.out / NAME).exists() else ()
    except InputError as error:
        remedy = Problem(str(call.out / NAME), "would be written over", "Choose another --out, or move it away.")
        raise InputError([*error.messages, remedy]) from None

    def text(designation: Designation, folder: Path, names: Sequence[str]) -> str:
        now = run_of(call, designation, folder, names)
        kept = [run for run in earlier if run.year != now.year and lies_as_left(run, call.out)]
        return crate_text([*kept, now])

    return Account(NAME, text)


def lies_as_left(run: Run, folder: Path) -> bool:
    """Whether all results of a run lie in a folder with the bytes that it wrote."""
    return all(
        (folder / output.name).is_file() and sha256(folder / output.name) == output.sha256 for output in run.outputs
    )
