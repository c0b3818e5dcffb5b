"""The channel-neutral words both sides speak: what came in, what is said, what can be pressed.

A channel parses its wire format into an `Incoming` and renders a `Reply`; a handler reads the one and yields the other. A `Reply` is plain
text, or a `Card` (the structured answer of one case), never markup. It travels through the outbox as JSON (`to_json`, `from_json`) and is
rendered at the moment of sending, so a channel without buttons shows the same menu as numbered text (`as_text`).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Literal

from handlers.language import gettext, speaking
from knowledge.card import Card, CardDocument, Stub

__all__ = ["Button", "Card", "CardDocument", "Incoming", "Reply", "Stub", "as_text", "from_json", "to_json"]

Kind = Literal[
    "text",
    "button",
    "start",
    "sticker",
    "voice",
    "photo",
    "file",
    "location",
    "contact",
    "video",
    "joined",
    "read",
    "other",
]
KEY_BYTES = 64  # Telegram's limit for callback_data, the smallest of all channels (docs/channels.md)


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message from a citizen, whatever the channel.

    `update` is the platform's own id of it, unique per (channel, account); `received_at` is aware, in UTC. `text` is NFC, as typed; `button`
    the key of a pressed button (untrusted: people can type what a button would send); `start` carries a deep link's payload in `button`.
    `private` is False in a group. For a photo, `photo` is the channel's own name of it (what `ReadPhoto` gives back). A contact's phone stands in
    `text`, and `own` says that the platform vouches for it as the sender's. Kind "read" is internal: a photo was read, `text` is what it
    said ("" nothing), `photo` which one.
    """

    channel: str
    account: str
    chat: str
    update: str
    unit: str
    kind: Kind
    received_at: datetime
    text: str = ""
    button: str = ""
    language: str = ""
    private: bool = True
    photo: str = ""
    own: bool = False


@dataclass(frozen=True, slots=True)
class Button:
    """Something to press: a key that comes back, or a link. `key` is short ASCII (at most 64 bytes), never Vietnamese text."""

    title: str
    key: str = ""
    url: str = ""

    def __post_init__(self) -> None:
        if bool(self.key) == bool(self.url):
            raise ValueError(f"button {self.title!r}: either a key or a url")
        if len(self.key.encode()) > KEY_BYTES or not self.key.isascii():
            raise ValueError(f"button key {self.key!r}: ASCII, at most {KEY_BYTES} bytes")


@dataclass(frozen=True, slots=True)
class Reply:
    """One message to a citizen.

    `text` is plain text (empty when `card` says everything); `stub` is the last line of a short answer (a card carries its own). `ask` marks a
    question whose buttons are its answers (a numbered list); otherwise buttons are offers after an answer (chips). `tick` asks for the
    papers as a tick list.
    """

    text: str = ""
    card: Card | None = None
    stub: Stub | None = None
    buttons: tuple[Button, ...] = ()
    ask: bool = False
    language: str = "vi"


def as_text(reply: Reply, *, numbered: bool) -> str:
    """The whole reply as plain text; with `numbered`, its keyed buttons become "1. …" lines and links stand below as addresses."""
    with speaking(reply.language):
        parts = [reply.text] if reply.text else []
        if reply.card:
            parts.append(reply.card.text(gettext))
        if reply.stub:
            parts.append(reply.stub.text(gettext))
        if numbered:
            parts += [f"{b.title}: {b.url}" for b in reply.buttons if b.url]
            keyed = [b for b in reply.buttons if b.key]
            if keyed and not reply.ask:
                parts.append(gettext("Xem thêm, gõ số:"))
            parts += [f"{n}. {b.title}" for n, b in enumerate(keyed, 1)]
            if keyed and reply.ask:
                parts.append(gettext("Trả lời bằng một số."))
        return "\n".join(parts)


def to_json(reply: Reply) -> dict[str, Any]:
    """The reply as JSON-ready data for the outbox; `from_json` gives the equal reply back."""

    if reply.card is None and reply.stub is None:  # most replies; `asdict` copies deep and slowly
        return {
            "text": reply.text,
            "card": None,
            "stub": None,
            "buttons": [{"title": b.title, "key": b.key, "url": b.url} for b in reply.buttons],
            "ask": reply.ask,
            "language": reply.language,
        }

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: plain(v) for k, v in value.items()}
        if isinstance(value, (list, tuple)):
            return [plain(v) for v in value]
        return value.isoformat() if isinstance(value, date) else value

    data: dict[str, Any] = plain(asdict(reply))
    return data


def from_json(data: dict[str, Any]) -> Reply:
    """The reply that `to_json` wrote. Raises KeyError, TypeError or ValueError when the data is something else."""
    card, stub = data.get("card"), data.get("stub")
    return Reply(
        text=data["text"],
        card=Card.from_json(card) if card else None,
        stub=Stub.from_json(stub) if stub else None,
        buttons=tuple(Button(**b) for b in data["buttons"]),
        ask=data["ask"],
        language=data["language"],
    )
