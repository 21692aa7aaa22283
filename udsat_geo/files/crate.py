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
import warnings
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Annotated, Any, Literal

import shapely
from pydantic import AfterValidator, Field, StringConstraints, TypeAdapter, ValidationError

from udsat_geo.designation.designation import Designation
from udsat_geo.designation.earlier import earlier_years
from udsat_geo.designation.summary import sha256
from udsat_geo.files.write import Provenance
from udsat_geo.messages.errors import InputError, Problem, check_installed, reason_of
from udsat_geo.messages.translate import N_, _
from udsat_geo.messages.version import __version__
from udsat_geo.policy.chain import BUILT_IN
from udsat_geo.policy.publisher import Publisher
from udsat_geo.sources.origins import name_of, origin_of
from udsat_geo.units.sums import INTERNAL

NAME = "ro-crate-metadata.json"
"""What RO-Crate calls the file; so there is one in a folder, which lists every run whose results lie there."""
TOOL = "udsat_geo"
REGISTERS = ("residents", "dwellings", "addresses", "settings")
AROUND = ("barriers", "crossings", "places", "parcels", "regions", "ground", "overrides", "crosswalk")
NAMED = ("units", *AROUND)
"""What options name by themselves."""
STORED = ("designation", "summary")
WHAT = (*REGISTERS, "units", *AROUND, *STORED, "policy", "base")
"""What an input may hold; ``base`` is a policy that the policy is laid over."""
JOINED = r"(residents|dwellings|addresses)\.joins\.[\w-]{1,100}"
"""What a file joined to a table of registers is called."""
OPTIONS = (
    "--year", "--policy", "--reference", "--raw", "--units", "--barriers", "--crossings", "--places", "--parcels",
    "--regions", "--ground", "--overrides", "--previous", "--crosswalk", "--crosswalk-columns", "--format", "--lang",
    "--seed", "--agent", "--license", "--certainty",
)  # fmt: skip
"""Options that a run may tell, in their order. How many threads ran and what was printed change no result."""
LIBRARIES = ("duckdb", "numba", "numpy", "pyarrow", "pydantic", "pyogrio", "pyproj", "rasterio", "shapely")
"""Those of the product whose version may show in a result."""
LARGEST = 16 * 1024**2
"""Bytes; a crate of ours has some tens of thousands. Own choice."""
MOST_PROBLEMS = 20
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


def is_safe_path(text: str) -> bool:
    """Whether a path leads downwards, on every system: no root, no drive, no step up, no address."""
    return re.fullmatch(r"[^\x00-\x1f\x7f\\:]{1,1000}", text) is not None and not {"", ".", ".."} & set(text.split("/"))


def _checked_path(text: str) -> str:
    if not is_safe_path(text):
        raise ValueError
    return text


Plain = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,1000}$")]
SafePath = Annotated[str, AfterValidator(_checked_path)]
What = Annotated[str, StringConstraints(pattern=f"^({'|'.join(WHAT)}|{JOINED})$")]
Source = Annotated[str, StringConstraints(pattern="^(registers|unit_table|synthetic)$")]
Hash = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]
ResultName = Annotated[
    str, StringConstraints(pattern=r"^designation_[0-9]{1,4}[A-Za-z0-9_]*(\.[A-Za-z0-9]{1,12}){1,4}$")
]
Year = Annotated[int, Field(ge=1, lt=10_000)]
Count = Annotated[int, Field(ge=0, lt=2**62)]


@dataclass(frozen=True)
class Input:
    """Something that a run read. It is no part of the crate.

    Attributes
    ----------
    year : int
        Of the designation that it belongs to: the run's, or an earlier one that the run made again.
    what, name, sha256 : str
        One of `WHAT`; the name of the file, or the address (without credentials) that it was fetched from, or the name
        of a built-in policy.
    rows, size : int or None
        Features or rows, and bytes, where they are known.
    path : str or None
        Where it lay below the folder in which the run was started, with forward slashes; None elsewhere.
    fetched : bool
        Whether it came from a service, the web or an archive, and is no file.
    """

    year: Year
    what: What
    name: Plain
    sha256: Hash
    rows: Count | None = None
    size: Count | None = None
    path: SafePath | None = None
    fetched: bool = False

    @property
    def is_of_registers(self) -> bool:
        """Whether it is a table of registers, what is joined to one, or the settings beside them."""
        return self.what in REGISTERS or ".joins." in self.what


@dataclass(frozen=True)
class Output:
    """A file that a run wrote: its name, its hash, and how many bytes it has."""

    name: ResultName
    sha256: Hash
    size: Count


@dataclass(frozen=True)
class Run:
    """One designation.

    Attributes
    ----------
    year, source, version, platform
        Of the designation; of this product; system and processor, as in ``Linux x86_64``.
    libraries, options : tuple of (str, str)
        Name and version of everything that results may depend on; of `OPTIONS`, in their order, as they were given or
        as they are by default.
    inputs, outputs, notes
        Notes are what was found out on the way to the inputs, as when a service was asked twice.
    ended : str or None
        ISO 8601; only where ``SOURCE_DATE_EPOCH`` said it, since results have no other time than their year.
    """

    year: Year
    source: Source
    version: Plain
    platform: Plain
    libraries: tuple[tuple[Plain, Plain], ...]
    options: tuple[tuple[str, Plain], ...]
    inputs: tuple[Input, ...]
    outputs: Annotated[tuple[Output, ...], Field(min_length=1)]
    notes: tuple[Plain, ...] = ()
    ended: Plain | None = None

    def option(self, name: str) -> str | None:
        """The value of an option that is given once; None if it is not told."""
        return next((value for option, value in self.options if option == name), None)

    def is_named(self, read: Input) -> bool:
        """Whether an input was named with an option of its own; those beside the registers were not."""
        return read.what in NAMED and self.option(f"--{read.what}") is not None


# --- read ---------------------------------------------------------------------------------------------------


def crate_file(place: Path) -> Path:
    """The file of a crate that is named by its folder or by itself; `InputError` if there is none."""
    path = place / NAME if place.is_dir() else place
    if not path.is_file():
        remedy = _("Name a folder that holds {name}, or that file.").format(name=NAME)
        raise InputError(Problem(str(path), _("no such crate"), remedy))
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
    check_installed(_("a crate"), "rocrate", "crate")
    runs: list[Run] = []
    problems: list[str] = []
    for action in _open(path).get_by_type("CreateAction"):
        try:
            tool: Any = next(_linked(action, "instrument", path.name), {})
            if tool.get("name") == TOOL and _is_a(tool, "SoftwareApplication"):
                runs.append(_run_of(action, tool, path.name))
        except InputError as error:
            problems += error.messages
    if not runs and not problems:
        what = _("holds no run of udsat_geo (a CreateAction whose instrument it is)")
        problems.append(str(Problem(path.name, what, _("Name a crate that --format crate wrote."))))
    counted = Counter(run.year for run in runs)
    for year in sorted(year for year in counted if counted[year] > 1):
        what = _("tells of two runs for {year}").format(year=year)
        problems.append(str(Problem(path.name, what, _("Make the designation again."))))
    if problems:
        raise InputError(problems[:MOST_PROBLEMS])
    return tuple(sorted(runs, key=lambda run: run.year))


def _open(path: Path) -> Any:
    """A crate as the library has it: nothing that it refers to is opened or fetched."""
    from rocrate.rocrate import ROCrate

    try:
        size = path.stat().st_size
        content = b"" if size > LARGEST else path.read_bytes()
    except OSError as error:
        what = _("cannot be read ({reason})").format(reason=reason_of(error))
        raise InputError(Problem(str(path), what, _("Check its permissions."))) from None
    if size > LARGEST:
        what = _("has {size} MiB, more than any crate of ours").format(size=f"{size / 1024**2:,.0f}")
        raise InputError(Problem(path.name, what, _("Name a crate that --format crate wrote.")))
    try:
        graph = json.loads(content)
    except (ValueError, RecursionError):
        what = _("is no JSON, or damaged")
        raise InputError(Problem(path.name, what, _("Make the designation again."))) from None
    try:
        entities = Counter(str(entity["@id"]) for entity in _FLAT.validate_python(graph["@graph"]))
        with warnings.catch_warnings(action="ignore"):
            crate = ROCrate(graph)
    # what the library raises over JSON that is no crate
    except (KeyError, ValueError, TypeError, AttributeError, AssertionError):
        remedy = _("Name a crate that --format crate wrote.")
        raise InputError(Problem(path.name, _("is no RO-Crate"), remedy)) from None
    twice = next((name for name, count in entities.items() if count > 1), None)
    if twice is not None:
        what = _("has two entities {name}").format(name=repr(twice[:100]))
        raise InputError(Problem(path.name, what, _("Make the designation again.")))
    return crate


_Scalar = str | bool | int | float | None | dict[Literal["@id"], str]
_FLAT = TypeAdapter(list[dict[str, _Scalar | list[_Scalar]]])
"""What the library expects of JSON, and does not check: values, and references to entities, one deep."""


def _run_of(action: Any, tool: Any, file: str) -> Run:
    """A run by its entities; every fault of it is told."""

    def pairs(entity: Any, name: str, value: str) -> list[tuple[Any, Any]]:
        return [(each.get("name"), each.get(value)) for each in _linked(entity, name, file)]

    def file_entity(entity: Any) -> dict[str, Any]:
        return {"name": entity.get("name"), "sha256": entity.get("sha256"), "size": entity.get("contentSize")}

    objects, results = list(_linked(action, "object", file)), list(_linked(action, "result", file))
    read = [each for each in objects if _is_a(each, "File")]
    options = [(each.get("name"), each.get("value")) for each in objects if _is_a(each, "PropertyValue")]
    known = ("what", "year", "rows", "path", "fetched")
    inputs = [
        file_entity(each) | {key: value for key, value in pairs(each, "additionalProperty", "value") if key in known}
        for each in read
    ]
    values = {
        "year": next((value for name, value in options if name == "--year"), None),
        "source": next((each.get("name") for each in _linked(action, "about", file)), None),
        "version": tool.get("version"),
        "platform": tool.get("operatingSystem"),
        "libraries": pairs(tool, "softwareRequirements", "version"),
        "options": options,
        "inputs": inputs,
        "outputs": [file_entity(each) | {"name": each.id} for each in results],
        "notes": [value for _name, value in pairs(action, "additionalProperty", "value")],
        "ended": action.get("endTime"),
    }
    entities = {"inputs": read, "outputs": results}
    try:
        run = TypeAdapter(Run).validate_python(values)
        found = [(action, what) for what in _contradictions(run)]
    except ValidationError as error:
        found = []
        for each in error.errors(include_url=False, include_context=False):
            place, *rest = (str(part) for part in each["loc"])
            entity = entities[place][int(rest[0])] if place in entities and rest else action
            found.append((entity, _misfit([place, *rest], each["input"])))
    if found:
        raise InputError(dict.fromkeys(str(_problem(file, entity, what)) for entity, what in found))
    return run


def _problem(file: str, entity: Any, what: str) -> Problem:
    where = "".join(sign if sign.isprintable() else "?" for sign in entity.id[:80])
    return Problem(f"{file}: {where}", what, _("Make the designation again."))


_MISFITS = {
    "source": N_("does not say what it was made from"),
    "what": N_("holds {value}, which is no input of ours"),
    "path": N_("names a path {value} that leads elsewhere"),
    "outputs": N_("has no results"),
    "outputs.name": N_("is no file that udsat_geo writes"),
    "sha256": N_("has no SHA-256"),
    "libraries": N_("does not say with which libraries it was made"),
    "options": N_("tells an option without a value"),
    "notes": N_("has a note that is no text"),
}
"""What is wrong with a run, by the name of what does not fit."""


def _misfit(names: list[str], value: object) -> str:
    name = next((part for part in reversed(names) if not part.isdecimal()), "")
    text = _MISFITS.get(f"{names[0]}.{name}") or _MISFITS.get(name) or N_("has no {name} that fits")
    return _(text).format(name=name, value=repr(value)[:80])


def _contradictions(run: Run) -> Iterator[str]:
    """What cannot be of one run: it has what any run has, each once, and its options fit its inputs."""
    for name, value in run.options:
        if name not in OPTIONS:
            yield _("tells an option {name} that there is not").format(name=repr(name[:40]))
        elif name in _VALUES and re.fullmatch(_VALUES[name], value) is None:
            yield _("tells {name} {value}").format(name=name, value=repr(value[:40]))
    for each in run.inputs:
        if not each.fetched and not _is_name(each):
            yield _("names a file {name} that is more than a name").format(name=repr(each.name[:80]))
        if (each.fetched or each.what == "units") and not run.is_named(each):
            yield _("reads {what} that no option names").format(what=each.what)
        if run.is_named(each) and each.year != run.year:
            text = _("reads {what} of {year}, though an option names another file")
            yield text.format(what=each.what, year=each.year)
    if not any(each.what == "policy" for each in run.inputs):
        yield _("names no policy")
    once = [(each.year, each.what) for each in run.inputs if each.what != "base" and not each.is_of_registers]
    beside = [each for each in run.inputs if (each.is_of_registers or each.what in AROUND) and not run.is_named(each)]
    names = [(each.year, each.name) for each in beside]
    if len(set(once)) < len(once) or len(set(names)) < len(names):
        yield _("reads two files of the same")
    own = {each.what for each in run.inputs if each.year == run.year}
    if "units" not in own and not own >= {"residents", "dwellings", "addresses"}:
        yield _("names neither registers nor a table of units")
    previous = run.option("--previous")
    stored = {each.name for each in run.inputs if each.what == "designation"}
    if previous is not None and re.fullmatch("-?[0-9]{1,9}|none|made", previous) is None and previous not in stored:
        yield _("was compared with {name}, which is none of its inputs").format(name=repr(previous[:80]))


_VALUES = {
    "--lang": "da|en",
    "--seed": "[0-9]{1,18}",
    "--format": "[a-z][a-z,-]{0,200}",
    "--certainty": "[1-9][0-9]{0,5}",
}
"""What options that have few values may say."""


def _linked(entity: Any, name: str, file: str) -> Iterator[Any]:
    """The entities that a property refers to, one step and no more: a ring of references leads nowhere."""
    value = entity.get(name)
    for each in value if isinstance(value, list) else [value] * (value is not None):
        if not hasattr(each, "properties"):
            what = _("refers to something that is not there ({name})").format(name=name)
            raise InputError(_problem(file, entity, what))
        yield each


def _is_a(entity: Any, kind: str) -> bool:
    types = entity.get("@type")
    return types == kind or (isinstance(types, list) and kind in types)


# --- written ------------------------------------------------------------------------------------------------

PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
RO_CRATE = "1.1"
TERMS = {"sha256": "https://w3id.org/ro/terms/workflow-run#sha256"}
"""Terms that RO-Crate 1.1 has no name for."""
SOURCE_TERMS = {
    "synthetic": "The synthetic Copenhagen: no resident, dwelling or address of it exists.",
    "registers": "Registers of residents, dwellings and addresses. They are confidential and not part of this crate.",
    "unit_table": "A ready-made table of units. It is not part of this crate.",
}
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


def crate_text(runs: Sequence[Run], publisher: Publisher | None = None) -> str:
    """The crate of runs as JSON text.

    Parameters
    ----------
    runs : sequence of Run
        At least one; of different years, in any order.
    publisher : Publisher, optional
        Whom the policy of the latest of them names.
    """
    from rocrate.rocrate import ROCrate

    runs = sorted(runs, key=lambda run: run.year)
    crate = ROCrate(version=RO_CRATE)
    crate.metadata.extra_terms.update(TERMS)
    writing = _Writing(crate)
    root = crate.root_dataset
    root["name"] = f"Disadvantaged urban areas designated for {', '.join(str(run.year) for run in runs)}"
    root["description"] = (
        "Results of udsat_geo with their provenance: each run with its options, the hashes of what it read and of what "
        "it wrote. `udsat rerun` repeats them."
    )
    # results have the time of their year, as the GeoPackages have
    published = None if publisher is None else publisher.date
    root["datePublished"] = published or max(run.ended or f"{run.year}-12-31" for run in runs)
    root["conformsTo"] = writing.standard(PROFILE, "Process Run Crate 0.5", version="0.5")
    root["license"] = _references(dict.fromkeys(writing.licence(run) for run in runs))
    root["about"] = _references(dict.fromkeys(writing.source(run.source) for run in runs))
    agents = dict.fromkeys(agent for run in runs if (agent := writing.agent(run)) is not None)
    for role, who in (("author", [*agents]), ("publisher", [agent for agent in agents if _is_organisation(agent)])):
        if who:
            root[role] = _references(who)
    if publisher is not None:
        root["publisher"] = {"@id": writing.publisher(publisher)}
    root["audience"] = {"@id": writing.add("#internal", "Audience", name="internal", audienceType=INTERNAL)}
    root["mentions"] = _references([writing.action(run) for run in runs])
    root["hasPart"] = _references(writing.parts)
    return json.dumps(crate.metadata.generate(), ensure_ascii=False, indent=2) + "\n"


class _Writing:
    """Adds entities to a crate, each once, and gives their identities."""

    def __init__(self, crate: Any):
        self._crate = crate
        self.parts: list[str] = []

    def add(self, identity: str, kind: str, **properties: Any) -> str:
        """Add an entity about the results; properties that are None or empty are left out."""
        from rocrate.model.contextentity import ContextEntity

        if self._crate.get(identity) is None:
            there = {name: value for name, value in properties.items() if value not in (None, [])}
            self._crate.add(ContextEntity(self._crate, identity, properties={"@type": kind, **there}))
        return identity

    def value(self, identity: str, name: str, value: str) -> str:
        """Add a named value of another entity; its id."""
        return self.add(identity, "PropertyValue", name=name, value=value)

    def work(self, identity: str, name: str, description: str) -> str:
        """Add a text that the results rest on or follow; its id."""
        return self.add(identity, "CreativeWork", name=name, description=description)

    def standard(self, address: str, name: str, version: str | None = None) -> dict[str, str]:
        """A reference to a standard that something keeps to."""
        return {"@id": self.add(address, "CreativeWork", name=name, version=version)}

    def licence(self, run: Run) -> str:
        """What the results of a run may be used for."""
        text = run.option("--license")
        if text is None and run.source == "synthetic":
            return self.work("#licence-synthetic", "Synthetic data", SYNTHETIC_LICENCE)
        if text is None:
            return self.work("#licence-not-stated", "No licence stated", UNKNOWN_LICENCE)
        identity = text if _is_address(text) else f"#licence-{_short(text)}"
        return self.work(identity, text, "The licence that was stated for the results.")

    def source(self, source: str) -> str:
        """What the people of a run come from."""
        return self.work(f"#source-{source}", source, SOURCE_TERMS[source])

    def agent(self, run: Run) -> str | None:
        """Who ran it, where that was said: an ORCID is of a person, another address of an organisation."""
        text = run.option("--agent")
        if text is None:
            return None
        kind = "Organization" if _is_organisation(text) else "Person"
        identity, url = (text, text) if _is_address(text) else (f"#agent-{_short(text)}", None)
        return self.add(identity, kind, name=text, url=url)

    def publisher(self, publisher: Publisher) -> str:
        """The office that publishes the results, and how it is reached."""
        contact, means = publisher.contact, "url" if _is_address(publisher.contact) else "telephone"
        means = "email" if "@" in contact and " " not in contact else means
        identity = f"#publisher-{_short(publisher.name + contact)}"
        reached = self.add(f"{identity}-contact", "ContactPoint", **{means: contact}) if contact else None
        point = None if reached is None else {"@id": reached}
        return self.add(identity, "Organization", name=publisher.name, contactPoint=point)

    def action(self, run: Run) -> str:
        """A run, with all that it refers to."""
        me = f"#run-{run.year}"
        policy = next(each.name for each in run.inputs if each.what == "policy")
        objects = [self.value(f"{me}-option-{i}", *option) for i, option in enumerate(run.options, 1)]
        counted: Counter[str] = Counter()
        for each in run.inputs:
            key = f"{each.year}-{each.what}"
            counted[key] += 1
            objects.append(self.input(each, f"{me}-input-{key}" + (f"-{counted[key]}" if counted[key] > 1 else "")))
        agent = self.agent(run)
        return self.add(
            me,
            "CreateAction",
            name=f"Designation of {run.year} by {policy}",
            description=SOURCE_TERMS[run.source],
            about={"@id": self.source(run.source)},
            instrument={"@id": self.tool(run)},
            object=_references(objects),
            result=_references([self.output(output) for output in run.outputs]),
            actionStatus="http://schema.org/CompletedActionStatus",
            additionalProperty=_references(
                [self.value(f"{me}-note-{i}", "note", text) for i, text in enumerate(run.notes, 1)]
            ),
            agent=None if agent is None else {"@id": agent},
            endTime=run.ended,
        )

    def tool(self, run: Run) -> str:
        """This product of a version, over libraries of their versions."""
        required = []
        for name, version in run.libraries:
            home = HOMES.get(name, f"https://pypi.org/project/{name}/")
            identity = f"{home}#{version}" if name in HOMES else f"{home}{version}/"
            required.append(self.add(identity, "SoftwareApplication", name=name, version=version, url=home))
        environment = _short(json.dumps([run.platform, run.libraries]))
        return self.add(
            f"pkg:pypi/udsat-geo@{run.version}?environment={environment}",
            "SoftwareApplication",
            name=TOOL,
            version=run.version,
            description="Designates disadvantaged urban areas from registers, by a stated policy.",
            license=self.standard("https://spdx.org/licenses/BSD-3-Clause", "BSD 3-Clause licence"),
            operatingSystem=run.platform,
            softwareRequirements=_references(required),
        )

    def input(self, read: Input, identity: str) -> str:
        """Add a file that was read, by its name and hash; its id."""
        further = {
            "what": read.what,
            "year": str(read.year),
            "included": "false",
            "rows": None if read.rows is None else str(read.rows),
            "path": read.path,
            "fetched": "true" if read.fetched else None,
        }
        values = [self.value(f"{identity}-{name}", name, value) for name, value in further.items() if value is not None]
        return self.add(
            identity,
            "File",
            name=read.name,
            description="Not included in this crate: described by its name, its hash and its number of rows alone.",
            encodingFormat="application/toml" if read.what in ("policy", "base") else media_type(read.name),
            sha256=read.sha256,
            additionalProperty=_references(values),
            contentSize=None if read.size is None else str(read.size),
        )

    def output(self, wrote: Output) -> str:
        """Add a file of the results; its id."""
        from rocrate.model.file import File

        properties: dict[str, Any] = {
            "name": wrote.name,
            "sha256": wrote.sha256,
            "contentSize": str(wrote.size),
            "encodingFormat": media_type(wrote.name),
        }
        standard = next((found for suffix, found in STANDARDS.items() if wrote.name.endswith(suffix)), None)
        if standard is not None:
            properties["conformsTo"] = self.standard(*standard)
        self._crate.add(File(self._crate, dest_path=wrote.name, properties=properties))
        self.parts.append(wrote.name)
        return wrote.name


def media_type(name: str) -> str:
    """The media type of a file, by the end of its name."""
    lower = name.lower().partition("|")[0]
    return next((kind for suffix, kind in MEDIA_TYPES.items() if lower.endswith(suffix)), "application/octet-stream")


def _references(identities: Any) -> Any:
    """References; a single one by itself, as RO-Crate 1.1 asks for."""
    references = [{"@id": identity} for identity in identities]
    return references[0] if len(references) == 1 else references


def _is_address(text: str) -> bool:
    return text.startswith(("https://", "http://"))


def _is_organisation(text: str) -> bool:
    """Whether an address is not that of a person: ORCIDs are."""
    return _is_address(text) and "orcid.org/" not in text


def _short(text: str) -> str:
    """A few characters that tell texts apart."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:8]


# --- of a call ----------------------------------------------------------------------------------------------


def crate_of(given: Mapping[str, Sequence[str]], policy: str, out: Path) -> Provenance:
    """What writes the crate of a call of `designate` when its results are there.

    Parameters
    ----------
    given : mapping of str to sequence of str
        Of `OPTIONS`, without credentials: those that were given, and the defaults that matter.
    policy : str
        As it was named.
    out : Path

    Raises
    ------
    InputError
        If the output folder holds a crate that is damaged or not ours, or ``SOURCE_DATE_EPOCH`` is no time.
    """
    ended = time_of_build(os.environ)
    try:
        earlier = read_crate(out / NAME) if (out / NAME).exists() else ()
    except InputError as error:
        remedy = _("Choose another --out, or move it away.")
        kept = Problem(str(out / NAME), _("would be written over"), remedy)
        raise InputError([*error.messages, kept]) from None

    def text(designation: Designation, folder: Path, names: Sequence[str]) -> str:
        outputs = [Output(name, sha256(folder / name), (folder / name).stat().st_size) for name in sorted(names)]
        publisher = designation.policy.policy.publisher
        stated = {"--license": (publisher.licence,)} if publisher is not None and publisher.licence else {}
        options = {**stated, **given}
        now = Run(
            year=designation.year,
            source=designation.inputs.source,
            version=__version__,
            platform=f"{platform.system()} {platform.machine()}".strip(),
            libraries=library_versions(),
            options=tuple((name, value) for name in OPTIONS for value in options.get(name, ())),
            inputs=(*_policies(policy, designation), *_inputs(out, given, designation)),
            outputs=tuple(outputs),
            notes=designation.inputs.notes,
            ended=ended,
        )
        kept = [run for run in earlier if run.year != now.year and _lies_as_left(run, out)]
        return crate_text([*kept, now], publisher)

    return Provenance(NAME, text)


def library_versions() -> tuple[tuple[str, str], ...]:
    """Name and version of what results may depend on, by name: Python, its libraries, and GDAL, GEOS and PROJ."""
    import pyogrio
    import pyproj

    found = {name: metadata.version(name) for name in LIBRARIES}
    found["python"] = platform.python_version()
    found["gdal"] = ".".join(str(part) for part in pyogrio.__gdal_version__)
    found["geos"] = ".".join(str(part) for part in shapely.geos_version)
    found["proj"] = str(pyproj.proj_version_str)
    return tuple(sorted(found.items()))


def time_of_build(environment: Mapping[str, str]) -> str | None:
    """The time that ``SOURCE_DATE_EPOCH`` sets, ISO 8601; None where it is not set.

    Source: reproducible-builds.org, SOURCE_DATE_EPOCH: seconds since 1970, in UTC.
    """
    text = environment.get("SOURCE_DATE_EPOCH", "").strip()
    if not text:
        return None
    if not text.isdecimal() or len(text) > 11:
        what, remedy = _("is {value}").format(value=repr(text[:40])), _("Set it to seconds since 1970, or not at all.")
        raise InputError(Problem(_("environment variable {name}").format(name="SOURCE_DATE_EPOCH"), what, remedy))
    return datetime.fromtimestamp(int(text), UTC).isoformat()


def below_here(path: Path) -> str | None:
    """A path below the working directory, with forward slashes; None for one that lies elsewhere."""
    whole, here = Path(os.path.abspath(path)), Path.cwd()
    return whole.relative_to(here).as_posix() if whole.is_relative_to(here) and whole != here else None


def _policies(named: str, designation: Designation) -> list[Input]:
    """The policy and what it is laid over. The hash of a policy that extends others is that of the whole chain."""
    policy, year = designation.policy, designation.year
    path = None if named in BUILT_IN else below_here(Path(named))
    bases = [Input(year, "base", base.name, base.sha256) for base in policy.bases]
    return [Input(year, "policy", policy.name, policy.sha256, path=path), *bases]


def _inputs(out: Path, given: Collection[str], designation: Designation) -> list[Input]:
    """Every file that was read: the designation's own, then those of the earlier ones it looks back on, each once.

    A file of its own may be two inputs, as when one layer holds barriers and another the crossings. What lies in a
    folder of registers of several years is an input of each.
    """
    year = designation.year
    made = designation.inputs.source == "synthetic" and "--seed" in given
    found = [_input(year, what, path, designation.rows.get(what), made) for what, path in designation.files.items()]
    earlier = list(designation.files_of_earlier)
    for looked_at in earlier_years(year, designation.policy.policy):
        stored = out / f"designation_{looked_at}.gpkg"
        earlier += [(looked_at, "designation", stored), (looked_at, "summary", stored.with_suffix(".json"))]
    seen = {os.path.abspath(path) for path in designation.files.values()}
    for of, what, path in earlier:
        each = _input(of, what, path, None, made)
        beside = each.is_of_registers or (what in AROUND and f"--{what}" not in given)
        place = f"{of}:{os.path.abspath(path)}" if beside else os.path.abspath(path)
        if place not in seen:
            seen.add(place)
            found.append(each)
    return found


def _is_name(read: Input) -> bool:
    """Whether an input is called by a name alone, a partition by its table and its own."""
    parts = read.name.split("/")
    partition = len(parts) == 2 and read.is_of_registers and "=" in parts[1]
    return is_safe_path(read.name) and (len(parts) == 1 or partition)


def _input(year: int, what: str, path: Path, rows: int | None, made: bool) -> Input:
    fetched = origin_of(path) is not None
    size = path.stat().st_size if path.is_file() and not fetched else None
    # synthetic registers lie in the cache of whoever ran it, and are made again from the seed
    where = None if fetched or made else below_here(path)
    return Input(year, what, name_of(path), sha256(path), rows, size, where, fetched)


def _lies_as_left(run: Run, folder: Path) -> bool:
    """Whether all results of a run lie in a folder with the bytes that it wrote."""
    return all((folder / each.name).is_file() and sha256(folder / each.name) == each.sha256 for each in run.outputs)
