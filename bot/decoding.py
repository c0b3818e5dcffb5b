"""Reads QR and bar codes in one picture: bytes on standard input, a JSON list of texts on standard output.

Run as a program of its own (`bot/scanning.py`), never imported by the server: a picture comes from anybody, and what a damaged one does to a
decoder must stay in here. So nothing of the project is imported, and memory and processor time are bounded before the first byte is read.

Exit: 0 read, with whatever was found; 2 no picture of a kind that is read; 3 a picture too big to be opened; 4 one that breaks while it is
read.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

MEMORY = 768 * 1024 * 1024  # bytes of address space; a picture of 64 megapixels needs half of it
SECONDS = 10  # of processor time
KINDS = ("JPEG", "PNG", "WEBP")
PIXELS = 64_000_000
# A JPEG is opened at a half or a quarter of its size where that is enough, so a phone's 200 megapixels do no harm.
PIXELS_JPEG = 220_000_000
SIDE = 4000  # pixels of the longer side that are looked at, at most
MOST = 8  # codes of one picture
LONGEST = 2000  # characters of one code; a dossier's has thirty, a link a hundred
NO_PICTURE, TOO_BIG, BROKEN = 2, 3, 4


def bounded() -> None:
    """Bound what this process may use. Nothing where the system has no such bounds (Windows): there the parent's clock is all."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def texts(data: bytes) -> list[str]:
    """What the codes in a picture say, each once. Exits for what is no picture or too big."""
    import zxingcpp
    from PIL import Image

    # EAN and UPC stand on goods, not on papers.
    kinds = zxingcpp.BarcodeFormat
    linear = kinds.Code128 | kinds.Code39
    every = kinds.Code128 | kinds.Code39 | kinds.QRCode | kinds.DataMatrix | kinds.PDF417
    warnings.simplefilter("ignore")
    Image.MAX_IMAGE_PIXELS = None  # our own bounds are below, on the size that the header tells
    try:
        picture = Image.open(BytesIO(data), formats=KINDS)
    except Exception:
        sys.exit(NO_PICTURE)
    width, height = picture.size
    if width * height > (PIXELS_JPEG if picture.format == "JPEG" else PIXELS):
        sys.exit(TOO_BIG)
    found: dict[str, None] = {}
    for seen, is_slanted in _looks(picture):
        wanted = linear if is_slanted else every
        for code in zxingcpp.read_barcodes(seen, formats=wanted, text_mode=zxingcpp.TextMode.Plain):
            if code.valid and code.text and len(code.text) <= LONGEST:
                found[code.text] = None
        if found:
            break
    return list(found)[:MOST]


def _looks(picture: Image.Image) -> Iterator[tuple[Image.Image, bool]]:
    """The picture in gray, turned upright, in the forms that are tried, likeliest first; and whether it was turned askew for bar codes."""
    from PIL import Image, ImageFilter, ImageOps

    picture.draft(
        "L", (SIDE // 2, SIDE // 2)
    )  # a JPEG only: decoded at the smallest size that is still no smaller than this
    # Turned after it is small: the turn needs the whole picture a second time. A see-through ground is paper, not ink.
    picture.thumbnail((SIDE, SIDE), Image.Resampling.BOX)
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        see_through = picture.convert("RGBA")
        picture = Image.new("RGBA", see_through.size, "white")
        picture.alpha_composite(see_through)
    whole = ImageOps.exif_transpose(picture).convert("L")
    half = _scaled(whole, 0.5)
    # What the tries below work on: enough pixels for a code that fills a fifth of the picture, and not one too many.
    middle = whole if max(whole.size) <= 1600 else half
    first, second = (whole, half) if max(whole.size) <= 1200 else (half, whole)
    yield first, False
    yield second, False
    # Dim light: the few grays that there are, spread over all. The noise goes first, or it is what would be spread.
    yield ImageOps.autocontrast(middle.filter(ImageFilter.MedianFilter(3)), cutoff=1), False
    # Out of focus: the edges brought back, in two strengths.
    for radius in (2, 5):
        yield ImageOps.autocontrast(middle.filter(ImageFilter.UnsharpMask(radius, 400, 0)), cutoff=1), False
    # A code close up, or full of grain: the grid stands out in fewer pixels; one far away wants more.
    yield ImageOps.autocontrast(_scaled(middle, 0.5).filter(ImageFilter.GaussianBlur(1)), cutoff=1), False
    if max(whole.size) <= 1600:
        yield ImageOps.autocontrast(_scaled(whole, 2).filter(ImageFilter.UnsharpMask(4, 200, 0)), cutoff=1), False
    # The decoder looks along rows and columns; a bar code held askew crosses them. Matrix codes it finds at any angle.
    for degrees in (22.5, 45, 67.5):
        yield middle.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=255), True


def _scaled(picture: Image.Image, factor: float) -> Image.Image:
    from PIL import Image

    size = max(1, round(picture.width * factor)), max(1, round(picture.height * factor))
    return picture.resize(size, Image.Resampling.BOX if factor < 1 else Image.Resampling.BICUBIC)


if __name__ == "__main__":
    bounded()
    try:
        answer = texts(sys.stdin.buffer.read())
    except Exception:
        # Cut off in the middle, or in need of more memory than it may have.
        sys.exit(BROKEN)
    sys.stdout.write(json.dumps(answer))
