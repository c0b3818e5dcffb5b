"""What the bot says: pure handlers, one module for one thing a citizen can do, in the order in which they are asked.

`respond` is the only entry: it takes what came in and a read-only context and yields replies and effects. The first handler that says anything
takes the message. After it: what "1", "2" mean is remembered, the greeting goes before a chat's first answer, and people who call themselves
"cô", "chú" or "bác" are called so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace

from handlers.ask import ask
from handlers.dossier.codes import read
from handlers.dossier.handler import dossier
from handlers.effects import Effect, EraseChat, Remember, SpeakLanguage, Understood
from handlers.emergency import emergency
from handlers.going_on import going_on
from handlers.hearing import plain
from handlers.language import gettext, speaking
from handlers.messages import Incoming, Reply
from handlers.my_data import my_data
from handlers.open_day import open_day
from handlers.photo import WAITING, arrived, photo
from handlers.ports import Context
from handlers.press import press, pressed
from handlers.procedure import asked_part
from handlers.small_talk import small_talk
from handlers.start import commands, introduction, over, start
from handlers.state import State
from handlers.wordless import wordless
from knowledge.text.masking import Masked, mask
from knowledge.unit import ZONE

__all__ = ["respond"]
_ = gettext

Handler = Callable[[Incoming, Context], Iterator[Reply | Effect]]
HANDLERS: tuple[Handler, ...] = (
    emergency,
    photo,
    my_data,
    dossier,
    wordless,
    press,
    going_on,
    start,
    commands,
    asked_part,
    open_day,
    small_talk,
    ask,
    over,
)
# A dialogue that waits for digits, a yes or a name outlives these; whatever else answers ends it.
LEAVES_FLOW: tuple[Handler, ...] = (emergency, photo, my_data, dossier, wordless, small_talk)
READ = 1000  # characters of a message that are read; more says nothing more about what is needed
LEFT = 3  # words that must be left beside a masked number for the rest to be a question
NAMING = frozenset(
    "so tai khoan cccd cmnd cmt can cuoc sdt dt dien thoai otp ma cua em toi la day nay minh anh chi ne nha a xac thuc thuc minh ngan hang bank ten chung the stk gui".split()  # noqa: SIM905
)
# Only where a clause begins and the word is who speaks: "nhà có bác mất" or "chú em cần" speaks of somebody else.
KIN = re.compile(
    r"(?:^|[,.;:?]\s*|(?:dạ|ơi|này|vâng|(?:chào|thưa) (?:cháu|con|em|ad|bạn))\s+)(cô|chú|bác)\s+"
    r"(?:muốn|cần|hỏi|xin|đang|định|tính|làm|già|nhờ|(?:bị )?mất (?:giấy|thẻ|sổ|bằng|căn|cái)|có (?:đứa|thằng|con|cháu|người|cái|miếng|mảnh))\b"
)
# Without marks "co" may be "có"; "chu" and "bac" before a wish are who speaks.
KIN_BARE = re.compile(r"(?:(?:da|chao (?:chau|em|con|ad)) )?(chu|bac) (?:muon|can|xin|dinh|nho) ")
KIN_WORDS = re.compile("cô|chú|bác")
SELF = re.compile(r"\b(anh/chị|Anh/chị)\b")


def respond(incoming: Incoming, context: Context) -> Iterator[Reply | Effect]:
    """Answer one message. Pure: the same message and context give the same replies and effects, in order; always one Remember.

    Nothing at all for what was read in a photo that nobody waits for any more.
    """
    # Each unit tells what it says beside the publication, too.
    context = replace(context, knowledge=context.knowledge.of(context.unit.id))
    with speaking(context.language):
        yield from list(_turn(incoming, context))


def _turn(incoming: Incoming, context: Context) -> Iterator[Reply | Effect]:
    taken = arrived(incoming, context)
    if taken is None:
        return
    incoming, context = taken
    text = unicodedata.normalize("NFC", incoming.text)[:READ]
    if kin := KIN.search(text.lower()) or (KIN_BARE.match(text.lower()) if text.isascii() else None):
        context = replace(context, state=replace(context.state, address=_marked(kin.group(1))))
    if context.state.proved and not context.state.alive(context.now):
        # A second factor counts for the dialogue it was given in; this message begins another.
        context = replace(context, state=replace(context.state, proved=False))
    # A contact is asked for as a second factor; no handler but that one reads its number (handlers/dossier/factor.py).
    masked = Masked(text) if incoming.kind == "contact" else _masked(text, context)
    if incoming.kind == "read":
        masked = Masked(masked.text)  # numbers on a photographed paper were typed by nobody: hidden without a word
    incoming = pressed(replace(incoming, text=masked.text), context)
    said: list[Reply | Effect] = []
    if masked.kinds:
        said.append(Reply(_("Máy đã che số vừa gửi, không lưu. Anh/chị nên xóa tin đó.")))
        if len([w for w in re.findall(r"[^\W\d_]{2,}", plain(masked.text)) if w not in NAMING]) < LEFT:
            said[:] = [Reply(_next_to_masked("one_time_code" in masked.kinds, context.state.flow))]
            incoming = replace(incoming, kind="other", text="")
            said.append(Understood("apologize", handler="masking"))
    for handler in HANDLERS if incoming.kind != "other" or incoming.text else ():
        # A photo that is being read is waited for whatever is said meanwhile; only what begins anew ends that.
        stays = handler in LEAVES_FLOW or context.state.flow.startswith(WAITING)
        here = context if stays else replace(context, state=replace(context.state, flow=""))
        answered = list(handler(incoming, here))
        if answered:
            said, context = said + answered, here
            break
    yield from _finish(said, incoming, context)


def _masked(text: str, context: Context) -> Masked:
    """The text without personal numbers. A dossier code typed with spaces looks like one: then its code is what is left."""
    masked = mask(text)
    today = context.now.astimezone(ZONE).date()
    codes = read(text, today).codes if masked.kinds else ()
    return Masked(" ".join(codes)) if codes and read(masked.text, today).codes != codes else masked


def _marked(kin: str) -> str:
    """The word with its marks, however it was typed."""
    return next(word for word in KIN_WORDS.pattern.split("|") if plain(word) == plain(kin))


def _next_to_masked(code: bool, flow: str) -> str:
    """What is said when nothing but a personal number came: it is hidden, and what to do now."""
    if code:
        return _("Máy đã che số vừa gửi, không lưu. Đừng gửi OTP cho ai, kể cả Trung tâm. Anh/chị nên xóa tin đó.")
    if flow == "factor":
        return _("Máy đã che số vừa gửi, không lưu. Đừng gửi cả số, chỉ gửi 4 số cuối.")
    return _(
        "Máy đã che số vừa gửi, không lưu. Anh/chị nên xóa tin đó. Hỏi thủ tục không cần số này, chỉ cần viết việc cần làm."
    )


def _finish(said: list[Reply | Effect], incoming: Incoming, context: Context) -> Iterator[Reply | Effect]:
    replies = [s for s in said if isinstance(s, Reply)]
    effects = [s for s in said if not isinstance(s, (Reply, Remember))]
    state = next((s.state for s in reversed(said) if isinstance(s, Remember)), context.state)
    language = next((s.language for s in effects if isinstance(s, SpeakLanguage)), context.language)
    erased = any(isinstance(s, EraseChat) for s in effects)
    if erased:
        state = State()  # nothing of the thread stays; the next message is a first one
    urgent = any(isinstance(s, Understood) and s.handler == "emergency" for s in said)
    if not (context.state.greeted or state.greeted or urgent) and replies:
        with speaking(language):
            replies.insert(0, introduction(context))
    # "2" can mean one thing only: the last message with choices keeps them, earlier ones are read without.
    asking = next((n for n in reversed(range(len(replies))) if any(b.key for b in replies[n].buttons)), None)
    replies = [
        r if n == asking else replace(r, buttons=tuple(b for b in r.buttons if b.url), ask=False)
        for n, r in enumerate(replies)
    ]
    if asking is not None:
        state = replace(state, expect=tuple(b.key for b in replies[asking].buttons if b.key))
    yield from effects
    yield Remember(
        replace(
            state,
            greeted=state.greeted or not (urgent or erased),
            at=context.now,
            address="" if erased else context.state.address or state.address,
        )
    )
    for reply in replies:
        yield _addressed(replace(reply, language=language), context.state.address)


def _addressed(reply: Reply, kin: str) -> Reply:
    """People who call themselves cô, chú or bác are called so till the dialogue ends; it is never guessed."""
    if not kin or not reply.text:
        return reply
    return replace(reply, text=SELF.sub(lambda m: kin if m.group().islower() else kin.capitalize(), reply.text))
