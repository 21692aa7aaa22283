"""The goals on the page, from the JSON that `udsat goals --out` writes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from udsat_geo.errors import InputError, Problem
from udsat_geo.goals.published import published_goals
from udsat_geo.goals.sentences import reasons_of_goal
from udsat_geo.goals.wording import REPORT, VERDICTS
from udsat_geo.report.page.area_layer import LANGUAGES


def read_goals(path: Path) -> list[dict[str, Any]]:
    """The goals with both verdicts; labels and reasons in both languages where the file tells the published goals.

    Raises
    ------
    InputError
        If it is no such file.
    """
    remedy = "Name the goals.json of: udsat goals --out DIR."
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(Problem(str(path), f"cannot be read ({error.strerror or error})", remedy)) from None
    except (ValueError, RecursionError):
        raise InputError(Problem(path.name, "is not JSON", remedy)) from None
    goals = content.get("goals") if isinstance(content, dict) else None
    if not isinstance(goals, list) or not goals or not all(_is_goal(goal) for goal in goals):
        raise InputError(Problem(path.name, "is no account of the goals", remedy))
    return [_told(goal, str(content.get("language", "da"))) for goal in goals]


def _is_goal(goal: Any) -> bool:
    return (
        isinstance(goal, dict)
        and {"number", "label", "verdict", "report", "agrees", "indicators"} <= goal.keys()
        and goal["verdict"] in VERDICTS["da"]
        and goal["report"] in REPORT["da"]
        and isinstance(goal["indicators"], list)
        and all(isinstance(indicator, dict) for indicator in goal["indicators"])
    )


def _told(goal: dict[str, Any], language: str) -> dict[str, Any]:
    published = next((known for known in published_goals().goals if known.number == goal["number"]), None)
    same = published is not None and goal["label"] in published.label.values()
    told = {
        "number": goal["number"],
        "ours": {lang: VERDICTS[lang][goal["verdict"]] for lang in LANGUAGES},
        "report": {lang: REPORT[lang][goal["report"]] for lang in LANGUAGES},
        "agrees": bool(goal["agrees"]),
    }
    if published is not None and same:
        return told | {
            "label": {lang: published.label[lang] for lang in LANGUAGES},
            "reasons": {lang: [f"{i.label[lang]}: {text}" for i, _, text in reasons_of_goal(published, lang)]
                        for lang in LANGUAGES},
            "lang": None,
        }  # fmt: skip
    reasons = [f"{i.get('label')}: {i['reason']}" for i in goal["indicators"] if i.get("reason")]
    return told | {
        "label": {lang: str(goal["label"]) for lang in LANGUAGES},
        "reasons": dict.fromkeys(LANGUAGES, reasons),
        "lang": language,
    }
