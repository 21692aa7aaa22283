"""`udsat init areas`: an empty file for decisions by hand, as `designate --overrides` reads it."""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np
import pyarrow as pa

from udsat_geo.areas.decisions import ACTIONS, REQUIRED
from udsat_geo.cli import options
from udsat_geo.cli.new_files import check_free, write_new
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import N_, _
from udsat_geo.registers.schema import CRS
from udsat_geo.sources.crs import check_crs
from udsat_geo.sources.features import Features


@options.command(
    N_("Write an empty file for decisions: a table that names units, or a layer in which to draw round them in QGIS.")
)
@options.option(
    "--out",
    type=options.PATH,
    default="decisions.csv",
    show_default=True,
    metavar="FILE",
    help=N_("A .csv for decisions by unit, or a .gpkg for polygons."),
)
@options.option("--crs", default=CRS, show_default=True, help=N_("Of polygons, such as that of the units."))
@options.option("--force", is_flag=True, help=N_("Write over a file that is there."))
@options.language_option(N_("Language of what is told and written."), default=None, show_default=False)
def areas(out: Path, crs: str, force: bool, language: str | None) -> None:
    """Write the columns, and say what belongs into them."""
    if out.suffix.lower() not in (".csv", ".gpkg"):
        what, remedy = _("is no file of decisions"), _("Name a file that ends in .csv or .gpkg.")
        raise InputError(Problem(f"--out {out}", what, remedy))
    check_crs(crs, "--crs")
    check_free([out], force)
    if out.suffix.lower() == ".csv":
        write_new(out.parent, {out.name: ",".join(["unit_id", *REQUIRED]) + "\n"})
    else:
        columns = pa.table({name: pa.array([], pa.string()) for name in REQUIRED})
        write_new(out.parent, {out.name: Features(out.name, columns, np.empty(0, dtype=object), crs)})
    click.echo(_("{out}: one row for each decision", language).format(out=out))
    meant = {
        "unit_id": _("the unit that it is about, as the layer units has it", language),
        "action": _(" or ", language).join(ACTIONS),
        "reason": _("why: a decision without a reason is refused", language),
        "decided_by": _("who decided", language),
        "date": _("when, as 2025-03-31", language),
    }
    for name, told in meant.items():
        if name != "unit_id" or out.suffix.lower() == ".csv":
            click.echo(f"  {name}: {told}")
    if out.suffix.lower() == ".gpkg":
        click.echo("  " + _("a polygon stands for the units whose middle lies in it", language))
    click.echo(_("next: designate --year YEAR --overrides {out}", language).format(out=out))
