"""When the centre is open, said as people say it."""

from __future__ import annotations

from datetime import date, datetime

from handlers.language import current, gettext
from knowledge.unit import DAYS, ZONE, Unit
from knowledge.working_days import CalendarUnknown, WorkingDays

_ = gettext
WEEKDAYS = {
    "vi": ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}


def day_text(day: date) -> str:
    """A day one must come: "thứ Tư, 25/11/2026"."""
    return f"{WEEKDAYS.get(current(), WEEKDAYS['vi'])[day.weekday()]}, {day:%d/%m/%Y}"


def hours_text(unit: Unit) -> str:
    """The week's hours, days with the same hours in one breath: "thứ Hai đến thứ Sáu, 07:30–11:30, 13:30–17:00"."""
    names = WEEKDAYS.get(current(), WEEKDAYS["vi"])
    runs: list[tuple[int, int, tuple[str, ...]]] = []
    for number, key in enumerate(DAYS):
        hours = getattr(unit.hours, key)
        if hours and runs and runs[-1][2] == hours and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number, hours)
        elif hours:
            runs.append((number, number, hours))
    said = []
    for first, last, hours in runs:
        days = names[first] if first == last else _("{first} đến {last}").format(first=names[first], last=names[last])
        said.append(f"{days}, {', '.join(h.replace('-', '–') for h in hours)}")
    return "; ".join(said)


def open_text(unit: Unit, calendar: WorkingDays, now: datetime) -> str:
    """Whether the centre is open at `now` (aware) and until or from when, as one sentence."""
    try:
        closes = unit.open_at(now, calendar)
        if closes:
            return _("Trung tâm đang mở cửa, đến {time:%H:%M}.").format(time=closes)
        opens = unit.opens_next(now, calendar)
    except CalendarUnknown:
        return _("Giờ mở cửa: {hours}.").format(hours=hours_text(unit))
    if opens is None:
        return _("Trung tâm đang nghỉ. Gọi {phone} để hỏi ngày mở lại.").format(phone=unit.phone)
    local = opens.astimezone(ZONE)
    return _("Trung tâm đang nghỉ, mở lại {time:%H:%M} {day}.").format(time=local, day=day_text(local.date()))


def holiday_text(calendar: WorkingDays, now: datetime) -> str:
    """The next day off within a week, so that nobody comes in vain; empty where there is none."""
    today = now.astimezone(ZONE).date()
    for day in sorted(calendar.exceptions):
        if calendar.exceptions[day].kind == "off" and 0 <= (day - today).days <= 7:
            return _("{day}: nghỉ lễ.").format(day=day_text(day)[:1].upper() + day_text(day)[1:])
    return ""
