"""Whenever the planner is killed: every watcher is told once, every reminder waits once, nobody is left out."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.delivery.notices import CHUNK, Noticing
from bot.store import Store
from bot.store.dossier_tables import moves
from bot.store.schema import outbox
from knowledge.snapshot import Knowledge
from knowledge.unit import Unit
from tests.bot.delivery.moved import NOW, move

WATCHED = 3 * CHUNK


def killed_after(url: str, chunks: int, pack: Path) -> None:
    command = [sys.executable, "-m", "tests.bot.delivery.killed_noticing", url, str(chunks), str(pack)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=110, check=False)
    assert ended.returncode == -9, ended.stdout + ended.stderr


@pytest.mark.parametrize("chunks", [0, 2])
def test_a_kill_in_the_middle_tells_nobody_twice_and_leaves_nobody_out(
    database_url: str, chunks: int, pack_file: Path, knowledge: Knowledge, unit: Unit
) -> None:
    store = Store.open(database_url)
    move(store, WATCHED)
    killed_after(store.engine.url.render_as_string(hide_password=False), chunks, pack_file)
    with store.engine.connect() as connection:
        told = connection.execute(select(outbox.c.line)).all()
        left = connection.execute(select(moves.c.code)).all()
    assert len(left) == WATCHED - chunks * CHUNK, "what was not committed is still to be told"
    assert (len(told) > 0) is (chunks > 0)
    asyncio.run(Noticing(store, lambda: knowledge, {"mau": unit}, {"web": None}, lambda: NOW).all_of(unit))
    with store.engine.connect() as connection:
        rows = connection.execute(select(outbox.c.chat_id, outbox.c.kind)).all()
        assert connection.execute(select(moves.c.code)).all() == []
    store.close()
    notices = Counter(chat for chat, kind in rows if kind == "notice")
    assert notices == {f"c{n}": 1 for n in range(WATCHED)}
    reminders = Counter(chat for chat, kind in rows if kind == "reminder")
    assert reminders == {f"c{n}": 2 for n in range(1, WATCHED, 2)}
