"""Turns inside a question: what is said away ("không phải X mà là Y"), and whether a text only goes on with what was talked about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.text.folding import fold
from knowledge.text.reading import PAUSES, Reading

_NOT_BUT = re.compile(
    r"(?:^|.*? )(?:y (?:em|toi|minh|la) )?(?:khong|dau) phai(?: la)? (?P<no>.+?) (?:, )?"
    r"(?:ma(?: la)?|y (?:la|toi la|em la)|la) (?P<yes>.+)"
)
_BUT_NOT = re.compile(r"(?P<yes>.+?) (?:, )?chu (?:khong phai|dau phai|khong)(?: la)? (?P<no>.+)")
# "…, không phải loại có yếu tố nước ngoài nhé, cần giấy gì": what stands between is said away, the rest is meant.
_NOT_THIS = re.compile(
    r"(?P<before>.+? , )(?:chu )?(?:khong phai|dau phai|dung dua|dung nham(?: voi| qua)?)(?: la)?(?: (?:loai|ban|truong hop|kieu|cai|dang))? "
    r"(?P<no>[^,]+?)(?: (?:dau|nhe|nha|nghe|a|ha))*(?P<after> ,.*)?"
)
_FIRST_NOT = re.compile(r"(?:da )?(?:khong|dau|chang) phai(?: la)? (?P<no>[^,]+?)(?: (?:dau|nha|nhe|a))* , (?P<yes>.+)")
_CORRECTION = re.compile(
    r"(?:a nham|nham|nham roi|a khong|a lon|khong|khong phai|sai roi|y (?:em|toi|minh|chau|con)(?: la)?|(?:toi|em) (?:hoi|can|muon noi)(?: la)?)"
    r"(?: roi| a| da)? , (?P<yes>.+)"
)
GOING_ON = frozenset(("con", "the", "vay", "neu", "roi", "truong", "vi", "nhung", "ma", "a", "va", "thi", "ua", "o"))
_POINTING = frozenset(("do", "day", "nay", "kia", "ay", "no", "vay", "tren", "luon", "ca", "nua", "tiep"))
STANDALONE_WORDS = 7
# Words of who wants something done.
WANTING = frozenset(
    ("làm", "xin", "muốn", "cần", "đăng", "ký", "kí", "nộp", "khai", "báo", "đổi", "sửa", "xóa", "cắt", "hủy", "rút", "cấp", "tách", "chia", "nhập",
     "dời", "chứng", "xác", "sao", "trích", "ghi", "thêm", "gia", "lập", "mở", "đứng", "tặng", "từ", "nhận", "lãnh", "lĩnh", "chuyển", "thông", "hỏi")
)  # fmt: skip
_WANTING_BARE = frozenset(map(fold, WANTING))


@dataclass(frozen=True, slots=True)
class Turn:
    """Which words of a reading are meant and which are said away: word positions [start, end).

    `yes` None: all that is not said away is meant. `corrects`: the words take back what was said before.
    """

    yes: tuple[int, int] | None = None
    no: tuple[int, int] | None = None
    corrects: bool = False


def turn_of(reading: Reading) -> Turn:
    """What a question says away. "không phải đăng ký mà là xóa" means its second part; "có phải nộp không" says nothing away."""
    line = " ".join(reading.bare)
    for pattern in (_BUT_NOT, _NOT_BUT, _CORRECTION, _FIRST_NOT):
        match = pattern.fullmatch(line)
        if match:
            yes = _span(line, *match.span("yes"))
            no = _span(line, *match.span("no")) if "no" in match.groupdict() else None
            return Turn(yes, no, corrects=pattern in (_CORRECTION, _FIRST_NOT))
    if match := _NOT_THIS.fullmatch(line):
        return Turn(no=_span(line, *match.span("no")))
    return Turn()


def _span(line: str, start: int, end: int) -> tuple[int, int]:
    """Character positions as word positions."""
    return len(line[:start].split()), len(line[:end].split())


def part(reading: Reading, start: int, end: int) -> Reading:
    """The words [start, end) of a reading as a reading of its own; alternatives stay only where they may belong to it."""
    bare = reading.bare[start:end]
    here = set(bare)
    others = (
        tuple(o for o in reading.others if len(o) == 2 and (o[0] in here or o[1] in here))
        if len(bare) < len(reading.bare)
        else reading.others
    )
    words = reading.words[start:end]
    return Reading(" ".join(words), words, bare, others)


_HELLO = re.compile(
    r"(?:(?:da|vang|thua|alo|chao) )*(?:(?:co|chu|bac|anh|chi|ad|ban|can bo)(?: oi)? )?"
    r"(?:cho|nho) (?:(?:em|toi|minh|con|chau|tui) )?hoi (?:(?:xiu|chut|ti|tham|voi|cai) )?(?!ve\b|giay\b)"
)
_THANKS = re.compile(r"(?: (?:voi|gium|giup|dum))?(?: (?:a|ah|nha|nhe|ha|vay a|the a))+$")


_BACK_TO = re.compile(
    r"^(?:(?:the|thoi|gio|vay) )*(?:quay|tro) (?:lai|ve)(?: (?:lai|voi|cai|vu|viec|chuyen|cau))+(?= )"
)
_BEFORE = re.compile(r"\b(?:luc|hoi|ban) nay\b")


def unwrapped(reading: Reading) -> Reading:
    """A question without the courtesy around it ("dạ cho em hỏi … với ạ"): how politely somebody asks says nothing of what is needed."""
    line = " ".join(reading.bare)
    start = len(hello.group().split()) if (hello := _HELLO.match(line)) else 0
    end = len(line[: thanks.start()].split()) if (thanks := _THANKS.search(line)) else len(reading.bare)
    asked_for = part(reading, start, end) if (start or end < len(reading.bare)) and end - start >= 2 else reading
    return _without_going_back(asked_for)


def _without_going_back(reading: Reading) -> Reading:
    """A text without the words that only point to what was said before ("quay lại cái khai sinh lúc nãy")."""
    for pattern in (_BACK_TO, _BEFORE):
        line = " ".join(reading.bare)
        if (found := pattern.search(line)) and found.group() != line:
            reading = without_part(reading, *_span(line, *found.span()))
    return reading


def without_part(reading: Reading, start: int, end: int) -> Reading:
    """A reading without its words [start, end)."""
    words = (*reading.words[:start], *reading.words[end:])
    bare = (*reading.bare[:start], *reading.bare[end:])
    here = set(bare)
    others = tuple(o for o in reading.others if here & set(o))
    return Reading(" ".join(words), words, bare, others)


def goes_on(reading: Reading) -> bool:
    """Whether a text sounds like going on with what was talked about: it begins so, or it is short."""
    words = [word for word in reading.bare if word not in PAUSES]
    return bool(words) and (words[0] in GOING_ON or len(words) <= STANDALONE_WORDS)


def tells(reading: Reading) -> bool:
    """Whether a text names no act: it tells how things are, and what is wanted was said elsewhere ("chồng em người nước ngoài")."""
    said = zip(reading.words, reading.bare, strict=True)
    return not any(word in WANTING or (word == bare and bare in _WANTING_BARE) for word, bare in said)


def is_bare(words: Sequence[str]) -> bool:
    """Whether own words name nothing: none at all, or only pointing words ("cái đó", "vụ này")."""
    return all(word in _POINTING for word in words)
