"""Looking a dossier up among a million: what a handler asks of the view, on both databases, known and unknown codes in turn.

Run: python -m benchmarks.look_up [number of dossiers] [sqlite] [postgresql]
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, text

from bot.sealing import Seal
from bot.store import ChatKey, Store
from bot.store.dossier_tables import charges, dossiers
from bot.store.looking_up import ChatView
from knowledge.unit import load_units
from tests.fakes.databases import Absent, postgres_server

DOSSIERS = 1_000_000
LOOK_UPS = 4000
PART = 20_000
BAR = 0.005  # seconds, p99
NOW = datetime(2026, 11, 27, 3, tzinfo=UTC)
CHAT = ChatKey("mau", "web", "mau", "bench")
SEAL = Seal(b"of-the-benchmark")


def code(number: int) -> str:
    """The code of dossier `number`: some 250 a day."""
    return f"H48.99.01-{NOW - timedelta(days=number // 250 % 3000):%y%m%d}-{number % 250:04}{number // 750_000}"


def rows(start: int, stop: int) -> Iterator[dict[str, Any]]:
    """Rows of dossiers as an import leaves them."""
    mark = SEAL.mark("mau", "x", "phone", "0900000123")
    base = {"unit_id": "mau", "state": "processing", "as_of": NOW, "until_at": NOW, "import_id": "1", "phone": mark}
    more = {"phone_tail": mark, "procedure_code": "1.001193", "procedure_name": "Đăng ký khai sinh", "due_at": NOW}
    for number in range(start, stop):
        yield {**base, **more, "code": code(number)}


def fill(store: Store, number: int) -> None:
    """Put that many dossiers in, and a charge for every tenth."""
    for start in range(0, number, PART):
        part = list(rows(start, min(start + PART, number)))
        due = [
            {"unit_id": "mau", "code": row["code"], "number": 1, "state": "unpaid", "changed_at": NOW}
            for row in part[::10]
        ]

        def put(connection: Any, part: Any = part, due: Any = due) -> None:
            connection.execute(insert(dossiers), part)
            connection.execute(insert(charges), due)

        store.transact(put)
    if store.dialect.name == "postgresql":
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE dossiers"))


def measure(store: Store, number: int) -> dict[str, list[float]]:
    """Seconds of each question, by name: known and unknown codes take turns."""
    unit = load_units(Path("units"))["mau"]
    spent: dict[str, list[float]] = {"known": [], "unknown": [], "proves, known": [], "proves, unknown": []}
    draw = random.Random(7)
    for turn in range(LOOK_UPS):
        known = turn % 2 == 0
        asked = code(draw.randrange(number)) if known else code(draw.randrange(number))[:-1] + "x"

        def ask(connection: Any, asked: str = asked, known: bool = known) -> None:
            view = ChatView(connection, CHAT, unit, SEAL, NOW)
            began = time.perf_counter()
            view.standing(asked)
            found = view.dossier(asked)
            view.data_until()
            middle = time.perf_counter()
            view.proves(asked, "0123")
            assert (found is not None) == known
            name = "known" if known else "unknown"
            spent[name].append(middle - began)
            spent[f"proves, {name}"].append(time.perf_counter() - middle)

        store.transact(ask)
    return spent


def table(number: int = DOSSIERS, databases: tuple[str, ...] = ("sqlite", "postgresql")) -> list[str]:
    """The rows of the results, as Markdown."""
    lines = [f"| look-up among {number:,} dossiers | p50 | p99 | slowest | bar |", "|---|---|---|---|---|"]
    if "sqlite" in databases:
        with tempfile.TemporaryDirectory() as folder:
            lines += _of(f"sqlite:///{folder}/bench.db", number)
    if "postgresql" in databases:
        try:
            with postgres_server() as server:
                lines += _of(server.migrated(), number)
        except Absent as error:
            lines.append(f"| PostgreSQL: {error} | | | | |")
    return lines


def _of(url: str, number: int) -> list[str]:
    store = Store.open(url)
    try:
        fill(store, number)
        measure(store, min(number, 10_000))  # warm
        lines = []
        for name, spent in measure(store, number).items():
            spent.sort()
            p50, p99 = (spent[int(len(spent) * part)] * 1000 for part in (0.5, 0.99))
            what = f"second factor, {name.removeprefix('proves, ')} code" if "proves" in name else f"{name} code"
            bar = f"p99 ≤ {BAR * 1000:.0f} ms"
            lines.append(
                f"| {store.dialect.name}, {what} | {p50:.2f} ms | {p99:.2f} ms | {spent[-1] * 1000:.1f} ms | {bar} |"
            )
        return lines
    finally:
        store.close()


if __name__ == "__main__":
    given = [word for word in sys.argv[1:] if not word.isdigit()]
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    print("\n".join(table(*numbers, databases=tuple(given) or ("sqlite", "postgresql"))))
