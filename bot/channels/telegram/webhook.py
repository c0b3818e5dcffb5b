"""Receiving by webhook: the platform calls `/telegram/<account>` and repeats whatever is not answered 200."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from bot.channels.telegram.limits import BODY, NAME
from bot.channels.telegram.receiving import Receiver
from bot.channels.telegram.updates import update_id
from bot.store import StoreDown

HEADER = "X-Telegram-Bot-Api-Secret-Token"
READING = 10.0  # seconds for the platform to send an update
TAKING = 30.0  # seconds for the commit; the platform waits about a minute
log = logging.getLogger(__name__)


def path(account: str) -> str:
    """The address of one bot on our server."""
    return f"/{NAME}/{account}"


def route(receivers: Mapping[str, Receiver]) -> web.RouteDef:
    """One route for all bots that receive by webhook."""
    return web.post(f"/{NAME}/{{account}}", _handler(receivers))


def _handler(receivers: Mapping[str, Receiver]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def receive(request: web.Request) -> web.Response:
        receiver = receivers.get(request.match_info["account"])
        if receiver is None:
            return web.Response(status=404)
        # Compared as bytes: a header may hold anything, and compare_digest takes text only in ASCII.
        said = request.headers.get(HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(said, receiver.account.secrets["webhook"].encode()):
            return web.Response(status=403)
        try:
            update = await _read(request)
        except web.HTTPException:
            raise
        except (ValueError, RecursionError):
            return web.Response(status=400, text="This is no update.")
        try:
            async with asyncio.timeout(TAKING):
                await receiver.take(update)
        except (StoreDown, TimeoutError):
            log.warning("telegram/%s: the database is out of reach; the platform will repeat", receiver.account.id)
            return web.Response(status=503, headers={"Retry-After": "5"})
        return web.Response(status=200)

    return receive


async def _read(request: web.Request) -> dict[str, Any]:
    """The update in a request. Raises ValueError when there is none, HTTPException when it is too long or too slow."""
    if (request.content_length or 0) > BODY:
        raise web.HTTPRequestEntityTooLarge(BODY, request.content_length or 0)
    try:
        async with asyncio.timeout(READING):
            update = json.loads(await request.read())
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    if not isinstance(update, dict) or not update_id(update):
        raise ValueError("no update")
    return update
