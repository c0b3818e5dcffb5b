"""From a question to a decision. Everything that decides is written into the trace.

read → turn (what is said away) → aspects set aside → score every class → belief → two needs? → follow-up? → decide.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from knowledge.model import Family
from knowledge.procedure import Procedure
from knowledge.search.asking import splitting
from knowledge.search.belief import measures, shares
from knowledge.search.corpus import OUTSIDE
from knowledge.search.features import features
from knowledge.search.finding import MOST_CANDIDATES, Candidate, Finding, Thread
from knowledge.search.index import Index
from knowledge.search.needs import halves
from knowledge.search.turning import goes_on, is_bare, own_words, part, turn_of
from knowledge.text.aspects import asked, main_aspect
from knowledge.text.folding import fold
from knowledge.text.lexicon import Lexicon
from knowledge.text.normalising import normalise
from knowledge.text.reading import Reading, read


def anywhere(_code: str) -> bool:
    """The catalogue of a unit that handles everything."""
    return True


@dataclass(frozen=True, slots=True)
class Ranked:
    """A scored question: belief per class name (best first), the vector it was scored with, its own words and how many of them are known."""

    belief: Mapping[str, float]
    vector: Mapping[int, float]
    own: tuple[str, ...]
    known: float

    @property
    def best(self) -> str:
        """The class believed in most; nothing we serve when nothing spoke at all."""
        return next(iter(self.belief), OUTSIDE)

    @property
    def codes(self) -> list[str]:
        """The procedures, best first."""
        return [name for name in self.belief if ":" not in name]


class Finder:
    """Understands questions over one knowledge snapshot. Immutable and safe to share between threads."""

    def __init__(
        self,
        index: Index,
        lexicon: Lexicon,
        events: Mapping[str, tuple[str, ...]],
        procedures: Mapping[str, Procedure],
        families: Mapping[str, Family],
    ) -> None:
        self._index = index
        self._lexicon = lexicon
        self._events = events
        self._procedures = procedures
        self._families = families
        self._family_of = {
            code: p.words.family for code, p in procedures.items() if p.words and p.words.family in families
        }
        self._cases = {
            code: [
                (tuple(fold(normalise(words)).split()), case.key)
                for case in p.cases
                for words in (*case.words, case.label)
            ]
            for code, p in procedures.items()
        }

    @classmethod
    def from_blobs(
        cls, blobs: Mapping[str, bytes], procedures: Mapping[str, Procedure], families: Mapping[str, Family]
    ) -> Finder:
        """The finder of a pack: `blobs` as `knowledge.search.index.build` made them, procedures by code, families by key."""
        events = {key: tuple(codes) for key, codes in json.loads(blobs["events"]).items()}
        return cls(Index(blobs), Lexicon.load(blobs["lexicon"]), events, procedures, families)

    def find(self, text: str, thread: Thread = Thread(), catalogue: Callable[[str], bool] | None = None) -> Finding:  # noqa: B008
        """Understand one message. `thread` is what was talked about; `catalogue` says which codes the unit handles (it chooses among near equals,
        it never hides a procedure). Never raises, whatever the text."""
        reading = read(text, self._lexicon)
        trace = [f"đọc: {' '.join(reading.words)}", *(f"sửa: {done}" for done in reading.done)]
        turn = turn_of(reading)
        said = part(reading, *turn.yes) if turn.yes else reading
        away = part(reading, *turn.no) if turn.no else None
        if turn.yes:
            trace.append(f"ý chính: {' '.join(said.words)}" + (f"; bỏ: {' '.join(away.words)}" if away else ""))
        spans = asked(said.words)
        aspect = main_aspect(spans)
        trace += [f"mục hỏi: {one.aspect} ({' '.join(said.words[one.start : one.end])})" for one in spans]
        own = own_words(said)
        if is_bare(own) and thread.code and aspect:
            trace.append(f"hỏi tiếp về {thread.code}")
            return Finding("aspect", (Candidate(thread.code, 1.0),), aspect=aspect, trace=tuple(trace))
        ranked = self._rank(said, away)
        finding = None
        if thread.code or thread.offered or thread.question:
            ranked, context = self._in_thread(ranked, said, away, thread)
            trace += context
        else:
            finding = self._two_needs(said, ranked, trace, catalogue)
        return finding or self._decide(said, ranked, aspect, trace, catalogue)

    def _rank(
        self,
        reading: Reading,
        away: Reading | None = None,
        more: Mapping[str, float] | None = None,
        bonus: Mapping[str, float] | None = None,
    ) -> Ranked:
        """Score a reading; `more` are features of the thread, `bonus` what being talked about adds to a class."""
        counts = features(reading)
        for feature, weight in (more or {}).items():
            counts[feature] = max(counts.get(feature, 0.0), weight)
        if away is not None:
            for feature in features(away):
                counts.pop(feature, None)
        vector = self._index.vector(counts)
        scores = self._index.score(vector)
        for name, extra in (bonus or {}).items():
            scores[self._index.number[name]] += extra
        own = own_words(reading)
        known = sum(self._index.knows(f"w{word}" for word in own)) / len(own) if own else 0.0
        belief = shares(scores, measures().temperature) if vector else {}
        return Ranked({self._index.names[n]: share for n, share in belief.items()}, vector, tuple(own), known)

    def _in_thread(
        self, ranked: Ranked, said: Reading, away: Reading | None, thread: Thread
    ) -> tuple[Ranked, list[str]]:
        """Whether the words stand alone; if not, read them together with what was talked about."""
        sure = ranked.belief.get(ranked.best, 0.0)
        if len(ranked.own) >= 2 and sure >= measures().alone and not goes_on(said):
            return ranked, []
        before = read(thread.question, self._lexicon)
        more = {feature: weight * measures().context for feature, weight in features(before).items()}
        bonus = dict.fromkeys(self._near(thread.code), measures().thread_family)
        bonus |= {code: measures().thread_offered for code in thread.offered if code in self._procedures}
        return self._rank(said, away, more, bonus), [f"hỏi tiếp, ghép với: {' '.join(before.words)}"]

    def _near(self, code: str) -> list[str]:
        """The procedure and the members of its family."""
        family = self._family_of.get(code)
        if family is None:
            return [code] if code in self._procedures else []
        return [other for other, key in self._family_of.items() if key == family]

    def _two_needs(
        self, reading: Reading, whole: Ranked, trace: list[str], catalogue: Callable[[str], bool] | None
    ) -> Finding | None:
        """Two findings where both halves of a sentence stand alone and mean different things, and the whole is no single need."""
        if not whole.belief or whole.belief[whole.best] >= measures().together:
            return None
        for left, right in halves(reading):
            first, second = self._rank(left), self._rank(right)
            if not all(r.belief and ":" not in r.best and r.belief[r.best] >= measures().need for r in (first, second)):
                continue
            if first.best in self._near(second.best):
                continue
            trace.append(f"hai việc: {' '.join(left.words)} | {' '.join(right.words)}")
            other = self._decide(right, second, main_aspect(asked(right.words)), [], catalogue)
            return replace(self._decide(left, first, main_aspect(asked(left.words)), trace, catalogue), second=other)
        return None

    def _decide(
        self,
        reading: Reading,
        ranked: Ranked,
        aspect: str | None,
        trace: list[str],
        catalogue: Callable[[str], bool] | None,
    ) -> Finding:
        """Answer, ask back, send elsewhere or refuse."""
        belief, m = ranked.belief, measures()
        best = ranked.best
        sure = belief.get(best, 0.0)
        codes = ranked.codes
        candidates = tuple(Candidate(c, round(belief[c], 4)) for c in codes[:MOST_CANDIDATES])
        trace += [
            f"{name}: {share:.3f} {', '.join(self._index.reasons(ranked.vector, self._index.number[name]))}"
            for name, share in list(belief.items())[:5]
        ]
        trace.append(f"từ riêng: {' '.join(ranked.own) or 'không có'}; biết {ranked.known:.0%}")

        def found(behaviour: str, **more: object) -> Finding:
            trace.append(f"quyết định: {behaviour}")
            return Finding(behaviour, aspect=aspect, trace=tuple(trace), **{"candidates": candidates, **more})  # type: ignore[arg-type]

        if not codes or not ranked.own:
            return found("refuse", candidates=())
        if best == OUTSIDE and sure >= m.outside:
            return found("refuse", candidates=())
        kind, _, key = best.partition(":")
        if kind in ("r", "t", "e") and sure >= m.elsewhere:
            if kind == "e":
                return found(
                    "event", key=key, candidates=tuple(Candidate(c, belief.get(c, 0.0)) for c in self._events[key])
                )
            return found("referral" if kind == "r" else "topic", key=key, candidates=())
        code = codes[0]
        sure = belief[code]
        family = self._families.get(self._family_of.get(code) or "")
        if self._clear(ranked, sure) or (
            family
            and family.default == code
            and len(ranked.own) >= m.clear_words
            and self._family_share(ranked, code) >= m.answer
        ):
            first = Candidate(code, round(sure, 4), self._index.reasons(ranked.vector, self._index.number[code]))
            return found("answer", candidates=(first, *candidates[1:]), case=self._case(code, reading))
        return self._ask_back(ranked, family, found, catalogue or anywhere)

    def _clear(self, ranked: Ranked, sure: float) -> bool:
        """Whether one procedure may be answered alone. Short or vague text never is, unless hardly anything else could be meant."""
        m = measures()
        if len(ranked.own) < m.clear_words:
            return sure >= m.short_answer and ranked.known == 1.0
        return sure >= m.answer and ranked.known >= m.answer_known

    def _family_share(self, ranked: Ranked, code: str) -> float:
        return sum(ranked.belief.get(other, 0.0) for other in self._near(code))

    def _ask_back(
        self, ranked: Ranked, family: Family | None, found: Callable[..., Finding], catalogue: Callable[[str], bool]
    ) -> Finding:
        """A splitting question over what is still open: within the family when it holds most of the belief, else over the likeliest titles."""
        belief, m = ranked.belief, measures()
        codes = ranked.codes
        total = sum(belief[code] for code in codes)
        members = [code for code in codes if family and self._family_of.get(code) == family.key]
        inside = bool(members) and sum(belief[code] for code in members) >= m.family * total and len(members) >= 2
        open_codes = members if inside else [code for code in codes if belief[code] >= m.option] or codes[:4]
        open_codes = [code for code in open_codes if catalogue(code)] or open_codes
        if len(open_codes) == 1:
            open_codes = [*open_codes, *(code for code in codes if code not in open_codes)][:4]
        question = splitting(open_codes, belief, self._procedures, family if inside else None)
        order = list(dict.fromkeys([*(code for option in question.options for code in option.codes), *codes]))[
            :MOST_CANDIDATES
        ]
        return found(
            "clarify",
            candidates=tuple(Candidate(c, round(belief.get(c, 0.0), 4)) for c in order),
            question=question.question,
            options=question.options,
        )

    def _case(self, code: str, reading: Reading) -> str | None:
        """The case of a procedure that the words choose: the one with the longest phrase in the question; None where none is said or two are."""
        line = f" {reading.text} "
        hits = {
            key: len(words)
            for words, key in sorted(self._cases.get(code, []), key=lambda one: len(one[0]))
            if f" {' '.join(words)} " in line
        }
        if not hits:
            return None
        longest = max(hits.values())
        winners = [key for key, length in hits.items() if length == longest]
        return winners[0] if len(winners) == 1 else None
