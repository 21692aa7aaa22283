"""The page's own words, in Danish and English; the page's script chooses among them."""

from __future__ import annotations

from udsat_geo.designation.columns import EVENT_TEXTS, ROLE_TEXTS
from udsat_geo.messages.translate import N_, Np_, in_language

TEXTS = {
    "title": N_("Disadvantaged urban areas {years}"),
    "skip": N_("Skip to the areas"),
    "contents": N_("Contents"),
    "to_map": N_("Map and areas"),
    "nav_status": N_("Status"),
    "nav_changes": N_("Changes"),
    "nav_method": N_("Method"),
    "language": N_("Language"),
    "theme": N_("Dark"),
    "print": N_("Print"),
    "no_script": N_(
        "The page builds its map and tables with JavaScript. Turn it on, or open the file in "
        "a browser that has it. Everything is in the file; nothing is fetched."
    ),
    "synthetic": N_("Synthetic data"),
    "synthetic_text": N_("The figures are of the synthetic Copenhagen. No person in them exists."),
    "source_registers": N_("Source: registers."),
    "source_unit_table": N_("Source: a table of units."),
    "source_synthetic": N_("Source: synthetic registers."),
    "key_areas": N_("areas"),
    "key_residents": N_("residents in the areas"),
    "key_share": N_("of the city's residents"),
    "key_changes": N_("areas new / removed since {year}"),
    "key_new": N_("+{added} / −{removed}"),
    "year": N_("Year"),
    "layers": N_("Layers"),
    "layer_areas": N_("Areas"),
    "layer_units": N_("Units"),
    "layer_changes": N_("Changes since {year}"),
    "no_changes": N_("Changes"),
    "map": N_("Map"),
    "map_help": N_(
        "Map of the areas. Arrow keys move, plus and minus zoom, 0 shows the whole city. The "
        "same areas stand in the table, where each can be chosen."
    ),
    "map_hint": N_("Drag to move, scroll or pinch to zoom, tap an area to choose it."),
    "zoom_in": N_("Zoom in"),
    "zoom_out": N_("Zoom out"),
    "whole_city": N_("Show the whole city"),
    "legend": N_("Legend"),
    "legend_areas": N_("area, designated {year}"),
    "legend_chosen": N_("chosen area"),
    "legend_added": N_("came in since {year}"),
    "legend_removed": N_("fell out since {year}"),
    "legend_moved": N_("went to another area"),
    "legend_units": N_("Units by composite (higher is worse)"),
    "legend_below": N_("below {to}"),
    "legend_between": N_("{from} to {to}"),
    "legend_from": N_("{from} and above"),
    "legend_edge": N_("edge"),
    "legend_core": N_("core"),
    "legend_none": N_("no composite, or fewer than {n} residents outside the areas"),
    "ground_cells": N_("cells judged"),
    "ground_points": N_("ground around addresses judged"),
    "ground_zones": N_("zones judged"),
    "grid": N_("{crs}, grid north up."),
    "simplified": N_("Outlines of zones are simplified by up to {m} m to keep the page small."),
    "chosen": N_("Chosen"),
    "nothing_chosen": N_("Choose an area on the map or in the table to see its figures and the reason."),
    "said_chosen": N_("Chosen: {name}. {figures}"),
    "said_year": N_("The year is now {year}: {n} areas."),
    "said_sorted": N_("Sorted by {column}, {direction}."),
    "rising": N_("rising"),
    "falling": N_("falling"),
    "not_then": N_("Is no area in {year}."),
    "show_on_map": N_("Show on the map"),
    "clear": N_("Clear"),
    "reason": N_("Reason"),
    "whole_name": N_("The whole name"),
    "whole_reason": N_("The whole reason"),
    "areas_title": N_("The areas of {year}"),
    "areas_none": N_("The designation of {year} has no areas: no group of units meets the policy's demands."),
    "areas_caption": N_("Designated areas of {year}. Headings sort; a name chooses the area on the map."),
    "number": N_("No."),
    "area": N_("Area"),
    "district": N_("District"),
    "residents": N_("Residents"),
    "residents_of": N_("Residents ({year})"),
    "units_count": N_("Units"),
    "ha": N_("Ground, ha"),
    "composite": Np_("texts", "Composite"),
    "exceeded": N_("Criteria exceeded"),
    "exceeded_of": N_("{n} of {of}"),
    "since": Np_("texts", "Since"),
    "until": N_("Stays until"),
    "event": N_("Change"),
    "few": N_("fewer than {n}"),
    "people": N_("residents"),
    "in_area": N_("Lies in {area}"),
    "outside": N_("Lies outside the areas"),
    "unit": N_("Unit"),
    "unit_withheld": N_(
        "Fewer than {n} residents, or nobody knows how many: neither composite nor reason is shown for the unit alone."
    ),
    "class_0": N_("fewer than 20 residents"),
    "class_1": N_("20-99 residents"),
    "class_2": N_("100 residents and more"),
    "class_unknown": N_("number of residents unknown"),
    "composite_class": N_("composite {range}"),
    "criteria_title": N_("The areas, criterion by criterion, {year}"),
    "criteria_caption": N_(
        "The areas' own values, and in brackets the gap to the rest of the city (positive is worse). Sorted by the gap."
    ),
    "status_title": N_("The areas against the rest of the city, {year}"),
    "status_caption": N_("All areas together against all residents outside them. A positive gap is worse."),
    "status_no_areas": N_("There are no areas to hold against the rest of the city."),
    "criterion": N_("Criterion"),
    "in_areas": N_("The areas"),
    "rest": N_("Rest of the city"),
    "gap": N_("Gap"),
    "city": N_("Whole city"),
    "points": N_("points"),
    "changes_title": N_("What changed from {before} to {year}"),
    "changes_caption": N_("Residents of {year} on ground that came in or fell out, in tens."),
    "changes_none": N_("The files have no earlier designation to compare {year} with."),
    "changes_no_rows": N_("No areas before, and none now."),
    "previous": Np_("texts", "Before"),
    "gained": N_("Residents gained"),
    "lost": N_("Residents lost"),
    "partial": N_(
        "The year {year} is known through the designation of {later} alone: areas are drawn "
        "from their units, and residents are those of {later}. Figures and reasons stand in "
        "the designation of {year}."
    ),
    "series_title": N_("Year by year"),
    "series_caption": N_(
        "Residents of each area, counted in the year itself. An area keeps its name and id "
        "for as long as it continues; a dash means that it was no area that year."
    ),
    "gaps_caption": N_(
        "The gap to the rest of the city, each year for the areas designated that year. Positive is worse."
    ),
    "figures_title": N_("Figures"),
    "figures_note": N_("What the figures show stands in the tables too."),
    "goals_title": N_("The 18 goals"),
    "goals_caption": N_(
        "The goals of the status report: the report's verdict and ours, with the reason where they differ."
    ),
    "goal": N_("Goal"),
    "ours": N_("Our verdict"),
    "report": N_("The report's"),
    "agrees": N_("Agree"),
    "yes": N_("yes"),
    "no": N_("no"),
    "policy_title": N_("The policy in words"),
    "policy_of": N_("{policy}, used for {years}"),
    "method_title": N_("Method and limits"),
    "provenance_title": N_("Provenance"),
    "policy": N_("Policy"),
    "file": N_("File"),
    "rows": N_("Rows"),
    "version": N_("udsat_geo"),
    "inputs_caption": N_("Input of the designation of {year}"),
    "counts_caption": N_("Counted and left out, {year}"),
    "counted": N_("What"),
    "count": N_("Count"),
    "no_counts": N_("Nothing was left out."),
    "notes": N_("Notes"),
    "vintage": N_("Data of {year}"),
    "references": N_("Figures from outside"),
    "crs": N_("Reference system"),
    "footer": N_("One file that works without a network. Nothing is fetched, nothing is sent."),
}

METHOD = (
    N_(
        "Each unit is judged by the policy's criteria. Units that meet the demands and are "
        "connected become areas. All figures are worked out from whole counts and shown "
        "rounded."
    ),
    N_(
        "The city is everybody who could be placed. Residents without a known dwelling or "
        "position count in no unit; how many they are stands under Provenance."
    ),
    N_(
        "Gaps of areas are against the rest of the city: all residents outside every area in "
        "the same year. A year's areas are those designated that year, so differences from "
        "year to year hold both what happened in the areas and that borders were drawn anew. "
        "The page says nothing of causes."
    ),
    N_(
        "An area has changed where at least 5 % of its residents came in or fell out, and "
        "two areas are linked where they share at least 5 % of the smaller one's residents. "
        "Both are our own choice."
    ),
    N_(
        "To protect individuals the page shows no rates and no exact number of residents of "
        "a single unit, only classes: fewer than 20, 20-99, 100 and more. A unit outside the "
        "areas with fewer than 20 residents, or an unknown number, shows neither composite "
        "nor reason. Areas of fewer than 20 residents show no figures, and residents gained "
        "or lost are told in tens. The breaks are our own choice. The file that the page is "
        "made of has the exact figures and is not meant to be sent."
    ),
    N_(
        "Classes of composite begin at the middle of the scale, the edge threshold and the "
        "core threshold; that is our own choice too. Outlines are rounded to whole metres "
        "(decimetres for small towns)."
    ),
)


def texts(language: str) -> dict[str, str]:
    """All words of the page's script, by key; events and roles are called what they are called everywhere else."""
    of_roles = {f"role_{role}": text for role, text in in_language(ROLE_TEXTS, language).items()}
    return {**in_language(TEXTS, language), **in_language(EVENT_TEXTS, language), **of_roles}
