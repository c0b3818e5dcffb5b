"""What may be asked of the outside by a handler: a read-only view, declared here and implemented in `bot/store`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from handlers.dossier.model import Dossier, Factor, Watching
from handlers.state import State
from knowledge.snapshot import Knowledge
from knowledge.unit import Unit

# What channels cannot do, as people are told before they ask for notices (docs/channels.md): the days after their last message in which they may
# be written to, channels that only answer who opens them, and those whose servers are abroad. A channel that stands nowhere here has no limit.
WINDOW_DAYS: Mapping[str, tuple[str, int]] = {"zalo_oa": ("Zalo", 2), "messenger": ("Messenger", 1)}
ASKED_ONLY = frozenset(("web",))
ABROAD: Mapping[str, str] = {"telegram": "Telegram", "messenger": "Messenger"}


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept about one chat: how many messages, since when (UTC), the language chosen, and how many dossiers it watches."""

    messages: int
    since: datetime | None
    language: str
    watches: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """How a chat stands with one dossier code: `locked` after five wrong second factors today (the same for a code nobody knows);
    `wrong` so many of them; `spent` when it has looked up twenty dossiers within the hour."""

    locked: bool = False
    wrong: int = 0
    spent: bool = False


class View(Protocol):
    """Questions a handler may put about its own chat."""

    def kept(self) -> Kept:
        """What is kept about this chat, for /dulieu."""
        ...

    def dossier(self, code: str) -> Dossier | None:
        """The unit's dossier of that code; None where there is none, or it is no longer kept. The same work either way."""
        ...

    def data_until(self) -> datetime | None:
        """The time the unit's dossier data is from (UTC); None where nothing was ever imported."""
        ...

    def standing(self, code: str) -> Standing:
        """How this chat stands with that code."""
        ...

    def proves(self, code: str, said: str) -> Factor:
        """Which second factor of that dossier `said` is: a follow code, the phone's last four digits, the whole phone (a contact that is
        the sender's own), the identity number's last four; "" for none. The same work either way."""
        ...

    def watches(self) -> tuple[Watching, ...]:
        """What this chat watches, oldest first."""
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
