"""Photos of papers as phones make them: a code on a sheet, turned, tilted, blurred, grainy, dark, small. Always the same for one seed."""

from __future__ import annotations

import math
import random
from io import BytesIO

import segno
import zxingcpp
from PIL import Image, ImageDraw, ImageFilter

PAPER = 245


def qr(text: str, scale: int = 8) -> Image.Image:
    """A QR code with its quiet zone, `scale` pixels a module."""
    out = BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="png", scale=scale, border=4)
    return Image.open(out).convert("L")


def bars(text: str, kind: str = "Code128", scale: int = 4) -> Image.Image:
    """A bar code of any kind that the decoder's own writer knows, `scale` pixels a module, with its quiet zone."""
    code = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, kind))
    drawn = zxingcpp.write_barcode_to_image(code, scale=scale)
    return Image.frombuffer("L", (drawn.shape[1], drawn.shape[0]), bytes(memoryview(drawn).cast("B")))


def code128(text: str, module: int = 3, height: int = 160) -> Image.Image:
    """Code 128 (set B) drawn from the standard's table by ourselves, so that no decoder proves its own writer right."""
    values = [104] + [ord(c) - 32 for c in text]
    values += [(values[0] + sum(n * v for n, v in enumerate(values) if n)) % 103]
    widths = "".join(_CODE128[v] for v in values) + "2331112"
    total = sum(map(int, widths)) * module
    code = Image.new("L", (total + 40 * module, height + 40), 255)
    draw, x = ImageDraw.Draw(code), 20 * module
    for n, width in enumerate(int(w) * module for w in widths):
        if n % 2 == 0:
            draw.rectangle((x, 20, x + width - 1, 20 + height), fill=0)
        x += width
    return code


def sheet(
    code: Image.Image, size: tuple[int, int] = (1600, 1200), share: float = 0.35, degrees: float = 0
) -> Image.Image:
    """A table with a sheet of paper on it that carries lines of text and the code; the code takes `share` of the width."""
    page = Image.new("L", size, 120)
    width, height = size
    draw = ImageDraw.Draw(page)
    draw.rectangle((width * 0.06, height * 0.04, width * 0.94, height * 0.97), fill=PAPER)
    rng = random.Random(7)
    for line in range(12):
        y = height * (0.08 + 0.02 * line)
        draw.line((width * 0.1, y, width * (0.4 + 0.4 * rng.random()), y), fill=60, width=max(1, height // 300))
    wide = max(8, int(width * share))
    shown = code.resize((wide, max(8, int(wide * code.height / code.width))), Image.Resampling.LANCZOS)
    if degrees:
        shown = shown.rotate(degrees, expand=True, fillcolor=PAPER, resample=Image.Resampling.BICUBIC)
    top = min(int(height * 0.66) - shown.height // 2, height - shown.height)
    page.paste(shown, ((width - shown.width) // 2, max(0, top)))
    return page


def tilted(photo: Image.Image, amount: float = 0.15) -> Image.Image:
    """Seen from the side: the far edge shorter by `amount` at each end."""
    width, height = photo.size
    shift = width * amount
    near = [(0, 0), (width, 0), (width, height), (0, height)]
    far = [(shift, height * amount / 2), (width - shift, 0), (width, height), (0, height)]
    return photo.transform(photo.size, Image.Transform.PERSPECTIVE, _perspective(far, near), Image.Resampling.BICUBIC)


def blurred(photo: Image.Image, radius: float) -> Image.Image:
    """Out of focus by `radius` pixels."""
    return photo.filter(ImageFilter.GaussianBlur(radius))


def shaken(photo: Image.Image, length: int) -> Image.Image:
    """Moved sideways while it was taken, by `length` pixels."""
    out = photo.convert("L")
    for n in range(1, length):
        out = Image.blend(out, photo.transform(photo.size, Image.Transform.AFFINE, (1, 0, n, 0, 1, 0)), 1 / (n + 1))
    return out


def grainy(photo: Image.Image, sigma: float) -> Image.Image:
    """With the noise of a small sensor, of standard deviation `sigma` (of 255)."""
    noise = Image.effect_noise(photo.size, sigma)
    return Image.blend(photo, noise, 0.5).point(lambda v: max(0, min(255, (v - 64) * 2)))


def dark(photo: Image.Image, light: float) -> Image.Image:
    """Taken with `light` (0 to 1) of the light, more on one side than on the other."""
    gradient = Image.linear_gradient("L").resize(photo.size).point(lambda v: int(255 * light * (0.4 + 0.6 * v / 255)))
    black = Image.new("L", photo.size, 0)
    return Image.composite(photo, black, gradient)


def saved(photo: Image.Image, kind: str = "JPEG", quality: int = 80, orientation: int = 1) -> bytes:
    """As a phone saves it; `orientation` is EXIF's (6: to be turned a quarter to the right)."""
    out, exif = BytesIO(), Image.Exif()
    exif[0x0112] = orientation
    photo.convert("RGB").save(out, kind, quality=quality, exif=exif)
    return out.getvalue()


def _perspective(to: list[tuple[float, float]], from_: list[tuple[float, float]]) -> list[float]:
    """The eight numbers that take each point of `to` to its point of `from_`: a linear system, solved by Gauss."""
    rows = []
    for (x, y), (u, v) in zip(to, from_, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y, u], [0, 0, 0, x, y, 1, -v * x, -v * y, v]]
    for i in range(8):
        pivot = max(range(i, 8), key=lambda r: math.fabs(rows[r][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [value / rows[i][i] for value in rows[i]]
        for r in range(8):
            if r != i:
                rows[r] = [a - rows[r][i] * b for a, b in zip(rows[r], rows[i], strict=True)]
    return [row[8] for row in rows]


# ISO/IEC 15417, table 1: widths of bars and spaces of the values 0 to 105.
_CODE128 = (  # noqa: SIM905 - a table is read as one
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 123122 123221 "
    "223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 232121 111323 131123 131321 "
    "112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 231131 213113 213311 213131 "
    "311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 111422 121124 121421 141122 141221 112214 112412 122114 "
    "122411 142112 142211 241211 221114 413111 241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 "
    "214121 412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 211214 211232"
).split()
