"""Where a designation on the page comes from: its policy, inputs, counts and notes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from udsat_geo.policy import text_in
from udsat_geo.report.page.area_layer import LANGUAGES, criteria_of
from udsat_geo.report.page.reading import Read
from udsat_geo.wording import COUNTED, WITHOUT_OWN_RATE

_PLACED = "residents_placed"


def provenance_of(read: Read) -> dict[str, Any]:
    """What the summary tells of a designation's making; notes are in the file's language."""
    summary = read.summary
    settings = summary.get("settings")
    inputs = [*summary["inputs"], *([{**settings, "rows": None}] if settings else [])]
    return {
        "file": read.path.name,
        "policy": str(summary["policy"]["id"]),
        "policy_file": str(summary["policy"].get("file", "")),
        "sha256": str(summary["policy"].get("sha256", "")),
        "bases": [f"{base['id']} ({base['sha256']})" for base in summary["policy"].get("extends", [])],
        "version": str(summary["version"]),
        "source": str(summary["source"]),
        "crs": str(summary.get("crs") or read.crs)[:80],
        "inputs": [{"name": i["name"], "sha256": i["sha256"], "rows": i["rows"]} for i in inputs],
        "counts": _counts(read),
        "notes": [str(note) for note in summary["notes"]],
        "vintage": _vintage(read),
        "references": _references(read),
        "lang": read.language,
    }


def _counts(read: Read) -> list[dict[str, Any]]:
    words: dict[str, dict[str, str]] = {language: dict(COUNTED[language]) for language in LANGUAGES}
    for criterion in criteria_of(read):
        for language in LANGUAGES:
            label = criterion["label"][language]
            words[language][f"units_without_{criterion['key']}"] = WITHOUT_OWN_RATE[language].format(label=label)
    return [
        {"label": {language: words[language].get(name, name) for language in LANGUAGES}, "count": count}
        for name, count in read.summary["counts"].items()
        if count and name != _PLACED
    ]


def _vintage(read: Read) -> list[dict[str, Any]]:
    """The criteria whose data are of another year than the designation."""
    vintage: Mapping[str, Any] = read.summary["vintage"]
    return [
        {"label": criterion["label"], "year": vintage[criterion["key"]]}
        for criterion in criteria_of(read)
        if vintage.get(criterion["key"]) not in (None, read.year)
    ]


def _references(read: Read) -> list[dict[str, Any]]:
    policy = None if read.policy is None else read.policy.policy
    told = []
    for name, reference in (read.summary.get("references") or {}).items():
        known = None if policy is None else policy.references.get(name)
        label = {lang: (text_in(known.label, lang) if known else "") or name for lang in LANGUAGES}
        told.append({"label": label, "value": reference["value"], "source": str(reference["source"] or "")})
    return told
