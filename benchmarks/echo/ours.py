"""Our echo bot: the program's own parts, a real SQLite file with synchronous=FULL; only the handlers are an echo and the pace is off.

Run: python -m benchmarks.echo.ours API TOKEN SECRET DATABASE
"""

from __future__ import annotations

import asyncio
import dataclasses
import math
import sys
from collections.abc import Iterator
from pathlib import Path

from aiohttp import web

from bot.channels.opened import Surroundings
from bot.channels.telegram import LIMITS, TelegramChannel, open_channel
from bot.clock import utc_now
from bot.conversation import Conversation
from bot.delivery.sender import Sender
from bot.settings import Settings
from bot.store import Store
from handlers.effects import Effect, Remember
from handlers.messages import Incoming, Reply
from handlers.ports import Context
from knowledge.unit import ChannelAccount, load_units
from tests.fakes.telegram_api import BOT


def echo(incoming: Incoming, context: Context) -> Iterator[Reply | Effect]:
    """Says what it heard, and remembers it, as every real turn does."""
    yield Remember(dataclasses.replace(context.state, question=incoming.text, at=context.now))
    yield Reply(incoming.text)


async def main(api: str, token: str, secret: str, database: str) -> None:
    """Serve until killed; print the port."""
    store = Store.open(database)
    account = ChannelAccount(channel="telegram", id=BOT, secrets={"token": "TOKEN", "webhook": "SECRET"})
    units = {i: u.model_copy(update={"accounts": (account,)}) for i, u in load_units(Path("units")).items()}
    conversation = Conversation(store, lambda: None, units, respond=echo)  # type: ignore[arg-type, return-value]
    opened = open_channel(
        Surroundings(
            settings=Settings(telegram_api=api, base_url="https://bench.example"),
            units=units,
            knowledge=lambda: None,  # type: ignore[arg-type, return-value]
            conversation=conversation,
            store=store,
            clock=utc_now,
            environment={"TOKEN": token, "SECRET": secret},
        )
    )
    assert isinstance(opened.channel, TelegramChannel)
    opened.channel.limits = dataclasses.replace(LIMITS, per_second=math.inf, per_chat=0.0, pause=None)
    app = web.Application()
    app.add_routes(opened.routes)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.gather(*(Sender(store, opened.channel, a).run() for a in opened.accounts))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:5]))
