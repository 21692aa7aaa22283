"""`diff`: what changed between two sets of areas."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from udsat_geo.api.frames import layer_as_frame, table_as_frame
from udsat_geo.api.inputs import PathLike, path_of, policy_of
from udsat_geo.api.result import Result

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from udsat_geo.comparison import Comparison
    from udsat_geo.io.layers import Layer
    from udsat_geo.policy import LoadedPolicy
    from udsat_geo.services import LocalCopies


@dataclass(frozen=True, eq=False, repr=False)
class Difference:
    """What changed from one set of areas to another, weighed by the residents they share.

    Attributes
    ----------
    comparison : Comparison
        With all arrays.

    Notes
    -----
    As in `Result`, every frame is made anew when it is asked for.
    """

    comparison: Comparison

    @cached_property
    def summary(self) -> dict[str, Any]:
        """Everything as plain data, as ``udsat diff --json`` prints it."""
        from udsat_geo.io.comparison import comparison_as_data

        return comparison_as_data(self.comparison)

    @property
    def language(self) -> str:
        """Of notes: ``da`` or ``en``."""
        return self.comparison.language

    @property
    def totals(self) -> dict[str, Any]:
        """Residents and units added, removed and kept, and how far the two overlap."""
        return dict(self.summary["totals"])

    @property
    def events(self) -> dict[str, int]:
        """Event -> how many areas it befell."""
        return dict(self.summary["events"])

    @property
    def notes(self) -> list[str]:
        """What is to be said about the comparison."""
        return list(self.comparison.notes)

    @property
    def areas(self) -> gpd.GeoDataFrame:
        """The areas of now, then the removed ones, with what became of each, shape (n_changes, columns).

        The layer ``changes`` with names.
        """
        frame = layer_as_frame(self._layers["changes"], "areas")
        frame.insert(2, "name", [row["name"] for row in self.summary["areas"]])
        return frame

    @property
    def units(self) -> gpd.GeoDataFrame:
        """Units (or addresses) that came in, left or changed area, shape (n_changed, columns)."""
        return layer_as_frame(self._layers["changed_units"], "units")

    @property
    def links(self) -> pd.DataFrame:
        """Every pair of an earlier and a present area that share residents, shape (n_pairs, columns)."""
        return table_as_frame(self._layers["links"].table, "links")

    @cached_property
    def _layers(self) -> dict[str, Layer]:
        from udsat_geo.io.comparison import comparison_layers

        return {layer.name: layer for layer in comparison_layers(self.comparison)}

    def to_file(self, path: PathLike) -> Path:
        """Write a GeoPackage of the layers changes and changed_units and the table links.

        Raises
        ------
        OutputError
            If it cannot be written; what was there stays.
        """
        from udsat_geo.io.comparison import write_comparison

        write_comparison(self.comparison, Path(path))
        return Path(path)

    def __repr__(self) -> str:
        from udsat_geo.api.showing import difference_in_words

        return difference_in_words(self)

    def _repr_html_(self) -> str:
        from udsat_geo.api.showing import difference_as_html

        return difference_as_html(self)


def diff(
    before: Result | PathLike,
    now: Result | PathLike,
    *,
    registers: PathLike | None = None,
    year: int | None = None,
    units: PathLike | None = None,
    policy: str | Path | LoadedPolicy | None = None,
    names: str | tuple[str, str] | None = None,
    allow_overlaps: bool = False,
    language: Literal["da", "en"] | None = None,
    seed: int | None = None,
    progress: Callable[[str], None] | None = None,
) -> Difference:
    """What changed from the areas of one to those of another; the command ``udsat diff`` prints it.

    Parameters
    ----------
    before, now : Result, str or Path
        Designations, or files of polygons; a text may be the address of a service or of a file on the web.
    registers : str or Path, optional
        Weigh by the addresses of these registers, of `year`.
    year : int, optional
        Of the registers; alone, those of ``data/raw`` or of the synthetic Copenhagen.
    units : str or Path, optional
        Weigh by units instead: a designation, or polygons or points with a column ``residents``.
    policy : str, Path or LoadedPolicy, optional
        With `units`: names the columns of the table.
    names : str or (str, str), optional
        The column that tells polygons apart, of both files or of each.
    allow_overlaps : bool
        Where polygons of one file overlap, count a resident in the first by name.
    language : {"da", "en"}, optional
        Of the notes; by default that of `now`, or Danish.
    seed : int, optional
        Of the synthetic city.
    progress : callable, optional

    Returns
    -------
    Difference
        What became of each area and unit, as frames.

    Raises
    ------
    InputError
        If a file is at fault, or nothing can weigh the areas.
    """
    from udsat_geo.comparing import Named, compare_files
    from udsat_geo.synthetic import DEFAULT_SEED

    columns = (names,) if isinstance(names, str) else names or ()
    seed = DEFAULT_SEED if seed is None else seed
    loaded = None if policy is None else policy_of(policy)
    spoken = language or (now.language if isinstance(now, Result) else "da")
    with as_sides({"before": before, "now": now, "units": units}) as sides:
        paths = sides.paths
        weighed_by = Named(path_of(registers), paths.get("units"), year, loaded, seed)
        found = compare_files(paths["before"], paths["now"], weighed_by, columns, allow_overlaps, spoken, progress)
        return Difference(dataclasses.replace(found, notes=(*sides.told(spoken), *found.notes)))


@contextmanager
def as_sides(given: Mapping[str, Result | PathLike | int | None]) -> Iterator[LocalCopies]:
    """Sets of areas as files for as long as the context lasts: results written, addresses fetched, files as named.

    A year stays its number.
    """
    from udsat_geo.services import local_copies

    with ExitStack() as stack:
        named = {
            name: str(stack.enter_context(side.as_geopackage()) if isinstance(side, Result) else side)
            for name, side in given.items()
            if side is not None
        }
        yield stack.enter_context(local_copies(named))
