"""The commands `designate` and `udsat`. Everything heavy is imported when a command runs, so that help is instant."""

from __future__ import annotations

import click

from udsat_geo.cli.designate import designate
from udsat_geo.cli.options import PROGRESS_LINES, SETTINGS, Group, language_option, version_option
from udsat_geo.messages.translate import N_

__all__ = ["designate", "udsat"]

MODULES = {
    "certainty": ("udsat_geo.cli.certainty", N_("How sure a designation is.")),
    "compare-policies": (
        "udsat_geo.cli.compare_policies",
        N_("Whom all, some or none of several policies designate."),
    ),
    "concentration": ("udsat_geo.cli.concentration", N_("Whom the areas reach, and how apart people live.")),
    "diff": ("udsat_geo.cli.diff", N_("What changed from the areas of A to those of B.")),
    "explain": ("udsat_geo.cli.explain", N_("Say why an area or a unit is in or out.")),
    "explore": ("udsat_geo.cli.explore", N_("Move the settings of a policy, and see what the areas become.")),
    "figures": ("udsat_geo.cli.figures", N_("Draw the figures of a status report.")),
    "goals": ("udsat_geo.cli.goals", N_("The 18 goals: published, judged, and computed from registers.")),
    "infer": ("udsat_geo.cli.infer", N_("Find the rule behind given areas.")),
    "init": ("udsat_geo.cli.init", N_("Write a first policy or settings, guessed from what is there.")),
    "lineage": ("udsat_geo.cli.lineage", N_("Which area descends from which.")),
    "policies": ("udsat_geo.cli.policies", N_("List the built-in policies, or print one.")),
    "release": ("udsat_geo.cli.release", N_("Make what may be published of a designation.")),
    "report": ("udsat_geo.cli.report", N_("Make one page of designations.")),
    "reproduce": ("udsat_geo.cli.reproduce", N_("Recompute the published status report of a year.")),
    "rerun": ("udsat_geo.cli.rerun", N_("Repeat the runs of a crate, and compare.")),
    "sensitivity": (
        "udsat_geo.cli.sensitivity",
        N_("How much a designation hangs on the settings of its policy."),
    ),
    "status": ("udsat_geo.cli.status", N_("Measure areas against the rest of the city, year by year.")),
    "sums": ("udsat_geo.cli.sums", N_("Write the exact sums by cell of registers, for offices to join.")),
    "synth": ("udsat_geo.cli.synth", N_("Write the synthetic Copenhagen of a year as registers.")),
    "validate": ("udsat_geo.cli.validate", N_("Check the registers in a folder without designating.")),
    "why": ("udsat_geo.cli.why", N_("Take the change between two years apart.")),
    "write-report": ("udsat_geo.cli.write_report", N_("Write the status report as a document.")),
}
"""Name of a command -> where it is, and what it does in one line."""


@click.group(
    cls=Group,
    modules={"designate": ("udsat_geo.cli.designate", N_("Designate the disadvantaged areas of a year.")), **MODULES},
    context_settings=SETTINGS,
    help=N_("Designation of disadvantaged urban areas: everything beside the main job."),
    epilog=PROGRESS_LINES,
)
@version_option()
@language_option(N_("Language of the command that follows."), default=None, show_default=False)
@click.pass_context
def udsat(context: click.Context, language: str | None) -> None:
    """All commands."""
    if language is not None:
        context.default_map = {name: {"language": language} for name in ("designate", *MODULES)}
