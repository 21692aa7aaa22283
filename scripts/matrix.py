"""Try the oldest versions that pyproject.toml allows, and the newest, with each Python that is to be had.

Usage: python scripts/matrix.py [--python 3.11 3.12] [--versions oldest newest] [--tests] [--uv PATH] [--work FOLDER]

Needs `uv` (`pip install uv`), which makes an environment for each row and installs the package in it, with the oldest
versions by ``--resolution lowest-direct``. In each a small town is designated in five formats, explained and put on a
page; with ``--tests`` the quick tests of `TESTS` run as well. A row tells what was installed. A Python that is not
here, and that uv cannot fetch, is told and left out. The exit code is 1 where a row fails.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
RESOLUTIONS = {"oldest": "lowest-direct", "newest": "highest"}
SHOWN = ("numpy", "numba", "pyarrow", "duckdb", "shapely", "pyogrio", "rasterio", "pydantic", "bokeh")
"""Packages whose versions a row tells."""
TESTS = ("tests/registers/test_policy_lockdown.py", "tests/files/test_formats.py", "tests/sources", "tests/policy")
"""Those that meet most libraries in the least time."""
POLICY = 'extends = "kbh-2017"\nid = "own"\n[rule]\ncriteria = 1\ncore = 0.5\nedge = 0.2\n[areas]\nresidents = 20\n'

WORSE, BETTER = ("early_retirement", "basic", 120_000, "non_western"), ("employed", "vocational", 400_000, "danish")


class FailedError(Exception):
    """A step of a row that failed; the message says how."""


def run(*command: str | Path, timeout: int = 3600) -> str:
    """What a command prints.

    Raises
    ------
    FailedError
        If it fails, with the end of what it said.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run(
        list(map(str, command)), env=environment, capture_output=True, text=True, timeout=timeout, cwd=REPOSITORY
    )
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines() or ["nothing"]
        print("\n".join(line for line in said if line.startswith(("FAILED", "ERROR", "E  "))), file=sys.stderr)
        raise FailedError(f"{Path(command[0]).name} {command[1]}: {said[-1].strip()[:200]}")
    return done.stdout


def python_of(uv: str, version: str) -> str | None:
    """Where a Python of a version is; None where there is none, and uv cannot fetch it either."""
    for how in (["python", "find"], ["python", "install"], ["python", "find"]):
        try:
            said = run(uv, *how, version, timeout=300).strip()
        except (FailedError, subprocess.TimeoutExpired):
            continue
        if how[1] == "find":
            return said
    return None


def versions_of(uv: str, python: Path) -> str:
    """The versions of the libraries that matter most."""
    listed = run(uv, "pip", "list", "-p", python, "--format", "freeze")
    found = dict(line.split("==", 1) for line in listed.splitlines() if "==" in line)
    return ", ".join(f"{name} {found[name]}" for name in SHOWN if name in found)


def write_town(folder: Path) -> None:
    """Registers of 600 people as CSV, by the standard library alone: those in the west are worse off."""
    chance = random.Random(1)
    homes = [(f"A{i}", 720_000 + chance.randrange(600), 6_176_000 + chance.randrange(600)) for i in range(80)]
    dwellings = [(f"D{i}", f"A{i % 80}", 60 + i % 40) for i in range(160)]
    people = []
    for number in range(600):
        home = chance.randrange(160)
        poor = chance.random() < (0.8 if homes[home % 80][1] < 720_300 else 0.2)
        state = (
            ("early_retirement", "basic", 120_000, "non_western")
            if poor
            else ("employed", "vocational", 400_000, "danish")
        )
        people.append((f"D{home}", 18 + number % 60, *state))
    tables = {
        "addresses": (("address_id", "easting", "northing"), homes),
        "dwellings": (("dwelling_id", "address_id", "area_m2"), dwellings),
        "residents": (("dwelling_id", "age", "labour_status", "education", "disposable_income", "origin"), people),
    }
    folder.mkdir()
    for name, (head, rows) in tables.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([head, *rows])


def steps(environment: Path, folder: Path, tests: bool) -> Iterator[tuple[str, list[str | Path]]]:
    """What each environment has to do: a name, and the command."""
    here, town = environment / "bin", folder / "town"
    words = f"--year 2025 --previous none --quiet --policy {folder}/own.toml --registers {town} --out {folder}/out"
    yield "designate", [here / "designate", *words.split(), "--format", "gpkg,tif,parquet,csv,xlsx,crate"]
    made = folder / "out" / "designation_2025.gpkg"
    yield "report", [here / "udsat", "report", made, "--quiet", "--out", folder / "report.html"]
    if tests:
        call = [here / "python", "-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider"]
        yield "the policy's sandbox", [*call, TESTS[0]]
        yield "tests", [*call, "-m", "not long", *TESTS[1:]]


def row(uv: str, python: str, versions: str, folder: Path, tests: bool) -> tuple[bool, str]:
    """Whether all steps went well in an environment of its own, and what is told of it."""
    (folder / "own.toml").write_text(POLICY, encoding="utf-8")
    write_town(folder / "town")
    done = ""
    try:
        run(uv, "venv", "-q", "-p", python, "--clear", folder / "venv")
        extras = "test" if tests else "report,excel,crate"
        inside = folder / "venv" / "bin" / "python"
        # wheels alone: a version that has none for this Python is not one that works with it
        only = ["--only-binary", ":all:", "--no-binary", "udsat_geo"]
        how = ["-q", "-p", inside, "--resolution", RESOLUTIONS[versions], *only]
        run(
            uv,
            "pip",
            "install",
            *how,
            f"udsat_geo[{extras}] @ {REPOSITORY.as_uri()}",
        )
        for name, command in steps(folder / "venv", folder, tests):
            run(*command)
            done = name
    except (FailedError, subprocess.TimeoutExpired) as error:
        return False, f"after {done or 'nothing'}: {error}"
    return True, versions_of(uv, inside)


def main() -> int:
    """Try all rows and tell them as a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--python", nargs="+", default=["3.11", "3.12", "3.13", "3.14"], metavar="VERSION")
    parser.add_argument("--versions", nargs="+", choices=list(RESOLUTIONS), default=list(RESOLUTIONS))
    parser.add_argument("--tests", action="store_true", help="some of the quick tests as well")
    parser.add_argument("--uv", default=shutil.which("uv"), metavar="PATH")
    parser.add_argument("--work", type=Path, help="where environments are made; a temporary folder without")
    options = parser.parse_args()
    if options.uv is None:
        print("uv is not installed: pip install uv, or name it by --uv", file=sys.stderr)
        return 2
    good = True
    print("| Python | versions | works | with |\n| --- | --- | --- | --- |")
    for python in options.python:
        found = python_of(options.uv, python)
        if found is None:
            print(f"| {python} | | not tried | not installed here, and not to be fetched |", flush=True)
            continue
        for versions in options.versions:
            with tempfile.TemporaryDirectory(dir=options.work, ignore_cleanup_errors=True) as folder:
                works, told = row(options.uv, found, versions, Path(folder), options.tests)
            good = good and works
            print(f"| {python} | {versions} | {'yes' if works else 'no'} | {told} |", flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
