"""Fictitious dossiers of the sample unit, in all ten states at any time and moving as days and hours pass: so that trying shows everything.

Two are filed on each working day, one at the counter in the morning, one online in the afternoon; ten lives take turns, the same every five
working days. All is computed from the day and the procedures, so it is the same on every machine and after every start. Nobody is behind it:
every dossier has the phone 0900 001 234 and an identity number that cannot exist, so that the last four digits are known ("1234", "5678").
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from bot.sources.reading import Reading, SourceError
from handlers.dossier.model import Charge, Record, Sealer, State
from handlers.dossier.states import official
from knowledge.model import Document
from knowledge.procedure import Procedure
from knowledge.snapshot import Knowledge
from knowledge.unit import ZONE, Unit
from knowledge.working_days import CalendarUnknown, WorkingDays

PREFIX = "H48.99.01"  # an invented unit's
PHONE, IDENTITY = "0900001234", "000000005678"
WORKING_DAYS = 20  # how far back dossiers are filed: two a day make forty, and the longest life ends within
LONGEST_TERM = 5  # working days: longer lives would leave the window unfinished
CLOSING = time(17, 0)
COUNTED_FROM = date(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class Filed:
    """One dossier to be: its code, when it was filed, the procedure and its term in working days; `day(n)` is the n-th working day after."""

    code: str
    at: datetime
    procedure: Procedure
    term: int
    calendar: WorkingDays

    def day(self, number: int, hour: int, minute: int = 0) -> datetime:
        """A time (Vietnam's) on the working day that is `number` after the day of filing; 0 is that day itself."""
        day = self.at.date()
        return _at(self.calendar.due_date(day, number) if number else day, time(hour, minute))


Life = Callable[[Filed], list[Record]]
Need = Callable[[Procedure], bool]


def sample(unit: Unit, knowledge: Knowledge, now: datetime, sealer: Sealer) -> Reading:
    """The sample dossiers as they stand at `now` (aware), about forty, each with real procedures, papers and fees of the knowledge.

    Raises SourceError where the calendar or the knowledge has not what it takes.
    """
    local = now.astimezone(ZONE)
    known = knowledge.of(unit.id)
    prefix = unit.dossier_prefixes[0] if unit.dossier_prefixes else PREFIX
    try:
        procedures = _Procedures(unit, known)
        days = _days(local.date(), known.calendar)
        first = _turn(days[0], known.calendar)
        records = [
            record
            for number, day in enumerate(days, first)
            for filed, life in _filed(prefix, day, number % 5, procedures, known.calendar)
            if (record := _now(life(filed), now)) is not None
        ]
    except CalendarUnknown as error:
        raise SourceError(f"Hồ sơ mẫu cần lịch làm việc của năm {local.year}, chưa có.") from error
    marked = [_marked(record, unit, sealer) for record in records]
    fingerprint = hashlib.sha256("\n".join([unit.id, now.isoformat(), *map(repr, marked)]).encode()).hexdigest()
    return Reading(marked, until=now.astimezone(UTC), fingerprint=fingerprint)


def _now(steps: Sequence[Record], now: datetime) -> Record | None:
    """The last step that has been taken; None before the first. Each step's `updated` is its moment."""
    return next((step for step in reversed(steps) if step.updated and step.updated <= now), None)


def _marked(record: Record, unit: Unit, sealer: Sealer) -> Record:
    return replace(
        record,
        phone=sealer.mark(unit.id, record.code, "phone", PHONE),
        phone_tail=sealer.mark(unit.id, record.code, "phone_tail", PHONE[-4:]),
        identity_tail=sealer.mark(unit.id, record.code, "identity_tail", IDENTITY[-4:]),
    )


def _days(today: date, calendar: WorkingDays) -> list[date]:
    """The last working days up to and with `today`, oldest first."""
    days: list[date] = []
    day = today
    while len(days) < WORKING_DAYS:
        if calendar.works(day):
            days.append(day)
        day -= timedelta(days=1)
    return days[::-1]


def _turn(day: date, calendar: WorkingDays) -> int:
    """Which of the five turns a working day has: counted from one fixed day, so that it never changes."""
    earlier, later = sorted((day, COUNTED_FROM))
    between = sum(calendar.works(earlier + timedelta(days=n)) for n in range((later - earlier).days))
    return (between if day > COUNTED_FROM else -between) % 5


def _filed(
    prefix: str, day: date, turn: int, procedures: _Procedures, calendar: WorkingDays
) -> list[tuple[Filed, Life]]:
    found: list[tuple[Filed, Life]] = []
    for number, (lives, hour) in enumerate(((AT_THE_COUNTER, 8), (ONLINE, 15)), 1):
        code = f"{prefix}-{day:%y%m%d}-{number:04d}"
        life, need = lives[turn]
        procedure = procedures.of(code, need)
        at = _at(day, time(hour, int(_draw(code, "minute"), 16) % 50))
        found.append((Filed(code, at, procedure, _term(procedure), calendar), life))
    return found


class _Procedures:
    """The unit's procedures that dossiers can be of, sorted by what a life needs of them."""

    def __init__(self, unit: Unit, knowledge: Knowledge) -> None:
        self._all = [p for p in knowledge.procedures.values() if _plain(p, unit)]
        if not self._all:
            raise SourceError("Hồ sơ mẫu cần ít nhất một thủ tục đã soạn đủ. Chạy: motcua kb build")
        self._by_need: dict[Need, list[Procedure]] = {}

    def of(self, code: str, need: Need) -> Procedure:
        """One for this dossier code. Whatever others come or go, it stays the same one while it is there itself."""
        if need not in self._by_need:
            self._by_need[need] = [p for p in self._all if need(p)] or self._all
        return max(self._by_need[need], key=lambda p: _draw(code, p.code))


def _draw(code: str, word: str) -> str:
    return hashlib.blake2b(f"{code} {word}".encode(), digest_size=8).hexdigest()


def _plain(procedure: Procedure, unit: Unit) -> bool:
    return procedure.written and procedure.facts.handled_here and procedure.taken_in(unit) and bool(_term(procedure))


def _term(procedure: Procedure) -> int:
    """The first term told in working days, where it is short enough; else 0."""
    terms = [int(t.value) for t in procedure.times(None) if t.value and t.unit == "working_day"]
    return terms[0] if terms and 1 <= terms[0] <= LONGEST_TERM else 0


def _papers(procedure: Procedure) -> list[Document]:
    """The papers that everybody brings and may have forgotten: no forms, nothing that is only shown."""
    return [d for d in procedure.documents(None) if d.bring not in ("form", "show") and not d.when and not d.cases]


def _fee(procedure: Procedure) -> int:
    """The first amount that is a fee in đồng and above a page's or a stamp's."""
    return next((f.amount for f in procedure.fees(None) if f.amount and f.amount >= 8_000), 0)


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, ZONE).astimezone(UTC)


# The lives. Each gives a dossier's steps in order of time; hours are chosen so that at every moment somebody stands in each state.


def _received(filed: Filed, at: datetime, *, online: bool = False) -> Record:
    """The step in which the dossier is taken in: from here on it has a due date, at closing time."""
    received = at.astimezone(ZONE).date()
    return Record(
        code=filed.code,
        procedure_code=filed.procedure.code,
        procedure_name=filed.procedure.facts.name,
        domain=filed.procedure.facts.domain,
        state="accepted",
        state_name=official("accepted"),
        received=at,
        due=_at(filed.calendar.due_date(received, filed.term), CLOSING),
        applied="online" if online else "counter",
        updated=at,
    )


def _step(before: Record, state: State, at: datetime, **more: object) -> Record:
    changed = {"finished": at} if state == "done" else {"returned": at} if state == "returned" else {}
    return replace(before, state=state, state_name=official(state), updated=at, **{**changed, **more})  # type: ignore[arg-type]


def _begun(filed: Filed) -> list[Record]:
    """Filed at the counter: taken in at once, worked on from the end of the next working day."""
    accepted = _received(filed, filed.at)
    return [accepted, _step(accepted, "processing", filed.day(1, 16, 55))]


def _begun_online(filed: Filed) -> list[Record]:
    """Filed online: looked at by the end of the next working day, worked on from the one after."""
    at = filed.day(1, 16, 45)
    accepted = _received(filed, at, online=True)
    new = replace(accepted, state="new", state_name=official("new"), received=None, due=None, updated=filed.at)
    return [new, accepted, _step(accepted, "processing", filed.day(2, 16, 30))]


def _ended(steps: list[Record], done: datetime, returned: datetime) -> list[Record]:
    finished = _step(steps[-1], "done", done)
    return [*steps, finished, _step(finished, "returned", returned)]


def _smooth(filed: Filed) -> list[Record]:
    """Done in the morning of the day it is due, collected three days later."""
    return _ended(_begun(filed), filed.day(filed.term, 10), filed.day(filed.term + 3, 9, 30))


def _papers_missing(filed: Filed) -> list[Record]:
    """Asked for a paper for six working days; the due date moves by as many."""
    steps = _begun(filed)
    missing = _papers(filed.procedure)
    note = (
        f"Bổ sung: {missing[int(_draw(filed.code, 'paper'), 16) % len(missing)].name}" if missing else "Bổ sung tờ khai"
    )
    asked = _step(steps[-1], "needs_papers", filed.day(2, 10), note=note)
    day = max(filed.term, 3) + 6
    going_on = _step(asked, "processing", filed.day(8, 14), note="", due=filed.day(day, CLOSING.hour))
    return _ended([*steps, asked, going_on], filed.day(day, 16), filed.day(day + 2, 10))


def _to_pay(steps: list[Record], filed: Filed, day: int, paid_after: int) -> list[Record]:
    amount = _fee(filed.procedure) or 8_000
    asked_at = filed.day(day, 9)
    due = filed.day(day + 5, CLOSING.hour)
    charge = Charge(1, "Lệ phí", amount, due, "unpaid")
    asked = _step(steps[-1], "needs_payment", asked_at, charges=(charge,))
    # The term stood still while money was waited for.
    term = filed.day(day + paid_after + 2, CLOSING.hour)
    at = filed.day(day + paid_after, 15)
    paid = _step(asked, "processing", at, charges=(replace(charge, state="paid"),), due=term)
    return [*steps, asked, paid]


def _payment(filed: Filed) -> list[Record]:
    """A fee asked for on the second day, paid five days later."""
    steps = _to_pay(_begun(filed), filed, 2, 5)
    return _ended(steps, filed.day(8, 10), filed.day(13, 15))


def _late(filed: Filed) -> list[Record]:
    """Three working days late, and nobody said so."""
    return _ended(_begun(filed), filed.day(filed.term + 3, 15), filed.day(filed.term + 5, 9))


def _stopped(filed: Filed) -> list[Record]:
    """Stopped on the third day."""
    steps = _begun(filed)
    return [
        *steps,
        _step(steps[-1], "stopped", filed.day(3, 14), note="Chờ cơ quan khác trả lời, chưa xử lý tiếp được"),
    ]


def _smooth_online(filed: Filed) -> list[Record]:
    """Filed online, done at the end of the day it is due, collected three days later."""
    day = filed.term + 1
    return _ended(_begun_online(filed), filed.day(day, 16, 50), filed.day(day + 3, 10))


def _rejected(filed: Filed) -> list[Record]:
    """Filed online with an unreadable photo: not taken in."""
    new = _begun_online(filed)[0]
    return [new, _step(new, "rejected", filed.day(1, 16, 50), note="Ảnh chụp giấy tờ bị mờ, không đọc được")]


def _withdrawn(filed: Filed) -> list[Record]:
    """Withdrawn by the citizen two days later."""
    steps = _begun_online(filed)
    return [*steps[:2], _step(steps[1], "withdrawn", filed.day(2, 10))]


def _redated(filed: Filed) -> list[Record]:
    """Cannot be kept in time: a new date is set the day before it is due, and kept."""
    steps = _begun_online(filed)
    due = filed.day(filed.term + 6, CLOSING.hour)
    moved = _step(steps[-1], "processing", filed.day(max(filed.term, 3), 16, 40), due=due)
    return _ended([*steps, moved], filed.day(filed.term + 5, 15), filed.day(filed.term + 8, 9))


def _payment_online(filed: Filed) -> list[Record]:
    """Filed online; a fee asked for on the third day, paid four days later."""
    steps = _to_pay(_begun_online(filed), filed, 3, 4)
    return _ended(steps, filed.day(9, 10), filed.day(12, 9))


def _anything(_procedure: Procedure) -> bool:
    return True


def _has_papers(procedure: Procedure) -> bool:
    return bool(_papers(procedure))


def _has_fee(procedure: Procedure) -> bool:
    return bool(_fee(procedure))


def _slow(procedure: Procedure) -> bool:
    return _term(procedure) >= 3


Slot = tuple[Life, Need]
AT_THE_COUNTER: tuple[Slot, ...] = (
    (_smooth, _slow),
    (_papers_missing, _has_papers),
    (_payment, _has_fee),
    (_late, _anything),
    (_stopped, _slow),
)
ONLINE: tuple[Slot, ...] = (
    (_smooth_online, _slow),
    (_rejected, _anything),
    (_withdrawn, _anything),
    (_redated, _slow),
    (_payment_online, _has_fee),
)
