"""From a question to a decision. Everything that decides is written into the trace.

read → turn (what is said away) → aspects set aside → score every class → belief → two needs? → follow-up? → decide.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import replace

from knowledge.model import Family
from knowledge.procedure import Procedure
from knowledge.search.belief import Signals, measures
from knowledge.search.deciding import Decider
from knowledge.search.finding import Candidate, Finding, Thread, Trace, heard
from knowledge.search.following import Following
from knowledge.search.naming import Naming, own
from knowledge.search.needs import TwoNeeds
from knowledge.search.ranking import Ranker
from knowledge.search.scoring import Index
from knowledge.search.second_look import SecondLook, Signs
from knowledge.search.turning import is_bare, part, turn_of, unwrapped, without_part
from knowledge.text.aspects import main_aspect
from knowledge.text.lexicon import Lexicon
from knowledge.text.normalising import folded
from knowledge.text.reading import read


def anywhere(_code: str) -> bool:
    """The catalogue of a unit that handles everything."""
    return True


class Finder:
    """Understands questions over one knowledge snapshot. Immutable and safe to share between threads."""

    def __init__(
        self,
        ranker: Ranker,
        lexicon: Lexicon,
        naming: Naming,
        events: Mapping[str, tuple[str, ...]],
        procedures: Mapping[str, Procedure],
        families: Mapping[str, Family],
    ) -> None:
        self._ranker, self._lexicon, self._naming = ranker, lexicon, naming
        self._procedures = procedures
        self._decider = Decider(ranker, naming, events, procedures, families)
        self._two_needs = TwoNeeds(ranker, naming, self._decider)
        self._following = Following(lexicon, ranker, naming, self._decider, procedures)
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
        naming = Naming(procedures, families, fields, elsewhere)
        return cls(Ranker(index, look, naming), Lexicon.load(blobs["lexicon"]), naming, events, procedures, families)

    def with_aliases(self, aliases: Mapping[str, Sequence[str]]) -> Finder:
        """A finder that also knows these names, by code; this one stays as it is. Only a name said as a whole counts, beside courtesy and parts."""
        other = copy(self)
        named = [(name, code) for code, names in aliases.items() for name in names]
        # As a question is read (spelling may be put right), and as it was written (it may be right already).
        read_so = {" ".join(read(name, self._lexicon).own): code for name, code in named}
        written_so = {form: code for name, code in named for form in (own(name), folded(name))}
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
        aspect = main_aspect(said.asked)
        trace += [f"mục hỏi: {one.aspect} ({' '.join(said.words[one.start : one.end])})" for one in said.asked]
        said_so = (" ".join(said.own), own(text), folded(text)) if self._also else ()
        if also := next((self._also[form] for form in said_so if form in self._also), ""):
            trace.append(f"cách gọi của đơn vị: {also}")
            return Finding("answer", (Candidate(also, 1.0),), aspect=aspect, trace=tuple(trace))
        if aspect and is_bare(said.own):
            if thread.code in self._procedures:
                return _of_thread(thread, aspect, trace)
            if (open_ := self._following.still_open(thread, aspect, trace, handles)) is not None:
                return open_
        ranked, joined = self._ranker.rank(said, away), None
        if aspect and self._following.asks_of_thread(said, ranked, thread):
            return _of_thread(thread, aspect, trace)
        if thread.code or thread.offered or thread.question:
            if turn.corrects and ranked.own:
                ranked = self._following.corrected(said, away, thread)
                aspect = aspect or thread.aspect or "documents"
            else:
                joined = self._following.joined(ranked, said, away, thread, trace)
                ranked = joined or ranked
            if joined and aspect and joined.best == thread.code and joined.belief[thread.code] >= measures().usual:
                return _of_thread(thread, aspect, trace)
            # "thế còn kết hôn": something is wanted of it, as of what was talked about.
            if self._naming.is_name(ranked.own):
                aspect = aspect or ("documents" if thread.code else None)
        elif two := self._two_needs.find(said, ranked, trace, handles):
            return two
        finding = self._decider.decide(said, ranked, aspect, trace, handles)
        if joined is None:
            return finding
        if finding.behaviour == "refuse" and aspect:
            finding = self._following.still_open(thread, aspect, trace, handles) or finding
        return replace(finding, heard=heard(thread.question, text))

    def signals(self, text: str) -> tuple[str, Signals | None]:
        """(best class, signals) of a question on its own: what `benchmarks/learn.py` learns the decision from."""
        ranked = self._ranker.rank(read(text, self._lexicon))
        return ranked.best, ranked.signals

    def looked(self, text: str) -> list[tuple[str, float, Signs]]:
        """(code, score before the second look, its signs) of the likeliest procedures: what `benchmarks/learn.py` learns the look from."""
        return self._ranker.looked(read(text, self._lexicon))


def _of_thread(thread: Thread, aspect: str, trace: Trace) -> Finding:
    """A part is asked of the procedure talked about."""
    trace.append(f"hỏi tiếp về {thread.code}")
    return Finding("aspect", (Candidate(thread.code, 1.0),), aspect=aspect, trace=tuple(trace))
