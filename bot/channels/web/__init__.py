"""The web page of a commune: a channel like the others, and the public pages of its procedures.

`routes(site)` are the addresses of one server with all its units; `Site` is what they need. The pages work without scripts.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.channels.opened import OpenedChannel, Surroundings
from bot.channels.web import catalogue, chat, home, photo, procedure
from bot.channels.web.channel import LIMITS, NAME, WebChannel
from bot.channels.web.listeners import Listeners
from bot.channels.web.site import Site, WebSettings
from bot.channels.web.visitor import chosen_language
from bot.delivery.port import Account
from bot.pages import rendering
from bot.pages.rendering import json_response
from bot.store.errors import StoreDown
from handlers.language import SOURCE, speaking
from handlers.language import gettext as _

__all__ = ["LIMITS", "NAME", "Listeners", "Site", "WebChannel", "WebSettings", "open_channel", "routes"]

BODY = 64 * 1024  # bytes of a form: 2,000 letters of three bytes, percent-encoded, and room
READING = 20.0  # seconds a visitor may take to send one
log = logging.getLogger(__name__)
Page = Callable[[Site, web.Request], Awaitable[web.StreamResponse]]


def open_channel(surroundings: Surroundings) -> OpenedChannel:
    """The web of all units: one account each, named like the unit; it needs no secret and no set-up."""
    settings = surroundings.settings
    listeners = Listeners()
    site = Site(
        units=surroundings.units,
        knowledge=surroundings.knowledge,
        conversation=surroundings.conversation,
        store=surroundings.store,
        listeners=listeners,
        settings=WebSettings(
            base_url=settings.base_url,
            proxies=settings.trusted_proxies,
            per_chat=settings.messages_per_chat,
            per_address=settings.messages_per_address,
        ),
        clock=surroundings.clock,
        scanner=surroundings.scanner,
    )

    async def stop(_app: web.Application) -> None:
        listeners.stop()

    def prepare(app: web.Application) -> None:
        app.on_shutdown.append(stop)

    return OpenedChannel(
        WebChannel(listeners),
        accounts=[Account(NAME, unit.id, unit.id) for unit in surroundings.units.values()],
        routes=routes(site),
        prepare=prepare,
    )


def routes(site: Site) -> list[web.RouteDef]:
    """Every address of the web; the last one answers what nobody else does."""
    return [
        *rendering.routes(),
        web.get("/", _page(site, home.units)),
        web.get("/{unit}", _page(site, home.with_slash)),
        web.get("/{unit}/", _page(site, home.home)),
        web.get("/{unit}/chat", _page(site, chat.show)),
        web.post("/{unit}/chat", _page(site, chat.take)),
        web.post("/{unit}/chat/photo", _page(site, photo.take, streams=True)),
        web.get("/{unit}/chat/events", _page(site, chat.events)),
        web.get("/{unit}/chat/poll", _page(site, chat.poll)),
        web.get("/{unit}/tt", _page(site, catalogue.catalogue)),
        web.get("/{unit}/tt/{code}", _page(site, procedure.procedure)),
        web.get("/{unit}/dieu-can-biet", _page(site, home.what_is_kept)),
        web.get("/{tail:.*}", _page(site, _nothing_here)),
    ]


async def _nothing_here(_site: Site, _request: web.Request) -> web.StreamResponse:
    raise web.HTTPNotFound


def _page(site: Site, page: Page, *, streams: bool = False) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            if request.method == "POST" and not streams:  # a page that streams has bounds of its own
                if (request.content_length or 0) > BODY:
                    raise web.HTTPRequestEntityTooLarge(BODY, request.content_length or 0)
                async with asyncio.timeout(READING):
                    await request.read()
            return await page(site, request)
        except web.HTTPException as error:
            if error.status < 400:
                error.headers.update(rendering.HEADERS)
                raise
            return _problem(site, request, error.status, error.text if error.status == 403 else "")
        except TimeoutError:
            return _problem(site, request, 408)
        except StoreDown:
            log.warning("web: the database is out of reach")
            return _problem(site, request, 503)
        except Exception:
            log.exception("web: a page broke")
            return _problem(site, request, 500)

    return answer


def _problem(site: Site, request: web.Request, status: int, advice: str | None = "") -> web.Response:
    """What went wrong as a sentence with the way out; for our script as data."""
    language = chosen_language(request) or SOURCE
    unit = site.units.get(request.match_info.get("unit", request.path.strip("/").partition("/")[0]))
    with speaking(language):
        heading, cure = {
            403: (_("Câu hỏi chưa được nhận."), _("Mở trang của xã rồi gửi lại.")),
            404: (_("Không có trang này."), _("Địa chỉ thiếu chữ hoặc đã cũ. Chọn một trong các trang dưới đây.")),
            408: (_("Mạng chậm quá."), _("Máy chờ mà chưa nhận đủ câu hỏi. Gửi lại giúp máy.")),
            413: (_("Câu hỏi dài quá."), _("Máy chỉ nhận 2.000 chữ cái. Viết việc chính trước, gửi lại.")),
            500: (_("Máy đang lỗi ở trang này."), _("Thử lại sau ít phút, hoặc gọi điện, hoặc đến quầy.")),
            503: (_("Máy đang bận, chưa ghi được câu hỏi."), _("Chờ 1 phút rồi gửi lại.")),
        }.get(status, (_("Máy chưa làm được việc này."), _("Quay lại trang trước và thử lại.")))
    cure = advice or cure
    if "application/json" in request.headers.get("Accept", ""):
        return json_response({"error": f"{heading} {cure}"}, status)
    if unit is None:
        others = list(site.units.values())
        return site.pages.response(
            "problem.html", language, status=status, unit=None, units=others, heading=heading, advice=cure
        )
    return site.page(request, unit, "problem.html", language=language, status=status, heading=heading, advice=cure)
