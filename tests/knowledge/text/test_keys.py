"""Telex and VNI keys left in the text (knowledge/text/keys.py)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.text.keys import decode


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ddawng", "đăng"),
        ("kys", "ký"),
        ("hoof", "hồ"),
        ("giaays", "giấy"),
        ("towf", "tờ"),
        ("dduwowcj", "được"),
        ("dangwd", "đăng"),  # marks at the end of the word
        ("ddang", "đang"),  # half typed
        ("tieengs", "tiếng"),
        ("tiengse", "tiếng"),
        ("thuyr", "thủy"),
        ("muaw", "mưa"),
        ("d9a8ng", "đăng"),
        ("ky1", "ký"),
        ("ho62", "hồ"),
        ("so7", "sơ"),
        ("gia61y", "giấy"),
        ("d9u7o75c", "được"),
        ("dang89", "đăng"),
    ],
)
def test_keys_become_letters(typed: str, meant: str) -> None:
    assert decode(typed) == meant


@pytest.mark.parametrize("typed", ["khai", "sinh", "cccd", "1a", "đăng", "h48", "x", ""])
def test_what_holds_no_keys_stays(typed: str) -> None:
    assert decode(typed) in (None, typed)


@given(st.text(max_size=20))
def test_decoding_never_raises(word: str) -> None:
    decode(word)
