"""How fast an account sends, with a clock the test turns by hand."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.pacing import Pacer
from bot.delivery.port import Limits


class Hand:
    """A clock's hand."""

    at = 100.0

    def __call__(self) -> float:
        return self.at


def pacer(**limits: float) -> tuple[Pacer, Hand]:
    hand = Hand()
    return Pacer(Limits(text=4096, buttons=8, **limits), hand), hand  # type: ignore[arg-type]


@given(st.integers(1, 40), st.lists(st.floats(0.0, 0.4), min_size=1, max_size=200))
def test_no_second_holds_more_than_the_account_may_send(rate: int, gaps: list[float]) -> None:
    pace, hand = pacer(per_second=rate)
    left = []
    for gap in gaps:
        hand.at += gap
        hand.at += pace.until_room()
        pace.leaves("c")
        left.append(hand.at)
    for first, last in zip(left, left[rate:], strict=False):
        assert last - first >= 1.0


@pytest.mark.parametrize(("rate", "spacing"), [(0.5, 2.1), (1.0, 1.05)])
def test_a_slow_account_sends_one_at_a_time(rate: float, spacing: float) -> None:
    pace, hand = pacer(per_second=rate)
    times = []
    for _ in range(4):
        hand.at += pace.until_room()
        pace.leaves("c")
        times.append(hand.at)
    assert all(later - earlier == pytest.approx(spacing) for earlier, later in pairwise(times))


def test_one_chat_waits_and_the_others_do_not() -> None:
    pace, hand = pacer(per_chat=1.0)
    pace.leaves("a")
    assert pace.until("a") == pytest.approx(1.05)
    assert pace.until("b") == 0
    assert list(pace.resting()) == ["a"]
    hand.at += 1.06
    assert pace.resting() == {}


def test_what_the_platform_says_is_obeyed_to_the_second_and_never_shortened() -> None:
    pace, hand = pacer(per_second=math.inf)
    pace.shut(17)
    pace.shut(3)
    assert (pace.room(), pace.until_room()) == (0, 17)
    hand.at += 16.9
    assert pace.room() == 0
    hand.at += 0.11
    assert pace.room() == math.inf


def test_without_a_limit_nothing_waits_and_nothing_is_remembered() -> None:
    pace, _hand = pacer(per_second=math.inf)
    for _ in range(1000):
        assert pace.room() == math.inf
        pace.leaves("a")
    assert pace.resting() == {}


def test_a_chat_of_another_kind_has_its_own_pause() -> None:
    hand = Hand()
    pace = Pacer(Limits(text=1, buttons=0, per_chat=1.0, pause=lambda chat: 3.0 if chat == "group" else 0.0), hand)
    for chat in ("group", "somebody"):
        pace.leaves(chat)
    assert pace.until("somebody") == 0.0
    assert pace.until("group") >= 3.0
    hand.at += 3.2
    assert pace.until("group") == 0.0
