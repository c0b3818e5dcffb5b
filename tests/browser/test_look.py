"""Every page, seen: at three widths, light and dark, with and without scripts, with large text, on paper. Pictures go to var/screenshots."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page

from tests.browser.conftest import PICTURES

pytestmark = pytest.mark.browser
Visit = Callable[..., BrowserContext]
PAGES = {
    "home": "/mau/",
    "chat": "/mau/chat",
    "list": "/mau/tt?q=khai+sinh",
    "procedure": "/mau/tt/1.001193?truong-hop=da-ket-hon",
    "elsewhere": "/mau/tt/1.004222",
    "kept": "/mau/dieu-can-biet",
    "missing": "/mau/tt/9.999999",
}
WIDTHS = [(360, 740), (1024, 768), (1440, 900)]


def opened(context: BrowserContext, name: str) -> Page:
    """The page, and for the chat a question, a choice and a short question in it."""
    page = context.new_page()
    page.goto(PAGES[name])
    if name == "chat":
        page.goto("/mau/chat?tt=1.001193")
        if page.locator("section button[name=start]").is_visible():
            page.click("section button[name=start]")
        page.locator("button.row[name=key]").first.click()
        page.locator("article.answer").wait_for()
        page.fill("#text", "còn lệ phí thì sao")
        page.click("form[data-chat]:has(textarea) button.press")
        page.locator(".words", has_text="còn lệ phí").wait_for()
        page.locator("li.ours").last.locator(".stub").wait_for()
    return page


def picture(page: Page, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png", full_page=True)


def serious(page: Page) -> list[str]:
    """What axe finds serious or critical: rule and places."""
    violations = Axe().run(page).response["violations"]
    return [
        f"{v['id']}: {[n['target'] for n in v['nodes']]}" for v in violations if v["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize(("width", "height"), WIDTHS)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_its_width_and_has_no_serious_barrier(visit: Visit, name: str, width: int, height: int) -> None:
    page = opened(visit(width, height), name)
    picture(page, f"{name}-{width}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width, "no sideways scroll"
    assert serious(page) == []


@pytest.mark.parametrize("name", PAGES)
def test_a_dark_page_has_no_serious_barrier(visit: Visit, name: str) -> None:
    page = opened(visit(1024, 768, dark=True), name)
    picture(page, f"{name}-1024-dark")
    assert serious(page) == []


@pytest.mark.parametrize(("width", "height"), WIDTHS)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_without_scripts_says_the_same(visit: Visit, name: str, width: int, height: int) -> None:
    page = opened(visit(width, height, scripts=False), name)
    picture(page, f"{name}-{width}-no-script")
    page.locator("main h1").first.wait_for(state="attached")
    assert page.locator("main").inner_text().strip()


@pytest.mark.parametrize("name", PAGES)
def test_twice_the_text_on_the_narrowest_phone_needs_no_sideways_scroll(visit: Visit, name: str) -> None:
    page = opened(visit(320, 640, arguments=("--blink-settings=defaultFontSize=32",)), name)
    picture(page, f"{name}-320-200pct")
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    cut = page.evaluate(
        """[...document.querySelectorAll('main *, header *, footer *')].filter(e => {
            const box = e.getBoundingClientRect();
            return box.width > 1 && box.right > innerWidth + 1;
        }).map(e => e.tagName + '.' + e.className)"""
    )
    assert cut == [], "nothing is cut off at the edge either"


@pytest.mark.parametrize("path", ["/mau/tt/1.001193?truong-hop=da-ket-hon", "/mau/tt/2.000815", "/mau/tt/1.004222"])
def test_a_procedure_prints_on_one_sheet_of_a5_with_two_codes(visit: Visit, tmp_path: Path, path: str) -> None:
    page = visit().new_page()
    page.goto(path)
    sheet = page.pdf(path=tmp_path / "a5.pdf", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", sheet)) == 1
    box = re.search(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", sheet)
    assert box
    assert (round(float(box[1]) / 72 * 25.4), round(float(box[2]) / 72 * 25.4)) == (148, 210)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 483, "height": 718})
    page.screenshot(path=PICTURES / f"a5-{path[8:16]}.png", full_page=True)
    sizes = page.evaluate(
        "[...document.querySelectorAll('.qr svg')].map(e => e.getBoundingClientRect().width / 96 * 25.4)"
    )
    assert [round(size) for size in sizes] == [28, 28]
    for hidden in (".band", ".foot", "main button", "main .rows"):
        assert not page.locator(hidden).first.is_visible()
