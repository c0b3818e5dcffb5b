"""The first page of a unit, the list of units, and the plain notice of what is kept."""

from __future__ import annotations

import asyncio

from aiohttp import web
from yarl import URL

from bot.channels.web.channel import NAME
from bot.channels.web.site import Site
from bot.channels.web.visitor import chosen_language, visitor
from handlers.language import SOURCE


async def units(site: Site, request: web.Request) -> web.Response:
    """GET /: straight to the only unit, or a list to choose from."""
    if len(site.units) == 1:
        raise web.HTTPFound(f"/{next(iter(site.units))}/")
    return site.pages.response("units.html", chosen_language(request) or SOURCE, units=site.units.values())


async def with_slash(site: Site, request: web.Request) -> web.Response:
    """GET /<unit>: the same with a slash, as the links on the page need it."""
    unit = site.unit(request)
    raise web.HTTPMovedPermanently(f"/{unit.id}/")


async def home(site: Site, request: web.Request) -> web.Response:
    """GET /<unit>/: the question box, what is asked often, life events, the way to the centre."""
    unit, who = site.unit(request), visitor(request)
    if dossier := request.query.get("hs"):
        # The code on a receipt is short and leads to the door; the conversation is where it is looked up.
        raise web.HTTPSeeOther(str(URL(f"/{unit.id}/chat").with_query(hs=dossier)))
    knowledge = site.knowledge().of(unit.id)
    talked = (
        []
        if who.new
        else await asyncio.to_thread(site.store.transcript, unit.id, NAME, unit.id, who.chat, 0, 1, newest=True)
    )
    return site.page(
        request,
        unit,
        "home.html",
        who=who,
        often=[knowledge.procedures[code] for code in unit.often_asked if code in knowledge.procedures],
        events=list(knowledge.events.values()),
        count=sum(p.taken_in(unit) for p in knowledge.procedures.values()),
        talking=bool(talked),
    )


async def what_is_kept(site: Site, request: web.Request) -> web.Response:
    """GET /<unit>/dieu-can-biet: what the machine keeps, for how long, how to see and erase it."""
    return site.page(request, site.unit(request), "kept.html", who=visitor(request))
