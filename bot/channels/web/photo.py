"""A photo of a receipt sent by the page: read at once, before the turn, and thrown away; the turn hears what it said (docs/web.md)."""

from __future__ import annotations

import asyncio
import hashlib
import time
import unicodedata

from aiohttp import BodyPartReader, web

from bot.channels.web import chat
from bot.channels.web.channel import NAME
from bot.channels.web.site import Site
from bot.channels.web.visitor import Visitor, chosen_language, visitor
from bot.pages.origin import client_address, same_origin
from bot.scanning import NoPicture, PictureTooBig
from handlers.language import SOURCE, speaking
from handlers.language import gettext as _
from handlers.messages import Incoming
from knowledge.unit import Unit

BIGGEST = 10 * 1024 * 1024  # bytes; a phone's photo has three to eight million
SENDING = 60.0  # seconds a photo may take on its way: villages have slow networks
MOST_WAITING = 8  # photos that wait for the decoder; a ninth is asked to come again
_BESIDE = 64 * 1024  # bytes of a form around its photo


class Refused(Exception):
    """A photo that is not taken: the HTTP status and a sentence that says what to do."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.sentence = status, sentence


async def take(site: Site, request: web.Request) -> web.StreamResponse:
    """POST /<unit>/chat/photo: one picture, multipart. 303 back to the newest message, or the page with what was wrong."""
    unit, who = site.unit(request), visitor(request)
    language = chosen_language(request)
    with speaking(language or SOURCE):
        if not same_origin(request, (site.settings.base_url, unit.base_url)):
            raise web.HTTPForbidden(text=_("Câu hỏi phải được gửi từ trang của xã. Mở trang của xã rồi gửi lại."))
        try:
            incoming = await _read(site, request, unit, who, language)
        except Refused as refused:
            return await chat.page(site, request, unit, who, photo_error=refused.sentence, status=refused.status)
    return await chat.taken(site, request, unit, who, incoming, language)


async def _read(site: Site, request: web.Request, unit: Unit, who: Visitor, language: str) -> Incoming:
    _may_send(site, request, unit, who)
    too_big = Refused(413, _("Ảnh quá lớn, máy nhận đến 10 MB. Anh/chị chụp lại, hoặc gõ mã trên giấy hẹn."))
    if (request.content_length or 0) > BIGGEST + _BESIDE:
        raise too_big
    try:
        async with asyncio.timeout(SENDING):
            update, picture = await _parts(request)
        if not picture:
            raise Refused(422, _("Chưa có ảnh. Anh/chị chọn ảnh chụp mã trên giấy hẹn rồi gửi."))
        now = site.clock()
        meant = await site.scanner.meaning(picture, now)
    except TimeoutError:
        raise Refused(
            408, _("Mạng chậm quá, máy chưa nhận đủ ảnh. Anh/chị gửi lại, hoặc gõ mã trên giấy hẹn.")
        ) from None
    except PictureTooBig:
        raise too_big from None
    except NoPicture:
        raise Refused(415, _("Máy không mở được tệp này. Anh/chị gửi ảnh JPG hoặc PNG, hoặc gõ mã.")) from None
    except ValueError:
        raise Refused(400, _("Chưa có ảnh. Anh/chị chọn ảnh chụp mã trên giấy hẹn rồi gửi.")) from None
    same = "\0".join((who.chat, update, "photo", hashlib.sha256(picture).hexdigest()))
    return Incoming(
        channel=NAME,
        account=unit.id,
        chat=who.chat,
        update=hashlib.sha256(same.encode()).hexdigest()[:40],
        unit=unit.id,
        kind="read",
        received_at=now,
        text=_("Ảnh: {code}").format(code=meant.text) if meant.text else _("Ảnh"),
        button=meant.payload,
        language=language,
    )


def _may_send(site: Site, request: web.Request, unit: Unit, who: Visitor) -> None:
    """Reading a photo costs a hundred times what a question does: fewer are taken. Raises Refused."""
    now = time.monotonic()
    address = client_address(request, site.settings.proxies)
    paces = ((site.chat_pace, who.chat), (site.photo_pace, who.chat), (site.photo_address_pace, address))
    if not all(pace.allows(key, now) for pace, key in paces):
        raise Refused(429, _("Tin hơi nhanh, chờ 1 phút rồi gửi lại. Việc gấp, gọi {phone}.").format(phone=unit.phone))
    if site.scanner.waiting >= MOST_WAITING:
        raise Refused(503, _("Máy đang bận đọc ảnh khác. Chờ 1 phút rồi gửi lại, hoặc gõ mã trên giấy hẹn."))


async def _parts(request: web.Request) -> tuple[str, bytes]:
    """The form's own id and the picture's bytes, counted as they come. Raises ValueError for another kind of form, PictureTooBig."""
    if request.content_type != "multipart/form-data":
        raise ValueError("no multipart form")
    update, picture = "", bytearray()
    reader = await request.multipart()
    while (part := await reader.next()) is not None:
        if not isinstance(part, BodyPartReader):
            raise ValueError("a form within the form")
        most = BIGGEST if part.name == "photo" else _BESIDE
        data = bytearray()
        while piece := await part.read_chunk(64 * 1024):
            data += piece
            if len(data) > most:
                raise PictureTooBig
        if part.name == "photo":
            picture = data
        elif part.name == "update":
            update = unicodedata.normalize("NFC", data.decode("utf-8", "ignore"))
    return update, bytes(picture)
