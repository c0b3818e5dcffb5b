"""Watching a dossier: consent before, one word or tap to stop, a name of one's own.

What is asked stands in `consent.py`; stopping, in `stopping.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from handlers.dossier.codes import read
from handlers.dossier.consent import CONSENT, question
from handlers.dossier.glance import counted, glance, slower, too_many
from handlers.dossier.here import Here
from handlers.dossier.notes import concealed
from handlers.dossier.words import CANCEL, NO, YES
from handlers.effects import Effect, NameWatch, Remember, Understood, WatchDossier
from handlers.hearing import plain
from handlers.keys import dossier_key, parse
from handlers.language import gettext
from handlers.messages import Button, Incoming, Reply
from handlers.ports import Context

_ = gettext
FLOW, NAMING = "watch", "name"
MOST = 20  # dossiers that one chat watches
LONGEST = 40  # characters of a name
# Said with a code, or alone after one: tell me. "theo dõi hồ sơ H48.99.01-…", "báo tin"
WISH = re.compile(
    r"(?:(?:cho )?(?:toi|em|minh|tui) )?(?:muon )?(?:/?theo doi|bao tin|nhan tin|nhan lai|keep me posted|notify me|follow)(?: (?:ho so|hs|ma|giup|toi|em|nha|nhe|a|di|code|dossier))*"
)
NAME = re.compile(r"(?:dat|doi) ten(?: ho so| cho ho so)?(?: (?:nay|la))*")
_NAMED = re.compile(
    r"^\s*(?:đặt|đổi|dat|doi)\s+(?:tên|ten)(?:\s+(?:hồ sơ|ho so))?(?:\s+(?:này|nay))?(?:\s+(?:là|la))?\s*:?\s*(.+)$",
    re.IGNORECASE,
)


def watching(incoming: Incoming, context: Context) -> Iterator[Reply | Effect]:
    """Ask before watching, begin on a yes, give a name."""
    here = Here.of(context, incoming.channel)
    if incoming.kind == "button":
        key = parse(incoming.button)
        if key and key.kind == "w":
            yield from ask_to_watch(key.code, context, here)
        elif key and key.kind == "v":
            yield from _agreed(key.code, context, here)
        elif key and key.kind == "n":
            yield from _ask_name(key.code, context)
        return
    state = context.state
    if incoming.kind != "text" or not state.fresh(context.now):
        return
    text = plain(incoming.text)
    if state.flow == FLOW and state.dossier and (YES.fullmatch(text) or NO.fullmatch(text)):
        if YES.fullmatch(text):
            yield from _agreed(state.dossier, context, here)
        else:
            yield from _declined(context)
    elif state.flow == NAMING and state.dossier and text and not incoming.text.startswith("/"):
        yield from _name(incoming.text, context)
    elif state.dossier and WISH.fullmatch(text) and read(state.dossier, here.today).codes:
        yield from ask_to_watch(state.dossier, context, here)
    elif state.dossier and NAME.fullmatch(text) and glance(state.dossier, context).watching:
        yield from _ask_name(state.dossier, context)
    elif state.dossier and (match := _NAMED.match(incoming.text)) and glance(state.dossier, context).watching:
        yield from _name(match.group(1), context)


def ask_to_watch(code: str, context: Context, here: Here) -> Iterator[Reply | Effect]:
    """The question that must be answered before anything is watched. The same for a code that nobody knows."""
    watches = context.view.watches()
    seen = glance(code, context)
    if too_many(code, seen, context):
        yield from slower(context)
        return
    yield Understood("clarify", handler="dossier")
    yield from counted(code, seen, context)
    kept = context.state.proved and context.state.dossier == code
    if any(w.code == code for w in watches):
        yield Remember(replace(context.state, flow="", dossier=code, proved=kept))
        yield Reply(
            _("Máy đang báo tin hồ sơ {code} tại đây.").format(code=code),
            buttons=(
                Button(_("Đặt tên hồ sơ"), dossier_key("n", code)),
                Button(_("Dừng báo tin"), dossier_key("u", code)),
            ),
        )
        return
    if len(watches) >= MOST:
        yield Reply(
            _("Máy báo tin nhiều nhất {n} hồ sơ. Anh/chị dừng bớt một hồ sơ rồi thêm.").format(n=MOST),
            buttons=(Button(_("Hồ sơ của tôi"), "m1.mine"),),
        )
        return
    yield Remember(replace(context.state, flow=FLOW, dossier=code, proved=kept))
    yield Reply(
        question(code, here),
        buttons=(Button(_("Đồng ý"), dossier_key("v", code)), Button(_("Không"), "m1.menu")),
        ask=True,
    )


def _agreed(code: str, context: Context, here: Here) -> Iterator[Reply | Effect]:
    """A yes counts only to the question that was just read."""
    state = context.state
    if state.flow != FLOW or state.dossier != code:
        yield from ask_to_watch(code, context, here)
        return
    seen = glance(code, context)
    yield Understood("answer", handler="dossier")
    yield WatchDossier(code, CONSENT, full=seen.full, pending=seen.dossier is None)
    yield Remember(replace(state, flow=""))
    yield Reply(
        _("Đã ghi, có tin máy báo tại đây."),
        buttons=(Button(_("Đặt tên hồ sơ"), dossier_key("n", code)), Button(_("Hồ sơ của tôi"), "m1.mine")),
    )


def _declined(context: Context) -> Iterator[Reply | Effect]:
    yield Understood("apologize", handler="dossier")
    yield Remember(replace(context.state, flow=""))
    yield Reply(_("Máy không báo tin. Anh/chị gửi lại mã khi cần xem."))


def _ask_name(code: str, context: Context) -> Iterator[Reply | Effect]:
    yield Understood("clarify", handler="dossier")
    if not glance(code, context).watching:
        yield Reply(_("Anh/chị chưa nhận tin hồ sơ {code}.").format(code=code))
        return
    kept = context.state.proved and context.state.dossier == code
    yield Remember(replace(context.state, flow=NAMING, dossier=code, proved=kept))
    yield Reply(_("Gọi hồ sơ này là gì? Ví dụ: của mẹ. Đừng ghi họ tên. Thôi thì gõ: thôi"))


def _name(text: str, context: Context) -> Iterator[Reply | Effect]:
    label = concealed(" ".join(text.split())).strip(" .,")
    yield Understood("answer", handler="dossier")
    if CANCEL.fullmatch(plain(text)):
        yield Remember(replace(context.state, flow=""))
        yield Reply(_("Tên vẫn để như cũ."))
    elif not label or len(label) > LONGEST:
        yield Remember(context.state)
        yield Reply(_("Tên dài quá {n} chữ cái. Anh/chị gọi ngắn hơn, ví dụ: của mẹ").format(n=LONGEST))
    else:
        yield NameWatch(context.state.dossier, label)
        yield Remember(replace(context.state, flow=""))
        yield Reply(
            _("Đã ghi. Máy gọi là: hồ sơ {label}.").format(label=label),
            buttons=(Button(_("Hồ sơ của tôi"), "m1.mine"),),
        )
