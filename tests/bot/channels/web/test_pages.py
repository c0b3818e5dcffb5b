"""Every page of the web: rules that hold for all of them, and what each must show."""

from __future__ import annotations

import re

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient

from bot.channels.web import Site
from bot.pages.rendering import ASSETS, STATIC, asset
from bot.store import StoreDown
from tests.bot.channels.web.conftest import read, say

Client = TestClient[web.Request, web.Application]
PAGES = [
    "/",
    "/mau/",
    "/mau/chat",
    "/mau/tt",
    "/mau/tt?q=khai+sinh",
    "/mau/tt?q=qwertyuiop",
    "/mau/tt?nhom=dat-nha&qua-mang=1&trang=2",
    "/mau/tt/1.001193",
    "/mau/tt/1.001193?truong-hop=da-ket-hon",
    "/mau/tt/1.004222",
    "/mau/dieu-can-biet",
    "/ben/",
    "/ben/tt",
]
MISSING = [
    "/khong-co/",
    "/khong-co/chat",
    "/mau/xyz",
    "/mau/tt/9.999999",
    "/mau/tt/<script>",
    "/a/b/c/d",
    "/mau/tt/%00",
]


@pytest.mark.parametrize("path", [*PAGES, *MISSING])
async def test_a_page_is_light_safe_and_ours_alone(client: Client, path: str) -> None:
    response = await client.get(path)
    page = await read(response)
    assert response.status == (404 if path in MISSING else 200)
    assert len(page.html.encode()) <= 100_000
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert not [a for a in page.attributes if a[1] == "style" or a[1].startswith("on")], (
        "no inline style, no inline script"
    )
    assert len(re.findall(r"<script", page.html)) == 1
    loaded = [
        v for tag, name, v in page.attributes if (tag, name) in (("script", "src"), ("link", "href"), ("img", "src"))
    ]
    assert loaded
    assert all(value.startswith("/static/") for value in loaded)
    assert page.html.count("<h1") == 1
    assert len(page.ids) == len(set(page.ids)), "an id stands once"


@pytest.mark.parametrize("path", PAGES[1:])
async def test_a_page_shows_how_to_reach_the_centre_without_script(client: Client, path: str) -> None:
    page = await read(await client.get(path))
    assert "tel:0200000000" in page.links()
    assert "Đang mở cửa đến 11:30. Chiều 13:30–17:00." in page.text
    assert "Thôn Trung Tâm" in page.text


@pytest.mark.parametrize("path", [*PAGES, *MISSING[:3]])
async def test_every_link_of_a_page_leads_somewhere(client: Client, path: str) -> None:
    page = await read(await client.get(path))
    for link in set(page.links()):
        if link.startswith(("/", "?")):
            answer = await client.get(link if link.startswith("/") else path.partition("?")[0] + link)
            assert answer.status == 200, link
        else:
            assert link.startswith(("https://", "tel:", "#"))


async def test_a_unit_alone_is_gone_to_at_once(client: Client, site: Site) -> None:
    assert "Anh/chị ở xã, phường nào?" in (await read(await client.get("/"))).text
    del site.units["ben"]  # type: ignore[attr-defined]
    response = await client.get("/", allow_redirects=False)
    assert (response.status, response.headers["Location"]) == (302, "/mau/")


async def test_an_address_without_its_slash_is_mended(client: Client) -> None:
    response = await client.get("/mau", allow_redirects=False)
    assert (response.status, response.headers["Location"]) == (301, "/mau/")


async def test_the_first_page_offers_what_the_unit_names(client: Client) -> None:
    page = await read(await client.get("/mau/"))
    assert page.presses()[:2] == ["tt-1_001193", "tt-2_000815"]
    assert "Xã nhận 393 thủ tục" in page.text


async def test_the_list_holds_what_the_unit_takes_in_and_nothing_else(client: Client) -> None:
    assert "Tất cả: 393 thủ tục" in (await read(await client.get("/mau/tt"))).text
    page = await read(await client.get("/ben/tt"))
    assert [link for link in page.links() if link.startswith("/ben/tt/")] == ["/ben/tt/1.001193"]


async def test_a_code_finds_its_procedure(client: Client) -> None:
    page = await read(await client.get("/mau/tt?q=1.001193"))
    assert [link for link in page.links() if "/tt/" in link] == ["/mau/tt/1.001193"]


async def test_words_without_marks_find_the_procedure_first(client: Client) -> None:
    page = await read(await client.get("/mau/tt?q=dang+ky+khai+sinh"))
    assert next(link for link in page.links() if "/tt/" in link) == "/mau/tt/1.001193"


async def test_english_words_find_the_procedure_first_and_are_answered_in_english(client: Client) -> None:
    page = await read(await client.get("/mau/tt?q=birth+registration&lang=en"))
    assert next(link for link in page.links() if "/tt/" in link) == "/mau/tt/1.001193"
    page = await read(await client.get("/mau/tt?q=how+to+renew+my+passport&lang=en"))
    assert "The commune does not issue passports." in page.text


async def test_only_what_can_be_filed_by_network_is_listed_when_asked(client: Client, site: Site) -> None:
    page = await read(await client.get("/mau/tt?q=ch%E1%BB%A9ng+th%E1%BB%B1c&qua-mang=1"))
    codes = [link.rpartition("/")[2] for link in page.links() if "/tt/" in link]
    assert codes
    assert all(site.knowledge().procedures[code].facts.online_level != "none" for code in codes)


async def test_paging_shows_every_procedure_once(client: Client) -> None:
    seen: list[str] = []
    for number in range(1, 21):
        page = await read(await client.get(f"/mau/tt?trang={number}"))
        seen += [link for link in page.links() if "/tt/" in link]
    assert len(seen) == len(set(seen)) == 393


@pytest.mark.parametrize("page", ["0", "-1", "99999", "abc", "２"])
async def test_a_strange_page_number_shows_some_page(client: Client, page: str) -> None:
    assert (await client.get(f"/mau/tt?trang={page}")).status == 200


async def test_the_other_language_keeps_the_page_and_its_search(client: Client) -> None:
    page = await read(await client.get("/mau/tt?q=khai+sinh&trang=1"))
    (link,) = {link for link in page.links() if "lang=en" in link}
    english = await read(await client.get(link))
    assert '<html lang="en"' in english.html
    assert 'value="khai sinh"' in english.html
    assert "Birth registration" in english.text


async def test_a_life_event_lists_its_procedures_in_order(client: Client, site: Site) -> None:
    events = site.knowledge().events
    if not events:
        pytest.skip("no life event is written yet")
    event = next(iter(events.values()))
    page = await read(await client.get(f"/mau/tt?viec={event.key}"))
    core = [c for c in event.codes if site.units["mau"].handles(c, site.knowledge().procedures[c].facts.role)]
    assert [link.rpartition("/")[2] for link in page.links() if "/tt/" in link] == core


async def test_a_procedure_outside_the_catalogue_says_who_does_it(client: Client) -> None:
    page = await read(await client.get("/mau/tt/1.004222"))
    assert "không nhận việc này" in page.text
    assert "Công an xã" in page.text
    assert "tt-1_004222" not in page.presses()


async def test_a_case_in_the_address_shows_its_papers_alone(client: Client) -> None:
    every = await read(await client.get("/mau/tt/1.001193"))
    one = await read(await client.get("/mau/tt/1.001193?truong-hop=da-ket-hon"))
    assert "mang thai hộ" in every.text
    assert "Giấy bệnh viện xác nhận mang thai hộ" not in one.text
    assert 'class="row chosen" href="?truong-hop=da-ket-hon' in one.html


async def test_a_procedure_without_words_of_ours_says_so_and_names_the_official_page(
    client: Client, site: Site
) -> None:
    draft = next((p for p in site.knowledge().procedures.values() if not p.written), None)
    if draft is None:
        pytest.skip("every procedure is written")
    page = await read(await client.get(f"/mau/tt/{draft.code}"))
    assert "chưa soạn" in page.text
    assert draft.facts.source_url in page.links()


async def test_an_unknown_code_offers_a_search(client: Client) -> None:
    page = await read(await client.get("/mau/tt/1.00119"))
    assert "Máy chưa thấy mã 1.00119" in page.text
    assert ("form", "action", "/mau/tt") in page.attributes


async def test_the_first_page_leads_back_into_a_conversation(client: Client) -> None:
    assert "Cuộc trò chuyện trước" not in (await read(await client.get("/mau/"))).text
    await say(client, text="chào")
    assert "Cuộc trò chuyện trước" in (await read(await client.get("/mau/"))).text


@pytest.mark.parametrize(("name", "most"), [("motcua.css", 20_000), ("motcua.js", 10_000), ("mark.svg", 2_000)])
async def test_the_files_are_small_and_kept_for_ever(client: Client, name: str, most: int) -> None:
    assert set(ASSETS) == {"motcua.css", "motcua.js", "mark.svg"}
    assert (STATIC / name).stat().st_size <= most
    response = await client.get(asset(name))
    assert "immutable" in response.headers["Cache-Control"]
    stale = await client.get(f"/static/000000000000/{name}")
    assert (stale.status, stale.headers["Cache-Control"]) == (200, "no-cache")


@pytest.mark.parametrize("path", ["/static/x/settings.py", "/static/x/..%2frendering.py", "/static/x/"])
async def test_no_other_file_is_given_out(client: Client, path: str) -> None:
    assert (await client.get(path)).status == 404


async def test_a_long_conversation_stays_a_light_page(client: Client, site: Site) -> None:
    for number in range(19):
        await say(client, start="tt-1_001193", update=str(number))
    page = await read(await client.get("/mau/chat"))
    assert len(page.html.encode()) <= 100_000


class Broken:
    """A store out of reach, or a bug: whatever it is asked, it raises."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def transcript(self, *_: object, **__: object) -> list[object]:
        raise self.error


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [(StoreDown("gone"), 503, "Chờ 1 phút rồi gửi lại"), (RuntimeError("secret words"), 500, "Thử lại sau ít phút")],
)
@pytest.mark.parametrize("by_script", [False, True])
async def test_a_breakdown_is_a_sentence_with_the_way_out(
    client: Client, site: Site, error: Exception, status: int, words: str, by_script: bool
) -> None:
    await say(client, text="chào")
    object.__setattr__(site, "store", Broken(error))
    headers = {"Accept": "application/json"} if by_script else {}
    response = await client.get("/mau/chat", headers=headers)
    text = await response.text()
    assert response.status == status
    assert words in text
    assert "secret" not in text
    assert by_script or "0200 000 000" in text
