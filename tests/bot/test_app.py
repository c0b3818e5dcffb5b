"""The whole program: several communes in one process, one web server, and a clean end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot.app import App, open_app
from bot.settings import Settings

SAMPLE = (Path(__file__).parent.parent.parent / "units" / "mau.toml").read_text(encoding="utf-8")


@pytest.fixture
async def app(tmp_path: Path, knowledge: object) -> AsyncIterator[App]:
    """A running program with two communes, on a free port."""
    units = tmp_path / "units"
    units.mkdir()
    (units / "mau.toml").write_text(SAMPLE, encoding="utf-8")
    other = (
        SAMPLE.replace('id = "mau"', 'id = "thuong"')
        .replace("xã Mẫu", "xã Thượng")
        .replace("sample = true", "sample = false")
    )
    (units / "thuong.toml").write_text(other.replace('codes = "core"', 'codes = ["1.001193"]'), encoding="utf-8")
    settings = Settings(database=f"sqlite:///{tmp_path}/x.db", units=units, port=0)
    running = open_app(settings, environment={})
    ready = asyncio.Event()
    task = asyncio.create_task(running.run(lambda _app: ready.set()))
    try:
        await asyncio.wait_for(ready.wait(), 20)
        yield running
    finally:
        running.stop.set()
        await asyncio.wait_for(task, 20)


async def test_several_communes_live_in_one_process(app: App) -> None:
    async with aiohttp.ClientSession(f"http://127.0.0.1:{app.port}") as http:
        for unit, name in (("mau", "xã Mẫu"), ("thuong", "xã Thượng")):
            async with http.get(f"/{unit}/") as answer:
                assert answer.status == 200
                assert name in await answer.text()
        async with http.get("/") as answer:
            page = await answer.text()
            assert "/mau/" in page
            assert "/thuong/" in page
        async with http.get("/khong-co/") as answer:
            assert answer.status == 404


async def test_each_commune_has_its_own_sender_and_is_ready(app: App) -> None:
    assert {str(s.key) for s in app.senders} >= {"mau/web/mau", "thuong/web/thuong"}
    async with aiohttp.ClientSession(f"http://127.0.0.1:{app.port}") as http:
        for _ in range(50):
            async with http.get("/readyz") as answer:
                if answer.status == 200:
                    break
            await asyncio.sleep(0.1)
        assert answer.status == 200
        async with http.get("/metrics") as answer:
            assert "motcua_sender" in await answer.text()


async def test_only_the_sample_is_called_one(app: App) -> None:
    async with aiohttp.ClientSession(f"http://127.0.0.1:{app.port}") as http:
        async with http.get("/mau/") as answer:
            assert "xã mẫu để xem thử" in (await answer.text()).lower()
        async with http.get("/thuong/") as answer:
            assert "để xem thử" not in await answer.text()
