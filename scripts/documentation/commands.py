"""The reference of the command line, from the commands themselves."""

from __future__ import annotations

import click

from documentation.tables import code, table
from udsat_geo.cli.main import designate, udsat
from udsat_geo.files.write import FORMATS


def reference() -> str:
    """`designate`, then every command of `udsat`: usage, what it does, its options."""
    parts = [_told("designate", designate)]
    parts += [_told(f"udsat {name}", command) for name, command in udsat.all_commands().items() if name != "designate"]
    return "\n\n".join(parts)


def _told(name: str, command: click.Command) -> str:
    with click.Context(command, info_name=name) as context:
        usage = " ".join([name, *command.collect_usage_pieces(context)])
        rows = [
            record
            for parameter in command.get_params(context)
            if (record := parameter.get_help_record(context)) is not None
        ]
    text = "\n\n".join(" ".join(part.split()) for part in (command.help or "").split("\n\n"))
    options = table(("option", "meaning"), [(code(option), _escaped(told)) for option, told in rows if told])
    return "\n\n".join([f"## {name}", f"```text\n{usage}\n```", _escaped(text), options])


def _escaped(text: str) -> str:
    """A help text in which brackets are no links and angles no tags."""
    return text.replace("\b", "").replace("[", r"\[").replace("]", r"\]").replace("<", "&lt;")


def formats() -> str:
    """The names that ``--format`` knows."""
    return ", ".join(map(code, FORMATS))
