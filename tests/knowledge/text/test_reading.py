"""A question read as people type it (knowledge/text/reading.py, lexicon.py, shorthand.py)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.text.folding import fold
from knowledge.text.lexicon import Lexicon
from knowledge.text.normalising import normalise
from knowledge.text.reading import PAUSES, Reading, read

TEXTS = (
    "đăng ký khai sinh",
    "đăng ký kết hôn",
    "đăng ký tạm trú",
    "giấy tờ hồ sơ",
    "hộ khẩu thường trú",
    "tách thửa đất",
    "trợ cấp xã hội hằng tháng",
    "giấy phép xây dựng nhà ở riêng lẻ",
    "chứng thực bản sao",
    "nộp tờ khai",
    "khai tử",
    "sửa nhà",
    "xe máy",
)


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon.of([normalise(text) for text in TEXTS])


@pytest.mark.parametrize(
    ("typed", "bare"),
    [
        ("ddawng kys khai sinh", "dang ky khai sinh"),  # Telex
        ("d9a8ng ky1 ke6t1 ho6n", "dang ky ket hon"),  # VNI
        ("ddang ky tam tru", "dang ky tam tru"),  # half typed
        ("khaisinh cho be", "khai sinh cho be"),  # glued
        ("dangkytamtru", "dang ky tam tru"),
        ("khai sih", "khai sinh"),  # one slip
        ("xay dugn nha", "xay dung nha"),  # two letters swapped
        ("mở form trên web", "mo form tren web"),  # words that look like keys
        ("ko biet", "khong biet"),
        ("dk ks cho con", "dang ky khai sinh cho con"),  # dk before ks is đăng ký
        ("lam dk ko", "lam duoc khong"),  # and elsewhere được
        ("gpxd", "giay phep xay dung"),
        ("nộp chỗ mô", "nop cho nao"),  # dialect in a frame
        ("mần răng", "lam sao"),
        ("đau răng", "dau rang"),  # a tooth stays a tooth
        ("sửa nhà", "sua nha"),
        ("", ""),
    ],
)
def test_a_text_is_read_as_it_was_meant(typed: str, bare: str, lexicon: Lexicon) -> None:
    assert read(typed, lexicon).text == bare


def test_a_known_word_is_never_respelt(lexicon: Lexicon) -> None:
    assert read("tách sửa trú", lexicon).text == "tach sua tru"


def test_marks_typed_are_kept_and_missing_ones_not_invented(lexicon: Lexicon) -> None:
    assert read("đăng ky", lexicon).words == ("đăng", "ky")


@pytest.mark.parametrize(
    ("typed", "maybe"),
    [
        ("can ks", ("khach", "san")),  # ks is khai sinh, perhaps a hotel
        ("lam kt", ("kiem", "tra")),
    ],
)
def test_an_abbreviation_of_two_meanings_keeps_both(typed: str, maybe: tuple[str, ...], lexicon: Lexicon) -> None:
    assert maybe in read(typed, lexicon).others


def test_what_only_sounds_alike_goes_along_and_replaces_nothing(lexicon: Lexicon) -> None:
    found = read("giấy phép xay rựng", lexicon)
    assert ("xay", "dung") in found.others or found.text == "giay phep xay dung"
    heard = read("chứng thực bản xao", lexicon)
    assert ("ban", "sao") in heard.others or heard.text.endswith("ban sao")


def test_everything_done_is_told(lexicon: Lexicon) -> None:
    assert read("dk khaisinh", lexicon).done == ("dk → được", "khaisinh → khai sinh")


@settings(max_examples=200)
@given(st.text(max_size=120))
def test_reading_never_raises_and_its_two_rows_match(text: str) -> None:
    lexicon = Lexicon.of(TEXTS)
    found = read(text, lexicon)
    assert isinstance(found, Reading)
    assert tuple(map(fold, found.words)) == found.bare
    assert not any(word in PAUSES for word in found.text.split())


def test_a_lexicon_survives_its_pack(lexicon: Lexicon) -> None:
    again = Lexicon.load(lexicon.dump())
    assert again.dump() == lexicon.dump()
    assert again.knows("tach") and again.beside("khai", "sinh") and not again.beside("sinh", "tach")


def test_slips_of_people_do_not_become_words() -> None:
    lexicon = Lexicon.of(
        ["khai sinh"], ["khai sih", "khai sih cho be", "xin tach thua", "tach thua dat", "tach thua nha"]
    )
    assert not lexicon.knows("sih")
    assert lexicon.knows("tach") and lexicon.beside("tach", "thua")
