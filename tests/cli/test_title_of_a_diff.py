"""How `udsat diff` names the two files that it compares."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from two_years import write_town
from udsat_geo.cli.main import udsat

pytestmark = pytest.mark.long  # whole jobs


def stored(town: Path, year: int) -> Path:
    return town / "out" / f"designation_{year}.gpkg"


def ask(*arguments: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(udsat, [str(argument) for argument in arguments])
    return done.exit_code, done.stdout, done.stderr


def test_files_of_one_name_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    write_town(town := tmp_path / "town")
    for suffix in (".gpkg", ".json"):
        (tmp_path / f"designation_2021{suffix}").write_bytes(stored(town, 2021).with_suffix(suffix).read_bytes())
    other = tmp_path / "designation_2021.gpkg"
    code, printed, errors = ask("diff", stored(town, 2021), other, "--language", "en")
    assert code == 0, errors
    title = printed.partition("Weighed")[0].replace("\n", "").replace(" ", "")
    assert title == f"Whatchangedfrom{stored(town, 2021)}to{other}"
    code, printed, errors = ask("diff", stored(town, 2017), other, "--language", "en")
    assert printed.startswith("What changed from designation_2017.gpkg to designation_2021.gpkg\n"), errors
