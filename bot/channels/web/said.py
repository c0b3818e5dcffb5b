"""The transcript as it is shown: each message with its words as HTML, and which choice of a question was taken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Any, Protocol

from markupsafe import Markup

from bot.channels.web.words import linked, prose
from handlers.language import gettext
from handlers.messages import Button, Card, Reply, Stub, from_json
from knowledge.unit import ZONE


class Message(Protocol):
    """A row of the transcript (`bot/store`): `payload` is a reply's `handlers.messages.to_json`, None for the citizen's own words."""

    @property
    def id(self) -> int: ...
    @property
    def incoming(self) -> bool: ...
    @property
    def at(self) -> datetime: ...
    @property
    def text(self) -> str: ...
    @property
    def payload(self) -> dict[str, Any] | None: ...


@dataclass(frozen=True, slots=True)
class Said:
    """One message on the page. `choices` are a question's answers, `offers` the chips; `chosen` is the key or number that was taken."""

    id: int
    theirs: bool
    at: datetime
    when: str
    text: Markup
    card: Card | None = None
    card_lines: dict[str, Markup] | None = None
    stub: Stub | None = None
    choices: tuple[Button, ...] = ()
    offers: tuple[Button, ...] = ()
    chosen: str = ""
    language: str = "vi"


def shown(messages: Sequence[Message], now: datetime) -> list[Said]:
    """The messages in order; a message whose payload cannot be read any more shows its plain text."""
    return [_said(message, after, now) for message, after in zip_longest(messages, messages[1:])]


def _said(message: Message, after: Message | None, now: datetime) -> Said:
    when = _when(message.at, now)
    if message.incoming:
        return Said(message.id, True, message.at, when, Markup.escape(message.text))
    reply = _reply(message)
    keyed = tuple(b for b in reply.buttons if b.key)
    chosen = _chosen(keyed, after.text) if after is not None and after.incoming else ""
    return Said(
        id=message.id,
        theirs=False,
        at=message.at,
        when=when,
        text=prose(reply.text),
        card=reply.card,
        card_lines={
            k: linked(getattr(reply.card, k)) for k in ("time", "fee", "place", "not_needed", "note", "missing")
        }
        if reply.card
        else None,
        stub=reply.stub,
        choices=keyed if reply.ask else (),
        offers=tuple(b for b in reply.buttons if b.url) if reply.ask else reply.buttons,
        chosen=chosen,
        language=reply.language,
    )


def _reply(message: Message) -> Reply:
    try:
        return from_json(message.payload or {})
    except (KeyError, TypeError, ValueError):
        return Reply(message.text)


def _chosen(buttons: Sequence[Button], text: str) -> str:
    """The key of the button that `text` (its title, or its number as typed) stands for."""
    said = text.strip().rstrip(".").casefold()
    for number, button in enumerate(buttons, 1):
        if said in (str(number), button.title.strip().casefold()):
            return button.key
    return ""


def _when(at: datetime, now: datetime) -> str:
    """08:12, or 19/11 15:42 on another day."""
    local = at.astimezone(ZONE)
    today = local.date() == now.astimezone(ZONE).date()
    return (
        f"{local:%H:%M}"
        if today
        else gettext("{day} {hour}").format(day=f"{local.day}/{local.month}", hour=f"{local:%H:%M}")
    )


def title_of(key: str, messages: Iterable[Message]) -> str:
    """What stood on the button that sent `key`, newest first; "" where no message of this chat offers it."""
    for message in reversed(list(messages)):
        if not message.incoming:
            for button in _reply(message).buttons:
                if button.key == key:
                    return button.title
    return ""
