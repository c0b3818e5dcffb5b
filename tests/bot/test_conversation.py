"""The turn, on both databases: exactly once in effect, one transaction, nothing lost."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from bot.conversation import Conversation, UnknownUnit
from bot.store import AccountKey, Store, StoreDown
from bot.store.schema import audit, chats, messages, outbox, seen
from handlers import state
from handlers.effects import Effect, EraseChat, Remember, SpeakLanguage, Understood
from handlers.messages import Incoming, Reply, from_json
from handlers.ports import Context
from knowledge.unit import Unit

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
WEB = AccountKey("mau", "web", "mau")


def echo(incoming: Incoming, context: Context) -> Iterator[Reply | Effect]:
    """Says back what it heard and counts in the state, so that a lost or doubled turn shows."""
    count = int(context.state.code or 0) + 1
    yield Remember(dataclasses.replace(context.state, code=str(count), question=incoming.text, at=context.now))
    yield Reply(f"{count}: {incoming.text}", language=context.language)


@dataclass
class Desk:
    """A conversation on a real store, and what a test looks at."""

    store: Store
    units: dict[str, Unit]
    now: datetime = NOW
    respond: Callable[[Incoming, Context], Iterator[Reply | Effect]] = echo
    observed: list[Understood] = field(default_factory=list)
    updates: int = 0

    def __post_init__(self) -> None:
        self.conversation = Conversation(
            self.store,
            lambda: None,  # type: ignore[arg-type, return-value]
            self.units,
            lambda: self.now,
            respond=lambda incoming, context: self.respond(incoming, context),
            observe=lambda _incoming, understood: self.observed.append(understood),
        )

    def incoming(self, words: str = "khai sinh", chat: str = "c1", **other: object) -> Incoming:
        self.updates += 1
        values = {"update": str(self.updates), "received_at": self.now, "kind": "text", **other}
        return Incoming("web", "mau", chat, unit="mau", text=words, **values)  # type: ignore[arg-type]

    def rows(self, table: object, *where: object) -> list[dict[str, object]]:
        with self.store.engine.connect() as connection:
            return [dict(row) for row in connection.execute(select(table).where(*where)).mappings()]  # type: ignore[call-overload]

    def waiting(self, chat: str = "c1") -> list[str]:
        """The texts of the replies that will be sent to a chat, in order."""
        rows = self.rows(outbox, outbox.c.chat_id == chat, outbox.c.status == "waiting")
        return [from_json(json.loads(r["payload"])).text for r in sorted(rows, key=lambda r: r["line"])]  # type: ignore[arg-type, return-value]

    def transcript(self, chat: str = "c1", **what: object) -> list[tuple[bool, str]]:
        return [(m.incoming, m.text) for m in self.store.transcript("mau", "web", "mau", chat, **what)]  # type: ignore[arg-type]


@pytest.fixture
def desk(store: Store, unit: Unit) -> Desk:
    return Desk(store, {"mau": unit})


def test_a_message_becomes_a_reply_a_state_and_two_lines(desk: Desk) -> None:
    desk.conversation.take(desk.incoming("khai sinh cho con"))
    assert desk.waiting() == ["1: khai sinh cho con"]
    assert desk.transcript() == [(True, "khai sinh cho con"), (False, "1: khai sinh cho con")]
    [chat] = desk.rows(chats)
    assert state.load(chat["state"]).code == "1"  # type: ignore[arg-type]
    assert chat["last_in_at"] == NOW
    [row] = desk.rows(outbox)
    assert (row["kind"], row["expires_at"], row["due_at"]) == ("reply", NOW + timedelta(hours=24), NOW)


def test_the_same_update_is_answered_once_however_it_comes(desk: Desk) -> None:
    incoming = desk.incoming()
    desk.conversation.take(incoming)
    desk.conversation.take(incoming)
    desk.conversation.take_all([incoming, incoming, desk.incoming("hai"), incoming])
    assert desk.waiting() == ["1: khai sinh", "2: hai"]
    assert len(desk.rows(seen)) == 2


def test_the_same_update_id_on_another_account_is_another_message(desk: Desk) -> None:
    incoming = desk.incoming()
    desk.conversation.take(incoming)
    desk.conversation.take(dataclasses.replace(incoming, account="khac"))
    assert len(desk.rows(outbox)) == 2


def test_turns_of_one_chat_in_one_group_build_on_each_other(desk: Desk) -> None:
    desk.conversation.take_all(
        [desk.incoming(w, chat) for w, chat in [("a", "c1"), ("x", "c2"), ("b", "c1"), ("c", "c1")]]
    )
    assert desk.waiting("c1") == ["1: a", "2: b", "3: c"]
    assert desk.waiting("c2") == ["1: x"]


async def test_many_at_once_keep_their_order_in_each_chat_and_lose_nothing(desk: Desk) -> None:
    incomings = [desk.incoming(f"{n}", f"c{n % 7}") for n in range(140)]
    await asyncio.gather(*(desk.conversation.take_async(i) for i in [*incomings, *incomings[::3]]))
    for chat in range(7):
        assert desk.waiting(f"c{chat}") == [f"{k + 1}: {n}" for k, n in enumerate(range(chat, 140, 7))]


async def test_a_caller_who_gives_up_does_not_undo_the_turn_or_stop_the_others(desk: Desk) -> None:
    first = asyncio.create_task(desk.conversation.take_async(desk.incoming("một")))
    second = asyncio.create_task(desk.conversation.take_async(desk.incoming("hai")))
    await asyncio.sleep(0)
    first.cancel()
    await second
    assert desk.waiting() == ["1: một", "2: hai"]


def test_personal_numbers_are_hidden_before_anything_is_stored(desk: Desk, tmp_path: Path) -> None:
    def silent(incoming: Incoming, context: Context) -> Iterator[Reply | Effect]:
        words = (incoming.text,)
        yield Remember(dataclasses.replace(context.state, question=incoming.text, waiting=words, at=context.now))
        yield Reply("ok")

    desk.respond = silent
    desk.conversation.take(desk.incoming("cccd 051203001234 sđt 0905123456"))
    everything = json.dumps([desk.rows(t) for t in (chats, messages, outbox, seen)], default=str, ensure_ascii=False)
    assert "051203001234" not in everything
    assert "0905123456" not in everything
    assert "cccd 0•" in everything
    for path in tmp_path.glob("motcua.db*"):  # the SQLite file and its log, byte by byte
        assert b"051203001234" not in path.read_bytes()


def test_a_language_chosen_is_remembered_and_spoken(desk: Desk) -> None:
    def choose(incoming: Incoming, context: Context) -> Iterator[Reply | Effect]:
        if incoming.text == "en":
            yield SpeakLanguage("en")
        yield Reply(context.language, language=context.language)

    desk.respond = choose
    for words in ("a", "en", "b"):
        desk.conversation.take(desk.incoming(words))
    assert desk.waiting() == ["vi", "vi", "en"]


def test_an_erased_chat_keeps_nothing_but_the_line_that_says_so(desk: Desk) -> None:
    def forgetful(incoming: Incoming, context: Context) -> Iterator[Reply | Effect]:
        if incoming.text == "/xoa":
            yield EraseChat()
            yield Remember(dataclasses.replace(context.state, question="bí mật"))
            yield Reply("Đã xoá.")
        else:
            yield from echo(incoming, context)

    desk.respond = forgetful
    desk.conversation.take(desk.incoming("bí mật", "c1"))
    desk.conversation.take(desk.incoming("của người khác", "c2"))
    desk.conversation.take_all([desk.incoming("bí mật nữa"), desk.incoming("/xoa")])  # in one transaction too
    assert desk.waiting() == ["Đã xoá."]
    assert desk.transcript() == [(False, "Đã xoá.")]
    kept = json.dumps([desk.rows(t) for t in (chats, messages, outbox, seen, audit)], default=str, ensure_ascii=False)
    assert "bí mật" not in kept
    assert desk.waiting("c2") == ["1: của người khác"]
    [line] = desk.rows(audit)
    assert (line["what"], line["unit_id"]) == ("chat_erased", "mau")
    assert set(line) == {"unit_id", "id", "at", "what", "detail"}  # no place for who it was
    assert line["detail"] == "web"


def test_lines_go_on_counting_after_an_erasure_so_that_an_open_page_shows_the_reply(desk: Desk) -> None:
    def forgetful(incoming: Incoming, context: Context) -> Iterator[Reply | Effect]:
        if incoming.text == "/xoa":
            yield EraseChat()
        yield Reply("Đã xoá.")

    desk.respond = forgetful
    desk.conversation.take(desk.incoming("a"))
    last = desk.store.transcript("mau", "web", "mau", "c1")[-1].id
    desk.conversation.take(desk.incoming("/xoa"))
    assert desk.transcript(after=last) == [(False, "Đã xoá.")]


def test_what_is_kept_counts_the_lines_of_this_very_transaction(desk: Desk) -> None:
    def count(incoming: Incoming, context: Context) -> Iterator[Reply | Effect]:
        kept = context.view.kept()
        yield Reply(f"{kept.messages} {kept.since:%d/%m/%Y} {kept.language}")

    desk.respond = count
    desk.conversation.take_all([desk.incoming(), desk.incoming()])
    desk.conversation.take(desk.incoming())
    assert desk.waiting() == ["1 23/11/2026 vi", "3 23/11/2026 vi", "5 23/11/2026 vi"]


def test_a_handler_that_fails_apologises_and_does_not_take_others_down(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    def brittle(incoming: Incoming, context: Context) -> Iterator[Reply | Effect]:
        yield from echo(incoming, context)
        if incoming.text == "hỏng":
            raise ValueError(f"{incoming.text} {incoming.chat}")

    desk.respond = brittle
    desk.conversation.take_all([desk.incoming("một"), desk.incoming("hỏng"), desk.incoming("hai")])
    first, sorry, last = desk.waiting()
    assert (first, last) == ("1: một", "2: hai")  # nothing of the failed turn stays, its state neither
    assert "xin lỗi" in sorry
    assert desk.units["mau"].phone in sorry
    assert "ValueError" in caplog.text
    assert "hỏng c1" not in caplog.text


def test_text_that_no_database_can_hold_is_answered_all_the_same(desk: Desk) -> None:
    desk.conversation.take_all([desk.incoming("a\0b\ud800c"), desk.incoming("\udfff", button="\0x")])
    assert desk.waiting() == ["1: abc", "2: "]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(st.text(alphabet=st.characters(), max_size=60), min_size=1, max_size=5))
def test_whatever_is_typed_gets_one_reply_each(desk: Desk, words: list[str]) -> None:
    before = len(desk.rows(outbox))
    desk.conversation.take_all([desk.incoming(w, f"h{n}") for n, w in enumerate(words)])
    assert len(desk.rows(outbox)) == before + len(words)


def test_a_turn_that_cannot_be_written_ends_in_an_apology_and_the_others_stand(desk: Desk) -> None:
    def wild(incoming: Incoming, context: Context) -> Iterator[Reply | Effect]:
        yield Reply("\ud800" if incoming.text == "hỏng" else incoming.text)  # not UTF-8: no driver takes it

    desk.respond = wild
    desk.conversation.take_all([desk.incoming("a", "c1"), desk.incoming("hỏng", "c2"), desk.incoming("b", "c3")])
    assert (desk.waiting("c1"), desk.waiting("c3")) == (["a"], ["b"])
    assert "xin lỗi" in desk.waiting("c2")[0]


def test_an_unknown_unit_is_named(desk: Desk) -> None:
    with pytest.raises(UnknownUnit, match=r"units/khac\.toml"):
        desk.conversation.take(dataclasses.replace(desk.incoming(), unit="khac"))
    assert desk.rows(seen) == []


def test_understanding_is_told_after_the_commit_and_only_once(desk: Desk) -> None:
    def answer(incoming: Incoming, context: Context) -> Iterator[Reply | Effect]:
        yield Understood("answer", ("1.001193",), "fee")
        yield Reply("ok")

    desk.respond = answer
    incoming = desk.incoming()
    desk.conversation.take(incoming)
    desk.conversation.take(incoming)
    assert desk.observed == [Understood("answer", ("1.001193",), "fee")]


# After a stop of hours


def test_after_a_stop_only_the_newest_question_of_a_chat_is_answered(desk: Desk) -> None:
    backlog = [desk.incoming(w, received_at=NOW - timedelta(hours=h)) for w, h in [("một", 5), ("hai", 3), ("ba", 1)]]
    other = desk.incoming("khác", "c2", received_at=NOW - timedelta(hours=2))
    desk.conversation.take_all([*backlog[:2], other])  # a group
    desk.conversation.take(backlog[2])  # another delivery
    assert desk.waiting("c1") == ["3: ba"]
    assert desk.waiting("c2") == ["1: khác"]
    assert desk.transcript() == [(True, "một"), (True, "hai"), (True, "ba"), (False, "3: ba")]


def test_a_late_answer_waits_a_moment_for_a_newer_question_and_a_fresh_one_does_not(desk: Desk) -> None:
    desk.conversation.take(desk.incoming("muộn", "c1", received_at=NOW - timedelta(hours=1)))
    desk.conversation.take(desk.incoming("mới", "c2", received_at=NOW - timedelta(minutes=9)))
    due = {row["chat_id"]: row["due_at"] for row in desk.rows(outbox)}
    assert due == {"c1": NOW + timedelta(seconds=3), "c2": NOW}


def test_a_late_answer_that_left_already_stands(desk: Desk) -> None:
    desk.conversation.take(desk.incoming("muộn", received_at=NOW - timedelta(hours=1)))
    with desk.store.engine.begin() as connection:
        connection.execute(outbox.update().values(status="sent"))
    desk.conversation.take(desk.incoming("mới"))
    assert desk.transcript() == [(True, "muộn"), (False, "1: muộn"), (True, "mới"), (False, "2: mới")]


# When the database is out of reach


def test_a_store_that_is_down_says_so_and_a_second_delivery_is_taken(unit: Unit, tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path / 'motcua.db'}?timeout=0.1")
    desk = Desk(store, {"mau": unit})
    incoming = desk.incoming()
    # Another process holds the writer's lock for longer than anyone waits.
    with store.engine.begin(), pytest.raises(StoreDown, match="out of reach"):
        desk.conversation.take(incoming)
    desk.conversation.take(incoming)
    assert desk.waiting() == ["1: khai sinh"]
    store.close()


def test_a_connection_that_was_cut_is_opened_again(desk: Desk) -> None:
    if desk.store.dialect.name != "postgresql":
        pytest.skip("a file has no connection to cut")
    desk.conversation.take(desk.incoming("một"))
    with desk.store.engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
        )
    desk.conversation.take(desk.incoming("hai"))
    assert desk.waiting() == ["1: một", "2: hai"]


async def test_a_closed_store_refuses_and_nobody_hangs(unit: Unit, tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path / 'motcua.db'}")
    desk = Desk(store, {"mau": unit})
    store.close()
    with pytest.raises(StoreDown):
        await asyncio.wait_for(desk.conversation.take_async(desk.incoming()), 5)
