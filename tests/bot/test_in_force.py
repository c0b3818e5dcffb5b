"""What one process approves, another tells its citizens within seconds; and nothing broken ever takes the place of what works."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot import in_force
from bot.conversation import Conversation
from bot.in_force import InForce
from bot.store import Store, overrides
from handlers.messages import Incoming
from knowledge.snapshot import Knowledge, PackError
from knowledge.unit import Unit
from tests.bot.store.test_overrides import FEE

BIRTH = "1.001193"
# 23:30 in Vietnam
EVENING = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)


class Shelf:
    """Packs as the test lays them out."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge, self.number, self.broken = knowledge, 1, False

    def stamp(self) -> str:
        return str(self.number)

    def load(self) -> Knowledge:
        if self.broken:
            raise PackError("damaged")
        return self.knowledge

    load_any = load


@pytest.fixture
def shelf(knowledge: Knowledge) -> Shelf:
    return Shelf(knowledge)


def make(store: Store, shelf: Shelf, unit: Unit, clock: Callable[[], datetime] = lambda: EVENING) -> InForce:
    """A process's knowledge."""
    return InForce(store, shelf, {unit.id: unit}, clock)


def fee(known: InForce) -> str:
    """What the unit tells as the fee now."""
    return known().of("mau").procedures[BIRTH].fee_text(None)


def approved(store: Store, **values: object) -> None:
    """Somebody at the prompt proposes and approves: another process, so to say."""
    one = replace(FEE, **values)  # type: ignore[arg-type]
    store.transact(lambda c: overrides.propose(c, store.dialect, one))
    store.transact(lambda c: overrides.approve(c, store.dialect, one, "Hùng", EVENING))


def test_an_approved_override_reaches_every_process_and_a_proposal_none(store: Store, shelf: Shelf, unit: Unit) -> None:
    here, there = make(store, shelf, unit), make(store, shelf, unit)
    store.transact(lambda c: overrides.propose(c, store.dialect, FEE))
    for each in (here, there):
        each.refresh()
        assert fee(each) == ""
    store.transact(lambda c: overrides.approve(c, store.dialect, FEE, "Hùng", EVENING))
    for each in (here, there):
        assert each.refresh()
        assert fee(each) == "8.000 đ (12/2026/NQ-HĐND)"
        assert not each.refresh()  # nothing new: the same snapshot goes on
    store.transact(lambda c: overrides.undo(c, store.dialect, replace(FEE, state="approved"), "Hoa", EVENING))
    assert here.refresh()
    assert fee(here) == ""


def test_a_process_that_starts_later_knows_it_at_once(store: Store, shelf: Shelf, unit: Unit) -> None:
    approved(store)
    assert fee(make(store, shelf, unit)) == "8.000 đ (12/2026/NQ-HĐND)"


def test_what_runs_out_falls_away_at_midnight_in_vietnam(store: Store, shelf: Shelf, unit: Unit) -> None:
    now = [EVENING]
    approved(store, valid_to=date(2026, 11, 20))
    known = make(store, shelf, unit, lambda: now[0])
    assert fee(known)
    now[0] += timedelta(minutes=29)
    assert not known.refresh()
    now[0] += timedelta(minutes=1)
    assert known.refresh()
    assert not fee(known)


def test_a_new_pack_keeps_the_overrides(store: Store, shelf: Shelf, unit: Unit, knowledge: Knowledge) -> None:
    approved(store)
    known = make(store, shelf, unit)
    shelf.knowledge, shelf.number = replace(knowledge, version="newer"), 2
    assert known.refresh()
    assert known().version == known().of("mau").version == "newer"
    assert fee(known)


def test_a_damaged_pack_leaves_the_old_one_in_force(store: Store, shelf: Shelf, unit: Unit) -> None:
    known = make(store, shelf, unit)
    before = known()
    shelf.broken, shelf.number = True, 2
    assert not known.refresh()
    assert known() is before
    shelf.broken, shelf.number = False, 3
    assert known.refresh()


async def test_a_citizen_is_told_within_seconds(
    store: Store, shelf: Shelf, unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert in_force.EVERY <= 5  # with the loading of a pack, well under the ten seconds promised
    monkeypatch.setattr(in_force, "EVERY", 0.02)
    known = make(store, shelf, unit)
    conversation = Conversation(store, known, {unit.id: unit}, lambda: EVENING)
    watching = asyncio.create_task(known.run())
    try:
        assert "chưa rõ" in await _answer(store, conversation, "1")
        await asyncio.to_thread(approved, store)
        for _ in range(250):
            if fee(known):
                break
            await asyncio.sleep(0.02)
        assert "8.000 đ (12/2026/NQ-HĐND)" in await _answer(store, conversation, "2")
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def _answer(store: Store, conversation: Conversation, update: str) -> str:
    incoming = Incoming("web", "mau", "1", update, "mau", "button", EVENING, button=f"p1.{BIRTH}.fee")
    await conversation.take_async(incoming)
    lines = await asyncio.to_thread(store.transcript, "mau", "web", "mau", "1", 0, 1, newest=True)
    return lines[-1].text
