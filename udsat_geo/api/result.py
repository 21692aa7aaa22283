"""A designation in Python's hands: made or read back, the same class."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from udsat_geo.api.frames import PathLike, layer_as_frame, policy_of, table_as_frame
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.report.explorer import FIRST_PORT

if TYPE_CHECKING:
    import folium
    import geopandas as gpd
    import pandas as pd
    import pyarrow as pa
    from matplotlib.axes import Axes

    from udsat_geo.api.explorer import Explorer
    from udsat_geo.designation.designation import Designation
    from udsat_geo.designation.explained import Explained
    from udsat_geo.designation.layers import Layers
    from udsat_geo.designation.workbench import Workbench
    from udsat_geo.policy.load import LoadedPolicy


ONE_FILE = ("gpkg", "tif", "xlsx")
"""Formats that hold a designation in one file."""


@dataclass(frozen=True, eq=False, repr=False)
class Result:
    """A designation: its layers as frames, its summary, and what can be done with it.

    One that `udsat_geo.designate` made and one that `udsat_geo.read` read back are the same: they are equal where
    their summaries and layers are, to the last bit of a number.

    Attributes
    ----------
    stored : Layers
        Summary and layers, the latter as Arrow tables.
    designation : Designation or None
        With all that it was made of: arrays of units, edges, scores and areas. None of one that was read back.

    Notes
    -----
    Every frame is made anew when it is asked for: assign it to a name to change it. Geometries are in the column
    ``geometry``, in the designation's reference system (`crs`). Rates are fractions (0 to 1) or in the criterion's own
    unit, gaps in the same, positive is worse.
    """

    stored: Layers
    designation: Designation | None = None

    # --- what it is -------------------------------------------------------------------------------------------

    @property
    def summary(self) -> dict[str, Any]:
        """The summary with provenance, as in the JSON beside the files."""
        return self.stored.summary.as_dict()

    @property
    def year(self) -> int:
        """The year designated."""
        return self.stored.year

    @property
    def language(self) -> str:
        """Of reasons and labels: ``da`` or ``en``."""
        return self.stored.language

    @property
    def policy(self) -> str:
        """The id of the policy."""
        return str(self.summary["policy"]["id"])

    @property
    def source(self) -> str:
        """What the people come from: ``registers``, ``unit_table`` or ``synthetic``."""
        return str(self.summary["source"])

    @property
    def crs(self) -> str:
        """The reference system of all layers."""
        return str(self.summary["crs"])

    @property
    def residents(self) -> int:
        """Residents of the whole city: all who could be placed."""
        return int(self.summary["residents"])

    @property
    def residents_in_areas(self) -> int:
        """Residents of all areas."""
        return int(self.summary["residents_in_areas"])

    @property
    def share_of_residents(self) -> float:
        """The share of the city's residents who live in an area, a fraction; NaN of an empty city."""
        share = self.summary["share_of_residents"]
        return float("nan") if share is None else float(share)

    @property
    def notes(self) -> list[str]:
        """What was found out about the input."""
        return list(self.summary["notes"])

    @property
    def layers(self) -> tuple[str, ...]:
        """The names of the layers and tables that there are."""
        return tuple(self.stored.layers)

    def workbench(self) -> Workbench:
        """What tries other rules over the same people; see `udsat_geo.workbench`.

        Raises
        ------
        InputError
            If the designation was read back: its people are not at hand.
        """
        from udsat_geo.designation.workbench import Workbench

        if self.designation is None:
            what = _("was read back, and its people are not at hand")
            remedy = _("Use udsat_geo.workbench, or designate with --format sums and read those.")
            raise InputError(Problem(f"designation_{self.year}", what, remedy))
        return Workbench.of(self.designation)

    # --- frames -----------------------------------------------------------------------------------------------

    @property
    def areas(self) -> gpd.GeoDataFrame:
        """The designated areas, shape (n_areas, columns): lasting id, name, residents, rates, gaps, outline."""
        return self._spatial("areas")

    @property
    def units(self) -> gpd.GeoDataFrame:
        """All units judged, shape (n_units, columns): rates, gaps, composite, role, and the reason in words."""
        return self._spatial("units")

    @property
    def changes(self) -> gpd.GeoDataFrame:
        """What came, went and changed against the previous designation, shape (n_changes, columns)."""
        return self._spatial("changes")

    @property
    def changed_units(self) -> gpd.GeoDataFrame:
        """Units that came into an area, left one or went to another, shape (n_changed, columns)."""
        return self._spatial("changed_units")

    @property
    def near_misses(self) -> gpd.GeoDataFrame:
        """Groups that failed one demand only, shape (n_near_misses, columns)."""
        return self._spatial("near_misses")

    @property
    def status(self) -> pd.DataFrame:
        """The areas against the rest of the city, shape (n_criteria, columns)."""
        return self._table("status")

    @property
    def overrides(self) -> pd.DataFrame:
        """Decisions that changed the result, shape (n_overrides, columns); without any, no row."""
        return self._table("overrides")

    def to_arrow(self, layer: str) -> pa.Table:
        """A layer as an Arrow table; needs no other package.

        Parameters
        ----------
        layer : str
            One of `layers`.

        Returns
        -------
        pyarrow.Table
            Geometries are well-known binary in the column ``geom``.

        Raises
        ------
        InputError
            If there is no such layer.
        """
        if layer not in self.stored.layers:
            what = _("this designation has no layer {layer!r}").format(layer=layer)
            raise InputError(Problem("layer", what, _("It has {names}.").format(names=", ".join(self.layers))))
        return self.stored.layers[layer].table

    def _spatial(self, name: str) -> gpd.GeoDataFrame:
        return layer_as_frame(self.stored.layers[name])

    def _table(self, name: str) -> pd.DataFrame:
        from udsat_geo.designation.columns import empty_table

        if name not in self.stored.layers:
            return table_as_frame(empty_table(name))
        return table_as_frame(self.stored.layers[name].table)

    # --- files ------------------------------------------------------------------------------------------------

    def to_file(self, path: PathLike) -> Path:
        """Write the designation as one file, with its summary beside it; the suffix says the format.

        Parameters
        ----------
        path : str or Path
            ``x.gpkg``: all layers; ``x.xlsx``: all tables without geometries; ``x.tif``: cells as a raster. The summary
            becomes ``x.json``. Folders are made where they are missing. Formats that have a file for each layer are for
            `to_folder`.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        InputError
            If the suffix is that of no such format, or a raster is asked of a designation that was read back or has no
            cells.
        OutputError
            If it cannot be written; what was there stays.
        """
        from udsat_geo.files.write import check_formats, write_layers

        path = Path(path)
        wanted = path.suffix.removeprefix(".")
        if wanted not in ONE_FILE:
            told = _("Known: {known}. Formats with a file for each layer are written by to_folder(folder, formats).")
            remedy = told.format(known=", ".join(f".{name}" for name in ONE_FILE))
            raise InputError(Problem(str(path), _("is no format that holds a designation in one file"), remedy))
        check_formats(wanted)
        self._check_rasters((wanted,))
        if wanted == "tif" and self.stored.cells is None:
            what = _("is a raster, and this designation has no cells")
            raise InputError(Problem(str(path), what, _("Write a .gpkg.")))
        # under its own name from the beginning: a project in a GeoPackage names the file that it lies in
        write_layers(self.stored, path.parent, (wanted,), path.stem)
        return path

    def to_folder(self, out: PathLike, formats: str | tuple[str, ...] = ("gpkg",)) -> list[Path]:
        """Write the files that the command `designate` writes, called after the year, all or none.

        Parameters
        ----------
        out : str or Path
            Made where it is missing.
        formats : str or tuple of str
            As in ``--format``: names, or a comma separated list.

        Returns
        -------
        list of Path
            The files, the summary last.

        Raises
        ------
        InputError
            If a format is unknown, or is a raster and the designation was read back.
        OutputError
            If they cannot be written; nothing has changed then.
        """
        from udsat_geo.files.write import check_formats, sums_in, write_layers

        wanted = check_formats(formats if isinstance(formats, str) else ",".join(formats))
        if "crate" in wanted:
            remedy = _("Write it with the command: designate --format gpkg,crate.")
            raise InputError(Problem(_("format crate"), _("tells of a run of the command, with its options"), remedy))
        self._check_rasters(wanted)
        return write_layers(self.stored, Path(out), wanted, beside=sums_in(wanted, self.designation))

    def release(
        self,
        out: PathLike = "public",
        *,
        policy: str | Path = "kbh",
        units: Literal["quadtree", "classes", "none"] | None = None,
        ledger: PathLike = "data/out/release-ledger.json",
    ) -> list[Path]:
        """Write what may be published of it into a folder; the command ``udsat release`` does it for files.

        Parameters
        ----------
        out : path
            Made where it is missing.
        policy : str or Path
            A release policy: ``dst``, ``eurostat-grid``, ``kbh`` or a TOML file.
        units : {"quadtree", "classes", "none"}, optional
            How units are told; by default as the release policy says.
        ledger : path
            The house's ledger of what has been published.

        Returns
        -------
        list of Path
            The files that may be published, then the report for whoever checks them.

        Raises
        ------
        InputError
            If the ledger forbids it, or somebody would be given away.
        OutputError
            If it cannot be written.
        """
        from udsat_geo.files.public import make_public, write_public
        from udsat_geo.release.policy import load_release_policy, with_form

        made = make_public(self.stored, with_form(load_release_policy(str(policy)), units), Path(ledger))
        return write_public(made, Path(out))

    def _check_rasters(self, formats: tuple[str, ...]) -> None:
        """Refuse rasters of a designation that was read back: its files do not say what its grid is."""
        rasters = [name for name in formats if name in ("tif", "areas-tif")]
        if self.designation is None and rasters:
            where = _("format {names}").format(names=", ".join(rasters))
            what = _("cannot be made of a designation that was read back")
            raise InputError(Problem(where, what, _("Designate again, or leave it out.")))

    def to_postgis(self, address: str) -> str:
        """Write the designation into a schema of a PostGIS database, in one transaction.

        Parameters
        ----------
        address : str
            ``postgresql://USER@HOST/DATABASE?schema=NAME``; without a schema it is ``designation_YEAR``.

        Returns
        -------
        str
            Where it lies, without anything secret.

        Raises
        ------
        InputError
            If it is no address of a database, or its driver is not installed.
        OutputError
            If it cannot be written; nothing has changed then.
        """
        from udsat_geo.files.postgis import database_of, write_database

        return write_database(self.stored, database_of(address))

    @contextmanager
    def as_geopackage(self) -> Iterator[Path]:
        """A GeoPackage of the designation with its JSON in a temporary folder, for as long as the context lasts."""
        with tempfile.TemporaryDirectory(prefix="udsat-") as folder:
            yield self.to_folder(folder, ("gpkg",))[0]

    # --- pictures ---------------------------------------------------------------------------------------------

    def plot(
        self,
        column: str | None = "composite",
        *,
        layer: str = "units",
        ax: Axes | None = None,
        outlines: bool = True,
        names: bool = True,
        legend: bool = True,
        **options: Any,
    ) -> Axes:
        """Draw a layer with matplotlib, the outlines and names of the areas over it, and its source below.

        Parameters
        ----------
        column : str or None
            What colours the features: a column of the layer; None for one colour.
        layer : str
            A layer with geometries.
        ax : matplotlib.axes.Axes, optional
            Drawn into; a new one without it.
        outlines, names : bool
            Whether to draw the outlines of the areas, and to write their names.
        legend : bool
        **options
            For `geopandas.GeoDataFrame.plot`.

        Returns
        -------
        matplotlib.axes.Axes

        Raises
        ------
        InputError
            If there is no such layer or column.
        MissingPackageError
            If matplotlib is not installed.
        """
        from udsat_geo.api.display import plot

        return plot(self.stored, column, layer, ax, outlines, names, legend, options)

    def explore(self, *, policies: PathLike = ".", port: int = FIRST_PORT, browser: bool = False) -> Explorer:
        """Open a local page on which the settings of its policy are moved, and the map answers.

        Parameters
        ----------
        policies, port, browser
            As of `udsat_geo.explore`.

        Returns
        -------
        Explorer
            A notebook shows the page.

        Raises
        ------
        InputError
            If the designation was read back: its people are not at hand. Or if no port is free.
        MissingPackageError
            If Bokeh or Tornado is not installed.
        """
        from udsat_geo.api.explorer import Explorer, check_can_explore

        check_can_explore()
        from udsat_geo.report.explorer.engine import Engine

        return Explorer(Engine(self.workbench()), Path(policies), port, self.language, browser)

    def map(
        self, column: str | None = None, *, layer: str = "areas", tiles: str | None = None, **options: Any
    ) -> folium.Map:
        """A layer as an interactive map in the notebook, by folium.

        Parameters
        ----------
        column : str, optional
            What colours the features.
        layer : str
            A layer with geometries.
        tiles : str, optional
            A background map, such as ``"CartoDB positron"``, which is fetched from its server; none by default.
        **options
            For `geopandas.GeoDataFrame.explore`.

        Returns
        -------
        folium.Map

        Raises
        ------
        InputError
            If there is no such layer or column.
        MissingPackageError
            If folium, mapclassify or matplotlib is not installed.

        Notes
        -----
        The map is drawn by JavaScript that folium has the browser fetch from the network: without one it stays blank.
        `report` writes a page that needs none.
        """
        from udsat_geo.api.display import interactive_map

        return interactive_map(self.stored, column, layer, tiles, options)

    def report(
        self,
        path: PathLike,
        *,
        earlier: tuple[Result, ...] = (),
        with_units: bool = True,
        policy: PathLike | LoadedPolicy | None = None,
        certainty: tuple[PathLike, ...] = (),
        sensitivity: tuple[PathLike, ...] = (),
        status: PathLike | None = None,
    ) -> Path:
        """Write the report page: one HTML file with map, tables and figures that needs no network.

        Parameters
        ----------
        path : str or Path
            The page.
        earlier : tuple of Result
            Designations of earlier years by the same policy, shown as well.
        with_units : bool
            Whether units come with it, by classes of residents and composite.
        policy : str, Path or LoadedPolicy, optional
            The policy that a designation read back was made by, where it is no built-in one.
        certainty, sensitivity : tuple of str or Path
            Files of `udsat_geo.certainty` and `udsat_geo.sensitivity` (``to_file``), to show how sure a year is.
        status : str or Path, optional
            The ``status.json`` of `udsat_geo.status`, to judge the milestone by the areas of its first year as well.

        Returns
        -------
        Path
            The page.

        Raises
        ------
        InputError
            If Bokeh or matplotlib is not installed, or the designations do not belong together.
        OutputError
            If it cannot be written; what was there stays.
        """
        from udsat_geo.files.atomic_write import write_texts
        from udsat_geo.report.page.build import make_page, require_bokeh
        from udsat_geo.report.page.milestone import read_followed
        from udsat_geo.report.page.read import read_all
        from udsat_geo.report.page.sure import with_how_sure

        require_bokeh()
        path = Path(path)
        if policy is None and self.designation is not None:
            policy = self.designation.policy
        loaded = None if policy is None else policy_of(policy)
        # the page reads files, so that it shows of a designation in memory what it shows of one on disk
        with ExitStack() as folders:
            files = [folders.enter_context(one.as_geopackage()) for one in (*earlier, self)]
            found = with_how_sure(read_all(files, False, loaded), [*map(Path, certainty)], [*map(Path, sensitivity)])
            followed = None if status is None else read_followed(Path(status), found)
            page = make_page(found, self.language, with_units, followed=followed)
        write_texts(path.parent, {path.name: page})
        return path

    # --- questions --------------------------------------------------------------------------------------------

    def explain(self, wanted: str) -> Explained:
        """Say why an area or a unit is in or out; see `udsat_geo.explain`."""
        from udsat_geo.designation.explained import explain

        return explain(self.stored, wanted)

    def differences(self, other: Result) -> list[str]:
        """In what two designations differ, one line for each entry, layer and column; empty when they are equal."""
        from udsat_geo.designation.layers import differences

        return differences(self.stored, other.stored)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Result):
            return NotImplemented
        return not self.differences(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        from udsat_geo.api.display import in_words

        return in_words(self.stored)

    def _repr_html_(self) -> str:
        from udsat_geo.api.display import as_html

        return as_html(self.stored)
