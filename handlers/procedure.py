"""One procedure, answered part by part: the card of a case, the long list, the tick list, and each aspect people ask about."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from handlers.closed import closed
from handlers.effects import Effect, Remember, Understood
from handlers.hearing import plain
from handlers.keys import parse, procedure_key
from handlers.language import SOURCE, current, gettext
from handlers.messages import Button, Card, Incoming, Reply
from handlers.naming import called as called
from handlers.opening import open_text
from handlers.ports import Context
from knowledge.procedure import WAY_OUT, Procedure, short_name

_ = gettext
PAGE = 8  # papers on one page of the long list: fits every channel's text limit
LAWS = 6  # documents named in a short answer
RESULTS, FORMS = 2, 200  # results, and characters of forms, told in a short answer; the rest is counted
LISTED = 560  # characters of conditions and reasons told at once
FULL = re.compile(
    r"(?:xem |cho xem )?(?:day )?du (?:giay to|giay|ho so)|con (?:nhung )?giay (?:to )?(?:gi|nao) nua(?: khong)?|giay to day du|xem them giay(?: to)?"
    r"|(?:see |show |show me )?all (?:the )?(?:papers|documents)"
)
READY = re.compile(
    r"(?:toi |em |minh )?(?:can )?chuan bi (?:gi )?(?:truoc khi di|di nop|truoc)(?: nop)?(?: gi)?|chuan bi|danh sach mang theo|mang theo (?:nhung )?gi"
    r"|(?:get|getting) ready(?: to go)?|checklist|tick list|what to bring|what (?:do|should) i bring"
)
CHANGE = re.compile(
    r"(?:doi|chon lai|nham|sai|khac) (?:truong hop|truong hop khac)|truong hop khac|chon lai|chon nham( roi)?"
    r"|(?:change (?:the |my )?|other |another |wrong )case"
)


def answer(
    procedure: Procedure, context: Context, aspect: str | None = None, case: str = ""
) -> Iterator[Reply | Effect]:
    """The answer about a procedure: a short one for an aspect, else its card, after the case question where cases change the papers."""
    if shut := list(closed(procedure, context)):
        yield from shut
        return
    aspect = aspect if aspect in ASPECTS else None
    if aspect is None and procedure.cases and not case:
        yield _remember(procedure, context, "", "documents")
        yield case_question(procedure)
        return
    yield _remember(procedure, context, case, aspect or "documents")
    if aspect:
        yield ASPECTS[aspect](procedure, context, case)
    else:
        yield Reply(card=_card(procedure, context, case), buttons=offers(procedure, case))


def part(procedure: Procedure, context: Context, name: str, case: str = "", page: int = 1) -> Iterator[Reply | Effect]:
    """The answer to a pressed button: `name` is a part of `handlers/keys.py`."""
    if shut := list(closed(procedure, context)):
        yield from shut
    elif name in ("", "documents", "cases"):
        yield from answer(procedure, context, case="" if name == "cases" else case)
    elif name == "card":
        yield from answer(procedure, context, case=case or (WAY_OUT if procedure.cases else ""))
    elif name == "all":
        yield _remember(procedure, context, case, "documents")
        yield long_list(procedure, context, case, page)
    elif name == "prep":
        yield _remember(procedure, context, case, "documents")
        yield tick_list(procedure, context, case)
    else:
        yield from answer(procedure, context, name, case)


def asked_part(incoming: Incoming, context: Context) -> Iterator[Reply | Effect]:
    """ "Đủ giấy tờ", "chuẩn bị", "đổi trường hợp" typed after an answer: the same as its button."""
    procedure = context.knowledge.procedures.get(context.state.code)
    if incoming.kind != "text" or procedure is None or not context.state.fresh(context.now):
        return
    text = plain(incoming.text)
    name = (
        "all"
        if FULL.fullmatch(text)
        else "prep"
        if READY.fullmatch(text)
        else "cases"
        if CHANGE.fullmatch(text)
        else ""
    )
    if name:
        yield Understood("answer", (procedure.code,), "documents", "procedure")
        yield from part(procedure, context, name, context.state.case)


def case_question(procedure: Procedure) -> Reply:
    """Which situation it is: at most three, and a way out that shows everything."""
    words = procedure.words
    buttons = [Button(c.label, procedure_key(procedure.code, "card", c.key)) for c in procedure.cases]
    buttons.append(Button(_("Khác, không rõ"), procedure_key(procedure.code, "card", WAY_OUT)))
    # The procedure is named, so that a person who was misunderstood sees it before choosing.
    said = f"{_both(procedure)}. {words.question if words else ''}"
    if current() != SOURCE:
        # The question and its choices are knowledge, and Vietnamese: whoever cannot read them needs the way out.
        said += "\n" + _("Không rõ thì chọn dòng cuối, xem mọi giấy tờ.")
    return Reply(said, buttons=tuple(buttons), ask=True)


def _both(procedure: Procedure) -> str:
    """The name spoken now and, where that is another, the Vietnamese one that is asked for at the desk."""
    name = called(procedure)
    return name if name == procedure.title else f"{name} / {procedure.title}"


def asks_case(context: Context) -> bool:
    """Whether the last message asked which case of a procedure it is."""
    last = parse(context.state.expect[-1]) if context.state.expect and context.state.fresh(context.now) else None
    return last is not None and last.kind == "p" and last.case == WAY_OUT and last.part == "card"


def offers(procedure: Procedure, case: str) -> tuple[Button, ...]:
    """What may be pressed after a card: at most five, the likeliest first."""
    if not procedure.written:
        return tuple(
            b
            for b in (
                Button(_("Bao lâu có kết quả"), procedure_key(procedure.code, "time")),
                Button(_("Nơi nộp"), procedure_key(procedure.code, "place")),
                Button(_("Trang chính thức"), url=procedure.facts.source_url) if procedure.facts.source_url else None,
            )
            if b
        )
    case = case if procedure.case(case) or case == WAY_OUT else ""
    buttons = [
        Button(_("Xem đủ giấy tờ"), procedure_key(procedure.code, "all", case)),
        Button(_("Các bước"), procedure_key(procedure.code, "steps", case)),
        Button(_("Chuẩn bị trước khi đi"), procedure_key(procedure.code, "prep", case)),
    ]
    if procedure.facts.online_level != "none":
        buttons.append(Button(_("Nộp qua mạng"), procedure_key(procedure.code, "online", case)))
    if procedure.cases:
        buttons.append(Button(_("Đổi trường hợp"), procedure_key(procedure.code, "cases")))
    return tuple(buttons)


def long_list(procedure: Procedure, context: Context, case: str, page: int = 1) -> Reply:
    """Every paper of the case, eight a page, each with its condition."""
    papers = procedure.documents(case)
    if not papers:
        return _unwritten(procedure, context)
    pages = -(-len(papers) // PAGE)
    page = min(max(page, 1), pages)
    lines = [f"- {procedure.document_line(d, case, gettext).line}" for d in papers[(page - 1) * PAGE : page * PAGE]]
    head = _("Đủ giấy tờ, {title}").format(title=_named(procedure, case))
    if pages > 1:
        head += _(" (trang {page}/{pages})").format(page=page, pages=pages)
    more = [Button(_("Trang sau"), procedure_key(procedure.code, "all", case, page + 1))] if page < pages else []
    return Reply(
        "\n".join([f"{head}:", *lines]),
        stub=procedure.stub(context.unit),
        buttons=(*more, *offers(procedure, case)[1:]),
    )


def tick_list(procedure: Procedure, context: Context, case: str) -> Reply:
    """What to have in the bag before leaving the house: papers to tick, the desk, open now or when."""
    papers = procedure.documents(case)
    if not papers and not procedure.written:
        return _unwritten(procedure, context)
    unit = context.unit
    lines = [_("Chuẩn bị trước khi đi, {title}:").format(title=_named(procedure, case))]
    lines += [f"☐ {procedure.document_line(d, case, gettext).line}" for d in papers[:PAGE]]
    if len(papers) > PAGE:
        lines.append(_("Còn {n} giấy tùy trường hợp, xem: đủ giấy tờ").format(n=len(papers) - PAGE))
    counter = unit.counter_for(procedure.group)
    if procedure.where:
        lines.append(_("Đến: {where}.").format(where=procedure.where.rstrip(".")))
    elif counter and procedure.facts.handled_here:
        lines.append(
            _("Đến: Quầy {n}, {centre}, {address}.").format(n=counter.number, centre=unit.centre, address=unit.address)
        )
    else:
        lines.append(_("Đến: {place}.").format(place=procedure.place(unit, gettext)))
    lines.append(open_text(unit, context.knowledge.calendar, context.now))
    lines += procedure.local_lines(gettext)
    if procedure.facts.online_level == "wholly":
        lines.append(_("Việc này làm hết qua mạng được, không cần đi."))
    return Reply("\n".join(lines), stub=procedure.stub(unit), buttons=offers(procedure, case)[:2])


def _named(procedure: Procedure, case: str) -> str:
    chosen = procedure.case(case)
    return f"{called(procedure)}, {chosen.name}" if chosen else called(procedure)


def _card(procedure: Procedure, context: Context, case: str) -> Card:
    card = procedure.card(case, context.unit, gettext)
    words = procedure.words
    if current() == "en" and words:
        card = replace(card, title=_both(procedure), purpose=words.purpose_en or card.purpose if card.purpose else "")
    return card


def _remember(procedure: Procedure, context: Context, case: str, aspect: str) -> Remember:
    state = context.state
    offered = state.offered if procedure.code in state.offered else ()
    return Remember(replace(state, flow="", code=procedure.code, case=case, aspect=aspect, asked=0, offered=offered))


def _unwritten(procedure: Procedure, context: Context) -> Reply:
    return Reply(
        _("{title}: phần này máy chưa soạn. Xem trang chính thức, hoặc hỏi quầy.").format(title=called(procedure)),
        stub=procedure.stub(context.unit),
        buttons=offers(procedure, ""),
    )


def _short(text: str, procedure: Procedure, context: Context, case: str, skip: str) -> Reply:
    buttons = [b for b in offers(procedure, case) if f".{skip}" not in b.key][:3]
    if procedure.written:
        buttons.insert(
            0,
            Button(
                _("Giấy tờ cần mang"),
                procedure_key(procedure.code, "documents" if procedure.cases and not case else "card", case),
            ),
        )
    return Reply(text, stub=procedure.stub(context.unit), buttons=tuple(buttons))


def _fee(procedure: Procedure, context: Context, case: str) -> Reply:
    fee = procedure.fee_text(case if procedure.case(case) else None)
    said = (
        _("Tiền phải nộp, {title}: {fee}.").format(title=called(procedure), fee=fee)
        if fee
        else _("Tiền phải nộp, {title}: chưa rõ, xã chưa xác nhận. Hỏi quầy hoặc gọi {phone} trước khi nộp.").format(
            title=called(procedure), phone=procedure.phone(context.unit)
        )
    )
    return _short(said, procedure, context, case, "fee")


def _time(procedure: Procedure, context: Context, case: str) -> Reply:
    time = procedure.time_text(case if procedure.case(case) else None, gettext)
    said = (
        _("{title}, có kết quả: {time}.").format(title=called(procedure), time=time)
        if time
        else _("{title}, bao lâu có kết quả: chưa rõ. Ngày đúng ghi trên giấy hẹn; hỏi trước: gọi {phone}.").format(
            title=called(procedure), phone=procedure.phone(context.unit)
        )
    )
    return _short(said, procedure, context, case, "time")


def _place(procedure: Procedure, context: Context, case: str) -> Reply:
    unit = context.unit
    lines = [_("{title}, nộp: {place}.").format(title=called(procedure), place=procedure.place(unit, gettext))]
    counter = unit.counter_for(procedure.group)
    if procedure.facts.handled_here and not procedure.where:
        desk = _("Quầy {n}, ").format(n=counter.number) if counter else ""
        lines.append(f"{desk}{unit.centre}, {unit.address}.")
        lines.append(open_text(unit, context.knowledge.calendar, context.now))
    lines += procedure.local_lines(gettext)
    return _short("\n".join(lines), procedure, context, case, "place")


def _steps(procedure: Procedure, context: Context, case: str) -> Reply:
    steps = procedure.words.steps if procedure.words else ()
    if not steps:
        return _unwritten(procedure, context)
    lines = [_("Các bước, {title}:").format(title=called(procedure))]
    lines += [_("Bước {n}: {step}").format(n=n, step=step) for n, step in enumerate(steps, 1)]
    return _short("\n".join(lines), procedure, context, case, "steps")


def _online(procedure: Procedure, context: Context, case: str) -> Reply:
    level = procedure.facts.online_level
    lines = [
        {
            "wholly": _("{title}: làm hết qua mạng được, không phải đến quầy."),
            "partly": _("{title}: nộp qua mạng được, đến quầy hoặc nhờ bưu điện để lấy kết quả."),
            "none": _("{title}: chưa nộp qua mạng được. Nộp {place}."),
        }[level].format(title=called(procedure), place=procedure.place(context.unit, gettext))
    ]
    if level != "none":
        how = procedure.words.online_how if procedure.words else None
        lines.append(
            how
            or _("Mở dichvucong.gov.vn, đăng nhập VNeID, tìm mã {code}, điền mẫu và gửi ảnh giấy tờ lên.").format(
                code=procedure.code
            )
        )
    return _short("\n".join(lines), procedure, context, case, "online")


def _form(procedure: Procedure, context: Context, case: str) -> Reply:
    forms = [d for d in procedure.documents(case) if d.bring == "form"]
    if not procedure.written:
        return _unwritten(procedure, context)
    if not forms:
        return _short(
            _("{title}: không có mẫu đơn phải điền.").format(title=called(procedure)), procedure, context, case, "form"
        )
    lines = [_("Mẫu đơn, {title}:").format(title=called(procedure))]
    named = [f"- {procedure.document_line(d, case, gettext).line}" for d in forms]
    shown = [line for n, line in enumerate(named) if n == 0 or len("".join(named[: n + 1])) <= FORMS]
    lines += shown
    if len(named) > len(shown):
        lines.append(_("Còn {n} mẫu tùy trường hợp, xem: đủ giấy tờ").format(n=len(named) - len(shown)))
    lines.append(_("Có sẵn ở quầy, hoặc trên trang chính thức."))
    return _short("\n".join(lines), procedure, context, case, "form")


def _conditions(procedure: Procedure, context: Context, case: str) -> Reply:
    words = procedure.words
    if not words or not procedure.written:
        return _unwritten(procedure, context)
    head = _("Điều kiện, {title}:").format(title=called(procedure))
    lines = [f"- {c}" for c in words.conditions] or [_("Không ghi điều kiện riêng.")]
    shown = [line for n, line in enumerate(lines) if len("\n".join([head, *lines[: n + 1]])) <= LISTED]
    if len(shown) < len(lines):
        shown.append(_("Còn {n} điều kiện nữa: hỏi quầy, hoặc xem trang chính thức.").format(n=len(lines) - len(shown)))
    back = [_("Hay phải quay lại vì:"), *(f"- {r}" for r in words.returned_because)] if words.returned_because else []
    fits = len("\n".join([head, *shown, *back])) <= LISTED + 60
    return _short("\n".join([head, *shown, *(back if fits else [])]), procedure, context, case, "conditions")


def _legal(procedure: Procedure, context: Context, case: str) -> Reply:
    numbers = procedure.facts.legal
    lines = [
        _("Căn cứ, {title}: {laws}").format(title=called(procedure), laws=", ".join(numbers[:LAWS]) or _("chưa rõ"))
        + (_(" và {n} văn bản khác.").format(n=len(numbers) - LAWS) if len(numbers) > LAWS else ".")
    ]
    if procedure.facts.decision:
        lines.append(_("Công bố theo {decision}.").format(decision=procedure.facts.decision))
    reply = _short("\n".join(lines), procedure, context, case, "legal")
    official = [Button(_("Trang chính thức"), url=procedure.facts.source_url)] if procedure.facts.source_url else []
    return replace(reply, buttons=(*reply.buttons[:2], *official))


def _result(procedure: Procedure, context: Context, case: str) -> Reply:
    names = [short_name(name) for name in procedure.facts.results]
    more = _("; còn {n} giấy khác").format(n=len(names) - RESULTS) if len(names) > RESULTS else ""
    result = (
        (procedure.words.result if procedure.words else None)
        or "; ".join(names[:RESULTS]) + more
        or _("chưa rõ, hỏi quầy")
    )
    return _short(
        _("{title}, nhận được: {result}.").format(title=called(procedure), result=result.rstrip(".")),
        procedure,
        context,
        case,
        "result",
    )


ASPECTS: dict[str, Callable[[Procedure, Context, str], Reply]] = {
    "fee": _fee,
    "time": _time,
    "place": _place,
    "steps": _steps,
    "online": _online,
    "form": _form,
    "conditions": _conditions,
    "legal": _legal,
    "result": _result,
}
