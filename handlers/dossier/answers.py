"""The answer about a dossier that this chat may see: its words and what can be done next."""

from __future__ import annotations

from handlers.dossier.glance import Glance
from handlers.dossier.here import Here
from handlers.dossier.lateness import lateness
from handlers.dossier.model import Dossier
from handlers.dossier.owing import owing
from handlers.dossier.telling import tell
from handlers.keys import dossier_key
from handlers.language import gettext
from handlers.messages import Button, Reply

_ = gettext
OVER = frozenset(("withdrawn", "returned"))  # nothing moves any more: there is nothing to watch


def found(dossier: Dossier, seen: Glance, here: Here) -> Reply:
    """The answer for a dossier that this chat may see."""
    text = tell(dossier, here, full=seen.full, label=seen.label)
    code = dossier.code
    if dossier.state == "needs_payment" and seen.full and owing(dossier).open:
        return stuck_question(code, text)
    buttons: list[Button] = []
    if dossier.state == "needs_payment" and not seen.full:
        buttons.append(Button(_("Cách nộp tiền"), dossier_key("y", code)))
    if lateness(dossier, here) or (dossier.state == "needs_papers" and dossier.requests > 1):
        buttons.append(Button(_("Gặp cán bộ"), "m1.person"))
        if "phan-anh" in here.knowledge.topics:
            buttons.append(Button(_("Gửi phản ánh"), "t1.phan-anh"))
    if seen.watching:
        buttons += [
            Button(_("Đặt tên hồ sơ"), dossier_key("n", code)),
            Button(_("Dừng báo tin"), dossier_key("u", code)),
        ]
    elif dossier.state not in OVER:
        buttons.insert(0, Button(_("Báo tôi khi có tin"), dossier_key("w", code)))
    return Reply(text, buttons=tuple(buttons))


def stuck_question(code: str, text: str) -> Reply:
    """What is to be paid, and the question what keeps them from it: five causes, each with its help (handlers/dossier/paying.py)."""
    causes = (
        ("no_account", _("Chưa có tài khoản")),
        ("how", _("Chưa biết cách nộp")),
        ("paid", _("Đã nộp rồi")),
        ("desk", _("Nộp tại quầy")),
        ("not_mine", _("Không phải của tôi")),
    )
    buttons = tuple(Button(title, dossier_key("y", code, cause)) for cause, title in causes)
    return Reply(text + "\n" + _("Anh/chị vướng ở đâu?"), buttons=buttons, ask=True)
