"""The public page of one procedure, for the screen and for one sheet of A5."""

from __future__ import annotations

from aiohttp import web

from bot.channels.web.qr import qr_svg
from bot.channels.web.sheet import sheet
from bot.channels.web.site import Site
from bot.channels.web.visitor import chosen_language, visitor
from handlers.language import SOURCE, speaking


async def procedure(site: Site, request: web.Request) -> web.Response:
    """GET /<unit>/tt/<code>?truong-hop=<case>. An unknown code gets the helpful page 404."""
    unit = site.unit(request)
    knowledge = site.knowledge().of(unit.id)
    code = request.match_info["code"]
    found = knowledge.procedures.get(code)
    if found is None:
        return site.page(request, unit, "unknown_procedure.html", status=404, code=code[:40])
    language = chosen_language(request) or SOURCE
    with speaking(language):
        drawn = sheet(found, request.query.get("truong-hop", ""), unit)
    here = site.address(request, unit)
    return site.page(
        request,
        unit,
        "procedure.html",
        who=visitor(request),
        sheet=drawn,
        group=next((g for g in knowledge.groups if g.key == found.group), None),
        related=[
            knowledge.procedures[c] for c in (found.words.related if found.words else ()) if c in knowledge.procedures
        ],
        replaced=[
            knowledge.procedures[c]
            for c in (found.withdrawn.replaced_by if found.withdrawn else ())
            if c in knowledge.procedures
        ],
        ask_code=qr_svg(f"{here}/{unit.id}/chat?tt={found.code}"),
        official_code=qr_svg(found.facts.source_url) if found.facts.source_url else "",
    )
