"""GDAL as pyogrio carries it: the formats that it may open, and its C functions for files and for what is on the web.

The C functions are those that GDAL has promised programs for decades (``cpl_vsi.h``, ``cpl_http.h``); pyogrio, which
brings the library along, has no Python names for them.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from udsat_geo.messages.translate import _

FORMATS = frozenset(
    ("GPKG", "GeoJSON", "GeoJSONSeq", "TopoJSON", "ESRIJSON", "FlatGeobuf", "ESRI Shapefile", "GML", "KML", "LIBKML",
     "GPX", "MapInfo File", "OpenFileGDB")
)  # fmt: skip
"""GDAL's names of the formats that a file may have: each holds features, and none names another place to read."""

_OPTIONS = {
    # none of its own files beside the ones it reads: it writes one for a GeoPackage with metadata, as ours have
    "GDAL_PAM_ENABLED": "NO",
    # the quick way of 3.10 now and then gives texts beyond the end of their buffer, which ends the process
    "OGR_FLATGEOBUF_STREAM_BASE_IMPL": "YES",
    # nothing is read that a file names: no schema, no linked element, no table of another database
    "CPL_VSIL_CURL_ALLOWED_FILENAME": "none",
    "GML_DOWNLOAD_SCHEMA": "NO",
    "GML_SKIP_RESOLVE_ELEMS": "ALL",
    "OGR_SQLITE_STATIC_VIRTUAL_OGR": "NO",
    "OGR_SQLITE_ALLOW_EXTERNAL_ACCESS": "NO",
}
_OPENING = threading.RLock()


@cache
def _all_drivers() -> frozenset[str]:
    import pyogrio

    return frozenset(pyogrio.list_drivers())


@contextmanager
def limited_gdal(*services: str, **options: str) -> Iterator[Any]:
    """The module pyogrio, while GDAL has no drivers but those of `FORMATS` and of services that are named.

    What else runs in this process has all of its drivers back afterwards.

    Parameters
    ----------
    *services : str
        GDAL's names of further drivers.
    **options : str
        GDAL's configuration meanwhile.
    """
    import pyogrio

    with _OPENING:
        others = sorted(_all_drivers() - FORMATS - set(services))
        pyogrio.set_gdal_config_options({**_OPTIONS, **options, "GDAL_SKIP": ",".join(others)})
        pyogrio._ogr._register_drivers()
        try:
            yield pyogrio
        finally:
            pyogrio.set_gdal_config_options(dict.fromkeys([*options, "GDAL_SKIP"]))
            pyogrio._ogr._register_drivers()


class HttpResult(ctypes.Structure):
    """An answer of the web, ``CPLHTTPResult``: curl's status, 0 for done, and the body."""

    _fields_ = (
        ("status", ctypes.c_int),
        ("content_type", ctypes.c_char_p),
        ("error", ctypes.c_char_p),
        ("length", ctypes.c_int),
        ("allocated", ctypes.c_int),
        ("data", ctypes.c_void_p),
        ("headers", ctypes.POINTER(ctypes.c_char_p)),
    )

    def body(self) -> bytes:
        """The body; empty where there is none."""
        return ctypes.string_at(self.data, self.length) if self.data else b""

    def redirections(self) -> list[str]:
        """Where the answers on the way sent on to."""
        return [
            line[9:].decode("utf-8", "replace") for line in _texts(self.headers) if line[:9].lower() == b"location="
        ]


_Texts = ctypes.POINTER(ctypes.c_char_p)
_ASKED = ctypes.CFUNCTYPE(
    ctypes.c_void_p, ctypes.c_char_p, _Texts, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p,
    ctypes.c_void_p,
)  # fmt: skip


@cache
def _functions() -> Any:
    """The C functions of the GDAL that pyogrio is linked to."""
    import pyogrio

    library: str | None = pyogrio._io.__file__
    if os.name == "nt":
        # Windows looks for a function in the very file that is named, and not in those it is linked to
        beside = (Path(pyogrio.__file__).parents[1] / "pyogrio.libs").glob("gdal*.dll")
        library = next(map(str, beside), None) or ctypes.util.find_library("gdal")
    functions = ctypes.CDLL(library)
    pointer, text = ctypes.c_void_p, ctypes.c_char_p
    for name, result, arguments in (
        ("CPLHTTPFetchEx", pointer, (text, _Texts, pointer, pointer, pointer, pointer)),
        ("CPLHTTPDestroyResult", None, (pointer,)),
        ("CPLHTTPPushFetchCallback", ctypes.c_int, (_ASKED, pointer)),
        ("CPLHTTPPopFetchCallback", ctypes.c_int, ()),
        ("CPLPushErrorHandler", None, (pointer,)),
        ("CPLPopErrorHandler", None, ()),
        ("CPLGetLastErrorMsg", text, ()),
        ("CPLErrorReset", None, ()),
        ("VSIFOpenL", pointer, (text, text)),
        ("VSIFReadL", ctypes.c_size_t, (pointer, ctypes.c_size_t, ctypes.c_size_t, pointer)),
        ("VSIFEofL", ctypes.c_int, (pointer,)),
        ("VSIFCloseL", ctypes.c_int, (pointer,)),
        ("VSIReadDirRecursive", _Texts, (text,)),
        ("CSLDestroy", None, (_Texts,)),
    ):
        function = getattr(functions, name)
        function.restype, function.argtypes = result, arguments
    return functions


def fetch(address: bytes, options: list[bytes]) -> int:
    """Ask the web by GDAL's ``CPLHTTPFetchEx``; the result is for `result_at`, and is freed by `free`."""
    with _quiet():
        given = (ctypes.c_char_p * (len(options) + 1))(*options)
        return int(_functions().CPLHTTPFetchEx(address, given, None, None, None, None) or 0)


def result_at(pointer: int) -> HttpResult:
    """What an answer holds."""
    return ctypes.cast(pointer, ctypes.POINTER(HttpResult)).contents


def free(pointer: int) -> None:
    """Give the memory of an answer back."""
    _functions().CPLHTTPDestroyResult(pointer)


_NO_ADDRESS = b"http://["
"""For curl to refuse, without a question to anybody."""


@contextmanager
def answering(ask: Callable[[bytes, list[bytes]], int | None]) -> Iterator[None]:
    """Let every question that GDAL has for the web, in this thread, be answered by a function of ours.

    Parameters
    ----------
    ask : callable
        Given the address and GDAL's options; may `fetch`, and must not raise. None is told to GDAL as a failure.
    """
    functions = _functions()

    def asked(address: bytes, options: Any, *_: object) -> int | None:
        # GDAL asks the web itself as long as no function is there, or where this one gives nothing
        functions.CPLHTTPPopFetchCallback()
        try:
            given = _texts(options)
            if any(option.startswith(b"CLOSE_PERSISTENT") for option in given):
                return fetch(address, given)  # no question: a connection is given back
            return ask(address, given) or fetch(_NO_ADDRESS, [])
        finally:
            functions.CPLHTTPPushFetchCallback(callback, None)

    callback = _ASKED(asked)
    functions.CPLHTTPPushFetchCallback(callback, None)
    try:
        yield
    finally:
        functions.CPLHTTPPopFetchCallback()


def copy_file(path: str, target: Path, most: int) -> int | None:
    """Copy a file that GDAL has a path for, such as one in an archive.

    Returns
    -------
    int or None
        Its bytes; None where there are more than the most that are allowed.

    Raises
    ------
    OSError
        With GDAL's reason.
    """
    functions, piece = _functions(), ctypes.create_string_buffer(1 << 20)
    with _quiet():
        source = functions.VSIFOpenL(path.encode(), b"rb")
        if not source:
            raise OSError(_last_error() or _("no such file"))
        try:
            written = 0
            with target.open("wb") as file:
                while read := functions.VSIFReadL(piece, 1, len(piece), source):
                    written += read
                    if written > most:
                        return None
                    file.write(piece.raw[:read])
            if not functions.VSIFEofL(source) or _last_error():
                raise OSError(_last_error() or _("it breaks off"))
        finally:
            functions.VSIFCloseL(source)
    return written


def files_in(path: str) -> list[str]:
    """The files in a folder or archive that GDAL has a path for, by their paths within it; empty if it has none."""
    functions = _functions()
    with _quiet():
        listed = functions.VSIReadDirRecursive(path.encode())
    names = [name.decode("utf-8", "replace") for name in _texts(listed)]
    functions.CSLDestroy(listed)
    return [name for name in names if not name.endswith("/")]


def _last_error() -> str:
    return str((_functions().CPLGetLastErrorMsg() or b"").decode("utf-8", "replace"))


@contextmanager
def _quiet() -> Iterator[None]:
    """Nothing on standard error, and no earlier error taken for one of now."""
    functions = _functions()
    functions.CPLPushErrorHandler(ctypes.cast(functions.CPLQuietErrorHandler, ctypes.c_void_p))
    functions.CPLErrorReset()
    try:
        yield
    finally:
        functions.CPLPopErrorHandler()


def _texts(listed: Any) -> list[bytes]:
    """A list of texts that ends with none."""
    texts: list[bytes] = []
    while listed and listed[len(texts)] is not None:
        texts.append(listed[len(texts)])
    return texts
