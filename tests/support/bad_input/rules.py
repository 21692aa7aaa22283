"""Policies laid over others, limits as expressions, references, demands, and years running."""

from __future__ import annotations

import spoiling as s
from bad_input.row import ESTATES, LAW, MINE, RAW, Row

RING = s.then(
    s.write("a.toml", 'extends = "b.toml"\nid = "a"\n'),
    s.write("b.toml", 'extends = "c.toml"\nid = "b"\n'),
    s.write("c.toml", 'extends = "a.toml"\nid = "c"\n'),
)


def mine(more: str, head: str = "") -> s.Spoil:
    """Write more into the policy that extends the built-in one."""
    return s.write("mine.toml", f'extends = "kbh-2017"\nid = "mine"\n{head}{more}')


def limit(expression: str, more: str = "") -> s.Spoil:
    """Give the criterion over incomes a limit."""
    return mine(f"[[criteria]]\nkey = 'low_income'\nlimit = '''{expression}'''\n{more}")


RULES = (
    Row(
        "policies that extend each other in a ring",
        RING,
        RAW + " --policy {d}/a.toml",
        ("c.toml: extends: makes a ring: a.toml -> b.toml -> c.toml -> a.toml", "cannot rest on itself"),
    ),
    Row(
        "policies laid over each other without end",
        s.then(*(s.write(f"p{n}.toml", f'extends = "p{n + 1}.toml"\nid = "p{n}"\n') for n in range(30))),
        RAW + " --policy {d}/p0.toml",
        ("extends: is the end of over 20 policies, each laid over the next", "Put some of them together"),
    ),
    Row(
        "a policy nested without end",
        s.write("mine.toml", "id = " + "[" * 5000 + "]" * 5000),
        MINE,
        ("mine.toml: is nested too deeply",),
    ),
    Row(
        "a policy that extends itself",
        s.write("mine.toml", 'extends = "mine.toml"\nid = "mine"\n'),
        MINE,
        ("mine.toml: extends: makes a ring: mine.toml -> mine.toml",),
    ),
    Row(
        "unknown base",
        s.write("mine.toml", 'extends = "kbh-2018"\nid = "mine"\n'),
        MINE,
        (
            "mine.toml: extends: names 'kbh-2018', which is no built-in policy and no readable",
            "Did you mean 'kbh-2017'?",
        ),
    ),
    Row(
        "a base that is a folder",
        s.write("mine.toml", 'extends = "raw"\nid = "mine"\n'),
        MINE,
        ("mine.toml: extends: names 'raw'", "directory", "`udsat policies`"),
    ),
    Row(
        "extends that is no text",
        s.write("mine.toml", 'extends = ["kbh-2017"]\nid = "mine"\n'),
        MINE,
        ("mine.toml: extends: must be the name of a built-in policy or the path", "Built in: kbh-2017"),
    ),
    Row(
        "a fault in a base",
        s.then(
            s.write("mine.toml", 'extends = "policy.toml"\nid = "mine"\n[rule]\ncores = 1\n'),
            s.replace("policy.toml", 'id = "kbh-2017"', 'id = "base"'),
            s.replace("policy.toml", 'worse = "low"', 'worse = "lower"'),
        ),
        MINE,
        ("policy.toml: criteria[1] (dwelling_area).worse", "mine.toml: rule.cores: unknown key. Did you mean 'core'?"),
    ),
    Row(
        "a policy with the id of its base",
        s.write("mine.toml", 'extends = "kbh-2017"\nid = "kbh-2017"\n'),
        MINE,
        ("mine.toml: id: is that of a policy it extends", "Choose another"),
    ),
    Row(
        "a misspelt key of a base's criterion",
        mine("[[criteria]]\nkey = 'low_incomes'\nlimit = 0.5\n"),
        MINE,
        ("mine.toml: criteria[1] (low_incomes).numerator: is missing", "change the criterion 'low_income'"),
    ),
    Row(
        "a limit with an unknown name",
        limit("3 * national", "[references]\nnationwide = 0.1\n"),
        MINE,
        ("mine: criteria (low_income).limit: unknown name 'national'. Did you mean 'nationwide'?",),
    ),
    Row(
        "a limit over a column",
        limit("age"),
        MINE,
        ("mine: criteria (low_income).limit: unknown name 'age'. Names: low_income.",),
    ),
    Row("a limit that is no number", limit("'half'"), MINE, ("(low_income).limit: gives 'half', not a finite number",)),
    Row("a limit that is true or false", limit("1 > 0"), MINE, ("(low_income).limit: gives True, not a finite",)),
    Row(
        "a limit divided by zero",
        limit("share / (share - 0.25)", "[references]\nshare = 0.25\n"),
        MINE,
        ("(low_income).limit: gives inf, not a finite number", "the values it uses"),
    ),
    Row(
        "a limit that is no expression",
        limit("0.5; DROP TABLE residents"),
        MINE,
        ("mine: criteria (low_income).limit: is",),
    ),
    Row(
        "a limit that is a list",
        mine("[[criteria]]\nkey = 'low_income'\nlimit = [0.5]\n"),
        MINE,
        ("mine.toml: criteria[1] (low_income).limit: input should be a valid number, or", "a valid string"),
    ),
    Row(
        "a limit over a let without a value",
        limit("nobody + 1", "[let]\nresidents.nobody = 'max(age) FILTER (WHERE age > 500)'\n"),
        MINE,
        ("(low_income).limit: nobody gave no value over these registers", "[let]"),
    ),
    Row(
        "a limit divided by a let that is zero",
        limit("1 / nothing", "[let]\nresidents.nothing = '0 * max(age)'\n"),
        MINE,
        ("(low_income).limit: gives inf, not a finite number",),
    ),
    Row(
        "a name both in let and in references",
        limit("low_income", "[references]\nlow_income = 0.5\n"),
        MINE,
        ("mine: references.low_income: stands in [let] too", "Rename"),
    ),
    Row(
        "a reference without a value",
        s.nothing,
        "--units {d}/estates.gpkg --policy boligomraade-2021",
        ("boligomraade-2018: references.convicted_national: has no value", "--references convicted_national=VALUE"),
    ),
    Row(
        "a reference of a base without a value",
        s.nothing,
        "--units {d}/estates.gpkg --policy parallelsamfund-2021",
        ("boligomraade-2018: references.convicted_national: has no value",),
    ),
    Row(
        "unknown reference",
        s.nothing,
        LAW + " --references convicted=0.02",
        (
            "--references convicted=0.02: the policy boligomraade-2021 has no reference 'convicted'",
            "convicted_national",
        ),
    ),
    Row(
        "a reference for a policy without any",
        s.nothing,
        RAW + " --references share=1",
        ("--references share=1: the policy kbh-2017 has no reference 'share'. It has none",),
    ),
    Row(
        "references that are no numbers",
        s.nothing,
        "--units {d}/estates.gpkg --policy boligomraade-2021 --references convicted_national=0,02",
        ("--references convicted_national=0,02: is not NAME=VALUE with a number", "share=0.025"),
    ),
    Row(
        "a reference given twice",
        s.nothing,
        LAW + " --references convicted_national=0.02",
        ("--references convicted_national=0.02: is given twice",),
    ),
    Row(
        "a reference that is true",
        mine("[references]\nshare = true\n"),
        MINE,
        ("mine.toml: references.share",),
    ),
    Row(
        "a bridge over very many small cells",
        mine("[units]\nsize = 25\n[areas]\nbridge = 5000\n"),
        MINE,
        ("mine.toml: areas.bridge: is wider than 50 cells of 25 m",),
    ),
    Row(
        "leaving harder than joining",
        mine("[incumbents]\nleave = 0.6\n"),
        MINE,
        ("mine.toml: incumbents.leave: lies above rule.edge; staying must not be harder than joining",),
    ),
    Row(
        "a floor for holes without holes",
        mine("[areas]\nholes = 0\nfill_below = 0.2\n"),
        MINE,
        ("mine.toml: areas.fill_below: says nothing without areas.holes",),
    ),
    Row(
        "require of an unknown criterion",
        mine("[rule]\nrequire = ['poverty', 'low_income']\n"),
        MINE,
        ("mine.toml: rule.require: there is no criterion 'poverty'",),
    ),
    Row(
        "more criteria than count",
        mine("[[criteria]]\nkey = 'low_income'\ncounted = false\n[rule]\ncriteria = 5\n"),
        MINE,
        ("mine.toml: rule.criteria: asks for 5 of 4 criteria",),
    ),
    Row(
        "thresholds without a composite",
        mine("[score]\nmethod = 'none'\n"),
        MINE,
        ('score.method: "none" makes no composite; leave out core, edge, own and leave',),
    ),
    Row(
        "unknown method of scoring",
        mine("[score]\nmethod = 'z'\n"),
        MINE,
        ("mine.toml: score.method: input should be 'gap_sd', 'percentile', 'exponential' or 'none'", "given: 'z'"),
    ),
    Row(
        "no years running",
        mine("[rule]\nyears_running = 0\n"),
        MINE,
        ("mine.toml: rule.years_running: input should be greater than or equal to 1", "given: 0"),
    ),
    Row(
        "a threshold that is neither a number nor a share",
        mine("[rule]\ncore = { worst = 10 }\n"),
        MINE,
        ("mine.toml: rule.core: must be a number, or a share of the units between 0 and 1, as in { worst = 0.1 }",),
    ),
    Row(
        "a share of the units beside a number",
        mine("[rule]\ncore = { worst = 0.1 }\n"),
        MINE,
        (
            "kbh-2017: rule.edge: one of core and edge is a share of the units",
            "mine.toml: rule.core: a share of the units cannot stand beside score.scale_of",
        ),
    ),
    Row(
        "a share of the units for the edge that is less than that for the core",
        mine("[rule]\ncore = { worst = 0.2 }\nedge = { worst = 0.1 }\n"),
        MINE,
        ("mine.toml: rule.edge: lies above rule.core", "rule.core: a share of the units cannot stand beside"),
    ),
    Row(
        "groups of criteria that cannot be met",
        mine(
            "[rule]\ngroups_met = 3\n[[rule.groups]]\nkey = 'a'\ncriteria = ['low_income']\nat_least = 2\n"
            "[[rule.groups]]\nkey = 'a'\ncriteria = ['low_incomes']\nrequire = ['school']\n"
        ),
        MINE,
        (
            "mine.toml: rule.groups: the key 'a' stands more than once",
            "mine.toml: rule.groups (a).at_least: asks for 2 of 1 criteria",
            "mine.toml: rule.groups (a): there is no criterion 'low_incomes'",
            "mine.toml: rule.groups (a): there is no criterion 'school'",
            "mine.toml: rule.groups_met: asks for 3 of 2 groups",
        ),
    ),
    Row(
        "a group without criteria and an unknown key",
        mine("[[rule.groups]]\nkey = 'a'\ncriteria = []\nof = 1\n"),
        MINE,
        ("mine.toml: rule.groups[1].criteria: ", "mine.toml: rule.groups[1].of: unknown key"),
    ),
    Row(
        "how many groups where there are none",
        mine("[rule]\ngroups_met = 2\n"),
        MINE,
        ("mine.toml: rule.groups_met: says nothing without rule.groups",),
    ),
    Row(
        "surrounded by units that do not touch",
        mine("[rule]\nsurrounded = ['poor']\n[areas]\nneighbours = 'none'\nholes = 0\n"),
        MINE,
        (
            "mine.toml: rule.surrounded: there is no criterion 'poor'",
            "mine.toml: rule.surrounded: is for cells and zones that",
        ),
    ),
    Row(
        "earlier designations by a policy that can be none",
        mine("[rule]\nyears_running = 2\nrunning_by = ['of whom?']\n"),
        MINE,
        ("mine.toml: rule.running_by[1]: ", "given: 'of whom?'"),
    ),
    Row(
        "earlier designations by others where none are asked for",
        mine("[rule]\nrunning_by = ['kbh-2017']\n"),
        MINE,
        ("mine.toml: rule.running_by: says nothing without rule.years_running",),
    ),
    Row(
        "a law outside its years",
        s.nothing,
        "--year 2019 --units {d}/estates.gpkg --policy parallelsamfund-2021",
        ("--year 2019: the policy parallelsamfund-2021 holds for 2021-2030", "For 2019, take ghettoomraade-2018."),
    ),
    Row(
        "a list of the law over registers",
        s.nothing,
        RAW + " --policy boligomraade-2021 --references convicted_national=0.02",
        ("policy boligomraade-2021: its criteria are columns of a unit table", "--units"),
    ),
    Row(
        "estates without a column of the law",
        s.units(lambda f: f.assign(estate_id=f["id"], residents=1000)),
        "--units {d}/units.gpkg --references convicted_national=0.02 --policy boligomraade-2021",
        ("units.gpkg, column convicted: none of convicted is there", "column basic_school_30_59"),
    ),
)

RUNNING = (
    Row(
        "years running without the earlier designations",
        s.nothing,
        ESTATES + " omdannelsesomraade-2021 --year 2030",
        (
            *(f"designation_{year}.gpkg: no such designation" for year in range(2026, 2030)),
            "looks back on 5 years running",
            "omdannelsesomraade-2021 or parallelsamfund-2021",
        ),
    ),
    Row(
        "years running on designations by other policies and of other input",
        s.nothing,
        ESTATES + " omdannelsesomraade-2021 --year 2026",
        (
            "designation_2022.gpkg: was made by kbh-2017",
            "designation_2022.gpkg: was made from another kind of input (registers, this one from a table of units)",
            "designation_2023.gpkg: was made by ready-made",
            "designation_2025.gpkg: was made by boligomraade-2021, which does not ask the same",
        ),
    ),
)
"""What is answered when earlier designations must be looked back on."""
