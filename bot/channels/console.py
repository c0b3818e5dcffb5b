"""The console: plain text with numbered menus, one account a session, so that two windows never share a conversation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bot.delivery.port import Account, Limits
from handlers.messages import Reply, as_text

NAME = "console"
LIMITS = Limits(text=20_000, buttons=0, per_second=1000.0)


class ConsoleChannel:
    """The port of delivery (`bot/delivery/port.py`) for a terminal; `write` shows one message."""

    name = NAME
    limits = LIMITS

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._sent = 0

    def render(self, reply: Reply, chat: str) -> Sequence[dict[str, Any]]:  # noqa: ARG002 - the port's form
        """One message a reply, its menu numbered."""
        return [{"text": as_text(reply, numbered=True)}]

    async def send(self, account: Account, message: dict[str, Any]) -> str:  # noqa: ARG002 - the port's form
        """Show it."""
        self._write(message["text"])
        self._sent += 1
        return str(self._sent)
