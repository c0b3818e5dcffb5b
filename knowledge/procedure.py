"""One procedure as the bot knows it: the published facts, and our words where they are written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.card import LIMIT, SHOWN, Card, CardDocument, Stub, Translate
from knowledge.facts import Facts
from knowledge.model import Case, Document, Fee, Time, Words
from knowledge.override import Local
from knowledge.unit import Unit
from knowledge.withdrawn import Withdrawn

WAY_OUT = "khac"  # the case of who does not know: every paper, each with its condition
LEGAL_PREFIX = re.compile(r"^(?:thủ tục|tthc)\s+(?=\w)", re.IGNORECASE)
TAIL = re.compile(r"\s*(?:\((?:cấp xã|\d\.\d{6}|thực hiện tại[^)]*)\)|[.;,])\s*$", re.IGNORECASE)


def _(message: str) -> str:
    """Marks a text for the catalogue; it is translated when the answer is put together."""
    return message


BRING = {
    "original": _("bản gốc"),
    "copy": _("bản photo"),
    "certified": _("bản sao chứng thực"),
    "show": _("đưa xem rồi cầm về"),
    "any": _("bản gốc hoặc bản sao"),
    "form": "",
}
ONLINE = {
    "wholly": _("làm hết qua mạng (dichvucong.gov.vn, VNeID)"),
    "partly": _("qua mạng (dichvucong.gov.vn, VNeID)"),
}
WHERE = {"commune_police": _("Công an xã"), "commune_military": _("Ban Chỉ huy Quân sự xã"), "school": _("trường học")}
TERMS = {
    "giờ": _("{n} giờ"),
    "ngày làm việc": _("{n} ngày làm việc"),
    "ngày": _("{n} ngày"),
    "tháng": _("{n} tháng"),
    "năm": _("{n} năm"),
}
UNITS = {"hour": "giờ", "day": "ngày", "working_day": "ngày làm việc", "month": "tháng", "year": "năm"}
TERM = re.compile(rf"\b(\d+) ({'|'.join(TERMS)})\b(?! \d)")
NOTHING_LOCAL = Local()
UNWRITTEN = _("Giấy tờ: chưa soạn. Xem trang chính thức, hoặc hỏi quầy.")


def short_name(name: str, most: int = 90) -> str:
    """A legal name cut down to what fits a choice: no "Thủ tục", no remarks at the end, whole words, sentence case."""
    text = LEGAL_PREFIX.sub("", " ".join(name.split()))
    while TAIL.search(text):
        text = TAIL.sub("", text)
    if text.isupper():
        text = text.lower()
    if len(text) > most:
        text = text[: most - 1].rsplit(" ", 1)[0].rstrip(" ,;(") + "…"
    return text[:1].upper() + text[1:]


def outdated(words: Words | None, facts: Facts) -> bool:
    """Whether complete words were held against other facts than these, so that somebody must look at them again (`motcua kb accept`)."""
    return bool(words and not words.draft and words.facts_hash and words.facts_hash != facts.hash)


@dataclass(frozen=True, slots=True)
class Procedure:
    """A code with its facts, its words (None: no file yet) and the people's group it stands in.

    `withdrawn` where the state no longer publishes it; `in_doubt` where its facts changed since the words were held against them (`outdated`); `local` is
    what the unit or its province says beside the publication, and wins over it.
    """

    facts: Facts
    words: Words | None
    group: str
    withdrawn: Withdrawn | None = None
    in_doubt: bool = False
    local: Local = NOTHING_LOCAL

    @property
    def code(self) -> str:
        """The national code, e.g. 1.001193."""
        return self.facts.code

    @property
    def title(self) -> str:
        """What people call it; without a file the legal name, shortened."""
        return self.words.title if self.words else short_name(self.facts.name)

    def taken_in(self, unit: Unit) -> bool:
        """Whether the unit takes it in today: it stands in its catalogue, is still published, and nobody has hidden it."""
        return self.withdrawn is None and not self.local.hidden and unit.handles(self.code, self.facts.role)

    @property
    def written(self) -> bool:
        """Whether a complete file of our own words stands behind it."""
        return self.words is not None and not self.words.draft

    @property
    def cases(self) -> tuple[Case, ...]:
        """The situations that change the papers; none for most procedures and for drafts."""
        return self.words.cases if self.words and self.written else ()

    @property
    def sensitive(self) -> bool:
        """Whether the name alone tells something private."""
        return bool(self.words and self.words.sensitive)

    def case(self, key: str | None) -> Case | None:
        """The case of that key; None for the way out and for keys nobody knows."""
        return next((c for c in self.cases if c.key == key), None)

    def documents(self, case: str | None) -> tuple[Document, ...]:
        """The papers of one case in order of importance; for the way out (or no case) all, the unconditional and common ones first."""
        if self.words is None or not self.written:
            return ()
        if self.case(case):
            return tuple(d for d in self.words.documents if not d.cases or case in d.cases)
        # Nobody said which case it is: what everybody brings first, then each case's papers, then what is asked for now and then.
        return tuple(sorted(self.words.documents, key=lambda d: (bool(d.when), bool(d.cases))))

    def times(self, case: str | None) -> tuple[Time, ...]:
        """The terms told for one case."""
        return tuple(t for t in (self.words.times if self.words else ()) if not t.cases or not case or case in t.cases)

    def fees(self, case: str | None) -> tuple[Fee, ...]:
        """The amounts told for one case; none means: chưa rõ, hỏi quầy."""
        return tuple(f for f in (self.words.fees if self.words else ()) if not f.cases or not case or case in f.cases)

    def stub(self, unit: Unit) -> Stub:
        """The last line of every answer about this procedure; the decision's day stands in where the portal names none."""
        return Stub(
            self.code,
            self.facts.published_on or self.facts.decision_on,
            self.local.verified_on or unit.verified.get(self.code),
            in_doubt=self.in_doubt and self.withdrawn is None,
        )

    def document_line(self, document: Document, case: str | None, translate: Translate) -> CardDocument:
        """One paper as it is read: the name, then what happens to it, how many, when it is asked for, one remark."""
        # A name that says it already ("bản sao chứng thực …") is not told twice; a form says nothing (its text is empty).
        said = BRING[document.bring]
        bring = "" if said in document.name.lower() else translate(said)
        count = translate(_("{n} bản")).format(n=document.count) if document.count > 1 else ""
        when = document.when or ""
        if document.cases and not self.case(case):
            named = [c.name for c in self.cases if c.key in document.cases]
            when = ", ".join(filter(None, [translate(_("nếu {case}")).format(case=" hoặc ".join(named)), when]))
        detail = ", ".join(part for part in (document.form or "", bring, count, when) if part)
        note = (document.note or "").rstrip(".")
        note = note[:1].upper() + note[1:]
        return CardDocument(document.name, f"{detail}. {note}" if detail and note else detail or note)

    @property
    def where(self) -> str:
        """The place that was named for it, by the unit or in its file; empty where it is the centre's counter, or another body's."""
        return self.local.place or (self.words.where if self.words else None) or ""

    def phone(self, unit: Unit) -> str:
        """Whom to call about it: the number named for it, else the unit's."""
        return self.local.phone or unit.phone

    def place(self, unit: Unit, translate: Translate) -> str:
        """Where and how to file, as one phrase: the counter or the other body, the post, the network."""
        if self.where:
            desk = self.where.rstrip(".")
        elif not self.facts.handled_here and (bodies := [b for b in self.facts.handled_by if b in WHERE]):
            contact = unit.contacts.get(
                {"commune_police": "cong-an-xa", "commune_military": "quan-su-xa"}.get(bodies[0], "")
            )
            desk = contact.name if contact else translate(WHERE[bodies[0]])
        elif self.facts.handled_by == ("other",):
            desk = translate(_("cơ quan khác, hỏi quầy để được chỉ đúng nơi"))
        else:
            desk = translate(_("tại quầy"))
        ways = [desk]
        if "bưu chính" in self.facts.methods:
            ways.append(translate(_("bưu điện")))
        if self.facts.online_level != "none":
            ways.append(translate(ONLINE[self.facts.online_level]))
        return (
            ways[0]
            if len(ways) == 1
            else translate(_("{ways}, hoặc {last}")).format(ways=", ".join(ways[:-1]), last=ways[-1])
        )

    def time_text(self, case: str | None, translate: Translate) -> str:
        """How long it takes, in words; empty where nothing trustworthy is published."""
        told = [t.text.rstrip(".") for t in self.times(case)]
        if told:
            # Our words are Vietnamese; the figures in them, at least, are read in any language.
            return TERM.sub(
                lambda m: translate(TERMS[m[2]]).format(n=m[1]),
                "; ".join(dict.fromkeys(told)),
            )
        if self.written:
            return ""
        units = {unit: translate(TERMS[name]) for unit, name in UNITS.items()}
        known = {(t.value, t.unit) for t in self.facts.times if t.source == "case" and t.value} or {
            (t.value, t.unit) for t in self.facts.times if t.value
        }
        terms = [units[unit].format(n=f"{value:g}") for value, unit in sorted(known, key=str)]
        if len(terms) > 1:
            return translate(_("công bố ghi {terms}, tùy trường hợp")).format(terms=", ".join(terms[:3]))
        return terms[0] if terms else ""

    def fee_text(self, case: str | None) -> str:
        """What it costs, in words; empty means unknown. An amount set by the unit or its province wins, and names its legal source."""
        if self.local.fee:
            return f"{self.local.fee} ({self.local.fee_source})" if self.local.fee_source else self.local.fee
        return "; ".join(dict.fromkeys(f.text.rstrip(".") for f in self.fees(case)))

    def local_lines(self, translate: Translate) -> list[str]:
        """What the unit adds in its own words: hours, the number to call, a remark; each a sentence."""
        said = [
            translate(_("Giờ nhận: {hours}.")).format(hours=self.local.hours.rstrip(".")) if self.local.hours else "",
            translate(_("Hỏi trước: {phone}.")).format(phone=self.local.phone) if self.local.phone else "",
            self.local.note,
        ]
        return [line for line in said if line]

    def card(self, case: str | None, unit: Unit, translate: Translate = _) -> Card:
        """The answer of one case (`None` or the way out: everything, with conditions), within the card's budget.

        Papers asked for only under a condition give way, the last first, to the long list behind "Xem đủ giấy tờ".
        """
        papers = self.documents(case)
        shown = list(papers[:SHOWN])
        while True:
            card = self._card(case, shown, len(papers) - len(shown), unit, translate)
            spare = next((d for d in reversed(shown) if d.when or (d.cases and not self.case(case))), None)
            if spare is None or len(card.text()) <= LIMIT:
                return card
            shown.remove(spare)

    def _card(self, case: str | None, papers: Sequence[Document], more: int, unit: Unit, translate: Translate) -> Card:
        chosen = self.case(case)
        lines = tuple(self.document_line(d, case, translate) for d in papers)
        words = self.words
        fee = self.fee_text(chosen.key if chosen else None)
        spoken = [part for part in (words, chosen) if part]
        not_needed = " ".join(part.not_needed for part in spoken if part.not_needed)
        note = " ".join([*(part.note for part in spoken if part.note), *self.local_lines(translate)])
        return Card(
            title=self.title,
            case=chosen.name if chosen else "",
            purpose="" if chosen or not words else words.purpose or "",
            documents=lines if self.written else None,
            more=more,
            missing=translate(UNWRITTEN),
            not_needed=not_needed,
            note=note,
            time=self.time_text(chosen.key if chosen else None, translate),
            fee=fee,
            fee_known=bool(fee),
            place=self.place(unit, translate),
            stub=self.stub(unit),
        )
