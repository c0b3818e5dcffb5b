"""Telegram as delivery sees it: limits, rendering, one send."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from telegram.error import BadRequest, Forbidden, InvalidToken, TelegramError

from bot.channels.opened import PhotoGone, PhotoNotNow
from bot.channels.telegram import failures
from bot.channels.telegram.client import Client, FileRefused
from bot.channels.telegram.formatting import plain
from bot.channels.telegram.limits import API, LIMITS, NAME
from bot.channels.telegram.rendering import render
from bot.delivery.port import Account, Limits
from handlers.messages import Reply

log = logging.getLogger(__name__)


class TelegramChannel:
    """The port of delivery (`bot/delivery/port.py`) for all bots of this program."""

    name = NAME

    def __init__(self, api: str = API, limits: Limits = LIMITS) -> None:
        self.limits = limits
        self._api = api
        self._clients: dict[str, Client] = {}

    def client(self, account: Account) -> Client:
        """The calls of one bot."""
        if account.id not in self._clients:
            self._clients[account.id] = Client(account.secrets["token"], self._api)
        return self._clients[account.id]

    def render(self, reply: Reply, chat: str) -> Sequence[dict[str, Any]]:
        """The messages of one reply, within `limits`."""
        return render(reply, chat, self.limits)

    async def send(self, account: Account, message: dict[str, Any]) -> str:
        """Send one message; gives the platform's id of it. Raises SendFailed."""
        client, chat = self.client(account), str(message["chat_id"])
        try:
            return await client.say(message)
        except TelegramError as error:
            failed = error
        if failures.unreadable(failed):
            # Our own markup, so a bug of ours; the words must arrive all the same.
            log.error("telegram/%s could not read our formatting; sent as plain text", account.id)
            try:
                return await client.say({**message, "text": plain(message["text"])}, formatted=False)
            except TelegramError as error:
                failed = error
        raise failures.failure(failed, chat)

    async def fetch_photo(self, account: Account, reference: str) -> bytes:
        """The photo of that file id. Raises PhotoGone, PhotoNotNow; neither holds the address, which holds the token."""
        try:
            return await self.client(account).file(reference)
        except (FileRefused, BadRequest, Forbidden, InvalidToken) as error:
            raise PhotoGone(type(error).__name__) from None
        except TelegramError as error:
            raise PhotoNotNow(type(error).__name__) from None

    async def close(self) -> None:
        """Close all connections; after the last message has left."""
        for client in self._clients.values():
            await client.close_connections()
