"""How much one visitor may send."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.web import pace
from bot.channels.web.pace import Window


def test_the_act_over_the_limit_waits_until_the_oldest_is_a_minute_old() -> None:
    window = Window(3)
    assert [window.allows("a", t) for t in (0, 10, 20, 30)] == [True, True, True, False]
    assert not window.allows("a", 59.9)
    assert window.allows("a", 60)
    assert not window.allows("a", 61)


def test_what_is_refused_does_not_lengthen_the_wait() -> None:
    window = Window(1)
    window.allows("a", 0)
    assert not any(window.allows("a", t) for t in range(1, 60))
    assert window.allows("a", 60)


def test_one_visitor_does_not_slow_down_another() -> None:
    window = Window(1)
    assert window.allows("a", 0)
    assert window.allows("b", 0)


def test_a_flood_of_new_visitors_does_not_fill_the_memory() -> None:
    window = Window(5)
    for number in range(3 * pace.FORGET_ABOVE):
        window.allows(number, number * 0.1)
    assert len(window._acts) <= pace.FORGET_ABOVE + 1


@given(st.lists(st.floats(0, 600), max_size=60), st.integers(1, 10))
def test_no_minute_ever_holds_more_than_the_limit(times: list[float], most: int) -> None:
    window = Window(most)
    taken = [t for t in sorted(times) if window.allows("a", t)]
    for start in taken:
        assert sum(start <= t < start + 60 for t in taken) <= most
