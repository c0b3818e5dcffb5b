"""Every file is read strictly; every mistake is told with file, line and cure, all at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.source import KnowledgeError, Question, line_of, read

Put = Callable[..., Path]


def problems(folder: Path) -> str:
    """What reading the folder complains of."""
    with pytest.raises(KnowledgeError) as caught:
        read(folder)
    return str(caught.value)


def test_a_folder_without_mistakes_is_read(folder: Path) -> None:
    source = read(folder)
    assert list(source.words) == ["1.001193"]
    assert source.questions[0] == Question("1.001193", "documents", "sinh bé cần giấy gì")
    assert source.questions[1].aspect == ""


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('code = "1.001193"', "code = 1.001193", "khai-sinh.toml:1: code: .*quotes"),
        ('code = "1.001193"', 'code = "1.00119"', "khai-sinh.toml:1: code"),
        ('title = "', 'titel = "', "khai-sinh.toml:2: titel: .*nobody knows this key"),
        ('bring = "original"', 'bring = "scan"', r"khai-sinh.toml:26: documents\.1\.bring"),
        ("count = 2", 'count = "2"', r"khai-sinh.toml:27: documents\.1\.count"),
        ("value = 1\n", "value = 07:30\n", "khai-sinh.toml:.* not TOML"),
        ('label = "Chưa đăng ký"', f'label = "{"dài " * 20}"', r"khai-sinh.toml:17: cases\.1\.label: .*shorten"),
    ],
)
def test_a_mistake_names_file_line_and_cure(folder: Path, words: str, put: Put, old: str, new: str, says: str) -> None:
    assert old in words
    put(folder, words.replace(old, new, 1))
    assert __import__("re").search(says, problems(folder)), problems(folder)


def test_all_mistakes_are_told_at_once(folder: Path, words: str, put: Put) -> None:
    put(folder, words.replace('bring = "original"', 'bring = "scan"').replace('title = "', 'titel = "'))
    assert len(problems(folder).splitlines()) == 3  # the missing title as well


def test_two_files_of_one_code_are_a_mistake(folder: Path, words: str, put: Put) -> None:
    put(folder, words, "1.001193-lai.toml")
    assert "has a file already" in problems(folder)


def test_letters_and_marks_apart_are_a_mistake(folder: Path, words: str, put: Put) -> None:
    import unicodedata

    put(folder, unicodedata.normalize("NFD", words))
    assert "NFC" in problems(folder)


def test_a_file_that_is_not_utf8_says_so(folder: Path, words: str) -> None:
    (folder / "procedures" / "ca-nhan" / "1.001193-khai-sinh.toml").write_bytes(words.encode("utf-16"))
    assert "save it as UTF-8" in problems(folder)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("1.001193\tdocuments", "three cells"),
        ("1.001193 documents câu hỏi", "three cells"),
        ("1.001193\tmoney\tcâu hỏi", "use one of"),
    ],
)
def test_a_question_in_the_wrong_form_names_its_line(folder: Path, line: str, says: str) -> None:
    path = folder / "questions" / "learn" / "ca-nhan.tsv"
    path.write_text(f"# một\n\n{line}\n", encoding="utf-8")
    assert "ca-nhan.tsv:3" in problems(folder)
    assert says in problems(folder)


def test_an_unknown_table_is_a_mistake(folder: Path) -> None:
    (folder / "topics.toml").write_text('[[topics]]\nkey = "x"\n', encoding="utf-8")
    assert "unknown table" in problems(folder)


def test_missing_facts_say_how_to_get_them(folder: Path) -> None:
    (folder / "facts" / "times.csv").unlink()
    assert "import-facts" in problems(folder)


def test_the_line_of_a_value_is_found(words: str) -> None:
    lines = words.splitlines()
    assert lines[line_of(words, ("documents", 2, "bring")) - 1] == 'bring = "copy"'
    assert lines[line_of(words, ("result",)) - 1].startswith("result")


@settings(max_examples=60)
@given(st.binary(max_size=300))
def test_garbage_never_breaks_the_reader(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.mktemp("garbage")
    (folder / "families").mkdir()
    (folder / "families" / "x.toml").write_bytes(content)
    with pytest.raises(KnowledgeError):
        read(folder)
