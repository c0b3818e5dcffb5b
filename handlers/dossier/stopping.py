"""Stopping notices and reminders: one word or one tap, for one dossier or for all (Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15, Điều 10)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from handlers.dossier.codes import beside, read
from handlers.dossier.here import Here
from handlers.dossier.model import Watching
from handlers.dossier.names import short
from handlers.dossier.telling import named
from handlers.effects import Effect, Remember, StopReminding, StopWatching, Understood
from handlers.hearing import plain
from handlers.keys import dossier_key, parse
from handlers.language import gettext
from handlers.messages import Button, Incoming, Reply
from handlers.ports import Context

_ = gettext
SHOWN = 8  # dossiers to choose from; "all" is always there
_END = r"(?: (?:a|nha|nhe|di|giup|toi|em|minh|ho so|hs|ma|nay|cho|nua))*"
_TOLD = r"(?:bao(?: tin)?|nhan(?: tin)?|theo doi|tin ho so|following|watching|notices)"
# A bare word stops only what is watched; without a watch it means the menu (handlers/start.py).
BARE = re.compile(rf"(?:/dung|dung|dung lai|ngung|/stop|stop){_END}")
ONE = re.compile(
    rf"(?:dung|thoi|ngung|huy|bo|khong|stop|/?unsubscribe|/huytheodoi) {_TOLD}{_END}|unsubscribe|/huytheodoi|khong muon {_TOLD}{_END}"
)
ALL = re.compile(
    rf"(?:dung|thoi|ngung|huy|bo|stop)(?: {_TOLD})? (?:het|tat ca|toan bo|all|everything)(?: {_TOLD})?{_END}|stop all"
)
REMINDING = re.compile(
    rf"(?:dung|thoi|ngung|khoi|dung co|stop) (?:nhac|nhac nop|nhac nop tien|reminding|reminders)(?: nop| tien)*{_END}"
)


def stopping(incoming: Incoming, context: Context) -> Iterator[Reply | Effect]:
    """Stop telling, or only reminding."""
    if incoming.kind == "button":
        key = parse(incoming.button)
        if key and key.kind == "u":
            yield from _stop("" if key.what == "all" else key.code, context)
        return
    # "Đúng" without its marks is "dung", too; with them it is no stop word.
    if incoming.kind != "text" or "đ" in incoming.text.lower():
        return
    here = Here.of(context)
    codes = read(incoming.text, here.today).codes
    text = plain(beside(incoming.text)) if codes else plain(incoming.text)
    if codes:
        if BARE.fullmatch(text) or ONE.fullmatch(text):
            yield from _stop(codes[0], context)
    elif REMINDING.fullmatch(text):
        yield from _stop_reminding(context)
    elif ALL.fullmatch(text) and context.view.watches():
        yield from _stop("", context)
    elif ONE.fullmatch(text) or ALL.fullmatch(text):
        yield from _which(context.view.watches(), context)
    elif BARE.fullmatch(text) and context.state.flow not in ("watch", "erase") and (watches := context.view.watches()):
        yield from _which(watches, context)


def _which(watches: tuple[Watching, ...], context: Context) -> Iterator[Reply | Effect]:
    if len(watches) < 2:
        yield from _stop(watches[0].code if watches else "", context)
        return
    yield Understood("clarify", handler="dossier")
    buttons = [Button(short(w.code, w.label), dossier_key("u", w.code)) for w in watches[:SHOWN]]
    yield Reply(_("Dừng báo tin hồ sơ nào?"), buttons=(*buttons, Button(_("Dừng tất cả"), "u1.all")), ask=True)


def _stop(code: str, context: Context) -> Iterator[Reply | Effect]:
    watches = context.view.watches()
    stopped = [w for w in watches if code in ("", w.code)]
    yield Understood("answer", handler="dossier")
    if not stopped:
        said = (
            _("Anh/chị chưa nhận tin hồ sơ {code}.").format(code=code)
            if code
            else _("Anh/chị chưa nhận tin hồ sơ nào.")
        )
        yield Reply(said)
        return
    yield StopWatching(code)
    one = stopped[0].code if len(stopped) == 1 else ""
    kept = context.state.proved and context.state.dossier == one
    yield Remember(replace(context.state, flow="", dossier=one or context.state.dossier, proved=kept))
    if one:
        yield Reply(
            _("Đã dừng báo tin. {dossier} vẫn làm ở xã. Nhận lại: gõ báo tin").format(
                dossier=named(one, stopped[0].label)
            )
        )
    else:
        yield Reply(_("Đã dừng báo tin {n} hồ sơ. Nhận lại: gửi mã, rồi gõ báo tin").format(n=len(stopped)))


def _stop_reminding(context: Context) -> Iterator[Reply | Effect]:
    yield Understood("answer", handler="dossier")
    reminded = [w for w in context.view.watches() if w.reminders]
    for watch in reminded:
        yield StopReminding(watch.code)
    yield Reply(
        _("Đã thôi nhắc nộp tiền. Tin khác của hồ sơ máy vẫn báo.")
        if reminded
        else _("Máy không nhắc nộp tiền hồ sơ nào.")
    )
