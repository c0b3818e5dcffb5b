"""The names of things that the store keeps apart: an account of a channel, a chat on it."""

from __future__ import annotations

from typing import NamedTuple

from handlers.messages import Incoming


class AccountKey(NamedTuple):
    """One account of a channel, belonging to one unit."""

    unit: str
    channel: str
    account: str

    def __str__(self) -> str:
        return "/".join(self)


class ChatKey(NamedTuple):
    """One chat on one account."""

    unit: str
    channel: str
    account: str
    chat: str

    @property
    def of(self) -> AccountKey:
        """The account that the chat is on."""
        return AccountKey(self.unit, self.channel, self.account)

    def row(self) -> dict[str, str]:
        """The key's four columns."""
        return {"unit_id": self.unit, "channel": self.channel, "account": self.account, "chat_id": self.chat}


def chat_of(incoming: Incoming) -> ChatKey:
    """The chat that a message came from."""
    return ChatKey(incoming.unit, incoming.channel, incoming.account, incoming.chat)
