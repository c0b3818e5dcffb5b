"""The turn: from "seen before?" to the outbox rows in one transaction.

Turns that pile up share a transaction (a group commit): with every commit synced to disk, thirty turns cost little more than one. Each is
acknowledged only after that commit. A chat always goes to the same queue, so its messages keep their order.

After a stop, the platform delivers what came meanwhile. An answer to a message older than `LATE_AFTER` waits `GRACE`; a newer message of
the same chat takes its place. So the newest question is answered, not all of them, whichever way they are delivered.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

import handlers
from bot.clock import Clock, utc_now
from bot.sealing import Seal
from bot.store import AccountKey, Store, StoreDown, chat_of, photo_jobs, place
from bot.store.dossier_effects import DossierEffect, DossierEffects
from bot.store.jobs import BELL
from bot.store.looking_up import ChatView
from bot.store.turns import LATE, Changes, ChatRow
from handlers import language, state
from handlers.dossier.factor import concealed
from handlers.dossier.model import Sealer
from handlers.effects import Effect, EraseChat, ReadPhoto, Remember, SpeakLanguage, Understood
from handlers.language import gettext
from handlers.messages import Incoming, Reply, to_json
from handlers.ports import Context
from knowledge.snapshot import Knowledge
from knowledge.text.masking import mask
from knowledge.unit import Unit

log = logging.getLogger(__name__)

REPLY_LIVES = timedelta(hours=24)
LATE_AFTER = timedelta(minutes=10)
GRACE = timedelta(seconds=3)
HELD_SECONDS = 0.04  # the writer is held at most 50 ms (docs/architecture.md, "The store")
MOST_AT_ONCE = 64

Respond = Callable[[Incoming, Context], Iterator[Reply | Effect]]
Observe = Callable[[Incoming, Understood], None]


class UnknownUnit(Exception):
    """A message for a unit that has no file; the account is set up wrong."""


@dataclass(slots=True)
class _Queue:
    """What waits for one worker. Touched by the event loop's thread alone."""

    waiting: deque[tuple[Incoming, asyncio.Future[None]]] = field(default_factory=deque)
    running: asyncio.Future[list[Exception | None]] | None = None


class Conversation:
    """Takes messages in, exactly once in effect.

    `seal` makes the marks that second factors are compared by; without one nothing is ever proved. `respond` says what to do (the
    handlers); `observe(incoming, understood)` is told after the commit how each question was understood and must store nothing with the
    chat.
    """

    def __init__(
        self,
        store: Store,
        knowledge: Callable[[], Knowledge],
        units: Mapping[str, Unit],
        clock: Clock = utc_now,
        *,
        seal: Sealer | None = None,
        respond: Respond | None = None,
        observe: Observe | None = None,
    ) -> None:
        self._store = store
        self._knowledge = knowledge
        self._units = units
        self._clock = clock
        self._seal: Sealer = seal or Seal(secrets.token_bytes(32))
        self._dossiers = DossierEffects(store.dialect, self._seal)
        self._respond: Respond = respond or handlers.respond
        self._observe = observe
        self._queues = [_Queue() for _ in range(store.dialect.writers)]
        self._seconds_a_turn = 0.005

    def take(self, incoming: Incoming) -> None:
        """One turn, committed when this returns. A message taken before does nothing.

        Raises StoreDown (nothing happened, deliver again) and UnknownUnit.
        """
        self.take_all([incoming])

    def take_all(self, incomings: Sequence[Incoming]) -> None:
        """As `take`, for messages that came together, in their order. When it raises, some may be committed: deliver all again."""
        rest = list(incomings)
        while rest:
            group = rest[: self._at_once()]
            for outcome in self._turns(group):
                if outcome is not None:
                    raise outcome
            rest = rest[len(group) :]

    async def take_async(self, incoming: Incoming) -> None:
        """As `take`, on the store's writer thread, in one transaction with whatever else waits. Cancelling it does not undo the turn."""
        loop = asyncio.get_running_loop()
        queue = self._queues[hash(chat_of(incoming)) % len(self._queues)]
        done: asyncio.Future[None] = loop.create_future()
        queue.waiting.append((incoming, done))
        if queue.running is None:
            self._start(loop, queue)
        await done

    async def take_all_async(self, incomings: Sequence[Incoming]) -> None:
        """As `take_async` for a poller's batch: returns when all are committed, so that the poller may confirm them."""
        outcomes = await asyncio.gather(*map(self.take_async, incomings), return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome

    def _start(self, loop: asyncio.AbstractEventLoop, queue: _Queue) -> None:
        group = [queue.waiting.popleft() for _ in range(min(len(queue.waiting), self._at_once()))]
        queue.running = loop.create_task(self._store.run(partial(self._turns, [incoming for incoming, _ in group])))
        queue.running.add_done_callback(partial(self._finish, loop, queue, [done for _, done in group]))

    def _finish(
        self,
        loop: asyncio.AbstractEventLoop,
        queue: _Queue,
        waiting: list[asyncio.Future[None]],
        task: asyncio.Future[list[Exception | None]],
    ) -> None:
        failed = StoreDown("The process is stopping.") if task.cancelled() else task.exception()
        outcomes = [failed] * len(waiting) if failed else task.result()
        for done, outcome in zip(waiting, outcomes, strict=True):
            if done.done():
                continue  # the caller has gone; the turn stands all the same
            if outcome is None:
                done.set_result(None)
            else:
                done.set_exception(outcome)
        if queue.waiting:
            self._start(loop, queue)
        else:
            queue.running = None

    def _at_once(self) -> int:
        return max(1, min(MOST_AT_ONCE, int(HELD_SECONDS / self._seconds_a_turn)))

    def _turns(self, incomings: list[Incoming]) -> list[Exception | None]:
        """One transaction for all; says of each why it failed, None where it is committed."""
        began = time.perf_counter()
        group = [_storable(incoming) for incoming in incomings]
        try:
            self._commit(group, self._respond)
        except StoreDown as error:
            return [error] * len(group)
        except Exception as error:
            if len(group) == 1:
                return [self._apologise(group[0], error)]
            # One of them cannot be written. Each alone, so that it takes nobody else down.
            return [outcome for incoming in incomings for outcome in self._turns([incoming])]
        spent = (time.perf_counter() - began) / len(group)
        self._seconds_a_turn += 0.2 * (spent - self._seconds_a_turn)
        return [None] * len(group)

    def _apologise(self, incoming: Incoming, error: Exception) -> Exception | None:
        if isinstance(error, UnknownUnit):
            return error
        log.error("a turn could not be written, the citizen gets an apology: %s", place(error))
        try:
            self._commit([replace(incoming, text="", button="")], _sorry)
        except Exception as second:
            return second
        return None

    def _commit(self, group: list[Incoming], respond: Respond) -> None:
        understood, accounts = self._store.transact(partial(self._write, group=group, respond=respond))
        self._store.wakeups.ring(accounts)
        for incoming, effect in understood:
            if self._observe:
                try:
                    self._observe(incoming, effect)
                except Exception as error:
                    log.error("counting a turn failed; the turn itself is done: %s", place(error))

    def _write(
        self, connection: Connection, *, group: list[Incoming], respond: Respond
    ) -> tuple[list[tuple[Incoming, Understood]], list[AccountKey]]:
        now = self._clock()
        for incoming in group:
            if incoming.unit not in self._units:
                raise UnknownUnit(f"unit {incoming.unit!r} has no file units/{incoming.unit}.toml")
        turns = self._store.turns
        fresh = turns.unseen(connection, [(chat_of(i).of, i.update) for i in group], now)
        new = [incoming for incoming, is_new in zip(group, fresh, strict=True) if is_new]
        if not new:
            return [], []
        chats = turns.lock(connection, map(chat_of, new), now)
        changes = Changes(now)
        understood: list[tuple[Incoming, Understood]] = []
        for incoming in new:
            effects = self._turn(connection, incoming, chats[chat_of(incoming)], changes, respond)
            understood += [(incoming, effect) for effect in effects]
        turns.save(connection, chats.values(), changes)
        accounts = sorted({AccountKey(r["unit_id"], r["channel"], r["account"]) for r in changes.outbox})
        accounts += [key.of for key in changes.released if key.of not in accounts]
        if changes.jobs:
            accounts.append(BELL)
        if accounts:
            self._store.dialect.notify(connection, [str(account) for account in accounts])
        return understood, accounts

    def _turn(
        self, connection: Connection, incoming: Incoming, chat: ChatRow, changes: Changes, respond: Respond
    ) -> list[Understood]:
        now = changes.now
        # What was read in a photo comes from ourselves: nobody has written, so nothing is released, and the channel's window stays as it was.
        inner = incoming.kind == "read" and bool(incoming.photo)
        if not inner:
            chat.forget, chat.gone_at, chat.last_in_at = False, None, now
            if chat.held:
                changes.release(chat)
            if chat.late:
                changes.supersede(chat)
        remembered = state.load(chat.state)
        changes.hear(chat, incoming.kind, concealed(mask(incoming.text or incoming.button).text, remembered))
        unit = self._units[incoming.unit]
        view = ChatView(connection, chat.key, unit, self._seal, now, changes.lines_of(chat.key))
        context = Context(
            state=remembered,
            now=now,
            language=chat.language or language.SOURCE,
            unit=unit,
            knowledge=self._knowledge(),
            view=view,
        )
        try:
            said = _listen(respond, incoming, context)
        except (StoreDown, DBAPIError):
            raise  # the database, asked through the view
        except Exception as error:
            # The handler's fault, not the citizen's: they hear of it, and the platform need not deliver a poisoned message for ever.
            log.error("a handler failed: %s", place(error))
            said = _listen(_sorry, incoming, context)
        erased = any(isinstance(each, EraseChat) for each in said)
        if erased:
            changes.erase(chat)
            self._dossiers.forget(connection, chat.key, now)
        if inner and not any(isinstance(each, Reply) for each in said):
            changes.unhear(chat)
        late = now - incoming.received_at > LATE_AFTER
        for each in said:
            match each:
                case Reply():
                    payload = json.dumps(to_json(each), ensure_ascii=False, separators=(",", ":"))
                    changes.say(
                        chat,
                        payload,
                        due_at=now + GRACE if late else now,
                        expires_at=now + REPLY_LIVES,
                        cancel_key=LATE if late else None,
                    )
                    chat.late = chat.late or late
                case Remember() if not erased:
                    chat.state = state.dump(_masked(each.state))
                case ReadPhoto(reference) if not erased:
                    photo_jobs.add(connection, self._store.dialect, chat.key, reference, now)
                    changes.jobs = True
                case SpeakLanguage() if not erased:
                    chat.language = each.language
                case _ if not erased and isinstance(each, DossierEffect):
                    self._dossiers.carry_out(connection, chat.key, each, view, now)
        return [each for each in said if isinstance(each, Understood)]


def _listen(respond: Respond, incoming: Incoming, context: Context) -> list[Reply | Effect]:
    with language.speaking(context.language):
        return list(respond(incoming, context))


def _sorry(_incoming: Incoming, context: Context) -> Iterator[Reply | Effect]:
    text = gettext(
        "Trung tâm xin lỗi, máy đang lỗi nên chưa trả lời được. Anh/chị gửi lại sau ít phút, hoặc gọi {phone}."
    )
    yield Reply(text.format(phone=context.unit.phone), language=context.language)


def _masked(remembered: state.State) -> state.State:
    """The words somebody typed, kept to come back to, without personal numbers."""
    return replace(
        remembered,
        question=mask(remembered.question).text,
        waiting=tuple(mask(words).text for words in remembered.waiting),
    )


def _storable(incoming: Incoming) -> Incoming:
    """Without what a database cannot hold as text: NUL (PostgreSQL) and half a surrogate pair (any)."""
    text, button = _clean(incoming.text), _clean(incoming.button)
    return (
        incoming if (text, button) == (incoming.text, incoming.button) else replace(incoming, text=text, button=button)
    )


def _clean(text: str) -> str:
    return text.replace("\0", "").encode("utf-8", "ignore").decode()
