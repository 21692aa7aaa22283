"""The one table of layers and columns: what each is called and means, its type, and what its values are called.

Writers, readers, data dictionaries, styles, the page and the documentation read it. Texts are in English here and are
translated where they are used.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import pyarrow as pa

from udsat_geo.changes.diff import ADDED, EVENTS, GROWN, MERGED, MOVED, REMOVED, SHRUNK, SPLIT, UNKNOWN
from udsat_geo.messages.translate import N_, Np_, _, in_language

GEOMETRY = "geom"
"""The column that holds the geometries, as well-known binary."""
TEXT, WHOLE, NUMBER, FLAG = "text", "whole", "number", "flag"
"""The kinds of columns: texts, whole numbers, numbers, and true or false."""
KEY = "<key>"
"""Stands for a criterion's key in the name of a column that there is one of for each criterion."""

ROLE_TEXTS: dict[str, str] = {
    "outside": N_("outside the areas"),
    "core": N_("core"),
    "edge": N_("edge"),
    "bridge": N_("bridge"),
    "fill": N_("filled hole"),
    "incumbent": N_("stays from before"),
    "kept": N_("stays until the end year"),
    "included": N_("included by decision"),
}
"""The roles of units, and what they are called; in English, as all tables here."""
EVENT_TEXTS: dict[str, str] = {
    "added": N_("added"),
    "removed": N_("removed"),
    "kept": N_("kept"),
    "grown": N_("grown"),
    "shrunk": N_("shrunk"),
    "split": N_("split"),
    "merged": N_("merged"),
    MOVED: N_("moved to another area"),
    UNKNOWN: N_("unknown, its zones are of one year"),
}
"""What becomes of areas and units."""
DEMAND_TEXTS: dict[str, str] = {
    "residents": N_("residents"),
    "composite": Np_("demand", "composite"),
    "criteria": N_("number of criteria"),
    "required": N_("a required criterion"),
    "own": N_("composite of own rates"),
}
GROUND_TEXTS: dict[str, str] = {
    "land": N_("land"),
    "park": N_("park"),
    "water": N_("water"),
    "district": N_("district"),
    "road": N_("road"),
    "railway": N_("railway"),
}
"""What maps are drawn on."""
ACTION_TEXTS: dict[str, str] = {"include": N_("include"), "exclude": N_("exclude")}
CLUSTER_TEXTS: dict[str, str] = {
    "high_high": N_("high among high"),
    "low_low": N_("low among low"),
    "high_low": N_("high among low"),
    "low_high": N_("low among high"),
    "none": N_("nothing that chance could not do"),
}
"""What a unit is beside its neighbours."""


@dataclass(frozen=True)
class Column:
    """A column of a layer.

    Attributes
    ----------
    name : str
        With `KEY` in it where there is one for each criterion.
    kind : str
        `TEXT`, `WHOLE`, `NUMBER` or `FLAG`.
    title, meaning : str
        A few words, and a sentence or two.
    values : mapping
        Where it holds keys: each key and what it is called.
    """

    name: str
    kind: str
    title: str
    meaning: str
    values: Mapping[str, str] | None = None


@dataclass(frozen=True)
class LayerDescription:
    """A layer or table: what it is called, what it holds, and its columns in the order of the files."""

    name: str
    title: str
    meaning: str
    columns: tuple[Column, ...]
    spatial: bool = True

    def column(self, name: str) -> Column | None:
        """The column of a name; of a name like ``rate_low_income``, the one for each criterion."""
        found = None
        for column in self.columns:
            beginning, per_criterion, _end = column.name.partition(KEY)
            if name == column.name:
                return column
            # the longest beginning: rate_own_low_income is no rate of own_low_income
            if per_criterion and name.startswith(beginning) and (found is None or len(found.name) < len(column.name)):
                found = column
        return found


AREA_EVENTS: Mapping[str, str] = {event: EVENT_TEXTS[event] for event in (*EVENTS, UNKNOWN)}
UNIT_EVENTS: Mapping[str, str] = {event: EVENT_TEXTS[event] for event in (ADDED, REMOVED, MOVED)}

# fmt: off
_RESIDENTS = Column("residents", WHOLE, N_("Residents"), N_("Residents placed here."))
_UNITS = Column("units", WHOLE, N_("Units"), N_("Number of units."))
_COMPOSITE = Column("composite", NUMBER, Np_("column", "Composite"),
    N_("Weighted mean of the criteria on the units' scale; 0 is the city's level, higher is worse."))
_CRITERIA_EXCEEDED = Column("criteria_exceeded", WHOLE, N_("Criteria exceeded"),
    N_("Criteria at or beyond their limit, or worse than the city, or than what the policy compares with."))
_EVENT = Column("event", TEXT, N_("Event"),
    N_("added, removed, kept, grown, shrunk, split, merged; several joined by a plus; unknown where all its zones are "
       "of one year alone; empty without an earlier designation."), AREA_EVENTS)
_EXCEEDED = Column("exceeded", TEXT, N_("Criteria exceeded, keys"), N_("The keys of the criteria exceeded."))
_LEAST_CHANGE = Column("least_change", TEXT, N_("Least change"),
    N_("How many fewer or more a criterion would have to count, spread evenly and with the city's rates held, for the "
       "area to go, or the group to come in; by one criterion alone, and together where that takes fewer."))
_REASON = Column("reason", TEXT, N_("Reason"), N_("Why, in words."))
_AREA_ID = Column("area_id", TEXT, N_("Area id"), N_("Lasting: an area that goes on keeps its id."))
_NAME = Column("name", TEXT, N_("Name"), N_("The name of the place; each name stands once."))
_AREA_OF_UNIT = Column("area_id", TEXT, N_("Area id"), N_("The area's lasting id; empty outside all areas."))
_UNIT_ID = Column("unit_id", TEXT, N_("Unit id"), N_("The unit's id; of cells, that of the Danish grid."))
_SHORT = Column("short", NUMBER, N_("Short by"), N_("How much is missing to the demand that settled it."))
_CRITERION = Column("criterion", TEXT, N_("Criterion"), N_("The criterion's key in the policy."))
_RATE = Column("rate_<key>", NUMBER, "{label}", N_("{label}, as {unit}."))
_LOWER = Column("lower_<key>", NUMBER, N_("{label}, lower bound"),
    N_("{label}, as {unit}: the least it can be in the unit alone. The column is there where counts are intervals."))
_UPPER = Column("upper_<key>", NUMBER, N_("{label}, upper bound"),
    N_("{label}, as {unit}: the most it can be in the unit alone; empty where the denominator may be 0. The column is "
       "there where counts are intervals."))
_GAP_TO_CITY = Column("gap_<key>", NUMBER, N_("{label}, gap"),
    N_("{label}, as {unit}, against the whole city, or what the policy compares with; positive is worse."))
_GAP_TO_REST = Column("gap_<key>", NUMBER, N_("{label}, gap"),
    N_("{label}, as {unit}, against the rest of the city; positive is worse."))

_SURE = Column("residents_sure", WHOLE, N_("Residents, sure"),
    N_("Residents of units of the area that are in an area in at least 95 % of the draws."))
_GREY = Column("residents_grey", WHOLE, N_("Residents, could go either way"),
    N_("Residents of units of the area that are in an area in fewer draws."))
_P_AREA = Column("p_area", NUMBER, N_("Share of draws with the area"),
    N_("The share of the draws that designate at least half of the area's residents."))
_COMPOSITE_SE = Column("composite_se", NUMBER, N_("Composite, standard error"),
    N_("The standard deviation of the unit's composite over the draws."))
_P_DESIGNATED = Column("p_designated", NUMBER, N_("Share of draws designated"),
    N_("The share of the draws in which the unit is in an area: 1 is sure in, 0 is sure out."))
_GROUND_KIND = Column("kind", TEXT, N_("Kind"), N_("What it is: land, park, water, district, road or railway."),
    GROUND_TEXTS)
_GROUND_NAME = Column("name", TEXT, N_("Name"), N_("What it is called, where it has a name."))
_LAYERS = (
    LayerDescription("areas", N_("Designated areas"), N_("The designated areas, one outline each."), (
        _AREA_ID,
        _NAME,
        Column("district", TEXT, N_("District"), N_("The district where most of the area's residents live.")),
        _RESIDENTS,
        _UNITS,
        Column("area_ha", NUMBER, N_("Area in hectares"), N_("The area of the outline, in hectares.")),
        _COMPOSITE,
        _CRITERIA_EXCEEDED,
        _RATE,
        _GAP_TO_REST,
        Column("since", WHOLE, Np_("column", "Since"),
            N_("The year in which the area, or what it goes on from, was first designated.")),
        _EVENT,
        Column("until", WHOLE, N_("Until"),
            N_("The year in which an area leaves that only stays for a time; else empty.")),
        Column("number", WHOLE, N_("Number"), N_("The area's number in the raster.")),
        _EXCEEDED,
        _REASON,
        _LEAST_CHANGE,
        _P_AREA,
        _SURE,
        _GREY,
    )),
    LayerDescription("units", N_("Units"),
        N_("All units judged (cells, addresses or zones), with score, role and reason."), (
        _UNIT_ID,
        Column("name", TEXT, N_("Name"), N_("The unit's name in the table of units.")),
        _RESIDENTS,
        _RATE,
        _GAP_TO_CITY,
        _COMPOSITE,
        Column("composite_own", NUMBER, N_("Composite of own rates"),
            N_("The composite of the unit's own rates, without its surroundings.")),
        Column("rate_own_<key>", NUMBER, N_("{label}, own"), N_("{label}, as {unit}, of the unit alone.")),
        Column("composite_yardstick", NUMBER, N_("Composite by the yardstick"),
            N_("The composite by the scale of the year that the policy holds.")),
        Column("composite_year", NUMBER, N_("Composite by the year's own scale"),
            N_("The composite by the scale of the designation's own year.")),
        Column("criteria_with_rate", WHOLE, N_("Criteria with a rate"),
            N_("Criteria that the unit has a value for.")),
        _CRITERIA_EXCEEDED,
        Column("residents_in_view", WHOLE, N_("Residents in view"),
            N_("Residents over whom the unit's values are read.")),
        Column("role", TEXT, N_("Role"),
            N_("The unit's role in an area: core, edge, bridge, fill (an enclosed hole), incumbent (stays), kept "
               "(stays until the end year), included (by decision) or outside."), ROLE_TEXTS),
        _AREA_OF_UNIT,
        Column("decided_by", TEXT, N_("Decided by"),
            N_("The key of the rule or decision that settled whether the unit is in.")),
        _SHORT,
        _REASON,
        _EXCEEDED,
        Column("qualified", FLAG, N_("Qualified"),
            N_("Whether the unit meets the rule's demands on a core or edge in the year itself.")),
        _LOWER,
        _UPPER,
        Column("region", TEXT, N_("Its region"),
            N_("The region that the unit is compared within; empty outside all. The column is there where the policy "
               "compares with regions.")),
        Column("against_<key>", NUMBER, N_("{label}, compared with"),
            N_("{label}, as {unit}: what the unit is compared with, by a policy that compares with more than the whole "
               "city, or has limits that follow it; empty where there is nothing.")),
        Column("limit_<key>", NUMBER, N_("{label}, limit"),
            N_("{label}, as {unit}: the limit that the unit is held to, by such a policy; empty without one.")),
        Column("class_<key>", TEXT, N_("{label}, class"),
            N_("The class of {label} that the policy has. The column is there for criteria with classes.")),
        _COMPOSITE_SE,
        _P_DESIGNATED,
    )),
    LayerDescription("changes", N_("Changes"),
        N_("What the designation adds, removes and changes against the previous one."), (
        _EVENT,
        Column("area_id", TEXT, N_("Area id"),
            N_("The present area's id; that of the earlier one where it is removed.")),
        Column("previous_ids", TEXT, N_("Previous ids"),
            N_("Ids of the earlier areas that the area comes from, separated by commas.")),
        Column("residents_added", WHOLE, N_("Residents added"), N_("Residents of units that have come in.")),
        Column("residents_removed", WHOLE, N_("Residents removed"), N_("Residents of units that have left.")),
        Column("residents_kept", WHOLE, N_("Residents kept"), N_("Residents of units that are in both times.")),
        Column("name", TEXT, N_("Name"), N_("The present area's name; that of the earlier one where it is removed.")),
        Column("since", WHOLE, Np_("column", "Since"),
            N_("The year in which the area, or what it goes on from, was first designated.")),
        Column("residents", WHOLE, N_("Residents"),
            N_("Residents of now: of the area, or of the units that a removed one had.")),
        _COMPOSITE,
        _CRITERIA_EXCEEDED,
        _RATE,
        _GAP_TO_REST,
        _EXCEEDED,
        Column("previous_residents", WHOLE, N_("Previous residents"),
            N_("Residents of the earlier area that it goes on from, or that is removed, in that year.")),
        Column("previous_composite", NUMBER, N_("Previous composite"),
            N_("The composite of the earlier area that it goes on from, or that is removed.")),
        Column("previous_rate_<key>", NUMBER, N_("{label}, before"),
            N_("{label}, as {unit}, in the earlier area that it goes on from, or that is removed.")),
        Column("reason", TEXT, N_("Reason"), N_("Why an area is removed, in words; empty for all others.")),
        Column("least_change", TEXT, N_("Least change"),
            N_("What would have kept a removed area, as in the layer areas; empty for all others.")),
    )),
    LayerDescription("changed_units", N_("Changed units"),
        N_("Units that have come into an area, left one or gone to another."), (
        _UNIT_ID,
        Column("event", TEXT, N_("Event"),
            N_("What became of the unit: added, removed or moved to another area."), UNIT_EVENTS),
        Column("previous_area_id", TEXT, N_("Previous area"),
            N_("The area that the unit lay in before; empty where it has come in.")),
        Column("area_id", TEXT, N_("Area id"), N_("The area that the unit lies in now; empty where it has left.")),
        Column("residents", WHOLE, N_("Residents"),
            N_("Residents of the unit in the year that the change is counted in.")),
    )),
    LayerDescription("near_misses", N_("Near misses"), N_("Groups of units that fail a single demand."), (
        Column("demand", TEXT, N_("Demand"),
            N_("The demand that is missed: residents, composite, criteria or required."), DEMAND_TEXTS),
        _CRITERION,
        _SHORT,
        _RESIDENTS,
        _UNITS,
        _COMPOSITE,
        _CRITERIA_EXCEEDED,
        _REASON,
        _LEAST_CHANGE,
    )),
    LayerDescription("status", N_("Status"),
        N_("The areas taken together against the rest of the city, one criterion a row."), (
        _CRITERION,
        Column("areas", NUMBER, N_("The areas"), N_("The criterion's value in the areas taken together.")),
        Column("rest_of_city", NUMBER, N_("Rest of the city"),
            N_("The criterion's value among all residents outside the areas.")),
        Column("gap", NUMBER, Np_("column", "Gap"),
            N_("The areas against the rest of the city; positive is worse.")),
        Column("city", NUMBER, N_("Whole city"), N_("The criterion's value in the whole city.")),
    ), spatial=False),
    LayerDescription("overrides", N_("Decisions"), N_("Units included or excluded by decision."), (
        Column("action", TEXT, N_("Action"), N_("include or exclude."), ACTION_TEXTS),
        Column("unit_id", TEXT, N_("Unit"), N_("The unit that the decision names; empty where it names a place.")),
        Column("reason", TEXT, N_("Reason"), N_("The decision's own reason.")),
        Column("decided_by", TEXT, Np_("by whom", "Decided by"), N_("Who decided.")),
        Column("date", TEXT, N_("Date"), N_("The date of the decision.")),
        Column("units", WHOLE, N_("Units"), N_("Number of units that the decision names.")),
        Column("units_changed", WHOLE, N_("Units changed"), N_("Units whose outcome the decision changed.")),
    ), spatial=False),
    LayerDescription("ground", N_("Ground"),
        N_("Land, parks, water and districts that maps are drawn on; nothing is judged by them."), (
        _GROUND_KIND,
        _GROUND_NAME,
    )),
    LayerDescription("ground_lines", N_("Roads and railways"),
        N_("Roads and railways that maps are drawn on; nothing is judged by them."), (
        _GROUND_KIND,
        _GROUND_NAME,
    )),
    LayerDescription("links", N_("Overlaps"), N_("Every pair of an earlier and a present area that share units."), (
        Column("previous_id", TEXT, N_("Previous area"), N_("The earlier area.")),
        Column("area_id", TEXT, N_("Area id"), N_("The present area.")),
        Column("residents", WHOLE, N_("Residents"), N_("Residents of the units that both areas have.")),
        _UNITS,
        Column("share_of_previous", NUMBER, N_("Share of previous"),
            N_("The shared residents as a share of the earlier area's.")),
        Column("share_of_area", NUMBER, N_("Share of present"),
            N_("The shared residents as a share of the present area's.")),
        Column("intersection_over_union", NUMBER, N_("Overlap"),
            N_("Shared residents over the residents of either area.")),
        Column("linked", FLAG, N_("Linked"), N_("Whether the two share enough for one to come from the other.")),
        Column("continues", FLAG, N_("Continues"),
            N_("Whether the present area goes on from the earlier one and has its id.")),
    ), spatial=False),
)
_OF_POLICIES = (
    LayerDescription("agreement", N_("Agreement of policies"),
        N_("Units, or addresses, that at least one of the policies compared designates."), (
        _UNIT_ID,
        _RESIDENTS,
        Column("policies", WHOLE, N_("Policies"), N_("How many of the policies designate the place.")),
        Column("designated_by", TEXT, N_("Designated by"), N_("The ids of those policies, separated by commas.")),
    )),
    LayerDescription("policy_areas", N_("Areas by policy"),
        N_("The areas of every policy compared, one outline each."), (
        Column("policy", TEXT, N_("Policy"), N_("The policy's id.")),
        Column("area_id", TEXT, N_("Area id"), N_("The area's id in the policy's own designation.")),
        Column("name", TEXT, N_("Name"), N_("The name of the place.")),
        Column("residents", WHOLE, N_("Residents"), N_("Residents counted in the area.")),
    )),
    LayerDescription("policy_pairs", N_("Pairs of policies"), N_("How far each two of the policies compared agree."), (
        Column("policy", TEXT, N_("Policy"), N_("The policy's id.")),
        Column("other", TEXT, N_("Other policy"), N_("The id of the policy that it is held against.")),
        Column("residents", WHOLE, N_("Residents"), N_("Residents whom the policy designates.")),
        Column("residents_of_other", WHOLE, N_("Residents of the other"), N_("Residents whom the other designates.")),
        Column("residents_of_both", WHOLE, N_("Residents of both"), N_("Residents whom both designate.")),
        Column("share_of_policy", NUMBER, N_("Share of the policy"),
            N_("The residents of both as a share of the policy's.")),
        Column("intersection_over_union", NUMBER, N_("Overlap"),
            N_("The residents of both over the residents of either.")),
    ), spatial=False),
)
_OF_CERTAINTY = (
    LayerDescription("unit_certainty", N_("Units and chance"),
        N_("All units judged, with how often each is designated if chance falls otherwise."), (
        _UNIT_ID,
        _RESIDENTS,
        _AREA_OF_UNIT,
        _COMPOSITE,
        _COMPOSITE_SE,
        _P_DESIGNATED,
        Column("p_changed", NUMBER, N_("Share of pairs of draws that change it"),
            N_("The share of pairs of draws, of the earlier year and of now, in which the unit comes in or leaves. The "
               "column is there where the earlier designation could be drawn.")),
    )),
    LayerDescription("area_certainty", N_("Areas and chance"),
        N_("The designated areas, with how sure they are."), (
        _AREA_ID,
        _NAME,
        _RESIDENTS,
        _SURE,
        _GREY,
        _P_AREA,
        _COMPOSITE,
        Column("composite_low", NUMBER, N_("Composite, lower end"),
            N_("Of the area's composite over the draws, the quantile at 2.5 %.")),
        Column("composite_high", NUMBER, N_("Composite, upper end"),
            N_("Of the area's composite over the draws, the quantile at 97.5 %.")),
    )),
    LayerDescription("change_certainty", N_("Changes of areas and chance"),
        N_("What became of each area, with how sure that is; there where the earlier designation could be drawn."), (
        _EVENT,
        Column("area_id", TEXT, N_("Area id"),
            N_("The present area's id; that of the earlier one where it is removed.")),
        _NAME,
        Column("residents_added", WHOLE, N_("Residents added"), N_("Residents of units that have come in.")),
        Column("residents_removed", WHOLE, N_("Residents removed"), N_("Residents of units that have left.")),
        Column("residents_kept", WHOLE, N_("Residents kept"), N_("Residents of units that are in both times.")),
        Column("p_event", NUMBER, N_("Share of pairs of draws with the event"),
            N_("The share of pairs of draws, of the earlier year and of now, in which the same befalls the area that "
               "holds most of its residents.")),
    )),
    LayerDescription("piece_certainty", N_("Changed pieces and chance"),
        N_("Units that came in, or left, and touch, with how sure that is."), (
        Column("event", TEXT, N_("Event"), N_("added or removed."),
            {event: EVENT_TEXTS[event] for event in (ADDED, REMOVED)}),
        Column("area_id", TEXT, N_("Area id"),
            N_("The area that the piece came into, or the earlier one that it left.")),
        _RESIDENTS,
        _UNITS,
        Column("p_event", NUMBER, N_("Share of pairs of draws with the event"),
            N_("The share of pairs of draws in which at least half of the piece's residents come in, or leave.")),
    )),
)
_OF_SENSITIVITY = (
    LayerDescription("unit_sensitivity", N_("Units and settings"),
        N_("All units judged, with how often each is designated by variants of the policy."), (
        _UNIT_ID,
        _RESIDENTS,
        _AREA_OF_UNIT,
        _COMPOSITE,
        Column("share_of_variants", NUMBER, N_("Share of variants designated"),
            N_("The share of the variants of the policy that designate the unit, or of its residents where other cells "
               "part them: 1 hangs on no setting. Empty without a sample.")),
    )),
    LayerDescription("area_sensitivity", N_("Areas and settings"),
        N_("The designated areas, with how much each hangs on the settings of the policy."), (
        _AREA_ID,
        _NAME,
        _RESIDENTS,
        Column("share_of_variants", NUMBER, N_("Share of variants with the area"),
            N_("The share of the variants that designate at least half of the area's residents.")),
        Column("residents_low", NUMBER, N_("Residents, lower end"),
            N_("Of the area's residents designated by a variant, the quantile at 2.5 % of the variants.")),
        Column("residents_high", NUMBER, N_("Residents, upper end"),
            N_("Of the area's residents designated by a variant, the quantile at 97.5 % of the variants.")),
        Column("main_setting", TEXT, N_("Main setting"),
            N_("The key of the policy with the largest total share of the variance of the area's residents designated; "
               "empty where nothing varies.")),
    )),
    LayerDescription("setting_sensitivity", N_("Settings"),
        N_("The keys of the policy that vary, with what each does to the number of residents designated."), (
        Column("setting", TEXT, N_("Setting"), N_("The key, as in a policy file.")),
        Column("own", TEXT, N_("Policy's own"), N_("Its value in the policy.")),
        Column("tried", TEXT, N_("Tried"), N_("The values tried, with semicolons between.")),
        Column("residents", WHOLE, N_("Residents in areas"), N_("Residents in areas by the policy itself.")),
        Column("residents_least", WHOLE, N_("Residents, at least"),
            N_("The fewest residents in areas when this key alone changes.")),
        Column("residents_most", WHOLE, N_("Residents, at most"),
            N_("The most residents in areas when this key alone changes.")),
        Column("elasticity", NUMBER, N_("Elasticity"),
            N_("By how many per cent residents in areas change for a change of the key by one per cent, over the "
               "values next to the policy's own.")),
        Column("first_order", NUMBER, N_("Share of the variance, by itself"),
            N_("The share of the variance of residents in areas, over all variants, that the key brings by itself.")),
        Column("total", NUMBER, N_("Share of the variance, in total"),
            N_("The share in which the key has any part, by itself or together with others.")),
    ), spatial=False),
)
_OF_CONCENTRATION = (
    LayerDescription("targeting", N_("Whom the areas reach"),
        N_("Of the people each criterion is about, how many live in all areas and in each, and how many others."), (
        Column("policy", TEXT, N_("Policy"), N_("The id of the policy that drew the areas.")),
        Column("area_id", TEXT, N_("Area id"), N_("The area; empty of all areas together.")),
        _NAME,
        _RESIDENTS,
        _CRITERION,
        Column("reached", NUMBER, N_("Reached"), N_("Those whom the criterion is about who live here.")),
        Column("others", NUMBER, N_("Others"), N_("Who are counted here and whom the criterion is not about.")),
        Column("coverage", NUMBER, N_("Coverage"),
            N_("Those reached as a share of all in the city whom the criterion is about.")),
        Column("leakage", NUMBER, N_("Leakage"), N_("The others as a share of all who are counted here.")),
        Column("concentration", NUMBER, N_("Concentration"),
            N_("The rate here over that of the whole city: 1 is what places drawn by lot would give.")),
        Column("coverage_at_best", NUMBER, N_("Coverage at best"),
            N_("The coverage if as many people were taken from the units of the highest rates; of all areas.")),
    ), spatial=False),
    LayerDescription("segregation", N_("How apart they live"),
        N_("How apart people live, over all units, by criterion."), (
        _CRITERION,
        Column("share", NUMBER, N_("Share of the city"),
            N_("Of all who are counted, those whom the criterion is about.")),
        Column("dissimilarity", NUMBER, N_("Dissimilarity"),
            N_("The share of them who would have to move for all units to have the same rate (D).")),
        Column("by_chance", NUMBER, N_("Dissimilarity by chance"),
            N_("The dissimilarity that units of these sizes have where everybody has the same probability.")),
        Column("isolation", NUMBER, N_("Isolation index"),
            N_("The rate in the unit of the average one of them (xPx).")),
        Column("correlation_ratio", NUMBER, N_("Correlation ratio"),
            N_("The isolation less the share of the city, over all it could be: the part of the variance between "
               "people that lies between units.")),
        Column("between", NUMBER, N_("Between areas"),
            N_("The part of the correlation ratio that lies between the areas and the rest of the city.")),
    ), spatial=False),
    LayerDescription("local_statistics", N_("Where high and low values lie together"),
        N_("All units with local Moran and Getis-Ord G* of their own values, once for each criterion asked for."), (
        _UNIT_ID,
        _RESIDENTS,
        _AREA_OF_UNIT,
        Column("criterion", TEXT, N_("Criterion"), N_("The criterion's key in the policy, or composite.")),
        Column("value", NUMBER, N_("Value"), N_("The unit's own rate or composite, without its surroundings.")),
        Column("of_neighbours", NUMBER, N_("Neighbours"), N_("The mean over the units that it touches.")),
        Column("moran", NUMBER, N_("Local Moran"),
            N_("Positive where the unit and its neighbours lie on the same side of the mean.")),
        Column("g_star", NUMBER, N_("Getis and Ord's G*"),
            N_("How far the sum over the unit and its neighbours lies from that of any such number, in standard "
               "deviations.")),
        Column("p", NUMBER, N_("Probability by chance, p"),
            N_("How often chance puts as high or as low values beside the unit: two-sided, by permutation.")),
        Column("q", NUMBER, N_("Share of false discoveries, q"),
            N_("The least share of false discoveries at which the unit is told (Benjamini and Hochberg).")),
        Column("cluster", TEXT, N_("Cluster"),
            N_("high_high, low_low, high_low or low_high where q is at most 0.05, else none; empty where nothing is "
               "known."),
            CLUSTER_TEXTS),
    )),
)
_TOLD_RESIDENTS = Column("residents", WHOLE, N_("Residents, rounded"),
    N_("Residents as the release policy tells them; empty where they are withheld."))
_IN_PUBLIC = (
    LayerDescription("public_areas", N_("Designated areas, rounded"), N_("The designated areas, as published."), (
        _AREA_ID,
        _NAME,
        Column("district", TEXT, N_("District"), N_("The district where most of the area's residents live.")),
        Column("since", WHOLE, Np_("column", "Since"), N_("The year in which the area was first designated.")),
        _EVENT,
        _EXCEEDED,
        _TOLD_RESIDENTS,
        Column("composite", NUMBER, Np_("column", "Composite"), N_("The composite, rounded.")),
        Column("rate_<key>", NUMBER, "{label}", N_("{label}, as {unit}, rounded; empty where it is withheld.")),
        Column("gap_<key>", NUMBER, N_("{label}, gap"),
            N_("{label}: the gap between the rounded rates of the area and of the rest of the city. Positive is "
               "worse.")),
        Column("rate_step", NUMBER, N_("Step of rates"),
            N_("In which steps rates that are shares are told: what is told may be half a step off.")),
        Column("p_area", NUMBER, N_("Share of draws with the area, rounded"),
            N_("The share of the draws that designate at least half of the area's residents, in tenths. The column is "
               "there where draws were made.")),
        Column("withheld", TEXT, N_("Withheld"), N_("What is not told of the area, by key.")),
    )),
    LayerDescription("public_status", N_("Status, rounded"),
        N_("The areas taken together and the rest of the city, by criterion, as published."), (
        _CRITERION,
        Column("areas", NUMBER, N_("The areas"), N_("The criterion's rounded value in the areas taken together.")),
        Column("rest_of_city", NUMBER, N_("Rest of the city"),
            N_("The criterion's rounded value in the rest of the city.")),
        Column("gap", NUMBER, Np_("column", "Gap"), N_("Between these two. Positive is worse.")),
        Column("city", NUMBER, N_("Whole city"), N_("The criterion's rounded value in the whole city.")),
        Column("rate_step", NUMBER, N_("Step of rates"),
            N_("In which steps rates that are shares are told: what is told may be half a step off.")),
    ), spatial=False),
    LayerDescription("public_changes", N_("Changes, rounded"),
        N_("What became of each area since the previous designation, as published."), (
        _EVENT,
        Column("area_id", TEXT, N_("Area id"),
            N_("The present area's id; that of the earlier one where it is removed.")),
        _NAME,
        Column("previous_ids", TEXT, N_("Previous ids"), N_("The earlier areas that it comes from.")),
        Column("residents_added", WHOLE, N_("Residents added"),
            N_("Residents of units that have come in, rounded; empty where they are withheld.")),
        Column("residents_removed", WHOLE, N_("Residents removed"),
            N_("Residents of units that have left, rounded; empty where they are withheld.")),
    ), spatial=False),
    LayerDescription("public_units", N_("Squares, or units by class"),
        N_("Cells joined into squares until each holds enough people, or units by class alone."), (
        Column("unit_id", TEXT, N_("Unit id"),
            N_("Of a square, its side and the northing and easting of its corner; else the unit's own.")),
        _TOLD_RESIDENTS,
        Column("class", TEXT, N_("Class of the composite"), N_("The composite, as a class.")),
    )),
)
# fmt: on
DESCRIBED = {
    layer.name: layer
    for layer in (*_LAYERS, *_OF_POLICIES, *_OF_CERTAINTY, *_OF_SENSITIVITY, *_OF_CONCENTRATION, *_IN_PUBLIC)
}
"""Name -> what is said of it, of every layer and table that is written of designations and comparisons."""
LAYERS = tuple(layer.name for layer in _LAYERS if layer.name != "links")
"""Those of a designation, in the order in which they are written."""
OPTIONAL = ("overrides", "ground", "ground_lines")
"""Those that are there only where something is in them."""
SPATIAL = tuple(name for name in LAYERS if DESCRIBED[name].spatial)
TABLES = tuple(name for name in LAYERS if not DESCRIBED[name].spatial)


@dataclass(frozen=True)
class Described:
    """A title of a few words, and what it means in a sentence or two, in a language."""

    title: str
    text: str


def describe_layer(layer: str, language: str) -> Described:
    """The title and the meaning of a layer.

    Parameters
    ----------
    layer : str
        One of `DESCRIBED`.
    language : {"da", "en"}
    """
    return Described(_(DESCRIBED[layer].title, language), _(DESCRIBED[layer].meaning, language))


def describe_column(
    layer: str, column: str, language: str, criteria: Iterable[Mapping[str, Any]] = ()
) -> Described | None:
    """The title and the meaning of a column; None of one that is not ours.

    Parameters
    ----------
    layer, column : str
    language : {"da", "en"}
    criteria : iterable of mappings
        As in the summary: ``key``, ``label`` in the summary's language, ``share`` (a fraction of 0 to 1) and ``unit``.
    """
    known = _column(layer, column)
    if known is None:
        return None
    told = Described(_(known.title, language), _(known.meaning, language))
    if KEY not in known.name:
        return told
    criterion = next((each for each in criteria if column == known.name.replace(KEY, str(each["key"]))), None)
    if criterion is None:
        return None
    unit = criterion.get("unit") or _("the criterion's own unit", language)
    unit = _("a fraction (0 to 1)", language) if criterion.get("share") else str(unit)
    label = criterion["label"]
    return Described(told.title.format(label=label), told.text.format(label=label, unit=unit))


def texts_of(layer: str, column: str, language: str) -> dict[str, str]:
    """What the values of a column are called in a language; none where it holds no keys."""
    known = _column(layer, column)
    if known is None or known.values is None:
        return {}
    if known.values is AREA_EVENTS:
        return area_event_texts(language)
    return dict(in_language(known.values, language))


def events_in_words(events: str | None, language: str) -> str:
    """What became of an area, as its column has it (``grown+split``), in words; nothing where nothing is known."""
    return ", ".join(_(EVENT_TEXTS[event], language) for event in events.split("+")) if events else ""


def area_event_texts(language: str) -> dict[str, str]:
    """What becomes of areas, in all that can be joined by a plus, and what it is called."""
    several = (SPLIT, MERGED, GROWN, SHRUNK)
    joined = [events for size in range(2, len(several) + 1) for events in combinations(several, size)]
    return {
        "+".join(events): _(" and ", language).join(_(EVENT_TEXTS[event], language) for event in events)
        for events in [*((event,) for event in EVENTS), *joined]
    }


def _column(layer: str, column: str) -> Column | None:
    return DESCRIBED[layer].column(column) if layer in DESCRIBED else None


def type_of(layer: str, column: str) -> Any:
    """The Arrow type of a column: text, whole number, number, flag, or well-known binary.

    Raises
    ------
    KeyError
        If the column is not ours.
    """
    if column == GEOMETRY:
        return pa.binary()
    known = _column(layer, column)
    if known is None:
        raise KeyError(_("a column {column}, which is not ours").format(column=column))
    return {TEXT: pa.string(), WHOLE: pa.int64(), NUMBER: pa.float64(), FLAG: pa.bool_()}[known.kind]


def empty_table(layer: str) -> Any:
    """A layer of no rows, without geometries and what there is one of for each criterion, as an Arrow table."""
    names = [column.name for column in DESCRIBED[layer].columns if KEY not in column.name]
    return pa.table({name: pa.array([], type_of(layer, name)) for name in names})


def as_typed(layer: str, table: Any) -> Any:
    """A table with every column of its type, in one piece and without metadata.

    Raises
    ------
    KeyError
        If a column is not ours.
    ValueError
        If a value does not fit its type.
    """
    arrays = {}
    for column in table.column_names:
        values = table[column].combine_chunks()
        # geometries beyond 2 GiB have 64-bit offsets
        wanted = values.type if pa.types.is_large_binary(values.type) else type_of(layer, column)
        try:
            arrays[column] = values.cast(wanted)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise ValueError(f"{layer}.{column}: {str(error).splitlines()[0]}") from None
    return pa.table(arrays)
