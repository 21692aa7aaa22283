"""A real WFS on loopback: QGIS Server, run once for each request behind a small HTTP server."""

from __future__ import annotations

import http.server
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from loopback import running

PROGRAM = Path("/usr/lib/cgi-bin/qgis_mapserv.fcgi")
# PyQGIS belongs to the system's own Python
PYTHON = "/usr/bin/python3"

PROJECT = """
import sys
from qgis.core import QgsApplication, QgsCoordinateReferenceSystem, QgsProject, QgsVectorLayer
application = QgsApplication([], False)
application.initQgis()
project = QgsProject.instance()
project.setCrs(QgsCoordinateReferenceSystem("EPSG:25832"))
served = []
for told in sys.argv[2:]:
    name, _, path = told.partition("=")
    layer = QgsVectorLayer(path, name, "ogr")
    if not layer.isValid():
        sys.exit(f"no layer in {path}")
    project.addMapLayer(layer)
    served.append(layer.id())
project.writeEntry("WFSLayers", "/", served)
for layer in served:
    project.writeEntry("WFSLayersPrecision", "/" + layer, 9)
if not project.write(sys.argv[1]):
    sys.exit("the project was not written")
application.exitQgis()
"""


def why_not() -> str | None:
    """Why there is no such server here; None if there is one."""
    if not PROGRAM.exists():
        return "QGIS Server (qgis-server) is not installed"
    found = subprocess.run([PYTHON, "-c", "import qgis.core"], capture_output=True, check=False, timeout=60)
    return None if found.returncode == 0 else "PyQGIS (python3-qgis) is not installed"


@contextmanager
def served(layers: dict[str, Path], folder: Path) -> Iterator[str]:
    """The address of a WFS over files, by layer name; the server is gone afterwards."""
    environment = _environment(folder)
    project = folder / "project.qgs"
    told = [f"{name}={path}" for name, path in layers.items()]
    subprocess.run(
        [PYTHON, "-c", PROJECT, str(project), *told], env=environment, check=True, capture_output=True, timeout=120
    )
    environment |= {"QGIS_PROJECT_FILE": str(project), "QGIS_SERVER_LOG_LEVEL": "2"}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            _, _, query = self.path.partition("?")
            asked = environment | {
                "REQUEST_METHOD": "GET",
                "QUERY_STRING": query,
                "REQUEST_URI": self.path,
                "SCRIPT_NAME": "/ows",
                "SERVER_NAME": "127.0.0.1",
                "SERVER_PORT": str(self.server.server_address[1]),
                "SERVER_PROTOCOL": "HTTP/1.1",
            }
            # a process of its own for each request: QGIS Server keeps no lock on the files it reads between them
            answer = subprocess.run([PROGRAM], env=asked, capture_output=True, check=False, timeout=60).stdout
            ends = min(answer.find(end) + len(end) for end in (b"\r\n\r\n", b"\n\n") if end in answer)
            head = dict(line.split(": ", 1) for line in answer[:ends].decode().splitlines() if ": " in line)
            self.send_response(int(head.get("Status", "200").split()[0]))
            self.send_header("Content-Type", head.get("Content-Type", "text/xml"))
            self.send_header("Content-Length", str(len(answer) - ends))
            self.end_headers()
            self.wfile.write(answer[ends:])

        def log_message(self, *_: object) -> None:
            pass

    with running(Handler) as address:
        yield f"{address}/ows"


def _environment(folder: Path) -> dict[str, str]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": str(folder), "HOME": str(folder)}
    for name in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"):
        environment.pop(name, None)
    return environment
