"""The process that is killed: store, conversation, sender and the Telegram channel as they run, with an echo for the handlers.

    python -m tests.torture.server DATABASE_URL BOT_API_URL PORT webhook|polling

The pace is off, so that much is on its way at every moment. It ends when its standard input does: no orphan outlives a broken trial.
"""

from __future__ import annotations

import asyncio
import dataclasses
import math
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from aiohttp import web
from pydantic import SecretStr

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
from tests.fakes.telegram_api import BOT, TOKEN

HOST = "https://torture.example"
WEBHOOK_SECRET = "secret-of-the-torture"
LONG = "đoạn dài " * 300  # two of them are more than one message holds


def words(number: int, count: int) -> list[str]:
    """How the messages begin that answer update `number` of a chat, if it is the chat's turn `count`: every fifth has two."""
    return [f"u{number} is {count}{part}" for part in ("ab" if count % 5 == 0 else "a")]


def echo(incoming: Incoming, context: Context) -> Iterator[Reply | Effect]:
    """Counts in the state: a turn lost, doubled or out of order shows in every later reply of the chat."""
    count = int(context.state.code or 0) + 1
    yield Remember(dataclasses.replace(context.state, code=str(count), at=context.now))
    parts = words(int(incoming.text.removeprefix("u")), count)
    yield Reply("\n\n".join(parts if len(parts) == 1 else [f"{part}\n{LONG}" for part in parts]))


async def serve(database: str, api: str, port: int, receiving: str) -> None:
    """Serve until killed."""
    store = Store.open(database)
    account = ChannelAccount(
        channel="telegram",
        id=BOT,
        secrets={"token": "TOKEN", "webhook": "SECRET"},
        settings={"receiving": receiving},
    )
    units = {i: u.model_copy(update={"accounts": (account,)}) for i, u in load_units(Path("units")).items()}
    conversation = Conversation(store, lambda: None, units, respond=echo)  # type: ignore[arg-type, return-value]
    opened = open_channel(
        Surroundings(
            settings=Settings(database=SecretStr(database), telegram_api=api, base_url=HOST),
            units=units,
            knowledge=lambda: None,  # type: ignore[arg-type, return-value]
            conversation=conversation,
            store=store,
            clock=utc_now,
            environment={"TOKEN": TOKEN, "SECRET": WEBHOOK_SECRET},
        )
    )
    assert not opened.notes, opened.notes
    assert isinstance(opened.channel, TelegramChannel)
    opened.channel.limits = dataclasses.replace(LIMITS, per_second=math.inf, per_chat=0, pause=None)
    app = web.Application()
    app.add_routes(opened.routes)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    working = [Sender(store, opened.channel, each).run() for each in opened.accounts]
    working += [receive() for receive in opened.receivers]  # type: ignore[misc]
    tasks = [asyncio.ensure_future(work) for work in [*working, store.listen()]]
    await web.TCPSite(runner, "127.0.0.1", port, reuse_address=True).start()
    print("ready", flush=True)
    await asyncio.gather(*tasks)


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(3)


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, daemon=True).start()
    asyncio.run(serve(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]))
