"""What a Vietnamese syllable is: onset, rime, tone. Told by a table, so a typing slip can be seen without a dictionary.

A word is split into its toneless form and one of six tones ("" level, "s" sắc, "f" huyền, "r" hỏi, "x" ngã, "j" nặng: the Telex keys). The
tone is put back in one canonical place, so that "hoà" and "hòa", "thuỷ" and "thủy", "tòan" and "toàn" become one spelling.
"""

from __future__ import annotations

from functools import lru_cache

from knowledge.text.folding import fold

TONES = "sfrxj"
_ROWS = (
    "aáàảãạ", "ăắằẳẵặ", "âấầẩẫậ", "eéèẻẽẹ", "êếềểễệ", "iíìỉĩị",
    "oóòỏõọ", "ôốồổỗộ", "ơớờởỡợ", "uúùủũụ", "ưứừửữự", "yýỳỷỹỵ",
)  # fmt: skip
_SPLIT = {letter: (row[0], ("", *TONES)[n]) for row in _ROWS for n, letter in enumerate(row)}
_TONED = {(row[0], ("", *TONES)[n]): letter for row in _ROWS for n, letter in enumerate(row)}
_VOWELS = frozenset(row[0] for row in _ROWS)
_STRONG = "ơêôâă"  # these carry the tone wherever they stand; "ư" only when none of them is there

ONSETS = tuple(
    "ngh ng nh ch gh gi kh ph qu th tr b c d đ g h k l m n p r s t v x".split()  # noqa: SIM905
)  # longest first, so that "nghe" is ngh-e
_RIMES = frozenset(
    """a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
    e ec em en eng eo ep et ê êch êm ên ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu
    o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong ooc oong op ot
    ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u ua uân uâng uât uây uc uê uêch uênh ui um un ung uôc uôi uôm uôn uông uôt
    uơ up ut uy uya uych uyên uyêt uynh uyt uyu uyn ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu
    y yêm yên yêng yêt yêu êng""".split()  # noqa: SIM905
)
_STOPS = ("c", "ch", "p", "t")


@lru_cache(maxsize=20_000)
def split_tone(word: str) -> tuple[str, str]:
    """(toneless, tone) of a lower-case NFC word. With no tone mark, or with more than one, the tone is "" and the word stays as it is."""
    tones = [_SPLIT[letter][1] for letter in word if letter in _SPLIT and _SPLIT[letter][1]]
    if len(tones) != 1:
        return word, ""
    return "".join(_SPLIT[letter][0] if letter in _SPLIT else letter for letter in word), tones[0]


@lru_cache(maxsize=20_000)
def put_tone(toneless: str, tone: str) -> str:
    """The word with `tone` on its canonical letter (hòa, thủy, toàn, quý, giếng); unchanged where it has no vowel."""
    if not tone:
        return toneless
    start = 2 if toneless.startswith("qu") or (toneless.startswith("gi") and toneless[2:3] in _VOWELS) else 0
    while start < len(toneless) and toneless[start] not in _VOWELS:
        start += 1
    end = start
    while end < len(toneless) and toneless[end] in _VOWELS:
        end += 1
    if start == end:
        return toneless
    at = _tone_place(toneless[start:end], closed=end < len(toneless)) + start
    return toneless[:at] + _TONED[toneless[at], tone] + toneless[at + 1 :]


def _tone_place(vowels: str, *, closed: bool) -> int:
    for n in range(len(vowels) - 1, -1, -1):
        if vowels[n] in _STRONG:
            return n
    if "ư" in vowels:
        return vowels.index("ư")
    if len(vowels) == 1:
        return 0
    return 1 if closed or len(vowels) >= 3 else 0


@lru_cache(maxsize=20_000)
def canonical(word: str) -> str:
    """`word` with its tone mark in the one place we use: one spelling for "hoà" and "hòa"."""
    toneless, tone = split_tone(word)
    return put_tone(toneless, tone) if tone else word


@lru_cache(maxsize=20_000)
def is_syllable(word: str) -> bool:
    """Whether a lower-case NFC word with its marks can be a Vietnamese syllable ("khai", "đường"; not "web", "khia s")."""
    toneless, tone = split_tone(word)
    for onset in (*ONSETS, ""):
        if toneless.startswith(onset) and toneless[len(onset) :] in _RIMES:
            closed = toneless[len(onset) :].endswith(_STOPS)
            return not (closed and tone in ("f", "r", "x"))
    return toneless == "gi"


_FOLDED = frozenset(fold(onset + rime) for onset in (*ONSETS, "") for rime in _RIMES) | {"gi"}


def is_folded_syllable(word: str) -> bool:
    """Whether a word without marks could be a Vietnamese syllable typed without them ("duong", "khai"; not "ddang", "form")."""
    return word in _FOLDED
