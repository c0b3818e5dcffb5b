"""What handlers decide about dossiers happens in the turn's transaction, to this chat alone."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot.store import Store, outbox
from bot.store.dossier_tables import consents, counts, jobs, look_ups, watches, wrong_tries
from bot.store.schema import audit, metadata
from bot.store.schema import outbox as outbox_rows
from handlers.effects import (
    Effect,
    EraseChat,
    LookedUp,
    NameWatch,
    ReadPhoto,
    StopReminding,
    StopWatching,
    Stuck,
    Tried,
    WatchDossier,
)
from knowledge.unit import Unit
from tests.bot.store.dossier_desk import CODE, NOW, OTHER, Desk, key


@pytest.fixture
def desk(store: Store, unit: Unit) -> Desk:
    return Desk(store, unit)


def push(desk: Desk, cancel_key: str, chat: str = "c1") -> None:
    """Something that waits to be sent."""
    desk.store.transact(
        lambda c: outbox.push(
            c,
            desk.store.dialect,
            key(chat),
            "notice",
            {"text": "x"},
            NOW,
            expires_at=NOW + timedelta(days=1),
            cancel_key=cancel_key,
        )
    )


def waiting(desk: Desk) -> list[tuple[str, str]]:
    """(chat, cancel key) of what still waits."""
    rows = desk.rows(outbox_rows, outbox_rows.c.status == "waiting", outbox_rows.c.kind != "reply")
    return sorted((r.chat_id, r.cancel_key) for r in rows)


def test_a_watch_is_kept_with_the_consent_to_its_text(desk: Desk) -> None:
    desk.does(WatchDossier(CODE, "2026-11", label="của mẹ", full=True))
    [watch] = desk.asked(lambda view: view.watches())
    assert (watch.code, watch.label, watch.full, watch.pending, watch.reminders) == (CODE, "của mẹ", True, False, True)
    [consent] = desk.rows(consents)
    assert (consent.version, consent.given_at, consent.withdrawn_at) == ("2026-11", NOW, None)
    assert desk.asked(lambda view: view.kept()).watches == 1


def test_watching_again_changes_only_what_is_said_and_full_never_back(desk: Desk) -> None:
    desk.does(WatchDossier(CODE, "v1", label="của mẹ", full=True))
    desk.now = NOW + timedelta(hours=1)
    desk.does(WatchDossier(CODE, "v1", pending=True))
    [watch] = desk.asked(lambda view: view.watches())
    assert (watch.label, watch.full, watch.pending, watch.since) == ("của mẹ", True, False, NOW)
    assert len(desk.rows(consents)) == 1


def test_agreeing_to_another_text_ends_the_older_consent(desk: Desk) -> None:
    desk.does(WatchDossier(CODE, "v1"))
    desk.now = NOW + timedelta(hours=1)
    desk.does(WatchDossier(CODE, "v2"))
    assert sorted((c.version, c.withdrawn_at) for c in desk.rows(consents)) == [("v1", desk.now), ("v2", None)]
    desk.does(StopWatching(CODE))
    assert all(c.withdrawn_at for c in desk.rows(consents))


def test_a_chat_watches_at_most_twenty(desk: Desk) -> None:
    for number in range(22):
        desk.does(WatchDossier(f"H48.99.01-261120-{number:04}", "v1"))
    desk.does(WatchDossier("H48.99.01-261120-0003", "v1", label="của ba"))
    watched = desk.asked(lambda view: view.watches())
    assert len(watched) == 20
    assert [w.label for w in watched if w.label] == ["của ba"]
    assert len(desk.rows(consents)) == 20


def test_stopping_one_withdraws_its_consent_and_ends_what_waits_in_this_chat_alone(desk: Desk) -> None:
    for chat in ("c1", "c2"):
        desk.does(WatchDossier(CODE, "v1"), WatchDossier(OTHER, "v1"), chat=chat)
        for cancel_key in (f"n:{CODE}", f"r:{CODE}:2", f"n:{OTHER}", f"n:{CODE}1"):
            push(desk, cancel_key, chat)
    desk.does(StopWatching(CODE))
    assert [w.code for w in desk.asked(lambda view: view.watches())] == [OTHER]
    left = [(chat, k) for chat, k in waiting(desk) if chat == "c1"]
    assert left == [("c1", f"n:{CODE}1"), ("c1", f"n:{OTHER}")]
    assert len([1 for chat, _ in waiting(desk) if chat == "c2"]) == 4
    assert sorted(bool(c.withdrawn_at) for c in desk.rows(consents)) == [False, False, False, True]


def test_stopping_all_ends_all_notices_and_reminders_but_no_other_message(desk: Desk) -> None:
    desk.does(WatchDossier(CODE, "v1"), WatchDossier(OTHER, "v1"))
    for cancel_key in (f"n:{CODE}", f"r:{OTHER}", "a:tet"):
        push(desk, cancel_key)
    desk.does(StopWatching())
    assert desk.asked(lambda view: view.watches()) == ()
    assert waiting(desk) == [("c1", "a:tet")]
    assert all(c.withdrawn_at for c in desk.rows(consents))


def test_a_label_is_one_masked_line_of_forty_characters(desk: Desk) -> None:
    desk.does(WatchDossier(CODE, "v1"))
    desk.does(NameWatch(CODE, "của  mẹ\n\x00 0905 123 456 " + "a" * 60))
    [watch] = desk.asked(lambda view: view.watches())
    assert watch.label.startswith("của mẹ 0•")
    assert len(watch.label) <= 40
    assert "905" not in watch.label


@pytest.mark.parametrize(
    ("effect", "reminders", "paused", "waits"),
    [
        (Stuck(CODE, "no_account"), True, False, True),
        (Stuck(CODE, "how"), True, False, True),
        (Stuck(CODE, "paid"), True, True, False),
        (Stuck(CODE, "desk"), False, False, False),
        (Stuck(CODE, "not_mine"), False, False, False),
        (StopReminding(CODE), False, False, False),
    ],
)
def test_what_somebody_is_stuck_at_decides_over_the_reminders(
    desk: Desk, effect: Effect, reminders: bool, paused: bool, waits: bool
) -> None:
    for chat in ("c1", "c2"):
        desk.does(WatchDossier(CODE, "v1"), chat=chat)
        push(desk, f"r:{CODE}", chat)
    push(desk, f"n:{CODE}")
    desk.does(effect)
    mine, other = sorted(desk.rows(watches), key=lambda r: r.chat_id)
    assert (mine.reminders, bool(mine.paid_said_at)) == (reminders, paused)
    assert (other.reminders, other.paid_said_at) == (True, None)
    assert waiting(desk) == [("c1", f"n:{CODE}"), *([("c1", f"r:{CODE}")] if waits else []), ("c2", f"r:{CODE}")]
    counted = {c.name: c.number for c in desk.rows(counts)}
    assert counted == ({f"stuck:{effect.cause}": 1} if isinstance(effect, Stuck) else {})


def test_twenty_wrong_factors_over_all_chats_raise_one_alert_and_lock_nobody_else(desk: Desk) -> None:
    for number in range(25):
        desk.does(Tried(CODE, ""), chat=f"c{number % 7 + 2}")
    lines = desk.rows(audit, audit.c.what == "wrong_factors")
    assert sorted(json.loads(line.detail)["over"] for line in lines) == ["dossier", "unit"]
    assert CODE not in "".join(line.detail for line in lines)
    assert [(c.name, c.number) for c in desk.rows(counts)] == [("alert:wrong_factors", 2)]
    assert not desk.asked(lambda view: view.standing(CODE)).locked


def test_a_right_factor_counts_no_try(desk: Desk) -> None:
    desk.does(Tried(CODE, "phone"), Tried(CODE, "identity"), Tried(CODE, "follow"))
    assert desk.rows(wrong_tries) == []


def test_a_photo_becomes_a_job_that_knows_its_chat(desk: Desk) -> None:
    desk.does(ReadPhoto("photo-1"))
    [job] = desk.rows(jobs)
    assert (job.kind, job.due_at, job.holder) == ("photo", NOW, "")
    assert json.loads(job.payload) == {"channel": "web", "account": "mau", "chat": "c1", "reference": "photo-1"}


def test_an_erased_chat_stands_nowhere_any_more_and_its_consents_keep_the_fact(desk: Desk) -> None:
    chat = "a-chat-to-be-forgotten"
    desk.does(WatchDossier(CODE, "v1"), LookedUp(), Tried(OTHER, ""), ReadPhoto("photo-1"), chat=chat)
    desk.does(WatchDossier(CODE, "v1"), ReadPhoto("photo-2"), chat="c2")
    push(desk, f"n:{CODE}", chat)
    desk.does(EraseChat(), chat=chat)
    for table in metadata.sorted_tables:
        if table.name != "chats":  # its line counter goes on; retention takes the row
            assert chat not in str(desk.rows(table)), table.name
    assert sorted((c.chat_id, bool(c.withdrawn_at)) for c in desk.rows(consents)) == [("", True), ("c2", False)]
    assert [json.loads(j.payload)["chat"] for j in desk.rows(jobs)] == ["c2"]
    assert [w.chat_id for w in desk.rows(watches)] == ["c2"]


def test_erasing_is_no_way_around_the_lock(desk: Desk) -> None:
    for _ in range(5):
        desk.does(Tried(CODE, ""))
    desk.does(EraseChat())
    assert desk.asked(lambda view: view.standing(CODE)).locked
    assert "c1" not in str(desk.rows(wrong_tries)) + str(desk.rows(look_ups))


@pytest.mark.parametrize("effect", [
    LookedUp(), Tried("X", ""), Tried("X", "follow"), WatchDossier("X", "v1"), StopWatching("X"), StopWatching(), NameWatch("X", "a"),
    Stuck("X", "paid"), StopReminding("X"), ReadPhoto("y"),
])  # fmt: skip
def test_a_code_that_is_too_long_or_unknown_never_breaks_the_turn(desk: Desk, effect: Any) -> None:
    import dataclasses

    desk.does(effect)
    if hasattr(effect, "code"):
        desk.does(dataclasses.replace(effect, code="000.000.000.000.000.H48.999.999.999.999-20261120-123456789012"))
    with desk.store.engine.connect() as connection:
        sorry = connection.execute(text("SELECT count(*) FROM outbox")).scalar_one()
    assert sorry == 0
