"""`registers.toml`: what a folder of registers says about its own files."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from udsat_geo.messages.errors import InputError, Problem, reason_of
from udsat_geo.messages.limits import bytes_of_text
from udsat_geo.messages.translate import _
from udsat_geo.policy.chain import toml_content
from udsat_geo.policy.faults import checked
from udsat_geo.registers.layout import Names, TableLayout
from udsat_geo.registers.schema import columns_of_table
from udsat_geo.sources.kinds import plain

NAME = "registers.toml"
PROFILES = ("dst", "kbh")
"""Register systems that the package knows: Statistics Denmark's, and a municipality's extracts of CPR and BBR."""


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


class CodeList(BaseModel):
    """What the values of a file's column mean.

    Attributes
    ----------
    columns : tuple of str
        The file's columns that hold them, in any letter case; without them the one of the list's name.
    values : dict
        The file's value -> our code; an empty one is no value.
    source, choice : str
        Where the meaning stands; what of it is our reading.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    columns: Names | None = None
    values: dict[str, str] = Field(default_factory=dict)
    source: str = ""
    choice: str = ""


class Profile(BaseModel):
    """Which register system a folder is of."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Literal["dst", "kbh"]


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
    profile : Profile or None
        What holds where the file says nothing.
    codes : dict
        Name -> code list.
    registers : RegistersAtLarge
    residents, dwellings, addresses : TableLayout
    survey : TableLayout
        Of answers that lie beside them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: Literal["registers", "synthetic"] = "registers"
    statement: str = ""
    year: int | None = None
    seed: int | None = None
    vintage: dict[str, int] = Field(default_factory=dict)
    profile: Profile | None = None
    codes: dict[str, CodeList] = Field(default_factory=dict)
    registers: RegistersAtLarge = RegistersAtLarge()
    residents: TableLayout = TableLayout()
    dwellings: TableLayout = TableLayout()
    addresses: TableLayout = TableLayout()
    survey: TableLayout = TableLayout()

    def table(self, name: str) -> TableLayout:
        """The settings of one table, with the code lists of its columns among its values."""
        found: TableLayout = getattr(self, name)
        lists = {
            plain(column): codes.values for named, codes in self.codes.items() for column in codes.columns or (named,)
        }
        coded = [column.name for column in columns_of_table(name) if column.kind in ("code", "boolean")]
        coded += [declared for declared, kind in found.types.items() if kind in ("code", "boolean")]
        values = dict(found.values)
        for ours in [*coded, "origin_country"]:
            in_file = plain(found.columns.get(ours, ours).rpartition(".")[2])
            if in_file in lists:
                values[ours] = {**lists[in_file], **found.values.get(ours, {})}
        return found.model_copy(update={"values": values}) if lists else found


def profile_content(name: str) -> dict[str, Any]:
    """What a profile of the package says, in the form of `registers.toml`."""
    data = resources.files(__package__).joinpath("profiles", f"{name}.toml").read_bytes()
    return toml_content(data, f"{name}.toml")


def laid_over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Settings over others, key by key."""
    result = dict(below)
    for key, value in above.items():
        old = below.get(key)
        result[key] = laid_over(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return result


def _whole(content: dict[str, Any]) -> dict[str, Any]:
    """Settings with what their profile says; one that is unknown is told when they are checked."""
    profile = content.get("profile")
    name = profile.get("name") if isinstance(profile, dict) else None
    return laid_over(profile_content(name), content) if name in PROFILES else content


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
        data = bytes_of_text(path)
    except OSError as error:
        raise InputError(
            Problem(
                str(path), _("cannot be read ({reason})").format(reason=reason_of(error)), _("Make it a readable file.")
            )
        ) from None
    return checked(RegisterSettings, _whole(toml_content(data, path.name)), NAME)
