"""What shall happen besides speaking: small frozen facts that a handler yields and `bot` carries out in the turn's transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from handlers.dossier.model import Cause, Factor
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


@dataclass(frozen=True, slots=True)
class LookedUp:
    """One look-up of a dossier in this chat, whatever came of it: counted by the hour, without the code."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A second factor was offered for `code`: `factor` says which one it proved, "" that it was wrong. Wrong ones are counted by chat,
    dossier and day; a proving follow code is used up."""

    code: str
    factor: Factor


@dataclass(frozen=True, slots=True)
class WatchDossier:
    """This chat wants to be told when `code` moves: consent to the text of that `version`. `full` after the second factor; `pending`
    where there is no data of it yet. Watching again what is watched changes only what is given here (label, and full never back)."""

    code: str
    version: str
    label: str = ""
    full: bool = False
    pending: bool = False


@dataclass(frozen=True, slots=True)
class StopWatching:
    """No more notices of `code`, or of any dossier where it is "": the consent is withdrawn, what waits to be sent dies."""

    code: str = ""


@dataclass(frozen=True, slots=True)
class NameWatch:
    """The watch of `code` is called `label` from now on ("của mẹ"); masked, at most 40 characters."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Stuck:
    """Why the charge of `code` is not paid yet: counted by cause and day, without chat or code. "paid" pauses the reminders until the
    next import shows it; "not_mine" and "desk" end them; the others leave them."""

    code: str
    cause: Cause


@dataclass(frozen=True, slots=True)
class StopReminding:
    """No more reminders to pay for `code` in this chat; notices of it go on."""

    code: str


@dataclass(frozen=True, slots=True)
class ReadPhoto:
    """A photo came that may show a code: `reference` is the channel's own name of it. It is read outside the turn and not kept; what was
    read comes back as an internal message."""

    reference: str


Effect = (
    Remember
    | SpeakLanguage
    | EraseChat
    | Understood
    | LookedUp
    | Tried
    | WatchDossier
    | StopWatching
    | NameWatch
    | Stuck
    | StopReminding
    | ReadPhoto
)
