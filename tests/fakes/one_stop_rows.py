"""Dossiers as one-stop systems write them in JSON, with planted personal data that must never come through. All of it is invented."""

from __future__ import annotations

from typing import Any

CODE = "H48.99.01-261120-0007"
# Whatever of these is found behind the door is a leak.
PLANTED = {
    "fullname": "Lò Thị Thử Nghiệm",
    "ownerFullname": "Giàng A Kiểm Thử",
    "phoneNumber": "0900001234",
    "identityNumber": "000000005678",
    "address": "Số 5 ngõ Bịa Đặt",
    "email": "bia.dat@thu.invalid",
    "noidungyeucaugiaiquyet": "Xin cấp giấy cho Giàng A Kiểm Thử",
}


def igate(code: str = CODE, state: str = "Đang xử lý", **more: Any) -> dict[str, Any]:
    """A row of `GET /pa/dossier/search`; `task` sets the task's state, anything else replaces or adds a field."""
    task = more.pop("task", None)
    row: dict[str, Any] = {
        "id": "64f0a1b2c3d4e5f601234567",
        "code": code,
        "dossierStatus": {"id": 2, "name": state},
        "applicant": {"data": dict(PLANTED)},
        "procedure": {
            "id": "64f0",
            "code": "1.001193",
            "translate": [{"languageId": 228, "name": "Đăng ký khai sinh"}],
            "sector": {"id": "64f1", "code": "HT", "name": [{"languageId": 228, "name": "Hộ tịch"}]},
        },
        "agency": {"id": "64f2", "name": [{"languageId": 228, "name": "xã Mẫu"}], "code": "H48.99.01"},
        "appliedDate": "2026-11-20T08:00:00.000+0700",
        "acceptedDate": "2026-11-20T08:05:00.000+0700",
        "appointmentDate": "2026-11-25T17:00:00.000+0700",
        "completedDate": None,
        "updatedDate": "2026-11-20T09:00:00.000+0700",
        "applyMethod": {"id": 0, "name": "Trực tuyến"},
        "processingTime": 3,
        "processingTimeUnit": "d",
        "currentTask": [{"candidateGroup": [], "assignee": {"fullname": PLANTED["ownerFullname"]}}],
        "undefindedCompleteTime": 0,
    }
    if task is not None:
        row["dossierTaskStatus"] = {"id": "60e4", "name": [{"languageId": 228, "name": task}]}
    return {**row, **more}


def listed(code: str = CODE, state: str = "Đang xử lý", **more: Any) -> dict[str, Any]:
    """A row of the list that one ward of HCM exports."""
    return {
        "dossierNo": code,
        "dossierStatusName": state,
        "sectorName": "Hộ tịch",
        "procedureName": "Đăng ký khai sinh",
        "acceptedDate": "20/11/2026 08:05",
        "appointmentDate": "25/11/2026",
        "lastModifiedDate": "20/11/2026 09:00:00",
        "overDueByUser": "",
        **more,
    }


def synchronised(code: str = CODE, state: Any = "4", **more: Any) -> dict[str, Any]:
    """A dossier of the message `DongBoHoSoMC`."""
    return {
        "MaHoSo": code,
        "MaTTHC": "1.001193.000.00.00.H48",
        "TenTTHC": "Đăng ký khai sinh",
        "MaLinhVuc": "HT",
        "TenLinhVuc": "Hộ tịch",
        "KenhThucHien": "2",
        "ChuHoSo": PLANTED["ownerFullname"],
        "LoaiDoiTuong": "1",
        "MaDoiTuong": PLANTED["identityNumber"],
        "Email": PLANTED["email"],
        "SoDienThoai": PLANTED["phoneNumber"],
        "TrichYeuHoSo": PLANTED["noidungyeucaugiaiquyet"],
        "NgayTiepNhan": "20261120080500",
        "NgayHenTra": "20261125170000",
        "TrangThaiHoSo": state,
        "NgayTra": "",
        "NgayKetThucXuLy": "",
        "DonViXuLy": "xã Mẫu",
        "GhiChu": "",
        "TaiLieuNop": [{"TenTepDinhKem": f"{PLANTED['fullname']}.pdf"}],
        "DanhSachLePhi": [],
        "DanhSachHoSoBoSung": [],
        "DanhSachGiayToKetQua": [],
        **more,
    }


def leaks(*said: object) -> list[str]:
    """The planted values that stand in the texts or representations given."""
    text = " ".join(map(repr, said))
    tails = [PLANTED["phoneNumber"][1:], PLANTED["identityNumber"][4:]]
    return [value for value in [*PLANTED.values(), *tails] if value in text]
