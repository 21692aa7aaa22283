"""The grid of a table of cells: by the policy's pattern, or by the family of ids that statistical offices use."""

from __future__ import annotations

from udsat_geo.kernels.arrays import Objects
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.policy.rules import Policy
from udsat_geo.sources.crs import same_crs, short_crs
from udsat_geo.units.grid import Grid
from udsat_geo.units.grid_ids import family_of
from udsat_geo.units.units import grid_of


def grid_of_table(
    ids: Objects, policy: Policy, where: str, crs: str, crs_is_stated: bool, language: str = "en"
) -> tuple[Grid, str, tuple[str, ...]]:
    """The grid that ids belong to, its reference system, and what is to be said of it.

    Parameters
    ----------
    ids : object (str), shape (n_cells,)
    policy : Policy
        A pattern that it states holds.
    where : str
        File and column, for the message.
    crs : str
        That of the table, or the one that holds where none is stated.
    crs_is_stated : bool
    language : {"da", "en"}
        Of the notes.

    Raises
    ------
    InputError
        If ids say that they are of another size or in another reference system.
    """
    family = family_of(ids[0], policy.units.size) if policy.units.id_pattern is None else None
    if family is None:
        return grid_of(policy), crs, ()
    if family.size != policy.units.size:
        what = _("ids of cells of {size} m, and the policy has [units] size = {other}").format(
            size=family.size, other=policy.units.size
        )
        raise InputError(Problem(where, what, _("Set size = {size}.").format(size=family.size), None, repr(ids[0])))
    if family.crs is not None:
        crs = _crs_of_ids(family.crs, crs, crs_is_stated, where)
    text = _("{where}: read as ids of {family}, {pattern}, whose numbers count {unit} m in {crs}", language)
    told = {"family": family.name, "pattern": family.pattern, "unit": family.unit, "crs": short_crs(crs)}
    return Grid(family.size, family.pattern, family.unit), crs, (text.format(where=where, **told),)


def _crs_of_ids(named: str, crs: str, crs_is_stated: bool, where: str) -> str:
    if not crs_is_stated or same_crs(named, crs):
        return crs if crs_is_stated else named
    what = _("ids name cells in {named}, and the units are in {crs}").format(named=named, crs=short_crs(crs))
    raise InputError(Problem(where, what, _('Set [units] crs = "{named}".').format(named=named)))
