"""One row of an export into a record: names and addresses fall away here, numbers become marks, what cannot be read is told by its row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from typing import TypeVar

from bot.sources import cells as cell
from bot.sources.columns import ColumnMap, title
from bot.sources.dates import DUE, RECEIVED, moment
from bot.sources.header import closes
from bot.sources.persons import blotted, is_person
from bot.sources.reading import Doubt
from bot.sources.sheets.model import Cell
from handlers.dossier import codes
from handlers.dossier.model import Applied, Charge, ChargeState, Record, Sealer, State
from handlers.dossier.states import named, official
from handlers.hearing import plain
from knowledge.unit import ZONE, Unit

Kept = TypeVar("Kept")
_MANY_DIGITS = 6


class RowReader:
    """Reads the rows of one table. `doubts` and `unknown_states` gather while it reads."""

    def __init__(self, columns: ColumnMap, unit: Unit, sealer: Sealer, today: date, where: str = "") -> None:
        """`today` is the day in Vietnam; `where` begins each doubt's sentence ("Trang tính 2: ")."""
        self.doubts: list[Doubt] = []
        self.unknown_states: Counter[str] = Counter()
        self._at = {column.field: column.index for column in columns.columns}
        self._dropped = tuple(column.index for column in columns.dropped if column.field in ("name", "address"))
        self._unit, self._sealer, self._today, self._where = unit, sealer, today, where
        self._own_names = {plain(name): _constant(state) for name, state in unit.dossiers.state_names.items()}
        self._words: dict[str, tuple[State, str] | None] = {}
        # Both live as long as the reading: in an export gone wrong they could hold a name.
        self._same: dict[str, str] = {}
        self._topics: dict[Cell, tuple[str | None, str]] = {}

    def read(self, number: int, row: Sequence[Cell], whole_code: str = "") -> Record | None:
        """The record of row `number` (from 1), whose `whole_code` may be known already.

        None for a row that is no dossier, or that cannot be read, which then is a doubt. Never raises.
        """
        code = whole_code or self._code(number, row)
        if not code:
            return None
        known = self._state(number, row)
        if known is None:
            return None
        state, state_name = known
        procedure, procedure_code = self._topic(row, "procedure_name")
        domain, _code = self._topic(row, "domain")
        if procedure is None or domain is None:
            self._skip(number, "Có tên người ở cột tên thủ tục hoặc lĩnh vực: dòng bị lệch cột.")
            return None
        own = tuple(one for index in self._dropped if index < len(row) and (one := cell.text(row[index], 300)))
        received, due = self._days(number, row)
        phone = self._phone(number, row)
        marks = self._marks(code, phone, cell.identity_tail(self._of(row, "identity")))
        return Record(
            code=code,
            procedure_code=self._shared(cell.procedure_code(self._of(row, "procedure_code")) or procedure_code),
            procedure_name=self._shared(blotted(procedure, own)),
            domain=domain,
            state=state,
            state_name=state_name,
            received=received,
            due=due,
            finished=self._past(number, row, "finished"),
            returned=self._past(number, row, "returned"),
            applied=self._applied(row),
            phone=marks[0],
            phone_tail=marks[1],
            identity_tail=marks[2],
            note=blotted(self._text(row, "note", 1000), own),
            staff=self._shared(blotted(self._text(row, "staff", 200), own)),
            updated=self._past(number, row, "updated"),
            charges=self._charges(number, row, state),
        )

    def whole_code(self, row: Sequence[Cell]) -> str:
        """The code of a row that has one as it is written down, else "": the quick way to know a dossier from all else."""
        said = self._of(row, "code")
        return said if isinstance(said, str) and codes.valid(said, self._today) else ""

    def _of(self, row: Sequence[Cell], field: str) -> Cell:
        index = self._at.get(field)
        return row[index] if index is not None and index < len(row) else ""

    def _text(self, row: Sequence[Cell], field: str, most: int) -> str:
        return cell.text(self._of(row, field), most)

    def _shared(self, text: str) -> str:
        # Fifty thousand rows name a hundred procedures: one text each.
        return self._same.setdefault(text, text)

    def _topic(self, row: Sequence[Cell], field: str) -> tuple[str | None, str]:
        """What a dossier is about and the code in it; None in place of a person's name."""
        raw = self._of(row, field)
        if raw not in self._topics:
            said = cell.text(raw, 500)
            self._topics[raw] = (None if is_person(said) else said, cell.procedure_code(said))
        return self._topics[raw]

    def _skip(self, number: int, why: str) -> None:
        self.doubts.append(Doubt(number, self._where + why))

    def _note(self, number: int, why: str) -> None:
        self.doubts.append(Doubt(number, self._where + why, skipped=False))

    def _code(self, number: int, row: Sequence[Cell]) -> str:
        said = self._text(row, "code", 200)
        if codes.valid(said, self._today):
            return said
        state = self._text(row, "state", 200)
        # A total, a signature, the name of a group: no code, no state.
        coded = any(sign.isdigit() for sign in said)
        if not (coded and state) and (not (coded or state) or closes(row)):
            return ""
        found = codes.read(said, self._today)
        whole = tuple(code for code in found.codes if codes.valid(code, self._today))
        if len(whole) == 1:
            return whole[0]
        if not said:
            self._skip(number, "Thiếu mã hồ sơ.")
        elif whole:
            self._skip(number, "Một ô có nhiều mã hồ sơ.")
        elif found.partial:
            self._skip(number, "Mã hồ sơ chưa đủ các phần.")
        else:
            self._skip(number, "Mã hồ sơ không đúng dạng, hoặc ngày trong mã ở sau hôm nay.")
        return ""

    def _state(self, number: int, row: Sequence[Cell]) -> tuple[State, str] | None:
        said = self._text(row, "state", 120)
        if not said:
            self._skip(number, "Thiếu trạng thái.")
            return None
        if said not in self._words:
            self._words[said] = self._meaning(said)
        meaning = self._words[said]
        if meaning is None:
            self._skip(number, "Ô trạng thái có số hoặc tên người: dòng bị lệch cột.")
        elif not meaning[0]:
            self.unknown_states[meaning[1]] += 1
        return meaning

    def _meaning(self, said: str) -> tuple[State, str] | None:
        state = self._own_names.get(plain(said)) or named(said)
        if state:
            return state, official(state) if said.isdigit() else said
        # An unknown word is kept and shown as it is, so it must be one that may be shown.
        if sum(sign.isdigit() for sign in said) >= _MANY_DIGITS or said.isdigit() or "@" in said or is_person(said):
            return None
        return "", said

    def _moment(self, number: int, row: Sequence[Cell], field: str, clock: time) -> datetime | None:
        said = self._of(row, field)
        return None if said == "" else self._read(number, field, lambda: moment(said, clock))

    def _read(self, number: int, field: str, reading: Callable[[], Kept | None]) -> Kept | None:
        try:
            return reading()
        except (ValueError, OverflowError):
            self._note(number, f"{title(field)} không đọc được, để trống.")
            return None

    def _past(self, number: int, row: Sequence[Cell], field: str, clock: time = RECEIVED) -> datetime | None:
        found = self._moment(number, row, field, clock)
        if found is not None and found.astimezone(ZONE).date() > self._today:
            self._note(number, f"{title(field)} ở sau hôm nay, để trống.")
            return None
        return found

    def _days(self, number: int, row: Sequence[Cell]) -> tuple[datetime | None, datetime | None]:
        received = self._past(number, row, "received")
        due = self._moment(number, row, "due", DUE)
        if received and due and due.astimezone(ZONE).date() < received.astimezone(ZONE).date():
            # One of the two is wrong, and a wrong promise is worse than none.
            self._note(number, "Ngày hẹn trả ở trước ngày tiếp nhận, để trống ngày hẹn trả.")
            due = None
        return received, due

    def _phone(self, number: int, row: Sequence[Cell]) -> str:
        said = self._text(row, "phone", 200)
        phone = cell.phone(said)
        if not phone and len({sign for sign in said if sign.isdigit()}) > 1:
            self._note(number, "Số điện thoại không đủ số: hồ sơ này chưa tra thêm được bằng số điện thoại.")
        return phone

    def _marks(self, code: str, phone: str, identity: str) -> tuple[str, str, str]:
        unit, mark = self._unit.id, self._sealer.mark
        return (
            mark(unit, code, "phone", phone),
            mark(unit, code, "phone_tail", phone[-4:]),
            mark(unit, code, "identity_tail", identity),
        )

    def _applied(self, row: Sequence[Cell]) -> Applied:
        if "channel" in self._at:
            return cell.channel(self._of(row, "channel"))
        return cell.ticked_online(self._of(row, "online")) if "online" in self._at else ""

    def _charges(self, number: int, row: Sequence[Cell], state: State) -> tuple[Charge, ...] | None:
        amounts = {field: self._amount(number, row, field) for field in ("fee_total", "fee", "levy")}
        if amounts["fee_total"] is not None:
            named_amounts = [("", amounts["fee_total"])]
        else:
            named_amounts = [
                (title(field), amount) for field in ("fee", "levy") if (amount := amounts[field]) is not None
            ]
        if not named_amounts:
            return None
        owed = [(name, amount) for name, amount in named_amounts if amount]
        paid = self._paid(row, sum(amount for _name, amount in owed))
        if not owed or paid == "exempt":
            return ()
        # A fee without a word on paying is no debt: most are paid at the desk. Where the state says it is awaited, it is.
        if paid is None and state != "needs_payment":
            return None
        by = self._moment(number, row, "pay_by", DUE)
        return tuple(Charge(place, name, amount, by, paid or "unpaid") for place, (name, amount) in enumerate(owed, 1))

    def _amount(self, number: int, row: Sequence[Cell], field: str) -> int | None:
        said = self._of(row, field)
        return None if said == "" else self._read(number, field, lambda: cell.money(said))

    def _paid(self, row: Sequence[Cell], owed: int) -> ChargeState | None:
        said = self._of(row, "paid")
        word = cell.paid(said)
        if word is not None:
            return word
        try:
            amount = cell.money(said)  # a column "Đã thu" with the sum in it
        except ValueError:
            return None
        return None if amount is None else "paid" if amount >= owed else "unpaid"


def _constant(state: str) -> State:
    # The unit's file may give the constant or one of its names.
    return named(state)
