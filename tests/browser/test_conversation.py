"""The conversation in a real browser: with the script, without it, by keyboard alone, over a bad line."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

pytestmark = pytest.mark.browser
Visit = Callable[..., BrowserContext]
SEND = "form[data-chat]:has(textarea) button.press"


def ask(page: Page, text: str) -> None:
    page.fill("#text", text)
    page.click(SEND)


def spoken(page: Page) -> list[str]:
    return page.locator(".theirs .words").all_inner_texts()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_question_on_the_first_page_is_answered_in_the_chat(visit: Visit, scripts: bool) -> None:
    page = visit(scripts=scripts).new_page()
    page.goto("/mau/")
    page.fill("#text", "cho tôi gặp cán bộ")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/mau/chat"))
    expect(page.locator(".ours").last).to_contain_text("07:30")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_row_is_pressed_and_the_card_comes(visit: Visit, scripts: bool) -> None:
    page = visit(scripts=scripts).new_page()
    page.goto("/mau/")
    page.locator("button.row", has_text="Đăng ký khai sinh").click()
    page.locator("button.row", has_text="Đã đăng ký").click()
    expect(page.locator("article.answer h3")).to_have_text("Đăng ký khai sinh")
    expect(page.locator("button.row.chosen")).to_contain_text("Đã đăng ký")
    page.locator("article.answer input[type=checkbox]").first.check()


def test_with_the_script_nothing_reloads_and_each_message_stands_once(visit: Visit) -> None:
    page = visit().new_page()
    page.goto("/mau/chat")
    page.evaluate("window.stillHere = true")
    expect(page.locator("#live")).to_have_attribute("role", "log")
    for text in ("giờ làm việc", "địa chỉ ở đâu", "số điện thoại"):
        ask(page, text)
        expect(page.locator("#text")).to_have_value("")
    expect(page.locator(".theirs .words")).to_have_count(3)
    page.wait_for_timeout(1_000)
    assert page.evaluate("window.stillHere") is True
    ids = page.locator("#log > li").evaluate_all("items => items.map(i => Number(i.id.slice(1)))")
    assert ids == sorted(set(ids))
    page.reload()
    assert page.locator("#log > li").evaluate_all("items => items.map(i => Number(i.id.slice(1)))") == ids


def test_a_second_window_of_the_same_visitor_follows(visit: Visit) -> None:
    context = visit()
    one, two = context.new_page(), context.new_page()
    one.goto("/mau/chat")
    two.goto("/mau/chat")
    ask(one, "gặp cán bộ")
    expect(two.locator(".theirs .words")).to_have_text(["gặp cán bộ"])
    expect(two.locator(".ours").last).to_contain_text("07:30")


def test_where_no_stream_comes_through_the_page_asks_by_turns(visit: Visit) -> None:
    page = visit().new_page()
    page.route("**/chat/events*", lambda route: route.abort())
    page.goto("/mau/chat")
    ask(page, "gặp cán bộ")
    expect(page.locator(".ours").last).to_contain_text("07:30", timeout=25_000)
    ask(page, "địa chỉ ở đâu")
    expect(page.locator(".theirs .words")).to_have_count(2, timeout=15_000)


def test_a_message_whose_answer_was_lost_is_sent_again_and_taken_once(visit: Visit) -> None:
    page = visit().new_page()
    lost: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        if route.request.method != "POST" or lost:
            route.continue_()
            return
        lost.append(route.request.url)
        route.fetch()  # the server takes it, the browser never hears of it
        route.abort()

    page.route("**/mau/chat", lose_the_first_answer)
    page.goto("/mau/chat")
    ask(page, "giờ làm việc")
    expect(page.locator("#text")).to_have_value("", timeout=10_000)
    page.wait_for_timeout(500)
    assert lost
    page.reload()
    assert spoken(page) == ["giờ làm việc"]


def test_without_a_line_the_words_stay_and_the_page_says_what_to_do(visit: Visit) -> None:
    context = visit()
    page = context.new_page()
    page.goto("/mau/chat")
    page.route("**/mau/chat", lambda route: route.abort())
    ask(page, "giờ làm việc")
    expect(page.locator("#status")).to_contain_text("Chưa gửi được", timeout=15_000)
    expect(page.locator("#text")).to_have_value("giờ làm việc")
    page.unroute("**/mau/chat")
    page.click(SEND)
    expect(page.locator(".theirs .words")).to_have_count(1)
    expect(page.locator("#status")).to_be_hidden()


def test_a_code_on_paper_asks_at_once_and_once_only(visit: Visit) -> None:
    page = visit().new_page()
    page.goto("/mau/chat?tt=1.001193")
    expect(page.locator(".theirs .words")).to_have_text(["Đăng ký khai sinh"])
    assert page.url.endswith("/mau/chat")
    page.reload()
    page.wait_for_timeout(500)
    assert spoken(page) == ["Đăng ký khai sinh"]


def test_the_keyboard_alone_is_enough(visit: Visit) -> None:
    page = visit().new_page()
    page.goto("/mau/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "text":
            break
    page.keyboard.type("dang ky khai sinh")
    page.keyboard.press("Enter")
    page.locator("#log .theirs").wait_for()
    page.goto("/mau/chat?tt=1.001193")
    page.locator("#log button.row").last.wait_for()
    page.locator("#text").focus()
    seen = []
    for _ in range(30):
        page.keyboard.press("Shift+Tab")
        face = page.evaluate("document.activeElement.innerText")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        seen.append(face)
        assert outline == "solid", f"focus on {face!r} cannot be seen"
        if "Đã đăng ký" in face:
            break
    assert "Đã đăng ký" in seen[-1]
    page.keyboard.press("Enter")
    expect(page.locator("article.answer")).to_be_visible()
    page.locator("article.answer input").first.focus()
    page.keyboard.press("Space")
    expect(page.locator("article.answer input").first).to_be_checked()


def test_focus_is_never_hidden_under_the_bar(visit: Visit) -> None:
    page = visit(360, 740).new_page()
    page.goto("/mau/chat?tt=1.001193")
    page.locator("#log button.row", has_text="Đã đăng ký").click()
    page.locator("article.answer").wait_for()
    page.locator("#log .chip").last.wait_for()
    page.evaluate("window.scrollTo({top: 0, behavior: 'instant'}); document.querySelector('#log button.row').focus()")
    page.wait_for_timeout(350)
    for _ in range(14):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('#log') === null"):
            break
        page.wait_for_timeout(350)
        box = page.evaluate("document.activeElement.getBoundingClientRect().toJSON()")
        bar = page.evaluate("document.querySelector('.bar').getBoundingClientRect().top")
        assert box["bottom"] <= bar + 1
