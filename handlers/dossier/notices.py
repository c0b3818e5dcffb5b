"""What is said unasked about a watched dossier: notices, reminders to pay, lateness, a watch that waited in vain, and words for the phone.

Pure: called by whoever plans messages, inside `speaking(language)`. The words are those of a look-up with what changed before them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from handlers.dossier.answers import found, stuck_question
from handlers.dossier.glance import Glance
from handlers.dossier.here import Here, day_of
from handlers.dossier.lateness import lateness
from handlers.dossier.mine import turn
from handlers.dossier.model import Dossier, State, Watching
from handlers.dossier.owing import owing, owing_text
from handlers.dossier.states import CITIZENS_TURN, IN_WORK
from handlers.dossier.telling import named, papers_named, tell
from handlers.keys import dossier_key
from handlers.language import gettext
from handlers.messages import Button, Reply
from handlers.opening import hours_text

_ = gettext
WAITED_DAYS = 30  # how long a watch waits for a dossier to appear


def matters(from_state: State, dossier: Dossier, what: str | Collection[str]) -> bool:
    """Whether a citizen wants to hear of a move: `what` are the words of what changed (state, due, charge, first; one text or several).

    Steps inside the centre are silent, a state nobody knows is silent, and so is a charge that is paid: the state that follows says it.
    """
    changed = set(what.split()) if isinstance(what, str) else set(what)
    if "first" in changed:
        return True
    if "state" in changed and dossier.state and dossier.state != from_state:
        inside = dossier.state in IN_WORK and (from_state in IN_WORK or not from_state)
        return not inside and dossier.state != "new"
    if "charge" in changed and owing(dossier).open:
        return True
    later = (
        dossier.due is not None and dossier.due_before is not None and day_of(dossier.due_before) < day_of(dossier.due)
    )
    return "due" in changed and later and dossier.state in IN_WORK


def citizens_turn(dossier: Dossier) -> bool:
    """Whether the dossier waits for its citizen: such a notice is not held back because one went out today (states 3, 5, 6, 9)."""
    return dossier.state in CITIZENS_TURN


def notice(dossier: Dossier, watching: Watching, here: Here, what: str | Collection[str] = "state") -> Reply:
    """The message about a move: what changed, the words of the look-up, and how to see more and to stop."""
    seen = Glance(dossier, watching.full, watching, spent=False)
    if dossier.state == "needs_payment" and watching.full and owing(dossier).open:
        return _signed(found(dossier, seen, here), dossier.code, _prefix(dossier, what, here), buttons=False)
    text = tell(dossier, here, full=watching.full, label=watching.label)
    return _signed(Reply(text), dossier.code, _prefix(dossier, what, here))


def late_notice(dossier: Dossier, watching: Watching, here: Here) -> Reply:
    """That the day promised has passed without a result. The words say so first, with sorry."""
    return _signed(Reply(tell(dossier, here, full=watching.full, label=watching.label)), dossier.code, "", person=True)


def reminder(dossier: Dossier, watching: Watching, nth: int, here: Here) -> Reply:
    """Reminder number `nth` (from 1) that a charge is open. The first asks what is in the way; the sum only after the second factor."""
    owed = owing(dossier)
    who = named(dossier.code, watching.label)
    if nth <= 1:
        text = tell(dossier, here, full=watching.full, label=watching.label)
        return replace(
            stuck_question(dossier.code, text), text=text + "\n" + _("Anh/chị vướng ở đâu? Thôi nhắc: gõ thôi nhắc")
        )
    what = owing_text(owed) if watching.full and owed.amount is not None else _("khoản chưa nộp")
    lines = [
        _("Nhắc lần {n}: {dossier} còn {sum}.").format(n=nth, dossier=who[:1].lower() + who[1:], sum=what),
        _("Nộp tại {page}").format(page=here.unit.payment_page),
        _("Nộp rồi: gõ đã nộp. Bị vướng: gõ vướng. Thôi nhắc: gõ thôi nhắc"),
    ]
    buttons = (
        Button(_("Đã nộp rồi"), dossier_key("y", dossier.code, "paid")),
        Button(_("Bị vướng"), dossier_key("y", dossier.code)),
        Button(_("Dừng báo tin"), dossier_key("u", dossier.code)),
    )
    return Reply("\n".join(lines), buttons=buttons)


def gave_up(code: str, here: Here) -> Reply:
    """That a watched code never appeared in the data: the watch ends."""
    said = _(
        "Đã {n} ngày chưa thấy {dossier} trong dữ liệu. Máy thôi chờ, không báo nữa.\nAnh/chị xem lại mã trên giấy hẹn, hoặc gọi {phone}."
    )
    who = named(code)
    return Reply(said.format(n=WAITED_DAYS, dossier=who[:1].lower() + who[1:], phone=here.unit.phone))


def call_words(dossier: Dossier, here: Here) -> str:
    """What an officer says on the phone, to the person whose number the one-stop system has; first whether it is that person."""
    lines = [
        _("Chào anh/chị, đây là {centre}.").format(centre=here.unit.centre),
        _("Anh/chị có nộp hồ sơ mã {code} không?").format(code=dossier.code),
        _("Hồ sơ này: {turn}.").format(turn=turn(dossier, here)),
    ]
    papers, owed = papers_named(dossier, here), owing(dossier)
    if dossier.state == "needs_papers":
        lines.append(
            _("Còn thiếu: {papers}.").format(papers="; ".join(papers))
            if papers
            else _("Giấy còn thiếu: xem ghi chú trên hệ thống một cửa.")
        )
    elif dossier.state == "needs_payment" and owed.amount is not None:
        lines.append(_("Phải nộp {sum}.").format(sum=owing_text(owed)))
        lines.append(_("Nộp ở cổng dịch vụ công hoặc tại quầy {n}.").format(n=here.unit.dossiers.cash_counter))
    elif dossier.state == "done":
        lines.append(_("Mang giấy hẹn và căn cước. Giờ làm việc: {hours}.").format(hours=hours_text(here.unit)))
    return "\n".join(lines)


def _prefix(dossier: Dossier, what: str | Collection[str], here: Here) -> str:
    changed = set(what.split()) if isinstance(what, str) else set(what)
    if lateness(dossier, here):
        return ""  # lateness is said first, nothing stands before it
    if "first" in changed:
        return _("Đã thấy hồ sơ anh/chị chờ.")
    if "state" not in changed and "charge" in changed:
        return _("Có khoản phải nộp.")
    return _("Có tin mới.")


def _signed(reply: Reply, code: str, prefix: str, *, buttons: bool = True, person: bool = False) -> Reply:
    text = "\n".join(filter(None, [prefix, reply.text, _("Thôi nhận tin: gõ dừng")]))
    if not buttons:
        return replace(reply, text=text)
    see = Button(_("Gặp cán bộ"), "m1.person") if person else Button(_("Xem hồ sơ"), dossier_key("h", code))
    return replace(reply, text=text, buttons=(see, Button(_("Dừng báo tin"), dossier_key("u", code))))
