"""What a row of the table says, and the calls that most rows make."""

from __future__ import annotations

from dataclasses import dataclass

import spoiling as s


@dataclass(frozen=True)
class Row:
    """One kind of bad input.

    Attributes
    ----------
    name
        What is wrong.
    spoil
        Spoils good input in a folder.
    arguments
        Of the command; `{d}` is the folder.
    told
        What standard error must hold.
    process
        Run the installed command in its own process.
    """

    name: str
    spoil: s.Spoil
    arguments: str
    told: tuple[str, ...]
    process: bool = False


RAW, CSV = "--registers {d}/raw", "--registers {d}/csv"
ZONES = "--units {d}/units.gpkg --policy {d}/zones.toml"
CELLS = "--units {d}/units.gpkg --policy {d}/cells.toml"
CELLS_CSV = "--units {d}/cells.csv --policy {d}/cells.toml"
ESTATES = "--units {d}/estates.gpkg --references convicted_national=0.0174 --policy"
LAW = f"{ESTATES} boligomraade-2021"
MINE = "--registers {d}/raw --policy {d}/mine.toml"
POLICY = "--registers {d}/raw --policy {d}/policy.toml"
