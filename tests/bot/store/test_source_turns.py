"""Whose turn it is to read a source: one at a time, never twice at once, and nothing is lost when a holder falls silent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.store import Store, source_turns
from bot.store.source_turns import SourceStanding, SourceTurn

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
HOLD = timedelta(minutes=3)


def take(store: Store, who: str, at: datetime = NOW, source: str = "sample") -> SourceTurn | None:
    return store.transact(lambda c: source_turns.take(c, store.dialect, "mau", source, who, at, at + HOLD))


def test_one_holder_at_a_time_and_each_source_for_itself(store: Store) -> None:
    first = take(store, "A")
    assert first == SourceTurn("mau", "sample", "A", 1, {})
    assert take(store, "B") is None
    assert take(store, "B", source="interface") is not None


def test_a_turn_ends_with_what_the_next_must_know_and_not_before_it_is_due(store: Store) -> None:
    first = take(store, "A")
    assert first
    later = NOW + timedelta(minutes=30)
    assert store.transact(lambda c: source_turns.settle(c, first, {"trouble": "đợi"}, later))
    assert store.transact(lambda c: source_turns.due(c, "mau", "sample")) == later
    assert take(store, "B", later - timedelta(seconds=1)) is None
    second = take(store, "B", later)
    assert second
    assert second.payload == {"trouble": "đợi"}
    assert store.transact(lambda c: source_turns.standings(c, "mau")) == [
        SourceStanding("sample", later, {"trouble": "đợi"})
    ]


def test_a_silent_holder_is_replaced_and_changes_nothing_when_it_comes_back(store: Store) -> None:
    first = take(store, "A")
    assert first
    assert take(store, "B", NOW + HOLD - timedelta(seconds=1)) is None
    assert store.transact(lambda c: source_turns.renew(c, first, NOW + 2 * HOLD))
    assert take(store, "B", NOW + HOLD) is None
    second = take(store, "B", NOW + 2 * HOLD)
    assert second
    assert not store.transact(lambda c: source_turns.renew(c, first, NOW + 9 * HOLD))
    assert not store.transact(lambda c: source_turns.settle(c, first, {"cursor": "old"}, NOW))
    assert store.transact(lambda c: source_turns.settle(c, second, {"cursor": "new"}, NOW))
    assert store.transact(lambda c: source_turns.standings(c, "mau"))[0].payload == {"cursor": "new"}


def test_a_process_that_comes_again_takes_its_own_turn_up_at_once_and_the_old_one_is_void(store: Store) -> None:
    first = take(store, "A")
    second = take(store, "A")
    assert first
    assert second
    assert second.number == 2
    assert not store.transact(lambda c: source_turns.settle(c, first, {}, NOW))


def test_a_source_never_read_has_no_day(store: Store) -> None:
    assert store.transact(lambda c: source_turns.due(c, "mau", "sample")) is None
    assert store.transact(lambda c: source_turns.standings(c, "mau")) == []
