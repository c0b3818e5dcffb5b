"""Watching: consent with what the channel can do, names, my dossiers, stopping."""

from __future__ import annotations

import pytest

from handlers.dossier.consent import CONSENT
from handlers.effects import NameWatch, StopReminding, StopWatching, WatchDossier
from handlers.messages import as_text
from tests.handlers.dossier.conftest import FEE, C, Talk

ASKED = f"Báo tin hồ sơ {C} tại đây? Máy giữ mã này tới 90 ngày sau khi nhận kết quả. Muốn thôi: gõ dừng."


@pytest.mark.parametrize(
    ("channel", "can"),
    [
        ("console", ""),
        ("zalo_oa", "\nZalo chỉ cho nhắn trong 2 ngày sau tin cuối của anh/chị. Quá 2 ngày, cán bộ gọi điện."),
        (
            "messenger",
            (
                "\nMessenger chỉ cho nhắn trong 1 ngày sau tin cuối của anh/chị. Quá 1 ngày, cán bộ gọi điện."
                "\nTin đi qua máy chủ Messenger ở nước ngoài."
            ),
        ),
        ("web", "\nTrang này không tự báo: anh/chị mở lại trang này để xem tin."),
        ("telegram", "\nTin đi qua máy chủ Telegram ở nước ngoài."),
    ],
)
def test_the_question_says_what_this_channel_can_do(channel: str, can: str, talk: Talk) -> None:
    dialogue = talk()
    dialogue.channel = channel
    assert dialogue.say(button=f"w1.{C}")[-1].text == ASKED + can


@pytest.mark.parametrize("yes", ["1", "đồng ý", "ừ", "có ạ", f"[v1.{C}]"])
def test_only_a_yes_begins_a_watch(yes: str, talk: Talk) -> None:
    dialogue = talk()
    dialogue.text(C)
    assert "Báo tin hồ sơ" in dialogue.text("báo tin")
    assert dialogue.effects == []
    said = dialogue.text(button=yes[1:-1]) if yes.startswith("[") else dialogue.text(yes)
    assert said.startswith("Đã ghi, có tin máy báo tại đây.")
    assert dialogue.effects == [WatchDossier(C, CONSENT)]


@pytest.mark.parametrize("no", ["2", "không", "thôi", "dừng"])
def test_a_no_begins_nothing(no: str, talk: Talk) -> None:
    dialogue = talk()
    dialogue.text(f"báo tin {C}")
    dialogue.text(no)
    assert dialogue.watched == {}
    dialogue.text("có")
    assert dialogue.watched == {}


def test_a_typed_key_alone_is_no_consent(talk: Talk) -> None:
    dialogue = talk()
    assert dialogue.say(button=f"v1.{C}")[-1].text == ASKED
    assert dialogue.watched == {}


def test_after_the_second_factor_the_watch_tells_the_rest_too(talk: Talk) -> None:
    for order in ((C, "5678", "báo tin", "1"), (C, "báo tin", "1", C, "5678")):
        dialogue = talk(state="needs_papers")
        for said in order:
            dialogue.text(said)
        assert dialogue.watched[C].full, order


def test_a_watch_gets_a_name_and_no_person_in_it(talk: Talk) -> None:
    dialogue = talk()
    for said in (C, "1", "1", "1"):
        dialogue.text(said)
    assert "hồ sơ của mẹ" in dialogue.text("của mẹ")
    assert dialogue.effects == [NameWatch(C, "của mẹ")]
    assert f"Hồ sơ {C} của mẹ (đăng ký hộ kinh doanh)" in dialogue.text(C)
    dialogue.text("đặt tên là của bà Nguyễn Thị Bích")
    assert dialogue.watched[C].label == "của bà N*** T*** B***"
    assert "dài quá 40" in dialogue.text("đặt tên " + "rất dài " * 9)
    dialogue.text(button=f"n1.{C}")
    assert "như cũ" in dialogue.text("thôi")


def watching(talk: Talk, count: int = 1, **what: object):  # type: ignore[no-untyped-def]
    dialogue = talk(**what)
    for n in range(count):
        code = f"H48.99.01-261118-{12 + n:04d}"
        dialogue.dossiers.setdefault(code, dialogue.dossiers[C])
        dialogue.text(button=f"w1.{code}")
        dialogue.text("1")
    return dialogue


def test_my_dossiers_tell_whose_turn_it_is(talk: Talk) -> None:
    dialogue = watching(talk, state="needs_payment")
    assert f"- {C}: chờ anh/chị nộp tiền" in dialogue.text("hồ sơ của tôi")
    assert f"Hồ sơ {C}" in dialogue.text("1")


def test_my_dossiers_turn_pages_and_at_most_twenty_are_watched(talk: Talk) -> None:
    dialogue = watching(talk, 19)
    dialogue.look_ups = 0
    dialogue.text("H48.99.01-261118-0031")
    dialogue.text("1")
    dialogue.text("1")
    assert len(dialogue.watched) == 20
    dialogue.text("H48.99.01-261118-0032")
    assert "nhiều nhất 20" in dialogue.text("1")
    seen = set()
    for page in ("", "2", "3", "4"):
        reply = dialogue.say(button=f"m1.mine{page}")[-1]
        assert len(reply.buttons) <= 6
        seen |= {b.key for b in reply.buttons if b.key.startswith("h1.")}
        assert len(as_text(reply, numbered=True)) <= 900
    assert len(seen) == 20


@pytest.mark.parametrize(
    "said", ["dừng", "dung", "/dung", "thôi báo", "huỷ theo dõi", "hủy theo dõi", "stop", "dừng báo tin", "[u1]"]
)
def test_one_word_or_tap_stops_the_only_watch(said: str, talk: Talk) -> None:
    dialogue = watching(talk)
    dialogue.text(button=f"u1.{C}") if said == "[u1]" else dialogue.text(said)
    assert dialogue.effects == [StopWatching(C)]
    assert dialogue.watched == {}
    assert "Báo tin hồ sơ" in dialogue.text("báo tin")


@pytest.mark.parametrize("said", ["đúng", "đúng rồi", "thôi", "dừng tin chung", "không phải dừng"])
def test_other_words_stop_nothing(said: str, talk: Talk) -> None:
    dialogue = watching(talk)
    dialogue.text(said)
    assert C in dialogue.watched


def test_of_several_one_is_chosen_or_all_stop_at_once(talk: Talk) -> None:
    dialogue = watching(talk, 3)
    assert "Dừng báo tin hồ sơ nào?" in dialogue.text("dừng")
    dialogue.text("2")
    assert len(dialogue.watched) == 2
    dialogue.text(f"dừng {C}")
    assert len(dialogue.watched) == 1
    dialogue = watching(talk, 3)
    dialogue.text("dừng tất cả")
    assert dialogue.watched == {}


def test_reminders_stop_alone(talk: Talk) -> None:
    dialogue = watching(talk, state="needs_payment", charges=(FEE,))
    dialogue.text("thôi nhắc")
    assert dialogue.effects == [StopReminding(C)]
    assert C in dialogue.watched


def test_what_is_kept_and_erased_counts_the_watches(talk: Talk) -> None:
    dialogue = watching(talk, 2)
    assert "2 hồ sơ đang báo tin" in dialogue.text("/dulieu")
    assert dialogue.text("/xoa").startswith("Xóa tin nhắn và 2 hồ sơ đang báo tin?")
    dialogue.text("1")
    assert dialogue.watched == {}
