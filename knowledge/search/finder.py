"""From a question to a decision. Everything that decides is written into the trace.

read → turn (what is said away) → aspects set aside → score every class → belief → two needs? → follow-up? → decide.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from heapq import nlargest
from typing import Any

from knowledge.model import Family
from knowledge.procedure import Procedure
from knowledge.search.asking import WHICH, Splitting, splitting
from knowledge.search.belief import Signals, likelihood, log_odds, measures, shares
from knowledge.search.corpus import OUTSIDE
from knowledge.search.features import features
from knowledge.search.finding import MOST_CANDIDATES, MOST_OPTIONS, Behaviour, Candidate, Finding, Thread
from knowledge.search.index import Index
from knowledge.search.needs import halves
from knowledge.search.second_look import LOOKED, SecondLook, Signs, weighed
from knowledge.search.turning import goes_on, is_bare, own_words, part, turn_of, unwrapped, without_part
from knowledge.text.aspects import asked, is_filler, main_aspect
from knowledge.text.folding import fold
from knowledge.text.lexicon import Lexicon
from knowledge.text.normalising import folded, normalise
from knowledge.text.reading import PAUSES, Reading, read

_KINDS: Mapping[str, Behaviour] = {"r": "referral", "t": "topic", "e": "event"}


def anywhere(_code: str) -> bool:
    """The catalogue of a unit that handles everything."""
    return True


@dataclass(frozen=True, slots=True)
class Ranked:
    """A scored question: belief per class name (best first), the vector it was scored with, its own words, and how well it was understood."""

    belief: Mapping[str, float]
    vector: Mapping[int, float]
    own: tuple[str, ...]
    signals: Signals | None

    @property
    def best(self) -> str:
        """The class believed in most; nothing we serve when nothing spoke at all."""
        return next(iter(self.belief), OUTSIDE)

    @property
    def codes(self) -> list[str]:
        """The procedures, best first."""
        return [name for name in self.belief if ":" not in name]

    @property
    def sure(self) -> float:
        """How likely it is right to answer the best class alone; 0 where it is no procedure."""
        return likelihood(self.signals, measures().sure) if self.signals and ":" not in self.best else 0.0

    @property
    def outside(self) -> float:
        """How likely nothing we serve is meant."""
        return likelihood(self.signals, measures().outside) if self.signals else 1.0


class Trace(list[str]):
    """What was done, line by line; `reasons` says whether the words behind each score are wanted, too."""

    def __init__(self, lines: Iterable[str] = (), *, reasons: bool = False) -> None:
        super().__init__(lines)
        self.reasons = reasons


_ABOUT_FIELDS = frozenset(
    ("ben", "mang", "nganh", "linh", "vuc", "thu", "tuc", "giay", "to")
)  # words around the name of a field
_SUBJECT = re.compile(
    r"\b(?:hoi|tim hieu|tu van|thong tin)(?: \w+)? ve\b|^(?:da )?(?:cho (?:em |minh |toi )?)?hoi (?:ve )?giay\b"
)
MOST_HEARD = 300  # characters of a conversation that are kept as its question
ACTS = frozenset(("lam", "dang", "xin", "nop", "can", "muon", "khai", "bao", "di"))  # words of who wants something done


class Finder:
    """Understands questions over one knowledge snapshot. Immutable and safe to share between threads."""

    def __init__(
        self,
        index: Index,
        look: SecondLook,
        lexicon: Lexicon,
        events: Mapping[str, tuple[str, ...]],
        fields: Mapping[str, Sequence[str]],
        elsewhere: frozenset[str],
        procedures: Mapping[str, Procedure],
        families: Mapping[str, Family],
    ) -> None:
        self._index = index
        self._look = look
        self._lexicon = lexicon
        self._events = events
        self._fields = fields
        self._elsewhere = elsewhere
        self._procedures = procedures
        self._families = families
        self._family_of = {
            code: p.words.family for code, p in procedures.items() if p.words and p.words.family in families
        }
        self._cases = {
            code: [
                (folded(words), case.key, _within(words, p.title))
                for case in p.cases
                for words in (*case.words, case.label)
            ]
            for code, p in procedures.items()
            if p.cases
        }
        self._named: dict[str, str] = {}
        for code, p in procedures.items():
            for name in (p.title, *(p.words.aliases if p.words else ())):
                said = _own(name)
                self._named[said] = code if self._named.get(said, code) == code else ""
        self._general = {
            key: (
                frozenset(word for name in (family.name, *family.aliases) for word in folded(name).split()),
                frozenset(_own(name) for name in (family.name, *family.aliases)),
            )
            for key, family in families.items()
        }
        self._choices = {
            key: [
                (tuple(folded(phrase).split()), slot.key, choice.key)
                for slot in family.slots
                for choice in slot.choices
                for phrase in choice.words
            ]
            for key, family in families.items()
        }
        self._of_families = frozenset(said for _, all_said in self._general.values() for said in all_said)
        self._also: Mapping[str, str] = {}

    @classmethod
    def from_blobs(
        cls, blobs: Mapping[str, bytes], procedures: Mapping[str, Procedure], families: Mapping[str, Family]
    ) -> Finder:
        """The finder of a pack: `blobs` as `knowledge.search.index.build` made them, procedures by code, families by key."""
        events = {key: tuple(codes) for key, codes in json.loads(blobs["events"]).items()}
        index = Index(blobs)
        look = SecondLook(blobs["look"], procedures, families, *index.rarities())
        fields: dict[str, list[str]] = json.loads(blobs["fields"])
        elsewhere = frozenset(blobs["elsewhere"].decode().split("\n"))
        return cls(index, look, Lexicon.load(blobs["lexicon"]), events, fields, elsewhere, procedures, families)

    def with_aliases(self, aliases: Mapping[str, Sequence[str]]) -> Finder:
        """A finder that also knows these names, by code; this one stays as it is. Only a name said as a whole counts, beside courtesy and parts."""
        other = copy(self)
        named = [(name, code) for code, names in aliases.items() for name in names]
        # As a question is read (spelling may be put right), and as it was written (it may be right already).
        read_so = {" ".join(own_words(read(name, self._lexicon))): code for name, code in named}
        written_so = {form: code for name, code in named for form in (_own(name), folded(name))}
        other._also = {said: code for said, code in {**read_so, **written_so}.items() if said}
        return other

    def find(
        self,
        text: str,
        thread: Thread = Thread(),  # noqa: B008
        catalogue: Callable[[str], bool] | None = None,
        *,
        explain: bool = False,
    ) -> Finding:
        """Understand one message.

        `thread` is what was talked about; `catalogue` says which codes the unit handles (it only chooses what is offered in a splitting
        question, it never hides a procedure that was asked for). With `explain` the trace names the words behind each score, which takes
        about a third more time. Never raises, whatever the text.
        """
        handles = catalogue or anywhere
        reading = unwrapped(read(text, self._lexicon))
        trace = Trace([f"đọc: {' '.join(reading.words)}", *(f"sửa: {done}" for done in reading.done)], reasons=explain)
        turn = turn_of(reading)
        said = part(reading, *turn.yes) if turn.yes else without_part(reading, *turn.no) if turn.no else reading
        away = part(reading, *turn.no) if turn.no else None
        if said is not reading:
            trace.append(f"ý chính: {' '.join(said.words)}" + (f"; bỏ: {' '.join(away.words)}" if away else ""))
        spans = asked(said.words)
        aspect = main_aspect(spans)
        trace += [f"mục hỏi: {one.aspect} ({' '.join(said.words[one.start : one.end])})" for one in spans]
        said_so = (" ".join(own_words(said)), _own(text), folded(text)) if self._also else ()
        if also := next((self._also[form] for form in said_so if form in self._also), ""):
            trace.append(f"cách gọi của đơn vị: {also}")
            return Finding("answer", (Candidate(also, 1.0),), aspect=aspect, trace=tuple(trace))
        if aspect and self._about_thread(said, thread):
            trace.append(f"hỏi tiếp về {thread.code}")
            return Finding("aspect", (Candidate(thread.code, 1.0),), aspect=aspect, trace=tuple(trace))
        if aspect and thread.offered and not thread.code and is_bare(own_words(said)):
            return self._still_open(thread, aspect, trace, handles)
        ranked, joined = self._rank(said, away), False
        if thread.code or thread.offered or thread.question:
            if turn.corrects and ranked.own:
                # What was said before is taken back; what was asked of it is asked of this, most likely of its kin.
                bonus = dict.fromkeys(self._near(thread.code), measures().thread_family)
                ranked = self._rank(said, away, bonus=bonus)
                aspect = aspect or thread.aspect or "documents"
            else:
                ranked, context, joined = self._in_thread(ranked, said, away, thread)
                trace += context
            if self._is_name(ranked.own):  # "thế còn kết hôn": something is wanted of it, as of what was talked about
                aspect = aspect or ("documents" if thread.code else None)
        elif two := self._two_needs(said, ranked, trace, handles):
            return two
        finding = self._decide(said, ranked, aspect, trace, handles)
        if joined and finding.behaviour == "refuse" and aspect and thread.offered and not thread.code:
            return self._still_open(thread, aspect, trace, handles)
        return replace(finding, heard=f"{thread.question} , {text}"[-MOST_HEARD:]) if joined else finding

    def signals(self, text: str) -> tuple[str, Signals | None]:
        """(best class, signals) of a question on its own: what `benchmarks/learn.py` learns the decision from."""
        ranked = self._rank(read(text, self._lexicon))
        return ranked.best, ranked.signals

    def _rank(
        self,
        reading: Reading,
        away: Reading | None = None,
        more: Mapping[str, float] | None = None,
        bonus: Mapping[str, float] | None = None,
    ) -> Ranked:
        """Score a reading; `more` are features of the thread, `bonus` what being talked about adds to a class."""
        counts = features(reading)
        # What is turned down ("không phải đăng ký mà xóa đăng ký") no longer counts from before; said again, it counts.
        gone = features(away) if away is not None else {}
        for feature, weight in (more or {}).items():
            if feature not in gone:
                counts[feature] = max(counts.get(feature, 0.0), weight)
        own = tuple(own_words(reading))
        vector = self._index.vector(counts)
        if not vector:
            return Ranked({}, vector, own, None)
        scores = self._index.score(vector)
        for name, extra in (bonus or {}).items():
            scores[self._index.number[name]] += extra
        self._look_again(reading, scores)
        belief = shares(scores, measures().temperature)
        best = next(iter(belief))
        named = {self._index.names[n]: share for n, share in belief.items()}
        return Ranked(named, vector, own, self._signals(reading, own, named, scores, best))

    def _look_again(self, reading: Reading, scores: list[float]) -> None:
        """Lower the likeliest procedures that fit less well than the best fitting one of them."""
        near = self._likeliest(scores)
        signs = self._look.signs(reading, [self._index.names[n] for n in near])
        added = [weighed(one, measures().look) for one in signs]
        most = max(added, default=0.0)
        for n, much in zip(near, added, strict=True):
            scores[n] += much - most

    def _likeliest(self, scores: list[float]) -> list[int]:
        names = self._index.names
        return [n for n in nlargest(LOOKED, range(len(scores)), key=scores.__getitem__) if ":" not in names[n]]

    def looked(self, text: str) -> list[tuple[str, float, Signs]]:
        """(code, score before the second look, its signs) of the likeliest procedures: what `benchmarks/learn.py` learns the look from."""
        reading = read(text, self._lexicon)
        vector = self._index.vector(features(reading))
        scores = self._index.score(vector) if vector else []
        near = self._likeliest(scores)
        codes = [self._index.names[n] for n in near]
        return [
            (code, scores[n], one) for code, n, one in zip(codes, near, self._look.signs(reading, codes), strict=True)
        ]

    def _signals(
        self, reading: Reading, own: tuple[str, ...], belief: Mapping[str, float], scores: list[float], best: int
    ) -> Signals:
        name = self._index.names[best]
        said = " ".join(own)
        family = self._family_of.get(name)
        generic = said in self._of_families
        if family and own and not generic:
            generic = all(word in self._general[family][0] for word in own)
        default = bool(family and self._families[family].default == name)
        shares_of = list(belief.values())
        agrees, differs = self._look.picks(reading, name)
        return Signals(
            logit=log_odds(belief[name]),
            top=scores[best],
            support=self._index.support(own, best),
            length=math.log1p(len(own)),
            exact=float(bool(own) and self._named.get(said) == name),
            generic=float(generic),
            usual=float(generic and default),
            outside=scores[self._index.number[OUTSIDE]] - scores[best],
            gap=min(7.0, math.log(shares_of[0] / max(shares_of[1], 1e-9))) if len(shares_of) > 1 else 7.0,
            held=log_odds(sum(belief.get(code, 0.0) for code in self._near(name)) or belief[name]),
            agrees=float(agrees),
            differs=float(differs),
            default=float(default),
        )

    def _in_thread(
        self, ranked: Ranked, said: Reading, away: Reading | None, thread: Thread
    ) -> tuple[Ranked, list[str], bool]:
        """Whether the words stand alone; if not, read them together with what was talked about. The last is whether they were."""
        enough = measures().alone_going_on if goes_on(said) else measures().alone
        if not thread.code and goes_on(said) and ranked.best not in thread.offered:
            enough = measures().alone_open  # a question is open: a short text most likely answers it
        if len(ranked.own) >= 2 and ranked.sure >= enough:
            return ranked, [], False
        if self._is_name(ranked.own):
            return ranked, ["gọi đúng tên việc: đứng riêng"], False
        before = read(thread.question, self._lexicon)
        if not thread.code and set(ranked.own) <= set(own_words(before)):
            return ranked, ["không thêm gì mới: vẫn chưa rõ"], True
        more = {feature: weight * measures().context for feature, weight in features(before).items()}
        bonus = dict.fromkeys(self._near(thread.code), measures().thread_family)
        if not thread.code:  # a question is open: what was offered is likelier than anything else
            bonus = {code: measures().thread_offered for code in thread.offered if code in self._procedures}
        joined = self._rank(said, away, more, bonus)
        own = (*ranked.own, *own_words(before))
        signals = (
            replace(joined.signals, length=math.log1p(len(own)), generic=0.0, usual=0.0) if joined.signals else None
        )
        return replace(joined, own=own, signals=signals), [f"hỏi tiếp, ghép với: {' '.join(before.words)}"], True

    def _about_thread(self, said: Reading, thread: Thread) -> bool:
        """Whether an aspect is asked of the procedure talked about: nothing else is named, or only what its own texts speak of."""
        if thread.code not in self._procedures:
            return False
        own = own_words(said)
        if is_bare(own):
            return True
        if not goes_on(said) or self._index.support(own, self._index.number[thread.code]) < measures().thread_support:
            return False
        alone, near = self._rank(said), self._near(thread.code)
        unsure = (
            alone.sure < measures().alone and sum(alone.belief.get(code, 0.0) for code in near) >= measures().option
        )
        return not self._is_name(own) and (unsure or alone.best in near)

    def _still_open(self, thread: Thread, aspect: str, trace: Trace, handles: Callable[[str], bool]) -> Finding:
        """A part is asked for before the splitting question was answered: ask it again, about the words it was put about."""
        ranked = self._rank(read(thread.question, self._lexicon))
        order, question = (
            self._ask_back(ranked, handles)
            if ranked.codes
            else (list(thread.offered), splitting(thread.offered, {}, self._procedures, None))
        )
        trace.append("chưa chọn việc nào: hỏi lại")
        candidates = tuple(Candidate(c, round(ranked.belief.get(c, 0.0), 4)) for c in order)
        return Finding(
            "clarify",
            candidates,
            aspect=aspect,
            question=question.question,
            options=question.options,
            trace=tuple(trace),
        )

    def _names_family(self, ranked: Ranked) -> bool:
        """Whether the words name the family of the likeliest procedure ("… khai tử … trời ơi"): then it is asked back, not refused."""
        family = self._family_of.get(ranked.codes[0]) if ranked.codes else None
        if family is None:
            return False
        return any(" " in name and _stands_in(tuple(name.split()), ranked.own) for name in self._general[family][1])

    def _is_name(self, own: Sequence[str]) -> bool:
        """Whether these own words are just what something is called; one word ("phép", "thẻ") names nothing."""
        said = " ".join(own)
        return len(own) >= 2 and bool(self._named.get(said) or said in self._of_families or said in self._elsewhere)

    def _near(self, code: str) -> list[str]:
        """The procedure and the members of its family."""
        family = self._family_of.get(code)
        if family is None:
            return [code] if code in self._procedures else []
        return [other for other, key in self._family_of.items() if key == family]

    def _two_needs(
        self, reading: Reading, whole: Ranked, trace: Trace, handles: Callable[[str], bool]
    ) -> Finding | None:
        """Two findings where both halves of a sentence stand alone and mean different things, and the whole is no single need."""
        if not whole.belief:
            return None
        torn = whole.belief[whole.best] < measures().together
        for left, right, strong in halves(reading):
            # Two names side by side are two needs however well one of them explains the whole.
            named = self._is_name(own_words(left)) and self._is_name(own_words(right))
            if not (named or torn):
                continue
            first, second = self._rank(left), self._rank(right)
            # A comma or "rồi" mostly joins the parts of one story: then both must be plain.
            sure = torn and min(first.sure, second.sure) >= (measures().need if strong else measures().need_joined)
            if not (named or sure) or first.best in self._near(second.best):
                continue
            if whole.best not in (first.best, second.best) and whole.sure >= measures().answer:
                return None  # one procedure that serves both at once
            trace.append(f"hai việc: {' '.join(left.words)} | {' '.join(right.words)}")
            other = self._decide(right, second, main_aspect(asked(right.words)), Trace(), handles)
            one = self._decide(left, first, main_aspect(asked(left.words)), trace, handles)
            return replace(one, second=other)
        return None

    def _decide(
        self, reading: Reading, ranked: Ranked, aspect: str | None, trace: Trace, handles: Callable[[str], bool]
    ) -> Finding:
        """Answer, ask back, send elsewhere or refuse."""
        belief, m, best = ranked.belief, measures(), ranked.best
        codes = ranked.codes
        sure, outside = ranked.sure, ranked.outside
        for name, share in list(belief.items())[:5]:
            why = ", ".join(self._why(ranked, name)) if trace.reasons else ""
            trace.append(f"{name}: {share:.3f} ({why})" if why else f"{name}: {share:.3f}")
        trace.append(f"từ riêng: {' '.join(ranked.own) or 'không có'}; chắc {sure:.2f}; ngoài việc {outside:.2f}")

        def found(behaviour: Behaviour, candidates: tuple[Candidate, ...] = (), **more: Any) -> Finding:
            trace.append(f"quyết định: {behaviour}")
            return Finding(behaviour, candidates, aspect=aspect, trace=tuple(trace), **more)

        if field := self._field(ranked):
            order = sorted(field, key=lambda code: -belief.get(code, 0.0))
            order = [code for code in order if handles(code)] or order
            question = splitting(order[:MOST_OPTIONS], belief, self._procedures, None)
            trace.append("gọi tên cả một lĩnh vực")
            candidates = tuple(Candidate(c, round(belief.get(c, 0.0), 4)) for c in order[:MOST_CANDIDATES])
            return found("clarify", candidates, question=question.question, options=question.options)
        kind, _, key = best.partition(":")
        within = kind == "e" and bool(aspect) and bool(codes) and codes[0] in self._events.get(key, ())
        enough = m.event if kind == "e" else m.elsewhere
        asks_about = kind == "e" and not aspect and bool(_SUBJECT.search(" ".join(reading.bare)))
        if (
            not within
            and not asks_about
            and kind in _KINDS
            and key
            and belief[best] >= enough
            and (ranked.own or kind == "t")
        ):
            steps = tuple(Candidate(code, round(belief.get(code, 0.0), 4)) for code in self._events.get(key, ()))
            return found(_KINDS[kind], steps if kind == "e" else (), key=key)
        if not ranked.own and not (best == OUTSIDE and outside >= m.refuse):
            return found("clarify", question=WHICH)  # "cần giúp", "giấy này làm sao": nothing is named yet
        refused = (best == OUTSIDE or outside >= max(m.refuse, sure)) and not within and not self._names_family(ranked)
        if not codes or refused:
            return found("refuse")
        meant = self._first_of(key, belief) if within else self._meant(ranked, reading, aspect)
        if meant:
            trace.append(f"hiểu là {meant}: việc đầu của {key}" if within else f"nói chung cả họ, hiểu là {meant}")
            codes = [meant, *(code for code in codes if code != meant)]
        code = codes[0]
        # Only the subject is named ("cho hỏi về giấy phép xây dựng"): whoever has several procedures for it asks which.
        subject = not aspect and bool(_SUBJECT.search(" ".join(reading.bare))) and self._several(ranked)
        sure = 0.0 if subject else sure
        if (
            meant
            or sure >= m.answer
            or (not subject and (self._usual(ranked, code, aspect) or self._shared(ranked, code)))
        ):
            first = Candidate(code, round(belief.get(code, 0.0), 4), self._why(ranked, code) if trace.reasons else ())
            rest = (Candidate(c, round(belief.get(c, 0.0), 4)) for c in codes[1:MOST_CANDIDATES])
            return found("answer", (first, *rest), case=self._case(code, reading))
        served = next((n for n, share in belief.items() if n[:2] in ("r:", "t:") and share >= m.instead), "")
        if served and ranked.own and not subject:  # no procedure is sure enough, and another body nearly was
            return found(_KINDS[served[0]], key=served[2:])
        order, question = self._ask_back(ranked, handles)
        candidates = tuple(Candidate(c, round(belief.get(c, 0.0), 4)) for c in order)
        return found("clarify", candidates, question=question.question, options=question.options)

    def _several(self, ranked: Ranked) -> bool:
        """Whether the likeliest procedure has kin and no word picks it from among them."""
        return len(self._near(ranked.codes[0])) > 1 and not (ranked.signals and ranked.signals.agrees)

    def _field(self, ranked: Ranked) -> Sequence[str]:
        """The procedures of the field whose name is all that was said ("về hộ tịch"); none where it also is a procedure's or a family's name."""
        said = " ".join(word for word in ranked.own if word not in _ABOUT_FIELDS)
        if said in self._of_families or self._named.get(said):
            return ()
        return self._fields.get(said, ())

    def _why(self, ranked: Ranked, name: str) -> tuple[str, ...]:
        """The features that speak most for a class."""
        return self._index.reasons(ranked.vector, self._index.number[name])

    def _first_of(self, event: str, belief: Mapping[str, float]) -> str:
        """ "Mới sinh bé cần giấy gì": papers, money and days are a procedure's, the event has none; the likelier of its first two is meant."""
        return max(self._events[event][:2], key=lambda code: belief.get(code, 0.0))

    def _shared(self, ranked: Ranked, code: str) -> bool:
        """ "Muốn mở quán": an event and its procedure share the belief; what they hold together is meant by both."""
        belief = ranked.belief
        events = sum(s for name, s in belief.items() if name[:2] == "e:" and code in self._events.get(name[2:], ()))
        return events > 0 and len(ranked.own) > 1 and belief.get(code, 0.0) + events >= measures().together

    def _meant(self, ranked: Ranked, reading: Reading, aspect: str | None) -> str:
        """The usual member of the family that holds most of the belief, where nothing but the family's own words was said and something is
        wanted of it ("làm giấy khai sinh", "khai tử mất mấy ngày"); "" otherwise. Naming only the subject ("về giám hộ") is asked back."""
        codes, family = ranked.codes, self._families.get(self._family_of.get(ranked.codes[0]) or "")
        if family is None or family.default is None or not (aspect or ACTS & set(reading.bare)):
            return ""
        if len(ranked.own) < 2 and not aspect:
            return ""  # "làm giấy đất" names too little
        held = sum(ranked.belief[code] for code in codes if self._family_of.get(code) == family.key)
        if held < measures().family * sum(ranked.belief[code] for code in codes):
            return ""
        spoken = {choice for choice in self._choices[family.key] if _stands_in(choice[0], reading.bare)}
        usual = self._procedures[family.default].words
        if any(usual is None or usual.slots.get(slot) != key for _phrase, slot, key in spoken):
            return ""  # a word that picks another member
        rest = [word for word in ranked.own if word not in self._general[family.key][0]]
        if rest and not self._names_family(ranked):
            return ""
        # Beside the family's name only words that no member's texts say: talk, not a hint at another member.
        members = [self._index.number[code] for code in self._near(family.default)]
        hints = any(self._index.support((word,), number) for word in rest for number in members)
        return "" if hints else family.default

    def _usual(self, ranked: Ranked, code: str, aspect: str | None) -> bool:
        """Whether the best procedure is the usual member of a family that holds nearly all the belief. Naming the family alone
        ("giấy khai sinh") is too little; asking for a part of it ("giấy khai sinh cần gì") means the usual one."""
        family = self._families.get(self._family_of.get(code) or "")
        if family is None or family.default != code or ranked.best != code:
            return False
        if ranked.signals is None or (ranked.signals.generic and not aspect):
            return False
        if ranked.belief[code] < measures().usual or (len(ranked.own) < 2 and not aspect):
            return False
        return sum(ranked.belief.get(other, 0.0) for other in self._near(code)) >= measures().default

    def _ask_back(self, ranked: Ranked, handles: Callable[[str], bool]) -> tuple[list[str], Splitting]:
        """A splitting question over what is still open: within the family when it holds most of the belief, else over the likeliest titles."""
        belief, m, codes = ranked.belief, measures(), ranked.codes
        family = self._families.get(self._family_of.get(codes[0]) or "")
        members = [code for code in codes if family and self._family_of.get(code) == family.key]
        held = sum(belief[code] for code in members)
        inside = len(members) >= 2 and held >= m.family * sum(belief[code] for code in codes)
        still_open = members if inside else [code for code in codes if belief[code] >= m.option]
        still_open = [code for code in still_open if handles(code)] or still_open
        if len(still_open) < 2:
            still_open = list(dict.fromkeys([*still_open, *codes]))[:MOST_OPTIONS]
        usual = family.default if inside and family else None
        if usual and usual in still_open and belief[usual] * 2 >= belief[still_open[0]]:
            # Among equals the usual one stands first, as people expect it.
            still_open = [usual, *(code for code in still_open if code != usual)]
            belief = {**belief, usual: 1.0}
        question = splitting(still_open, belief, self._procedures, family if inside else None)
        offered = [code for option in question.options for code in option.codes]
        return list(dict.fromkeys([*offered, *codes]))[:MOST_CANDIDATES], question

    def _case(self, code: str, reading: Reading) -> str | None:
        """The case of a procedure that the words choose: the one with the longest phrase said; None where none is said or two are.

        A phrase that the title holds, too, may only name the procedure, so any other counts for more.
        """
        line = f" {reading.text} "
        hits: dict[str, tuple[bool, int]] = {}
        for words, key, of_title in self._cases.get(code, ()):
            if f" {words} " in line:
                hits[key] = max(hits.get(key, (False, 0)), (not of_title, len(words.split())))
        longest = max(hits.values(), default=(False, 0))
        winners = [key for key, length in hits.items() if length == longest]
        return winners[0] if len(winners) == 1 else None


def _within(phrase: str, title: str) -> bool:
    """Whether a title says the phrase."""
    return f" {folded(phrase)} " in f" {' '.join(folded(title).replace(',', ' ').split())} "


def _stands_in(phrase: tuple[str, ...], words: Sequence[str]) -> bool:
    """Whether the phrase's words stand one after the other among `words`."""
    size = len(phrase)
    return any(tuple(words[at : at + size]) == phrase for at in range(len(words) - size + 1))


def _own(name: str) -> str:
    """A name the way a question's own words are: no courtesy, no marks."""
    return " ".join(fold(word) for word in normalise(name).split() if not is_filler(word) and word not in PAUSES)
