"""The type of every column of a designation's layers: what formats that keep no types are read back by."""

from __future__ import annotations

from typing import Any

from udsat_geo.io.layers import GEOMETRY

WHOLE = frozenset(
    "residents units criteria_exceeded criteria_with_rate residents_in_view since until number "
    "residents_added residents_removed residents_kept units_changed".split()
)
FRACTIONAL = frozenset("area_ha composite short areas rest_of_city gap city".split())
FLAGS = frozenset({"qualified"})
TEXTS = frozenset(
    "area_id name district event exceeded reason unit_id role decided_by previous_ids previous_area_id demand "
    "criterion action date".split()
)


def type_of(column: str) -> Any:
    """The Arrow type of a column: text, whole number, number, flag, or well-known binary.

    Raises
    ------
    KeyError
        If the column is not ours.
    """
    import pyarrow as pa

    if column in TEXTS:
        return pa.string()
    if column in WHOLE:
        return pa.int64()
    if column in FRACTIONAL or column.startswith(("rate_", "gap_")):
        return pa.float64()
    if column in FLAGS:
        return pa.bool_()
    if column == GEOMETRY:
        return pa.binary()
    raise KeyError(f"a column {column}, which is not ours")


def as_typed(layer: str, table: Any) -> Any:
    """A table with every column of its type, in one piece and without metadata.

    Raises
    ------
    KeyError
        If a column is not ours.
    ValueError
        If a value does not fit its type.
    """
    import pyarrow as pa

    arrays = {}
    for column in table.column_names:
        values = table[column].combine_chunks()
        # geometries beyond 2 GiB have 64-bit offsets
        wanted = values.type if pa.types.is_large_binary(values.type) else type_of(column)
        try:
            arrays[column] = values.cast(wanted)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise ValueError(f"{layer}.{column}: {str(error).splitlines()[0]}") from None
    return pa.table(arrays)
