"""Codes in photos are read as phones take them, and no picture takes the server down."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import struct
import subprocess
import sys
import time
import zlib
from contextlib import suppress
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from bot import decoding, scanning
from bot.scanning import NoPicture, PictureTooBig, Scanner, read_codes
from tests.fakes import photos
from tests.fakes.photos import bars, code128, qr, saved, sheet

CODE = "H48.99.01-261120-0007"
LINK = "https://t.me/motcua_mau_bot?start=hs-H48_99_01-261120-0007"
BAR = code128(CODE)


@pytest.fixture(autouse=True)
def whole(caplog: pytest.LogCaptureFixture) -> None:
    """The log says of every picture that was not decoded to its end: none may go unnoticed."""
    caplog.set_level(logging.INFO, "bot.scanning")


@pytest.mark.parametrize(
    "photo",
    [
        pytest.param(sheet(qr(CODE)), id="a receipt"),
        pytest.param(sheet(qr(CODE), degrees=10), id="held askew"),
        pytest.param(sheet(qr(CODE), degrees=45), id="by a corner"),
        pytest.param(sheet(qr(CODE), degrees=200), id="upside down"),
        pytest.param(photos.tilted(sheet(qr(CODE)), 0.3), id="from the side"),
        pytest.param(photos.blurred(sheet(qr(CODE)), 6), id="out of focus"),
        pytest.param(photos.shaken(sheet(qr(CODE)), 16), id="shaken"),
        pytest.param(photos.grainy(sheet(qr(CODE)), 60), id="grainy"),
        pytest.param(photos.grainy(photos.dark(sheet(qr(CODE)), 0.12), 4), id="in the dark"),
        pytest.param(sheet(qr(CODE), (4000, 3000), 0.04), id="small in twelve megapixels"),
        pytest.param(sheet(qr(CODE), (1280, 960), 0.1), id="as Telegram shrinks it"),
        pytest.param(sheet(qr(CODE)).point(lambda v: 255 - v), id="white on black"),
        pytest.param(sheet(BAR, share=0.6), id="a bar code"),
        pytest.param(sheet(BAR, share=0.6, degrees=90), id="a bar code on its side"),
        pytest.param(sheet(BAR, share=0.6, degrees=45), id="a bar code askew"),
        pytest.param(photos.tilted(sheet(BAR, share=0.6), 0.3), id="a bar code from the side"),
        pytest.param(photos.grainy(sheet(BAR, share=0.6), 40), id="a grainy bar code"),
        pytest.param(photos.dark(sheet(BAR, share=0.6), 0.12), id="a bar code in the dark"),
        pytest.param(sheet(bars(CODE, "Code39"), share=0.8), id="Code 39"),
        pytest.param(sheet(bars(CODE, "DataMatrix", 12), share=0.25), id="DataMatrix"),
        pytest.param(sheet(bars(CODE, "PDF417"), share=0.5), id="PDF417"),
    ],
)
def test_a_code_is_read_as_phones_take_it(photo: Image.Image) -> None:
    assert read_codes(saved(photo)) == (CODE,)


@pytest.mark.parametrize(("kind", "orientation"), [("JPEG", 6), ("JPEG", 3), ("PNG", 1), ("WEBP", 1)])
def test_every_kind_of_file_a_phone_makes_is_opened(kind: str, orientation: int) -> None:
    assert read_codes(saved(sheet(BAR, share=0.6), kind, orientation=orientation)) == (CODE,)


def test_a_drawing_on_a_see_through_ground_lies_on_white_paper() -> None:
    code = qr(CODE)
    drawing = Image.new("RGBA", code.size, (0, 0, 0, 0))
    drawing.paste((0, 0, 0, 255), (0, 0), code.point(lambda v: 255 - v))
    out = BytesIO()
    drawing.save(out, "PNG")
    assert read_codes(out.getvalue()) == (CODE,)


def test_all_codes_of_one_photo_are_read_each_once() -> None:
    page = sheet(qr(LINK), share=0.25)
    page.paste(BAR, (60, 60))
    page.paste(qr(LINK).resize((300, 300)), (1200, 60))
    assert sorted(read_codes(saved(page))) == sorted((CODE, LINK))


def test_goods_are_no_papers() -> None:
    assert read_codes(saved(sheet(bars("8934563138165", "EAN13"), share=0.4))) == ()


@pytest.mark.parametrize(
    "photo", [Image.new("L", (1, 1)), sheet(Image.new("L", (9, 9), 255)), photos.blurred(sheet(BAR, share=0.6), 9)]
)
def test_a_photo_without_a_code_that_can_be_read_says_nothing(
    photo: Image.Image, caplog: pytest.LogCaptureFixture
) -> None:
    assert read_codes(saved(photo)) == ()
    assert not caplog.records, "it was looked at to the end"


# What must not take the server down


def png_that_says_it_is(width: int, height: int) -> bytes:
    """A PNG of a few bytes that unpacks to as many pixels as its header says."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(bytes(min(width * height, 60_000_000) + min(height, 100_000)), 9)
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "data",
    [b"", b"x", b"%PDF-1.7 no picture", b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", os.urandom(5000), b"\xff\xd8\xff"],
)
def test_what_is_no_picture_is_called_so(data: bytes) -> None:
    with pytest.raises(NoPicture):
        read_codes(data)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(bytes(scanning.BIGGEST + 1), id="too many bytes"),
        pytest.param(png_that_says_it_is(9_000, 9_000), id="a bomb of 81 megapixels"),
        pytest.param(png_that_says_it_is(2_000_000, 2_000), id="a bomb of four gigapixels"),
    ],
)
def test_a_picture_too_big_to_be_opened_is_refused(data: bytes) -> None:
    began = time.monotonic()
    with pytest.raises(PictureTooBig):
        read_codes(data)
    assert time.monotonic() - began < 5


def test_a_phone_of_two_hundred_megapixels_is_read_all_the_same() -> None:
    huge = saved(sheet(qr(CODE), (8000, 6000), 0.2).resize((16000, 12000)), quality=30)
    assert read_codes(huge) == (CODE,)


@pytest.mark.parametrize("cut", [200, 5_000, 40_000])
def test_a_file_cut_off_in_the_middle_says_nothing(cut: int) -> None:
    try:
        assert read_codes(saved(sheet(qr(CODE)))[:cut]) == ()
    except NoPicture:
        assert cut == 200


def test_damaged_files_break_nothing() -> None:
    whole = bytearray(saved(sheet(qr(CODE), (800, 600))))
    for step in (97, 1009, 5003):
        damaged = bytearray(whole)
        damaged[200::step] = bytes(255 - b for b in damaged[200::step])
        with suppress(NoPicture):
            assert read_codes(bytes(damaged)) in ((), (CODE,))


def test_a_child_that_wants_too_much_memory_ends_and_the_server_goes_on() -> None:
    code = f"import sys; sys.path.insert(0, {str(Path(decoding.__file__).parent)!r})\nimport decoding\ndecoding.bounded()\nbytearray(2**30)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 1
    assert "MemoryError" in done.stderr


def child_that(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    monkeypatch.setattr(scanning, "_CHILD", (sys.executable, "-I", "-c", code))


def test_a_child_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    child_that(monkeypatch, "import time; time.sleep(60)")
    began = time.monotonic()
    assert read_codes(b"picture", patience=0.5) == ()
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("code", ["import os; os.abort()", "import os; os.kill(os.getpid(), 9)", "raise ValueError"])
def test_a_child_that_dies_says_nothing(
    monkeypatch: pytest.MonkeyPatch, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    child_that(monkeypatch, code)
    assert read_codes(b"picture") == ()
    assert "could not be decoded" in caplog.text


def test_the_child_knows_no_secret_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAU_TELEGRAM_TOKEN", "bi mat")
    child_that(monkeypatch, "import json, os, sys; sys.stdin.buffer.read(); print(json.dumps(sorted(os.environ)))")
    assert not {"MAU_TELEGRAM_TOKEN", "PATH", "HOME"} & set(read_codes(b"picture"))


# For the event loop


async def test_the_server_goes_on_while_a_picture_is_decoded() -> None:
    scanner = Scanner()
    data = saved(sheet(Image.new("L", (9, 9), 255), (4000, 3000)))
    longest, busy = 0.0, asyncio.create_task(scanner.codes(data))
    while not busy.done():
        began = time.monotonic()
        await asyncio.sleep(0.01)
        longest = max(longest, time.monotonic() - began)
    assert await busy == ()
    assert longest < 0.5


async def test_few_are_decoded_side_by_side_and_a_hanging_one_lets_the_next_in(monkeypatch: pytest.MonkeyPatch) -> None:
    child_that(monkeypatch, "import time; time.sleep(60)")
    scanner = Scanner(at_once=1, patience=0.3)
    began = time.monotonic()
    assert await asyncio.gather(*(scanner.codes(b"x") for _ in range(3))) == [(), (), ()]
    assert 0.8 < time.monotonic() - began < 6


async def test_who_no_longer_waits_leaves_no_child_behind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    child_that(monkeypatch, f"import os, time; open({str(mark)!r}, 'w').write(str(os.getpid())); time.sleep(60)")
    task = asyncio.create_task(Scanner().codes(b"x"))
    while not (mark.exists() and mark.read_text()):
        await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(ProcessLookupError):
        os.kill(int(mark.read_text()), 0)


async def test_nothing_but_what_is_ours_leaves_the_scanner() -> None:
    now = datetime(2026, 11, 20, 3, tzinfo=UTC)
    scanner = Scanner()
    card = saved(sheet(qr("000000000000|000000000|Nguyễn Văn Mẫu|01011990|Nam|Thôn 1, xã Mẫu|01012021")))
    assert vars_of(await scanner.meaning(card, now)) == {"text": "", "payload": "other"}
    assert vars_of(await scanner.meaning(saved(sheet(qr(LINK))), now)) == {
        "text": CODE,
        "payload": "hs-H48_99_01-261120-0007",
    }


def vars_of(meant: object) -> dict[str, str]:
    """The fields of a frozen dataclass with slots."""
    return {name: getattr(meant, name) for name in ("text", "payload")}


def test_the_answer_of_the_child_is_plain_json() -> None:
    done = subprocess.run([*scanning._CHILD], input=saved(sheet(qr(CODE))), capture_output=True, env={})
    assert json.loads(done.stdout) == [CODE]
