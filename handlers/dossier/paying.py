"""Paying online: the sum, the official page, five short steps, and real help for whoever is stuck. The machine never takes money.

No account number and no address but the official page is ever said (docs/security.md). "Đã nộp" only pauses reminders: whether it is paid, the
next data shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from handlers.dossier.answers import stuck_question
from handlers.dossier.glance import Glance, counted, glance, slower, too_many
from handlers.dossier.here import Here
from handlers.dossier.model import Cause
from handlers.dossier.names import short
from handlers.dossier.owing import owing
from handlers.dossier.telling import head, offer, tell, where_to_pay
from handlers.dossier.unseen import unseen
from handlers.effects import Effect, Remember, StopWatching, Stuck, Understood
from handlers.hearing import plain
from handlers.keys import dossier_key, parse
from handlers.language import gettext
from handlers.messages import Button, Incoming, Reply
from handlers.opening import hours_text
from handlers.ports import Context

_ = gettext
STEPS = 5
_END = r"(?: (?:a|nha|nhe|em|ad|tien|phi|le phi|roi|nhen|do|day))*"
PAID = re.compile(
    rf"(?:da |vang )?(?:toi |em |minh |tui |con |chau )?(?:da (?:nop|dong|thanh toan|tra)|(?:nop|dong|thanh toan) (?:tien )?roi|paid|i paid|already paid){_END}"
)
STUCK = re.compile(
    rf"(?:bi |dang )?(?:vuong|mac|ket)(?: roi| qua| cho nay)?{_END}|(?:khong|ko|chua) nop duoc(?: tien)?{_END}|stuck|i am stuck"
)
NEXT = re.compile(
    r"(?:tiep|tiep tuc|tiep theo|tiep di|xong|xong roi|roi|da xong|next|done|ok|oke)(?: a| nha| nhe| di| em)*"
)


def paying(incoming: Incoming, context: Context) -> Iterator[Reply | Effect]:
    """The sum and the question what is in the way; each cause; each step; "đã nộp" and "vướng" as words."""
    here = Here.of(context, incoming.channel)
    if incoming.kind == "button":
        key = parse(incoming.button)
        if key and key.kind == "y":
            yield from _about(key.code, key.part, context, here)
        return
    if incoming.kind != "text":
        return
    text = plain(incoming.text)
    step = _next_step(context)
    if step and NEXT.fullmatch(text):
        yield from _about(*step, context, here)
    elif PAID.fullmatch(text):
        yield from _word("paid", context, here)
    elif STUCK.fullmatch(text):
        yield from _word("", context, here)


def _next_step(context: Context) -> tuple[str, str] | None:
    """The dossier and the step that "tiếp" means: the step last told offers it as its only choice."""
    if not context.state.fresh(context.now):
        return None
    for text in context.state.expect:
        key = parse(text)
        if key and key.kind == "y" and key.part.isdigit():
            return key.code, key.part
    return None


def _about(code: str, part: str, context: Context, here: Here) -> Iterator[Reply | Effect]:
    seen = glance(code, context)
    if too_many(code, seen, context):
        yield from slower(context)
        return
    yield Understood("answer", handler="dossier")
    yield from counted(code, seen, context)
    kept = context.state.proved and context.state.dossier == code
    yield Remember(replace(context.state, flow="" if seen.full else "factor", dossier=code, proved=kept))
    if seen.dossier is None:
        yield unseen(code, context.view.data_until(), here)
    elif part.isdigit():
        yield _step(code, int(part), here)
    elif part:
        yield from _help(code, part, seen, here)  # type: ignore[arg-type]  # a key is parsed with the causes of the model
    else:
        yield sum_and_question(seen, here)


def sum_and_question(seen: Glance, here: Here) -> Reply:
    """What is to be paid as far as this chat may know it, where, and what is in the way."""
    dossier = seen.dossier
    assert dossier is not None
    owed = owing(dossier)
    if seen.full and dossier.state == "needs_payment":
        text = tell(dossier, here, full=True, label=seen.label)
        return stuck_question(dossier.code, text) if owed.open else Reply(text)
    who = head(dossier, here, seen.label)
    if dossier.state != "needs_payment":
        return Reply(_("{dossier}: chưa ghi khoản nào phải nộp qua mạng.").format(dossier=who))
    text = "\n".join(
        [_("{dossier}: chờ anh/chị nộp tiền.").format(dossier=who), where_to_pay(here), offer(dossier, here)]
    )
    return stuck_question(dossier.code, text)


def _help(code: str, cause: Cause, seen: Glance, here: Here) -> Iterator[Reply | Effect]:
    if cause == "how":
        yield Stuck(code, cause)
        yield _step(code, 1, here)
        return
    yield Stuck(code, cause)
    if cause == "no_account":
        said = _("Người nhà trả giúp được: cùng mở {page}, chọn ngân hàng của người nhà.").format(
            page=here.unit.payment_page
        )
        yield Reply(f"{said}\n{_cash(here)}", buttons=(Button(_("Chưa biết cách nộp"), dossier_key("y", code, "how")),))
    elif cause == "paid":
        yield Reply(_("Cảm ơn anh/chị. Máy ngừng nhắc, chờ dữ liệu mới."))
    elif cause == "desk":
        yield Reply(_cash(here) + "\n" + _("Máy không nhắc khoản này nữa."))
    else:
        if seen.watching:
            yield StopWatching(code)
        yield Reply(
            _(
                "Máy không nhắn về hồ sơ này nữa. Anh/chị đừng nộp.\nXin gọi {phone}, báo: mã này không phải của mình."
            ).format(phone=here.unit.phone)
        )


def _cash(here: Here) -> str:
    """Where cash is taken and when."""
    return _("Nộp tiền mặt: mời đến quầy {n}, mang giấy hẹn.\nGiờ làm việc: {hours}.").format(
        n=here.unit.dossiers.cash_counter, hours=hours_text(here.unit)
    )


def _step(code: str, number: int, here: Here) -> Reply:
    said = {
        1: _("Bước 1: mở {page}, đăng nhập VNeID."),
        2: _("Bước 2: điền mã hồ sơ {code}, xem số tiền có đúng không."),
        3: _("Bước 3: chọn ngân hàng hoặc ví, bấm thanh toán."),
        4: _("Bước 4: xác nhận trên máy của anh/chị. Không đọc OTP cho ai."),
        5: _("Bước 5: lưu biên lai. Nộp xong gõ: đã nộp"),
    }[number].format(page=here.unit.payment_page, code=code)
    if number == STEPS:
        return Reply(said, buttons=(Button(_("Đã nộp rồi"), dossier_key("y", code, "paid")),))
    said += " " + _("Xong gõ: tiếp")
    return Reply(said, buttons=(Button(_("Tiếp"), dossier_key("y", code, str(number + 1))),))


def _word(part: str, context: Context, here: Here) -> Iterator[Reply | Effect]:
    """ "Đã nộp" or "vướng" without a code: the dossier talked about, else the only watched one with something to pay."""
    unpaid = [w for w in context.view.watches() if (d := glance(w.code, context).dossier) and _to_pay(d.code, context)]
    code = context.state.dossier if context.state.fresh(context.now) else ""
    if code and glance(code, context).dossier and _to_pay(code, context):
        yield from _about(code, part, context, here)
    elif len(unpaid) == 1:
        yield from _about(unpaid[0].code, part, context, here)
    elif unpaid:
        yield Understood("clarify", handler="dossier")
        buttons = tuple(Button(short(w.code, w.label), dossier_key("y", w.code, part)) for w in unpaid[:8])
        yield Reply(_("Anh/chị nói hồ sơ nào?"), buttons=buttons, ask=True)


def _to_pay(code: str, context: Context) -> bool:
    dossier = glance(code, context).dossier
    return dossier is not None and (dossier.state == "needs_payment" or owing(dossier).open)
