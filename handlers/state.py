"""What is remembered between two messages of one chat: small, explicit, versioned, and it expires."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

VERSION = 1
LIVES = timedelta(minutes=10)  # a dialogue: what the bot starts on its own waits that long (docs/architecture.md)
REMEMBERED = timedelta(hours=24)  # "còn lệ phí?" still means the procedure of this morning


@dataclass(frozen=True, slots=True)
class State:
    """The thread of one conversation.

    `flow` names a dialogue that a key alone may not carry out ("erase": a confirmed erasure) or that waits for words: "factor" for the second
    factor of `dossier`, "watch" for a yes, "name" for a watch's name, "code" for a dossier's code (`dossier` holds the piece that is there). `expect` holds the button keys
    that "1", "2", … mean now, in order. `code`, `case` and `aspect` are what was last answered, `offered` the codes last offered,
    `asked` how many splitting questions were put in a row, `question` the words they were put about, `waiting` the second of two
    needs (code, aspect). `dossier` is the dossier code last
    talked about, `proved` whether its second factor was passed in this dialogue (it counts while the state is `alive`). `address` is "cô", "chú" or "bác" where somebody calls themselves so. `at` is when it was last touched (UTC).
    """

    flow: str = ""
    expect: tuple[str, ...] = ()
    code: str = ""
    case: str = ""
    aspect: str = ""
    offered: tuple[str, ...] = ()
    asked: int = 0
    question: str = ""
    waiting: tuple[str, ...] = ()
    dossier: str = ""
    proved: bool = False
    address: str = ""
    greeted: bool = False
    at: datetime | None = None
    v: int = VERSION

    def alive(self, now: datetime) -> bool:
        """Whether a dialogue is going on: the last message is at most ten minutes old."""
        return self.at is not None and now - self.at <= LIVES

    def fresh(self, now: datetime) -> bool:
        """Whether what was talked about may still be meant by a bare follow-up: the same day's worth."""
        return self.at is not None and now - self.at <= REMEMBERED


def dump(state: State) -> str:
    """The state as one JSON text, moments in ISO."""
    data = asdict(state)
    data["at"] = state.at.isoformat() if state.at else None
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def load(text: str | None) -> State:
    """The state that `dump` wrote; anything else (another version, garbage, nothing) is a fresh start, never an error."""
    try:
        data = json.loads(text or "{}")
        if data.get("v") != VERSION:
            return State()
        lists = {k: tuple(map(str, data[k])) for k in ("expect", "offered", "waiting")}
        at = datetime.fromisoformat(data["at"]) if data.get("at") else None
        return State(**{**data, **lists, "at": at})
    except (ValueError, TypeError, KeyError, AttributeError):
        return State()
