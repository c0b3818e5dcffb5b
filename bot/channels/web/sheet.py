"""A procedure as its public page shows it: four key facts, cases, papers, steps; pure, from the knowledge and the unit alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from handlers.language import current
from handlers.language import gettext as _
from knowledge.card import CardDocument, Stub
from knowledge.model import Case
from knowledge.procedure import Procedure
from knowledge.unit import Unit

FIGURE = 34  # characters that stand as one key figure; longer text is set smaller
# What a sheet of A5 holds and what each thing takes of it, in CSS pixels, at 11 pt, 10 pt, and 10 pt without the steps: fitted to the printed
# heights of every written procedure (docs/web.md), a margin of one line kept back.
SHEET = 718 - 18
TAKES = (
    {"all": 295, "key": 24, "case": 45, "text": 20, "paper": 17, "heading": 35, "step": 26},
    {"all": 263, "key": 23, "case": 46, "text": 19, "paper": 14, "heading": 36, "step": 22},
    {"all": 245, "key": 23, "case": 46, "text": 18, "paper": 13, "heading": 37, "step": 0},
)
SPLIT = re.compile(r"[;.](?=\s)|,(?=\s)| \(")


@dataclass(frozen=True, slots=True)
class KeyFact:
    """One of the four: a label, the figure, what it means or counts from."""

    label: str
    figure: str
    hint: str = ""

    @property
    def long(self) -> bool:
        """Whether the figure needs the smaller type."""
        return len(self.figure) > FIGURE // 2


@dataclass(frozen=True, slots=True)
class Papers:
    """Papers under one heading; the heading is empty for those that everybody needs."""

    heading: str
    papers: tuple[CardDocument, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything the page of a procedure shows. `case` is the chosen one, None where there are none or none is chosen yet."""

    procedure: Procedure
    title: str
    purpose: str
    key: tuple[KeyFact, ...]
    case: Case | None
    papers: tuple[Papers, ...]
    not_needed: str
    note: str
    steps: tuple[str, ...]
    returned: tuple[str, ...]
    conditions: tuple[str, ...]
    result: str
    online_how: str
    handled: bool
    place: str
    stub: Stub

    @property
    def density(self) -> int:
        """How tightly paper is set, so that the sheet stays one page of A5: 0 as usual, 1 smaller, 2 smaller and without the steps."""
        return next((tight for tight in (0, 1) if self._height(tight, self._papers()) <= SHEET), 2)

    @property
    def printed(self) -> int:
        """How many papers, counted from the first, find room on the sheet; what is cut off is said there, with the way to the rest."""
        papers, count = self._papers(), len(self._papers())
        while count and self._height(self.density, papers[:count]) > SHEET:
            count -= 1
        return count

    @property
    def unprinted(self) -> int:
        """How many papers find no room on the sheet."""
        return len(self._papers()) - self.printed

    def _papers(self) -> list[CardDocument]:
        return [paper for part in self.papers for paper in part.papers]

    def _height(self, tight: int, papers: Sequence[CardDocument]) -> int:
        takes = TAKES[tight]
        texts = _lines(self.purpose, 64) + _lines(self.not_needed, 64) + _lines(self.note, 60)
        return (
            takes["all"]
            + takes["key"] * max(_lines(fact.figure, 15) + _lines(fact.hint, 20) for fact in self.key)
            + takes["case"] * bool(self.case)
            + takes["text"] * texts
            + takes["paper"] * sum(_lines(f"{paper.name} {paper.detail}", 58) for paper in papers)
            + takes["heading"] * sum(bool(part.heading) for part in self.papers)
            + takes["step"] * len(self.steps)
        )


def _lines(text: str, width: int) -> int:
    return -(-len(text) // width)


def figure(text: str) -> tuple[str, str]:
    """A sentence cut into the figure to be set large and the rest: "1 ngày làm việc; nộp sau 15:00 …" → ("1 ngày làm việc", "nộp sau 15:00 …").

    Only a short head may be cut off: a half sentence set large would mislead.
    """
    text = text.strip().rstrip(".")
    match = SPLIT.search(text)
    if match and match.start() <= FIGURE:
        head, rest = text[: match.start()], text[match.end() if match.group() != " (" else match.start() + 1 :].strip()
    else:
        head, rest = text, ""
    return head[:1].upper() + head[1:], rest


def brief_time(procedure: Procedure) -> str:
    """The term as one short phrase for a list; empty where it needs more words than that (the page has them)."""
    time = procedure.time_text(None, _)
    head = figure(time)[0] if time else _("Chưa rõ, hỏi quầy")
    return head[:1].lower() + head[1:] if len(head) <= FIGURE else ""


def sheet(procedure: Procedure, case: str, unit: Unit) -> Sheet:
    """The page of a procedure for one case ("" or one nobody knows: all cases side by side)."""
    words = procedure.words
    chosen = procedure.case(case)
    key = chosen.key if chosen else None
    english = current() == "en"
    purpose = (words.purpose_en if english and words.purpose_en else words.purpose) if words else None
    return Sheet(
        procedure=procedure,
        title=procedure.title,
        purpose=purpose or "",
        key=tuple(_key_facts(procedure, key, unit)),
        case=chosen,
        papers=tuple(_papers(procedure, chosen)),
        not_needed=_joined(words.not_needed if words else None, chosen.not_needed if chosen else None),
        note=_joined(words.note if words else None, chosen.note if chosen else None, *procedure.local_lines(_)),
        steps=words.steps if words else (),
        returned=words.returned_because if words else (),
        conditions=words.conditions if words else (),
        result=(words.result or "") if words else "",
        online_how=(words.online_how or "") if words else "",
        handled=procedure.taken_in(unit),
        place=procedure.place(unit, _),
        stub=procedure.stub(unit),
    )


def _joined(*texts: str | None) -> str:
    return " ".join(text for text in texts if text)


def _key_facts(procedure: Procedure, case: str | None, unit: Unit) -> Iterator[KeyFact]:
    time = procedure.time_text(case, _)
    yield KeyFact(
        _("Thời hạn"), *(figure(time) if time else (_("Chưa rõ, hỏi quầy"), _("ngày đúng ghi trên giấy hẹn")))
    )
    fee = procedure.fee_text(case)
    yield KeyFact(
        _("Tiền phải nộp"),
        *(figure(fee) if fee else (_("Chưa rõ, hỏi quầy"), _("hoặc gọi {phone}").format(phone=procedure.phone(unit)))),
    )
    yield KeyFact(_("Nơi nộp"), *_place(procedure, unit))
    yield KeyFact(
        _("Qua mạng"),
        *{
            "wholly": (_("Làm hết được"), _("không phải đến quầy")),
            "partly": (_("Một phần"), _("nộp qua mạng, đến lấy kết quả")),
            "none": (_("Chưa được"), _("đến quầy")),
        }[procedure.facts.online_level],
    )


def _place(procedure: Procedure, unit: Unit) -> tuple[str, str]:
    counter = unit.counter_for(procedure.group)
    if procedure.where:
        return figure(procedure.where)
    if not procedure.facts.handled_here:
        return figure(procedure.place(unit, _))
    if counter:
        return _("Quầy\u00a0{number}").format(number=counter.number), _("Trung tâm {unit}").format(unit=unit.name)
    return _("Tại quầy"), _("Trung tâm {unit}").format(unit=unit.name)


def _papers(procedure: Procedure, chosen: Case | None) -> Iterator[Papers]:
    """One list for a chosen case; without one the papers of all, then what each case adds."""
    words = procedure.words
    if words is None or not procedure.written:
        return
    if chosen or not procedure.cases:
        key = chosen.key if chosen else None
        yield Papers("", tuple(procedure.document_line(d, key, _) for d in procedure.documents(key)))
        return
    common = [d for d in words.documents if not d.cases]
    if common:
        yield Papers("", tuple(procedure.document_line(d, None, _) for d in common))
    for case in procedure.cases:
        own = [d for d in words.documents if case.key in d.cases]
        if own:
            lines = tuple(procedure.document_line(d, case.key, _) for d in own)
            yield Papers(_("Thêm, nếu {case}").format(case=case.name), lines)
