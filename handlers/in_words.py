"""An open question answered in words: "chưa cưới", "vợ chồng em đăng ký rồi", "không rõ" stand for one of its choices.

Only what surely is an answer counts. A text that asks something, is long, or fits two choices goes on to the search, which knows more words.
A no is never taken for a yes: "không có giấy báo tử" meets only choices that say no, too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from handlers.hearing import plain
from handlers.keys import Key, parse, procedure_key
from handlers.ports import Context
from knowledge.model import Slot
from knowledge.procedure import WAY_OUT, Procedure
from knowledge.snapshot import Knowledge
from knowledge.text.normalising import normalise
from knowledge.text.shorthand import expand, without_dialect

LONGEST = 10  # words of an answer; a longer text tells a story
NOT = frozenset("chua khong ko k kg khg kh hong hok hk chang cha dau".split())  # noqa: SIM905
DONE = frozenset("roi da co con duoc".split())  # noqa: SIM905
# Who is spoken of and courtesy: they say nothing about which choice is meant.
PEOPLE = frozenset(
    """a ah ak oi bac chu ong nha nhe nhen nghen day do thi la thuoc dien truong hop chon em toi minh tui tao anh chi ad
    admin ban bot vo chong cha me ba bo ma cai viec hai dua nguoi be chau nha vang thua cua cho da roi chua
    khong co con thoi luon het vay ben tui bon chung""".split()  # noqa: SIM905
)
REGISTER = re.compile(r"\b[dđ]k\b")
LIGHT = frozenset("em toi minh tui a nha nhe co thi la ban oi".split())  # noqa: SIM905
YES = re.compile(
    r"(?:da |thua )?(?:co|roi|da|dung|phai|u|uh|um|uhm|vang|da co|co roi|da roi|co chu|co het|dung roi|dung vay|phai roi|con|van con|co nha|yes|yep|xong roi|duoc roi)"
)
NO = re.compile(
    r"(?:da |thua )?(?:khong|chua|ko|k|kg|hong|hok|chua co|khong co|ko co|k co|chua dau|khong phai|ko phai|khong con|het roi|no|nope|chua het)"
)
COURTESY = re.compile(
    r"^(?:da|vang|a|thua)(?= (?!co$|roi$))\s+|(?:\s+(?:a|ah|nha|nhe|ad|em|anh|chi|co|chu|bac|ban|oi|nghen|nhen|ma|day))+$"
)
UNSURE = re.compile(
    r"(?:toi |em |minh |tui )?(?:cung )?(?:khong|ko|k|chua|hong|hok|kh|chang)(?: duoc)? (?:ro|biet|nho|chac|hieu ro|biet nua|ro lam|biet chon)(?: cai nao| gi| lam| nua| sao| chon cai nao| thuoc dien nao)*"
    r"|kb|chiu|khong thuoc cai nao|khong cai nao|khong co cai nao|not sure|i (?:am|m) not sure|(?:i )?(?:dont|don t|do not) know"
)
OTHER = re.compile(r"khac|(?:viec|truong hop|cai|dien|muc) khac|other|something else")
ASKING = re.compile(
    r"\b(gi|j|sao|dau|may|bao nhieu|bao lau|bn|nao|the nao|thu tuc|muon|can|xin|hoi|lam giay|le phi|mau|nop|cho hoi|a ma|doi)\b"
)


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of the open question: its key, label and the phrases that mean it."""

    key: str
    label: str
    phrases: tuple[str, ...]

    @property
    def negative(self) -> bool:
        """Whether the label says no or not yet. Read with its marks: "chùa" is no "chưa"."""
        return bool(re.search(r"\b(?:chưa|không)\b", self.label.lower()))


def meant(text: str, context: Context) -> str | None:
    """The key of the choice that `text` names; None when it is no answer to the question that is open."""
    said = plain(_spelt_out(text))
    if context.state.flow == "erase":
        return _erase(said)
    if context.state.flow in ("factor", "watch", "name"):
        return None  # the dialogue about a dossier reads its own answers (handlers/dossier)
    question, choices = open_question(context)
    if len(said.split()) > LONGEST:
        return None
    if not choices:
        return None if ASKING.search(said) else _other_case(said, context)
    bare = COURTESY.sub("", said) or said
    if OTHER.fullmatch(bare) or UNSURE.fullmatch(bare):
        # Of a procedure everything can be shown; between procedures nothing can be chosen for people who do not know.
        out = context.state.expect[-1]
        return out if OTHER.fullmatch(bare) or _is_case(parse(out)) else None
    if exact := _exact(text, said, choices):
        return exact
    if YES.fullmatch(bare) or NO.fullmatch(bare):
        return _yes_or_no(YES.fullmatch(bare) is not None, question, choices)
    if ASKING.search(said):
        return None
    return _named(said, choices) or _told(said, question, choices)


def _spelt_out(text: str) -> str:
    """Teencode and dialect as full words: "chua dk" → "chua đăng ký". In an answer "dk" is no "được"."""
    text = REGISTER.sub("dang ky", text.lower())
    return " ".join(without_dialect(expand(normalise(text).split())[0])[0])


def unsure(text: str) -> bool:
    """Whether somebody says that they do not know: "không rõ", "em cũng không biết"."""
    said = plain(text)
    return bool(UNSURE.fullmatch(COURTESY.sub("", said) or said))


def open_question(context: Context) -> tuple[str, tuple[Choice, ...]]:
    """The question that waits for an answer and its choices without the way out; nothing when no question waits."""
    keys = [(k, parse(k)) for k in context.state.expect] if context.state.fresh(context.now) else []
    knowledge = context.knowledge
    if keys and _is_case(keys[-1][1]):
        procedure = knowledge.procedures.get(context.state.code)
        words = procedure.words if procedure else None
        cases = procedure.cases if procedure else ()
        return (words.question or "" if words else ""), tuple(
            Choice(k, c.label, (*c.words, c.label, c.name))
            for k, key in keys
            for c in cases
            if key and key.case == c.key and key.code == context.state.code
        )
    options = {k: _codes(key, knowledge) for k, key in keys if key and key.kind in "pc"}
    if (
        not options
        or any(k.startswith("p1.") and (key is None or key.part) for k, key in keys)
        or not context.state.offered
    ):
        return "", ()
    slot = _slot(list(options.values()), knowledge)
    if slot is None:
        titles = {k: knowledge.procedures[codes[0]].title for k, codes in options.items() if codes}
        return "", tuple(Choice(k, title, (title,)) for k, title in titles.items())
    return slot.question, tuple(
        Choice(k, c.label, (*c.words, c.label))
        for k, codes in options.items()
        for c in slot.choices
        if codes and c.key == _slots(codes[0], knowledge).get(slot.key)
    )


def told_case(procedure: Procedure, found: str, text: str) -> str:
    """The case that a text tells, `found` being the one of which it holds a phrase: one said away ("không có giấy báo tử") is another case."""
    case, said = procedure.case(found), f" {plain(_spelt_out(text))} "
    phrases = [plain(p) for p in (*case.words, case.label)] if case else []
    if not any(f" {word} {phrase} " in said for phrase in phrases for word in NOT):
        return found
    other = _denied(tuple(Choice(c.key, c.label, c.words) for c in procedure.cases if c.key != found))
    return other.key if other else ""


def _is_case(key: Key | None) -> bool:
    return key is not None and key.kind == "p" and key.part == "card" and key.case == WAY_OUT


def _codes(key: Key, knowledge: Knowledge) -> tuple[str, ...]:
    return tuple(c for c in (key.codes or (key.code,)) if c in knowledge.procedures)


def _slots(code: str, knowledge: Knowledge) -> dict[str, str]:
    words = knowledge.procedures[code].words
    return words.slots if words else {}


def _slot(options: list[tuple[str, ...]], knowledge: Knowledge) -> Slot | None:
    """The slot of one family by which the options differ, each of one choice."""
    families = {w.family if (w := knowledge.procedures[c].words) else None for codes in options for c in codes}
    family = knowledge.families.get(families.pop() or "") if len(families) == 1 else None
    for slot in family.slots if family else ():
        chosen = [{_slots(c, knowledge).get(slot.key) for c in codes} for codes in options]
        if all(len(one) == 1 and None not in one for one in chosen) and len({*map(str, chosen)}) == len(chosen) > 1:
            return slot
    return None


def _other_case(said: str, context: Context) -> str | None:
    """Another case of the procedure at hand, told after its answer: "bác không có giấy báo tử"."""
    procedure = context.knowledge.procedures.get(context.state.code)
    if procedure is None or not context.state.case or not context.state.fresh(context.now):
        return None
    choices = tuple(
        Choice(procedure_key(procedure.code, "card", c.key), c.label, (*c.words, c.label, c.name))
        for c in procedure.cases
    )
    key = _told(said, (procedure.words.question or "") if procedure.words else "", choices)
    return None if key == procedure_key(procedure.code, "card", context.state.case) else key


def _erase(said: str) -> str | None:
    if re.fullmatch(
        r"(?:da |vang )?(?:xoa|xoa di|xoa het|dong y|co|ok|oke|u|vang|chac|chac chan|yes|erase)(?: a| di| nha)?", said
    ):
        return "d1.erase"
    keep = r"(?:da )?(?:thoi|khong|ko|khong xoa|thoi khong xoa|dung|huy|giu lai|no|cancel|khoan)(?: a| nha| nua)?"
    return "d1.keep" if re.fullmatch(keep, said) else None


def _affirmed(question: str, choices: tuple[Choice, ...]) -> Choice | None:
    """The choice that a plain yes means: the one the question itself names, else the only one that says no "no"."""
    asked = set(plain(question).split())
    positive = [c for c in choices if not c.negative]
    named = [c for c in positive if set(plain(c.label).split()) <= asked]
    if len(named) == 1:
        return named[0]
    yes_no = plain(question).split()[-1:] in (["chua"], ["khong"]) and len(positive) < len(choices)
    return positive[0] if yes_no and len(positive) == 1 else None


def _denied(choices: tuple[Choice, ...]) -> Choice | None:
    negative = [c for c in choices if c.negative]
    return negative[0] if len(negative) == 1 else None


def _yes_or_no(yes: bool, question: str, choices: tuple[Choice, ...]) -> str | None:
    found = _affirmed(question, choices) if yes else _denied(choices)
    return found.key if found else None


def _exact(text: str, said: str, choices: tuple[Choice, ...]) -> str | None:
    """The only choice whose label holds the text with the marks it was typed with ("chùa" is no "chưa"), or one of whose phrases it is."""
    typed = text.lower().strip(" .,?")
    marked = (
        set() if typed.isascii() else {c.key for c in choices if re.search(rf"\b{re.escape(typed)}\b", c.label.lower())}
    )
    light = _light(said)
    found = marked or {c.key for c in choices for phrase in c.phrases if light and _light(plain(phrase)) == light}
    return found.pop() if len(found) == 1 else None


def _light(said: str) -> list[str]:
    return [w for w in said.split() if w not in LIGHT]


def _content(words: list[str]) -> list[str]:
    return [w for w in words if w not in PEOPLE and w not in NOT]


def _named(said: str, choices: tuple[Choice, ...]) -> str | None:
    """The choice of which a phrase is said, or whose label holds all that is said; the longest meeting wins, a tie is no answer."""
    found: dict[str, int] = {}
    words = said.split()
    own = _content(words)
    for choice in choices:
        for phrase in map(plain, choice.phrases):
            there = phrase.split()
            core = _content(there)
            if f" {phrase} " in f" {said} ":
                met = len(there) if core and not (NOT - set(there)) & set(words) else 0
            elif bool(NOT & set(there)) != bool(NOT & set(words)) or (DONE & set(there) and not DONE & set(words)):
                met = 0
            elif own == core or (phrase == plain(choice.label) and _inside(own, core)):
                met = len(own)
            else:
                met = 0
            if met:
                found[choice.key] = max(found.get(choice.key, 0), met)
    best = sorted(found.items(), key=lambda one: -one[1])
    return best[0][0] if best and (len(best) == 1 or best[0][1] > best[1][1]) else None


def _inside(few: list[str], many: list[str]) -> bool:
    return bool(few) and any(many[n : n + len(few)] == few for n in range(len(many)))


def _told(said: str, question: str, choices: tuple[Choice, ...]) -> str | None:
    """A yes or no said in a sentence that takes up the question's own words: "vợ chồng em đăng ký rồi"."""
    words = said.split()
    own = _content(words)
    about = {w for text in (question, *(c.label for c in choices)) for w in plain(text).split()}
    affirmed = _affirmed(question, choices)
    asked = affirmed is not None and bool(set(own) & set(_content(plain(affirmed.label).split())))
    repeated = any(own == _content(plain(p).split()) for c in choices for p in c.phrases)
    if (
        not own
        or not ((asked and set(own) <= about) or repeated)
        or plain(question).split()[-1:] not in (["chua"], ["khong"])
    ):
        return None
    if NOT & set(words):
        return _yes_or_no(False, question, choices)
    return _yes_or_no(True, question, choices) if DONE & set(words) else None
