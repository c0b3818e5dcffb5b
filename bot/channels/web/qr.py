"""A QR code as SVG to stand in a page: quiet zone of four modules, black on white in every mode, its words beside it."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

from markupsafe import Markup


@lru_cache(maxsize=2048)
def qr_svg(address: str) -> Markup:
    """The code of `address`. Error correction M: paper at a counter gets folded and smudged."""
    import segno

    out = BytesIO()
    segno.make(address, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, nl=False, border=4, omitsize=True, svgclass=None, lineclass=None, light="#fff"
    )
    drawing = out.getvalue().decode()
    return Markup(drawing.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1))  # noqa: S704 - drawn by segno
