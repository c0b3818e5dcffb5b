"""Pages from templates: one environment, everything escaped, every string through the catalogue, one set of security headers."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from handlers.language import gettext, speaking
from knowledge.unit import ZONE

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"
ASSETS = {"motcua.css": "text/css", "motcua.js": "text/javascript", "mark.svg": "image/svg+xml"}

# No third party, no inline script or style, no framing (docs/security.md). `same-origin` and not `no-referrer`: under the latter browsers
# send "Origin: null" with our own forms, and the check of the origin would refuse them.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), interest-cohort=()",
}


@lru_cache
def asset(name: str) -> str:
    """The address of a file of ours, with a part of its hash, so that browsers may keep it for ever."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{digest}/{name}"


def day(value: date | datetime) -> str:
    """20/11/2026, in the country's time."""
    if isinstance(value, datetime):
        value = value.astimezone(ZONE)
    return f"{value:%d/%m/%Y}"


def dial(phone: str) -> str:
    """The address that dials `phone`."""
    return "tel:" + "".join(c for c in phone if c.isdigit())


def link(address: str) -> str:
    """`address` where it may stand in a page (http, https, tel, mailto, or a path of ours), else "#"."""
    safe = address.startswith(("https://", "http://", "tel:", "mailto:")) or (
        address.startswith("/") and not address.startswith(("//", "/\\"))
    )
    return address if safe else "#"


# Hours, phone numbers and dates are read at one glance: they never break over two lines, nor leave their full stop behind.
WHOLE = re.compile(r"(?:\d{2}:\d{2}–\d{2}:\d{2}|(?<![\d.])0\d{3} \d{3} \d{3}(?!\d)|\d{1,2}/\d{1,2}/\d{4})[.,;:]?")


def whole(text: str | Markup) -> Markup:
    """`text`, escaped, its hours, phones and dates kept in one piece."""
    return Markup(WHOLE.sub(lambda m: f'<span class="whole">{m.group()}</span>', str(escape(text))))  # noqa: S704 - escaped


def sentence(text: str | Markup) -> str | Markup:
    """`text` with a capital in front: a phrase from the knowledge that stands alone on the page. Markup stays as it is if it begins with a tag."""
    return text[:1].upper() + text[1:]


class Pages:
    """The templates of some folders, ours last. `common` is what every page may use."""

    def __init__(self, folders: Sequence[Path] = (), **common: Any) -> None:
        self._environment = Environment(
            loader=ChoiceLoader([FileSystemLoader(folder) for folder in (*folders, FOLDER / "templates")]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.i18n"],
        )
        # New style: `_("Mã %(code)s", code=…)` fills in after translating, and escapes what it fills in.
        self._environment.install_gettext_callables(gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined]
        self._environment.globals.update(asset=asset, **common)
        self._environment.filters.update(day=day, dial=dial, link=link, whole=whole, sentence=sentence)

    def html(self, template: str, language: str, **values: Any) -> str:
        """One template in one language, as text."""
        with speaking(language):
            return self._environment.get_template(template).render(language=language, **values)

    def fragment(self, template: str, language: str, **values: Any) -> Markup:
        """A piece of a page, to be put into another as it is."""
        return Markup(self.html(template, language, **values))  # noqa: S704 - rendered with autoescape

    def response(self, template: str, language: str, *, status: int = 200, **values: Any) -> web.Response:
        """One page as an answer, with the security headers. Pages show the hour and the visitor's words: nobody keeps them."""
        return web.Response(
            text=self.html(template, language, **values),
            status=status,
            content_type="text/html",
            charset="utf-8",
            headers={**HEADERS, "Cache-Control": "no-store", "Content-Language": language},
        )


def _ngettext(singular: str, _plural: str, _n: int) -> str:
    # Vietnamese has no plural and our English texts avoid it: one form says both.
    return gettext(singular)


def json_response(data: Mapping[str, Any], status: int = 200) -> web.Response:
    """Data for our own script, with the same headers as a page."""
    return web.Response(
        text=json.dumps(data, ensure_ascii=False),
        status=status,
        content_type="application/json",
        headers={**HEADERS, "Cache-Control": "no-store"},
    )


async def static_file(request: web.Request) -> web.Response:
    """One of our files. The hash in its address makes it immutable; a stale hash still gets today's file, but is not kept."""
    name = request.match_info["name"]
    if name not in ASSETS:
        raise web.HTTPNotFound
    kept = "public, max-age=31536000, immutable" if asset(name) == request.path else "no-cache"
    return web.Response(
        body=(STATIC / name).read_bytes(),
        content_type=ASSETS[name],
        charset="utf-8",
        headers={**HEADERS, "Cache-Control": kept},
    )


def routes() -> list[web.RouteDef]:
    """The addresses of the files every page uses."""

    async def favicon(_request: web.Request) -> web.Response:
        raise web.HTTPMovedPermanently(asset("mark.svg"))

    return [web.get("/static/{hash}/{name}", static_file), web.get("/favicon.ico", favicon)]
