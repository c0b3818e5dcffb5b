"""One function gives the links of all channels; each leads back to what it was made of."""

from __future__ import annotations

from datetime import date

import pytest

from bot.channels.links import Link, links_for
from handlers.dossier.codes import as_link
from handlers.dossier.scanned import Meant, meant
from knowledge.unit import ChannelAccount, Unit

CODE = "H48.99.01-261120-0007"
BASE = "https://xa-mau.example"


@pytest.fixture
def with_bot(unit: Unit) -> Unit:
    account = ChannelAccount(channel="telegram", id="motcua_mau_bot", secrets={})
    return unit.model_copy(update={"accounts": (account,), "base_url": ""})


def test_a_dossier_s_links_open_the_bot_and_the_page(with_bot: Unit) -> None:
    assert links_for(with_bot, as_link(CODE), BASE) == (
        Link("telegram", "motcua_mau_bot", "https://t.me/motcua_mau_bot?start=hs-H48_99_01-261120-0007"),
        Link("web", "mau", f"{BASE}/mau/?hs=H48_99_01-261120-0007"),
    )


def test_a_procedure_s_links_are_those_of_the_printed_pages(with_bot: Unit) -> None:
    assert [link.url for link in links_for(with_bot, "tt-1_001193", BASE + "/")] == [
        "https://t.me/motcua_mau_bot?start=tt-1_001193",
        f"{BASE}/mau/chat?tt=1.001193",
    ]


def test_without_a_public_address_there_is_no_link_to_the_page(with_bot: Unit) -> None:
    assert [link.channel for link in links_for(with_bot, as_link(CODE))] == ["telegram"]
    named = with_bot.model_copy(update={"base_url": "https://don-vi.example/", "accounts": ()})
    assert [link.url for link in links_for(named, as_link(CODE))] == [
        "https://don-vi.example/mau/?hs=H48_99_01-261120-0007"
    ]


@pytest.mark.parametrize("payload", ["", "hs-", "x", "hs", "zz-1"])
def test_what_no_page_asks_for_has_no_page(with_bot: Unit, payload: str) -> None:
    assert [link for link in links_for(with_bot, payload, BASE) if link.channel == "web"] == []


@pytest.mark.parametrize("payload", ["hs-" + "x" * 62, "hs-H48.99.01", "hs-có dấu", "hs-a&b=c"])
def test_what_telegram_cannot_carry_is_not_sent_that_way(with_bot: Unit, payload: str) -> None:
    assert [link for link in links_for(with_bot, payload, BASE) if link.channel == "telegram"] == []


@pytest.mark.parametrize("code", [CODE, "G22.99.99-260921-000007", "000.00.99.H48-201105-0004"])
def test_a_photo_of_its_qr_leads_to_the_same_dossier(with_bot: Unit, code: str) -> None:
    for link in links_for(with_bot, as_link(code), BASE):
        assert meant([link.url], date(2026, 11, 20)) == Meant(code, as_link(code))
