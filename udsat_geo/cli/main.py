"""The commands `designate` and `udsat`. Everything heavy is imported when a command runs, so that help is instant."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from udsat_geo import __version__
from udsat_geo.cli.diff import diff
from udsat_geo.cli.figures import figures
from udsat_geo.cli.goals_command import goals
from udsat_geo.cli.lineage import lineage
from udsat_geo.cli.options import (
    answers_errors,
    interruption_held,
    language_option,
    place,
    policy_option,
    seed_option,
    threads_option,
)
from udsat_geo.cli.report import report
from udsat_geo.cli.reproduce import reproduce
from udsat_geo.cli.rerun import rerun
from udsat_geo.cli.status_command import status
from udsat_geo.cli.why import why

PROGRESS_LINES = """With UDSAT_PROGRESS=lines in the environment, each step is told as a line on standard error,
"progress: STEP", for programs that run this one."""


def _year_option(function: Callable[..., None]) -> Callable[..., None]:
    return click.option("--year", type=int, required=True, metavar="Y", help="The year to designate.")(function)


@click.command(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}, epilog=PROGRESS_LINES
)
@_year_option
@policy_option("A built-in policy or a TOML file.")
@click.option(
    "--reference",
    "references",
    multiple=True,
    metavar="NAME=VALUE",
    help="A figure from outside that the policy's limits are measured against; may be repeated.",
)
@click.option(
    "--raw",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Register folder; DIR/Y is used where it exists. "
    "[default: data/raw; without registers there, the synthetic Copenhagen]",
)
@click.option(
    "--units",
    metavar="FILE|URL",
    help="A ready-made table of cells or zones instead of registers; with --raw, filled from them.",
)
@click.option(
    "--barriers",
    metavar="FILE|URL",
    help="Lines or polygons that areas must not cross. [default: barriers.gpkg beside the registers]",
)
@click.option(
    "--crossings",
    metavar="FILE|URL",
    help="Points (bridges, tunnels) that reopen barriers. [default: crossings.gpkg beside the registers]",
)
@click.option(
    "--places",
    metavar="FILE|URL",
    help="Named points or polygons that areas are called after. [default: places.gpkg beside the registers]",
)
@click.option(
    "--parcels",
    metavar="FILE|URL",
    help="Polygons that become the outline of areas made of addresses. [default: parcels.gpkg beside the registers]",
)
@click.option(
    "--overrides",
    metavar="FILE|URL",
    help="Decisions that change the result last: unit_id or polygons, action, reason, decided_by, date.",
)
@click.option(
    "--previous",
    metavar="Y|FILE|none",
    help="The designation to compare with. [default: the policy's cadence back]",
)
@click.option(
    "--out",
    callback=place,
    default="data/out",
    show_default=True,
    metavar="DIR|URL",
    help="Where results go: a folder, or a PostGIS database, as in postgresql://USER@HOST/DATABASE?schema=NAME.",
)
@click.option(
    "--format",
    "formats",
    metavar="LIST",
    help="Of files: gpkg, tif, areas-tif, parquet, geojson, fgb, csv, xlsx, crate. [default: gpkg,tif]",
)
@click.option("--agent", metavar="NAME|URL", help="Who designates, told in the crate; nobody unless named.")
@click.option("--license", "licence", metavar="TEXT|URL", help="What the results may be used for, told in the crate.")
@language_option("Language of labels and tables.")
@seed_option()
@threads_option()
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary alone, as JSON, on standard output.")
@click.version_option(__version__, prog_name="udsat_geo")
@answers_errors
def designate(**options: Any) -> None:
    """Designate the disadvantaged areas of a year from registers, by a stated policy.

    Results go to data/out: a GeoPackage for QGIS, a GeoTIFF, and a JSON summary with provenance.
    """
    with interruption_held():
        from udsat_geo.cli.designate import run_designate

    run_designate(**options)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}, epilog=PROGRESS_LINES)
@click.version_option(__version__, prog_name="udsat_geo")
def udsat() -> None:
    """Designation of disadvantaged urban areas: everything beside the main job."""


udsat.add_command(designate)
udsat.add_command(reproduce)
udsat.add_command(goals)
udsat.add_command(status)
udsat.add_command(diff)
udsat.add_command(lineage)
udsat.add_command(why)
udsat.add_command(figures)
udsat.add_command(report)
udsat.add_command(rerun)


@udsat.command()
@click.argument("folder", type=click.Path(path_type=Path))
@policy_option("Its expressions are checked too.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
@answers_errors
def validate(folder: Path, policy: str, as_json: bool) -> None:
    """Check the registers in FOLDER without designating."""
    with interruption_held():
        from udsat_geo.cli.validate import run_validate

    run_validate(folder, policy, as_json)


@udsat.command()
@language_option("Language of titles.")
@answers_errors
def policies(language: str) -> None:
    """List the built-in policies."""
    from udsat_geo.policy.chain import BUILT_IN
    from udsat_geo.policy.load import load_policy
    from udsat_geo.policy.rules import text_in

    for name in BUILT_IN:
        policy = load_policy(name).policy
        first, last = policy.years
        click.echo(f"{name}  {first}-{last}  {text_in(policy.title, language)}")
        click.echo(f"    {policy.source}")
        for criterion in policy.criteria:
            click.echo(f"    - {criterion.label_in(language)}")
        for reference, figure in policy.references.items():
            if figure.value is None:
                click.echo(f"    --reference {reference}=VALUE  {text_in(figure.label, language)}")


@udsat.command()
@_year_option
@click.option("--out", type=click.Path(path_type=Path), required=True, metavar="DIR", help="Where the files go.")
@click.option("--seed", type=click.IntRange(min=0), default=None, metavar="N", help="Another city of the same facts.")
@answers_errors
def synth(year: int, out: Path, seed: int | None) -> None:
    """Write the synthetic Copenhagen of a year as registers."""
    from udsat_geo.cli.synth import run_synth

    run_synth(year, out, seed)


@udsat.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("wanted", metavar="AREA_ID|UNIT_ID")
@click.option(
    "--lang",
    "language",
    type=click.Choice(["da", "en"]),
    help="Language of the explanation; the reasons are in the language of the designation. [default: that one]",
)
@click.option("--json", "as_json", is_flag=True, help="Print the data as JSON.")
@answers_errors
def explain(file: Path, wanted: str, language: str | None, as_json: bool) -> None:
    """Say why an area or a unit of the designation FILE is in or out."""
    with interruption_held():
        from udsat_geo.cli.explain import run_explain

    run_explain(file, wanted, language, as_json)
