"""A real WFS on loopback: QGIS Server, kept running by FastCGI behind a small HTTP server.

Source of the protocol between the two: the FastCGI specification 1.0.
"""

from __future__ import annotations

import functools
import http.server
import os
import socket
import struct
import subprocess
import threading
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

_BEGIN, _END, _PARAMETERS, _INPUT, _OUTPUT = 1, 3, 4, 5, 6


@functools.cache
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
    with _program({**environment, "QGIS_PROJECT_FILE": str(project), "QGIS_SERVER_LOG_LEVEL": "2"}) as place:
        one_at_a_time = threading.Lock()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked = {
                    "REQUEST_METHOD": "GET",
                    "QUERY_STRING": self.path.partition("?")[2],
                    "REQUEST_URI": self.path,
                    "SCRIPT_NAME": "/ows",
                    "SERVER_NAME": "127.0.0.1",
                    "SERVER_PORT": str(self.server.server_address[1]),
                    "SERVER_PROTOCOL": "HTTP/1.1",
                }
                with one_at_a_time:
                    answer = _answer(place, asked)
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


@contextmanager
def _program(environment: dict[str, str]) -> Iterator[tuple[str, int]]:
    """QGIS Server, listening at a place of loopback."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        place: tuple[str, int] = listening.getsockname()
        program = subprocess.Popen(
            [PROGRAM],
            stdin=listening.fileno(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
    try:
        yield place
    finally:
        program.terminate()
        try:
            program.wait(10)
        except subprocess.TimeoutExpired:
            program.kill()
            program.wait(10)


def _answer(place: tuple[str, int], asked: dict[str, str]) -> bytes:
    """What the program writes for a request."""
    parameters = b""
    for name, value in asked.items():
        for text in (name.encode(), value.encode()):
            parameters += struct.pack(">I", len(text) | 0x80000000)
        parameters += name.encode() + value.encode()
    request = _record(_BEGIN, struct.pack(">HB5x", 1, 0)) + _record(_PARAMETERS, parameters)
    request += _record(_PARAMETERS, b"") + _record(_INPUT, b"")
    written = b""
    with socket.create_connection(place, timeout=60) as connection, connection.makefile("rb") as stream:
        connection.sendall(request)
        while True:
            _, kind, _, length, padding, _ = struct.unpack(">BBHHBB", stream.read(8))
            content = stream.read(length)
            stream.read(padding)
            if kind == _OUTPUT:
                written += content
            if kind == _END:
                return written


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack(">BBHHBB", 1, kind, 1, len(content), 0, 0) + content


def _environment(folder: Path) -> dict[str, str]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": str(folder), "HOME": str(folder)}
    for name in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"):
        environment.pop(name, None)
    return environment
