"""`make torture`: kill the process 100 times at random moments under load and see that nothing is lost or done twice.

python -m tests.torture [--kills 100] [--seed N] [--postgres]
"""

from __future__ import annotations

import argparse
import asyncio
import secrets
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from tests.torture.trial import Receiving, Report, Trial


def main() -> int:
    """Run and say what was found; 1 when a promise broke."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000), help="the same moments again")
    parser.add_argument("--postgres", action="store_true", help="PostgreSQL instead of SQLite")
    parser.add_argument("--polling", action="store_true", help="receive by long polling instead of the webhook")
    options = parser.parse_args()
    receiving: Receiving = "polling" if options.polling else "webhook"
    print(f"seed {options.seed}", flush=True)
    if options.postgres:
        from tests.fakes.databases import postgres_server

        with postgres_server() as server:
            report = asyncio.run(Trial(server.empty(), options.kills, options.seed, receiving).run())
    else:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "motcua.db"
            report = asyncio.run(Trial(f"sqlite:///{path}", options.kills, options.seed, receiving).run())
            check_file(path, report)
    print(report)
    print("every promise held" if not report.faults else "BROKEN")
    return bool(report.faults)


def check_file(path: Path, report: Report) -> None:
    """Add a fault when the SQLite file is damaged."""
    with closing(sqlite3.connect(path)) as connection:
        [found] = connection.execute("PRAGMA integrity_check").fetchone()
    if found != "ok":
        report.faults.append(f"the file: {found}")


if __name__ == "__main__":
    raise SystemExit(main())
