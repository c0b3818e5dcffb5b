"""The web page as a channel: a reply is sent when the store shows it in the chat's transcript, and whoever looks is woken.

What is sent while nobody looks waits there for the next visit. Numbers are our own choice (docs/web.md): a page has no limit on text or buttons,
the sender's pace only keeps one commune from crowding out another.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.channels.web.listeners import Listeners
from bot.delivery.port import Account, Limits
from handlers.messages import Reply

NAME = "web"
LIMITS = Limits(text=20_000, buttons=50, button_title=200, per_second=1000.0)


class WebChannel:
    """The port of delivery (`bot/delivery/port.py`) for the web page."""

    name = NAME
    limits = LIMITS

    def __init__(self, listeners: Listeners) -> None:
        self.listeners = listeners

    def render(self, reply: Reply, chat: str) -> Sequence[dict[str, Any]]:  # noqa: ARG002 - the port's form
        """One wire message a reply; the page itself is drawn from the transcript, so that it can be drawn again."""
        return [{"chat": chat}]

    async def send(self, account: Account, message: dict[str, Any]) -> str:
        """Wake who looks at the chat. Cannot fail: the words are in the database already."""
        self.listeners.wake((account.id, message["chat"]))
        return ""
