"""Pages of what is no longer done, not done here, or told otherwise by one of two units."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.channels.web import Site, routes
from knowledge.override import Local
from knowledge.snapshot import Knowledge
from knowledge.withdrawn import Withdrawn
from tests.bot.channels.web.conftest import Page, read

BIRTH, DEATH = "1.001193", "1.000656"


async def page(site: Site, knowledge: Knowledge, path: str) -> Page:
    """A page of the site with other knowledge."""
    app = web.Application()
    app.add_routes(routes(replace(site, knowledge=lambda: knowledge)))
    async with TestClient(TestServer(app)) as client:
        return await read(await client.get(path))


async def test_a_withdrawn_procedure_says_so_and_leads_to_what_replaced_it(site: Site, knowledge: Knowledge) -> None:
    gone = Withdrawn(code=BIRTH, name="x", since=date(2026, 11, 21), replaced_by=(DEATH,), note="Hỏi bệnh viện.")
    procedures = {**knowledge.procedures, BIRTH: replace(knowledge.procedures[BIRTH], withdrawn=gone)}
    shown = await page(site, replace(knowledge, procedures=procedures), f"/mau/tt/{BIRTH}")
    assert "Thủ tục này không còn, không phải làm nữa." in shown.text
    assert "Bản công bố ngày 21/11/2026 đã bỏ." in shown.text
    assert "Hỏi bệnh viện." in shown.text
    assert f"/mau/tt/{DEATH}" in shown.links()
    for part in ("Giấy tờ mang theo", "Tiền phải nộp", "Các bước", "kết hôn chưa"):
        assert part not in shown.text


async def test_what_one_unit_says_is_shown_on_its_own_pages_alone(site: Site, knowledge: Knowledge) -> None:
    local = {"mau": {BIRTH: Local(fee="8.000 đ", fee_source="12/2026/NQ-HĐND", hours="thứ Hai")}}
    own = await page(site, knowledge.with_units(local), f"/mau/tt/{BIRTH}")
    other = await page(site, knowledge.with_units(local), f"/ben/tt/{BIRTH}")
    assert "8.000 đ" in own.text
    assert "12/2026/NQ-HĐND" in own.text
    assert "Giờ nhận: thứ Hai." in own.text
    assert "8.000 đ" not in other.text


async def test_a_hidden_procedure_leads_nobody_to_the_counter(site: Site, knowledge: Knowledge) -> None:
    hidden = knowledge.with_units({"mau": {BIRTH: Local(hidden=True)}})
    shown = await page(site, hidden, f"/mau/tt/{BIRTH}")
    assert "Trung tâm của xã không nhận việc này." in shown.text
    assert "để được chỉ đúng nơi" in shown.text
    assert "Nơi làm:" not in shown.text
    listed = await page(site, hidden, f"/mau/tt?q={BIRTH}")
    assert f"/mau/tt/{BIRTH}" not in listed.links()


async def test_doubt_stands_in_the_last_line(site: Site, knowledge: Knowledge) -> None:
    procedures = {**knowledge.procedures, BIRTH: replace(knowledge.procedures[BIRTH], in_doubt=True)}
    shown = await page(site, replace(knowledge, procedures=procedures), f"/mau/tt/{BIRTH}")
    assert "thông tin này đang được đơn vị kiểm tra lại" in shown.text
