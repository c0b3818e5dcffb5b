"""What delivery asks of a channel: limits, a pure rendering, one send. A channel implements it; delivery knows no channel by name.

SendFailed
├── RetryLater       not now: `retry_in` seconds when the platform says so (429), else our back-off
├── PerhapsSent      the answer never came: a reply is repeated once, an announcement never
├── ChatGone         blocked, deleted or deactivated: the chat's pending rows end
├── ChatMoved        the chat has a new id: rows follow it
├── AccountStopped   token refused or app cut off: the account stops, an officer must act
└── SendRefused      this message will never be taken: a dead letter, the chat goes on
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from handlers.messages import Reply


@dataclass(frozen=True, slots=True)
class Limits:
    """What one channel can carry. Data from the vendor's page, kept at the top of the channel's module.

    text            longest text of one message, counted by `count`
    buttons         most buttons on one message; 0: numbered text only
    button_title    longest title of a button, counted by `count`
    per_second      most messages a second over the whole account
    per_chat        seconds between two messages to one chat (0: no wait)
    pause           the same for this very chat, where chats differ (groups)
    free_window     seconds after the citizen's last message in which we may write; None: always
    """

    text: int
    buttons: int
    button_title: int = 40
    per_second: float = 30.0
    per_chat: float = 0.0
    free_window: float | None = None
    count: Callable[[str], int] = len
    pause: Callable[[str], float] | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """One account of a channel, belonging to one unit. `secrets` never reach a log or a page."""

    channel: str
    id: str
    unit: str
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    settings: Mapping[str, str] = field(default_factory=dict)


class Channel(Protocol):
    """A channel as delivery sees it. `render` is pure; one reply may become several wire messages, sent in order."""

    name: str
    limits: Limits

    def render(self, reply: Reply, chat: str) -> Sequence[dict[str, Any]]:
        """The wire messages of one reply, within `limits`."""
        ...

    async def send(self, account: Account, message: dict[str, Any]) -> str:
        """Send one wire message; gives the platform's message id. Raises SendFailed."""
        ...


class SendFailed(Exception):
    """A message did not leave. `cure` is what an officer should do, in Vietnamese (None: nothing)."""

    cure: str | None = None


class RetryLater(SendFailed):
    """Try again later: in `retry_in` seconds where the platform says so, obeyed to the second.

    The whole account waits that long, unless the channel knows that only this chat is meant (`whole_account=False`: a busy group).
    """

    def __init__(self, message: str, retry_in: float | None = None, *, whole_account: bool = True) -> None:
        super().__init__(message)
        self.retry_in = retry_in
        self.whole_account = whole_account


class PerhapsSent(SendFailed):
    """The request left, the answer did not come (read time-out): it may have been delivered."""


class ChatGone(SendFailed):
    """The person blocked us or the chat is gone; nothing more is sent there until they write again."""


class ChatMoved(SendFailed):
    """The chat lives under a new id now."""

    def __init__(self, message: str, new_chat: str) -> None:
        super().__init__(message)
        self.new_chat = new_chat


class AccountStopped(SendFailed):
    """The platform refuses the account itself (token, app): nothing leaves until somebody acts."""


class SendRefused(SendFailed):
    """The platform refuses this very message for good."""
