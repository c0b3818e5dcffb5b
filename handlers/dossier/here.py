"""What the words about a dossier are spoken from: the unit, what it knows, and the moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from handlers.language import gettext
from handlers.ports import Context
from knowledge.snapshot import Knowledge
from knowledge.unit import ZONE, Unit

_ = gettext


@dataclass(frozen=True, slots=True)
class Here:
    """The unit that speaks, the knowledge it speaks from and the moment (aware). `channel` is where it is said; "" where nobody knows."""

    unit: Unit
    knowledge: Knowledge
    now: datetime
    channel: str = ""

    @classmethod
    def of(cls, context: Context, channel: str = "") -> Here:
        """The same of a turn."""
        return cls(context.unit, context.knowledge, context.now, channel)

    @property
    def today(self) -> date:
        """The day in Vietnam."""
        return day_of(self.now)


def day_of(moment: datetime) -> date:
    """The day of a moment (aware) in Vietnam."""
    return moment.astimezone(ZONE).date()


def until_text(until: datetime | None) -> str:
    """The time the data is from: "Dữ liệu đến 17:00 ngày 19/11/2026."; "" where nobody knows."""
    if until is None:
        return ""
    return _("Dữ liệu đến {time:%H:%M} ngày {time:%d/%m/%Y}.").format(time=until.astimezone(ZONE))
