"""A dossier code typed, pressed, opened from a link or read off a photo: where that dossier stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from handlers import procedure as one
from handlers.dossier.answers import found
from handlers.dossier.codes import Read, beside, from_link, link_parts, read
from handlers.dossier.factor import prove
from handlers.dossier.glance import glance, slower
from handlers.dossier.here import Here
from handlers.dossier.names import tail
from handlers.dossier.unseen import unseen
from handlers.dossier.watching import WISH, ask_to_watch
from handlers.effects import Effect, LookedUp, Remember, Understood
from handlers.hearing import plain
from handlers.keys import dossier_key, from_start, parse
from handlers.language import gettext
from handlers.messages import Button, Incoming, Reply
from handlers.ports import Context
from handlers.understanding import CODE as PROCEDURE_CODE

_ = gettext
OTHERS = 3  # further codes of one message that are offered
# Words around a piece of a code that show that a dossier is meant, and those that show nothing.
ABOUT_A_DOSSIER = re.compile(r"\b(?:ho so|hs|ma|bien nhan|giay hen|tra|xem|code|dossier)\b")
COURTESY = frozenset("so cua em toi minh tui a nha nhe giup voi dum xem oi ad anh chi da la day ne cho".split())  # noqa: SIM905
MONTH = re.compile(r"(?:0[1-9]|1[0-2])-(?:19|20)\d\d")
_LINK = re.compile(r"(hs-[A-Za-z0-9_.\-]{8,60})")


def look_up(incoming: Incoming, context: Context) -> Iterator[Reply | Effect]:
    """Answer the first code of the message and offer the others; ask for the rest of one that is only half there."""
    here = Here.of(context, incoming.channel)
    if incoming.kind == "button":
        key = parse(incoming.button)
        if key and key.kind == "h":
            yield from answer(key.code, context, here, follow=key.part)
    elif incoming.kind == "read":
        yield from _photo(incoming, context, here)
    elif incoming.text.strip():
        yield from _typed(incoming.text, context, here)


def answer(
    code: str, context: Context, here: Here, others: tuple[str, ...] = (), follow: str = ""
) -> Iterator[Reply | Effect]:
    """Where one dossier stands. `others` are codes to offer beside it; `follow` is a follow code that came with it."""
    seen = glance(code, context)
    if seen.spent:
        yield from slower(context)
        return
    yield Understood("answer" if seen.dossier else "apologize", handler="dossier")
    yield LookedUp()
    state = replace(context.state, dossier=code, proved=context.state.proved and context.state.dossier == code)
    if follow:
        yield from prove(code, follow, replace(context, state=state), here)
        return
    # The same whether it is known or not: four digits typed next are a second factor and are hidden (handlers/dossier/factor.py).
    yield Remember(replace(state, flow="" if seen.full else "factor"))
    reply = found(seen.dossier, seen, here) if seen.dossier else unseen(code, context.view.data_until(), here)
    yield _with_others(reply, others)


def _typed(text: str, context: Context, here: Here) -> Iterator[Reply | Effect]:
    link = _LINK.search(text)
    if link and (code := from_link(link.group(1), here.today)):
        yield from answer(code, context, here, follow=link_parts(link.group(1))[1])
        return
    said = read(text, here.today)
    if context.state.flow == "code" and context.state.dossier and not said.codes:
        said = _joined(context.state.dossier, text, said, here)
    if said.codes and WISH.fullmatch(plain(beside(text))):
        yield from ask_to_watch(said.codes[0], context, here)
    elif said.codes:
        yield from answer(said.codes[0], context, here, said.codes[1 : 1 + OTHERS])
    elif said.partial and _meant(said.partial, text):
        yield Understood("clarify", handler="dossier")
        yield Remember(replace(context.state, flow="code", dossier=said.partial, proved=False))
        yield Reply(_rest(said.partial))


def _joined(piece: str, text: str, said: Read, here: Here) -> Read:
    """The whole code that the piece typed before and this text make together; what was read where they make none. Nothing is added to them."""
    for both in (f"{piece}-{text.strip()}", f"{text.strip()}-{piece}"):
        whole = read(both, here.today)
        if len(whole.codes) == 1 and not beside(both):
            return whole
    return said


def _meant(piece: str, text: str) -> bool:
    """Whether a piece of a code is one: not a month and year, nor a number inside a question about something else."""
    if PROCEDURE_CODE.search(text):
        return False
    if piece[0].isalpha() or piece.count(".") >= 2:
        return True
    words = plain(text)
    if ABOUT_A_DOSSIER.search(words):
        return True
    return not MONTH.fullmatch(piece) and not {w for w in words.split() if w.isalpha()} - COURTESY


def _rest(piece: str) -> str:
    if piece[0].isalpha() or "." in piece:
        said = _("Mã thiếu phần cuối. Anh/chị gửi đủ mã trên giấy hẹn, hoặc gửi tiếp phần còn thiếu.")
    else:
        said = _("Mã thiếu phần đầu. Anh/chị gửi đủ mã trên giấy hẹn, hoặc gửi tiếp phần còn thiếu.")
    return said + "\n" + _("Mã đủ có dạng H00.00.00-000000-0000.")


def _photo(incoming: Incoming, context: Context, here: Here) -> Iterator[Reply | Effect]:
    """What was read off a photo: a code, a link of ours, or nothing that helps."""
    answered = (
        list(_typed(incoming.text, context, here))
        if read(incoming.text, here.today).codes or _LINK.search(incoming.text)
        else []
    )
    if answered:
        yield from answered
        return
    start = re.search(r"tt-\d[._]\d{6}", incoming.text)
    key = parse(from_start(start.group())) if start else None
    if key and key.code in context.knowledge.procedures:
        yield Understood("answer", (key.code,), handler="dossier")
        yield from one.part(context.knowledge.procedures[key.code], context, "")
        return
    yield Understood("apologize", handler="dossier")
    yield Reply(_("Máy chưa đọc được mã trong ảnh. Anh/chị chụp gần ô mã, đủ sáng, hoặc gõ mã. Máy không giữ ảnh."))


def _with_others(reply: Reply, others: tuple[str, ...]) -> Reply:
    if not others:
        return reply
    buttons = tuple(Button(_("Mã {tail}").format(tail=tail(code)), dossier_key("h", code)) for code in others)
    text = reply.text + "\n" + _("Mỗi lần máy xem một mã. Chọn mã kế tiếp bên dưới.")
    return replace(reply, text=text, buttons=(*buttons, *reply.buttons)[:5])
