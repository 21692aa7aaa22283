"""What the values of columns that hold keys are called, in Danish and English: for legends, forms and enumerations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from udsat_geo.areas.roles import ROLES
from udsat_geo.changes.diff import ADDED, EVENTS, GROWN, MERGED, MOVED, REMOVED, SHRUNK, SPLIT
from udsat_geo.designation.layers import GEOMETRY
from udsat_geo.messages.translate import in_language
from udsat_geo.messages.words import TABLE

LAYER_TEXTS: dict[str, dict[str, tuple[str, str]]] = {
    "da": {
        "areas": ("Udpegede områder", "De udpegede områder, et omrids for hvert."),
        "units": ("Enheder", "Alle bedømte enheder (celler, adresser eller zoner) med score, rolle og begrundelse."),
        "changes": ("Ændringer", "Hvad udpegningen tilføjer, fjerner og ændrer i forhold til den forrige."),
        "changed_units": (
            "Ændrede enheder",
            "Enheder, som er kommet ind, gået ud eller har skiftet område.",
        ),
        "near_misses": ("Næsten udpeget", "Grupper af enheder, som kun mangler at opfylde ét krav."),
        "status": ("Status", "Områderne under ét mod resten af byen, et kriterium i hver række."),
        "overrides": ("Beslutninger", "Enheder, som er medtaget eller udeladt ved beslutning."),
        "links": ("Sammenfald", "Hvert par af et tidligere og et nuværende område, som deler enheder."),
    },
    "en": {
        "areas": ("Designated areas", "The designated areas, one outline each."),
        "units": ("Units", "All units judged (cells, addresses or zones), with score, role and reason."),
        "changes": ("Changes", "What the designation adds, removes and changes against the previous one."),
        "changed_units": ("Changed units", "Units that have come into an area, left one or gone to another."),
        "near_misses": ("Near misses", "Groups of units that fail a single demand."),
        "status": ("Status", "The areas taken together against the rest of the city, one criterion a row."),
        "overrides": ("Decisions", "Units included or excluded by decision."),
        "links": ("Overlaps", "Every pair of an earlier and a present area that share units."),
    },
}

CRITERION_TEXTS: dict[str, dict[str, tuple[str, str]]] = {
    "da": {
        "rate_": ("{label}", "{label}, som {unit}."),
        "gap_": ("{label}, forskel", "{label}, som {unit}, i forhold til {against}; positivt er dårligere."),
    },
    "en": {
        "rate_": ("{label}", "{label}, as {unit}."),
        "gap_": ("{label}, gap", "{label}, as {unit}, against {against}; positive is worse."),
    },
}
MEASURED: dict[str, dict[str, str]] = {
    "da": {
        "share": "andel (0 til 1)",
        "no_unit": "kriteriets egen måleenhed",
        "city": "hele byen",
        "rest_of_city": "resten af byen",
    },
    "en": {
        "share": "a fraction (0 to 1)",
        "no_unit": "the criterion's own unit",
        "city": "the whole city",
        "rest_of_city": "the rest of the city",
    },
}
COLUMN_TEXTS: dict[str, dict[str, tuple[str, str]]] = {
    "da": {
        "area_id": ("Område-id", "Områdets varige id; tomt uden for områderne."),
        "areas.area_id": (
            "Område-id",
            "Varigt: et område, der videreføres, beholder sit id.",
        ),
        "changes.area_id": ("Område-id", "Det nuværende områdes id; det tidligeres, hvis området er udgået."),
        "changed_units.area_id": ("Område-id", "Området, enheden ligger i nu; tomt, hvis den er gået ud."),
        "links.area_id": ("Område-id", "Det nuværende område."),
        "name": ("Navn", "Navnet på stedet; hvert navn står én gang."),
        "units.name": ("Navn", "Enhedens navn i tabellen over enheder."),
        "district": ("Bydel", "Bydelen, hvor de fleste af områdets beboere bor."),
        "residents": ("Beboere", "Antal beboere, som er placeret her."),
        "changed_units.residents": ("Beboere", "Antal beboere i enheden i det år, hvor ændringen er gjort op."),
        "links.residents": ("Beboere", "Antal beboere i enheder, som begge områder har."),
        "units": ("Enheder", "Antal enheder."),
        "overrides.units": ("Enheder", "Antal enheder, som beslutningen nævner."),
        "area_ha": ("Areal", "Omridsets areal i hektar."),
        "composite": (
            "Samlet score",
            "Vægtet gennemsnit af kriterierne på enhedernes skala; 0 er byens niveau, højere er dårligere.",
        ),
        "criteria_exceeded": (
            "Kriterier overskredet",
            "Antal kriterier ved eller over grænsen, eller dårligere end byen.",
        ),
        "criteria_with_rate": ("Kriterier med værdi", "Antal kriterier, som enheden har en værdi for."),
        "residents_in_view": ("Beboere i udsyn", "Antal beboere, som enhedens værdier er beregnet over."),
        "role": (
            "Rolle",
            "Enhedens rolle i et område: core (kerne), edge (kant), bridge (bro), fill (udfyldt hul), incumbent "
            "(bliver), kept (bliver til slutåret), included (ved beslutning) eller outside (udenfor).",
        ),
        "decided_by": ("Afgjort af", "Nøglen til den regel eller beslutning, som har afgjort, om enheden er med."),
        "overrides.decided_by": ("Besluttet af", "Hvem der har truffet beslutningen."),
        "reason": ("Begrundelse", "Hvorfor, i ord."),
        "overrides.reason": ("Begrundelse", "Beslutningens egen begrundelse."),
        "short": ("Mangler", "Hvor meget der mangler i at opfylde det krav, som har afgjort det."),
        "exceeded": ("Overskredne kriteriers nøgler", "Nøglerne til de kriterier, som er overskredet."),
        "qualified": ("Opfylder kravene", "Om enheden opfylder reglens krav til en kerne eller kant i året selv."),
        "since": ("Udpeget siden", "Året, hvor området eller det, som det viderefører, først var udpeget."),
        "until": ("Slutår", "Året, hvor et område udgår, som kun bliver for en tid; ellers tomt."),
        "number": ("Nummer", "Områdets nummer i rasteret."),
        "event": (
            "Hændelse",
            "added (ny), removed (udgået), kept (fortsat), grown (vokset), shrunk (skrumpet), split (delt), "
            "merged (samlet); flere er forbundet med plus; tomt uden tidligere udpegning.",
        ),
        "changed_units.event": (
            "Hændelse",
            "Hvad der er sket: ny, udgået eller skiftet område.",
        ),
        "previous_ids": ("Tidligere id'er", "Id'er på de tidligere områder, som området kommer fra, adskilt af komma."),
        "previous_area_id": ("Tidligere område", "Området, enheden lå i før; tomt, hvis den er kommet ind."),
        "previous_id": ("Tidligere område", "Det tidligere område."),
        "residents_added": ("Beboere tilføjet", "Beboere i enheder, som er kommet ind."),
        "residents_removed": ("Beboere udgået", "Beboere i enheder, som er gået ud."),
        "residents_kept": ("Beboere fortsat", "Beboere i enheder, som er med begge gange."),
        "demand": ("Krav", "Det krav, som mangler: residents, composite, criteria eller required."),
        "criterion": ("Kriterium", "Kriteriets nøgle i politikken."),
        "areas": ("Områderne", "Kriteriets værdi i områderne under ét."),
        "rest_of_city": ("Resten af byen", "Kriteriets værdi blandt alle beboere uden for områderne."),
        "gap": ("Forskel", "Områderne mod resten af byen; positivt er dårligere."),
        "city": ("Hele byen", "Kriteriets værdi i hele byen."),
        "action": ("Handling", "include (medtag) eller exclude (udelad)."),
        "unit_id": ("Enheds-id", "Enhedens id; for celler det danske kvadratnets."),
        "overrides.unit_id": ("Enhed", "Enheden, som beslutningen nævner; tomt, hvis den nævner et sted."),
        "date": ("Dato", "Datoen for beslutningen."),
        "units_changed": ("Enheder ændret", "Antal enheder, som beslutningen har ændret udfaldet for."),
        "share_of_previous": ("Andel af tidligere", "De fælles beboere som andel af det tidligere områdes."),
        "share_of_area": ("Andel af nuværende", "De fælles beboere som andel af det nuværende områdes."),
        "intersection_over_union": ("Overlap", "Fælles beboere delt med beboerne i mindst ét af de to områder."),
        "linked": ("Forbundet", "Om de to områder deler nok til, at det ene kommer af det andet."),
        "continues": ("Videreført", "Om det nuværende område viderefører det tidligere og har dets id."),
    },
    "en": {
        "area_id": ("Area id", "The area's lasting id; empty outside all areas."),
        "areas.area_id": ("Area id", "Lasting: an area that goes on keeps its id."),
        "changes.area_id": ("Area id", "The present area's id; that of the earlier one where it is removed."),
        "changed_units.area_id": ("Area id", "The area that the unit lies in now; empty where it has left."),
        "links.area_id": ("Area id", "The present area."),
        "name": ("Name", "The name of the place; each name stands once."),
        "units.name": ("Name", "The unit's name in the table of units."),
        "district": ("District", "The district where most of the area's residents live."),
        "residents": ("Residents", "Residents placed here."),
        "changed_units.residents": ("Residents", "Residents of the unit in the year that the change is counted in."),
        "links.residents": ("Residents", "Residents of the units that both areas have."),
        "units": ("Units", "Number of units."),
        "overrides.units": ("Units", "Number of units that the decision names."),
        "area_ha": ("Area in hectares", "The area of the outline, in hectares."),
        "composite": (
            "Composite",
            "Weighted mean of the criteria on the units' scale; 0 is the city's level, higher is worse.",
        ),
        "criteria_exceeded": ("Criteria exceeded", "Criteria at or beyond their limit, or worse than the city."),
        "criteria_with_rate": ("Criteria with a rate", "Criteria that the unit has a value for."),
        "residents_in_view": ("Residents in view", "Residents over whom the unit's values are read."),
        "role": (
            "Role",
            "The unit's role in an area: core, edge, bridge, fill (an enclosed hole), incumbent (stays), kept (stays "
            "until the end year), included (by decision) or outside.",
        ),
        "decided_by": ("Decided by", "The key of the rule or decision that settled whether the unit is in."),
        "overrides.decided_by": ("Decided by", "Who decided."),
        "reason": ("Reason", "Why, in words."),
        "overrides.reason": ("Reason", "The decision's own reason."),
        "short": ("Short by", "How much is missing to the demand that settled it."),
        "exceeded": ("Criteria exceeded, keys", "The keys of the criteria exceeded."),
        "qualified": ("Qualified", "Whether the unit meets the rule's demands on a core or edge in the year itself."),
        "since": ("Since", "The year in which the area, or what it goes on from, was first designated."),
        "until": ("Until", "The year in which an area leaves that only stays for a time; else empty."),
        "number": ("Number", "The area's number in the raster."),
        "event": (
            "Event",
            "added, removed, kept, grown, shrunk, split, merged; several joined by a plus; empty without an earlier "
            "designation.",
        ),
        "changed_units.event": ("Event", "What became of the unit: added, removed or moved to another area."),
        "previous_ids": ("Previous ids", "Ids of the earlier areas that the area comes from, separated by commas."),
        "previous_area_id": ("Previous area", "The area that the unit lay in before; empty where it has come in."),
        "previous_id": ("Previous area", "The earlier area."),
        "residents_added": ("Residents added", "Residents of units that have come in."),
        "residents_removed": ("Residents removed", "Residents of units that have left."),
        "residents_kept": ("Residents kept", "Residents of units that are in both times."),
        "demand": ("Demand", "The demand that is missed: residents, composite, criteria or required."),
        "criterion": ("Criterion", "The criterion's key in the policy."),
        "areas": ("The areas", "The criterion's value in the areas taken together."),
        "rest_of_city": ("Rest of the city", "The criterion's value among all residents outside the areas."),
        "gap": ("Gap", "The areas against the rest of the city; positive is worse."),
        "city": ("Whole city", "The criterion's value in the whole city."),
        "action": ("Action", "include or exclude."),
        "unit_id": ("Unit id", "The unit's id; of cells, that of the Danish grid."),
        "overrides.unit_id": ("Unit", "The unit that the decision names; empty where it names a place."),
        "date": ("Date", "The date of the decision."),
        "units_changed": ("Units changed", "Units whose outcome the decision changed."),
        "share_of_previous": ("Share of previous", "The shared residents as a share of the earlier area's."),
        "share_of_area": ("Share of present", "The shared residents as a share of the present area's."),
        "intersection_over_union": ("Overlap", "Shared residents over the residents of either area."),
        "linked": ("Linked", "Whether the two share enough for one to come from the other."),
        "continues": ("Continues", "Whether the present area goes on from the earlier one and has its id."),
    },
}

PER_CRITERION = ("rate_", "gap_")
"""How the columns begin that there is one of for each criterion."""


@dataclass(frozen=True)
class Described:
    """A title of a few words, and what it means in a sentence or two."""

    title: str
    text: str


def describe_layer(layer: str, language: str) -> Described:
    """The title and the meaning of a layer.

    Parameters
    ----------
    layer : str
        One of `udsat_geo.designation.layers.SPATIAL` or `TABLES`, or ``links``.
    language : {"da", "en"}
    """
    return Described(*LAYER_TEXTS[language][layer])


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

    Notes
    -----
    A column means the same in every layer but where `COLUMN_TEXTS` has a text for ``layer.column``.
    """
    texts = COLUMN_TEXTS[language]
    known = texts.get(f"{layer}.{column}") or texts.get(column)
    if known is not None:
        return Described(*known)
    for criterion in criteria:
        for beginning in PER_CRITERION:
            if column == f"{beginning}{criterion['key']}":
                return _of_criterion(layer, beginning, criterion, language)
    return None


def _of_criterion(layer: str, beginning: str, criterion: Mapping[str, Any], language: str) -> Described:
    words = MEASURED[language]
    unit = words["share"] if criterion.get("share") else str(criterion.get("unit") or words["no_unit"])
    told = {"label": criterion["label"], "unit": unit, "against": words["city" if layer == "units" else "rest_of_city"]}
    title, text = (part.format(**told) for part in CRITERION_TEXTS[language][beginning])
    return Described(title, text)


WHOLE = frozenset(
    "residents units criteria_exceeded criteria_with_rate residents_in_view since until number "
    "residents_added residents_removed residents_kept units_changed".split()
)
FRACTIONAL = frozenset("area_ha composite short areas rest_of_city gap city".split())
FLAGS = frozenset({"qualified"})
TEXTS = frozenset(
    "area_id name district event exceeded reason unit_id role decided_by previous_ids previous_area_id demand "
    "criterion action date".split()
)


def type_of(column: str) -> Any:
    """The Arrow type of a column: text, whole number, number, flag, or well-known binary.

    Raises
    ------
    KeyError
        If the column is not ours.
    """
    import pyarrow as pa

    if column in TEXTS:
        return pa.string()
    if column in WHOLE:
        return pa.int64()
    if column in FRACTIONAL or column.startswith(("rate_", "gap_")):
        return pa.float64()
    if column in FLAGS:
        return pa.bool_()
    if column == GEOMETRY:
        return pa.binary()
    raise KeyError(f"a column {column}, which is not ours")


def as_typed(layer: str, table: Any) -> Any:
    """A table with every column of its type, in one piece and without metadata.

    Raises
    ------
    KeyError
        If a column is not ours.
    ValueError
        If a value does not fit its type.
    """
    import pyarrow as pa

    arrays = {}
    for column in table.column_names:
        values = table[column].combine_chunks()
        # geometries beyond 2 GiB have 64-bit offsets
        wanted = values.type if pa.types.is_large_binary(values.type) else type_of(column)
        try:
            arrays[column] = values.cast(wanted)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise ValueError(f"{layer}.{column}: {str(error).splitlines()[0]}") from None
    return pa.table(arrays)


ROLE_TEXTS: dict[str, dict[str, str]] = {
    "da": {
        "outside": "uden for områderne",
        "core": "kerne",
        "edge": "kant",
        "bridge": "bro",
        "fill": "udfyldt hul",
        "incumbent": "bliver fra før",
        "kept": "bliver til slutåret",
        "included": "medtaget ved beslutning",
    },
    "en": {
        "outside": "outside the areas",
        "core": "core",
        "edge": "edge",
        "bridge": "bridge",
        "fill": "filled hole",
        "incumbent": "stays from before",
        "kept": "stays until the end year",
        "included": "included by decision",
    },
}
_MOVED: dict[str, str] = {"da": "skiftet område", "en": "moved to another area"}
EVENT_TEXTS: dict[str, dict[str, str]] = {
    language: {event: in_language(TABLE, language)[event] for event in EVENTS} | {MOVED: moved}
    for language, moved in _MOVED.items()
}
DEMAND_TEXTS: dict[str, dict[str, str]] = {
    "da": {
        "residents": "beboere",
        "composite": "samlet score",
        "criteria": "antal kriterier",
        "required": "et krævet kriterium",
    },
    "en": {
        "residents": "residents",
        "composite": "composite",
        "criteria": "number of criteria",
        "required": "a required criterion",
    },
}
ACTION_TEXTS: dict[str, dict[str, str]] = {
    "da": {"include": "medtag", "exclude": "udelad"},
    "en": {"include": "include", "exclude": "exclude"},
}
JOINED: dict[str, str] = {"da": " og ", "en": " and "}


def role_texts(language: str) -> dict[str, str]:
    """The roles of units and what they are called."""
    return {role: ROLE_TEXTS[language][role] for role in ROLES}


def area_event_texts(language: str) -> dict[str, str]:
    """What becomes of areas, in all that can be joined by a plus, and what it is called."""
    several = (SPLIT, MERGED, GROWN, SHRUNK)
    joined = [events for size in range(2, len(several) + 1) for events in combinations(several, size)]
    sets = [*((event,) for event in EVENTS), *joined]
    words = EVENT_TEXTS[language]
    return {"+".join(events): JOINED[language].join(words[event] for event in events) for events in sets}


def unit_event_texts(language: str) -> dict[str, str]:
    """What becomes of units, and what it is called."""
    return {event: EVENT_TEXTS[language][event] for event in (ADDED, REMOVED, MOVED)}


def texts_of(layer: str, column: str, language: str) -> dict[str, str]:
    """What the values of a column are called; none where it holds no keys.

    Parameters
    ----------
    layer, column : str
    language : {"da", "en"}
    """
    if column == "role":
        return role_texts(language)
    if column == "event":
        return unit_event_texts(language) if layer == "changed_units" else area_event_texts(language)
    if column == "demand":
        return DEMAND_TEXTS[language]
    return ACTION_TEXTS[language] if column == "action" else {}
