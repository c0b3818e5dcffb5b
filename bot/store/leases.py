"""Who sends for an account: one holder at a time, told apart by a fencing token that grows with every change of hands.

A lease runs out when its holder has not been heard of for `LENGTH`. A holder who comes back late finds its token outdated and may change
nothing any more. While nothing waits, nothing is written: an old heartbeat matters only when another sender sees rows that nobody sends.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, select, update

from bot.store.clauses import SENDING, WAITING, bound, of_account
from bot.store.dialects import Dialect
from bot.store.errors import LeaseLost
from bot.store.holder import is_dead
from bot.store.keys import AccountKey
from bot.store.schema import leases, outbox

LENGTH = timedelta(seconds=30)
BEAT = timedelta(seconds=5)
NEGLECTED = timedelta(seconds=2)
FREE = ""

_THIS = of_account(leases)
_LOOK = select(leases.c.holder, leases.c.token, leases.c.beat_at).where(_THIS).with_for_update()
_CHECK = (
    select(leases.c.beat_at)
    .where(_THIS, leases.c.holder == bindparam("holder"), leases.c.token == bindparam("token"))
    .with_for_update()
)
_WRITE = update(leases).where(_THIS)


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to send for `account`; every state change shows `token`."""

    account: AccountKey
    holder: str
    token: int


def acquire(connection: Connection, dialect: Dialect, account: AccountKey, holder: str, now: datetime) -> Lease | None:
    """Take the lease if it is free, run out, ours from before, or held by a process of this machine that is dead; else None."""
    first = {"unit_id": account.unit, "channel": account.channel, "account": account.account}
    connection.execute(
        dialect.insert(leases).on_conflict_do_nothing(), {**first, "holder": FREE, "token": 0, "beat_at": now}
    )
    found = connection.execute(_LOOK, bound(account)).one()
    held = found.holder not in (FREE, holder) and found.beat_at + LENGTH > now
    if held and not is_dead(found.holder):
        return None
    token = int(found.token) + 1
    connection.execute(_WRITE.values(holder=holder, token=token, beat_at=now), bound(account))
    return Lease(account, holder, token)


def check(connection: Connection, lease: Lease) -> datetime:
    """Hold the lease's row until the transaction ends; gives its last heartbeat. Raises LeaseLost when somebody else has it."""
    mine = bound(lease.account, holder=lease.holder, token=lease.token)
    beat: datetime | None = connection.execute(_CHECK, mine).scalar_one_or_none()
    if beat is None:
        raise LeaseLost(f"{lease.account}: another sender has taken over")
    return beat


def renew(connection: Connection, lease: Lease, beat: datetime, now: datetime) -> datetime:
    """Renew the heartbeat where `beat` is older than `BEAT`; gives the one that counts now. After `check`, in its transaction."""
    if now - beat < BEAT:
        return beat
    connection.execute(_WRITE.values(beat_at=now), bound(lease.account))
    return now


def release(connection: Connection, lease: Lease, now: datetime) -> None:
    """Give the lease back, so that the next sender need not wait. Nothing happens when it is lost already."""
    connection.execute(
        _WRITE.where(leases.c.token == lease.token).values(holder=FREE, beat_at=now), bound(lease.account)
    )


def neglected(connection: Connection, account: AccountKey, now: datetime) -> bool:
    """Whether rows wait for `account` and its holder is silent: time for another sender to step in."""
    found = connection.execute(select(leases.c.holder, leases.c.beat_at).where(_THIS), bound(account)).one_or_none()
    if found and found.holder != FREE and found.beat_at + LENGTH > now and not is_dead(found.holder):
        return False
    oldest = connection.execute(
        select(outbox.c.due_at)
        .where(
            of_account(outbox),
            outbox.c.status.in_((WAITING, SENDING)),
            outbox.c.due_at <= now - NEGLECTED,
        )
        .limit(1),
        bound(account),
    ).first()
    return oldest is not None
