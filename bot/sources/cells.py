"""What stands in one cell: text, money, a phone, a number of identity, a yes or no, a way of filing, a procedure's code."""

from __future__ import annotations

import math
import re
import unicodedata

from bot.sources.sheets.model import Cell
from handlers.dossier.model import Applied, ChargeState
from handlers.hearing import plain

_MOST = 1_000_000_000_000  # đồng; more is no charge at a commune's counter
_LEAST = 1_000  # đồng; the smallest charge. A spreadsheet that took "8.000" for a decimal hands over 8.
_UNSEEN = dict.fromkeys((*range(8203, 8208), *range(8234, 8239), 8288, 65279, 173))
_REFUSED = ("Cc", "Cs", "Zl", "Zp")
_CURRENCY = re.compile(r"(?:vn[dđ]|đồng|dong|đ|₫|d)\.?$")
_GROUPED = re.compile(r"\d{1,3}(?:[., ]\d{3})+(?:[.,]0{1,2})?")
_WHOLE = re.compile(r"\d+(?:[.,]0{1,4})?")
_NOTHING = {
    "",
    "khong",
    "mien",
    "mien phi",
    "khong thu",
    "khong co",
    "khong phai nop",
    "mien le phi",
    "khong thu phi",
    "0 dong",
}
_NULL = {"null", "none", "nan", "n/a", "#n/a", "undefined", "-", "--"}
_PROCEDURE = re.compile(r"(?<![\d.])(\d\.\d{6})(?!\d)")
_PAID: dict[ChargeState, tuple[str, ...]] = {
    "unpaid": ("chua thanh toan", "chua nop", "chua thu", "chua", "khong", "0", "false", "chua nop phi", "chua dong"),
    "waiting": ("cho thanh toan", "cho xac nhan", "dang thanh toan", "cho ngan hang xac nhan"),
    "paid": (
        "da thanh toan",
        "da nop",
        "da thu",
        "da dong",
        "roi",
        "co",
        "x",
        "1",
        "true",
        "thanh cong",
        "da nop phi",
        "da thu phi",
        "thanh toan thanh cong",
    ),
    "refunded": ("da hoan phi", "hoan phi", "da hoan tien", "hoan tien"),
    "cancelled": ("huy thanh toan", "da huy", "huy"),
    "exempt": ("mien", "mien phi", "mien le phi", "khong thu phi", "khong phai nop", "khong thu"),
}
_PAID_WORDS = {word: state for state, words in _PAID.items() for word in words}


def text(cell: Cell, most: int = 2000) -> str:
    """The cell as text of one line: composed (NFC), single spaces, nothing invisible, whole numbers without ".0", at most `most` characters.

    What programs write for "nothing" (null, N/A, a dash) is "".
    """
    if cell == "":
        return ""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, int | float):
        return _figure(cell)
    seen = cell[: most * 4]
    if not seen.isascii():
        seen = unicodedata.normalize("NFC", seen)
    if not seen.isprintable():
        # Halves of a character and control signs are refused by databases; what takes no room is nothing.
        seen = "".join(" " if unicodedata.category(sign) in _REFUSED else sign for sign in seen.translate(_UNSEEN))
    seen = " ".join(seen.split())[:most]
    return "" if seen.lower() in _NULL else seen


def money(cell: Cell) -> int | None:
    """Whole đồng: "8.000", "8,000 đ", 8000.0; 0 for "miễn", "không" and the like; None for an empty cell. A dot before three digits groups them.

    Raises ValueError for what is no amount, and for one below 1.000 đ: it has lost its zeros.
    """
    said = text(cell).lower()
    if not said:
        return None
    if plain(said) in _NOTHING:
        return 0
    bare = _CURRENCY.sub("", said.replace("vnđ", "đ")).strip()
    if _GROUPED.fullmatch(bare):
        bare = re.sub(r"[.,]0{1,2}$", "", bare)
    elif _WHOLE.fullmatch(bare):
        bare = re.split(r"[.,]", bare)[0]
    else:
        raise ValueError("no amount")
    amount = int(re.sub(r"[., ]", "", bare)[:16])
    if amount and not _LEAST <= amount < _MOST:
        raise ValueError("no amount")
    return amount


def phone(cell: Cell) -> str:
    """A Vietnamese number as ten digits (a landline: eleven) that begin with 0: "0912345678"; "" for anything else.

    A number that lost its leading 0, came as a figure or with +84 is mended; of several the first is taken.
    """
    for piece in re.split(r"[/,;|]|\s-\s|\bhoặc\b", text(cell, 200)):
        digits = "".join(sign for sign in piece if sign in "0123456789")
        if piece.strip().startswith("+84") or (digits.startswith("84") and len(digits) in (11, 12)):
            digits = "0" + digits[2:].removeprefix("0")
        elif digits.startswith("0084"):
            digits = "0" + digits[4:]
        elif (len(digits) == 9 and digits[0] in "35789") or (len(digits) == 10 and digits[0] == "2"):
            digits = "0" + digits
        if re.fullmatch(r"0[35789]\d{8}|02\d{9}", digits) and len(set(digits)) > 2:
            return digits
    return ""


def identity_tail(cell: Cell) -> str:
    """The last four digits of a citizen's number (twelve digits, or nine of the old card); "" for anything else.

    A figure that lost its leading zeros still ends as it did.
    """
    said = re.sub(r"[\s.'-]", "", text(cell, 60))
    return said[-4:] if re.fullmatch(r"[0-9]{8,12}", said) else ""


def paid(cell: Cell) -> ChargeState | None:
    """The word for whether a charge is paid ("Đã thanh toán", "x", "Chưa"); None where it says nothing known."""
    return _PAID_WORDS.get(plain(text(cell, 100)))


def channel(cell: Cell) -> Applied:
    """How a dossier was filed, by word or by the national list (1 or empty at the counter, 2 online, 3 by post); "" for another word."""
    said = plain(text(cell, 100))
    if said in ("", "1"):
        return "counter"
    if said == "2" or any(word in said for word in ("truc tuyen", "online", "qua mang", "dvc")):
        return "online"
    if said == "3" or any(word in said for word in ("buu", "bcci", "post")):
        return "post"
    return "counter" if any(word in said for word in ("truc tiep", "quay", "counter", "mot cua", "tai bo phan")) else ""


def ticked_online(cell: Cell) -> Applied:
    """A column "Trực tuyến" that is ticked or not; a word in it is read as a way of filing."""
    said = plain(text(cell, 100))
    if said in ("x", "1", "co", "true", "yes", "v"):
        return "online"
    return "counter" if said in ("", "0", "khong", "false", "no") else channel(cell)


def procedure_code(cell: Cell) -> str:
    """A procedure's code ("1.001193") anywhere in the cell, without its local ending (".000.00.00.H48"); "" where there is none."""
    if isinstance(cell, float) and not cell.is_integer() and 1 <= cell < 10:
        return f"{cell:.6f}"  # a spreadsheet took it for a number and dropped its last zeros
    found = _PROCEDURE.search(text(cell))
    return found.group(1) if found else ""


def _figure(value: float) -> str:
    if not math.isfinite(value):
        return ""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e18 else repr(value)
