"""Who lives in areas has one answer, whatever command is asked: that of the designation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
from click.testing import CliRunner
from shapely.geometry import box

import udsat_geo as ug
from paths import POLICIES
from small_registers import make_registers
from udsat_geo.areas.polygons import read_polygons
from udsat_geo.cli.main import udsat
from udsat_geo.files.area_set import read_areas_of_registers
from udsat_geo.monitoring.measure import measure_year
from udsat_geo.policy.load import load_policy
from udsat_geo.report.few import in_tens
from udsat_geo.report.figures import FiguresJob, gather
from udsat_geo.report.page.data import payload_of
from udsat_geo.report.page.read import read_all

YEAR = 2021
RULES = "[rule]\ncore = 0.3\nedge = 0.0\ncriteria = 1\n[context]\nresidents = 0\n[areas]\nresidents = 5\n"


def asked(*arguments: object) -> dict[str, Any]:
    done = CliRunner().invoke(udsat, [str(argument) for argument in arguments])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def towns(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A town, and its areas over cells, addresses and zones."""
    folder = tmp_path_factory.mktemp("towns")
    make_registers(7, n_addresses=300, n_residents=2500).write(folder / "raw" / str(YEAR))
    rows = [
        {"id": f"Z{row:02d}{col:02d}", "geometry": box(x, y, x + 190, y + 140)}
        for row, y in enumerate(np.arange(6_174_900.5, 6_177_500, 140).tolist())
        for col, x in enumerate(np.arange(718_900.5, 722_000, 190).tolist())
    ]
    gpd.GeoDataFrame(rows, crs="EPSG:25832").to_file(folder / "zones.gpkg")
    bases = {"cells": "kbh-2017", "addresses": str(POLICIES / "addresses.toml"), "zones": "kbh-2017"}
    for kind, base in bases.items():
        more = '[units]\nkind = "zones"\nsize = 100\nid = "id"\n' if kind == "zones" else ""
        text = f'extends = "{base}"\nid = "own-{kind}"\n{RULES}{more}'
        (folder / f"{kind}.toml").write_text(text, encoding="utf-8")
        call = [
            "--year",
            YEAR,
            "--policy",
            folder / f"{kind}.toml",
            "--registers",
            folder / "raw",
            "--previous",
            "none",
        ]
        call += ["--units", folder / "zones.gpkg"] if kind == "zones" else []
        asked("designate", *call, "--out", folder / kind, "--format", "gpkg", "--json")
    return {"raw": folder / "raw"} | {kind: folder / kind / f"designation_{YEAR}.gpkg" for kind in bases}


@pytest.mark.parametrize("kind", ["cells", "addresses", "zones"])
def test_every_command_counts_the_same_residents_in_areas(kind: str, towns: dict[str, Path]) -> None:
    path, raw = towns[kind], ["--registers", towns["raw"]]
    summary = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    wanted = {area["area_id"]: area["residents"] for area in summary["areas"]}
    total = summary["residents_in_areas"]
    assert wanted
    assert sum(wanted.values()) == total > 0
    status = asked("status", "--areas", path, "--years", YEAR, *raw, "--json")
    assert [area["residents"][str(YEAR)] for area in status["areas"]["areas"]] == list(wanted.values())
    goals = asked("goals", "--areas", path, "--years", YEAR, *raw, "--json")
    assert [area["residents"][str(YEAR)] for area in goals["areas"]] == list(wanted.values())
    for by in ([], [*raw, "--year", YEAR]):
        diff = asked("diff", path, path, *by, "--json")
        assert diff["totals"]["residents_now"] == diff["totals"]["residents_kept"] == total
        assert {area["area_id"]: area["residents_now"] for area in diff["areas"]} == wanted
    page = payload_of(read_all([path], False, None), True, "en", None)["years"][-1]
    # in tens where an area is withheld, which the total would give away
    withheld = any(area["residents"] is None for area in page["areas"])
    assert page["residents_in_areas"] == (in_tens(total) if withheld else total)
    assert {area["id"]: area["residents"] for area in page["areas"]} == {
        area: residents if residents >= 20 else None for area, residents in wanted.items()
    }


@pytest.mark.long
@pytest.mark.parametrize("kind", ["cells", "addresses"])
def test_figures_count_the_areas_of_a_file_as_they_were_drawn(kind: str, towns: dict[str, Path]) -> None:
    policy = load_policy(str(towns[kind].parent.with_suffix(".toml")))
    shown = gather(FiguresJob((YEAR,), policy, towns["raw"], areas=towns[kind], language="en"))
    summary = json.loads(towns[kind].with_suffix(".json").read_text(encoding="utf-8"))
    assert sorted(shown.areas[0].residents.tolist()) == sorted(area["residents"] for area in summary["areas"])


@pytest.mark.long
@pytest.mark.parametrize("kind", ["cells", "addresses"])
def test_the_document_counts_as_the_designation_does(kind: str, towns: dict[str, Path], tmp_path: Path) -> None:
    policy = towns[kind].parent.with_suffix(".toml")
    page = ug.write_report(
        towns[kind], years=[YEAR], registers=towns["raw"], policy=policy, language="en", out=tmp_path / "status.html"
    ).read_text(encoding="utf-8")
    total = json.loads(towns[kind].with_suffix(".json").read_text(encoding="utf-8"))["residents_in_areas"]
    assert f"In {YEAR}, {total:,} of the city" in page


@pytest.mark.long
def test_lineage_counts_as_the_designations_do(towns: dict[str, Path], tmp_path: Path) -> None:
    """Over cells, and over those of another kind, which are weighed by the finer units."""
    earlier = tmp_path / "designation_2017.gpkg"
    for ending in (".gpkg", ".json"):
        earlier.with_suffix(ending).write_bytes(towns["cells"].with_suffix(ending).read_bytes())
    text = earlier.with_suffix(".json").read_text(encoding="utf-8")
    earlier.with_suffix(".json").write_text(text.replace(f'"year": {YEAR}', '"year": 2017', 1), encoding="utf-8")
    for kind in ("cells", "addresses"):
        summary = json.loads(towns[kind].with_suffix(".json").read_text(encoding="utf-8"))
        found = asked(
            "lineage", earlier, towns[kind], *(["--registers", towns["raw"]] if kind == "addresses" else []), "--json"
        )
        now = [area["residents"] for area in found["areas"] if area["year"] == YEAR]
        assert sum(now) == summary["residents_in_areas"]


@pytest.mark.long
def test_the_outlines_over_cells_would_give_another_number(towns: dict[str, Path]) -> None:
    """Else nothing above would be tested: they are smoothed."""
    polygons, _ = read_polygons(Path(f"{towns['cells']}|layername=areas"), "en")
    drawn = read_areas_of_registers(towns["cells"], "en")
    policy = load_policy("kbh-2017").policy
    counts = [measure_year(towns["raw"] / str(YEAR), policy, [areas]).residents().sum() for areas in (polygons, drawn)]
    assert counts[0] != counts[1]
