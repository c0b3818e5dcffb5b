"""The fake Bot API server, an account on it, and a counter that talks to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import pytest
from aiohttp import web

from bot.channels.opened import Surroundings
from bot.channels.telegram import open_channel
from bot.channels.telegram.client import Client
from bot.clock import Clock, utc_now
from bot.conversation import Conversation, Respond
from bot.delivery.port import Account
from bot.delivery.sender import Sender
from bot.jobs import Jobs
from bot.photos import Photos
from bot.settings import Settings
from bot.store import Store
from handlers.effects import Effect
from handlers.messages import Button, Incoming, Reply
from handlers.ports import Context
from knowledge.snapshot import Knowledge
from knowledge.unit import ChannelAccount, Unit
from tests.fakes.telegram_api import BOT, TOKEN, TelegramApi

PUBLIC = "https://xa-mau.example"
WEBHOOK_SECRET = "bi-mat_cua-webhook"


@pytest.fixture
async def api() -> AsyncIterator[TelegramApi]:
    """A server that complains at the end of what a good bot does not do."""
    async with TelegramApi() as server:
        yield server
        server.check()


@pytest.fixture
def account() -> Account:
    """The bot of the sample unit."""
    return Account("telegram", BOT, "mau", {"token": TOKEN, "webhook": WEBHOOK_SECRET})


@dataclass
class Counter:
    """The parts of the program that Telegram needs, put together as `bot.app` does it; `opened` and `closed` any number of times."""

    api: TelegramApi
    unit: Unit
    database: str
    base_url: str = ""
    respond: Respond | None = None
    knowledge: Knowledge | None = None
    clock: Clock = utc_now
    store: Store = field(init=False)

    def _known(self) -> Knowledge:
        return cast(Knowledge, self.knowledge)  # an echo asks nothing of it

    @asynccontextmanager
    async def open(self, *, sending: bool = True, receiving: bool = True) -> AsyncIterator[Counter]:
        """Receive and send until the block ends."""
        units = {self.unit.id: self.unit}
        self.store = Store.open(self.database)
        conversation = Conversation(self.store, self._known, units, self.clock, respond=self.respond)
        given = Surroundings(
            settings=Settings(telegram_api=self.api.url, base_url=self.base_url, _env_file=None),  # type: ignore[call-arg]
            units=units,
            knowledge=self._known,
            conversation=conversation,
            store=self.store,
            clock=utc_now,
            environment={"TOKEN": TOKEN, "SECRET": WEBHOOK_SECRET},
        )
        channel = open_channel(given)
        assert not channel.notes
        senders = [Sender(self.store, channel.channel, account, self.clock, poll=0.5) for account in channel.accounts]
        app = web.Application()
        app.add_routes(channel.routes)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.api.hosts[PUBLIC] = self.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
        tasks = [asyncio.create_task(sender.run()) for sender in senders if sending]
        assert channel.fetch_photo
        photos = Photos({"telegram": channel.fetch_photo}, conversation, given.scanner, self.clock)
        jobs = Jobs(self.store, units, photos.work(), self.clock, poll=0.5)
        working = asyncio.create_task(jobs.run())
        polling = [asyncio.create_task(receive()) for receive in channel.receivers if receiving]
        try:
            yield self
        finally:
            for task in polling:
                task.cancel()
            await asyncio.gather(*polling, return_exceptions=True)
            await runner.cleanup()
            await jobs.stop(0.1)
            await asyncio.gather(working, return_exceptions=True)  # a test may have closed the store before
            if sending:
                await asyncio.gather(*(sender.stop(2.0) for sender in senders))
            await asyncio.gather(*tasks)
            await channel.close()
            self.store.close()


@pytest.fixture
def counter(api: TelegramApi, unit: Unit, tmp_path: Path) -> Counter:
    """The sample unit with a bot that says what it heard, receiving by polling; a test may give it an https address."""
    account = ChannelAccount(channel="telegram", id=BOT, secrets={"token": "TOKEN", "webhook": "SECRET"})
    with_bot = unit.model_copy(update={"accounts": (account,)})
    return Counter(api, with_bot, f"sqlite:///{tmp_path / 'motcua.db'}", respond=echo)


@pytest.fixture
def knowing(counter: Counter, knowledge: Knowledge) -> Counter:
    """The same with the real handlers and the real knowledge."""
    counter.respond, counter.knowledge = None, knowledge
    return counter


def echo(incoming: Incoming, context: Context) -> Iterator[Reply | Effect]:
    """Says what it heard."""
    yield Reply(incoming.text or incoming.button, buttons=(Button("Nữa", "more"),))


async def webhook_set(counter: Counter) -> None:
    """What `motcua telegram set-webhook` asks of the platform."""
    client = Client(TOKEN, counter.api.url)
    await client.deliver_to(f"{PUBLIC}/telegram/{BOT}", WEBHOOK_SECRET)
    await client.close_connections()
