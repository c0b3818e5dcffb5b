"""What becomes of a row after a try: one decision, written nowhere else. Pure, so that every rule is a line in a test's table.

The rules (docs/architecture.md, "Delivery"): what the platform says is obeyed to the second; without its word the waits grow, with
jitter; the row's last moment ends it; "perhaps sent" is repeated once for what must not be lost, never for the rest.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.delivery.port import ChatGone, ChatMoved, PerhapsSent, RetryLater, SendFailed, SendRefused
from bot.store.outbox import REPEATED
from bot.store.outcomes import Claimed, Ended, Gone, Later, Moved, Outcome
from knowledge.text.masking import mask

FIRST = 1.0  # seconds
LONGEST = 60.0  # a reply is worth little after an hour, and a platform that is back should be found soon


def back_off(attempts: int, random: float) -> float:
    """Seconds before try `attempts` + 1: doubling from 1 to 60, spread by `random` (0 to 1) between a half and the whole."""
    return min(LONGEST, FIRST * 2.0 ** min(attempts - 1, 16)) * (0.5 + random / 2)


def after(row: Claimed, error: Exception, now: datetime, random: float) -> Outcome:
    """What becomes of `row` after `error`. An error nobody foresaw counts as "perhaps sent": who knows how far it got."""
    said = describe(error)
    match error:
        case ChatGone():
            return Gone(row.chat, row.line, said)
        case ChatMoved():
            return Moved(row.chat, row.line, error.new_chat)
        case SendRefused():
            return Ended(row.chat, row.line, "dead", said)
        case RetryLater():
            told = error.retry_in
            wait = told if told is not None else back_off(row.attempts, random)
            due = now + timedelta(seconds=wait)
            if due >= row.expires_at:
                return Ended(row.chat, row.line, "dead", said)
            return Later(row.chat, row.line, due, said, whole_chat=told is not None, repeated=row.repeated)
        case _:
            if row.kind not in REPEATED or row.repeated:
                return Ended(row.chat, row.line, "perhaps", said)
            due = now + timedelta(seconds=back_off(1, random))
            return Later(row.chat, row.line, due, said, repeated=True)


def describe(error: Exception) -> str:
    """The error for the outbox and the log: its class, and what a channel says of it, without personal numbers."""
    name = type(error).__name__
    if isinstance(error, (SendFailed, PerhapsSent)) and str(error):
        return f"{name}: {mask(str(error)).text}"[:200]
    return name
