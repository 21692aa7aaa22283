"""What the registers hold: tables, columns, codes, and which origins are western."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["key", "whole", "number", "code", "boolean", "date"]

LABOUR_STATUS = (
    "employed",
    "unemployed",
    "in_education",
    "temporarily_outside",
    "early_retirement",
    "permanently_outside",
)
EDUCATION = (
    "none",
    "basic",
    "upper_secondary",
    "vocational",
    "short_tertiary",
    "medium_tertiary",
    "long_tertiary",
    "in_education",
)
ORIGIN = ("danish", "western", "non_western")
TENURE = ("owner_occupied", "private_rental", "cooperative", "social_housing", "public")

WESTERN = tuple(
    # the 27 countries of the European Union, Denmark apart
    "AT BE BG CY CZ DE EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK "
    # Statusrapport 2021, Bilag 1: Andorra, Island, Liechtenstein, San Marino, Norge, Monaco, Schweiz,
    # Vatikanstaten, Canada, USA, New Zealand, Australien
    "AD IS LI SM NO MC CH VA CA US NZ AU".split()
)
"""Western countries by Bilag 1 of the status report 2021 (ISO 3166-1 alpha-2). All others are non-western; the
United Kingdom has left the Union and does not stand in the list, so by its letter it counts as non-western."""

AGES = (0, 125)
"""Possible ages; own choice. Others are counted and read as unknown."""


@dataclass(frozen=True)
class Column:
    """A column of a register.

    Attributes
    ----------
    name : str
    kind : str
        ``key`` (text or integer), ``whole`` (whole number), ``number``, ``code`` (one of `codes`), ``boolean``,
        ``date``.
    codes : tuple of str
        The codes a code column may hold, any where there are none; empty cells are always allowed.
    required : bool
    """

    name: str
    kind: Kind
    codes: tuple[str, ...] = ()
    required: bool = True


COLUMNS: dict[str, tuple[Column, ...]] = {
    "residents": (
        Column("person_id", "key", required=False),
        Column("dwelling_id", "key"),
        Column("age", "whole"),
        Column("labour_status", "code", LABOUR_STATUS),
        Column("education", "code", EDUCATION),
        Column("disposable_income", "number"),
        Column("origin", "code", ORIGIN),
    ),
    "dwellings": (
        Column("dwelling_id", "key"),
        Column("address_id", "key"),
        Column("area_m2", "number"),
        Column("tenure", "code", TENURE, required=False),
        Column("toilet", "boolean", required=False),
        Column("bath", "boolean", required=False),
        Column("district_heating", "boolean", required=False),
    ),
    "addresses": (
        Column("address_id", "key"),
        Column("easting", "number"),
        Column("northing", "number"),
    ),
}

SURVEY = "survey"
"""A table of answers that may lie beside the registers."""

COLUMNS_OF_SURVEY = (
    Column("person_id", "key", required=False),
    Column("dwelling_id", "key", required=False),
    Column("address_id", "key", required=False),
    Column("easting", "number", required=False),
    Column("northing", "number", required=False),
    Column("district", "key", required=False),
    Column("weight", "number"),
)


def columns_of_table(name: str) -> tuple[Column, ...]:
    """The columns that a table of registers, or a survey, has without being told."""
    return COLUMNS_OF_SURVEY if name == SURVEY else COLUMNS[name]


DECLARED: dict[str, Kind] = {
    "code": "code",
    "integer": "whole",
    "number": "number",
    "boolean": "boolean",
    "date": "date",
}
"""What `registers.toml` calls the types of further columns -> what they are."""

MADE_OF = {"origin_country": "residents", "cell": "addresses"}
"""Columns that stand in for others -> their table: an origin is made of its country, a position of its grid cell."""

DERIVED = {"dwellings": ("residents",)}
"""Columns that expressions may use and no file holds: the number of residents registered in a dwelling."""

CRS = "EPSG:25832"
"""ETRS89 / UTM zone 32N, the reference system of Danish registers."""

DANISH = ("DK", "GL", "FO")
"""Denmark, and with it Greenland and the Faroe Islands, parts of the Kingdom that Bilag 1 does not name; own choice."""

COUNTRIES = frozenset(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT
    BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH
    ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT
    HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS
    LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI
    NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG
    SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG
    UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW
    """.split()
)
"""ISO 3166-1 alpha-2, and XK (Kosovo, user-assigned). Other codes are unknown and stop the run."""
