"""What no single file's model can see is seen when the knowledge is held against itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.check import DISTRICT, problems, stale
from knowledge.source import Source, read

Put = Callable[..., Path]
OTHER = """\
code = "1.000656"
title = "Đăng ký khai tử"
draft = true
aliases = ["khai tử", "báo tử", "giấy chứng tử", "{alias}"]
{family}
"""
FAMILY = """\
[[family]]
key = "ho"
name = "họ"
{default}
[[family.slot]]
key = "lan"
question = "Lần nào?"
choices = [{{ key = "moi", label = "Mới" }}, {{ key = "lai", label = "Lại" }}]
"""


def found(folder: Path) -> str:
    """Everything the check complains of."""
    return "\n".join(map(str, problems(read(folder))))


def test_the_project_s_own_knowledge_has_nothing_to_mend(source: Source) -> None:
    assert [str(p) for p in problems(source)] == []


def test_a_folder_without_mistakes_has_nothing_to_mend(folder: Path) -> None:
    assert found(folder) == ""


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"1.001193"', '"1.009999"', "not among the published facts"),
        ('steps = ["Nộp giấy ở quầy."', 'steps = ["Nộp ở UBND huyện."', "abolished district"),
        ('steps = ["Nộp giấy ở quầy."', 'steps = ["Nộp ở Công an quận."', "abolished district"),
        ('"a mười hai"]', "]", "11 aliases, needs 12"),
        ('result = "Giấy khai sinh"\n', "", "result is missing"),
        ('steps = ["Nộp giấy ở quầy.", "Nhận Giấy khai sinh."]\n', "", "steps is missing"),
        ('cases = ["chua"]', 'cases = ["khong-co"]', "case 'khong-co' does not exist"),
        ('question = "Cha mẹ bé đã đăng ký kết hôn chưa?"\n', "", "cases and question come together"),
        ('value = 1\nunit = "working_day"\ntext = "1 ngày làm việc"', 'text = "tùy"', "term 1 working_day is not told"),
        ('result = "', 'related = ["1.009999"]\nresult = "', "1.009999 is no code"),
        ('result = "', 'family = "khong-co"\nresult = "', "family 'khong-co' does not exist"),
        ('result = "', 'slots = { lan = "moi" }\nresult = "', "slots without a family"),
        ("[[times]]", '[[fees]]\namount = 0\ntext = "không phải nộp"\n[[times]]', "free, by which text"),
    ],
)
def test_a_mistake_in_a_file_is_seen(folder: Path, words: str, put: Put, old: str, new: str, says: str) -> None:
    assert old in words
    put(folder, words.replace(old, new, 1))
    assert says in found(folder)


def test_a_fee_that_names_its_law_may_be_nothing(folder: Path, words: str, put: Put) -> None:
    put(folder, words + '\n[[fees]]\namount = 0\ntext = "không phải nộp tiền, 226/2016/TT-BTC"\n')
    assert found(folder) == ""


def test_a_card_over_700_characters_is_refused(folder: Path, words: str, put: Put) -> None:
    put(
        folder,
        words.replace('note = "không có', f'note = "{"rất dài " * 25}không có').replace(
            "count = 2\n", f'form = "{"x" * 230}"\n'
        ),
    )
    assert "at most 700" in found(folder) or "note" in found(folder)


def test_a_file_stands_in_the_folder_of_its_group(folder: Path, words: str, put: Put) -> None:
    path = put(folder, words)
    (folder / "procedures" / "dat-nha").mkdir()
    path.rename(folder / "procedures" / "dat-nha" / path.name)
    assert "belongs to 'ca-nhan'" in found(folder)


def test_an_alias_on_two_procedures_is_refused(folder: Path, put: Put) -> None:
    put(folder, OTHER.format(alias="A  Một", family=""), "1.000656-khai-tu.toml")
    assert "alias 'a một' also stands on 1.000656: say what tells them apart" in found(folder)


def test_an_alias_of_two_members_told_apart_by_a_slot_may_stand_twice(folder: Path, words: str, put: Put) -> None:
    put(folder, OTHER.format(alias="a một", family='family = "ho"\nslots = { lan = "lai" }'), "1.000656-khai-tu.toml")
    put(folder, words.replace('result = "', 'family = "ho"\nslots = { lan = "moi" }\nresult = "', 1))
    (folder / "families" / "x.toml").write_text(FAMILY.format(default=""), encoding="utf-8")
    assert found(folder) == ""


def test_a_family_s_default_is_a_member(folder: Path) -> None:
    (folder / "families" / "x.toml").write_text(FAMILY.format(default='default = "1.001193"'), encoding="utf-8")
    assert "is no member" in found(folder)


def test_a_topic_s_placeholder_is_one_that_is_filled(folder: Path) -> None:
    (folder / "topics.toml").write_text(
        '[[topic]]\nkey = "gio"\ntitle = "Giờ"\naliases = ["giờ mở cửa"]\ntext = "Mở cửa {when}."\n', encoding="utf-8"
    )
    assert "nobody fills ['when']" in found(folder)


def test_a_question_of_a_code_nobody_knows_is_seen(folder: Path) -> None:
    (folder / "questions" / "learn" / "ca-nhan.tsv").write_text("9.999999\t-\tcâu hỏi\n", encoding="utf-8")
    assert "9.999999" in found(folder)


def test_words_written_for_other_facts_are_stale(folder: Path, words: str, put: Put) -> None:
    assert stale(read(folder)) == ["1.001193"]
    facts_hash = read(folder).facts["1.001193"].hash
    put(folder, words.replace('title = "', f'facts_hash = "{facts_hash}"\ntitle = "', 1))
    assert stale(read(folder)) == []


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("Nộp tại UBND huyện", True),
        ("Phòng Tư pháp huyện trả kết quả", True),
        ("hỏi Ủy ban nhân dân quận", True),
        ("Công an cấp huyện", True),
        ("Trung tâm xã, nơi huyện cũ", False),
        ("Công an xã", False),
    ],
)
def test_the_abolished_district_level_is_recognised(text: str, refused: bool) -> None:
    assert bool(DISTRICT.search(text)) == refused
