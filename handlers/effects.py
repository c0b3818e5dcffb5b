"""What shall happen besides speaking: small frozen facts that a handler yields and `bot` carries out in the turn's transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from handlers.state import State

Behaviour = Literal["answer", "clarify", "apologize"]


@dataclass(frozen=True, slots=True)
class Remember:
    """The conversation goes on from `state`; it replaces what was remembered."""

    state: State


@dataclass(frozen=True, slots=True)
class SpeakLanguage:
    """From now on this chat is spoken to in `language` ("vi" or "en")."""

    language: str


@dataclass(frozen=True, slots=True)
class EraseChat:
    """Everything kept about this chat goes: state, messages, what waits in the outbox. A line without identity stays in the audit log."""


@dataclass(frozen=True, slots=True)
class Understood:
    """How the question was understood: what was done, the codes best first, the aspect asked about. Counted, never stored with the chat."""

    behaviour: Behaviour
    codes: tuple[str, ...] = ()
    aspect: str | None = None
    handler: str = ""


Effect = Remember | SpeakLanguage | EraseChat | Understood
