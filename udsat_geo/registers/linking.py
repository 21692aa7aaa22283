"""Addresses placed, dwellings linked to them, and residents who are in no place counted."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from udsat_geo.kernels.arrays import Floats, Ints
from udsat_geo.messages.errors import InputError, Problem, key_in_words
from udsat_geo.messages.translate import Note, _
from udsat_geo.messages.words import decimal
from udsat_geo.registers.cleaning import CleanTable, reading
from udsat_geo.registers.key_index import DANGLING, NO_ADDRESS, NO_POSITION, OUTSIDE, KeyIndex, Linked, index_table
from udsat_geo.registers.keys import difference_of_keys, written_alike
from udsat_geo.registers.opening import Opened
from udsat_geo.registers.survey import answers_at, way_of
from udsat_geo.registers.tables import TableSource
from udsat_geo.sources.crs import coordinates_in, same_crs, short_crs
from udsat_geo.sources.engine import check_room_for_keys
from udsat_geo.sources.features import REPROJECTED
from udsat_geo.sources.positions import check_positions, doubts


@dataclass(frozen=True)
class Located:
    """The addresses that have a position.

    Attributes
    ----------
    read_ids : callable
        Gives `address_id`.
    easting, northing : float64, shape (n_addresses,)
        In metres.
    """

    read_ids: Callable[[], Any]
    easting: Floats
    northing: Floats

    @cached_property
    def address_id(self) -> Any:
        """A pyarrow.ChunkedArray of string, n_addresses, distinct and none empty; read when it is first asked for."""
        return self.read_ids()


Place = Callable[[Located], tuple[NDArray[np.int32], int]]
"""Gives the place of each address (-1 is none), and the number of places."""


def link(
    opened: Opened, place: Place, rows: dict[str, int], counts: dict[str, int]
) -> tuple[Linked, int, tuple[Note, ...]]:
    """Place the addresses and link the dwellings to them, which are read meanwhile.

    Parameters
    ----------
    opened : Opened
        Checked.
    place : callable
    rows : dict
        Table -> number of rows.
    counts : dict
        Added to in place: addresses without a position and outside all units, dwellings without an address.

    Returns
    -------
    linked : Linked
    n_places : int
    notes : tuple of Note
        What was found out about positions.

    Raises
    ------
    InputError
        For empty and repeated keys, keys that no address has, and positions that cannot be those of addresses.
    """
    connection, dwellings = opened.connection, opened.dwellings
    check_room_for_keys(rows["addresses"], rows["dwellings"])
    answers = _positions_of_answers(opened)
    addresses, found = index_table(
        connection, opened.addresses, "address_id", rows["addresses"], ("easting", "northing")
    )
    with ThreadPoolExecutor(1) as reader:
        reading_on = reader.submit(copy_context().run, _read_dwellings, opened, addresses, rows["dwellings"])
        place_of_address, n_places, notes = _placed(opened, place, found, answers, counts, reading_on)
        index, address_row = reading_on.result()
    if opened.survey is not None and way_of(opened.survey) == "address_id":
        _keep_places(opened, place_of_address)
    place_of_dwelling = np.where(address_row < 0, address_row, place_of_address[address_row])
    counts["dwellings_without_address"] = int((place_of_dwelling == NO_ADDRESS).sum())
    dangling = int((place_of_dwelling == DANGLING).sum())
    if dangling:
        raise InputError(_dangling(opened, dwellings, "address_id", opened.addresses, dangling))
    unplaced = np.minimum(place_of_dwelling, 0).astype(np.int8)
    return Linked(index, np.maximum(place_of_dwelling, -1), unplaced), n_places, notes


def _read_dwellings(opened: Opened, addresses: KeyIndex, n_rows: int) -> tuple[KeyIndex, NDArray[np.int32]]:
    """The dwellings by their keys, and the row of each one's address."""
    links = {"address_id": addresses}
    index, found = index_table(opened.connection, opened.dwellings, "dwelling_id", n_rows, links=links)
    return index, found["address_id"]


def _placed(
    opened: Opened,
    place: Place,
    found: dict[str, Any],
    answers: Located | None,
    counts: dict[str, int],
    reading_on: Future[Any],
) -> tuple[NDArray[np.int32], int, tuple[Note, ...]]:
    """The place of each address, `NO_POSITION` or `OUTSIDE`; the number of places; what was found out of positions."""
    import pyarrow as pa

    connection, table = opened.connection, opened.addresses
    # so that they go when they are placed, while dwellings are still read
    easting, northing = found.pop("easting"), found.pop("northing")
    has_position = ~(np.isnan(easting) | np.isnan(northing))
    counts["addresses_without_position"] = int(len(easting) - has_position.sum())
    if counts["addresses_without_position"]:
        easting, northing = easting[has_position], northing[has_position]

    def read_ids() -> Any:
        reading_on.exception()  # one at a time asks the connection
        with reading(table.source):
            return (
                connection.sql(f"SELECT address_id FROM {table.select()}")
                .to_arrow_table()["address_id"]
                .filter(pa.array(has_position))
            )

    located, notes = in_the_plane(Located(read_ids, easting, northing), table.source, opened.crs)
    placed, n_places = place(located if answers is None else _both(located, answers))
    if answers is not None:
        reading_on.exception()
        connection.register(
            "answers_placed", pa.table({"answer": answers.address_id, "place": placed[len(located.easting) :]})
        )
        placed = placed[: len(located.easting)]
    counts["addresses_outside_all_units"] = int((placed < 0).sum())
    place_of_address = np.full(len(has_position), NO_POSITION, dtype=np.int32)
    place_of_address[has_position] = np.where(placed < 0, OUTSIDE, placed)
    return place_of_address, n_places, notes


def _keep_places(opened: Opened, place_of_address: NDArray[np.int32]) -> None:
    """Keep a relation ``addresses`` of keys and places, for answers that name addresses."""
    import pyarrow as pa

    with reading(opened.addresses.source):
        ids = opened.connection.sql(f"SELECT address_id FROM {opened.addresses.select()}").to_arrow_table()
    opened.connection.register("addresses", pa.table({"address_id": ids["address_id"], "place": place_of_address}))


def _positions_of_answers(opened: Opened) -> Located | None:
    """Where the answers of a survey lie that is placed by positions, by their numbers; None where none is."""
    if opened.survey is None or way_of(opened.survey) != "easting":
        return None
    found = answers_at(opened.connection)
    sides = (np.asarray(found[name].to_numpy(), dtype=np.float64) for name in ("easting", "northing"))
    return in_the_plane(Located(lambda: found["answer"], *sides), opened.survey.source, opened.crs)[0]


def _both(addresses: Located, answers: Located) -> Located:
    """Addresses and, after them, what else is to be placed."""
    import pyarrow as pa

    def read_ids() -> Any:
        return pa.chunked_array([*addresses.address_id.chunks, *answers.address_id.cast(pa.string()).chunks])

    easting = np.concatenate([addresses.easting, answers.easting])
    return Located(read_ids, easting, np.concatenate([addresses.northing, answers.northing]))


def in_the_plane(located: Located, source: TableSource, crs: str) -> tuple[Located, tuple[Note, ...]]:
    """Addresses in the reference system to work in, checked, and what was found out about their positions.

    Parameters
    ----------
    located : Located
    source : TableSource
        What they were read from.
    crs : str
        To work in.

    Raises
    ------
    InputError
        If positions lie where no address can.
    """
    where = file = source.file
    notes: tuple[Note, ...] = ()
    if not source.has_points:
        columns = [source.column_in_file(name) or name for name in ("easting", "northing")]
        where = _("{name}, columns {easting} and {northing}").format(name=file, easting=columns[0], northing=columns[1])
    if not same_crs(source.crs, crs):
        located = Located(located.read_ids, *positions_in(located.easting, located.northing, source, crs))
        notes = (reprojected(source, crs),)

    def label(number: int) -> str:
        return str(located.address_id[number].as_py())

    check_positions(where, located.easting, located.northing, crs, label, bool(notes))
    return located, (*notes, *doubts(file, located.easting, located.northing, crs))


def positions_in(easting: Floats, northing: Floats, source: TableSource, crs: str) -> tuple[Floats, Floats]:
    """Positions of a table in the reference system to work in, not checked; infinite where it cannot hold them."""
    if same_crs(source.crs, crs):
        return easting, northing
    return coordinates_in(easting, northing, source.crs, crs)


def reprojected(source: TableSource, crs: str) -> Note:
    """That the positions of a table were brought to another reference system."""
    return Note(REPROJECTED, {"name": source.file, "source": short_crs(source.crs), "target": short_crs(crs)})


def count_unplaced(
    opened: Opened, rows: dict[str, int], counts: dict[str, int], residents_of_dwelling: Ints, linked: Linked
) -> None:
    """Count the residents who are in no place, each under one reason.

    Parameters
    ----------
    opened : Opened
    rows : dict
        Table -> number of rows.
    counts : dict
        Added to in place.
    residents_of_dwelling : int64, shape (n_dwellings,)
    linked : Linked

    Raises
    ------
    InputError
        For residents whose key no dwelling has.
    """
    dangling = rows["residents"] - counts["residents_without_dwelling"] - int(residents_of_dwelling.sum())
    if dangling:
        raise InputError(_dangling(opened, opened.residents, "dwelling_id", opened.dwellings, dangling))
    for name, reason in (
        ("residents_of_dwellings_without_address", NO_ADDRESS),
        ("residents_of_addresses_without_position", NO_POSITION),
        ("residents_outside_all_units", OUTSIDE),
        ("residents_placed", 0),
    ):
        counts[name] = int(residents_of_dwelling[linked.unplaced == reason].sum())
    counts["residents_unplaced"] = rows["residents"] - counts["residents_placed"]


def _dangling(opened: Opened, table: CleanTable, key: str, there: CleanTable, count: int) -> Problem:
    """The problem of keys that lead nowhere, with an example; of keys that are written in two ways, with both."""
    where = _("{name}, column {key}").format(name=table.source.file, key=key)
    what = _("keys that no row of {target} has").format(target=there.source.name)
    lost = (
        f"SELECT x.{key} AS here FROM {table.select()} x ANTI JOIN {there.select()} t ON x.{key} = t.{key} "
        f"WHERE x.{key} IS NOT NULL"
    )
    found, pair = opened.connection.execute(
        f"SELECT count(DISTINCT row), min([here, there]) FROM "
        f"(SELECT here, {written_alike('here')} AS plain, row_number() OVER () AS row FROM ({lost})) "
        f"JOIN (SELECT {key} AS there, {written_alike(key)} AS plain FROM {there.select()}) USING (plain) "
        "WHERE plain <> ''"
    ).fetchall()[0]
    if found:
        here, other = pair
        remedy = _("{n} of them differ from a key there only in {what}: write keys alike in both tables, as text.")
        told = remedy.format(n=decimal(found, 0), what=difference_of_keys(here, other))
        example = _("{here!r}, which is {there!r} there").format(here=here, there=other)
        return Problem(where, what, told, count, example)
    first = opened.connection.execute(f"SELECT min(here) FROM ({lost})").fetchall()[0][0]
    remedy = _("Add the missing {target}, or leave the cell empty.").format(target=there.source.name)
    return Problem(where, what, remedy, count, key_in_words(first))
