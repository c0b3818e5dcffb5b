"""An import of 50,000 dossiers while citizens write: how long it takes, how much memory, and how long a turn takes meanwhile.

Twice: the officer's command, a process of its own beside the counter; and a source that the counter reads itself, in its own process. First
every dossier is new, then every tenth has moved. A turn is timed from its arrival to its commit; it looks a dossier up and answers.

Run: python -m benchmarks.import_load [rows]
"""

from __future__ import annotations

import asyncio
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.conversation import Conversation
from bot.sealing import Seal
from bot.sources.applying import Summary, apply
from bot.sources.reading import Reading
from bot.store import Store
from handlers.dossier.model import Charge, Record
from handlers.effects import Effect, LookedUp
from handlers.messages import Incoming, Reply
from handlers.ports import Context
from knowledge.unit import load_units

ROWS = 50_000
EVERY = 0.05  # seconds between two turns
BARS = {"seconds": 20, "memory": 300, "turn": 200}  # s, MB, ms (p99)
NOW = datetime(2026, 11, 27, 3, tzinfo=UTC)
SEAL = Seal(b"of-the-benchmark")


def reading(rows: int, day: int) -> Reading:
    """The export of day `day`: every tenth dossier has moved since the day before."""
    mark = SEAL.mark("mau", "x", "phone", "0900000123")
    records = []
    for number in range(rows):
        code = f"H48.99.01-{NOW - timedelta(days=number // 100):%y%m%d}-{number % 100:04}"
        moved = day > 0 and number % 10 == 0
        charge = (Charge(amount=75000),) if number % 7 == 0 else None
        records.append(
            Record(
                code,
                "1.001193",
                "Đăng ký khai sinh",
                "Hộ tịch",
                "done" if moved else "processing",
                received=NOW,
                due=NOW + timedelta(days=1),
                phone=mark,
                phone_tail=mark,
                staff="Bộ phận một cửa",
                charges=charge,
            )
        )
    return Reading(records, until=NOW + timedelta(days=day), fingerprint=str(day))


def run_import(store: Store, rows: int, day: int) -> tuple[Summary, float]:
    """Import the export of that day; the summary and the seconds that applying took."""
    given, unit = reading(rows, day), load_units(Path("units"))["mau"]
    began = time.perf_counter()
    summary = apply(store, unit, given, source="sheet", by="", now=NOW + timedelta(days=day), knowledge=None)
    return summary, time.perf_counter() - began


def memory() -> int:
    """The most memory this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def look_up(incoming: Incoming, context: Context) -> Iterator[Reply | Effect]:
    """What a turn does here: one look-up and an answer."""
    found = context.view.dossier(incoming.text)
    yield LookedUp()
    yield Reply("có" if found else "chưa thấy")


async def turns(store: Store, until: asyncio.Future[object]) -> list[float]:
    """Citizens write every `EVERY` seconds until the import ends; the seconds of each turn."""
    units = load_units(Path("units"))
    conversation = Conversation(store, lambda: None, units, seal=SEAL, respond=look_up)  # type: ignore[arg-type, return-value]
    spent: list[float] = []

    async def one(number: int) -> None:
        began = time.perf_counter()
        code = f"H48.99.01-261127-{number % 100:04}"
        moment = datetime.now(UTC)
        await conversation.take_async(
            Incoming("web", "mau", f"c{number % 200}", f"{began}", "mau", "text", moment, text=code)
        )
        spent.append(time.perf_counter() - began)

    tasks, number = [], 0
    while not until.done():
        tasks.append(asyncio.create_task(one(number)))
        number += 1
        await asyncio.sleep(EVERY)
    await asyncio.gather(*tasks)
    return spent


async def beside(url: str, rows: int, day: int) -> tuple[str, float, int, list[float]]:
    """The import in a process of its own."""
    store = Store.open(url)
    words = [sys.executable, "-m", "benchmarks.import_load", "--only", url, str(rows), str(day)]
    process = await asyncio.create_subprocess_exec(*words, stdout=subprocess.PIPE)
    output = asyncio.ensure_future(process.communicate())
    spent = await turns(store, output)
    out, _ = output.result()
    counted, seconds, most = out.decode().split("|")
    store.close()
    return counted, float(seconds), int(most), spent


async def within(url: str, rows: int, day: int) -> tuple[str, float, int, list[float]]:
    """The import on a thread of the counter's own process."""
    store = Store.open(url)
    importing = asyncio.ensure_future(asyncio.to_thread(run_import, store, rows, day))
    spent = await turns(store, importing)
    summary, seconds = importing.result()
    store.close()
    return told(summary), seconds, memory(), spent


def told(summary: Summary) -> str:
    """What an import did, in short."""
    return f"{summary.new} new, {summary.changed} changed, {summary.unchanged} unchanged"


def table(rows: int = ROWS) -> list[str]:
    """The rows of the results, as Markdown."""
    bars = f"≤ {BARS['seconds']} s, ≤ {BARS['memory']} MB, p99 ≤ {BARS['turn']} ms"
    lines = [
        "| import of a day, SQLite | what it did | seconds | most memory | turns meanwhile | p50 | p99 | slowest | bars |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, way in (("a process beside the counter", beside), ("within the counter", within)):
        with tempfile.TemporaryDirectory() as folder:
            for day in (0, 1):
                did, seconds, most, spent = asyncio.run(way(f"sqlite:///{folder}/bench.db", rows, day))
                spent.sort()
                p50, p99, worst = (1000 * spent[int((len(spent) - 1) * part)] for part in (0.5, 0.99, 1))
                lines.append(
                    f"| {name} | {did} | {seconds:.1f} | {most} MB | {len(spent)} | {p50:.0f} ms | {p99:.0f} ms | {worst:.0f} ms | {bars} |"
                )
    return lines


if __name__ == "__main__":
    if sys.argv[1:2] == ["--only"]:
        opened = Store.open(sys.argv[2])
        done, took = run_import(opened, int(sys.argv[3]), int(sys.argv[4]))
        print(f"{told(done)}|{took}|{memory()}")
        opened.close()
    else:
        print("\n".join(table(*map(int, sys.argv[1:]))))
