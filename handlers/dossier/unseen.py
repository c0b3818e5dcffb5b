"""What is said of a code that nothing may be said of: nobody knows it, it is no longer kept, it is another unit's, or this chat is locked.

All of them are told in the same words, which hang on the typed code and the time of the data alone (docs/privacy.md): whoever guesses learns
nothing. Only a code of the unit so young that the data may not reach it is told so; that, too, is read off the code.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from handlers.dossier.codes import filed, of_unit
from handlers.dossier.here import Here, until_text
from handlers.keys import dossier_key
from handlers.language import gettext
from handlers.messages import Button, Reply
from knowledge.unit import ZONE

_ = gettext


def unseen(code: str, until: datetime | None, here: Here) -> Reply:
    """The answer; `until` is the time the unit's data is from, None where there is none at all."""
    page, phone = here.unit.look_up_page, here.unit.phone
    person = Button(_("Gặp cán bộ"), "m1.person")
    if until is None:
        said = _("Máy chưa có dữ liệu hồ sơ. Anh/chị tra mã ở {page}, hoặc gọi {phone}.").format(page=page, phone=phone)
        return Reply(said, buttons=(person,))
    wait = Button(_("Khi thấy thì báo tôi"), dossier_key("w", code))
    if young(code, until, here):
        said = _(
            "Hồ sơ {code} chưa có trong dữ liệu. {until} Nộp sau giờ đó thì chờ lần cập nhật tới.\n"
            "Có tin, máy báo được cho anh/chị tại đây."
        )
    else:
        said = _(
            "Chưa thấy hồ sơ {code}. {until} Nộp sau giờ đó thì chờ lần cập nhật tới.\n"
            "Anh/chị xem lại mã trên giấy hẹn, hoặc tra ở {page}"
        )
    return Reply(said.format(code=code, until=until_text(until), page=page), buttons=(wait, person))


def young(code: str, until: datetime, here: Here) -> bool:
    """Whether a code of the unit is from a day that the data may not hold yet: its day is at most `lag_hours` before the data's time."""
    day = filed(code, here.today)
    if day is None or not of_unit(code, here.unit.dossier_prefixes):
        return False
    return datetime.combine(day, time.min, ZONE) + timedelta(hours=here.unit.dossiers.lag_hours) >= until
