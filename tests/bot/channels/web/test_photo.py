"""A photo sent by the page: read at once, answered, kept nowhere; what is wrong with it is said in a sentence."""

from __future__ import annotations

import asyncio
from io import BytesIO
from typing import Any

import pytest
from aiohttp import FormData, web
from aiohttp.test_utils import TestClient
from PIL import Image

from bot.channels.web import Site
from bot.scanning import Scanner
from bot.store import Store
from tests.bot.channels.web.conftest import Page, read
from tests.fakes.photos import blurred, qr, saved, sheet

Client = TestClient[web.Request, web.Application]
CODE = "H48.99.01-261120-0007"
PLAIN = sheet(qr(CODE), (1280, 960))
RECEIPT = saved(PLAIN)


def form(picture: bytes | None = RECEIPT, update: str = "a" * 32, name: str = "anh.jpg") -> FormData:
    data = FormData()
    data.add_field("update", update)
    if picture is not None:
        data.add_field("photo", BytesIO(picture), filename=name, content_type="image/jpeg")
    return data


async def send(client: Client, status: int = 200, **fields: Any) -> Page:
    response = await client.post("/mau/chat/photo", data=form(**fields), allow_redirects=True)
    assert response.status == status, await response.text()
    return await read(response)


async def test_a_receipt_s_code_is_answered_as_if_typed(client: Client, sqlite: Store) -> None:
    page = await send(client)
    assert f"Ảnh: {CODE}" in page.text
    typed = await client.post("/mau/chat", data={"text": CODE, "update": "b" * 32}, allow_redirects=True)
    answers = (await read(typed)).html.split('class="said theirs"')
    assert len(answers) == 3
    assert "trả lời lúc" in answers[1]
    words = [part.partition('class="prose">')[2].partition("</div>")[0] for part in answers[1:]]
    assert words[1]
    assert words[1] in answers[1]


async def test_a_procedure_s_code_is_answered_as_that(client: Client) -> None:
    page = await send(client, picture=saved(sheet(qr("https://xa-mau.example/mau/chat?tt=1.001193"))))
    assert "khai sinh" in page.text.lower()


@pytest.mark.parametrize(
    ("picture", "said"),
    [
        (saved(blurred(PLAIN, 25)), "Ảnh chưa rõ mã."),
        (saved(Image.new("L", (300, 200), 200)), "Ảnh chưa rõ mã."),
        (saved(sheet(qr("WIFI:T:WPA;S:quan-ca-phe;P:mat-khau;;"))), "Mã này không phải mã hồ sơ."),
    ],
)
async def test_a_photo_without_a_code_of_ours_gets_a_sentence_that_helps(
    client: Client, picture: bytes, said: str
) -> None:
    page = await send(client, picture=picture)
    assert said in page.text
    assert "quan-ca-phe" not in page.html


async def test_the_same_form_sent_twice_is_one_message(client: Client) -> None:
    await send(client)
    page = await send(client)
    assert page.text.count(f"Ảnh: {CODE}") == 1
    page = await send(client, update="c" * 32)
    assert page.text.count(f"Ảnh: {CODE}") == 2


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"picture": None}, 400, "Chưa có ảnh."),
        ({"picture": b""}, 422, "Chưa có ảnh."),
        ({"picture": b"%PDF-1.7"}, 415, "Máy không mở được tệp này."),
        ({"picture": 10 * 1024 * 1024 + 1}, 413, "Ảnh quá lớn"),
        ({"picture": 11 * 1024 * 1024}, 413, "Ảnh quá lớn"),
        ({"picture": b"x", "update": "u" * 70_000}, 413, "Ảnh quá lớn"),
    ],
)
async def test_what_is_wrong_is_said_where_the_photo_is_sent(
    client: Client, fields: dict[str, Any], status: int, said: str
) -> None:
    if isinstance(fields.get("picture"), int):
        fields = {"picture": b"\xff" * fields["picture"]}
    page = await send(client, status, **fields)
    assert said in page.text
    assert ("details", "open", "") in page.attributes
    assert ("input", "aria-describedby", "loi-anh") in page.attributes


async def test_another_kind_of_form_is_none(client: Client) -> None:
    response = await client.post("/mau/chat/photo", data={"update": "a"})
    assert response.status == 400
    assert "Chưa có ảnh." in (await read(response)).text
    broken = await client.post(
        "/mau/chat/photo", data=b"no parts", headers={"Content-Type": "multipart/form-data; boundary=x"}
    )
    assert broken.status in (400, 422)
    assert "Chưa có ảnh." in (await read(broken)).text


async def test_a_photo_that_never_ends_is_not_waited_for(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.channels.web.photo.SENDING", 0.3)

    async def trickle() -> Any:
        yield b'--x\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n\r\n'
        for _ in range(40):
            yield b"\xff"
            await asyncio.sleep(0.1)

    response = await client.post(
        "/mau/chat/photo", data=trickle(), headers={"Content-Type": "multipart/form-data; boundary=x"}
    )
    assert response.status == 408
    assert "Mạng chậm quá" in (await read(response)).text


async def test_one_chat_sends_six_photos_a_minute_and_questions_go_on(client: Client) -> None:
    await client.get("/mau/chat")
    for n in range(6):
        await send(client, update=f"{n:032d}", picture=saved(Image.new("L", (9, 9))))
    page = await send(client, 429, update="z" * 32)
    assert "Tin hơi nhanh" in page.text
    assert (await client.post("/mau/chat", data={"text": "khai sinh"}, allow_redirects=True)).status == 200


async def test_while_too_many_wait_for_the_decoder_people_are_asked_to_come_again(client: Client, site: Site) -> None:
    scanner: Scanner = site.scanner
    scanner.waiting = 8
    assert "Máy đang bận đọc ảnh khác." in (await send(client, 503)).text


async def test_another_site_cannot_send_photos_for_somebody(client: Client) -> None:
    response = await client.post(
        "/mau/chat/photo", data=form(), headers={"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    )
    assert response.status == 403


async def test_the_photo_is_kept_nowhere(client: Client, sqlite: Store, tmp_path: Any) -> None:
    await send(client)
    marker = BytesIO(RECEIPT).read(400)[100:300]
    for file in tmp_path.rglob("*"):
        if file.is_file():
            assert marker not in file.read_bytes()


async def test_the_page_offers_it_without_scripts(client: Client) -> None:
    page = await read(await client.get("/mau/chat"))
    assert ("form", "enctype", "multipart/form-data") in page.attributes
    assert ("input", "accept", "image/*") in page.attributes
    assert not any(name == "capture" for _, name, _ in page.attributes), "a photo taken yesterday will do"
    assert "Máy đọc mã rồi bỏ ảnh, không giữ." in page.text


# The code on a receipt


async def test_a_receipt_s_link_leads_to_the_conversation_with_its_code(client: Client) -> None:
    response = await client.get("/mau/?hs=H48_99_01-261120-0007", allow_redirects=False)
    assert (response.status, response.headers["Location"]) == (303, "/mau/chat?hs=H48_99_01-261120-0007")
    page = await read(await client.get("/mau/chat?hs=H48_99_01-261120-0007"))
    assert f"Anh/chị muốn xem hồ sơ: {CODE}" in page.text
    assert "hs-H48_99_01-261120-0007" in page.presses()


async def test_a_follow_code_behind_it_is_sent_and_never_shown_nor_kept(client: Client) -> None:
    page = await read(await client.get("/mau/chat?hs=H48_99_01-261120-0007-K7M2P4XA"))
    assert "K7M2P4XA" not in page.text
    (start,) = [p for p in page.presses() if p.startswith("hs-")]
    answer = await client.post("/mau/chat", data={"start": start, "update": "d" * 32}, allow_redirects=True)
    html = await answer.text()
    assert f"Hồ sơ {CODE}" in html
    assert "K7M2P4XA" not in html


@pytest.mark.parametrize("told", ["", "x", "<script>", "H48_99_01-261120-0007-" + "a" * 60, "../../x"])
async def test_a_link_that_is_none_shows_the_plain_page(client: Client, told: str) -> None:
    page = await read(await client.get("/mau/chat", params={"hs": told}))
    assert "muốn xem hồ sơ" not in page.text
