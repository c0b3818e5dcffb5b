"""Receiving by long polling, for a machine without a public https address. The platform keeps what nobody fetched for 24 hours.

Asking for what comes after an update confirms it, so that is done only when its turn is committed.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Sequence
from typing import Any

from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.channels.telegram.commands import offer_commands
from bot.channels.telegram.failures import seconds
from bot.channels.telegram.receiving import Receiver
from bot.channels.telegram.updates import update_id
from bot.store import StoreDown

log = logging.getLogger(__name__)
WAIT = 30  # seconds that one question to the platform stays open
EMPTY = 0.5  # seconds that an empty answer takes at least
FIRST, LONGEST = 1.0, 60.0  # seconds of back-off
REFUSED = 300.0  # seconds between two tries with a token nobody takes
TRIES = 5  # for one update that breaks us; then the others go on


class Poller:
    """Fetches the updates of one bot. `run` until it is cancelled."""

    def __init__(
        self, receiver: Receiver, *, wait: int = WAIT, jitter: Callable[[], float] = random.random, first: float = FIRST
    ) -> None:
        self._receiver, self._wait, self._jitter, self._first = receiver, wait, jitter, first
        self._offset: int | None = None
        self._failures = 0
        self._trouble = ""

    async def run(self) -> None:
        """Fetch, commit, confirm, for ever. What goes wrong is logged once, with the cure, and tried again."""
        try:
            await offer_commands(self._receiver.client)
        except TelegramError as error:
            log.info("%s: the commands were not set (%s)", self._name, type(error).__name__)
        while True:
            try:
                await self._once()
                self._well()
            except TelegramError as error:
                await asyncio.sleep(self._after(error))
            except StoreDown:
                self._say("the database is out of reach. What was fetched is not confirmed and comes again.")
                await asyncio.sleep(self._back_off())

    async def _once(self) -> None:
        loop = asyncio.get_running_loop()
        asked = loop.time()
        updates = await self._receiver.client.updates(self._offset, self._wait)
        if not updates:
            # A server that does not wait must not be asked without pause.
            await asyncio.sleep(max(0.0, min(EMPTY, self._wait) - (loop.time() - asked)))
            # All is confirmed. Without an offset from here on: after a quiet week the platform may count from anywhere.
            self._offset = None
            return
        await self._take_all(updates)
        self._offset = max(int(update_id(update) or 0) for update in updates) + 1

    async def _take_all(self, updates: Sequence[dict[str, Any]]) -> None:
        """Side by side, so that they share a commit; a chat's own keep their order (`Conversation`)."""
        broken: Sequence[dict[str, Any]] = updates
        for last in [False] * (TRIES - 1) + [True]:
            outcomes = await asyncio.gather(*map(self._receiver.take, broken), return_exceptions=True)
            failed = [(u, o) for u, o in zip(broken, outcomes, strict=True) if isinstance(o, BaseException)]
            for update, error in failed:
                if isinstance(error, StoreDown):
                    raise error
                if last:
                    # Confirmed all the same: one update must not keep a whole commune waiting for ever.
                    log.error("%s: update %s is given up (%s)", self._name, update_id(update), type(error).__name__)
            if not failed:
                return
            broken = [update for update, _ in failed]
            if not last:
                await asyncio.sleep(self._first / 10)

    def _after(self, error: TelegramError) -> float:
        """Seconds until the next try."""
        match error:
            case Conflict():
                self._say(
                    "somebody else receives for this bot: a second motcua runs with the same token, or a webhook is set. "
                    "Stop the other one, or take the webhook away: motcua telegram delete-webhook"
                )
            case InvalidToken():
                self._say("the token is refused. Get it from @BotFather (/token), set it, start again.")
                return REFUSED
            case RetryAfter():
                return seconds(error)
            case _:
                self._say(f"the platform is out of reach ({type(error).__name__}). Trying again.")
        return self._back_off()

    def _back_off(self) -> float:
        self._failures += 1
        return min(LONGEST, self._first * 2.0 ** min(self._failures - 1, 16)) * (0.5 + self._jitter() / 2)

    def _say(self, trouble: str) -> None:
        """Once per trouble, not at every try."""
        if trouble != self._trouble:
            self._trouble = trouble
            log.error("%s: %s", self._name, trouble)

    def _well(self) -> None:
        if self._trouble:
            log.warning("%s: receiving again", self._name)
        self._trouble, self._failures = "", 0

    @property
    def _name(self) -> str:
        return f"telegram/{self._receiver.account.id}"
