"""Policies with faults, and expressions that reach too far."""

from __future__ import annotations

import spoiling as s
from bad_input.row import POLICY, RAW, Row

WHERE = 'where = "origin IS NOT NULL"'


def where(expression: str) -> s.Spoil:
    """Give the criterion over origins another condition."""
    return s.replace("policy.toml", WHERE, f"where = '''{expression}'''")


SEVERAL = s.then(
    s.replace("policy.toml", "cadence = 4 ", "cadense = 4 "),
    s.replace("policy.toml", "size = 100", 'size = "big"'),
    s.replace("policy.toml", 'worse = "low"', 'worse = "lower"'),
)

POLICIES = (
    Row(
        "several faults of a policy",
        SEVERAL,
        POLICY,
        (
            "policy.toml: cadense: unknown key",
            "Did you mean 'cadence'?",
            "units.size",
            "given: 'big'",
            "criteria[1] (dwelling_area).worse",
            "given: 'lower'",
        ),
    ),
    Row(
        "edge above core and a key twice",
        s.then(
            s.replace("policy.toml", "edge = 0.5", "edge = 1.5"),
            s.replace("policy.toml", 'key = "no_education"', 'key = "low_income"'),
        ),
        POLICY,
        ("policy.toml: rule.edge: lies above rule.core", "criteria: the key 'low_income' stands more than once"),
    ),
    Row(
        "a milestone of the whole gap, and a key misspelt",
        s.then(
            s.replace("policy.toml", "gap = 0.5   ", "gap = 1.0   "),
            s.replace("policy.toml", "since = 2017", "sinse = 2017"),
        ),
        POLICY,
        ("policy.toml: milestone.gap: input should be less than 1", "milestone.sinse: unknown key", "'since'"),
    ),
    Row(
        "a milestone that lies before it begins",
        s.replace("policy.toml", "by = 2025", "by = 2017"),
        POLICY,
        ("policy.toml: milestone.by: 2017 does not lie after milestone.since",),
    ),
    Row(
        "unknown column",
        where("orign IS NOT NULL"),
        POLICY,
        ("criteria (non_western_origin).where: unknown column 'orign'", "Did you mean 'origin'?"),
    ),
    Row("a statement", where("TRUE; DROP TABLE residents"), POLICY, ("criteria (non_western_origin).where: is", "one")),
    Row(
        "a subquery",
        where("(SELECT count(*) FROM residents) > 0"),
        POLICY,
        ("(non_western_origin).where: may not use subqueries",),
    ),
    Row(
        "a file",
        where("(SELECT content FROM read_text('/etc/passwd')) IS NOT NULL"),
        POLICY,
        ("(non_western_origin).where: may not use",),
    ),
    Row(
        "a file as a function",
        where("read_text('/etc/passwd') IS NOT NULL"),
        POLICY,
        ("may not use the function 'read_text'", "Allowed: abs"),
    ),
    Row("the environment", where("getenv('HOME') IS NOT NULL"), POLICY, ("may not use the function 'getenv'",)),
    Row(
        "a function not allowed", where("random() > 0.5"), POLICY, ("may not use the function 'random'", "Allowed: abs")
    ),
    Row(
        "all expressions are told",
        s.then(where("getenv('A') = 'b'"), s.replace("policy.toml", "median(disposable_income)", "median(income)")),
        POLICY,
        ("'getenv'", "let.residents.low_income: unknown column 'income'"),
    ),
    Row("a total outside let", where("age > avg(age)"), POLICY, ("may not use the function 'avg'", "[let]")),
    Row(
        "a let that is infinite",
        s.replace("policy.toml", "0.75 * median", "1e308 * 10 * median"),
        POLICY,
        ("kbh-2017: let.residents.low_income: gives inf",),
    ),
    Row(
        "a let that hides a column",
        s.replace("policy.toml", "residents.low_income", "residents.age"),
        POLICY,
        ("let.residents.age: is a column already", "another name"),
    ),
    Row(
        "an id pattern without places",
        s.replace("policy.toml", "size = 100", 'size = 100\nid_pattern = "{size}_{row}"'),
        POLICY,
        ("policy.toml: units.id_pattern", "{northing}", "{easting}"),
    ),
    Row("no TOML", s.write("policy.toml", "id = kbh\n"), POLICY, ("policy.toml: is not valid TOML", "line 1")),
    Row(
        "TOML that is no policy",
        s.write("policy.toml", "criteria = 3\nunits = 4\n"),
        POLICY,
        ("policy.toml: id: is missing", "policy.toml: criteria", "policy.toml: units", "policy.toml: rule: is missing"),
    ),
    Row(
        "empty policy",
        s.write("policy.toml", ""),
        POLICY,
        ("policy.toml: id: is missing", "policy.toml: criteria: is missing"),
    ),
    Row(
        "policy in Latin-1",
        s.write("policy.toml", "# Østerbro\n".encode("latin-1")),
        POLICY,
        ("policy.toml: is not UTF-8",),
    ),
    Row(
        "no such policy",
        s.nothing,
        RAW + " --policy kbh-2071",
        ("kbh-2071", "Did you mean 'kbh-2017'?"),
    ),
    Row(
        "a folder as policy", s.nothing, RAW + " --policy {d}", ("no built-in policy and no readable file", "directory")
    ),
    Row(
        "a let that is no total",
        s.replace(
            "policy.toml", "0.75 * median(disposable_income) FILTER (WHERE age >= 18)", "0.75 * disposable_income"
        ),
        POLICY,
        ("kbh-2017: let.residents: cannot be evaluated", "one value of the whole register"),
    ),
    Row(
        "a reach of too many cells",
        s.then(
            s.replace("policy.toml", "size = 100", "size = 1"), s.replace("policy.toml", "reach = 1000", "reach = 1001")
        ),
        POLICY,
        ("policy.toml: context.reach: is farther than 1,000 cells of 1 m",),
    ),
)
