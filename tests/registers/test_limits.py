"""Limits as expressions over `[let]` and `[references]`, checked before anything is read, evaluated after `[let]`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from builders import make_policy
from small_registers import make_registers
from udsat_geo.designation.designation import Inputs, designate
from udsat_geo.designation.layers import layers_of
from udsat_geo.designation.summary import as_json
from udsat_geo.messages.errors import InputError
from udsat_geo.policy.load import load_policy, with_references
from udsat_geo.policy.rules import Policy
from udsat_geo.registers.expressions import check_limits, resolve_limits
from udsat_geo.scoring.scores import score_units

LET = {"residents": {"low": "median(age)"}}


def policy_with(*limits: str | float | None, **parts: Any) -> Policy:
    """A policy of as many criteria as limits, with the references `share` (0.0174) and `empty`."""
    given = {"references": {"share": 0.0174, "empty": {"label": "Empty"}}, "let": LET} | parts
    return make_policy(["high"] * len(limits), limit=limits, **given)


def limits_of(*limits: str | float | None, let: dict[str, float | None] | None = None, **parts: Any) -> list[Any]:
    policy = policy_with(*limits, **parts)
    check_limits(policy)
    return [criterion.limit for criterion in resolve_limits(policy, let or {"low": 30.0}).criteria]


def told(*limits: str, **parts: Any) -> tuple[str, ...]:
    with pytest.raises(InputError) as error:
        check_limits(policy_with(*limits, **parts))
    return error.value.messages


# --- evaluating ---------------------------------------------------------------------------------------------


def test_numbers_stay_what_they_are_and_expressions_are_evaluated() -> None:
    found = limits_of(0.4, None, "3 * share", "low / 40", "least(share, low)", "0.25")
    assert found == [0.4, None, 0.0522, 0.75, 0.0174, 0.25]
    assert all(limit is None or type(limit) is float for limit in found)


THREE_TIMES = [(float(f"0.{n:04d}"), float(f"{3 * n / 10_000:.4f}")) for n in range(1, 200)]
MISSED = [(share, wanted) for share, wanted in THREE_TIMES if 3 * share != wanted]


@pytest.mark.long
def test_products_of_decimals_are_exact() -> None:
    """A rate of just three times a share is at the limit, also where floating point would miss it by a bit."""
    for share, wanted in THREE_TIMES[::50] + MISSED[::10]:
        assert limits_of("3 * share", references={"share": share}) == [wanted]


def test_floating_point_would_miss_some_of_them() -> None:
    assert len(MISSED) > 10


@pytest.mark.long
@pytest.mark.parametrize("value", [1e-300, 1e300, 0.1234567890123456, -2.5, 0.0, 1 / 3])
def test_any_finite_value_may_be_used(value: float) -> None:
    assert limits_of("share", references={"share": value}) == [value]
    assert limits_of("low * 1", let={"low": value}) == [value]


def test_digits_that_a_decimal_cannot_hold_are_reckoned_in_floating_point() -> None:
    third = 1 / 3
    assert limits_of("share * share * share", references={"share": third}) == [pytest.approx(third**3, rel=1e-15)]


def test_names_are_read_as_sql_reads_them() -> None:
    assert limits_of('SHARE + "share"') == [0.0348]


def test_only_what_expressions_use_is_listed() -> None:
    found = check_limits(policy_with("2 * share", 0.5, "low", references={"other": 1.0, "share": 0.1}))
    assert found.text == {"c0": "2 * share", "c2": "low"}
    assert found.references == ("share",)
    assert check_limits(policy_with(0.5, None)).text == {}


def test_a_reference_that_no_limit_uses_needs_no_value() -> None:
    assert limits_of("share") == [0.0174]


# --- faults -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "wanted"),
    [
        ("3 * shre", "unknown name 'shre'. Did you mean 'share'?"),
        ("3 * zzz", "unknown name 'zzz'. Names: empty, low, share."),
        ("age", "unknown name 'age'"),
        ("3 *", "is not one SQL expression"),
        ("1, 2", "is more than one expression"),
        ("(SELECT 1)", "may not use subqueries"),
        ("getenv('HOME')", "may not use the function 'getenv'"),
        ("max(share)", "may not use the function 'max'. Totals over the register belong in [let]."),
        ("share / 0", "gives inf, not a finite number"),
        ("share % 0", "not a finite number"),
        ("NULL", "gives no value, not a finite number"),
        ("share > 0", "gives True, not a finite number"),
        ("'0.5'", "gives '0.5', not a finite number"),
        ("CAST('x' AS DOUBLE)", "cannot be evaluated"),
    ],
)
def test_a_limit_that_is_no_number_is_told_before_anything_is_read(limit: str, wanted: str) -> None:
    (message,) = told(limit)
    assert message.startswith("small: criteria (c0).limit: ")
    assert wanted in message


def test_a_reference_without_a_value_is_told_once_with_how_to_give_it() -> None:
    assert told("3 * empty", "2 * empty") == (
        "small: references.empty: has no value, and the policy needs it. Give it with --references empty=VALUE, "
        "or as empty = VALUE under [references] of a policy of your own.",
    )


def test_checked_without_a_run_references_need_no_values() -> None:
    check_limits(policy_with("3 * empty", "share"), values_needed=False)
    with pytest.raises(InputError, match="unknown name 'emty'"):
        check_limits(policy_with("3 * emty"), values_needed=False)


def test_every_fault_of_every_limit_is_told() -> None:
    assert len(told("shre", "share / 0", "empty", "low +")) == 4


def test_names_that_could_be_read_in_two_ways_are_told() -> None:
    both = told("low", references={"low": 1.0})
    assert both == ("small: references.low: stands in [let] too. Rename one of them.",)
    twice = told("low", let={"residents": {"low": "1"}, "dwellings": {"low": "2"}}, references={})
    assert twice == ("small: let: low stands under more than one register. Rename one of them.",)


@pytest.mark.parametrize("let", [{"low": None}, {}])
def test_a_let_that_gave_no_value_is_told_when_it_is_known(let: dict[str, float | None]) -> None:
    policy = policy_with("2 * low")
    check_limits(policy)
    with pytest.raises(InputError, match=r"criteria \(c0\)\.limit: low gave no value over these registers"):
        resolve_limits(policy, let)


# --- in a run -----------------------------------------------------------------------------------------------


@pytest.mark.long
def test_a_run_records_its_limits_and_references(tmp_path: Path) -> None:
    make_registers(1).write(tmp_path / "raw")
    (tmp_path / "mine.toml").write_text(
        """
extends = "kbh-2017"
id = "mine"
[let]
residents.oldest = "max(age)"
[context]
residents = 1
[references]
share = { value = 0.125, source = "A table" }
poor = 0.5
other = 1
[[criteria]]
key = "low_income"
limit = "poor * 10 * share"
[[criteria]]
key = "no_education"
limit = "poor / oldest"
[[criteria]]
key = "non_western_origin"
limit = 0.9
"""
    )
    loaded = with_references(load_policy(str(tmp_path / "mine.toml")), ["share=0.0625"])
    made = designate(2021, loaded, Inputs(tmp_path / "raw", None, "registers"))
    summary = json.loads(as_json(layers_of(made).summary))
    oldest = max(age for age in make_registers(1).residents["age"].to_pylist() if age is not None and age <= 125)
    assert summary["references"] == {
        "share": {"value": 0.0625, "source": "--references"},
        "poor": {"value": 0.5, "source": "mine"},
    }
    assert summary["limits"] == {
        "low_income": {"expression": "poor * 10 * share", "value": 0.3125},
        "no_education": {"expression": "poor / oldest", "value": 0.5 / oldest},
    }
    assert summary["policy"]["extends"] == [
        {"id": "kbh-2017", "file": "kbh-2017", "sha256": load_policy("kbh-2017").sha256}
    ]
    place = made.policy.policy.keys.index("low_income")
    with_numbers = score_units(made.units, made.policy.policy)
    assert (with_numbers.exceeded == made.scores.exceeded).all()
    rate = made.scores.rate[:, place]
    assert made.scores.exceeded[:, place].tolist() == [bool(value >= 0.3125) for value in rate]
    assert made.scores.exceeded[:, place].any()
    assert not made.scores.exceeded[:, place].all()


@pytest.mark.long
def test_a_run_of_plain_limits_records_none(tmp_path: Path) -> None:
    make_registers(1).write(tmp_path / "raw")
    made = designate(2021, load_policy("kbh-2017"), Inputs(tmp_path / "raw", None, "registers"))
    summary = layers_of(made).summary
    assert summary.references == summary.limits == {}
    assert summary.policy.extends == []
