"""A counter whose handlers do what a test says: dossiers put in, effects yielded, questions put to the view, rows looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select

from bot.conversation import Conversation
from bot.sealing import Seal
from bot.store import ChatKey, Store
from bot.store.dossier_tables import charges, dossiers, follow_codes
from handlers.effects import Effect
from handlers.messages import Incoming, Reply
from handlers.ports import Context, View
from knowledge.unit import Unit

NOW = datetime(2026, 11, 27, 3, tzinfo=UTC)  # a Friday, 10:00 in Vietnam
CODE = "H48.99.01-261120-0007"
OTHER = "H48.99.01-261120-0008"
SEAL = Seal(b"test-secret-of-the-dossier-tests")


def mark(kind: str, value: str, code: str = CODE, unit: str = "mau") -> str:
    """The mark under the tests' secret."""
    return SEAL.mark(unit, code, kind, value)


@dataclass
class Desk:
    """A conversation on a real store."""

    store: Store
    unit: Unit
    now: datetime = NOW
    yields: list[Effect | Reply] = field(default_factory=list)
    asks: Callable[[View], Any] | None = None
    answer: Any = None
    updates: int = 0

    def __post_init__(self) -> None:
        self.conversation = Conversation(
            self.store,
            lambda: None,  # type: ignore[arg-type, return-value]
            {self.unit.id: self.unit},
            lambda: self.now,
            seal=SEAL,
            respond=self._respond,
        )

    def _respond(self, incoming: Incoming, context: Context) -> Iterator[Reply | Effect]:
        if self.asks:
            self.answer = self.asks(context.view)
        yield from self.yields

    def does(self, *effects: Effect | Reply, chat: str = "c1", channel: str = "web") -> None:
        """One turn of a chat in which the handler yields these."""
        self._turn(chat, channel, list(effects), None)

    def asked(self, question: Callable[[View], Any], *, chat: str = "c1", channel: str = "web") -> Any:
        """What the view answers within a turn."""
        self._turn(chat, channel, [], question)
        return self.answer

    def both(self, question: Callable[[View], Any], *effects: Effect, chat: str = "c1", channel: str = "web") -> Any:
        """One turn that asks first and then yields."""
        self._turn(chat, channel, list(effects), question)
        return self.answer

    def _turn(
        self, chat: str, channel: str, effects: list[Effect | Reply], question: Callable[[View], Any] | None
    ) -> None:
        self.updates += 1
        self.yields, self.asks, self.answer = effects, question, None
        self.conversation.take(Incoming(channel, "mau", chat, str(self.updates), "mau", "text", self.now, text="x"))

    def rows(self, table: Any, *where: Any) -> list[Any]:
        """The rows of a table."""
        return self.store.transact(lambda c: c.execute(select(table).where(*where)).all(), reading=True)  # type: ignore[no-any-return]

    def put(self, table: Any, *rows: dict[str, Any]) -> None:
        """Write rows as they are."""
        self.store.transact(lambda c: c.execute(insert(table), list(rows)))

    def dossier(self, code: str = CODE, **columns: Any) -> None:
        """A dossier in work, with the phone 0900 000 123 and an identity number ending in 6789."""
        row = {
            "unit_id": "mau",
            "code": code,
            "state": "processing",
            "as_of": NOW,
            "until_at": NOW,
            "import_id": "i1",
            "phone": mark("phone", "0900000123", code),
            "phone_tail": mark("phone_tail", "0123", code),
            "identity_tail": mark("identity_tail", "6789", code),
        }
        self.put(dossiers, {**row, **columns})

    def charge(self, code: str = CODE, **columns: Any) -> None:
        """A charge of 75,000 đồng that is due."""
        row = {"unit_id": "mau", "code": code, "number": 1, "amount": 75000, "state": "unpaid", "changed_at": NOW}
        self.put(charges, {**row, **columns})

    def follow(self, said: str, code: str = CODE) -> None:
        """A follow code that was printed."""
        self.put(follow_codes, {"unit_id": "mau", "code": code, "mark": mark("follow", said, code), "made_at": NOW})


def key(chat: str = "c1", channel: str = "web") -> ChatKey:
    """A chat of the sample unit."""
    return ChatKey("mau", channel, "mau", chat)
