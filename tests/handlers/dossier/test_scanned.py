"""What a code in a photo means: a dossier, a procedure, or nothing that is ours."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.dossier.scanned import OTHER, Meant, meant

TODAY = date(2026, 11, 20)
CODE = "H48.99.01-261120-0007"
PAYLOAD = "hs-H48_99_01-261120-0007"


@pytest.mark.parametrize(
    ("found", "means"),
    [
        # a receipt
        ([CODE], Meant(CODE)),
        (["h48.99.01-261120-0007"], Meant(CODE)),
        ([f"Mã hồ sơ: {CODE}"], Meant(CODE)),
        (["G22.99.99-260921-000007"], Meant("G22.99.99-260921-000007")),
        (["000.00.99.H48-201105-0004"], Meant("000.00.99.H48-201105-0004")),
        ([f"https://dichvucong.gov.vn/tra-cuu-ho-so?maHoSo={CODE}"], Meant(CODE)),
        ([f"https://motcua.tinh.example/ho-so/{CODE}"], Meant(CODE)),
        ([CODE, CODE], Meant(CODE)),
        ([CODE, "H48.99.01-261120-0008"], Meant(f"{CODE} H48.99.01-261120-0008")),
        # a follow code's link from the desk
        ([PAYLOAD], Meant(CODE, PAYLOAD)),
        ([f"https://t.me/motcua_mau_bot?start={PAYLOAD}"], Meant(CODE, PAYLOAD)),
        (["https://xa-mau.example/mau/?hs=H48_99_01-261120-0007"], Meant(CODE, PAYLOAD)),
        (["H48.99.01-261120-0008", f"https://t.me/motcua_mau_bot?start={PAYLOAD}"], Meant(CODE, PAYLOAD)),
        # a procedure
        (["tt-1_001193"], Meant(payload="tt-1_001193")),
        (["1.001193"], Meant(payload="tt-1_001193")),
        (["https://xa-mau.example/mau/chat?tt=1.001193"], Meant(payload="tt-1_001193")),
        (["https://xa-mau.example/mau/tt/1.001193"], Meant(payload="tt-1_001193")),
        (["https://t.me/motcua_mau_bot?start=tt-1_001193"], Meant(payload="tt-1_001193")),
        (["https://dichvucong.gov.vn/tim-kiem?keyword=1.001193"], Meant(payload="tt-1_001193")),
        (["https://dichvucong.gov.vn/#/tim?keyword=1.001193.000.00.00.H48"], Meant(payload="tt-1_001193")),
        (["1.001193", CODE], Meant(CODE)),
        # neither
        (["000201010212382x0010A000000727"], Meant(payload=OTHER)),
        (["WIFI:T:WPA;S:quan-ca-phe;P:12345678;;"], Meant(payload=OTHER)),
        (["https://lua-dao.example/nop-tien"], Meant(payload=OTHER)),
        (["https://[khong-phai-dia-chi"], Meant(payload=OTHER)),
        (["000000000000|000000000|Nguyễn Văn Mẫu|01011990|Nam|Thôn 1, xã Mẫu|01012021"], Meant(payload=OTHER)),
        (["H48.99.01-261320-0007"], Meant(payload=OTHER)),  # no such month
        (["H48.99.01-271120-0007"], Meant(payload=OTHER)),  # a year ahead
        ([f"{CODE} và nhiều chữ khác, dài hơn hẳn những gì in quanh một mã hồ sơ"], Meant(payload=OTHER)),
        ([""], Meant(payload=OTHER)),
        # one that is ours among others
        (["WIFI:T:WPA;S:x;P:y;;", "1.001193"], Meant(payload="tt-1_001193")),
        ([], Meant()),
    ],
)
def test_each_code_becomes_what_it_means(found: list[str], means: Meant) -> None:
    assert meant(found, TODAY) == means


@given(st.lists(st.text(max_size=200), max_size=4))
def test_whatever_stands_in_a_code_nothing_is_raised_and_nothing_strange_goes_on(found: list[str]) -> None:
    said = meant(found, TODAY)
    assert set(said.text + said.payload) <= set("HGabcdefghijklmnopqrstuvwxyz0123456789._- ")
