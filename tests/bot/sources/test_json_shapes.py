"""Files and folders of JSON: where the dossiers are found, what happens to the broken ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sealing import Seal
from bot.sources import json_shapes
from bot.sources.json_shapes import Gathering, read_json, rows_of
from bot.sources.reading import Doubt, Reading, SourceError
from knowledge.unit import Unit
from tests.bot.sources.test_json_values import ANY_JSON
from tests.fakes.one_stop_rows import igate, leaks, listed, synchronised

TODAY = date(2026, 11, 20)
SEAL = Seal(b"a secret of the tests")
A, B, C = (f"H48.99.01-261120-000{n}" for n in (1, 2, 3))
ReadFile = Callable[..., Reading]


@pytest.fixture
def read(unit: Unit, tmp_path: Path) -> ReadFile:
    def _read(content: Any, name: str = "export.json") -> Reading:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode())
        return read_json(path, unit, SEAL, TODAY)

    return _read


def codes(reading: Reading) -> list[str]:
    return [record.code for record in reading.records]


def dumped(*rows: Any) -> bytes:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()


@pytest.mark.parametrize(
    "document",
    [
        [igate(A), igate(B)],
        {"content": [igate(A), igate(B)], "last": True, "totalElements": 2},
        {"content": [listed(A), listed(B)]},
        {"session": "x", "service": "DongBoHoSoMC", "data": [synchronised(A), synchronised(B)]},
        {"code": "OK", "data": {"content": [igate(A), igate(B)]}},
        {"result": {"items": [listed(A), listed(B)]}},
        [{"content": [igate(A)]}, {"content": [igate(B)]}],
        {"0": igate(A), "1": igate(B)},
    ],
    ids=range(8),
)
def test_the_dossiers_are_found_through_their_envelopes(read: ReadFile, document: Any) -> None:
    reading = read(document)
    assert codes(reading) == [A, B]
    assert reading.doubts == []


def test_a_single_dossier_is_a_file_too(read: ReadFile) -> None:
    assert codes(read(synchronised(A))) == [A]


def test_one_object_a_line_and_a_broken_line_stops_nothing(read: ReadFile) -> None:
    reading = read(
        dumped(igate(A), listed(B)) + b'\n\n{"code": "H48\n' + dumped(synchronised(C)) + b'\n{"MaHoSo": "H48.99',
        "log.jsonl",
    )
    assert codes(reading) == [A, B, C]
    assert reading.doubts == [Doubt(3, "dòng không đọc được hoặc bị cắt"), Doubt(5, "dòng không đọc được hoặc bị cắt")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_every_unicode_encoding_is_read(read: ReadFile, encoding: str) -> None:
    assert codes(read(json.dumps([igate(A)], ensure_ascii=False).encode(encoding))) == [A]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "Tệp trống"),
        (b"   \n", "Tệp trống"),
        (json.dumps([igate(A), igate(B)]).encode()[:-40], "bị cắt giữa chừng"),
        (b'[{"code": ', "bị cắt giữa chừng"),
        (b"<html><body>502 Bad Gateway</body></html>", "không phải JSON"),
        (b"STT;Ma ho so\n1;H48", "không phải JSON"),
        (b"PK\x03\x04xlsx", "tệp nén"),
        (b"\xff\xfe\x00", "Unicode"),
        (b'"chi mot dong chu"', "Không thấy danh sách"),
        (b"{}", "Không thấy danh sách"),
        (b'{"error": "invalid_token"}', "Không thấy danh sách"),
        (b"[" * 100_000, "JSON|lồng"),
        (b"[" * 100_000 + b"]" * 100_000, "lồng|Không thấy|JSON"),
        (b'{"content": ' * 50 + b"[]" + b"}" * 50, "Không thấy danh sách"),
    ],
)
def test_a_file_that_is_none_changes_nothing_and_says_why(read: ReadFile, content: bytes, says: str) -> None:
    with pytest.raises(SourceError, match=says):
        read(content)


def test_an_empty_list_is_read_and_is_empty(read: ReadFile) -> None:
    assert read({"content": []}).records == ()


def test_rows_that_are_no_dossiers_are_left_out_with_their_number(read: ReadFile) -> None:
    reading = read({"content": [igate(A), None, "H48", igate(code="17-1436"), [1], igate(B, appointmentDate="mai")]})
    assert codes(reading) == [A, B]
    assert reading.doubts == [
        Doubt(2, "không phải một hồ sơ"),
        Doubt(3, "không phải một hồ sơ"),
        Doubt(4, "không có mã hồ sơ đọc được"),
        Doubt(5, "không phải một hồ sơ"),
        Doubt(6, "ngày hẹn trả không đọc được", skipped=False),
    ]


def test_unknown_states_are_counted_and_kept_as_text(read: ReadFile) -> None:
    reading = read([igate(A, "Chuyển bộ phận"), igate(B, "Chuyển bộ phận"), igate(C)])
    assert reading.unknown_states == {"Chuyển bộ phận": 2}
    assert [(record.state, record.state_name) for record in reading.records][:1] == [("", "Chuyển bộ phận")]


def test_of_the_same_code_twice_the_newer_wins_wherever_it_stands(read: ReadFile) -> None:
    older, newer = igate(A), igate(A, "Đã trả kết quả", updatedDate="2026-11-20T10:00:00+0700")
    for rows in ([older, igate(B), newer], [newer, igate(B), older]):
        reading = read(rows)
        assert [(r.code, r.state) for r in reading.records] == [(A, "returned"), (B, "processing")]
        assert reading.doubts == [Doubt(3, "hồ sơ này đã có ở dòng 1, lấy bản mới hơn")]
    without = [igate(A, updatedDate=None), igate(A, "Đã trả kết quả", updatedDate=None)]
    assert read(without).records[0].state == "returned"  # where nothing tells which is newer, the later row is


def test_a_folder_is_read_by_name_and_a_later_file_is_newer(read: ReadFile, unit: Unit, tmp_path: Path) -> None:
    folder = tmp_path / "xuat"
    folder.mkdir()
    (folder / "2026-11-19.json").write_bytes(dumped([igate(A, updatedDate=None), igate(B)]))
    (folder / "2026-11-20.JSON").write_bytes(dumped({"content": [igate(A, "Đã xử lý xong", updatedDate=None)]}))
    (folder / "2026-11-21.jsonl").write_bytes(dumped(listed(C), listed(B, lastModifiedDate="")))
    (folder / "ghi-chu.txt").write_text("không đọc")
    reading = read_json(folder, unit, SEAL, TODAY)
    assert [(r.code, r.state) for r in reading.records] == [(A, "done"), (B, "processing"), (C, "processing")]
    assert reading.doubts == []
    (folder / "2026-11-22.json").write_bytes(b'{"content": [')
    reading = read_json(folder, unit, SEAL, TODAY)
    assert len(reading.records) == 3
    assert [doubt.why[:32] for doubt in reading.doubts] == ["tệp thứ 4 theo thứ tự tên không "]


def test_a_folder_without_anything_to_read_says_so(unit: Unit, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="không có tệp"):
        read_json(tmp_path, unit, SEAL, TODAY)
    (tmp_path / "a.json").write_bytes(b"{")
    (tmp_path / "b.json").write_bytes(b"<")
    with pytest.raises(SourceError, match="không phải JSON"):
        read_json(tmp_path, unit, SEAL, TODAY)
    with pytest.raises(SourceError, match="Không mở được tệp"):
        read_json(tmp_path / "khong-co.json", unit, SEAL, TODAY)


def test_a_file_too_large_is_not_opened(read: ReadFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_shapes, "LARGEST", 10)
    with pytest.raises(SourceError, match="từng khoảng ngày"):
        read([igate(A)])


def test_the_same_content_has_the_same_fingerprint(read: ReadFile) -> None:
    first, again, other = read([igate(A)]), read([igate(A)], "khac.json"), read([igate(B)])
    assert len(first.fingerprint) == 64
    assert first.fingerprint == again.fingerprint != other.fingerprint


def test_nothing_personal_stands_in_a_reading_its_doubts_or_an_error(
    read: ReadFile, caplog: pytest.LogCaptureFixture
) -> None:
    rows = [
        igate(A),
        listed(B),
        synchronised(C),
        igate(A),
        synchronised(code="lỗi"),
        igate(B, acceptedDate="Lò Thị Thử Nghiệm"),
    ]
    assert leaks(read(rows), caplog.text) == []
    for cut in range(10, 2000, 97):
        try:
            assert leaks(read(json.dumps(rows).encode()[:cut])) == []
        except SourceError as error:
            assert leaks(error, error.args) == []


@given(st.one_of(ANY_JSON.map(lambda value: json.dumps(value).encode()), st.binary(max_size=200)))
def test_no_content_whatever_raises_anything_but_a_source_error(unit: Unit, content: bytes) -> None:
    gathering = Gathering(unit, SEAL, TODAY)
    try:
        for value in rows_of(content, gathering):
            gathering.take(value)
    except SourceError as error:
        assert str(error)
    assert isinstance(gathering.done(), Reading)


@given(st.data())
def test_a_file_cut_anywhere_never_raises_anything_but_a_source_error(unit: Unit, data: st.DataObject) -> None:
    whole = data.draw(
        st.sampled_from(
            [dumped([igate(A), synchronised(B)]), dumped(igate(A), listed(B)), dumped({"content": [listed(A)]})]
        )
    )
    cut = whole[: data.draw(st.integers(0, len(whole)))]
    gathering = Gathering(unit, SEAL, TODAY)
    try:
        for value in rows_of(cut, gathering):
            gathering.take(value)
    except SourceError:
        return
    assert leaks(gathering.done()) == []
