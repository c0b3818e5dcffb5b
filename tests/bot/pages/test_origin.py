"""Where a request comes from."""

from __future__ import annotations

from unittest.mock import Mock

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from bot.pages.origin import client_address, networks, same_origin, scheme

PROXIES = networks(["127.0.0.1", "10.0.0.0/8", "::1"])


def request(peer: str, **headers: str) -> web.Request:
    transport = Mock()  # the wire's end, as aiohttp's own test helper asks for
    transport.get_extra_info = lambda name, default=None: (peer, 1234) if name == "peername" else default
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return make_mocked_request("POST", "/mau/chat", headers={"Host": "xa-mau.example", **named}, transport=transport)


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),  # a stranger may write what he likes
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "1.2.3.4, 198.51.100.1", "198.51.100.1"),  # the visitor wrote the first
        ("127.0.0.1", "198.51.100.1, 10.1.2.3", "198.51.100.1"),  # two proxies of ours
        ("127.0.0.1", "10.1.2.3", "10.1.2.3"),
        ("::ffff:127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("::1", "2001:db8::7", "2001:db8::7"),
        ("127.0.0.1", "unknown", "127.0.0.1"),
        ("127.0.0.1", "", "127.0.0.1"),
    ],
)
def test_only_our_own_proxies_are_believed(peer: str, forwarded: str, address: str) -> None:
    headers = {"X_Forwarded_For": forwarded} if forwarded else {}
    assert client_address(request(peer, **headers), PROXIES) == address


@pytest.mark.parametrize(("peer", "seen"), [("127.0.0.1", "https"), ("203.0.113.9", "http")])
def test_https_is_believed_from_our_own_proxies_alone(peer: str, seen: str) -> None:
    assert scheme(request(peer, X_Forwarded_Proto="https"), PROXIES) == seen


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({"Origin": "https://xa-mau.example"}, True),
        ({"Origin": "http://xa-mau.example"}, True),  # a proxy ends TLS
        ({"Origin": "https://xa-mau.example.evil"}, False),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": ""}, False),
        ({"Origin": "https://motcua.tinh.example"}, True),  # the address we are known by
        ({"Sec_Fetch_Site": "same-origin"}, True),
        ({"Sec_Fetch_Site": "same-site"}, False),
        ({"Referer": "https://xa-mau.example/mau/"}, True),
        ({"Referer": "https://evil.example/https://xa-mau.example"}, False),
        ({}, True),
    ],
)
def test_a_form_of_another_site_is_known(headers: dict[str, str], ours: bool) -> None:
    assert same_origin(request("203.0.113.9", **headers), ["https://motcua.tinh.example", ""]) is ours


def test_a_wrong_network_is_named() -> None:
    with pytest.raises(ValueError, match=r"'10\.0\.0': .*e\.g\. 10\.0\.0\.0/8"):
        networks(["10.0.0"])
