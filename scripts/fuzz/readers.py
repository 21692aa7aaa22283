"""The readers that are tried: good input for each, how it is spoilt, and what reads it."""

from __future__ import annotations

import atexit
import csv
import functools
import http.server
import io
import json
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spoilt import ODD, Files, Spoil, one_file_alone, some_of_the_files, spoilt_bytes, strategies

TESTS = Path(__file__).resolve().parents[2] / "tests"
sys.path[:0] = [str(TESTS / "support"), str(TESTS / "sources" / "services")]


@dataclass(frozen=True)
class Reader:
    """What reads the files in a folder, good ones to begin with, and how they are spoilt.

    Attributes
    ----------
    make : callable
        Writes good input into a folder.
    spoil : callable
        Draws changes of some of the files, given Hypothesis's ``draw``.
    read : callable
        Reads a folder; `UdsatError` is a refusal.
    """

    make: Callable[[Path], None]
    spoil: Spoil
    read: Callable[[Path], object]


OWN_POLICY = """extends = "kbh-2017"
id = "own"
years = [2000, 2030]
[let]
residents.low = "0.75 * median(disposable_income)"
[context]
residents = 0
[references]
share = { value = 0.02, source = "nobody" }
[[criteria]]
key = "low_income"
where = "age >= 18"
numerator = "disposable_income <= low"
limit = "3 * share"
[[criteria]]
key = "own"
register = "dwellings"
label = "Own"
numerator = "area_m2 < 50"
denominator = "1"
unit = "share"
worse = "high"
[rule]
core = 0.5
edge = 0.2
criteria = 1
[areas]
residents = 20
"""
UNIT_POLICY = """id = "units"
years = [1, 9999]
[units]
kind = "{kind}"
id = "id"
residents = "people"
crs = "EPSG:25832"
missing = ["..", "-9"]
[[criteria]]
key = "poor"
register = "units"
numerator = "poor"
denominator = "people"
unit = "share"
worse = "high"
[rule]
core = 0.5
"""
SETTINGS = """source = "registers"
statement = "Extract of 1 January 2021"
year = 2021
[residents]
file = "residents.csv"
decimal = "."
separator = ","
encoding = "utf-8"
where = { age = [1, 20, 30, 40] }
[residents.columns]
age = "age"
[residents.values.origin]
"danish" = "danish"
"western" = "western"
"non_western" = "non_western"
[dwellings]
vintage = 2021
[addresses]
crs = "EPSG:25832"
"""
CELLS = [(f"100m_{61700 + i // 4}_{7200 + i % 4}", 100 + i, 10 * i) for i in range(12)]
SQUARES = [(720_000 + 100 * (i % 4), 6_170_000 + 100 * (i // 4)) for i in range(12)]


def write_csv_town(folder: Path) -> None:
    """Registers of 40 residents as CSV."""
    for name, table in town_tables().items():
        written = io.StringIO(newline="")
        rows = zip(*(column.to_pylist() for column in table.columns), strict=True)
        csv.writer(written).writerows([table.column_names, *rows])
        (folder / f"{name}.csv").write_bytes(written.getvalue().encode())


def write_parquet_town(folder: Path) -> None:
    """The same as Parquet."""
    import pyarrow.parquet as pq

    for name, table in town_tables().items():
        pq.write_table(table, folder / f"{name}.parquet")


def town_tables() -> dict[str, Any]:
    """Residents, dwellings and addresses of a small town."""
    from small_registers import make_registers

    town = make_registers(7, n_addresses=12, n_residents=40)
    return {name: getattr(town, name) for name in ("residents", "dwellings", "addresses")}


def write_settings(folder: Path) -> None:
    """Registers with a description beside them."""
    write_csv_town(folder)
    (folder / "registers.toml").write_text(SETTINGS, encoding="utf-8")


def write_policies(folder: Path) -> None:
    """A policy over another, and a file of goals."""
    from importlib import resources

    package = resources.files("udsat_geo")
    (folder / "base.toml").write_bytes(package.joinpath("policy", "policies", "kbh-2017.toml").read_bytes())
    (folder / "own.toml").write_text(OWN_POLICY.replace("kbh-2017", "base.toml"), encoding="utf-8")
    (folder / "goals.toml").write_bytes(package.joinpath("monitoring", "goals.toml").read_bytes())


def write_units(folder: Path) -> None:
    """A table of cells as CSV and as Parquet, zones as GeoJSON and as GeoPackage, and their policies."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = dict(zip(("id", "people", "poor"), (list(each) for each in zip(*CELLS, strict=True)), strict=True))
    lines = [",".join(columns), *(",".join(map(str, row)) for row in CELLS)]
    (folder / "cells.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    pq.write_table(pa.table(columns), folder / "cells.parquet")
    write_polygons(folder, "zones", columns)
    for kind in ("cells", "zones"):
        (folder / f"{kind}.toml").write_text(UNIT_POLICY.format(kind=kind), encoding="utf-8")


def write_polygons(folder: Path, stem: str, columns: dict[str, list[Any]]) -> None:
    """Squares with columns, in the formats that areas and zones come in."""
    import geopandas as gpd
    import shapely

    shapes = [shapely.box(west, south, west + 100, south + 100) for west, south in SQUARES]
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:25832")
    for suffix in (".geojson", ".gpkg", ".fgb", ".gml", ".kml"):
        driver = {".gml": "GML", ".kml": "KML"}.get(suffix)
        if stem != "areas" and suffix == ".kml":
            continue  # in degrees, which units are not
        frame.to_file(folder / f"{stem}{suffix}", engine="pyogrio", **({"driver": driver} if driver else {}))
    frame.to_parquet(folder / f"{stem}.parquet")
    for beside in folder.glob("*.xsd"):
        beside.unlink()


def write_areas(folder: Path) -> None:
    """Areas as polygons."""
    write_polygons(folder, "areas", {"name": [f"Omr\u00e5de {i}" for i in range(12)]})


def write_overrides(folder: Path) -> None:
    """Decisions by unit and by polygon."""
    rows = [f"{CELLS[i][0]},{action},why,me,2021-06-24" for i, action in enumerate(["include", "exclude", "include"])]
    head = "unit_id,action,reason,decided_by,date"
    (folder / "overrides.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    given = {"action": ["include"], "reason": ["why"], "decided_by": ["me"], "date": ["2021-06-24"]}
    write_polygons(folder, "overrides", {name: values * 12 for name, values in given.items()})


def write_designation(folder: Path) -> None:
    """A designation with an earlier one, as GeoPackage, JSON and crate."""
    from click.testing import CliRunner

    from small_registers import make_registers
    from udsat_geo.cli.main import designate

    with tempfile.TemporaryDirectory() as made:
        for seed, year in enumerate((2017, 2021)):
            make_registers(seed, n_addresses=40, n_residents=300).write(Path(made) / "raw" / str(year))
        (Path(made) / "own.toml").write_text(OWN_POLICY, encoding="utf-8")
        for year in (2017, 2021):
            call = f"--year {year} --policy {made}/own.toml --raw {made}/raw --out {made}/out"
            ran = CliRunner().invoke(designate, [*call.split(), "--format", "gpkg,crate", "--quiet"])
            if ran.exit_code:
                raise RuntimeError(ran.output)
        for path in (Path(made) / "out").glob("*2021*"):
            shutil.copy(path, folder)
        shutil.copy(Path(made) / "out" / "ro-crate-metadata.json", folder)


def read_town(folder: Path) -> object:
    """Registers opened, checked and added up."""
    import numpy as np

    from udsat_geo.policy.load import load_policy
    from udsat_geo.registers.linking import Located
    from udsat_geo.registers.read import read_registers

    def one_place(located: Located) -> tuple[Any, int]:
        return np.zeros(len(located.easting), dtype=np.int32), 1

    policy = load_policy(str(folder / "own.toml") if (folder / "own.toml").exists() else "kbh-2017").policy
    return read_registers(folder, policy, one_place, threads=1)


def read_policies(folder: Path) -> object:
    """The policy, its limits, and the goals."""
    from udsat_geo.messages.errors import UdsatError
    from udsat_geo.monitoring.goals import load_goals
    from udsat_geo.policy.load import load_policy
    from udsat_geo.registers.expressions import check_limits

    faults = []
    for read in (
        lambda: check_limits(load_policy(str(folder / "own.toml")).policy, values_needed=False),
        lambda: load_goals(folder / "goals.toml"),
    ):
        try:
            read()
        except UdsatError as error:
            faults.append(error)
    if faults:
        raise faults[0]
    return None


def read_unit_tables(folder: Path) -> object:
    """Cells and zones, with their sums."""
    from udsat_geo.policy.load import load_policy
    from udsat_geo.units.table import read_unit_table, units_from_table

    return each_of(
        folder,
        ("cells", "zones"),
        lambda path: units_from_table(
            read_unit_table(path, policy := load_policy(str(folder / f"{path.stem}.toml")).policy), policy
        ),
    )


def each_of(folder: Path, stems: tuple[str, ...], read: Callable[[Path], object]) -> object:
    """Read every data file of these names; the first refusal, after all have been tried."""
    from udsat_geo.messages.errors import UdsatError

    refusals = []
    for path in sorted(folder.iterdir()):
        if path.stem in stems and path.suffix != ".toml":
            try:
                read(path)
            except UdsatError as error:
                refusals.append(error)
    if refusals:
        raise refusals[0]
    return None


def read_decisions(folder: Path) -> object:
    """Overrides of the units of a good table."""
    import numpy as np

    from udsat_geo.areas.decisions import read_overrides
    from udsat_geo.policy.load import load_policy
    from udsat_geo.units.table import read_unit_table, units_from_table

    with tempfile.TemporaryDirectory() as good:
        write_cells = [",".join(("id", "people", "poor")), *(",".join(map(str, row)) for row in CELLS)]
        (Path(good) / "cells.csv").write_text("\n".join(write_cells) + "\n", encoding="utf-8")
        (Path(good) / "cells.toml").write_text(UNIT_POLICY.format(kind="cells"), encoding="utf-8")
        policy = load_policy(f"{good}/cells.toml").policy
        units = units_from_table(read_unit_table(Path(good) / "cells.csv", policy), policy)[0]
    return each_of(folder, ("overrides",), lambda path: np.sum(read_overrides(path, units, "da").decisions.include))


def read_polygons(folder: Path) -> object:
    """Areas to compare with."""
    from udsat_geo.files.area_set import read_area_set

    return each_of(folder, ("areas",), lambda path: read_area_set(path, "en"))


def read_ours(folder: Path) -> object:
    """A designation read back, explained, and as the page has it."""
    from udsat_geo.designation.explained import explain
    from udsat_geo.files.area_set import read_designation
    from udsat_geo.files.read import read_layers
    from udsat_geo.report.page.data import provenance_of
    from udsat_geo.report.page.read import read_all

    path = next(folder.glob("designation_*.gpkg"))
    layers = read_layers(path)
    columns = [layers.layers[layer].table[column] for layer, column in (("areas", "area_id"), ("units", "unit_id"))]
    for each in [value for column in columns for value in column.to_pylist()[:1]]:
        found = explain(layers, str(each), path.name)
        for language in ("da", "en"):
            list(found.lines(language))
            list(found.criteria(language))
    read_designation(path)
    return [provenance_of(year) for year in read_all([path], False, None)]


def read_run(folder: Path) -> object:
    """A crate."""
    from udsat_geo.files.crate import crate_text, read_crate

    return crate_text(read_crate(folder / "ro-crate-metadata.json"))


def write_town_sums(folder: Path) -> None:
    """Exact sums by cell."""
    import udsat_geo as ug

    with tempfile.TemporaryDirectory() as town:
        write_parquet_town(Path(town))
        ug.sums([2021], folder, policy="kbh-2017", registers=town)


def read_town_sums(folder: Path) -> object:
    """Sums, as an office has them of another."""
    from udsat_geo.units.sums_file import read_sums

    return [read_sums(path) for path in folder.glob("*.parquet")]


@functools.cache
def explorer() -> Any:
    """What answers the explorer's page, over a town."""
    from small_registers import make_registers
    from udsat_geo.designation.job import Job
    from udsat_geo.policy.load import load_policy
    from udsat_geo.report.explorer.answers import Answers
    from udsat_geo.report.explorer.engine import Engine

    town = Path(tempfile.mkdtemp(prefix="udsat-fuzz-"))
    atexit.register(shutil.rmtree, town, ignore_errors=True)
    make_registers(7, n_addresses=80, n_residents=600).write(town)
    (town / "own.toml").write_text(OWN_POLICY, encoding="utf-8")
    return Answers(Engine.of(Job(2021, load_policy(str(town / "own.toml")), town, previous="none")), town)


def write_question(folder: Path) -> None:
    """What the explorer's page asks."""
    unit = str(explorer().engine.made.units.unit_id[0])
    told = {"action": "include", "reason": "why", "decided_by": "me", "date": "2021-06-24", "unit_id": [unit]}
    barriers = [[[720_000, 6_175_000], [720_500, 6_175_500]]]
    settings = {"values": {"rule.core": 0.6, "areas.residents": 10}, "barriers": barriers, "decisions": [told]}
    question = {"settings": settings, "against": "kept", "kept": {"values": {"rule.core": 0.4}}, "unit": 0, "id": "a"}
    (folder / "question.json").write_text(json.dumps(question), encoding="utf-8")


def read_question(folder: Path) -> object:
    """Its answers, as JSON has them; the server answers 400 where it is none."""
    try:
        asked = json.loads((folder / "question.json").read_bytes())
    except (ValueError, RecursionError):
        return None
    if not isinstance(asked, dict):
        return None
    told = [explorer().of(what, asked | {"replace": True}) for what in ("answer", "unit", "save")]
    return json.dumps(told, allow_nan=False)


# --- expressions ------------------------------------------------------------------------------------------------

COLUMNS = ("age", "origin", "disposable_income", "education", "labour_status", "dwelling_id", "nothing", '"age"')
FUNCTIONS = (
    "abs", "round", "floor", "sqrt", "ln", "exp", "pow", "greatest", "coalesce", "nullif", "lower", "trim", "length",
    "left", "substring", "starts_with", "replace", "concat", "isnan", "median", "sum", "count", "read_csv", "getenv",
    "repeat", "lpad", "error", "list_value", "like_escape",
)  # fmt: skip
LEAVES = (
    *COLUMNS, "1", "0", "-1", "1e308", "NULL", "'a'", "''", "true", "9" * 40, "'nan'::DOUBLE", "*", "?", "$1",
    "(SELECT 1)", "'/etc/passwd'", "x -> x", "INTERVAL 1 DAY", "DATE '2020-01-01'", ";", "--",
)  # fmt: skip
OPERATORS = ("+", "-", "*", "/", "//", "%", "**", "||", "=", "<", ">=", "AND", "OR", "LIKE", "IN", "~~*", "IS", "::")
TYPES = ("DOUBLE", "VARCHAR", "TINYINT", "BLOB", "JSON", "DECIMAL(38, 30)", "INTEGER[]")
PLAIN = (
    ("age", "disposable_income", "0", "1", "-1.5", "1e308", "NULL", "9" * 30, "CAST('nan' AS DOUBLE)"),
    ("abs", "round", "floor", "ln", "exp", "sign", "greatest", "coalesce", "nullif", "isnan", "length"),
    ("+", "-", "*", "/", "//", "%", "**", "=", "<", ">="),
    ("DOUBLE", "VARCHAR", "TINYINT", "DECIMAL(38, 30)"),
)
"""Names, functions, operators and types that a policy may use over residents: most of these are evaluated."""

EXPRESSIONS = (
    '"0.75 * median(disposable_income)"',
    '"age >= 18"',
    '"disposable_income <= low"',
    '"area_m2 < 50"',
    '"3 * share"',
    '"1"',
)
"""As `OWN_POLICY` has them."""


def expressions(leaves: Sequence[str], functions: Sequence[str], operators: Sequence[str], types: Sequence[str]) -> Any:
    """Expressions of these parts."""
    st = strategies()
    binary = st.sampled_from(operators)

    def grown(inner: Any) -> Any:
        pair = st.tuples(inner, binary, inner).map(lambda each: f"({each[0]} {each[1]} {each[2]})")
        named = st.tuples(st.sampled_from(functions), st.lists(inner, max_size=3))
        call = named.map(lambda each: f"{each[0]}({', '.join(each[1])})")
        case = st.tuples(inner, inner, inner).map(lambda each: "CASE WHEN {} THEN {} ELSE {} END".format(*each))
        cast = st.tuples(inner, st.sampled_from(types)).map(lambda each: f"CAST({each[0]} AS {each[1]})")
        many = st.tuples(inner, st.sampled_from([2, 20, 600]))
        much = many.map(lambda each: " + ".join([each[0]] * each[1]) if len(each[0]) < 40 else each[0])
        between = st.tuples(inner, inner).map(lambda each: f"{each[0]} BETWEEN {each[1]} AND 5")
        return pair | pair | call | call | case | cast | much | between

    return st.recursive(st.sampled_from(leaves), grown, max_leaves=12)


def write_town_with_policy(folder: Path) -> None:
    """Registers with a policy whose expressions are drawn."""
    write_parquet_town(folder)
    (folder / "own.toml").write_text(OWN_POLICY, encoding="utf-8")


def with_expressions(draw: Any, files: Files) -> Files:
    """Expressions in the place of those of the policy, as people, and people who mean harm, write them."""
    st = strategies()
    text = OWN_POLICY
    parts = draw(st.sampled_from([PLAIN, (LEAVES, FUNCTIONS, OPERATORS, TYPES)]))
    places = EXPRESSIONS[1:3] if parts is PLAIN else EXPRESSIONS
    for place in draw(st.lists(st.sampled_from(places), min_size=1, max_size=2, unique=True)):
        text = text.replace(place, json.dumps(draw(expressions(*parts))), 1)
    return files | {"own.toml": text.encode("utf-8", "surrogatepass")}


# --- answers of a service ---------------------------------------------------------------------------------------

BOMB = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "' + "&a;" * 50 + '"><!ENTITY c "' + "&b;" * 5000 + '">]><a>&c;</a>'
FOREIGN = (
    "", "<html></html>", "<a>", "<a>" * 20_000, "\x00" * 1000, '{"type": "FeatureCollection"}', BOMB, "PK\x03\x04",
    '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "<OGRVRTDataSource></OGRVRTDataSource>",
    '<ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows/1.1"><ows:Exception exceptionCode="\x1b[2J"/>'
    "</ows:ExceptionReport>",
)  # fmt: skip
STATES = ("200", "200", "200", "200", "204", "206", "301", "302", "401", "404", "500", "503", "999")
HEADERS = (
    *[""] * 3,
    "Content-Encoding: gzip",
    "Transfer-Encoding: chunked",
    "Content-Type: image/png",
    "Location: file:///etc/passwd",
    "Location: http://127.0.0.1:1/",
    "Location: /",
    "Content-Length: 5",
    "Content-Length: 99999999999",
    "X: " + "y" * 70_000,
)


def write_answers(folder: Path) -> None:
    """What a good service answers, and how each answer is sent."""
    import shapely
    from small_service import Layer, _answer

    shapes = [shapely.box(west, south, west + 100, south + 100) for west, south in SQUARES[:6]]
    layer = Layer([({"name": f"n{i}", "people": i}, shape) for i, shape in enumerate(shapes)], box=(12, 55, 13, 56))
    for request in ("getcapabilities", "describefeaturetype", "getfeature"):
        question = {"request": request, "typename": "app:zones", "typenames": "app:zones"}
        (folder / f"{request}.xml").write_text(_answer({"zones": layer}, question), encoding="utf-8")
    (folder / "sent.json").write_text("{}", encoding="utf-8")


def spoilt_answers(draw: Any, files: Files) -> Files:
    """Answers changed, put in the place of each other, or sent in an odd way."""
    st = strategies()
    changed, sent = dict(files), {}
    names = sorted(name for name in files if name.endswith(".xml"))
    for name in draw(st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True)):
        kind = draw(st.sampled_from(["text", "text", "bytes", "foreign", "other", "sent"]))
        if kind == "text":
            words = list(re.finditer(rb"[\w.:]+|<[^>]*>", files[name]))
            word = draw(st.sampled_from(words))
            odd = draw(st.sampled_from([odd.encode("utf-8", "surrogatepass") for odd in ODD]))
            changed[name] = files[name][: word.start()] + odd + files[name][word.end() :]
        elif kind == "bytes":
            changed[name] = spoilt_bytes(draw, files[name])
        elif kind == "foreign":
            changed[name] = draw(st.sampled_from(FOREIGN)).encode()
        elif kind == "other":
            changed[name] = files[draw(st.sampled_from(names))]
        else:
            how = {"state": draw(st.sampled_from(STATES)), "header": draw(st.sampled_from(HEADERS))}
            how |= {"part": draw(st.sampled_from([1.0, 1.0, 0.5, 0.0])), "wait_s": draw(st.sampled_from([0, 0, 0, 2]))}
            sent[name] = how
    return changed | {"sent.json": json.dumps(sent).encode()}


def handler_of(folder: Path) -> type[http.server.BaseHTTPRequestHandler]:
    """A handler that sends what lies in a folder, as it is told there."""
    sent = json.loads((folder / "sent.json").read_text(encoding="utf-8"))

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = re.search(r"request=(\w+)", self.path, re.IGNORECASE)
            name = f"{asked.group(1).lower() if asked else 'getcapabilities'}.xml"
            body = (folder / name).read_bytes() if (folder / name).exists() else b""
            how = sent.get(name, {})
            head = how.get("header") or f"Content-Length: {len(body)}"
            time.sleep(how.get("wait_s", 0))
            answer = f"HTTP/1.1 {how.get('state', '200')} x\r\n{head}\r\nConnection: close\r\n\r\n".encode() + body
            with suppress(OSError):
                self.wfile.write(answer[: int(len(answer) * how.get("part", 1.0))])
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def read_service(folder: Path) -> object:
    """A layer of a service on loopback."""
    from loopback import running

    from udsat_geo.messages.limits import Limits
    from udsat_geo.sources.copies import local_copies
    from udsat_geo.sources.features import read_features

    quick = Limits(page=4, answer_s=1, connect_s=5, whole_s=15, pause_s=0.01, features=1000, bytes=2_000_000)
    with running(handler_of(folder)) as address:
        with local_copies({"zones": f"WFS:{address}/ows|layername=zones"}, quick) as copies:
            return read_features(copies.paths["zones"])


READERS: dict[str, Reader] = {
    "csv": Reader(write_csv_town, some_of_the_files(), read_town),
    "parquet": Reader(write_parquet_town, some_of_the_files(), read_town),
    "settings": Reader(write_settings, some_of_the_files("registers.toml"), read_town),
    "policies": Reader(write_policies, some_of_the_files(), read_policies),
    "expressions": Reader(write_town_with_policy, with_expressions, read_town),
    "units": Reader(write_units, one_file_alone, read_unit_tables),
    "overrides": Reader(write_overrides, one_file_alone, read_decisions),
    "areas": Reader(write_areas, one_file_alone, read_polygons),
    "geopackage": Reader(write_designation, some_of_the_files("designation_2021.gpkg"), read_ours),
    "json": Reader(write_designation, some_of_the_files("designation_2021.json"), read_ours),
    "crate": Reader(write_designation, some_of_the_files("ro-crate-metadata.json"), read_run),
    "sums": Reader(write_town_sums, some_of_the_files(), read_town_sums),
    "questions": Reader(write_question, some_of_the_files(), read_question),
    "service": Reader(write_answers, spoilt_answers, read_service),
}
