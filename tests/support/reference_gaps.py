"""Plain-Python twins of the kernels over gaps between and inside groups of cells."""

from __future__ import annotations

from collections.abc import Sequence

Cell = tuple[int, int]


def is_way_clear(
    row: int, col: int, way: Sequence[Cell], unit_of_cell: dict[Cell, int], passable: Sequence[bool]
) -> bool:
    """Whether every cell on the way from a cell holds no unit, or a passable one."""
    units = [unit_of_cell.get((row + step_row, col + step_col)) for step_row, step_col in way]
    return all(unit is None or passable[unit] for unit in units)


def bridge_links(
    cells: Sequence[Cell],
    piece_of_unit: Sequence[int],
    passable: Sequence[bool],
    steps: Sequence[Cell],
    ways: Sequence[Sequence[Cell]],
) -> list[tuple[int, int, int]]:
    """Head, tail and step of every pair of units of different pieces with a clear way between them."""
    unit_of_cell = {cell: unit for unit, cell in enumerate(cells)}
    links = []
    for unit, (row, col) in enumerate(cells):
        for number, (step, way) in enumerate(zip(steps, ways, strict=True)):
            other = unit_of_cell.get((row + step[0], col + step[1]))
            if other is None or -1 in (piece_of_unit[unit], piece_of_unit[other]):
                continue
            apart = piece_of_unit[unit] != piece_of_unit[other]
            if apart and is_way_clear(row, col, way, unit_of_cell, passable):
                links.append((unit, other, number))
    return links


def flood(open_cells: set[Cell], start: Cell, across_corners: bool) -> set[Cell]:
    """The open cells that hang together with a start."""
    reached, waiting = {start}, [start]
    while waiting:
        row, col = waiting.pop()
        for other in open_cells - reached:
            rows, cols = abs(other[0] - row), abs(other[1] - col)
            if max(rows, cols) == 1 and (across_corners or rows + cols == 1):
                reached.add(other)
                waiting.append(other)
    return reached


def enclosed_cells(groups: Sequence[Sequence[Cell]], across_corners: bool) -> list[tuple[int, list[Cell]]]:
    """The group and the cells of every hole: open cells from which no way leads out of the group's frame."""
    holes = []
    for number, members in enumerate(groups):
        rows, cols = [row for row, _ in members], [col for _, col in members]
        frame = [
            (row, col) for row in range(min(rows) - 1, max(rows) + 2) for col in range(min(cols) - 1, max(cols) + 2)
        ]
        open_cells = set(frame) - set(members)
        open_cells -= flood(open_cells, frame[0], across_corners)
        while open_cells:
            hole = flood(open_cells, min(open_cells), across_corners)
            holes.append((number, sorted(hole)))
            open_cells -= hole
    return holes
