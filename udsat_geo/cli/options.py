"""Commands and options as this product has them, each shared option said once. Nothing heavy is imported here."""

from __future__ import annotations

import errno
import gettext
import os
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial, wraps
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from udsat_geo.cli.examples import EXAMPLES
from udsat_geo.messages.errors import InputError, Problem, reason_of, show_keys
from udsat_geo.messages.translate import LANGUAGES, LOCALE, N_, _, language_of_user, speaking
from udsat_geo.messages.version import __version__
from udsat_geo.messages.words import printable
from udsat_geo.synthetic import DEFAULT_SEED

if TYPE_CHECKING:
    from udsat_geo.designation.kept import Kept

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]
SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
PROGRESS_LINES = N_(
    'With UDSAT_PROGRESS=lines in the environment, each step is told as a line on standard error, "progress: '
    'STEP", for programs that run this one.'
)
PATH = click.Path(path_type=Path)
LANGUAGE_OPTIONS = ("--language", "--lang")
_STAND_INS = (
    N_("ARGS"), N_("AREA_ID"), N_("A_YEAR"), N_("B_YEAR"), N_("COLUMN"), N_("COMMAND"), N_("DIR"), N_("FILE"),
    N_("FOLDER"), N_("LIST"), N_("NAME"), N_("OPTIONS"), N_("SHARE"), N_("SIZE"), N_("TEXT"), N_("UNIT_ID"),
    N_("VALUE"), N_("Y"), N_("YEAR"),
)  # fmt: skip
"""Words that stand for what is to be given, as in ``--out DIR``."""


class Option(click.Option):
    """An option whose help is told in the language of the program.

    Parameters
    ----------
    old : sequence of str
        What it was called before: still understood, and told of nowhere.
    """

    def __init__(self, *args: Any, old: Sequence[str] = (), **settings: Any):
        super().__init__(*args, **settings)
        self.old = tuple(old)

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Names and help, as `click.Option` has them."""
        english = self.help
        self.help = english and _(english)
        try:
            return super().get_help_record(ctx)
        finally:
            self.help = english

    def make_metavar(self, *context: Any, **named: Any) -> str:
        """What stands for its value, in the language of the program."""
        return _stand_ins(super().make_metavar(*context, **named))

    def add_to_parser(self, parser: Any, ctx: click.Context) -> None:
        """Let the parser understand the old names as well."""
        super().add_to_parser(parser, ctx)
        for name in self.old:
            parser._long_opt[name] = parser._long_opt[self.opts[0]]


class Argument(click.Argument):
    """An argument that help and errors name in the language of the program."""

    def make_metavar(self, *context: Any, **named: Any) -> str:
        """What stands for its value."""
        return _stand_ins(super().make_metavar(*context, **named))


class Command(click.Command):
    """A command whose help is told in the language of the program, and whose errors of input are answered."""

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """The parts of the usage line, likewise."""
        return [_stand_ins(piece) for piece in super().collect_usage_pieces(ctx)]

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The help in the language of the program."""
        with _translated(self, "help"):
            super().format_help_text(ctx, formatter)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The last lines of the help, likewise."""
        with _translated(self, "epilog"):
            super().format_epilog(ctx, formatter)
        examples = EXAMPLES.get(ctx.command_path.removeprefix("udsat "), ())
        if examples:
            with formatter.section(_("Examples")):
                for example in examples:
                    formatter.write(f"{'':{formatter.current_indent}}{example}\n")

    def make_context(self, *args: Any, **settings: Any) -> click.Context:
        """Read the call; help that nobody reads to its end is no fault."""
        try:
            return super().make_context(*args, **settings)
        except click.UsageError as error:
            told = error.format_message()
            if printable(told) == told:
                raise
            raise click.UsageError(printable(told), error.ctx) from None
        except BrokenPipeError:
            _print_no_more()
            raise click.exceptions.Exit(0) from None

    def invoke(self, ctx: click.Context) -> Any:
        """Run; an interruption at whatever moment is told as one."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo(_("interrupted: nothing was written"), err=True)
            raise click.exceptions.Exit(INTERRUPTED) from None

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """``--help``, which click makes once, in the language of that moment."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = gettext.gettext("Show this message and exit.")
        return option

    def main(self, args: Sequence[str] | None = None, *rest: Any, **settings: Any) -> Any:
        """Run in the language that the call, else the user's locale, asks for."""
        with program_in(language_of_call(sys.argv[1:] if args is None else args)), printed():
            return super().main(args, *rest, **settings)


class Group(Command, click.Group):
    """Commands that are loaded when they are asked for, so that help is instant.

    Parameters
    ----------
    modules : dict
        Name of the command -> the module that has it under that name, and its help in one line.
    """

    def __init__(self, *args: Any, modules: dict[str, tuple[str, str]], **settings: Any):
        super().__init__(*args, **settings)
        self.modules = modules

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names in alphabetical order."""
        return sorted({*self.modules, *super().list_commands(ctx)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command by its name."""
        if cmd_name not in self.modules:
            return super().get_command(ctx, cmd_name)
        with interruption_held():
            command: click.Command = getattr(import_module(self.modules[cmd_name][0]), cmd_name.replace("-", "_"))
        return command

    def all_commands(self) -> dict[str, click.Command]:
        """Every command by its name, as in ``diff`` or ``init policy``, all of them loaded."""
        context = click.Context(self)
        found: dict[str, click.Command] = {}
        for name in self.list_commands(context):
            command = self.get_command(context, name)
            if isinstance(command, Group):
                found |= {f"{name} {inner}": one for inner, one in command.all_commands().items()}
            elif command is not None:
                found[name] = command
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, none of which is loaded for it."""
        with formatter.section(gettext.gettext("Commands")):
            formatter.write_dl([(name, _(self.modules[name][1])) for name in self.list_commands(ctx)])


def _stand_ins(text: str) -> str:
    return re.sub("[A-Z_]+", lambda word: _(word[0]) if word[0] in _STAND_INS else word[0], text)


@contextmanager
def _translated(command: click.Command, attribute: str) -> Iterator[None]:
    english = getattr(command, attribute)
    # a help that was put together of several texts is translated paragraph by paragraph
    whole = english and _(english)
    setattr(command, attribute, "\n\n".join(map(_, english.split("\n\n"))) if english and whole == english else whole)
    try:
        yield
    finally:
        setattr(command, attribute, english)


def language_of_call(args: Sequence[str]) -> str:
    """The language that a call asks for (``--language da``, ``--lang=da``), the last one counting; else the user's."""
    language = language_of_user()
    for place, word in enumerate(args):
        name, given, value = word.partition("=")
        value = value if given else next(iter(args[place + 1 :]), "")
        if name in LANGUAGE_OPTIONS and value in LANGUAGES:
            language = value
    return language


@contextmanager
def program_in(language: str) -> Iterator[None]:
    """Errors and help in a language, click's own among them, within this block."""
    before = os.environ.get("LANGUAGE")
    # click asks gettext for its words in the domain "messages" and the languages of the environment
    gettext.bindtextdomain("messages", str(LOCALE))
    os.environ["LANGUAGE"] = language
    try:
        with speaking(language):
            yield
    finally:
        if before is None:
            del os.environ["LANGUAGE"]
        else:
            os.environ["LANGUAGE"] = before


def command(help_text: str, **settings: Any) -> Callable[[Callable[..., None]], click.Command]:
    """A command of this product's kind, whose errors are answered; see `Command`."""
    made: Callable[[Callable[..., None]], click.Command] = click.command(
        cls=Command, context_settings=SETTINGS, help=help_text, **settings
    )
    return lambda function: made(answers_errors(function))


def option(*names: str, **settings: Any) -> Decorator:
    """An option of this product's kind; see `Option`."""
    return click.option(*names, cls=Option, **settings)


def argument(name: str, **settings: Any) -> Decorator:
    """An argument of this product's kind; see `Argument`."""
    return click.argument(name, cls=Argument, **settings)


def version_option() -> Decorator:
    """``--version``."""
    return click.version_option(__version__, prog_name="udsat_geo", cls=Option, help=N_("Show the version and exit."))


def source_option(name: str, help_text: str) -> Decorator:
    """An input with geometries: a file, or the address of a service."""
    return option(name, metavar="FILE|URL", help=help_text)


SOURCES = {
    "units": N_("A ready-made table of cells or zones instead of registers; with --registers, filled from them."),
    "barriers": N_("Lines or polygons that areas must not cross. [default: barriers.gpkg beside the registers]"),
    "crossings": N_("Points (bridges, tunnels) that reopen barriers. [default: crossings.gpkg beside the registers]"),
    "places": N_("Named points or polygons that areas are called after. [default: places.gpkg beside the registers]"),
    "parcels": N_(
        "Polygons that become the outline of areas made of addresses. [default: parcels.gpkg beside the registers]"
    ),
    "regions": N_(
        "Named polygons, where the policy compares units within regions. [default: regions.gpkg beside the registers]"
    ),
    "overrides": N_("Decisions that change the result last: unit_id or polygons, action, reason, decided_by, date."),
}
"""Inputs with geometries, in the order in which they are read, and what each is."""


def source_options() -> Decorator:
    """What a designation reads beside registers."""

    def added(command: Any) -> Any:
        for name, text in reversed(SOURCES.items()):
            command = source_option(f"--{name}", text)(command)
        return command

    return added


def sums_option() -> Decorator:
    """Exact sums by unit in the place of registers."""
    return option(
        "--sums",
        multiple=True,
        metavar="DIR",
        callback=lambda _context, _parameter, given: tuple(
            part.strip() for text in given for part in text.split(",") if part.strip()
        ),
        help=N_(
            "Exact sums by unit instead of registers, as udsat sums or --format sums write them; those of several "
            "offices are joined: a/,b/,c/, or repeated."
        ),
    )


def kept_sums(sums: Sequence[str], registers: Path | None, units: str | None) -> Kept | None:
    """The sums by unit that stand in the place of registers, where any are named.

    Raises
    ------
    InputError
        If registers or a table of units are named as well, or the sums are at fault.
    """
    if not sums:
        return None
    from udsat_geo.files.sums import read_sums_of

    if registers is not None or units is not None:
        what, remedy = _("stands in the place of registers and of a table of units"), _("Name one of them.")
        raise InputError(Problem("--sums", what, remedy))
    return read_sums_of(sums)


def shared(*names: str, **settings: Any) -> Callable[..., Decorator]:
    """An option of several commands: each says what it is for, where that is not the same of all, and may set more."""

    def made(help_text: str | None = settings.get("help"), **own: Any) -> Decorator:
        return option(*names, **{**settings, **own, "help": help_text})

    return made


def _hold_memory(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
    if value is not None:
        from udsat_geo.sources.engine import bytes_of, memory_ceiling

        try:
            size = bytes_of(value)
        except InputError as error:
            raise click.UsageError(error.messages[0]) from None
        context.with_resource(memory_ceiling(size))


language_option = shared(
    "--language", old=("--lang",), type=click.Choice(["da", "en"]), default="da", show_default=True
)
policy_option = shared("--policy", default="kbh-2017", show_default=True, metavar="NAME|FILE")
references_option = shared(
    "--references",
    old=("--reference",),
    multiple=True,
    metavar="NAME=VALUE",
    help=N_("A figure from outside that the policy's limits are measured against; may be repeated."),
)


class _Place(click.Path):
    """A folder of this machine, or of a store."""

    def convert(self, value: Any, param: click.Parameter | None, context: click.Context | None) -> Any:
        """What the text names; nothing is looked for."""
        from udsat_geo.sources.stores import place_named

        return value if not isinstance(value, str) else place_named(value)


PLACE = _Place(path_type=Path)
registers_option = shared("--registers", old=("--raw",), type=PLACE, metavar="DIR|URL")
registers_of_year_option = partial(
    registers_option,
    N_(
        "Register folder; DIR/Y is used where it exists. [default: data/raw; without registers there, the "
        "synthetic Copenhagen]"
    ),
)
registers_by_year_option = partial(
    registers_option,
    N_("Register folder; DIR/Y for each year. [default: data/raw; without registers there, the synthetic Copenhagen]"),
)
units_by_year_option = shared("--units", type=PATH, metavar="FILE")
crosswalk_columns_option = shared(
    "--crosswalk-columns",
    metavar="FROM,TO,WEIGHT",
    callback=lambda _context, _parameter, value: tuple(
        part.strip() for part in (value or "").split(",") if part.strip()
    ),
    help=N_("The columns of the crosswalk, where they are not called from, to and weight."),
)
crosswalk_option = shared(
    "--crosswalk",
    metavar="FILE|area|residents",
    help=N_(
        "Where zones changed between the years: a table of earlier zone (from), zone of now (to) and the share of the "
        "earlier one's residents (weight); or one made by the ground that zones share, or by the residents at the "
        "addresses of the earlier year's registers."
    ),
)
overlaps_option = shared("--allow-overlaps", is_flag=True)
out_option = shared("--out", type=PATH, metavar="DIR")
seed_option = shared(
    "--seed", type=click.IntRange(min=0), default=DEFAULT_SEED, metavar="N", help=N_("Of the synthetic city.")
)
threads_option = shared(
    "--threads", type=click.IntRange(min=1), metavar="N", help=N_("At most so many; results do not depend on it.")
)
memory_option = shared(
    "--memory",
    metavar="SIZE",
    expose_value=False,
    callback=_hold_memory,
    help=N_("At most about so much, as 4GB: what there is no room for goes to disk."),
)


def limit_options() -> Decorator:
    """``--threads`` and ``--memory``: how much of the machine a command may take; and ``--show-examples``.

    What takes much reads registers.
    """
    return lambda function: threads_option()(memory_option()(show_examples_option()(function)))


def _show_keys(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    show_keys(value)


show_examples_option = shared(
    "--show-examples",
    is_flag=True,
    expose_value=False,
    callback=_show_keys,
    help=N_("Show keys of persons and dwellings in messages on faults of registers; else their length alone."),
)


json_option = shared("--json", "as_json", is_flag=True, help=N_("Print everything as JSON, alone on standard output."))
quiet_option = shared("--quiet", is_flag=True, help=N_("Print nothing but errors."))


done_without: set[str] = set()
"""Libraries that a process begun by a console script does without for the moment; any other process minds it not."""

INPUT_AT_FAULT, OUR_FAULT, INTERRUPTED = 2, 1, 130
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF)
"""What the system says where output cannot be written."""


def answers_errors(command: Callable[..., None]) -> Callable[..., None]:
    """Turn errors into messages and exit codes: 2 for the input, 130 for an interruption.

    What is left, a fault of ours, keeps its traceback and exits with 1.
    """

    @wraps(command)
    def answered(*args: Any, **options: Any) -> None:
        try:
            with printed(), _registers_here(options) as here:
                command(*args, **here)
                if sys.stdout is not None:
                    sys.stdout.flush()
            _tell_if_not_kept(quiet=bool(options.get("quiet")))
        except InputError as error:
            for message in error.messages:
                click.echo(_("error: {message}").format(message=printable(message)), err=True)
            sys.exit(INPUT_AT_FAULT)
        except OSError as error:
            # no file has such a name, so it can only stand in the call
            if error.errno != errno.ENAMETOOLONG:
                raise
            told = _("error: {name}...: the name is too long. Check the path.").format(name=str(error.filename)[:80])
            click.echo(told, err=True)
            sys.exit(INPUT_AT_FAULT)
        except (KeyboardInterrupt, RuntimeError) as error:
            # DuckDB answers Ctrl-C during a query with a RuntimeError of this text, and click's questions with Abort
            ours = isinstance(error, KeyboardInterrupt | click.Abort) or str(error) == "Query interrupted"
            if not ours:
                raise
            click.echo(_("interrupted: nothing was written"), err=True)
            sys.exit(INTERRUPTED)

    return answered


@contextmanager
def _registers_here(options: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The options of a call with a folder of this machine in the place of registers in a store."""
    registers = options.get("registers")
    if registers is None:
        yield options
        return
    from udsat_geo.sources.stores import mirrored

    with mirrored(registers, "--registers") as folder:
        yield {**options, "registers": folder}


@contextmanager
def printed() -> Iterator[None]:
    """What is printed within this block may be cut off: a reader that goes away (``| head``) stops nothing.

    Output that cannot be written for any other reason (a disk that is full) is told on standard error and exits with 2.
    """
    try:
        yield
    except BrokenPipeError:
        _print_no_more()
    except OSError as error:
        # what cannot be written into a file is told where that file is made, with its name
        if error.filename is not None or error.errno not in _FULL:
            raise
        _print_no_more()
        told = _("standard output: cannot be written ({reason}). Send it elsewhere, or free space.")
        with suppress(OSError):
            click.echo(_("error: {message}").format(message=told.format(reason=reason_of(error))), err=True)
        sys.exit(INPUT_AT_FAULT)


def _print_no_more() -> None:
    """Send what is still to be printed nowhere, Python's own last attempt at its exit included."""
    with suppress(OSError, AttributeError), open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


def _tell_if_not_kept(quiet: bool) -> None:
    jit = sys.modules.get("udsat_geo.kernels._jit")
    if jit is not None and jit.not_kept and not quiet:
        told = _(
            "Machine code could not be kept, so each run compiles it anew: NUMBA_CACHE_DIR can name a folder for it."
        )
        click.echo(told, err=True)


@contextmanager
def interruption_held() -> Iterator[None]:
    """Hold Ctrl-C back while modules load: DuckDB's aborts the whole process when it strikes just then."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    struck: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _frame: struck.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if struck:
        raise KeyboardInterrupt
