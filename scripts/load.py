"""Many at once, and killed in the middle: nothing is lost, nothing mixed, and nobody waits without a word.

Usage: python scripts/load.py [--only ROW ...] [--kills 1000] [--doubles 200] [--many 10] [--requests 1000] [--list]

Each row prints what was tried, what held and how long it took. Rows: `kills` (a placement of results that is killed at
each system call in turn), `doubles` (two runs that end in one folder), `one-folder` and `folders` (ten `designate` at
once), `first` (four first runs at once, with no machine code and no synthetic city), `cache` (the synthetic city killed
while it is made), `code` (the same with machine code), `explorer` (`udsat explore` under many requests of several
clients), `database` (twenty writers into PostGIS, then a server that is killed). The exit code is 1 where something did
not hold.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))

DESIGNATE = Path(sys.executable).parent / "designate"
POLICY = 'extends = "kbh-2017"\nid = "own"\n[rule]\ncriteria = 1\ncore = 0.5\nedge = 0.2\n[areas]\nresidents = 20\n'


@dataclass(frozen=True)
class Row:
    """How many were tried, how many held, and what is said of it."""

    tried: int
    held: int
    told: str = ""


def write_town(folder: Path, seed: int = 1) -> Path:
    """A small town with its policy."""
    from small_registers import make_registers

    make_registers(seed, n_addresses=80, n_residents=600).write(folder / f"raw-{seed}")
    (folder / "own.toml").write_text(POLICY, encoding="utf-8")
    return folder / f"raw-{seed}"


def call(folder: Path, out: str | Path, raw: str = "raw-1") -> list[str]:
    """A `designate` of the town."""
    options = f"--year 2025 --previous none --quiet --policy {folder}/own.toml --registers {folder}/{raw}"
    return [str(DESIGNATE), *options.split(), "--out", str(out)]


def started(*command: str, **environment: str) -> subprocess.Popen[str]:
    """A command that runs beside this one."""
    return subprocess.Popen(
        command, env={**os.environ, **environment}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def ended(process: subprocess.Popen[str]) -> bool:
    """Whether a command did what it should; what it said otherwise is told."""
    said = process.communicate(timeout=1800)[0]
    if process.returncode:
        print(f"  exit code {process.returncode}: {said.strip()[-300:]}")
    return process.returncode == 0


def run_in(out: Path) -> str:
    """The run that a folder holds: of its JSON and its GeoPackage alike, and nothing hidden beside them; else empty."""
    from udsat_geo.files.read import read_layers

    summary = read_layers(out / "designation_2025.gpkg").summary
    with closing(sqlite3.connect(out / "designation_2025.gpkg")) as file:
        (units,) = file.execute("SELECT sum(residents) FROM units").fetchone()
    is_clean = not [path for path in out.iterdir() if path.name.startswith(".")]
    return summary.run if is_clean and units == summary.residents else ""


def into_one_folder(folder: Path, options: argparse.Namespace) -> Row:
    """As many `designate` at once, of two towns, into the same folder."""
    write_town(folder, 1), write_town(folder, 2)
    wanted = {alone(folder, f"raw-{seed}") for seed in (1, 2)}
    running = [started(*call(folder, folder / "out", f"raw-{1 + number % 2}")) for number in range(options.many)]
    held = sum([ended(each) for each in running])
    found = run_in(folder / "out")
    return Row(options.many, held if found in wanted else 0, f"the folder holds one run: {found in wanted}")


def alone(folder: Path, raw: str) -> str:
    """The run that a town gives by itself."""
    ended(started(*call(folder, folder / f"alone-{raw}", raw)))
    return run_in(folder / f"alone-{raw}")


def into_folders(folder: Path, options: argparse.Namespace) -> Row:
    """As many `designate` at once, each into a folder of its own."""
    write_town(folder)
    wanted = alone(folder, "raw-1")
    running = [started(*call(folder, folder / f"out-{number}")) for number in range(options.many)]
    held = [ended(each) and run_in(folder / f"out-{number}") == wanted for number, each in enumerate(running)]
    return Row(options.many, sum(held))


def first_runs(folder: Path, _options: argparse.Namespace) -> Row:
    """Four first runs at once: they compile, and make the synthetic city, each finding what another has made."""
    empty = {"NUMBA_CACHE_DIR": str(folder / "numba"), "UDSAT_CACHE": str(folder / "cache")}
    options = "--year 2025 --previous none --quiet --format gpkg"
    running = [
        started(str(DESIGNATE), *options.split(), "--out", str(folder / str(number)), **empty) for number in range(4)
    ]
    held = [ended(each) for each in running]
    runs = {run_in(folder / str(number)) for number, good in enumerate(held) if good}
    left = [path.name for path in (folder / "cache").iterdir() if path.name.startswith(".")]
    return Row(4, sum(held) if len(runs) == 1 and not left else 0, f"runs {len(runs)}, left behind {len(left)}")


def killed_cache(folder: Path, options: argparse.Namespace) -> Row:
    """The synthetic city killed while it is made: the next run makes it anew, and gives the same."""
    return killed_while_kept("UDSAT_CACHE", folder, options.cache_kills, [])


def killed_code(folder: Path, options: argparse.Namespace) -> Row:
    """A run of a town killed while it compiles: the next one compiles what is missing, and gives the same."""
    write_town(folder)
    town = f"--policy {folder}/own.toml --registers {folder}/raw-1".split()
    return killed_while_kept("NUMBA_CACHE_DIR", folder, options.cache_kills, town)


def killed_while_kept(variable: str, folder: Path, times: int, town: list[str]) -> Row:
    """Runs killed at random while they fill a cache, each followed by a whole one with what was left."""
    chance, held = random.Random(0), 0
    whole = f"{DESIGNATE} --year 2025 --previous none --quiet --format gpkg --out {folder}/out".split() + town
    began = time.monotonic()
    ended(started(*whole, **{variable: str(folder / "good")}))
    took = time.monotonic() - began
    wanted = run_in(folder / "out")
    for number in range(times):
        kept = folder / f"kept-{number}"
        process = started(*whole, **{variable: str(kept)})
        time.sleep(chance.uniform(0.1, 0.95) * took)
        process.kill()
        process.wait()
        shutil.rmtree(folder / "out", ignore_errors=True)
        held += ended(started(*whole, **{variable: str(kept)})) and run_in(folder / "out") == wanted
    return Row(times, held)


def explorer(folder: Path, options: argparse.Namespace) -> Row:
    """`udsat explore` asked by several clients at once, some of which hang up: answers are those of one client."""
    write_town(folder)
    town = f"--year 2025 --previous none --policy {folder}/own.toml --registers {folder}/raw-1"
    command = [str(DESIGNATE.with_name("udsat")), "explore", *town.split(), "--no-browser", "--policies", str(folder)]
    process = started(*command)
    address = next(line.strip() for line in process.stdout or () if line.startswith("http"))
    questions = [("answer", {"values": {"rule.core": round(0.3 + k / 20, 2)}}) for k in range(40)]
    questions += [("unit", {"values": {"rule.core": round(0.3 + k / 20, 2)}}) for k in range(10)] + [("begin", {})]
    wanted = [asked(address, *question)[0] for question in questions]
    chance = random.Random(0)
    drawn = [chance.randrange(len(questions)) for _number in range(options.requests)]

    def once(number: int, at: int) -> tuple[bool, float]:
        answer, took = asked(address, *questions[at], hangs_up=number % 20 == 0)
        return answer == wanted[at] or number % 20 == 0, took

    with ThreadPoolExecutor(options.clients) as clients:
        found = list(clients.map(once, range(len(drawn)), drawn))
    process.send_signal(signal.SIGINT)
    good = ended(process) and all(wanted)
    times = sorted(took for _held, took in found)
    told = f"{options.clients} clients; median {1000 * statistics.median(times):.0f} ms, most {1000 * times[-1]:.0f} ms"
    return Row(len(drawn), sum(held for held, _took in found) if good else 0, told)


def asked(address: str, what: str, settings: dict[str, Any], hangs_up: bool = False) -> tuple[str, float]:
    """The explorer's answer to a question, empty where there is none, and the seconds that it took."""
    parts = urlsplit(address)
    body = json.dumps({"settings": settings, "language": "en", "unit": 3, "against": "shipped"})
    head = {"Content-Type": "application/json", "Origin": f"http://{parts.netloc}"}
    began = time.monotonic()
    with closing(http.client.HTTPConnection(parts.netloc, timeout=120)) as connection:
        connection.request("POST", f"{parts.path}{what}", body, head)
        answer = None if hangs_up else connection.getresponse()
        text = answer.read().decode() if answer is not None and answer.status == 200 else ""
    return text, time.monotonic() - began


def kills(folder: Path, options: argparse.Namespace) -> Row:
    """Placements killed at each system call in turn, in two ways; the next command finds one set whole."""
    from killed import AFTERWARDS, EARLIER, place_and_be_killed, settled

    held = tried = calls = 0
    while tried < options.kills:
        calls += 1
        for fails in (False, True):
            out = folder / f"{tried}"
            out.mkdir()
            for name, text in EARLIER.items():
                (out / name).write_text(text, encoding="utf-8")
            lived = place_and_be_killed(out, calls, fails)
            tried, held = tried + 1, held + (settled(out) in (EARLIER, AFTERWARDS))
            shutil.rmtree(out)
            if lived and fails:
                calls = 0
    return Row(tried, held, "no mixture" if held == tried else "mixtures")


def doubles(folder: Path, options: argparse.Namespace) -> Row:
    """Two runs that place their results in one folder at the same time, every move delayed by chance."""
    from udsat_geo.files.atomic_write import write_texts

    names, held = [f"{number}.csv" for number in range(6)], 0
    for number in range(options.doubles):
        out = folder / str(number)
        out.mkdir()
        children = [forked(partial(write_texts, out, dict.fromkeys(names, text)), number) for text in "ab"]
        codes = [os.waitpid(child, 0)[1] for child in children]
        found = {path.read_text(encoding="utf-8") for path in out.iterdir()}
        held += codes == [0, 0] and len(found) == 1 and len(list(out.iterdir())) == len(names)
        shutil.rmtree(out)
    return Row(options.doubles, held)


def forked(work: Callable[[], object], seed: int) -> int:
    """A process that works with slow moves, as on a network drive; its number."""
    child = os.fork()
    if child:
        return child
    chance, move = random.Random(os.getpid() + seed), os.replace

    def slowly(*given: str, **named: int) -> None:
        time.sleep(chance.uniform(0, 0.01))
        move(*given, **named)

    os.replace = slowly  # type: ignore[assignment]
    code = 1
    try:
        work()
        code = 0
    finally:
        os._exit(code)


def database(folder: Path, options: argparse.Namespace) -> Row:
    """Twenty writers, ten of them into one schema; then a server that is killed while others write."""
    import psycopg

    from postgis_server import running_server, why_not

    if (reason := why_not()) is not None:
        return Row(0, 0, f"not tried: {reason}")
    write_town(folder)
    home = Path(tempfile.mkdtemp(prefix="udsat-postgres-"))
    home.chmod(0o755)
    try:
        with running_server(home) as server:
            with psycopg.connect(server.admin(), autocommit=True) as connection:
                connection.execute("CREATE DATABASE load")
            with psycopg.connect(server.admin("load"), autocommit=True) as connection:
                connection.execute("CREATE EXTENSION postgis")
            schemas = ["one" if number % 2 else f"own_{number}" for number in range(options.writers)]
            places = [f"{server.admin('load')}?schema={schema}" for schema in schemas]
            running = [started(*call(folder, place)) for place in places]
            held = sum([ended(each) for each in running])
            wanted = of_database(places[0])
            whole = all(of_database(place) == wanted for place in set(places))
            running = [started(*call(folder, place)) for place in places[:4]]
            time.sleep(options.kill_after)
            server.stop("immediate")
            said = [each.communicate()[0] for each in running]
            codes = [each.returncode in (0, 2) for each in running]
            refused = all(codes) and "Traceback" not in "".join(said)
            server.start()
            after = all(of_database(place) == wanted for place in set(places))
    finally:
        shutil.rmtree(home, ignore_errors=True)
    told = f"all alike: {whole}; server killed: told {refused}, earlier ones whole {after}"
    return Row(options.writers + 4, held + 4 * (refused and after) if whole else 0, told)


def of_database(place: str) -> str:
    """The run that a schema holds."""
    from udsat_geo.files.read import read_layers

    return read_layers(place).summary.run


ROWS: dict[str, Callable[[Path, argparse.Namespace], Row]] = {
    "kills": kills,
    "doubles": doubles,
    "one-folder": into_one_folder,
    "folders": into_folders,
    "first": first_runs,
    "cache": killed_cache,
    "code": killed_code,
    "explorer": explorer,
    "database": database,
}


def arguments() -> argparse.Namespace:
    """The call."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--only", nargs="+", choices=list(ROWS), default=list(ROWS), metavar="ROW")
    parser.add_argument("--kills", type=int, default=1000, help="placements killed")
    parser.add_argument("--doubles", type=int, default=200, help="pairs of runs")
    parser.add_argument("--many", type=int, default=10, help="commands at once")
    parser.add_argument("--cache-kills", type=int, default=5, help="of the synthetic city, and of machine code")
    parser.add_argument("--requests", type=int, default=1000, help="to the explorer")
    parser.add_argument("--clients", type=int, default=8, help="of the explorer")
    parser.add_argument("--writers", type=int, default=20, help="into the database")
    parser.add_argument("--kill-after", type=float, default=2.0, metavar="SECONDS", help="the server is killed")
    parser.add_argument("--json", action="store_true", help="rows as JSON")
    parser.add_argument("--list", action="store_true", help="the rows")
    return parser.parse_args()


def main() -> int:
    """Try the rows, and tell."""
    options = arguments()
    if options.list:
        print("\n".join(ROWS))
        return 0
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    good = True
    for name in options.only:
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="udsat-load-") as folder:
            row = ROWS[name](Path(folder), options)
        took = time.monotonic() - began
        good = good and row.held == row.tried
        if options.json:
            print(json.dumps({"row": name, **row.__dict__, "seconds": round(took, 1)}), flush=True)
        else:
            print(f"{name:<12}{row.tried:>6,} tried{row.held:>7,} held{took:>8.1f} s  {row.told}", flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
