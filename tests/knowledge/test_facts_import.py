"""One command for each new publication: facts are taken, prose is not, doubt is kept."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from knowledge.facts import FactsError, read_facts
from knowledge.facts_import import import_facts, read_publication, read_scope
from knowledge.source import FOLDER

RECORD: dict[str, Any] = {
    "code": "1.000001",
    "name": " Thủ tục thử ",
    "domain": "Thử",
    "ministry": "Bộ Thử",
    "handled_by": ["commune_pc"],
    "agency": ["Ủy ban nhân dân cấp xã"],
    "online_level": "toàn trình",
    "channels": [
        {
            "method": "trực tiếp",
            "time_value": 1,
            "time_unit": "OTHER",
            "fees": [
                {"type": "lệ phí", "amount": 0, "currency": "VND"},
                {"type": "phí", "amount": 135, "currency": "VND"},
            ],
        },
        {
            "method": "trực tuyến",
            "time_value": 3,
            "time_unit": "WORKING_DAY",
            "fees": [{"type": "phí", "amount": 8000, "currency": "VND"}],
        },
        {
            "method": "bưu chính",
            "time_value": None,
            "time_unit": None,
            "fees": [{"type": "phí", "amount": 10000, "currency": "USD"}],
        },
    ],
    "case_time_limits": [{"time_value": 5, "time_unit": "DAY"}, {"time_value": 5, "time_unit": "DAY"}],
    "documents": [{"group": None, "name": "Một câu dài của bản công bố", "original_count": 1, "copy_count": 0}],
    "steps": [{"title": "Bước 1", "text": "Lời của bản công bố"}],
    "conditions": None,
    "legal_basis": [{"number": "Thông tư số 03/2023/TT-BTP"}, {"number": "66.7/2025/NQ-CP"}, {"number": None}],
    "result": ["Giấy thử", "Giấy thử"],
    "decision_no": "1/QĐ",
    "decision_date": "2026-01-16",
    "published_date": None,
    "source_date": "2026-07-18",
    "source_url": "https://example.invalid/1",
}


def test_a_record_becomes_facts() -> None:
    (facts,) = import_facts([RECORD], {"1.000001": "core"})
    assert facts.name == "Thủ tục thử"
    assert facts.online_level == "wholly"
    assert facts.methods == ("trực tiếp", "trực tuyến", "bưu chính")
    assert facts.legal == ("03/2023/TT-BTP", "66.7/2025/NQ-CP")
    assert facts.results == ("Giấy thử",)
    assert facts.published_on is None


def test_doubtful_fees_and_times_are_unknown() -> None:
    (facts,) = import_facts([RECORD], {"1.000001": "core"})
    assert [(f.method, f.amount) for f in facts.fees] == [
        ("trực tiếp", None),  # a bare zero
        ("trực tiếp", None),  # 135: plainly mistyped thousands
        ("trực tuyến", 8000),
        ("bưu chính", None),  # dollars are for embassies
    ]
    assert [(t.source, t.value, t.unit) for t in facts.times] == [
        ("case", 5, "day"),
        ("trực tiếp", None, "unknown"),
        ("trực tuyến", 3, "working_day"),
    ]


def test_of_the_prose_only_hash_and_count_remain() -> None:
    (facts,) = import_facts([RECORD], {"1.000001": "core"})
    assert "bản công bố" not in repr(facts)
    assert (facts.documents, facts.steps) == (1, 1)
    changed = {**RECORD, "steps": [{"title": "Bước 1", "text": "Lời khác"}]}
    (again,) = import_facts([changed], {"1.000001": "core"})
    assert again.steps_hash != facts.steps_hash
    assert again.documents_hash == facts.documents_hash


def test_a_publication_that_lacks_a_code_changes_nothing() -> None:
    with pytest.raises(FactsError, match=r"first 1\.000002"):
        import_facts([RECORD], {"1.000001": "core", "1.000002": "core"})


@pytest.mark.parametrize("content", [b"{not json\n", b'"a text"\n', b"\xff\xfe\x00", b'{"name": "no code"}\n'])
def test_a_file_that_is_no_publication_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(content)
    with pytest.raises(FactsError):
        list(read_publication(path))


def test_a_cut_gzip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(RECORD).encode() * 500)[:40])
    with pytest.raises(FactsError):
        list(read_publication(path))


def test_a_scope_with_strange_roles_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "scope.csv"
    path.write_text("code,role\n1.000001,friend\n", encoding="utf-8")
    with pytest.raises(FactsError, match="friend"):
        read_scope(path)


def test_the_committed_tables_are_those_of_the_publication(shared: Path) -> None:
    scope = read_scope(shared / "data" / "tthc" / "scope.csv")
    records = read_publication(shared / "data" / "tthc" / "procedures.jsonl.gz")
    assert {f.code: f for f in import_facts(records, scope)} == read_facts(FOLDER / "facts")
