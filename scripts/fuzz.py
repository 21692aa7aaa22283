"""Damaged, odd and hostile input for every reader: it is read or refused in words, and nothing else happens.

Usage: python scripts/fuzz.py [--seconds 60] [--inputs N] [--only NAME ...] [--seed N] [--keep FOLDER] [--list]

Each reader begins from good input that this script makes, spoils it by up to four changes (bytes, cells, keys, SQL,
answers of a server), and reads it. A find is any other end than a result or a message: another exception, more than
ten seconds of the processor, more than four gigabytes, a crash of a library. The spoilt input of each find is kept in
FOLDER, with what was said. Finds of one kind at one place are told once; the same seed begins with the same inputs.
"""

from __future__ import annotations

import argparse
import faulthandler
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import SkipTest

PIECES = Path(__file__).parent / "fuzz"
sys.path.insert(0, str(PIECES))

from readers import READERS, Reader  # noqa: E402
from spoilt import Files, strategies  # noqa: E402

LONGEST_S, MOST_BYTES = 10, 4 * 1024**3
WAITED_S = 120
"""For an input that does nothing, or takes its `LONGEST_S` of processor time on a busy machine."""
AT_A_TIME = 1000
"""Inputs of one run of Hypothesis: each run begins with plain ones."""


@dataclass
class Tried:
    """What came of one reader's inputs."""

    reader: str
    inputs: int = 0
    refused: int = 0
    finds: int = 0
    slowest_s: float = 0.0


def try_reader(name: str, seconds: float, most: int | None, seed: int, keep: Path) -> Tried:
    """Spoil and read until the time, or the number of inputs, is used up."""
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import seed as seeded

    reader, tried, known = READERS[name], Tried(name), set[str]()
    with tempfile.TemporaryDirectory() as made:
        reader.make(Path(made))
        good = {path.name: path.read_bytes() for path in Path(made).iterdir()}
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "input"
        put(folder, good)
        reader.read(folder)  # what is spoilt below is good
        until = time.monotonic() + seconds

        def once(data: Any) -> None:
            # drawn in any case: Hypothesis wants the same draws of the same beginning
            files = reader.spoil(data.draw, good)
            if time.monotonic() > until or (most is not None and tried.inputs >= most):
                raise SkipTest  # which it hands on at once
            put(folder, files)
            read_once(reader, folder, tried, known, keep)

        batch = 0
        while time.monotonic() < until and (most is None or tried.inputs < most):
            run = given(strategies().data())(once)
            many = settings(max_examples=AT_A_TIME, deadline=None, database=None, phases=[Phase.generate])
            many = settings(many, suppress_health_check=list(HealthCheck))
            with suppress(SkipTest):
                seeded(1000 * seed + batch)(many(run))()
            batch += 1
    return tried


def put(folder: Path, files: Files) -> None:
    """A folder that holds these files and nothing else."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)


def read_once(reader: Reader, folder: Path, tried: Tried, known: set[str], keep: Path) -> None:
    """Read one spoilt input, and keep it where that ends otherwise than it may."""
    from udsat_geo.messages.errors import UdsatError

    current = keep / f"{tried.reader}-now"
    shutil.rmtree(current, ignore_errors=True)
    shutil.copytree(folder, current)
    began, said, trace = time.process_time(), "", ""
    faulthandler.dump_traceback_later(WAITED_S, exit=True, file=sys.__stderr__)
    try:
        reader.read(folder)
    except UdsatError as error:
        tried.refused += 1
        if not str(error).strip():
            said = "a refusal without a word"
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        trace, said = traceback.format_exc(), place_of(error)
    finally:
        faulthandler.cancel_dump_traceback_later()
    tried.inputs += 1
    took = time.process_time() - began
    tried.slowest_s = max(tried.slowest_s, took)
    if took > LONGEST_S:
        said = said or f"over {LONGEST_S} s"
    if said and said not in known:
        known.add(said)
        tried.finds += 1
        kept = keep / f"{tried.reader}-{len(known)}"
        shutil.rmtree(kept, ignore_errors=True)
        current.rename(kept)
        (kept / "FOUND.txt").write_text(f"{said}\n{trace}", encoding="utf-8")
        print(f"{tried.reader}: {said}: {kept}", file=sys.stderr, flush=True)


def place_of(error: BaseException) -> str:
    """The kind of an exception, and the last place of ours that it came through."""
    ours = [frame for frame in traceback.extract_tb(error.__traceback__) if "udsat_geo" in frame.filename]
    place = f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else "nowhere"
    return f"{type(error).__name__} at {place}"


def child(options: argparse.Namespace) -> int:
    """Try the readers named, in this process; a line of JSON for each."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES + 2 * 1024**3,) * 2)
    faulthandler.enable()
    for name in options.only:
        tried = try_reader(name, options.seconds, options.inputs, options.seed, options.keep)
        print(json.dumps(tried.__dict__), flush=True)
        shutil.rmtree(options.keep / f"{name}-now", ignore_errors=True)
    return 0


def run(options: argparse.Namespace) -> list[Tried]:
    """Try all readers in a process of their own; one that dies is a find, and the next go on."""
    found: list[Tried] = []
    left = list(options.only)
    while left:
        call = [sys.executable, __file__, "--child", "--keep", str(options.keep), "--seed", str(options.seed)]
        call += ["--seconds", str(options.seconds), *(["--inputs", str(options.inputs)] if options.inputs else [])]
        with subprocess.Popen([*call, "--only", *left], stdout=subprocess.PIPE, text=True) as process:
            for line in process.stdout or ():
                found.append(Tried(**json.loads(line)))
                left.remove(found[-1].reader)
                tell(found[-1])
        if process.returncode or left:
            died = options.keep / f"{left[0]}-died" if left else options.keep / "died"
            shutil.rmtree(died, ignore_errors=True)
            if left and (options.keep / f"{left[0]}-now").exists():
                (options.keep / f"{left[0]}-now").rename(died)
            found.append(Tried(left.pop(0) if left else "?", finds=1))
            print(f"{found[-1].reader}: died ({process.returncode}), or waited over {WAITED_S} s: {died}", flush=True)
    return found


def tell(tried: Tried) -> None:
    """One row."""
    print(
        f"{tried.reader:<12}{tried.inputs:>8,} inputs{tried.refused:>8,} refused{tried.finds:>4} finds"
        f"{tried.slowest_s:>8.2f} s the slowest, of the processor",
        flush=True,
    )


def main() -> int:
    """Try what is asked for, and tell."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seconds", type=float, default=60, help="for each reader")
    parser.add_argument("--inputs", type=int, help="for each reader, at most")
    parser.add_argument("--only", nargs="+", choices=list(READERS), default=list(READERS), metavar="READER")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, default=Path("data/out/fuzz"), metavar="FOLDER", help="of what was found")
    parser.add_argument("--list", action="store_true", help="the readers")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.list:
        print("\n".join(READERS))
        return 0
    options.keep.mkdir(parents=True, exist_ok=True)
    if options.child:
        return child(options)
    found = run(options)
    inputs, finds = sum(each.inputs for each in found), sum(each.finds for each in found)
    print(f"{'together':<12}{inputs:>8,} inputs{sum(each.refused for each in found):>8,} refused{finds:>4} finds")
    return 1 if finds else 0


if __name__ == "__main__":
    sys.exit(main())
