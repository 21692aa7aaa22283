"""Words of comparisons, lineages and decompositions, in Danish and English."""

from __future__ import annotations

from udsat_geo.messages.translate import N_

DIFF = {
    "title": N_("What changed from {before} to {now}"),
    "units": N_("Weighed by the residents ({year}) of {places} units, over which both were made"),
    "points": N_("Weighed by the residents ({year}) of {places} units of {file}, each at a point inside it"),
    "addresses": N_("Weighed by the residents ({year}) at {places} addresses of {file}"),
    "unknown_year": N_("year not known"),
    "area": N_("Area"),
    "before": N_("Before"),
    "now": N_("Now"),
    "added": N_("Added"),
    "removed": N_("Removed"),
    "event": N_("Change"),
    "from": N_("from {ids}"),
    "all": N_("In all"),
    "residents": N_("residents"),
    "still_in": N_("{share} % of those who lived in an area before live in one now; intersection over union {iou}"),
    "city": N_("The areas hold {before} % of the city before, {now} % now"),
    "links": N_("Residents that an earlier area and one of now share"),
    "previous": N_("Before"),
    "shared": N_("Shared"),
    "of_previous": N_("of before"),
    "of_area": N_("of now"),
    "iou": N_("IoU"),
    "nothing": N_("No areas have anything in common."),
    "written": N_("Written: {file}"),
}
"""What `udsat diff` prints."""

LINEAGE = {
    "step": N_("From {before} to {now}"),
    "previous": N_("Before"),
    "area": N_("Now"),
    "residents": N_("Residents"),
    "of_previous": N_("of before"),
    "of_area": N_("of now"),
    "since": N_("Since"),
    "event": N_("Change"),
    "chains": N_("The areas year by year: residents"),
    "chain": N_("Area"),
}
"""What `udsat lineage` prints."""

WHY = {
    "remade": N_("{file}: {count} units are not designated as registers and policy have it; that is not explained"),
    "title": N_("Why the designation of {now} differs from that of {before}"),
    "one_rule": N_("One policy in both years ({policy}): the rule contributes nothing"),
    "two_rules": N_("Policy {before} ({year_before}) against {now} ({year_now})"),
    "residents": N_("Residents in areas"),
    "area": N_("Area"),
    "before": N_("Before"),
    "now": N_("Now"),
    "change": N_("In all"),
    "data": N_("Data"),
    "rule": N_("Rule"),
    "border": N_("Border"),
    "border_data": N_("by data"),
    "border_rule": N_("by rule"),
    "within": N_("Rates"),
    "moving": N_("Moving"),
    "elsewhere": N_("outside both years"),
    "all": N_("In all"),
    "areas": N_("The figures of the areas, criterion by criterion"),
    "gap": N_("Gap to the rest of the city (positive is worse)"),
    "row": N_("{area}: {event}"),
    "criterion": N_("Criterion"),
    "city": N_("City now"),
    "points": N_("Shares in per cent, changes in percentage points; all else in its own unit"),
    "legend": N_(
        "Data: the old rule on the new people. Rule: the new policy on the old people. "
        "Border: which places are in. Rates: what changed in the places themselves. Moving: "
        "how many live in each. The parts are averages over all orders (Shapley) and add up "
        "to the change."
    ),
}
"""What `udsat why` prints."""
