"""/healthz, /readyz, /metrics: what machines may know, and who may look."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot import health
from bot.channels.web import Listeners, WebChannel
from bot.delivery.port import Account
from bot.delivery.sender import Sender
from bot.settings import Settings
from bot.store import Store
from handlers.effects import Understood
from handlers.messages import Incoming
from knowledge.snapshot import Knowledge

Client = TestClient[web.Request, web.Application]
THROUGH_A_PROXY = {"X-Forwarded-For": "203.0.113.9"}


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path / 'health.db'}")
    yield opened
    opened.close()


@pytest.fixture
def metrics() -> health.Metrics:
    return health.Metrics()


@pytest.fixture
def looking(request: pytest.FixtureRequest) -> str:
    """Who may look at the numbers; a test may say otherwise."""
    return str(getattr(request, "param", "loopback"))


@pytest.fixture
async def client(sqlite: Store, metrics: health.Metrics, knowledge: Knowledge, looking: str) -> AsyncIterator[Client]:
    settings = Settings(_env_file=None, metrics=looking)  # type: ignore[call-arg, arg-type]
    senders = [Sender(sqlite, WebChannel(Listeners()), Account("web", "mau", "mau"))]
    app = web.Application()
    app.add_routes(health.routes(sqlite, senders, metrics, lambda: knowledge, settings))
    async with TestClient(TestServer(app)) as opened:
        yield opened


async def test_a_living_program_says_so(client: Client) -> None:
    response = await client.get("/healthz")
    assert (response.status, await response.text()) == (200, "ok\n")


async def test_a_program_that_can_serve_is_ready(client: Client, knowledge: Knowledge) -> None:
    response = await client.get("/readyz")
    said = await response.json()
    assert response.status == 200
    assert said["ready"] is True
    assert said["database"] == "ok"
    assert said["knowledge"] == knowledge.version
    assert [s["account"] for s in said["senders"]] == ["mau/web/mau"]


async def test_a_program_without_its_database_is_not_ready(client: Client, sqlite: Store) -> None:
    file = Path(sqlite.engine.url.database or "")
    sqlite.engine.dispose()
    for path in file.parent.glob(f"{file.name}*"):
        path.unlink()
    file.mkdir()  # nothing can be opened there
    response = await client.get("/readyz")
    said = await response.json()
    assert (response.status, said["ready"], said["database"]) == (503, False, "out of reach")
    assert (await client.get("/metrics")).status == 200, "the other numbers are still there"


async def test_a_stranger_learns_only_whether_it_is_ready(client: Client) -> None:
    response = await client.get("/readyz", headers=THROUGH_A_PROXY)
    assert await response.json() == {"ready": True}


async def test_the_numbers_are_for_this_machine_alone(client: Client) -> None:
    assert (await client.get("/metrics")).status == 200
    assert (await client.get("/metrics", headers=THROUGH_A_PROXY)).status == 404
    assert (await client.get("/metrics", headers={"Forwarded": "for=203.0.113.9"})).status == 404


@pytest.mark.parametrize(("looking", "status"), [("everywhere", 200), ("off", 404)], indirect=["looking"])
async def test_the_settings_open_or_shut_the_numbers(client: Client, status: int) -> None:
    assert (await client.get("/metrics", headers=THROUGH_A_PROXY)).status == status


async def test_turns_are_counted_without_their_words(client: Client, metrics: health.Metrics) -> None:
    incoming = Incoming(
        "web", "mau", "chat-1", "u1", "mau", "text", datetime(2026, 11, 20, tzinfo=UTC), text="chuyện riêng của tôi"
    )
    metrics.understood(incoming, Understood("answer", ("1.001193",), "fee", handler="ask"))
    text = await (await client.get("/metrics")).text()
    assert 'motcua_turns_total{behaviour="answer",channel="web",handler="ask",unit="mau"} 1.0' in text
    assert 'motcua_sender{account="mau/web/mau",condition="starting"} 1.0' in text
    assert "motcua_knowledge_info{" in text
    for private in ("riêng", "chat-1", "u1"):
        assert private not in text
