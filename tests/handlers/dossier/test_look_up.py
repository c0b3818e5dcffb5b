"""A code typed, pressed, linked or read off a photo; pieces, several, other units', too many, and groups."""

from __future__ import annotations

import pytest

from handlers.dialogue import MOST_LOOK_UPS, Dialogue
from handlers.effects import LookedUp
from tests.handlers.dossier.conftest import NOTE_AND_FEE, C, Talk, made

OTHER = "H48.99.01-261117-0003"
WORKING = "Trung tâm đang làm"


@pytest.mark.parametrize(
    "said",
    [
        C,
        f"hs {C.lower()} tới đâu rồi",
        "H48. 99. 01-261118-0012",  # looks like an identity number, and is none
        "H48.99.01 261118 0012",
        f"https://t.me/motcua_mau_bot?start=hs-{C.replace('.', '_')}",
    ],
)
def test_a_typed_code_is_answered(said: str, talk: Talk) -> None:
    dialogue = talk()
    assert WORKING in dialogue.text(said)
    assert "đã che số" not in dialogue.text(said)
    assert dialogue.look_ups == 2


def test_a_button_a_link_and_a_photo_are_answered_alike(talk: Talk) -> None:
    said = {
        talk().text(C),
        talk().text(button=f"h1.{C}"),
        talk().text(kind="start", button=f"hs-{C.replace('.', '_')}"),
        talk().text(C, kind="read"),
    }
    assert len(said) == 1


def test_a_link_from_the_desk_brings_its_follow_code_and_uses_it_up(talk: Talk) -> None:
    dialogue = talk(state="done")
    link = f"hs-{C.replace('.', '_')}-K7M2P4XA"
    assert "quầy 3" in dialogue.text(kind="start", button=link)
    assert "chưa khớp, hoặc đã dùng" in dialogue.text(kind="start", button=link)


def test_of_several_codes_the_first_is_answered_and_the_others_offered(talk: Talk) -> None:
    dialogue = talk()
    replies = dialogue.say(f"{C} và {OTHER}")
    assert WORKING in replies[-1].text
    assert replies[-1].buttons[0].key == f"h1.{OTHER}"
    assert "Chưa thấy hồ sơ" in dialogue.text("1")


@pytest.mark.parametrize(
    ("piece", "lacks", "rest"),
    [
        ("H48.99.01-261118", "Mã thiếu phần cuối.", "0012"),
        ("261118-0012", "Mã thiếu phần đầu.", "H48.99.01"),
        ("mã hồ sơ 18-0012", "Mã thiếu phần đầu.", C),
    ],
)
def test_a_piece_is_asked_for_its_rest_and_never_guessed(piece: str, lacks: str, rest: str, talk: Talk) -> None:
    dialogue = talk()
    assert dialogue.text(piece).startswith(lacks)
    assert dialogue.look_ups == 0
    assert WORKING in dialogue.text(rest)


@pytest.mark.parametrize(
    "said", ["sinh tháng 12-1990 làm khai sinh cần gì", "12-1990", "quốc lộ H48", "1.001193", "1.001193 hs 17-1436"]
)
def test_other_numbers_are_no_dossier(said: str, talk: Talk) -> None:
    dialogue = talk()
    dialogue.say(said)
    assert dialogue.understood
    assert dialogue.understood.handler != "dossier"


NOT_SEEN = "Chưa thấy hồ sơ {code}. Dữ liệu đến 17:00 ngày 19/11/2026. Nộp sau giờ đó thì chờ lần cập nhật tới."


@pytest.mark.parametrize("code", [OTHER, "H48.99.01-240105-0001", "H15.99-261118-0001", "G22.99.99-260921-000007"])
def test_unknown_expired_and_foreign_codes_get_the_same_words_as_a_locked_one(code: str, talk: Talk) -> None:
    unknown, locked = talk(code=C), talk(code=code, **NOTE_AND_FEE)
    locked.wrong[code] = 5
    assert unknown.text(code) == locked.text(code)
    assert unknown.text(code).startswith(NOT_SEEN.format(code=code))
    assert unknown.state == locked.state
    assert unknown.effects == locked.effects == [LookedUp()]
    for said in ("5678", "K7M2P4XA"):
        assert unknown.text(said) == locked.text(said)
    for button in (f"y1.{code}", f"f1.{code}", f"w1.{code}", f"v1.{code}", "m1.mine"):
        assert unknown.text(button=button) == locked.text(button=button), button


@pytest.mark.parametrize(
    ("code", "young"),
    [
        ("H48.99.01-261120-0099", True),
        ("H48.99.01-261119-0099", True),
        ("H48.99.01-261118-0099", False),
        ("H15.99-261120-0099", False),
    ],
)
def test_a_young_code_of_the_unit_may_not_be_in_the_data_yet(code: str, young: bool, talk: Talk) -> None:
    dialogue = talk()
    assert ("chưa có trong dữ liệu" in dialogue.text(code)) is young
    dialogue.text("1")
    dialogue.text("1")
    assert dialogue.watched[code].pending


def test_without_any_data_the_official_page_is_named(talk: Talk) -> None:
    dialogue = talk()
    dialogue.dossiers, dialogue.until = {}, None
    assert "https://dichvucong.gov.vn/tra-cuu-ho-so" in dialogue.text(C)


def test_twenty_look_ups_an_hour_whichever_way_a_code_comes(talk: Talk) -> None:
    for way in ("{0}", "h1.{0}", "y1.{0}", "f1.{0}", "w1.{0}"):
        dialogue = talk()
        for n in range(MOST_LOOK_UPS + 5):
            code = f"H48.99.01-261117-{n:04d}"
            answer = dialogue.text(**{"text" if way == "{0}" else "button": way.format(code)})
        assert dialogue.look_ups == MOST_LOOK_UPS
        assert "mời anh/chị tra lại lúc 11:00" in answer


@pytest.mark.parametrize("said", [C, "17-1436", f"báo tin {C}", f"dừng {C}", "hồ sơ của tôi"])
def test_in_a_group_nothing_is_said_and_nothing_happens(said: str, talk: Talk) -> None:
    dialogue = talk()
    replies = dialogue.say(said, private=False)
    assert [r.text for r in replies] == ["Ở đây nhiều người đọc được. Anh/chị nhắn riêng cho máy để xem hồ sơ."]
    assert not dialogue.effects
    assert not dialogue.state.dossier


def test_the_state_at_the_end_of_a_menu_still_means_its_numbers(talk: Talk) -> None:
    dialogue: Dialogue = talk()
    dialogue.dossiers[OTHER] = made(code=OTHER, state="done")
    dialogue.text(C)
    assert "Báo tin hồ sơ" in dialogue.text("1")
