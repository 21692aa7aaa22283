"""What is said of inputs at fault, collected from where it is said.

Every ``Problem(where, what, remedy)`` of the source is read off; a part that is put together from values of the run
shows them as ``{name}``. One whose words stand elsewhere is left out.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

import udsat_geo
from documentation.tables import table

PACKAGE = Path(udsat_geo.__file__).parent
TITLES = {
    "policy": "Policies",
    "registers": "Registers",
    "registers/folders": "The call, and what it names",
    "units": "Cells, addresses, zones",
    "units/table": "Unit tables",
    "units/zones": "Unit tables",
    "units/barriers": "What lies around the units",
    "units/places": "What lies around the units",
    "areas": "What lies around the units",
    "areas/polygons": "Files of polygons",
    "areas/area_set": "Files of polygons",
    "sources": "Files, services and web addresses",
    "designation": "The call, and what it names",
    "cli": "The call, and what it names",
    "api": "The Python interface",
    "files": "Designations read and written",
    "files/area_set": "Files of polygons",
}
"""Room, or file of a room -> the heading its problems stand under; any other's are the last."""
LAST = "Comparisons, status and goals"


@functools.cache
def collected() -> str:
    """All of them, by what they are about."""
    found: dict[str, dict[tuple[str, str, str], None]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        file = path.relative_to(PACKAGE).with_suffix("")
        title = TITLES.get(file.as_posix(), TITLES.get(file.parts[0], LAST))
        for row in problems_of(ast.parse(path.read_text(encoding="utf-8"))):
            found.setdefault(title, {})[row] = None
    order = [*dict.fromkeys(TITLES.values()), LAST]
    parts = []
    for title in order:
        if title in found:
            rows = [tuple(_cell(part) for part in row) for row in sorted(found[title])]
            parts += [f"### {title}", table(("where", "what", "what to do"), rows)]
    return "\n\n".join(parts)


def problems_of(tree: ast.Module) -> Iterator[tuple[str, str, str]]:
    """Where, what and remedy of every problem that a module tells, as far as they can be read off."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            said = _assigned(function)
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and ast.unparse(call.func) == "Problem":
                    given = dict(zip(("where", "what", "remedy"), call.args, strict=False))
                    given |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
                    parts = [_text(given.get(name), said, call.lineno) for name in ("where", "what", "remedy")]
                    if parts[1] and not parts[1].startswith("{"):
                        yield parts[0] or "", parts[1], parts[2] or ""


def _assigned(function: ast.FunctionDef) -> dict[str, list[tuple[int, ast.expr]]]:
    """Name -> what it is set to in a function, and in which line."""
    found: dict[str, list[tuple[int, ast.expr]]] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            target = node.targets[0]
            pairs = [(target, node.value)]
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs = list(zip(target.elts, node.value.elts, strict=True))
            for name, value in pairs:
                if isinstance(name, ast.Name):
                    found.setdefault(name.id, []).append((node.lineno, value))
    return found


def _text(node: ast.expr | None, said: dict[str, list[tuple[int, ast.expr]]], line: int) -> str | None:
    """What an expression says; values of the run as ``{name}``."""
    if node is None:
        return ""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        parts = []
        for part in node.values:
            if isinstance(part, ast.Constant):
                parts.append(str(part.value))
            elif isinstance(part, ast.FormattedValue):
                inner = part.value
                parts.append(f"{{{ast.unparse(inner) if isinstance(inner, ast.Name | ast.Attribute) else '...'}}}")
        return "".join(parts)
    if isinstance(node, ast.IfExp):
        return _text(node.body, said, line)
    if isinstance(node, ast.Call):
        # a text that is translated, and perhaps filled in: _("no file {name}").format(name=path)
        inner = node.func.value if isinstance(node.func, ast.Attribute) and node.func.attr == "format" else None
        marked = isinstance(node.func, ast.Name) and node.func.id in ("_", "N_")
        return _text(inner or (node.args[0] if marked else None), said, line) or "{...}"
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return (_text(node.left, said, line) or "") + (_text(node.right, said, line) or "")
    if isinstance(node, ast.Name):
        # what it was set to last; a text that is filled in and keeps its name was set before that
        before = [(at, value) for at, value in said.get(node.id, []) if at < line]
        if before and not isinstance(before[-1][1], ast.Name):
            return _text(before[-1][1], said, before[-1][0])
        return f"{{{node.id}}}"
    return "{...}"


def _cell(text: str) -> str:
    """A part of a problem as it stands in a table: values of the run in italics."""
    text = " ".join(text.split())
    for sign in "\\`*_[]#":
        text = text.replace(sign, f"\\{sign}")
    text = text.replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"\{([^}]*)\}", lambda found: _value(found[1]), text).replace("….", "…")


def _value(name: str) -> str:
    """What stands for a value of the run: the last part of its name."""
    plain = re.split("[!:]", name.replace("\\_", "_"))[0]  # without how it is shown: {names!r}, {rows:,}
    last = re.sub(r"_\d$", "", plain.rpartition(".")[2]).strip("_").replace("_", " ").lower()
    return f"*{last}*" if last else "…"
