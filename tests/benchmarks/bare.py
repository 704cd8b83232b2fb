"""pgbench: what PostgreSQL alone makes of the same rows, on the same server."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

import psycopg

from deploy.local.postgres import Postgres
from deploy.local.stack import Stack


def program_of(stack: Stack) -> Path:
    """pgbench of the server that runs, or the system's where the server is not ours."""
    server = stack.parts.get("postgres")
    if isinstance(server, Postgres):
        return server.programs / "pgbench"
    found = shutil.which("pgbench")
    if found is None:
        raise RuntimeError("pgbench is not installed: unset DATABASE_URL, or install it")
    return Path(found)


def run(
    pgbench: Path,
    url: str,
    script: str,
    connections: int,
    *,
    path: str = "public",
    variables: Mapping[str, int] | None = None,
    seconds: float = 0,
    transactions: float = 0,
) -> float:
    """How often a second a script is done, in prepared statements; `path` is the search_path.

    Runs for so many seconds, or so many times on each connection. RuntimeError where one failed.
    """
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
    length = ["-T", str(max(1, round(seconds)))] if seconds else ["-t", str(round(transactions))]
    given = [f"-D{name}={value}" for name, value in (variables or {}).items()]
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        done = subprocess.run(
            [
                *(str(pgbench), "-n", "-M", "prepared", "-c", str(connections)),
                *("-j", str(min(connections, 2)), *given, "-f", file.name, *length, url),
            ],
            env={**os.environ, "PGOPTIONS": f"-c search_path={path}"},
            capture_output=True,
            text=True,
            check=False,
        )
    found = re.search(r"^tps = ([\d.]+)", done.stdout, re.MULTILINE)
    failed = re.search(r"failed transactions: ([1-9]\d*)", done.stdout)
    if done.returncode or found is None or failed:
        raise RuntimeError(f"pgbench failed.\n{done.stdout}{done.stderr}"[:3000])
    return float(found.group(1))
