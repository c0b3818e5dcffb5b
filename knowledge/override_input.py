"""What an officer typed for an override, made sure of: the field, its value, its days. Every refusal is one plain sentence."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from knowledge.check import DISTRICT
from knowledge.override import FIELDS

LENGTHS = {"fee": 160, "place": 120, "hours": 120, "note": 200, "alias": 80}
MOST_WORDS = 7  # of an alias
MOST_FEE = 1_000_000_000
NUMBER = re.compile(r"\d{1,3}(?:\.\d{3})+|\d+")
AMOUNT = re.compile(r"\d+|\d{1,3}(?:\.\d{3})+")
PHONE = re.compile(r"[0-9][0-9 ]{2,15}")
DAY = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})")


def _(message: str) -> str:
    """Marks a sentence for the catalogue; it is translated where it is shown."""
    return message


class OverrideError(Exception):
    """An override cannot be as typed. `text` is the sentence for the officer with {placeholders}, `values` fill them."""

    def __init__(self, text: str, **values: object) -> None:
        self.text, self.values = text, values
        super().__init__(text.format(**values))


NAMES = {
    "fee": _("tiền phải nộp"),
    "place": _("nơi nộp"),
    "phone": _("điện thoại"),
    "hours": _("giờ nhận"),
    "note": _("ghi chú"),
    "alias": _("cách gọi"),
    "hidden": _("ẩn"),
    "verified_on": _("ngày kiểm tra"),
}


def value_of(field: str, typed: str, text: str, source: str, today: date) -> tuple[str, int | None]:
    """What is told, and the amount of a fee (None where it is only words). Raises OverrideError.

    `typed` is the value as typed, `text` (a fee alone) how it is told, `source` the legal document, `today` the day in Vietnam.
    """
    if field not in FIELDS:
        raise OverrideError(_("Không có mục {field}. Chọn một trong: {fields}."), field=field, fields=", ".join(FIELDS))
    typed, text, source = cleaned(typed), cleaned(text), cleaned(source)
    if text and field != "fee":
        raise OverrideError(_("Chỉ mục fee mới dùng --text; với {field}, ghi thẳng giá trị."), field=field)
    if not typed:
        raise OverrideError(_("Chưa ghi giá trị cho mục {field}."), field=field)
    if field == "fee":
        return _fee(typed, text, source)
    if field == "hidden":
        if typed.casefold() not in ("có", "không", "co", "khong"):
            raise OverrideError(_("Mục hidden chỉ nhận có (ẩn) hoặc không (hiện lại)."))
        return ("có" if typed.casefold() in ("có", "co") else "không"), None
    if field == "verified_on":
        day = day_of(typed)
        if day > today:
            raise OverrideError(_("Ngày kiểm tra {day} chưa tới. Ghi ngày đã kiểm tra xong."), day=f"{day:%d/%m/%Y}")
        return day.isoformat(), None
    if field == "phone":
        if not PHONE.fullmatch(typed):
            raise OverrideError(_("Điện thoại chỉ gồm chữ số và dấu cách, ví dụ 0200 000 000."))
        return typed, None
    if field == "alias" and (len(typed) < 2 or len(typed.split()) > MOST_WORDS):
        raise OverrideError(_("Cách gọi dài 1 đến {most} từ, như người dân nói."), most=MOST_WORDS)
    return _checked(field, typed), None


def _fee(typed: str, text: str, source: str) -> tuple[str, int | None]:
    if not AMOUNT.fullmatch(typed):
        raise OverrideError(_("Tiền phải là số nguyên đồng, ví dụ 8000 hoặc 8.000, không phải {typed}."), typed=typed)
    amount = int(typed.replace(".", ""))
    if amount > MOST_FEE:
        raise OverrideError(_("Tiền {typed} đồng lớn quá, xem lại có thừa số 0 không."), typed=typed)
    if not source:
        raise OverrideError(_("Tiền phải nộp cần căn cứ: --source, ví dụ nghị quyết của HĐND tỉnh."))
    said = f"{amount:,} đ".replace(",", ".") if amount else "không phải nộp tiền"
    told = {int(number.replace(".", "")) for number in NUMBER.findall(text)}
    if text and amount and amount not in told:
        raise OverrideError(_("Lời --text phải nói đúng số tiền {said}."), said=said)
    return _checked("fee", text or said), amount


def _checked(field: str, text: str) -> str:
    if len(text) > LENGTHS[field]:
        raise OverrideError(
            _("Mục {field} dài {n} chữ, nhiều nhất {most}. Viết ngắn lại."),
            field=field,
            n=len(text),
            most=LENGTHS[field],
        )
    if DISTRICT.search(text):
        raise OverrideError(_("Cấp huyện không còn từ 01/07/2025: ghi xã hoặc tỉnh."))
    return text


def days_of(first: str, last: str) -> tuple[date | None, date | None]:
    """The first and the last day, each None where nothing was typed. Raises OverrideError."""
    begin, end = (day_of(first) if first else None), (day_of(last) if last else None)
    if begin and end and end < begin:
        raise OverrideError(
            _("Ngày hết hạn {end} trước ngày bắt đầu {begin}."), end=f"{end:%d/%m/%Y}", begin=f"{begin:%d/%m/%Y}"
        )
    return begin, end


def day_of(typed: str) -> date:
    """A day typed as 20/11/2026 or 2026-11-20. Raises OverrideError."""
    typed = typed.strip()
    try:
        if match := DAY.fullmatch(typed):
            day, month, year = map(int, match.groups())
            return date(year, month, day)
        return date.fromisoformat(typed)
    except ValueError:
        raise OverrideError(_("{typed} không phải là ngày. Viết như 20/11/2026."), typed=typed) from None


def cleaned(text: str) -> str:
    """NFC, one space between words, nothing a database cannot hold."""
    kept = "".join(c for c in unicodedata.normalize("NFC", text) if c.isprintable() or c.isspace())
    return " ".join(kept.encode("utf-8", "ignore").decode().split())


def same_person(one: str, other: str) -> bool:
    """Whether two names as typed mean the same officer: case and spaces make no second person."""
    return cleaned(one).casefold() == cleaned(other).casefold()
