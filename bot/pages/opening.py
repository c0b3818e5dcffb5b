"""The strip under the header: open or shut, until when, and what comes after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from handlers.language import current
from handlers.language import gettext as _
from handlers.opening import WEEKDAYS, hours_text
from knowledge.unit import ZONE, Unit
from knowledge.working_days import CalendarUnknown, WorkingDays


@dataclass(frozen=True, slots=True)
class Opening:
    """Open or shut now: `state` stands in bold, `until` goes on after it, `later` is the rest of the day, `week` the hours of every day."""

    open: bool
    state: str
    until: str
    later: str
    week: str


def opening(unit: Unit, moment: datetime, calendar: WorkingDays) -> Opening:
    """Whether the centre is open at `moment` (aware), until when, and what comes then."""
    week = sentence(hours_text(unit)) or _("Chưa có giờ làm việc, gọi điện để hỏi.")
    local = moment.astimezone(ZONE)
    try:
        closes = unit.open_at(moment, calendar)
        following = unit.opens_next(moment, calendar)
    except CalendarUnknown:
        # Nobody has entered the holidays of that year: the plain hours are all that can be said.
        return Opening(False, _("Giờ làm việc:"), week, "", week)
    if closes:
        later = _rest_of_day(unit, following) if following and following.date() == local.date() else ""
        return Opening(True, _("Đang mở cửa"), _("đến {hour}.").format(hour=f"{closes:%H:%M}"), later, week)
    if following is None:
        return Opening(False, _("Đang đóng cửa."), _("Gọi {phone} để hỏi.").format(phone=unit.phone), "", week)
    when = _("mở lại {hour} {day}.").format(hour=f"{following:%H:%M}", day=_on_day(following.date(), local.date()))
    return Opening(False, _("Đang đóng cửa,"), when, "", week)


def _rest_of_day(unit: Unit, following: datetime) -> str:
    hours = unit.hours.on(following.weekday()) or unit.hours.on(4)
    interval = next(interval for interval in hours if interval[0] == following.time())
    return (_("Chiều {span}.") if following.hour >= 12 else _("Mở lại {span}.")).format(span=span(*interval))


def span(opens: time, closes: time) -> str:
    """07:30–11:30."""
    return f"{opens:%H:%M}–{closes:%H:%M}"


def _on_day(day: date, today: date) -> str:
    if day == today:
        return _("hôm nay")
    return f"{WEEKDAYS.get(current(), WEEKDAYS['vi'])[day.weekday()]} {day.day}/{day.month}"


def sentence(text: str) -> str:
    """`text` with a capital in front and a full stop behind; empty stays empty."""
    return f"{text[:1].upper()}{text[1:]}." if text else ""
