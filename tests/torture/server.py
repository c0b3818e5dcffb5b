"""The process that is killed: store, conversation and sender, with an echo for the handlers and a plain HTTP platform.

python -m tests.torture.server DATABASE_URL PLATFORM_URL PORT
"""

from __future__ import annotations

import asyncio
import dataclasses
import math
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import ClientConnectionError, ClientSession, ClientTimeout, web

from bot.conversation import Conversation
from bot.delivery.port import Account, Limits, PerhapsSent, RetryLater
from bot.delivery.sender import Sender
from bot.store import Store, StoreDown
from handlers.effects import Effect, Remember
from handlers.messages import Incoming, Reply
from handlers.ports import Context
from knowledge.unit import load_units

PART = "\n"  # between the wire messages of one reply


def echo(incoming: Incoming, context: Context) -> Iterator[Reply | Effect]:
    """Counts in the state: a turn lost, doubled or out of order shows in every later reply of the chat."""
    count = int(context.state.code or 0) + 1
    yield Remember(dataclasses.replace(context.state, code=str(count), at=context.now))
    parts = [f"{incoming.text} is {count}{part}" for part in ("ab" if count % 5 == 0 else "a")]
    yield Reply(PART.join(parts))


class Platform:
    """The channel: one POST a wire message."""

    name = "torture"
    limits = Limits(text=4096, buttons=0, per_second=math.inf)

    def __init__(self, http: ClientSession, url: str) -> None:
        self._http, self._url = http, url

    def render(self, reply: Reply, chat: str) -> Sequence[dict[str, Any]]:
        return [{"chat": chat, "text": part} for part in reply.text.split(PART)]

    async def send(self, account: Account, message: dict[str, Any]) -> str:
        try:
            async with self._http.post(f"{self._url}/send", json=message) as answer:
                return (await answer.text())[:64]
        except ClientConnectionError as error:
            raise RetryLater(str(error)) from error
        except TimeoutError as error:
            raise PerhapsSent("no answer") from error


async def serve(database: str, platform: str, port: int) -> None:
    """Serve until killed."""
    store = Store.open(database)
    conversation = Conversation(
        store,
        lambda: None,
        load_units(Path("units")),
        respond=echo,  # type: ignore[arg-type, return-value]
    )

    async def take(request: web.Request) -> web.Response:
        update = await request.json()
        incoming = Incoming(
            "torture", "a", update["chat"], update["id"], "mau", "text", datetime.now(UTC), text=update["text"]
        )
        try:
            await conversation.take_async(incoming)
        except StoreDown:
            return web.Response(status=503)
        return web.Response()

    app = web.Application()
    app.add_routes([web.post("/hook", take)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    async with ClientSession(timeout=ClientTimeout(total=10)) as http:
        sender = asyncio.create_task(Sender(store, Platform(http, platform), Account("torture", "a", "mau")).run())
        await web.TCPSite(runner, "127.0.0.1", port, reuse_address=True).start()
        print("ready", flush=True)
        await sender


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], sys.argv[2], int(sys.argv[3])))
