"""Ids of grid cells as statistical offices write them, and by patterns of a policy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from udsat_geo.messages.errors import InputError
from udsat_geo.policy.load import check_policy
from udsat_geo.policy.rules import Policy
from udsat_geo.units.grid import Grid
from udsat_geo.units.table import read_unit_table


def policy_of(**units: Any) -> Policy:
    """A policy over cells whose ids stand in the column `id`."""
    content: dict[str, Any] = {
        "id": "own",
        "years": [2000, 2100],
        "units": {"kind": "cells", "id": "id", "residents": "people", **units},
        "criteria": [{"key": "poor", "register": "units", "numerator": "poor", "worse": "high"}],
        "rule": {"core": 1.0},
    }
    return check_policy(content, "own.toml")


def table_of(folder: Path, ids: list[str], policy: Policy) -> Any:
    """The table of these cells."""
    (folder / "cells.csv").write_text("id,people,poor\n" + "".join(f"{one},10,1\n" for one in ids), encoding="utf-8")
    return read_unit_table(folder / "cells.csv", policy)


@pytest.mark.parametrize(
    ("name", "units", "corner", "crs"),
    [
        ("CRS3035RES200mN2029800E4252400", {"size": 200}, (2_029_800, 4_252_400), "EPSG:3035"),
        ("CRS3035RES100mN2689100E4337000", {"crs": "EPSG:3035"}, (2_689_100, 4_337_000), "EPSG:3035"),
        ("CRS3035RES1000mN3045000E5035000", {"size": 1000}, (3_045_000, 5_035_000), "EPSG:3035"),
        ("CRS2975RES200mN7636200E0340000", {"size": 200}, (7_636_200, 340_000), "EPSG:2975"),
        ("200mN20298E42524", {"size": 200, "crs": "EPSG:3035"}, (2_029_800, 4_252_400), "EPSG:3035"),
        ("250mN674400E31725", {"size": 250, "crs": "EPSG:3067"}, (6_744_000, 317_250), "EPSG:3067"),
        ("1kmN6607E0529", {"size": 1000, "crs": "EPSG:3301"}, (6_607_000, 529_000), "EPSG:3301"),
        ("5kmN6600E380", {"size": 5000, "crs": "EPSG:3067"}, (6_600_000, 380_000), "EPSG:3067"),
        ("E1200N4850", {"size": 500, "crs": "EPSG:28992"}, (485_000, 120_000), "EPSG:28992"),
        ("E1201N4853", {"crs": "EPSG:28992"}, (485_300, 120_100), "EPSG:28992"),
        ("100m_61757_7196", {}, (6_175_700, 719_600), "EPSG:25832"),
    ],
)
def test_families_of_ids_are_known_by_themselves(
    name: str, units: dict[str, Any], corner: tuple[int, int], crs: str, tmp_path: Path
) -> None:
    table = table_of(tmp_path, [name], policy_of(**units))
    size = units.get("size", 100)
    assert (int(table.row[0]) * size, int(table.col[0]) * size) == corner
    assert table.crs == crs
    assert table.unit_id.tolist() == [name], "ids are written as they came"
    told = [note for note in table.notes if "read as ids of" in note]
    assert bool(told) == (not name.startswith("100m_"))


@pytest.mark.parametrize(
    ("name", "units", "words"),
    [
        ("CRS3035RES200mN2029800E4252400", {}, ("ids of cells of 200 m", "size = 100", "Set size = 200")),
        (
            "CRS3035RES100mN2029800E4252400",
            {"crs": "EPSG:25832"},
            ("ids name cells in EPSG:3035", 'crs = "EPSG:3035"'),
        ),
        ("1kmN2689E4337", {"crs": "EPSG:3035"}, ("ids of cells of 1000 m",)),
        ("E12N48", {"size": 250, "crs": "EPSG:28992"}, ("do not read as 250m_{northing}_{easting}",)),
    ],
)
def test_ids_that_contradict_the_policy_are_told(
    name: str, units: dict[str, Any], words: tuple[str, ...], tmp_path: Path
) -> None:
    with pytest.raises(InputError) as told:
        table_of(tmp_path, [name], policy_of(**units))
    for word in ("cells.csv, column id", *words):
        assert word in str(told.value)


@pytest.mark.parametrize(
    ("pattern", "unit", "name", "corner"),
    [
        ("CRS3035RES{size_m}mN{northing_m}E{easting_m}", None, "CRS3035RES200mN2029800E4252400", (2029800, 4252400)),
        ("{easting_m:6}{northing_m:7}", None, "3845006671000", (6_671_000, 384_500)),
        ("E{easting}N{northing}", 100, "E1200N4850", (485_000, 120_000)),
        ("E{easting:4}N{northing:4}", 1000, "E0120N0485", (485_000, 120_000)),
        ("{northing_m}_{easting_m}", None, "485100_120100", (485_000, 120_000)),
    ],
)
def test_patterns_read_what_they_say(pattern: str, unit: int | None, name: str, corner: tuple[int, int]) -> None:
    size = {"3845006671000": 500, "CRS3035RES200mN2029800E4252400": 200}.get(name, 200 if "_" in pattern else 500)
    grid = Grid(size, pattern, unit)
    row, col = grid.parse_ids([name], "cells.csv")
    assert (int(row[0]) * grid.size, int(col[0]) * grid.size) == corner
    if "485100" not in name:
        assert grid.ids(row, col).tolist() == [name]


def square(step: int, side: int = 8) -> tuple[Any, Any]:
    """Rows and columns of cells side by side, `step` apart."""
    row, col = np.meshgrid(np.arange(side), np.arange(side))
    return (row.ravel() + 4850) * step, (col.ravel() + 1200) * step


@pytest.mark.parametrize(
    ("size", "step", "words"),
    [
        (200, 200, ("multiples of 200", "{northing_m} and {easting_m}")),
        (500, 5, ("multiples of 5", "id_unit = 100")),
        (200, 2, ("multiples of 2", "id_unit = 100")),
        (100, 10, ("multiples of 10", "id_unit = 10")),
        (1000, 7, ("7000 m apart", "size = 7000")),
    ],
)
def test_numbers_that_do_not_count_cells_are_told(size: int, step: int, words: tuple[str, ...]) -> None:
    grid = Grid(size, "E{easting}N{northing}")
    names = grid.ids(*square(step)).tolist()
    with pytest.raises(InputError) as told:
        grid.parse_ids(names, "cells.csv, column id")
    for word in ("cells.csv, column id", "64 rows", *words):
        assert word in str(told.value)


def test_cells_side_by_side_pass() -> None:
    row, col = square(1)
    grid = Grid(500, "E{easting}N{northing}")
    found = grid.parse_ids(grid.ids(row, col).tolist(), "cells.csv")
    assert (found[0].tolist(), found[1].tolist()) == (row.tolist(), col.tolist())


@pytest.mark.long
def test_metres_that_are_no_corner_are_told() -> None:
    with pytest.raises(InputError, match=r"name no corner of a cell of 200 m \(1 row\)"):
        Grid(200, "{northing_m}_{easting_m}").parse_ids(["400_600", "430_600"], "cells.csv")


@pytest.mark.parametrize(
    "pattern",
    ["{northing_m}", "{northing}{northing_m}{easting}", "{size:3}{northing}{easting}", "{easting:x}{northing}"],
)
def test_patterns_that_name_no_cell_are_refused(pattern: str) -> None:
    with pytest.raises(InputError, match="id_pattern"):
        policy_of(id_pattern=pattern)
