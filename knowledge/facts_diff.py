"""What changed between two versions of the facts, said in plain Vietnamese for the officer who must look at it again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from knowledge.facts import Facts, FeeFact, TimeFact

LABELS = {
    "name": "tên",
    "role": "phạm vi",
    "domain": "lĩnh vực",
    "ministry": "bộ quản lý",
    "handled_by": "nơi giải quyết",
    "agency": "cơ quan thực hiện",
    "online_level": "mức nộp qua mạng",
    "methods": "cách nộp",
    "decision": "quyết định công bố",
    "decision_on": "ngày quyết định",
    "published_on": "ngày công bố",
    "source_url": "trang chính thức",
    "times": "thời hạn",
    "fees": "tiền phải nộp",
    "results": "kết quả",
    "legal": "căn cứ pháp luật",
}
PROSE = {
    "documents_hash": ("giấy tờ", "documents"),
    "steps_hash": ("các bước", "steps"),
    "conditions_hash": ("điều kiện", ""),
}
WORDS = {
    "hour": "giờ",
    "day": "ngày",
    "working_day": "ngày làm việc",
    "month": "tháng",
    "year": "năm",
    "wholly": "làm hết qua mạng",
    "partly": "một phần qua mạng",
    "none": "không nộp qua mạng",
    "commune_pc": "UBND xã",
    "commune_police": "công an xã",
    "commune_military": "quân sự xã",
    "school": "trường học",
    "other": "cơ quan khác",
    "core": "xã giải quyết",
    "neighbour": "nơi khác giải quyết",
}


def differences(old: Mapping[str, Facts], new: Mapping[str, Facts]) -> Iterator[str]:
    """One line a change, in Vietnamese, sorted by code; nothing when the two say the same."""
    for code in sorted(set(old) | set(new)):
        if code not in new:
            yield f"{code}: không còn trong bản mới ({old[code].name})"
        elif code not in old:
            yield f"{code}: thủ tục mới ({new[code].name})"
        else:
            yield from (f"{code}: {line}" for line in changes(old[code], new[code]))


def changes(old: Facts, new: Facts) -> Iterator[str]:
    """What changed of one code, one line a part. Of a list only what came and went is said."""
    for name, label in LABELS.items():
        was, now = getattr(old, name), getattr(new, name)
        if was == now:
            continue
        if isinstance(was, tuple) and was and now:
            came, went = [v for v in now if v not in was], [v for v in was if v not in now]
            said = [f"{verb} {_say(tuple(rows))}" for verb, rows in (("bỏ", went), ("thêm", came)) if rows]
            yield f"{label}: {'; '.join(said) or 'đổi thứ tự'}"
        else:
            yield f"{label}: {_say(was)} -> {_say(now)}"
    for name, (label, count) in PROSE.items():
        if getattr(old, name) != getattr(new, name):
            rows = f" ({getattr(old, count)} dòng -> {getattr(new, count)} dòng)" if count else ""
            yield f"{label} đã sửa lời{rows}: đọc lại bản công bố"


def _say(value: object) -> str:
    match value:
        case tuple():
            return ", ".join(_say(v) for v in value) or "không có"
        case TimeFact():
            term = "chưa rõ" if value.value is None else f"{value.value:g} {WORDS[value.unit]}"
            return term if value.source == "case" else f"{term} ({value.source})"
        case FeeFact():
            amount = "chưa rõ" if value.amount is None else f"{value.amount:,} đ".replace(",", ".")
            return f"{value.kind} {amount} ({value.method})"
        case date():
            return f"{value:%d/%m/%Y}"
        case str() if value:
            return WORDS.get(value, value)
        case _:
            return "chưa rõ"
