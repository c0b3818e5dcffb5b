"""A dossier code typed in: where a dossier can be looked up today."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handlers.effects import Effect, Understood
from handlers.language import gettext
from handlers.messages import Button, Incoming, Reply
from handlers.ports import Context

_ = gettext
# Shapes of codes as printed on receipts: docs/channels.md; the date and counter tell them from procedure codes and phones.
CODE = re.compile(
    r"(?<![A-Z0-9.])(?:\d{3}(?:\.\d{2,3}){1,4}\.)?[HG]\d{2}(?:\.\d{1,3}){0,4}[\s\-–—]+(?:20)?\d{6}[\s\-–—]+\d{3,12}(?!\d)"
)
LOOK_UP = "/tra-cuu-ho-so"


def dossier(incoming: Incoming, context: Context) -> Iterator[Reply | Effect]:
    """Name the official page where the code can be looked up, and the desk."""
    if incoming.kind != "text" or not CODE.search(incoming.text.upper()):
        return
    page = context.unit.portal.rstrip("/") + LOOK_UP
    yield Understood("apologize", handler="dossier")
    yield Reply(
        _(
            "Máy chưa xem được hồ sơ tại đây. Anh/chị tra mã ở trang dưới, hoặc gọi {phone}, đọc mã trên giấy hẹn."
        ).format(phone=context.unit.phone),
        buttons=(Button(_("Tra cứu hồ sơ"), url=page),),
    )
