"""A procedure is put together from words and facts, and its card keeps to the budget."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest

from knowledge.card import LIMIT, STUB_LIMIT
from knowledge.model import Words
from knowledge.procedure import WAY_OUT, Procedure, short_name
from knowledge.snapshot import Knowledge
from knowledge.source import read
from knowledge.unit import Unit


@pytest.fixture
def birth(folder: Path) -> Procedure:
    """The one written procedure of the small folder."""
    source = read(folder)
    return Procedure(source.facts["1.001193"], source.words["1.001193"], "ca-nhan")


def test_a_card_tells_papers_time_money_place_and_dates(birth: Procedure, unit: Unit) -> None:
    assert birth.card("chua", unit).text() == (
        "Đăng ký khai sinh, cha mẹ chưa đăng ký kết hôn\n"
        "Cần mang:\n"
        "- Tờ khai đăng ký khai sinh\n"
        "- Giấy chứng sinh, bản gốc, 2 bản. Không có: giấy người làm chứng\n"
        "- Giấy nhận con, bản photo\n"
        "- Giấy ủy quyền, bản sao chứng thực, nếu nhờ người đi thay\n"
        "Có kết quả: 1 ngày làm việc.\n"
        "Tiền nộp: chưa rõ, hỏi quầy.\n"
        "Nộp: tại quầy, bưu điện, hoặc qua mạng (dichvucong.gov.vn, VNeID).\n"
        "Mã 1.001193, công bố 08/04/2026, xã kiểm tra 10/11/2026"
    )


def test_another_case_has_its_own_papers_and_note(birth: Procedure, unit: Unit) -> None:
    text = birth.card("da", unit).text()
    assert "Giấy nhận con" not in text
    assert "Đăng ký trong 60 ngày" in text


def test_the_way_out_shows_every_paper_with_its_condition(birth: Procedure, unit: Unit) -> None:
    text = birth.card(WAY_OUT, unit).text()
    assert "- Giấy nhận con, bản photo, nếu cha mẹ chưa đăng ký kết hôn" in text
    assert text.startswith("Đăng ký khai sinh\nLàm giấy khai sinh cho bé.")


def test_every_card_of_the_knowledge_keeps_its_budget(knowledge: Knowledge, unit: Unit) -> None:
    cards = 0
    for procedure in knowledge.procedures.values():
        for case in [*(c.key for c in procedure.cases), WAY_OUT]:
            card = procedure.card(case, unit)
            text = card.text()
            assert len(text) <= LIMIT, (procedure.code, case, len(text))
            assert len(card.stub.text()) <= STUB_LIMIT
            assert text == unicodedata.normalize("NFC", text)
            assert procedure.code in text
            cards += 1
    assert cards >= 515 + 60


def test_sixty_procedures_are_written(knowledge: Knowledge) -> None:
    assert sum(p.written for p in knowledge.procedures.values()) >= 60


def test_no_written_procedure_calls_a_published_zero_free(knowledge: Knowledge) -> None:
    for procedure in knowledge.procedures.values():
        for fee in procedure.fees(None):
            if fee.amount == 0:
                assert "/" in fee.text


def test_a_draft_answers_from_the_facts(knowledge: Knowledge, unit: Unit) -> None:
    # none is shipped: a province's own procedure begins as one
    written = knowledge.procedures["1.013979"]
    assert written.words is not None
    draft = replace(
        written, words=Words(code="1.013979", title="Hiến đất làm đường", draft=True, aliases=("hiến đất",))
    )
    text = draft.card(None, unit).text()
    assert "chưa soạn" in text
    assert "Tiền nộp: chưa rõ, hỏi quầy." in text


def test_what_the_police_do_is_filed_with_the_police(knowledge: Knowledge, unit: Unit) -> None:
    assert "Công an xã" in knowledge.procedures["1.004194"].card(WAY_OUT, unit).text()


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Thủ tục đăng ký khai sinh", "Đăng ký khai sinh"),
        ("THỦ TỤC ĐĂNG KÝ SINH HOẠT TÔN GIÁO TẬP TRUNG (CẤP XÃ)", "Đăng ký sinh hoạt tôn giáo tập trung"),
        (
            "Tham vấn trong đánh giá tác động môi trường (cấp xã) (1.010736)",
            "Tham vấn trong đánh giá tác động môi trường",
        ),
        ("Giải quyết chế độ trợ cấp thờ cúng liệt sĩ.", "Giải quyết chế độ trợ cấp thờ cúng liệt sĩ"),
    ],
)
def test_a_legal_name_is_cut_down_to_a_choice(name: str, short: str) -> None:
    assert short_name(name) == short


def test_a_long_name_is_cut_between_words() -> None:
    cut = short_name("Cấp giấy phép xây dựng mới đối với công trình " * 4, 40)
    assert len(cut) <= 40
    assert cut.endswith("…")
    assert cut[:-1].split()[-1] in ["Cấp", "giấy", "phép", "xây", "dựng", "mới", "đối", "với", "công", "trình"]
