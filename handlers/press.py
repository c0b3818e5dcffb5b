"""A pressed button, or a number that stands for one: what its key means now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from handlers import procedure as one
from handlers.ask import event, referral, split, topic
from handlers.choose import chosen
from handlers.effects import Effect, Understood
from handlers.going_on import beyond
from handlers.keys import from_start, parse
from handlers.messages import Incoming, Reply
from handlers.ports import Context
from handlers.start import over
from knowledge.search.finding import heard


def pressed(incoming: Incoming, context: Context) -> Incoming:
    """The message with its deep link or typed number turned into the button it stands for; unchanged when it stands for none."""
    if incoming.kind == "start" and (key := from_start(incoming.button)):
        return replace(incoming, kind="button", button=key)
    key_or_none = chosen(incoming, context)
    return incoming if key_or_none is None else replace(incoming, kind="button", button=key_or_none)


def press(incoming: Incoming, context: Context) -> Iterator[Reply | Effect]:
    """Carry out a button about procedures, events, topics and referrals; other kinds belong to other handlers."""
    if incoming.kind != "button":
        return
    key, knowledge = parse(incoming.button), context.knowledge
    if context.state.question and not context.state.code and any(letter.isalpha() for letter in incoming.text):
        # Chosen by words ("ba là cựu chiến binh"): they belong to what was asked, for whatever is asked next.
        context = replace(context, state=replace(context.state, question=heard(context.state.question, incoming.text)))
    if key and key.kind == "p" and key.code in knowledge.procedures:
        procedure = knowledge.procedures[key.code]
        yield Understood("answer", (key.code,), _aspect(key.part), "press")
        # The aspect asked about before a splitting question is what the choice is answered with.
        waiting = (
            context.state.aspect
            if not key.part and key.code in context.state.offered and not context.state.code
            else ""
        )
        if waiting in one.ASPECTS:
            yield from one.answer(procedure, context, waiting)
        else:
            yield from one.part(procedure, context, key.part, key.case, key.page)
        yield from _waiting(context, key.code)
    elif key and key.kind == "c":
        yield from split(key.codes, context)
    elif key and key.kind == "e" and key.what in knowledge.events:
        yield from event(key.what, context)
    elif key and key.kind == "t" and key.what in knowledge.topics:
        yield from topic(key.what, context)
    elif key and key.kind == "r" and key.what in knowledge.referrals:
        yield from referral(key.what, context)
    elif not incoming.button and context.state.expect and context.state.fresh(context.now):
        yield from beyond(context)
    elif not key or key.kind not in "mdl":
        yield from over(incoming, context)


def _aspect(part: str) -> str | None:
    return part if part in one.ASPECTS else "documents" if part in ("all", "prep", "card", "documents") else None


def _waiting(context: Context, done: str) -> Iterator[Reply | Effect]:
    """The second of two needs, once the first is answered."""
    waiting = context.state.waiting
    if waiting and waiting[0] in context.knowledge.procedures and waiting[0] != done:
        state = replace(context.state, waiting=(), code="", case="")
        yield from one.answer(
            context.knowledge.procedures[waiting[0]], replace(context, state=state), waiting[1] or None
        )
