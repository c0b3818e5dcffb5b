"""What becomes of a row after a try, as a table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.delivery.port import (
    ChatGone,
    ChatMoved,
    PerhapsSent,
    RetryLater,
    SendRefused,
)
from bot.delivery.retrying import after, back_off, describe
from bot.store.outcomes import Claimed, Ended, Gone, Later, Moved, Outcome

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


def row(kind: str = "reply", attempts: int = 1, repeated: bool = False, lives: float = 86400) -> Claimed:
    return Claimed("c1", 7, kind, "{}", attempts, 0, repeated, NOW + timedelta(seconds=lives))


def in_(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("claimed", "error", "outcome"),
    [
        (row(), RetryLater("429", 17), Later("c1", 7, in_(17), "RetryLater: 429", whole_chat=True)),
        (row(), RetryLater("429", 0), Later("c1", 7, in_(0), "RetryLater: 429", whole_chat=True)),
        (row(), RetryLater("502"), Later("c1", 7, in_(1), "RetryLater: 502")),
        (row(attempts=4), RetryLater("502"), Later("c1", 7, in_(8), "RetryLater: 502")),
        (row(attempts=40), RetryLater("502"), Later("c1", 7, in_(60), "RetryLater: 502")),
        (row(lives=10), RetryLater("429", 10), Ended("c1", 7, "dead", "RetryLater: 429")),
        (row(attempts=9, lives=30), RetryLater("502"), Ended("c1", 7, "dead", "RetryLater: 502")),
        (row(repeated=True), RetryLater("502"), Later("c1", 7, in_(1), "RetryLater: 502", repeated=True)),
        # perhaps sent: a reply or a notice once more, the rest never
        (row(), PerhapsSent("no answer"), Later("c1", 7, in_(1), "PerhapsSent: no answer", repeated=True)),
        (row("notice"), PerhapsSent("no answer"), Later("c1", 7, in_(1), "PerhapsSent: no answer", repeated=True)),
        (row(repeated=True), PerhapsSent("no answer"), Ended("c1", 7, "perhaps", "PerhapsSent: no answer")),
        (row("announcement"), PerhapsSent("no answer"), Ended("c1", 7, "perhaps", "PerhapsSent: no answer")),
        (row("reminder"), PerhapsSent("no answer"), Ended("c1", 7, "perhaps", "PerhapsSent: no answer")),
        # an error nobody foresaw may have struck after the message left
        (row(), ZeroDivisionError("boom"), Later("c1", 7, in_(1), "ZeroDivisionError", repeated=True)),
        (row("announcement"), ZeroDivisionError("boom"), Ended("c1", 7, "perhaps", "ZeroDivisionError")),
        (row(), SendRefused("too long"), Ended("c1", 7, "dead", "SendRefused: too long")),
        (row(), ChatGone("blocked"), Gone("c1", 7, "ChatGone: blocked")),
        (row(), ChatMoved("supergroup", "-100"), Moved("c1", 7, "-100")),
    ],
)
def test_an_error_decides_what_becomes_of_a_row(claimed: Claimed, error: Exception, outcome: Outcome) -> None:
    assert after(claimed, error, NOW, random=1.0) == outcome


@pytest.mark.parametrize("attempts", range(1, 12))
def test_the_wait_is_spread_over_half_of_it(attempts: int) -> None:
    assert back_off(attempts, 0.0) == back_off(attempts, 1.0) / 2


def test_an_error_is_noted_without_personal_numbers_and_short() -> None:
    noted = describe(SendRefused("chat of 0905123456 " + "x" * 900))
    assert "0905123456" not in noted
    assert len(noted) <= 200
