"""The crate is a Process Run Crate by its validator, the same for the same run, and tells nobody who ran it where."""

from __future__ import annotations

import getpass
import json
import os
import platform
import subprocess
import sys
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import udsat_geo
from crate_towns import NAME, call, made
from udsat_geo import __version__
from udsat_geo.cli.main import designate
from udsat_geo.files.crate import AROUND, OPTIONS, WHAT, Input, Output, Run, crate_text, read_crate

pytestmark = pytest.mark.long  # whole jobs

OF_THE_TOOL = {"The Application SHOULD have a url", "The SoftwareApplication id SHOULD be an absolute URI"}
"""Recommended, and not there: udsat_geo has no home page; its id is a package URL, absolute but not http."""

PROFILE = "process-run-crate-0.5"


def issues_of(folder: Path, severity: str, monkeypatch: pytest.MonkeyPatch) -> set[tuple[str, str]]:
    """What the validator finds, by check and message, without network.

    It looks the context up at w3id.org, and no wheel holds that of RO-Crate 1.1: that of 1.3, which the library brings,
    has its terms and more, and stands in.
    """
    from rocrate_validator import services
    from rocrate_validator.models import Severity, ValidationSettings
    from rocrate_validator.utils import document_loader, http

    context = json.loads((resources.files("rocrate") / "data" / "ro-crate.jsonld").read_text(encoding="utf-8"))

    class Answer:
        status_code, headers, text = 200, {"Content-Type": "application/ld+json"}, json.dumps(context)

        def json(self) -> Any:
            return context

    def get(_: Any, url: str, **__: Any) -> Answer:
        assert url == "https://w3id.org/ro/crate/1.1/context", f"the validator asks the network for {url}"
        return Answer()

    monkeypatch.setattr(http.HttpRequester, "get", get, raising=False)
    document_loader.install_document_loader()
    settings = ValidationSettings(
        rocrate_uri=str(folder), profile_identifier=PROFILE, requirement_severity=Severity.get(severity)
    )
    result = services.validate(settings)
    assert len(result.executed_checks) > 40
    return {(issue.check.identifier, str(issue.message)) for issue in result.get_issues()}


@pytest.mark.long
def test_the_crate_is_a_process_run_crate(town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(2021, town / "out", "--barriers", "lines.gpkg|layername=railways")
    assert issues_of(town / "out", "REQUIRED", monkeypatch) == set()
    told = {message for _, message in issues_of(town / "out", "RECOMMENDED", monkeypatch)}
    private = [
        message for message in told if any(word in message for word in ("author", "publisher", "endTime", "agent"))
    ]
    assert len(private) == 4, "who ran it, and when"
    assert told - set(private) == OF_THE_TOOL


@pytest.mark.long
def test_the_crate_of_several_years_is_one_too(town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for year in (2017, 2021):
        made(year, town / "out")
    assert issues_of(town / "out", "REQUIRED", monkeypatch) == set()


@pytest.mark.long
def test_nothing_that_is_recommended_lacks_where_agent_and_time_are_told(
    town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    organisation = "https://ror.org/00d9ah105"
    made(2021, town / "out", "--agent", organisation, "--license", "https://creativecommons.org/licenses/by/4.0/")
    assert {message for _, message in issues_of(town / "out", "RECOMMENDED", monkeypatch)} == OF_THE_TOOL
    assert entities(town / "out" / NAME)["./"]["audience"] == {"@id": "#internal"}
    action = entities(town / "out" / NAME)["#run-2021"]
    assert action["endTime"] == "2023-11-14T22:13:20+00:00"
    assert action["agent"] == {"@id": organisation}


@pytest.mark.long
def test_a_validator_that_finds_nothing_wrong_would_prove_nothing(town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = made(2021, town / "out")
    crate = json.loads(path.read_text(encoding="utf-8"))
    for entity in crate["@graph"]:
        entity.pop("instrument", None)
    path.write_text(json.dumps(crate), encoding="utf-8")
    assert issues_of(town / "out", "REQUIRED", monkeypatch)


def entities(path: Path) -> dict[str, dict[str, Any]]:
    return {entity["@id"]: entity for entity in json.loads(path.read_text(encoding="utf-8"))["@graph"]}


def test_the_crate_tells_everything_that_matters(town: Path) -> None:
    path = made(2021, town / "out", "--barriers", "lines.gpkg|layername=railways", "--lang", "en")
    (run,) = read_crate(path)
    assert (run.year, run.source, run.version) == (2021, "registers", __version__)
    assert dict(run.options) == {
        "--year": "2021",
        "--policy": "own.toml",
        "--raw": "registers",
        "--barriers": "lines.gpkg|layername=railways",
        "--format": "gpkg,tif,crate",
        "--lang": "en",
    }
    read = {(each.year, each.what): each for each in run.inputs}
    registers = {(year, what) for year in (2017, 2021) for what in ("residents", "dwellings", "addresses")}
    assert set(read) == registers | {(2021, what) for what in ("policy", "base", "barriers", "places")}
    assert read[2021, "residents"].rows == 600
    assert read[2021, "barriers"].rows == 12
    assert read[2021, "base"].name == "kbh-2017"
    summary = json.loads((town / "out" / "designation_2021.json").read_text(encoding="utf-8"))
    hashes = {entry["name"]: entry["sha256"] for entry in summary["inputs"]}
    assert {
        each.name: each.sha256 for (year, what), each in read.items() if year == 2021 and what in WHAT[:12]
    } == hashes
    assert read[2017, "residents"].path == f"registers/2017/{read[2017, 'residents'].name}"
    assert {each.name for each in run.outputs} == {f"designation_2021.{suffix}" for suffix in ("gpkg", "tif", "json")}
    for each in run.outputs:
        assert each.size == (town / "out" / each.name).stat().st_size
    assert {"numpy", "shapely", "gdal", "geos", "proj", "python"} <= dict(run.libraries).keys()


def test_the_same_run_gives_the_same_bytes(town: Path) -> None:
    texts = [
        made(2021, town / "one").read_bytes(),
        made(2021, town / "another" / "place").read_bytes(),
        made(2021, town / "one", "--threads", "1").read_bytes(),
    ]
    assert len(set(texts)) == 1
    assert b"2021-12-31" in texts[0]


def test_the_other_results_are_the_same_with_and_without_a_crate(town: Path) -> None:
    made(2021, town / "with")
    made(2021, town / "without", formats="gpkg,tif")
    files = {path.name: path.read_bytes() for path in (town / "without").iterdir()}
    assert files == {path.name: path.read_bytes() for path in (town / "with").iterdir() if path.name != NAME}


def test_nobody_and_no_place_is_told(town: Path) -> None:
    outside = town.parent / "lines.gpkg"
    outside.write_bytes((town / "lines.gpkg").read_bytes())
    path = made(2021, town / "out", "--barriers", f"{outside}|layername=railways")
    text = path.read_text(encoding="utf-8")
    for private in (str(town), str(town.parent), str(Path.home()) + "/", platform.node(), f'"{getpass.getuser()}"'):
        assert private not in text
    assert '"lines.gpkg"' in text
    barriers = next(each for each in read_crate(path)[0].inputs if each.what == "barriers")
    assert barriers.path is None


@pytest.mark.long
def test_years_in_any_order_give_one_crate(town: Path) -> None:
    for year in (2017, 2021):
        forward = made(year, town / "forward")
    for year in (2021, 2017, 2021):
        backward = made(year, town / "backward")
    # the scale of 2017 is read from what is stored, each time in its own folder
    assert forward.read_bytes().replace(b"forward/", b"backward/") == backward.read_bytes()
    assert [run.year for run in read_crate(forward)] == [2017, 2021]


def test_a_run_whose_results_were_replaced_is_left_out(town: Path) -> None:
    made(2017, town / "out")
    made(2017, town / "out", "--lang", "en", formats="gpkg")
    assert [run.year for run in read_crate(made(2021, town / "out"))] == [2021]


@pytest.mark.parametrize("text", ["{}", "not JSON", '{"@context": [], "@graph": [{"@id": "./", "@type": "Dataset"}]}'])
def test_a_crate_that_is_not_ours_is_not_written_over(town: Path, text: str) -> None:
    (town / "out").mkdir()
    (town / "out" / NAME).write_text(text, encoding="utf-8")
    code, _, error = call(
        designate,
        "--year",
        "2021",
        "--raw",
        "registers",
        "--policy",
        "own.toml",
        "--out",
        "out",
        "--format",
        "gpkg,crate",
    )
    assert code == 2
    assert "would be written over" in error
    assert [path.name for path in (town / "out").iterdir()] == [NAME]
    assert (town / "out" / NAME).read_text(encoding="utf-8") == text


def test_a_licence_is_what_was_said_of_it(town: Path) -> None:
    def licence(path: Path) -> str:
        found = entities(path)
        return str(found[found["./"]["license"]["@id"]]["name"])

    assert licence(made(2021, town / "a")) == "No licence stated"
    assert licence(made(2021, town / "b", "--license", "Only for the office")) == "Only for the office"
    (town / "registers" / "2021" / "registers.toml").write_text('source = "synthetic"\n', encoding="utf-8")
    assert licence(made(2021, town / "c")) == "Synthetic data"


def test_agent_and_licence_without_a_crate_are_a_mistake(town: Path) -> None:
    code, _, error = call(designate, "--year", "2021", "--raw", "registers", "--policy", "own.toml", "--agent", "me")
    assert code == 2
    assert "none is asked for" in error


def test_a_time_that_is_none_is_told_before_the_work(town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    code, _, error = call(designate, "--year", "2021", "--raw", "registers", "--out", "out", "--format", "crate")
    assert code == 2
    assert "SOURCE_DATE_EPOCH: is 'yesterday'" in error
    assert not (town / "out").exists()


WITHOUT = """
import sys
class Without:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "rocrate":
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Without())
import importlib.util
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, package=None: None if name == "rocrate" else found(name, package)
from udsat_geo.cli.main import udsat
udsat(sys.argv[1:])
"""


@pytest.mark.long
def test_everything_but_crates_works_without_the_library(town: Path) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", WITHOUT, *arguments],
            env={**os.environ, "PYTHONPATH": str(Path(udsat_geo.__file__).parents[1])},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    base = ("designate", "--year", "2021", "--raw", "registers", "--policy", "own.toml", "--quiet")
    assert run(*base, "--out", "plain").returncode == 0
    lacking = run(*base, "--out", "other", "--format", "gpkg,crate")
    assert lacking.returncode == 2
    assert 'pip install "udsat_geo[crate]"' in lacking.stderr
    assert not (town / "other").exists()
    made(2021, town / "out")
    repeated = run("rerun", "out")
    assert repeated.returncode == 2
    assert 'pip install "udsat_geo[crate]"' in repeated.stderr


# --- back again ---------------------------------------------------------------------------------------------

YEARS = st.integers(1990, 2040)
HASHES = st.text("0123456789abcdef", min_size=64, max_size=64)
NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=("C",), exclude_characters='/\\:"'), min_size=1, max_size=20
)
PLAIN = NAMES.filter(lambda name: name not in (".", ".."))
NUMBERS = st.none() | st.integers(0, 10**12)
SIZES = st.integers(0, 10**12)
PATHS = st.none() | st.lists(PLAIN, min_size=1, max_size=3).map("/".join)


@st.composite
def runs(draw: st.DrawFn) -> Run:
    """Runs over registers, with any of what may lie around them, named or beside them."""
    year = draw(YEARS)
    names = iter(draw(st.lists(PLAIN, min_size=6 + len(AROUND), max_size=6 + len(AROUND), unique=True)))
    options = {"--year": str(year), "--policy": draw(PLAIN), "--lang": draw(st.sampled_from(["da", "en"]))}

    def read(of: int, what: str, name: str, fetched: bool = False) -> Input:
        return Input(of, what, name, draw(HASHES), draw(NUMBERS), draw(NUMBERS), draw(PATHS), fetched)

    inputs = [read(year, "policy", options["--policy"])]
    for of in (year, year - 4)[: draw(st.integers(1, 2))]:
        inputs += [read(of, what, next(names)) for what in ("residents", "dwellings", "addresses")]
    for what in draw(st.lists(st.sampled_from(AROUND), unique=True)):
        if named := draw(st.booleans()):
            options[f"--{what}"] = draw(NAMES)
        fetched = named and draw(st.booleans())
        inputs.append(read(year, what, f"https://host/{draw(NAMES)}" if fetched else next(names), fetched))
    if draw(st.booleans()):
        options["--license"] = draw(NAMES)
    suffixes = draw(st.lists(st.sampled_from(["gpkg", "tif", "json", "areas.parquet"]), min_size=1, unique=True))
    return Run(
        year=year,
        source=draw(st.sampled_from(["registers", "synthetic"])),
        version=draw(NAMES),
        platform=draw(NAMES),
        libraries=(("gdal", draw(NAMES)), ("numpy", draw(NAMES))),
        options=tuple((name, options[name]) for name in OPTIONS if name in options),
        inputs=tuple(inputs),
        outputs=tuple(Output(f"designation_{year}.{suffix}", draw(HASHES), draw(SIZES)) for suffix in suffixes),
        notes=tuple(draw(st.lists(NAMES, max_size=2))),
        ended=draw(st.none() | st.just("2023-11-14T22:13:20+00:00")),
    )


@settings(max_examples=25)
@given(told=st.lists(runs(), min_size=1, max_size=2, unique_by=lambda run: run.year))
def test_what_is_written_is_read_back(told: list[Run], tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("crate") / NAME
    path.write_text(crate_text(told), encoding="utf-8")
    assert read_crate(path) == tuple(sorted(told, key=lambda run: run.year))
    assert crate_text(read_crate(path)) == crate_text(told)
