"""The data dictionary: every layer and every column, from the words that the results themselves carry."""

from __future__ import annotations

from udsat_geo.designation.columns import COLUMN_TEXTS, CRITERION_TEXTS, describe_column, describe_layer
from udsat_geo.registers.schema import COLUMNS

from documentation.tables import code, table

RATES = ("rate_<key>", "gap_<key>")
COLUMNS_OF: dict[str, tuple[str, ...]] = {
    "areas": (
        "area_id", "name", "district", "residents", "units", "area_ha", "composite", "criteria_exceeded", *RATES,
        "since", "event", "until", "number", "exceeded", "reason",
    ),
    "units": (
        "unit_id", "name", "residents", *RATES, "composite", "criteria_with_rate", "criteria_exceeded",
        "residents_in_view", "role", "area_id", "decided_by", "short", "reason", "exceeded", "qualified",
    ),
    "changes": ("event", "area_id", "previous_ids", "residents_added", "residents_removed", "residents_kept"),
    "changed_units": ("unit_id", "event", "previous_area_id", "area_id", "residents"),
    "near_misses": (
        "demand", "criterion", "short", "residents", "units", "composite", "criteria_exceeded", "reason",
    ),
    "status": ("criterion", "areas", "rest_of_city", "gap", "city"),
    "overrides": ("action", "unit_id", "reason", "decided_by", "date", "units", "units_changed"),
    "links": (
        "previous_id", "area_id", "residents", "share_of_previous", "share_of_area", "intersection_over_union",
        "linked", "continues",
    ),
}  # fmt: skip
"""Layer -> its columns in the order of the files; a test holds them to a designation."""

HEADS = {"en": ("column", "title", "meaning"), "da": ("kolonne", "titel", "betydning")}
EXAMPLE = {
    "en": {"key": "<key>", "label": "The criterion", "share": True, "unit": ""},
    "da": {"key": "<key>", "label": "Kriteriet", "share": True, "unit": ""},
}
"""A criterion whose columns stand for those of all."""


def dictionary(language: str) -> str:
    """Every layer with its columns, in one language."""
    parts = []
    for layer, columns in COLUMNS_OF.items():
        told = describe_layer(layer, language)
        rows = []
        for column in columns:
            described = describe_column(layer, column, language, [EXAMPLE[language]])
            if described is None:
                raise KeyError(f"{layer}.{column} is not described")
            rows.append((code(column), described.title, described.text))
        parts += [f"### `{layer}`: {told.title}" + f" {{#{language}-{layer}}}", told.text, table(HEADS[language], rows)]
    return "\n\n".join(parts)


def unknown_columns() -> set[str]:
    """Columns that have words and stand in no layer of the dictionary."""
    told = {name.split(".")[-1] for name in COLUMN_TEXTS["en"]}
    shown = {column for columns in COLUMNS_OF.values() for column in columns}
    return told - shown | ({f"{beginning}<key>" for beginning in CRITERION_TEXTS["en"]} - shown)


def register_codes() -> str:
    """Every column of the registers, its kind and its codes."""
    kinds = {
        "key": "text or whole number",
        "whole": "whole number",
        "number": "number",
        "code": "code",
        "boolean": "true or false",
    }
    rows = [
        (
            code(register),
            code(column.name),
            kinds[column.kind],
            ", ".join(map(code, column.codes)),
            "yes" if column.required else "no",
        )
        for register, columns in COLUMNS.items()
        for column in columns
    ]
    return table(("table", "column", "kind", "codes", "required"), rows)
