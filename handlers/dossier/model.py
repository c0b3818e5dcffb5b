"""A dossier as the counter knows it: what a source says of it, what is kept, who watches it. No name, no address, no whole number.

`Record` is one line of a source (an export, the one-stop system's interface), stripped at the door: a phone and an identity number are
there only as keyed marks (`Sealer`). `Dossier` is what is kept and what a handler sees. Moments are aware, UTC; money is whole đồng.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

State = Literal[
    "new",
    "accepted",
    "rejected",
    "processing",
    "needs_papers",
    "needs_payment",
    "withdrawn",
    "stopped",
    "done",
    "returned",
    "",  # a name nobody knows yet: kept as text, shown as it is, reported to the officer
]
Applied = Literal["counter", "online", "post", ""]
ChargeState = Literal["unpaid", "waiting", "paid", "refunded", "cancelled", "exempt"]
Factor = Literal["follow", "phone", "identity", ""]
Cause = Literal["no_account", "how", "paid", "desk", "not_mine"]


class Sealer(Protocol):
    """Makes marks of what may be compared and never be read: HMAC-SHA-256 under the server's secret, bound to unit and dossier code."""

    def mark(self, unit: str, code: str, kind: str, value: str) -> str:
        """The mark of `value` ("phone" the whole number, "phone_tail", "identity_tail", "follow"); "" for an empty value."""
        ...


@dataclass(frozen=True, slots=True)
class Charge:
    """What is due on one dossier: `amount` in whole đồng (None: not said), what for, by when, and whether it is paid."""

    number: int = 1
    name: str = ""
    amount: int | None = None
    due: datetime | None = None
    state: ChargeState = "unpaid"


@dataclass(frozen=True, slots=True)
class Record:
    """What a source says of one dossier now.

    `state` is "" where the source's word for it (`state_name`) is unknown. `phone`, `phone_tail` and `identity_tail` are marks, never
    numbers. `note` is free text (missing papers, a reason) and may hold anything: it is shown after the second factor only. `staff` is
    for the centre's own pages. `updated` is the source's own time of the last change, where it gives one. `charges` is None where the
    source says nothing about money (what is known stays), () where it says that nothing is due.
    """

    code: str
    procedure_code: str = ""
    procedure_name: str = ""
    domain: str = ""
    state: State = ""
    state_name: str = ""
    received: datetime | None = None
    due: datetime | None = None
    finished: datetime | None = None
    returned: datetime | None = None
    applied: Applied = ""
    phone: str = ""
    phone_tail: str = ""
    identity_tail: str = ""
    note: str = ""
    staff: str = ""
    updated: datetime | None = None
    charges: tuple[Charge, ...] | None = None


@dataclass(frozen=True, slots=True)
class Dossier:
    """A dossier as it is kept. `due_before` is the date promised first, where a new one was set; `until` is the time its data is from.

    `factors` are the second factors that could prove it ("phone" where the source gave a number, …). `requests` counts how often papers
    were asked for.
    """

    code: str
    procedure_code: str = ""
    procedure_name: str = ""
    domain: str = ""
    state: State = ""
    state_name: str = ""
    received: datetime | None = None
    due: datetime | None = None
    due_before: datetime | None = None
    finished: datetime | None = None
    returned: datetime | None = None
    applied: Applied = ""
    note: str = ""
    requests: int = 0
    until: datetime | None = None
    charges: tuple[Charge, ...] = ()
    factors: frozenset[Factor] = frozenset()


@dataclass(frozen=True, slots=True)
class Watching:
    """One dossier that a chat watches: its label ("của mẹ"), whether the second factor was passed (`full`), whether it is still awaited
    (`pending`: no data yet), whether reminders to pay are off, since when."""

    code: str
    label: str = ""
    full: bool = False
    pending: bool = False
    reminders: bool = True
    since: datetime | None = None
