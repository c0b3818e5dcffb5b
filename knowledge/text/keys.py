"""Telex and VNI keys that were left in the text: "ddawng kys", "d9a8ng ky1", "giaays towf", half-typed "ddang ky".

Only the letters are worked out here; whether a decoded word is believed is for the lexicon to say (`knowledge/text/lexicon.py`), since "web",
"fax" and "box" look like keys, too.
"""

from __future__ import annotations

from functools import lru_cache

from knowledge.text.syllable import TONES, put_tone

_VOWELS = "aăâeêioôơuưy"
_ROOF = {"a": "â", "e": "ê", "o": "ô"}
_VNI_TONES = {"1": "s", "2": "f", "3": "r", "4": "x", "5": "j"}


@lru_cache(maxsize=4_000)
def decode(word: str) -> str | None:
    """The lower-case word that `word` was meant to be, or None where it holds no keys. ASCII in, NFC with marks out."""
    if not word.isascii() or not word[:1].isalpha() or len(word) < 2 or len(word) > 12:
        return None
    if not word.isalnum():
        return None
    result = _telex(word) if word.isalpha() else _vni(word)
    return None if result == word else result


def _telex(word: str) -> str:
    out: list[str] = []
    tone = ""
    for letter in word:
        vowels = [n for n, seen in enumerate(out) if seen in _VOWELS]
        if letter == "d" and out[:1] == ["d"]:
            out[0] = "đ"
        elif letter in _ROOF and letter in out and vowels and _last(out, letter) >= vowels[0]:
            out[_last(out, letter)] = _ROOF[letter]
        elif letter == "w":
            _hook(out)
        elif vowels and letter in TONES:
            tone = letter
        elif vowels and letter == "z":
            tone = ""
        else:
            out.append(letter)
    return put_tone("".join(out), tone)


def _vni(word: str) -> str | None:
    out: list[str] = []
    tone = ""
    for letter in word:
        if letter.isalpha():
            out.append(letter)
        elif letter in _VNI_TONES:
            tone = _VNI_TONES[letter]
        elif letter == "6":
            at = max((_last(out, plain) for plain in _ROOF), default=-1)
            if at < 0:
                return None
            out[at] = _ROOF[out[at]]
        elif letter in "78" and any(plain in out for plain in "uoa"):
            _hook(out)
        elif letter == "9":
            if out[:1] != ["d"]:
                return None
            out[0] = "đ"
        elif letter == "0":
            tone = ""
        else:
            return None
    if not any(letter in _VOWELS for letter in out):
        return None
    return put_tone("".join(out), tone)


def _last(out: list[str], letter: str) -> int:
    """Where `letter` stands last in `out`, -1 where it does not."""
    return max((n for n, seen in enumerate(out) if seen == letter), default=-1)


def _hook(out: list[str]) -> None:
    """The key w (or 7, 8): horn on "uo" together, else on the last u or o, a breve on the last a, and a word's own ư where there is none."""
    for n in range(len(out) - 1, 0, -1):
        if out[n - 1] in "uư" and out[n] == "o":
            out[n - 1], out[n] = "ư", "ơ"
            return
    for n in range(len(out) - 1, -1, -1):
        if out[n] in "uoa":
            # "dua" + w is "dưa": the u takes the horn where an a follows it
            if out[n] == "a" and n and out[n - 1] == "u" and out[:1] != ["q"]:
                n -= 1
            out[n] = {"u": "ư", "o": "ơ", "a": "ă"}[out[n]]
            return
    out.append("ư")
