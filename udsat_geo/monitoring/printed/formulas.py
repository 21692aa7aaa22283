"""Formulas over the printed figures: read from text, computed with intervals, written out with the figures in place.

A formula is an expression in Python's syntax of which only a small part is allowed: figures by their paths, whole
numbers, ``+ - * /``, one comparison to 0, and the functions `FUNCTIONS`. It is never run as Python.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache, partial, reduce
from typing import Any

from udsat_geo.monitoring.interval import Interval
from udsat_geo.monitoring.printed.figures import Figure, Report

FUNCTIONS = ("abs", "sum", "how_many", "entries", "printed")
"""A number without its sign; the sum of formulas; how many of some conditions hold; how many entries a list of the
report has, of those whose keys are (or, in a text, hold) certain values, or how many different values of a key; and how
many of some figures the report has at all."""

_PATH = re.compile(r"(?<![\w.\"'])[a-z]\w*(?:\.\$?\w+)+")
_SIGNS: dict[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "−", ast.Mult: "×", ast.Div: "/",
    ast.Gt: ">", ast.Lt: "<", ast.GtE: "≥", ast.LtE: "≤", ast.Eq: "=",
}  # fmt: skip
Writer = Callable[[Figure | Fraction], str]


@dataclass(frozen=True)
class Formula:
    """A formula over figures, or the condition that one is above, below or equal to 0.

    Attributes
    ----------
    tree : ast.expr
        Checked by `read_formula`; texts in it are paths of figures.
    """

    tree: ast.expr

    @property
    def sign(self) -> str:
        """``> < ≥ ≤ =`` of a condition; nothing of a formula."""
        return _SIGNS[type(self.tree.ops[0])] if isinstance(self.tree, ast.Compare) else ""

    @property
    def compared(self) -> Formula:
        """What a condition compares to 0; a formula itself."""
        return Formula(self.tree.left) if isinstance(self.tree, ast.Compare) else self

    @property
    def figure(self) -> str | None:
        """The path of the figure that the formula is, if it is a single one."""
        return self.tree.value if isinstance(self.tree, ast.Constant) and isinstance(self.tree.value, str) else None

    @property
    def is_number(self) -> bool:
        """Whether it is a number that the print implies, such as the 100 that shares add up to."""
        return isinstance(self.tree, ast.Constant) and self.figure is None

    @property
    def counts_conditions(self) -> bool:
        """Whether it is the number of conditions that hold."""
        return isinstance(self.tree, ast.Call) and _name_of(self.tree) == "how_many"

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """Paths of the figures that go into it, as often as they do."""
        return tuple(_paths(self.tree))

    def value(self, report: Report, rounded: bool) -> Interval:
        """Compute the formula, or what a condition compares to 0.

        Parameters
        ----------
        report : Report
        rounded : bool
            Whether a figure stands for all that may be printed so, or for its print alone.
        """
        return _value(self.tree, report, rounded)

    def plain_value(self, report: Report) -> Fraction:
        """The one result of the figures as printed."""
        return Fraction(self.value(report, rounded=False).low)

    def holds(self, value: Interval) -> tuple[bool, bool]:
        """Whether the condition holds for every number of an interval, and whether for any."""
        low, high = value.low, value.high
        return {
            ">": (low > 0, high > 0),
            "<": (high < 0, low < 0),
            "≤": (high <= 0, low <= 0),
            "≥": (low >= 0, high >= 0),
            "=": (low == high == 0, 0 in value),
        }[self.sign]

    def text(self, report: Report, write: Writer) -> str:
        """Write the formula out with its figures in place."""
        return _text(self.tree, report, write)

    def negative(self) -> Formula:
        """The formula with the opposite sign."""
        return Formula(ast.BinOp(ast.Constant(0), ast.Sub(), self.tree))

    def with_paths(self, renamed: Mapping[str, str]) -> Formula:
        """The same formula over other figures; those without a new name stay."""
        return Formula(_renamed(self.tree, lambda path: renamed.get(path, path)))


def read_formula(
    text: str, lists: Mapping[str, Sequence[str]] | None = None, shorthands: Mapping[str, str] | None = None
) -> Formula:
    """Read a formula.

    Parameters
    ----------
    text : str
    lists : mapping, optional
        Keys that ``for x in NAME`` goes through; ``$x`` in a path is each of them.
    shorthands : mapping, optional
        Name -> ``lambda a, b: formula``.

    Raises
    ------
    ValueError
        If it is none.
    """
    tree = _expanded(_parsed(text), lists or {}, shorthands or {})
    _check(tree, text)
    return Formula(tree)


@lru_cache(maxsize=100)
def _parsed(text: str) -> ast.expr:
    quoted = _PATH.sub(r'"\g<0>"', " ".join(text.split()))
    try:
        return ast.parse(quoted, mode="eval").body
    except SyntaxError:
        raise ValueError(f"no formula: {text}") from None


def _expanded(node: ast.expr, lists: Mapping[str, Sequence[str]], shorthands: Mapping[str, str]) -> ast.expr:
    """Write out what stands for more: shorthands, and ``for t in NAME if t != key`` in the arguments of a function."""
    node = _rebuilt(node, lambda part: _expanded(part, lists, shorthands))
    if not isinstance(node, ast.Call):
        return node
    arguments = [argument for given in node.args for argument in _written_out(given, lists)]
    name = _name_of(node)
    if name == "sum":
        return reduce(lambda total, term: ast.BinOp(total, ast.Add(), term), arguments)
    if name not in shorthands:
        return ast.Call(node.func, arguments, node.keywords)
    shorthand = _parsed(shorthands[name])
    if not isinstance(shorthand, ast.Lambda):
        raise ValueError(f"no shorthand: {shorthands[name]}")
    given = {of.arg: argument for of, argument in zip(shorthand.args.args, arguments, strict=True)}
    return _with_leaves(shorthand.body, lambda leaf: given[leaf.id] if isinstance(leaf, ast.Name) else leaf)


def _written_out(node: ast.expr, lists: Mapping[str, Sequence[str]]) -> list[ast.expr]:
    if not isinstance(node, ast.GeneratorExp):
        return [node]
    loop = node.generators[0]
    variable, name = (of.id if isinstance(of, ast.Name) else "" for of in (loop.target, loop.iter))
    left_out = {of.id for test in loop.ifs for of in ast.walk(test) if isinstance(of, ast.Name)}
    place = re.compile(rf"\${variable}(?=\.|$)")
    keys = (key for key in lists[name] if key not in left_out)
    return [_renamed(node.elt, partial(place.sub, key)) for key in keys]


def _renamed(tree: ast.expr, name: Callable[[str], str]) -> ast.expr:
    """The tree with other paths."""

    def leaf(node: ast.expr) -> ast.expr:
        is_path = isinstance(node, ast.Constant) and isinstance(node.value, str)
        return ast.Constant(name(node.value)) if is_path else node  # type: ignore[attr-defined]

    return _with_leaves(tree, leaf)


def _with_leaves(node: ast.expr, leaf: Callable[[ast.expr], ast.expr]) -> ast.expr:
    if isinstance(node, ast.Constant | ast.Name):
        return leaf(node)
    return _rebuilt(node, lambda part: _with_leaves(part, leaf))


def _rebuilt(node: ast.expr, change: Callable[[ast.expr], ast.expr]) -> ast.expr:
    """The node with its parts changed: trees are shared, so none is changed in place."""
    match node:
        case ast.BinOp(left=left, op=op, right=right):
            return ast.BinOp(change(left), op, change(right))
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            return ast.Compare(change(left), ops, comparators)
        case ast.Call(func=func, args=args, keywords=keywords):
            return ast.Call(func, [change(argument) for argument in args], keywords)
        case ast.GeneratorExp(elt=elt, generators=generators):
            return ast.GeneratorExp(change(elt), generators)
    return node


def _name_of(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _check(node: ast.expr, text: str, whole: bool = True) -> None:
    """Raise ValueError for what is no part of a formula; a condition is whole, or an argument of `how_many`."""
    match node:
        case ast.Constant(value=str() | int()):
            return
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _SIGNS:
            parts = [left, right]
        case ast.Compare(left=left, ops=[op], comparators=[ast.Constant(value=0)]) if whole and type(op) in _SIGNS:
            parts = [left]
        case ast.Call(func=ast.Name(id="how_many")):
            for condition in node.args:
                _check(condition, text)
                if not isinstance(condition, ast.Compare):
                    raise ValueError(f"how_many takes conditions: {text}")
            return
        case ast.Call(func=ast.Name(id="abs"), args=[argument], keywords=[]):
            parts = [argument]
        case ast.Call(func=ast.Name(id="entries"), args=[ast.Name() | ast.Constant(value=str())]):
            if all(isinstance(keyword.value, ast.Constant) for keyword in node.keywords):
                return
            raise ValueError(f"entries are told apart by values: {text}")
        case ast.Call(func=ast.Name(id="printed"), keywords=[]) if node.args:
            if all(isinstance(path, ast.Constant) and isinstance(path.value, str) for path in node.args):
                return
            raise ValueError(f"printed takes figures: {text}")
        case _:
            raise ValueError(f"{ast.unparse(node)} is no formula: {text}")
    for part in parts:
        _check(part, text, whole=False)


def _paths(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(path)):
            yield path
        case ast.BinOp(left=left, right=right):
            yield from _paths(left)
            yield from _paths(right)
        case ast.Compare(left=left):
            yield from _paths(left)
        case ast.Call() if _name_of(node) not in ("entries", "printed"):
            for argument in node.args:
                yield from _paths(argument)


def _value(node: ast.expr, report: Report, rounded: bool) -> Interval:
    match node:
        case ast.Constant(value=str(path)):
            figure = report.figures[path]
            return figure.interval if rounded else Interval.exactly(figure.printed)
        case ast.Constant(value=int(number)):
            return Interval.exactly(number)
        case ast.BinOp(left=left, op=op, right=right):
            one, other = _value(left, report, rounded), _value(right, report, rounded)
            match op:
                case ast.Add():
                    return one + other
                case ast.Sub():
                    return one - other
                case ast.Mult():
                    return one * other
            return one / other
        case ast.Compare(left=left):
            return _value(left, report, rounded)
        case ast.Call(func=ast.Name(id="abs"), args=[argument]):
            return abs(_value(argument, report, rounded))
        case ast.Call(func=ast.Name(id="how_many"), args=conditions):
            held = [Formula(condition).holds(_value(condition, report, rounded)) for condition in conditions]
            surely, maybe = (sum(of) for of in zip(*held, strict=True))
            return Interval(Fraction(surely), Fraction(maybe))
        case ast.Call(func=ast.Name(id="printed"), args=paths):
            return Interval.exactly(sum(ast.literal_eval(path) in report.figures for path in paths))
        case ast.Call():
            return Interval.exactly(_entries(node, report))
    raise TypeError(f"no formula: {ast.dump(node)}")


def _entries(node: ast.Call, report: Report) -> int:
    where: dict[str, Any] = _where(node)
    distinct = where.pop("distinct", None)
    content: Any = report.content
    for key in _list_of(node).split("."):
        content = next(of for of in content if of["id"] == key) if isinstance(content, list) else content[key]
    found = [entry for entry in content if all(_matches(entry[key], value) for key, value in where.items())]
    if distinct is not None:
        # several stand in one text with a comma between
        return len({name for entry in found for name in entry[distinct].split(", ")})
    return len(found)


def _list_of(node: ast.Call) -> str:
    place = node.args[0]
    return place.id if isinstance(place, ast.Name) else str(ast.literal_eval(place))


def _where(node: ast.Call) -> dict[str, Any]:
    return {str(keyword.arg): ast.literal_eval(keyword.value) for keyword in node.keywords}


def _matches(held: Any, value: Any) -> bool:
    return value in held if isinstance(held, str) else bool(held == value)


def _text(node: ast.expr, report: Report, write: Writer) -> str:
    match node:
        case ast.Constant(value=str(path)):
            return write(report.figures[path])
        case ast.Constant(value=int(number)):
            return write(Fraction(number))
        case ast.BinOp(left=left, op=op, right=right):
            sign, texts = _SIGNS[type(op)], [_text(part, report, write) for part in (left, right)]
            tight = sign in "×/"
            if tight and _is_loose(left):
                texts[0] = f"({texts[0]})"
            if isinstance(right, ast.BinOp) and sign != "+" and (tight or _is_loose(right)):
                texts[1] = f"({texts[1]})"
            return f" {sign} ".join(texts)
        case ast.Compare(left=left, ops=[op]):
            return f"{_text(left, report, write)} {_SIGNS[type(op)]} {write(Fraction(0))}"
        case ast.Call(func=ast.Name(id="abs"), args=[argument]):
            return f"|{_text(argument, report, write)}|"
        case ast.Call(func=ast.Name(id="how_many"), args=conditions):
            return f"#{{{'; '.join(_text(condition, report, write) for condition in conditions)}}}"
        case ast.Call(func=ast.Name(id="printed"), args=paths):
            return f"#{{{'; '.join(str(ast.literal_eval(path)) for path in paths)}}}"
        case ast.Call():
            where = ", ".join(str(value) for key, value in _where(node).items() if key != "distinct")
            return f"#{{{_list_of(node)}{f': {where}' if where else ''}}}"
    raise TypeError(f"no formula: {ast.dump(node)}")


def _is_loose(node: ast.expr) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub)
