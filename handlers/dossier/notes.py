"""What an officer's note says: papers that the knowledge names, or free text, which may hold anybody's name.

On a code alone a note is told only where every piece of it is a paper of the procedure, and then in the knowledge's words, never its own. After
the second factor its words are shown, with numbers and names hidden.
"""

from __future__ import annotations

import re

from handlers.hearing import plain
from knowledge.procedure import Procedure
from knowledge.text.masking import mask

LONGEST = 110  # characters of a note in a message
# Words that a request puts around a paper's name and that belong to no paper.
AROUND = frozenset(
    """de nghi yeu cau bo sung nop them thieu con can phai cung cap lai hoan thien vui long kem theo mot hai 1 2 3 01 02 03 ban goc chinh
    sao photo photocopy chung thuc co giay to ho so thanh phan cua cho nguoi ong ba anh chi cac nhung loai va theo quy dinh day du chua
    ban_sao di nhe lien truoc ngay""".split()  # noqa: SIM905
)
SAME = (
    ("cccd", "can cuoc"),
    ("cmnd", "can cuoc"),
    ("can cuoc cong dan", "can cuoc"),
    ("gcn", "giay chung nhan"),
    ("qsdd", "quyen su dung dat"),
)
_PIECES = re.compile(r"[\n;,+•]|(?:^|\s)-\s|(?:^|\s)\d{1,2}[.)]\s|\.\s|\s(?:và|va)\s")
# "Giấy" is in half of all names: it helps to compare and never decides.
COMMON = frozenset("giay to ban don tu khai van ho so nguoi cua va hoac".split())  # noqa: SIM905
ENOUGH = 0.6  # of a name's own words must be said
_SURNAMES = (
    "Nguyễn|Trần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý|Đinh|Đoàn|Trịnh|Trương|Mai|Đào|Lâm|Hà|Cao|Lương|Tạ|Châu|Tô|Thái|Kiều|Quách|"
    "Nông|Lò|Vàng|Giàng|Sùng|Thào|Cầm|Quàng|Bế|Ma|Triệu|Hứa|La|Lục|Y|A|H|K|Ksor|Rơ|Siu|Kpă|Nay|Rah"
)
_WORD = r"[A-ZÀ-ỸĐ][a-zà-ỹđ']*"
_NAME = re.compile(
    rf"(?<!\w)(?:(?i:ông|bà|anh|chị|em|cháu|cô|chú|bác|tên|chồng|vợ|con)\s+(?P<called>{_WORD}(?:\s+{_WORD}){{0,4}})"
    rf"|(?P<full>(?:{_SURNAMES})(?:\s+{_WORD}){{1,4}}))"
)
_CAPITALS = re.compile(
    r"(?<!\w)(?:NGUYỄN|TRẦN|LÊ|PHẠM|HOÀNG|HUỲNH|PHAN|VŨ|VÕ|ĐẶNG|BÙI|ĐỖ|HỒ|NGÔ|DƯƠNG|LÝ|ĐINH|TRƯƠNG)(?:\s+[A-ZÀ-ỸĐ]+){1,4}(?!\w)"
)
_LEAD = re.compile(
    r"^(?:đề nghị |yêu cầu )?(?:bổ sung|(?:còn )?thiếu|lý do)\s*:?\s+", re.IGNORECASE
)  # the message says it already
_DIGITS = re.compile(r"(?<![\w./])\d[\d .\-]{5,}\d(?!\w)")


def missing(note: str, procedure: Procedure | None) -> tuple[str, ...]:
    """The papers that `note` asks for, as the knowledge names them, each once; () unless every piece of the note is one of them."""
    if procedure is None or not note.strip():
        return ()
    names = [d.name for d in procedure.documents("")]
    found: list[str] = []
    for piece in _PIECES.split(note):
        words = _words(piece)
        if not words - AROUND:
            continue
        paper = _paper(words, names)
        if not paper:
            return ()
        found.append(paper)
    return tuple(dict.fromkeys(found))


def shown(note: str) -> str:
    """A note as it may be read after the second factor: one line, numbers and names hidden ("N*** V*** A***"), whole words, without the last full stop."""
    said = _LEAD.sub("", concealed(" ".join(note.split()))).strip(" .;,:-")
    return said if len(said) <= LONGEST else said[:LONGEST].rsplit(" ", 1)[0].rstrip(" .;,:(")


def concealed(text: str) -> str:
    """`text` with numbers of persons and what looks like a person's name hidden. It errs towards hiding."""
    hidden = _DIGITS.sub(lambda m: "•" * sum(c.isdigit() for c in m.group()), mask(text).text)
    hidden = _CAPITALS.sub(lambda m: _stars(m.group()), hidden)
    return _NAME.sub(lambda m: m.group().replace(m["called"] or m["full"], _stars(m["called"] or m["full"])), hidden)


def _stars(name: str) -> str:
    return " ".join(f"{word[0]}***" for word in name.split())


def _words(text: str) -> frozenset[str]:
    said = f" {plain(text)} "
    for long, short in SAME:
        said = said.replace(f" {long} ", f" {short} ")
    return frozenset(said.split())


def _paper(words: frozenset[str], names: list[str]) -> str:
    """The only name that has all words of a piece; "" where there is none, or two are as near."""
    near: dict[str, float] = {}
    for name in names:
        own, core = _words(name), _words(re.sub(r"\([^)]*\)", " ", name)) - COMMON
        if words - own - AROUND or not core:
            continue
        said = len(core & words) / len(core)
        if said >= ENOUGH:
            near[name] = said
    best = sorted(near, key=lambda name: -near[name])
    return best[0] if best and (len(best) == 1 or near[best[0]] > near[best[1]]) else ""
