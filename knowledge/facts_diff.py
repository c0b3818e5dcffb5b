"""What changed between two versions of the facts, said in words for the person who must look at it again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from knowledge.facts import Facts, FeeFact, TimeFact

LABELS = {
    "name": "tên",
    "domain": "lĩnh vực",
    "handled_by": "nơi giải quyết",
    "agency": "cơ quan thực hiện",
    "online_level": "mức nộp qua mạng",
    "methods": "cách nộp",
    "decision": "quyết định công bố",
    "published_on": "ngày công bố",
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


def differences(old: Mapping[str, Facts], new: Mapping[str, Facts]) -> Iterator[str]:
    """One line a change, in Vietnamese, sorted by code; nothing when the two say the same."""
    for code in sorted(set(old) | set(new)):
        if code not in new:
            yield f"{code}: không còn trong bản mới ({old[code].name})"
        elif code not in old:
            yield f"{code}: thủ tục mới ({new[code].name})"
        else:
            yield from (f"{code}: {line}" for line in _changes(old[code], new[code]))


def _changes(old: Facts, new: Facts) -> Iterator[str]:
    for name, label in LABELS.items():
        was, now = getattr(old, name), getattr(new, name)
        if was != now:
            yield f"{label}: {_say(was)} -> {_say(now)}"
    for name, (label, count) in PROSE.items():
        if getattr(old, name) != getattr(new, name):
            rows = f" ({getattr(old, count)} dòng -> {getattr(new, count)} dòng)" if count else ""
            yield f"{label} đã sửa lời{rows}: đọc lại bản công bố"


def _say(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(_say(v) for v in value) or "không có"
    if isinstance(value, TimeFact):
        return "chưa rõ" if value.value is None else f"{value.value:g} {value.unit}"
    if isinstance(value, FeeFact):
        return f"{value.kind} chưa rõ" if value.amount is None else f"{value.kind} {value.amount} đ"
    return str(value) if value not in (None, "") else "chưa rõ"
