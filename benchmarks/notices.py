"""Notices planned for 100,000 watches, in chunks that never hold the writer long.

Each of 50,000 dossiers is watched from two chats, all move at once to "done", and the planner tells them. Run: python -m benchmarks.notices [WATCHES]
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, insert, select, text

from bot.delivery.notices import Noticing
from bot.locale import speak
from bot.store import Store
from bot.store.dossier_tables import dossiers, imports, moves, watches
from bot.store.schema import chats, outbox
from knowledge.snapshot import load
from knowledge.unit import load_units
from tests.fakes.databases import Absent, postgres_server

WATCHES = 100_000
NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
BAR_SECONDS, BAR_HELD = 60.0, 0.05


def filled(store: Store, number: int) -> None:
    """`number` watches of half as many dossiers, each of which has just moved."""
    row = {"unit_id": "mau", "channel": "web", "account": "mau"}
    with store.engine.begin() as connection:
        connection.execute(
            insert(imports),
            {
                "unit_id": "mau",
                "id": "i1",
                "source": "bench",
                "until_at": NOW,
                "started_at": NOW,
                "status": "done",
                "silent": False,
            },
        )
    for begin in range(0, number, 5000):
        chats_, watches_, dossiers_, moves_ = [], [], [], []
        for n in range(begin, min(begin + 5000, number)):
            code = f"H48.99.01-261101-{n // 2:06d}"
            chats_.append({**row, "chat_id": f"c{n}", "created_at": NOW})
            watches_.append({**row, "chat_id": f"c{n}", "code": code, "since": NOW})
            if n % 2 == 0:
                moved = {"as_of": NOW, "until_at": NOW, "import_id": "i1", "received_at": NOW, "due_at": NOW}
                dossiers_.append(
                    {"unit_id": "mau", "code": code, "state": "done", "procedure_code": "1.001612", **moved}
                )
                moves_.append(
                    {
                        "unit_id": "mau",
                        "code": code,
                        "import_id": "i1",
                        "at": NOW,
                        "from_state": "processing",
                        "what": "state",
                    }
                )
        with store.engine.begin() as connection:
            for table, rows in ((chats, chats_), (watches, watches_), (dossiers, dossiers_), (moves, moves_)):
                connection.execute(insert(table), rows)
    with store.engine.begin() as connection:
        connection.execute(text("ANALYZE"))  # as the database does by itself after such growth


def measured(url: str, number: int) -> tuple[float, float, int]:
    """Seconds in all, the longest chunk in seconds, messages planned."""
    store = Store.open(url)
    knowledge, units = load(), load_units(Path("units"))
    filled(store, number)
    planner = Noticing(store, lambda: knowledge, units, {"web": None}, lambda: NOW)
    begun = time.perf_counter()
    planned = asyncio.run(planner.all_of(units["mau"]))
    seconds = time.perf_counter() - begun
    with store.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(outbox)).scalar() == planned
    store.close()
    return seconds, planner.longest, planned


def table(number: int = WATCHES) -> list[str]:
    """The rows of the result, as Markdown."""
    speak()
    rows = ["| database | watches told | seconds | longest hold of the writer | bar |", "|---|---|---|---|---|"]
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        urls = {"SQLite": f"sqlite:///{folder}/motcua.db"}
        try:
            urls["PostgreSQL"] = stack.enter_context(postgres_server()).empty()
        except Absent as error:
            rows.append(f"| PostgreSQL | {error} | | | |")
        for name, url in urls.items():
            seconds, longest, planned = measured(url, number)
            bar = f"≤ {BAR_SECONDS:.0f} s, ≤ {BAR_HELD * 1000:.0f} ms"
            rows.insert(
                -1 if name == "SQLite" and len(rows) > 2 else len(rows),
                f"| {name} | {planned} | {seconds:.1f} | {longest * 1000:.0f} ms | {bar} |",
            )
    return rows


if __name__ == "__main__":
    print("\n".join(table(int(sys.argv[1]) if len(sys.argv) > 1 else WATCHES)))
