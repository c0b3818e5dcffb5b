"""The sender on both databases: order, priority, leases, every kind of failure, at the wire of a scripted channel."""

from __future__ import annotations

import asyncio
import json
import math
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.delivery.port import (
    Account,
    AccountStopped,
    ChatGone,
    ChatMoved,
    Limits,
    PerhapsSent,
    RetryLater,
    SendRefused,
)
from bot.delivery.sender import Sender
from bot.store import AccountKey, ChatKey, Store, claiming, leases, outbox
from bot.store.schema import chats, messages
from bot.store.schema import outbox as outbox_table
from bot.store.turns import Changes
from handlers.messages import Reply, as_text, to_json

ACCOUNT = Account("wire", "a1", "mau")
UNLIMITED = Limits(text=4096, buttons=8, per_second=math.inf)
KEY = AccountKey("mau", "wire", "a1")


@dataclass
class Wire:
    """A channel whose platform does what the test says: an exception to raise, or seconds to take, by text."""

    limits: Limits = UNLIMITED
    script: dict[str, list[Exception | float]] = field(default_factory=dict)
    sent: list[tuple[str, str]] = field(default_factory=list)
    at: list[float] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    tried_at: list[float] = field(default_factory=list)
    in_flight: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    most_in_a_chat: int = 0
    name: str = "wire"

    def render(self, reply: Reply, chat: str) -> Sequence[dict[str, Any]]:
        if "unrenderable" in reply.text:
            raise KeyError("a card from the future")
        return [{"chat": chat, "text": part} for part in as_text(reply, numbered=True).split("|")]

    async def send(self, account: Account, message: dict[str, Any]) -> str:
        chat, words = message["chat"], message["text"]
        self.tried.append(words)
        self.tried_at.append(asyncio.get_running_loop().time())
        self.in_flight[chat] += 1
        self.most_in_a_chat = max(self.most_in_a_chat, self.in_flight[chat])
        try:
            act = self.script[words].pop(0) if self.script.get(words) else 0.0
            if isinstance(act, Exception):
                raise act
            await asyncio.sleep(act)
            self.sent.append((chat, words))
            self.at.append(asyncio.get_running_loop().time())
            return f"m{len(self.sent)}"
        finally:
            self.in_flight[chat] -= 1


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Desk:
    """A store to put rows into and to look at."""

    store: Store

    def say(self, *words: str, chat: str = "c1", lives: float = 3600) -> None:
        """Replies, as a turn writes them."""

        def work(connection: Any) -> None:
            moment = now()
            rows = self.store.turns.lock(connection, [ChatKey("mau", "wire", "a1", chat)], moment)
            changes = Changes(moment)
            for row in rows.values():
                row.last_in_at = moment
                if row.held:
                    changes.release(row)
                for each in words:
                    payload = json.dumps(to_json(Reply(each)))
                    changes.say(row, payload, due_at=moment, expires_at=moment + timedelta(seconds=lives))
            self.store.turns.save(connection, rows.values(), changes)

        self.store.transact(work)
        self.store.wakeups.ring([KEY])

    def push(self, words: str, chat: str = "c1", kind: outbox.Kind = "announcement", **more: Any) -> int | None:
        moment = now()
        more.setdefault("expires_at", moment + timedelta(hours=1))
        put = partial(outbox.push, payload=to_json(Reply(words)), now=moment, **more)
        where = ChatKey("mau", "wire", "a1", chat)
        line = self.store.transact(lambda c: put(c, self.store.dialect, where, kind))
        self.store.wakeups.ring([KEY])
        return line

    def rows(self) -> dict[str, Any]:
        """Rows by their text."""
        with self.store.engine.connect() as connection:
            found = connection.execute(select(outbox_table)).all()
        return {json.loads(row.payload)["text"]: row for row in found}

    def status(self) -> dict[str, str]:
        return {words: row.status for words, row in self.rows().items()}

    async def until(self, what: Callable[[], bool], seconds: float = 8.0) -> None:
        async with asyncio.timeout(seconds):
            while not what():
                await asyncio.sleep(0.01)


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store)


@asynccontextmanager
async def sending(desk: Desk, wire: Wire, **options: Any) -> AsyncIterator[Sender]:
    sender = Sender(desk.store, wire, ACCOUNT, jitter=lambda: 0.0, **options)
    task = asyncio.create_task(sender.run())
    try:
        yield sender
    finally:
        await sender.stop(2)
        assert sender.health().condition == "ended"
        await task


async def test_a_reply_leaves_as_soon_as_it_is_committed(desk: Desk) -> None:
    wire = Wire()
    async with sending(desk, wire, poll=60):
        await asyncio.sleep(0.1)
        desk.say("chào")
        await desk.until(lambda: bool(wire.sent), 2)
    row = desk.rows()["chào"]
    assert (row.status, row.platform_id, row.attempts, row.error) == ("sent", "m1", 1, None)
    assert row.done_at is not None


async def test_order_is_kept_in_each_chat_with_one_in_flight(desk: Desk) -> None:
    wire = Wire(script={f"{chat}{n}": [0.01 * (n % 3)] for chat in "abc" for n in range(8)})
    for chat in "abc":
        desk.say(*(f"{chat}{n}" for n in range(8)), chat=chat)
    async with sending(desk, wire):
        await desk.until(lambda: len(wire.sent) == 24)
    for chat in "abc":
        assert [w for c, w in wire.sent if c == chat] == [f"{chat}{n}" for n in range(8)]
    assert wire.most_in_a_chat == 1


async def test_a_flooding_chat_does_not_hold_up_the_others(desk: Desk) -> None:
    wire = Wire(script={f"lũ {n}": [0.05] for n in range(300)})
    desk.say(*(f"lũ {n}" for n in range(300)), chat="flood")
    desk.say("chào", chat="other")
    async with sending(desk, wire, in_flight=4):
        await desk.until(lambda: ("other", "chào") in wire.sent, 3)
        assert len(wire.sent) < 20


async def test_a_reply_overtakes_announcements(desk: Desk) -> None:
    wire = Wire(limits=Limits(text=4096, buttons=8, per_second=20))
    for n in range(60):
        desk.push(f"loa {n}", chat=f"x{n}")
    async with sending(desk, wire):
        await desk.until(lambda: len(wire.sent) >= 20)
        desk.say("trả lời", chat="x59")
        await desk.until(lambda: ("x59", "trả lời") in wire.sent, 3)
        assert ("x59", "loa 59") not in wire.sent
        assert len(wire.sent) < 60


async def test_the_account_keeps_its_pace_and_a_chat_its_pause(desk: Desk) -> None:
    wire = Wire(limits=Limits(text=4096, buttons=8, per_second=20, per_chat=0.3))
    desk.say("1", "2", "3", chat="slow")
    for n in range(30):
        desk.say("x", chat=f"c{n}")
    async with sending(desk, wire):
        await desk.until(lambda: len(wire.sent) == 33)
    slow = [at for at, (chat, _) in zip(wire.at, wire.sent, strict=True) if chat == "slow"]
    assert all(later - earlier >= 0.3 for earlier, later in pairwise(slow))
    assert all(later - earlier >= 1.0 for earlier, later in zip(wire.at, wire.at[20:], strict=False))


async def test_what_is_planned_for_later_waits_and_holds_up_nothing(desk: Desk) -> None:
    wire = Wire()
    desk.push("nhắc", kind="reminder", not_before=now() + timedelta(seconds=0.6))
    desk.say("trả lời")
    async with sending(desk, wire, poll=60):
        await desk.until(lambda: len(wire.sent) == 1)
        assert wire.sent == [("c1", "trả lời")]
        await desk.until(lambda: len(wire.sent) == 2, 3)  # to its moment, though the poll is a minute away


async def test_what_is_past_its_last_moment_is_never_sent(desk: Desk) -> None:
    wire = Wire()
    desk.say("muộn", lives=-1)
    desk.say("kịp")
    async with sending(desk, wire):
        await desk.until(lambda: bool(wire.sent))
    assert desk.status() == {"muộn": "expired", "kịp": "sent"}


async def test_a_reason_that_dies_takes_its_reminder_along(desk: Desk) -> None:
    wire = Wire()
    desk.push("nộp phí", kind="reminder", not_before=now() + timedelta(hours=1), cancel_key="charge/7")
    desk.push("khác", kind="reminder", cancel_key="charge/8")
    ended = desk.store.transact(lambda c: outbox.cancel(c, "mau", "charge/7", now()))
    assert ended == 1
    async with sending(desk, wire):
        await desk.until(lambda: bool(wire.sent))
    assert desk.status() == {"nộp phí": "cancelled", "khác": "sent"}


# Failures


async def test_retry_in_is_obeyed_and_shuts_the_whole_account(desk: Desk) -> None:
    wire = Wire(script={"một": [RetryLater("429", 0.7)]})
    desk.say("một", "hai")
    async with sending(desk, wire):
        await desk.until(lambda: wire.tried == ["một"])
        desk.say("khác", chat="c2")
        await desk.until(lambda: len(wire.sent) == 3)
    assert sorted(wire.sent) == [("c1", "hai"), ("c1", "một"), ("c2", "khác")]
    assert [w for c, w in wire.sent if c == "c1"] == ["một", "hai"]
    assert 0.7 <= min(wire.at) - wire.tried_at[0] < 3


async def test_a_busy_group_holds_up_itself_alone(desk: Desk) -> None:
    wire = Wire(script={"một": [RetryLater("429", 0.5, whole_account=False)]})
    desk.say("một", "hai", chat="group")
    async with sending(desk, wire):
        await desk.until(lambda: wire.tried == ["một"])
        desk.say("khác", chat="c2")
        await desk.until(lambda: len(wire.sent) == 3)
    assert [w for _, w in wire.sent] == ["khác", "một", "hai"]


async def test_a_platform_that_is_out_of_order_is_tried_again_in_order(desk: Desk) -> None:
    wire = Wire(script={"một": [RetryLater("502"), RetryLater("502")]})
    desk.say("một", "hai")
    async with sending(desk, wire):
        await desk.until(lambda: wire.tried == ["một"])
        desk.say("ba")  # comes while the first is waiting for its next try
        await desk.until(lambda: len(wire.sent) == 3)
    assert [w for _, w in wire.sent] == ["một", "hai", "ba"]
    assert desk.rows()["một"].attempts == 3


async def test_a_platform_that_is_down_is_probed_and_not_hammered(desk: Desk) -> None:
    down = {f"{n}": [RetryLater("502")] * 50 for n in range(40)}
    wire = Wire(script=down)  # type: ignore[arg-type]
    for n in range(40):
        desk.say(f"{n}", chat=f"c{n}")
    async with sending(desk, wire, in_flight=8):
        await asyncio.sleep(2.0)
        assert len(wire.tried) <= 20  # not 40 rows, each again and again
        wire.script.clear()
        await desk.until(lambda: len(wire.sent) == 40, 10)


async def test_perhaps_sent_is_repeated_once_for_a_reply_and_never_for_an_announcement(desk: Desk) -> None:
    lost: list[Exception | float] = [PerhapsSent("no answer")]
    wire = Wire(script={"trả lời": [*lost], "mãi": [*lost, *lost, *lost], "loa": [*lost]})
    desk.say("trả lời", chat="c1")
    desk.say("mãi", chat="c2")
    desk.push("loa", chat="c3")
    async with sending(desk, wire):
        await desk.until(lambda: set(desk.status().values()) <= {"sent", "perhaps"})
    assert desk.status() == {"trả lời": "sent", "mãi": "perhaps", "loa": "perhaps"}
    assert sorted(wire.tried) == ["loa", "mãi", "mãi", "trả lời", "trả lời"]


async def test_a_dead_letter_frees_its_chat(desk: Desk) -> None:
    wire = Wire(script={"quá dài": [SendRefused("too long")]})
    desk.say("quá dài", "unrenderable", "sau")
    async with sending(desk, wire):
        await desk.until(lambda: bool(wire.sent))
    assert desk.status() == {"quá dài": "dead", "unrenderable": "dead", "sau": "sent"}
    assert desk.rows()["unrenderable"].error == "SendRefused: could not be rendered (KeyError)"


async def test_a_chat_that_is_gone_ends_its_rows_until_they_write_again(desk: Desk) -> None:
    wire = Wire(script={"một": [ChatGone("blocked")]})
    desk.say("một", "hai")
    desk.push("nhắc", kind="reminder", not_before=now() + timedelta(hours=1))
    async with sending(desk, wire):
        await desk.until(lambda: "waiting" not in desk.status().values())
        assert set(desk.status().values()) == {"gone"}
        assert desk.push("loa") is None
    assert wire.tried == ["một"]


@pytest.mark.parametrize("known", [False, True], ids=["to a new chat", "to a chat that has written already"])
async def test_a_chat_that_moves_takes_its_rows_and_its_state_along(desk: Desk, known: bool) -> None:
    wire = Wire(script={"một": [ChatMoved("supergroup", "-100")]})
    if known:
        desk.say("cũ", chat="-100")
    desk.say("một", "hai")
    async with sending(desk, wire):
        await desk.until(lambda: len(wire.sent) == 2 + known)
    assert [w for c, w in wire.sent if c == "-100"] == (["cũ"] if known else []) + ["một", "hai"]
    with desk.store.engine.connect() as connection:
        assert connection.execute(select(chats.c.chat_id, chats.c.line)).all() == [("-100", 2 + known)]


async def test_a_refused_account_stops_says_so_and_goes_on_when_mended(desk: Desk) -> None:
    class Cut(AccountStopped):
        cure = "Dán lại mã của BotFather."

    wire = Wire(script={"một": [Cut("401")]})
    desk.say("một", "hai")
    async with sending(desk, wire) as sender:
        await desk.until(lambda: sender.health().condition == "stopped")
        assert sender.health().cure == "Dán lại mã của BotFather."
        await asyncio.sleep(0.3)
        assert wire.tried == ["một"]
        sender.resume()
        await desk.until(lambda: len(wire.sent) == 2)
        assert sender.health().condition == "sending"
        assert sender.health().cure == ""
    assert desk.rows()["một"].attempts == 1  # what was never sent was not tried


# Several wire messages


async def test_a_retry_goes_on_behind_the_parts_that_left(desk: Desk) -> None:
    wire = Wire(script={"b": [RetryLater("502")], "c": [PerhapsSent("no answer")]})
    desk.say("a|b|c")
    async with sending(desk, wire):
        await desk.until(lambda: len(wire.sent) == 3)
    assert [w for _, w in wire.sent] == ["a", "b", "c"]
    assert wire.tried == ["a", "b", "b", "c", "c"]


# The free window


async def test_outside_the_window_a_row_waits_for_the_citizen_and_then_goes_first(desk: Desk) -> None:
    wire = Wire(limits=Limits(text=4096, buttons=8, per_second=math.inf, free_window=3600))
    desk.say("cũ")
    with desk.store.engine.begin() as connection:
        connection.execute(update(chats).values(last_in_at=now() - timedelta(hours=2)))
        connection.execute(update(outbox_table).values(status="sent"))
    desk.push("kết quả", kind="notice")
    async with sending(desk, wire):
        await desk.until(lambda: desk.status()["kết quả"] == "held")
        desk.say("trả lời")  # they have written again
        await desk.until(lambda: len(wire.sent) == 2)
    assert [w for _, w in wire.sent] == ["kết quả", "trả lời"]


async def test_what_the_bot_says_on_its_own_stands_in_the_transcript_once_it_leaves(desk: Desk) -> None:
    wire = Wire(script={"loa": [RetryLater("502")]})
    desk.push("loa")
    desk.push("hẹn", kind="reminder", not_before=now() + timedelta(hours=1))
    assert desk.store.transcript("mau", "wire", "a1", "c1") == []
    async with sending(desk, wire):
        await desk.until(lambda: bool(wire.sent))
    assert [m.text for m in desk.store.transcript("mau", "wire", "a1", "c1")] == ["loa"]


# Leases


async def test_a_sender_whose_lease_was_taken_changes_nothing_more(desk: Desk) -> None:
    wire = Wire(script={"một": [0.6]})
    desk.say("một")
    async with sending(desk, wire, holder="A", poll=0.1) as sender:
        await desk.until(lambda: wire.tried == ["một"])
        with desk.store.engine.begin() as connection:
            connection.execute(leases.leases.update().values(holder="B", token=99, beat_at=now()))
        await desk.until(lambda: sender.health().condition == "standby", 3)
    assert desk.status() == {"một": "sending"}  # B's to judge


async def test_a_second_sender_stands_by_while_the_first_lives_and_steps_in_when_it_is_silent(desk: Desk) -> None:
    first, second = Wire(), Wire()
    async with sending(desk, first, holder="A", poll=0.1):
        desk.say("một")
        await desk.until(lambda: bool(first.sent))
        async with sending(desk, second, holder="B", poll=0.1) as other:
            await desk.until(lambda: other.health().condition == "standby")
            desk.say("hai")
            await desk.until(lambda: len(first.sent) == 2)
            assert second.sent == []
    # A has given its lease back; C finds a silent B.
    desk.say("ba")
    with desk.store.engine.begin() as connection:
        connection.execute(leases.leases.update().values(holder="B", beat_at=now() - leases.LENGTH))
    third = Wire()
    async with sending(desk, third, holder="C", poll=0.1):
        await desk.until(lambda: bool(third.sent))


async def test_after_a_kill_replies_go_again_and_announcements_do_not(desk: Desk) -> None:
    desk.say("trả lời", "sau")
    desk.push("loa", chat="c2")
    lease = desk.store.transact(lambda c: leases.acquire(c, desk.store.dialect, KEY, "killed", now()))
    assert lease is not None
    desk.store.transact(lambda c: claiming.claim(c, lease, now(), 10))
    assert desk.status() == {"trả lời": "sending", "sau": "waiting", "loa": "sending"}
    desk.store.transact(lambda c: leases.release(c, lease, now()))
    wire = Wire()
    async with sending(desk, wire):
        await desk.until(lambda: len(wire.sent) == 2)
    assert desk.status() == {"trả lời": "sent", "sau": "sent", "loa": "perhaps"}
    assert [w for _, w in wire.sent] == ["trả lời", "sau"]


async def test_a_claim_whose_answer_was_lost_is_taken_up_again(desk: Desk) -> None:
    wire = Wire()
    async with sending(desk, wire, poll=0.1) as sender:
        await desk.until(lambda: sender.health().condition == "sending")
        lease = sender._lease
        assert lease is not None
        desk.say("một")
        await desk.until(lambda: desk.status() == {"một": "sent"})
        # As after a lost answer to COMMIT: claimed under our token, and we do not know of it.
        with desk.store.engine.begin() as connection:
            connection.execute(update(outbox_table).values(status="sending", token=lease.token))
        sender._claims_unsure = True
        await desk.until(lambda: len(wire.sent) == 2)


# The end


async def test_stopping_lets_what_is_on_its_way_land_and_gives_the_lease_back(desk: Desk) -> None:
    wire = Wire(script={"một": [0.3]})
    desk.say("một", "hai")
    async with sending(desk, wire):
        await desk.until(lambda: wire.tried == ["một"])
    assert desk.status() == {"một": "sent", "hai": "waiting"}
    with desk.store.engine.connect() as connection:
        assert connection.execute(select(leases.leases.c.holder)).scalar_one() == leases.FREE


async def test_a_row_erased_while_it_is_sent_does_no_harm(desk: Desk) -> None:
    wire = Wire(script={"một": [0.2]})
    desk.say("một")
    async with sending(desk, wire) as sender:
        await desk.until(lambda: wire.tried == ["một"])
        with desk.store.engine.begin() as connection:
            for table in (outbox_table, messages, chats):
                connection.execute(table.delete())
        desk.say("sau")
        await desk.until(lambda: len(wire.sent) == 2)
        assert sender.health().condition == "sending"
