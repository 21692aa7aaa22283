"""The GeoPackage and the raster in a real QGIS, where one is installed (Debian's ``python3-qgis``)."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from edge_registers import write_edge_registers
from udsat_geo.designation import Inputs, designate
from udsat_geo.io.results import write_results
from udsat_geo.policy import load_policy

# PyQGIS belongs to the system's own Python
PYTHON = "/usr/bin/python3"

LOOK = """
import json, sys
from qgis.core import QgsApplication, QgsRasterLayer, QgsVectorLayer
application = QgsApplication([], False)
application.initQgis()
found = {}
for name in ("areas", "units", "changes", "status"):
    layer = QgsVectorLayer(f"{sys.argv[1]}|layername={name}", name, "ogr")
    found[name] = [layer.isValid(), layer.featureCount(), layer.crs().authid(), layer.extent().width()]
raster = QgsRasterLayer(sys.argv[2], "raster")
found["raster"] = [raster.isValid(), raster.bandCount()]
print("found:" + json.dumps(found))
application.exitQgis()
"""


def has_pyqgis() -> bool:
    if not Path(PYTHON).exists():
        return False
    return subprocess.run([PYTHON, "-c", "import qgis.core"], capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not has_pyqgis(), reason="QGIS and its Python (python3-qgis) are not installed")
def test_qgis_opens_every_layer_without_a_warning(tmp_path: Path) -> None:
    write_edge_registers(tmp_path / "registers")
    made = designate(2021, load_policy("kbh-2017"), Inputs(tmp_path / "registers", None, "registers"))
    package, raster, _ = write_results(made, tmp_path / "out", ("gpkg", "tif"))
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": str(tmp_path)}
    for name in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"):
        environment.pop(name, None)
    done = subprocess.run(
        [PYTHON, "-c", LOOK, str(package), str(raster)],
        capture_output=True,
        text=True,
        env=environment,
        timeout=120,
        check=False,
    )
    line = next((line for line in done.stdout.splitlines() if line.startswith("found:")), None)
    assert line is not None, done.stderr
    found = json.loads(line.removeprefix("found:"))
    assert found["areas"][:3] == [True, len(made.areas), "EPSG:25832"]
    assert found["units"][:3] == [True, len(made.units), "EPSG:25832"]
    assert found["units"][3] > 0
    assert found["changes"][:2] == [True, 0]
    assert found["status"][:2] == [True, 5]
    assert found["raster"] == [True, 7]
    assert "GeoPackage" not in done.stderr
