"""What may be asked of the outside by a handler: a read-only view, declared here and implemented in `bot/store`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from handlers.state import State
from knowledge.snapshot import Knowledge
from knowledge.unit import Unit


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept about one chat: how many messages, since when (UTC), and the language chosen."""

    messages: int
    since: datetime | None
    language: str


class View(Protocol):
    """Questions a handler may put about its own chat."""

    def kept(self) -> Kept:
        """What is kept about this chat, for /dulieu."""
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """All a handler sees beside the message: state, moment (UTC), language, unit, knowledge and the view."""

    state: State
    now: datetime
    language: str
    unit: Unit
    knowledge: Knowledge
    view: View
