"""A question in people's own words: found, asked back, or sent to whoever serves it. Facts come from the knowledge alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from handlers import procedure as one
from handlers.choose import wants_other
from handlers.effects import Effect, Remember, SpeakLanguage, Understood
from handlers.in_words import told_case
from handlers.keys import choice_key
from handlers.language import current, gettext, languages, speaking
from handlers.messages import Button, Incoming, Reply
from handlers.opening import hours_text, open_text
from handlers.ports import Context
from handlers.small_talk import amends, angry, sorry
from handlers.start import in_english, menu_buttons, person
from handlers.state import State
from handlers.understanding import bare_part, understand
from knowledge.procedure import Procedure, short_name
from knowledge.search.asking import splitting
from knowledge.search.finding import Finding, Option, Thread

_ = gettext
MOST_ASKED = 2  # splitting questions in a row; then a person is offered
LABEL = 40
ABOUT = "may-hay-nguoi"  # the topic that tells what this machine is


def ask(incoming: Incoming, context: Context) -> Iterator[Reply | Effect]:
    """Understand the text and answer, ask back, refer, or say that it was not understood."""
    if incoming.kind != "text" and not incoming.text.strip():
        return
    if wants_other(incoming) and (others := [c for c in context.state.offered if c != context.state.code]):
        yield from split(tuple(others), context)
        return
    state = context.state
    thread = Thread(state.code, state.aspect, state.offered, state.question) if state.fresh(context.now) else Thread()
    finding, english = understand(incoming.text, thread, context)
    if english and context.language != "en" and "en" in languages():
        # Whoever asks in English cannot read a Vietnamese answer.
        yield SpeakLanguage("en")
        with speaking("en"):
            yield Reply(in_english())
            yield from list(_carry(finding, incoming.text, replace(context, language="en")))
    else:
        yield from _carry(finding, incoming.text, context)


def split(codes: tuple[str, ...], context: Context) -> Iterator[Reply | Effect]:
    """Several procedures are open: answer the only one, or ask one question that parts them."""
    known = tuple(c for c in codes if c in context.knowledge.procedures)
    if not known:
        yield Understood("apologize", handler="ask")
        yield Reply(_("Máy chưa hiểu, mời viết cách khác."), buttons=menu_buttons(), ask=True)
    elif len(known) == 1:
        yield Understood("answer", known, handler="ask")
        yield from one.answer(context.knowledge.procedures[known[0]], context)
    else:
        procedures = context.knowledge.procedures
        families = {w.family if (w := procedures[c].words) else None for c in known}
        family = context.knowledge.families.get(families.pop() or "") if len(families) == 1 else None
        found = splitting(known, {}, procedures, family)
        yield from _clarify(
            found.question, found.options, context, context.state.question, context.state.aspect or None
        )


def event(key: str, context: Context) -> Iterator[Reply | Effect]:
    """A life event: its procedures in the order a person meets them, each to be opened."""
    found = context.knowledge.events[key]
    known = context.knowledge.procedures
    codes = tuple(c for c in found.codes if c in known and not (known[c].withdrawn or known[c].local.hidden))
    yield Understood("answer", codes, handler="event")
    yield Remember(replace(context.state, flow="", code="", case="", asked=0, offered=codes))
    title = found.title_en if current() == "en" and found.title_en else found.title
    said = _("{title}: thường cần các việc sau, theo thứ tự.").format(title=title)
    intro = found.intro_en if current() == "en" and found.intro_en else found.intro
    if intro:
        said = f"{intro}\n{said}"
    yield Reply(said, buttons=tuple(Button(label(context.knowledge.procedures[c]), f"p1.{c}") for c in codes), ask=True)


def topic(key: str, context: Context) -> Iterator[Reply | Effect]:
    """Help that is no procedure, with the unit's own phone, place and hours filled in."""
    found, unit = context.knowledge.topics[key], context.unit
    text = found.text_en if current() == "en" and found.text_en else found.text
    yield Understood("apologize", handler="topic")
    said = text.format(
        phone=unit.phone,
        address=unit.address,
        hours=hours_text(unit),
        open_now=open_text(unit, context.knowledge.calendar, context.now),
        unit=unit.name,
        page=unit.base_url or unit.portal,
    )
    yield Reply(said, buttons=(Button(_("Mở trang"), url=found.link),) if found.link else ())


def referral(key: str, context: Context) -> Iterator[Reply | Effect]:
    """A need another body serves: not here, who, how to reach them."""
    found = context.knowledge.referrals[key]
    contact = context.unit.contacts.get(found.body)
    english = current() == "en"
    who = (
        ", ".join(filter(None, [contact.name, contact.phone, contact.address]))
        if contact
        else (found.who_en if english and found.who_en else found.who)
    )
    yield Understood("apologize", handler="referral")
    yield Reply(
        f"{found.text_en if english and found.text_en else found.text}\n"
        + _("Nơi làm: {who}.").format(who=who.rstrip(".")),
        buttons=(Button(_("Mở trang"), url=found.link),) if found.link else (),
    )


def label(procedure: Procedure) -> str:
    """The procedure's name as a choice: at most forty characters."""
    return short_name(one.called(procedure), LABEL)


def _carry(finding: Finding, text: str, context: Context) -> Iterator[Reply | Effect]:
    state, knowledge = context.state, context.knowledge
    codes = tuple(c.code for c in finding.candidates)
    if finding.behaviour in ("answer", "aspect") and codes:
        second = finding.second.candidates[0].code if finding.second and finding.second.candidates else ""
        ranked = (codes[0], second, *(c for c in codes[1:] if c != second)) if second else codes
        yield Understood("answer", ranked[:10], finding.aspect, "ask")
        yield from _answer(finding, context, text)
    elif angry(text) and (
        (finding.behaviour == "clarify" and (state.code or state.asked) and state.fresh(context.now))
        or (finding.behaviour == "topic" and finding.key == ABOUT)
    ):
        # Somebody vents in the middle of a procedure: the words that were found are not what they ask about.
        yield Understood("apologize", handler="refuse")
        yield amends(text, context)
    elif finding.behaviour == "clarify" and state.asked >= MOST_ASKED:
        yield Remember(State(greeted=True, address=state.address))
        yield Reply(_("Máy hỏi lại nhiều rồi mà chưa rõ việc anh/chị cần. Mời gặp cán bộ:"))
        yield from person(context)
    elif finding.behaviour == "clarify":
        yield from _clarify(finding.question, finding.options, context, finding.heard or text, finding.aspect, codes)
    elif finding.behaviour == "event":
        # Of an event, too, a part may be asked next ("cần đăng ký gì").
        yield from event(finding.key, replace(context, state=replace(state, question=finding.heard or text)))
    elif finding.behaviour == "topic" and finding.key in knowledge.topics:
        yield from topic(finding.key, context)
    elif finding.behaviour == "referral" and finding.key in knowledge.referrals:
        # What another body serves is the topic now: "nộp ở đâu" no longer means the procedure before.
        yield Remember(replace(state, flow="", code="", case="", aspect="", offered=(), question=finding.heard or text))
        yield from referral(finding.key, context)
    elif angry(text):
        yield Understood("apologize", handler="refuse")
        yield amends(text, context)
    elif bare_part(text, context.language):
        yield Understood("clarify", (), bare_part(text, context.language), "ask")
        yield Reply(_("Anh/chị hỏi việc nào? Viết tên giấy tờ hoặc việc cần làm. Ví dụ: lệ phí đăng ký kết hôn"))
    else:
        if not state.code and not state.offered:  # what was not understood may be made plain by the next message
            yield Remember(replace(state, question=finding.heard or text))
        yield Understood("apologize", handler="refuse")
        yield Reply(
            _(
                "Máy chỉ trả lời việc giấy tờ ở xã, và chưa hiểu việc này. Anh/chị viết cách khác, nêu giấy tờ hoặc việc cần làm."
            ),
            buttons=menu_buttons()[1:],
            ask=True,
        )


def _answer(finding: Finding, context: Context, text: str) -> Iterator[Reply | Effect]:
    knowledge = context.knowledge
    code = finding.candidates[0].code
    procedure = knowledge.procedures[code]
    # A follow-up about the procedure at hand keeps the case that was chosen for it.
    case = told_case(procedure, finding.case or "", text) or (context.state.case if context.state.code == code else "")
    offered = tuple(c.code for c in finding.candidates)
    here = replace(context, state=replace(context.state, question=finding.heard or text, offered=offered, waiting=()))
    open_case = context.state.code == code and not case and one.asks_case(context)
    if open_case and finding.behaviour != "aspect" and finding.aspect not in one.ASPECTS:
        # The same procedure again, and still no case: the question was not understood as answered.
        yield Reply(_("Máy chưa rõ câu vừa rồi. Chưa biết chọn gì thì gõ: không rõ."))
    said = list(one.answer(procedure, here, finding.aspect, case))
    if open_case and finding.aspect in one.ASPECTS:
        said.append(one.case_question(procedure))
    if not context.unit.handles(code, procedure.facts.role) and procedure.facts.role == "core":
        yield Reply(
            _("{unit} không nhận việc này. Gọi {phone} để được chỉ đúng nơi.").format(
                unit=context.unit.name, phone=context.unit.phone
            )
        )
    if finding.second and finding.second.candidates:
        said = _with_second(said, finding.second, here)
    yield from said


def _with_second(said: list[Reply | Effect], second: Finding, context: Context) -> list[Reply | Effect]:
    """The second of two needs: right after the first, or, when the first asks something, once that is answered."""
    other = context.knowledge.procedures[second.candidates[0].code]
    if any(isinstance(s, Reply) and s.ask for s in said):
        remembered = [
            replace(s, state=replace(s.state, waiting=(other.code, second.aspect or "")))
            if isinstance(s, Remember)
            else s
            for s in said
        ]
        # Before the question: what is asked stands last, where people answer.
        after = Reply(_("Xong việc này, máy trả lời tiếp: {title}.").format(title=one.called(other)))
        first = next(n for n, s in enumerate(remembered) if isinstance(s, Reply))
        return [*remembered[:first], after, *remembered[first:]]
    return [*said, *one.answer(other, context, second.aspect, second.case or "")]


def _clarify(
    question: str,
    options: tuple[Option, ...],
    context: Context,
    text: str,
    aspect: str | None = None,
    codes: tuple[str, ...] = (),
) -> Iterator[Reply | Effect]:
    offered = tuple(dict.fromkeys([*(c for o in options for c in o.codes), *codes]))
    yield Understood("clarify", offered[:10], aspect, "ask")
    state = context.state
    yield Remember(
        replace(
            state,
            flow="",
            code="",
            case="",
            aspect=aspect or "",
            offered=offered[:10],
            asked=state.asked + 1,
            question=text,
        )
    )
    put, labels = _spoken(question, options, context)
    if angry(text) and not state.asked:
        put = f"{sorry(text)}\n{put}"
    buttons = tuple(Button(said, choice_key(o.codes)) for said, o in zip(labels, options, strict=True) if o.codes)
    if buttons:
        yield Reply(put, buttons=(*buttons, Button(_("Việc khác"), "m1.ask")), ask=True)
        return
    # Nothing was named yet: there is nothing to choose from, only a hint and two other ways on.
    hint = _("Anh/chị nêu tên giấy hoặc việc cần làm, ví dụ: khai sinh, giấy độc thân, xây nhà.")
    yield Reply(f"{put} {hint}", buttons=menu_buttons()[1:], ask=True)


def _spoken(question: str, options: tuple[Option, ...], context: Context) -> tuple[str, list[str]]:
    """The question and its choices as read. A family's own question is Vietnamese: in English the procedures' titles part them, where all have one."""
    which = gettext(question) if question else _("Anh/chị cần việc nào?")
    words = [context.knowledge.procedures[o.codes[0]].words if len(o.codes) == 1 else None for o in options]
    if current() == "en" and all(w and w.title_en for w in words):
        return _("Anh/chị cần việc nào?"), [short_name(w.title_en or "", LABEL) for w in words if w]
    return which, [o.label for o in options]
