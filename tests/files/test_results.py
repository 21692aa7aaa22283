"""What result files say of themselves, and where they can be written."""

from __future__ import annotations

import json
from pathlib import Path

import pyogrio
import pytest

from small_registers import make_registers
from udsat_geo.designation.designation import Designation, Inputs, designate
from udsat_geo.files.read import read_layers
from udsat_geo.files.write import write_results
from udsat_geo.messages.errors import InputError
from udsat_geo.policy.load import load_policy

pytestmark = pytest.mark.long  # whole jobs


def made(folder: Path, source: str = "registers") -> Designation:
    make_registers(1).write(folder)
    return designate(2021, load_policy("kbh-2017"), Inputs(folder, None, source))


@pytest.mark.parametrize("source", ["registers", "synthetic"])
def test_every_output_is_stamped_with_its_source(tmp_path: Path, source: str) -> None:
    import rasterio

    designation = made(tmp_path / "raw", source)
    geopackage, raster, summary = write_results(designation, tmp_path / "out", ("gpkg", "tif"))
    metadata = pyogrio.read_info(geopackage, layer="areas")["dataset_metadata"]
    # what GDAL does not know, the ISO 19115 document, it numbers
    stamp = {key: value for key, value in metadata.items() if not key.startswith("GPKG_METADATA_ITEM_")}
    assert stamp == {
        "source": source,
        "audience": "internal",
        "run": json.loads(summary.read_text(encoding="utf-8"))["run"],
        "year": "2021",
        "policy": "kbh-2017",
        "policy_sha256": designation.policy.sha256,
    }
    with rasterio.open(raster) as opened:
        assert opened.tags()["source"] == source
    assert json.loads(summary.read_text(encoding="utf-8"))["source"] == source


def test_files_of_two_runs_are_told_apart(tmp_path: Path) -> None:
    designation = made(tmp_path / "raw")
    geopackage, summary = write_results(designation, tmp_path / "out", ("gpkg",))
    read_layers(geopackage)
    content = json.loads(summary.read_text(encoding="utf-8"))
    summary.write_text(json.dumps(content | {"run": "0" * 16}), encoding="utf-8")
    with pytest.raises(InputError, match="is of another run"):
        read_layers(geopackage)


@pytest.mark.parametrize("name", ["out#1", "out?x", "100%20", "it's", "a b", "øl"])
def test_the_output_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    files = write_results(made(tmp_path / "raw"), tmp_path / name, ("gpkg", "tif"))
    assert sorted(path.name for path in (tmp_path / name).iterdir()) == sorted(path.name for path in files)
