"""What criteria that are changes between years, or indices of others, must hold in a policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from udsat_geo.messages.translate import _

if TYPE_CHECKING:
    from udsat_geo.policy.rules import Criterion, Policy


def faults_of_criterion(criterion: Criterion) -> list[str]:
    """What of a criterion does not go with another part of it."""
    is_index = criterion.is_index
    told = (
        (
            criterion.change_over is not None and criterion.change_since is not None,
            _("has both change_over and change_since; keep one"),
        ),
        (
            is_index and not criterion.of,
            _("is an index of nothing; name the criteria it is made of, as in of = ['a', 'b']"),
        ),
        (bool(criterion.of) and not is_index, _('has "of", which is for register = "index"')),
        (
            is_index and (criterion.is_change or criterion.worse == "low"),
            _("is an index, in which high is worse and which is no change itself"),
        ),
        (
            len(criterion.classes) != len(criterion.bounds) + bool(criterion.bounds or criterion.classes),
            _("needs one class more than bounds"),
        ),
        (list(criterion.bounds) != sorted({*criterion.bounds}), _("has bounds that do not rise")),
    )
    return [fault for fails, fault in told if fails]


def misfits_over_time(policy: Policy) -> list[str]:
    """What does not fit together, each by its key."""
    return _of_indices(policy) + _of_changes(policy)


def _of_indices(policy: Policy) -> list[str]:
    keys = policy.keys
    indices = [criterion for criterion in policy.criteria if criterion.is_index]
    known = {*keys} - {criterion.key for criterion in indices}
    faults = [
        f"criteria ({criterion.key}).of: " + _("there is no criterion {key!r} to add up").format(key=key)
        for criterion in indices
        for key in criterion.of
        if key not in known
    ]
    faults += [
        f"criteria ({criterion.key}).of: " + _("names a criterion twice")
        for criterion in indices
        if len({*criterion.of}) < len(criterion.of)
    ]
    if indices and not known:
        faults.append("criteria: " + _("there are indices only, and nothing that they are made of"))
    if any(criterion.is_quantile for criterion in policy.criteria) and any(
        criterion.is_index or criterion.is_change for criterion in policy.criteria
    ):
        faults.append("criteria: " + _("quantiles cannot stand beside changes and indices"))
    if indices and not policy.compares_with_city_alone:
        faults.append("compare.with: " + _("indices are held against the whole city alone"))
    if indices and policy.score.scale_of is not None:
        text = _("holds the scale of one year, and the index {key} is on the scale of each")
        faults.append("score.scale_of: " + text.format(key=indices[0].key))
    return faults


def _of_changes(policy: Policy) -> list[str]:
    changes = [criterion for criterion in policy.criteria if criterion.is_change]
    faults = []
    if changes and policy.score.scale_of is not None:
        text = _("holds the scale of one year, and {key} is a change between years")
        faults.append("score.scale_of: " + text.format(key=changes[0].key))
    if changes and policy.rates.shrink != "none":
        text = _("is for rates of one year, and {key} is a change between years")
        faults.append("rates.shrink: " + text.format(key=changes[0].key))
    faults += [
        f"criteria ({criterion.key}).register: " + _("a change is of residents, dwellings or units")
        for criterion in changes
        if criterion.register_name == "survey"
    ]
    return faults
