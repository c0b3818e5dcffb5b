"""Whether the centre is open on the day somebody names: "mai có làm không", "thứ bảy xã mở cửa không". Line 1 answers for that day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from handlers.effects import Effect, Understood
from handlers.hearing import plain
from handlers.language import gettext
from handlers.messages import Incoming, Reply
from handlers.opening import day_text, hours_text, open_text
from handlers.ports import Context
from knowledge.unit import ZONE
from knowledge.working_days import CalendarUnknown

_ = gettext
DAYS = r"(?:hom nay|bua nay|sang nay|chieu nay|ngay mai|sang mai|chieu mai|mai|ngay mot|ngay kia|thu (?:hai|ba|tu|nam|sau|bay|[2-7])|t7|chu nhat|cn)"
WHERE = r"(?:xa|uy ban|ubnd|trung tam|mot cua|minh|ben minh|co quan|van phong|can bo|o do)"
OPEN = r"(?:lam viec|lam|mo cua|mo|nghi|truc|tiep dan|nhan ho so|di lam)"
END = r"(?: (?:khong|ko|k|hong|hok|hay khong|a|vay|em|ad|nhi|ha|z|chua|het|lam))*"
ASKED = re.compile(
    rf"(?:(?:da|cho hoi|cho em hoi|em hoi|ad|the|vay) )*"
    rf"(?:(?P<day>{DAYS})(?: nay| toi| tuan nay)?(?: {WHERE})*(?: co| con)? {OPEN}"
    rf"|(?:{WHERE} )*(?:co |con )?{OPEN} (?:vao |ca )?(?P<late>{DAYS})(?: nay| toi| tuan nay)?){END}"
)
NAMES = {"hai": 0, "ba": 1, "tu": 2, "nam": 3, "sau": 4, "bay": 5}


def open_day(incoming: Incoming, context: Context) -> Iterator[Reply | Effect]:
    """Open or shut on the day asked about, then the week's hours."""
    match = ASKED.fullmatch(plain(incoming.text)) if incoming.kind == "text" else None
    if match is None:
        return
    day = _meant(match["day"] or match["late"], context.now.astimezone(ZONE).date())
    yield Understood("apologize", handler="topic")
    hours = _("Giờ làm việc: {hours}.").format(hours=hours_text(context.unit))
    yield Reply(f"{_said(day, context)}\n{hours}")


def _meant(word: str, today: date) -> date:
    """The next day of that name; today counts."""
    if word in ("hom nay", "bua nay", "sang nay", "chieu nay"):
        return today
    if word.endswith("mai"):
        return today + timedelta(days=1)
    if word in ("ngay mot", "ngay kia"):
        return today + timedelta(days=2)
    name = word.split()[-1]
    weekday = (
        6
        if word in ("chu nhat", "cn")
        else 5
        if word == "t7"
        else NAMES.get(name, int(name) - 2 if name.isdigit() else 0)
    )
    return today + timedelta(days=(weekday - today.weekday()) % 7)


def _said(day: date, context: Context) -> str:
    unit, calendar = context.unit, context.knowledge.calendar
    if day == context.now.astimezone(ZONE).date():
        return open_text(unit, calendar, context.now)
    name = day_text(day)[:1].upper() + day_text(day)[1:]
    try:
        opens = unit.opens_next(datetime.combine(day, time.min, ZONE), calendar)
    except CalendarUnknown:
        opens = None
    if opens is None:
        return _("{day}: chưa rõ, gọi {phone}.").format(day=name, phone=unit.phone)
    if opens.date() == day:
        return _("{day}: Trung tâm mở cửa từ {time:%H:%M}.").format(day=name, time=opens)
    return _("{day}: Trung tâm nghỉ, mở lại {time:%H:%M} {then}.").format(
        day=name, time=opens, then=day_text(opens.date())
    )
