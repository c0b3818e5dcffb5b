"""What the pages of the web are made with: the dependencies, handed in once, and what every page shows around its content."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Protocol

from aiohttp import web

from bot.channels.web.listeners import Listeners
from bot.channels.web.pace import Window
from bot.channels.web.said import Message
from bot.channels.web.visitor import Visitor, chosen_language, remember, remember_language
from bot.pages.opening import opening
from bot.pages.origin import Network, scheme
from bot.pages.rendering import Pages
from bot.scanning import Scanner
from handlers.language import SOURCE, gettext, languages, speaking
from handlers.messages import Incoming
from handlers.opening import holiday_text
from knowledge.unit import Unit

if TYPE_CHECKING:
    from knowledge.snapshot import Knowledge

TEMPLATES = Path(__file__).parent / "templates"
LANGUAGE_NAMES = {"vi": "Tiếng Việt", "en": "English"}


class Turns(Protocol):
    """Who takes a message (`bot.conversation.Conversation`). Returns after the commit; raises `bot.store.StoreDown` when there is none."""

    async def take_async(self, incoming: Incoming) -> None: ...


class Transcripts(Protocol):
    """What is asked of the store (`bot.store.Store`), synchronously: called in a worker thread."""

    def transcript(
        self, unit: str, channel: str, account: str, chat: str, after: int = 0, limit: int = 50, *, newest: bool = False
    ) -> Sequence[Message]:
        """At most `limit` lines behind line `after`, oldest first; with `newest`, the last ones instead of the next ones."""
        ...


@dataclass(frozen=True, slots=True)
class WebSettings:
    """Settings of the web channel.

    `base_url` is the address people reach us by ("" = as the request says); `proxies` may tell a visitor's address; messages and photos a minute
    per chat and per address; the longest text.
    """

    base_url: str = ""
    proxies: tuple[Network, ...] = ()
    per_chat: int = 20
    per_address: int = 300
    photos_per_chat: int = 6
    photos_per_address: int = 60
    text: int = 2_000


@dataclass(frozen=True)
class Site:
    """Everything the pages need, handed in by `bot.app`."""

    units: Mapping[str, Unit]
    knowledge: Callable[[], Knowledge]
    conversation: Turns
    store: Transcripts
    listeners: Listeners
    settings: WebSettings
    clock: Callable[[], datetime]
    pages: Pages = field(default_factory=lambda: Pages([TEMPLATES], translate=gettext))
    chat_pace: Window = field(init=False)
    address_pace: Window = field(init=False)
    photo_pace: Window = field(init=False)
    photo_address_pace: Window = field(init=False)
    scanner: Scanner = field(default_factory=Scanner)

    def __post_init__(self) -> None:
        object.__setattr__(self, "chat_pace", Window(self.settings.per_chat))
        object.__setattr__(self, "address_pace", Window(self.settings.per_address))
        object.__setattr__(self, "photo_pace", Window(self.settings.photos_per_chat))
        object.__setattr__(self, "photo_address_pace", Window(self.settings.photos_per_address))

    def unit(self, request: web.Request) -> Unit:
        """The unit named in the address. Raises HTTPNotFound when there is none of that name."""
        unit = self.units.get(request.match_info["unit"])
        if unit is None:
            raise web.HTTPNotFound(text=gettext("Không có xã, phường nào ở địa chỉ này."))
        return unit

    def secure(self, request: web.Request) -> bool:
        """Whether the visitor came by https, so that cookies may insist on it."""
        return scheme(request, self.settings.proxies) == "https"

    def address(self, request: web.Request, unit: Unit) -> str:
        """The beginning of every absolute address, without a slash at the end: for codes on paper."""
        said = self.settings.base_url or unit.base_url
        return said.rstrip("/") or f"{scheme(request, self.settings.proxies)}://{request.host}"

    def surroundings(self, unit: Unit, language: str) -> dict[str, Any]:
        """What header, strip, side column and footer show."""
        now, calendar = self.clock(), self.knowledge().calendar
        with speaking(language):
            return {
                "unit": unit,
                "home": f"/{unit.id}/",
                "opening": opening(unit, now, calendar),
                "day_off": holiday_text(calendar, now),
                "update": token_hex(16),
            }

    def page(
        self,
        request: web.Request,
        unit: Unit,
        template: str,
        *,
        who: Visitor | None = None,
        language: str = "",
        status: int = 200,
        **values: Any,
    ) -> web.Response:
        """One page of a unit, in the visitor's language. `who` is given its cookie where the page can start a conversation."""
        spoken = language or chosen_language(request) or SOURCE
        # The same page in another language; a page that is not there has none, the first page has.
        here = request.rel_url if status < 400 else request.rel_url.with_path(f"/{unit.id}/")
        others = [
            (code, LANGUAGE_NAMES.get(code, code), str(here.update_query(lang=code)))
            for code in languages()
            if code != spoken
        ]
        around = self.surroundings(unit, spoken)
        response = self.pages.response(template, spoken, status=status, other_languages=others, **around, **values)
        if who:
            remember(response, who, secure=self.secure(request))
        remember_language(response, request, secure=self.secure(request))
        return response
