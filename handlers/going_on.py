"""Talk about the talk: "nói lại đi", "còn gì nữa không", "ủa là sao", "không phải", "quay lại", "em không biết chọn cái nào".

Each is answered from what was last said, so that nobody has to begin again. What the state cannot answer goes on to the next handler.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from handlers import procedure as one
from handlers.ask import LABEL, label, split
from handlers.effects import Effect, Remember, Understood
from handlers.hearing import plain
from handlers.in_words import Choice, open_question, unsure
from handlers.keys import parse, procedure_key
from handlers.language import current, gettext
from handlers.messages import Button, Incoming, Reply
from handlers.ports import Context
from handlers.start import helping, menu_buttons
from knowledge.procedure import WAY_OUT, Procedure, short_name

_ = gettext
TAIL = r"(?: (?:a|di|nha|nhe|voi|coi|xem|em|anh|chi|ad|ban|ma|vay|z|the|do|nua|duoc khong|khong|oi|giup|minh|toi|tui))*"
HEAD = r"(?:(?:da|ua|a|oi|o|em|toi|tui|minh|ban|may|ad|anh|chi|cho|the|vay|ma|roi) )*"
AGAIN = re.compile(
    rf"{HEAD}(?:noi|nhac|lap|doc|gui|xem|tra loi|giai thich) lai(?: tu)?{TAIL}|again|repeat(?: that)?|say (?:it|that) again"
)
MORE = re.compile(
    rf"{HEAD}(?:con|can|co)(?: can| phai)?(?: mang| them)? (?:gi|cai gi|giay gi|gi khac)(?: nua| khac| them){TAIL}|{HEAD}(?:xem|noi|ke) (?:them|tiep|het){TAIL}|tiep(?: theo| tuc| di)*|trang (?:sau|tiep|ke)|con gi khong|gi nua|het chua|(?:more|next|anything else)"
)
LOST = re.compile(
    rf"{HEAD}(?:la sao|sao vay|sao the|sao z|nghia la (?:sao|gi)|y la sao|(?:khong|ko|k|chua|hong|hok|chang|kh) (?:hieu|hieu gi|hieu lam|hieu het|hieu y)|kho hieu(?: qua)?|roi qua|huh|ha|hi sao|gi vay|cai gi vay|what|i (?:dont|don t|do not) (?:understand|get it)){TAIL}|ua|sao"
)
WRONG = re.compile(
    rf"{HEAD}(?:khong phai|ko phai|k phai|hong phai|dau phai|khong dung|chua dung|sai|sai roi|nham|nham roi|lon roi|khac|y (?:em|toi|minh) (?:khac|khong phai vay))(?: (?:cai|viec) (?:nay|do|day|vay))?(?: viec nay| cai nay| vay| roi)?{TAIL}|wrong|not (?:that|this)(?: one)?"
)
BACK = re.compile(
    rf"{HEAD}(?:quay|tro|lui|lui lai|back)(?: lai| ve)?(?: cau truoc| truoc| buoc truoc| lai)?{TAIL}|go back"
)


def going_on(incoming: Incoming, context: Context) -> Iterator[Reply | Effect]:
    """Say it again, go on, explain, take back, or go one step back, from what was last said."""
    text = plain(incoming.text) if incoming.kind == "text" else ""
    if incoming.kind != "text" or not context.state.fresh(context.now):
        return
    procedure = context.knowledge.procedures.get(context.state.code)
    question, choices = open_question(context)
    if AGAIN.fullmatch(text):
        yield from _again(context, procedure)
    elif MORE.fullmatch(text) and (procedure or choices):
        yield from _more(context, procedure, asking=bool(choices))
    elif LOST.fullmatch(text) or (not text and "?" in incoming.text):
        yield from _explain(context, procedure, choices)
    elif choices and unsure(incoming.text):
        yield Understood("clarify", context.state.offered, handler="going_on")
        hint = _("Chưa rõ thì gọi {phone}, hoặc chọn việc gần nhất:").format(phone=context.unit.phone)
        yield replace(_asked(context, question, choices), text=hint)
    elif WRONG.fullmatch(text):
        yield from _taken_back(context)
    elif procedure and BACK.fullmatch(text) and context.state.aspect in one.ASPECTS:
        yield Understood("answer", (procedure.code,), "documents", "going_on")
        yield from one.answer(procedure, context, case=context.state.case)
    elif procedure and BACK.fullmatch(text) and context.state.case:
        yield Understood("answer", (procedure.code,), "documents", "going_on")
        yield from one.part(procedure, context, "cases")


def beyond(context: Context) -> Iterator[Reply | Effect]:
    """A number beyond the list that is open: the question stays open."""
    question, choices = open_question(context)
    yield Understood("apologize", handler="going_on")
    if choices:
        asked = _asked(context, question, choices)
        yield replace(asked, text=_("Danh sách không có số đó, mời chọn lại.") + f"\n{asked.text}")
    else:
        yield Reply(_("Danh sách không có số đó, mời chọn từ 1 đến {n}.").format(n=len(context.state.expect)))


def _asked(context: Context, question: str, choices: tuple[Choice, ...]) -> Reply:
    """The open question, put again."""
    last = parse(context.state.expect[-1])
    if last and last.case == WAY_OUT:
        return one.case_question(context.knowledge.procedures[context.state.code])
    titled = not question or current() == "en"
    names = [
        short_name(
            label(context.knowledge.procedures[k.code]) if titled and (k := parse(c.key)) and k.code else c.label, LABEL
        )
        for c in choices
    ]
    buttons = [Button(name, c.key) for name, c in zip(names, choices, strict=True)]
    return Reply(
        gettext(question) if question and not titled else _("Anh/chị cần việc nào?"),
        buttons=(*buttons, Button(_("Việc khác"), "m1.ask")),
        ask=True,
    )


def _again(context: Context, procedure: Procedure | None) -> Iterator[Reply | Effect]:
    state = context.state
    question, choices = open_question(context)
    if choices:
        yield Understood(
            "answer" if procedure else "clarify", (state.code,) if procedure else state.offered, handler="going_on"
        )
        yield _asked(context, question, choices)
    elif procedure:
        yield Understood("answer", (procedure.code,), state.aspect or None, "going_on")
        yield from one.answer(procedure, context, state.aspect, state.case)
    elif state.offered:
        yield from split(state.offered, context)
    else:
        yield Understood("apologize", handler="going_on")
        yield Reply(_("Anh/chị cần:"), buttons=menu_buttons(), ask=True)


def _more(context: Context, procedure: Procedure | None, *, asking: bool) -> Iterator[Reply | Effect]:
    """All papers, their next page, then the steps; while a question is open, the question: what comes next hangs on it."""
    key = parse(context.state.expect[0]) if context.state.expect else None
    if asking or procedure is None or not procedure.written:
        yield from _again(context, procedure)
        return
    page = key.page if key and key.part == "all" and key.page > 1 else 1
    # Behind the last page of the long list the steps are offered first (handlers/procedure.py): they are what is left to tell.
    name = "prep" if context.state.aspect == "steps" else "steps" if key and key.part == "steps" else "all"
    yield Understood("answer", (procedure.code,), "steps" if name == "steps" else "documents", "going_on")
    yield from one.part(procedure, context, name, context.state.case, page)


def _explain(context: Context, procedure: Procedure | None, choices: tuple[Choice, ...]) -> Iterator[Reply | Effect]:
    if choices:
        question = _asked(context, open_question(context)[0], choices)
        yield Understood("clarify" if procedure is None else "answer", context.state.offered, handler="going_on")
        yield replace(question, text=_("Máy hỏi để chỉ đúng giấy. Chưa rõ thì gõ: không rõ.") + f"\n{question.text}")
    elif procedure:
        yield Understood("answer", (procedure.code,), context.state.aspect or None, "going_on")
        case = context.state.case
        buttons = [Button(_("Gặp cán bộ"), "m1.person")]
        if procedure.written:
            steps = Button(_("Các bước"), procedure_key(procedure.code, "steps", case))
            buttons = [steps, Button(_("Xem đủ giấy tờ"), procedure_key(procedure.code, "all", case)), *buttons]
        said = _("Máy đang nói về: {title}. Anh/chị chọn phần chưa rõ, hoặc gọi {phone}, cán bộ nói kỹ.")
        yield Reply(
            said.format(title=one.called(procedure), phone=context.unit.phone), buttons=tuple(buttons), ask=True
        )
    else:
        yield Understood("apologize", handler="going_on")
        yield from helping()


def _taken_back(context: Context) -> Iterator[Reply | Effect]:
    """What was answered is not what was meant: the others that were near, or the question in other words."""
    others = tuple(c for c in context.state.offered if c != context.state.code)
    cleared = replace(context.state, code="", case="", aspect="", waiting=())
    if context.state.code and others:
        yield from split(others, context)
        return
    yield Understood("apologize", handler="going_on")
    yield Remember(cleared)
    yield Reply(
        _("Máy hiểu nhầm. Anh/chị viết lại việc cần làm, nêu tên giấy tờ, hoặc chọn:"),
        buttons=menu_buttons()[1:],
        ask=True,
    )
