"""The answer of one case as a citizen reads it: rendered from the file's parts and the facts, never stored as text.

A `Card` holds values; its labels are translated when it is rendered, so the same card speaks Vietnamese or English. The papers stay
Vietnamese, as people must name them at the desk. Budget: docs/voice.md (700 NFC characters, the last line 75).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

LIMIT = 700
STUB_LIMIT = 75
SHOWN = 5  # papers on a card; the rest stand behind "Xem đủ giấy tờ"

Translate = Callable[[str], str]


def _(message: str) -> str:
    """Marks a label for the catalogue; the translation happens when the card is rendered."""
    return message


IN_DOUBT = _("thông tin này đang được đơn vị kiểm tra lại")


@dataclass(frozen=True, slots=True)
class Stub:
    """The last line of every answer: code, day the facts were published, day the unit last checked (None: not yet).

    `in_doubt` puts one line above it: the publication changed and nobody has looked at the words since.
    """

    code: str
    published: date | None
    checked: date | None
    in_doubt: bool = False

    def parts(self, translate: Translate = _) -> tuple[str, ...]:
        """The line's pieces: code, published, checked, and the doubt where there is one, each a short phrase."""
        published = f"{self.published:%d/%m/%Y}" if self.published else translate(_("chưa rõ ngày"))
        line = (
            translate(_("Mã {code}")).format(code=self.code),
            translate(_("công bố {day}")).format(day=published),
            translate(_("xã kiểm tra {day}")).format(day=f"{self.checked:%d/%m/%Y}")
            if self.checked
            else translate(_("xã chưa kiểm tra, hỏi lại quầy")),
        )
        return (*line, translate(IN_DOUBT)) if self.in_doubt else line

    def text(self, translate: Translate = _) -> str:
        """One line, at most 75 characters in Vietnamese; above it a line of its own where the words are in doubt."""
        line = ", ".join(self.parts(translate)[:3])
        if not self.in_doubt:
            return line
        doubt = translate(IN_DOUBT)
        return f"{doubt[:1].upper()}{doubt[1:]}.\n{line}"

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Stub:
        """The stub from JSON-ready data (dates as ISO text)."""
        published, checked = (date.fromisoformat(data[k]) if data[k] else None for k in ("published", "checked"))
        return cls(data["code"], published, checked, data.get("in_doubt", False))


@dataclass(frozen=True, slots=True)
class CardDocument:
    """One paper on the card: what it is called, and one detail (original or copy, form, condition, remark)."""

    name: str
    detail: str = ""

    @property
    def line(self) -> str:
        """Name and detail as one line of text."""
        if not self.detail:
            return self.name
        return (
            f"{self.name}, {self.detail}"
            if self.detail[:1].islower() or self.detail[:1].isdigit()
            else f"{self.name}. {self.detail}"
        )


@dataclass(frozen=True, slots=True)
class Card:
    """What a citizen needs for one case of one procedure.

    `documents` are at most five, `more` counts the papers beyond them. `documents` is None where the papers are not written yet
    (a draft): then `missing` says where to look. `fee_known` tells an amount from "chưa rõ, hỏi quầy".
    """

    title: str
    stub: Stub
    case: str = ""
    purpose: str = ""
    documents: tuple[CardDocument, ...] | None = ()
    more: int = 0
    not_needed: str = ""
    note: str = ""
    time: str = ""
    fee: str = ""
    fee_known: bool = False
    place: str = ""
    missing: str = ""

    def text(self, translate: Translate = _) -> str:
        """The card as plain text, one idea a line, the stub last."""
        lines = [f"{self.title}, {self.case}" if self.case else self.title]
        if self.purpose:
            lines.append(self.purpose)
        if self.documents is None:
            lines.append(self.missing)
        elif self.documents or self.more:
            lines.append(translate(_("Cần mang:")))
            lines += [f"- {d.line}" for d in self.documents]
            if self.more:
                lines.append(translate(_("Còn {n} giấy tùy trường hợp, xem: đủ giấy tờ")).format(n=self.more))
        else:
            lines.append(translate(_("Không phải nộp giấy tờ gì.")))
        lines += [line for line in (self.not_needed, self.note) if line]
        if self.time:
            lines.append(translate(_("Có kết quả: {time}.")).format(time=self.time.rstrip(".")))
        lines.append(
            translate(_("Tiền nộp: {fee}.")).format(fee=self.fee.rstrip("."))
            if self.fee
            else translate(_("Tiền nộp: chưa rõ, hỏi quầy."))
        )
        if self.place:
            lines.append(translate(_("Nộp: {place}.")).format(place=self.place.rstrip(".")))
        lines.append(self.stub.text(translate))
        return "\n".join(lines)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Card:
        """The card from JSON-ready data."""
        documents = data["documents"]
        return cls(
            **{
                **data,
                "stub": Stub.from_json(data["stub"]),
                "documents": None if documents is None else tuple(CardDocument(**d) for d in documents),
            }
        )
