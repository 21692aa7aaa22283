"""`udsat init areas`: an empty file for decisions that `designate --overrides` reads once it is filled in."""

from __future__ import annotations

from pathlib import Path

import geopandas
import pytest
import shapely
from click.testing import CliRunner, Result

from builders import make_cell_units
from udsat_geo.areas.decisions import read_overrides
from udsat_geo.cli.main import udsat
from udsat_geo.messages.errors import InputError


def call(*arguments: object) -> Result:
    return CliRunner().invoke(udsat, ["init", "areas", *map(str, arguments), "--language", "en"])


def test_a_table_is_read_once_it_is_filled_in(tmp_path: Path) -> None:
    out = tmp_path / "decisions.csv"
    done = call("--out", out)
    assert done.exit_code == 0, done.output
    assert "action: include or exclude" in done.output
    units = make_cell_units([(0, 0), (0, 1)])
    with pytest.raises(InputError, match="holds no overrides"):
        read_overrides(out, units, "en")
    with out.open("a", encoding="utf-8") as file:
        file.write(f"{units.unit_id[1]},include,a new school,the council,2025-03-31\n")
    read = read_overrides(out, units, "en")
    assert [(one.action, one.reason, one.units.tolist()) for one in read.overrides] == [
        ("include", "a new school", [1])
    ]


def test_a_layer_has_the_columns_and_takes_polygons(tmp_path: Path) -> None:
    out = tmp_path / "decisions.gpkg"
    assert call("--out", out).exit_code == 0
    layer = geopandas.read_file(out)
    assert (len(layer), str(layer.crs)) == (0, "EPSG:25832")
    assert {"action", "reason", "decided_by", "date"} <= set(layer.columns)
    units = make_cell_units([(0, 0), (0, 1)])
    around = shapely.Point(units.easting[0], units.northing[0]).buffer(20)
    row = {"action": ["exclude"], "reason": ["a park"], "decided_by": ["the council"], "date": ["2025-03-31"]}
    geopandas.GeoDataFrame(row, geometry=[around], crs=layer.crs).to_file(out, layer="decisions", mode="a")
    assert read_overrides(out, units, "en").overrides[0].units.tolist() == [0]


@pytest.mark.long
def test_nothing_is_written_over_and_other_files_are_refused(tmp_path: Path) -> None:
    out = tmp_path / "decisions.csv"
    out.write_text("mine\n")
    assert call("--out", out).exit_code == 2
    assert out.read_text() == "mine\n"
    assert call("--out", out, "--force").exit_code == 0
    assert call("--out", tmp_path / "decisions.xlsx").exit_code == 2
    assert (
        "the reference system 'nowhere' is not known" in call("--out", tmp_path / "a.gpkg", "--crs", "nowhere").stderr
    )
