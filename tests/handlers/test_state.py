"""State is small, versioned and expires; what cannot be read is a fresh start."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.state import LIVES, REMEMBERED, State, dump, load

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
texts = st.text(max_size=20)
states = st.builds(
    State,
    flow=texts,
    expect=st.lists(texts, max_size=4).map(tuple),
    code=texts,
    case=texts,
    aspect=texts,
    offered=st.lists(texts, max_size=4).map(tuple),
    asked=st.integers(0, 9),
    question=texts,
    waiting=st.lists(texts, max_size=2).map(tuple),
    address=texts,
    greeted=st.booleans(),
    at=st.none() | st.just(NOW),
)


@given(states)
def test_what_is_written_is_what_is_read(state: State) -> None:
    assert load(dump(state)) == state


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "{",
        "[]",
        "null",
        "3",
        '"x"',
        '{"v": 99}',
        '{"v": 1}',
        '{"v": 1, "expect": 3}',
        '{"v": 1, "strange": 1}',
    ],
)
def test_what_cannot_be_read_is_a_fresh_start(text: str | None) -> None:
    assert load(text) == State()


@given(st.text(max_size=60))
def test_garbage_is_a_fresh_start(text: str) -> None:
    assert isinstance(load(text), State)


def test_a_dialogue_lives_ten_minutes_and_is_remembered_a_day() -> None:
    state = State(at=NOW)
    assert state.alive(NOW + LIVES)
    assert not state.alive(NOW + LIVES + timedelta(seconds=1))
    assert state.fresh(NOW + REMEMBERED)
    assert not state.fresh(NOW + REMEMBERED + timedelta(seconds=1))
    assert not State().fresh(NOW)
