"""Where the results of a designation go: files in a folder, or a schema of a database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from udsat_geo.designation import Designation
from udsat_geo.errors import InputError, Problem
from udsat_geo.io.database import Database, database_of, is_database
from udsat_geo.io.postgis import check_database, write_database
from udsat_geo.io.results import Account, check_formats, check_writable, write_results
from udsat_geo.io.stored import stored_from
from udsat_geo.io.summary import as_json

DEFAULT_FORMATS = "gpkg,tif"


class Destination(Protocol):
    """A place for results."""

    @property
    def earlier(self) -> Path | Database:
        """Where earlier designations are looked for."""

    def check(self, year: int) -> None:
        """Find out before the work whether the results of a year can be written there.

        Raises
        ------
        OutputError
        """

    def write(self, designation: Designation) -> tuple[list[str], str]:
        """Write the results, all or none.

        Returns
        -------
        places : list of str
            What was written, for a reader.
        summary : str
            As JSON.

        Raises
        ------
        OutputError
            If they cannot be written; nothing has changed then.
        """


@dataclass(frozen=True)
class Folder:
    """Files in a folder."""

    folder: Path
    formats: tuple[str, ...]
    account: Account | None = None

    @property
    def earlier(self) -> Path:
        """See `Destination`."""
        return self.folder

    def check(self, year: int) -> None:
        """See `Destination`."""
        check_writable(self.folder)

    def write(self, designation: Designation) -> tuple[list[str], str]:
        """See `Destination`."""
        if "crate" in self.formats and self.account is None:
            what = "tells how a designation was asked for, and nothing says that here"
            raise InputError(Problem("--format crate", what, "Ask for it with the command designate."))
        files = write_results(designation, self.folder, self.formats, self.account)
        return [str(file) for file in files], files[-1].read_text(encoding="utf-8")


@dataclass(frozen=True)
class Schema:
    """A schema of a PostGIS database."""

    database: Database

    @property
    def earlier(self) -> Database:
        """See `Destination`."""
        return self.database

    def check(self, year: int) -> None:
        """See `Destination`."""
        check_database(self.database, year)

    def write(self, designation: Designation) -> tuple[list[str], str]:
        """See `Destination`."""
        stored = stored_from(designation)
        return [write_database(stored, self.database)], as_json(stored.summary)


def destination_of(out: Path | str, formats: str | None = None) -> Destination:
    """Where results go.

    Parameters
    ----------
    out : Path or str
        A folder, or the address of a database.
    formats : str, optional
        Of the files, separated by commas; GeoPackage and GeoTIFF unless told otherwise.

    Raises
    ------
    InputError
        If a format or the address is wrong, a library is not installed, or formats are given for a database.
    """
    if not is_database(out):
        return Folder(Path(out), check_formats(DEFAULT_FORMATS if formats is None else formats))
    if formats is not None:
        what = "is of files, and --out names a database, which gets all layers as tables"
        raise InputError(Problem("--format", what, "Leave it out, or name a folder."))
    return Schema(database_of(str(out)))
