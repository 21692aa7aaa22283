"""A PostgreSQL server of its own for tests, where one is installed (Debian's ``postgresql-15-postgis-3``)."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

BIN = Path("/usr/lib/postgresql/15/bin")
PASSWORD = "s3cret@pass/word?"
"""Of the role `writer`: with everything that an address must escape."""
ESCAPED = "s3cret%40pass%2Fword%3F"


@dataclass(frozen=True)
class Server:
    """A running server with a superuser `postgres`, trusted, and a role `writer` with a password.

    Attributes
    ----------
    port : int
        On 127.0.0.1.
    data : Path
    """

    port: int
    data: Path

    def admin(self, database: str = "postgres") -> str:
        """The address of a database for the superuser."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def writer(self, database: str, password: str = ESCAPED) -> str:
        """The address of a database for the role with a password."""
        return f"postgresql://writer:{password}@127.0.0.1:{self.port}/{database}"

    def stop(self, how: str = "immediate") -> None:
        """Stop the server; `immediate` is a crash."""
        _as_postgres(BIN / "pg_ctl", "stop", "-D", self.data, "-m", how, "-w", "-t", "20")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self.data} -c fsync=off -c full_page_writes=off"
        log = self.data / "log"
        _as_postgres(BIN / "pg_ctl", "start", "-D", self.data, "-l", log, "-w", "-t", "30", "-o", options)


def why_not() -> str | None:
    """Why no server can be started here; None where one can."""
    if not (BIN / "initdb").exists():
        return "PostgreSQL 15 is not installed"
    if not Path("/usr/share/postgresql/15/extension/postgis.control").exists():
        return "PostGIS is not installed"
    if os.geteuid() == 0:
        if shutil.which("runuser") is None:
            return "PostgreSQL does not run as root, and there is no runuser"
        try:
            pwd.getpwnam("postgres")
        except KeyError:
            return "PostgreSQL does not run as root, and there is no user postgres"
    return None


def _as_postgres(*command: object) -> None:
    run = [str(part) for part in command]
    if os.geteuid() == 0:
        run = ["runuser", "-u", "postgres", "--", *run]
    subprocess.run(run, check=True, capture_output=True, timeout=60, cwd="/")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_server(folder: Path) -> Iterator[Server]:
    """A server whose data lie in a folder, stopped at the end."""
    data = folder / "data"
    data.mkdir(mode=0o700)
    if os.geteuid() == 0:
        shutil.chown(data, "postgres", "postgres")
    _as_postgres(BIN / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
    (data / "pg_hba.conf").write_text(
        "local all all trust\nhost all postgres 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n",
        encoding="utf-8",
    )
    server = Server(_free_port(), data)
    server.start()
    try:
        yield server
    finally:
        server.stop()
