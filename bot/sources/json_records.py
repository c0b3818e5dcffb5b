"""One dossier of a JSON source as a `Record`: VNPT iGate's objects, HCM-like lists, the messages of `DongBoHoSoMC`.

The names of the fields were seen in public code, not at a server (docs/dossiers.md, "JSON"). A field is looked for under every name it was
seen under, so that a mixture is read too. Names, addresses, e-mail addresses and summaries are never read; a phone and an identity number
become marks at once; numbers of persons inside free texts are hidden.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from bot.sources import json_values as values
from bot.sources.json_charges import charges_of
from handlers.dossier.codes import read as read_codes
from handlers.dossier.model import Applied, Record, Sealer, State
from handlers.dossier.states import ENDED, STATES, named
from handlers.hearing import plain
from knowledge.text.masking import mask
from knowledge.unit import ZONE, Unit

Row = Mapping[str, Any]

CODES = ("code", "dossierNo", "dossierCode", "MaHoSo", "SoHoSo", "SoBienNhan", "dossierId")
TASK_STATE = "dossierTaskStatus"
MAIN_STATES = ("dossierStatus", "dossierStatusName", "statusName")
NUMBERED_STATE = "TrangThaiHoSo"  # the only one whose numbers are the national portal's 1-10
STATE_FIELDS = (TASK_STATE, *MAIN_STATES, NUMBERED_STATE)
PROCEDURE_CODES = ("procedure.code", "procedureCode", "MaTTHC", "MaThuTuc")
PROCEDURE_NAMES = ("procedure.translate", "procedure.name", "procedureName", "TenTTHC", "TenThuTuc")
DOMAINS = ("procedure.sector", "sector", "sectorName", "TenLinhVuc")
RECEIVED = ("acceptedDate", "NgayTiepNhan")
DUE = ("appointmentDate", "dueDate", "NgayHenTra")
FINISHED = ("completedDate", "NgayKetThucXuLy")
RETURNED = ("returnedDate", "resultReturnedDate", "NgayTra")
UPDATED = ("updatedDate", "lastModifiedDate", "NgayCapNhat")
APPLIED = ("applyMethod", "applyMethodName", "KenhThucHien")
PHONES = ("applicant.data.phoneNumber", "applicant.phoneNumber", "phoneNumber", "SoDienThoai")
IDENTITIES = ("applicant.data.identityNumber", "applicant.identityNumber", "identityNumber", "MaDoiTuong", "SoDinhDanh")
SUPPLEMENTS = "DanhSachHoSoBoSung"
NOTES = ("NoiDungBoSung", "LyDo", "GhiChu", "note")
CHANNELS: dict[str, Applied] = {
    "1": "counter",
    "2": "online",
    "3": "post",
    "truc tuyen": "online",
    "qua mang": "online",
    "online": "online",
    "truc tiep": "counter",
    "tai quay": "counter",
    "buu chinh": "post",
    "buu dien": "post",
    "buu chinh cong ich": "post",
}
_PROCEDURE = re.compile(r"(?<![\d.])\d\.\d{6}(?!\d)")


@dataclass(slots=True)
class ReadRow:
    """What one object gave: the record (None: left out), what could not be read and why (Vietnamese), a word for a state that stands in
    no list. `agency` is the code of the office that holds the dossier, where the source names it."""

    record: Record | None = None
    whys: list[str] = field(default_factory=list)
    unknown_state: str = ""
    agency: str = ""


def is_dossier(value: Any) -> bool:
    """Whether an object is a dossier rather than an envelope around some ({"code": "OK", "data": […]})."""
    if not isinstance(value, Mapping):
        return False
    if any(key in value for key in CODES[1:]):
        return True
    return "code" in value and any(key in value for key in (*STATE_FIELDS, "procedure", "applicant", "appliedDate"))


def record_of(row: Row, unit: Unit, sealer: Sealer, today: date) -> ReadRow:
    """Read one object; `today` is the day in Vietnam. Never raises, whatever JSON value stands in the fields."""
    found = ReadRow()
    code = _code(row, today)
    if not code:
        found.whys.append("không có mã hồ sơ đọc được")
        return found
    state, word = _state(row, unit.dossiers.state_names)
    if not state and not word:
        found.whys.append("không có tên trạng thái")
        return found
    found.unknown_state = "" if state else word
    found.agency = values.text(_at(row, "agency.code"), 48).upper()
    supplement = _supplement(row)
    phone = next(filter(None, (values.phone(_at(row, path)) for path in PHONES)), "")
    identity = next(filter(None, (values.identity(each) for each in _identities(row))), "")

    def mark(kind: str, value: str) -> str:
        return sealer.mark(unit.id, code, kind, value)

    found.record = Record(
        code=code,
        procedure_code=_procedure_code(row),
        procedure_name=_free(_first_name(row, PROCEDURE_NAMES), 300),
        domain=_free(_first_name(row, DOMAINS), 200),
        state=state,
        state_name=_free(word, 120),
        received=_moment(row, RECEIVED, "ngày tiếp nhận", found),
        due=_moment(row, DUE, "ngày hẹn trả", found, values.EVENING),
        finished=_moment(row, FINISHED, "ngày có kết quả", found),
        returned=_moment(row, RETURNED, "ngày trả", found),
        applied=_applied(row),
        phone=mark("phone", phone),
        phone_tail=mark("phone_tail", phone[-4:]),
        identity_tail=mark("identity_tail", identity[-4:]),
        note=_note(row, supplement),
        updated=_updated(row, today, found),
        charges=charges_of(row, supplement, state),
    )
    return found


def _at(row: Any, path: str) -> Any:
    if "." not in path:
        return row.get(path) if isinstance(row, Mapping) else None
    for key in path.split("."):
        if not isinstance(row, Mapping):
            return None
        row = row.get(key)
    return row


def _code(row: Row, today: date) -> str:
    for key in CODES:
        if key not in row:
            continue
        found = read_codes(values.text(row.get(key), 80), today).codes
        if len(found) == 1:
            return found[0] if len(found[0]) <= 48 else ""
    return ""


def _first_name(row: Row, paths: Iterable[str]) -> str:
    return next(filter(None, (values.name(_at(row, path)) for path in paths)), "")


def _procedure_code(row: Row) -> str:
    for path in PROCEDURE_CODES:
        if match := _PROCEDURE.search(values.text(_at(row, path), 60)):
            return match.group()
    return ""


def _free(text: str, most: int) -> str:
    """A free text with the numbers of persons hidden: whoever wrote it may have put one anywhere."""
    return (mask(text).text if any(map(str.isdigit, text)) else text)[:most]


def _state(row: Row, own_words: Mapping[str, str]) -> tuple[State, str]:
    """The state and the source's word for it; "" and the word where nobody knows it; two times "" where there is none.

    The task's state says more than the dossier's ("Đang xử lý" / "Chờ bổ sung hồ sơ"). But a task is forgotten when a dossier ends, so an
    end is believed before a task that goes on, and "done" before work.
    """
    number = values.text(row.get(NUMBERED_STATE), 120)
    if number:
        return _meant(number.lstrip("0") or number, own_words), number
    task = _word(row.get(TASK_STATE))
    main = next(filter(None, (_word(row.get(key)) for key in MAIN_STATES)), "")
    of_task, of_main = _meant(task, own_words), _meant(main, own_words)
    if of_main in ENDED and of_task not in ENDED:
        return of_main, main
    if of_main == "done" and of_task in ("", "new", "accepted", "processing"):
        return of_main, main
    if of_task:
        return of_task, task
    return of_main, main or task


def _word(value: Any) -> str:
    """A state's name. A number is none: the one-stop system counts its states otherwise than the portal (4 is "returned" there)."""
    said = values.name(value, 120)
    return "" if said.isdigit() else said


def _meant(word: str, own_words: Mapping[str, str]) -> State:
    if not word:
        return ""
    for own, state in own_words.items():
        if plain(own) == plain(word):
            return next((known for known in STATES if known == state), named(state))
    return named(word)


def _moment(row: Row, keys: Iterable[str], what: str, found: ReadRow, clock: time = values.MORNING) -> datetime | None:
    unread = False
    for key in keys:
        value = row.get(key)
        if values.empty(value):
            continue
        if moment := values.moment(value, clock):
            return moment
        unread = True
    if unread:
        found.whys.append(f"{what} không đọc được")
    return None


def _updated(row: Row, today: date, found: ReadRow) -> datetime | None:
    moment = _moment(row, UPDATED, "ngày cập nhật", found)
    # A clock that runs ahead would make every later change look older than this one.
    if moment and moment.astimezone(ZONE).date() > today + timedelta(days=1):
        found.whys.append("ngày cập nhật ở tương lai")
        return None
    return moment


def _applied(row: Row) -> Applied:
    for key in APPLIED:
        if key not in row:
            continue
        said = values.name(row[key], 60)
        if said and (found := CHANNELS.get(plain(said))):
            return found
        if key == "KenhThucHien" and not said:
            return "counter"  # the platform leaves it empty for what was filed at the counter
    return ""


def _identities(row: Row) -> Iterable[Any]:
    yield from (_at(row, path) for path in IDENTITIES)
    listed = row.get("DinhDanhCHS")
    for each in listed if isinstance(listed, list) else ():
        yield _at(each, "SoDinhDanh")


def _supplement(row: Row) -> Row:
    """The latest request for papers that has not been answered, else the latest one; {} where there is none."""
    listed = row.get(SUPPLEMENTS)
    asked = [each for each in listed if isinstance(each, Mapping)] if isinstance(listed, list) else []
    never = datetime.min.replace(tzinfo=ZONE)
    # The order of the list where no day is given: later ones stand below.
    asked = [
        each
        for _, each in sorted(enumerate(asked), key=lambda p: (values.moment(p[1].get("NgayBoSung")) or never, p[0]))
    ]
    waiting = [each for each in asked if values.empty(each.get("NgayTiepNhanBoSung"))]
    return (waiting or asked or [{}])[-1]


def _note(row: Row, supplement: Row) -> str:
    listed = supplement.get("DanhSachGiayToBoSung")
    papers = [values.text(_at(p, "TenGiayTo"), 200) for p in listed] if isinstance(listed, list) else []
    said = values.text(supplement.get("NoiDungBoSung"), 1000)
    missing = [paper for paper in dict.fromkeys(papers) if paper and paper not in said]
    note = "; ".join(filter(None, [said, *missing]))
    return _free(note or next(filter(None, (values.text(row.get(key), 1000) for key in NOTES)), ""), 1000)
