"""A designation as a run: what was asked for, what went in, what came out, and what did it.

Plain data: `udsat_geo.crate.write` makes a Research Object Crate of runs, `udsat_geo.crate.read` reads them back.
"""

from __future__ import annotations

from dataclasses import dataclass

NAME = "ro-crate-metadata.json"
"""What RO-Crate calls the file; so there is one in a folder, which lists every run whose results lie there."""

TOOL = "udsat_geo"

REGISTERS = ("residents", "dwellings", "addresses", "settings")
AROUND = ("barriers", "crossings", "places", "parcels", "overrides")
NAMED = ("units", *AROUND)
"""What options name by themselves."""

STORED = ("designation", "summary")
WHAT = (*REGISTERS, "units", *AROUND, *STORED, "policy", "base")
"""What an input may hold; ``base`` is a policy that the policy is laid over."""

OPTIONS = (
    "--year", "--policy", "--reference", "--raw", "--units", "--barriers", "--crossings", "--places", "--parcels",
    "--overrides", "--previous", "--format", "--lang", "--seed", "--agent", "--license",
)  # fmt: skip
"""Options that a run may tell, in their order. How many threads ran and what was printed change no result."""

MEDIA_TYPES = {
    ".gpkg": "application/geopackage+sqlite3",
    ".tif": "image/tiff;application=geotiff;profile=cloud-optimized",
    ".xml": "application/xml",
    ".parquet": "application/vnd.apache.parquet",
    ".geoparquet": "application/vnd.apache.parquet",
    ".geojson": "application/geo+json",
    ".json": "application/json",
    ".fgb": "application/flatgeobuf",
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".shp": "application/vnd.shp",
    ".toml": "application/toml",
    ".zip": "application/zip",
}
"""Suffix -> media type, as registered with IANA or asked for by the format's own specification."""

OTHER_TYPE = "application/octet-stream"


@dataclass(frozen=True)
class Input:
    """Something that a run read. It is no part of the crate.

    Attributes
    ----------
    year : int
        Of the designation that it belongs to: the run's, or an earlier one that the run made again.
    what : str
        One of `WHAT`.
    name : str
        Of the file; of what was fetched, its address without credentials; of a built-in policy, its name.
    sha256 : str
    rows, size : int or None
        Features or rows, and bytes, where they are known.
    path : str or None
        Where it lay below the folder in which the run was started, with forward slashes; None elsewhere.
    fetched : bool
        Whether it came from a service, the web or an archive, and is no file.
    """

    year: int
    what: str
    name: str
    sha256: str
    rows: int | None = None
    size: int | None = None
    path: str | None = None
    fetched: bool = False


@dataclass(frozen=True)
class Output:
    """A file that a run wrote.

    Attributes
    ----------
    name : str
    sha256 : str
    size : int
        Bytes.
    """

    name: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Run:
    """One designation.

    Attributes
    ----------
    year : int
    source : str
        ``registers``, ``unit_table`` or ``synthetic``.
    version : str
        Of this product.
    platform : str
        System and processor, as in ``Linux x86_64``.
    libraries : tuple of (str, str)
        Name and version of everything that results may depend on.
    options : tuple of (str, str)
        Of `OPTIONS`, in their order, as they were given or as they are by default.
    inputs : tuple of Input
    outputs : tuple of Output
    notes : tuple of str
        What was found out on the way to the inputs, as when a service was asked twice; it stands in the results.
    ended : str or None
        ISO 8601; only where ``SOURCE_DATE_EPOCH`` said it, since results have no other time than their year.
    """

    year: int
    source: str
    version: str
    platform: str
    libraries: tuple[tuple[str, str], ...]
    options: tuple[tuple[str, str], ...]
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    notes: tuple[str, ...] = ()
    ended: str | None = None

    def option(self, name: str) -> str | None:
        """The value of an option that is given once; None if it is not told."""
        return next((value for option, value in self.options if option == name), None)


def media_type(name: str) -> str:
    """The media type of a file, by the end of its name."""
    lower = name.lower().partition("|")[0]
    return next((kind for suffix, kind in MEDIA_TYPES.items() if lower.endswith(suffix)), OTHER_TYPE)
