"""Words of the figures, in Danish and English."""

from __future__ import annotations

from udsat_geo.messages.translate import N_, Np_

SOURCES = {
    "registers": N_("registers"),
    "synthetic": N_("the synthetic Copenhagen, whose residents do not exist"),
    "unit_table": N_("a table of units"),
    "published": N_("City of Copenhagen, Status på Politik for Udsatte Byområder, 2021"),
}


AREAS = {
    "title": N_("Disadvantaged urban areas {first}–{last}"),
    "title_year": N_("Disadvantaged urban areas {first}"),
    "head": N_("{count} areas"),
    "head_one": N_("1 area"),
    "residents": N_("residents"),
    "share": N_("{residents} residents in all, {share} % of the city's."),
    "key": N_("disadvantaged urban area, designated {year}"),
    "alt": N_("Map of {count} disadvantaged urban areas, designated {year}, with {residents} residents: {names}."),
}

CHANGES = {
    "title": N_("Disadvantaged urban areas drawn anew, {year}–{until}"),
    "head_added": N_("Added"),
    "head_removed": Np_("changes", "Removed"),
    "residents": N_("residents"),
    "part_added": N_("{name}, extension"),
    "part_removed": N_("{name}, a part"),
    "rest": N_("And {residents} residents in smaller pieces."),
    "key_kept": N_("designated in {before} and in {year}"),
    "key_added": N_("added in {year}"),
    "key_removed": N_("removed since {before}"),
    "note": N_(
        "Numbers and letters run from west to east, over whole areas and pieces with at "
        "least {least} residents. Residents are those of {year}."
    ),
    "alt": N_("Map of disadvantaged areas designated in {before} and {year}. Added: {added}. Removed: {removed}."),
}

STATUS = {
    "title": N_("Status {year} on the criteria of designation"),
    "title_updated": N_("Status {year} on the criteria of designation for the areas drawn anew, {year}–{until}"),
    "areas": N_("disadvantaged urban areas, designated {designated}"),
    "rest": N_("rest of the city"),
    "gap": Np_("status", "Gap"),
    "points": N_("{value} points"),
    "other": N_("{value} {unit}"),
    "share": N_("{value} %"),
    "missing": N_("no data"),
    "of_residents": N_("share in per cent"),
    "note": N_(
        "The gap is the difference between the disadvantaged areas and the rest of the city; "
        "positive is worse. The figure shows one moment."
    ),
    "unrounded": N_(" Gaps are taken before rounding."),
    "alt": N_("Bars for the disadvantaged urban areas and the rest of the city in {year}. {told}."),
    "alt_one": N_("{label}: {areas} against {rest}, gap {gap}"),
}

GAPS = {
    "title": N_("The gaps {first}–{last} on their way to the milestone of {by}"),
    "points": N_("points"),
    "measured": N_("gap, measured"),
    "printed": N_("gap by the report's Tabel 1"),
    "beside": N_("gap, {beside}"),
    "path": N_("straight line from {since} to the milestone"),
    "milestone": N_("milestone {by}: {share} % of the gap of {since}"),
    "break": N_("break in data"),
    "reached": N_("reached"),
    "on_the_way": N_("on the way: on or below the line"),
    "behind": N_("behind: above the line"),
    "missed": N_("missed"),
    "unknown": N_("no data"),
    "no_gap": N_("no gap in {since}"),
    "summary": N_("{there} of {of} criteria are on the way or have reached the milestone; it takes {needed}."),
    "note": N_("The areas are those designated in {designated}, in every year. The line is our own yardstick."),
    "alt": N_("The gap of each criterion from {first} to {last}, with a line to the milestone of {by}. {told}."),
    "alt_one": N_("{label}: from {start} to {end}, milestone {target}, {state}"),
}
"""States are those of `udsat_geo.monitoring.status`."""

FLOWS = {
    "title": N_("The disadvantaged urban areas {first}–{last}: what became of them"),
    "total": N_("{residents} residents"),
    "key_kept": N_("disadvantaged urban area"),
    "key_came": Np_("flows", "added"),
    "key_left": N_("removed"),
    "key_band": N_("residents that two designations share"),
    "note": N_(
        "Bars are as high as the areas have residents that year; bands share them out by the "
        "residents of the next designation."
    ),
    "alt": N_("Flow chart of the disadvantaged urban areas {first}–{last}. {told}."),
    "alt_areas": N_("{year}: {count} areas"),
    "alt_began": N_("new: {names}"),
    "alt_ended": N_("removed: {names}"),
}
