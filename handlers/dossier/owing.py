"""What is still to be paid on a dossier, in whole đồng."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from handlers.dossier.here import day_of
from handlers.dossier.model import Dossier
from handlers.dossier.notes import concealed
from handlers.language import gettext
from handlers.opening import day_text

_ = gettext
LONGEST = 40


@dataclass(frozen=True, slots=True)
class Owing:
    """`amount` is the sum of what is open (None: not all of it is known), `what` for what where it is one thing, `due` the first day by which,
    `waiting` whether the bank has still to confirm, `open` whether anything is to be paid at all."""

    open: bool = False
    amount: int | None = None
    what: str = ""
    due: date | None = None
    waiting: bool = False


def owing(dossier: Dossier) -> Owing:
    """What is open: the unpaid charges; where there is none, those the bank has not confirmed. State 6 without any charge is an unknown sum."""
    unpaid = [c for c in dossier.charges if c.state == "unpaid"]
    waiting = [c for c in dossier.charges if c.state == "waiting"]
    if not unpaid and not waiting:
        settled = any(c.state in ("paid", "exempt") for c in dossier.charges)
        return Owing(open=dossier.state == "needs_payment" and not settled)
    charges = unpaid or waiting
    amounts = [c.amount for c in charges]
    dues = [day_of(c.due) for c in charges if c.due]
    name = concealed(charges[0].name.strip()) if len(charges) == 1 else ""
    return Owing(
        open=bool(unpaid),
        amount=None if None in amounts else sum(a for a in amounts if a is not None),
        what=name if len(name) <= LONGEST else "",
        due=min(dues, default=None),
        waiting=not unpaid,
    )


def money(amount: int) -> str:
    """An amount as people read it: "75.000 đ"."""
    return f"{amount:,}".replace(",", ".") + " đ"


def owing_text(owed: Owing) -> str:
    """The sum, for what and by when, as a phrase: "75.000 đ (lệ phí đăng ký), hạn thứ Sáu, 27/11/2026"."""
    said = money(owed.amount) if owed.amount is not None else _("khoản chưa rõ số tiền")
    if owed.what:
        said += f" ({owed.what[:1].lower()}{owed.what[1:]})"
    return said + (_(", hạn {day}").format(day=day_text(owed.due)) if owed.due else "")
