"""A procedure as its public page shows it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.web.sheet import FIGURE, brief_time, figure, sheet
from knowledge.snapshot import Knowledge
from knowledge.unit import Unit


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("1 ngày làm việc; nộp sau 15:00 thì nhận ngày làm việc kế tiếp", ("1 ngày làm việc", "nộp sau 15:00 thì nhận ngày làm việc kế tiếp")),
        ("8.000 đ mỗi bản", ("8.000 đ mỗi bản", "")),
        ("tỉnh quy định mức, khai đúng hạn thì miễn", ("Tỉnh quy định mức", "khai đúng hạn thì miễn")),
        ("bản công bố ghi hai số khác nhau cho việc này; theo giấy hẹn", ("Bản công bố ghi hai số khác nhau cho việc này; theo giấy hẹn", "")),
        ("Công an xã (quầy 5)", ("Công an xã", "(quầy 5)")),
        ("130 ngày.", ("130 ngày", "")),
    ],
)  # fmt: skip
def test_a_short_head_is_set_large_and_a_half_sentence_never(text: str, cut: tuple[str, str]) -> None:
    assert figure(text) == cut


@given(st.text(min_size=1, max_size=120))
def test_nothing_of_a_sentence_is_lost_by_cutting_it(text: str) -> None:
    head, rest = figure(text)
    kept = [c for c in (head + rest).casefold() if c.isalnum()]
    assert kept == [c for c in (text[:1].upper() + text[1:]).strip().casefold() if c.isalnum()] or not text.strip()


def test_every_procedure_has_four_key_facts_and_an_unknown_fee_says_so(knowledge: Knowledge, unit: Unit) -> None:
    for procedure in knowledge.procedures.values():
        drawn = sheet(procedure, "", unit)
        assert [fact.label for fact in drawn.key] == ["Thời hạn", "Tiền phải nộp", "Nơi nộp", "Qua mạng"]
        assert all(fact.figure for fact in drawn.key)
        if not procedure.fee_text(None):
            assert drawn.key[1].figure == "Chưa rõ, hỏi quầy"
        assert drawn.stub.code == procedure.code
        assert len(brief_time(procedure)) <= FIGURE


def test_all_cases_together_show_every_paper_once(knowledge: Knowledge, unit: Unit) -> None:
    walked = 0
    for procedure in knowledge.procedures.values():
        if not procedure.cases or procedure.words is None:
            continue
        walked += 1
        shown = [paper.name for part in sheet(procedure, "", unit).papers for paper in part.papers]
        assert set(shown) == {d.name for d in procedure.words.documents}
        for case in procedure.cases:
            chosen = sheet(procedure, case.key, unit)
            assert chosen.case == case
            assert [p.name for part in chosen.papers for p in part.papers] == [
                d.name for d in procedure.documents(case.key)
            ]
    assert walked > 10


def test_a_case_nobody_knows_shows_all(knowledge: Knowledge, unit: Unit) -> None:
    birth = knowledge.procedures["1.001193"]
    assert sheet(birth, "la-lam", unit) == sheet(birth, "", unit)


def test_what_finds_no_room_on_paper_is_counted(knowledge: Knowledge, unit: Unit) -> None:
    cut = [s for p in knowledge.procedures.values() if (s := sheet(p, "", unit)).unprinted]
    assert cut, "some procedure asks for more papers than fit a sheet"
    for one in cut:
        assert one.density == 2
        assert one.printed + one.unprinted == sum(len(part.papers) for part in one.papers)
