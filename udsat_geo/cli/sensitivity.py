"""`udsat sensitivity`: how much a designation hangs on the settings of its policy."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from udsat_geo.analysis.sensitivity import SURE, Alone, Sensitivity, take_sensitivity
from udsat_geo.analysis.sensitivity_tables import main_settings, sensitivity_as_data, variants_table
from udsat_geo.analysis.space import VARIED_OF_VARIANTS, read_space
from udsat_geo.analysis.space_words import key_in_words, labels_of, value_in_words, values_in_words
from udsat_geo.analysis.variants import VARIANTS
from udsat_geo.cli import options
from udsat_geo.cli.console import plain_console, print_files, print_json, print_table, progress_on, tell_if_synthetic
from udsat_geo.designation.job import Job, is_synthetic
from udsat_geo.designation.surroundings import Around
from udsat_geo.files.analysis import write_sensitivity
from udsat_geo.files.atomic_write import check_writable
from udsat_geo.files.earlier import store_of
from udsat_geo.files.plain_table import check_table_path, write_plain_table
from udsat_geo.messages.tables import Table
from udsat_geo.messages.translate import N_, _
from udsat_geo.messages.words import decimal
from udsat_geo.policy.load import load_policy, with_references
from udsat_geo.sources.copies import local_copies

if TYPE_CHECKING:
    from rich.console import Console

SENTENCES = (
    N_(
        "The policy designates {inside} residents in {areas} areas; 95 % of the variants {low} to {high} residents in "
        "{areas_low} to {areas_high} areas."
    ),
    N_(
        "Of these residents, {sure} live where the settings hardly matter (at least {percent} % of the variants "
        "designate it), and {hanging} where they do."
    ),
    N_("Outside the areas, {outside} residents live where more than {rest} % of the variants designate."),
)
"""The answer, in words."""


@options.command(
    N_(
        "How much the designation of a year hangs on the settings of its policy.\n\n"
        "Many variants of the policy are designated over the same people: each setting changed by itself, and a sample "
        "in which\nall change at once. Told are how far residents in areas follow each setting, whose the variance is, "
        "and which places\nare designated whatever the settings."
    )
)
@options.option("--year", type=int, required=True, metavar="Y", help=N_("The year to designate."))
@options.policy_option(N_("The policy whose settings are varied."))
@options.references_option()
@options.registers_of_year_option()
@options.sums_option()
@options.source_options()
@options.option("--previous", metavar="Y|FILE|made|none", help=N_("The designation before it, as of `designate`."))
@options.option(
    "--space", type=options.PATH, metavar="FILE", help=N_("A TOML file of what varies. [default: around the policy]")
)
@options.option(
    "--variants",
    type=int,
    default=VARIANTS,
    show_default=True,
    metavar="N",
    help=N_("At most so many in the sample; 0 changes each setting by itself alone."),
)
@options.option("--draw-seed", type=int, default=0, metavar="N", show_default=True, help=N_("Another sample."))
@options.out_option(N_("Write the units, areas and settings with their figures (GeoPackage) there."))
@options.option(
    "--save-variants",
    type=options.PATH,
    metavar="FILE.csv|FILE.parquet",
    help=N_("Write every variant with what it designates."),
)
@options.language_option(N_("Language of tables and notes."))
@options.seed_option()
@options.limit_options()
@options.json_option()
def sensitivity(
    year: int,
    policy: str,
    references: tuple[str, ...],
    registers: Path | None,
    sums: tuple[str, ...],
    previous: str | None,
    space: Path | None,
    variants: int,
    draw_seed: int,
    out: Path | None,
    save_variants: Path | None,
    language: str,
    seed: int,
    threads: int | None,
    as_json: bool,
    **sources: str | None,
) -> None:
    """Designate, vary, print and write."""
    rule = with_references(load_policy(policy), references)
    if out is not None:
        check_writable(out)
    if save_variants is not None:
        check_table_path(save_variants, "--save-variants")
    wanted = None if space is None else read_space(space, rule.policy, VARIED_OF_VARIANTS)
    kept = options.kept_sums(sums, registers, sources["units"])
    job = Job(
        year,
        rule,
        registers,
        None,
        previous,
        language=language,
        seed=seed,
        threads=threads,
        store=store_of(),
        kept=kept,
    )
    tell_if_synthetic(sources["units"] is None and is_synthetic(job) and not as_json, language)
    with progress_on(not as_json) as progress, local_copies(sources) as copies:
        units, around = copies.paths.pop("units", None), Around(**copies.paths)
        job = dataclasses.replace(job, units=units, around=around, notes=copies.told(language))
        found = take_sensitivity(job, wanted, variants, draw_seed, progress)
        files = [] if out is None else [write_sensitivity(found, out)]
    if save_variants is not None:
        write_plain_table(variants_table(found), save_variants)
        files.append(save_variants)
    if as_json:
        print_json(sensitivity_as_data(found))
        return
    console = plain_console()
    print_sensitivity(found, console)
    print_files(files, console, language)


def print_sensitivity(found: Sensitivity, console: Console) -> None:
    """How many variants, the answer in words, the settings, and the areas."""
    language, design = found.designation.language, found.design
    for note in found.notes:
        console.print(note)
    told = {
        "count": decimal(len(design), 0, language),
        "keys": len(found.factors),
        "sampled": decimal(len(found.sampled), 0, language),
        "inside": decimal(int(found.residents[0]), 0, language),
        "areas": int(found.areas[0]),
    }
    if not design.base:
        text = N_("{count} variants over the same people: each of {keys} settings changed by itself.")
        console.print(_(text, language).format(**told))
        text = N_("The policy designates {inside} residents in {areas} areas.")
        console.print(_(text, language).format(**told))
    else:
        text = N_(
            "{count} variants over the same people: each of {keys} settings changed by itself, and {sampled} in which "
            "all change at once."
        )
        console.print(_(text, language).format(**told))
        for text in SENTENCES:
            console.print(_(text, language).format(**sentence_figures(found)))
    print_table(_settings(found), console, language)
    if design.base:
        print_table(_areas(found), console, language)


def sentence_figures(found: Sensitivity) -> dict[str, str]:
    """The figures of the answer in words, as text."""
    language = found.designation.language
    (low, high), (areas_low, areas_high) = found.interval(found.residents), found.interval(found.areas)
    figures = {
        "inside": int(found.residents[0]),
        "areas": int(found.areas[0]),
        "low": low,
        "high": high,
        "areas_low": areas_low,
        "areas_high": areas_high,
        "sure": int(found.residents_of_areas(True).sum()),
        "hanging": int(found.residents_of_areas(False).sum()),
        "outside": found.hanging_outside,
        "percent": 100 * SURE,
        "rest": 100 * (1 - SURE),
    }
    return {name: decimal(value, 0, language) for name, value in figures.items()}


def _settings(found: Sensitivity) -> Table:
    """One setting a row, those first that matter most."""
    language, shares = found.designation.language, found.shares
    labels = labels_of(found.policy, language)
    rows = []
    for number in order_of_settings(found):
        one = found.alone[number]
        told: tuple[str, ...] = ()
        if shares is not None:
            low, high = shares.total_interval[:, 0, number].tolist()
            by_itself, total = (_share(each[0, number], language) for each in (shares.first, shares.total))
            told = (by_itself, total, f"{_share(low, language)} - {_share(high, language)}")
        rows.append(
            (
                key_in_words(one.key, labels, language),
                one.key,
                value_in_words(one.own, labels, language),
                values_in_words(one.values, labels, language),
                _range(one, language),
                "-" if one.elasticity is None else decimal(one.elasticity, 2, language),
                *told,
            )
        )
    heads = [
        _("Setting", language), _("Key", language), _("Policy's own", language), _("Tried", language),
        _("Residents, it alone", language), _("Elasticity", language),
    ]  # fmt: skip
    notes = []
    if shares is not None:
        heads += [_("By itself", language), _("in total", language), _("in total, 95 %", language)]
        notes.append(
            _("By itself, in total: its share of the variance of residents in areas over the sample.", language)
        )
    return Table(
        _("Settings", language), tuple(heads), tuple(rows), left=frozenset({0, 1, 3}), spare=frozenset({1, 3, 8}),
        notes=tuple(notes),
    )  # fmt: skip


def _share(share: float, language: str) -> str:
    return decimal(float(share), 2, language) or "-"


def order_of_settings(found: Sensitivity) -> list[int]:
    """The settings by their total share of the variance, else by how far residents follow them; the first of equals."""
    apart = [one.most - one.least for one in found.alone]
    totals = apart if found.shares is None else found.shares.total[0].tolist()
    return sorted(range(len(apart)), key=lambda i: (-totals[i] if totals[i] == totals[i] else 0.0, -apart[i], i))


def _range(one: Alone, language: str) -> str:
    return f"{decimal(one.least, 0, language)} - {decimal(one.most, 0, language)}"


def _areas(found: Sensitivity) -> Table:
    """How much each area hangs on the settings."""
    made, language = found.designation, found.designation.language
    labels, main = labels_of(found.policy, language), main_settings(found)
    share, (low, high) = found.share_of_areas, found.interval(found.of_area)
    rows = [
        (
            made.area_id[i],
            made.name[i],
            decimal(int(made.areas.residents[i]), 0, language),
            f"{decimal(100 * float(share[i]), 0, language)} %",
            f"{decimal(float(low[i]), 0, language)} - {decimal(float(high[i]), 0, language)}",
            "-" if key is None else key_in_words(key, labels, language),
        )
        for i, key in enumerate(main)
    ]
    heads = (
        _("Area", language), _("Name", language), _("Residents", language), _("in variants", language),
        _("95 % of variants", language), _("Most by", language),
    )  # fmt: skip
    title = _("How much the areas hang on the settings", language)
    return Table(title, heads, tuple(rows), left=frozenset({0, 1, 5}), spare=frozenset({4}))
