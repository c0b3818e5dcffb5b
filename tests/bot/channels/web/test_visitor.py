"""Who is visiting."""

from __future__ import annotations

import pytest
from aiohttp.test_utils import make_mocked_request

from bot.channels.web.visitor import COOKIE, Visitor, visitor


@pytest.mark.parametrize("value", ["", "abc", "g" * 32, "0" * 31, "0" * 33, "../" + "0" * 29, "０" * 32])
def test_an_odd_cookie_makes_a_new_visitor(value: str) -> None:
    request = make_mocked_request("GET", "/mau/chat", headers={"Cookie": f"{COOKIE}={value}"})
    found = visitor(request)
    assert found.new
    assert found.token != value


def test_a_visitor_is_known_by_the_cookie_again() -> None:
    first = visitor(make_mocked_request("GET", "/"))
    again = visitor(make_mocked_request("GET", "/", headers={"Cookie": f"{COOKIE}={first.token}"}))
    assert again == Visitor(first.token, new=False)
    assert again.chat == first.chat


def test_the_chats_name_does_not_give_the_cookie_away() -> None:
    one, two = Visitor("0" * 32, new=False), Visitor("0" * 31 + "1", new=False)
    assert one.chat != two.chat
    assert one.token not in one.chat
    assert len(one.chat) == 32
