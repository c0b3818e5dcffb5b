"""Sending a photo of a receipt from the page, with and without scripts, on a small phone, a tablet and a desk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import PICTURES
from tests.browser.test_look import serious
from tests.fakes.photos import blurred, qr, saved, sheet

pytestmark = pytest.mark.browser
Visit = Callable[..., BrowserContext]
CODE = "H48.99.01-261120-0007"
WIDTHS = [(320, 640), (1024, 768), (1440, 900)]


@pytest.fixture(scope="module")
def receipt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A photo of twelve megapixels, as a phone takes it, turned by EXIF."""
    path = tmp_path_factory.mktemp("photo") / "giay-hen.jpg"
    path.write_bytes(saved(sheet(qr(CODE), (4000, 3000), 0.2), quality=97, orientation=6) + bytes(1_500_000))
    return path


def opened(context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto("/mau/chat")
    page.click(".snap summary")
    return page


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize(("width", "height"), WIDTHS)
def test_a_receipt_is_photographed_and_answered(
    visit: Visit, receipt: Path, width: int, height: int, scripts: bool
) -> None:
    page = opened(visit(width, height, scripts=scripts))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"photo-{width}-{'js' if scripts else 'plain'}.png")
    assert not serious(page) if scripts else True
    page.set_input_files("#photo", receipt)
    if not scripts:
        page.click(".snap button")
    expect(page.locator(".theirs .words").last).to_have_text(f"Ảnh: {CODE}")
    expect(page.locator(".ours").last).to_be_visible()
    page.screenshot(path=PICTURES / f"photo-read-{width}-{'js' if scripts else 'plain'}.png")


def test_a_big_photo_is_made_smaller_before_it_leaves(visit: Visit, receipt: Path) -> None:
    page = opened(visit(360, 740))
    sizes: list[int] = []
    page.on("request", lambda r: sizes.append(len(r.post_data_buffer or b"")) if "photo" in r.url else None)
    page.set_input_files("#photo", receipt)
    expect(page.locator(".theirs .words").last).to_have_text(f"Ảnh: {CODE}")
    assert receipt.stat().st_size > 1_500_000
    assert sizes
    assert sizes[0] < 1_000_000


@pytest.mark.parametrize("width", [320, 1024])
def test_what_is_wrong_with_a_photo_is_said_beside_it(visit: Visit, tmp_path: Path, width: int) -> None:
    page = opened(visit(width, 700))
    paper = tmp_path / "don.pdf"
    paper.write_bytes(b"%PDF-1.7")
    page.set_input_files("#photo", paper)
    expect(page.locator("#loi-anh")).to_contain_text("Máy không mở được tệp này.")
    expect(page.locator("#photo")).to_be_visible()
    page.screenshot(path=PICTURES / f"photo-wrong-{width}.png")
    dim = tmp_path / "mo.jpg"
    dim.write_bytes(saved(blurred(sheet(qr(CODE)), 30)))
    page.set_input_files("#photo", dim)
    expect(page.locator(".ours").last).to_contain_text("Ảnh chưa rõ mã.")


def test_a_receipt_s_link_asks_by_itself(visit: Visit) -> None:
    page = visit(360, 740).new_page()
    page.goto("/mau/?hs=H48_99_01-261120-0007")
    expect(page.locator(".theirs .words").last).to_have_text(f"Hồ sơ {CODE}")
    assert "hs=" not in page.url


def test_without_scripts_a_receipt_s_link_asks_at_a_press(visit: Visit) -> None:
    page = visit(360, 740, scripts=False).new_page()
    page.goto("/mau/?hs=H48_99_01-261120-0007")
    page.screenshot(path=PICTURES / "receipt-link.png")
    page.click("text=Xem hồ sơ này")
    expect(page.locator(".theirs .words").last).to_have_text(f"Hồ sơ {CODE}")
