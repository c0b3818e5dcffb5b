"""Where a dossier stands, in plain words: late first, then whose turn it is and the next step.

On the code alone: that it is known, its field or name, state, days, whose turn, and missing papers that the knowledge names. After the second
factor also the officer's note, the sum and where the result waits (docs/privacy.md, "What a code shows"). At most 350 characters.
"""

from __future__ import annotations

from collections.abc import Callable

from handlers.dossier.here import Here, day_of, until_text
from handlers.dossier.kinds import about, procedure_of
from handlers.dossier.lateness import Lateness, lateness, stale
from handlers.dossier.model import Dossier
from handlers.dossier.notes import concealed, missing, shown
from handlers.dossier.owing import owing, owing_text
from handlers.dossier.states import official
from handlers.hearing import plain
from handlers.language import gettext
from handlers.opening import day_text, hours_text
from handlers.ports import ABROAD

_ = gettext
STATE_NAME = 60  # characters of a source's own word for a state
ROOM = 48  # characters of a name and of what it is about, together
PAPERS = 3  # papers named in one message; the rest is counted


def tell(dossier: Dossier, here: Here, *, full: bool = False, label: str = "") -> str:
    """The whole answer. `full` after the second factor; `label` is the chat's own name of it ("của mẹ")."""
    late = lateness(dossier, here)
    lines = _late(dossier, late, here, label) if late else STATES[dossier.state](dossier, here, full, label)
    owed = owing(dossier)
    if (
        full
        and owed.amount is not None
        and dossier.state != "needs_payment"
        and dossier.state not in ("withdrawn", "returned")
    ):
        lines.append(_waiting(owing_text(owed)) if owed.waiting else _("Phải nộp {sum}.").format(sum=owing_text(owed)))
    lines[-1] = f"{lines[-1]} {until_text(dossier.until)}".strip()
    return "\n".join(lines)


def head(dossier: Dossier, here: Here, label: str = "") -> str:
    """How a dossier is called at the beginning of a message: "Hồ sơ H48.99.01-261118-0012 của mẹ (đăng ký khai sinh)"."""
    said = named(dossier.code, label)
    kind = about(dossier, here)
    # With a long name of one's own, what it is about gives way: the line must be read in one breath.
    return f"{said} ({kind})" if kind and len(label) + len(kind) <= ROOM else said


def named(code: str, label: str = "") -> str:
    """ "Hồ sơ H48.99.01-261118-0012", with the chat's own name for it."""
    return _("Hồ sơ {code}").format(code=f"{code} {label}".strip())


def more(dossier: Dossier, here: Here) -> str:
    """What the second factor would show beyond the code, as a phrase; "" where it would show nothing that matters now."""
    if dossier.state == "needs_payment":
        return _("số tiền")
    if dossier.state == "needs_papers":
        return "" if papers_named(dossier, here) else _("giấy còn thiếu")
    if dossier.state in ("rejected", "stopped"):
        return _("lý do")
    return _("nơi nhận") if dossier.state == "done" else ""


def papers_named(dossier: Dossier, here: Here) -> tuple[str, ...]:
    """The missing papers that may be told on the code alone. None of a sensitive procedure: its papers name it."""
    procedure = procedure_of(dossier, here.knowledge)
    return missing(dossier.note, procedure) if procedure and not procedure.sensitive else ()


def offer(dossier: Dossier, here: Here) -> str:
    """How to see what the code alone does not show: the second factor that this dossier has and this channel may carry."""
    what = more(dossier, here)
    return asking(dossier, here, what) if what else ""


def asking(dossier: Dossier, here: Here, what: str) -> str:
    """The request for a second factor to see `what`."""
    if "phone" in dossier.factors:
        said = _("Muốn xem {what}, gửi 4 số cuối điện thoại đã ghi khi nộp hồ sơ. Đừng gửi cả số.")
    elif "follow" in dossier.factors:
        said = _("Muốn xem {what}, gửi mã theo dõi trên giấy hẹn.")
    elif "identity" in dossier.factors and here.channel not in ABROAD:  # no identity card where the server is abroad
        said = _("Muốn xem {what}, gửi 4 số cuối căn cước của người nộp. Đừng gửi cả số.")
    else:
        said = _("Muốn xem {what}, mời đến quầy, mang giấy hẹn.")
    return said.format(what=what)


def _late(dossier: Dossier, late: Lateness, here: Here, label: str) -> list[str]:
    who = head(dossier, here, label)
    if not late.passed and late.now:
        first = _("{dossier}: Trung tâm dời ngày hẹn trả, xin lỗi anh/chị.").format(dossier=who)
    elif late.days:
        first = _("{dossier} trễ hẹn {n} ngày làm việc. Trung tâm xin lỗi anh/chị.").format(dossier=who, n=late.days)
    else:
        first = _("{dossier} trễ hẹn. Trung tâm xin lỗi anh/chị.").format(dossier=who)
    days = _("Hẹn cũ: {day}.").format(day=day_text(late.promised)) + " "
    if late.now is None:
        days += _("Chưa có ngày hẹn lại.")
    elif late.over:
        days += _("Hẹn lại {day} cũng đã qua, chưa có ngày mới.").format(day=day_text(late.now))
    else:
        days += _("Hẹn lại: {day}.").format(day=day_text(late.now))
    return [first, days, _("Trung tâm đang làm, anh/chị không phải nộp thêm gì.")]


def _new(dossier: Dossier, here: Here, full: bool, label: str) -> list[str]:
    first = _("{dossier}: đã gửi, chờ Trung tâm xem và nhận.").format(dossier=head(dossier, here, label))
    return [first, _("Anh/chị chưa phải làm gì.")]


def _in_work(dossier: Dossier, here: Here, full: bool, label: str) -> list[str]:
    who = head(dossier, here, label)
    day = f"{day_of(dossier.received):%d/%m/%Y}" if dossier.received else ""
    if dossier.state == "accepted":
        first = (
            _("{dossier}: đã nhận {day}.").format(dossier=who, day=day)
            if day
            else _("{dossier}: đã nhận.").format(dossier=who)
        )
    else:
        first = (
            _("{dossier}: đang làm, nhận ngày {day}.").format(dossier=who, day=day)
            if day
            else _("{dossier}: đang làm.").format(dossier=who)
        )
    if stale(dossier, here) and dossier.due:
        old = _("Ngày hẹn là {day}. Dữ liệu chưa tới ngày đó, mời gọi {phone} để hỏi.")
        return [first, old.format(day=day_text(day_of(dossier.due)), phone=here.unit.phone)]
    due = _("Hẹn trả {day}.").format(day=day_text(day_of(dossier.due))) if dossier.due else _("Chưa ghi ngày hẹn trả.")
    return [f"{first} {due}", _("Trung tâm đang làm, anh/chị chưa phải làm gì.")]


def _rejected(dossier: Dossier, here: Here, full: bool, label: str) -> list[str]:
    first = _("{dossier}: Trung tâm chưa nhận.").format(dossier=head(dossier, here, label))
    why = _reason(dossier) if full else offer(dossier, here)
    return [
        first,
        *([why] if why else []),
        _("Sửa xong, anh/chị nộp lại được. Hỏi: {phone}.").format(phone=here.unit.phone),
    ]


def _needs_papers(dossier: Dossier, here: Here, full: bool, label: str) -> list[str]:
    who = head(dossier, here, label)
    if dossier.requests > 1:
        # Asking a second time is the centre's fault: papers are asked for once (Thông tư 03/2025/TT-VPCP).
        first = [
            _("{dossier} trễ hẹn, vì phải hỏi thêm giấy lần {n}. Trung tâm xin lỗi anh/chị.").format(
                dossier=who, n=dossier.requests
            )
        ]
    else:
        first = [_("{dossier}: còn thiếu giấy, đang chờ anh/chị.").format(dossier=who)]
    known = papers_named(dossier, here)
    if known:
        first += [f"- {name}" for name in known[:PAPERS]]
        if len(known) > PAPERS:
            first.append(_("- và {n} giấy nữa, hỏi quầy").format(n=len(known) - PAPERS))
    elif full and dossier.note:
        first.append(_("Còn thiếu: {note}.").format(note=shown(dossier.note)))
    elif full:
        first.append(_("Chưa ghi giấy nào. Hỏi quầy hoặc gọi {phone}.").format(phone=here.unit.phone))
    else:
        first.append(offer(dossier, here))
    return [*first, _("Nộp thêm tại quầy hoặc qua mạng.")]


def _needs_payment(dossier: Dossier, here: Here, full: bool, label: str) -> list[str]:
    who = head(dossier, here, label)
    owed = owing(dossier)
    if not full:
        return [_("{dossier}: chờ anh/chị nộp tiền.").format(dossier=who), offer(dossier, here)]
    if owed.waiting:
        return [f"{who}: " + _waiting(owing_text(owed))]
    if not owed.open:
        return [_("{dossier}: khoản phải nộp đã xong, chờ Trung tâm làm tiếp.").format(dossier=who)]
    if owed.amount is None:
        first = _("{dossier} phải nộp tiền, số tiền chưa rõ. Hỏi quầy hoặc gọi {phone}.").format(
            dossier=who, phone=here.unit.phone
        )
    else:
        first = _("{dossier} phải nộp {sum}.").format(dossier=who, sum=owing_text(owed))
    return [first, where_to_pay(here)]


def where_to_pay(here: Here) -> str:
    """The only two places where money is taken, and the warning that goes with them (docs/security.md)."""
    return _("Nộp tại {page} hoặc tại quầy. Không chuyển tiền cho cá nhân nào.").format(page=here.unit.payment_page)


def _waiting(what: str) -> str:
    return _("{sum}: đang chờ ngân hàng xác nhận, đừng nộp lần nữa.").format(sum=what)


def _withdrawn(dossier: Dossier, here: Here, full: bool, label: str) -> list[str]:
    first = _("{dossier}: đã rút, theo lời người nộp.").format(dossier=head(dossier, here, label))
    return [first, _("Anh/chị không rút thì gọi {phone}.").format(phone=here.unit.phone)]


def _stopped(dossier: Dossier, here: Here, full: bool, label: str) -> list[str]:
    who, name = head(dossier, here, label), _source_word(dossier)
    if name and plain(name) != plain(official("stopped")):
        first = _("{dossier}: Trung tâm đã dừng, hệ thống ghi: {name}.").format(dossier=who, name=name)
    else:
        first = _("{dossier}: Trung tâm đã dừng làm.").format(dossier=who)
    why = _reason(dossier) if full else offer(dossier, here)
    return [first, *([why] if why else []), _("Mời anh/chị hỏi quầy, hoặc gọi {phone}.").format(phone=here.unit.phone)]


def _done(dossier: Dossier, here: Here, full: bool, label: str) -> list[str]:
    first = _("{dossier} đã xong.").format(dossier=head(dossier, here, label)) + " "
    if not full:
        return [
            first + _("Mời anh/chị đến Trung tâm nhận."),
            _("Mang giấy hẹn và căn cước.") + _and(offer(dossier, here)),
        ]
    return [
        first + _("Mời anh/chị đến {desk} nhận.").format(desk=desk(dossier, here)),
        _hours(here),
        _("Mang giấy hẹn và căn cước."),
    ]


def desk(dossier: Dossier, here: Here) -> str:
    """The desk where the dossier's procedure is served: "quầy 3"; the centre where none is named."""
    procedure = procedure_of(dossier, here.knowledge)
    counter = here.unit.counter_for(procedure.group) if procedure else None
    return _("quầy {n}").format(n=counter.number) if counter else _("Trung tâm")


def _hours(here: Here) -> str:
    return _("Giờ làm việc: {hours}.").format(hours=hours_text(here.unit))


def _returned(dossier: Dossier, here: Here, full: bool, label: str) -> list[str]:
    who = head(dossier, here, label)
    if dossier.returned:
        first = _("{dossier}: đã trả kết quả ngày {day:%d/%m/%Y}.").format(dossier=who, day=day_of(dossier.returned))
    else:
        first = _("{dossier}: đã trả kết quả.").format(dossier=who)
    return [first, _("Chưa nhận được thì gọi {phone}.").format(phone=here.unit.phone)]


def _unknown(dossier: Dossier, here: Here, full: bool, label: str) -> list[str]:
    who, name = head(dossier, here, label), _source_word(dossier)
    first = (
        _("{dossier}: hệ thống ghi: {name}.").format(dossier=who, name=name)
        if name
        else _("{dossier}: chưa rõ đang ở bước nào.").format(dossier=who)
    )
    return [first, _("Máy chưa rõ ai phải làm gì, mời gọi {phone}.").format(phone=here.unit.phone)]


def _source_word(dossier: Dossier) -> str:
    """The source's own word for the state. It is shown as it is, but a column read wrongly must not show a person."""
    return concealed(" ".join(dossier.state_name.split()))[:STATE_NAME].rstrip(" .")


def _reason(dossier: Dossier) -> str:
    return _("Lý do: {note}.").format(note=shown(dossier.note)) if dossier.note.strip() else ""


def _and(text: str) -> str:
    return f"\n{text}" if text else ""


STATES: dict[str, Callable[[Dossier, Here, bool, str], list[str]]] = {
    "new": _new,
    "accepted": _in_work,
    "processing": _in_work,
    "rejected": _rejected,
    "needs_papers": _needs_papers,
    "needs_payment": _needs_payment,
    "withdrawn": _withdrawn,
    "stopped": _stopped,
    "done": _done,
    "returned": _returned,
    "": _unknown,
}
