"""Who is visiting: a random cookie, nothing else. The chat is known by the cookie's hash, so the database never holds what opens a conversation."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass

from aiohttp import web

from handlers.language import languages

COOKIE = "motcua"
LANGUAGE_COOKIE = "motcua_lang"
DAYS = 30  # as long as messages are kept (docs/security.md)
TOKEN = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser: its secret token (128 bits, hex), the id of its chat, and whether it came without a cookie."""

    token: str
    new: bool

    @property
    def chat(self) -> str:
        """The chat's id in the store: 32 hex digits that do not lead back to the token."""
        return hashlib.sha256(f"motcua web {self.token}".encode()).hexdigest()[:32]


def visitor(request: web.Request) -> Visitor:
    """The visitor of a request; a missing or odd cookie makes a new one."""
    token = request.cookies.get(COOKIE, "")
    if TOKEN.fullmatch(token):
        return Visitor(token, new=False)
    return Visitor(secrets.token_hex(16), new=True)


def remember(response: web.StreamResponse, who: Visitor, *, secure: bool) -> None:
    """Give the browser its cookie, for another 30 days from now."""
    response.set_cookie(
        COOKIE, who.token, max_age=DAYS * 86_400, httponly=True, samesite="Lax", secure=secure, path="/"
    )


def chosen_language(request: web.Request) -> str:
    """The language the visitor asked for: by the address (?lang=en), else by an earlier choice; "" when they never chose."""
    for wish in (request.query.get("lang", ""), request.cookies.get(LANGUAGE_COOKIE, "")):
        if wish in languages():
            return wish
    return ""


def remember_language(response: web.StreamResponse, request: web.Request, *, secure: bool) -> None:
    """Keep a choice made by the address."""
    wish = request.query.get("lang", "")
    if wish in languages():
        keep_language(response, wish, secure=secure)


def keep_language(response: web.StreamResponse, language: str, *, secure: bool) -> None:
    """The pages go on in `language`. Vietnamese is kept, too: it may be the way back from English."""
    response.set_cookie(
        LANGUAGE_COOKIE, language, max_age=DAYS * 86_400, httponly=True, samesite="Lax", secure=secure, path="/"
    )
