"""What is done about a ranked question: answer, ask back, send elsewhere, or refuse. Every reason is written into the trace."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from knowledge.model import Family
from knowledge.procedure import Procedure
from knowledge.search.asking import WHICH, Splitting, splitting
from knowledge.search.belief import measures
from knowledge.search.corpus import OUTSIDE
from knowledge.search.finding import MOST_CANDIDATES, MOST_OPTIONS, Behaviour, Candidate, Finding, Trace
from knowledge.search.naming import Naming
from knowledge.search.ranking import Ranked, Ranker
from knowledge.text.normalising import folded
from knowledge.text.reading import Reading

Handles = Callable[[str], bool]  # which codes the unit handles

_KINDS: Mapping[str, Behaviour] = {"r": "referral", "t": "topic", "e": "event"}
_SUBJECT = re.compile(
    r"\b(?:hoi|tim hieu|tu van|thong tin)(?: \w+)? ve\b|^(?:da )?(?:cho (?:em |minh |toi )?)?hoi (?:ve )?giay\b"
)
ACTS = frozenset(("lam", "dang", "xin", "nop", "can", "muon", "khai", "bao", "di"))  # words of who wants something done


class Decider:
    """Decides over one knowledge snapshot. Immutable and safe to share between threads."""

    def __init__(
        self,
        ranker: Ranker,
        naming: Naming,
        events: Mapping[str, tuple[str, ...]],
        procedures: Mapping[str, Procedure],
        families: Mapping[str, Family],
    ) -> None:
        self._ranker, self._naming = ranker, naming
        self._events, self._procedures = events, procedures
        self._cases = {
            code: [
                (f" {folded(words)} ", case.key, _within(words, p.title))
                for case in p.cases
                for words in (*case.words, case.label)
            ]
            for code, p in procedures.items()
            if p.cases
        }
        self._choices = {
            key: [
                (f" {folded(phrase)} ", slot.key, choice.key)
                for slot in family.slots
                for choice in slot.choices
                for phrase in choice.words
            ]
            for key, family in families.items()
        }

    def decide(self, reading: Reading, ranked: Ranked, aspect: str | None, trace: Trace, handles: Handles) -> Finding:
        """Answer, ask back, send elsewhere or refuse. `handles` only chooses what is offered in a splitting question."""
        belief, m, best, codes = ranked.belief, measures(), ranked.best, ranked.codes
        sure, outside = ranked.sure, ranked.outside
        for name, share in list(belief.items())[:5]:
            why = ", ".join(self._ranker.why(ranked, name)) if trace.reasons else ""
            trace.append(f"{name}: {share:.3f} ({why})" if why else f"{name}: {share:.3f}")
        trace.append(f"từ riêng: {' '.join(ranked.own) or 'không có'}; chắc {sure:.2f}; ngoài việc {outside:.2f}")

        def found(behaviour: Behaviour, candidates: tuple[Candidate, ...] = (), **more: Any) -> Finding:
            trace.append(f"quyết định: {behaviour}")
            return Finding(behaviour, candidates, aspect=aspect, trace=tuple(trace), **more)

        if field := self._naming.field(ranked.own):
            order = sorted(field, key=lambda code: -belief.get(code, 0.0))
            order = [code for code in order if handles(code)] or order
            question = splitting(order[:MOST_OPTIONS], belief, self._procedures, None)
            trace.append("gọi tên cả một lĩnh vực")
            candidates = candidates_of(order[:MOST_CANDIDATES], belief)
            return found("clarify", candidates, question=question.question, options=question.options)
        about = bool(_SUBJECT.search(" ".join(reading.bare)))
        kind, _, key = best.partition(":")
        within = kind == "e" and bool(aspect) and bool(codes) and codes[0] in self._events.get(key, ())
        asks_about = kind == "e" and not aspect and about
        enough = m.event if kind == "e" else m.elsewhere
        told = kind in _KINDS and bool(key) and belief[best] >= enough and bool(ranked.own or kind == "t")
        if told and not within and not asks_about:
            steps = candidates_of(self._events.get(key, ()), belief)
            return found(_KINDS[kind], steps if kind == "e" else (), key=key)
        if not ranked.own and not (best == OUTSIDE and outside >= m.refuse):
            return found("clarify", question=WHICH)  # "cần giúp", "giấy này làm sao": nothing is named yet
        refused = (best == OUTSIDE or outside >= max(m.refuse, sure)) and not within
        # In a follow-up what was said before may name a family; where this message is about something else, that saves nothing.
        naming = reading.own if best == OUTSIDE else ranked.own
        if not codes or (refused and not self._naming.names_family(codes[0], naming)):
            return found("refuse")
        meant = self._first_of(key, belief) if within else self._meant(ranked, reading, aspect)
        if meant:
            trace.append(f"hiểu là {meant}: việc đầu của {key}" if within else f"nói chung cả họ, hiểu là {meant}")
            codes = [meant, *(code for code in codes if code != meant)]
        code = codes[0]
        # Only the subject is named ("cho hỏi về giấy phép xây dựng"): whoever has several procedures for it asks which.
        subject = not aspect and about and self._several(ranked)
        plain = not subject and (sure >= m.answer or self._usual(ranked, code, aspect) or self._shared(ranked, code))
        if meant or plain:
            reasons = self._ranker.why(ranked, code) if trace.reasons else ()
            first = Candidate(code, round(belief.get(code, 0.0), 4), reasons)
            return found(
                "answer",
                (first, *candidates_of(codes[1:MOST_CANDIDATES], belief)),
                case=self._case(code, reading),
            )
        served = next((n for n, share in belief.items() if n[:2] in ("r:", "t:") and share >= m.instead), "")
        if served and ranked.own and not subject:  # no procedure is sure enough, and another body nearly was
            return found(_KINDS[served[0]], key=served[2:])
        order, question = self.ask_back(ranked, handles)
        return found("clarify", candidates_of(order, belief), question=question.question, options=question.options)

    def ask_back(self, ranked: Ranked, handles: Handles) -> tuple[list[str], Splitting]:
        """(codes in the order they are offered, a splitting question over them): within the family when it holds most of the belief, else over
        the likeliest titles. At least one procedure must be ranked."""
        belief, m, codes = ranked.belief, measures(), ranked.codes
        family = self._naming.family(codes[0])
        members = [code for code in codes if family and self._naming.family(code) is family]
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

    def _several(self, ranked: Ranked) -> bool:
        """Whether the likeliest procedure has kin and no word picks it from among them."""
        return len(self._naming.near(ranked.codes[0])) > 1 and not (ranked.signals and ranked.signals.agrees)

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
        codes, family = ranked.codes, self._naming.family(ranked.codes[0])
        if family is None or family.default is None or not (aspect or ACTS & set(reading.bare)):
            return ""
        if len(ranked.own) < 2 and not aspect:
            return ""  # "làm giấy đất" names too little
        held = sum(ranked.belief[code] for code in codes if self._naming.family(code) is family)
        if held < measures().family * sum(ranked.belief[code] for code in codes):
            return ""
        line = f" {' '.join(reading.bare)} "
        usual = self._procedures[family.default].words
        spoken = {(slot, choice) for phrase, slot, choice in self._choices[family.key] if phrase in line}
        if any(usual is None or usual.slots.get(slot) != choice for slot, choice in spoken):
            return ""  # a word that picks another member
        rest = self._naming.beside_family(family, ranked.own)
        if rest and not self._naming.names_family(codes[0], ranked.own):
            return ""
        # Beside the family's name only words that no member's texts say: talk, not a hint at another member.
        members = self._naming.near(family.default)
        hints = any(self._ranker.support((word,), member) for word in rest for member in members)
        return "" if hints else family.default

    def _usual(self, ranked: Ranked, code: str, aspect: str | None) -> bool:
        """Whether the best procedure is the usual member of a family that holds nearly all the belief. Naming the family alone
        ("giấy khai sinh") is too little; asking for a part of it ("giấy khai sinh cần gì") means the usual one."""
        family = self._naming.family(code)
        if family is None or family.default != code or ranked.best != code:
            return False
        if ranked.signals is None or (ranked.signals.generic and not aspect):
            return False
        if ranked.belief[code] < measures().usual or (len(ranked.own) < 2 and not aspect):
            return False
        return sum(ranked.belief.get(other, 0.0) for other in self._naming.near(code)) >= measures().default

    def _case(self, code: str, reading: Reading) -> str | None:
        """The case of a procedure that the words choose: the one with the longest phrase said; None where none is said or two are.

        A phrase that the title holds, too, may only name the procedure, so any other counts for more.
        """
        line = f" {reading.text} "
        hits: dict[str, tuple[bool, int]] = {}
        for words, key, of_title in self._cases.get(code, ()):
            if words in line:
                hits[key] = max(hits.get(key, (False, 0)), (not of_title, len(words.split())))
        longest = max(hits.values(), default=(False, 0))
        winners = [key for key, length in hits.items() if length == longest]
        return winners[0] if len(winners) == 1 else None


def candidates_of(codes: Sequence[str], belief: Mapping[str, float]) -> tuple[Candidate, ...]:
    """Candidates in this order, each with its share of belief."""
    return tuple(Candidate(code, round(belief.get(code, 0.0), 4)) for code in codes)


def _within(phrase: str, title: str) -> bool:
    """Whether a title says the phrase."""
    return f" {folded(phrase)} " in f" {' '.join(folded(title).replace(',', ' ').split())} "
