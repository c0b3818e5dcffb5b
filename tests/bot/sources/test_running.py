"""The loop over all sources: each read when it is due, by one process, handed on before the cursor moves, over real HTTP and both databases."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.sealing import Seal
from bot.sources import running
from bot.sources.interface_client import Pace
from bot.sources.reading import Reading
from bot.sources.running import NOT_KEPT, Reader, run, sources_of
from bot.store import Store, source_turns
from knowledge.snapshot import Knowledge
from knowledge.unit import DossierInterface, DossierSettings, Unit
from tests.fakes.one_stop_rows import PLANTED, igate
from tests.fakes.one_stop_system import AGENCY, CLIENT_ID, CLIENT_SECRET, TOKEN_PATH, OneStopSystem, Trouble

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
QUICK = Pace(tries=2, whole=5.0, answer=1.0, first=0.01)


@dataclass
class Applied:
    """Takes readings as `apply` does, and remembers them; `fails` makes it raise."""

    taken: list[tuple[str, Reading]] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    seconds: float = 0.0
    fails: bool = False

    def __call__(self, unit: Unit, reading: Reading, source: str, now: datetime) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        time.sleep(self.seconds)
        self.at_once -= 1
        if self.fails:
            raise ValueError(f"a row of {PLANTED['fullname']}")
        self.taken.append((source, reading))


class MovableClock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def applied() -> Applied:
    return Applied()


@pytest.fixture
def reader(store: Store, knowledge: Knowledge, clock: MovableClock, applied: Applied) -> Reader:
    secrets = {"ONE_STOP_ID": CLIENT_ID, "ONE_STOP_SECRET": CLIENT_SECRET}
    return Reader(
        store, lambda: knowledge, Seal(b"x"), secrets, applied, clock, pace=QUICK, holder="A", look=0.01, beat=0.05
    )


@pytest.fixture
async def system() -> AsyncIterator[OneStopSystem]:
    async with OneStopSystem() as running_:
        running_.dossiers = [igate(agency={"id": AGENCY, "code": "H48.99.01"})]
        yield running_


def with_interface(unit: Unit, system: OneStopSystem) -> Unit:
    settings = DossierInterface(
        url=system.url,
        token_url=system.url + TOKEN_PATH,
        client_id="ONE_STOP_ID",
        client_secret="ONE_STOP_SECRET",
        agency=AGENCY,
    )
    return unit.model_copy(update={"dossiers": DossierSettings(interface=settings)})


@asynccontextmanager
async def going(*readers: Reader, unit: Unit) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(run(reader, {unit.id: unit})) for reader in readers]
    try:
        yield
        for task in tasks:
            if task.done():
                task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def until(true: Callable[[], bool], seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.01)


def payload(store: Store) -> Any:
    found = store.transact(lambda c: source_turns.standings(c, "mau"), reading=True)
    return found[0].payload if found else {}


def test_the_sources_of_a_unit_are_in_its_file(unit: Unit) -> None:
    assert sources_of(unit) == ("sample",)
    assert sources_of(unit.model_copy(update={"dossiers": DossierSettings()})) == ()


async def test_without_a_source_it_ends_at_once(reader: Reader, unit: Unit) -> None:
    await asyncio.wait_for(run(reader, {"mau": unit.model_copy(update={"dossiers": DossierSettings()})}), 1)


async def test_the_sample_is_read_at_once_and_again_when_half_an_hour_has_passed(
    reader: Reader, unit: Unit, applied: Applied, clock: MovableClock
) -> None:
    async with going(reader, unit=unit):
        await until(lambda: len(applied.taken) == 1)
        await asyncio.sleep(0.2)
        assert len(applied.taken) == 1
        clock.now += timedelta(minutes=31)
        await until(lambda: len(applied.taken) == 2)
    (source, first), (_, second) = applied.taken
    assert source == "sample"
    assert len(first.records) > 30
    assert second.until == clock.now


async def test_of_several_processes_one_reads(
    reader: Reader, unit: Unit, applied: Applied, clock: MovableClock
) -> None:
    applied.seconds = 0.2
    async with going(*(replace(reader, holder=who) for who in "ABC"), unit=unit):
        await until(lambda: len(applied.taken) == 1)
        await asyncio.sleep(0.4)
        assert len(applied.taken) == 1
        clock.now += timedelta(minutes=31)
        await until(lambda: len(applied.taken) == 2)
        await asyncio.sleep(0.4)
    assert (len(applied.taken), applied.most_at_once) == (2, 1)


async def test_what_a_process_left_in_the_middle_is_read_by_another(
    reader: Reader, unit: Unit, applied: Applied, clock: MovableClock, store: Store
) -> None:
    store.transact(  # somebody elsewhere took the turn and was never heard of again
        lambda c: source_turns.take(c, store.dialect, "mau", "sample", "elsewhere/1/x", NOW, NOW + running.HOLD)
    )
    async with going(reader, unit=unit):
        await asyncio.sleep(0.2)
        assert not applied.taken
        clock.now += running.HOLD
        await until(lambda: len(applied.taken) == 1)


async def test_a_long_turn_is_kept_by_signs_of_life(
    reader: Reader, unit: Unit, applied: Applied, clock: MovableClock
) -> None:
    applied.seconds = 0.6
    async with going(reader, replace(reader, holder="B"), unit=unit):
        await until(lambda: applied.at_once == 1)
        for _ in range(4):
            await asyncio.sleep(0.12)
            clock.now += running.HOLD * 0.6
        await until(lambda: len(applied.taken) == 1)
    assert applied.most_at_once == 1


async def test_a_turn_that_was_taken_over_changes_nothing_any_more(
    reader: Reader, unit: Unit, applied: Applied, store: Store, clock: MovableClock, caplog: pytest.LogCaptureFixture
) -> None:
    applied.seconds = 0.4
    async with going(reader, unit=unit):
        await until(lambda: applied.at_once == 1)
        later = NOW + timedelta(hours=1)
        other = store.transact(
            lambda c: source_turns.take(c, store.dialect, "mau", "sample", "B", later, later + running.HOLD)
        )
        assert other
        await until(lambda: "another process reads" in caplog.text)
        await asyncio.sleep(0.1)
        assert store.transact(lambda c: source_turns.settle(c, other, {"of": "B"}, later))
    assert payload(store) == {"of": "B"}


async def test_the_interface_is_read_and_the_cursor_kept_for_the_next_time(
    reader: Reader, unit: Unit, applied: Applied, store: Store, system: OneStopSystem, clock: MovableClock
) -> None:
    unit = with_interface(unit, system)
    async with going(reader, unit=unit):
        await until(lambda: payload(store).get("well_at") is not None)
    assert payload(store)["cursor"]["since"] == "2026-11-20T02:00:00+00:00"
    assert (payload(store)["trouble"], payload(store)["failures"]) == ("", 0)
    clock.now += timedelta(minutes=31)
    system.expire()  # another process has no token of the first
    async with going(replace(reader, holder="B"), unit=unit):
        await until(lambda: len(applied.taken) == 2)
    assert [source for source, _ in applied.taken] == ["interface", "interface"]
    system.check()


async def test_what_could_not_be_applied_is_read_again_and_no_row_stands_in_the_log(
    reader: Reader,
    unit: Unit,
    applied: Applied,
    store: Store,
    system: OneStopSystem,
    clock: MovableClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    applied.fails = True
    async with going(reader, unit=with_interface(unit, system)):
        await until(lambda: payload(store).get("trouble") == NOT_KEPT)
        assert "cursor" not in payload(store)
        applied.fails = False
        clock.now += timedelta(minutes=2)
        await until(lambda: len(applied.taken) == 1)
        await until(lambda: payload(store)["trouble"] == "")
    assert PLANTED["fullname"] not in caplog.text
    assert "ValueError" in caplog.text


async def test_trouble_is_kept_for_the_officer_told_once_to_the_log_and_gone_when_all_is_well(
    reader: Reader,
    unit: Unit,
    applied: Applied,
    store: Store,
    system: OneStopSystem,
    clock: MovableClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    system.trouble(*[Trouble(500)] * 4)
    async with going(reader, unit=with_interface(unit, system)):
        await until(lambda: payload(store).get("failures") == 1)
        assert "đang lỗi" in payload(store)["trouble"]
        clock.now += timedelta(seconds=75)
        await until(lambda: payload(store).get("failures") == 2)
        assert not applied.taken
        clock.now += timedelta(seconds=75)
        await asyncio.sleep(0.1)
        assert payload(store)["failures"] == 2  # twice as long a pause
        clock.now += timedelta(seconds=75)
        await until(lambda: payload(store)["failures"] == 0)
    assert payload(store)["trouble"] == ""
    assert caplog.text.count("a source gives trouble") == 1


async def test_wrong_settings_are_told_and_not_tried_all_the_time(
    reader: Reader, unit: Unit, store: Store, system: OneStopSystem
) -> None:
    async with going(replace(reader, secrets={}), unit=with_interface(unit, system)):
        await until(lambda: payload(store).get("failures") == 1)
        assert "ONE_STOP_ID" in payload(store)["trouble"]
        due = store.transact(lambda c: source_turns.due(c, "mau", "interface"))
        assert due is not None
        assert due >= NOW + timedelta(minutes=30)
    assert not system.calls
