"""The second factor: four digits of the phone, a follow code from the desk, or one's own contact. It shows more of one dossier for ten minutes.

While the state's flow is "factor", what is typed as one is hidden before it is kept anywhere (`concealed`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from handlers.dossier.answers import found
from handlers.dossier.consent import CONSENT
from handlers.dossier.glance import counted, glance, slower, too_many
from handlers.dossier.here import Here
from handlers.dossier.model import Factor
from handlers.dossier.telling import asking, more
from handlers.dossier.unseen import unseen
from handlers.dossier.words import CANCEL
from handlers.effects import Effect, Remember, Tried, Understood, WatchDossier
from handlers.hearing import plain
from handlers.keys import parse
from handlers.language import gettext
from handlers.messages import Incoming, Reply
from handlers.ports import ABROAD, Context
from handlers.state import State

_ = gettext
FLOW = "factor"
MOST_WRONG = 5  # tries of one chat at one dossier a day (handlers/ports.py, Standing)
HIDDEN = "••••"
# Words that people put around four digits.
AROUND = frozenset(
    "so 4 bon cuoi la dt sdt dien thoai cua em toi minh tui me ba bo ma vo chong con a da vang day ne nha nhe duoi duoi digits last phone the my is".split()  # noqa: SIM905
)
_FOLLOW = re.compile(r"[A-Za-z0-9]{8}|(?=.*\d)[A-Za-z0-9]{4}[ \-][A-Za-z0-9]{4}|[A-Z0-9]{4}[ \-][A-Z0-9]{4}")


def heard(text: str) -> str:
    """The second factor that a text is: four digits, or the eight characters of a follow code in capitals; "" for any other text."""
    typed = text.strip()
    if _FOLLOW.fullmatch(typed):
        return re.sub(r"[ \-]", "", typed).upper()
    digits = re.findall(r"(?<!\d)\d(?:[ .]?\d){3}(?!\d)", typed)
    words = {w for w in plain(typed).split() if not w.isdigit() or w == "4"}
    if len(digits) == 1 and words <= AROUND and len(re.sub(r"\D", "", typed.replace(digits[0], ""))) <= 1:
        return re.sub(r"\D", "", digits[0])
    return ""


def concealed(text: str, state: State) -> str:
    """What may be kept of a text: a second factor that was asked for is hidden whole."""
    return HIDDEN if state.flow == FLOW and heard(text) else text


def factor(incoming: Incoming, context: Context) -> Iterator[Reply | Effect]:
    """Take a second factor where one is awaited, or ask for it."""
    here = Here.of(context, incoming.channel)
    state = context.state
    if incoming.kind == "button":
        key = parse(incoming.button)
        if key and key.kind == "f":
            yield from _ask(key.code, context, here)
        return
    if state.flow != FLOW or not state.dossier or not state.fresh(context.now):
        return
    if incoming.kind == "contact":
        yield from _contact(incoming, context, here)
    elif incoming.kind == "text" and CANCEL.fullmatch(plain(incoming.text)):
        yield Understood("apologize", handler="dossier")
        yield Remember(replace(state, flow=""))
        yield Reply(_("Thôi thì máy dừng ở đây. Anh/chị cần việc gì, cứ viết."))
    elif incoming.kind == "text" and (said := heard(incoming.text)):
        yield from prove(state.dossier, said, context, here)


def prove(code: str, said: str, context: Context, here: Here) -> Iterator[Reply | Effect]:
    """Try one second factor of a dossier and show what it opens. Unknown and locked codes get the words of a code nobody knows."""
    standing, dossier = context.view.standing(code), context.view.dossier(code)
    proof: Factor = context.view.proves(code, said)
    if proof == "identity" and here.channel in ABROAD:
        proof = ""  # nothing of an identity card counts where the server is abroad (docs/privacy.md)
    yield Understood("answer", handler="dossier")
    state = replace(context.state, flow=FLOW, dossier=code, proved=False)
    if standing.locked or dossier is None:
        if not standing.locked:
            yield Tried(code, "")
        yield Remember(state)
        yield unseen(code, context.view.data_until(), here)
    elif not proof:
        yield Tried(code, "")
        yield Remember(state)
        if standing.wrong + 1 >= MOST_WRONG:
            yield unseen(code, context.view.data_until(), here)
        else:
            yield Reply(_wrong(said))
    else:
        yield Tried(code, proof)
        yield Remember(replace(state, flow="", proved=True))
        seen = replace(glance(code, context), full=True)
        if seen.watching and not seen.watching.full:
            yield WatchDossier(code, CONSENT, label=seen.label, full=True)
        yield found(dossier, seen, here)


def _ask(code: str, context: Context, here: Here) -> Iterator[Reply | Effect]:
    seen = glance(code, context)
    if too_many(code, seen, context):
        yield from slower(context)
        return
    yield Understood("clarify", handler="dossier")
    yield from counted(code, seen, context)
    proved = context.state.proved and context.state.dossier == code
    yield Remember(replace(context.state, flow=FLOW, dossier=code, proved=proved))
    if seen.dossier is None:
        yield unseen(code, context.view.data_until(), here)
    else:
        yield Reply(asking(seen.dossier, here, more(seen.dossier, here) or _("thêm")))


def _contact(incoming: Incoming, context: Context, here: Here) -> Iterator[Reply | Effect]:
    if incoming.own:
        yield from prove(context.state.dossier, _phone(incoming.text), context, here)
        return
    yield Understood("apologize", handler="dossier")
    yield Remember(context.state)
    yield Reply(
        _("Đây là số của người khác nên máy không dùng, không lưu. Anh/chị gửi 4 số cuối điện thoại ghi khi nộp.")
    )


def _phone(text: str) -> str:
    """A phone number as receipts have it: ten digits with their zero."""
    digits = re.sub(r"\D", "", text)
    return f"0{digits[2:]}" if digits.startswith("84") and len(digits) == 11 else digits


def _wrong(said: str) -> str:
    if len(said) == 4:
        return _("4 số này chưa khớp. Lúc nộp ghi số của người nhà thì gửi 4 số đó. Thôi thì gõ: thôi")
    if said.isdigit():
        return _("Số này chưa khớp với hồ sơ. Lúc nộp ghi số của người nhà thì gửi 4 số cuối số đó. Thôi thì gõ: thôi")
    return _("Mã theo dõi này chưa khớp, hoặc đã dùng rồi. Quầy cho mã mới được. Thôi thì gõ: thôi")
