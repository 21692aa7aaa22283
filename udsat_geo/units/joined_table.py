"""A table of units and a second table with figures of the same units, put together by the ids that both have."""

from __future__ import annotations

import dataclasses
from itertools import product

from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.messages.words import decimal
from udsat_geo.sources.features import Features, keys_of

LEAST_MATCHED = 0.5
"""Share of the units that must be in the second table for a pair of columns to count as a key; own choice."""


def join_by_overlap(features: Features, second: Features) -> tuple[Features, str]:
    """Add the columns of a second table, by the pair of columns whose values agree in most units.

    A name that both have gets the second file's name behind it.

    Returns
    -------
    features : Features
    told : str
        By which columns, and how many units the second table does not have.

    Raises
    ------
    InputError
        If no pair of columns names the units of both tables.
    """
    ours, theirs = _keys(features), _keys(second)
    pairs = {pair: len(set(ours[pair[0]]) & set(theirs[pair[1]])) for pair in product(ours, theirs)}
    best = max(pairs, key=lambda pair: pairs[pair], default=None)
    if best is None or pairs[best] < LEAST_MATCHED * features.attributes.num_rows:
        what = _("no column holds the ids of {name}, each once").format(name=features.name)
        raise InputError(Problem(second.name, what, _("Give both tables a column with the same ids.")))
    row_of = {key: row for row, key in enumerate(theirs[best[1]])}
    rows = [row_of.get(key) for key in ours[best[0]]]
    import pyarrow as pa

    added = second.attributes.take(pa.array(rows, pa.int64()))
    table = features.attributes
    for name in added.column_names:
        if name != best[1]:
            taken = name.lower() in {other.lower() for other in table.column_names}
            table = table.append_column(f"{name} ({second.name})" if taken else name, added.column(name))
    told = _("{second}: joined by {theirs} = {ours}; {missing} of {units} units are not in it").format(
        second=second.name,
        theirs=best[1],
        ours=best[0],
        missing=decimal(rows.count(None), 0),
        units=decimal(len(rows), 0),
    )
    return dataclasses.replace(features, attributes=table), told


def _keys(features: Features) -> dict[str, list[str]]:
    """The columns of text or whole numbers in which every row has a value of its own."""
    import pyarrow.types as types

    table = features.attributes
    found = {}
    for name in table.column_names:
        kind = table.schema.field(name).type
        if types.is_string(kind) or types.is_large_string(kind) or types.is_integer(kind):
            keys = keys_of(table, name, features.name)
            if "" not in keys and len(set(keys)) == len(keys):
                found[name] = keys
    return found
