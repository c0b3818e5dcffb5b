"""The conversation: the page, the form, and the two ways in which our script learns of what is new."""

from __future__ import annotations

import asyncio
import hashlib
import re
import time
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from aiohttp import web

from bot.channels.web.channel import NAME
from bot.channels.web.listeners import stirred
from bot.channels.web.said import Message, shown, title_of
from bot.channels.web.site import LANGUAGE_NAMES, Site
from bot.channels.web.visitor import Visitor, chosen_language, keep_language, remember, visitor
from bot.pages.origin import client_address, same_origin
from bot.pages.rendering import HEADERS, json_response
from handlers.language import SOURCE, languages, speaking
from handlers.language import gettext as _
from handlers.messages import KEY_BYTES, Incoming, Kind
from knowledge.unit import Unit

SHOWN = 30  # messages on a page: keeps it under 100 kB
HEARTBEAT = 20.0  # seconds; proxies cut a stream that is silent for about 60 (docs/web.md)
# A reply sent by another process wakes nobody here, so we look by ourselves: every 4 s while people talk, every 15 s when they stopped.
LOOK_AGAIN, LOOK_SELDOM, TALKING = 4.0, 15.0, 120.0
POLL = 25.0  # seconds a long poll waits
DOSSIER = re.compile(r"hs-([0-9A-Za-z_.]{3,24}-\d{6,8}-\d{3,12})(?:-[A-Za-z0-9]{4,16})?")
PER_CHAT = 4  # streams and polls of one chat; a fifth window asks by turns
STREAMS = 2_000


async def show(site: Site, request: web.Request) -> web.Response:
    """GET /<unit>/chat: the conversation so far. `?tt=<code>` offers to ask about that procedure (the code on printed pages leads here), `?hs=<code>`
    to look that dossier up (the code on a receipt)."""
    unit, who = site.unit(request), visitor(request)
    lost = who.new and "da-gui" in request.query
    return await page(site, request, unit, who, lost=lost)


async def page(
    site: Site,
    request: web.Request,
    unit: Unit,
    who: Visitor,
    *,
    lost: bool = False,
    error: str = "",
    draft: str = "",
    photo_error: str = "",
    status: int = 200,
) -> web.Response:
    """The page of the conversation; `error` stands at the question, `photo_error` at the photo."""
    messages = [] if who.new else await _newest(site, unit, who.chat)
    language = chosen_language(request) or _spoken(messages)
    values = site.surroundings(unit, language)
    with speaking(language):
        said = shown(messages, site.clock())
    log = site.pages.fragment("messages.html", language, messages=said, home=values["home"], update=values["update"])
    return site.page(
        request,
        unit,
        "chat.html",
        who=who,
        language=language,
        status=status,
        messages=said,
        log=log,
        after=messages[-1].id if messages else 0,
        unanswered=bool(messages) and messages[-1].incoming,
        asked=site.knowledge().procedures.get(request.query.get("tt", "")),
        dossier=_dossier(request.query.get("hs", "")),
        photo_error=photo_error,
        lost=lost,
        error=error,
        draft=draft,
    )


async def take(site: Site, request: web.Request) -> web.StreamResponse:
    """POST /<unit>/chat: one message. A form gets 303 back to the newest message, our script `{}` or `{"error": sentence}`."""
    unit, who = site.unit(request), visitor(request)
    language = chosen_language(request)
    if not same_origin(request, (site.settings.base_url, unit.base_url)):
        with speaking(language or SOURCE):
            raise web.HTTPForbidden(text=_("Câu hỏi phải được gửi từ trang của xã. Mở trang của xã rồi gửi lại."))
    form = await request.post()
    fields = {name: unicodedata.normalize("NFC", value) for name, value in form.items() if isinstance(value, str)}
    with speaking(language or SOURCE):
        refusal = _refusal(site, request, unit, who, fields)
        if refusal is None:
            incoming = await _incoming(site, unit, who, fields, language)
    if refusal is not None:
        status, error = refusal
        if _by_script(request):
            return json_response({"error": error}, status)
        return await page(site, request, unit, who, error=error, draft=fields.get("text", ""), status=status)
    return await taken(site, request, unit, who, incoming, language)


async def taken(
    site: Site, request: web.Request, unit: Unit, who: Visitor, incoming: Incoming | None, language: str
) -> web.StreamResponse:
    """Have the message answered (None: there is none) and lead back to it. Raises StoreDown."""
    if incoming is not None:
        if turn := await _language_turn(site, unit, who, incoming, language):
            await site.conversation.take_async(turn)
        # After the commit the answer stands in the transcript already: nobody waits for the sender to bring it.
        await site.conversation.take_async(incoming)
        site.listeners.wake((unit.id, who.chat))
    newest = await _newest(site, unit, who.chat)
    response: web.StreamResponse
    if _by_script(request):
        response = json_response({})
    else:
        # Back to the newest question: its answers stand under it.
        asked = [message.id for message in newest if message.incoming]
        goal = f"/{unit.id}/chat?da-gui=1" + (f"#m{asked[-1]}" if asked else "")
        response = web.Response(status=303, headers={**HEADERS, "Location": goal, "Cache-Control": "no-store"})
    remember(response, who, secure=site.secure(request))
    if _spoken(newest) != (language or SOURCE):
        # The chat was told to speak another language: the pages follow.
        keep_language(response, _spoken(newest), secure=site.secure(request))
    return response


async def _language_turn(site: Site, unit: Unit, who: Visitor, incoming: Incoming, language: str) -> Incoming | None:
    """The press that makes the chat speak the page's language, where it does not yet; goes before the message itself."""
    if not language or language == _spoken(await _newest(site, unit, who.chat)):
        return None
    text = LANGUAGE_NAMES.get(language, language)
    return replace(
        incoming, kind="button", button=f"l1.{language}", text=text, update=f"{incoming.update[:32]}-{language}"
    )


def _by_script(request: web.Request) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _refusal(
    site: Site, request: web.Request, unit: Unit, who: Visitor, fields: dict[str, str]
) -> tuple[int, str] | None:
    """Why the message is not taken: status and a sentence; None when it is."""
    text = fields.get("text", "")
    if len(text) > site.settings.text:
        return 422, _("Câu dài {length} chữ cái, máy chỉ nhận {most}. Anh/chị viết ngắn lại, việc chính trước.").format(
            length=f"{len(text):,}".replace(",", "."), most=f"{site.settings.text:,}".replace(",", ".")
        )
    now = time.monotonic()
    address = client_address(request, site.settings.proxies)
    # The chat first: what it is refused does not count against its neighbours.
    if not site.chat_pace.allows(who.chat, now):
        return 429, _("Tin hơi nhanh, chờ 1 phút rồi gửi lại. Việc gấp, gọi {phone}.").format(phone=unit.phone)
    if not site.address_pace.allows(address, now):
        return 429, _("Nhiều người cùng mạng đang hỏi, chờ 1 phút rồi gửi lại. Việc gấp, gọi {phone}.").format(
            phone=unit.phone
        )
    return None


async def _incoming(site: Site, unit: Unit, who: Visitor, fields: dict[str, str], language: str) -> Incoming | None:
    """The message of a form: a pressed choice (`key`), a deep link (`start`), a fixed sentence (`say`) or typed words; None when empty.

    The form's own id, the words and the chat make the update's id: the same form sent twice is one message, the same form filled in anew
    after "back" is another.
    """
    kind: Kind = "text"
    button, text = "", fields.get("say") or fields.get("text", "").strip()
    if key := fields.get("key", ""):
        kind, button = "button", _key(key)
        text = title_of(button, await _newest(site, unit, who.chat))
    elif start := fields.get("start", ""):
        kind, button = "start", _key(start)
        text = _asked(site, button) or (_("Hồ sơ {code}").format(code=code) if (code := _dossier_of(button)) else "")
    if not button and not text:
        return None
    words = "\0".join((who.chat, fields.get("update", ""), kind, button or text))
    return Incoming(
        channel=NAME,
        account=unit.id,
        chat=who.chat,
        update=hashlib.sha256(words.encode()).hexdigest()[:40],
        unit=unit.id,
        kind=kind,
        received_at=site.clock(),
        text=text,
        button=button,
        language=language,
    )


def _key(typed: str) -> str:
    """A key as far as it can be one; what it means is judged by the handlers."""
    return typed if typed.isascii() and typed.isprintable() and len(typed) <= KEY_BYTES else ""


def _dossier(told: str) -> tuple[str, str]:
    """Code and payload of `?hs=` in an address ("H48_99_01-261120-0007", a follow code may stand behind); ("", "") for anything else."""
    payload = f"hs-{told}"
    code = _dossier_of(payload) if len(payload) <= KEY_BYTES else ""
    return (code, payload) if code else ("", "")


def _dossier_of(payload: str) -> str:
    """The dossier code in a link's payload as people write it, without the follow code; what it means is judged by the handlers."""
    found = DOSSIER.fullmatch(payload)
    return found[1].replace("_", ".") if found else ""


def _asked(site: Site, payload: str) -> str:
    """What the citizen is seen to say who comes by a procedure's page: its name."""
    procedure = site.knowledge().procedures.get(payload.removeprefix("tt-").replace("_", "."))
    return procedure.title if procedure else ""


async def _newest(site: Site, unit: Unit, chat: str) -> Sequence[Message]:
    """The last messages of a chat, oldest first."""
    return await asyncio.to_thread(site.store.transcript, unit.id, NAME, unit.id, chat, 0, SHOWN, newest=True)


async def _since(site: Site, unit: Unit, chat: str, after: int) -> tuple[Sequence[Message], bool]:
    """The messages behind line `after`, and whether all before it was erased meanwhile (the page must forget it, too)."""
    ask = partial(site.store.transcript, unit.id, NAME, unit.id, chat)
    messages = await asyncio.to_thread(ask, after, SHOWN)
    if not messages or not after:
        return messages, False
    oldest = await asyncio.to_thread(ask, 0, 1)
    return messages, bool(oldest) and oldest[0].id > after


def _spoken(messages: Sequence[Message]) -> str:
    """The language of the newest reply: whoever chose English in the chat reads an English page."""
    for message in reversed(messages):
        if not message.incoming and message.payload:
            language = message.payload.get("language")
            return language if language in languages() else SOURCE
    return SOURCE


def _fragments(site: Site, unit: Unit, language: str, messages: Sequence[Message]) -> list[tuple[int, str]]:
    """Each new message as (id, HTML of one `li`)."""
    home = f"/{unit.id}/"
    found = []
    with speaking(language):
        said = shown(messages, site.clock())
    for one in said:
        html = site.pages.html("messages.html", language, messages=[one], home=home, update="")
        found.append((one.id, html.strip()))
    return found


def _after(request: web.Request) -> int:
    """The id up to which the page knows everything. The header is the browser's own, on a reconnect, and is the newer one."""
    said = request.headers.get("Last-Event-ID") or request.query.get("after", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 19 else 0


async def poll(site: Site, request: web.Request) -> web.Response:
    """GET /<unit>/chat/poll?after=<id>: `{"messages": [{"id", "html"}], "erased": bool}` as soon as there are some, an empty list after 25 s."""
    unit, who = site.unit(request), visitor(request)
    after = _after(request)
    place = (unit.id, who.chat)
    crowded = site.listeners.count(place) >= PER_CHAT or site.listeners.count() >= STREAMS
    until = time.monotonic() + (0.0 if crowded or who.new else POLL)
    with site.listeners.listening(place) as event:
        while True:
            event.clear()
            messages, erased = ([], False) if who.new else await _since(site, unit, who.chat, after)
            left = until - time.monotonic()
            if messages or left <= 0 or site.listeners.stopped:
                break
            await stirred(event, min(left, LOOK_AGAIN))
    if not messages and (crowded or who.new):
        await asyncio.sleep(LOOK_AGAIN)  # nobody may ask us in a tight loop
    language = chosen_language(request) or _spoken(messages)
    found = [{"id": i, "html": h} for i, h in _fragments(site, unit, language, messages)]
    return json_response({"messages": found, "erased": erased})


async def events(site: Site, request: web.Request) -> web.StreamResponse:
    """GET /<unit>/chat/events?after=<id>: a stream of `said` events, one a message, whose id is the message's (so a reconnect misses none)."""
    unit, who = site.unit(request), visitor(request)
    place = (unit.id, who.chat)
    if who.new or site.listeners.count(place) >= PER_CHAT or site.listeners.count() >= STREAMS:
        # 204 tells the browser to stop; the script then asks by turns.
        return web.Response(status=204, headers=HEADERS)
    response = web.StreamResponse(
        headers={
            **HEADERS,
            "Content-Type": "text/event-stream; charset=utf-8",
            "Cache-Control": "no-store, no-transform",
            "X-Accel-Buffering": "no",
        }
    )
    await response.prepare(request)
    after = _after(request)
    with site.listeners.listening(place) as event:
        await response.write(b"retry: 3000\nevent: hello\ndata: 1\n\n")
        silent, quiet = 0.0, 0.0
        while not site.listeners.stopped and not _left(request):
            event.clear()
            messages, erased = await _since(site, unit, who.chat, after)
            if erased:
                await response.write(b"event: erased\ndata: 1\n\n")
            language = chosen_language(request) or _spoken(messages)
            for number, html in _fragments(site, unit, language, messages):
                await response.write(_event(number, html))
                after, silent, quiet = number, 0.0, 0.0
            started = time.monotonic()
            await stirred(event, LOOK_AGAIN if quiet < TALKING else LOOK_SELDOM)
            passed = time.monotonic() - started
            silent, quiet = silent + passed, quiet + passed
            if silent >= HEARTBEAT:
                await response.write(b": still here\n\n")
                silent = 0.0
    return response


def _event(number: int, html: str) -> bytes:
    lines = "".join(f"data: {line}\n" for line in html.splitlines())
    return f"id: {number}\nevent: said\n{lines}\n".encode()


def _left(request: web.Request) -> bool:
    """Whether the visitor has gone."""
    return request.transport is None or request.transport.is_closing()
