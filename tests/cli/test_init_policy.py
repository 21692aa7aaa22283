"""`udsat init policy`: what it proposes runs at once, and nothing is written over."""

from __future__ import annotations

from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest
import shapely
from click.testing import CliRunner, Result

from how_good import lexington, valencia
from paths import REAL
from udsat_geo.cli.main import designate, udsat
from udsat_geo.policy.load import load_policy

pytestmark = pytest.mark.long  # whole jobs

SIDE = 16


def cells() -> pd.DataFrame:
    """A town of 256 cells with a corner that is worse off."""
    row, col = (side.ravel() for side in np.mgrid[0:SIDE, 0:SIDE])
    worse = (row < 6) & (col < 6)
    return pd.DataFrame(
        {
            "celle": [f"100m_{61700 + r}_{7200 + c}" for r, c in zip(row, col, strict=True)],
            "antal_borgere": 40 + row,
            "ledige": 4 + 16 * worse,
            "gns_indkomst": 250_000 - 90_000 * worse + 10 * col,
            "rang": range(SIDE * SIDE),
        }
    )


def zones(folder: Path, crs: str = "EPSG:4326") -> Path:
    """The same town as polygons, and one fewer column of figures."""
    table = cells()
    shapes = [
        shapely.box(720_000 + 100 * c, 6_170_000 + 100 * r, 720_100 + 100 * c, 6_170_100 + 100 * r)
        for r in range(SIDE)
        for c in range(SIDE)
    ]
    table["celle"] = [f"z{place:03}" for place in range(len(table))]
    frame = geopandas.GeoDataFrame(table.drop(columns=["ledige"]), geometry=shapes, crs="EPSG:25832")
    frame.to_crs(crs).to_file(folder / "zones.gpkg")
    table[["celle", "ledige"]].to_csv(folder / "figures.csv", index=False)
    return folder / "zones.gpkg"


def call(*arguments: object) -> Result:
    return CliRunner().invoke(udsat, ["init", "policy", *map(str, arguments)])


def designated(table: Path, policy: Path, out: Path) -> Result:
    given = ["--year", "2025", "--units", table, "--policy", policy, "--out", out, "--previous", "none"]
    return CliRunner().invoke(designate, [*map(str, given), "--language", "en"])


@pytest.mark.long
def test_a_table_of_cells_gets_a_policy_that_runs(tmp_path: Path) -> None:
    cells().to_csv(tmp_path / "celler.csv", index=False, sep=";")
    done = call("--units", tmp_path / "celler.csv", "--out", tmp_path / "first.toml", "--language", "en")
    assert done.exit_code == 0, done.output
    policy = load_policy(str(tmp_path / "first.toml")).policy
    assert (policy.units.kind, policy.units.id, policy.units.residents) == ("cells", "celle", "antal_borgere")
    assert policy.keys == ("outside_labour_market", "income")
    assert (policy.context.residents, policy.areas.outline, policy.areas.holes) == (500, "smooth", 4)
    assert "Outside the labour market: 13.2 %" in done.output
    made = designated(tmp_path / "celler.csv", tmp_path / "first.toml", tmp_path / "out")
    assert made.exit_code == 0, made.output
    assert "1 area" in made.output


@pytest.mark.long
def test_zones_in_degrees_get_a_plane_and_figures_from_a_second_table(tmp_path: Path) -> None:
    table = zones(tmp_path)
    done = call("--units", table, "--with", tmp_path / "figures.csv", "--out", tmp_path / "first.toml")
    assert done.exit_code == 0, done.output
    policy = load_policy(str(tmp_path / "first.toml")).policy
    assert (policy.units.kind, policy.units.crs, policy.units.reproject_from) == ("zones", "EPSG:25832", ("EPSG:4326",))
    assert policy.keys == ("outside_labour_market", "income")
    made = designated(tmp_path / "first_units.parquet", tmp_path / "first.toml", tmp_path / "out")
    assert made.exit_code == 0, made.output


def test_nothing_is_written_over_but_by_force(tmp_path: Path) -> None:
    table, out = zones(tmp_path), tmp_path / "mine.toml"
    out.write_text("# mine\n")
    done = call("--units", table, "--out", out)
    assert done.exit_code == 2
    assert f"{out}: is there already. Name another --out, or write over it with --force." in done.stderr
    assert out.read_text() == "# mine\n"
    assert call("--units", table, "--out", out, "--force").exit_code == 0
    assert load_policy(str(out)).policy.keys == ("income",)


def test_a_table_without_residents_is_answered_with_its_columns(tmp_path: Path) -> None:
    pd.DataFrame({"celle": ["100m_61700_7200", "100m_61700_7201"], "figure": [1, 2]}).to_csv(tmp_path / "t.csv")
    done = call("--units", tmp_path / "t.csv", "--out", tmp_path / "t.toml")
    assert done.exit_code == 2
    assert "no column is called like the residents of a unit" in done.stderr
    assert "celle, figure" in done.stderr
    assert not (tmp_path / "t.toml").exists()
    named = call("--units", tmp_path / "t.csv", "--out", tmp_path / "t.toml", "--residents", "figure")
    assert named.exit_code == 0, named.output
    assert "No column was sure enough" in named.output


@pytest.mark.long
def test_comments_are_danish_where_the_program_is(tmp_path: Path) -> None:
    cells().to_csv(tmp_path / "celler.csv", index=False)
    done = call("--units", tmp_path / "celler.csv", "--out", tmp_path / "a.toml", "--language", "da")
    assert "gættet ud fra dens kolonner" in done.output
    text = (tmp_path / "a.toml").read_text(encoding="utf-8")
    assert "# ledige: et antal, ikke større end beboerne." in text
    assert "Uden for arbejdsmarkedet: 13,2 %" in done.output


def test_names_of_columns_cannot_break_the_file(tmp_path: Path) -> None:
    hostile = "ledige \"'\x1b[31m\\ i %"
    table = cells().rename(columns={"ledige": hostile})
    pyarrow.parquet.write_table(pa.Table.from_pandas(table), tmp_path / "t.parquet")
    done = call("--units", tmp_path / "t.parquet", "--out", tmp_path / "t.toml")
    assert done.exit_code == 0, done.output
    load_policy(str(tmp_path / "t.toml"))


@pytest.mark.long
@pytest.mark.skipif(not REAL.is_dir(), reason="the open data are not in ../shared/real")
@pytest.mark.parametrize(
    ("table", "keys"),
    [
        ("glasgow/simd2020.gpkg", ("overcrowded", "no_education")),
        ("amsterdam/vk100_amsterdam.gpkg", ("dwellings_per_resident",)),
        ("frederiksberg/kvadratnet_2012.geojson", ("dwelling_area",)),
        ("valencia/census_tracts.geojson", ("outside_labour_market", "income", "education")),
    ],
)
def test_open_data_are_designated_by_the_first_policy(tmp_path: Path, table: str, keys: tuple[str, ...]) -> None:
    done = call("--units", REAL / table, "--out", tmp_path / "first.toml")
    assert done.exit_code == 0, done.output
    assert load_policy(str(tmp_path / "first.toml")).policy.keys == keys
    made = designated(REAL / table, tmp_path / "first.toml", tmp_path / "out")
    assert made.exit_code == 0, made.output


@pytest.mark.long
@pytest.mark.skipif(not REAL.is_dir(), reason="the open data are not in ../shared/real")
def test_first_policies_agree_with_the_official_indices(tmp_path: Path) -> None:
    _made, agreement = valencia(REAL / "valencia", tmp_path)
    assert agreement > 0.9
    _made, tracts = lexington(REAL / "lexington", tmp_path)
    assert tracts.intersection_over_union > 0.6


@pytest.mark.long
def test_each_criterion_is_kept_left_or_dropped_at_a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = cells().assign(ledige_i_alt=5)
    table.loc[0, "ledige_i_alt"] = 6
    table.to_csv(tmp_path / "celler.csv", index=False)
    monkeypatch.setattr("udsat_geo.cli.questions._is_terminal", lambda _stream: True)
    given = ["init", "policy", "--units", str(tmp_path / "celler.csv"), "--out", str(tmp_path / "a.toml")]
    done = CliRunner().invoke(udsat, [*given, "--language", "en"], input="maybe\n\nn\ny\n")
    assert done.exit_code == 0, done.output
    assert "Outside the labour market (ledige / antal_borgere; high is worse) [y]: maybe" in done.output
    assert "'maybe' is none of: y, -, n" in done.output
    assert "doubtful: it speaks of the same as ledige" in done.output
    policy = load_policy(str(tmp_path / "a.toml")).policy
    assert policy.keys == ("outside_labour_market", "outside_labour_market_2")
    assert "income" not in (tmp_path / "a.toml").read_text()
    unasked = call("--units", tmp_path / "celler.csv", "--out", tmp_path / "b.toml", "--yes")
    assert unasked.exit_code == 0
    assert load_policy(str(tmp_path / "b.toml")).policy.keys == ("outside_labour_market", "income")
    done = CliRunner().invoke(udsat, [*given[:-1], str(tmp_path / "c.toml")], input="y\n")
    assert done.exit_code == 130
    assert not (tmp_path / "c.toml").exists()


def test_hidden_counts_are_proposed_as_intervals(tmp_path: Path) -> None:
    table = cells()
    few = table["ledige"].astype(str)
    few[::7] = "<3"
    few[3::7] = "3-5"
    table["ledige"] = few
    table.to_csv(tmp_path / "town.csv", index=False)
    told = call("--units", tmp_path / "town.csv", "--out", tmp_path / "town.toml", "--language", "en")
    assert told.exit_code == 0, told.output
    rule = load_policy(str(tmp_path / "town.toml")).policy
    assert rule.units.intervals == {"ledige": {"3-5": (3, 5), "<3": (0, 2)}}
    assert [one.numerator for one in rule.criteria if "ledige" in one.numerator] == ["ledige"]
    assert "see whether 0 is among them" in (tmp_path / "town.toml").read_text()
    done = designated(tmp_path / "town.csv", tmp_path / "town.toml", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert "ledige" in done.output


@pytest.mark.parametrize("text", ["<", "5-3", "under 3", "<3 (low)"])
def test_other_texts_are_no_hidden_counts(tmp_path: Path, text: str) -> None:
    table = cells()
    table["ledige"] = table["ledige"].astype(str)
    table.loc[5, "ledige"] = text
    table.to_csv(tmp_path / "town.csv", index=False)
    told = call("--units", tmp_path / "town.csv", "--out", tmp_path / "town.toml", "--language", "en")
    assert told.exit_code == 0, told.output
    assert "intervals" not in (tmp_path / "town.toml").read_text()
