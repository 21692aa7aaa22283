"""What is to be said of a status beside its figures."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from udsat_geo.status.milestone import since_of
from udsat_geo.status.report import AreasTold, StatusReport
from udsat_geo.status.wording import NOTES, SOURCES

Missing = Mapping[str, tuple[str, ...]]
"""Key of a criterion -> the columns it would need and the registers lack."""

_MOST_EXAMPLES = 3


def notes_of(report: StatusReport, missing: Mapping[int, Missing], made_from: Mapping[str, str]) -> list[str]:
    """What is blank and why, areas that nobody lives in, and on what the milestone is judged.

    Parameters
    ----------
    report : StatusReport
    missing : mapping
        Year -> criterion -> columns that its registers lack.
    made_from : mapping
        Name of a designation -> what it was made from.
    """
    sets = (report.areas,) if report.updated is None else (report.areas, report.updated)
    notes = [note for year in report.series.years for note in _blanks(report, year, missing[year])]
    notes += [note for told in sets for note in _nobody(told, report.language)]
    notes += _sources(report, made_from)
    return notes + _milestone(report)


def _blanks(report: StatusReport, year: int, missing: Missing) -> list[str]:
    """Criteria that are left blank in a year."""
    words, status = NOTES[report.language], report.series.of(year)
    notes = []
    for j, criterion in enumerate(report.policy.policy.criteria):
        given = {"year": year, "label": criterion.label_in(report.language)}
        if criterion.key in missing:
            notes.append(words["missing"].format(**given, columns=", ".join(missing[criterion.key])))
        elif np.isnan(status.city[j]):
            notes.append(words["empty"].format(**given))
        elif np.isnan(status.areas[j]) and status.residents_in_areas:
            notes.append(words["empty_areas"].format(**given))
    return notes


def _nobody(told: AreasTold, language: str) -> list[str]:
    """Areas that nobody lives in, years in which they are the same together."""
    words = NOTES[language]
    years_of: dict[tuple[int, ...], list[int]] = {}
    for year, residents in told.residents.items():
        empty = tuple(np.flatnonzero(residents == 0).tolist())
        if empty:
            years_of.setdefault(empty, []).append(year)
    notes = []
    for empty, years in years_of.items():
        given = {"years": ", ".join(str(year) for year in years), "name": told.name}
        if len(empty) == len(told):
            notes.append(words["all_empty"].format(**given))
            continue
        examples = ", ".join(told.label[i] for i in empty[:_MOST_EXAMPLES])
        more = words["more"] if len(empty) > _MOST_EXAMPLES else ""
        notes.append(words["nobody"].format(**given, count=len(empty), examples=examples + more))
    return notes


def _sources(report: StatusReport, made_from: Mapping[str, str]) -> list[str]:
    """Designations that were made from another kind of registers than they are measured with."""
    words = SOURCES[report.language]
    return [
        NOTES[report.language]["other_source"].format(name=name, made=words[made], measured=words[report.source])
        for name, made in made_from.items()
        if made in words and (made == "synthetic") != (report.source == "synthetic")
    ]


def _milestone(report: StatusReport) -> list[str]:
    milestone, words = report.policy.policy.milestone, NOTES[report.language]
    if milestone is None:
        return []
    if report.progress is None:
        return [words["no_progress"].format(by=milestone.by)]
    first = since_of(report.series, milestone)
    if first != milestone.since:
        return [words["since"].format(since=milestone.since, first=first)]
    return []
