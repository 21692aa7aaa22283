"""`registers.toml`: what a folder of registers says about its own files."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from udsat_geo.messages.errors import InputError, Problem, reason_of
from udsat_geo.messages.translate import _
from udsat_geo.policy.chain import toml_content
from udsat_geo.policy.faults import given_value, in_words
from udsat_geo.registers.layout import JoinedFile, Names, TableLayout

NAME = "registers.toml"


class RegistersAtLarge(BaseModel):
    """What may be said of all tables.

    Attributes
    ----------
    years : tuple of str
        How years are kept apart, the first that fits a table: ``folders``, ``files`` (``bef2021.parquet``), or the name
        of a column or partition that holds the year.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    years: Names = ("folders",)


class RegisterSettings(BaseModel):
    """The whole of `registers.toml`; an absent file is the same as an empty one.

    Attributes
    ----------
    source : {"registers", "synthetic"}
        Stamped on every output.
    statement : str
        What the registers say of themselves, for a reader.
    year, seed : int or None
        The count year; the seed of a synthetic city.
    vintage : dict
        Criterion -> year of its data.
    registers : RegistersAtLarge
    residents, dwellings, addresses : TableLayout
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: Literal["registers", "synthetic"] = "registers"
    statement: str = ""
    year: int | None = None
    seed: int | None = None
    vintage: dict[str, int] = Field(default_factory=dict)
    registers: RegistersAtLarge = RegistersAtLarge()
    residents: TableLayout = TableLayout()
    dwellings: TableLayout = TableLayout()
    addresses: TableLayout = TableLayout()

    def table(self, name: str) -> TableLayout:
        """The settings of one table."""
        found: TableLayout = getattr(self, name)
        return found


def settings_file(folder: Path) -> Path | None:
    """`registers.toml` of a folder, in whatever letter case its name is; None where there is none.

    Raises
    ------
    InputError
        If two names differ in letter case alone.
    """
    found = sorted(path for path in folder.iterdir() if path.name.lower() == NAME) if folder.is_dir() else []
    if len(found) > 1:
        what = _("names that differ in letter case alone: {names}")
        told = what.format(names=", ".join(path.name for path in found))
        raise InputError(Problem(str(folder), told, _("Keep one.")))
    return found[0] if found else None


def read_settings(folder: Path) -> RegisterSettings:
    """The settings of a register folder.

    Raises
    ------
    InputError
        If the file is there and wrong.
    """
    path = settings_file(folder)
    if path is None:
        return RegisterSettings()
    try:
        return RegisterSettings.model_validate(toml_content(path.read_bytes(), path.name))
    except OSError as error:
        raise InputError(
            Problem(
                str(path), _("cannot be read ({reason})").format(reason=reason_of(error)), _("Make it a readable file.")
            )
        ) from None
    except ValidationError as error:
        raise InputError([_problem(entry) for entry in error.errors()]) from None


def _problem(entry: Any) -> Problem:
    """One pydantic error entry in plain words."""
    where = f"{NAME}: {'.'.join(str(place) for place in entry['loc'])}"
    if entry["type"] == "extra_forbidden":
        models: list[type[BaseModel]] = [RegisterSettings, TableLayout, JoinedFile]
        model = RegistersAtLarge if entry["loc"][0] == "registers" else models[min(len(entry["loc"]) - 1, 2)]
        near = difflib.get_close_matches(str(entry["loc"][-1]), list(model.model_fields), 1)
        hint = (
            _("Did you mean {near!r}?").format(near=near[0])
            if near
            else _("Known here: {names}.").format(names=", ".join(model.model_fields))
        )
        return Problem(where, _("unknown key"), hint)
    return Problem(where, in_words(entry) + given_value(entry.get("input")))
