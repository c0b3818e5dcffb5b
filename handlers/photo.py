"""A photo of a receipt: its code is read outside the turn, and what it says comes back as a message of kind "read".

Only a citizen who still waits for that very photo hears of it. Of an album one photo with a code is enough; what the others say is then not told.
Words under a photo are the question where no code of ours stands in it. Photos are read in a private chat only: a group holds no dossiers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace

from handlers.dossier.codes import read
from handlers.dossier.scanned import LATE, OTHER
from handlers.effects import Effect, ReadPhoto, Remember, Understood
from handlers.language import gettext
from handlers.messages import Button, Incoming, Reply
from handlers.ports import Context
from handlers.state import State
from knowledge.unit import ZONE

_ = gettext
WAITING = "photo:"  # and behind it a mark of each photo that is waited for
WITH_WORDS = "?"  # before the mark of a photo whose words are in `State.question`
MOST = 10  # photos of an album


def arrived(incoming: Incoming, context: Context) -> tuple[Incoming, Context] | None:
    """The message with what its photo says put into the words that other handlers know; None when nobody waits for it any more.

    A code becomes typed text, a link's payload a start, so that they are taken like those. Other messages come back unchanged.
    """
    if incoming.kind == "photo" and _codes(incoming, context):
        return replace(incoming, kind="text", photo=""), context
    if incoming.kind != "read":
        return incoming, context
    waiting, words = _waited_for(context), False
    if incoming.photo:
        found = next((each for each in waiting if each.removeprefix(WITH_WORDS) == _mark(incoming.photo)), None)
        if found is None:
            return None
        words = any(each.startswith(WITH_WORDS) for each in waiting)
        waiting.remove(found)
    codes = _codes(incoming, context)
    payload = incoming.button if incoming.button.startswith(("hs-", "tt-")) else ""
    if codes or payload or not waiting:
        question = context.state.question if words else ""
        state = replace(context.state, flow="", question="" if words else context.state.question)
        context = replace(context, state=state)
        if payload:
            return replace(incoming, kind="start", button=payload, text="", photo=""), context
        if codes:
            return replace(incoming, kind="text", button="", text=" ".join(codes), photo=""), context
        if question:
            return replace(incoming, kind="text", button="", text=question, photo=""), context
        return incoming, context
    # The others of an album are still being read: one of them may hold the code.
    return replace(incoming, text="", button=""), replace(context, state=_awaiting(context, waiting))


def photo(incoming: Incoming, context: Context) -> Iterator[Reply | Effect]:
    """Have the photo read, or say what came of it."""
    if incoming.kind == "photo" and incoming.photo and incoming.private:
        yield from _have_read(incoming, context)
    elif incoming.kind == "read" and _waited_for(context) and incoming.photo:
        yield Understood("apologize", handler="photo")
        yield Remember(context.state)
    elif incoming.kind == "read":
        yield Understood("apologize", handler="photo")
        yield _nothing_found(incoming, context)


def waits(context: Context) -> bool:
    """Whether a photo is being read: words said meanwhile ("đây là giấy hẹn") do not end that."""
    return bool(_waited_for(context))


def _have_read(incoming: Incoming, context: Context) -> Iterator[Reply | Effect]:
    waiting, words = _waited_for(context), incoming.text.strip()
    mark = _mark(incoming.photo)
    if len(waiting) < MOST and mark not in {each.removeprefix(WITH_WORDS) for each in waiting}:
        state = _awaiting(context, [*waiting, WITH_WORDS * bool(words) + mark])
        yield Remember(replace(state, question=words or state.question))
        yield ReadPhoto(incoming.photo)
    yield Understood("apologize", handler="photo")
    if not waiting:
        yield Reply(_("Máy đang đọc mã trong ảnh, chờ một chút."))


def _nothing_found(incoming: Incoming, context: Context) -> Reply:
    if incoming.button == LATE:
        return Reply(
            _("Máy chưa mở được ảnh. Anh/chị gõ mã trên giấy hẹn, hoặc tra mã ở trang dưới."),
            buttons=(Button(_("Tra cứu hồ sơ"), url=context.unit.look_up_page),),
        )
    if incoming.button == OTHER:
        # What it is stays unsaid: it may be a card with a name and an address on it, or somebody's trap.
        return Reply(_("Mã này không phải mã hồ sơ. Anh/chị chụp hoặc gõ mã trên giấy hẹn."))
    return Reply(_("Ảnh chưa rõ mã. Anh/chị chụp gần, đủ sáng, hoặc gõ mã trên giấy hẹn."))


def _codes(incoming: Incoming, context: Context) -> tuple[str, ...]:
    return read(incoming.text, context.now.astimezone(ZONE).date()).codes


def _waited_for(context: Context) -> list[str]:
    """The marks of the photos that are waited for, as long as the dialogue lives."""
    flow = context.state.flow
    if not flow.startswith(WAITING) or not context.state.alive(context.now):
        return []
    return [each for each in flow.removeprefix(WAITING).split("+") if each]


def _awaiting(context: Context, waiting: list[str]) -> State:
    return replace(context.state, flow=WAITING + "+".join(waiting))


def _mark(reference: str) -> str:
    """A short mark of a photo, since the channel's own name of it is long."""
    return hashlib.sha256(reference.encode()).hexdigest()[:10]
