"""One update in: committed first, then acknowledged. What both ways of receiving share (`polling.py`, `webhook.py`)."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection
from telegram.error import TelegramError

from bot.channels.telegram.client import Client
from bot.channels.telegram.limits import NAME
from bot.channels.telegram.updates import Membership, membership, parse, query_id
from bot.clock import Clock
from bot.conversation import Conversation
from bot.delivery.port import Account
from bot.store import ChatKey, Store, outbox

log = logging.getLogger(__name__)
ANSWERED = 10_000  # presses remembered, so that one delivered twice is answered once


class Receiver:
    """Takes the updates of one bot."""

    def __init__(
        self, account: Account, client: Client, conversation: Conversation, store: Store, clock: Clock
    ) -> None:
        self.account, self.client, self._clock = account, client, clock
        self._conversation, self._store = conversation, store
        self._answered: OrderedDict[str, None] = OrderedDict()
        self._answering: set[asyncio.Task[None]] = set()

    async def take(self, update: Mapping[str, Any]) -> None:
        """One update; it is committed when this returns. Raises StoreDown: nothing happened, it must come again."""
        incoming = parse(update, self.account, self._clock())
        if incoming:
            await self._conversation.take_async(incoming)
        elif change := membership(update):
            await self._store.run(lambda: self._store.transact(lambda c: self._note(c, change)))
        if (query := query_id(update)) and query not in self._answered:
            self._answered[query] = None
            if len(self._answered) > ANSWERED:
                self._answered.popitem(last=False)
            # Beside the acknowledgement, never before the commit: the app's spinner ends when the press is safe.
            task = asyncio.create_task(self._answer(query))
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)

    async def close(self) -> None:
        """Let the last presses be answered."""
        if self._answering:
            await asyncio.wait(self._answering, timeout=5.0)

    async def _answer(self, query: str) -> None:
        try:
            await self.client.answer(query)
        except TelegramError as error:
            # After a stop the press is too old to be answered; the reply is what counts.
            log.info("telegram/%s: a press was not answered (%s)", self.account.id, type(error).__name__)

    def _note(self, connection: Connection, change: Membership) -> None:
        """Blocked: what waits for the chat ends here and not at the platform's refusal; let in again: it may be written to."""
        key, now = ChatKey(self.account.unit, NAME, self.account.id, change.chat), self._clock()
        if self._store.turns.unseen(connection, [(key.of, change.update)], now)[0]:
            if change.gone:
                outbox.chat_left(connection, key, now)
            else:
                outbox.chat_back(connection, key)
