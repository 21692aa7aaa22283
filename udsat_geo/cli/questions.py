"""What `udsat init` asks where somebody sits at a terminal; elsewhere nothing, and doubtful things stay comments."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from udsat_geo.cli import options
from udsat_geo.messages.translate import N_, _, program_language
from udsat_geo.messages.words import decimal

if TYPE_CHECKING:
    from udsat_geo.cli.console import Steps
    from udsat_geo.policy.writing import ProposedCriterion, ProposedPolicy
    from udsat_geo.registers.first_settings import Question

LEAVE, LEAVE_ALL = "-", "--"
_MOST_SHOWN = 20
"""Values and answers of one question that are listed; own choice."""

yes_option = options.shared("--yes", is_flag=True, help=N_("Ask nothing: what is doubtful stays a comment."))


def asks(yes: bool) -> bool:
    """Whether there is somebody to ask, who has not said ``--yes``."""
    return not yes and _is_terminal(sys.stdin) and _is_terminal(sys.stdout)


def _is_terminal(stream: object) -> bool:
    return bool(getattr(stream, "isatty", lambda: False)())


def asking(steps: Steps) -> Callable[[Question], str]:
    """Puts the questions of `first_settings` at the terminal, until somebody leaves all that follow."""
    told: set[str] = set()
    left: list[Question] = []

    def ask(question: Question) -> str:
        if left:
            return ""
        with steps.paused():
            if not told:
                click.echo(
                    _("Enter takes what stands in brackets, - leaves a comment, -- leaves all that follow as comments.")
                )
            if question.where not in told:
                _tell_values(question)
            told.add(question.where)
            text = f"{question.where}: {question.text}"
            answer = _answer(text, question.guess or LEAVE, [*question.answers, LEAVE, LEAVE_ALL])
        if answer == LEAVE_ALL:
            left.append(question)
        return "" if answer in (LEAVE, LEAVE_ALL) else answer

    return ask


def _tell_values(question: Question) -> None:
    """What the column holds, and what may be answered."""
    click.echo()
    counted = [f"{value!r} {decimal(count, 0)}" for value, count in question.values]
    if counted:
        click.echo(_("values and rows: {values}").format(values=_listed(counted)))
    click.echo(_("one of: {answers}").format(answers=_listed(question.answers)))


def _listed(words: Sequence[str]) -> str:
    more = len(words) - _MOST_SHOWN
    shown = ", ".join(words[:_MOST_SHOWN])
    return shown if more <= 0 else _("{names} and {n} more").format(names=shown, n=more)


def _answer(text: str, guess: str, answers: Sequence[str]) -> str:
    """One of some answers, in any letter case; asked again until it is one."""

    def read(given: str) -> str:
        for answer in answers:
            if answer.lower() == given.strip().lower():
                return answer
        raise click.UsageError(_("{given!r} is none of: {answers}").format(given=given, answers=_listed(answers)))

    given: str = click.prompt(text, default=guess, value_proc=read)
    return given


def confirmed(proposed: ProposedPolicy) -> ProposedPolicy:
    """A proposed policy with the criteria that somebody keeps, leaves as comments or drops, one question each."""
    if not proposed.criteria:
        return proposed
    use, drop = _("y"), _("n")
    told = _("Enter takes what stands in brackets: {use} uses the criterion, - leaves a comment, {drop} drops it.")
    click.echo(told.format(use=use, drop=drop))
    kept: list[ProposedCriterion] = []
    for one in proposed.criteria:
        click.echo()
        click.echo(f"{one.column}{f': {one.why}' if one.why else ''}")
        if one.doubt:
            click.echo(_("doubtful: {doubt}").format(doubt=one.doubt))
        worse = _("high is worse") if one.worse == "high" else _("low is worse")
        ratio = f"{one.numerator} / {one.denominator}; {worse}"
        text = f"{one.label[program_language()]} ({ratio})"
        answer = _answer(text, LEAVE if one.doubt else use, [use, LEAVE, drop])
        if answer == use:
            used = {other.key for other in kept if not other.doubt}
            kept.append(dataclasses.replace(one, doubt="", key=_free(one.key, used)))
        elif answer == LEAVE:
            kept.append(one.doubted(_("left out when it was asked for")))
    return dataclasses.replace(proposed, criteria=tuple(sorted(kept, key=lambda one: bool(one.doubt))))


def _free(key: str, used: set[str]) -> str:
    """A key that no other criterion has, where two of one concept are used."""
    number = 2
    free = key
    while free in used:
        free, number = f"{key}_{number}", number + 1
    return free
