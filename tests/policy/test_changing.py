"""Settings changed from a program: checked as a file is, and the file that is saved is the same policy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from udsat_geo.messages.errors import InputError
from udsat_geo.policy.chain import BUILT_IN, merged, read_chain, toml_content
from udsat_geo.policy.changing import as_toml
from udsat_geo.policy.load import LoadedPolicy, load_policy, policy_of_texts, with_references

KBH = load_policy("kbh-2017")


def test_a_key_alone_is_found_in_its_table() -> None:
    changed = KBH.with_(core=1.2, criteria=2, bridge=100, title="Another")
    rule = changed.policy
    assert (rule.rule.core, rule.rule.criteria, rule.areas.bridge, rule.title) == (1.2, 2, 100.0, "Another")
    assert (rule.rule.edge, rule.id) == (KBH.policy.rule.edge, "kbh-2017-changed")
    assert KBH.policy.rule.core == 1.0


def test_whole_names_tables_and_criteria() -> None:
    changed = KBH.with_(
        {"areas.residents": 500, "criteria.low_income.weight": 2}, context={"residents": 600, "reach": 900}
    )
    assert changed.policy.areas.residents == 500
    assert (changed.policy.context.residents, changed.policy.context.reach) == (600, 900.0)
    weights = {criterion.key: criterion.weight for criterion in changed.policy.criteria}
    assert weights == {**dict.fromkeys(KBH.policy.keys, 1.0), "low_income": 2.0}
    assert changed.changes == {
        "areas.residents": 500, "criteria.low_income.weight": 2, "context.residents": 600, "context.reach": 900
    }  # fmt: skip


def test_changes_follow_each_other_and_come_back() -> None:
    once = KBH.with_(core=1.2)
    assert once.with_(edge=0.7).policy.rule == KBH.with_(core=1.2, edge=0.7).policy.rule
    assert once.with_(core=1.0) == KBH


def test_none_takes_a_key_away() -> None:
    alone = KBH.with_(edge=None)
    assert alone.policy.rule.edge is None
    assert "extends" not in alone.to_toml()  # no file takes away what it extends: this one stands by itself
    assert KBH.with_(leave=None) == KBH


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"cor": 1}, ["cor: unknown key. Did you mean 'core'?"]),
        ({"residents": 1, "criteria.low_incom.weight": 1}, [
            "residents: several tables have it: units.residents, context.residents, compare.residents, "
            "areas.residents. Write the whole name.",
            "criteria.low_incom.weight: there is no criterion 'low_incom'. Did you mean 'low_income'?",
        ]),
        ({"edge": 2.0}, [
            "kbh-2017-changed: rule.edge: lies above rule.core; growing must not be harder than starting.",
        ]),
        ({"areas.hols": 1, "criteria": "x"}, [
            "kbh-2017-changed: rule.criteria: input should be a valid integer, unable to parse string as an integer "
            "(given: 'x').",
            "kbh-2017-changed: areas.hols: unknown key. Did you mean 'holes'?",
        ]),
        ({"core": {1.0}}, ["rule: a set is nothing that a policy file can hold."]),
        ({"id": "kbh-2017"}, ["kbh-2017: id: is that of a policy it extends (given: 'kbh-2017'). Choose another."]),
    ],
    ids=["misspelt", "unclear", "apart", "of its kind", "no value", "the same id"],
)  # fmt: skip
def test_faults_are_told_as_those_of_a_file(changes: dict[str, Any], told: list[str]) -> None:
    with pytest.raises(InputError) as refused:
        KBH.with_(changes)
    assert list(refused.value.messages) == told


@pytest.mark.parametrize("changes", [{"core": 1.25, "criteria.low_income.weight": 0.5}, {"edge": None}])
def test_the_file_that_is_saved_is_the_same_policy(changes: dict[str, Any], tmp_path: Path) -> None:
    changed = KBH.with_(changes, id="ours", title={"da": 'Vores "regel"', "en": "Ours\n"[:4]})
    file = tmp_path / "ours.toml"
    file.write_text(changed.to_toml(), encoding="utf-8")
    again = load_policy(str(file))
    assert (again.policy, again.sha256) == (changed.policy, changed.sha256)


def test_a_file_of_ones_own_is_extended_from_where_the_new_one_stands(tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text('id = "ours"\nextends = "kbh-2017"\n[rule]\ncore = 1.1\n')
    changed = load_policy(str(tmp_path / "ours.toml")).with_(edge=0.4, id="tried")
    (tmp_path / "tried").mkdir()
    (tmp_path / "tried" / "tried.toml").write_text(changed.to_toml(tmp_path / "tried"))
    again = load_policy(str(tmp_path / "tried" / "tried.toml")).policy
    assert again.extends == "../ours.toml"
    assert again.rule == changed.policy.rule
    assert changed.ids == ("tried", "ours", "kbh-2017")


def test_references_given_with_the_run_stay() -> None:
    law = with_references(load_policy("parallelsamfund-2021"), [f"{name}=0.03" for name in _open_references()])
    assert law.with_({"areas.residents": 900}).policy.references == law.policy.references


def _open_references() -> list[str]:
    return [name for name, each in load_policy("parallelsamfund-2021").policy.references.items() if each.value is None]


def test_what_was_read_from_no_file_has_no_keys_to_change() -> None:
    with pytest.raises(TypeError, match="read from no file"):
        LoadedPolicy(policy=KBH.policy, name="made", sha256="").with_(core=1)


plain = st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
values = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3), max_leaves=8
)


@examples(100)
@given(st.dictionaries(st.text(), values, max_size=4))
def test_any_content_is_written_as_toml_that_reads_as_the_same(content: dict[str, Any]) -> None:
    """Against Python's own reader; texts with halves of characters, which no file holds, apart."""
    try:
        text = as_toml(content).encode()
    except UnicodeEncodeError:
        return
    assert toml_content(text, "drawn") == content


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_policy_may_be_the_content_of_its_file(name: str) -> None:
    content = merged(read_chain(name))
    content.pop("extends", None)
    assert _said(load_policy(content)) == _said(load_policy(name))


def test_content_extends_as_a_file_does_and_is_held_to_the_same() -> None:
    made = load_policy({"extends": "kbh-2017", "id": "mine", "rule": {"core": 1.2}})
    assert (made.policy.rule.core, made.ids) == (1.2, ("mine", "kbh-2017"))
    assert str(made) == "<LoadedPolicy: mine, 2017-2028, 5 criteria, mine>"
    assert policy_of_texts(made.texts, "here").policy.rule == made.policy.rule
    with pytest.raises(InputError, match=r"mine: rule\.coer: unknown key\. Did you mean 'core'\?"):
        load_policy({"extends": "kbh-2017", "id": "mine", "rule": {"coer": 1.2}})


def _said(policy: LoadedPolicy) -> dict[str, Any]:
    return policy.policy.model_dump(exclude={"extends"})
