"""Tables of registers in whatever kind of file they come: told by content, found in any letter case."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely

from small_registers import make_registers
from udsat_geo.messages.errors import InputError
from udsat_geo.registers.addressed import residents_by_address
from udsat_geo.registers.folders import has_registers
from udsat_geo.sources.kinds import parquet_parts, table_kind

MADE = make_registers(5)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    MADE.write(tmp_path)
    return tmp_path


def counted(folder: Path) -> dict[str, int]:
    """Residents by address."""
    found = residents_by_address(folder)
    return dict(zip(found.address_id, found.residents.tolist(), strict=True))


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    folder = tmp_path_factory.mktemp("usual")
    MADE.write(folder)
    return counted(folder)


def as_csv(folder: Path) -> None:
    (folder / "residents.parquet").unlink()
    pyarrow.csv.write_csv(MADE.residents, folder / "Residents.CSV")


def as_tabbed_text(folder: Path) -> None:
    (folder / "dwellings.parquet").unlink()
    options = pyarrow.csv.WriteOptions(delimiter="\t")
    pyarrow.csv.write_csv(MADE.dwellings, folder / "DWELLINGS.TXT", write_options=options)


def as_parquet_of_another_name(folder: Path) -> None:
    (folder / "residents.parquet").rename(folder / "borgere.dat")
    (folder / "registers.toml").write_text('[residents]\nfile = "Borgere.DAT"\n')


def as_parts(folder: Path) -> None:
    (folder / "residents.parquet").unlink()
    (folder / "residents").mkdir()
    (folder / "residents" / "_SUCCESS").touch()
    half = MADE.residents.num_rows // 2
    pq.write_table(MADE.residents.slice(0, half), folder / "residents" / "part-0.parquet")
    rest = MADE.residents.slice(half).select(MADE.residents.column_names[::-1])
    pq.write_table(rest, folder / "residents" / "part-1.parquet")


def as_partitions(folder: Path) -> None:
    (folder / "residents.parquet").unlink()
    pq.write_to_dataset(MADE.residents, folder / "residents.parquet" / "year=2025", partition_cols=["origin"])


def as_padded_keys(folder: Path) -> None:
    rows = MADE.residents.to_pydict()
    rows["dwelling_id"] = [(key or "").ljust(12) for key in rows["dwelling_id"]]
    rows["origin"] = [(code or "").ljust(9) for code in rows["origin"]]
    pq.write_table(pa.table(rows), folder / "residents.parquet")


def as_bytes(folder: Path) -> None:
    rows = MADE.dwellings
    keys = [None if key is None else key.encode() for key in rows["dwelling_id"].to_pylist()]
    place = rows.column_names.index("dwelling_id")
    pq.write_table(rows.set_column(place, "dwelling_id", pa.array(keys, pa.binary())), folder / "dwellings.parquet")


def as_database(folder: Path) -> None:
    for name in ("residents", "dwellings"):
        (folder / f"{name}.parquet").unlink()
        table = getattr(MADE, name)
        pyogrio.write_dataframe(table.to_pandas(), folder / f"{name}.GPKG", layer=name, driver="GPKG")


def as_points(folder: Path) -> None:
    rows = MADE.addresses.to_pandas()
    rows["geometry"] = [
        None if np.isnan(x) or np.isnan(y) else shapely.Point(x, y)
        for x, y in zip(rows["easting"], rows["northing"], strict=True)
    ]
    import geopandas as gpd

    (folder / "addresses.parquet").unlink()
    layer = gpd.GeoDataFrame(rows[["address_id", "geometry"]], geometry="geometry", crs="EPSG:25832")
    layer.to_file(folder / "Adresser.json", driver="GeoJSON")
    (folder / "registers.toml").write_text('[addresses]\nfile = "adresser.json"\n')


@pytest.mark.parametrize(
    "change",
    [
        as_csv,
        as_tabbed_text,
        as_parquet_of_another_name,
        as_parts,
        as_partitions,
        as_padded_keys,
        as_bytes,
        as_database,
        as_points,
    ],
)
def test_each_kind_of_table_counts_the_same_residents(
    change: Callable[[Path], None], folder: Path, expected: dict[str, int]
) -> None:
    change(folder)
    assert counted(folder) == expected
    assert has_registers(folder)


def test_keys_as_decimals_are_whole_numbers(folder: Path, expected: dict[str, int]) -> None:
    for name, kind in (("residents", pa.decimal128(21, 2)), ("dwellings", pa.int64())):
        rows = getattr(MADE, name)
        keys = pa.array([None if key is None else int(key[1:]) for key in rows["dwelling_id"].to_pylist()])
        place = rows.column_names.index("dwelling_id")
        pq.write_table(rows.set_column(place, "dwelling_id", keys.cast(kind)), folder / f"{name}.parquet")
    assert counted(folder) == expected


def refused(folder: Path) -> str:
    with pytest.raises(InputError) as error:
        residents_by_address(folder)
    return str(error.value)


@pytest.mark.long
def test_a_table_of_several_years_is_refused(folder: Path) -> None:
    (folder / "residents.parquet").unlink()
    for year in (2020, 2021):
        part = folder / "residents" / f"AAR={year}" / "part-0.parquet"
        part.parent.mkdir(parents=True)
        pq.write_table(MADE.residents, part)
    told = refused(folder)
    assert "residents: holds several of AAR: 2020, 2021. Name one part of it, as in residents/AAR=2021." in told
    (folder / "registers.toml").write_text('[residents]\nfile = "residents/AAR=2021"\n')
    residents_by_address(folder)


def test_parts_must_be_parquet_with_the_same_columns(folder: Path) -> None:
    (folder / "residents.parquet").unlink()
    (folder / "residents").mkdir()
    pq.write_table(MADE.residents, folder / "residents" / "part-0.parquet")
    pq.write_table(MADE.residents.drop_columns("origin"), folder / "residents" / "part-1.parquet")
    told = "residents: cannot be read: its parts have different columns (residents/part-1.parquet and "
    assert f"{told}residents/part-0.parquet: origin)" in refused(folder)
    (folder / "residents" / "part-1.parquet").write_text("age\n1\n")
    assert "residents/part-1.parquet: is no Parquet file" in refused(folder)


@pytest.mark.long
def test_columns_that_differ_in_letter_case_alone_are_refused(folder: Path) -> None:
    rows = MADE.residents
    pq.write_table(rows.append_column("Age", rows["age"]), folder / "residents.parquet")
    assert "residents.parquet: column names stand twice: age, Age" in refused(folder)
    (folder / "residents.parquet").unlink()
    pyarrow.csv.write_csv(rows.append_column("Age", rows["age"]), folder / "residents.csv")
    assert "residents.csv: column names stand twice: age, Age" in refused(folder)
    pyarrow.csv.write_csv(
        rows.append_column("note", rows["age"]).append_column("NOTE", rows["age"]), folder / "residents.csv"
    )
    residents_by_address(folder)


def test_two_files_of_a_table_are_refused_whatever_their_letter_case(folder: Path) -> None:
    shutil.copy(folder / "residents.parquet", folder / "RESIDENTS.Parquet")
    assert "more than one table of residents: RESIDENTS.Parquet, residents.parquet" in refused(folder)


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        (b"PK\x03\x04" + bytes(40), "residents.csv", "residents.csv: is a workbook or an archive, and no table"),
        (b"\x7fELF" + bytes(40), "residents.csv", "residents.csv: is no table of a kind that is known"),
        (b"a;b\n1;2\n", "residents.parquet", "residents.parquet: is called .parquet, but is text. Name it .csv"),
        (b"<html><body>404", "residents.csv", "residents.csv: cannot be read: it is no vector file"),
    ],
)
def test_what_is_no_table_is_told_as_what_it_is(content: bytes, name: str, told: str, folder: Path) -> None:
    (folder / "residents.parquet").unlink()
    (folder / name).write_bytes(content)
    assert told in refused(folder)


@pytest.mark.parametrize(
    ("change", "example", "what"),
    [
        (lambda key: f"0{key[1:]}", "'01', which is '1' there", "zeros in front"),
        (lambda key: f"{key}.0", "'D1.0', which is 'D1' there", "decimals that are zero"),
        (str.lower, "'d1', which is 'D1' there", "letter case"),
        (lambda key: f"{key[0]} {key[1:]}", "'D 1', which is 'D1' there", "spaces"),
    ],
)
def test_keys_written_in_two_ways_are_shown_side_by_side(
    change: Callable[[str], str], example: str, what: str, folder: Path
) -> None:
    plain = change("D1")[0] == "0"
    homes = {"dwelling_id": ["1" if plain else "D1", "D2"], "address_id": ["A1", "A1"], "area_m2": [60.0, 60.0]}
    pq.write_table(pa.table(homes), folder / "dwellings.parquet")
    rows = MADE.residents.slice(0, 3).to_pydict()
    rows["dwelling_id"] = [change("D1"), "D2", None]
    pq.write_table(pa.table(rows), folder / "residents.parquet")
    told = refused(folder)
    assert f"keys that no row of dwellings has (1 row), for example {example}" in told
    assert f"1 of them differ from a key there only in {what}" in told


def test_keys_that_are_nowhere_are_told_without_advice_on_how_they_are_written(folder: Path) -> None:
    rows = MADE.residents.slice(0, 1).to_pydict()
    rows["dwelling_id"] = ["nowhere"]
    pq.write_table(pa.table(rows), folder / "residents.parquet")
    assert "Add the missing dwellings, or leave the cell empty." in refused(folder)


def test_a_table_of_sas_names_the_extra_that_reads_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "residents.parquet").unlink()
    (folder / "residents.xpt").write_bytes(b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!" + b"0" * 100)
    assert table_kind(folder / "residents.xpt") == "sas"
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "pyreadstat" else found(name))
    told = refused(folder)
    assert (
        'residents.xpt: needs pyreadstat, which is not installed. Install it with: pip install "udsat_geo[sas]"' in told
    )


@pytest.mark.long
def test_a_table_of_sas_counts_the_same_residents(folder: Path, expected: dict[str, int]) -> None:
    pyreadstat = pytest.importorskip("pyreadstat")
    (folder / "residents.parquet").unlink()
    short = {"labour_status": "labour", "disposable_income": "income", "dwelling_id": "DWELLING", "education": "educ"}
    frame = MADE.residents.to_pandas().rename(columns=short)
    pyreadstat.write_xport(frame, str(folder / "residents.xpt"), file_format_version=5)
    columns = "\n".join(f'{ours} = "{theirs}"' for ours, theirs in short.items())
    (folder / "registers.toml").write_text(f"[residents.columns]\n{columns}\n")
    assert counted(folder) == expected
    (folder / "residents.xpt").write_bytes((folder / "residents.xpt").read_bytes()[:300])
    assert "residents.xpt: cannot be read" in refused(folder)


def test_a_file_is_its_own_only_part(folder: Path) -> None:
    assert parquet_parts(folder / "residents.parquet") == (folder / "residents.parquet",)
