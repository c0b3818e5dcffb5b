"""What a handler may ask while a turn runs (`handlers.ports.View`): its chat, and one dossier by its code.

Every question is answered by key alone, however many dossiers there are, and a code that is unknown, expired or another unit's costs the same
statements as one that is there: neither the words nor the time tell them apart (docs/privacy.md).
"""

from __future__ import annotations

import hmac
import re
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from bot.store.clauses import bound_chat, of_chat
from bot.store.dossier_tables import charges, dossiers, follow_codes, imports, look_ups, watches, wrong_tries
from bot.store.keys import ChatKey
from bot.store.schema import chats, messages
from handlers.dossier.model import Charge, Dossier, Factor, Sealer, Watching
from handlers.ports import Kept, Standing
from knowledge.unit import ZONE, Unit

MOST_TRIES = 5  # wrong second factors of one chat for one code and day
MOST_LOOK_UPS = 20
LOOK_UP_HOUR = timedelta(hours=1)
LONGEST_CODE = 48
# Four digits of an identity number are not asked for where the platform itself reads along (docs/privacy.md, "The second factor").
NO_IDENTITY = frozenset(("telegram", "messenger"))
TOLD = ("done", "waiting")  # imports that were carried through
LATEST = 50

_NOBODY = "-" * 43  # what is compared where nothing is kept: as long as a mark, and never one

_LINES = select(func.count()).select_from(messages).where(of_chat(messages))
_CHAT = select(chats.c.created_at, chats.c.language).where(of_chat(chats))
_WATCHED = select(func.count()).select_from(watches).where(of_chat(watches))
_WATCHES = select(watches).where(of_chat(watches)).order_by(watches.c.since, watches.c.code)
_DOSSIER = select(dossiers).where(dossiers.c.unit_id == bindparam("u"), dossiers.c.code == bindparam("code"))
_CHARGES = (
    select(charges)
    .where(charges.c.unit_id == bindparam("u"), charges.c.code == bindparam("code"))
    .order_by(charges.c.number)
)
_FOLLOW = select(follow_codes.c.mark).where(
    follow_codes.c.unit_id == bindparam("u"), follow_codes.c.code == bindparam("code"), follow_codes.c.used_at.is_(None)
)
# Held until the turn ends: of two chats that show the same follow code at once, the second finds it used.
_FOLLOW_HELD = _FOLLOW.with_for_update()
_latest = (
    select(imports.c.until_at)
    .where(imports.c.unit_id == bindparam("u"), imports.c.status.in_(TOLD))
    .order_by(imports.c.started_at.desc())
    .limit(LATEST)
    .subquery()
)
_UNTIL = select(func.max(_latest.c.until_at))
_WRONG = select(wrong_tries.c.number).where(
    wrong_tries.c.unit_id == bindparam("u"),
    wrong_tries.c.code == bindparam("code"),
    wrong_tries.c.day == bindparam("day"),
    wrong_tries.c.channel == bindparam("c"),
    wrong_tries.c.account == bindparam("a"),
    wrong_tries.c.chat_id == bindparam("i"),
)
_SPENT = select(look_ups.c.number).where(of_chat(look_ups), look_ups.c.since > bindparam("hour"))


class ChatView:
    """Answers `handlers.ports.View` for one chat inside its turn's transaction.

    `more` are the lines that this very transaction has still to write. `used` is the mark of each follow code that was just proved with,
    by dossier code: what `Tried` uses up.
    """

    def __init__(
        self, connection: Connection, chat: ChatKey, unit: Unit, seal: Sealer, now: datetime, more: int = 0
    ) -> None:
        self._connection, self._chat, self._unit, self._seal, self._now = connection, chat, unit, seal, now
        self._more = more
        self.used: dict[str, str] = {}

    def kept(self) -> Kept:
        """What is kept about this chat."""
        lines = self._connection.execute(_LINES, bound_chat(self._chat)).scalar_one()
        found = self._connection.execute(_CHAT, bound_chat(self._chat)).one_or_none()
        watched = self._connection.execute(_WATCHED, bound_chat(self._chat)).scalar_one()
        return Kept(
            lines + self._more,
            found.created_at if found else None,
            (found.language if found else "") or "vi",
            watched,
        )

    def dossier(self, code: str) -> Dossier | None:
        """The unit's dossier of that code, unless its result was handed over too long ago."""
        row, due = self._row(code), self._all(_CHARGES, code)
        follow = self._all(_FOLLOW, code)
        return None if row is None else as_dossier(row, due, self._factors(row, bool(follow)))

    def data_until(self) -> datetime | None:
        """The newest time that a finished import's data was from (UTC)."""
        until: datetime | None = self._connection.execute(_UNTIL, {"u": self._chat.unit}).scalar_one()
        return until

    def standing(self, code: str) -> Standing:
        """How this chat stands with that code today and within the hour; a code nobody knows counts as any other."""
        chat = hidden(self._chat, self._seal)
        day = self._now.astimezone(ZONE).date()
        wrong = self._connection.execute(_WRONG, bound_chat(chat, code=code, day=day)).scalar_one_or_none() or 0
        looked = self._connection.execute(_SPENT, bound_chat(chat, hour=self._now - LOOK_UP_HOUR)).scalar_one_or_none()
        return Standing(locked=wrong >= MOST_TRIES, wrong=wrong, spent=(looked or 0) >= MOST_LOOK_UPS)

    def proves(self, code: str, said: str) -> Factor:
        """Which second factor `said` is: every kind is sealed and compared, whatever is known of the code."""
        row, follow = self._row(code), self._all(_FOLLOW_HELD, code)
        # The code a mark is bound to is the dossier's own where it is typed; the work is the same for one nobody knows.
        tail = said.strip()
        given = {
            "follow": self._mark(code, "follow", plain_follow_code(said)),
            "phone": self._mark(code, "phone", plain_phone(said)),
            "phone_tail": self._mark(code, "phone_tail", tail if re.fullmatch(r"[0-9]{4}", tail) else ""),
            "identity_tail": self._mark(code, "identity_tail", tail if re.fullmatch(r"[0-9]{4}", tail) else ""),
        }
        marks = [each.mark for each in follow] if row is not None else []
        proved = [mark for mark in [*marks, _NOBODY] if hmac.compare_digest(mark, given["follow"])]
        phone = _same(row, "phone", given["phone"])
        phone_tail = _same(row, "phone_tail", given["phone_tail"])
        identity = _same(row, "identity_tail", given["identity_tail"])
        if proved:
            self.used[code] = proved[0]
            return "follow"
        if phone or phone_tail:
            return "phone"
        return "identity" if identity and self._chat.channel not in NO_IDENTITY else ""

    def watches(self) -> tuple[Watching, ...]:
        """What this chat watches, oldest first."""
        rows = self._connection.execute(_WATCHES, bound_chat(self._chat)).all()
        return tuple(Watching(r.code, r.label, r.full, r.pending, r.reminders, r.since) for r in rows)

    def _row(self, code: str) -> Any:
        found = self._connection.execute(_DOSSIER, {"u": self._chat.unit, "code": code}).one_or_none()
        return found if found is not None and not expired(found, self._unit, self._now) else None

    def _all(self, statement: Any, code: str) -> Any:
        return self._connection.execute(statement, {"u": self._chat.unit, "code": code}).all()

    def _mark(self, code: str, kind: str, value: str) -> str:
        # An empty value has no mark; it is sealed all the same, so that what was typed does not show in the time.
        mark = self._seal.mark(self._chat.unit, code, kind, value or "\0")
        return mark if value else ""

    def _factors(self, row: Any, follow: bool) -> frozenset[Factor]:
        held: dict[Factor, bool] = {
            "follow": follow,
            "phone": bool(row.phone or row.phone_tail),
            "identity": bool(row.identity_tail) and self._chat.channel not in NO_IDENTITY,
        }
        return frozenset(factor for factor, there in held.items() if there)


def _same(row: Any, kind: str, given: str) -> bool:
    kept: str = (getattr(row, kind) if row is not None else "") or _NOBODY
    return hmac.compare_digest(kept, given)


def expired(row: Any, unit: Unit, now: datetime) -> bool:
    """Whether a dossier's result was handed over more than `unit.dossiers.keep_days` ago; without a date, by the data's time."""
    last: datetime = now - timedelta(days=unit.dossiers.keep_days)
    return bool(row.state == "returned" and (row.returned_at or row.as_of) < last)


def as_dossier(row: Any, due: Any, factors: frozenset[Factor] = frozenset()) -> Dossier:
    """The dossier that a row of `dossiers` and its rows of `charges` are."""
    return Dossier(
        code=row.code,
        procedure_code=row.procedure_code,
        procedure_name=row.procedure_name,
        domain=row.domain,
        state=row.state,
        state_name=row.state_name,
        received=row.received_at,
        due=row.due_at,
        due_before=row.due_before,
        finished=row.finished_at,
        returned=row.returned_at,
        applied=row.applied,
        note=row.note,
        requests=row.requests,
        until=row.until_at,
        charges=tuple(Charge(c.number, c.name, c.amount, c.due_at, c.state) for c in due),
        factors=factors,
    )


def plain_follow_code(said: str) -> str:
    """A follow code as it is sealed: upper case, without the spaces and dashes that people write between; "" for anything else."""
    plain = re.sub(r"[\s\-‐‑‒–—.]+", "", said).upper()
    return plain if re.fullmatch(r"[A-Z0-9]{8}", plain) else ""


def plain_phone(said: str) -> str:
    """A Vietnamese phone number as it is sealed: digits, beginning with 0; "" for anything else."""
    digits = re.sub(r"[\s.\-()]+", "", said)
    digits = re.sub(r"^(?:\+?84|0084)(?=[1-9]\d{8,9}$)", "0", digits)
    return digits if re.fullmatch(r"0[1-9][0-9]{8,9}", digits) else ""


def hidden(chat: ChatKey, seal: Sealer) -> ChatKey:
    """The chat's name where its tries and look-ups are counted: a mark. So a chat can be erased without its counts, and erasing is no
    way around a lock; by themselves the counts say nothing about anybody."""
    return chat._replace(chat=seal.mark(chat.unit, "", "chat", "\0".join((chat.channel, chat.account, chat.chat))))
