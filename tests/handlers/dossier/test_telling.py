"""What is told of a dossier: ten states and an unknown one, with the second factor and without, on time, late, late with a new day."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from handlers.dossier.here import Here
from handlers.dossier.model import Charge, Dossier
from handlers.dossier.notes import missing, shown
from handlers.dossier.states import STATES
from handlers.dossier.telling import tell
from knowledge.snapshot import Knowledge
from tests.handlers.dossier.conftest import FEE, C, day, made

NOTE = "Thiếu hợp đồng thuê nhà của ông Nguyễn Văn An, 0905 123 456, căn cước 051203001234"
WHO = f"Hồ sơ {C} (đăng ký hộ kinh doanh)"
D = "Dữ liệu đến 17:00 ngày 19/11/2026."
DIGITS = "gửi 4 số cuối điện thoại đã ghi khi nộp hồ sơ. Đừng gửi cả số."
WORKING = "Trung tâm đang làm, anh/chị chưa phải làm gì."
LATE = "Trung tâm đang làm, anh/chị không phải nộp thêm gì."
PAGE = "https://dichvucong.gov.vn/thanh-toan-truc-tuyen"
HOURS = "Giờ làm việc: thứ Hai đến thứ Sáu, 07:30–11:30, 13:30–17:00."
PAY = f"Nộp tại {PAGE} hoặc tại quầy. Không chuyển tiền cho cá nhân nào."
MASKED = "hợp đồng thuê nhà của ông N*** V*** A***, 0•••••••••, căn cước 0•••••••••••"

# state, what else is so → on the code alone, after the second factor (None: the same)
ON_TIME: list[tuple[str, dict[str, Any], str, str | None]] = [
    (
        "new",
        {"received": None, "due": None},
        f"{WHO}: đã gửi, chờ Trung tâm xem và nhận.\nAnh/chị chưa phải làm gì. {D}",
        None,
    ),
    ("accepted", {}, f"{WHO}: đã nhận 18/11/2026. Hẹn trả thứ Hai, 23/11/2026.\n{WORKING} {D}", None),
    ("accepted", {"due": None, "received": None}, f"{WHO}: đã nhận. Chưa ghi ngày hẹn trả.\n{WORKING} {D}", None),
    ("processing", {}, f"{WHO}: đang làm, nhận ngày 18/11/2026. Hẹn trả thứ Hai, 23/11/2026.\n{WORKING} {D}", None),
    (
        "rejected",
        {"note": NOTE},
        f"{WHO}: Trung tâm chưa nhận.\nMuốn xem lý do, {DIGITS}\nSửa xong, anh/chị nộp lại được. Hỏi: 0200 000 000. {D}",
        f"{WHO}: Trung tâm chưa nhận.\nLý do: {MASKED}.\nSửa xong, anh/chị nộp lại được. Hỏi: 0200 000 000. {D}",
    ),
    (
        "needs_papers",
        {"note": NOTE},
        f"{WHO}: còn thiếu giấy, đang chờ anh/chị.\nMuốn xem giấy còn thiếu, {DIGITS}\nNộp thêm tại quầy hoặc qua mạng. {D}",
        f"{WHO}: còn thiếu giấy, đang chờ anh/chị.\nCòn thiếu: {MASKED}.\nNộp thêm tại quầy hoặc qua mạng. {D}",
    ),
    (
        "needs_papers",
        {"note": "Đề nghị bổ sung: giấy đề nghị đăng ký hộ kinh doanh; CCCD của người ủy quyền"},
        (
            f"{WHO}: còn thiếu giấy, đang chờ anh/chị.\n- Giấy đề nghị đăng ký hộ kinh doanh\n- Căn cước của người ủy quyền\n"
            f"Nộp thêm tại quầy hoặc qua mạng. {D}"
        ),
        None,
    ),
    (
        "needs_payment",
        {"charges": (FEE,)},
        f"{WHO}: chờ anh/chị nộp tiền.\nMuốn xem số tiền, {DIGITS} {D}",
        f"{WHO} phải nộp 75.000 đ (lệ phí đăng ký), hạn thứ Sáu, 27/11/2026.\n{PAY} {D}",
    ),
    (
        "needs_payment",
        {"charges": (Charge(amount=75_000, state="waiting"),)},
        f"{WHO}: chờ anh/chị nộp tiền.\nMuốn xem số tiền, {DIGITS} {D}",
        f"{WHO}: 75.000 đ: đang chờ ngân hàng xác nhận, đừng nộp lần nữa. {D}",
    ),
    (
        "needs_payment",
        {},
        f"{WHO}: chờ anh/chị nộp tiền.\nMuốn xem số tiền, {DIGITS} {D}",
        f"{WHO} phải nộp tiền, số tiền chưa rõ. Hỏi quầy hoặc gọi 0200 000 000.\n{PAY} {D}",
    ),
    ("withdrawn", {}, f"{WHO}: đã rút, theo lời người nộp.\nAnh/chị không rút thì gọi 0200 000 000. {D}", None),
    (
        "stopped",
        {"note": NOTE},
        f"{WHO}: Trung tâm đã dừng làm.\nMuốn xem lý do, {DIGITS}\nMời anh/chị hỏi quầy, hoặc gọi 0200 000 000. {D}",
        f"{WHO}: Trung tâm đã dừng làm.\nLý do: {MASKED}.\nMời anh/chị hỏi quầy, hoặc gọi 0200 000 000. {D}",
    ),
    (
        "stopped",
        {"state_name": "Tạm dừng"},
        f"{WHO}: Trung tâm đã dừng, hệ thống ghi: Tạm dừng.\nMuốn xem lý do, {DIGITS}\nMời anh/chị hỏi quầy, hoặc gọi 0200 000 000. {D}",
        f"{WHO}: Trung tâm đã dừng, hệ thống ghi: Tạm dừng.\nMời anh/chị hỏi quầy, hoặc gọi 0200 000 000. {D}",
    ),
    (
        "done",
        {},
        f"{WHO} đã xong. Mời anh/chị đến Trung tâm nhận.\nMang giấy hẹn và căn cước.\nMuốn xem nơi nhận, {DIGITS} {D}",
        f"{WHO} đã xong. Mời anh/chị đến quầy 3 nhận.\n{HOURS}\nMang giấy hẹn và căn cước. {D}",
    ),
    (
        "returned",
        {"returned": day(19)},
        f"{WHO}: đã trả kết quả ngày 19/11/2026.\nChưa nhận được thì gọi 0200 000 000. {D}",
        None,
    ),
    (
        "",
        {"state_name": "Chờ ý kiến sở"},
        f"{WHO}: hệ thống ghi: Chờ ý kiến sở.\nMáy chưa rõ ai phải làm gì, mời gọi 0200 000 000. {D}",
        None,
    ),
]


@pytest.mark.parametrize(
    ("state", "what", "alone", "after"), ON_TIME, ids=[f"{r[0] or 'unknown'}-{n}" for n, r in enumerate(ON_TIME)]
)
def test_a_state_on_time(state: str, what: dict[str, Any], alone: str, after: str | None, here: Here) -> None:
    dossier = made(state=state, **what)
    assert tell(dossier, here) == alone
    assert tell(dossier, here, full=True) == (alone if after is None else after)


def test_the_table_above_holds_every_state() -> None:
    assert {row[0] for row in ON_TIME} == {*STATES, ""}


LATENESS: list[tuple[str, dict[str, Any], str]] = [
    (
        "late",
        {"due": day(18)},
        f"{WHO} trễ hẹn 2 ngày làm việc. Trung tâm xin lỗi anh/chị.\nHẹn cũ: thứ Tư, 18/11/2026. Chưa có ngày hẹn lại.\n{LATE} {D}",
    ),
    (
        "late with a new day",
        {"due_before": day(19), "due": day(25)},
        f"{WHO} trễ hẹn 1 ngày làm việc. Trung tâm xin lỗi anh/chị.\nHẹn cũ: thứ Năm, 19/11/2026. Hẹn lại: thứ Tư, 25/11/2026.\n{LATE} {D}",
    ),
    (
        "moved in good time",
        {"due_before": day(20), "due": day(25)},
        f"{WHO}: Trung tâm dời ngày hẹn trả, xin lỗi anh/chị.\nHẹn cũ: thứ Sáu, 20/11/2026. Hẹn lại: thứ Tư, 25/11/2026.\n{LATE} {D}",
    ),
    (
        "the new day has passed, too",
        {"due_before": day(16), "due": day(18)},
        (
            f"{WHO} trễ hẹn 4 ngày làm việc. Trung tâm xin lỗi anh/chị.\nHẹn cũ: thứ Hai, 16/11/2026. Hẹn lại thứ Tư, 18/11/2026 cũng đã qua, "
            f"chưa có ngày mới.\n{LATE} {D}"
        ),
    ),
    (
        "the data is older than the day promised",
        {"due": day(19), "until": day(18)},
        (
            f"{WHO}: đang làm, nhận ngày 18/11/2026.\nNgày hẹn là thứ Năm, 19/11/2026. Dữ liệu chưa tới ngày đó, mời gọi 0200 000 000 để hỏi. "
            "Dữ liệu đến 17:00 ngày 18/11/2026."
        ),
    ),
    (
        "due today is not late",
        {"due": day(20)},
        f"{WHO}: đang làm, nhận ngày 18/11/2026. Hẹn trả thứ Sáu, 20/11/2026.\n{WORKING} {D}",
    ),
]


@pytest.mark.parametrize(("what", "text"), [r[1:] for r in LATENESS], ids=[r[0] for r in LATENESS])
def test_late_is_said_first_with_sorry_and_the_new_day(what: dict[str, Any], text: str, here: Here) -> None:
    for state in ("processing",):
        assert tell(made(state=state, **what), here) == text
        assert tell(made(state=state, **what), here, full=True) == text


@pytest.mark.parametrize("state", [s for s in STATES if s not in ("accepted", "processing")])
@pytest.mark.parametrize("what", [{"due": day(18)}, {"due_before": day(16), "due": day(18)}])
def test_the_clock_stands_still_where_the_centre_does_not_work_on_it(
    state: str, what: dict[str, Any], here: Here
) -> None:
    assert "trễ hẹn" not in tell(made(state=state, **what), here)


def test_papers_asked_for_twice_are_late(here: Here) -> None:
    text = tell(made(state="needs_papers", requests=2), here)
    assert text.startswith(f"{WHO} trễ hẹn, vì phải hỏi thêm giấy lần 2. Trung tâm xin lỗi anh/chị.")


def test_a_weekend_after_the_day_promised_counts_no_working_day(here: Here) -> None:
    saturday = replace(here, now=day(21, 3))
    text = tell(made(due=day(20), until=day(20)), saturday)
    assert text.startswith(f"{WHO} trễ hẹn. Trung tâm xin lỗi")


# --- what a code alone never shows -------------------------------------------------------------------------------------------------------

PLANTED = (
    "Nguyễn",
    "Văn An",
    "NGUYEN",
    "0905",
    "123 456",
    "051203001234",
    "thửa 45",
    "75.000",
    "Lệ phí",
    "quầy 3",
    "canbo",
)


@pytest.mark.parametrize("state", [*STATES, ""])
@pytest.mark.parametrize("late", [{}, {"due": day(18)}, {"due_before": day(16), "due": day(25)}, {"requests": 2}])
def test_nothing_planted_is_told_on_a_code_alone(state: str, late: dict[str, Any], here: Here) -> None:
    planted = made(
        state=state,
        note=f"{NOTE}; thửa 45 tờ 12",
        state_name="Nguyễn Văn An 0905123456",
        procedure_name="Hồ sơ của NGUYEN VAN AN",
        domain="Nguyễn Văn An",
        charges=(FEE,),
        **late,
    )
    for one in (planted, replace(planted, procedure_code=""), replace(planted, procedure_code="9.999999")):
        text = tell(one, here)
        assert not [word for word in PLANTED if word in text], text


@pytest.mark.parametrize("state", [*STATES, ""])
def test_even_after_the_second_factor_names_and_numbers_are_hidden(state: str, here: Here) -> None:
    text = tell(
        made(state=state, note=NOTE, state_name=NOTE, charges=(replace(FEE, name="Phí của Nguyễn Văn An 0905123456"),)),
        here,
        full=True,
    )
    assert not [word for word in ("Nguyễn", "Văn An", "0905", "123 456", "051203001234") if word in text], text


@pytest.mark.parametrize(
    ("what", "bracket"),
    [
        ({"procedure_code": "1.001612.000.00.00.H48"}, "(đăng ký hộ kinh doanh)"),
        ({"procedure_code": "", "procedure_name": "ĐĂNG KÝ THÀNH LẬP HỘ KINH DOANH"}, "(đăng ký hộ kinh doanh)"),
        ({"procedure_code": "1.004873"}, "(hộ tịch)"),  # a certificate of single status: the name itself is private
        ({"procedure_code": "2.001263"}, "(giấy tờ cá nhân)"),  # adoption: the field's name tells it, too
        ({"procedure_code": "", "domain": "Đất đai"}, "(đất đai)"),
        ({"procedure_code": "", "domain": "Nuôi con nuôi"}, "(giấy tờ cá nhân)"),
        ({"procedure_code": "", "domain": "Ông Nguyễn Văn An"}, ""),
    ],
)
def test_a_sensitive_procedure_is_told_by_its_field_only(what: dict[str, Any], bracket: str, here: Here) -> None:
    assert tell(made(**what), here).startswith(f"Hồ sơ {C} {bracket}:" if bracket else f"Hồ sơ {C}:")


def test_every_sensitive_procedure_keeps_its_name_and_papers_to_itself(knowledge: Knowledge, here: Here) -> None:
    sensitive = [p for p in knowledge.procedures.values() if p.sensitive]
    assert len(sensitive) > 40
    for procedure in sensitive:
        papers = [d.name for d in procedure.documents("")]
        text = tell(made(procedure_code=procedure.code, state="needs_papers", note="; ".join(papers)), here).lower()
        assert procedure.title.lower() not in text
        assert not [name for name in papers if name.lower() in text], procedure.code


@pytest.mark.parametrize(
    ("note", "papers"),
    [
        ("Giấy ủy quyền cho người nộp thay", ("Giấy ủy quyền cho người nộp thay",)),
        ("- bổ sung giay de nghi dang ky ho kinh doanh (01 bản chính)", ("Giấy đề nghị đăng ký hộ kinh doanh",)),
        (
            "1. Căn cước của người ủy quyền\n2. Giấy đề nghị đăng ký hộ kinh doanh",
            ("Căn cước của người ủy quyền", "Giấy đề nghị đăng ký hộ kinh doanh"),
        ),
        ("Căn cước của người ủy quyền Nguyễn Văn An", ()),
        ("Giấy đề nghị đăng ký hộ kinh doanh; gọi ông An 0905123456", ()),
        ("giấy", ()),
        ("Thiếu", ()),
        ("", ()),
    ],
)
def test_a_note_is_papers_only_where_every_piece_is_one(
    note: str, papers: tuple[str, ...], knowledge: Knowledge
) -> None:
    assert missing(note, knowledge.procedures["1.001612"]) == papers


@pytest.mark.parametrize(
    ("note", "read"),
    [
        ("Thiếu: bản vẽ.", "bản vẽ"),
        ("Bà Trần Thị Bích chưa ký", "Bà T*** T*** B*** chưa ký"),
        ("gửi anh Hùng, 0905.123.456", "gửi anh H***, 0•••••••••"),
        ("NGUYỄN VĂN AN thiếu bản vẽ", "N*** V*** A*** thiếu bản vẽ"),
        ("Thiếu hồ sơ đất", "hồ sơ đất"),
    ],
)
def test_a_note_is_read_with_names_and_numbers_hidden(note: str, read: str) -> None:
    assert shown(note) == read


# --- how it is said ----------------------------------------------------------------------------------------------------------------------


def every() -> list[Dossier]:
    rows = [made(state=state, **what) for state, what, _, _ in ON_TIME]
    rows += [made(**what) for _, what, _ in LATENESS]
    return rows


@pytest.mark.parametrize("label", ["", "của mẹ", "của bà ngoại bên nhà ngoại ở thôn Thượng"])
@pytest.mark.parametrize("code", [C, "000.00.99.H48-201105-0004"])
def test_a_message_is_at_most_350_characters_in_short_plain_sentences(label: str, code: str, here: Here) -> None:
    for dossier in every():
        long = replace(dossier, code=code, note=dossier.note * 4)
        for full in (False, True):
            text = tell(long, here, full=full, label=label)
            assert len(text) <= 350, (len(text), text)
            assert not set("!…*_") & set(text.replace("***", "")), text
            for sentence in re.split(r"[.:?]\s|\n", re.sub(r"https://\S+|\(.*?\)", "", text)):
                assert len(sentence.split()) <= 21, sentence
