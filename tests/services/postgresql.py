"""
Start a PostgreSQL server of one's own, from Debian's package `postgresql`.

Its files lie in a folder that is thrown away, it listens on a free port of this
machine alone, and it runs as the user `postgres` where root starts it.
"""

from __future__ import annotations

import gc
import logging
import os
import shutil
import socket
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

__all__ = ["administer", "database", "dying_connections", "load_dump", "restart", "server", "why_not"]

_USER = "postgres"


def programs() -> Path | None:
    """Find the newest `initdb` and its fellows; Debian keeps them off the search path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda file: int(file.parts[-3]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


def why_not() -> str | None:
    """Say why no server can be started; None where one can."""
    if programs() is None:
        return "no PostgreSQL server here; on Debian: apt-get install postgresql"
    if os.geteuid() == 0 and shutil.which("runuser") is None:
        return "PostgreSQL does not run as root, and there is no runuser"
    return None


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """Start a server with its files in an empty folder; yield its URL, and stop it."""
    place, port, where = programs(), _free_port(), folder / "cluster"
    assert place is not None
    if os.geteuid() == 0:
        shutil.chown(folder, _USER)
        # pytest's folders are closed to everybody else; with xdist there is one more of them.
        for above in folder.parents:
            if Path(tempfile.gettempdir()) in above.parents:
                above.chmod(above.stat().st_mode | 0o011)
    _run(
        str(place / "initdb"),
        "-D",
        str(where),
        "-U",
        _USER,
        "--auth=trust",
        "-E",
        "UTF8",
        "--locale=C",
        "--no-sync",
    )
    # What a killed process has written is with the system, and no test turns the system off.
    options = f"-c fsync=off -p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
    control = (str(place / "pg_ctl"), "-D", str(where), "-w", "-t", "60")
    _run(*control, "-l", str(folder / "log"), "-o", options, "start")
    try:
        yield f"postgresql+pg8000://{_USER}@127.0.0.1:{port}/{_USER}"
    finally:
        _run(*control, "-m", "immediate", "stop")


def administer(url: str, *statements: str) -> None:
    """Run statements behind a ledger's back, each at once."""
    import sqlalchemy

    engine = sqlalchemy.create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
    finally:
        engine.dispose()


def database(url: str, name: str) -> str:
    """Make an empty database for a test of this name; return its URL."""
    import sqlalchemy

    made = f"t{sha256(name.encode()).hexdigest()[:20]}"
    engine = sqlalchemy.create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {made}")
    finally:
        engine.dispose()
    return f"{url.rpartition('/')[0]}/{made}"


def restart(folder: Path, mode: str = "fast") -> None:
    """Restart the server whose files are in a folder; `immediate` is as if it had crashed."""
    place = programs()
    assert place is not None
    control = (str(place / "pg_ctl"), "-D", str(folder / "cluster"), "-w", "-t", "60", "-m", mode)
    _run(*control, "-l", str(folder / "log"), "restart")


@contextmanager
def dying_connections() -> Iterator[None]:
    """Let connections die; the sockets that the driver leaves open are closed at the end, without a warning."""
    # The pool logs such a connection, and pytest keeps what is logged, and with it the socket.
    logging.disable(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        try:
            yield
        finally:
            gc.collect()
            logging.disable(logging.NOTSET)


def load_dump(file: Path, url: str) -> None:
    """Load what `pg_dump` wrote into a database."""
    place = programs()
    assert place is not None
    plain = url.replace("+pg8000", "")
    command = [str(place / "psql"), "-q", "-v", "ON_ERROR_STOP=1", "-f", str(file), plain]
    subprocess.run(command, check=True, timeout=60)


def _run(*command: str) -> None:
    """Run a program as somebody without power over the machine; PostgreSQL insists."""
    lowered = ("runuser", "-u", _USER, "--", *command) if os.geteuid() == 0 else command
    with tempfile.TemporaryFile() as said:  # no pipe: the server would keep it open
        done = subprocess.run(lowered, stdout=said, stderr=said, cwd="/", timeout=120)
        said.seek(0)
        assert done.returncode == 0, f"{' '.join(command)}: {said.read().decode(errors='replace')}"


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port
