"""Reading a one-stop system over real HTTP from a strict fake: what is read, what is read again, what the officer hears."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sealing import Seal
from bot.sources import interface
from bot.sources.interface import Cursor, Fetched, fetch
from bot.sources.interface_client import Pace, Tokens
from bot.sources.reading import SourceError
from knowledge.unit import DossierInterface, Unit
from tests.bot.sources.test_json_values import ANY_JSON
from tests.fakes.one_stop_rows import igate, leaks
from tests.fakes.one_stop_system import AGENCY, CLIENT_ID, CLIENT_SECRET, TOKEN_PATH, OneStopSystem, Trouble

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
SEAL = Seal(b"a secret of the tests")
SECRETS = {"ONE_STOP_ID": CLIENT_ID, "ONE_STOP_SECRET": CLIENT_SECRET}
QUICK = Pace(tries=3, whole=5.0, answer=0.5, first=0.01, jitter=lambda: 0.5)
Read = Callable[..., Awaitable[Fetched]]


def row(number: int, minutes_ago: float, state: str = "Đang xử lý", **more: Any) -> dict[str, Any]:
    at = NOW - timedelta(minutes=minutes_ago)
    agency = {"id": AGENCY, "code": "H48.99.01"}
    more = {"code": f"H48.99.01-261119-{number:04d}", "updatedDate": at.isoformat(), "agency": agency, **more}
    return igate(state=state, **more)


@pytest.fixture
async def system() -> AsyncIterator[OneStopSystem]:
    async with OneStopSystem() as running:
        yield running
        running.check()


@pytest.fixture
async def read(system: OneStopSystem, unit: Unit) -> AsyncIterator[Read]:
    tokens = Tokens()
    async with aiohttp.ClientSession() as session:

        async def _read(cursor: Cursor | None = None, now: datetime = NOW, **given: Any) -> Fetched:
            settings = DossierInterface(
                url=given.pop("url", system.url),
                token_url=system.url + TOKEN_PATH,
                client_id="ONE_STOP_ID",
                client_secret="ONE_STOP_SECRET",
                agency=given.pop("agency", AGENCY),
            )
            return await fetch(
                given.pop("unit", unit),
                settings,
                given.pop("secrets", SECRETS),
                session,
                cursor or Cursor(),
                now,
                sealer=SEAL,
                tokens=given.pop("tokens", tokens),
                pace=given.pop("pace", QUICK),
            )

        yield _read


def codes(fetched: Fetched) -> list[int]:
    return sorted(int(record.code[-4:]) for record in fetched.reading.records)


async def test_all_pages_are_read_once_and_the_cursor_says_up_to_when(system: OneStopSystem, read: Read) -> None:
    system.dossiers = [row(n, n) for n in range(1, 121)]
    fetched = await read()
    assert codes(fetched) == list(range(1, 121))
    assert fetched.cursor == Cursor(NOW - timedelta(minutes=1))
    assert (fetched.reading.until, fetched.trouble, system.pages) == (NOW, "", [0, 1, 2])


async def test_the_next_read_stops_at_what_is_known_but_for_an_overlap(system: OneStopSystem, read: Read) -> None:
    system.dossiers = [row(n, n) for n in range(1, 400)]
    cursor = (await read()).cursor
    system.pages.clear()
    system.dossiers[200] = row(201, -20, "Đã xử lý xong")
    fetched = await read(cursor, NOW + timedelta(minutes=30))
    assert system.pages == [0]
    assert fetched.reading.records[0].state == "done"
    assert fetched.cursor.since == NOW + timedelta(minutes=20)
    assert fetched.reading.until == NOW + timedelta(minutes=30)  # nothing else changed: that is news as well


async def test_a_change_that_became_visible_late_is_caught_by_the_overlap(system: OneStopSystem, read: Read) -> None:
    system.dossiers = [row(n, n / 20) for n in range(1, 161)]  # a busy morning: three pages in eight minutes
    cursor = (await read()).cursor
    system.dossiers.append(row(900, 10))  # dated before the newest that was seen
    assert 900 in codes(await read(cursor, NOW + timedelta(minutes=5)))


async def test_one_token_serves_many_reads_and_one_that_ended_is_renewed_once(
    system: OneStopSystem, read: Read
) -> None:
    system.dossiers = [row(1, 1)]
    await read()
    await read()
    assert system.calls["token"] == 1
    system.expire()
    assert codes(await read()) == [1]
    assert (system.calls["token"], system.calls["refused"]) == (2, 1)


async def test_a_token_that_ends_between_two_pages_costs_nothing(system: OneStopSystem, read: Read) -> None:
    system.dossiers = [row(n, n) for n in range(1, 121)]
    system.after_page = lambda _page: system.expire()
    assert codes(await read()) == list(range(1, 121))


async def test_a_token_is_renewed_before_it_runs_out(read: Read, system: OneStopSystem) -> None:
    system.lifetime = 2.0
    system.dossiers = [row(1, 1)]
    await read()
    await asyncio.sleep(1.6)
    await read()
    assert system.calls["refused"] == 0
    assert system.calls["token"] == 2


async def test_wrong_access_is_told_with_the_names_of_the_settings_and_never_their_values(
    system: OneStopSystem, read: Read, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(SourceError) as refused:
        await read(secrets=SECRETS | {"ONE_STOP_SECRET": "sai-hoan-toan"})
    assert "ONE_STOP_ID, ONE_STOP_SECRET" in str(refused.value)
    system.trouble(Trouble(403))
    with pytest.raises(SourceError):
        await read()
    with pytest.raises(SourceError, match="ONE_STOP_SECRET"):
        await read(secrets={"ONE_STOP_ID": CLIENT_ID})
    said = caplog.text + repr(refused.value) + repr(refused.value.__cause__) + repr(refused.value.__context__)
    for secret in ("sai-hoan-toan", CLIENT_SECRET, CLIENT_ID):
        assert secret not in said


async def test_no_secret_no_token_and_no_person_reaches_a_log_or_an_error(
    system: OneStopSystem, read: Read, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    system.dossiers = [row(n, n) for n in range(1, 60)]
    tokens = Tokens()
    said: list[object] = []
    for trouble in (
        Trouble(),
        Trouble(500),
        Trouble(cut=True),
        Trouble(drop=True),
        Trouble(seconds=1),
        Trouble(status=302),
    ):
        system.calm()
        system.trouble(*[trouble] * 3)
        try:
            said.append(await read(tokens=tokens))
        except SourceError as error:
            said += [error, error.__cause__, error.__context__]
    text = caplog.text + " ".join(map(repr, [*said, tokens]))
    assert leaks(text) == []
    assert "H48.99.01-261119" not in caplog.text
    assert not any(secret in text for secret in (CLIENT_SECRET, CLIENT_ID, *system._tokens))


@pytest.mark.parametrize(
    "troubles",
    [
        [Trouble(500), Trouble(503)],
        [Trouble(429, retry_after="1")],
        [Trouble(cut=True)],
        [Trouble(cut=True, honest=True)],
        [Trouble(seconds=1.0)],
        [Trouble(drop=True), Trouble(502)],
        [Trouble(body=b'{"error": "oops"}')],
        [Trouble(body=b"<html>502</html>")],
        [Trouble(body=b'{"content": ["H48"]}')],
        [Trouble(body=b'{"content": {"0": 1}}')],
    ],
    ids=repr,
)
async def test_what_passes_is_waited_for_and_nobody_hears_of_it(
    system: OneStopSystem, read: Read, troubles: list[Trouble]
) -> None:
    system.dossiers = [row(n, n) for n in range(1, 81)]
    system.trouble(Trouble(), *troubles)
    fetched = await read()
    assert codes(fetched) == list(range(1, 81))
    assert fetched.trouble == ""


@pytest.mark.parametrize(
    ("trouble", "says"),
    [
        (Trouble(500), "đang lỗi"),
        (Trouble(429, retry_after="0"), "hạn chế số lần"),
        (Trouble(cut=True, honest=True), "dạng lạ hoặc bị cắt"),
        (Trouble(body=b'{"rows": []}'), "dạng lạ hoặc bị cắt"),
        (Trouble(seconds=1.0), "chưa trả lời"),
        (Trouble(404), "không nhận câu hỏi"),
        (Trouble(302), "không nhận câu hỏi"),
    ],
    ids=repr,
)
async def test_what_lasts_is_told_and_what_was_read_whole_is_kept_and_gone_on_from(
    system: OneStopSystem, read: Read, trouble: Trouble, says: str
) -> None:
    system.dossiers = [row(n, n) for n in range(1, 181)]
    system.trouble(Trouble(), Trouble(), *[trouble] * 9)
    fetched = await read()
    assert says in fetched.trouble
    assert codes(fetched) == list(range(1, 101))
    assert fetched.cursor == Cursor(None, NOW - timedelta(minutes=1), 2)
    assert fetched.reading.until == NOW - timedelta(minutes=1)  # not now: older changes are still unknown
    system.calm()
    system.pages.clear()
    rest = await read(Cursor.from_json(fetched.cursor.to_json()), NOW + timedelta(minutes=1))
    assert set(codes(rest)) >= set(range(101, 181))
    assert rest.cursor == Cursor(NOW - timedelta(minutes=1))
    assert rest.reading.until == NOW + timedelta(minutes=1)
    assert system.pages == [0, 1, 2, 3]


async def test_nothing_read_leaves_the_cursor_where_it_was(system: OneStopSystem, read: Read) -> None:
    before = Cursor(NOW - timedelta(days=1))
    system.trouble(*[Trouble(500)] * 3)
    fetched = await read(before)
    assert (fetched.cursor, fetched.reading.records, fetched.reading.until) == (before, (), before.since)
    assert "đang lỗi" in fetched.trouble


async def test_a_long_wait_asked_for_is_not_sat_out_but_told(system: OneStopSystem, read: Read) -> None:
    system.trouble(Trouble(429, retry_after="600"))
    fetched = await read()
    assert fetched.again_in == timedelta(seconds=600)
    assert system.calls["search"] == 1


async def test_a_system_that_is_slow_for_too_long_is_left_with_what_it_gave(system: OneStopSystem, read: Read) -> None:
    system.dossiers = [row(n, n) for n in range(1, 201)]
    system.trouble(Trouble(), *[Trouble(seconds=0.3)] * 9)
    fetched = await read(pace=Pace(tries=3, whole=0.5, answer=2.0, first=0.01))
    assert "trả lời chậm" in fetched.trouble
    assert set(codes(fetched)) >= set(range(1, 51))
    assert fetched.cursor.unfinished


async def test_changes_while_a_gap_is_open_are_read_first_and_none_is_lost(
    system: OneStopSystem, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interface, "MOST_PAGES", 4)
    system.dossiers = [row(n, n) for n in range(1, 301)]
    found: set[int] = set()
    cursor, now, new = Cursor(), NOW, 1000
    for _ in range(40):
        fetched = await read(cursor, now)
        assert fetched.trouble == ""
        found |= set(codes(fetched))
        cursor, now = Cursor.from_json(fetched.cursor.to_json()), now + timedelta(minutes=20)
        if new < 1010:  # meanwhile people go on working
            new += 1
            system.dossiers.append(row(new, -((now - NOW).total_seconds() / 60 - 1)))
        elif not cursor.unfinished:
            break
    assert found == {*range(1, 301), *range(1001, 1011)}
    assert not cursor.unfinished


async def test_a_server_that_does_not_sort_is_read_to_its_end(system: OneStopSystem, read: Read) -> None:
    system.sorts = False
    system.dossiers = [row(n, (n * 37) % 150 + 1) for n in range(1, 151)]
    assert codes(await read(Cursor(NOW - timedelta(minutes=5)))) == list(range(1, 151))


async def test_a_server_that_caps_pages_and_does_not_say_which_is_last_is_read_to_its_end(
    system: OneStopSystem, read: Read
) -> None:
    system.largest_page, system.says_last = 20, False
    system.dossiers = [row(n, n) for n in range(1, 71)]
    assert codes(await read()) == list(range(1, 71))


async def test_a_server_that_gives_the_same_page_for_ever_is_left(system: OneStopSystem, read: Read) -> None:
    system.trouble(*[Trouble(body=json.dumps({"content": [row(1, 1)]}).encode())] * 9)
    fetched = await read()
    assert (codes(fetched), fetched.trouble, system.calls["search"]) == ([1], "", 2)


async def test_rows_of_other_units_are_dropped_and_ours_with_a_ministrys_code_stay(
    system: OneStopSystem, read: Read
) -> None:
    theirs = {"id": AGENCY, "code": "H48.99.02"}
    ours = {"id": AGENCY, "code": "H48.99.01"}
    system.dossiers = [
        row(1, 1),
        row(2, 2, code="H48.99.02-261119-0002", agency=theirs),
        row(3, 3, code="G22.99.99-261119-000003", agency=ours),
        row(4, 4, code="G22.99.99-261119-000004", agency=theirs),
        row(
            5, 5, code="H48.99.01-261119-0005", agency={"id": "khac", "code": "H48"}
        ),  # another agency's: not even asked for
    ]
    assert codes(await read()) == [1, 3]
    assert codes(await read(agency=None)) == [1, 3, 5]


async def test_a_unit_that_does_not_know_its_codes_reads_nothing(read: Read, unit: Unit, system: OneStopSystem) -> None:
    with pytest.raises(SourceError, match="dossier_prefixes"):
        await read(unit=unit.model_copy(update={"dossier_prefixes": ()}))
    assert not system.calls


async def test_an_address_without_encryption_is_not_called(read: Read) -> None:
    with pytest.raises(SourceError, match="https"):
        await read(url="http://mot-cua.example")


async def test_a_change_dated_in_the_future_does_not_hide_the_others(system: OneStopSystem, read: Read) -> None:
    system.dossiers = [row(1, -60 * 24 * 30), row(2, 5)]
    assert (await read()).cursor.since == NOW - timedelta(minutes=5)


async def test_an_answer_that_is_too_large_is_not_read(
    system: OneStopSystem, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.sources.interface_client.LARGEST_ANSWER", 1000)
    system.dossiers = [row(n, n) for n in range(1, 51)]
    with pytest.raises(SourceError, match="quá nhiều"):
        await read()


@given(st.one_of(ANY_JSON, st.dictionaries(st.sampled_from(["since", "top", "page", "size"]), ANY_JSON)))
def test_a_cursor_is_read_from_anything_without_raising(data: Any) -> None:
    cursor = Cursor.from_json(data)
    assert Cursor.from_json(cursor.to_json()) == cursor


def test_a_cursor_of_another_page_size_begins_the_gap_again() -> None:
    data = Cursor(NOW, NOW, 7).to_json()
    assert Cursor.from_json(data | {"size": 20}) == Cursor(NOW)
