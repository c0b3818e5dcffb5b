"""The conversation by forms, events and polling: nothing lost, nothing doubled, nobody else's words."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from gettext import NullTranslations
from itertools import pairwise

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient

from bot.channels.web import Site
from bot.channels.web.visitor import COOKIE, LANGUAGE_COOKIE
from bot.locale import speak
from handlers.language import install
from tests.bot.channels.web.conftest import read, say

Client = TestClient[web.Request, web.Application]
BY_SCRIPT = {"Accept": "application/json"}


def message_ids(page_ids: list[str]) -> list[int]:
    return [int(i[1:]) for i in page_ids if re.fullmatch(r"m\d+", i)]


async def test_a_question_without_script_comes_back_with_its_answer(client: Client) -> None:
    response = await client.post("/mau/chat", data={"text": "em mới sinh bé cần giấy gì z"}, allow_redirects=False)
    assert response.status == 303
    assert re.fullmatch(r"/mau/chat\?da-gui=1#m1", response.headers["Location"])
    page = await read(await client.get("/mau/chat"))
    assert "em mới sinh bé cần giấy gì z" in page.text
    assert "Trung tâm trả lời lúc 08:12" in page.text
    assert any(key.startswith("p1.") for key in page.presses()), "something to press follows"


async def test_a_pressed_choice_is_shown_by_its_words_and_marked(client: Client) -> None:
    page = await say(client, start="tt-1_001193")
    key = next(k for k in page.presses() if k.endswith("card.da-ket-hon"))
    page = await say(client, key=key)
    assert re.search(r'class="words"[^>]*>Đã đăng ký<', page.html)
    assert re.search(rf'class="row chosen" name="key" value="{re.escape(key)}"', page.html)
    assert "Tờ khai đăng ký khai sinh" in page.text


async def test_a_typed_number_means_the_row_with_that_plate(client: Client) -> None:
    await say(client, start="tt-1_001193")
    page = await say(client, text="1")
    assert 'class="row chosen"' in page.html
    assert "Tờ khai đăng ký khai sinh" in page.text


async def test_the_same_form_sent_twice_is_one_message(client: Client) -> None:
    for _ in range(2):
        page = await say(client, text="giờ làm việc", update="the-form")
    assert page.html.count('class="words"') == 1


async def test_a_form_filled_in_anew_after_going_back_is_another_message(client: Client) -> None:
    await say(client, text="giờ làm việc", update="the-form")
    page = await say(client, text="địa chỉ ở đâu", update="the-form")
    assert page.html.count('class="words"') == 2


async def test_a_form_id_of_one_chat_says_nothing_in_another(client: Client) -> None:
    await say(client, text="giờ làm việc", update="the-form")
    client.session.cookie_jar.clear()
    page = await say(client, text="giờ làm việc", update="the-form")
    assert page.html.count('class="words"') == 1


async def test_nobody_sees_another_visitors_words(client: Client) -> None:
    await say(client, text="tôi hỏi chuyện riêng của tôi")
    client.session.cookie_jar.clear()
    page = await read(await client.get("/mau/chat"))
    assert "chuyện riêng" not in page.text


async def test_each_commune_has_its_own_conversation(client: Client) -> None:
    await say(client, text="tôi hỏi ở xã Mẫu")
    page = await read(await client.get("/ben/chat"))
    assert "tôi hỏi ở xã Mẫu" not in page.text


async def test_what_is_typed_is_never_markup_and_never_a_link(client: Client) -> None:
    typed = "<script>alert(1)</script> <b>x</b> https://evil.example/a 'onclick='"
    page = await say(client, text=typed)
    assert "<script>alert" not in page.html
    assert "&lt;script&gt;" in page.html
    assert not any("evil.example" in link for link in page.links())


async def test_personal_numbers_are_masked_on_the_page(client: Client) -> None:
    page = await say(client, text="căn cước của tôi là 012345678901")
    assert "012345678901" not in page.html


@pytest.mark.parametrize("fields", [{}, {"text": "   "}, {"key": ""}, {"text": "", "update": "x"}])
async def test_an_empty_form_says_nothing(client: Client, fields: dict[str, str]) -> None:
    page = await say(client, **fields)
    assert message_ids(page.ids) == []


async def test_an_endless_text_is_refused_with_a_sentence_and_kept_in_the_field(client: Client) -> None:
    response = await client.post("/mau/chat", data={"text": "ă" * 2001})
    page = await read(response)
    assert response.status == 422
    assert "máy chỉ nhận 2.000" in page.text
    assert "ă" * 2001 in page.html
    assert (await say(client, text="ă" * 2000)).html.count('class="words"') == 1


async def test_a_huge_body_is_refused_before_it_is_read(client: Client) -> None:
    response = await client.post("/mau/chat", data={"text": "a" * 70_000})
    assert response.status == 413
    assert "2.000 chữ cái" in (await read(response)).text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Referer": "https://evil.example/page"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({}, 303),
    ],
)
async def test_a_form_must_come_from_our_own_page(client: Client, headers: dict[str, str], status: int) -> None:
    response = await client.post("/mau/chat", data={"text": "chào"}, headers=headers, allow_redirects=False)
    assert response.status == status


async def test_a_refusal_is_told_in_the_language_of_the_page(client: Client) -> None:
    await client.get("/mau/?lang=en")
    response = await client.post("/mau/chat", data={"text": "hello"}, headers={"Origin": "null"})
    assert "A question must be sent from the commune's own page." in (await read(response)).text


async def test_our_own_origin_is_taken(client: Client) -> None:
    headers = {"Origin": str(client.make_url("/")).rstrip("/")}
    response = await client.post("/mau/chat", data={"text": "chào"}, headers=headers, allow_redirects=False)
    assert response.status == 303


async def test_the_twenty_first_message_of_a_minute_waits(client: Client) -> None:
    for number in range(20):
        assert (await client.post("/mau/chat", data={"text": f"câu {number}"}, headers=BY_SCRIPT)).status == 200
    response = await client.post("/mau/chat", data={"text": "câu nữa"})
    assert response.status == 429
    page = await read(response)
    assert "Tin hơi nhanh, chờ 1 phút" in page.text
    assert "câu nữa" in page.html, "what was typed stays in the field"


async def test_the_script_hears_of_a_refusal_in_words(client: Client) -> None:
    response = await client.post("/mau/chat", data={"text": "a" * 2001}, headers=BY_SCRIPT)
    assert response.status == 422
    assert "máy chỉ nhận" in (await response.json())["error"]


async def test_the_cookie_is_random_and_out_of_reach_of_scripts(client: Client) -> None:
    response = await client.get("/mau/")
    cookie = response.cookies[COOKIE]
    assert re.fullmatch(r"[0-9a-f]{32}", cookie.value)
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert int(cookie["max-age"]) == 30 * 86_400
    assert not cookie["secure"], "plain http on a local network must work, too"


async def test_the_database_does_not_hold_the_cookie(client: Client, site: Site) -> None:
    response = await client.get("/mau/")
    token = response.cookies[COOKIE].value
    await say(client, text="chào")
    engine = site.store.engine  # type: ignore[attr-defined]
    assert not [line for line in engine.raw_connection().iterdump() if token in line]


async def test_a_visitor_whose_browser_keeps_no_cookie_is_told_so(client: Client) -> None:
    client.session.cookie_jar.clear()
    page = await read(await client.get("/mau/chat?da-gui=1"))
    assert "đang chặn cookie" in page.text


async def test_a_code_on_paper_opens_the_chat_at_its_procedure(client: Client) -> None:
    page = await read(await client.get("/mau/chat?tt=1.001193"))
    assert "tt-1_001193" in page.presses()
    page = await say(client, start="tt-1_001193")
    assert re.search(r'class="words"[^>]*>Đăng ký khai sinh<', page.html)


@pytest.mark.parametrize("key", ["p1.9.999999", "x" * 65, "đất", "\x00", "p1.1.001193.card.\n"])
async def test_a_key_that_nobody_offered_does_no_harm(client: Client, key: str) -> None:
    response = await client.post("/mau/chat", data={"key": key}, allow_redirects=True)
    assert response.status == 200


@pytest.fixture
def english() -> Iterator[None]:
    """A catalogue for English, whatever it says."""
    install({"en": NullTranslations()})
    yield
    speak()


@pytest.mark.usefixtures("english")
async def test_english_chosen_on_the_page_is_spoken_in_the_chat_and_back(client: Client) -> None:
    await client.get("/mau/?lang=en")
    page = await say(client, text="giờ làm việc")
    assert '<html lang="en"' in page.html
    assert re.search(r'class="words"[^>]*>English<', page.html), "the chat was told first"
    page = await say(client, text="/vi")
    assert '<html lang="vi"' in page.html
    jar = {cookie.key: cookie.value for cookie in client.session.cookie_jar}
    assert jar[LANGUAGE_COOKIE] == "vi"
    assert '<html lang="vi"' in (await read(await client.get("/mau/tt"))).html


async def poll(client: Client, after: int) -> dict[str, object]:
    response = await client.get(f"/mau/chat/poll?after={after}", headers=BY_SCRIPT)
    assert response.status == 200
    found: dict[str, object] = await response.json()
    return found


async def test_polling_gives_what_is_new_and_nothing_twice(client: Client) -> None:
    page = await say(client, text="đăng ký kết hôn cần gì")
    newest = max(message_ids(page.ids))
    waiting = asyncio.create_task(poll(client, newest))
    await asyncio.sleep(0.1)
    assert not waiting.done(), "nothing is new yet"
    await client.post("/mau/chat", data={"text": "giờ làm việc"}, headers=BY_SCRIPT)
    answer = await asyncio.wait_for(waiting, 3)
    ids = [m["id"] for m in answer["messages"]]  # type: ignore[attr-defined]
    assert ids[0] == newest + 1
    assert all(after == before + 1 for before, after in pairwise(ids))


async def next_event(stream: ClientResponse) -> tuple[str, str, str]:
    """One event: id, name, data."""
    number, name, data = "", "", []
    while True:
        line = (await asyncio.wait_for(stream.content.readline(), 5)).decode().rstrip("\n")
        if line.startswith("id: "):
            number = line[4:]
        elif line.startswith("event: "):
            name = line[7:]
        elif line.startswith("data: "):
            data.append(line[6:])
        elif not line and name:
            return number, name, "\n".join(data)


async def test_a_stream_tells_each_message_once_with_its_number(client: Client) -> None:
    page = await say(client, text="chào")
    newest = max(message_ids(page.ids))
    async with client.get(f"/mau/chat/events?after={newest}") as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        assert (await next_event(stream))[1] == "hello"
        await client.post("/mau/chat", data={"text": "giờ làm việc"}, headers=BY_SCRIPT)
        number, name, data = await next_event(stream)
        assert (number, name) == (str(newest + 1), "said")
        assert f'id="m{newest + 1}"' in data
        assert "giờ làm việc" in data


async def test_a_stream_taken_up_again_begins_behind_the_last_number_heard(client: Client) -> None:
    await say(client, text="chào")
    await say(client, text="giờ làm việc")
    async with client.get("/mau/chat/events?after=0", headers={"Last-Event-ID": "1"}) as stream:
        assert (await next_event(stream))[1] == "hello"
        assert (await next_event(stream))[0] == "2"


async def test_an_erased_conversation_leaves_the_screen_too(client: Client) -> None:
    page = await say(client, text="đăng ký kết hôn cần gì")
    await say(client, text="/xoa")
    newest = max(message_ids((await read(await client.get("/mau/chat"))).ids))
    await client.post("/mau/chat", data={"key": "d1.erase"}, headers=BY_SCRIPT)
    answer = await poll(client, newest)
    assert answer["erased"] is True
    page = await read(await client.get("/mau/chat"))
    assert "kết hôn" not in page.text


async def test_a_stranger_gets_no_stream(client: Client) -> None:
    assert (await client.get("/mau/chat/events")).status == 204


@pytest.mark.parametrize("after", ["", "-1", "abc", "1e3", "９", "9" * 30])
async def test_a_strange_number_counts_as_nothing_known(client: Client, after: str) -> None:
    await say(client, text="chào")
    answer = await poll(client, after)  # type: ignore[arg-type]
    assert answer["messages"]


async def test_streams_end_when_the_server_stops(client: Client, site: Site) -> None:
    await say(client, text="chào")
    async with client.get("/mau/chat/events?after=99") as stream:
        assert (await next_event(stream))[1] == "hello"
        site.listeners.stop()
        assert await asyncio.wait_for(stream.content.read(), 3) == b""
