"""My dossiers: all that a chat watches, each with its name, whose turn it is and its day; and where the code is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from handlers.dossier.glance import glance
from handlers.dossier.here import Here, day_of, until_text
from handlers.dossier.lateness import lateness, stale
from handlers.dossier.model import Dossier
from handlers.dossier.names import short
from handlers.dossier.notes import concealed
from handlers.effects import Effect, Remember, Understood
from handlers.hearing import plain
from handlers.keys import dossier_key, parse
from handlers.language import gettext
from handlers.messages import Button, Incoming, Reply
from handlers.opening import day_text
from handlers.ports import Context

_ = gettext
PAGE = 5
PAGES = ("mine", "mine2", "mine3", "mine4")
_MY = r"(?: (?:cua )?(?:toi|em|minh|tui|con|chau|nha toi|nha em|gia dinh))?"
_END = r"(?: (?:a|nha|nhe|di|voi|giup|dum|em|ad|roi|vay|chua|khong|the|nhi))*"
MINE = re.compile(
    rf"(?:/hoso|/theodoi)|(?:(?:cho )?(?:toi|em|minh|tui) )?(?:muon |can |xin )?(?:xem |tra |tra cuu |coi |kiem tra )?(?:cac |nhung |danh sach )?ho so{_MY}(?: da nop)?{_END}"
    rf"|ho so{_MY} (?:toi dau|den dau|ra sao|sao|the nao|xong|lam xong|co ket qua|o dau){_END}|my dossiers?|my applications?"
)
WISH = re.compile(r"bao tin|nhan tin|/?theo doi(?: ho so)?|keep me posted")


def mine(incoming: Incoming, context: Context) -> Iterator[Reply | Effect]:
    """List what is watched; ask for a code where nothing is."""
    key = parse(incoming.button) if incoming.kind == "button" else None
    text = plain(incoming.text) if incoming.kind == "text" else ""
    page = PAGES.index(key.what) if key and key.kind == "m" and key.what in PAGES else -1
    if page < 0 and not MINE.fullmatch(text) and not WISH.fullmatch(text):
        return
    watches = context.view.watches()
    if not watches or WISH.fullmatch(text):
        yield Understood("clarify", handler="dossier")
        yield Remember(replace(context.state, flow="code", dossier="", proved=False))
        said = _("Anh/chị gửi mã ghi trên giấy hẹn, máy cho biết hồ sơ tới đâu và báo tin được.")
        yield Reply(
            said
            + "\n"
            + _("Mã có dạng H00.00.00-000000-0000. Mất giấy hẹn: gọi {phone}.").format(phone=context.unit.phone)
        )
        return
    yield Understood("answer", handler="dossier")
    yield Remember(replace(context.state, flow=""))
    here = Here.of(context, incoming.channel)
    first = max(page, 0) * PAGE
    shown = watches[first : first + PAGE] or watches[:PAGE]
    lines, buttons = [_("Hồ sơ đang báo tin:")], []
    for watch in shown:
        dossier = glance(watch.code, context).dossier
        name = f"{watch.code} {watch.label}".strip()
        lines.append(f"- {name}: {turn(dossier, here) if dossier else _('chưa có trong dữ liệu')}")
        buttons.append(Button(short(watch.code, watch.label), dossier_key("h", watch.code)))
    lines.append(until_text(context.view.data_until()))
    if len(watches) > first + PAGE and max(page, 0) + 1 < len(PAGES):
        buttons.append(Button(_("Trang sau"), f"m1.{PAGES[max(page, 0) + 1]}"))
    lines.append(_("Thêm: gửi mã. Thôi: gõ dừng."))
    yield Reply("\n".join(filter(None, lines)), buttons=tuple(buttons), ask=True)


def turn(dossier: Dossier, here: Here) -> str:
    """Whose turn it is and by when, in a few words."""
    late = lateness(dossier, here)
    if late and late.passed:
        again = _(", hẹn lại {day}").format(day=day_text(late.now)) if late.now and not late.over else ""
        return _("trễ hẹn, Trung tâm xin lỗi và đang làm") + again
    if dossier.state in ("accepted", "processing"):
        if dossier.due is None or stale(dossier, here):
            return _("Trung tâm đang làm")
        return _("Trung tâm đang làm, hẹn trả {day}").format(day=day_text(day_of(dossier.due)))
    return (
        {
            "new": _("chờ Trung tâm nhận"),
            "rejected": _("chưa nhận, chờ anh/chị sửa và nộp lại"),
            "needs_papers": _("chờ anh/chị nộp thêm giấy"),
            "needs_payment": _("chờ anh/chị nộp tiền"),
            "withdrawn": _("đã rút"),
            "stopped": _("đã dừng, mời hỏi quầy"),
            "done": _("đã xong, chờ anh/chị đến nhận"),
            "returned": _("đã trả kết quả"),
        }.get(dossier.state)
        or concealed(dossier.state_name)[:60]
        or _("chưa rõ")
    )
