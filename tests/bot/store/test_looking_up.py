"""What a chat may learn of a dossier: by its code alone, and by a second factor; the same for a code nobody knows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from bot.store import Store
from bot.store.dossier_tables import imports
from bot.store.looking_up import plain_follow_code, plain_phone
from handlers.effects import LookedUp, Tried
from handlers.ports import Standing
from knowledge.unit import Unit
from tests.bot.store.dossier_desk import CODE, NOW, OTHER, Desk


@pytest.fixture
def desk(store: Store, unit: Unit) -> Desk:
    return Desk(store, unit)


def test_a_dossier_is_found_by_its_code_with_its_charges(desk: Desk) -> None:
    desk.dossier(state="needs_payment", due_at=NOW, received_at=NOW - timedelta(days=3), note="ghi chú")
    desk.charge(number=2, name="Lệ phí")
    found = desk.asked(lambda view: view.dossier(CODE))
    assert (found.code, found.state, found.due, found.note, found.until) == (CODE, "needs_payment", NOW, "ghi chú", NOW)
    assert [(c.number, c.name, c.amount) for c in found.charges] == [(2, "Lệ phí", 75000)]
    assert found.factors == {"phone", "identity"}


def test_of_an_unknown_code_nothing_is_told_and_of_another_units_neither(desk: Desk) -> None:
    desk.dossier(unit_id="khac")
    assert desk.asked(lambda view: view.dossier(CODE)) is None
    assert desk.asked(lambda view: view.proves(CODE, "0123")) == ""


@pytest.mark.parametrize(
    ("columns", "there"),
    [
        ({"state": "returned", "returned_at": NOW - timedelta(days=89)}, True),
        ({"state": "returned", "returned_at": NOW - timedelta(days=91)}, False),
        ({"state": "returned", "as_of": NOW - timedelta(days=91)}, False),
        ({"state": "done", "as_of": NOW - timedelta(days=400)}, True),
    ],
)
def test_a_dossier_goes_ninety_days_after_its_result_was_handed_over(desk: Desk, columns: Any, there: bool) -> None:
    desk.dossier(**columns)
    assert (desk.asked(lambda view: view.dossier(CODE)) is not None) == there
    assert desk.asked(lambda view: view.proves(CODE, "0123")) == ("phone" if there else "")


@pytest.mark.parametrize(
    ("said", "factor"),
    [
        ("0123", "phone"),
        (" 0123 ", "phone"),
        ("0124", ""),
        ("0900000123", "phone"),
        ("+84 900 000 123", "phone"),
        ("84900000123", "phone"),
        ("0900000124", ""),
        ("6789", "identity"),
        ("ACDE-7KMN", "follow"),
        ("acde 7kmn", "follow"),
        ("ACDE–7KMN", "follow"),
        ("ACDE7KMP", ""),
        ("", ""),
        ("-" * 43, ""),
        ("một hai ba bốn", ""),
    ],
)
def test_a_second_factor_is_known_however_it_is_written(desk: Desk, said: str, factor: str) -> None:
    desk.dossier()
    desk.follow("ACDE7KMN")
    assert desk.asked(lambda view: view.proves(CODE, said)) == factor


@pytest.mark.parametrize("said", ["", "0123", "-" * 43])
def test_a_dossier_without_any_factor_is_proved_by_nothing(desk: Desk, said: str) -> None:
    desk.dossier(phone="", phone_tail="", identity_tail="")
    assert desk.asked(lambda view: view.proves(CODE, said)) == ""
    assert desk.asked(lambda view: view.dossier(CODE)).factors == frozenset()


def test_another_dossiers_factor_proves_nothing(desk: Desk) -> None:
    desk.dossier()
    desk.dossier(OTHER, phone_tail="")
    desk.follow("ACDE7KMN", OTHER)
    assert desk.asked(lambda view: view.proves(CODE, "ACDE7KMN")) == ""
    assert desk.asked(lambda view: view.proves(OTHER, "0123")) == ""


@pytest.mark.parametrize(("channel", "factor"), [("web", "identity"), ("telegram", ""), ("messenger", "")])
def test_an_identity_number_is_no_factor_where_the_platform_reads_along(desk: Desk, channel: str, factor: str) -> None:
    desk.dossier()
    assert desk.asked(lambda view: view.proves(CODE, "6789"), channel=channel) == factor
    offered = desk.asked(lambda view: view.dossier(CODE), channel=channel).factors
    assert ("identity" in offered) == bool(factor)


def test_a_follow_code_is_used_once_and_leaves_the_others_alone(desk: Desk) -> None:
    desk.dossier()
    desk.follow("ACDE7KMN")
    desk.follow("FGHJ3PRT")
    desk.both(lambda view: view.proves(CODE, "ACDE7KMN"), Tried(CODE, "follow"))
    assert desk.asked(lambda view: view.proves(CODE, "ACDE7KMN")) == ""
    assert desk.asked(lambda view: view.dossier(CODE)).factors >= {"follow"}
    assert desk.asked(lambda view: view.proves(CODE, "FGHJ3PRT"), chat="c2") == "follow"


@pytest.mark.parametrize("known", [True, False])
def test_the_fifth_wrong_factor_locks_this_chat_for_this_code_until_the_day_ends(desk: Desk, known: bool) -> None:
    if known:
        desk.dossier()
    for wrong in range(5):
        assert desk.asked(lambda view: view.standing(CODE)) == Standing(wrong=wrong)
        desk.does(Tried(CODE, ""))
    assert desk.asked(lambda view: view.standing(CODE)) == Standing(locked=True, wrong=5)
    assert desk.asked(lambda view: view.standing(OTHER)) == Standing()
    assert desk.asked(lambda view: view.standing(CODE), chat="c2") == Standing()
    desk.now = NOW.replace(hour=16, minute=59)  # 23:59 in Vietnam
    assert desk.asked(lambda view: view.standing(CODE)).locked
    desk.now = NOW.replace(hour=17)
    assert not desk.asked(lambda view: view.standing(CODE)).locked


def test_twenty_look_ups_an_hour_and_the_hour_begins_with_the_first(desk: Desk) -> None:
    for minute in range(20):
        desk.now = NOW + timedelta(minutes=minute)
        assert not desk.asked(lambda view: view.standing(CODE)).spent
        desk.does(LookedUp())
    assert desk.asked(lambda view: view.standing(CODE)).spent
    assert not desk.asked(lambda view: view.standing(CODE), chat="c2").spent
    desk.now = NOW + timedelta(minutes=60)
    assert not desk.asked(lambda view: view.standing(CODE)).spent
    desk.does(LookedUp())
    assert not desk.asked(lambda view: view.standing(CODE)).spent


def test_the_data_is_from_the_newest_import_that_was_carried_through(desk: Desk) -> None:
    assert desk.asked(lambda view: view.data_until()) is None
    for days, status in ((3, "done"), (2, "waiting"), (1, "undone"), (0, "running"), (4, "done")):
        moment = NOW - timedelta(days=days)
        row = {"unit_id": "mau", "id": f"{status}{days}", "source": "sheet", "silent": False, "status": status}
        desk.put(imports, {**row, "until_at": moment, "started_at": NOW})
    assert desk.asked(lambda view: view.data_until()) == NOW - timedelta(days=2)


def test_a_code_nobody_knows_costs_the_same_statements(desk: Desk) -> None:
    desk.dossier()
    desk.follow("ACDE7KMN")
    desk.does()  # the chat's first turn has its own
    assert _statements(desk, CODE) == _statements(desk, "H48.99.01-261120-9999")


def _statements(desk: Desk, code: str) -> list[str]:
    said: list[str] = []

    def hear(*given: Any) -> None:
        said.append(given[2])

    event.listen(desk.store.engine, "before_cursor_execute", hear)
    try:
        desk.asked(lambda view: (view.dossier(code), view.proves(code, "0000"), view.standing(code)))
    finally:
        event.remove(desk.store.engine, "before_cursor_execute", hear)
    return said


@given(st.text(max_size=30))
def test_whatever_is_said_is_a_follow_code_a_phone_or_nothing(said: str) -> None:
    assert plain_follow_code(said) == "" or len(plain_follow_code(said)) == 8
    assert plain_phone(said) == "" or plain_phone(said).startswith("0")
