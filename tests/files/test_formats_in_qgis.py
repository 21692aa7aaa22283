"""FlatGeobuf, GeoJSON and the raster of classes in a real QGIS, where one is installed."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from test_qgis import PYTHON, has_module  # noqa: F401 - asked in the condition below

from two_years import designated, write_town
from udsat_geo.files.write import write_results

LOOK = """
import json, sys
from qgis.core import QgsApplication, QgsRasterLayer, QgsVectorLayer
application = QgsApplication([], False)
application.initQgis()
found = {}
for path in sys.argv[2:]:
    layer = QgsVectorLayer(path, "layer", "ogr")
    name = path.rpartition("designation_2021_")[2]
    aliases = [field.alias() for field in layer.fields()]
    found[name] = [layer.isValid(), layer.featureCount(), layer.crs().authid(), layer.isSpatial(), aliases]
raster = QgsRasterLayer(sys.argv[1], "areas")
found["classes"] = [raster.renderer().type(), [[part.value, part.label] for part in raster.renderer().classes()]]
print("found:" + json.dumps(found), flush=True)
application.exitQgis()
"""


@pytest.mark.long
@pytest.mark.skipif("not has_module('qgis.core')", reason="QGIS and its Python (python3-qgis) are not installed")
def test_qgis_opens_them_with_titles_and_names(tmp_path: Path) -> None:
    write_town(tmp_path)
    made = designated(tmp_path, tmp_path / "town.toml", 2021)
    files = write_results(made, tmp_path / "out", ("areas-tif", "fgb", "geojson"))
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": str(tmp_path)}
    for name in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"):
        environment.pop(name, None)
    vectors = [str(path) for path in files if path.suffix in (".fgb", ".geojson")]
    command = [PYTHON, "-c", LOOK, str(files[0]), *vectors]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, check=False)
    line = next((line for line in done.stdout.splitlines() if line.startswith("found:")), None)
    assert line is not None, done.stderr
    found = json.loads(line.removeprefix("found:"))
    kind, classes = found.pop("classes")
    assert kind == "paletted"
    named = dict(classes)
    for number, (area, name) in enumerate(zip(made.area_id, made.name, strict=True), start=1):
        assert named[number] == f"{area} {name}"
    assert len(found) == 12
    assert all(valid for valid, *_ in found.values())
    assert found["units.fgb"][1:4] == [len(made.units), "EPSG:25832", True]
    assert found["units.geojson"][1:4] == [len(made.units), "EPSG:4326", True]
    assert found["status.fgb"][3] is False
    assert "Composite" in found["areas.fgb"][4]
