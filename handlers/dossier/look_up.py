"""A dossier code typed in: where a dossier can be looked up today."""

from __future__ import annotations

from collections.abc import Iterator

from handlers.dossier.codes import read
from handlers.effects import Effect, Understood
from handlers.language import gettext
from handlers.messages import Button, Incoming, Reply
from handlers.ports import Context
from knowledge.unit import ZONE

_ = gettext
LOOK_UP = "/tra-cuu-ho-so"


def dossier(incoming: Incoming, context: Context) -> Iterator[Reply | Effect]:
    """Name the official page where the code can be looked up, and the desk."""
    if incoming.kind != "text" or not read(incoming.text, context.now.astimezone(ZONE).date()).codes:
        return
    page = context.unit.portal.rstrip("/") + LOOK_UP
    yield Understood("apologize", handler="dossier")
    yield Reply(
        _(
            "Máy chưa xem được hồ sơ tại đây. Anh/chị tra mã ở trang dưới, hoặc gọi {phone}, đọc mã trên giấy hẹn."
        ).format(phone=context.unit.phone),
        buttons=(Button(_("Tra cứu hồ sơ"), url=page),),
    )
