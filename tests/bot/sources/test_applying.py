"""Imports on both databases: what changes, what is told, what is taken back, and that a killed process loses and doubles nothing."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, update

from bot.sources import applying
from bot.sources.applying import Busy, Summary, apply, undo
from bot.sources.reading import Doubt, Reading
from bot.store import ChatKey, Store, chunks, outbox
from bot.store import moves as told
from bot.store.dossier_tables import before_import, charges, dossiers, imports, moves, watches
from bot.store.schema import audit
from bot.store.schema import outbox as outbox_rows
from handlers.dossier.model import Charge, Record
from knowledge.snapshot import Knowledge
from knowledge.unit import Unit
from tests.bot.sources.readings import DAY, NOW, code, reading

ROOT = Path(__file__).parent.parent.parent.parent


class Office:
    """A unit's dossiers, and what a test looks at."""

    def __init__(self, store: Store, unit: Unit) -> None:
        self.store, self.unit = store, unit
        self.knowledge: Knowledge | None = None

    def takes(self, given: Reading, now: datetime = NOW, **how: Any) -> Summary:
        """Apply a reading."""
        return apply(self.store, self.unit, given, source="sheet", by="Lan", now=now, knowledge=self.knowledge, **how)

    def rows(self, table: Any, *where: Any) -> list[Any]:
        return self.store.transact(lambda c: c.execute(select(table).where(*where)).all(), reading=True)  # type: ignore[no-any-return]

    def watch(self, number: int, chat: str = "c1", **columns: Any) -> None:
        row = {
            "unit_id": "mau",
            "channel": "web",
            "account": "mau",
            "chat_id": chat,
            "code": code(number),
            "since": NOW,
        }
        self.store.transact(lambda c: c.execute(insert(watches), {**row, **columns}))

    def states(self) -> dict[str, str]:
        return {row.code: row.state for row in self.rows(dossiers)}

    def moves(self) -> dict[str, tuple[str, str]]:
        return {row.code: (row.from_state, row.what) for row in self.rows(moves)}

    def waits(self, cancel_key: str) -> bool:
        return bool(self.rows(outbox_rows, outbox_rows.c.cancel_key == cancel_key, outbox_rows.c.status == "waiting"))

    def push(self, cancel_key: str) -> None:
        chat = ChatKey("mau", "web", "mau", "c1")
        later = NOW + 2 * DAY
        self.store.transact(
            lambda c: outbox.push(
                c, self.store.dialect, chat, "reminder", {}, NOW + DAY, expires_at=later, cancel_key=cancel_key
            )
        )

    def everything(self) -> tuple[Any, ...]:
        """All that an import may change, but for its own name and the moments it ran at."""
        own = {"import_id", "told_late", "changed_at"}
        return tuple(
            sorted(tuple((k, str(v)) for k, v in row._mapping.items() if k not in own) for row in self.rows(table))
            for table in (dossiers, charges, watches)
        )


@pytest.fixture
def office(store: Store, unit: Unit, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setattr(applying, "LONGEST_PAUSE", 0)
    return Office(store, unit)


def test_an_import_says_what_is_new_changed_unchanged_and_doubtful(office: Office) -> None:
    first = office.takes(reading(30))
    assert (first.new, first.changed, first.unchanged, first.older, first.status) == (30, 0, 0, 0, "done")
    given = reading(40, until=NOW + DAY)
    given.records = [r if n else Record(r.code, state="done") for n, r in enumerate(given.records)]
    given.doubts, given.unknown_states = [Doubt(7, "không có mã")], Counter({"Chờ họp": 2})
    second = office.takes(given, NOW + DAY)
    assert (second.new, second.changed, second.unchanged, second.doubtful) == (10, 1, 29, 1)
    assert second.unknown_states == {"Chờ họp": 2}
    kept = sorted(office.rows(imports), key=lambda row: row.started_at)
    assert [(i.status, i.rows, i.new, i.changed, i.unchanged, i.doubtful) for i in kept] == [
        ("done", 30, 30, 0, 0, 0),
        ("done", 40, 10, 1, 29, 1),
    ]
    assert all(row.until_at == NOW + DAY for row in office.rows(dossiers))


def test_the_same_file_twice_changes_nothing(office: Office) -> None:
    given = reading(25, charges=(Charge(amount=75000),), state="needs_payment", note="x")
    office.takes(given)
    before = office.everything()
    again = office.takes(given)
    assert (again.new, again.changed, again.unchanged, again.older) == (0, 0, 25, 0)
    assert office.everything() == before


def test_an_older_file_never_turns_a_newer_state_back(office: Office) -> None:
    office.takes(reading(5, state="done"))
    older = office.takes(reading(5, until=NOW - DAY), NOW + DAY)
    assert (older.older, older.changed) == (5, 0)
    assert set(office.states().values()) == {"done"}


def test_absence_means_nothing(office: Office) -> None:
    office.takes(reading(5))
    office.takes(reading(2, until=NOW + DAY), NOW + DAY)
    assert len(office.states()) == 5


def test_a_dry_run_says_the_same_and_writes_nothing(office: Office) -> None:
    office.takes(reading(5))
    office.watch(1)
    office.watch(2, "c2")
    given, before = reading(8, state="done", until=NOW + DAY), office.everything()
    dry = office.takes(given, NOW + DAY, dry=True)
    assert office.everything() == before
    assert len(office.rows(imports)) == 1
    real = office.takes(given, NOW + DAY)
    for name in ("new", "changed", "unchanged", "older", "notices", "chats"):
        assert getattr(dry, name) == getattr(real, name), name
    assert (real.notices, real.chats) == (2, 2)


def test_the_first_import_is_silent_but_for_what_was_awaited(office: Office) -> None:
    office.watch(1)
    office.watch(2, pending=True)
    summary = office.takes(reading(3))
    assert summary.silent
    assert office.moves() == {code(2): ("", "first")}
    assert not any(row.pending for row in office.rows(watches))


def test_only_what_somebody_watches_is_to_be_told(office: Office) -> None:
    office.takes(reading(4, due=NOW + DAY))
    for number in (1, 2, 3, 9):
        office.watch(number)
    later = NOW + DAY
    given = Reading(
        [
            Record(code(1), state="done", due=NOW + DAY),
            Record(code(2), state="processing", due=NOW + 5 * DAY, charges=(Charge(amount=8000),)),
            Record(code(3), state="accepted", due=NOW + DAY),
            Record(code(4), state="done"),
            Record(code(9), state="accepted"),
        ],
        until=later,
    )
    office.takes(given, later)
    assert office.moves() == {
        code(1): ("processing", "state"),
        code(2): ("processing", "charge due"),
        code(9): ("", "first"),
    }


def test_an_import_that_reaches_too_many_waits_for_an_officers_word(office: Office) -> None:
    office.takes(reading(60))
    for number in range(1, 52):
        office.watch(number, f"c{number}")
    few = office.takes(reading(50, state="done", until=NOW + DAY), NOW + DAY)
    assert (few.status, few.chats) == ("done", 50)
    many = office.takes(reading(51, state="returned", until=NOW + 2 * DAY), NOW + 2 * DAY)
    assert (many.status, many.chats, many.notices) == ("waiting", 51, 51)
    store = office.store
    ready = store.transact(lambda c: told.ready(c, "mau", 100))
    assert {row.import_id for row in ready} == {few.import_id}
    [preview] = store.transact(lambda c: told.waiting(c, "mau"))
    assert (preview.chats, preview.by_what) == (51, {"state": 51})
    assert store.transact(lambda c: told.release(c, "mau", [many.import_id])) == 1
    assert len(store.transact(lambda c: told.ready(c, "mau", 200))) == 101


def test_paid_and_left_states_end_the_reminders_that_wait(office: Office) -> None:
    due = (Charge(amount=75000),)
    office.takes(reading(4, state="needs_payment", charges=due))
    for number in range(1, 5):
        office.push(f"r:{code(number)}")
    later = NOW + DAY
    given = Reading(
        [
            Record(code(1), state="needs_payment", charges=(Charge(state="paid"),)),
            Record(code(2), state="withdrawn"),
            Record(code(3), state="processing"),
            Record(code(4), state="needs_payment", note="còn thiếu"),
        ],
        until=later,
    )
    office.takes(given, later)
    assert [office.waits(f"r:{code(n)}") for n in range(1, 5)] == [False, False, False, True]


def test_a_dossier_handed_over_too_long_ago_is_not_taken_in(office: Office) -> None:
    summary = office.takes(
        Reading([Record(code(1), state="returned", returned=NOW - 91 * DAY), Record(code(2), state="returned")])
    )
    assert (summary.new, summary.gone) == (1, 1)
    assert list(office.states()) == [code(2)]


def test_a_code_twice_in_a_reading_counts_once_and_the_newer_wins(office: Office) -> None:
    newer, older = Record(code(1), state="done", updated=NOW), Record(code(1), state="accepted", updated=NOW - DAY)
    assert office.takes(Reading([newer, older], until=NOW)).new == 1
    assert office.states() == {code(1): "done"}


def test_the_knowledge_fills_in_the_code_or_the_name_of_a_procedure(office: Office, knowledge: Knowledge) -> None:
    office.knowledge = knowledge
    title = knowledge.procedures["1.001193"].title
    given = Reading(
        [
            Record(code(1), state="accepted", procedure_name=title.upper()),
            Record(code(2), state="accepted", procedure_code="1.001193"),
            Record(code(3), state="accepted", procedure_code="9.999999", procedure_name="Việc lạ"),
        ]
    )
    summary = office.takes(given)
    found = {row.code: (row.procedure_code, row.procedure_name) for row in office.rows(dossiers)}
    assert found == {
        code(1): ("1.001193", title.upper()),
        code(2): ("1.001193", title),
        code(3): ("9.999999", "Việc lạ"),
    }
    assert summary.unknown_procedures == {"9.999999": 1}


def test_two_imports_of_one_unit_never_run_at_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    inside, go = threading.Event(), threading.Event()
    real = chunks.apply

    def slow(*given: Any) -> Any:
        inside.set()
        go.wait(10)
        return real(*given)

    monkeypatch.setattr(chunks, "apply", slow)
    first = threading.Thread(target=office.takes, args=(reading(3),))
    first.start()
    assert inside.wait(10)
    with pytest.raises(Busy):
        office.takes(reading(3))
    go.set()
    first.join()
    assert [i.status for i in office.rows(imports)] == ["done"]


def test_undoing_puts_everything_back_and_drops_what_was_not_told(office: Office) -> None:
    office.takes(reading(30, state="needs_payment", charges=(Charge(amount=75000),), due=NOW))
    office.watch(1)
    office.watch(35, pending=True)
    before = office.everything()
    later = NOW + DAY
    office.takes(
        Reading(
            [
                *reading(20, state="done", charges=(), due=NOW + DAY).records,
                *reading(range(21, 31), state="needs_payment").records,
                *reading(range(31, 40), charges=(Charge(amount=1),)).records,
            ],
            until=later,
        ),
        later,
    )
    assert office.moves()
    office.push(f"n:{code(1)}")
    assert undo(office.store, office.unit, by="Lan")[1:] == (39, 0)
    assert office.everything() == before
    assert office.moves() == {}
    assert not office.waits(f"n:{code(1)}")
    assert office.rows(before_import) == []
    assert [row.what for row in office.rows(audit)].count("import_undone") == 1
    assert undo(office.store, office.unit, by="Lan") == ("", 0, 0)  # only the newest, and only once


def test_what_something_else_changed_since_is_left_and_counted(office: Office) -> None:
    office.takes(reading(3))
    office.takes(reading(3, state="done", until=NOW + DAY), NOW + DAY)
    mine = dossiers.c.code == code(1)
    office.store.transact(lambda c: c.execute(update(dossiers).where(mine).values(import_id="other", state="returned")))
    office.store.transact(lambda c: c.execute(delete(dossiers).where(dossiers.c.code == code(2))))
    assert undo(office.store, office.unit, by="Lan")[1:] == (1, 2)
    assert office.states() == {code(1): "returned", code(3): "processing"}


def test_what_an_officer_marked_outlives_imports_and_their_undoing(office: Office) -> None:
    office.takes(reading(1))
    row = {"unit_id": "mau", "code": code(1), "number": 1, "amount": 75000, "state": "unpaid", "by": "Lan"}
    office.store.transact(lambda c: c.execute(insert(charges), {**row, "changed_at": NOW}))
    office.takes(reading(1, charges=(), state="done", until=NOW + DAY), NOW + DAY)
    undo(office.store, office.unit, by="Lan")
    assert [(c.amount, c.state, c.by) for c in office.rows(charges)] == [(75000, "unpaid", "Lan")]


def killed(url: str, rows: int, calls: int, state: str, where: str) -> None:
    """Import in a process that the system kills."""
    words = [sys.executable, "-m", "tests.bot.sources.killed_import", url, str(rows), str(calls), state, where]
    done = subprocess.run(words, cwd=ROOT, check=False, capture_output=True, text=True, timeout=90)
    assert done.returncode == -9, done.stdout + done.stderr


@pytest.mark.parametrize(("where", "calls"), [("begin", 0), ("apply", 0), ("apply", 2), ("end", 0), ("take_over", 0)])
def test_a_process_killed_in_the_middle_loses_nothing_and_does_nothing_twice(
    office: Office, database_url: str, where: str, calls: int
) -> None:
    office.takes(reading(60, until=NOW - DAY), NOW - DAY)
    for number in (1, 30, 60, 61):
        office.watch(number, pending=number > 60)
    killed(database_url, 61, calls, "done", where)
    assert sorted(i.status for i in office.rows(imports)) == sorted(["done"] + ["running"] * (where != "begin"))
    assert office.store.transact(lambda c: told.ready(c, "mau", 100)) == []
    office.takes(reading(61, state="done"))
    assert set(office.states().values()) == {"done"}
    assert office.moves() == {
        **{code(n): ("processing", "state") for n in (1, 30, 60)},
        code(61): ("", "first"),
    }
    assert len({row.import_id for row in office.rows(moves)}) == 1
    assert undo(office.store, office.unit, by="Lan")[1:] == (61, 0)
    assert set(office.states().values()) == {"processing"}
    assert len(office.states()) == 60


def test_an_undoing_that_was_killed_is_ended_by_the_next_undo_or_import(office: Office, database_url: str) -> None:
    office.takes(reading(400, until=NOW - DAY), NOW - DAY)
    before = office.everything()
    office.takes(reading(400, state="done"))
    killed(database_url, 0, 1, "", "step")
    assert set(office.states().values()) == {"done", "processing"}
    undo(office.store, office.unit, by="Lan")
    assert office.everything() == before
    office.takes(reading(400, state="done", until=NOW + DAY), NOW + DAY)
    killed(database_url, 0, 1, "", "step")
    office.takes(reading([1], state="processing", until=NOW + 2 * DAY), NOW + 2 * DAY)
    assert set(office.states().values()) == {"processing"}


FILES = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.dictionaries(
            st.integers(1, 6), st.sampled_from(["accepted", "processing", "needs_papers", "done", "returned"])
        ),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda file: file[0],
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(FILES)
def test_in_whatever_order_files_come_each_dossier_ends_in_its_newest_state(
    office: Office, files: list[tuple[int, dict[int, Any]]]
) -> None:
    for table in (dossiers, imports, before_import, moves, charges):
        office.store.transact(lambda c, table=table: c.execute(delete(table)))  # type: ignore[misc]
    for n, (age, states) in enumerate(files):
        given = Reading([Record(code(k), state=state) for k, state in states.items()], until=NOW - age * DAY)
        office.takes(given, NOW + n * DAY)
    newest: dict[str, str] = {}
    for _age, states in sorted(files, key=lambda file: -file[0]):
        newest.update({code(k): state for k, state in states.items()})
    assert office.states() == newest
