"""What the sender gets from the outbox and gives back to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row to be sent now. `parts` wire messages of it have left already; `repeated`: it has had its second try."""

    chat: str
    line: int
    kind: str
    payload: str
    attempts: int
    parts: int
    repeated: bool
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """All of it left; `platform_id` is the platform's id of the last wire message."""

    chat: str
    line: int
    platform_id: str


@dataclass(frozen=True, slots=True)
class Progress:
    """`parts` wire messages have left, more follow."""

    chat: str
    line: int
    parts: int


@dataclass(frozen=True, slots=True)
class Later:
    """Try again at `due_at`. `whole_chat`: until then nothing leaves for the chat; else only rows of its priority or below wait.

    `repeated` marks the second try after an unknown outcome; `attempted` is False when nothing was tried (the account is shut).
    """

    chat: str
    line: int
    due_at: datetime
    error: str
    whole_chat: bool = False
    repeated: bool = False
    attempted: bool = True


@dataclass(frozen=True, slots=True)
class Ended:
    """The row is done without success."""

    chat: str
    line: int
    status: Literal["dead", "perhaps", "expired"]
    error: str


@dataclass(frozen=True, slots=True)
class Gone:
    """The chat is gone: all its rows end."""

    chat: str
    line: int
    error: str


@dataclass(frozen=True, slots=True)
class Moved:
    """The chat lives under a new id: its rows and its state follow."""

    chat: str
    line: int
    new_chat: str


Outcome = Sent | Progress | Later | Ended | Gone | Moved


@dataclass(frozen=True, slots=True)
class Batch:
    """What a claim gave: rows of different chats, whether more are due, and when the next one falls due (None: none waits)."""

    rows: list[Claimed]
    next_due: datetime | None
