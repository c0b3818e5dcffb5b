"""What a channel is given when the program starts, and what it gives back: the seam between `bot.app` and the channels.

A channel's module has one function `open_channel(surroundings) -> OpenedChannel`, named on one line of `bot/channels/__init__.py`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from aiohttp import web

from bot.clock import Clock
from bot.conversation import Conversation
from bot.delivery.port import Account, Channel
from bot.scanning import Scanner
from bot.settings import Settings
from bot.store import Store
from knowledge.snapshot import Knowledge
from knowledge.unit import Unit


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Everything a channel may need. `knowledge` gives the snapshot in use now; `environment` holds the secrets that unit files name;
    `scanner` reads codes in pictures, a few at once for the whole program."""

    settings: Settings
    units: Mapping[str, Unit]
    knowledge: Callable[[], Knowledge]
    conversation: Conversation
    store: Store
    clock: Clock
    environment: Mapping[str, str]
    scanner: Scanner = field(default_factory=Scanner)


class PhotoGone(Exception):
    """A photo that can never be had: too big, deleted, of a kind that is not given out. The text never holds a secret."""


class PhotoNotNow(Exception):
    """A photo that could not be had just now: the platform is out of reach, or slow. Another try may have it."""


async def nothing() -> None:
    """A channel that has nothing to close."""


def unprepared(app: web.Application) -> None:
    """A channel that needs nothing of the web application."""


@dataclass(frozen=True, slots=True)
class OpenedChannel:
    """A channel ready to run.

    `accounts` each get a sender; `routes` are served by the program's one web server; `receivers` run until they are cancelled (a
    poller); `fetch_photo(account id, reference)` brings a photo that an `Incoming.photo` named, where the channel can (raises PhotoGone,
    PhotoNotNow); `prepare` may add to the web application (hooks at its end); `close` is called after the last message has left. `notes` are
    sentences for the operator, printed at the start (an account without its token).
    """

    channel: Channel
    accounts: Sequence[Account] = ()
    routes: Sequence[web.RouteDef] = ()
    receivers: Sequence[Callable[[], Awaitable[None]]] = ()
    fetch_photo: Callable[[str, str], Awaitable[bytes]] | None = None
    prepare: Callable[[web.Application], None] = unprepared
    close: Callable[[], Awaitable[None]] = nothing
    notes: Sequence[str] = ()
