"""The ids of a unit table: none empty, none twice, and told where two differ in writing alone."""

from __future__ import annotations

import difflib
import unicodedata

import numpy as np

from udsat_geo.kernels.arrays import Objects, as_objects
from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.messages.words import decimal
from udsat_geo.policy.rules import Policy
from udsat_geo.sources.features import Features, keys_of


def ids_of_units(features: Features, policy: Policy, language: str = "en") -> tuple[Objects, tuple[str, ...]]:
    """The ids of the units of a table, and what is to be said about them.

    Parameters
    ----------
    features : Features
    policy : Policy
    language : {"da", "en"}
        Of the notes.

    Returns
    -------
    ids : object (str), shape (n_units,)
        By the one rule of `udsat_geo.sources.features.keys_of`.
    notes : tuple of str

    Raises
    ------
    InputError
        If the policy names no column of ids or one that is not there, or ids are empty or stand twice.
    """
    column = policy.units.id
    if column is None:
        what = _("Name the id column of {name}.").format(name=features.name)
        raise InputError(Problem(policy.place("units.id"), _("is missing"), what))
    where = _("{name}, column {column}").format(name=features.name, column=column)
    names = features.attributes.column_names
    if names.count(column) != 1:
        raise InputError(_no_such_column(column, names, where))
    if features.attributes.num_rows == 0:
        raise InputError(Problem(features.name, _("holds no units"), _("Export it again.")))
    keys = keys_of(features.attributes, column, features.name)
    empty = keys.count("")
    if empty:
        raise InputError(Problem(where, _("empty ids"), _("Give every unit an id."), empty))
    ids = as_objects(keys)
    unique, count = np.unique(ids.astype(str), return_counts=True)
    if len(unique) < len(ids):
        example = _("{value!r} stands {count} times").format(value=str(unique[count > 1][0]), count=count.max())
        raise InputError(
            Problem(where, _("duplicate keys"), _("Keep one row of each."), int((count - 1).sum()), example)
        )
    return ids, _alike(unique.tolist(), where, language)


def _no_such_column(column: str, names: list[str], where: str) -> Problem:
    if column in names:
        return Problem(where, _("stands more than once"), _("Rename one of them."))
    near = difflib.get_close_matches(column, names, 1)
    hint = (
        _("Did you mean {near!r}?").format(near=near[0])
        if near
        else _("The file has: {names}.").format(names=", ".join(names[:12]))
    )
    return Problem(where, _("is missing"), hint)


def _alike(ids: list[str], where: str, language: str) -> tuple[str, ...]:
    """What is said of ids that differ in letter case, the form of their letters, spaces or zeros in front alone."""
    plainest = {one.lower().lstrip("0") for one in ids}
    if len(plainest) == len(ids) and all(one.isascii() and " " not in one for one in ids):
        return ()
    known: dict[str, str] = {}
    pairs = []
    for one in ids:
        plain = "".join(unicodedata.normalize("NFKC", one).casefold().split()).lstrip("0")
        other = known.setdefault(plain, one)
        if other is not one:
            pairs.append((other, one))
    if not pairs:
        return ()
    text = _(
        "{where}: ids that differ from another in letter case, spaces, zeros in front or the form of their letters "
        "alone: {count}, for example {one!r} and {other!r}; each is a unit of its own.",
        language,
    )
    return (text.format(where=where, count=decimal(len(pairs), 0, language), one=pairs[0][0], other=pairs[0][1]),)
