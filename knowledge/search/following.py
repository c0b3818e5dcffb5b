"""What a message means after what was talked about: a part asked of it, more said of it, an answer to a splitting question, or something new."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from knowledge.procedure import Procedure
from knowledge.search.asking import splitting
from knowledge.search.belief import measures
from knowledge.search.deciding import Decider, Handles, candidates_of
from knowledge.search.features import features
from knowledge.search.finding import MOST_CANDIDATES, Finding, Thread, Trace
from knowledge.search.naming import Naming
from knowledge.search.ranking import Ranked, Ranker
from knowledge.search.turning import goes_on, tells
from knowledge.text.lexicon import Lexicon
from knowledge.text.reading import Reading, read


class Following:
    """Reads messages together with their thread, over one knowledge snapshot. Immutable and safe to share between threads."""

    def __init__(
        self,
        lexicon: Lexicon,
        ranker: Ranker,
        naming: Naming,
        decider: Decider,
        procedures: Mapping[str, Procedure],
    ) -> None:
        self._lexicon, self._ranker, self._naming, self._decider = lexicon, ranker, naming, decider
        self._procedures = procedures

    def asks_of_thread(self, said: Reading, alone: Ranked, thread: Thread) -> bool:
        """Whether an aspect is asked of the procedure talked about, though something is named: only what its own texts speak of.

        `alone` is what the message means on its own.
        """
        if thread.code not in self._procedures or not goes_on(said):
            return False
        if self._ranker.support(said.own, thread.code) < measures().thread_support:
            return False
        if self._naming.is_name(said.own):
            return False
        near = self._naming.near(thread.code)
        if alone.best in near:  # a word that the procedure's own texts lack may mean another of its family
            return alone.best == thread.code or not (
                alone.sure >= measures().alone or self._fits_better(said, alone.best, thread.code)
            )
        held = sum(alone.belief.get(code, 0.0) for code in near)
        return alone.sure < measures().alone and (held >= measures().option or len(said.own) == 1)

    def _fits_better(self, said: Reading, code: str, than: str) -> bool:
        """Whether the texts of `code` say more of the message's own words."""
        return self._ranker.support(said.own, code) > self._ranker.support(said.own, than)

    def corrected(self, said: Reading, away: Reading | None, thread: Thread) -> Ranked:
        """What was said before is taken back; what was asked of it is asked of this, most likely of its kin."""
        bonus = dict.fromkeys(self._naming.near(thread.code), measures().thread_family)
        return self._ranker.rank(said, away, bonus=bonus)

    def joined(self, alone: Ranked, said: Reading, away: Reading | None, thread: Thread, trace: Trace) -> Ranked | None:
        """The message read together with what was talked about; None where it stands alone."""
        m = measures()
        enough = m.alone_going_on if goes_on(said) or (thread.code and tells(said)) else m.alone
        if not thread.code and goes_on(said) and alone.best not in thread.offered:
            enough = m.alone_open  # a question is open: a short text most likely answers it
        if len(alone.own) >= 2 and alone.sure >= enough:
            return None
        if self._naming.is_name(alone.own):
            trace.append("gọi đúng tên việc: đứng riêng")
            return None
        before = read(thread.question, self._lexicon)
        if not thread.code and set(alone.own) <= set(before.own):
            trace.append("không thêm gì mới: vẫn chưa rõ")
            return alone
        more = {feature: weight * m.context for feature, weight in features(before).items()}
        bonus = dict.fromkeys(self._naming.near(thread.code), m.thread_family)
        if not thread.code:  # a question is open: what was offered is likelier than anything else
            bonus = {code: m.thread_offered for code in thread.offered if code in self._procedures}
        ranked = self._ranker.rank(said, away, more, bonus)
        own = (*alone.own, *before.own)
        signals = (
            replace(ranked.signals, length=math.log1p(len(own)), generic=0.0, usual=0.0) if ranked.signals else None
        )
        trace.append(f"hỏi tiếp, ghép với: {' '.join(before.words)}")
        return replace(ranked, own=own, signals=signals)

    def still_open(self, thread: Thread, aspect: str, trace: Trace, handles: Handles) -> Finding | None:
        """A part is asked for before a choice was made: answered where it would be had all been said in one message, else asked back again,
        about the words that the choices were put about. After another body was named, its part is asked for. None where nothing is open."""
        if thread.code or not (thread.offered or thread.question):
            return None
        before = read(thread.question, self._lexicon)
        ranked = self._ranker.rank(before)
        if ranked.belief:
            together = self._decider.decide(before, ranked, aspect, Trace(trace, reasons=trace.reasons), handles)
            if together.behaviour == "answer" or not thread.offered:
                return together if together.behaviour in ("answer", "referral") else None
            likely = ranked.codes[0] if ranked.codes else ""
            if likely == ranked.best and ranked.belief[likely] >= measures().default:
                # Nearly all the belief is in one already; to ask the same again would help nobody.
                trace.append(f"chưa chọn, gần như chắc là {likely}")
                return Finding(
                    "answer", candidates_of(ranked.codes[:MOST_CANDIDATES], ranked.belief), aspect, trace=tuple(trace)
                )
        order, question = (
            self._decider.ask_back(ranked, handles)
            if ranked.codes
            else (list(thread.offered), splitting(thread.offered, {}, self._procedures, None))
        )
        trace.append("chưa chọn việc nào: hỏi lại")
        return Finding(
            "clarify",
            candidates_of(order, ranked.belief),
            aspect=aspect,
            question=question.question,
            options=question.options,
            trace=tuple(trace),
        )
