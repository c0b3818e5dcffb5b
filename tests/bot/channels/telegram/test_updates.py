"""What Telegram delivers, and what the conversation hears of it."""

from __future__ import annotations

import json
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.updates import Membership, membership, parse, place, query_id
from bot.delivery.port import Account
from handlers.messages import Incoming

BOT = Account("telegram", "motcua_mau_bot", "mau", {"token": "42:token"})
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
WRITTEN = int((NOW - timedelta(seconds=5)).timestamp())
PERSON = {"id": 7, "is_bot": False, "first_name": "Dân", "language_code": "vi"}
GROUP = {"id": -100, "type": "supergroup", "title": "Thôn Thượng"}


def private(**content: Any) -> dict[str, Any]:
    message = {"message_id": 41, "date": WRITTEN, "chat": {"id": 7, "type": "private"}, "from": PERSON, **content}
    return {"update_id": 1001, "message": message}


def in_group(**content: Any) -> dict[str, Any]:
    update = private(**content)
    update["message"]["chat"] = GROUP
    return update


def heard(update: dict[str, Any]) -> Incoming | None:
    return parse(update, BOT, NOW)


def brief(incoming: Incoming | None) -> tuple[str, str, str] | None:
    return incoming and (incoming.kind, incoming.text, incoming.button)


def test_a_text_is_heard_with_its_chat_its_moment_and_the_persons_language() -> None:
    assert heard(private(text="Hello World")) == Incoming(
        channel="telegram",
        account="motcua_mau_bot",
        chat="7",
        update="1001",
        unit="mau",
        kind="text",
        received_at=NOW - timedelta(seconds=5),
        text="Hello World",
        language="vi",
    )


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"text": "khai sinh"}, ("text", "khai sinh", "")),
        ({"text": unicodedata.normalize("NFD", "Đăng ký")}, ("text", "Đăng ký", "")),
        ({"text": "/start"}, ("start", "/start", "")),
        ({"text": "/start tt-1_001193"}, ("start", "", "tt-1_001193")),
        ({"text": "/start hs-H48_99_01-261120-0007"}, ("start", "", "hs-H48_99_01-261120-0007")),
        ({"text": "/START@motcua_MAU_bot   tt-1_001193 "}, ("start", "", "tt-1_001193")),
        ({"text": "/start em muốn làm khai sinh"}, ("text", "em muốn làm khai sinh", "")),
        ({"text": "/start " + "a" * 65}, ("text", "a" * 65, "")),
        ({"text": "/menu"}, ("text", "/menu", "")),
        ({"text": "/xoa@motcua_mau_bot"}, ("text", "/xoa", "")),
        ({"text": "/starting over"}, ("text", "/starting over", "")),
        ({"text": "/"}, ("text", "/", "")),
        ({"text": ""}, ("text", "", "")),
        ({"photo": [{"file_id": "a"}], "caption": "giấy này là gì"}, ("photo", "giấy này là gì", "")),
        ({"photo": [{"file_id": "a"}]}, ("photo", "", "")),
        ({"voice": {"file_id": "a"}}, ("voice", "", "")),
        ({"audio": {"file_id": "a"}}, ("voice", "", "")),
        ({"sticker": {"emoji": "👍"}}, ("sticker", "", "")),
        ({"dice": {"value": 3}}, ("sticker", "", "")),
        ({"animation": {}, "document": {}}, ("sticker", "", "")),
        ({"video": {}}, ("video", "", "")),
        ({"video_note": {}}, ("video", "", "")),
        ({"document": {"file_name": "to-khai.pdf"}}, ("file", "", "")),
        ({"contact": {"phone_number": "+84900000000", "first_name": "Dân"}}, ("contact", "+84900000000", "")),
        ({"location": {"latitude": 1, "longitude": 2}, "venue": {"title": "Chợ"}}, ("location", "", "")),
    ],
)
def test_everything_people_send_has_its_kind(content: dict[str, Any], expected: tuple[str, str, str]) -> None:
    assert brief(heard(private(**content))) == expected


@pytest.mark.parametrize(
    "update",
    [
        {"update_id": 1},
        {"message": {"text": "không có số", "chat": {"id": 7, "type": "private"}}},
        {"update_id": 1, "edited_message": private(text="sửa")["message"]},
        {"update_id": 1, "channel_post": private(text="kênh")["message"]},
        {"update_id": 1, "edited_channel_post": private(text="kênh")["message"]},
        private(new_chat_members=[PERSON]),
        private(pinned_message={}),
        in_group(migrate_to_chat_id=-1001),
        private(text="máy khác", **{"from": {"id": 9, "is_bot": True}}),
        private(text="kênh gửi tự động", is_automatic_forward=True),
        {"update_id": 1, "message": {"text": "kênh", "chat": {"id": -5, "type": "channel"}}},
        {"update_id": 1, "message": {"text": "không chat"}},
        {"update_id": 1, "message": "không phải dict"},
        {"update_id": 1, "callback_query": {"id": "q", "from": PERSON, "inline_message_id": "x", "data": "m1.menu"}},
        {"update_id": 1, "callback_query": {"id": "q", "from": PERSON, "message": private()["message"]}},
    ],
)
def test_what_is_not_meant_for_the_bot_is_not_answered(update: dict[str, Any]) -> None:
    assert heard(update) is None


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"text": "bà con ơi mai họp"}, None),
        ({"text": "/menu"}, None),
        ({"text": "/menu@bot_khac"}, None),
        ({"text": "hỏi @motcua_mau_bot_2 nhé"}, None),
        ({"text": "thư a@motcua_mau_bot.vn"}, None),
        ({"text": "/menu@motcua_mau_bot"}, "/menu"),
        ({"text": "@motcua_mau_bot khai sinh cần gì"}, "khai sinh cần gì"),
        ({"text": "@Motcua_Mau_Bot, khai sinh cần gì"}, "khai sinh cần gì"),
        ({"text": "ai hỏi @motcua_mau_bot giúp: khai tử"}, "ai hỏi giúp: khai tử"),
        ({"text": "@motcua_mau_bot"}, ""),
        ({"text": "cần gì", "reply_to_message": {"from": {"id": 42, "is_bot": True}}}, "cần gì"),
        ({"text": "cần gì", "reply_to_message": {"from": {"id": 1, "username": "motcua_mau_bot"}}}, "cần gì"),
        ({"text": "cần gì", "reply_to_message": {"from": {"id": 8}}}, None),
        ({"sticker": {}}, None),
        ({"sticker": {}, "reply_to_message": {"from": {"id": 42}}}, ""),
        ({"photo": [{}], "caption": "@motcua_mau_bot giấy gì"}, "giấy gì"),
    ],
)
def test_in_a_group_the_bot_hears_only_what_is_said_to_it(content: dict[str, Any], expected: str | None) -> None:
    incoming = heard(in_group(**content))
    assert (incoming and incoming.text) == expected
    assert incoming is None or not incoming.private


def test_start_in_a_group_is_a_start_and_no_private_chat() -> None:
    incoming = heard(in_group(text="/start@motcua_mau_bot tt-1_001193"))
    assert brief(incoming) == ("start", "", "tt-1_001193")
    assert incoming and not incoming.private


def test_a_group_administrator_who_writes_anonymously_is_heard() -> None:
    anonymous = {"from": {"id": 1087968824, "is_bot": True}, "sender_chat": GROUP}
    assert heard(in_group(text="@motcua_mau_bot khai sinh", **anonymous)) is not None


def test_a_topic_of_a_forum_is_a_chat_of_its_own() -> None:
    incoming = heard(in_group(text="/menu@motcua_mau_bot", is_topic_message=True, message_thread_id=45))
    assert incoming and incoming.chat == "-100/45"
    assert place(incoming.chat) == ("-100", 45)
    assert place("-100") == ("-100", None)


def test_a_press_is_heard_when_it_happens_not_when_the_message_was_sent() -> None:
    message = {"message_id": 5, "date": 0, "chat": {"id": 7, "type": "private"}}
    update = {
        "update_id": 3,
        "callback_query": {"id": "q9", "from": PERSON, "message": message, "data": "p1.1.001193.fee"},
    }
    incoming = heard(update)
    assert brief(incoming) == ("button", "", "p1.1.001193.fee")
    assert incoming and incoming.received_at == NOW
    assert query_id(update) == "q9"


@pytest.mark.parametrize("date", [None, "hôm qua", -(10**30), WRITTEN + 9999])
def test_a_moment_that_cannot_be_is_now(date: Any) -> None:
    incoming = heard(private(text="x", date=date))
    assert incoming and incoming.received_at == NOW


@pytest.mark.parametrize(
    ("status", "more", "gone"),
    [
        ("kicked", {}, True),
        ("left", {}, True),
        ("restricted", {"is_member": False}, True),
        ("member", {}, False),
        ("administrator", {}, False),
    ],
)
def test_being_blocked_or_let_in_again_is_told(status: str, more: dict[str, Any], gone: bool) -> None:
    change = {"chat": {"id": 7, "type": "private"}, "from": PERSON, "new_chat_member": {"status": status, **more}}
    update = {"update_id": 9, "my_chat_member": change}
    assert membership(update) == Membership("9", "7", gone)
    assert heard(update) is None


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["message", "callback_query", "my_chat_member", "chat", "from", "text", "id", "type", "data"]
            )
            | st.text(max_size=5),
            inner,
            max_size=5,
        )
    ),
    max_leaves=30,
)


@given(st.dictionaries(st.sampled_from(["message", "callback_query", "my_chat_member"]), ANYTHING), st.integers())
def test_no_update_however_odd_is_an_error(content: dict[str, Any], number: int) -> None:
    update = json.loads(json.dumps({"update_id": number, **content}))
    parse(update, BOT, NOW)
    membership(update)
    query_id(update)


@given(st.text(max_size=200))
def test_whatever_is_written_in_private_is_heard_in_nfc_and_nothing_is_lost(text: str) -> None:
    incoming = heard(private(text=text))
    assert incoming is not None
    if not text.strip().startswith("/"):
        assert incoming.text == unicodedata.normalize("NFC", text)


SMALL = {"file_id": "nho", "file_size": 1200, "width": 90, "height": 67}
MIDDLE = {"file_id": "vua", "file_size": 90_000, "width": 800, "height": 600}
BIG = {"file_id": "lon", "file_size": 300_000, "width": 1280, "height": 960}
HUGE = {"file_id": "qua-lon", "file_size": 6_000_000, "width": 2560, "height": 1920}


@pytest.mark.parametrize(
    ("content", "kind", "photo"),
    [
        ({"photo": [SMALL, MIDDLE, BIG]}, "photo", "lon"),
        ({"photo": [BIG, SMALL]}, "photo", "lon"),
        ({"photo": [SMALL, MIDDLE, HUGE]}, "photo", "vua"),
        ({"photo": [HUGE]}, "photo", ""),
        ({"photo": [{"file_id": "../../etc"}]}, "photo", ""),
        ({"photo": "x"}, "photo", ""),
        ({"document": {"file_id": "tep", "mime_type": "image/jpeg", "file_size": 9_000_000}}, "photo", "tep"),
        ({"document": {"file_id": "tep", "mime_type": "image/png"}}, "photo", "tep"),
        ({"document": {"file_id": "tep", "mime_type": "image/jpeg", "file_size": 21_000_000}}, "file", ""),
        ({"document": {"file_id": "tep", "mime_type": "image/svg+xml"}}, "file", ""),
        ({"document": {"file_id": "tep", "mime_type": "application/pdf"}}, "file", ""),
        ({"animation": {}, "document": {"file_id": "tep", "mime_type": "image/webp"}}, "sticker", ""),
        ({"paid_media": {}}, "photo", ""),
    ],
)
def test_of_a_photo_the_biggest_size_that_suffices_is_named(content: dict[str, Any], kind: str, photo: str) -> None:
    found = heard(private(**content))
    assert found
    assert (found.kind, found.photo) == (kind, photo)


@pytest.mark.parametrize(
    ("contact", "text", "own"),
    [
        ({"phone_number": "+84900000000", "user_id": PERSON["id"]}, "+84900000000", True),
        ({"phone_number": "84900000000", "user_id": PERSON["id"]}, "84900000000", True),
        ({"phone_number": "+84900000000", "user_id": PERSON["id"] + 1}, "+84900000000", False),
        ({"phone_number": "+84900000000"}, "+84900000000", False),
        ({"phone_number": "+84900000000", "user_id": True}, "+84900000000", False),
        ({"phone_number": "gọi cho tôi", "user_id": PERSON["id"]}, "", True),
        ({"phone_number": 84900000000, "user_id": PERSON["id"]}, "", True),
        ({}, "", False),
    ],
)
def test_a_number_is_somebodys_own_only_if_the_platform_says_so(contact: dict[str, Any], text: str, own: bool) -> None:
    found = heard(private(contact=contact))
    assert found
    assert (found.kind, found.text, found.own) == ("contact", text, own)
