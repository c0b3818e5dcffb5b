"""What a JSON source says of money: `DanhSachLePhi` and a payment's state. Said only where the source says it; a charge is never guessed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast, get_args

from bot.sources import json_values as values
from handlers.dossier.model import Charge, ChargeState, State
from handlers.hearing import plain

MOST = 20  # charges of one dossier; a longer list is no list of fees
LISTS = ("DanhSachLePhi", "DanhSachLePhiBoSung")
PAID = ("paystatus", "payStatus", "paymentStatus", "paymentStatusName", "TrangThaiThanhToan", "DaThanhToan")
AMOUNTS = ("Gia", "SoTien", "amount", "price")
NAMES = ("TenPhiLePhi", "name", "TenLePhi")
DUE = ("HanThanhToan", "HanNop", "paymentDueDate")
TOTALS = ("TongPhi", "TongLePhi", "totalFee")
AT_FILING = "1"  # HinhThucThu: 1 when filing, 2 with a supplement, 4 when the result is handed over
WORDS: dict[str, ChargeState] = {
    "0": "unpaid",
    "1": "paid",
    "false": "unpaid",
    "true": "paid",
    "chua thanh toan": "unpaid",
    "chua nop": "unpaid",
    "cho thanh toan": "waiting",
    "dang thanh toan": "waiting",
    "cho xac nhan": "waiting",
    "da thanh toan": "paid",
    "da nop": "paid",
    "thanh toan thanh cong": "paid",
    "huy thanh toan": "cancelled",
    "da huy": "cancelled",
    "da hoan phi": "refunded",
    "hoan phi": "refunded",
    "mien": "exempt",
    "mien phi": "exempt",
    "mien thu": "exempt",
    **{state: cast(ChargeState, state) for state in get_args(ChargeState)},
}


def payment(value: Any) -> ChargeState | None:
    """What a payment's state means (0 and 1 are the payer's states of the data-sharing platform); None for a word nobody knows."""
    if isinstance(value, bool):
        return "paid" if value else "unpaid"
    return WORDS.get(plain(values.name(value, 60)))


def charges_of(row: Mapping[str, Any], supplement: Mapping[str, Any], state: State) -> tuple[Charge, ...] | None:
    """The charges of one object, in the source's order; None where it says nothing that can be relied on.

    An empty list says nothing: the platform's message has one even where a fee is due. A fee without a word about its payment counts as
    due while the dossier waits for money (state 6), as paid where it is taken at filing and the dossier was accepted, and else is left out.
    """
    whole = _paid(row)
    charges: list[Charge] = []
    for fee in _fees(row, supplement):
        cost = _amount(fee, AMOUNTS)
        said = "exempt" if cost == 0 else _paid(fee) or whole or _inferred(fee, state)
        if said is None:
            continue
        label = next(filter(None, (values.text(fee.get(key), 200) for key in NAMES)), "")
        charges.append(Charge(len(charges) + 1, label, cost, _due(fee), said))
    if not charges and whole is not None:
        charges.append(Charge(1, "", _amount(row, TOTALS), _due(row), whole))
    return tuple(charges) or None


def _fees(*holders: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    lists = [holder.get(key) for holder in holders for key in LISTS]
    return [fee for each in lists if isinstance(each, list) for fee in each if isinstance(fee, Mapping)][:MOST]


def _paid(row: Mapping[str, Any]) -> ChargeState | None:
    return next((state for key in PAID if (state := payment(row.get(key))) is not None), None)


def _amount(row: Mapping[str, Any], keys: Sequence[str]) -> int | None:
    return next((cost for key in keys if (cost := values.amount(row.get(key))) is not None), None)


def _due(row: Mapping[str, Any]) -> datetime | None:
    return next((day for key in DUE if (day := values.moment(row.get(key), values.EVENING))), None)


def _inferred(fee: Mapping[str, Any], state: State) -> ChargeState | None:
    if state == "needs_payment":
        return "unpaid"
    taken = values.text(fee.get("HinhThucThu"), 4) == AT_FILING
    return "paid" if taken and state not in ("", "new", "rejected", "withdrawn", "stopped") else None
