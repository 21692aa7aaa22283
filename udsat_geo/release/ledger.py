"""The ledger of what has been published, and public sets that are safe beside all of it.

It stays in the house: it says of each number that was told whom it counts. A new set is attacked together with all that
was published of its year; what gives somebody away is told no more, or the set is refused.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

import shapely
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from udsat_geo.designation.columns import GEOMETRY
from udsat_geo.designation.layers import Layers
from udsat_geo.kernels.arrays import as_objects
from udsat_geo.messages.errors import InputError, Problem, reason_of
from udsat_geo.messages.limits import text_of_json
from udsat_geo.messages.translate import _
from udsat_geo.release.audit import Atom, Region, attack, attack_rates
from udsat_geo.release.policy import COUNTED, ReleasePolicy
from udsat_geo.release.public import AREA, CHANGE, OUTSIDE, RATES, SQUARE, PublicSet, public_set

_KIND = "udsat_geo release ledger"
_SURFACE = 2
_ROUNDS = 20
"""How often numbers are left out before a set is refused; own choice."""


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Told(_Entry):
    """A number that was told: what it may stand for, and the ids of the units it counts."""

    name: str
    least: int
    most: int
    units: list[str]


class Rated(_Entry):
    """Of some units: by criterion, between which counts of persons among the residents a rate leaves them."""

    name: str
    bounds: dict[str, list[float]]
    units: list[str]


class Release(_Entry):
    """A set that was published."""

    year: int
    people: str = ""
    """SHA-256 of who lives where: sets of the same people are attacked together, whatever their year."""
    policy: str
    policy_sha256: str
    release: str
    least_persons: Annotated[int, Field(ge=2)]
    told: list[Told]
    rated: list[Rated] = []

    @property
    def by(self) -> str:
        """Which set it is, in words."""
        return f"{self.year} {self.policy} ({self.release})"

    @property
    def regions(self) -> tuple[Region, ...]:
        """Its numbers, as the attack takes them; each named with its release."""
        return tuple(Region(f"{self.by}: {each.name}", tuple(each.units), each.least, each.most) for each in self.told)

    @property
    def rates(self) -> dict[str, tuple[Region, ...]]:
        """Its rates by criterion, likewise."""
        return by_criterion(
            (key, Region(f"{self.by}: {each.name}", tuple(each.units), *bounds))
            for each in self.rated
            for key, bounds in each.bounds.items()
        )


def by_criterion(rates: Iterable[tuple[str, Region]]) -> dict[str, tuple[Region, ...]]:
    """Rates of the same criterion together."""
    found: dict[str, list[Region]] = {}
    for key, rate in rates:
        found.setdefault(key, []).append(rate)
    return {key: tuple(regions) for key, regions in found.items()}


class Ledger(_Entry):
    """Everything that was published of a city."""

    kind: Literal["udsat_geo release ledger"] = "udsat_geo release ledger"
    salt_sha256: str | None = None
    releases: list[Release] = []

    def beside(self, year: int, people: str) -> Ledger:
        """What was published of a year, or of the same people as another year."""
        mine = [release for release in self.releases if release.year == year or release.people == people]
        return self.model_copy(update={"releases": mine})

    @property
    def regions(self) -> tuple[Region, ...]:
        """All numbers that were told."""
        return tuple(region for release in self.releases for region in release.regions)

    @property
    def rates(self) -> dict[str, tuple[Region, ...]]:
        """All rates that were told, by criterion."""
        of_each = (release.rates for release in self.releases)
        return by_criterion((key, rate) for rates in of_each for key, regions in rates.items() for rate in regions)


def read_ledger(path: Path) -> Ledger:
    """The ledger of a house; an empty one where there is none yet.

    Raises
    ------
    InputError
        If it cannot be read or is none.
    """
    try:
        text = text_of_json(path)
    except FileNotFoundError:
        return Ledger()
    except (OSError, UnicodeDecodeError) as error:
        reason = reason_of(error) if isinstance(error, OSError) else error.reason
        what = _("cannot be read ({reason})").format(reason=reason)
        raise InputError(Problem(str(path), what, _("Without it nobody knows what has left the house."))) from None
    try:
        return Ledger.model_validate(json.loads(text))
    except (ValidationError, ValueError, RecursionError):
        what = _("is no ledger of releases")
        raise InputError(Problem(str(path), what, _("Restore it: without it nobody knows what has left."))) from None


def check_ledger(ledger: Ledger, layers: Layers, policy: ReleasePolicy, salt: bytes | None, name: str) -> None:
    """Refuse what the ledger forbids at once.

    Raises
    ------
    InputError
        If the ledger is of another city, the policy promises less than was promised, or the salt is another one.
    """
    problems = []
    promised = max((release.least_persons for release in ledger.releases), default=0)
    if policy.counts.least_persons < promised:
        what = _("promises {least} persons, and what was published promised {promised}")
        told = what.format(least=policy.counts.least_persons, promised=promised)
        problems.append(Problem(policy.id, told, _("Take a release policy that promises as much.")))
    known = {unit for release in ledger.releases for told in release.told for unit in told.units}
    if known and known.isdisjoint(layers.layers["units"].table["unit_id"].to_pylist()):
        what = _("is of another city: it knows none of these units")
        problems.append(Problem(name, what, _("Name the ledger of this city with --ledger.")))
    if salt is not None and ledger.salt_sha256 not in (None, hashlib.sha256(salt).hexdigest()):
        what = _("is not the salt of what was published: other noise over the same people tells more of them")
        problems.append(Problem("release-salt", what, _("Restore the file that lay beside the ledger.")))
    if problems:
        raise InputError(problems)


def safe_set(
    layers: Layers, policy: ReleasePolicy, ledger: Ledger, salt: bytes | None = None
) -> tuple[PublicSet, frozenset[str]]:
    """A public set that gives nobody away, beside everything that was published of its year.

    Numbers of changes are left out first, then those of squares; of rates those of areas, then the others.

    Returns
    -------
    PublicSet
    frozenset of str
        The names of the numbers that were left out.

    Raises
    ------
    InputError
        If somebody is given away whatever is left out; it names the numbers that do it.
    """
    residents = residents_of(layers)
    beside = ledger.beside(layers.year, people_of(residents))
    before, rates_before = beside.regions, beside.rates
    check_outlines(layers, beside, policy)
    hidden: frozenset[str] = frozenset()
    least = policy.counts.least_persons
    for _round in range(_ROUNDS):
        found = public_set(layers, policy, salt, hidden)
        given = attack([*before, *found.regions], residents, least)
        more = {name for atom in given for name in _to_hide(atom, (CHANGE, SQUARE))}
        if not given:
            given = attack_all_rates([rates_before, found.rates], residents, least)
            more = {name for atom in given for name in _to_hide(atom, (RATES + AREA, RATES))}
        if not given:
            return found, hidden
        if not more:
            break
        hidden |= more
    raise InputError(_given_away(given, least))


def residents_of(layers: Layers) -> dict[str, int]:
    """The residents of each unit, by id."""
    units = layers.layers["units"].table
    return dict(zip(units["unit_id"].to_pylist(), (n or 0 for n in units["residents"].to_pylist()), strict=True))


def people_of(residents: Mapping[str, int]) -> str:
    """Who lives where, as a hash: units without residents change nothing."""
    living = sorted((unit, n) for unit, n in residents.items() if n)
    return hashlib.sha256(json.dumps(living).encode()).hexdigest()


def check_outlines(layers: Layers, beside: Ledger, policy: ReleasePolicy) -> None:
    """Refuse outlines that differ from published ones of the same people by a part in which few of them live.

    Raises
    ------
    InputError
        It names the pairs.
    """
    residents, least = residents_of(layers), policy.counts.least_persons
    units = layers.layers["units"].table
    ids = units["unit_id"].to_pylist()
    own = {unit: area for unit, area in zip(ids, units["area_id"].to_pylist(), strict=True) if area}
    shape = dict(zip(ids, units[GEOMETRY].to_pylist(), strict=True))
    what = _("differ in outline by a part of {units} units in which {n} persons live, and {least} are promised")
    problems = []
    for release in beside.releases:
        theirs = {unit: told.name for told in release.told if told.name.startswith(AREA) for unit in told.units}
        for (mine, other), part in _parts(own, theirs, shape):
            n = sum(residents.get(unit, 0) for unit in part)
            if 0 < n < least:
                where = f"{AREA}{mine}" if mine else OUTSIDE
                told = what.format(units=len(part), n=n, least=least)
                remedy = _("Do not publish these areas beside those, or draw them alike.")
                problems.append(Problem(f"{where}; {release.by}: {other or OUTSIDE}", told, remedy))
    if problems:
        raise InputError(problems[:3])


def _parts(
    own: Mapping[str, str], theirs: Mapping[str, str], shape: Mapping[str, bytes]
) -> Iterator[tuple[tuple[str | None, str | None], tuple[str, ...]]]:
    """The parts that two sets of areas cut each other into, without the areas that both have; and of which they are."""
    pairs: dict[tuple[str | None, str | None], list[str]] = {}
    for unit in sorted(own.keys() | theirs.keys()):
        pairs.setdefault((own.get(unit), theirs.get(unit)), []).append(unit)
    for pair, units in pairs.items():
        if sum(pair[0] == mine for mine, _other in pairs) == sum(pair[1] == other for _mine, other in pairs) == 1:
            continue
        drawn = as_objects(unit for unit in units if unit in shape)
        outlines = shapely.from_wkb([shape[unit] for unit in drawn])
        within = shapely.point_on_surface(outlines)
        # of addresses, whose outlines are drawn around several, all together
        whole = shapely.union_all(outlines) if (shapely.get_dimensions(outlines) == _SURFACE).all() else None
        for piece in [] if whole is None else shapely.get_parts(whole):
            yield pair, tuple(drawn[shapely.intersects(piece, within)].tolist())
        if whole is None:
            yield pair, tuple(drawn.tolist())


def attack_all_rates(
    sets: Sequence[Mapping[str, Sequence[Region]]], residents: Mapping[str, int], least: int
) -> list[Atom]:
    """What the rates of some sets together give away, criterion by criterion; as `attack_rates`.

    `least` is promised of those whom a criterion counts, at least `COUNTED` of the residents.
    """
    keys = sorted({key for each in sets for key in each})
    return [
        atom
        for key in keys
        for atom in attack_rates([rate for each in sets for rate in each.get(key, ())], residents, int(least / COUNTED))
    ]


def _to_hide(atom: Atom, beginnings: Sequence[str]) -> tuple[str, ...]:
    """Which of the new numbers is left out for an atom; none where only others and earlier releases are left."""
    for beginning in beginnings:
        mine = tuple(name for name in atom.regions if name.startswith(beginning))
        if mine:
            return mine
    return ()


def _given_away(atoms: Sequence[Atom], least: int) -> list[Problem]:
    residents = _(
        "together leave {n} possible numbers of residents of the same {units} units, and {least} are promised"
    )
    rates = _(
        "together leave {n} possible numbers of those whom a criterion finds among the residents of the same {units} "
        "units, too few for the {least} that are promised"
    )
    remedy = _("Take a coarser release policy, or do not publish this beside what has been published.")
    worst = sorted(atoms, key=lambda atom: atom.numbers_left)[:3]
    return [
        Problem(
            "; ".join(atom.regions),
            (rates if RATES in atom.regions[0] else residents).format(
                n=atom.numbers_left, units=len(atom.unit_id), least=least
            ),
            remedy,
        )
        for atom in worst
    ]


def with_release(ledger: Ledger, layers: Layers, policy: ReleasePolicy, found: PublicSet, salt: bytes | None) -> Ledger:
    """The ledger with a set more; one that is there already, number for number, is not noted twice."""
    told = [
        Told(name=each.name, least=int(each.least), most=int(each.most), units=list(each.unit_id))
        for each in found.regions
    ]
    new = Release(
        year=layers.year,
        people=people_of(residents_of(layers)),
        policy=layers.summary.policy.id,
        policy_sha256=layers.summary.policy.sha256,
        release=policy.id,
        least_persons=policy.counts.least_persons,
        told=told,
        rated=_rated(found),
    )
    releases = [*ledger.releases] if new in ledger.releases else [*ledger.releases, new]
    digest = ledger.salt_sha256 if salt is None else hashlib.sha256(salt).hexdigest()
    return Ledger(salt_sha256=digest, releases=releases)


def _rated(found: PublicSet) -> list[Rated]:
    """The rates of a set, for the ledger."""
    bounds: dict[str, dict[str, list[float]]] = {}
    units: dict[str, list[str]] = {}
    for key, rates in found.rates.items():
        for rate in rates:
            bounds.setdefault(rate.name, {})[key] = [rate.least, rate.most]
            units[rate.name] = list(rate.unit_id)
    return [Rated(name=name, bounds=of, units=units[name]) for name, of in bounds.items()]
