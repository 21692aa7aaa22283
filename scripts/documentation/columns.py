"""The data dictionary: every layer and every column, from the words that the results themselves carry."""

from __future__ import annotations

from documentation.tables import code, table
from udsat_geo.designation.columns import DESCRIBED, describe_column, describe_layer
from udsat_geo.registers.schema import COLUMNS

HEADS = {"en": ("column", "title", "meaning"), "da": ("kolonne", "titel", "betydning")}
EXAMPLE = {
    "en": {"key": "<key>", "label": "The criterion", "share": True, "unit": ""},
    "da": {"key": "<key>", "label": "Kriteriet", "share": True, "unit": ""},
}
"""A criterion whose columns stand for those of all."""


def dictionary(language: str) -> str:
    """Every layer with its columns, in one language."""
    parts = []
    for layer in DESCRIBED.values():
        told = describe_layer(layer.name, language)
        rows = []
        for column in layer.columns:
            described = describe_column(layer.name, column.name, language, [EXAMPLE[language]])
            if described is None:
                raise KeyError(f"{layer.name}.{column.name} is not described")
            rows.append((code(column.name), described.title, described.text))
        anchor = f" {{#{language}-{layer.name}}}"
        parts += [f"### `{layer.name}`: {told.title}" + anchor, told.text, table(HEADS[language], rows)]
    return "\n\n".join(parts)


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
