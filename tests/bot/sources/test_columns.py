"""Titles of columns, as one-stop systems write them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources import columns
from bot.sources.columns import ColumnMap, match


def mapped(*titles: str) -> dict[str, int]:
    found = match([(title,) if title else () for title in titles])
    return {column.field: column.index for column in (*found.columns, *found.dropped)}


@pytest.mark.parametrize(
    ("title", "field"),
    [
        ("Mã hồ sơ", "code"), ("SỐ HỒ SƠ", "code"), ("MaHoSo", "code"), ("dossierNo", "code"), ("Mã hồ sơ (số biên nhận)", "code"), ("Mã hồ sơ gốc", "other"),
        ("Tên thủ tục hành chính", "procedure_name"), ("TenTTHC", "procedure_name"), ("Mã TTHC", "procedure_code"), ("Lĩnh vực", "domain"),
        ("Trạng thái hồ sơ", "state"), ("TrangThaiHoSo", "state"), ("dossierStatusName", "state"), ("Trạng thái thanh toán", "paid"),
        ("Tình trạng hôn nhân", None),
        ("Ngày tiếp nhận", "received"), ("Thời gian tiếp nhận hồ sơ", "received"), ("Ngày nhận kết quả", "returned"), ("Ngày hẹn trả", "due"),
        ("Ngày hẹn trả kết quả", "due"), ("NgayHenTra", "due"), ("Hạn xử lý", "due"), ("Hạn xử lý của đơn vị", None),
        ("Ngày trả kết quả", "returned"), ("Ngày trả", "returned"),
        ("Ngày hoàn thành", "finished"), ("lastModifiedDate", "updated"), ("Hình thức nộp", "channel"), ("Trực tuyến", "online"),
        ("SoDienThoaiChuHoSo", "phone"), ("Số điện thoại cán bộ xử lý", None), ("SĐT", "phone"), ("CMND/CCCD", "identity"), ("Ngày cấp CCCD", "other"),
        ("Chủ hồ sơ", "name"), ("Họ và tên người nộp", "name"), ("DiaChiChuHoSo", "address"), ("Phí, lệ phí", "fee_total"), ("Lệ phí", "levy"), ("Phí", "fee"),
        ("Nội dung yêu cầu bổ sung", "note"), ("Ghi chú", "note"), ("Người xử lý", "staff"), ("TrichYeuHoSo", "about"), ("STT", "other"), ("Cột lạ", None), ("", None),
    ],
)  # fmt: skip
def test_a_title_is_known_by_the_table(title: str, field: str | None) -> None:
    assert list(mapped(title)) == ([field] if field else [])


def test_the_whole_title_wins_over_one_that_only_begins_so() -> None:
    assert mapped("Số điện thoại người thân", "Số điện thoại") == {"phone": 1}
    assert match([("Số điện thoại người thân",), ("Số điện thoại",), ("Tên thủ tục",)]).doubts == ()


def test_two_columns_that_may_both_be_meant_are_told() -> None:
    found = match([("Ghi chú",), ("Lý do",), ("Tên thủ tục",)])
    assert found.index("note") == 1
    assert found.doubts == ("Cột “Ghi chú” cũng có thể là “Nội dung bổ sung”; máy lấy cột “Lý do”.",)


def test_the_map_says_what_is_missing_and_what_is_left_unread() -> None:
    found = match([("Mã hồ sơ",), ("Cột lạ",), ("Chủ hồ sơ",)])
    assert found.missing == ("state",)
    assert found.unread == ("Cột lạ",)
    assert [column.header for column in found.dropped] == ["Chủ hồ sơ"]
    assert "thủ tục" in found.doubts[0]


def test_the_fingerprint_knows_the_same_titles_in_the_same_places() -> None:
    first, again, moved = (
        match([(title,) for title in titles])
        for titles in (("Mã hồ sơ", "Trạng thái"), ("MÃ  HỒ SƠ:", "trạng thái"), ("Trạng thái", "Mã hồ sơ"))
    )
    assert first.fingerprint == again.fingerprint != moved.fingerprint


def test_a_long_number_in_a_title_is_not_shown() -> None:
    assert "0912345678" not in repr(match([("Mã hồ sơ",), ("Gọi 0912345678",)]))


def test_a_map_is_kept_and_read_back() -> None:
    found = match([("Mã hồ sơ",), ("Trạng thái",), ("Chủ hồ sơ",), ("Cột lạ",)])
    assert ColumnMap.from_json(found.to_json()) == found


@given(
    st.one_of(
        st.text(),
        st.recursive(
            st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
        ).map(json.dumps),
    )
)
def test_anything_else_is_no_map(text: str) -> None:
    with pytest.raises(ValueError):
        ColumnMap.from_json(text)


@pytest.mark.parametrize("turned", ['["name", 0, "x"]', '["nobody", 0, "x"]', '["code", -1, "x"]', '["code", 0]', "7"])
def test_a_map_that_would_read_a_name_or_no_column_is_refused(turned: str) -> None:
    with pytest.raises(ValueError, match="not a map"):
        ColumnMap.from_json(match([("Mã hồ sơ",)]).to_json().replace('["code", 0, "Mã hồ sơ"]', turned))


def test_no_title_stands_for_two_fields() -> None:
    table = columns._table()
    names = [name.replace(" ", "") for field in table.values() for name in set(field.names)]
    assert len(names) > 100
    assert sorted(names) == sorted(set(names))
