"""What a source says of a dossier, laid over what is kept of it. Pure: rows in, rows out (docs/dossiers.md, "What an import changes").

* The row whose data is newer wins; an older one changes nothing. The data's time is the source's own time of the change where it gives one
  (a time in the future counts as the time of the export), else the time of the export.
* What a source leaves empty stays as it is known. A day of ending is wiped only when the dossier goes back into work.
* What an officer marked as due stays, whatever a source says, until the source says that it was paid.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from handlers.dossier.model import Charge, Record
from handlers.dossier.states import ENDED, IN_WORK
from knowledge.unit import ZONE

Row = dict[str, Any]
Outcome = Literal["new", "changed", "unchanged", "older"]
SOURCE = "source"
DUE = ("unpaid", "waiting")
# The columns that a source speaks of; `until_at` and `as_of` say from when.
_TEXTS = {
    "procedure_code": 16,
    "procedure_name": 500,
    "domain": 200,
    "applied": 8,
    "note": 2000,
    "staff": 500,
    "phone": 43,
    "phone_tail": 43,
    "identity_tail": 43,
}
_MOMENTS = {"received_at": "received", "due_at": "due", "finished_at": "finished", "returned_at": "returned"}
PAUSED = frozenset(("needs_papers", "needs_payment"))
SAID = (*_TEXTS, *_MOMENTS, "state", "state_name", "due_before", "requests")


@dataclass(frozen=True, slots=True)
class Merged:
    """How a dossier stands after a record. `row` and `charges` are to be written; `what` is what a watcher may care about.

    `settled`: nothing is due any more, so reminders die. `touched`: only the data's time has moved on.
    """

    outcome: Outcome
    row: Row
    charges: list[Row] = field(default_factory=list)
    what: frozenset[str] = frozenset()
    settled: bool = False
    touched: bool = False


def merge(before: Mapping[str, Any] | None, held: Mapping[int, Row], record: Record, until: datetime) -> Merged:
    """Lay `record`, of data from `until`, over the kept row (None: there is none) and its charges by number."""
    as_of = min(record.updated or until, until)
    row = _said(before, record)
    row["as_of"], row["until_at"] = as_of, until
    if before is None:
        row["requests"] = int(record.state == "needs_papers")
        charges, _news = _charges(held, record.charges)
        return Merged("new", row, charges, frozenset(("first",)))
    row["until_at"] = max(before["until_at"], until)
    charges, news = _charges(held, record.charges)
    same = not charges and all(row[name] == before[name] for name in SAID)
    if same:
        row["as_of"] = max(before["as_of"], as_of)
        moved_on = (row["as_of"], row["until_at"]) != (before["as_of"], before["until_at"])
        return Merged("unchanged", row, touched=moved_on)
    if as_of < before["as_of"]:
        return Merged("older", dict(before))
    what = {"charge"} if news else set()
    if _stands_otherwise(before, row):
        what.add("state")
    if before["due_at"] and _day(row["due_at"]) != _day(before["due_at"]):
        what.add("due")
    after = {**held, **{charge["number"]: charge for charge in charges}}
    return Merged("changed", row, charges, frozenset(what), settled=not _due(row["state"], after))


def _said(before: Mapping[str, Any] | None, record: Record) -> Row:
    row: Row = dict(before) if before else dict.fromkeys(_TEXTS, "") | {"due_before": None, "requests": 0}
    for name, longest in _TEXTS.items():
        row[name] = _clean(getattr(record, name))[:longest] or row[name]
    moved = before is None or record.state != before["state"]
    for column, name in _MOMENTS.items():
        row[column] = getattr(record, name) or row.get(column)
    if moved and record.state not in (*ENDED, "done", ""):
        row["finished_at"], row["returned_at"] = record.finished, record.returned
    row["state"], row["state_name"] = record.state, _clean(record.state_name)[:120]
    if before:
        row["state_name"] = row["state_name"] or ("" if moved else before["state_name"])
        row["requests"] = before["requests"] + int(moved and record.state == "needs_papers")
        row["due_before"] = _promised_first(before, row["due_at"])
    return row


def _promised_first(before: Mapping[str, Any], due: datetime | None) -> datetime | None:
    """The date promised first, where the one that counts now is a later day; the clock stands still while the citizen has to act, and the
    date that is set after that is nobody's lateness (docs/dossiers.md)."""
    if before["state"] in PAUSED:
        return None
    first: datetime | None = before["due_before"] or before["due_at"]
    return first if first and due and due > first and _day(due) != _day(first) else None


def _stands_otherwise(before: Mapping[str, Any], row: Row) -> bool:
    """Whether the state is another one for a citizen: steps within the office are none of their news."""
    if row["state"] == before["state"]:
        return bool(row["state"] == "" and row["state_name"] != before["state_name"])
    return not (row["state"] in IN_WORK and before["state"] in IN_WORK)


def _charges(held: Mapping[int, Row], given: tuple[Charge, ...] | None) -> tuple[list[Row], bool]:
    """The rows of charges to write, and whether any of it is news."""
    if given is None:
        return [], False
    rows, news = [], False
    for charge in given:
        row = _charge(held.get(charge.number), charge)
        old = held.get(charge.number)
        if row is None:
            continue
        rows.append(row)
        news |= row["state"] == "unpaid" if old is None else (row["state"] in DUE or old["state"] in DUE)
    numbers = {charge.number for charge in given}
    for number, old in held.items():
        if number not in numbers and old["by"] == SOURCE and old["state"] in DUE:
            rows.append({**old, "state": "cancelled"})
            news = True
    return rows, news


def _charge(old: Row | None, said: Charge) -> Row | None:
    """The charge's row to write; None where nothing changes."""
    new = {
        "number": said.number,
        "name": _clean(said.name)[:200],
        "amount": said.amount,
        "due_at": said.due,
        "state": said.state,
        "by": SOURCE,
    }
    if old is None:
        return new
    if old["by"] != SOURCE:
        paid = said.state in ("paid", "refunded") and old["state"] in DUE
        return {**old, "state": said.state} if paid else None
    for name in ("name", "amount", "due_at"):
        new[name] = old[name] if new[name] in ("", None) else new[name]
    return {**old, **new} if any(new[name] != old[name] for name in new) else None


def _due(state: str, charges: Mapping[int, Row]) -> bool:
    """Whether something may still be reminded of: in the state of paying, or marked by an officer, and not all of it paid."""
    open_ = [c for c in charges.values() if c["state"] in DUE]
    if state == "needs_payment":
        return bool(open_) or not charges
    return state not in ENDED and any(c["by"] != SOURCE for c in open_)


def _clean(text: str) -> str:
    return text.replace("\0", "").strip()


def _day(moment: datetime | None) -> Any:
    return moment.astimezone(ZONE).date() if moment else None
