"""Tables that SAS wrote: as other readers read them, in however many parts."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from udsat_geo.policy.load import check_policy
from udsat_geo.registers.addressed import residents_by_address
from udsat_geo.registers.unit_rows import sum_unit_rows
from udsat_geo.sources import sas
from udsat_geo.sources.features import read_features
from udsat_geo.sources.kinds import table_kind

pyreadstat = pytest.importorskip("pyreadstat")
DATA = Path(__file__).parents[1] / "data"
NAMES = ("dates", "sample_bincompressed")


def unpacked(name: str, folder: Path) -> Path:
    """One of the files that SAS wrote."""
    path = folder / f"{name}.sas7bdat"
    path.write_bytes(gzip.decompress((DATA / f"{name}.sas7bdat.gz").read_bytes()))
    return path


@pytest.mark.parametrize("name", NAMES)
def test_a_table_of_sas_is_read_as_pyreadstat_and_pandas_read_it(name: str, tmp_path: Path) -> None:
    path = unpacked(name, tmp_path)
    assert table_kind(path) == "sas"
    read = read_features(path).attributes
    theirs, about = pyreadstat.read_sas7bdat(str(path))
    assert read.num_rows == about.number_rows
    assert read.to_pydict() == pa.Table.from_pandas(theirs, preserve_index=False).to_pydict()
    others = pd.read_sas(path, encoding="utf-8")
    assert list(others) == read.column_names
    for column in others.select_dtypes("number"):
        if pa.types.is_floating(read.schema.field(column).type):
            assert (
                read[column].to_pylist() == others[column].astype(object).where(others[column].notna(), None).tolist()
            )


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("rows", [1, 2, 5, 7, 50])
def test_parts_give_the_table_that_is_read_whole(
    name: str, rows: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = unpacked(name, tmp_path)
    whole = sas.read_sas(path)
    lengths: list[int] = []
    read = pyreadstat.read_sas7bdat

    def counting(*given: Any, **named: Any) -> Any:
        frame, about = read(*given, **named)
        lengths.append(len(frame))
        return frame, about

    monkeypatch.setattr(pyreadstat, "read_sas7bdat", counting)
    monkeypatch.setattr(sas, "_ROWS_AT_A_TIME", rows)
    parts = sas.read_sas(path)
    assert max(lengths) <= rows
    assert sum(lengths) == whole.num_rows
    assert parts.schema == whole.schema
    assert parts.equals(whole)


def test_units_of_a_table_that_sas_wrote_have_its_sums(tmp_path: Path) -> None:
    path = unpacked("sample_bincompressed", tmp_path)
    criterion = {"key": "a", "register": "units", "numerator": "mynum", "denominator": "myord", "worse": "high"}
    content = {
        "id": "own",
        "years": [2000, 2100],
        "units": {"kind": "zones", "id": "mychar", "residents": "mylabl"},
        "criteria": [criterion],
        "rule": {"core": 1.0},
    }
    sums = sum_unit_rows(read_features(path).attributes, path.name, check_policy(content, "own.toml"))
    theirs, _about = pyreadstat.read_sas7bdat(str(path))
    assert sums.residents.tolist() == theirs["mylabl"].fillna(0).tolist()
    wanted = theirs["mynum"].where(theirs["myord"].notna()).fillna(0)
    assert (sums.numerator[:, 0] / sums.numerator_unit[0]).tolist() == pytest.approx(wanted.tolist())


@pytest.mark.long
def test_registers_may_come_from_sas(tmp_path: Path) -> None:
    # the file is of letters and numbers, which serve as keys, ages and codes as well as any
    theirs, _about = pyreadstat.read_sas7bdat(str(unpacked("sample_bincompressed", tmp_path)))
    (tmp_path / "sample_bincompressed.sas7bdat").rename(tmp_path / "residents.sas7bdat")
    known = theirs["mychar"].replace("", None).dropna().tolist()
    codes = {"labour_status": "employed", "education": "basic", "origin": "danish"}
    settings = ["[residents.columns]", 'dwelling_id = "mychar"', 'age = "myord"', 'disposable_income = "mynum"']
    settings += [f'{column} = "mylabl"' for column in codes]
    settings += [f'[residents.values.{column}]\n1 = "{code}"\n2 = "{code}"' for column, code in codes.items()]
    (tmp_path / "registers.toml").write_text("\n".join(settings), encoding="utf-8")
    dwellings = "".join(f"{key},1,50\n" for key in known)
    (tmp_path / "dwellings.csv").write_text(f"dwelling_id,address_id,area_m2\n{dwellings}", encoding="utf-8")
    (tmp_path / "addresses.csv").write_text("address_id,easting,northing\n1,720000,6175000\n", encoding="utf-8")
    found = residents_by_address(tmp_path)
    assert found.residents.tolist() == [len(known)]
    assert found.counts["residents_without_dwelling"] == len(theirs) - len(known)
