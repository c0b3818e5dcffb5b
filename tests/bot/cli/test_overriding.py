"""`motcua kb override`: one officer sets, another approves, every refusal is one Vietnamese sentence."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from sqlalchemy import update

from bot.cli import main
from bot.store import Store
from bot.store.schema import overrides

BIRTH, LAW = "1.001193", "12/2026/NQ-HĐND"


@pytest.fixture(autouse=True)
def _at_this_database(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_DATABASE", database_url)
    monkeypatch.delenv("MOTCUA_OFFICER", raising=False)


def run(*words: str, by: str = "") -> str:
    """The output of a command that works."""
    done = CliRunner().invoke(main, ["kb", "override", *words, *(["--by", by] if by else [])])
    assert done.exit_code == 0, done.output
    return done.output


def refused(*words: str, by: str = "Lan") -> str:
    """The one sentence of a command that does not."""
    done = CliRunner().invoke(main, ["kb", "override", *words, "--by", by])
    assert done.exit_code == 1, done.output
    lines = done.output.strip().splitlines()
    assert len(lines) == 1, done.output
    return lines[0]


def put(*words: str, by: str = "Lan") -> str:
    """Set one; its number."""
    return run("set", BIRTH, *words, by=by).split(";")[0]


def fee(*more: str) -> str:
    """Set a fee; its number."""
    return put("fee", "8000", "--source", LAW, *more)


def test_a_fee_is_in_force_once_another_person_approved_it() -> None:
    number = fee()
    assert "chờ duyệt" in run("list")
    assert "phải người khác duyệt" in refused("approve", number, by=" LAN ")
    said = run("approve", number, by="Hùng")
    assert "đang có hiệu lực" in said
    assert "8.000 đ (12/2026/NQ-HĐND)" in said
    assert "không còn chờ duyệt" in refused("approve", number, by="Hoa")


@pytest.mark.parametrize(("words", "alone"), [
    (("note", "Mang theo bút."), True),
    (("alias", "giấy tím hoa"), True),
    (("verified_on", "01/11/2025"), True),
    (("note", "Mang theo bút.", "--province"), False),
    (("alias", "giấy tím hoa", "--country"), False),
    (("hidden", "có"), False),
    (("place", "nhà văn hóa thôn Thượng"), False),
    (("phone", "0200 111 222"), False),
    (("hours", "thứ Hai, thứ Năm"), False),
])  # fmt: skip
def test_only_what_the_unit_says_of_itself_is_approved_by_its_author(words: tuple[str, ...], alone: bool) -> None:
    number = put(*words)
    if alone:
        assert "đang có hiệu lực" in run("approve", number, by="Lan")
    else:
        assert "phải người khác duyệt" in refused("approve", number, by="Lan")
        assert "đang có hiệu lực" in run("approve", number, by="Hùng")


def test_undo_gives_back_what_held_before_and_keeps_the_history() -> None:
    first, second = fee(), put("fee", "9000", "--source", LAW)
    for number in (first, second):
        run("approve", number, by="Hùng")
    assert f"Còn hiệu lực: {first}" in run("undo", second, by="Hoa")
    assert "Nay theo bản công bố." in run("undo", first, by="Hoa")
    assert "đã bỏ rồi" in refused("undo", first, by="Hoa")
    assert "0 sửa đổi" in run("list")
    assert "Hoa bỏ" in run("list", "--all")
    rows = [json.loads(line) for line in run("export").splitlines()]
    assert [(r["id"], r["state"], r["author"], r["approver"], r["undone_by"], r["amount"]) for r in rows] == [
        (first, "undone", "Lan", "Hùng", "Hoa", 8000),
        (second, "undone", "Lan", "Hùng", "Hoa", 9000),
    ]


def test_after_new_facts_it_is_kept_or_undone_and_holds_until_then(database_url: str) -> None:
    number = fee()
    run("approve", number, by="Hùng")
    assert "0 sửa đổi" in run("list", "--conflicts")
    assert "không vướng gì" in refused("keep", number)
    store = Store.open(database_url)
    store.transact(lambda c: c.execute(update(overrides).values(base_hash="old")))
    store.close()
    said = run("list", "--conflicts")
    assert "đang có hiệu lực" in said
    assert "gốc đã đổi: giữ / bỏ" in said
    run("keep", number, by="Hoa")
    assert "0 sửa đổi" in run("list", "--conflicts")
    assert "gốc đã đổi" not in run("list")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("1.999999", "fee", "8000", "--source", LAW), "Không có thủ tục mã 1.999999"),
        ((BIRTH, "gia", "8000"), "Không có mục gia. Chọn một trong: fee, place"),
        ((BIRTH, "fee", "8,5", "--source", LAW), "số nguyên đồng"),
        ((BIRTH, "fee", "8000"), "cần căn cứ"),
        ((BIRTH, "note", "x", "--from", "20/12/2026", "--to", "01/12/2026"), "trước ngày bắt đầu"),
        ((BIRTH, "note", "x", "--to", "01/12/2020"), "đã qua"),
        ((BIRTH, "note", "x", "--from", "mai"), "không phải là ngày"),
        ((BIRTH, "note", "x", "--unit", "khac"), "Không có đơn vị khac"),
        ((BIRTH, "note", "x", "--province", "--country"), "Chọn một"),
        ((BIRTH, "alias", "Đăng ký  kết hôn"), "đã là cách gọi của 1.000894"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(words: tuple[str, ...], says: str) -> None:
    assert says in refused("set", *words)
    assert "0 sửa đổi" in run("list", "--all")


def test_what_would_make_a_card_too_long_is_refused() -> None:
    for field, text in (("note", "x" * 150), ("hours", "y" * 100)):
        said = CliRunner().invoke(main, ["kb", "override", "set", BIRTH, field, text, "--by", "Lan"]).output
        if "Viết ngắn lại" in said:
            return
        run("approve", said.split(";")[0], by="Hùng")
    pytest.fail("both went in")


def test_a_number_nobody_has_and_a_nameless_officer_are_refused() -> None:
    for command in ("approve", "undo", "keep"):
        assert "Không có sửa đổi nào mang số ffff" in refused(command, "ffff")
    assert "Ghi tên cán bộ" in refused("approve", fee(), by=" ")


def test_a_provinces_fee_is_said_to_be_the_provinces() -> None:
    assert "cả tỉnh H48" in run("set", BIRTH, "fee", "8000", "--source", LAW, "--province", by="Lan")
    assert "cả nước" in run("set", BIRTH, "fee", "8000", "--source", LAW, "--country", by="Lan")
    assert "2 sửa đổi" in run("list", "--code", BIRTH)
