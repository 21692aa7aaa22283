"""The sections of the status report, in its own order, filled from what was measured, designated and judged."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from udsat_geo.changes.diff import ADDED, changed_areas
from udsat_geo.designation.designation import Designation
from udsat_geo.designation.fallen import compared, fallen_areas, fallen_reason
from udsat_geo.designation.reasons import area_reasons
from udsat_geo.messages.tables import Table
from udsat_geo.messages.translate import N_, _
from udsat_geo.messages.version import __version__
from udsat_geo.messages.words import published
from udsat_geo.monitoring.baseline import baseline_of
from udsat_geo.monitoring.goal_figures import VERDICTS, Goal
from udsat_geo.monitoring.goal_tables import SOURCE, baseline_tables, both_verdicts, goal_table, verdict_table
from udsat_geo.monitoring.goal_words import reasons_of_goal, verdict_in_words
from udsat_geo.monitoring.goals import Account
from udsat_geo.monitoring.status import StatusReport
from udsat_geo.monitoring.status_tables import (
    SYNTHETIC,
    categories_table,
    closing_sentences,
    difference_table,
    figure,
    gaps_table,
    goal_sentences,
    levels_table,
    milestone_block,
    opening_sentences,
)
from udsat_geo.policy.load import load_policy
from udsat_geo.policy.rules import Policy, text_in
from udsat_geo.report.charts import Compared, draw_criteria_bars
from udsat_geo.report.document.content import Document, Part, Section, Slot, picture_of
from udsat_geo.report.few import FEWEST, people_in_words
from udsat_geo.report.figures import Shown
from udsat_geo.report.maps import draw_area_map, draw_change_map
from udsat_geo.report.page.policy_words import Block, policy_in_words

GOALS = range(1, 19)
SLOTS = (
    "introduction", "conclusion", "development", "milestone", "goals",
    *(name for number in GOALS for name in (f"goal-{number}", f"goal-{number}-case")),
    "redesignation", "appendix-1", "appendix-2", "appendix-3",
)  # fmt: skip
"""The places for comments and cases, each called like the Markdown file that fills it."""

MOST_YEARS = 6
"""Of Tabel 1, so that it fits the width of a page."""
LAW = "boligomraade-2021"
"""The built-in policy that has the criteria of Bilag 2."""


@dataclass(frozen=True)
class Filling:
    """All that a document is filled from.

    Attributes
    ----------
    shown : Shown
        The figures, and the designations that were made for them.
    report : StatusReport
        With the categories of the last year.
    account : Account
        Of the goals, over the areas.
    anew : Account or None
        Over the areas drawn anew, of the last year.
    policy : Policy
    sha256 : str
        Of the policy's file.
    comments : mapping
        Name of a slot -> Markdown.
    language : {"da", "en"}
    """

    shown: Shown
    report: StatusReport
    account: Account
    anew: Account | None
    policy: Policy
    sha256: str
    comments: Mapping[str, str]
    language: str

    def slot(self, name: str, level: int, who: str = "") -> Slot:
        """The place of a comment, and what stands there without one."""
        text = N_("[Room for comments of the administrations: {file}]")
        if name.endswith("-case"):
            text = N_("[Room for a case: {file}]")
        elif who:
            text = N_("[Room for comments of {who}: {file}]")
        placeholder = _(text, self.language).format(file=f"{name}.md", who=who)
        return Slot(self.comments.get(name, ""), placeholder, level)


def document_of(filling: Filling) -> Document:
    """The whole status report."""
    language, report = filling.language, filling.report
    years, designated = report.series.years, filling.shown.areas[0].year
    given = {
        "policy": text_in(filling.policy.title, language) or filling.policy.id,
        "year": years[-1], "first": years[0], "designated": designated,
    }  # fmt: skip
    front = [_("Internal: made from exact figures. What may be published is written by udsat release.", language)]
    front += [_(SYNTHETIC, language)] if report.source == "synthetic" else []
    publisher = filling.policy.publisher
    front += [] if publisher is None else [published(publisher.model_dump(), language)]
    return Document(
        _("Status of {policy}, {year}", language).format(**given),
        _("The areas of {designated}, followed from {first} to {year}", language).format(**given),
        tuple(front),
        (
            *_beginning(filling),
            *_development(filling),
            *_goals(filling),
            *_redesignation(filling),
            *_appendices(filling),
        ),
        language,
    )


def _captioned(table: Table | None) -> tuple[Table, ...]:
    """A table without the number that its title has elsewhere: here it gets one in order."""
    if table is None:
        return ()
    title = table.title.rpartition(": ")[2]
    return (dataclasses.replace(table, title=title[:1].upper() + title[1:]),)


def _beginning(filling: Filling) -> Iterator[Section]:
    language, report, goals = filling.language, filling.report, filling.account.published.goals
    told = _(
        "This document follows the disadvantaged areas against the rest of the city, as the policy asks for. It is "
        "filled from registers; where they cannot answer, that is said.",
        language,
    )
    synthetic = _(SYNTHETIC, language)
    opening = [sentence for sentence in opening_sentences(report) if sentence != synthetic]
    aim, *verdict = goal_sentences(report) or [
        _("The policy has no milestone that these years could be held against.", language)
    ]
    yield Section(
        _("Introduction", language), 1, (" ".join([told, aim]), tuple(opening), filling.slot("introduction", 1))
    )
    by_verdict = {
        verdict: [goal for goal in goals if goal.verdict is verdict] for verdict in VERDICTS
    }  # fmt: skip
    lines = [
        f"{_(text, language).capitalize()} ({len(by_verdict[verdict])}): "
        + "; ".join(f"{goal.number} {goal.label[language]}" for goal in by_verdict[verdict])
        for verdict, text in VERDICTS.items()
        if by_verdict[verdict]
    ]
    goals_told = _("The 18 goals by our verdict on the figures published in 2021:", language)
    parts: list[Part] = [" ".join(verdict or [aim]), goals_told, tuple(lines)]
    parts += [_totals(filling)] if filling.anew is not None else []
    yield Section(_("Conclusion", language), 1, (*parts, filling.slot("conclusion", 1)))


def _development(filling: Filling) -> Iterator[Section]:
    language, report, shown = filling.language, filling.report, filling.shown
    years = report.series.years
    yield Section(_("Development in the areas", language), 1, (filling.slot("development", 1),))
    labels = tuple(criterion.label_in(language) for criterion in filling.policy.criteria)
    told = _("The areas are designated by {n} criteria, which Appendix 1 defines:", language).format(n=len(labels))
    yield Section(_("Criteria", language), 2, (told, labels, picture_of(draw_area_map(shown.areas[0]))))
    status = shown.statuses[0]
    title = _("Status of the criteria in {year}", language).format(year=years[-1])
    yield Section(title, 2, (picture_of(draw_criteria_bars(status)), _in_words(status)))
    last = len(years) - 1
    chosen = range(len(years)) if last < MOST_YEARS else [0, *range(last - MOST_YEARS + 2, last + 1)]
    left_out = _("The table has the first year and the latest ones; udsat status has them all.", language)
    table = _captioned(levels_table(report, list(chosen)))
    title = _("The areas and the rest of the city, {first}-{last}", language).format(first=years[0], last=years[-1])
    yield Section(title, 2, (*table, *([] if last < MOST_YEARS else [left_out])))
    yield Section(_("The gap to the rest of the city", language), 2, _captioned(gaps_table(report)))
    parts: list[Part] = [" ".join(goal_sentences(report)), _by_criterion(report)] if report.progress else []
    if not parts:
        parts = [_("The policy has no milestone that these years could be held against.", language)]
    yield Section(_("How far the milestone is", language), 2, (*parts, filling.slot("milestone", 2)))


def _in_words(status: Compared) -> tuple[str, ...]:
    """What a chart of criteria shows, a line each."""
    told = _("{label}: {areas} in the areas, {rest} in the rest of the city; the gap is {gap}", status.language)
    return tuple(
        told.format(
            label=label, areas=status.shown(status.areas[j], j), rest=status.shown(status.rest_of_city[j], j),
            gap=status.gap_shown(j),
        )
        for j, label in enumerate(status.label)
    )  # fmt: skip


def _by_criterion(report: StatusReport) -> tuple[str, ...]:
    """How far each criterion is, a line each."""
    block, language, lines = milestone_block(report), report.language, []
    if block is None:
        return ()
    for j, criterion in enumerate(report.policy.policy.criteria):
        state, *more = [column for column in block.columns if column.shown]
        cells = [(column.head.lower(), column.cell(j, criterion, language)) for column in more]
        told = [state.cell(j, criterion, language), *(f"{head} {cell}" for head, cell in cells if cell)]
        lines.append(f"{criterion.label_in(language)}: " + "; ".join(told))
    return tuple(lines)


def _goals(filling: Filling) -> Iterator[Section]:
    language, account = filling.language, filling.account
    told = _(
        "The verdicts are on the figures of the status report of 2021, ours beside the report's. Below each goal "
        "stands what registers say of it. {source}",
        language,
    ).format(source=_(SOURCE, language))
    table = verdict_table(account, language)
    title = _("Status of the 18 goals", language)
    yield Section(title, 1, (told, table, filling.slot("goals", 1)))
    approach = 0
    for goal in account.published.goals:
        if goal.approach != approach:
            approach = goal.approach
            given = {"number": approach, "label": account.published.approaches[approach][language]}
            yield Section(_("Approach {number}: {label}", language).format(**given), 2, ())
        yield _goal(goal, filling)


def _goal(goal: Goal, filling: Filling) -> Section:
    language, account = filling.language, filling.account
    ours, report = both_verdicts(goal, language)
    told = _("Our verdict: {ours}. The report's: {report}. Responsible: {who}.", language)
    rules = [one for one in account.computed if one.rule.number == goal.number]
    life = account.goals is not None and account.goals.life is not None and goal.number == 3
    lacking = [one.criterion.label_in(language) for one in rules if not one.areas]
    parts: list[Part] = [
        told.format(ours=ours, report=report, who=goal.responsible),
        goal_table(goal, account, language),
    ]
    if lacking:
        cannot = _("Cannot be computed, since the registers lack the columns: {labels}.", language)
        parts.append(cannot.format(labels="; ".join(lacking)))
    elif not rules and not life:
        parts.append(_("Registers do not answer this goal: the figures are those published.", language))
    reasons = [
        f"{indicator.label[language]}: {verdict_in_words(judgement, language)}. {text}"
        for indicator, judgement, text in reasons_of_goal(goal, language)
    ]
    name = f"goal-{goal.number}"
    slots = (filling.slot(name, 3, goal.responsible), filling.slot(f"{name}-case", 3))
    title = _("Goal {number}", language).format(number=goal.number) + f": {goal.label[language]}"
    return Section(title, 3, (*parts, tuple(reasons), *slots))


def _redesignation(filling: Filling) -> Iterator[Section]:
    language, shown = filling.language, filling.shown
    slot = filling.slot("redesignation", 1)
    if filling.anew is None:
        none = _("The areas were not drawn anew: Figure 3 and 4 and Table 22 take --updated.", language)
        yield Section(_("The areas drawn anew", language), 1, (none, slot))
        return
    now = shown.made[-1]
    came, went = _came(now), _went(now)
    parts: list[Part] = [_totals(filling), picture_of(draw_change_map(shown.changes[-1]))]
    for head, empty, lines in (
        (_("New areas, and why:", language), _("No area is new.", language), came),
        (_("Areas that fell out, and why:", language), _("No area fell out.", language), went),
    ):
        parts += [head, lines] if lines else [empty]
    title = _("The areas drawn anew, {year}", language).format(year=now.year)
    yield Section(title, 1, (*parts, slot))
    title = _("Status of the criteria in the areas drawn anew", language)
    status = shown.statuses[-1]
    chart = picture_of(draw_criteria_bars(status))
    yield Section(title, 2, (chart, _in_words(status), *_captioned(difference_table(filling.report))))


def _totals(filling: Filling) -> str:
    """How many areas there were and are, and how many residents came in and fell out."""
    now, changes = filling.shown.made[-1], filling.shown.changes[-1]
    told = _(
        "{year}: {n} areas, where there were {before} in {then}. {added} residents came in, {removed} fell out.",
        filling.language,
    )
    came, went = people_in_words([changes.residents_added, changes.residents_removed], filling.language)
    given = {"year": now.year, "n": len(now.areas), "before": len(changes.outline_before), "then": changes.before}
    return told.format(added=came, removed=went, **given)


def _came(now: Designation) -> tuple[str, ...]:
    """Each new area, and why it is one; of one with few residents its name alone."""
    found, reasons = compared(now), area_reasons(now)
    rows = [] if found is None else changed_areas(*found, now)
    return tuple(
        row.name + (f": {reasons[row.number]}" if now.areas.residents[row.number] >= FEWEST else "")
        for row in rows
        if row.event == ADDED
    )


def _went(now: Designation) -> tuple[str, ...]:
    """Each area that is gone, and why; of one with few residents its name alone."""
    return tuple(
        each.row.name
        + (f": {fallen_reason(now, each)}" if min(each.residents, each.residents_before) >= FEWEST else "")
        for each in fallen_areas(now)
    )


def _appendices(filling: Filling) -> Iterator[Section]:
    language, report = filling.language, filling.report
    yield Section(_("Appendix 1: How the criteria are defined", language), 1, ())
    yield from _policy_told(filling.policy, language)
    title, table = _("All categories of the last year", language), categories_table(report)
    yield Section(title, 2, (*_captioned(table), filling.slot("appendix-1", 2)), appendix=True)
    law = load_policy(LAW).policy
    told = _(
        "The law's lists are made of housing estates, of figures that these registers lack (convictions, gross income "
        "against the region's), and by the state. The criteria below are those of {title}; {source}. A table of "
        "estates is listed by: designate --policy {law} --units FILE.",
        language,
    ).format(title=text_in(law.title, language), source=law.source, law=LAW)
    title = _("Appendix 2: The law on parallel societies", language)
    yield Section(title, 1, (told, _law_told(law, language), filling.slot("appendix-2", 1)))
    yield Section(
        _("Appendix 3: Where the goals start in the areas drawn anew", language), 1, _starts(filling), appendix=True
    )
    yield Section(_("About the figures", language), 1, _about(filling))


def _blocks(policy: Policy, language: str) -> list[Block]:
    """A policy in words, its limits as far as they are numbers."""
    limits = [
        {"key": criterion.key, "limit": None if isinstance(criterion.limit, str) else criterion.limit}
        for criterion in policy.criteria
    ]
    return policy_in_words(policy, {"criteria": limits}, language)


def _law_told(law: Policy, language: str) -> tuple[str, ...]:
    """The criteria of the law, and how many it asks for, a line each."""
    blocks, limit = _blocks(law, language), _("Limit", language)
    told = []
    for block, criterion in zip(blocks[1:], law.criteria, strict=False):
        # a limit that is reckoned from a figure of the year has no number here
        of_year = isinstance(criterion.limit, str)
        lines = [*block["lines"][:-1], f"{limit}: {criterion.limit}."] if of_year else block["lines"]
        told.append(f"{block['head']}: {' '.join(lines)}")
    asked = next(block for block in blocks if block["head"] == _("When a unit is in", language))
    return (*told, " ".join(asked["lines"]))


def _policy_told(policy: Policy, language: str) -> Iterator[Section]:
    """The policy in words, its expressions beside what they are."""
    for number, block in enumerate(_blocks(policy, language)):
        code = tuple(f"{head}: {text}" for head, text, _is_code in block["code"])
        lines = [" ".join(block["lines"])] if block["lines"] else []
        yield Section(block["head"], 3 if number else 2, (*lines, *([code] if code else [])))


def _starts(filling: Filling) -> tuple[Part, ...]:
    language, anew = filling.language, filling.anew
    baseline = None if anew is None else baseline_of(anew, "all")
    slot = filling.slot("appendix-3", 1)
    if anew is None or baseline is None:
        return _("The areas were not drawn anew, so nothing starts from them (--updated).", language), slot
    tables = baseline_tables(baseline, anew, language)
    without = ", ".join(map(str, baseline.without))
    told = _("No figure from registers: goals {numbers}.", language).format(numbers=without)
    return (*_captioned(tables[0]), *([told] if without else []), slot)


def _about(filling: Filling) -> tuple[Part, ...]:
    """Where the figures come from, and what is to be said of them."""
    language, report = filling.language, filling.report
    made = _("Made by udsat_geo {version}, by the policy {policy} (SHA-256 {sha256}).", language)
    registers = [
        f"{told.year}: " + ", ".join(
            f"{path.name}" + (f" ({figure(told.rows[table], language, 0)})" if table in told.rows else "")
            for table, path in told.files.items()
        )
        for told in report.registers
    ]  # fmt: skip
    notes = dict.fromkeys([*closing_sentences(report), *filling.shown.notes, *filling.account.notes])
    return (
        made.format(version=__version__, policy=filling.policy.id, sha256=filling.sha256),
        _("Registers, with their rows:", language),
        tuple(registers),
        _("To be known of the figures:", language),
        tuple(notes),
    )
