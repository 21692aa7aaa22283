"""Measure the whole job against two peers, the start of the command, and the kernels.

``python scripts/benchmark.py`` makes registers of 640,000 and of 5.9 million residents (kept in
``--work``), runs our command, a DuckDB peer and a pandas peer on them as whole processes, in turn, after a
warm-up, and prints medians. The ratios appear only if all three results are equal.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

PIECES = Path(__file__).resolve().parent / "benchmark"
sys.path.insert(0, str(PIECES))

from measure import Command, ProcessError, Run, Timing, measure_interleaved, run_once  # noqa: E402

OURS, DUCKDB, PANDAS = "ours", "DuckDB peer", "pandas peer"
DESIGNATE = Path(sys.executable).parent / "designate"
HELP_BOUND_S, FIRST_RUN_BOUND_CPU_S, MAIN_JOB_BOUND_CPU_S = 0.3, 10.0, 1.7
ONE_YEAR_BOUND_S, ALL_YEARS_BOUND_S = 4.0, 12.0
HELP_REPEATS, FIRST_RUN_REPEATS, KERNEL_REPEATS, CHECK_REPEATS = 9, 3, 5, 3


class BenchmarkError(Exception):
    """The benchmark cannot be carried through; the message says why."""


@dataclass(frozen=True)
class Promise:
    """What one measure of ours may be at most, as a share of a peer's: ``measure`` is a key of `MEASURES`."""

    measure: str
    peer: str
    bound: float


@dataclass(frozen=True)
class Size:
    """One size of the whole job; ``kind`` is whose proportions the registers have."""

    name: str
    residents: int
    kind: str
    repeats: int
    promises: tuple[Promise, ...]


MEASURES = {
    "wall": ("median_wall_s", "s"),
    "CPU": ("median_cpu_s", "s"),
    "peak memory": ("median_peak_mb", "MB"),
}
"""What is measured of a process: the property of `Timing`, and its unit."""

SIZES = (
    Size("small", 640_000, "city", 5, (Promise("wall", DUCKDB, 1.0), Promise("CPU", DUCKDB, 1.0))),
    Size(
        "large",
        5_900_000,
        "country",
        3,
        (
            Promise("wall", DUCKDB, 0.75),
            Promise("CPU", DUCKDB, 0.75),
            Promise("peak memory", DUCKDB, 0.65),
            Promise("wall", PANDAS, 0.35),
        ),
    ),
)


PARTS = ("small", "large", "layouts", "start", "kernels", "workbench", "growth", "check")
"""What is measured, in this order."""


NO_WORSE = (Promise("CPU", DUCKDB, 1.5), Promise("peak memory", DUCKDB, 1.25))
"""What is checked of the smaller size: more than was measured by so much that noise does not reach it."""


@dataclass(frozen=True)
class Row:
    """One line of the report: a measured value, and the bound it was promised to keep, if any."""

    section: str
    name: str
    value: float
    unit: str
    bound: float | None = None

    @property
    def verdict(self) -> str:
        """``met``, ``short by`` so much of the bound, or nothing where no bound was promised."""
        if self.bound is None:
            return ""
        return "met" if self.value <= self.bound else f"short by {self.value / self.bound - 1:.0%}"


@dataclass
class Report:
    """Rows in order of appearance; each is printed as soon as it is known, the kernels in a table of their own."""

    rows: list[Row] = field(default_factory=list)

    def add(self, row: Row) -> None:
        """Keep and print one row."""
        if not self.rows or self.rows[-1].section != row.section:
            print(f"\n{row.section}")
        digits = 0 if row.unit == "MB" and row.value >= 10 else 3 if row.value < 0.1 else 2
        bound = "" if row.bound is None else f"bound {row.bound:g} {row.unit}".rstrip()
        print(f"  {row.name:<36} {row.value:>8.{digits}f} {row.unit:<3} {bound:<14} {row.verdict}".rstrip())
        self.rows.append(row)

    def as_json(self) -> str:
        """All rows as JSON."""
        rows = [{**asdict(row), "verdict": row.verdict} for row in self.rows]
        return json.dumps({"rows": rows}, indent=2, ensure_ascii=False) + "\n"


def registers(work: Path, size: Size) -> Path:
    """Folder with the registers of a size, made if absent; its name changes with the maker's text."""
    maker = PIECES / "make_denmark.py"
    version = hashlib.sha256(maker.read_bytes()).hexdigest()[:8]
    folder = work / f"registers-{size.kind}-{size.residents}-{version}"
    if not folder.is_dir():
        print(f"making registers of {size.residents:,} residents in {folder}")
        unfinished = folder.with_suffix(".part")
        shutil.rmtree(unfinished, ignore_errors=True)
        arguments = [str(unfinished), "--residents", str(size.residents), "--kind", size.kind]
        subprocess.run([sys.executable, str(maker), *arguments], check=True, stdout=subprocess.DEVNULL)
        unfinished.rename(folder)
    return folder


def ours(folder: Path, out: Path) -> tuple[Command, Path]:
    """Our command on a register folder, and the file it writes."""
    arguments = [
        str(DESIGNATE),
        "--year",
        "2025",
        "--raw",
        str(folder),
        "--policy",
        str(PIECES / "plain.toml"),
    ]
    arguments += ["--previous", "none", "--out", str(out), "--format", "gpkg", "--quiet"]
    return Command(OURS, arguments), out / "designation_2025.gpkg"


def peer(name: str, script: str, folder: Path, result: Path) -> tuple[Command, Path]:
    """A peer on a register folder, and the file it writes."""
    arguments = [sys.executable, str(PIECES / script), str(folder), str(result)]
    # its best form: NumPy's linear algebra would start threads that wait in a busy loop, which ours does without too
    return Command(name, arguments, {"OPENBLAS_NUM_THREADS": "1"}), result


def check_equal(results: dict[str, Path]) -> None:
    """Hold every result to the first; raise BenchmarkError with the differences."""
    first, *others = results
    for other in others:
        arguments = [sys.executable, str(PIECES / "compare.py"), str(results[first]), str(results[other])]
        compared = subprocess.run(arguments, capture_output=True, text=True, check=False)
        if compared.returncode != 0:
            told = (compared.stdout + compared.stderr).strip()
            raise BenchmarkError(f"no ratios: {first} and {other} differ\n{told}")


def ratio_to(timings: dict[str, Timing], promise: Promise) -> float:
    """Our share of a peer's measure."""
    mine, theirs = (getattr(timings[name], MEASURES[promise.measure][0]) for name in (OURS, promise.peer))
    return float(mine / theirs)


def add_measures(report: Report, section: str, timings: dict[str, Timing]) -> None:
    """Add the medians of each command."""
    for name, timing in timings.items():
        for measure, (of_timing, unit) in MEASURES.items():
            report.add(Row(section, f"{name}, {measure}", getattr(timing, of_timing), unit))


def whole_job(report: Report, work: Path, size: Size, repeats: int, peers_only: bool) -> None:
    """Measure one size of the whole job and add its rows."""
    folder = registers(work, size)
    out = work / f"out-{size.name}"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    jobs = [] if peers_only else [ours(folder, out / "ours")]
    jobs.append(peer(DUCKDB, "peer_duckdb.py", folder, out / "duckdb.gpkg"))
    jobs.append(peer(PANDAS, "peer_pandas.py", folder, out / "pandas.gpkg"))
    timings = measure_interleaved([command for command, _ in jobs], repeats)
    section = f"whole job, {size.residents:,} residents (median of {repeats})"
    add_measures(report, section, timings)
    check_equal({command.name: result for command, result in jobs})
    if peers_only:
        return
    promised = {(promise.measure, promise.peer): promise for promise in size.promises}
    for measure in MEASURES:
        for against in (DUCKDB, PANDAS):
            promise = promised.get((measure, against))
            ratio = ratio_to(timings, promise or Promise(measure, against, 1.0))
            name = f"ours / {against}, {measure}"
            report.add(Row(section, name, ratio, "x", promise.bound if promise else None))


def check(report: Report, work: Path, repeats: int) -> None:
    """Hold our share of what the DuckDB peer takes of CPU and memory to what it was; raise BenchmarkError if more.

    Seconds depend on the machine and what else it does, shares hardly.
    """
    size = SIZES[0]
    folder, out = registers(work, size), work / "out-check"
    out.mkdir(parents=True, exist_ok=True)
    jobs = [ours(folder, out / "ours"), peer(DUCKDB, "peer_duckdb.py", folder, out / "duckdb.gpkg")]
    timings = measure_interleaved([command for command, _ in jobs], repeats)
    check_equal({command.name: result for command, result in jobs})
    section = f"no worse than before, {size.residents:,} residents (median of {repeats})"
    for promise in NO_WORSE:
        name = f"ours / {promise.peer}, {promise.measure}"
        report.add(Row(section, name, ratio_to(timings, promise), "x", promise.bound))
    if any(row.section == section and row.verdict != "met" for row in report.rows):
        raise BenchmarkError("The job takes more than it did: find what it is, or say in scripts/benchmark.py why.")


def growth(report: Report) -> None:
    """Measure how CPU time grows, and add the exponents; times a power of the size."""
    from growth import measure  # brings numpy with it, as the kernels do

    for found in measure():
        section = f"growth with {found.what}"
        for size, cpu_s in zip(found.sizes, found.cpu_s, strict=True):
            report.add(Row(section, f"{size:,}", cpu_s, "s"))
        report.add(Row(section, "exponent", found.exponent, ""))


def main_job(emptied: Sequence[str]) -> Run:
    """The command in an empty folder, where some caches, named by their variables, are empty as well."""
    with tempfile.TemporaryDirectory(prefix="udsat-first-run-") as name:
        folder = Path(name)
        environment = {variable: str(folder / variable) for variable in emptied}
        for place in environment.values():
            Path(place).mkdir()
        arguments = [str(DESIGNATE), "--year", "2025", "--previous", "none", "--out", str(folder / "out")]
        return run_once(Command("main job", arguments, environment, folder))


def synthetic_city(years: tuple[int, ...]) -> float:
    """Wall seconds of a process that makes and writes the synthetic city of some years."""
    program = (
        "import sys; from pathlib import Path; from udsat_geo.synthetic.write import write_registers\n"
        "for year in sys.argv[2:]: write_registers(int(year), Path(sys.argv[1]) / year)"
    )
    with tempfile.TemporaryDirectory(prefix="udsat-synthetic-") as name:
        arguments = [sys.executable, "-c", program, name, *(str(year) for year in years)]
        return run_once(Command("synthetic", arguments)).wall_s


LAYOUTS = {"our layout": "write.write_registers", "Statistics Denmark's": "statistics_denmark.write_registers_of_dst"}


def layouts(report: Report, work: Path, repeats: int) -> None:
    """Measure the whole job on the synthetic city in both layouts: what joining five files costs."""
    commands = []
    for place, (name, writer) in enumerate(LAYOUTS.items()):
        folder, (module, function) = work / f"layout-{place}", writer.split(".")
        program = f"import sys, pathlib; from udsat_geo.synthetic.{module} import {function} as write\n"
        program += "write(2025, pathlib.Path(sys.argv[1]))"
        subprocess.run([sys.executable, "-c", program, str(folder)], check=True)
        given = ["--registers", str(folder), "--previous", "none", "--out", str(work / f"out-layout-{place}")]
        commands.append(Command(name, [str(DESIGNATE), "--year", "2025", *given, "--format", "gpkg", "--quiet"]))
    section = f"layouts of registers, synthetic city (median of {repeats})"
    timings = measure_interleaved(commands, repeats)
    add_measures(report, section, timings)
    plain, other = (timings[name].median_cpu_s for name in LAYOUTS)
    report.add(Row(section, "Statistics Denmark's / ours, CPU", other / plain, "x"))


def start(report: Report, repeats: int | None) -> None:
    """Measure the start of the command and the first run, and add their rows."""
    often = repeats or HELP_REPEATS
    timing = measure_interleaved([Command("help", [str(DESIGNATE), "--help"])], often)["help"]
    section = "start"
    report.add(Row(section, f"designate --help (median of {often})", timing.median_wall_s, "s", HELP_BOUND_S))
    runs = min(often, FIRST_RUN_REPEATS)
    for what, emptied, bound_s in (
        ("main job", (), MAIN_JOB_BOUND_CPU_S),
        ("nothing compiled", ("NUMBA_CACHE_DIR",), None),
        ("nothing compiled, no city", ("NUMBA_CACHE_DIR", "UDSAT_CACHE"), FIRST_RUN_BOUND_CPU_S),
    ):
        found = Timing([main_job(emptied) for _ in range(runs)])
        report.add(Row(section, f"{what}, wall (median of {runs})", found.median_wall_s, "s"))
        report.add(Row(section, f"{what}, CPU", found.median_cpu_s, "s", bound_s))
    for what, years, bound in (
        ("synthetic city of 2025", (2025,), ONE_YEAR_BOUND_S),
        ("synthetic city of all five years", (2017, 2018, 2019, 2021, 2025), ALL_YEARS_BOUND_S),
    ):
        walls_s = sorted(synthetic_city(years) for _ in range(runs))
        report.add(Row(section, f"{what} (median of {runs})", walls_s[(runs - 1) // 2], "s", bound))


def kernels(report: Report, repeats: int) -> None:
    """Measure each kernel beside its peers, print both with their ratio, and keep the rows."""
    # One thread for the peers' products of matrices: those of BLAS spin on when they have nothing to do, and what they
    # take would be counted as ours.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Only now: these bring numpy with them, which would raise the peak memory of later processes.
    from barrier_rows import DIFFERENCE_M2
    from kernel_row import ROUNDING
    from kernels import all_rows, run_rows

    section = f"kernels, CPU of all threads (median of {repeats})"
    print(f"\n{section}\n  {'':<46} {'ours, ms':>9} {'peer, ms':>9} {'ours/peer':>9}  peer")
    timings = []
    for timing in run_rows(all_rows(), repeats):
        timings.append(timing)
        if timing.equal:
            ours_ms, peer_ms, ratio = timing.ours_s * 1000, timing.peer_s * 1000, timing.ours_s / timing.peer_s
            print(f"  {timing.name:<46} {ours_ms:>9.2f} {peer_ms:>9.2f} {ratio:>9.2f}  {timing.peer_name}")
            name = f"{timing.name}, {timing.peer_name}"
            report.rows.append(Row(section, f"{name}: ours", ours_ms, "ms"))
            report.rows.append(Row(section, f"{name}: peer", peer_ms, "ms"))
            report.rows.append(Row(section, f"{name}: ours / peer", ratio, "x"))
    unequal = [f"{timing.name} ({timing.peer_name})" for timing in timings if not timing.equal]
    if unequal:
        raise BenchmarkError(f"no ratios: ours and the peer differ in {', '.join(unequal)}")
    rounded = f"spread and composite, sums of floats, to {ROUNDING:g}, cut outlines to {DIFFERENCE_M2:g} m2;"
    print(f"  all results equal; {rounded}")
    print("  outlines, which no peer draws alike, in which cells' centres they hold")


def workbench(report: Report, repeats: int) -> None:
    """Measure how soon a workbench judges by another rule, by CPU of all threads and by the clock, and add the rows."""
    from workbench import measure  # brings numpy with it, as the kernels do

    for cells, rows in measure(repeats).items():
        for row in rows:
            unit = "MB" if row.name.endswith("MB") else "s"
            report.add(Row(f"a workbench of {cells} (median of {repeats})", row.name, row.value, unit, row.bound))


def run(options: argparse.Namespace, report: Report) -> None:
    """Run the chosen parts in order."""
    chosen = [options.only] if options.only else [part for part in PARTS if part != "check"]
    if options.peers_only:
        chosen = [part for part in chosen if part in ("small", "large")]
    elif not DESIGNATE.exists() and not {*chosen} <= {"kernels", "workbench", "growth"}:
        raise BenchmarkError(f"{DESIGNATE} is not there; install the package, or use --peers-only")
    for size in SIZES:
        if size.name in chosen:
            whole_job(report, options.work, size, options.repeats or size.repeats, options.peers_only)
    if "layouts" in chosen:
        layouts(report, options.work, options.repeats or SIZES[0].repeats)
    if "start" in chosen:
        start(report, options.repeats)
    if "check" in chosen:
        check(report, options.work, options.repeats or CHECK_REPEATS)
    if "kernels" in chosen:
        kernels(report, options.repeats or KERNEL_REPEATS)
    if "workbench" in chosen:
        workbench(report, options.repeats or KERNEL_REPEATS)
    if "growth" in chosen:
        growth(report)


def positive(text: str) -> int:
    """A whole number of at least 1, for the command line."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="Measure the whole job, the start, and the kernels.")
    parser.add_argument("--only", choices=PARTS, help="one part alone")
    parser.add_argument("--repeats", type=positive, help="measured runs of each command (5 small, 3 large)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all rows to a file as well")
    parser.add_argument("--peers-only", action="store_true", help="measure and compare the peers alone")
    cache = Path(tempfile.gettempdir()) / "udsat-benchmark"
    parser.add_argument("--work", type=Path, default=cache, metavar="DIR", help="where registers are kept")
    return parser.parse_args()


def main() -> int:
    """Run the benchmark; 0 done, 1 results differ or a process failed."""
    options = arguments()
    options.work = options.work.resolve()
    report = Report()
    try:
        run(options, report)
    except (BenchmarkError, ProcessError) as problem:
        print(problem, file=sys.stderr)
        return 1
    finally:
        if options.json and report.rows:
            options.json.write_text(report.as_json(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
