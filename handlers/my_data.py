"""What is kept about me, and erasing it: /dulieu and /xoa, in words too. One tap, no form (docs/security.md)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from handlers.effects import Effect, EraseChat, Remember, Understood
from handlers.hearing import plain
from handlers.keys import parse
from handlers.language import gettext
from handlers.messages import Button, Incoming, Reply
from handlers.ports import Context

_ = gettext
SHOW = re.compile(
    r"/?(du ?lieu|my ?data)( cua (toi|minh|tui|em))?|(dang |may )?luu (nhung )?gi ve (toi|minh|tui|em)( vay| the)?"
)
ERASE = re.compile(
    r"/xoa( .*)?|xoa (het |toan bo |moi )?(thong tin|du lieu|tin nhan|tro chuyen|doan chat)( (cua|ve) (toi|minh|tui|em))?( di)?|/(erase|delete)|erase my data|delete my data"
)


def my_data(incoming: Incoming, context: Context) -> Iterator[Reply | Effect]:
    """Show what is kept, or ask once and erase."""
    text = plain(incoming.text) if incoming.kind == "text" else ""
    key = parse(incoming.button) if incoming.kind == "button" else None
    what = key.what if key and key.kind == "d" else ""
    if what == "show" or SHOW.fullmatch(text):
        yield Understood("apologize", handler="my_data")
        yield from _show(context)
    elif what == "erase" and context.state.flow == "erase":
        yield Understood("apologize", handler="my_data")
        yield EraseChat()
        yield Reply(_("Đã xóa. Máy không nhắn nữa, trừ khi anh/chị nhắn trước."))
    elif what == "erase" or ERASE.fullmatch(text):
        yield Understood("apologize", handler="my_data")
        yield from _ask(context)
    elif what == "keep":
        yield Understood("apologize", handler="my_data")
        yield Remember(replace(context.state, flow=""))
        yield Reply(_("Máy giữ nguyên, chưa xóa gì. Anh/chị cần việc gì, cứ viết."))


def _show(context: Context) -> Iterator[Reply]:
    kept = context.view.kept()
    since = _("từ {day:%d/%m/%Y}").format(day=kept.since) if kept.since else _("từ hôm nay")
    watches = _("; {n} hồ sơ đang báo tin, xem: hồ sơ của tôi").format(n=kept.watches) if kept.watches else ""
    yield Reply(
        _(
            "Máy đang giữ: {count} tin nhắn của cuộc trò chuyện này, {since}; ngôn ngữ đã chọn; thủ tục vừa hỏi{watches}.\n"
            "Số căn cước, số điện thoại trong tin đã được che. Máy không giữ ảnh, tên, địa chỉ.\n"
            "Tin nhắn tự xóa sau 30 ngày. Hỏi thêm: gọi {phone}."
        ).format(count=kept.messages, since=since, watches=watches, phone=context.unit.phone),
        buttons=(Button(_("Xóa hết ngay"), "d1.erase"), Button(_("Thôi"), "d1.keep")),
    )


def _ask(context: Context) -> Iterator[Reply | Effect]:
    yield Remember(replace(context.state, flow="erase"))
    watches = context.view.kept().watches
    yield Reply(
        _("Xóa tin nhắn và {n} hồ sơ đang báo tin? Xóa rồi không lấy lại được. Hồ sơ đã nộp ở xã vẫn còn.").format(
            n=watches
        )
        if watches
        else _("Xóa tin nhắn của cuộc trò chuyện này? Xóa rồi không lấy lại được. Hồ sơ đã nộp ở xã vẫn còn."),
        buttons=(Button(_("Xóa"), "d1.erase"), Button(_("Thôi"), "d1.keep")),
        ask=True,
    )
