"""Somebody is in danger: the number to call, before anything else, and the dialogue stays where it was."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handlers.effects import Effect, Understood
from handlers.hearing import plain
from handlers.language import current, gettext, speaking
from handlers.messages import Incoming, Reply
from handlers.ports import Context

_ = gettext

# Said without marks. A word about papers or money means somebody asks about a procedure, not for help.
CALLS = (
    ("114", re.compile(r"\b(chay nha|nha (?:\w+ ){0,3}(?:dang )?chay|dang chay|chay lon|chay roi|bi chay|chay rung|duoi nuoc|chet duoi|sap nha|no binh gas|mac ket)\b")),
    ("115", re.compile(r"\b(bat tinh|ngat xiu|xiu roi|ngung tho|khong tho duoc|kho tho qua|co giat|dot quy|chay mau nhieu|cap cuu|uong thuoc sau|uong thuoc tru sau|tu tu|nhoi mau co tim|bi dien giat)\b")),
    ("113", re.compile(r"\b(dang bi danh|bi danh dap|danh nhau|co cuop|bi cuop|cuop giat|dang dap cua|doa giet|bi doa giet|bat coc|bi chem|chem nhau|an trom|trom vao nha)\b")),
)  # fmt: skip
ENGLISH = (
    ("114", re.compile(r"\b(on fire|theres a fire|there is a fire|is drowning|building collapsed|gas leak)\b")),
    ("115", re.compile(r"\b(unconscious|not breathing|cant breathe|heart attack|a stroke|call an ambulance|need an ambulance|bleeding (?:a lot|badly|heavily)|kill myself|suicide)\b")),
    ("113", re.compile(r"\b(being attacked|being robbed|was robbed|got robbed|is beating|beating me|kidnapped|threatens? to kill|broke into|breaking in)\b")),
)  # fmt: skip
PAPERS = re.compile(
    r"\b(giay|thu tuc|che do|tro cap|ho tro|bao hiem|ho so|xac nhan|dang ky|chung nhan|chung tu|khai tu|mai tang|mien giam|boi thuong|hoc phi|phuong an|quy dinh|tap huan|luc luong"
    r"|papers?|certificates?|regist(?:er|ration)|funeral|died|insurance|allowance|benefits?|fire safety)\b"
)


def emergency(incoming: Incoming, context: Context) -> Iterator[Reply | Effect]:
    """114 for fire, water and collapse, 115 for a life, 113 for violence."""
    text = plain(incoming.text)
    if incoming.kind not in ("text", "photo", "video") or PAPERS.search(text):
        return
    for language, calls in (("", CALLS), ("en", ENGLISH)):
        for number, words in calls:
            if words.search(text):
                yield Understood("apologize", handler="emergency")
                # Whoever cries for help in English is told in English, whatever the chat speaks.
                with speaking(language or current()):
                    yield Reply(_("Gọi {number} ngay.").format(number=number))
                return
