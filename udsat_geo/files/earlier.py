"""Where earlier designations lie: a folder of results, or a database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from udsat_geo.areas.area_set import AreaSet
from udsat_geo.designation.earlier import Earlier, Store
from udsat_geo.files.area_set import read_designation
from udsat_geo.files.postgis import Database
from udsat_geo.files.read import read_summary, read_year
from udsat_geo.sources.features import read_layer

DEFAULT_OUT = Path("data/out")


def store_of(out: Path | Database = DEFAULT_OUT) -> Store:
    """The earlier designations where results go."""
    return DatabaseStore(out) if isinstance(out, Database) else FolderStore(out)


@dataclass(frozen=True)
class FolderStore:
    """GeoPackages in a folder, each with its JSON beside it."""

    folder: Path
    is_database = False

    def path_of(self, year: int) -> Path:
        """Where the designation of a year lies."""
        return self.folder / f"designation_{year}.gpkg"

    def place(self, year: int) -> str:
        """Its path."""
        return str(self.path_of(year))

    def find(self, year: int) -> Earlier | None:
        """The designation of a year; None where there is none."""
        path = self.path_of(year)
        if not path.is_file():
            return None
        wanted = ["unit_id", "area_id", "qualified", "residents"]
        return Earlier(
            read_summary(path),
            lambda places: read_designation(path, places),
            lambda: read_layer(path, "units", columns=wanted, read_geometry=False)[1],
        )

    def read(self, where: str, places: bool) -> AreaSet:
        """A designation that is named by its file, wherever it lies."""
        return read_designation(where, places)


@dataclass(frozen=True)
class DatabaseStore:
    """Schemas ``designation_YEAR`` in a database."""

    database: Database
    is_database = True

    def place(self, year: int) -> str:
        """Its schema."""
        return f"{self.database.shown}?schema=designation_{year}"

    def find(self, year: int) -> Earlier | None:
        """The designation of a year; None where there is none."""
        stored = read_year(self.database, year)
        if stored is None:
            return None
        return Earlier(stored.summary, lambda _places: stored.area_set(), lambda: stored.layers["units"].table)

    def read(self, where: str, places: bool) -> AreaSet:
        """A designation that is named by its file, wherever it lies."""
        return read_designation(where, places)
