"""One dossier in each of the three shapes: what is read, which state it is in, what is owed, what never comes through."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sealing import Seal
from bot.sources.json_records import ReadRow, is_dossier, record_of
from handlers.dossier.model import Charge, Record
from knowledge.unit import DossierSettings, Unit
from tests.bot.sources.test_json_values import ANY_JSON
from tests.fakes.one_stop_rows import CODE, PLANTED, igate, leaks, listed, synchronised

TODAY = date(2026, 11, 20)
SEAL = Seal(b"a secret of the tests")


@pytest.fixture
def read(unit: Unit) -> Any:
    def _read(row: Any, unit: Unit = unit) -> ReadRow:
        return record_of(row, unit, SEAL, TODAY)

    return _read


@pytest.mark.parametrize("row", [igate(), listed(), synchronised()], ids=["igate", "listed", "synchronised"])
def test_the_three_shapes_say_the_same(read: Any, row: Any) -> None:
    record = read(row).record
    assert record is not None
    assert (record.code, record.state, record.procedure_name, record.domain) == (
        CODE,
        "processing",
        "Đăng ký khai sinh",
        "Hộ tịch",
    )
    assert record.received == datetime(2026, 11, 20, 1, 5, tzinfo=UTC)
    assert record.due == datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
    assert record.finished is record.returned is None
    assert read(row).whys == []


@pytest.mark.parametrize("row", [igate(), synchronised()], ids=["igate", "synchronised"])
def test_a_phone_and_an_identity_number_become_marks_bound_to_unit_and_code(read: Any, row: Any) -> None:
    record = read(row).record
    assert record.phone == SEAL.mark("mau", CODE, "phone", "0900001234")
    assert record.phone_tail == SEAL.mark("mau", CODE, "phone_tail", "1234")
    assert record.identity_tail == SEAL.mark("mau", CODE, "identity_tail", "5678")
    assert (record.procedure_code, record.applied) == ("1.001193", "online")


@pytest.mark.parametrize("shape", [igate, listed, synchronised], ids=["igate", "listed", "synchronised"])
def test_nothing_personal_comes_through(read: Any, shape: Any) -> None:
    assert (
        leaks(read(shape()), read(shape(code="lỗi")), read(shape(acceptedDate="hôm qua", NgayTiepNhan="hôm qua"))) == []
    )


def test_numbers_of_persons_inside_free_texts_are_hidden(read: Any) -> None:
    asked = {"NoiDungBoSung": "Gọi 0900001234, căn cước 000000005678", "NgayBoSung": "20261121090000"}
    record = read(synchronised(state=5, DanhSachHoSoBoSung=[asked], TenTTHC="Khai sinh 0900001234")).record
    assert leaks(record) == []
    assert record.note.startswith("Gọi 0•")


@pytest.mark.parametrize(
    ("main", "task", "state", "word"),
    [
        ("Đang xử lý", None, "processing", "Đang xử lý"),
        ("Đang xử lý", "Chờ bổ sung hồ sơ", "needs_papers", "Chờ bổ sung hồ sơ"),  # the task says more
        ("Đang xử lý", "Văn thư vào sổ", "processing", "Đang xử lý"),  # a step that nobody need know
        ("Đã trả kết quả", "Đang xử lý", "returned", "Đã trả kết quả"),  # a task forgotten at the end
        ("Đã xử lý xong", "Đang xử lý", "done", "Đã xử lý xong"),
        ("Đã xử lý xong", "Đã trả kết quả", "returned", "Đã trả kết quả"),
        ("Dừng xử lý", "Công dân rút hồ sơ", "withdrawn", "Công dân rút hồ sơ"),
        ("Chuyển bộ phận", "Văn thư vào sổ", "", "Chuyển bộ phận"),  # kept as text, never guessed
        ("", "Mới đăng ký", "new", "Mới đăng ký"),
    ],
)
def test_the_state_is_the_name_that_says_most(read: Any, main: str, task: str | None, state: str, word: str) -> None:
    found = read(igate(state=main, task=task))
    assert (found.record.state, found.record.state_name) == (state, word)
    assert found.unknown_state == ("" if state else word)


@pytest.mark.parametrize("status", [{"id": 4}, 4, "4", {"id": 4, "name": "4"}], ids=str)
def test_a_number_of_the_one_stop_system_is_never_taken_for_the_portals(read: Any, status: Any) -> None:
    found = read(igate(dossierStatus=status))
    assert found.record is None  # 4 is "returned" there and "in work" on the portal
    assert found.whys == ["không có tên trạng thái"]


@pytest.mark.parametrize("state", [5, "5", "05", 5.0, "Yêu cầu bổ sung giấy tờ"], ids=str)
def test_the_numbers_of_the_platform_are_the_portals(read: Any, state: Any) -> None:
    assert read(synchronised(state=state)).record.state == "needs_papers"


def test_a_unit_adds_words_of_its_own(unit: Unit, read: Any) -> None:
    words = DossierSettings(state_names={"Chuyển bộ phận": "processing", "Chờ ấn chỉ": "9"})
    ours = unit.model_copy(update={"dossiers": words})
    assert read(igate(state="chuyển  bộ phận"), ours).record.state == "processing"
    assert read(igate(state="Chờ ấn chỉ"), ours).record.state == "done"


@pytest.mark.parametrize(
    ("procedure", "name"),
    [
        ({"code": "1.001193", "translate": {"languageId": 228, "name": "Khai sinh"}}, "Khai sinh"),
        ({"code": "1.001193", "translate": {"0": {"languageId": 228, "name": "Khai sinh"}}}, "Khai sinh"),
        ({"code": "1.001193", "translate": {"name": "Khai sinh"}}, "Khai sinh"),
        ({"code": "1.001193", "name": "Khai sinh"}, "Khai sinh"),
        ({"code": "1.001193", "name": [{"languageId": 228, "name": "Khai sinh"}]}, "Khai sinh"),
        ({"code": "1.001193"}, ""),
    ],
)
def test_a_procedures_name_stands_in_many_shapes(read: Any, procedure: Any, name: str) -> None:
    assert read(igate(procedure=procedure)).record.procedure_name == name


def test_the_due_date_stands_under_either_name(read: Any) -> None:
    evening = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)
    assert read(igate(appointmentDate=None, dueDate="2026-11-26")).record.due == evening
    assert read(igate(appointmentDate=None)).record.due is None
    assert read(igate(appointmentDate=None)).whys == []


@pytest.mark.parametrize(
    ("channel", "applied"),
    [
        ("1", "counter"),
        ("", "counter"),
        (2, "online"),
        ("3", "post"),
        ("Qua mạng", "online"),
        ("Bưu chính công ích", "post"),
        ("9", ""),
    ],
)
def test_the_channel_of_the_platform(read: Any, channel: Any, applied: str) -> None:
    assert read(synchronised(KenhThucHien=channel)).record.applied == applied


def test_a_date_that_cannot_be_read_is_said_and_the_rest_is_kept(read: Any) -> None:
    found = read(igate(appointmentDate="cuối tháng"))
    assert found.record.due is None
    assert found.whys == ["ngày hẹn trả không đọc được"]


def test_a_change_in_the_future_is_not_believed(read: Any) -> None:
    found = read(igate(updatedDate="2027-01-01T00:00:00Z"))
    assert found.record.updated is None
    assert found.whys == ["ngày cập nhật ở tương lai"]


@pytest.mark.parametrize(
    "code", ["", None, "17-1436", "H48.99.01-261320-0007", ["H48.99.01-261120-0007"], 7, "64f0a1b2"], ids=str
)
def test_a_row_without_a_whole_code_is_left_out(read: Any, code: Any) -> None:
    assert read(igate(code=code)).record is None


def test_an_opaque_id_gives_way_to_the_code(read: Any) -> None:
    assert read(listed(dossierId="64f0a1b2c3d4")).record.code == CODE
    row = listed()
    row["dossierId"] = row.pop("dossierNo")
    assert read(row).record.code == CODE


def test_the_note_is_the_latest_request_that_is_not_answered(read: Any) -> None:
    def asked(day: str, what: str, answered: str = "") -> dict[str, str]:
        return {"NgayBoSung": day, "NoiDungBoSung": what, "NgayTiepNhanBoSung": answered}

    both = [asked("20261122090000", "Giấy chứng sinh"), asked("20261121090000", "Tờ khai", answered="20261121150000")]
    assert read(synchronised(state=5, DanhSachHoSoBoSung=both)).record.note == "Giấy chứng sinh"
    named = {
        "NoiDungBoSung": "Thiếu giấy",
        "DanhSachGiayToBoSung": [{"TenGiayTo": "Tờ khai"}, {"TenGiayTo": "Tờ khai"}, 3],
    }
    assert read(synchronised(state=5, DanhSachHoSoBoSung=[named])).record.note == "Thiếu giấy; Tờ khai"
    assert read(synchronised(GhiChu="Hồ sơ giấy")).record.note == "Hồ sơ giấy"


FEE = {"TenPhiLePhi": "Lệ phí hộ tịch", "MaPhiLePhi": "LP1", "HinhThucThu": "2", "Gia": "75.000", "LoaiPhiLePhi": "1"}


@pytest.mark.parametrize(
    ("row", "charges"),
    [
        (synchronised(state=6, DanhSachLePhi=[FEE]), (Charge(1, "Lệ phí hộ tịch", 75000, None, "unpaid"),)),
        (synchronised(state=4, DanhSachLePhi=[FEE]), None),  # not said whether it is paid, and nobody waits for it
        (
            synchronised(state=4, DanhSachLePhi=[FEE | {"HinhThucThu": 1}]),
            (Charge(1, "Lệ phí hộ tịch", 75000, None, "paid"),),
        ),
        (synchronised(state=1, DanhSachLePhi=[FEE | {"HinhThucThu": 1}]), None),
        (
            synchronised(state=4, DanhSachLePhi=[FEE], TrangThaiThanhToan="Đã thanh toán"),
            (Charge(1, "Lệ phí hộ tịch", 75000, None, "paid"),),
        ),
        (synchronised(state=6, DanhSachLePhi=[FEE | {"Gia": 0}]), (Charge(1, "Lệ phí hộ tịch", 0, None, "exempt"),)),
        (synchronised(state=6, DanhSachLePhi=[]), None),  # an empty list says nothing
        (igate(paystatus=1), (Charge(1, "", None, None, "paid"),)),
        (igate(paystatus=7), None),  # a number that nobody has explained
        (igate(paymentStatus="Chờ thanh toán"), (Charge(1, "", None, None, "waiting"),)),
        (igate(), None),
    ],
)
def test_a_charge_is_told_only_where_the_source_tells_it(
    read: Any, row: Any, charges: tuple[Charge, ...] | None
) -> None:
    assert read(row).record.charges == charges


def test_an_envelope_is_no_dossier() -> None:
    assert not is_dossier({"code": "OK", "data": []})
    assert all(map(is_dossier, (igate(), listed(), synchronised())))


FIELDS = sorted(
    {*igate(), *listed(), *synchronised(), "dossierTaskStatus", "dueDate", "updatedDate", "paystatus", "DinhDanhCHS"}
)


@given(st.dictionaries(st.sampled_from(FIELDS), ANY_JSON), st.sampled_from([igate, listed, synchronised]))
def test_whatever_stands_in_the_fields_nothing_is_raised_and_nothing_leaks(
    unit: Unit, odd: dict[str, Any], shape: Any
) -> None:
    found = record_of({**shape(), **odd}, unit, SEAL, TODAY)
    assert isinstance(found.record, Record) or found.whys
    assert leaks(found) == []
    assert PLANTED["phoneNumber"] not in repr(found)
