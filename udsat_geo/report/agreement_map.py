"""One city under many rules, on a map: ground by how many of them designate it, with the table of their agreement."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from udsat_geo.analysis.agreement import PAIRS, Agreement, agreement_layers, ground_by_policies, pair_rows
from udsat_geo.changes.compare import share
from udsat_geo.files.atomic_write import all_or_none, cannot_write
from udsat_geo.files.geopackage import dress_comparison, steady_gdal, write_layer
from udsat_geo.kernels.arrays import as_objects
from udsat_geo.messages.errors import OutputError, lacking, reason_of
from udsat_geo.messages.tables import csv_text
from udsat_geo.messages.translate import _
from udsat_geo.messages.words import decimal
from udsat_geo.report.canvas import INK, Origin, drawn
from udsat_geo.report.figures import write_figures
from udsat_geo.report.map_page import Key, Listed, MapPage, Mapped, backdrop_of, fill

if TYPE_CHECKING:
    from matplotlib.figure import Figure


LIGHTEST, DARKEST = np.array([0.99, 0.88, 0.62]), np.array([0.00, 0.27, 0.45])
"""From orange, paled, to blue, darkened, of the palette of Okabe and Ito: lightness alone tells the steps apart."""


@dataclass(frozen=True, kw_only=True)
class AgreementOnMap(Mapped):
    """What the map shows.

    Attributes
    ----------
    found : Agreement
    """

    found: Agreement


def agreement_on_map(found: Agreement) -> AgreementOnMap:
    """The ground of at least one, two, ... all policies, over what the first of them judges."""
    finest = max(found.designations, key=lambda each: len(each.units))
    policies = ", ".join(found.ids)
    source = found.points.weights.source or finest.inputs.source
    return AgreementOnMap(
        year=found.year,
        until=found.year,
        outline=as_objects(each for each in ground_by_policies(found) if not each.is_empty),
        backdrop=backdrop_of(finest.units, finest.surroundings),
        origin=Origin(source, policies, found.year),
        language=found.language,
        found=found,
    )


def colours(n: int) -> list[Any]:
    """Colours of one to n policies, from light to dark."""
    steps = np.linspace(0.0, 1.0, n)[:, None]
    return [tuple(row) for row in (LIGHTEST + steps * (DARKEST - LIGHTEST)).round(4).tolist()]


@drawn
def draw_agreement(shown: AgreementOnMap) -> Figure:
    """Draw the ground by how many policies designate it, beside the policies and who is designated by how many."""
    found, language = shown.found, shown.language
    n, city = len(found.ids), int(found.points.residents.sum())
    counts = found.by_policies.tolist()
    own = np.diagonal(found.of_both).tolist()
    listed = Listed(
        _("{count} policies", language).format(count=n),
        _("residents", language),
        tuple((str(k + 1), one, decimal(own[k], 0, language)) for k, one in enumerate(found.ids)),
        _("{residents} residents in no area of any of them.", language).format(
            residents=decimal(counts[0], 0, language)
        ),
    )
    keys = []
    for k, colour in enumerate(colours(n), 1):
        percent = decimal(100 * share(counts[k], city), 1, language) or "-"
        told = _("by {count} of {of}: {residents} residents ({share} %)", language)
        text = told.format(count=k, of=n, residents=decimal(counts[k], 0, language), share=percent)
        keys.append(Key(text, {"facecolor": colour, "edgecolor": INK, "linewidth": 0.4}))
    title = _("Designated by how many of {count} policies, {year}", language).format(count=n, year=found.year)
    page = MapPage(shown, title, shown.outline, (listed,), tuple(keys[::-1]))
    for ground, key in zip(shown.outline, keys, strict=False):
        fill(page.axes, ground, zorder=7, **key.fill)
    page.name_districts([], shown.outline[:1])
    alt = _("Map of the ground that {count} policies designate in {year}: {told}.", language)
    texts = "; ".join(key.text for key in keys)
    page.sheet.figure.set_label(alt.format(count=n, year=found.year, told=texts))
    return page.sheet.figure


def write_agreement(found: Agreement, out: Path) -> tuple[list[Path], tuple[str, ...]]:
    """Write the layers, the table of pairs and the figure, each file whole or not.

    Parameters
    ----------
    found : Agreement
    out : Path
        Made where it is missing.

    Returns
    -------
    files : list of Path
        ``policies_YEAR.gpkg``, ``policies_YEAR.csv``, ``policies_YEAR.png``.
    notes : tuple of str
        That there is no figure, where matplotlib is not installed.

    Raises
    ------
    OutputError
        If they cannot be written; what was there stays.
    """
    from pyogrio.errors import DataLayerError, DataSourceError, FeatureError

    stem = f"policies_{found.year}"
    names = [f"{stem}.gpkg", f"{stem}.csv"]
    try:
        with all_or_none(out, names) as folder:
            with steady_gdal(found.year):
                for layer in agreement_layers(found):
                    weights = found.points.weights
                    stamp = {"policies": ", ".join(found.ids), "source": weights.source, "counted": weights.file}
                    write_layer(folder / names[0], layer, stamp)
            dress_comparison(folder / names[0], found.language, found.year)
            rows = [["" if row[name] is None else row[name] for name in PAIRS] for row in pair_rows(found)]
            (folder / names[1]).write_text(csv_text(PAIRS, rows), encoding="utf-8")
    except OSError as error:
        raise OutputError(cannot_write(out, reason_of(error))) from None
    except (DataSourceError, DataLayerError, FeatureError) as error:
        raise OutputError(cannot_write(out, str(error).split("\n")[0])) from None
    files = [out / name for name in names]
    missing = lacking(_("a map of the policies", found.language), "matplotlib", "report")
    if missing is not None:
        return files, (str(missing),)
    return [*files, *write_figures({stem: draw_agreement(agreement_on_map(found))}, out, ("png",))], ()
