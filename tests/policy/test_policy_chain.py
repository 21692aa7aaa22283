"""Policies laid over others: what is merged and replaced, what identifies them, and which file is told of a fault."""

from __future__ import annotations

import hashlib
import os
import re
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

from edge_registers import write_edge_registers
from udsat_geo.cli.main import udsat
from udsat_geo.messages.errors import InputError
from udsat_geo.policy.chain import BUILT_IN, GROUPS, SUCCESSIONS
from udsat_geo.policy.load import LoadedPolicy, load_policy, outside_its_years, with_references
from udsat_geo.units.units import cells_from_registers

MINE = """
extends = "kbh-2017"
id = "mine"
"""


def load(folder: Path, **files: str) -> LoadedPolicy:
    """The policy `mine.toml` of a folder, after writing the files."""
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return load_policy(str(folder / "mine.toml"))


def told(folder: Path, **files: str) -> str:
    with pytest.raises(InputError) as error:
        load(folder, **files)
    return str(error.value)


# --- merging ------------------------------------------------------------------------------------------------


def test_only_what_is_given_changes(tmp_path: Path) -> None:
    base = load_policy("kbh-2017").policy
    mine = load(tmp_path, mine=MINE + "[rule]\nedge = 0.25\n[areas]\nresidents = 500\n").policy
    assert (mine.id, mine.extends) == ("mine", "kbh-2017")
    assert mine.rule == base.rule.model_copy(update={"edge": 0.25})
    assert mine.areas == base.areas.model_copy(update={"residents": 500})
    assert mine.criteria == base.criteria
    assert mine.let == base.let


def test_criteria_are_merged_by_their_key_and_new_ones_come_last(tmp_path: Path) -> None:
    changed = """
[[criteria]]
key = "tenure"
register = "dwellings"
numerator = "area_m2 < 40"
worse = "high"
[[criteria]]
key = "low_income"
weight = 2.0
label = { en = "Poor" }
"""
    base, mine = load_policy("kbh-2017").policy, load(tmp_path, mine=MINE + changed).policy
    assert mine.keys == (*base.keys, "tenure")
    before, after = (policy.criteria[base.keys.index("low_income")] for policy in (base, mine))
    assert after == before.model_copy(update={"weight": 2.0, "label": {"da": "Andel med lav indkomst", "en": "Poor"}})
    assert mine.criteria[1] == base.criteria[1]


def test_other_arrays_are_replaced(tmp_path: Path) -> None:
    units = "[units]\nmissing = [{}]\n"
    mine = load(
        tmp_path,
        mine='extends = "base.toml"\nid = "mine"\nyears = [2020, 2021]\n' + units.format("-3.0"),
        base='extends = "kbh-2017"\nid = "base"\n' + units.format("-1.0, -2.0"),
    ).policy
    assert mine.years == (2020, 2021)
    assert mine.units.missing == (-3.0,)


def test_a_path_is_read_from_the_folder_of_the_file_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "base.toml").write_text('extends = "../root.toml"\nid = "base"\n[rule]\ncriteria = 2\n')
    (tmp_path / "root.toml").write_text('extends = "kbh-2017"\nid = "root"\n[rule]\ncriteria = 1\ncore = 2.0\n')
    mine = load(tmp_path, mine='extends = "deep/base.toml"\nid = "mine"\n')
    assert (mine.policy.rule.criteria, mine.policy.rule.core) == (2, 2.0)
    assert mine.ids == ("mine", "base", "root", "kbh-2017")
    assert [name for name, _ in mine.chain] == ["base.toml", "root.toml", "kbh-2017"]


def test_a_plain_number_over_a_reference_leaves_its_label_and_takes_its_source(tmp_path: Path) -> None:
    base = 'extends = "kbh-2017"\nid = "base"\n[references]\nshare = { value = 0.1, label = "Share", source = "A" }\n'
    mine = load(tmp_path, mine='extends = "base.toml"\nid = "mine"\n[references]\nshare = 0.2\n', base=base)
    found = mine.policy.references["share"]
    assert (found.value, found.label, found.source) == (0.2, "Share", "")


def test_a_table_over_a_plain_number_keeps_the_number(tmp_path: Path) -> None:
    base = 'extends = "kbh-2017"\nid = "base"\n[references]\nshare = 0.1\n'
    mine = load(tmp_path, mine='extends = "base.toml"\nid = "mine"\n[references.share]\nlabel = "Share"\n', base=base)
    assert (mine.policy.references["share"].value, mine.policy.references["share"].label) == (0.1, "Share")


# --- identity -----------------------------------------------------------------------------------------------


def test_without_extends_the_sha256_is_the_file_s(tmp_path: Path) -> None:
    loaded = load(tmp_path, mine=MINE.replace('extends = "kbh-2017"', "") + _whole())
    assert loaded.sha256 == hashlib.sha256((tmp_path / "mine.toml").read_bytes()).hexdigest()
    assert loaded.chain == ()
    assert loaded.ids == loaded.ids_of_same_demands == ("mine",)


def _whole() -> str:
    return """
years = [2000, 2100]
[[criteria]]
key = "old"
register = "residents"
numerator = "age > 60"
worse = "high"
[rule]
core = 1.0
"""


def test_the_sha256_of_a_chain_is_that_of_the_sha256s_of_its_files(tmp_path: Path) -> None:
    base = 'extends = "kbh-2017"\nid = "base"\n'
    loaded = load(tmp_path, mine='extends = "base.toml"\nid = "mine"\n', base=base)
    own = hashlib.sha256((tmp_path / "mine.toml").read_bytes()).hexdigest()
    lines = [own, *(sha for _, sha in loaded.chain)]
    assert loaded.sha256 == hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()
    assert loaded.chain[1] == ("kbh-2017", load_policy("kbh-2017").sha256)
    assert load(tmp_path, base=base + "# changed\n").sha256 != loaded.sha256


def test_a_base_asks_the_same_unless_what_a_unit_must_meet_changes(tmp_path: Path) -> None:
    for change, same in (
        ("", True),
        ("cadence = 1\n", True),
        ("[rule]\nyears_running = 3\n", True),
        ("[rule]\nyears_running = 3\nrunning_by = ['other']\n", True),
        ("[units]\nname = 'x'\n", True),
        ("[references]\nshare = 0.1\n", True),
        ("[[criteria]]\nkey = 'low_income'\nlabel = 'Poor'\n", True),
        ("[[criteria]]\nkey = 'low_income'\nlimit = 0.2\n", False),
        ("[rule]\ncriteria = 2\n", False),
        ("[context]\nresidents = 1\n", False),
        ("[areas]\nresidents = 1\n", False),
    ):
        loaded = load(tmp_path, mine=MINE + change)
        assert loaded.ids == ("mine", "kbh-2017")
        assert loaded.ids_of_same_demands == (loaded.ids if same else ("mine",)), change


@pytest.mark.parametrize("name", BUILT_IN)
def test_built_in_policies_are_whole(name: str) -> None:
    loaded = load_policy(name)
    assert loaded.policy.id == loaded.name == name
    assert set(loaded.policy.title) == {"da", "en"}  # type: ignore[arg-type]
    assert all(set(criterion.label) == {"da", "en"} for criterion in loaded.policy.criteria)  # type: ignore[arg-type]
    assert loaded.policy.source


def test_the_built_in_policies_are_listed_with_the_references_they_need() -> None:
    listed = CliRunner().invoke(udsat, ["policies", "--language", "en"], catch_exceptions=False).stdout.splitlines()
    assert [line for line in listed if line and not line.startswith(" ")] == list(GROUPS)
    heads = [line[2:] for line in listed if line.startswith("  ") and line[2] != " "]
    assert [head.split("  ")[0] for head in heads] == list(BUILT_IN)
    told = "Share convicted in the whole country, mean of the last 2 years"
    wanted = f"      --references convicted_national=VALUE  {told}"
    assert listed.count(wanted) == 7


def test_lists_that_follow_each_other_leave_no_year_out() -> None:
    for names in SUCCESSIONS:
        years = [load_policy(name).policy.years for name in names]
        assert all(after[0] == before[1] + 1 for before, after in pairwise(years)), names


@pytest.mark.parametrize(
    ("name", "year", "wanted"),
    [
        ("parallelsamfund-2021", 2019, "For 2019, take ghettoomraade-2018."),
        ("parallelsamfund-2021", 2016, "For 2016, take ghettoomraade-2014."),
        ("ghettoomraade-2014", 2024, "For 2024, take parallelsamfund-2021."),
        ("omdannelsesomraade-2021", 2018, "For 2018, take haardt-ghettoomraade-2018."),
        ("boligomraade-2018", 2021, "For 2021, take boligomraade-2021."),
        ("boligomraade-2018", 2016, "Built in for 2016: ghettoomraade-2014."),
        (
            "forebyggelsesomraade-2021",
            2020,
            "Built in for 2020: boligomraade-2018 or ghettoomraade-2018 or haardt-ghettoomraade-2018.",
        ),
        ("boligomraade-2018", 2010, "Choose a year or another policy."),
        ("kbh-2017", 2016, "Choose a year or another policy."),
    ],
)
def test_a_year_outside_a_policy_s_is_told_with_the_one_that_serves(name: str, year: int, wanted: str) -> None:
    told = str(outside_its_years(load_policy(name), year, f"--year {year}"))
    assert told.startswith(f"--year {year}: the policy {name} holds for ")
    assert told.endswith(wanted)
    for served in re.findall(r"[a-z-]+-20\d\d", wanted):
        first, last = load_policy(served).policy.years
        assert first <= year <= last


def test_so_is_one_of_a_policy_that_extends_a_built_in_one(tmp_path: Path) -> None:
    mine = load(tmp_path, mine='extends = "parallelsamfund-2021"\nid = "mine"\nyears = [2025, 2025]\n')
    for year, wanted in ((2019, "ghettoomraade-2018"), (2024, "parallelsamfund-2021")):
        assert f"For {year}, take {wanted}." in str(outside_its_years(mine, year, "--year"))


# --- faults -------------------------------------------------------------------------------------------------


def test_rings_are_told(tmp_path: Path) -> None:
    assert told(tmp_path, mine='extends = "mine.toml"\nid = "mine"\n') == (
        "mine.toml: extends: makes a ring: mine.toml -> mine.toml. A policy cannot rest on itself."
    )
    b, c = 'extends = "c.toml"\nid = "b"\n', 'extends = "./b.toml"\nid = "c"\n'
    assert "c.toml: extends: makes a ring: b.toml -> c.toml -> b.toml." in told(
        tmp_path, mine='extends = "b.toml"\nid = "mine"\n', b=b, c=c
    )


@pytest.mark.parametrize(
    ("base", "wanted"),
    [
        ("kbh-2071", ("mine.toml: extends: names 'kbh-2071'", "Did you mean 'kbh-2017'?")),
        ("no.toml", ("mine.toml: extends: names 'no.toml'", "No such file", "folder of the file that names it")),
        (".", ("mine.toml: extends: names '.'", "directory")),
        (" ", ("mine.toml: extends: must be the name of a built-in policy",)),
    ],
)
def test_a_base_that_is_not_there_is_told_where_it_was_named(
    tmp_path: Path, base: str, wanted: tuple[str, ...]
) -> None:
    found = told(tmp_path, mine=f'extends = "{base}"\nid = "mine"\n')
    assert all(piece in found for piece in wanted), found


def test_a_base_that_names_no_base_is_told_by_its_own_path(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "base.toml").write_text('extends = "no.toml"\nid = "base"\n')
    assert "deep/base.toml: extends: names 'no.toml'" in told(
        tmp_path, mine='extends = "deep/base.toml"\nid = "mine"\n'
    )


def test_every_fault_is_told_with_the_file_in_which_it_stands(tmp_path: Path) -> None:
    mine = """
extends = "base.toml"
id = "mine"
[rule]
core = 0.1
[[criteria]]
key = "no_educaton"
limit = 0.5
[[criteria]]
key = "old"
weigth = 2.0
"""
    base = """
extends = "kbh-2017"
id = "base"
cadense = 3
[units]
size = "big"
[[criteria]]
key = "low_income"
worse = "lower"
[[criteria]]
key = "old"
register = "residents"
numerator = "age > 60"
worse = "high"
limit = [1]
"""
    found = told(tmp_path, mine=mine, base=base).split("\n")
    wanted = (
        "base.toml: cadense: unknown key. Did you mean 'cadence'?",
        "base.toml: units.size:",
        "base.toml: criteria[1] (low_income).worse:",
        "base.toml: criteria[2] (old).limit: input should be a valid number, or input should be a valid string.",
        "mine.toml: criteria[2] (old).weigth: unknown key. Did you mean 'weight'?",
        "mine.toml: criteria[1] (no_educaton).numerator: is missing. Add it. "
        "If it is to change the criterion 'no_education', give it that key.",
    )
    for piece in wanted:
        assert sum(line.startswith(piece) for line in found) == 1, (piece, found)
    assert len(found) == len(wanted) + 2, "register and worse of the misspelt criterion are missing too"


def test_what_parts_say_of_each_other_is_told_with_the_file_of_the_key(tmp_path: Path) -> None:
    base = 'extends = "kbh-2017"\nid = "base"\n[rule]\nedge = 1.5\n'
    assert told(tmp_path, mine='extends = "base.toml"\nid = "mine"\n', base=base).startswith(
        "base.toml: rule.edge: lies"
    )
    mine = MINE + '[rule]\nrequire = ["income"]\n'
    assert told(tmp_path, mine=mine) == "mine.toml: rule.require: there is no criterion 'income'."


def test_a_key_that_stands_twice_in_one_file_is_no_change_of_the_base(tmp_path: Path) -> None:
    twice = '[[criteria]]\nkey = "low_income"\nweight = 2.0\n' * 2
    assert told(tmp_path, mine=MINE + twice) == (
        "mine.toml: criteria: the key 'low_income' stands more than once. Keep one."
    )


@pytest.mark.parametrize(
    ("own", "wanted"),
    [
        ("", "mine.toml: id: is missing"),
        ('id = "kbh-2017"\n', "mine.toml: id: is that of a policy it extends (given: 'kbh-2017')"),
    ],
)
def test_a_policy_laid_over_another_needs_an_id_of_its_own(tmp_path: Path, own: str, wanted: str) -> None:
    assert wanted in told(tmp_path, mine='extends = "kbh-2017"\n' + own)


@pytest.mark.parametrize(("own", "wanted"), [("", "base.toml: id: is missing"), ("id = 5\n", "base.toml: id: must be")])
def test_so_does_every_base(tmp_path: Path, own: str, wanted: str) -> None:
    assert wanted in told(tmp_path, mine='extends = "base.toml"\nid = "mine"\n', base='extends = "kbh-2017"\n' + own)


def test_a_base_that_is_no_toml_is_told_by_its_name(tmp_path: Path) -> None:
    assert told(tmp_path, mine='extends = "base.toml"\nid = "mine"\n', base="id = \n").startswith(
        "base.toml: is not valid TOML"
    )


@pytest.mark.parametrize(
    ("base", "wanted"),
    [
        (f"years = [{'9' * 5000}]", "a number of more than 4300 digits"),
        ("a = " + "[" * 2000, "is nested too deeply"),
        ("# " + "x" * 2**20, "it is longer than 1,048,576 bytes"),
    ],
)
def test_a_base_that_nobody_wrote_ends_the_reading(tmp_path: Path, base: str, wanted: str) -> None:
    assert wanted in told(tmp_path, mine='extends = "base.toml"\nid = "mine"\n', base=base)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    assert "a pipe or a device" in told(tmp_path, mine='extends = "pipe.toml"\nid = "mine"\n')


def test_a_title_that_a_terminal_would_obey_is_refused(tmp_path: Path) -> None:
    mine = 'extends = "kbh-2017"\nid = "mine"\ntitle = "\\u001b[2Jmine"\n'
    assert "title: holds a control character" in told(tmp_path, mine=mine)


@pytest.mark.long
def test_faulty_expressions_are_told_with_the_base_in_which_they_stand(tmp_path: Path) -> None:
    write_edge_registers(tmp_path / "raw")
    base = 'extends = "kbh-2017"\nid = "base"\n[[criteria]]\nkey = "low_income"\nwhere = "agee > 1"\n'
    mine = 'extends = "base.toml"\nid = "mine"\n[let]\nresidents.low_income = "median(incom)"\n'
    policy = load(tmp_path, mine=mine, base=base).policy
    with pytest.raises(InputError) as error:
        cells_from_registers(tmp_path / "raw", policy)
    assert error.value.messages[0].startswith("mine: let.residents.low_income: unknown column 'incom'")
    assert error.value.messages[1].startswith("base.toml: criteria (low_income).where: unknown column 'agee'")


# --- references of a run ------------------------------------------------------------------------------------


def test_references_are_set_for_a_run(tmp_path: Path) -> None:
    loaded = load(tmp_path, mine=MINE + '[references]\nshare = { label = "Share" }\nother = 2\n')
    run = with_references(loaded, ["share=0.25"])
    assert (run.policy.references["share"].value, run.policy.references["share"].source) == (0.25, "--references")
    assert run.policy.references["share"].label == "Share"
    assert run.policy.references["other"].value == 2.0
    assert run.sha256 == loaded.sha256
    assert with_references(loaded, []) is loaded


def test_every_reference_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    loaded = load(tmp_path, mine=MINE + "[references]\nshare = 0.1\n")
    with pytest.raises(InputError) as error:
        with_references(loaded, ["shares=1", "share=0,1", "share", "share=inf", "share=1", "share=2"])
    assert [line.split(":")[0] for line in error.value.messages] == [
        "--references shares=1", "--references share=0,1", "--references share", "--references share=inf",
        "--references share=2",
    ]  # fmt: skip
    assert error.value.messages[0].endswith("the policy mine has no reference 'shares'. It has share.")
