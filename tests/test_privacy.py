"""No name, phone, identity number or address of a dossier's owner ever comes out (docs/privacy.md).

They are planted in exports of several kinds and in an officer's note, the whole program runs over real HTTP, and then everything that leaves or
stays is walked: pages, messages as every channel renders them, the call list, every table, every file, the log, the metrics, the errors.
"""

from __future__ import annotations

import asyncio
import io
import json
import logging
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from click.testing import CliRunner
from sqlalchemy import inspect, select, text, update

from bot.app import App, open_app
from bot.cli import main
from bot.logs import JsonLines
from bot.settings import Settings
from bot.sources.applying import apply
from bot.sources.reading import SourceError
from bot.sources.spreadsheet import read_sheet
from bot.store.dossier_tables import watches
from bot.store.schema import outbox
from handlers.messages import as_text, from_json
from knowledge.unit import ZONE
from tests.bot.sources.dirty_files import ADDRESS, CODES, GOOD, HEAD, IDENTITY, NAME, PHONE, PLANTED, REFUSED, workbook

SAMPLE = (Path(__file__).parent.parent / "units" / "mau.toml").read_text(encoding="utf-8")
NOTE = f"Báo {NAME}, {PHONE}, {ADDRESS} nộp thêm Giấy ủy quyền"
CODE = CODES[0]


def spelt(found: str) -> list[str]:
    """Which planted words a text holds, however it writes them."""
    plain = json.dumps(found) + found
    return [word for word in PLANTED if word in plain or json.dumps(word)[1:-1] in plain]


def export(state: str) -> bytes:
    """The officer's file: one dossier of the planted person, with a note that tells everything."""
    row = (
        "1",
        CODE,
        "Đăng ký khai sinh",
        NAME,
        ADDRESS,
        PHONE,
        IDENTITY,
        "20/11/2026 08:30",
        "25/11/2026",
        state,
        NOTE,
    )
    return workbook([HEAD, row])


@dataclass
class Running:
    """The program, its folder, and what it wrote to its log."""

    app: App
    folder: Path
    log: io.StringIO

    def brings(self, content: bytes, name: str = "tep.xlsx") -> None:
        """An officer imports a file, which then goes."""
        path = self.folder / name
        path.write_bytes(content)
        unit = self.app.units["mau"]
        now = datetime.now(UTC)
        try:
            reading = read_sheet(path, unit, self.app.reader.sealer, now.astimezone(ZONE).date())
        finally:
            path.unlink()
        apply(self.app.store, unit, reading, source="sheet", by="Lan", now=now, knowledge=self.app.knowledge())


@pytest.fixture
async def running(tmp_path: Path, knowledge: object, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Running]:
    """The whole program over one commune, its log at its most talkative."""
    units = tmp_path / "units"
    units.mkdir()
    (units / "mau.toml").write_text(
        re.sub(r"(?m)^\[dossiers\]\nsample = true.*$", "[dossiers]", SAMPLE), encoding="utf-8"
    )
    settings = Settings(database=f"sqlite:///{tmp_path}/x.db", units=units, port=0)
    monkeypatch.setenv("MOTCUA_DATABASE", f"sqlite:///{tmp_path}/x.db")
    monkeypatch.setenv("MOTCUA_UNITS", str(units))
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    app = open_app(settings, environment={})
    ready = asyncio.Event()
    task = asyncio.create_task(app.run(lambda _app: ready.set()))
    try:
        await asyncio.wait_for(ready.wait(), 30)
        yield Running(app, tmp_path, log)
    finally:
        app.stop.set()
        await asyncio.wait_for(task, 30)
        root.removeHandler(handler)
        root.setLevel(level)


async def test_what_is_planted_never_comes_out(running: Running) -> None:
    seen: dict[str, str] = {}
    for name, make in GOOD.items():
        await asyncio.to_thread(running.brings, make(), f"tep{Path(name).suffix}")
    await asyncio.to_thread(running.brings, export("Đang xử lý"))
    cookies = aiohttp.CookieJar(unsafe=True)  # an address of digits is no reason to forget whose chat it is
    async with aiohttp.ClientSession(f"http://127.0.0.1:{running.app.port}", cookie_jar=cookies) as http:

        async def says(words: str = "", **fields: str) -> str:
            async with http.post("/mau/chat", data=fields or {"text": words}) as answer:
                seen[f"page after {words!r}"] = page = await answer.text()
                assert answer.status == 200
                return page

        assert CODE in await says(CODE)
        alone = await says("h48.99.01 261120 0007 ai nộp, số điện thoại mấy")
        assert NAME.split()[-1] not in alone
        await says("0000")
        await says(PHONE[-4:])
        await says(key=f"w1.{CODE}")
        assert "có tin máy báo" in await says("1")
        for words in (CODE, "hồ sơ của tôi", "/dulieu"):
            await says(words)
        # It moves; the chat is made one that no channel may write to, so that a call is to be made, too.
        with running.app.store.engine.begin() as connection:
            connection.execute(update(watches).values(since=datetime.now(UTC) - timedelta(days=2)))
        await asyncio.to_thread(running.brings, export("Chờ bổ sung hồ sơ"))
        await running.app.noticing.all_of(running.app.units["mau"])
        await asyncio.sleep(0.5)
        for path in ("/mau/", "/mau/chat", "/metrics", "/readyz", "/mau/thu-tuc/1.001193", "/nothing-here"):
            async with http.get(path) as answer:
                seen[path] = await answer.text()
    with running.app.store.engine.connect() as connection:
        payloads = connection.execute(select(outbox.c.payload)).scalars().all()
        assert any("Chờ bổ sung" in p or "thiếu" in p for p in payloads), "the notice was planned"
        for n, payload in enumerate(payloads):
            reply = from_json(json.loads(payload))
            seen[f"message {n}"] = as_text(reply, numbered=True)
            for channel in running.app.channels:
                seen[f"message {n} on {channel.channel.name}"] = repr(channel.channel.render(reply, "c1"))
        for table in inspect(connection).get_table_names():
            seen[f"table {table}"] = repr(connection.execute(text(f'SELECT * FROM "{table}"')).all())
    for command in (["dossiers", "list"], ["calls", "list"], ["dossiers", "send", "--by", "Lan"]):
        result = await asyncio.to_thread(CliRunner().invoke, main, command, input="n\n")
        seen["command " + " ".join(command)] = result.output + repr(result.exception)
    seen["log"] = running.log.getvalue()
    for path in running.folder.rglob("*"):
        if path.is_file() and path.parent.name != "units":  # the commune's own file names its villages
            seen[f"file {path.name}"] = path.read_bytes().decode("utf-8", "replace")
    assert seen["log"], "the log was listened to"
    assert "H48.99.01" not in seen["log"], "nothing is logged with a dossier's code"
    assert {where: found for where, what in seen.items() if (found := spelt(what))} == {}


async def test_an_error_about_a_file_tells_nothing_of_what_is_in_it(running: Running, tmp_path: Path) -> None:
    unit, sealer = running.app.units["mau"], running.app.reader.sealer
    for name, make in REFUSED.items():
        if "200" in name:
            continue
        path = tmp_path / f"tep{Path(name).suffix}"
        path.write_bytes(make())
        with pytest.raises(SourceError) as caught:
            await asyncio.to_thread(read_sheet, path, unit, sealer, datetime.now(ZONE).date())
        chain: list[Any] = [caught.value, caught.value.__cause__, caught.value.__context__]
        assert spelt(" ".join(map(repr, chain))) == [], name
