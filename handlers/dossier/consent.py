"""What people agree to when they watch a dossier: the words, and the version by which the consent is kept.

Asked for by itself, with what is kept and for how long, how to stop, and what this channel can and cannot do (Luật Bảo vệ dữ liệu cá nhân
91/2025/QH15, Điều 9; Nghị định 356/2025/NĐ-CP, Điều 6).
"""

from __future__ import annotations

from handlers.dossier.here import Here
from handlers.language import gettext
from handlers.ports import ABROAD, ASKED_ONLY, WINDOW_DAYS

_ = gettext
CONSENT = "watch-2026-11"  # goes with the words below: whoever changes them changes it


def question(code: str, here: Here) -> str:
    """The question of consent to watch `code` on this channel."""
    said = _("Báo tin hồ sơ {code} tại đây? Máy giữ mã này tới {n} ngày sau khi nhận kết quả. Muốn thôi: gõ dừng.")
    lines = [said.format(code=code, n=here.unit.dossiers.keep_days)]
    name = ABROAD.get(here.channel, "")
    if here.channel in WINDOW_DAYS:
        said = _("{name} chỉ cho nhắn trong {n} ngày sau tin cuối của anh/chị. Quá {n} ngày, cán bộ gọi điện.")
        channel, days = WINDOW_DAYS[here.channel]
        lines.append(said.format(name=channel, n=days))
    elif here.channel in ASKED_ONLY:
        lines.append(_("Trang này không tự báo: anh/chị mở lại trang này để xem tin."))
    if name:
        lines.append(_("Tin đi qua máy chủ {name} ở nước ngoài.").format(name=name))
    return "\n".join(lines)
