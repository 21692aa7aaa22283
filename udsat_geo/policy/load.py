"""Reading a policy: a built-in one or a TOML file; a wrong file is answered with every fault in it.

Expressions are kept as text here; `udsat_geo.registers` checks them against the columns and values they may use.
"""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import PrivateAttr, ValidationError

from udsat_geo.messages.errors import InputError, Problem
from udsat_geo.messages.translate import _
from udsat_geo.messages.words import printable
from udsat_geo.policy.chain import (
    BUILT_IN,
    GROUPS,
    SUCCESSIONS,
    KeyPath,
    PolicyFile,
    chain_of_texts,
    chain_sha256,
    merged,
    read_chain,
    standing_of,
    text_of,
    toml_content,
)
from udsat_geo.policy.changing import as_content, as_toml, dotted, without
from udsat_geo.policy.faults import problems_of
from udsat_geo.policy.rules import Policy, Reference, Rule


class Base(Rule):
    """A policy that another one was laid over.

    Attributes
    ----------
    name : str
        Name of the built-in policy or of the file.
    sha256 : str
        Of the file's bytes.
    id : str
    same_demands : bool
        Whether it asks the same of a unit in a single year: the same criteria, limits, context, score, rule and
        areas, whatever it says of units, of references' values and of earlier years.
    """

    name: str
    sha256: str
    id: str
    same_demands: bool


class LoadedPolicy(Rule):
    """A policy with the file it came from.

    Attributes
    ----------
    policy : Policy
        With what its bases say.
    name : str
        Name of the built-in policy or of the file.
    sha256 : str
        Of the file's bytes; of the whole chain where it extends another policy (`udsat_geo.policy.chain`), so that a
        change in a base changes it.
    bases : tuple of Base
        What it extends, the nearest first.
    """

    policy: Policy
    name: str
    sha256: str
    bases: tuple[Base, ...] = ()
    _files: tuple[PolicyFile, ...] = PrivateAttr(default=())
    _changes: dict[str, Any] = PrivateAttr(default_factory=dict)

    def with_(self, changes: Mapping[str, Any] | None = None, /, **more: Any) -> LoadedPolicy:
        """The policy with other settings, checked as a file that extends it is; nothing else is changed.

        Parameters
        ----------
        changes : mapping, optional
            By the whole names of the keys, as in ``{"areas.residents": 500, "criteria.low_income.weight": 2}``.
        **more
            Keys by their own names, as in ``core=1.2``: of ``[rule]``, or of the only table that has such a key; or a
            table, as in ``areas={"residents": 500}``. None takes a key away.

        Returns
        -------
        LoadedPolicy
            With an id of its own (``id="..."`` names it), and the SHA-256 that the file of `to_toml` has. The policy
            itself where every change is back at what its file says.

        Raises
        ------
        InputError
            With everything that is wrong with the changes, as for a file.
        """
        return _changed(self, {**(changes or {}), **more})

    @property
    def changes(self) -> dict[str, Any]:
        """What `with_` changed of the file, by the whole names of the keys."""
        return dict(self._changes)

    def to_toml(self, folder: str | Path | None = None) -> str:
        """The text of a policy file that says what `with_` changed, laid over the file that was begun with.

        Where a key was taken away, which no file that extends another can do, the text of the whole policy.

        Parameters
        ----------
        folder : str or Path, optional
            Where the file will stand; without it, beside the one that it extends.
        """
        return _text_of_changes(self._files, self._changes, None if folder is None else Path(folder))

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts of its file and of the files of its bases, the nearest first: what travels with results."""
        begun = tuple(file.text for file in self._files)
        if not self._changes:
            return begun
        # what took a key away extends nothing: it is whole by itself
        return (self.to_toml(), *(begun if self.bases else ()))

    def __repr__(self) -> str:
        first, last = self.policy.years
        return f"<LoadedPolicy: {self.policy.id}, {first}-{last}, {len(self.policy.criteria)} criteria, {self.name}>"

    __str__ = __repr__

    @property
    def chain(self) -> tuple[tuple[str, str], ...]:
        """Name and SHA-256 of the file of each base, the nearest first."""
        return tuple((base.name, base.sha256) for base in self.bases)

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the policy and of its bases."""
        return (self.policy.id, *(base.id for base in self.bases))

    @property
    def ids_of_same_demands(self) -> tuple[str, ...]:
        """The ids of the policy and of those of its bases that ask the same of a unit in a single year."""
        return (self.policy.id, *(base.id for base in self.bases if base.same_demands))


def load_policy(name_or_path: str | Mapping[str, Any]) -> LoadedPolicy:
    """Read a built-in policy or a policy file, laid over what it extends.

    Parameters
    ----------
    name_or_path : str or mapping
        A name of `BUILT_IN`, or the path of a TOML file; or the content of one, as in ``{"extends": "kbh-2017", "id":
        "mine", "rule": {"core": 1.2}}``, whose ``extends`` is a name or a path from here.

    Raises
    ------
    InputError
        If there is no such policy, a file is not TOML, policies extend each other in a ring, or anything in them is
        wrong; every fault is told with the file in which it stands.
    """
    if isinstance(name_or_path, str):
        return _of_files(read_chain(name_or_path))
    label = str(name_or_path.get("id") or _("policy"))
    text = as_toml(name_or_path)
    (first,) = chain_of_texts([text], label)
    bases = read_chain(str(first.content["extends"])) if "extends" in first.content else ()
    return _of_files((first, *bases))


def policy_of_texts(texts: Sequence[str], name: str) -> LoadedPolicy:
    """A policy from the texts that travel with results (`LoadedPolicy.texts`).

    Parameters
    ----------
    texts : sequence of str
        Of the file, then of what it extends, the nearest first.
    name : str
        Where they stand, for messages.

    Raises
    ------
    InputError
        With everything that is wrong with them.
    """
    return _of_files(chain_of_texts(texts, name))


def text_of_chain(texts: Sequence[str], name: str) -> str:
    """The texts that travel with results as the text of one policy file, that gives the same designations.

    The first of them as it stands, if all that it extends is built in; else all of them put together.

    Parameters
    ----------
    texts, name : as of `policy_of_texts`

    Raises
    ------
    InputError
        With everything that is wrong with them.
    """
    files = chain_of_texts(texts, name)
    _of_files(files)
    built_in = [text_of(base) for base in BUILT_IN if base in (file.content.get("extends") for file in files)]
    if all(text in built_in for text in texts[1:]):
        return printable(texts[0])
    whole = {key: value for key, value in merged(files).items() if key != "extends"}
    return as_toml(whole)


def _of_files(files: tuple[PolicyFile, ...]) -> LoadedPolicy:
    """The policy of a chain of files."""
    content = merged(files)
    policy = _checked(content, files)
    bases = [merged(files[place:]) for place in range(1, len(files))]
    loaded = LoadedPolicy(
        policy=policy.laid_over(_told_by(content, files)),
        name=files[0].name,
        sha256=chain_sha256(files),
        bases=tuple(
            Base(name=file.name, sha256=file.sha256, id=base["id"], same_demands=_same_demands(policy, base))
            for file, base in zip(files[1:], bases, strict=True)
        ),
    )
    loaded._files = files
    return loaded


_CHANGED, _LONGEST_ID = "-changed", 60
"""Behind the id of a policy that is changed, without another word; how long an id may be."""
_NAMES = {"id", "extends"}


def _changed(policy: LoadedPolicy, changes: Mapping[str, Any]) -> LoadedPolicy:
    """As `LoadedPolicy.with_`."""
    if not policy._files:
        raise TypeError("a policy that was read from no file cannot be changed by its keys")
    given = {name: each for name, each in policy.policy.references.items() if each.source == GIVEN}
    changes = {**policy._changes, **dotted(changes, policy.policy.keys)}
    begun = _of_files(policy._files)
    text = _text_of_changes(policy._files, changes)
    content = toml_content(text.encode(), begun.name)
    file = PolicyFile(content["id"], None, hashlib.sha256(text.encode()).hexdigest(), content)
    made = _of_files((file, *policy._files) if "extends" in content else (file,))
    said = made.policy.model_dump(exclude=_NAMES)
    if "id" not in changes and said == begun.policy.model_dump(exclude=_NAMES):
        made, changes = begun, {}
    made._files, made._changes = policy._files, changes
    if given:
        made = made.model_copy(
            update={"policy": made.policy.model_copy(update={"references": {**made.policy.references, **given}})}
        )
    return made


def _text_of_changes(files: Sequence[PolicyFile], changes: Mapping[str, Any], folder: Path | None = None) -> str:
    """As `LoadedPolicy.to_toml`."""
    begun, own = files[0], as_content(changes)
    head = {"id": own.pop("id", str(begun.content["id"])[: _LONGEST_ID - len(_CHANGED)] + _CHANGED)}
    whole = merged([PolicyFile("", None, "", {**head, **own}), *files])
    left = without(whole, [name for name, value in changes.items() if value is None])
    if left != whole:
        return as_toml({name: value for name, value in left.items() if name != "extends"})
    base = begun.label
    if begun.path is not None and folder is not None:
        base = Path(os.path.relpath(begun.path.resolve(), folder.resolve())).as_posix()
    return as_toml({**head, "extends": base, **own})


def check_policy(content: dict[str, Any], name: str) -> Policy:
    """A `Policy` from the content of its file.

    Raises
    ------
    InputError
        With every fault, each named by its key.
    """
    return _checked(content, (PolicyFile(name, None, "", content),))


def _checked(content: dict[str, Any], files: Sequence[PolicyFile]) -> Policy:
    twice = _keys_that_stand_twice(files) if len(files) > 1 else []
    if twice:
        # merged, they would be told as criteria of their own that lack everything
        raise InputError(_id_problems(files) + twice)
    problems = _id_problems(files)
    try:
        policy = Policy.model_validate(content)
    except ValidationError as error:
        raise InputError(problems + problems_of(error.errors(), content, files)) from None
    if problems:
        raise InputError(problems)
    return policy


def _id_problems(files: Sequence[PolicyFile]) -> list[Problem]:
    """A policy laid over another is another policy, and results must tell them apart."""
    problems = []
    for place, file in enumerate(files if len(files) > 1 else ()):
        own = file.content.get("id")
        where = _("{label}: id").format(label=file.label)
        if own is None:
            problems.append(
                Problem(where, _("is missing"), _("A policy and each that it extends need ids of their own."))
            )
        elif not isinstance(own, str):
            problems.append(Problem(where, _("must be a text (given: {own!r})").format(own=own)))
        elif own in [below.content.get("id") for below in files[place + 1 :]]:
            problems.append(
                Problem(
                    where, _("is that of a policy it extends (given: {own!r})").format(own=own), _("Choose another.")
                )
            )
    return problems


def _keys_that_stand_twice(files: Sequence[PolicyFile]) -> list[Problem]:
    problems = []
    for file in files:
        entries = file.content.get("criteria")
        tables = [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
        keys = [str(entry["key"]) for entry in tables if "key" in entry]
        for key in sorted({key for key in keys if keys.count(key) > 1}):
            problems.append(
                Problem(
                    _("{label}: criteria").format(label=file.label),
                    _("the key {key!r} stands more than once").format(key=key),
                    _("Keep one."),
                )
            )
    return problems


def _same_demands(policy: Policy, base: dict[str, Any]) -> bool:
    """Whether a base, if it is a whole policy by itself, asks the same of a unit in a single year."""
    try:
        other = Policy.model_validate(base)
    except ValidationError:
        return False
    return _demands(policy) == _demands(other)


def _demands(policy: Policy) -> dict[str, Any]:
    content = policy.model_dump(include={"let", "context", "rates", "compare", "criteria", "score", "rule", "areas"})
    del content["rule"]["years_running"], content["rule"]["running_by"]
    for criterion in content["criteria"]:
        del criterion["label"], criterion["text"], criterion["unit"], criterion["may_exceed_one"]
    return content


def _told_by(content: dict[str, Any], files: Sequence[PolicyFile]) -> dict[str, str]:
    """Keys of expressions and of references that stand in a base -> how that base is called."""
    told: dict[str, str] = {}
    for path, key in _keys_told_later(content):
        file, _ignored = standing_of(path, content, files)
        if file is not files[0]:
            told[key] = file.label
    return told


def _keys_told_later(content: dict[str, Any]) -> list[tuple[KeyPath, str]]:
    """Keys whose faults show only when registers are read, as `Policy.place` is asked for them."""
    found: list[tuple[KeyPath, str]] = []
    for register, names in content.get("let", {}).items():
        found += [(("let", register, name), f"let.{register}.{name}") for name in names]
    for j, criterion in enumerate(content["criteria"]):
        found += [(("criteria", j, part), f"criteria ({criterion['key']}).{part}") for part in criterion]
    for table in ("units", "references", "compare"):
        found += [((table, key), f"{table}.{key}") for key in content.get(table, {})]
    return found


def outside_its_years(policy: LoadedPolicy, year: int, where: str, choice: str = "") -> Problem:
    """What is told of a year that a policy does not hold for, with the built-in ones that serve that year.

    They are those of the same list, where the policy is one of `SUCCESSIONS` or extends one; else of the same group.

    Parameters
    ----------
    policy : LoadedPolicy
    year : int
    where : str
        What names the year, as in ``--year 2019``.
    choice : str
        What to do where no built-in policy serves instead.
    """
    first, last = policy.policy.years
    what = _("the policy {policy} holds for {first}-{last}").format(policy=policy.policy.id, first=first, last=last)
    own = next((name for name in policy.ids if name in BUILT_IN), None)
    same_list = next((names for names in SUCCESSIONS if own in names), ())
    same_group = next((names for names in GROUPS.values() if own in names), ())
    for others in (same_list, same_group):
        serving = [name for name in others if name != policy.policy.id and serves(name, year)]
        if serving:
            remedy = _("For {year}, take {names}.") if others is same_list else _("Built in for {year}: {names}.")
            return Problem(where, what, remedy.format(year=year, names=_(" or ").join(serving)))
    return Problem(where, what, choice or _("Choose a year or another policy."))


def serves(name: str, year: int) -> bool:
    """Whether a built-in policy holds for a year."""
    first, last = load_policy(name).policy.years
    return first <= year <= last


def check_one_year(policy: Policy) -> None:
    """Refuse a policy whose criteria are changes between years, where criteria are measured year by year.

    Raises
    ------
    InputError
    """
    problems = [
        Problem(
            _("{id}: criteria ({key})").format(id=policy.id, key=criterion.key),
            _("is a change between years, and each year is measured by itself here"),
            _("Use a policy without changes, such as one that extends it."),
        )
        for criterion in policy.criteria
        if criterion.is_change
    ]
    problems += [
        Problem(
            _("{id}: criteria ({key})").format(id=policy.id, key=criterion.key),
            _("is an index on the scale of the units of a designation, and no units are judged here"),
            _("Use a policy without indices, such as one that extends it."),
        )
        for criterion in policy.criteria
        if criterion.is_index
    ]
    if problems:
        raise InputError(problems)


GIVEN = "--references"
"""What a reference says of its source when it was given with the run."""


def with_references(policy: LoadedPolicy, given: Sequence[str]) -> LoadedPolicy:
    """A policy with references set for a run; its file and its SHA-256 stay what they are.

    Parameters
    ----------
    policy : LoadedPolicy
    given : sequence of str
        Each ``NAME=VALUE``, with a decimal point.

    Raises
    ------
    InputError
        With every one that cannot be read, is given twice, or is none of the policy's references.
    """
    if not given:
        return policy
    known = policy.policy.references
    problems: list[Problem] = []
    found: dict[str, Reference] = {}
    for text in given:
        name, _ignored, value = (part.strip() for part in text.partition("="))
        where = f"{GIVEN} {text}"
        number = _number(value)
        if name not in known:
            there = _("It has {names}.").format(names=", ".join(known)) if known else _("It has none.")
            problems.append(
                Problem(
                    where, _("the policy {id} has no reference {name!r}").format(id=policy.policy.id, name=name), there
                )
            )
        elif number is None:
            problems.append(Problem(where, _("is not NAME=VALUE with a number"), _("Write it as in share=0.025.")))
        elif name in found:
            problems.append(Problem(where, _("is given twice"), _("Give it once.")))
        else:
            found[name] = known[name].model_copy(update={"value": number, "source": GIVEN})
    if problems:
        raise InputError(problems)
    set_for_run = policy.policy.model_copy(update={"references": {**known, **found}})
    return policy.model_copy(update={"policy": set_for_run})


def with_let(policy: LoadedPolicy, given: Sequence[str]) -> LoadedPolicy:
    """A policy with values of ``[let]`` set for a run, whatever its expressions would give.

    Parameters
    ----------
    policy : LoadedPolicy
    given : sequence of str
        Each ``NAME=VALUE``, with a decimal point.

    Raises
    ------
    InputError
        With every one that cannot be read, is given twice, or is none of the policy's.
    """
    let = {register: dict(names) for register, names in policy.policy.let.items()}
    known = [name for names in let.values() for name in names]
    problems, seen = [], set()
    for text in given:
        name, _ignored, value = (part.strip() for part in text.partition("="))
        where, number = f"--let {text}", _number(value)
        if name not in known:
            there = _("It has {names}.").format(names=", ".join(known)) if known else _("It has none.")
            what = _("the policy {id} takes no {name!r} under [let]").format(id=policy.policy.id, name=name)
            problems.append(Problem(where, what, there))
        elif number is None:
            problems.append(Problem(where, _("is not NAME=VALUE with a number"), _("Write it as in share=0.025.")))
        elif name in seen:
            problems.append(Problem(where, _("is given twice"), _("Give it once.")))
        for names in let.values():
            if name in names and number is not None:
                names[name] = repr(number)
        seen.add(name)
    if problems:
        raise InputError(problems)
    return policy.model_copy(update={"policy": policy.policy.model_copy(update={"let": let})}) if given else policy


def _number(text: str) -> float | None:
    """A finite number, or None where the text is none."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
