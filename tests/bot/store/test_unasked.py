"""What the bot says on its own, at the moment it would leave: hours, living dialogues, dead reasons, shut windows, the call list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from bot.delivery.hours import may_leave
from bot.store import AccountKey, ChatKey, Store, calls, claiming, leases, outcomes, settling
from bot.store.dossier_tables import charges, dossiers, watches
from bot.store.outbox import Push, push_all
from bot.store.schema import chats, outbox
from bot.store.turns import Changes
from bot.store.unasked import Rules
from handlers import state
from handlers.messages import Button, Reply, to_json
from knowledge.unit import ZONE
from knowledge.working_days import load_calendar

MORNING = datetime(2026, 11, 20, 2, tzinfo=UTC)  # Friday, 09:00 in Vietnam
CODE = "H48.99.01-261118-0012"
ZALO, WEB = AccountKey("mau", "zalo_oa", "oa"), AccountKey("mau", "web", "mau")
WINDOWS = {"zalo_oa": 172_800.0, "web": None}
RULES = Rules(may_leave(load_calendar), WINDOWS)
SAID = Reply("Hồ sơ đã xong.", buttons=(Button("Xem", "h1.x"), Button("Thôi báo", "u1.x")))


class Counter:
    """A store with a clock, and what a sender would do to it."""

    def __init__(self, store: Store) -> None:
        self.store, self.now = store, MORNING

    def do(self, work: Callable[[Any], Any]) -> Any:
        return self.store.transact(work)

    def writes(self, chat: ChatKey, at: datetime | None = None, **remembered: Any) -> None:
        """The citizen writes; afterwards a dialogue lives for ten minutes."""
        moment = at or self.now

        def work(connection: Any) -> None:
            row = self.store.turns.lock(connection, [chat], moment)[chat]
            changes = Changes(moment)
            if row.held:
                changes.release(row)
            row.last_in_at, row.state = moment, state.dump(state.State(at=moment, **remembered))
            self.store.turns.save(connection, [row], changes)

        self.do(work)

    def push(self, chat: ChatKey, kind: Any = "notice", key: str = f"n:{CODE}", reply: Reply = SAID) -> None:
        one = Push(chat, kind, to_json(reply), self.now + timedelta(days=30), None, key)
        self.do(lambda connection: push_all(connection, self.store.dialect, [one], self.now))

    def claim(self, account: AccountKey = WEB) -> list[Any]:
        """What would leave now; it is settled as sent."""

        def work(connection: Any) -> list[Any]:
            lease = leases.acquire(connection, self.store.dialect, account, "A", self.now)
            assert lease
            rows = claiming.claim(
                connection, lease, self.now, 9, free_window=WINDOWS[account.channel], rules=RULES
            ).rows
            settling.settle(connection, lease, [outcomes.Sent(r.chat, r.line, "") for r in rows], self.now)
            return rows

        return list(self.do(work))

    def status(self) -> list[str]:
        return list(self.do(lambda c: c.execute(select(outbox.c.status).order_by(outbox.c.line)).scalars().all()))

    def calls(self) -> list[calls.Call]:
        return list(self.do(partial(calls.waiting, unit="mau")))

    def watch(self, chat: ChatKey, **more: Any) -> None:
        row = {**chat.row(), "code": CODE, "since": self.now, **more}
        self.do(lambda c: c.execute(insert(watches), row))

    def dossier(self, state_: str = "needs_payment", paid: str = "unpaid") -> None:
        def work(connection: Any) -> None:
            moment = {"as_of": MORNING, "until_at": MORNING, "import_id": "i1"}
            connection.execute(
                insert(dossiers),
                {"unit_id": "mau", "code": CODE, "state": state_, "procedure_name": "Hộ kinh doanh", **moment},
            )
            connection.execute(
                insert(charges),
                {"unit_id": "mau", "code": CODE, "number": 1, "amount": 75000, "state": paid, "changed_at": MORNING},
            )

        self.do(work)


@pytest.fixture
def counter(store: Store) -> Counter:
    return Counter(store)


HERE, THERE = ChatKey("mau", "web", "mau", "c1"), ChatKey("mau", "zalo_oa", "oa", "z1")


def test_it_leaves_at_once_where_nothing_is_in_the_way(counter: Counter) -> None:
    counter.push(HERE)
    assert len(counter.claim()) == 1


def test_at_night_it_waits_for_the_morning(counter: Counter) -> None:
    counter.now = datetime(2026, 11, 20, 20, 5, tzinfo=ZONE)
    counter.push(HERE)
    assert counter.claim() == []
    counter.now = datetime(2026, 11, 21, 7, 30, tzinfo=ZONE)
    assert len(counter.claim()) == 1


def test_while_a_dialogue_lives_it_waits_until_nobody_is_choosing(counter: Counter) -> None:
    counter.writes(HERE, expect=("p1.1.001193",))
    counter.push(HERE)
    counter.now = MORNING + timedelta(minutes=9)
    assert counter.claim() == []
    counter.now = MORNING + timedelta(minutes=10, seconds=1)
    assert len(counter.claim()) == 1


def test_a_reply_never_waits_for_a_dialogue(counter: Counter) -> None:
    counter.writes(HERE)
    counter.push(HERE, kind="reply", key="")
    assert len(counter.claim()) == 1


def test_its_own_choices_are_what_a_number_means_from_then_on(counter: Counter) -> None:
    counter.writes(HERE, at=MORNING - timedelta(days=3), expect=("p1.1.001193",), code="1.001193")
    counter.push(HERE)
    counter.claim()
    kept = state.load(counter.do(lambda c: c.execute(select(chats.c.state)).scalar_one()))
    assert kept.expect == ("h1.x", "u1.x")
    assert kept.dossier == CODE
    assert kept.alive(MORNING) and not kept.proved


@pytest.mark.parametrize(
    ("story", "dossier", "watch", "leaves"),
    [
        ("owed", {}, {}, True),
        ("paid meanwhile", {"paid": "paid"}, {}, False),
        ("no longer waits for money, nothing due", {"state_": "processing", "paid": "cancelled"}, {}, False),
        ("reminders stopped", {}, {"reminders": False}, False),
        ("no longer watched", {}, None, False),
    ],
)
def test_a_reminder_dies_with_its_reason(
    counter: Counter, story: str, dossier: dict[str, Any], watch: dict[str, Any] | None, leaves: bool
) -> None:
    counter.dossier(**dossier)
    if watch is not None:
        counter.watch(HERE, **watch)
    counter.push(HERE, "reminder", f"r:{CODE}")
    assert bool(counter.claim()) is leaves
    assert counter.status() == ["sent" if leaves else "cancelled"]


def test_after_they_said_that_they_have_paid_it_waits_for_newer_data(counter: Counter) -> None:
    counter.dossier()
    counter.watch(HERE, paid_said_at=MORNING + timedelta(hours=1))
    counter.now = MORNING + timedelta(hours=2)
    counter.push(HERE, "reminder", f"r:{CODE}")
    assert counter.claim() == []
    counter.do(lambda c: c.execute(update(dossiers).values(until_at=MORNING + timedelta(hours=9))))
    counter.now += timedelta(days=3)  # the weekend lies between
    assert len(counter.claim()) == 1


def test_while_the_bank_is_silent_it_waits_a_day(counter: Counter) -> None:
    counter.now = datetime(2026, 11, 18, 2, tzinfo=UTC)
    counter.dossier(paid="waiting")
    counter.do(lambda c: c.execute(update(charges).values(changed_at=counter.now)))
    counter.watch(HERE)
    counter.push(HERE, "reminder", f"r:{CODE}")
    assert counter.claim() == []
    counter.now += timedelta(hours=25)
    assert len(counter.claim()) == 1


def test_a_shut_window_holds_it_and_an_officer_is_asked_to_ring(counter: Counter) -> None:
    counter.dossier()
    counter.writes(THERE, at=MORNING - timedelta(hours=49))
    counter.watch(THERE)
    counter.push(THERE)
    assert counter.claim(ZALO) == []
    (call,) = counter.calls()
    assert (call.code, call.reason, call.procedure) == (CODE, "window", "Hộ kinh doanh")
    assert "Hồ sơ đã xong." in call.words


def test_within_the_window_nobody_has_to_ring(counter: Counter) -> None:
    counter.writes(THERE, at=MORNING - timedelta(hours=47))
    counter.watch(THERE)
    counter.push(THERE)
    assert len(counter.claim(ZALO)) == 1
    assert counter.calls() == []


def test_what_was_held_is_said_first_when_they_write_and_the_call_is_off(counter: Counter) -> None:
    counter.writes(THERE, at=MORNING - timedelta(hours=49))
    counter.watch(THERE)
    counter.push(THERE)
    counter.claim(ZALO)
    counter.now += timedelta(hours=15)  # past midnight: an answer to their own message waits for no morning
    counter.writes(THERE)
    counter.push(THERE, kind="reply", key="", reply=Reply("Chào anh/chị."))
    first, *_ = counter.claim(ZALO)
    assert first.kind == "notice"
    assert counter.calls() == []


def test_where_another_chat_hears_it_nobody_has_to_ring(counter: Counter) -> None:
    counter.writes(THERE, at=MORNING - timedelta(hours=49))
    counter.writes(HERE, at=MORNING - timedelta(days=9))
    counter.watch(THERE)
    counter.watch(HERE)  # the daughter's chat on the web page has no window
    counter.push(THERE)
    assert counter.claim(ZALO) == []
    assert counter.calls() == []


def test_where_they_have_blocked_us_an_officer_is_asked_to_ring_once(counter: Counter) -> None:
    counter.watch(HERE)
    for text in ("Hồ sơ đã nhận.", "Hồ sơ đã xong."):
        counter.push(HERE, reply=Reply(text))

    def blocked(connection: Any) -> None:
        lease = leases.acquire(connection, counter.store.dialect, WEB, "A", MORNING)
        assert lease
        rows = claiming.claim(connection, lease, MORNING, 1, rules=RULES).rows
        gone = [outcomes.Gone(row.chat, row.line, "blocked") for row in rows]
        settling.settle(connection, lease, gone, MORNING, WINDOWS)

    counter.do(blocked)
    (call,) = counter.calls()
    assert call.reason == "blocked"
    assert counter.do(lambda c: calls.done(c, "mau", call.id, "Lan", "đã báo", MORNING))
    assert not counter.do(lambda c: calls.done(c, "mau", call.id, "Lan", "đã báo", MORNING))
    assert counter.calls() == []
