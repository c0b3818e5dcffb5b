"""A dossier's whole life with a moved clock: received on the Friday before Tết, returned a month later, every message in its order and hour.

Real parts: the conversation, the import, the planner, the outbox. Only the wire is missing: what is claimed counts as sent.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from bot.conversation import Conversation
from bot.delivery.hours import may_leave
from bot.delivery.notices import Noticing
from bot.sealing import Seal
from bot.sources.applying import apply
from bot.sources.reading import Reading
from bot.store import AccountKey, Store, claiming, leases, outcomes, settling
from bot.store.unasked import Rules
from handlers.dossier.model import Charge, Record
from handlers.messages import Incoming, as_text, from_json
from knowledge.snapshot import Knowledge
from knowledge.unit import ZONE, Unit

CODE, OTHER = "H48.99.01-260213-0001", "H48.99.01-260101-0001"
LOOKS = (0, 15, 16, 21, 24, 34, 41)  # half hours of a day: midnight, 07:30, 08:00, 10:30, 12:00, 17:00, 20:30
WEB = AccountKey("mau", "web", "mau")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZONE)


@dataclass
class Centre:
    """The program with a clock that is moved by hand; `said` is what left on its own: when, and the words."""

    store: Store
    knowledge: Knowledge
    unit: Unit
    now: datetime
    said: list[tuple[str, str]] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    messages: int = 0

    def __post_init__(self) -> None:
        self.seal = Seal(b"of the test " * 4)
        self.units = {self.unit.id: self.unit}
        clock = lambda: self.now  # noqa: E731
        self.conversation = Conversation(self.store, lambda: self.knowledge, self.units, clock, seal=self.seal)
        self.rules = Rules(may_leave(lambda: self.knowledge.calendar), {"web": None})
        self.planner = Noticing(self.store, lambda: self.knowledge, self.units, {"web": None}, clock)

    def hears(self, text: str, when: str) -> str:
        """The citizen writes; gives the answers."""
        self.now = at(when)
        self.messages += 1
        update = str(self.messages)
        self.conversation.take(Incoming("web", "mau", "c1", update, "mau", "text", self.now, text=text))
        self.answers = []
        self.leave()
        return "\n".join(self.answers)

    async def comes(self, when: str, **record: Any) -> None:
        """The officer's import of that evening, and what is said of it."""
        await self.until(when)
        self.unit_apply(Record(code=CODE, procedure_code="1.001612", **record))
        await self.plan()

    def unit_apply(self, *records: Record) -> None:
        apply(
            self.store,
            self.unit,
            Reading(records, until=self.now),
            source="sheet",
            by="Lan",
            now=self.now,
            knowledge=self.knowledge,
            clock=lambda: self.now,
        )

    async def plan(self) -> None:
        await self.planner.all_of(self.unit)
        await self.planner.sweep(self.unit)
        self.leave()

    async def until(self, when: str) -> None:
        """Let the time pass, with a look at every hour that could matter."""
        while self.now < at(when):
            midnight = datetime.combine(self.now.astimezone(ZONE).date(), time(), ZONE)
            looks = [midnight + timedelta(days=day, minutes=30 * half) for day in (0, 1) for half in LOOKS]
            self.now = min(at(when), *(look for look in looks if look > self.now))
            await self.plan()

    def leave(self) -> None:
        """Whatever may leave now does."""

        def work(connection: Any) -> list[Any]:
            lease = leases.acquire(connection, self.store.dialect, WEB, "A", self.now)
            assert lease
            rows = claiming.claim(connection, lease, self.now, 9, rules=self.rules).rows
            settling.settle(connection, lease, [outcomes.Sent(r.chat, r.line, "") for r in rows], self.now)
            return rows

        while rows := self.store.transact(work):
            for row in rows:
                words = as_text(from_json(json.loads(row.payload)), numbered=False)
                if row.kind == "reply":
                    self.answers.append(words)
                else:
                    self.said.append((f"{self.now.astimezone(ZONE):%m-%d %H:%M}", words))


@pytest.fixture
def centre(store: Store, knowledge: Knowledge, unit: Unit) -> Centre:
    return Centre(store, knowledge, unit, at("02-12T17:00"))


async def test_every_message_of_a_dossiers_life(centre: Centre) -> None:
    seal, phone = centre.seal, "0900000123"
    marks = {
        "phone": seal.mark("mau", CODE, "phone", phone),
        "phone_tail": seal.mark("mau", CODE, "phone_tail", phone[-4:]),
    }
    centre.unit_apply(Record(code=OTHER, procedure_code="1.001612", state="processing"))  # the first import is silent
    # Friday before Tết: handed in this morning, not in the data yet
    assert "Chưa thấy" in centre.hears(CODE, "02-13T10:00") or "chưa có" in "\n".join(centre.answers).lower()
    centre.hears("1", "02-13T10:01")
    centre.hears("1", "02-13T10:02")
    received = {"received": at("02-13T09:00"), "due": at("02-24T17:00"), **marks}
    await centre.comes("02-13T17:30", state="accepted", **received)
    await centre.comes("02-23T17:00", state="needs_papers", note="Giấy ủy quyền", **received)
    # the factor opens the rest, for good where it is watched
    centre.hears(CODE, "02-24T08:00")
    centre.hears("0123", "02-24T08:01")
    await centre.comes("02-25T17:00", state="processing", **{**received, "due": at("03-05T17:00")})
    fee = Charge(1, "Lệ phí", 75_000, at("03-06T17:00"))
    owing = {**received, "due": at("03-05T17:00")}
    await centre.comes("02-26T17:00", state="needs_payment", charges=(fee,), **owing)
    paid = Charge(1, "Lệ phí", 75_000, at("03-06T17:00"), "paid")
    await centre.comes("03-03T17:00", state="processing", charges=(paid,), **owing)
    await centre.comes("03-04T17:00", state="processing", **{**received, "due": at("03-10T17:00")})
    await centre.comes("03-11T17:00", state="processing", **{**received, "due": at("03-10T17:00")})
    await centre.comes("03-11T18:00", state="done", **{**received, "due": at("03-10T17:00")})
    await centre.comes("03-13T17:00", state="returned", returned=at("03-13T15:00"), **received)
    await centre.until("03-20T17:00")

    story = [f"{when}  {words}" for when, words in centre.said]
    text = "\n".join(story)
    assert [when for when, _ in centre.said] == [
        "02-13 17:30",  # seen at last
        "02-23 17:00",  # papers are missing: their turn
        "02-25 17:00",  # the papers have come, and the clock goes on
        "02-26 17:00",  # money is due: their turn
        "03-02 08:00",  # two working days later
        "03-03 17:00",  # it is paid, and work goes on
        "03-04 17:00",  # a new date
        "03-11 17:00",  # the new date has passed
        "03-11 18:00",  # done: their turn, the same day or not
        "03-13 17:00",  # handed over
    ], text
    seen, papers, went_on, money, again, paid_now, new_date, late, done, over = (words for _, words in centre.said)
    assert "Đã thấy hồ sơ" in seen and "24/02/2026" in seen
    assert "thiếu" in papers
    assert "xin lỗi" not in went_on and "05/03/2026" in went_on
    assert "xin lỗi" not in paid_now and "75.000" not in paid_now
    assert "75.000 đ" in money and "dichvucong.gov.vn/thanh-toan-truc-tuyen" in money
    assert again.startswith("Nhắc lần 2") and "75.000 đ" in again
    assert "xin lỗi" in new_date and "10/03/2026" in new_date
    assert late.splitlines()[0].count("trễ hẹn") == 1 and "xin lỗi" in late
    assert "đã xong" in done and "07:30" in done
    assert "trả" in over
    assert phone not in text and "0123" not in text


async def test_the_second_import_in_one_day_waits_for_the_morning_unless_it_is_their_turn(centre: Centre) -> None:
    centre.unit_apply(Record(code=CODE, procedure_code="1.001612", state="new"))
    centre.hears(CODE, "02-23T08:00")
    centre.hears("1", "02-23T08:01")
    centre.hears("1", "02-23T08:02")
    await centre.comes("02-23T10:00", state="accepted", due=at("02-26T17:00"))
    await centre.comes("02-23T15:00", state="stopped")
    await centre.until("02-24T12:00")
    assert [when for when, _ in centre.said] == ["02-23 10:00", "02-24 07:30"]


async def test_a_code_that_never_appears_is_given_up_after_thirty_days(centre: Centre) -> None:
    centre.unit_apply(Record(code=OTHER, procedure_code="1.001612", state="processing"))
    centre.hears(CODE, "02-13T10:00")
    centre.hears("1", "02-13T10:01")
    centre.hears("1", "02-13T10:02")
    centre.now = at("03-15T07:00")
    await centre.until("03-16T09:00")
    assert [when for when, _ in centre.said] == ["03-15 10:30"]
    assert "30 ngày" in centre.said[0][1]


async def test_who_says_stop_hears_nothing_more(centre: Centre) -> None:
    centre.unit_apply(Record(code=CODE, procedure_code="1.001612", state="new"))
    for text in (CODE, "1", "1"):
        centre.hears(text, "02-23T08:00")
    centre.hears("dừng", "02-23T09:00")
    assert "đã dừng" in "\n".join(centre.answers).lower() or "thôi" in "\n".join(centre.answers).lower()
    await centre.comes("02-23T17:00", state="done")
    await centre.until("02-26T17:00")
    assert centre.said == []
